/* bus_room.c - the kind `bus`: how a bus of a trial is made from its settings. */
#include "bus_actor.h"
#include "eb_region.h"
#include "fault_state.h"
#include "hash.h"
#include "mem.h"
#include "quota.h"

#include <string.h>

static int64_t quota_or(const struct spec *spec, const char *name, int64_t otherwise)
{
    const struct quota *q = spec->quotas == NULL ? NULL : quota_find(spec->quotas, name);
    return q == NULL ? otherwise : q->value;
}

/* The region's (EB-16), but for us-east-1, whose quotas the profile has. */
static void rates(const struct bus *b, uint32_t *puts, uint32_t *invocations)
{
    const struct spec_entity *e = b->e.spec;
    const struct spec *spec = b->e.world->spec;
    const struct value *put = spec_value(e, BUS_PUT_RATE), *invoke = spec_value(e, BUS_INVOKE_RATE);
    const char *region = spec_value(e, BUS_REGION)->text;
    eb_region(region, puts, invocations);
    if (strcmp(region, "us-east-1") == 0) {
        *puts = (uint32_t)quota_or(spec, "events.put_events", *puts);
        *invocations = (uint32_t)quota_or(spec, "events.invocations", *invocations);
    }
    if (b->v2 != NULL)
        *puts = bus_v2_rate();
    if (!put->absent)
        *puts = put->i > UINT32_MAX ? 0 : (uint32_t)put->i;
    if (!invoke->absent)
        *invocations = invoke->i > UINT32_MAX ? 0 : (uint32_t)invoke->i;
}

static const struct dist *law(struct world *w, const struct value *v, const char *realistic)
{
    struct dist_error err;
    return !v->absent ? v->dist : dist_parse(&w->arena, w->spec->realistic ? realistic : "0s", DIST_DURATION, NULL, &err);
}

static bool open_delivery(struct bus *b)
{
    const struct value *twice = spec_value(b->e.spec, BUS_DUPLICATES);
    uint32_t puts, invocations;
    struct err err = {0};
    rates(b, &puts, &invocations);
    struct delivery_config config = {.per_second = invocations,
                                     .duplicates = !twice->absent ? twice->i : b->e.world->spec->realistic ? 10000 : 0};
    b->put_rate = puts;
    eb_bucket_init(&b->put, puts, 0);
    return delivery_open(&b->delivery, &config, &err);
}

#define ROLL(n)                                                                                                         \
    static uint64_t roll_##n(struct dice *d, uint64_t sides)                                                            \
    {                                                                                                                   \
        return rng_below(&CONTAINER_OF(d, struct bus, dice[n])->chance[n], sides);                                      \
    }
ROLL(0)
ROLL(1)

static void open_streams(struct bus *b)
{
    static uint64_t (*const roll[DELIVERY_DICE_KINDS])(struct dice *, uint64_t) = {roll_0, roll_1};
    static const char *const use[DELIVERY_DICE_KINDS] = {"duplicate", "retry"};
    for (unsigned i = 0; i < DELIVERY_DICE_KINDS; i++) {
        struct rng_stream stream = entity_stream(&b->e, use[i]);
        b->chance[i] = rng_at(&stream, 0, 0, 0);
        b->dice[i].roll = roll[i];
    }
    b->api_stream = entity_stream(&b->e, "latency/put");
    b->latency_stream = entity_stream(&b->e, "latency");
    b->fail_stream = entity_stream(&b->e, "fault");
}

static bool register_metrics(struct bus *b)
{
    struct entity *e = &b->e;
    bool ok = entity_level(e, BM_WAITING, &b->waiting, 0) && entity_level(e, BM_UNDER_WAY, &b->under_way, 0);
    for (unsigned i = 0; ok && i < BUS_COUNTERS; i++)
        ok = entity_counter(e, BM_ENTRIES + i, &b->count[i]);
    return ok && entity_tally(e, BM_SIZE, &b->size) && entity_tally(e, BM_START, &b->start) &&
           entity_tally(e, BM_COMPLETE, &b->complete) && entity_counter(e, BM_SCHEDULED, &b->source.offered) &&
           entity_counter(e, BM_DONE, &b->source.done) && entity_tally(e, BM_LATENCY, &b->source.latency) &&
           entity_tally(e, BM_ANSWER, &b->source.answer) && bus_parts_open(b);
}

