/* producer_room.c - a producer described, checked and put together. */
#include <stdlib.h>

#include "check_codes.h"
#include "producer.h"

static const struct key span_keys[N_SPAN_KEYS] = {
    [SPAN_AT] = {.name = "at",
                 .type = VALUE_DURATION,
                 .flags = KEY_REQUIRED,
                 .high = "3650d",
                 .doc = "When it begins, from the start of the run."},
    [SPAN_FOR] = {.name = "for",
                  .type = VALUE_DURATION,
                  .flags = KEY_REQUIRED,
                  .low = "1ns",
                  .high = "3650d",
                  .doc = "How long it lasts."},
    [SPAN_RATE] = {.name = "rate",
                   .type = VALUE_RATE,
                   .flags = KEY_REQUIRED,
                   .doc = "Rate while it lasts."},
};

static const struct key keys[N_PRODUCER_KEYS] = {
    [PRODUCER_ARRIVALS] = {.name = "arrivals",
                           .type = VALUE_CHOICE,
                           .choices = "poisson|constant|closed",
                           .fallback = "poisson",
                           .doc = "poisson: independent clients; constant: evenly spaced, the first at `start`; closed: "
                                  "a fixed number of users who wait for their answer."},
    [PRODUCER_RATE] = {.name = "rate",
                       .type = VALUE_RATE,
                       .doc = "Requests per time, outside the spans of `profile`. Needed unless closed."},
    [PRODUCER_PROFILE] = {.name = "profile",
                          .type = VALUE_LIST,
                          .element = VALUE_GROUP,
                          .sub = span_keys,
                          .n_sub = N_SPAN_KEYS,
                          .doc = "Spans of time with another rate."},
    [PRODUCER_START] = {.name = "start",
                        .type = VALUE_DURATION,
                        .fallback = "0s",
                        .high = "3650d",
                        .doc = "When the first requests come."},
    [PRODUCER_LIMIT] = {.name = "limit",
                        .type = VALUE_COUNT,
                        .low = "0",
                        .flags = KEY_ADVANCED,
                        .doc = "Make no more requests than this."},
    [PRODUCER_USERS] = {.name = "users",
                        .type = VALUE_COUNT,
                        .low = "1",
                        .high = "10000000",
                        .doc = "Closed: number of users."},
    [PRODUCER_THINK] = {.name = "think",
                        .type = VALUE_DIST,
                        .unit = DIST_DURATION,
                        .doc = "Closed: time a user thinks before each request."},
    [PRODUCER_TARGET] = {.name = "target",
                         .type = VALUE_REF,
                         .flags = KEY_REQUIRED,
                         .refs = "service|database|queue",
                         .doc = "Who gets the requests."},
    [PRODUCER_CALL] = {.name = "call",
                       .type = VALUE_GROUP,
                       .sub = caller_keys + 1,
                       .n_sub = N_CALLER_KEYS - 1,
                       .doc = "How its clients call: timeout, attempts, backoff."},
    [PRODUCER_SIZE] = {.name = "size",
                       .type = VALUE_DIST,
                       .unit = DIST_SIZE,
                       .fallback = "1KiB",
                       .doc = "Payload of a request."},
    [PRODUCER_KEY] = {.name = "key",
                      .type = VALUE_DIST,
                      .unit = DIST_COUNT,
                      .doc = "Key of a request (message group, partition key): uniform_key(100), round_robin(8), …"},
    [PRODUCER_DEADLINE] = {.name = "deadline",
                           .type = VALUE_DURATION,
                           .high = "3650d",
                           .doc = "A first effect later than this after birth is late. Default: never late."},
    [PRODUCER_DONE_AT] = {.name = "done_at",
                          .type = VALUE_REF,
                          .refs = "service|database|fleet",
                          .doc = "Whose first success for a request is its effect. Default: the target when the way "
                                 "ends there, or the one fleet that reads the target queue."},
};

