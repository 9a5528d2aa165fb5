/* sqs_room.c - the kind `queue`: its settings, what is measured of it, and how a queue of a trial
 * is made from them. */
#include "check_codes.h"
#include "quota.h"
#include "sqs_job.h"
#include "sqs_keys.h"

#include <string.h>

/* --- from settings to the core's configuration --- */

static int64_t quota_or(const struct spec *spec, const char *name, int64_t otherwise)
{
    const struct quota *q = spec->quotas == NULL ? NULL : quota_find(spec->quotas, name);
    return q == NULL ? otherwise : q->value;
}

static void given(const struct spec_entity *e, enum queue_key key, int64_t *value)
{
    const struct value *v = spec_value(e, key);
    if (!v->absent)
        *value = v->i;
}

#define GIVEN(e, key, field)                                                                       \
    do {                                                                                           \
        int64_t v_ = (int64_t)(field);                                                             \
        given(e, key, &v_);                                                                        \
        (field) = (__typeof__(field))v_;                                                           \
    } while (0)

/* What AWS warns of, as section 28 sets it. */
static void realistic(struct sqs_config *c)
{
    if (c->fifo)
        return;
    c->shards = 10;
    c->sampled = 4;
    c->dup_in_flight = 10000; /* 1e-5 */
    c->dup_after_delete = 10000;
}

static void limits(struct sqs_config *c, const struct spec *spec, bool high)
{
    c->in_flight_limit = (uint32_t)quota_or(
        spec, c->fifo ? "sqs.in_flight_fifo" : "sqs.in_flight_standard", c->in_flight_limit);
    c->scan_window = (uint32_t)quota_or(spec, "sqs.fifo_scan", c->scan_window);
    c->max_message = (uint32_t)quota_or(spec, "sqs.message_size", c->max_message);
    if (!c->fifo)
        return;
    c->call_rate =
        (uint32_t)quota_or(spec, high ? "sqs.fifo_calls_high" : "sqs.fifo_calls", c->call_rate);
    if (high)
        c->group_rate = (uint32_t)quota_or(spec, "sqs.fifo_group_calls", 300);
}

static void configure(struct sqs_config *c, const struct spec *spec, const struct spec_entity *e)
{
    sqs_config_default(c, spec_int(e, QUEUE_TYPE) == 1);
    c->queue = e->index + 1;
    limits(c, spec, spec_int(e, QUEUE_THROUGHPUT) == 1);
    if (spec->realistic)
        realistic(c);
    GIVEN(e, QUEUE_VISIBILITY_TIMEOUT, c->visibility);
    GIVEN(e, QUEUE_WAIT_TIME, c->wait);
    GIVEN(e, QUEUE_DELAY, c->delay);
    GIVEN(e, QUEUE_RETENTION, c->retention);
    GIVEN(e, QUEUE_MAX_MESSAGE_SIZE, c->max_message);
    GIVEN(e, QUEUE_IN_FLIGHT_LIMIT, c->in_flight_limit);
    GIVEN(e, QUEUE_CALLS_PER_SECOND, c->call_rate);
    GIVEN(e, QUEUE_WAKE_GATHER, c->wake_gather);
    GIVEN(e, QUEUE_SHARDS, c->shards);
    GIVEN(e, QUEUE_SAMPLED, c->sampled);
    GIVEN(e, QUEUE_REORDER_WINDOW, c->reorder_window);
    if (!c->fifo) { /* SQS-66: standard queues deliver at least once, FIFO queues once */
        GIVEN(e, QUEUE_DUPLICATE_IN_FLIGHT, c->dup_in_flight);
        GIVEN(e, QUEUE_DUPLICATE_AFTER_DELETE, c->dup_after_delete);
    }
    GIVEN(e, QUEUE_RESPONSE_LOST, c->response_lost);
    GIVEN(e, QUEUE_FAIR_WINDOW, c->fair_window);
    if (c->sampled > c->shards)
        c->sampled = c->shards;
    c->stale_delete_ignore = spec_int(e, QUEUE_STALE_DELETE) == 1;
    GIVEN(e, QUEUE_LATE_CHANGE, c->change_late_error);
    c->wake_random = spec_int(e, QUEUE_WAKE_ORDER) == 1;
    c->fair = !c->fifo && spec_int(e, QUEUE_FAIR) == 1 && quota_or(spec, "sqs.fair_queues", 1) > 0;
    c->dedup_by_group =
        spec_int(e, QUEUE_DEDUPLICATION_SCOPE) == 1 || spec_int(e, QUEUE_THROUGHPUT) == 1;
    const struct value *dead = spec_value(e, QUEUE_DEAD_LETTER);
    if (dead->list.n > 0)
        c->max_receive = (uint32_t)value_field(dead, DEAD_LETTER_COUNT)->i;
}

