/* fleet_room.c - a fleet of workers checked and put together from its settings. */
#include "check_codes.h"
#include "worker.h"

static void check_lists(const struct spec_entity *e, struct problems *p)
{
    const struct value *heartbeat = spec_value(e, FLEET_HEARTBEAT),
                       *after = spec_value(e, FLEET_RETURN_AFTER);
    if (after->given && spec_int(e, FLEET_ON_FAILURE) != FAILURE_RETURN)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &after->place,
                    "%s: return_after needs on_failure = \"return\"", e->path);
    if (heartbeat->list.n == 0)
        return;
    const struct value *extend = value_field(heartbeat, HEARTBEAT_EXTEND);
    if (extend->list.n == 0)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &extend->place, "%s: heartbeat.extend is empty",
                    e->path);
}

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    check_lists(e, p);
    steps_check(spec, e, p);
    const struct value *wait = spec_value(e, FLEET_WAIT_TIME);
    if (spec_int(e, FLEET_POLL) == POLL_SHORT && wait->given && wait->i > 0)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &wait->place,
                    "%s: a short poll has no wait_time", e->path);
}

static bool register_metrics(struct fleet *f)
{
    struct entity *e = &f->e;
    bool ok = entity_level(e, FM_SIZE, &f->size_level, spec_int(e->spec, FLEET_SIZE)) &&
              entity_level(e, FM_BUSY, &f->busy, 0) &&
              entity_level(e, FM_POLLING, &f->polling, 0) &&
              entity_share(e, FM_UTILISATION, &f->utilisation, &f->busy, &f->size_level);
    for (unsigned m = FM_RECEIVES; ok && m <= FM_TIMEOUTS; m++)
        ok = entity_counter(e, m, &f->count[m - FM_RECEIVES]);
    return ok && entity_tally(e, FM_HOLD, &f->hold) &&
           caller_metrics_open(&f->caller, e, FM_CALLER);
}

static sim_time or_default(const struct value *v)
{
    return v->absent ? PULL_DEFAULT : v->i;
}

static void read_polling(struct fleet *f)
{
    const struct spec_entity *e = f->e.spec;
    f->batch = (uint32_t)spec_int(e, FLEET_BATCH);
    f->poll = (enum fleet_poll)spec_int(e, FLEET_POLL);
    f->poll_interval = spec_int(e, FLEET_POLL_INTERVAL);
    f->wait_time = or_default(spec_value(e, FLEET_WAIT_TIME));
    f->visibility = or_default(spec_value(e, FLEET_VISIBILITY_TIMEOUT));
}

static void read_work(struct fleet *f)
{
    const struct spec_entity *e = f->e.spec;
    const struct value *crash = spec_value(e, FLEET_CRASH), *hang = spec_value(e, FLEET_HANG),
                       *pause = spec_value(e, FLEET_PAUSE);
    f->time = spec_value(e, FLEET_TIME)->dist;
    if (!dist_is_constant(f->time, &f->time_constant))
        f->time_constant = -1;
    if (crash->list.n > 0) {
        f->crash_ppb = value_field(crash, CRASH_PROBABILITY)->i;
        f->crash_at = (enum fleet_crash_at)value_field(crash, CRASH_AT)->i;
        f->restart = value_field(crash, CRASH_RESTART)->dist;
    }
    if (hang->list.n > 0) {
        f->hang_ppb = value_field(hang, HANG_PROBABILITY)->i;
        f->hang_for = value_field(hang, HANG_FOR)->dist;
    }
    f->pause = pause->absent ? NULL : pause->backoff;
    f->on_failure = (enum fleet_on_failure)spec_int(e, FLEET_ON_FAILURE);
}

static struct spans spans_of(const struct value *list)
{
    return list->absent ? (struct spans){NULL, 0} : (struct spans){list->list.item, list->list.n};
}

static sim_time or_never(const struct value *v)
{
    return v->absent ? SIM_NEVER : v->i;
}

static void read_heartbeat(struct fleet *f, const struct value *group)
{
    if (group->list.n == 0)
        return;
    const struct value *every = value_field(group, HEARTBEAT_EVERY);
    f->heartbeat.extend = spans_of(value_field(group, HEARTBEAT_EXTEND));
    f->heartbeat.every = every->absent ? 0 : every->i;
    f->heartbeat.limit = value_field(group, HEARTBEAT_LIMIT)->i;
}

static void read_memory(struct fleet *f, const struct value *group)
{
    struct idempotence *m = &f->idempotent;
    m->on = group->list.n > 0;
    m->ttl = SIM_NEVER;
    if (m->on) {
        const struct value *capacity = value_field(group, IDEMPOTENT_CAPACITY);
        m->capacity = capacity->absent ? 0 : (uint64_t)capacity->i;
        m->ttl = or_never(value_field(group, IDEMPOTENT_TTL));
        m->latency = value_field(group, IDEMPOTENT_LATENCY)->dist;
        m->store = (enum fleet_store)value_field(group, IDEMPOTENT_STORE)->i;
        m->by = (enum fleet_by)value_field(group, IDEMPOTENT_BY)->i;
        m->memory = (enum fleet_memory)value_field(group, IDEMPOTENT_MEMORY)->i;
        m->stream = entity_stream(&f->e, "memory");
    }
    known_init(&f->known, m->capacity, m->ttl);
}

