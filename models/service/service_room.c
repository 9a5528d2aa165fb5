/* service_room.c - a synchronous service: a call holds one of its servers for the service's own time and for the steps that
 * follow, calls to others among them. That is what couples: who waits for a slow neighbour is busy. */
#include <stddef.h>

#include "station.h"
#include "steps.h"

enum { KEY_SERVERS, KEY_WAITING, KEY_TIME, KEY_CALLS, KEY_SENDS, N_KEYS };
enum { METRIC_TRIES = N_STATION_METRICS, METRIC_RETRIES, METRIC_TIMEOUTS, N_METRICS };

static const struct key keys[N_KEYS] = {
    [KEY_SERVERS] = {.name = "servers",
                     .type = VALUE_COUNT,
                     .flags = KEY_RUNTIME,
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
};

static const struct metric_def metrics[N_METRICS] = {
    STATION_METRICS,
    {"tries", NULL, OBS_COUNTER, UNIT_ONE, 0, "Attempts of its calls and sends."},
    {"retries", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "Attempts after the first."},
    {"timeouts", NULL, OBS_COUNTER, UNIT_ONE, 0, "Attempts whose answer did not come in time."},
};

struct service {
    struct station     s; /* first */
    struct steps       steps;
    struct slab        visits;
    struct obs_counter tries, retries, timeouts;
};

/* A call that is in its steps. */
struct visit {
    struct steps_walk walk;
    struct wire_call *call;
    uint32_t          number;
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

static void close_visit(struct service *v, struct wire_call *c)
{
    struct visit *visit = c->visit;
    c->visit = NULL;
    slab_give(&v->visits, visit->number);
}

static void steps_done(struct steps_walk *walk, enum call_verdict verdict)
{
    struct wire_call *c = CONTAINER_OF(walk, struct visit, walk)->call;
    struct station *s = (struct station *)c->server;
    close_visit(service_of(s), c);
    station_end(s, c, verdict_of(verdict));
}

static void worked(struct station *s, struct wire_call *c)
{
    struct service *v = service_of(s);
    if (v->steps.n == 0) {
        station_end(s, c, CALL_OK);
        return;
    }
    uint32_t number = slab_take(&v->visits);
    if (number == SLAB_NONE) {
        s->e.world->failed = true;
        station_end(s, c, CALL_FAILED);
        return;
    }
    struct visit *visit = slab_at(&v->visits, number);
    visit->call = c;
    visit->number = number;
    visit->walk.caller = (struct caller){0};
    c->visit = visit;
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

static const struct station_ops ops = {.worked = worked, .halt = halt};

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
    };
    bool ok = station_init(&v->s, &config) && entity_counter(e, METRIC_TRIES, &v->tries) &&
              entity_counter(e, METRIC_RETRIES, &v->retries) &&
              entity_counter(e, METRIC_TIMEOUTS, &v->timeouts);
    return ok ? e : NULL;
}

static bool wire(struct entity *e)
{
    struct service *v = (struct service *)e;
    struct steps_counters counters = {&v->tries, &v->retries, &v->timeouts};
    return steps_init(&v->steps, e, spec_value(e->spec, KEY_CALLS), spec_value(e->spec, KEY_SENDS), counters);
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
    slab_free(&((struct service *)e)->visits);
}

static const struct call_ops call = {.accept = station_accept, .cancel = station_cancel};

const struct room room_service = {
    .kind = "service",
    .title = "Synchronous service",
    .doc = "A number of servers and a bounded waiting room. Each call holds a server for the service's own time, then for "
           "its calls to others and its sends, in order. It succeeds when all of them do.",
    .key = keys,
    .n_key = N_KEYS,
    .metric = metrics,
    .n_metric = N_METRICS,
    .effects = FAULT_DOWN | FAULT_HANG | FAULT_SLOW | FAULT_FAIL,
    .call = &call,
    .check = steps_check,
    .make = make,
    .wire = wire,
    .conserve = station_conserve,
    .fault = station_fault,
    .set = set,
    .close = close_service,
};
