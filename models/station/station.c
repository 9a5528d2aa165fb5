/* station.c - servers and a waiting room.
 *
 * A call stands in one of two lists: waiting, or running (it holds a server). While `dispatching` is set, an outer frame
 * is filling free servers and goes on when the inner ones return: so a thousand calls that end at once make a loop and not
 * a thousand frames. While it hangs, calls take their places but nothing moves. */
#include "station.h"

#include <inttypes.h>

#include "fault_state.h"

enum { WAITING = 1, RUNNING }; /* a call's state */
enum { TRACE_END = 1, TRACE_REFUSED, TRACE_LEFT, TRACE_FAULT };

static struct station *station_of(struct entity *e)
{
    return (struct station *)e;
}

static uint64_t item_of(const struct station *s, const struct wire_call *c)
{
    return request_item(request_at(&s->e.world->requests, c->job.request));
}

static void trace(struct station *s, uint32_t what, const struct wire_call *c, uint32_t detail)
{
    entity_trace(&s->e, what, item_of(s, c) << 16 ^ (uint64_t)c->job.attempt ^ (uint64_t)detail << 60);
}

/* --- lists --- */

static void append(struct station_list *l, struct wire_call *c)
{
    c->next = NULL;
    c->prev = l->tail;
    *(l->tail != NULL ? &l->tail->next : &l->head) = c;
    l->tail = c;
    l->n++;
}

static void unlink_call(struct station_list *l, struct wire_call *c)
{
    *(c->prev != NULL ? &c->prev->next : &l->head) = c->next;
    *(c->next != NULL ? &c->next->prev : &l->tail) = c->prev;
    l->n--;
}

static void queue_join(struct station *s, struct wire_call *c, sim_time now)
{
    c->state = WAITING;
    append(&s->waiting, c);
    obs_level_set(&s->queue, now, s->waiting.n);
}

static void queue_leave(struct station *s, struct wire_call *c, sim_time now)
{
    unlink_call(&s->waiting, c);
    obs_level_set(&s->queue, now, s->waiting.n);
}

/* --- who is inside: the ledger of Little's law --- */

static int64_t inside(const struct station *s)
{
    return s->waiting.n + s->running.n;
}

static void integrate(struct station *s, sim_time now, int64_t n)
{
    s->area += (int128)n * (now - s->area_until);
    s->area_until = now;
}

static void enter(struct station *s, struct wire_call *c, sim_time now)
{
    integrate(s, now, s->in_system.value);
    s->arrivals += now;
    s->n_entered++;
    c->arrived = now;
    obs_count(&s->accepted, now, 1);
    obs_level_set(&s->in_system, now, s->in_system.value + 1);
}

/* The call goes; its server or place is free. Its timer is not pending any more. */
static void leave(struct station *s, struct wire_call *c, sim_time now)
{
    if (c->state == WAITING) {
        queue_leave(s, c, now);
    } else {
        unlink_call(&s->running, c);
        obs_level_set(&s->busy, now, s->running.n);
    }
    c->state = 0;
    integrate(s, now, s->in_system.value);
    s->departures += now;
    obs_level_set(&s->in_system, now, s->in_system.value - 1);
    if (c->client_done)
        obs_count(&s->abandoned, now, 1);
}

/* --- service --- */

static sim_time work_time(const struct station *s, const struct wire_call *c)
{
    sim_time t = s->time_constant;
    if (t < 0) {
        struct rng cell = job_cell(s->e.world, &s->stream, &c->job);
        t = dist_sample(s->time, &cell);
    }
    if (s->fault.active & FAULT_SLOW)
        t = fault_slowed(&s->fault, t);
    return t;
}

static void on_worked(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    struct wire_call *c = CONTAINER_OF(t, struct wire_call, timer);
    struct station *s = station_of(c->server);
    s->ops->worked(s, c);
}

static void begin(struct station *s, struct wire_call *c, sim_time now)
{
    c->state = RUNNING;
    c->started = now;
    append(&s->running, c);
    obs_level_set(&s->busy, now, s->running.n);
    obs_tally_add(&s->wait, now, now - c->arrived);
    sim_timer_init(&c->timer, SIM_MESSAGE, on_worked);
    if (s->fault.active & FAULT_HANG)
        return;
    sim_time time = work_time(s, c);
    if (time > 0)
        sim_after(s->e.world->sim, &c->timer, time);
    else
        s->ops->worked(s, c);
}

