/* service_room.c - a synchronous service: a call holds one of its servers for the service's own time and for the steps that
 * follow, calls to others among them. That is what couples: who waits for a slow neighbour is busy. A call that is forwarded
 * leaves its server: the next one works on it, and answers the client. */
#include <string.h>

#include "roster.h"
#include "service.h"
#include "stay.h"
#include "walk.h"

#define PPB 1000000000

struct service {
    struct station        s; /* first */
    struct steps          steps, forwards;
    struct pools          pools;
    int64_t              *chance; /* of each forward, ppb, added up */
    bool                  ring;   /* a forwarded call may come back */
    bool                  plain;  /* its processes do not crash, and use no pools of connections */
    struct rng_stream     route_stream, crash_stream;
    int64_t               crash;      /* ppb */
    int64_t               crash_after; /* steps; -1: drawn */
    struct stock          visits;
    struct obs_counter    tries, retries, timeouts, crashed;
    struct caller_metrics caller;
};

/* A call that is in its steps, or has been forwarded. */
struct visit {
    struct wire_call *call;
    bool              forwarded;
    struct steps_walk walk;
    struct steps      part; /* the forward that was chosen; the steps before a crash */
};

static struct service *service_of(struct station *s)
{
    return CONTAINER_OF(s, struct service, s);
}

static enum call_verdict verdict_of(enum call_verdict step)
{
    switch (step) {
    case CALL_OK:
        return CALL_OK;
    case CALL_REFUSED:
    case CALL_THROTTLED:
        return CALL_REFUSED; /* 503: behind it there is no room */
    default:
        return CALL_FAILED; /* 500, 502, 504 */
    }
}

ALWAYS_INLINE struct visit *open_visit(struct service *v, struct wire_call *c)
{
    struct visit *visit = stock_take(&v->visits);
    if (__builtin_expect(visit == NULL, 0)) {
        v->s.e.world->failed = true;
        return NULL;
    }
    visit->call = c;
    visit->forwarded = false;
    visit->walk.caller.state = 0;
    c->visit = visit;
    return visit;
}

ALWAYS_INLINE void close_visit(struct service *v, struct wire_call *c)
{
    struct visit *visit = c->visit;
    c->visit = NULL;
    stock_give(&v->visits, visit);
}

/* --- forwarding --- */

static void forward_done(struct steps_walk *walk, enum call_verdict verdict)
{
    struct wire_call *c = CONTAINER_OF(walk, struct visit, walk)->call;
    close_visit(service_of((struct station *)c->server), c);
    wire_reply(c, verdict_of(verdict));
}

/* A call that comes round again must not draw the same work and the same way as before. */
static uint16_t next_round(const struct service *v, uint16_t attempt)
{
    return v->ring ? (uint16_t)(attempt * 257u + 1) : attempt;
}

static void forward(struct service *v, struct wire_call *c, uint32_t way, uint32_t who)
{
    struct visit *visit = open_visit(v, c);
    if (visit == NULL) {
        wire_reply(c, CALL_FAILED);
        return;
    }
    struct job job = c->job;
    job.attempt = next_round(v, job.attempt);
    visit->forwarded = true;
    steps_walk_init(&visit->walk);
    visit->walk.caller.who = who;
    visit->part = (struct steps){.n = 1, .policy = v->forwards.policy + way};
    steps_start(&visit->walk, &visit->part, &job, forward_done);
}

/* The number of the forward that this call takes; their number when it ends here. */
static uint32_t choose(const struct service *v, const struct job *job)
{
    uint32_t n = v->forwards.n, way = 0;
    if (v->chance[0] == PPB)
        return 0;
    struct rng cell = job_cell(v->s.e.world, &v->route_stream, job);
    int64_t x = (int64_t)rng_below(&cell, PPB);
    while (way < n && x >= v->chance[way])
        way++;
    return way;
}

static __attribute__((noinline)) void finish_forwarding(struct service *v, struct wire_call *c)
{
    uint32_t who = v->s.roster != NULL ? roster_number(c) : 0; /* whose connections it uses, though it has left it */
    enum call_verdict verdict = station_depart(&v->s, c, CALL_OK);
    uint32_t way = verdict == CALL_OK ? choose(v, &c->job) : v->forwards.n;
    if (way < v->forwards.n)
        forward(v, c, way, who);
    else
        wire_reply(c, verdict);
}

ALWAYS_INLINE void finish(struct service *v, struct wire_call *c, sim_time now, enum call_verdict verdict)
{
    if (__builtin_expect(v->forwards.n == 0 || verdict != CALL_OK, 1))
        stay_end(&v->s, c, now, verdict);
    else
        finish_forwarding(v, c);
}

/* --- steps --- */

