/* service_room.c - a synchronous service: a call holds one of its servers for the service's own time and for the steps that
 * follow, calls to others among them. That is what couples: who waits for a slow neighbour is busy. A call that is forwarded
 * leaves its server: the next one works on it, and answers the client. */
#include "check_codes.h"
#include "station.h"
#include "steps.h"

#define PPB 1000000000

enum {
    KEY_SERVERS,
    KEY_WAITING,
    KEY_TIME,
    KEY_CALLS,
    KEY_SENDS,
    KEY_FORWARDS,
    KEY_STATION,
    N_KEYS = KEY_STATION + N_STATION_KEYS
};
enum {
    METRIC_TRIES = N_STATION_METRICS,
    METRIC_RETRIES,
    METRIC_TIMEOUTS,
    METRIC_CALLER,
    N_METRICS = METRIC_CALLER + N_CALLER_METRICS
};

static const struct key keys[N_KEYS] = {
    [KEY_SERVERS] = {.name = "servers",
                     .type = VALUE_COUNT,
                     .flags = KEY_RUNTIME | KEY_UNLIMITED,
                     .fallback = "1",
                     .low = "0",
                     .high = "1000000",
                     .doc = "Calls it works on at the same time."},
    [KEY_WAITING] = {.name = "waiting",
                     .type = VALUE_COUNT,
                     .flags = KEY_RUNTIME,
                     .low = "0",
                     .high = "1000000000",
                     .doc = "Calls that may wait for a server; more are refused (429, 503). Default: no bound."},
    [KEY_TIME] = {.name = "time",
                  .type = VALUE_DIST,
                  .unit = DIST_DURATION,
                  .fallback = "0s",
                  .doc = "The service's own time for a call, before its steps."},
    [KEY_CALLS] = {.name = "calls",
                   .type = VALUE_LIST,
                   .element = VALUE_GROUP,
                   .sub = caller_keys,
                   .n_sub = N_CALLER_KEYS,
                   .doc = "Calls it makes in this order and waits for, holding its server."},
    [KEY_SENDS] = {.name = "sends",
                   .type = VALUE_LIST,
                   .element = VALUE_GROUP,
                   .sub = caller_send_keys,
                   .n_sub = N_CALLER_KEYS,
                   .doc = "Messages it sends then; it waits only until each is accepted."},
    [KEY_FORWARDS] = {.name = "forwards",
                      .type = VALUE_LIST,
                      .element = VALUE_GROUP,
                      .sub = caller_keys,
                      .n_sub = N_CALLER_KEYS,
                      .doc = "Where the call goes on when its server is free again: one of these, each with its chance; else it "
                             "ends here. The answer is that of the last."},
    STATION_KEYS(KEY_STATION),
};

static const struct metric_def metrics[N_METRICS] = {
    STATION_METRICS,
    {"tries", NULL, OBS_COUNTER, UNIT_ONE, 0, "Attempts of its calls and sends."},
    {"retries", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "Attempts after the first."},
    {"timeouts", NULL, OBS_COUNTER, UNIT_ONE, 0, "Attempts whose answer did not come in time."},
    CALLER_METRICS,
};

struct service {
    struct station        s; /* first */
    struct steps          steps, forwards;
    int64_t              *chance; /* of each forward, ppb, added up */
    bool                  ring;   /* a forwarded call may come back */
    struct rng_stream     route_stream;
    struct slab           visits;
    struct obs_counter    tries, retries, timeouts;
    struct caller_metrics caller;
};

