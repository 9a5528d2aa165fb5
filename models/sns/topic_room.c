/* topic_room.c - the kind `topic`: how a topic of a trial is made from its settings. */
#include <string.h>

#include "mem.h"
#include "quota.h"
#include "topic_actor.h"

static enum sns_reason judge(const struct filter *f, const struct filter_event *e)
{
    static const enum sns_reason reason[FILTER_VERDICTS] = {
        [FILTER_MATCH] = SNS_MATCHES,
        [FILTER_ATTRIBUTES_DIFFER] = SNS_BY_ATTRIBUTES,
        [FILTER_ATTRIBUTES_NONE] = SNS_BY_NO_ATTRIBUTES,
        [FILTER_ATTRIBUTES_INVALID] = SNS_BY_INVALID_ATTRIBUTES,
        [FILTER_BODY_DIFFERS] = SNS_BY_BODY,
        [FILTER_BODY_INVALID] = SNS_BY_INVALID_BODY,
        [FILTER_EVENT_DIFFERS] = SNS_BY_BODY,
    };
    return reason[filter_judge(f, e)];
}

static uint32_t quota_or(const struct spec *spec, const char *name, uint32_t otherwise)
{
    const struct quota *q = spec->quotas == NULL ? NULL : quota_find(spec->quotas, name);
    return q == NULL ? otherwise : (uint32_t)q->value;
}

static void limits(struct sns_config *c, const struct spec *spec)
{
    c->subscriptions_max = quota_or(spec, c->fifo ? "sns.fifo_subscriptions" : "sns.subscriptions",
                                    c->subscriptions_max);
    c->filters_max = quota_or(spec, "sns.filters", c->filters_max);
    if (!c->fifo)
        return;
    c->topic_rate = quota_or(spec, "sns.fifo_messages", c->topic_rate);
    c->topic_bytes = quota_or(spec, "sns.fifo_bytes", c->topic_bytes);
    c->group_rate = quota_or(spec, "sns.fifo_group_messages", c->group_rate);
}

static void configure(struct topic *t, struct sns_config *c)
{
    const struct spec *spec = t->e.world->spec;
    const struct spec_entity *e = t->e.spec;
    const struct value *twice = spec_value(e, TOPIC_DUPLICATE_DELIVERY),
                       *jitter = spec_value(e, TOPIC_RETRY_JITTER),
                       *archive = spec_value(e, TOPIC_ARCHIVE);
    sns_config_default(c, spec_int(e, TOPIC_TYPE) == 1);
    limits(c, spec);
    c->group_scope = spec_int(e, TOPIC_THROUGHPUT_SCOPE) == 1;
    const struct value *most = spec_value(e, TOPIC_MAX_MESSAGE_SIZE);
    c->max_message =
        most->absent ? quota_or(spec, "sns.message_size", c->max_message) : (uint32_t)most->i;
    c->duplicates = !twice->absent ? twice->i : spec->realistic && !c->fifo ? 10000 : 0;
    c->jitter = jitter->absent ? spec->realistic : jitter->i == 1;
    c->count_initial = spec_int(e, TOPIC_COUNT_INITIAL) == 1;
    c->archive = archive->absent ? 0 : archive->i;
    c->replay_rate = (uint32_t)spec_int(e, TOPIC_REPLAY_RATE);
    c->judge = judge;
}

/* --- make --- */

#define ROLL(n)                                                                                    \
    static uint64_t roll_##n(struct dice *d, uint64_t sides)                                       \
    {                                                                                              \
        return rng_below(&CONTAINER_OF(d, struct topic, dice[n])->chance[n], sides);               \
    }
ROLL(0)
ROLL(1)

static void make_chance(struct topic *t)
{
    static uint64_t (*const roll[DELIVERY_DICE_KINDS])(struct dice *, uint64_t) = {roll_0, roll_1};
    static const char *const name[DELIVERY_DICE_KINDS] = {"duplicate", "jitter"};
    for (int i = 0; i < DELIVERY_DICE_KINDS; i++) {
        struct rng_stream stream = entity_stream(&t->e, name[i]);
        t->chance[i] = rng_at(&stream, 0, 0, 0);
        t->dice[i].roll = roll[i];
    }
    t->latency_stream = entity_stream(&t->e, "latency");
    t->fail_stream = entity_stream(&t->e, "fault");
}

