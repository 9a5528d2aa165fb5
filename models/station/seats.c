/* seats.c - servers that have a state of their own: cold or warm, up or broken down.
 *
 * A call takes the idle server that was used last, so that the others can go cold. A server that was idle for longer than
 * `keep` is set up before it serves. A server that breaks down keeps its call until it is repaired (or drops it). Servers
 * are made when they are first needed; where they break down also while idle, all are there from the start. */
#include "station_more.h"

struct seat {
    struct station   *s;
    struct wire_call *call;
    struct seat      *next, *prev; /* in the list of the free */
    struct sim_timer  timer;       /* set-up, breakdown or repair */
    sim_time          idle_since;  /* -1: never used */
    sim_time          up_left;     /* BREAKS_SERVING: time of work until it breaks down; -1: not drawn */
    sim_time          since;       /* its work goes on since */
    sim_time          whole;       /* work of its call, to be repeated */
    uint64_t          n_broken, n_set_up;
    uint32_t          number;
    bool              down, is_free;
};

static struct sim *sim_of(const struct station *s)
{
    return s->e.world->sim;
}

static void on_break(struct sim *, struct sim_timer *);

/* --- the free --- */

static void push_free(struct seats *p, struct seat *t)
{
    t->is_free = true;
    t->prev = NULL;
    t->next = p->free;
    if (p->free != NULL)
        p->free->prev = t;
    p->free = t;
}

static void pull_free(struct seats *p, struct seat *t)
{
    *(t->prev != NULL ? &t->prev->next : &p->free) = t->next;
    if (t->next != NULL)
        t->next->prev = t->prev;
    t->is_free = false;
}

static bool wanted(const struct seat *t)
{
    return (int64_t)t->number < t->s->servers;
}

static struct seat *make(struct station *s)
{
    struct seats *p = &s->more->seats;
    uint32_t number = slab_take(&p->slab);
    if (number == SLAB_NONE) {
        s->e.world->failed = true;
        return NULL;
    }
    struct seat *t = slab_at(&p->slab, number);
    *t = (struct seat){.s = s, .number = number, .idle_since = -1, .up_left = -1};
    sim_timer_init(&t->timer, SIM_STATE, on_break);
    push_free(p, t);
    return t;
}

static bool seats_ready(const struct station *s, int64_t waiting)
{
    (void)waiting;
    const struct seats *p = &s->more->seats;
    return s->open > 0 && (p->free != NULL || (int64_t)p->slab.n_touched < s->servers);
}

/* --- breaking down --- */

static sim_time draw(const struct dist *law, const struct rng_stream *stream, const struct seat *t, uint64_t n, uint32_t what)
{
    struct rng cell = rng_at(stream, t->number, n & RNG_ITEM_MAX, what);
    return dist_sample(law, &cell);
}

/* It serves from now on: it breaks down before the work is done, or not. */
static void expect_break(struct seat *t, sim_time now)
{
    struct seats *p = &t->s->more->seats;
    t->since = now;
    if (t->up_left < 0)
        t->up_left = draw(p->up, &p->break_stream, t, t->n_broken, 0);
    if (t->up_left < t->call->left) {
        sim_timer_init(&t->timer, SIM_STATE, on_break);
        sim_after(sim_of(t->s), &t->timer, t->up_left);
    }
}

static void serve(struct seat *t, sim_time now)
{
    struct station *s = t->s;
    struct wire_call *c = t->call;
    if (s->more->seats.up != NULL && s->more->seats.when == BREAKS_SERVING && !more_still(s))
        expect_break(t, now);
    more_go_on(s, c, now);
}

static void begin(struct seat *t, sim_time now)
{
    struct station *s = t->s;
    struct wire_call *c = t->call;
    obs_tally_add(&s->wait, now, now - c->arrived);
    c->begun = true;
    c->left = t->whole = station_work_time(s, c);
    sim_timer_init(&c->timer, SIM_MESSAGE, more_on_worked);
    serve(t, now);
}