/* Who is served next: here is the place for other disciplines. */
static struct wire_call *take_next(struct station *s, sim_time now)
{
    struct wire_call *c = s->waiting.head;
    queue_leave(s, c, now);
    return c;
}

static void dispatch(struct station *s)
{
    if (s->dispatching || (s->fault.active & FAULT_DOWN) != 0)
        return;
    s->dispatching = true;
    while (s->waiting.n > 0 && s->running.n < s->servers) {
        sim_time now = world_now(s->e.world);
        begin(s, take_next(s, now), now);
    }
    s->dispatching = false;
}

static void refuse(struct station *s, struct wire_call *c, sim_time now, enum call_verdict verdict)
{
    obs_count(&s->refused, now, 1);
    trace(s, TRACE_REFUSED, c, verdict);
    wire_reply(c, verdict);
}

void station_accept(struct entity *e, struct wire_call *c)
{
    struct station *s = station_of(e);
    sim_time now = world_now(e->world);
    obs_count(&s->arrived, now, 1);
    if (s->fault.active & FAULT_DOWN) {
        refuse(s, c, now, CALL_DOWN);
    } else if (s->running.n < s->servers && s->waiting.n == 0) {
        enter(s, c, now);
        begin(s, c, now);
    } else if (s->waiting.n < s->places) {
        enter(s, c, now);
        queue_join(s, c, now);
    } else {
        refuse(s, c, now, CALL_REFUSED);
    }
}

static bool fails(const struct station *s, const struct wire_call *c)
{
    if ((s->fault.active & FAULT_FAIL) == 0)
        return false;
    struct rng cell = job_cell(s->e.world, &s->chance, &c->job);
    return (int64_t)rng_below(&cell, 1000000000) < s->fault.probability;
}

void station_end(struct station *s, struct wire_call *c, enum call_verdict verdict)
{
    sim_time now = world_now(s->e.world);
    CHECK(c->state == RUNNING);
    if (verdict == CALL_OK && fails(s, c))
        verdict = CALL_FAILED;
    obs_count(verdict == CALL_OK ? &s->completed : &s->failed, now, 1);
    obs_tally_add(&s->sojourn, now, now - c->arrived);
    trace(s, TRACE_END, c, verdict);
    if (verdict == CALL_OK)
        request_effect(s->e.world, c->job.request, &s->e);
    s->n_ended++;
    leave(s, c, now);
    dispatch(s);
    wire_reply(c, verdict);
}

/* Stops the work on a running call; it stays in its place. */
static void stop_work(struct station *s, struct wire_call *c)
{
    if (sim_pending(&c->timer))
        sim_cancel(s->e.world->sim, &c->timer);
    else if (s->ops->halt != NULL)
        s->ops->halt(s, c);
}

void station_cancel(struct entity *e, struct wire_call *c)
{
    struct station *s = station_of(e);
    sim_time now = world_now(e->world);
    if (s->fault.active & FAULT_HANG)
        return; /* it does not listen */
    if (c->state == RUNNING)
        stop_work(s, c);
    obs_count(&s->cancelled, now, 1);
    trace(s, TRACE_LEFT, c, 0);
    s->n_cancelled++;
    leave(s, c, now);
    wire_vanish(c);
    dispatch(s);
}

/* --- faults --- */

static struct wire_call *first_inside(struct station *s)
{
    return s->running.head != NULL ? s->running.head : s->waiting.head;
}

/* All that is inside goes: answered that the connection broke, or never answered. */
static void empty(struct station *s, bool answer, bool stopped)
{
    sim_time now = world_now(s->e.world);
    struct wire_call *c;
    while ((c = first_inside(s)) != NULL) {
        if (c->state == RUNNING && !stopped)
            stop_work(s, c);
        obs_count(&s->broken, now, 1);
        trace(s, TRACE_LEFT, c, 1);
        s->n_broken++;
        leave(s, c, now);
        if (answer)
            wire_reply(c, CALL_DOWN);
        else
            wire_vanish(c);
    }
}