ALWAYS_INLINE void steps_done(struct steps_walk *walk, enum call_verdict verdict)
{
    struct wire_call *c = CONTAINER_OF(walk, struct visit, walk)->call;
    struct service *v = service_of((struct station *)c->server);
    close_visit(v, c);
    finish(v, c, world_now(v->s.e.world), verdict_of(verdict));
}

ALWAYS_INLINE void step_done(struct caller *caller, enum call_verdict verdict)
{
    walk_over(CONTAINER_OF(caller, struct steps_walk, caller), verdict, steps_done);
}

EVERY_WAY static void step_replied(struct wire_call *call, enum call_verdict verdict)
{
    caller_replied(call, verdict, step_done);
}

/* The process dies: the connection breaks, and nobody can tell from outside how far it came. */
static void crash_done(struct steps_walk *walk, enum call_verdict verdict)
{
    struct wire_call *c = CONTAINER_OF(walk, struct visit, walk)->call;
    struct service *v = service_of((struct station *)c->server);
    close_visit(v, c);
    if (verdict == CALL_OK)
        obs_count(&v->crashed, world_now(v->s.e.world), 1);
    station_end(&v->s, c, verdict == CALL_OK ? CALL_DOWN : verdict_of(verdict));
}

/* Whether this call's process dies, and how many of its steps are done then. */
static bool crashes(const struct service *v, const struct job *job, uint32_t *done)
{
    struct rng cell = job_cell(v->s.e.world, &v->crash_stream, job);
    if ((int64_t)rng_below(&cell, PPB) >= v->crash)
        return false;
    *done = v->crash_after >= 0 ? (uint32_t)v->crash_after : (uint32_t)rng_below(&cell, v->steps.n + 1);
    return true;
}

static void start_crashing(struct service *v, struct visit *visit, const struct job *job)
{
    uint32_t done;
    steps_walk_init(&visit->walk);
    if (!crashes(v, job, &done)) {
        steps_start(&visit->walk, &v->steps, job, steps_done);
        return;
    }
    visit->part = (struct steps){.n = done, .policy = v->steps.policy};
    if (done == 0)
        crash_done(&visit->walk, CALL_OK);
    else
        steps_start(&visit->walk, &visit->part, job, crash_done);
}

/* Of a service that is not plain. */
static __attribute__((noinline)) void start_anyhow(struct service *v, struct wire_call *c)
{
    struct visit *visit = open_visit(v, c);
    if (visit != NULL && v->pools.n > 0 && v->s.roster != NULL)
        visit->walk.caller.who = roster_number(c);
    if (visit == NULL)
        station_end(&v->s, c, CALL_FAILED);
    else if (v->crash > 0)
        start_crashing(v, visit, &c->job);
    else
        steps_start(&visit->walk, &v->steps, &c->job, steps_done);
}

EVERY_WAY static void on_worked(struct sim *sim, struct sim_timer *t)
{
    sim_time now = sim_now(sim);
    struct wire_call *c = CONTAINER_OF(t, struct wire_call, timer);
    struct service *v = service_of((struct station *)c->server);
    if (v->steps.n == 0) {
        finish(v, c, now, CALL_OK);
        return;
    }
    if (__builtin_expect(!v->plain, 0)) {
        start_anyhow(v, c);
        return;
    }
    enum call_verdict verdict;
    if (walk_turned_away(&v->steps, &c->job, &verdict)) {
        station_end(&v->s, c, verdict_of(verdict));
        return;
    }
    struct visit *visit = open_visit(v, c);
    if (visit == NULL)
        station_end(&v->s, c, CALL_FAILED);
    else
        walk_begin(&visit->walk, &v->steps, v->s.e.world, now, &c->job, c->request, steps_done, step_done, step_replied);
}

static void worked(struct station *s, struct wire_call *c)
{
    on_worked(s->e.world->sim, &c->timer);
}

static void halt(struct station *s, struct wire_call *c)
{
    struct visit *visit = c->visit;
    if (visit == NULL)
        return;
    steps_stop(&visit->walk);
    close_visit(service_of(s), c);
}

static void cancel(struct entity *e, struct wire_call *c)
{
    struct visit *visit = c->visit;
    if (visit == NULL || !visit->forwarded) {
        station_cancel(e, c);
        return;
    }
    halt((struct station *)e, c);
    wire_vanish(c);
}

static const struct station_ops ops = {.worked = worked, .halt = halt};