static const struct metric_def metrics[N_PRODUCER_METRICS] = {
    [PRODUCER_OFFERED] = {"offered", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "Requests born."},
    [PRODUCER_IN_TIME] = {"in_time", NULL, OBS_COUNTER, UNIT_ONE, 0, "First effect within the deadline."},
    [PRODUCER_LATE] = {"late", NULL, OBS_COUNTER, UNIT_ONE, 0, "First effect after the deadline."},
    [PRODUCER_WAITING] = {"waiting", NULL, OBS_COUNTER, UNIT_ONE, 0, "No effect, a copy alive at the end."},
    [PRODUCER_LOST] = {"lost", NULL, OBS_COUNTER, UNIT_ONE, 0, "No effect and no copy left."},
    [PRODUCER_REPEATED] = {"repeated", NULL, OBS_COUNTER, UNIT_ONE, 0, "Effects beyond the first."},
    [PRODUCER_GAVE_UP_DONE] = {"gave_up_done", NULL, OBS_COUNTER, UNIT_ONE, 0,
                               "Had their effect though the client was told no."},
    [PRODUCER_DONE] = {"done", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "In time or late."},
    [PRODUCER_TOLD_OK] = {"told_ok", NULL, OBS_COUNTER, UNIT_ONE, 0, "Clients told that it is done."},
    [PRODUCER_TOLD_NO] = {"told_no", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES,
                          "Clients told no, or who gave up."},
    [PRODUCER_TRIES] = {"tries", NULL, OBS_COUNTER, UNIT_ONE, 0, "Attempts."},
    [PRODUCER_RETRIES] = {"retries", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "Attempts after the first."},
    [PRODUCER_TIMEOUTS] = {"timeouts", NULL, OBS_COUNTER, UNIT_ONE, 0,
                           "Attempts whose answer did not come in time."},
    [PRODUCER_LATENCY] = {"latency", NULL, OBS_TALLY, UNIT_NS, METRIC_HIST | METRIC_SERIES,
                          "Time from birth to the first effect."},
    [PRODUCER_ANSWER] = {"answer", NULL, OBS_TALLY, UNIT_NS, METRIC_HIST | METRIC_SERIES,
                         "Time from birth to what the client was told."},
};

/* --- where requests are done --- */

static bool sends_on(const struct spec_entity *e)
{
    const struct value *sends = spec_named(e, "sends");
    return sends != NULL && sends->list.n > 0;
}

static const struct spec_entity *only_reader(const struct spec *spec, const struct spec_entity *queue)
{
    const struct spec_entity *reader = NULL;
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct value *source = spec_named(&spec->entity[i], "source");
        if (source == NULL || source->absent || source->ref != queue)
            continue;
        if (reader != NULL)
            return NULL;
        reader = &spec->entity[i];
    }
    return reader;
}

const struct spec_entity *producer_done_at(const struct spec *spec, const struct spec_entity *e)
{
    const struct value *done_at = spec_value(e, PRODUCER_DONE_AT);
    const struct spec_entity *target = spec_value(e, PRODUCER_TARGET)->ref;
    if (!done_at->absent && done_at->ref != NULL)
        return done_at->ref;
    if (target == NULL)
        return NULL;
    if (target->room->pull != NULL)
        return only_reader(spec, target);
    return sends_on(target) ? NULL : target;
}

/* --- spans --- */

