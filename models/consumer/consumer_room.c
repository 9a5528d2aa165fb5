/* consumer_room.c - the kind `consumer`: put together from its settings. */
#include "mem.h"
#include "part.h"

static bool register_metrics(struct consumer *c)
{
    struct entity *e = &c->e;
    bool ok = entity_level(e, AM_WORKERS, &c->workers_level, 0) &&
              entity_level(e, AM_LEASES, &c->leases, 0) && entity_level(e, AM_IDLE, &c->idle, 0) &&
              entity_level(e, AM_OWNERLESS, &c->ownerless, 0) &&
              entity_level(e, AM_BUSY, &c->busy, 0) && entity_level(e, AM_LAG, &c->lag, 0) &&
              entity_level(e, AM_AGE, &c->age, 0);
    for (unsigned m = AM_READS; ok && m <= AM_TIMEOUTS; m++)
        ok = entity_counter(e, m, &c->count[m - AM_READS]);
    return ok && entity_tally(e, AM_DELAY, &c->delay) && entity_tally(e, AM_BEHIND, &c->behind) &&
           entity_tally(e, AM_BATCH_SIZE, &c->batch_size) && entity_tally(e, AM_HOLD, &c->hold) &&
           caller_metrics_open(&c->caller, e, AM_CALLER);
}

static sim_time or_else(const struct value *v, sim_time otherwise)
{
    return v->absent ? otherwise : v->i;
}

static void read_reading(struct consumer *c)
{
    static const enum log_start starts[] = {LOG_TRIM_HORIZON, LOG_LATEST, LOG_AT_TIMESTAMP};
    const struct spec_entity *e = c->e.spec;
    c->library = (enum consumer_library)spec_int(e, CONSUMER_LIBRARY);
    c->transport = consumer_fans_out(e) ? TRANSPORT_FAN_OUT : TRANSPORT_POLLING;
    c->start = (struct log_from){.type = starts[spec_int(e, CONSUMER_START)],
                                 .at = or_else(spec_value(e, CONSUMER_START_AT), 0)};
    c->shutdown = (enum consumer_shutdown)spec_int(e, CONSUMER_SHUTDOWN);
    c->max_records = (uint32_t)spec_int(e, CONSUMER_MAX_RECORDS);
    c->worker_threads = (uint32_t)or_else(spec_value(e, CONSUMER_THREADS), 0);
    c->interval = or_else(spec_value(e, CONSUMER_POLL_INTERVAL),
                          c->library == LIBRARY_KCL ? 1500 * SIM_MS : SIM_S);
    c->look_every = spec_int(e, CONSUMER_LOOK_EVERY);
    c->reply = spec_value(e, CONSUMER_REPLY_LATENCY)->dist;
}

static void read_work(struct consumer *c)
{
    const struct spec_entity *e = c->e.spec;
    const struct value *crash = spec_value(e, CONSUMER_CRASH), *pause = spec_value(e, CONSUMER_PAUSE);
    c->batch_time = spec_value(e, CONSUMER_BATCH_TIME)->dist;
    c->time = spec_value(e, CONSUMER_TIME)->dist;
    if (!dist_is_constant(c->time, &c->time_constant))
        c->time_constant = -1;
    c->attempts = (uint64_t)spec_int(e, CONSUMER_ATTEMPTS);
    c->pause = pause->absent ? NULL : pause->backoff;
    if (crash->list.n > 0) {
        c->crash_ppb = value_field(crash, CRASH_PROBABILITY)->i;
        c->crash_at = (enum consumer_crash_at)value_field(crash, CRASH_AT)->i;
        c->restart = value_field(crash, CRASH_RESTART)->dist;
    }
}

static void read_memory(struct consumer *c)
{
    const struct value *v = spec_value(c->e.spec, CONSUMER_IDEMPOTENT);
    uint64_t capacity = 0;
    sim_time ttl = SIM_NEVER;
    c->idempotent = v->list.n > 0;
    if (c->idempotent) {
        capacity = (uint64_t)or_else(value_field(v, IDEMPOTENT_CAPACITY), 0);
        ttl = or_else(value_field(v, IDEMPOTENT_TTL), SIM_NEVER);
    }
    known_init(&c->known, capacity, ttl);
}

static void read_replay(struct consumer *c)
{
    const struct value *v = spec_value(c->e.spec, CONSUMER_REPLAY);
    if (v->list.n == 0)
        return;
    const struct value *speed = value_field(v, REPLAY_SPEED);
    c->replay = (struct consumer_replay){.given = true,
                                         .at = value_field(v, REPLAY_AT)->i,
                                         .from = value_field(v, REPLAY_FROM)->i,
                                         .speed = speed->absent ? 0 : speed->number};
    c->replay.to = or_else(value_field(v, REPLAY_TO), c->replay.at);
}

static bool read_kills(struct consumer *c)
{
    const struct value *v = spec_value(c->e.spec, CONSUMER_KILLS);
    c->n_kill = v->absent ? 0 : v->list.n;
    c->kill = arena_get(&c->e.world->arena, (c->n_kill + 1) * sizeof(*c->kill));
    for (uint32_t i = 0; c->kill != NULL && i < c->n_kill; i++) {
        const struct value *k = &v->list.item[i];
        c->kill[i] =
            (struct crew_kill){.app = c,
                               .worker = (uint32_t)value_field(k, KILL_WORKER)->i - 1,
                               .at = value_field(k, KILL_AT)->i,
                               .restart = or_else(value_field(k, KILL_RESTART), SIM_NEVER)};
    }
    return c->kill != NULL;
}

