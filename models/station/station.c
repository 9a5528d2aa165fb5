/* station.c - servers and a waiting room.
 *
 * A call stands in one of two lists: waiting, or running (it holds a server). While `dispatching` is set, an outer frame
 * is filling free servers and goes on when the inner ones return: so a thousand calls that end at once make a loop and not
 * a thousand frames. */
#include "link.h"
#include "roster.h"
#include "stay.h"

static struct station *station_of(struct entity *e)
{
    return (struct station *)e;
}

static void trace(struct station *s, sim_time now, uint32_t what, const struct wire_call *c, uint32_t detail)
{
    stay_trace(s, now, what, c->job.attempt, c->request, detail);
}

/* --- lists --- */

void station_list_add(struct station_list *l, struct wire_call *c)
{
    stay_list_add(l, c);
}

void station_list_remove(struct station_list *l, struct wire_call *c)
{
    stay_list_remove(l, c);
}

EVERY_WAY void station_wait(struct station *s, struct wire_call *c, sim_time now)
{
    c->state = STATE_WAITING;
    stay_list_add(&s->waiting, c);
    obs_level_set(&s->queue, now, s->waiting.n);
}

void station_unwait(struct station *s, struct wire_call *c, sim_time now)
{
    stay_list_remove(&s->waiting, c);
    obs_level_set(&s->queue, now, s->waiting.n);
    if (s->more != NULL)
        more_unwait(s, c);
}

void station_busy(struct station *s, sim_time now)
{
    obs_level_set(&s->busy, now, s->more == NULL ? s->running.n : s->more->way->busy(s));
}

/* --- who is inside --- */

int64_t station_load(const struct entity *e)
{
    const struct station *s = (const struct station *)e;
    return s->waiting.n + s->running.n;
}

void station_leave(struct station *s, struct wire_call *c, sim_time now)
{
    if (c->state == STATE_WAITING) {
        station_unwait(s, c, now);
    } else {
        stay_list_remove(&s->running, c);
        if (s->roster != NULL)
            roster_left(s, c);
        if (s->more != NULL && s->more->way->left != NULL)
            s->more->way->left(s, c, now);
        station_busy(s, now);
    }
    stay_out(s, c, now);
}

/* --- service --- */

bool station_has_free(const struct station *s)
{
    return s->roster == NULL ? s->running.n < s->open : s->open > 0 && s->roster->n_free > 0;
}

bool station_hangs(const struct station *s, const struct wire_call *c)
{
    unsigned own = s->roster == NULL || c->state != STATE_RUNNING ? 0 : roster_ill(c)->active;
    return ((s->fault.active | own) & FAULT_HANG) != 0;
}

sim_time station_work_time(struct station *s, const struct wire_call *c)
{
    sim_time t = stay_time(s, c);
    if (s->more != NULL)
        t = more_work_time(s, c, t);
    if (s->fault.active & FAULT_SLOW)
        t = fault_slowed(&s->fault, t);
    if (s->roster != NULL && (roster_ill(c)->active & FAULT_SLOW) != 0)
        t = fault_slowed(roster_ill(c), t);
    return t;
}

EVERY_WAY static void on_worked(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    struct wire_call *c = CONTAINER_OF(t, struct wire_call, timer);
    struct station *s = station_of(c->server);
    s->ops->worked(s, c);
}

bool station_serve_odd(struct station *s, struct wire_call *c, sim_time now)
{
    if (s->roster != NULL)
        roster_take(s, c, now);
    if (station_hangs(s, c)) {
        sim_timer_init(&c->timer, SIM_MESSAGE, s->fire);
        return true;
    }
    sim_time time = station_work_time(s, c);
    if (time > 0)
        sim_begin_after(s->e.world->sim, &c->timer, SIM_MESSAGE, s->fire, time);
    return time > 0;
}

static void at_once(struct station *s, struct wire_call *c)
{
    sim_timer_init(&c->timer, SIM_MESSAGE, s->fire);
    s->ops->worked(s, c);
}

void station_loop(struct station *s, struct wire_call *c)
{
    s->dispatching = true;
    at_once(s, c);
    s->dispatching = false;
    station_dispatch(s);
}

ALWAYS_INLINE void begin(struct station *s, struct wire_call *c, sim_time now, sim_time since)
{
    bool busy = stay_serve(s, c, now, since);
    obs_level_set(&s->busy, now, s->running.n);
    if (!busy)
        at_once(s, c);
}

