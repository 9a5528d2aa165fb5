/* endpoint_room.c - a subscriber whose service is not modelled: a web server of somebody else, a mailbox, a telephone, a push service,
 * a function, a delivery stream. It takes calls, each for some time, and answers well, with an error of its own (5xx: worth another
 * try) or with one of the caller's (4xx: not). What succeeds is an effect. */
#include "check_codes.h"
#include "station.h"

#define PPB 1000000000

enum {
    KEY_PROTOCOL,
    KEY_TIME,
    KEY_ERRORS,
    KEY_REJECTIONS,
    KEY_SERVERS,
    KEY_WAITING,
    KEY_STATION,
    N_KEYS = KEY_STATION + N_STATION_KEYS
};
enum { METRIC_ERRORS = N_STATION_METRICS, METRIC_REJECTIONS, N_METRICS };

static const struct key keys[N_KEYS] = {
    [KEY_PROTOCOL] = {.name = "protocol",
                      .type = VALUE_CHOICE,
                      .choices = "https|http|email|email-json|sms|application|lambda|firehose",
                      .fallback = "https",
                      .doc = "What it is to a topic that it subscribes to (SNS-4): which retries it gets, and what a delivery "
                             "costs."},
    [KEY_TIME] = {.name = "time",
                  .type = VALUE_DIST,
                  .unit = DIST_DURATION,
                  .fallback = "0s",
                  .doc = "Time until it answers."},
    [KEY_ERRORS] = {.name = "errors",
                    .type = VALUE_SHARE,
                    .flags = KEY_RUNTIME,
                    .fallback = "0",
                    .doc = "Share of calls that end in an error of its own (HTTP 5xx): nothing is done, and it is worth another try."},
    [KEY_REJECTIONS] = {.name = "rejections",
                        .type = VALUE_SHARE,
                        .flags = KEY_RUNTIME,
                        .fallback = "0",
                        .doc = "Share of calls that end in an error of the caller's (HTTP 4xx but 429): not worth another try."},
    [KEY_SERVERS] = {.name = "servers",
                     .type = VALUE_COUNT,
                     .flags = KEY_RUNTIME | KEY_UNLIMITED,
                     .fallback = "unlimited",
                     .low = "0",
                     .high = "1000000",
                     .doc = "Calls it works on at the same time."},
    [KEY_WAITING] = {.name = "waiting",
                     .type = VALUE_COUNT,
                     .flags = KEY_RUNTIME,
                     .low = "0",
                     .high = "1000000000",
                     .doc = "Calls that may wait; more are refused (503). Default: no bound."},
    STATION_KEYS(KEY_STATION),
};

static const struct metric_def metrics[N_METRICS] = {
    STATION_METRICS,
    {"errors", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "Calls that it answered with an error of its own (5xx)."},
    {"rejections", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "Calls that it answered with an error of the caller's (4xx)."},
};

struct endpoint {
    struct station     s; /* first */
    int64_t            errors, rejections; /* ppb */
    struct rng_stream  stream;
    struct obs_counter n_errors, n_rejections;
};

static enum call_verdict verdict_of(struct endpoint *p, const struct wire_call *c)
{
    if (p->errors == 0 && p->rejections == 0)
        return CALL_OK;
    struct rng cell = job_cell(p->s.e.world, &p->stream, &c->job);
    int64_t x = (int64_t)rng_below(&cell, PPB);
    if (x < p->errors) {
        obs_count(&p->n_errors, world_now(p->s.e.world), 1);
        return CALL_FAILED;
    }
    if (x < p->errors + p->rejections) {
        obs_count(&p->n_rejections, world_now(p->s.e.world), 1);
        return CALL_REJECTED;
    }
    return CALL_OK;
}

static void worked(struct station *s, struct wire_call *c)
{
    station_end(s, c, verdict_of((struct endpoint *)s, c));
}

static const struct station_ops ops = {.worked = worked};

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    (void)spec;
    const struct value *errors = spec_value(e, KEY_ERRORS), *rejections = spec_value(e, KEY_REJECTIONS);
    station_keys_check(e, KEY_STATION, spec_value(e, KEY_SERVERS), spec_value(e, KEY_WAITING), false, p);
    if (errors->i + rejections->i > PPB)
        problem_add(p, SEVERITY_ERROR, CHECK_CHANCES, &rejections->place, "%s: 'errors' and 'rejections' are more than all calls",
                    e->path);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct endpoint *p = arena_get(&w->arena, sizeof(*p));
    if (p == NULL)
        return NULL;
    struct entity *e = &p->s.e;
    entity_init(e, w, spec);
    const struct value *waiting = spec_value(spec, KEY_WAITING);
    struct station_config config = {
        .servers = spec_int(spec, KEY_SERVERS),
        .places = waiting->absent ? INT64_MAX : waiting->i,
        .time = spec_value(spec, KEY_TIME)->dist,
        .ops = &ops,
        .first_key = KEY_STATION,
    };
    p->errors = spec_int(spec, KEY_ERRORS);
    p->rejections = spec_int(spec, KEY_REJECTIONS);
    p->stream = entity_stream(e, "answers");
    bool ok = station_init(&p->s, &config) && entity_counter(e, METRIC_ERRORS, &p->n_errors) &&
              entity_counter(e, METRIC_REJECTIONS, &p->n_rejections);
    return ok ? e : NULL;
}

static void set(struct entity *e, unsigned key, const struct value *v)
{
    struct endpoint *p = (struct endpoint *)e;
    switch (key) {
    case KEY_ERRORS:
        p->errors = v->i;
        break;
    case KEY_REJECTIONS:
        p->rejections = v->i;
        break;
    case KEY_SERVERS:
        station_set_servers(&p->s, v->i);
        break;
    default:
        station_set_places(&p->s, v->i);
    }
}

static const struct call_ops call = {.accept = station_accept, .turns_away = station_turns_away, .cancel = station_cancel, .load = station_load};

const struct room room_endpoint = {
    .kind = "endpoint",
    .title = "Endpoint",
    .doc = "A subscriber or target whose service is not modelled: HTTP/S, e-mail, SMS, mobile push, a function, a delivery stream. It "
           "answers after its time, well or with an error. What succeeds is an effect for its request.",
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
    .close = station_close,
};