void station_fault(struct entity *e, const struct fault_state *state)
{
    struct station *s = station_of(e);
    unsigned before = s->fault.active, after = state->active;
    s->fault = *state;
    entity_trace(e, TRACE_FAULT, after);
    bool hung = (before & FAULT_HANG) != 0, hangs = (after & FAULT_HANG) != 0;
    if ((after & ~before & FAULT_DOWN) != 0) {
        empty(s, true, hung);
    } else if (hung && !hangs) {
        empty(s, false, true);
    } else if (hangs && !hung) {
        for (struct wire_call *c = s->running.head; c != NULL; c = c->next)
            stop_work(s, c);
    }
}

void station_set_servers(struct station *s, int64_t servers)
{
    s->servers = servers;
    obs_level_set(&s->size, world_now(s->e.world), servers);
    dispatch(s);
}

void station_set_places(struct station *s, int64_t places)
{
    s->places = places;
}

/* --- life --- */

static bool open_counters(struct station *s)
{
    struct entity *e = &s->e;
    return entity_counter(e, STATION_ARRIVED, &s->arrived) && entity_counter(e, STATION_ACCEPTED, &s->accepted) &&
           entity_counter(e, STATION_REFUSED, &s->refused) &&
           entity_counter(e, STATION_COMPLETED, &s->completed) &&
           entity_counter(e, STATION_FAILED, &s->failed) && entity_counter(e, STATION_BROKEN, &s->broken) &&
           entity_counter(e, STATION_ABANDONED, &s->abandoned) &&
           entity_counter(e, STATION_CANCELLED, &s->cancelled);
}

static bool open_levels(struct station *s)
{
    struct entity *e = &s->e;
    return entity_level(e, STATION_IN_SYSTEM, &s->in_system, 0) && entity_level(e, STATION_BUSY, &s->busy, 0) &&
           entity_level(e, STATION_WAITING, &s->queue, 0) &&
           entity_level(e, STATION_SERVERS, &s->size, s->servers) &&
           entity_share(e, STATION_UTILISATION, &s->utilisation, &s->busy, &s->size) &&
           entity_tally(e, STATION_WAIT, &s->wait) && entity_tally(e, STATION_SOJOURN, &s->sojourn);
}

bool station_init(struct station *s, const struct station_config *config)
{
    s->ops = config->ops;
    s->servers = config->servers;
    s->places = config->places;
    s->time = config->time;
    s->time_constant = -1;
    if (s->time == NULL)
        s->time_constant = 0;
    else if (!dist_is_constant(s->time, &s->time_constant))
        s->time_constant = -1;
    s->stream = entity_stream(&s->e, "time");
    s->chance = entity_stream(&s->e, "fail");
    return open_counters(s) && open_levels(s);
}

bool station_conserve(struct entity *e, sim_time now, struct err *err)
{
    const struct station *s = station_of(e);
    uint64_t left = s->n_ended + s->n_broken + s->n_cancelled;
    int64_t n = inside(s);
    if (s->n_entered != left + (uint64_t)n)
        return err_set(err, ERR_INTERNAL,
                       "accepted %" PRIu64 " calls, but ended %" PRIu64 ", broke %" PRIu64 ", cancelled %" PRIu64
                       " and holds %" PRId64,
                       s->n_entered, s->n_ended, s->n_broken, s->n_cancelled, n);
    if (s->in_system.value != n || s->busy.value != s->running.n || s->queue.value != s->waiting.n)
        return err_set(err, ERR_INTERNAL, "levels say %" PRId64 "/%" PRId64 "/%" PRId64 " but %" PRId64
                       " calls run and %" PRId64 " wait", s->in_system.value, s->busy.value,
                       s->queue.value, s->running.n, s->waiting.n);
    int128 area = s->area + (int128)n * (now - s->area_until);
    int128 stays = s->departures - s->arrivals + (int128)n * now;
    if (area != stays)
        return err_set(err, ERR_INTERNAL,
                       "Little's law: the number inside integrates to %.17g ns but the stays sum to %.17g ns",
                       (double)area, (double)stays);
    return true;
}