static void on_due(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    bus_pump(CONTAINER_OF(t, struct bus, timer));
}

static bool set_up(struct bus *b)
{
    struct world *w = b->e.world;
    const struct value *max = spec_value(b->e.spec, BUS_MAX_REQUEST);
    slab_init(&b->messages, sizeof(struct bus_message));
    slab_init(&b->attempts, sizeof(struct bus_attempt));
    sim_timer_init(&b->timer, SIM_STATE, on_due);
    open_streams(b);
    b->source.origin = (uint32_t)hash_text(b->e.spec->path);
    b->source.maker = &b->e;
    b->max_request = (uint64_t)(max->absent ? quota_or(w->spec, "events.request_size", 1048576) : max->i);
    b->api_latency = law(w, spec_value(b->e.spec, BUS_API_LATENCY), "lognormal(p50=15ms, p99=80ms)");
    b->latency = law(w, spec_value(b->e.spec, BUS_LATENCY), "lognormal(p50=40ms, p99=130ms)");
    if (b->api_latency == NULL || b->latency == NULL)
        return false;
    if (!dist_is_constant(b->api_latency, &b->api_constant))
        b->api_constant = -1;
    if (!dist_is_constant(b->latency, &b->latency_constant))
        b->latency_constant = -1;
    return bus_v2_make(b) && open_delivery(b) && bus_rules_make(b) && bus_time_make(b) && register_metrics(b);
}

static void close_bus(struct entity *e)
{
    struct bus *b = bus_of(e);
    bus_rules_close(b);
    bus_time_close(b);
    bus_v2_close(b);
    delivery_close(b->delivery);
    slab_free(&b->messages);
    slab_free(&b->attempts);
    mem_release(b->end);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct bus *b = arena_get(&w->arena, sizeof(*b));
    if (b == NULL)
        return NULL;
    entity_init(&b->e, w, spec);
    if (set_up(b))
        return &b->e;
    close_bus(&b->e);
    return NULL;
}

static bool wire(struct entity *e)
{
    struct bus *b = bus_of(e);
    b->source.done_at = world_entity(e->world, spec_value(e->spec, BUS_DONE_AT)->ref);
    return bus_rules_wire(b);
}

static void start(struct entity *e)
{
    bus_time_start(bus_of(e));
}

static void fault(struct entity *e, const struct fault_state *f)
{
    bus_of(e)->fault = *f;
}

const struct room room_bus = {
    .kind = "bus",
    .title = "Amazon EventBridge event bus",
    .doc = "Takes events (PutEvents, up to ten entries a call) and invokes the targets of every rule that matches, each on its own: with "
           "retries for a day or 185 attempts, a dead-letter queue, quotas, an archive and replays, and schedules that make requests. "
           "The rules are in docs/semantics/eventbridge.md. What an event is, its `event` template says; one without template has "
           "the source \"afterbay\", the detail type \"event\" and an empty detail.",
    .key = bus_keys,
    .n_key = N_BUS_KEYS,
    .metric = bus_metrics,
    .n_metric = N_BUS_METRICS,
    .parts = bus_parts,
    .part_name = bus_part_name,
    .part_metric = bus_part_metrics,
    .n_part_metric = N_BUS_PART_METRICS,
    .quotas = "events.",
    .effects = FAULT_DOWN | FAULT_SLOW | FAULT_FAIL,
    .push = &bus_push,
    .check = bus_check,
    .make = make,
    .wire = wire,
    .start = start,
    .finish = bus_finish,
    .conserve = bus_conserve,
    .fault = fault,
    .close = close_bus,
};
