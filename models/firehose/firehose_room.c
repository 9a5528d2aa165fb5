/* firehose_room.c - the kind `firehose`: how a delivery stream of a trial is made from its settings. */
#include "firehose_actor.h"

static uint64_t roll(struct dice *d, uint64_t sides)
{
    return rng_below(&CONTAINER_OF(d, struct firehose_actor, dice)->chance, sides);
}

static void on_due(struct sim *sim, struct sim_timer *timer)
{
    (void)sim;
    firehose_pump(CONTAINER_OF(timer, struct firehose_actor, timer));
}

static bool make_observers(struct firehose_actor *h)
{
    bool ok = true;
    for (unsigned i = 0; ok && i < FIREHOSE_LEVELS; i++)
        ok = entity_level(&h->e, i, &h->level[i], 0);
    for (unsigned i = FM_RECORDS; ok && i < FM_COST; i++)
        ok = entity_counter(&h->e, i, &h->count[i - FM_RECORDS]);
    obs_level_init(&h->cost_part, 0, 0);
    obs_level_init(&h->cost_whole, 0, 0);
    ok = ok && entity_share(&h->e, FM_COST, &h->cost, &h->cost_part, &h->cost_whole);
    return ok && entity_tally(&h->e, FM_DELAY, &h->delay) && entity_tally(&h->e, FM_OBJECT_SIZE, &h->object_size) &&
           entity_tally(&h->e, FM_OBJECT_RECORDS, &h->object_records) && entity_tally(&h->e, FM_INVOCATION_TIME, &h->invocation_time);
}

static void make_streams(struct firehose_actor *h)
{
    struct rng_stream jitter = entity_stream(&h->e, "jitter");
    h->chance = rng_at(&jitter, 0, 0, 0);
    h->dice.roll = roll;
    h->latency_stream = entity_stream(&h->e, "latency");
    h->fail_stream = entity_stream(&h->e, "fault");
    h->transform_stream = entity_stream(&h->e, "transform");
    h->conversion_stream = entity_stream(&h->e, "conversion");
}

static void read_shares(struct firehose_actor *h)
{
    const struct value *transform = spec_value(h->e.spec, FIREHOSE_TRANSFORM), *conversion = spec_value(h->e.spec, FIREHOSE_CONVERSION),
                       *ack = spec_value(h->e.spec, FIREHOSE_ACK_TIMEOUT);
    h->function_output = h->format_output = 1;
    if (transform->list.n > 0) {
        h->dropped = value_field(transform, TRANSFORM_DROPPED)->i;
        h->spoiled = value_field(transform, TRANSFORM_FAILED)->i;
        h->function_output = value_field(transform, TRANSFORM_OUTPUT)->number;
        h->function_timeout = value_field(transform, TRANSFORM_TIMEOUT)->i;
    }
    h->converts = conversion->list.n > 0;
    if (h->converts) {
        h->mangled = value_field(conversion, CONVERSION_FAILED)->i;
        h->format_output = value_field(conversion, CONVERSION_OUTPUT)->number;
    }
    uint32_t seconds = fh_limits(fh_config(h->core)->destination, false)->ack;
    h->ack_timeout = !ack->absent ? ack->i : (seconds > 0 ? seconds : 900) * SIM_S;
    h->partitions = fh_config(h->core)->partitions > 0;
}

static void close_firehose(struct entity *e)
{
    struct firehose_actor *h = hose_of(e);
    fh_close(h->core);
    firehose_invoke_close(h);
    firehose_source_close(h);
    firehose_deliver_close(h);
}

static bool set_up(struct firehose_actor *h)
{
    struct fh_config config;
    firehose_config(h->e.spec, &config);
    config.judge = firehose_judge;
    config.from = h;
    slab_init(&h->calls, sizeof(struct firehose_call));
    slab_init(&h->invocations, sizeof(struct firehose_invocation));
    sim_timer_init(&h->timer, SIM_STATE, on_due);
    make_streams(h);
    h->latency = spec_value(h->e.spec, FIREHOSE_API_LATENCY)->dist;
    if (fh_open(&h->core, &config) != FH_OK)
        return false;
    read_shares(h);
    return make_observers(h);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct firehose_actor *h = arena_get(&w->arena, sizeof(*h));
    if (h == NULL)
        return NULL;
    entity_init(&h->e, w, spec);
    if (set_up(h))
        return &h->e;
    close_firehose(&h->e);
    return NULL;
}

static bool wire(struct entity *e)
{
    struct firehose_actor *h = hose_of(e);
    const struct value *transform = spec_value(e->spec, FIREHOSE_TRANSFORM), *backup = spec_value(e->spec, FIREHOSE_BACKUP);
    h->destination = world_entity(e->world, spec_value(e->spec, FIREHOSE_DESTINATION)->ref);
    h->backup = backup->ref == NULL ? h->destination : world_entity(e->world, backup->ref);
    if (transform->list.n > 0)
        h->function = world_entity(e->world, value_field(transform, TRANSFORM_TARGET)->ref);
    h->source = world_entity(e->world, spec_value(e->spec, FIREHOSE_SOURCE)->ref);
    return h->source == NULL || firehose_source_wire(h);
}

const struct room room_firehose = {
    .kind = "firehose",
    .title = "Amazon Data Firehose stream",
    .doc = "A delivery stream, rule by rule as docs/semantics/firehose.md tells it. Records are put, or read from a stream; gathered by "
           "size and age, perhaps by a function first; delivered as objects, tried again for a while, then stored in a backup. A request "
           "is done here when its record is delivered; one that only the backup has is not, unless done_at names the backup.",
    .key = firehose_keys,
    .n_key = N_FIREHOSE_KEYS,
    .metric = firehose_metrics,
    .n_metric = N_FIREHOSE_METRICS,
    .effects = FAULT_DOWN | FAULT_SLOW | FAULT_FAIL,
    .push = &firehose_push,
    .check = firehose_check,
    .make = make,
    .wire = wire,
    .start = firehose_start,
    .finish = firehose_finish,
    .conserve = firehose_conserve,
    .fault = firehose_fault,
    .close = close_firehose,
};
