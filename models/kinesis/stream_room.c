/* stream_room.c - the kind `stream`: how a stream of a trial is made from its settings. */
#include <string.h>

#include "mem.h"
#include "stream_actor.h"

bool stream_is(const struct room *room)
{
    return room == &room_stream;
}

static void configure(struct kin_config *c, const struct spec_entity *e)
{
    const struct value *limit = spec_value(e, STREAM_READ_RECORD_LIMIT);
    kin_config_default(c);
    c->shards = (uint32_t)spec_int(e, STREAM_SHARDS);
    c->mode = (enum kin_mode)spec_int(e, STREAM_MODE);
    c->throttle = (enum kin_throttle)spec_int(e, STREAM_THROTTLE);
    c->retention_h = (uint32_t)(spec_int(e, STREAM_RETENTION) / SIM_H);
    c->max_record = (uint32_t)spec_int(e, STREAM_MAX_RECORD_SIZE);
    c->peak_mb = (uint32_t)spec_int(e, STREAM_PEAK);
    c->read_records = limit->absent ? 0 : (uint32_t)limit->i;
    c->consumers = (uint32_t)spec_int(e, STREAM_CONSUMERS);
    c->ignore_keys = spec_int(e, STREAM_IGNORE_KEYS) == 1;
    c->step_time = spec_int(e, STREAM_RESHARD_STEP);
    c->grow_delay = spec_int(e, STREAM_SCALE_DELAY);
    c->push_latency = spec_int(e, STREAM_PUSH_LATENCY);
    c->register_time = spec_int(e, STREAM_REGISTER_TIME);
    c->tell_expired = true;
}

static bool make_observers(struct stream *s)
{
    bool ok = entity_level(&s->e, SM_OPEN, &s->open, kin_open_shards(s->core)) && entity_level(&s->e, SM_UPDATING, &s->updating, 0) &&
              entity_level(&s->e, SM_STORED, &s->stored, 0);
    for (unsigned i = SM_RECORDS; ok && i <= SM_SHARD_SECONDS; i++)
        ok = entity_counter(&s->e, i, &s->count[i - SM_RECORDS]);
    return ok && entity_tally(&s->e, SM_SIZE, &s->size) && entity_tally(&s->e, SM_WAIT, &s->wait) &&
           entity_tally(&s->e, SM_AGE, &s->age) && entity_tally(&s->e, SM_BEHIND, &s->behind) && stream_parts_make(s);
}

static void make_chance(struct stream *s)
{
    s->put_stream = entity_stream(&s->e, "latency");
    s->batch_stream = entity_stream(&s->e, "latency/batch");
    s->api_stream = entity_stream(&s->e, "latency/read");
    s->key_stream = entity_stream(&s->e, "key");
    s->phase_stream = entity_stream(&s->e, "phase");
    s->fail_stream = entity_stream(&s->e, "fault");
}

static void read_settings(struct stream *s)
{
    const struct spec_entity *e = s->e.spec;
    const char *prefix = spec_value(e, STREAM_KEY_PREFIX)->text;
    s->prefix_n = (uint32_t)strlen(prefix);
    memcpy(s->prefix, prefix, s->prefix_n + 1);
    s->put_latency = spec_value(e, STREAM_PUT_LATENCY)->dist;
    s->batch_latency = spec_value(e, STREAM_BATCH_LATENCY)->dist;
    s->api_latency = spec_value(e, STREAM_API_LATENCY)->dist;
    s->fair = spec_int(e, STREAM_FAIR_POLLING) == 1;
}

static bool set_up(struct stream *s)
{
    struct kin_config config;
    configure(&config, s->e.spec);
    slab_init(&s->bundles, sizeof(struct stream_bundle));
    read_settings(s);
    make_chance(s);
    if (!kin_open(&s->core, &config, NULL) || !make_observers(s) || !stream_admin_make(s))
        return false;
    for (uint32_t i = 0; i < kin_shards(s->core); i++)
        stream_opened(s, i);
    return !s->e.world->failed;
}

static void close_stream(struct entity *e)
{
    struct stream *s = stream_of(e);
    stream_bundles_close(s);
    kin_close(s->core);
    stream_keys_close(s);
    stream_readers_close(s);
    mem_release(s->read_to);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct stream *s = arena_get(&w->arena, sizeof(*s));
    if (s == NULL)
        return NULL;
    entity_init(&s->e, w, spec);
    if (set_up(s))
        return &s->e;
    close_stream(&s->e);
    return NULL;
}

const struct room room_stream = {
    .kind = "stream",
    .title = "Amazon Kinesis data stream",
    .doc = "A stream of shards, rule by rule as docs/semantics/kinesis.md tells it: partition keys and their hashes, limits of "
           "writing and reading, retention, splits and merges, on-demand growth, enhanced fan-out. What is put stays until its "
           "retention ends, whoever reads it; applications read by position.",
    .key = stream_keys,
    .n_key = N_STREAM_KEYS,
    .metric = stream_metrics,
    .n_metric = N_STREAM_METRICS,
    .parts = stream_parts,
    .part_name = stream_part_name,
    .part_metric = stream_shard_metrics,
    .n_part_metric = N_SHARD_METRICS,
    .effects = FAULT_DOWN | FAULT_SLOW | FAULT_FAIL,
    .push = &stream_push_ops,
    .log = &stream_log_ops,
    .check = stream_check,
    .make = make,
    .start = stream_start,
    .finish = stream_finish,
    .conserve = stream_conserve,
    .fault = stream_fault,
    .set = stream_set,
    .setting = stream_setting,
    .close = close_stream,
};
