/* bulk.c - a server takes several calls at once and serves them together, in one time (that of the first, and of all their
 * bytes). It begins when `min` calls wait, or when the first has waited for the window; it takes up to `max`. */
#include "station_more.h"

struct batch {
    struct station   *s;
    struct sim_timer  timer;
    struct wire_call *head, *tail; /* by mate */
    struct batch     *next, *prev; /* of those under way */
    sim_time          left;        /* while everything stands still */
    uint32_t          n, number;
    bool              ending;
};

static struct sim *sim_of(const struct station *s)
{
    return s->e.world->sim;
}

static bool is_due(const struct station *s, sim_time now)
{
    const struct bulk *b = &s->more->bulk;
    return b->window != SIM_NEVER && s->waiting.head != NULL && now - s->waiting.head->arrived >= b->window;
}

static bool bulk_ready(const struct station *s, int64_t waiting)
{
    const struct bulk *b = &s->more->bulk;
    return b->n_busy < s->open && (waiting >= b->min || is_due(s, world_now(s->e.world)));
}

/* --- the end of a batch --- */

static void close_batch(struct batch *g)
{
    struct bulk *b = &g->s->more->bulk;
    struct station *s = g->s;
    *(g->prev != NULL ? &g->prev->next : &b->first) = g->next;
    if (g->next != NULL)
        g->next->prev = g->prev;
    b->n_busy--;
    slab_give(&b->batches, g->number);
    station_busy(s, world_now(s->e.world));
}

static void finish(struct batch *g)
{
    struct station *s = g->s;
    g->ending = true;
    while (g->n > 0)
        s->ops->worked(s, g->head);
    close_batch(g);
    station_dispatch(s);
}

static void on_batch_done(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    finish(CONTAINER_OF(t, struct batch, timer));
}

static void bulk_left(struct station *s, struct wire_call *c, sim_time now)
{
    (void)now;
    struct batch *g = c->seat;
    if (g == NULL)
        return;
    struct wire_call **at = &g->head, *before = NULL;
    while (*at != c) {
        before = *at;
        at = &(*at)->mate;
    }
    *at = c->mate;
    if (g->tail == c)
        g->tail = before;
    c->seat = NULL;
    if (--g->n > 0 || g->ending)
        return;
    sim_cancel(sim_of(s), &g->timer);
    close_batch(g);
}

/* --- its beginning --- */

static struct batch *open_batch(struct station *s)
{
    struct bulk *b = &s->more->bulk;
    uint32_t number = slab_take(&b->batches);
    if (number == SLAB_NONE)
        return NULL;
    struct batch *g = slab_at(&b->batches, number);
    *g = (struct batch){.s = s, .number = number, .next = b->first, .left = -1};
    if (b->first != NULL)
        b->first->prev = g;
    b->first = g;
    b->n_busy++;
    sim_timer_init(&g->timer, SIM_MESSAGE, on_batch_done);
    return g;
}

static void add(struct batch *g, struct wire_call *c, sim_time now)
{
    struct station *s = g->s;
    c->state = STATE_RUNNING;
    c->begun = true;
    c->seat = g;
    c->mate = NULL;
    *(g->tail != NULL ? &g->tail->mate : &g->head) = c;
    g->tail = c;
    g->n++;
    station_list_add(&s->running, c);
    obs_tally_add(&s->wait, now, now - c->arrived);
    sim_timer_init(&c->timer, SIM_MESSAGE, more_on_worked); /* never runs: the batch has the timer */
}

static sim_time work_time(const struct batch *g)
{
    sim_time t = station_work_time(g->s, g->head);
    for (const struct wire_call *c = g->head->mate; c != NULL; c = c->mate)
        t += g->s->more->per_byte * (sim_time)c->job.size;
    return t;
}

static void bulk_take(struct station *s, struct wire_call *leader, sim_time now)
{
    struct bulk *b = &s->more->bulk;
    struct batch *g = open_batch(s);
    if (g == NULL) {
        s->e.world->failed = true; /* the trial is void */
        leader->state = STATE_RUNNING;
        station_list_add(&s->running, leader);
        return;
    }
    add(g, leader, now);
    while (s->waiting.n > 0 && g->n < b->max) {
        struct wire_call *c = more_next(s);
        if (more_drops(s, c, now))
            continue;
        station_unwait(s, c, now);
        add(g, c, now);
    }
    obs_count(&s->count[STATION_BATCHES], now, 1);
    obs_tally_add(&s->batch_size, now, g->n);
    station_busy(s, now);
    if (more_still(s))
        return;
    sim_time time = work_time(g);
    if (time > 0)
        sim_after(sim_of(s), &g->timer, time);
    else
        finish(g);
}

/* --- the rest --- */

static void on_window(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    station_dispatch(CONTAINER_OF(t, struct station_more, bulk.timer)->station);
}

/* Who has waited for the window and finds no server is served by the next one. */
static void bulk_settled(struct station *s, sim_time now)
{
    struct bulk *b = &s->more->bulk;
    if (b->window == SIM_NEVER)
        return;
    if (s->waiting.head == NULL || is_due(s, now))
        sim_cancel(sim_of(s), &b->timer);
    else
        sim_at(sim_of(s), &b->timer, s->waiting.head->arrived + b->window);
}

static void bulk_stop(struct station *s, struct wire_call *c, sim_time now)
{
    (void)now;
    struct batch *g = c->seat;
    if (g != NULL && (s->fault.active & (FAULT_HANG | FAULT_DOWN)) != 0)
        sim_cancel(sim_of(s), &g->timer);
}

static void bulk_freeze(struct station *s, sim_time now)
{
    for (struct batch *g = s->more->bulk.first; g != NULL; g = g->next) {
        g->left = sim_pending(&g->timer) ? g->timer.at - now : -1;
        sim_cancel(sim_of(s), &g->timer);
    }
}

static void bulk_thaw(struct station *s, sim_time now)
{
    (void)now;
    for (struct batch *g = s->more->bulk.first; g != NULL; g = g->next) {
        if (g->left >= 0)
            sim_after(sim_of(s), &g->timer, g->left);
    }
}

static int64_t bulk_busy(const struct station *s)
{
    return s->more->bulk.n_busy;
}

const struct station_way way_bulk = {
    .ready = bulk_ready,
    .take = bulk_take,
    .stop = bulk_stop,
    .left = bulk_left,
    .settled = bulk_settled,
    .freeze = bulk_freeze,
    .thaw = bulk_thaw,
    .busy = bulk_busy,
};

void bulk_open(struct station *s, const struct value *group)
{
    struct bulk *b = &s->more->bulk;
    const struct value *min = value_field(group, BATCH_MIN), *window = value_field(group, BATCH_WINDOW);
    slab_init(&b->batches, sizeof(struct batch));
    sim_timer_init(&b->timer, SIM_LATE, on_window);
    b->max = value_field(group, BATCH_MAX)->i;
    b->window = window->absent ? SIM_NEVER : window->i;
    b->min = !min->absent ? min->i : window->absent ? 1 : b->max;
}

void bulk_close(struct station *s)
{
    slab_free(&s->more->bulk.batches);
}