/* --- a queue of a trial --- */

/* SQS-138: log-normal, without the network. */
static const struct dist *default_latency(struct world *w, bool fifo)
{
    struct dist_error err;
    const char *law = !w->spec->realistic ? "0s"
                      : fifo              ? "lognormal(p50=13ms, p99=150ms)"
                                          : "lognormal(p50=8ms, p99=50ms)";
    return dist_parse(&w->arena, law, DIST_DURATION, NULL, &err);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct queue *q = arena_get(&w->arena, sizeof(*q));
    if (q == NULL)
        return NULL;
    entity_init(&q->e, w, spec);
    struct sqs_config config;
    configure(&config, w->spec, spec);
    config.watch = w->spec->n_record > 0 ? JOB_WATCHED : 0;
    const struct value *latency = spec_value(spec, QUEUE_API_LATENCY);
    q->latency = latency->absent ? default_latency(w, config.fifo) : latency->dist;
    if (q->latency == NULL)
        return NULL;
    if (!dist_is_constant(q->latency, &q->latency_constant))
        q->latency_constant = -1;
    q->barred = q->latency_constant == 0 ? 0 : BAR_LATENCY;
    q->dedup = (enum dedup_by)spec_int(spec, QUEUE_DEDUPLICATION);
    q->batch_bytes = (uint64_t)quota_or(w->spec, "sqs.batch_size", INT64_MAX);
    q->ghost_delay = spec_int(spec, QUEUE_GHOST_DELAY);
    if (queue_init(q, &config) && queue_admin_make(q))
        return &q->e;
    queue_close(&q->e);
    return NULL;
}

static const struct spec_entity *dead_letter_of(const struct spec_entity *e)
{
    const struct value *dead = spec_value(e, QUEUE_DEAD_LETTER);
    return dead->list.n == 0 ? NULL : value_field(dead, DEAD_LETTER_QUEUE)->ref;
}

/* Anything that names the queue as its source takes messages from it. */
static bool is_consumed(const struct spec *spec, const struct spec_entity *queue)
{
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct value *v = spec_named(&spec->entity[i], "source");
        if (v != NULL && v->type == VALUE_REF && v->ref == queue)
            return true;
    }
    return false;
}

static bool wire(struct entity *e)
{
    struct queue *q = queue_of(e);
    struct entity *to = world_entity(e->world, dead_letter_of(e->spec));
    q->unread = !is_consumed(e->world->spec, e->spec);
    if (to != NULL) {
        q->dead_letter = queue_of(to);
        q->dead_letter->parks = !is_consumed(e->world->spec, to->spec);
    }
    queue_admin_wire(q);
    return true;
}

static void set(struct entity *e, unsigned key, const struct value *v)
{
    static const enum sqs_setting setting[] = {
        [QUEUE_VISIBILITY_TIMEOUT] = SQS_SET_VISIBILITY,
        [QUEUE_WAIT_TIME] = SQS_SET_WAIT,
        [QUEUE_DELAY] = SQS_SET_DELAY,
        [QUEUE_RETENTION] = SQS_SET_RETENTION,
        [QUEUE_MAX_MESSAGE_SIZE] = SQS_SET_MAX_MESSAGE,
        [QUEUE_IN_FLIGHT_LIMIT] = SQS_SET_IN_FLIGHT_LIMIT,
    };
    struct queue *q = queue_of(e);
    sqs_set(q->core, queue_begin(q), setting[key], v->i);
    queue_end(q);
}

/* --- what a scenario can get wrong --- */

/* The name that SQS knows: the key, or the id, with the suffix that a FIFO queue must have (SQS-5).
 */