static int by_time(const void *a, const void *b)
{
    const struct profile_span *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

struct profile_span *producer_spans(struct arena *arena, const struct value *profile)
{
    uint32_t n = profile->list.n;
    struct profile_span *span = arena_get(arena, (n + 1) * sizeof(*span));
    if (span == NULL)
        return NULL;
    for (uint32_t i = 0; i < n; i++) {
        const struct value *group = &profile->list.item[i];
        span[i] = (struct profile_span){
            .at = value_field(group, SPAN_AT)->i,
            .length = value_field(group, SPAN_FOR)->i,
            .rate = value_field(group, SPAN_RATE)->rate,
        };
    }
    qsort(span, n, sizeof(*span), by_time);
    return span;
}

static bool overlap(const struct value *a, const struct value *b)
{
    int64_t a_at = value_field(a, SPAN_AT)->i, b_at = value_field(b, SPAN_AT)->i;
    return a_at < b_at + value_field(b, SPAN_FOR)->i && b_at < a_at + value_field(a, SPAN_FOR)->i;
}

static void check_spans(const struct spec_entity *e, struct problems *p)
{
    const struct value *profile = spec_value(e, PRODUCER_PROFILE);
    for (uint32_t i = 0; i < profile->list.n; i++) {
        const struct value *a = &profile->list.item[i];
        for (uint32_t k = 0; k < i; k++) {
            const struct value *b = &profile->list.item[k];
            if (!overlap(a, b))
                continue;
            struct problem *x = problem_add(p, SEVERITY_ERROR, CHECK_OVERLAP, &value_field(a, SPAN_AT)->place,
                                            "spans %u and %u of %s.profile overlap", k, i, e->path);
            x->second = value_field(b, SPAN_AT)->place;
            return;
        }
    }
}

static void check_closed(const struct spec_entity *e, struct problems *p)
{
    static const unsigned needed[] = {PRODUCER_USERS, PRODUCER_THINK};
    static const unsigned useless[] = {PRODUCER_RATE, PRODUCER_PROFILE};
    int64_t think = 0;
    for (unsigned i = 0; i < ARRAY_LEN(needed); i++) {
        if (spec_value(e, needed[i])->absent)
            problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &e->place, "%s is closed: it needs '%s'", e->path,
                        keys[needed[i]].name);
    }
    for (unsigned i = 0; i < ARRAY_LEN(useless); i++) {
        if (spec_value(e, useless[i])->given)
            problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &spec_value(e, useless[i])->place,
                        "%s is closed: '%s' has no meaning", e->path, keys[useless[i]].name);
    }
    const struct value *v = spec_value(e, PRODUCER_THINK);
    if (!v->absent && v->dist != NULL && dist_is_constant(v->dist, &think) && think == 0)
        problem_add(p, SEVERITY_WARNING, CHECK_NO_TIME, &v->place,
                    "%s: users who do not think ask again at once when the answer takes no time", e->path);
}

static void check_open(const struct spec_entity *e, struct problems *p)
{
    if (spec_value(e, PRODUCER_RATE)->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &e->place, "%s needs a rate", e->path);
    if (spec_value(e, PRODUCER_USERS)->given)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &spec_value(e, PRODUCER_USERS)->place,
                    "%s: 'users' has a meaning only with arrivals = \"closed\"", e->path);
    check_spans(e, p);
}

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    if (spec_int(e, PRODUCER_ARRIVALS) == ARRIVALS_CLOSED)
        check_closed(e, p);
    else
        check_open(e, p);
    if (producer_done_at(spec, e) == NULL && spec_value(e, PRODUCER_TARGET)->ref != NULL) {
        struct problem *x = problem_add(p, SEVERITY_ERROR, CHECK_DONE_AT, &e->place,
                                        "where is a request of %s done?", e->path);
        problem_note(x, "set done_at to the entity whose success is the effect, as in done_at = \"fleet.workers\"");
    }
}

/* --- life --- */

static bool register_metrics(struct producer *p)
{
    struct entity *e = &p->e;
    struct request_source *s = &p->source;
    struct obs_counter *counter[] = {
        [PRODUCER_OFFERED] = &s->offered,         [PRODUCER_IN_TIME] = &p->in_time,
        [PRODUCER_LATE] = &p->late,               [PRODUCER_WAITING] = &p->waiting,
        [PRODUCER_LOST] = &p->lost,               [PRODUCER_REPEATED] = &p->repeated,
        [PRODUCER_GAVE_UP_DONE] = &p->gave_up_done, [PRODUCER_DONE] = &s->done,
        [PRODUCER_TOLD_OK] = &p->told_ok,         [PRODUCER_TOLD_NO] = &p->told_no,
        [PRODUCER_TRIES] = &p->tries,             [PRODUCER_RETRIES] = &p->retries,
        [PRODUCER_TIMEOUTS] = &p->timeouts,
    };
    for (unsigned i = 0; i < ARRAY_LEN(counter); i++) {
        if (!entity_counter(e, i, counter[i]))
            return false;
    }
    return entity_tally(e, PRODUCER_LATENCY, &s->latency) && entity_tally(e, PRODUCER_ANSWER, &s->answer);
}