static void read_habits(struct fleet *f)
{
    const struct spec_entity *e = f->e.spec;
    const struct value *deletes = spec_value(e, FLEET_DELETE_BATCH), *pace = spec_value(e, FLEET_PACE);
    read_heartbeat(f, spec_value(e, FLEET_HEARTBEAT));
    read_memory(f, spec_value(e, FLEET_IDEMPOTENT));
    f->return_after = spans_of(spec_value(e, FLEET_RETURN_AFTER));
    f->delete_size = 1;
    if (deletes->list.n > 0) {
        f->delete_size = (uint32_t)value_field(deletes, DELETE_SIZE)->i;
        f->delete_wait = value_field(deletes, DELETE_WAIT)->i;
    }
    f->pace = pace->absent ? NULL : pace->dist;
}

/* Any of a billion, as rng_below gives it. */
static const struct dist *chance_law(struct fleet *f)
{
    struct dist_error error;
    const struct dist *law = dist_parse(&f->e.world->arena, "uniform_key(1000000000)", DIST_COUNT, NULL, &error);
    f->e.world->failed |= law == NULL;
    return law;
}

static void open_draws(struct fleet *f)
{
    draws_init(&f->times, &f->time_stream, f->time);
    if (f->crash_ppb > 0)
        draws_init(&f->crashes, &f->crash_stream, chance_law(f));
    if (f->hang_ppb > 0)
        draws_init(&f->hangs, &f->hang_stream, chance_law(f));
}

static void open_streams(struct fleet *f)
{
    f->time_stream = entity_stream(&f->e, "time");
    f->crash_stream = entity_stream(&f->e, "crash");
    f->hang_stream = entity_stream(&f->e, "hang");
    f->fail_stream = entity_stream(&f->e, "fail");
    f->pause_stream = entity_stream(&f->e, "pause");
    poison_init(&f->poison, &f->e, spec_value(f->e.spec, FLEET_POISON));
    f->pace_stream = entity_stream(&f->e, "pace");
    open_draws(f);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct fleet *f = arena_get(&w->arena, sizeof(*f));
    if (f == NULL)
        return NULL;
    entity_init(&f->e, w, spec);
    slab_init(&f->workers, (sizeof(struct worker) + 63) & ~63u); /* each begins with a line of the cache */
    flush_slab_init(&f->flushes);
    read_polling(f);
    read_work(f);
    read_habits(f);
    open_streams(f);
    return register_metrics(f) ? &f->e : NULL;
}

/* The first beat comes when half of what the receive granted is over: the source's setting, where
 * the fleet has none. */
static sim_time first_beat(const struct fleet *f)
{
    const struct value *own = spec_value(f->e.spec, FLEET_VISIBILITY_TIMEOUT),
                       *source = spec_named(f->source->spec, "visibility_timeout");
    if (f->heartbeat.every > 0)
        return f->heartbeat.every;
    if (!own->absent)
        return own->i / 2;
    return source == NULL || source->absent ? 0 : source->i / 2;
}

static bool wire(struct entity *e)
{
    struct fleet *f = (struct fleet *)e;
    f->source = world_entity(e->world, spec_value(e->spec, FLEET_SOURCE)->ref);
    f->pull = f->source->room->pull;
    f->swaps = f->pull->swap != NULL && f->batch == 1 && f->delete_size == 1 && f->poll == POLL_LONG;
    f->heartbeat.first = first_beat(f);
    struct steps_counters counters = {&f->count[FM_TRIES - FM_RECEIVES],
                                      &f->count[FM_RETRIES - FM_RECEIVES],
                                      &f->count[FM_TIMEOUTS - FM_RECEIVES], &f->caller};
    return steps_init(&f->steps, e, spec_value(e->spec, FLEET_CALLS),
                      spec_value(e->spec, FLEET_SENDS), counters) &&
           fleet_resize(f, (uint32_t)spec_int(e->spec, FLEET_SIZE));
}

static void set(struct entity *e, unsigned key, const struct value *v)
{
    struct fleet *f = (struct fleet *)e;
    if (key == FLEET_SIZE && fleet_resize(f, (uint32_t)v->i))
        fleet_wake(f);
}

const struct room room_fleet = {
    .kind = "fleet",
    .title = "Workers that read a queue",
    .doc = "Each worker polls its source, works through the jobs it got in order and deletes each "
           "after it is done. A job's "
           "work is the worker's own time, then its calls and sends. A worker that dies leaves its "
           "jobs to come back.",
    .key = fleet_keys,
    .n_key = N_FLEET_KEYS,
    .metric = fleet_metrics,
    .n_metric = N_FLEET_METRICS,
    .effects = FAULT_DOWN | FAULT_HANG | FAULT_SLOW | FAULT_FAIL,
    .check = check,
    .make = make,
    .wire = wire,
    .start = fleet_start,
    .conserve = fleet_conserve,
    .fault = fleet_fault,
    .set = set,
    .crew = &fleet_crew,
    .close = fleet_close,
};
