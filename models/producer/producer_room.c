/* producer_room.c - a producer described and put together. */
#include "producer.h"

#include "hash.h"

static const struct metric_def metrics[N_PRODUCER_METRICS] = {
    [PRODUCER_OFFERED] = {"offered", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "Requests born."},
    [PRODUCER_IN_TIME] = {"in_time", NULL, OBS_COUNTER, UNIT_ONE, METRIC_AT_END, "First effect within the deadline."},
    [PRODUCER_LATE] = {"late", NULL, OBS_COUNTER, UNIT_ONE, METRIC_AT_END, "First effect after the deadline."},
    [PRODUCER_WAITING] = {"waiting", NULL, OBS_COUNTER, UNIT_ONE, METRIC_AT_END, "No effect, a copy alive at the end."},
    [PRODUCER_LOST] = {"lost", NULL, OBS_COUNTER, UNIT_ONE, METRIC_AT_END, "No effect and no copy left."},
    [PRODUCER_REPEATED] = {"repeated", NULL, OBS_COUNTER, UNIT_ONE, METRIC_AT_END, "Effects beyond the first."},
    [PRODUCER_GAVE_UP_DONE] = {"gave_up_done", NULL, OBS_COUNTER, UNIT_ONE, METRIC_AT_END,
                               "Had their effect though the client was told no."},
    [PRODUCER_DONE] = {"done", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "In time or late."},
    [PRODUCER_TOLD_OK] = {"told_ok", NULL, OBS_COUNTER, UNIT_ONE, 0, "Clients told that it is done."},
    [PRODUCER_TOLD_NO] = {"told_no", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES,
                          "Clients told no, or who gave up."},
    [PRODUCER_TRIES] = {"tries", NULL, OBS_COUNTER, UNIT_ONE, 0, "Attempts."},
    [PRODUCER_RETRIES] = {"retries", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "Attempts after the first."},
    [PRODUCER_TIMEOUTS] = {"timeouts", NULL, OBS_COUNTER, UNIT_ONE, 0,
                           "Attempts whose answer did not come in time."},
    [PRODUCER_LATENCY] = {"latency", NULL, OBS_TALLY, UNIT_NS, METRIC_HIST | METRIC_SERIES | METRIC_SUMMED,
                          "Time from birth to the first effect."},
    [PRODUCER_ANSWER] = {"answer", NULL, OBS_TALLY, UNIT_NS, METRIC_HIST | METRIC_SERIES | METRIC_SUMMED,
                         "Time from birth to what the client was told."},
    [PRODUCER_CALLER] = CALLER_METRICS,
};

/* --- where requests are done --- */

static bool sends_on(const struct spec_entity *e)
{
    const struct value *sends = spec_named(e, "sends");
    return sends != NULL && sends->list.n > 0;
}

/* Of a log that nobody reads the end of the way is to be stored. */
static bool is_read(const struct spec *spec, const struct spec_entity *log)
{
    bool is = false;
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct value *source = spec_named(&spec->entity[i], "source");
        is |= source != NULL && !source->absent && source->ref == log;
    }
    return is;
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

/* Behind a producer library lies its stream. */
static const struct spec_entity *behind_library(const struct spec_entity *target)
{
    const struct value *next = target == NULL || strcmp(target->kind, "kpl") != 0 ? NULL : spec_named(target, "target");
    return next == NULL || next->ref == NULL ? target : next->ref;
}

const struct spec_entity *producer_done_at(const struct spec *spec, const struct spec_entity *e)
{
    const struct value *done_at = spec_value(e, PRODUCER_DONE_AT);
    const struct spec_entity *target = behind_library(spec_value(e, PRODUCER_TARGET)->ref);
    if (!done_at->absent && done_at->ref != NULL)
        return done_at->ref;
    if (target == NULL)
        return NULL;
    if (target->room->pull != NULL)
        return only_reader(spec, target);
    if (target->room->log != NULL)
        return is_read(spec, target) ? only_reader(spec, target) : target;
    if (target->room->call == NULL)
        return NULL; /* it passes on what it gets */
    return sends_on(target) ? NULL : target;
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
    return entity_tally(e, PRODUCER_LATENCY, &s->latency) && entity_tally(e, PRODUCER_ANSWER, &s->answer) &&
           caller_metrics_open(&p->caller, e, PRODUCER_CALLER);
}

static void read_settings(struct producer *p)
{
    const struct spec_entity *e = p->e.spec;
    const struct value *limit = spec_value(e, PRODUCER_LIMIT), *key = spec_value(e, PRODUCER_KEY),
                       *deadline = spec_value(e, PRODUCER_DEADLINE);
    p->limit = limit->absent || (uint64_t)limit->i > RNG_ITEM_MAX ? RNG_ITEM_MAX : (uint64_t)limit->i;
    p->size = spec_value(e, PRODUCER_SIZE)->dist;
    if (!dist_is_constant(p->size, &p->size_constant) || p->size_constant > UINT32_MAX)
        p->size_constant = -1;
    p->key = key->absent ? NULL : key->dist;
    p->source.deadline = deadline->absent ? SIM_NEVER : deadline->i;
    p->source.priority = (uint32_t)spec_int(e, PRODUCER_PRIORITY);
    p->source.origin = (uint32_t)hash_text(e->path);
    p->source.maker = &p->e;
}

static void open_streams(struct producer *p)
{
    p->arrival_stream = entity_stream(&p->e, "arrival");
    p->batch_stream = entity_stream(&p->e, "batch");
    p->state_stream = entity_stream(&p->e, "state");
    p->think_stream = entity_stream(&p->e, "think");
    p->size_stream = entity_stream(&p->e, "size");
    p->key_stream = entity_stream(&p->e, "key");
    p->event_stream = entity_stream(&p->e, "event");
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
    return register_metrics(p) && producer_open_arrivals(p) ? &p->e : NULL;
}

static bool wire(struct entity *e)
{
    struct producer *p = (struct producer *)e;
    struct world *w = e->world;
    if (!event_mix_open(&p->events, w, spec_value(e->spec, PRODUCER_EVENTS)))
        return false;
    p->source.done_at = world_entity(w, producer_done_at(w->spec, e->spec));
    struct entity *target = world_entity(w, spec_value(e->spec, PRODUCER_TARGET)->ref);
    if (!caller_policy_init(&p->policy, e, spec_value(e->spec, PRODUCER_CALL), target, "call"))
        return false;
    p->policy.tries = &p->tries;
    p->policy.retries = &p->retries;
    p->policy.timeouts = &p->timeouts;
    p->policy.metrics = &p->caller;
    return true;
}

const struct room room_producer = {
    .kind = "producer",
    .title = "Clients that make requests",
    .doc = "An open stream of requests (of a law of arrivals, at a rate that may vary over time, or replayed from a trace) "
           "or a closed group of users. Each request is called or sent to the target; what became of it is counted here.",
    .key = producer_keys,
    .n_key = N_PRODUCER_KEYS,
    .metric = metrics,
    .n_metric = N_PRODUCER_METRICS,
    .effects = FAULT_DOWN,
    .check = producer_check,
    .make = make,
    .wire = wire,
    .start = producer_start,
    .finish = producer_finish,
    .conserve = producer_conserve,
    .fault = producer_fault,
    .close = producer_close,
};
