/* station_more.c - who is next, who is interrupted, who leaves; and the plain way of serving, one call a server. */
#include "station_more.h"

#include "fault_state.h"
#include "roster.h"

bool more_still(const struct station *s)
{
    return (s->fault.active & (FAULT_HANG | FAULT_STOP)) != 0;
}

static struct sim *sim_of(const struct station *s)
{
    return s->e.world->sim;
}

static bool uses_line(const struct station_more *m)
{
    return m->order == ORDER_RANDOM || m->order == ORDER_PRIORITY || m->preemptive;
}

/* --- who waits --- */

static void set_rank(struct station *s, struct wire_call *c)
{
    struct station_more *m = s->more;
    const struct request_table *t = &s->e.world->requests;
    uint64_t number = m->n_come++;
    c->rank[0] = m->order == ORDER_PRIORITY ? t->source[request_at(t, c->job.request)->source]->priority : 0;
    c->rank[1] = m->order == ORDER_LCFS ? ~number : number;
    c->rank[2] = 0;
}

static void expire(struct station *s, struct wire_call *c, sim_time now)
{
    obs_count(&s->count[STATION_EXPIRED], now, 1);
    s->more->n_expired++;
    station_drop(s, c, now, true, CALL_REFUSED);
}

static void on_impatient(struct sim *sim, struct sim_timer *t)
{
    struct wire_call *c = CONTAINER_OF(t, struct wire_call, timer);
    struct station *s = (struct station *)c->server;
    if ((s->fault.active & FAULT_HANG) == 0) /* else it does not answer */
        expire(s, c, sim_now(sim));
}

static void lose_patience(struct station *s, struct wire_call *c)
{
    struct station_more *m = s->more;
    sim_timer_init(&c->timer, SIM_LATE, on_impatient);
    if (m->patience_constant >= 0) {
        sim_lane_start(sim_of(s), &m->patience_lane, &c->timer);
        return;
    }
    struct rng cell = job_cell(s->e.world, &m->patience_stream, &c->job);
    sim_after(sim_of(s), &c->timer, dist_sample(m->patience, &cell));
}

static void join(struct station *s, struct wire_call *c, sim_time now)
{
    struct station_more *m = s->more;
    station_wait(s, c, now);
    if (uses_line(m) && !line_add(&m->line, c))
        s->e.world->failed = true;
    if (m->patience != NULL && !c->begun)
        lose_patience(s, c);
}

void more_unwait(struct station *s, struct wire_call *c)
{
    struct station_more *m = s->more;
    if (uses_line(m) && !s->e.world->failed)
        line_remove(&m->line, c);
    if (m->patience != NULL && !c->begun)
        sim_cancel(sim_of(s), &c->timer);
}

struct wire_call *more_next(struct station *s)
{
    struct station_more *m = s->more;
    if (!uses_line(m) || s->e.world->failed)
        return m->order == ORDER_LCFS ? CONTAINER_OF(s->waiting.tail, struct wire_call, next) : s->waiting.head;
    if (m->order != ORDER_RANDOM)
        return line_at(&m->line, 0);
    struct rng cell = rng_at(&m->pick_stream, 0, m->n_picked++ & RNG_ITEM_MAX, 0);
    return line_at(&m->line, (uint32_t)rng_below(&cell, m->line.n));
}

bool more_drops(struct station *s, struct wire_call *c, sim_time now)
{
    bool drops = s->more->drop_abandoned && c->client_done;
    if (drops)
        expire(s, c, now);
    return drops;
}

void more_serve(struct station *s, struct wire_call *c, sim_time now)
{
    if (more_drops(s, c, now))
        return;
    station_unwait(s, c, now);
    s->more->way->take(s, c, now);
}

/* --- who comes --- */

static bool full(int64_t n, int64_t servers, int64_t places)
{
    return servers < INT64_MAX - places && n >= servers + places;
}

/* Sharing and preemption fill the whole room; elsewhere it is the waiting room that has an end. */
bool more_room(const struct station *s)
{
    const struct station_more *m = s->more;
    if (m->order == ORDER_SHARING || m->preemptive)
        return !full(s->waiting.n + s->running.n, s->servers, s->places);
    return s->waiting.n < s->places || (s->waiting.n == 0 && m->way->ready(s, 1));
}

/* Takes the server of the one that would be interrupted first, if that one comes later. Whose work ends at this instant is
 * left to end. */