/* The clock of a server that breaks down while it serves stops when it does not. */
static void stop_clock(struct seat *t, sim_time now)
{
    struct seats *p = &t->s->more->seats;
    if (p->up == NULL || p->when != BREAKS_SERVING || t->down || t->up_left < 0)
        return;
    t->up_left -= now - t->since;
    t->since = now;
    sim_cancel(sim_of(t->s), &t->timer);
}

static void on_repaired(struct sim *sim, struct sim_timer *timer)
{
    struct seat *t = CONTAINER_OF(timer, struct seat, timer);
    struct station *s = t->s;
    struct seats *p = &s->more->seats;
    sim_time now = sim_now(sim);
    t->down = false;
    t->up_left = -1;
    obs_level_add(&s->repairing, now, -1);
    sim_timer_init(&t->timer, SIM_STATE, on_break);
    if (p->when == BREAKS_ALWAYS)
        sim_after(sim, &t->timer, draw(p->up, &p->break_stream, t, t->n_broken, 0));
    if (t->call != NULL) {
        serve(t, now);
        return;
    }
    if (wanted(t))
        push_free(p, t);
    station_dispatch(s);
}

static void interrupt(struct seat *t, sim_time now)
{
    struct station *s = t->s;
    struct wire_call *c = t->call;
    if (s->fault.active & FAULT_HANG)
        return;
    more_hold(s, c, now);
    if (s->more->seats.then == THEN_REPEAT) {
        c->left = t->whole;
    } else if (s->more->seats.then == THEN_FAIL) {
        obs_count(&s->count[STATION_BROKEN], now, 1);
        s->n_broken++;
        station_drop(s, c, now, true, CALL_DOWN);
    }
}

static void on_break(struct sim *sim, struct sim_timer *timer)
{
    struct seat *t = CONTAINER_OF(timer, struct seat, timer);
    struct station *s = t->s;
    struct seats *p = &s->more->seats;
    sim_time now = sim_now(sim);
    t->down = true;
    obs_level_add(&s->repairing, now, 1);
    sim_timer_init(&t->timer, SIM_STATE, on_repaired);
    sim_after(sim, &t->timer, draw(p->down, &p->break_stream, t, t->n_broken++, 1));
    if (t->is_free)
        pull_free(p, t);
    if (t->call != NULL)
        interrupt(t, now);
}

/* --- serving --- */

static bool is_cold(const struct seat *t, sim_time now)
{
    const struct seats *p = &t->s->more->seats;
    return p->setup != NULL && (t->idle_since < 0 || now - t->idle_since > p->keep);
}

static void on_set_up(struct sim *sim, struct sim_timer *timer)
{
    begin(CONTAINER_OF(timer, struct seat, timer), sim_now(sim));
}

static void set_up(struct seat *t, sim_time now)
{
    struct station *s = t->s;
    struct seats *p = &s->more->seats;
    obs_count(&s->count[STATION_COLD_STARTS], now, 1);
    struct rng cell = job_cell(s->e.world, &p->setup_stream, &t->call->job);
    sim_timer_init(&t->timer, SIM_MESSAGE, on_set_up);
    sim_after(sim_of(s), &t->timer, dist_sample(p->setup, &cell));
}

static void seats_take(struct station *s, struct wire_call *c, sim_time now)
{
    struct seats *p = &s->more->seats;
    struct seat *t = p->free != NULL ? p->free : make(s);
    if (t == NULL) { /* the trial is void */
        c->state = STATE_RUNNING;
        station_list_add(&s->running, c);
        return;
    }
    pull_free(p, t);
    t->call = c;
    c->seat = t;
    c->state = STATE_RUNNING;
    station_list_add(&s->running, c);
    station_busy(s, now);
    sim_timer_init(&c->timer, SIM_MESSAGE, more_on_worked);
    if (is_cold(t, now))
        set_up(t, now);
    else
        begin(t, now);
}

