/* destination_room.c - where delivery streams put what they have gathered: a bucket, a warehouse, a search cluster, somebody's
 * endpoint. A delivery is one call whose size is that of the object: it holds a server for the destination's own time, and then
 * for the transfer. It is a kind of its own, so that faults can befall it. */
#include "check_codes.h"
#include "fault_state.h"
#include "station.h"

#define PPB 1000000000

enum {
    KEY_TYPE,
    KEY_TIME,
    KEY_THROUGHPUT,
    KEY_PARALLEL,
    KEY_WAITING,
    KEY_ERRORS,
    KEY_STATION,
    N_KEYS = KEY_STATION + N_STATION_KEYS
};
enum { METRIC_OBJECTS = N_STATION_METRICS, METRIC_BYTES, METRIC_ERRORS, METRIC_SIZE, N_METRICS };

static const struct key keys[N_KEYS] = {
    [KEY_TYPE] = {.name = "type",
                  .type = VALUE_CHOICE,
                  .choices = "s3|redshift|opensearch|http|splunk|snowflake|iceberg",
                  .fallback = "s3",
                  .rule = "FH-12",
                  .doc = "What it is to a delivery stream: which buffers it may have, how long a delivery is tried again."},
    [KEY_TIME] = {.name = "time",
                  .type = VALUE_DIST,
                  .unit = DIST_DURATION,
                  .fallback = "500ms",
                  .rule = "FH-16",
                  .doc = "Its own time for a delivery, whatever its size."},
    [KEY_THROUGHPUT] = {.name = "throughput",
                        .type = VALUE_SIZE,
                        .fallback = "50MiB",
                        .low = "1B",
                        .high = "1024GiB",
                        .rule = "FH-16",
                        .doc = "Bytes a second of one delivery, after that time."},
    [KEY_PARALLEL] = {.name = "parallel",
                      .type = VALUE_COUNT,
                      .flags = KEY_RUNTIME | KEY_UNLIMITED,
                      .fallback = "unlimited",
                      .low = "0",
                      .high = "1000000",
                      .doc = "Deliveries that it takes at the same time."},
    [KEY_WAITING] = {.name = "waiting",
                     .type = VALUE_COUNT,
                     .flags = KEY_RUNTIME,
                     .low = "0",
                     .high = "1000000000",
                     .doc = "Deliveries that may wait for their turn; more are refused. Default: no bound."},
    [KEY_ERRORS] = {.name = "errors",
                    .type = VALUE_SHARE,
                    .flags = KEY_RUNTIME,
                    .fallback = "0",
                    .doc = "Share of deliveries that end in an error: nothing is stored, and they are made again."},
    STATION_KEYS(KEY_STATION),
};

static const struct metric_def metrics[N_METRICS] = {
    STATION_METRICS,
    {"objects", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "Deliveries stored."},
    {"bytes", NULL, OBS_COUNTER, UNIT_BYTES, METRIC_SERIES, "Bytes stored."},
    {"errors", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "Deliveries that it answered with an error."},
    {"size", NULL, OBS_TALLY, UNIT_BYTES, METRIC_HIST, "Size of what is stored."},
};

struct destination {
    struct station s; /* first */
    uint64_t throughput;
    int64_t errors; /* ppb */
    struct rng_stream stream;
    struct obs_counter objects, bytes, n_errors;
    struct obs_tally size;
};

static bool is_error(const struct destination *d, const struct job *j)
{
    if (d->errors == 0)
        return false;
    struct rng cell = job_cell(d->s.e.world, &d->stream, j);
    return (int64_t)rng_below(&cell, PPB) < d->errors;
}

static void stored(struct destination *d, const struct wire_call *c)
{
    sim_time now = world_now(d->s.e.world);
    obs_count(&d->objects, now, 1);
    obs_count(&d->bytes, now, c->job.size);
    obs_tally_add(&d->size, now, c->job.size);
}

static void end(struct destination *d, struct wire_call *c)
{
    bool error = is_error(d, &c->job);
    if (error)
        obs_count(&d->n_errors, world_now(d->s.e.world), 1);
    else if (!station_fails(&d->s, c))
        stored(d, c);
    station_end(&d->s, c, error ? CALL_FAILED : CALL_OK);
}

static void on_transferred(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    struct wire_call *c = CONTAINER_OF(t, struct wire_call, timer);
    end((struct destination *)c->server, c);
}

static void worked(struct station *s, struct wire_call *c)
{
    struct destination *d = (struct destination *)s;
    sim_time time = (sim_time)((uint64_t)c->job.size * 1000000000 / d->throughput);
    if (s->fault.active & FAULT_SLOW)
        time = fault_slowed(&s->fault, time);
    if (time == 0)
        end(d, c);
    else
        sim_begin_after(s->e.world->sim, &c->timer, SIM_MESSAGE, on_transferred, time);
}

static const struct station_ops ops = {.worked = worked};

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    (void)spec;
    station_keys_check(e, KEY_STATION, spec_value(e, KEY_PARALLEL), spec_value(e, KEY_WAITING), true, p);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct destination *d = arena_get(&w->arena, sizeof(*d));
    if (d == NULL)
        return NULL;
    struct entity *e = &d->s.e;
    entity_init(e, w, spec);
    const struct value *waiting = spec_value(spec, KEY_WAITING);
    struct station_config config = {
        .servers = spec_int(spec, KEY_PARALLEL),
        .places = waiting->absent ? INT64_MAX : waiting->i,
        .time = spec_value(spec, KEY_TIME)->dist,
        .ops = &ops,
        .first_key = KEY_STATION,
    };
    d->throughput = (uint64_t)spec_int(spec, KEY_THROUGHPUT);
    d->errors = spec_int(spec, KEY_ERRORS);
    d->stream = entity_stream(e, "answers");
    bool ok = station_init(&d->s, &config) && entity_counter(e, METRIC_OBJECTS, &d->objects) &&
              entity_counter(e, METRIC_BYTES, &d->bytes) && entity_counter(e, METRIC_ERRORS, &d->n_errors) &&
              entity_tally(e, METRIC_SIZE, &d->size);
    return ok ? e : NULL;
}

static void set(struct entity *e, unsigned key, const struct value *v)
{
    struct destination *d = (struct destination *)e;
    if (key == KEY_ERRORS)
        d->errors = v->i;
    else if (key == KEY_PARALLEL)
        station_set_servers(&d->s, v->i);
    else
        station_set_places(&d->s, v->i);
}

static void finish(struct entity *e, sim_time now)
{
    (void)now;
    obs_tally_settle(&((struct destination *)e)->size);
}

static const struct call_ops call = {.accept = station_accept, .turns_away = station_turns_away, .cancel = station_cancel, .load = station_load};

const struct room room_destination = {
    .kind = "destination",
    .title = "Destination of delivery streams",
    .doc = "A bucket, warehouse, search cluster or endpoint that a `firehose` delivers to. A delivery takes the destination's own time and "
           "a time for its bytes. A request is done here when the object with its record is stored.",
    .key = keys,
    .n_key = N_KEYS,
    .metric = metrics,
    .n_metric = N_METRICS,
    .effects = FAULT_DOWN | FAULT_HANG | FAULT_SLOW | FAULT_FAIL | FAULT_STOP,
    .call = &call,
    .check = check,
    .make = make,
    .start = station_start,
    .finish = finish,
    .conserve = station_conserve,
    .fault = station_fault,
    .set = set,
    .close = station_close,
};