static void check_name(const struct spec_entity *e, struct problems *p)
{
    const struct value *v = spec_value(e, QUEUE_NAME);
    bool fifo = spec_int(e, QUEUE_TYPE) == 1;
    const char *name = v->absent ? e->id : v->text;
    size_t n = strlen(name), suffix = strlen(".fifo");
    bool ends = n > suffix && strcmp(name + n - suffix, ".fifo") == 0;
    size_t stem = ends ? n - suffix : n, length = v->absent && fifo ? n + suffix : n;
    if (!v->absent && ends != fifo)
        problem_add(p, SEVERITY_ERROR, CHECK_QUEUE_NAME, &v->place,
                    fifo ? "the name of a FIFO queue ends in '.fifo', '%s' does not (SQS-5)"
                         : "'%s' is the name of a FIFO queue, but %s.type is standard (SQS-5)",
                    name, e->path);
    if (length < 1 || length > 80 ||
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") < stem)
        problem_add(p, SEVERITY_ERROR, CHECK_QUEUE_NAME, v->absent ? &e->place : &v->place,
                    "'%s' is no queue name: 1 to 80 letters, digits, '-' and '_' (SQS-5)", name);
}

static void check_dead_letter(const struct spec_entity *e, struct problems *p)
{
    const struct spec_entity *to = dead_letter_of(e);
    if (to == NULL)
        return;
    const struct place *place =
        &value_field(spec_value(e, QUEUE_DEAD_LETTER), DEAD_LETTER_QUEUE)->place;
    if (spec_int(e, QUEUE_TYPE) != spec_int(to, QUEUE_TYPE)) {
        struct problem *x = problem_add(
            p, SEVERITY_ERROR, CHECK_DLQ_TYPE, place,
            "a dead-letter queue has the type of its source: %s and %s differ (SQS-109)", e->path,
            to->path);
        x->second = to->place;
    }
    uint32_t hops = 0;
    for (; to != NULL && to != e && hops < 100; hops++)
        to = dead_letter_of(to);
    if (to != NULL)
        problem_add(p, SEVERITY_ERROR, CHECK_DLQ_LOOP, place,
                    "the dead letters of %s come back to it", e->path);
}

static void check_shards(const struct spec_entity *e, struct problems *p)
{
    const struct value *n = spec_value(e, QUEUE_SHARDS), *k = spec_value(e, QUEUE_SAMPLED);
    if (!n->absent && !k->absent && k->i > n->i)
        problem_add(p, SEVERITY_ERROR, CHECK_SHARDS, &k->place,
                    "a short poll cannot sample %lld of %lld shards", (long long)k->i,
                    (long long)n->i);
}

static void check_fifo_only(const struct spec_entity *e, struct problems *p)
{
    static const enum queue_key only[] = {QUEUE_DEDUPLICATION, QUEUE_DEDUPLICATION_SCOPE,
                                          QUEUE_THROUGHPUT};
    if (spec_int(e, QUEUE_TYPE) == 1)
        return;
    for (unsigned i = 0; i < ARRAY_LEN(only); i++)
        if (spec_value(e, only[i])->given)
            problem_add(p, SEVERITY_ERROR, CHECK_FIFO_ONLY, &spec_value(e, only[i])->place,
                        "only FIFO queues have '%s' (SQS-7)", queue_keys[only[i]].name);
}

static void check_standard_only(const struct spec_entity *e, struct problems *p)
{
    static const enum queue_key only[] = {QUEUE_DUPLICATE_IN_FLIGHT, QUEUE_DUPLICATE_AFTER_DELETE};
    if (spec_int(e, QUEUE_TYPE) == 0)
        return;
    for (unsigned i = 0; i < ARRAY_LEN(only); i++)
        if (spec_value(e, only[i])->given)
            problem_add(p, SEVERITY_WARNING, CHECK_USELESS, &spec_value(e, only[i])->place,
                        "'%s' does nothing here: a FIFO queue delivers no second copy (SQS-66)", queue_keys[only[i]].name);
}

static void check_fair(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *v = spec_value(e, QUEUE_FAIR);
    if (v->given && v->i == 1 && quota_or(spec, "sqs.fair_queues", 1) == 0)
        problem_add(p, SEVERITY_ERROR, CHECK_NOT_YET, &v->place,
                    "there are no fair queues in quotas %s (SQS-73)", spec->quotas->name);
}

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    queue_admin_check(spec, e, p);
    check_name(e, p);
    check_dead_letter(e, p);
    check_shards(e, p);
    check_fifo_only(e, p);
    check_standard_only(e, p);
    check_fair(spec, e, p);
}

const struct room room_queue = {
    .kind = "queue",
    .title = "Amazon SQS queue",
    .doc = "A standard or FIFO queue, rule by rule as docs/semantics/sqs.md tells it: delays, "
           "visibility timeouts, long and "
           "short polls, receipt handles, limits in flight, retention, dead letters, groups, "
           "deduplication.",
    .key = queue_keys,
    .n_key = N_QUEUE_KEYS,
    .metric = queue_metrics,
    .n_metric = N_QUEUE_METRICS,
    .quotas = "sqs.",
    .effects = FAULT_DOWN | FAULT_SLOW | FAULT_FAIL,
    .push = &queue_push,
    .pull = &queue_pull,
    .check = check,
    .make = make,
    .wire = wire,
    .start = queue_start,
    .finish = queue_finish,
    .conserve = queue_conserve,
    .fault = queue_fault,
    .set = set,
    .close = queue_close,
};