static void seats_stop(struct station *s, struct wire_call *c, sim_time now)
{
    struct seat *t = c->seat;
    if (t != NULL && !c->begun)
        sim_cancel(sim_of(s), &t->timer); /* it was being set up */
    else if (t != NULL)
        stop_clock(t, now);
    more_stop(s, c, now);
    c->left = -1;
}

static void seats_left(struct station *s, struct wire_call *c, sim_time now)
{
    struct seat *t = c->seat;
    if (t == NULL)
        return;
    stop_clock(t, now);
    t->call = NULL;
    c->seat = NULL;
    if (c->begun)
        t->idle_since = now;
    else
        sim_cancel(sim_of(s), &t->timer); /* a set-up that is broken off leaves it as cold as before */
    if (!t->down && wanted(t))
        push_free(&s->more->seats, t);
}

static int64_t seats_busy(const struct station *s)
{
    return s->running.n;
}

static void seats_freeze(struct station *s, sim_time now)
{
    for (struct wire_call *c = s->running.head; c != NULL; c = c->next) {
        struct seat *t = c->seat;
        if (t == NULL || !c->begun || t->down)
            continue; /* set-up and repair go on */
        stop_clock(t, now);
        more_hold(s, c, now);
    }
}

static void seats_thaw(struct station *s, sim_time now)
{
    for (struct wire_call *c = s->running.head; c != NULL; c = c->next) {
        struct seat *t = c->seat;
        if (t == NULL || t->down || c->left < 0)
            continue;
        if (s->more->seats.up != NULL && s->more->seats.when == BREAKS_SERVING)
            expect_break(t, now);
        sim_after(sim_of(s), &c->timer, c->left);
        c->left = -1;
    }
}

const struct station_way way_seats = {
    .ready = seats_ready,
    .take = seats_take,
    .stop = seats_stop,
    .left = seats_left,
    .freeze = seats_freeze,
    .thaw = seats_thaw,
    .busy = seats_busy,
};

/* --- life --- */

bool seats_open(struct station *s, const struct value *setup, const struct value *breakdown)
{
    struct seats *p = &s->more->seats;
    slab_init(&p->slab, sizeof(struct seat));
    p->setup_stream = entity_stream(&s->e, "setup");
    p->break_stream = entity_stream(&s->e, "breakdown");
    if (setup->list.n > 0) {
        p->setup = value_field(setup, SETUP_TIME)->dist;
        p->keep = value_field(setup, SETUP_KEEP)->i;
    }
    if (breakdown->list.n > 0) {
        p->up = value_field(breakdown, BREAKDOWN_UP)->dist;
        p->down = value_field(breakdown, BREAKDOWN_DOWN)->dist;
        p->when = (enum breakdown_when)value_field(breakdown, BREAKDOWN_WHEN)->i;
        p->then = (enum breakdown_then)value_field(breakdown, BREAKDOWN_THEN)->i;
    }
    return true;
}

/* New servers that also break down while idle begin their lives now. */
void seats_resized(struct station *s)
{
    struct seats *p = &s->more->seats;
    for (uint32_t i = 0; i < p->slab.n_touched; i++) {
        struct seat *t = slab_at(&p->slab, i);
        if (t->is_free && !wanted(t))
            pull_free(p, t);
        else if (!t->is_free && t->call == NULL && !t->down && wanted(t))
            push_free(p, t);
    }
    if (p->up == NULL || p->when != BREAKS_ALWAYS)
        return;
    while ((int64_t)p->slab.n_touched < s->servers) {
        struct seat *t = make(s);
        if (t == NULL)
            return;
        sim_after(sim_of(s), &t->timer, draw(p->up, &p->break_stream, t, 0, 0));
    }
}

void seats_start(struct station *s)
{
    seats_resized(s);
}

void seats_close(struct station *s)
{
    slab_free(&s->more->seats.slab);
}
