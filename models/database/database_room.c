/* database_room.c - a database as its clients feel it: so many connections, each busy for the time of a write; who finds
 * none waits for one. A write that succeeds is an effect.
 *
 * Records have versions. A read tells the version of the record of its request's key; a conditional write brings that
 * version and succeeds when nobody has written since. A record without a key is one and the same for all. */
#include "map64.h"
#include "stay.h"

enum { KEY_CONNECTIONS, KEY_WRITE_TIME, KEY_WAITING, KEY_READ_TIME, KEY_STATION, N_KEYS = KEY_STATION + N_STATION_KEYS };
enum { METRIC_READS = N_STATION_METRICS, METRIC_CONFLICTS, N_METRICS };

static const struct key keys[N_KEYS] = {
    [KEY_CONNECTIONS] = {.name = "connections",
                         .type = VALUE_COUNT,
                         .flags = KEY_RUNTIME | KEY_UNLIMITED,
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
    [KEY_READ_TIME] = {.name = "read_time",
                       .type = VALUE_DIST,
                       .unit = DIST_DURATION,
                       .doc = "Time that one read takes. Default: as a write."},
    STATION_KEYS(KEY_STATION),
};

static const struct metric_def metrics[N_METRICS] = {
    STATION_METRICS,
    {"reads", NULL, OBS_COUNTER, UNIT_ONE, 0, "Reads done."},
    {"conflicts", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES,
     "Conditional writes that found another version than they brought."},
};

struct database {
    struct station     s;        /* first */
    struct map64       versions; /* by key; of records that were read or written since the first read */
    bool               versioned;
    struct obs_counter reads, conflicts;
};

/* --- versions --- */

static uint64_t version(const struct database *d, uint32_t key)
{
    uint64_t v = 0;
    return map64_get(&d->versions, key, &v) ? v : 0;
}

static void written(struct database *d, uint32_t key)
{
    if (d->versioned && !map64_put(&d->versions, key, version(d, key) + 1))
        d->s.e.world->failed = true;
}

static void do_read(struct database *d, struct wire_call *c)
{
    d->versioned = true;
    c->token = version(d, c->job.key);
    obs_count(&d->reads, world_now(d->s.e.world), 1);
}

static enum call_verdict do_write(struct database *d, const struct wire_call *c)
{
    if ((c->job.flags & JOB_CONDITIONAL) != 0 && c->token != version(d, c->job.key)) {
        obs_count(&d->conflicts, world_now(d->s.e.world), 1);
        return CALL_CONFLICT;
    }
    if (!station_fails(&d->s, c))
        written(d, c->job.key);
    return CALL_OK;
}

static void on_worked(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    struct wire_call *c = CONTAINER_OF(t, struct wire_call, timer);
    struct database *d = (struct database *)c->server;
    enum call_verdict verdict = CALL_OK;
    if ((c->job.flags & JOB_READ) != 0)
        do_read(d, c);
    else
        verdict = do_write(d, c);
    stay_end(&d->s, c, verdict);
}

static void worked(struct station *s, struct wire_call *c)
{
    on_worked(s->e.world->sim, &c->timer);
}

static const struct station_ops ops = {.worked = worked};

/* --- life --- */

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    (void)spec;
    station_keys_check(e, KEY_STATION, spec_value(e, KEY_CONNECTIONS), spec_value(e, KEY_WAITING), false, p);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct database *d = arena_get(&w->arena, sizeof(*d));
    if (d == NULL)
        return NULL;
    struct entity *e = &d->s.e;
    entity_init(e, w, spec);
    map64_init(&d->versions);
    const struct value *waiting = spec_value(spec, KEY_WAITING), *read_time = spec_value(spec, KEY_READ_TIME);
    struct station_config config = {
        .servers = spec_int(spec, KEY_CONNECTIONS),
        .places = waiting->absent ? INT64_MAX : waiting->i,
        .time = spec_value(spec, KEY_WRITE_TIME)->dist,
        .read_time = read_time->absent ? NULL : read_time->dist,
        .ops = &ops,
        .fire = on_worked,
        .first_key = KEY_STATION,
    };
    bool ok = station_init(&d->s, &config) && entity_counter(e, METRIC_READS, &d->reads) &&
              entity_counter(e, METRIC_CONFLICTS, &d->conflicts);
    return ok ? e : NULL;
}

static void set(struct entity *e, unsigned key, const struct value *v)
{
    struct station *s = (struct station *)e;
    if (key == KEY_CONNECTIONS)
        station_set_servers(s, v->i);
    else
        station_set_places(s, v->i);
}

static void close_database(struct entity *e)
{
    station_close(e);
    map64_free(&((struct database *)e)->versions);
}

static const struct call_ops call = {.accept = station_accept, .cancel = station_cancel, .load = station_load};

const struct room room_database = {
    .kind = "database",
    .title = "Database",
    .doc = "Connections that each serve one write or read at a time, and clients that wait for a free one. "
           "Every write that succeeds is an effect for its request.",
    .key = keys,
    .n_key = N_KEYS,
    .metric = metrics,
    .n_metric = N_METRICS,
    .effects = FAULT_DOWN | FAULT_HANG | FAULT_SLOW | FAULT_FAIL | FAULT_STOP,
    .call = &call,
    .check = check,
    .make = make,
    .start = station_start,
    .conserve = station_conserve,
    .fault = station_fault,
    .set = set,
    .close = close_database,
};
