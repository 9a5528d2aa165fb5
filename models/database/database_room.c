/* database_room.c - a database as its clients feel it: so many connections, each busy for the time of a write; who finds
 * none waits for one. A write that succeeds is an effect. */
#include "station.h"

enum { KEY_CONNECTIONS, KEY_WRITE_TIME, KEY_WAITING, N_KEYS };

static const struct key keys[N_KEYS] = {
    [KEY_CONNECTIONS] = {.name = "connections",
                         .type = VALUE_COUNT,
                         .flags = KEY_RUNTIME,
                         .fallback = "1",
                         .low = "0",
                         .high = "1000000",
                         .doc = "Writes it does at the same time."},
    [KEY_WRITE_TIME] = {.name = "write_time",
                        .type = VALUE_DIST,
                        .unit = DIST_DURATION,
                        .flags = KEY_REQUIRED,
                        .doc = "Time that one write takes."},
    [KEY_WAITING] = {.name = "waiting",
                     .type = VALUE_COUNT,
                     .flags = KEY_RUNTIME,
                     .low = "0",
                     .high = "1000000000",
                     .doc = "Calls that may wait for a connection; more are refused. Default: no bound."},
};

static const struct metric_def metrics[] = {STATION_METRICS};

static void worked(struct station *s, struct wire_call *c)
{
    station_end(s, c, CALL_OK);
}

static const struct station_ops ops = {.worked = worked};

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct station *s = arena_get(&w->arena, sizeof(*s));
    if (s == NULL)
        return NULL;
    entity_init(&s->e, w, spec);
    const struct value *waiting = spec_value(spec, KEY_WAITING);
    struct station_config config = {
        .servers = spec_int(spec, KEY_CONNECTIONS),
        .places = waiting->absent ? INT64_MAX : waiting->i,
        .time = spec_value(spec, KEY_WRITE_TIME)->dist,
        .ops = &ops,
    };
    return station_init(s, &config) ? &s->e : NULL;
}

static void set(struct entity *e, unsigned key, const struct value *v)
{
    struct station *s = (struct station *)e;
    if (key == KEY_CONNECTIONS)
        station_set_servers(s, v->i);
    else
        station_set_places(s, v->i);
}

static const struct call_ops call = {.accept = station_accept, .cancel = station_cancel};

const struct room room_database = {
    .kind = "database",
    .title = "Database",
    .doc = "Connections that each serve one write at a time, and clients that wait for a free one. "
           "Every write that succeeds is an effect for its request.",
    .key = keys,
    .n_key = N_KEYS,
    .metric = metrics,
    .n_metric = ARRAY_LEN(metrics),
    .effects = FAULT_DOWN | FAULT_HANG | FAULT_SLOW | FAULT_FAIL,
    .call = &call,
    .make = make,
    .conserve = station_conserve,
    .fault = station_fault,
    .set = set,
};