static void read_settings(struct producer *p)
{
    const struct spec_entity *e = p->e.spec;
    const struct value *limit = spec_value(e, PRODUCER_LIMIT), *key = spec_value(e, PRODUCER_KEY),
                       *deadline = spec_value(e, PRODUCER_DEADLINE);
    p->arrivals = (enum producer_arrivals)spec_int(e, PRODUCER_ARRIVALS);
    p->limit = limit->absent ? RNG_ITEM_MAX : (uint64_t)limit->i;
    p->size = spec_value(e, PRODUCER_SIZE)->dist;
    if (!dist_is_constant(p->size, &p->size_constant) || p->size_constant > UINT32_MAX)
        p->size_constant = -1;
    p->key = key->absent ? NULL : key->dist;
    p->source.deadline = deadline->absent ? SIM_NEVER : deadline->i;
    p->source.origin = (uint32_t)hash_text(e->path);
}

static void open_streams(struct producer *p)
{
    p->arrival_stream = entity_stream(&p->e, "arrival");
    p->think_stream = entity_stream(&p->e, "think");
    p->size_stream = entity_stream(&p->e, "size");
    p->key_stream = entity_stream(&p->e, "key");
}

static bool open_arrivals(struct producer *p)
{
    struct arena *arena = &p->e.world->arena;
    const struct spec_entity *e = p->e.spec;
    if (p->arrivals == ARRIVALS_CLOSED) {
        p->users = spec_int(e, PRODUCER_USERS);
        p->think = spec_value(e, PRODUCER_THINK)->dist;
        return producer_users(p);
    }
    const struct value *list = spec_value(e, PRODUCER_PROFILE);
    struct profile_span *span = producer_spans(arena, list);
    return span != NULL &&
           profile_build(&p->profile, arena, spec_value(e, PRODUCER_RATE)->rate, span, list->list.n);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct producer *p = arena_get(&w->arena, sizeof(*p));
    if (p == NULL)
        return NULL;
    entity_init(&p->e, w, spec);
    producer_open(p);
    read_settings(p);
    open_streams(p);
    p->source_number = request_source_add(w, &p->source);
    return register_metrics(p) && open_arrivals(p) ? &p->e : NULL;
}

static bool wire(struct entity *e)
{
    struct producer *p = (struct producer *)e;
    struct world *w = e->world;
    p->source.done_at = world_entity(w, producer_done_at(w->spec, e->spec));
    struct entity *target = world_entity(w, spec_value(e->spec, PRODUCER_TARGET)->ref);
    if (!caller_policy_init(&p->policy, e, spec_value(e->spec, PRODUCER_CALL), target, "call"))
        return false;
    p->policy.tries = &p->tries;
    p->policy.retries = &p->retries;
    p->policy.timeouts = &p->timeouts;
    return true;
}

const struct room room_producer = {
    .kind = "producer",
    .title = "Clients that make requests",
    .doc = "An open stream of requests (Poisson or evenly spaced, of a rate that may vary over time) or a closed group of "
           "users. Each request is called or sent to the target; what became of it is counted here.",
    .key = keys,
    .n_key = N_PRODUCER_KEYS,
    .metric = metrics,
    .n_metric = N_PRODUCER_METRICS,
    .effects = FAULT_DOWN,
    .check = check,
    .make = make,
    .wire = wire,
    .start = producer_start,
    .finish = producer_finish,
    .conserve = producer_conserve,
    .fault = producer_fault,
    .close = producer_close,
};