static bool make_observers(struct topic *t)
{
    bool ok = entity_level(&t->e, TM_WAITING, &t->waiting, 0) &&
              entity_level(&t->e, TM_UNDER_WAY, &t->under_way, 0);
    for (unsigned i = TM_PUBLISHED; ok && i <= TM_REPLAYED; i++)
        ok = entity_counter(&t->e, i, &t->count[i - TM_PUBLISHED]);
    return ok && entity_tally(&t->e, TM_SIZE, &t->size) && entity_tally(&t->e, TM_DELAY, &t->delay);
}

static bool make_latency(struct topic *t)
{
    struct world *w = t->e.world;
    struct dist_error err;
    const struct value *v = spec_value(t->e.spec, TOPIC_API_LATENCY);
    t->latency =
        !v->absent
            ? v->dist
            : dist_parse(&w->arena, w->spec->realistic ? "lognormal(p50=12ms, p99=80ms)" : "0s",
                         DIST_DURATION, NULL, &err);
    if (t->latency != NULL && !dist_is_constant(t->latency, &t->latency_constant))
        t->latency_constant = -1;
    return t->latency != NULL;
}

static void on_due(struct sim *sim, struct sim_timer *timer)
{
    (void)sim;
    topic_pump(CONTAINER_OF(timer, struct topic, timer));
}

static bool set_up(struct topic *t)
{
    struct sns_config config;
    configure(t, &config);
    t->dedup = (int)spec_int(t->e.spec, TOPIC_DEDUPLICATION);
    slab_init(&t->attempts, sizeof(struct topic_attempt));
    sim_timer_init(&t->timer, SIM_STATE, on_due);
    make_chance(t);
    return make_latency(t) && sns_open(&t->core, &config, NULL) && make_observers(t) &&
           topic_subs_make(t);
}

static void close_topic(struct entity *e)
{
    struct topic *t = topic_of(e);
    sns_close(t->core);
    topic_subs_close(t);
    slab_free(&t->attempts);
    mem_release(t->end);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct topic *t = arena_get(&w->arena, sizeof(*t));
    if (t == NULL)
        return NULL;
    entity_init(&t->e, w, spec);
    if (set_up(t))
        return &t->e;
    close_topic(&t->e);
    return NULL;
}

/* --- wire --- */

/* Topics of a region share the account's quota there: it stands in the first of them. */
static struct topic *first_of_region(struct topic *t)
{
    const struct world *w = t->e.world;
    const char *region = spec_value(t->e.spec, TOPIC_REGION)->text;
    for (uint32_t i = 0; i < t->e.index; i++) {
        const struct spec_entity *x = &w->spec->entity[i];
        if (x->room == t->e.room && spec_value(x, TOPIC_MESSAGES_PER_SECOND)->absent &&
            strcmp(spec_value(x, TOPIC_REGION)->text, region) == 0)
            return topic_of(w->entity[i]);
    }
    return t;
}

static void wire_quota(struct topic *t)
{
    const struct value *own = spec_value(t->e.spec, TOPIC_MESSAGES_PER_SECOND);
    if (own->absent) {
        sns_region_rates(&t->region, spec_value(t->e.spec, TOPIC_REGION)->text);
        sns_set_region(t->core, &first_of_region(t)->region);
        return;
    }
    t->region.standard_rate = t->region.fifo_rate = own->i > UINT32_MAX ? 0 : (uint32_t)own->i;
    sns_set_region(t->core, &t->region);
}

static bool wire(struct entity *e)
{
    struct topic *t = topic_of(e);
    wire_quota(t);
    return topic_subs_wire(t);
}

static void start(struct entity *e)
{
    topic_subs_start(topic_of(e));
}

const struct room room_topic = {
    .kind = "topic",
    .title = "Amazon SNS topic",
    .doc = "A standard or FIFO topic, rule by rule as docs/semantics/sns.md tells it. What is "
           "published to it goes to every "
           "subscription whose filter policy lets it through, each with deliveries, retries and a "
           "dead-letter queue of its own. "
           "Filters look at the `event` templates that producers and steps name; without one a "
           "message has no attributes and no "
           "JSON body.",
    .key = topic_keys,
    .n_key = N_TOPIC_KEYS,
    .metric = topic_metrics,
    .n_metric = N_TOPIC_METRICS,
    .parts = topic_parts,
    .part_name = topic_part_name,
    .part_metric = topic_part_metrics,
    .n_part_metric = N_PART_METRICS,
    .quotas = "sns.",
    .effects = FAULT_DOWN | FAULT_SLOW | FAULT_FAIL,
    .push = &topic_push,
    .check = topic_check,
    .make = make,
    .wire = wire,
    .start = start,
    .finish = topic_finish,
    .conserve = topic_conserve,
    .fault = topic_fault,
    .close = close_topic,
};