/* Whether one of those that wait could begin. */
static bool ready(const struct station *s)
{
    if (s->waiting.n == 0)
        return false;
    return s->more == NULL ? station_has_free(s) : s->more->way->ready(s, s->waiting.n);
}

void station_dispatch(struct station *s)
{
    if (s->dispatching || (s->fault.active & FAULT_DOWN) != 0)
        return;
    s->dispatching = true;
    while (ready(s)) {
        sim_time now = world_now(s->e.world);
        struct wire_call *c = s->more == NULL ? s->waiting.head : more_next(s);
        if (s->more == NULL) {
            station_unwait(s, c, now);
            begin(s, c, now, c->arrived);
        } else {
            more_serve(s, c, now);
        }
    }
    s->dispatching = false;
    if (s->more != NULL && s->more->way->settled != NULL)
        s->more->way->settled(s, world_now(s->e.world));
}

void station_go_odd(struct station *s, struct wire_call *c, sim_time now)
{
    station_leave(s, c, now);
    if (s->waiting.n > 0 || s->more != NULL)
        station_dispatch(s);
}

static void refuse(struct station *s, struct wire_call *c, sim_time now, enum call_verdict verdict)
{
    stay_count(s, verdict == CALL_THROTTLED ? STATION_THROTTLED : STATION_REFUSED, now);
    trace(s, now, TRACE_REFUSED, c, verdict);
    if (c->on == CALL_ON_OWN)
        s->ops->hung_up(s, now);
    call_reply(c, verdict);
}

static void throttle(struct station *s, struct wire_call *c, sim_time now)
{
    obs_tally_add(&s->throttled_at, now, now);
    c->retry_at = throttle_retry_at(&s->more->throttle, now);
    refuse(s, c, now, CALL_THROTTLED);
}

/* Without `more`. */
ALWAYS_INLINE void accept(struct station *s, struct wire_call *c, sim_time now, bool free)
{
    if (free && s->waiting.n == 0) {
        stay_enter(s, now);
        begin(s, c, now, now);
    } else if (s->waiting.n < s->places) {
        stay_enter(s, now);
        station_wait(s, c, now);
    } else {
        refuse(s, c, now, CALL_REFUSED);
    }
}

static void accept_more(struct station *s, struct wire_call *c, sim_time now)
{
    struct station_more *m = s->more;
    if (m->throttles && !throttle_pass(&m->throttle, now)) {
        throttle(s, c, now);
    } else if (!more_room(s)) {
        refuse(s, c, now, CALL_REFUSED);
    } else {
        stay_enter(s, now);
        more_accept(s, c, now);
    }
}

static void accept_odd(struct station *s, struct wire_call *c, sim_time now)
{
    if (s->fault.active & FAULT_DOWN)
        refuse(s, c, now, CALL_DOWN);
    else if (s->more != NULL)
        accept_more(s, c, now);
    else
        accept(s, c, now, station_has_free(s));
}

EVERY_WAY void station_accept(struct entity *e, struct wire_call *c)
{
    struct station *s = station_of(e);
    sim_time now = c->arrived;
    stay_count(s, STATION_ARRIVED, now);
    if (__builtin_expect(s->plain, 1))
        accept(s, c, now, s->running.n < s->open);
    else
        accept_odd(s, c, now);
}

/* What station_accept refuses. A throttle's hint, and whoever has `more`, need the call. */
bool station_turns_away(struct entity *e, const struct job *job, uint32_t n, enum call_verdict *verdict)
{
    struct station *s = station_of(e);
    bool down = (s->fault.active & FAULT_DOWN) != 0;
    if (!down && (s->more != NULL || s->waiting.n < s->places || (s->waiting.n == 0 && station_has_free(s))))
        return false;
    sim_time now = world_now(e->world);
    *verdict = down ? CALL_DOWN : CALL_REFUSED;
    obs_count(&s->count[STATION_ARRIVED], now, n);
    obs_count(&s->count[STATION_REFUSED], now, n);
    const struct request *r = request_at(&e->world->requests, job->request);
    for (uint32_t i = 0; i < n; i++)
        stay_trace(s, now, TRACE_REFUSED, (uint16_t)(job->attempt + i), r, *verdict);
    return true;
}

bool station_fails(const struct station *s, const struct wire_call *c)
{
    int64_t all = s->fault.active & FAULT_FAIL ? s->fault.probability : 0;
    int64_t own = s->roster != NULL && (roster_ill(c)->active & FAULT_FAIL) != 0 ? roster_ill(c)->probability : 0;
    if (all == 0 && own == 0)
        return false;
    struct rng cell = job_cell(s->e.world, &s->chance, &c->job);
    return (int64_t)rng_below(&cell, 1000000000) < all + own - own * all / 1000000000;
}