static bool preempt(struct station *s, struct wire_call *c, sim_time now)
{
    struct station_more *m = s->more;
    struct wire_call *victim = m->working.n == 0 || s->e.world->failed ? NULL : line_at(&m->working, 0);
    if (victim == NULL || more_still(s) || !line_before(c, victim) || s->running.n < s->open)
        return false;
    if (!sim_pending(&victim->timer) || victim->timer.at == now)
        return false;
    more_hold(s, victim, now);
    line_remove(&m->working, victim);
    station_list_remove(&s->running, victim);
    obs_count(&s->count[STATION_INTERRUPTED], now, 1);
    join(s, victim, now);
    m->way->take(s, c, now);
    return true;
}

void more_accept(struct station *s, struct wire_call *c, sim_time now)
{
    struct station_more *m = s->more;
    set_rank(s, c);
    c->begun = false;
    c->left = -1;
    c->seat = NULL;
    c->mate = NULL;
    if (s->waiting.n == 0 && m->way->ready(s, 1)) {
        m->way->take(s, c, now);
        return;
    }
    if (m->preemptive && preempt(s, c, now))
        return;
    join(s, c, now);
    station_dispatch(s);
}

/* --- work --- */

static double slower(const struct station_more *m, int64_t n)
{
    return 1 + (m->contention + m->coherency * (double)n) * (double)(n - 1);
}

sim_time more_work_time(const struct station *s, const struct wire_call *c, sim_time t)
{
    const struct station_more *m = s->more;
    if (m->read_time != NULL && (c->job.flags & JOB_READ) != 0) {
        struct rng cell = job_cell(s->e.world, &s->stream, &c->job);
        t = dist_sample(m->read_time, &cell);
    }
    t += m->per_byte * (sim_time)c->job.size;
    if (m->contention == 0 && m->coherency == 0)
        return t;
    struct fault_state f = {.factor = slower(m, s->running.n)};
    return fault_slowed(&f, t);
}

void more_on_worked(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    struct wire_call *c = CONTAINER_OF(t, struct wire_call, timer);
    struct station *s = (struct station *)c->server;
    s->ops->worked(s, c);
}

void more_begin(struct station *s, struct wire_call *c, sim_time now)
{
    if (!c->begun) {
        c->begun = true;
        c->left = station_work_time(s, c);
        obs_tally_add(&s->wait, now, now - c->arrived);
    }
    sim_timer_init(&c->timer, SIM_MESSAGE, more_on_worked);
    more_go_on(s, c, now);
}

void more_go_on(struct station *s, struct wire_call *c, sim_time now)
{
    (void)now;
    if (more_still(s))
        return;
    if (station_hangs(s, c)) { /* it will not go on */
        c->left = -1;
        return;
    }
    sim_time time = c->left;
    c->left = -1;
    if (time > 0)
        sim_after(sim_of(s), &c->timer, time);
    else
        s->ops->worked(s, c);
}

void more_hold(struct station *s, struct wire_call *c, sim_time now)
{
    if (!sim_pending(&c->timer))
        return;
    c->left = c->timer.at - now;
    sim_cancel(sim_of(s), &c->timer);
}

void more_stop(struct station *s, struct wire_call *c, sim_time now)
{
    (void)now;
    if (sim_pending(&c->timer))
        sim_cancel(sim_of(s), &c->timer);
    else if (s->ops->halt != NULL)
        s->ops->halt(s, c);
}

void more_freeze(struct station *s, sim_time now)
{
    for (struct wire_call *c = s->running.head; c != NULL; c = c->next)
        more_hold(s, c, now);
}

/* Work that ends at once may change the list: those that go on are marked by `left`, and looked for anew. */
void more_thaw(struct station *s, sim_time now)
{
    (void)now;
    for (struct wire_call *c = s->running.head; c != NULL; c = c->next) {
        if (c->left < 0)
            continue;
        sim_after(sim_of(s), &c->timer, c->left);
        c->left = -1;
    }
}

/* --- one call a server --- */

static bool servers_ready(const struct station *s, int64_t waiting)
{
    (void)waiting;
    return station_has_free(s);
}

static void servers_take(struct station *s, struct wire_call *c, sim_time now)
{
    c->state = STATE_RUNNING;
    station_list_add(&s->running, c);
    if (s->roster != NULL)
        roster_take(s, c, now);
    if (s->more->preemptive && !line_add(&s->more->working, c))
        s->e.world->failed = true;
    station_busy(s, now);
    more_begin(s, c, now);
}

static void servers_left(struct station *s, struct wire_call *c, sim_time now)
{
    (void)now;
    if (s->more->preemptive && !s->e.world->failed)
        line_remove(&s->more->working, c);
}

static int64_t servers_busy(const struct station *s)
{
    return s->running.n;
}

const struct station_way way_servers = {
    .ready = servers_ready,
    .take = servers_take,
    .stop = more_stop,
    .left = servers_left,
    .freeze = more_freeze,
    .thaw = more_thaw,
    .busy = servers_busy,
};