/* A plain application has no leases: what its one worker had is its own again when it comes back.
 */
static bool open_leases(struct consumer *c)
{
    static const enum kcl_start starts[] = {KCL_TRIM_HORIZON, KCL_LATEST, KCL_AT_TIMESTAMP};
    const struct spec_entity *e = c->e.spec;
    const struct value *every = spec_value(e, CONSUMER_CHECKPOINT_EVERY),
                       *rebalance = spec_value(e, CONSUMER_REBALANCE);
    struct kcl_config k;
    kcl_config_default(&k);
    k.start = starts[spec_int(e, CONSUMER_START)];
    k.failover = spec_int(e, CONSUMER_FAILOVER);
    k.shard_sync = spec_int(e, CONSUMER_SHARD_SYNC);
    k.parent_poll = spec_int(e, CONSUMER_PARENT_POLL);
    k.handoff = spec_int(e, CONSUMER_HANDOFF);
    k.balance = or_else(rebalance, 2 * k.failover);
    k.checkpoint_every = every->absent ? 0 : (uint32_t)every->i;
    if (c->library == LIBRARY_NONE) {
        k.failover = k.parent_poll = 0;
        k.balance = SIM_NEVER;
    }
    return kcl_open(&c->kcl, &k, NULL);
}

static void open_streams(struct consumer *c)
{
    c->time_stream = entity_stream(&c->e, "time");
    c->batch_stream = entity_stream(&c->e, "batch");
    c->reply_stream = entity_stream(&c->e, "reply");
    c->crash_stream = entity_stream(&c->e, "crash");
    c->fail_stream = entity_stream(&c->e, "fail");
    c->pause_stream = entity_stream(&c->e, "pause");
    poison_init(&c->poison, &c->e, spec_value(c->e.spec, CONSUMER_POISON));
    draws_init(&c->times, &c->time_stream, c->time);
}

static void close_consumer(struct entity *e)
{
    struct consumer *c = (struct consumer *)e;
    kcl_close(c->kcl);
    known_free(&c->known);
    slab_free(&c->workers);
    slab_free(&c->parts);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct consumer *c = arena_get(&w->arena, sizeof(*c));
    if (c == NULL)
        return NULL;
    entity_init(&c->e, w, spec);
    slab_init(&c->workers, sizeof(struct crew_worker));
    slab_init(&c->parts, sizeof(struct part_reader));
    read_reading(c);
    read_work(c);
    read_memory(c);
    read_replay(c);
    open_streams(c);
    if (read_kills(c) && open_leases(c) && register_metrics(c) && look_make(c))
        return &c->e;
    close_consumer(&c->e);
    return NULL;
}

static bool wire(struct entity *e)
{
    struct consumer *c = (struct consumer *)e;
    c->source = world_entity(e->world, spec_value(e->spec, CONSUMER_SOURCE)->ref);
    c->log = c->source->room->log;
    c->reader = (struct log_reader){.owner = e, .pushed = part_pushed};
    struct steps_counters counters = {&c->count[AM_TRIES - AM_READS],
                                      &c->count[AM_RETRIES - AM_READS],
                                      &c->count[AM_TIMEOUTS - AM_READS], &c->caller};
    return c->log->attach(c->source, &c->reader, c->transport == TRANSPORT_FAN_OUT) &&
           steps_init(&c->steps, e, spec_value(e->spec, CONSUMER_CALLS),
                      spec_value(e->spec, CONSUMER_SENDS), counters) &&
           pools_find(&c->pools, e, &c->steps, NULL) &&
           crew_resize(c, (uint32_t)spec_int(e->spec, CONSUMER_WORKERS));
}

static void start(struct entity *e)
{
    struct consumer *c = (struct consumer *)e;
    if (!consumer_find_aside(c))
        e->world->failed = true;
    if (c->transport == TRANSPORT_POLLING)
        c->log->turn(c->source, &c->reader, c->interval, &c->every, &c->first);
    look_start(c);
    crew_start(c);
    crew_group_init(c);
}

static void finish(struct entity *e, sim_time now)
{
    (void)now;
    look_now((struct consumer *)e);
}

static void set(struct entity *e, unsigned key, const struct value *v)
{
    struct consumer *c = (struct consumer *)e;
    if (key == CONSUMER_WORKERS && crew_resize(c, (uint32_t)v->i))
        crew_join(c);
}

const struct room room_consumer = {
    .kind = "consumer",
    .title = "Application that reads a stream",
    .doc = "Reads the records of every shard in order, in batches, by polling or by enhanced "
           "fan-out, and notes after each batch "
           "how far it came. With the Kinesis Client Library its workers share the shards by "
           "leases: when one dies, others take "
           "over after the failover time and go on after the last checkpoint, so that what was "
           "processed since then is processed "
           "again. Children of a shard that was split or merged begin when their parents are "
           "finished.",
    .key = consumer_keys,
    .n_key = N_CONSUMER_KEYS,
    .metric = consumer_metrics,
    .n_metric = N_CONSUMER_METRICS,
    .parts = consumer_parts,
    .part_name = consumer_part_name,
    .part_metric = consumer_part_metrics,
    .n_part_metric = N_CONSUMER_PART_METRICS,
    .effects = FAULT_DOWN | FAULT_HANG | FAULT_SLOW | FAULT_FAIL,
    .check = consumer_check,
    .make = make,
    .wire = wire,
    .start = start,
    .finish = finish,
    .conserve = crew_conserve,
    .fault = crew_fault,
    .crew = &consumer_crew,
    .set = set,
    .close = close_consumer,
};