enum call_verdict station_depart(struct station *s, struct wire_call *c, enum call_verdict verdict)
{
    return stay_depart(s, c, world_now(s->e.world), verdict);
}

void station_end(struct station *s, struct wire_call *c, enum call_verdict verdict)
{
    stay_end(s, c, world_now(s->e.world), verdict);
}

void station_stop(struct station *s, struct wire_call *c)
{
    if (s->more != NULL)
        s->more->way->stop(s, c, world_now(s->e.world));
    else if (sim_pending(&c->timer))
        sim_cancel(s->e.world->sim, &c->timer);
    else if (s->ops->halt != NULL)
        s->ops->halt(s, c);
}

static bool heeds(const struct station *s, const struct wire_call *c)
{
    if (station_hangs(s, c))
        return false; /* it does not listen */
    if (s->more == NULL || s->more->cancellable == CANCEL_ALWAYS)
        return true;
    return s->more->cancellable == CANCEL_WAITING && c->state == STATE_WAITING;
}

void station_cancel(struct entity *e, struct wire_call *c)
{
    struct station *s = station_of(e);
    sim_time now = world_now(e->world);
    if (!heeds(s, c))
        return;
    if (c->state == STATE_RUNNING)
        station_stop(s, c);
    stay_count(s, STATION_CANCELLED, now);
    trace(s, now, TRACE_LEFT, c, 0);
    s->n_cancelled++;
    station_leave(s, c, now);
    wire_vanish(c);
    station_dispatch(s);
}

void station_drop(struct station *s, struct wire_call *c, sim_time now, bool answer, enum call_verdict verdict)
{
    trace(s, now, TRACE_LEFT, c, 1);
    station_leave(s, c, now);
    if (answer)
        wire_reply(c, verdict);
    else
        wire_vanish(c);
}

void station_set_servers(struct station *s, int64_t servers)
{
    sim_time now = world_now(s->e.world);
    s->servers = servers;
    s->open = (s->fault.active & FAULT_STOP) != 0 ? 0 : servers;
    obs_level_set(&s->size, now, servers == INT64_MAX ? 0 : servers);
    if (s->more != NULL)
        more_resized(s);
    station_dispatch(s);
}

void station_set_places(struct station *s, int64_t places)
{
    s->places = places;
}

/* --- life --- */

static bool open_observers(struct station *s)
{
    struct entity *e = &s->e;
    for (unsigned m = 0; m < STATION_COUNTERS; m++) {
        if (!entity_counter(e, m, &s->count[m]))
            return false;
    }
    return entity_level(e, STATION_IN_SYSTEM, &s->in_system, 0) && entity_level(e, STATION_BUSY, &s->busy, 0) &&
           entity_level(e, STATION_WAITING, &s->queue, 0) &&
           entity_level(e, STATION_SERVERS, &s->size, s->servers == INT64_MAX ? 0 : s->servers) &&
           entity_level(e, STATION_REPAIRING, &s->repairing, 0) &&
           entity_share(e, STATION_UTILISATION, &s->utilisation, &s->busy, &s->size) &&
           entity_tally(e, STATION_WAIT, &s->wait) && entity_tally(e, STATION_SOJOURN, &s->sojourn) &&
           entity_tally(e, STATION_BATCH_SIZE, &s->batch_size) &&
           entity_tally(e, STATION_THROTTLED_AT, &s->throttled_at);
}

bool station_init(struct station *s, const struct station_config *config)
{
    s->ops = config->ops;
    s->fire = config->fire != NULL ? config->fire : on_worked;
    s->servers = s->open = config->servers;
    s->places = config->places;
    s->waiting.tail = &s->waiting.head;
    s->running.tail = &s->running.head;
    s->time = config->time;
    s->time_constant = -1;
    if (s->time == NULL)
        s->time_constant = 0;
    else if (!dist_is_constant(s->time, &s->time_constant))
        s->time_constant = -1;
    s->stream = entity_stream(&s->e, "time");
    draws_init(&s->times, &s->stream, s->time);
    s->chance = entity_stream(&s->e, "fail");
    bool good = open_observers(s) && more_open(s, config);
    station_judge(s);
    return good;
}

void station_start(struct entity *e)
{
    struct station *s = station_of(e);
    if (s->more != NULL)
        more_start(s);
}

void station_close(struct entity *e)
{
    struct station *s = station_of(e);
    roster_close(s);
    if (s->more != NULL)
        more_close(s);
}