/* A call that is in its steps, or has been forwarded. */
struct visit {
    struct steps_walk walk;
    struct steps      part; /* the forward that was chosen */
    struct wire_call *call;
    uint32_t          number;
    bool              forwarded;
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

static struct visit *open_visit(struct service *v, struct wire_call *c)
{
    uint32_t number = slab_take(&v->visits);
    if (number == SLAB_NONE) {
        v->s.e.world->failed = true;
        return NULL;
    }
    struct visit *visit = slab_at(&v->visits, number);
    visit->call = c;
    visit->number = number;
    visit->forwarded = false;
    steps_walk_init(&visit->walk);
    c->visit = visit;
    return visit;
}

static void close_visit(struct service *v, struct wire_call *c)
{
    struct visit *visit = c->visit;
    c->visit = NULL;
    slab_give(&v->visits, visit->number);
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

static void forward(struct service *v, struct wire_call *c, uint32_t way)
{
    struct visit *visit = open_visit(v, c);
    if (visit == NULL) {
        wire_reply(c, CALL_FAILED);
        return;
    }
    struct job job = c->job;
    job.attempt = next_round(v, job.attempt);
    visit->forwarded = true;
    visit->part = (struct steps){1, v->forwards.policy + way};
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

static void finish(struct service *v, struct wire_call *c, enum call_verdict verdict)
{
    if (v->forwards.n == 0 || verdict != CALL_OK) {
        station_end(&v->s, c, verdict);
        return;
    }
    verdict = station_depart(&v->s, c, verdict);
    uint32_t way = verdict == CALL_OK ? choose(v, &c->job) : v->forwards.n;
    if (way < v->forwards.n)
        forward(v, c, way);
    else
        wire_reply(c, verdict);
}

/* --- steps --- */

static void steps_done(struct steps_walk *walk, enum call_verdict verdict)
{
    struct wire_call *c = CONTAINER_OF(walk, struct visit, walk)->call;
    struct service *v = service_of((struct station *)c->server);
    close_visit(v, c);
    finish(v, c, verdict_of(verdict));
}

static void worked(struct station *s, struct wire_call *c)
{
    struct service *v = service_of(s);
    if (v->steps.n == 0) {
        finish(v, c, CALL_OK);
        return;
    }
    struct visit *visit = open_visit(v, c);
    if (visit == NULL)
        station_end(s, c, CALL_FAILED);
    else
        steps_start(&visit->walk, &v->steps, &c->job, steps_done);
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

/* --- checks --- */

static void check_forwards(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *forwards = spec_value(e, KEY_FORWARDS);
    int64_t sum = 0;
    for (uint32_t i = 0; i < forwards->list.n; i++)
        sum += value_field(&forwards->list.item[i], CALLER_CHANCE)->i;
    if (sum > PPB)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &forwards->place,
                    "%s: the chances of its forwards add up to more than 1", e->path);
    else if (!steps_ends(spec, e))
        problem_add(p, SEVERITY_ERROR, CHECK_NO_TIME, &forwards->place,
                    "what %s forwards goes round for ever: give one forward of the ring a chance below 100 %%", e->path);
}

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    bool holds = spec_value(e, KEY_CALLS)->list.n > 0 || spec_value(e, KEY_SENDS)->list.n > 0;
    steps_check(spec, e, p);
    check_forwards(spec, e, p);
    station_keys_check(e, KEY_STATION, spec_value(e, KEY_SERVERS), spec_value(e, KEY_WAITING), holds, p);
}

/* --- life --- */

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct service *v = arena_get(&w->arena, sizeof(*v));
    if (v == NULL)
        return NULL;
    struct entity *e = &v->s.e;
    entity_init(e, w, spec);
    slab_init(&v->visits, sizeof(struct visit));
    const struct value *waiting = spec_value(spec, KEY_WAITING);
    struct station_config config = {
        .servers = spec_int(spec, KEY_SERVERS),
        .places = waiting->absent ? INT64_MAX : waiting->i,
        .time = spec_value(spec, KEY_TIME)->dist,
        .ops = &ops,
        .first_key = KEY_STATION,
    };
    v->route_stream = entity_stream(e, "route");
    bool ok = station_init(&v->s, &config) && entity_counter(e, METRIC_TRIES, &v->tries) &&
              entity_counter(e, METRIC_RETRIES, &v->retries) &&
              entity_counter(e, METRIC_TIMEOUTS, &v->timeouts) && caller_metrics_open(&v->caller, e, METRIC_CALLER);
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
    const struct value *forwards = spec_value(e->spec, KEY_FORWARDS);
    struct steps_counters counters = {&v->tries, &v->retries, &v->timeouts, &v->caller};
    v->ring = steps_ring(e->world->spec, e->spec);
    return steps_init(&v->steps, e, spec_value(e->spec, KEY_CALLS), spec_value(e->spec, KEY_SENDS), counters) &&
           steps_init_list(&v->forwards, e, forwards, "forwards", counters) && add_up_chances(v, forwards);
}

static void set(struct entity *e, unsigned key, const struct value *v)
{
    struct station *s = (struct station *)e;
    if (key == KEY_SERVERS)
        station_set_servers(s, v->i);
    else
        station_set_places(s, v->i);
}

static void close_service(struct entity *e)
{
    station_close(e);
    slab_free(&((struct service *)e)->visits);
}

static const struct call_ops call = {.accept = station_accept, .cancel = cancel, .load = station_load};

const struct room room_service = {
    .kind = "service",
    .title = "Synchronous service",
    .doc = "A number of servers and a bounded waiting room. Each call holds a server for the service's own time, then for "
           "its calls to others and its sends, in order. It succeeds when all of them do. Then the call may be forwarded.",
    .key = keys,
    .n_key = N_KEYS,
    .metric = metrics,
    .n_metric = N_METRICS,
    .effects = FAULT_DOWN | FAULT_HANG | FAULT_SLOW | FAULT_FAIL | FAULT_STOP,
    .call = &call,
    .check = check,
    .make = make,
    .wire = wire,
    .start = station_start,
    .conserve = station_conserve,
    .fault = station_fault,
    .set = set,
    .close = close_service,
};