/* --- life --- */

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct service *v = arena_get(&w->arena, sizeof(*v));
    if (v == NULL)
        return NULL;
    struct entity *e = &v->s.e;
    entity_init(e, w, spec);
    stock_init(&v->visits, sizeof(struct visit));
    const struct value *waiting = spec_value(spec, SERVICE_WAITING);
    struct station_config config = {
        .servers = spec_int(spec, SERVICE_SERVERS),
        .places = waiting->absent ? INT64_MAX : waiting->i,
        .time = spec_value(spec, SERVICE_TIME)->dist,
        .ops = &ops,
        .fire = on_worked,
        .first_key = SERVICE_STATION,
    };
    const struct value *crash = spec_value(spec, SERVICE_CRASH);
    v->crash = crash->list.n == 0 ? 0 : value_field(crash, SERVICE_CRASH_PROBABILITY)->i;
    v->crash_after = v->crash == 0 || value_field(crash, SERVICE_CRASH_AFTER)->absent ? -1 : value_field(crash, SERVICE_CRASH_AFTER)->i;
    v->crash_stream = entity_stream(e, "crash");
    v->route_stream = entity_stream(e, "route");
    bool ok = station_init(&v->s, &config) && entity_counter(e, SM_TRIES, &v->tries) &&
              entity_counter(e, SM_RETRIES, &v->retries) &&
              entity_counter(e, SM_TIMEOUTS, &v->timeouts) && caller_metrics_open(&v->caller, e, SM_CALLER) &&
              entity_counter(e, SM_CRASHED, &v->crashed);
    return ok ? e : NULL;
}

static bool add_up_chances(struct service *v, const struct value *forwards)
{
    v->chance = arena_get(&v->s.e.world->arena, (forwards->list.n + 1) * sizeof(*v->chance));
    int64_t sum = 0;
    for (uint32_t i = 0; v->chance != NULL && i < forwards->list.n; i++) {
        sum += v->forwards.policy[i].chance;
        v->chance[i] = sum;
        v->forwards.policy[i].chance = PPB; /* it is chosen here, not there */
    }
    return v->chance != NULL;
}

static bool wire(struct entity *e)
{
    struct service *v = (struct service *)e;
    const struct value *forwards = spec_value(e->spec, SERVICE_FORWARDS);
    struct steps_counters counters = {&v->tries, &v->retries, &v->timeouts, &v->caller};
    v->ring = steps_ring(e->world->spec, e->spec);
    bool ok = steps_init(&v->steps, e, spec_value(e->spec, SERVICE_CALLS), spec_value(e->spec, SERVICE_SENDS), counters) &&
              steps_init_list(&v->forwards, e, forwards, "forwards", counters) && add_up_chances(v, forwards) &&
              pools_find(&v->pools, e, &v->steps, &v->forwards);
    v->plain = v->crash == 0 && v->pools.n == 0;
    return ok;
}

struct pools *service_pools(struct entity *e)
{
    return &((struct service *)e)->pools;
}

static bool is_crewed(const struct spec *spec, const struct spec_entity *e)
{
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct value *target = strcmp(spec->entity[i].kind, "group") == 0 ? spec_named(&spec->entity[i], "target") : NULL;
        if (target != NULL && target->ref == e)
            return true;
    }
    return false;
}

/* Without a group it is one process, and its servers are threads. */
static void start(struct entity *e)
{
    const struct service *v = (struct service *)e;
    int64_t servers = v->s.servers;
    station_start(e);
    if (v->pools.n > 0 && !is_crewed(e->world->spec, e->spec))
        pools_arrive(&v->pools, 0, servers >= 1 && servers <= UINT16_MAX ? (uint32_t)servers : 1, POOL_CROWD);
}

static void set(struct entity *e, unsigned key, const struct value *v)
{
    struct station *s = (struct station *)e;
    if (key == SERVICE_SERVERS)
        station_set_servers(s, v->i);
    else
        station_set_places(s, v->i);
}

static void close_service(struct entity *e)
{
    station_close(e);
    stock_free(&((struct service *)e)->visits);
}

static const struct call_ops call = {.accept = station_accept, .turns_away = station_turns_away, .cancel = cancel, .load = station_load};

const struct room room_service = {
    .kind = "service",
    .title = "Synchronous service",
    .doc = "A number of servers and a bounded waiting room. Each call holds a server for the service's own time, then for "
           "its calls to others and its sends, in order. It succeeds when all of them do. Then the call may be forwarded.",
    .key = service_keys,
    .n_key = N_SERVICE_KEYS,
    .metric = service_metrics,
    .n_metric = N_SERVICE_METRICS,
    .effects = FAULT_DOWN | FAULT_HANG | FAULT_SLOW | FAULT_FAIL | FAULT_STOP,
    .call = &call,
    .crew = &service_crew,
    .check = service_check,
    .make = make,
    .wire = wire,
    .start = start,
    .conserve = station_conserve,
    .fault = station_fault,
    .set = set,
    .close = close_service,
};
