/* mapping_room.c - the kind `mapping`: its settings, and its life. */
#include <inttypes.h>

#include "check_codes.h"
#include "mapping.h"
#include "queued.h"

static sim_time or_never(const struct value *v)
{
    return v->absent ? SIM_NEVER : v->i;
}

/* --- settings --- */

static void configure(struct mapping *m)
{
    const struct spec_entity *e = m->e.spec;
    struct esm_config *c = &m->config;
    int64_t retries = spec_int(e, MAPPING_RETRIES);
    esm_config_init(c);
    c->batch = spec_value(e, MAPPING_BATCH)->absent ? 100 : (uint32_t)spec_int(e, MAPPING_BATCH);
    c->factor = (uint32_t)spec_int(e, MAPPING_FACTOR);
    c->window = spec_int(e, MAPPING_WINDOW);
    c->tumbling = spec_int(e, MAPPING_TUMBLING);
    c->bisect = spec_int(e, MAPPING_BISECT) != 0;
    c->report = spec_int(e, MAPPING_REPORT) != 0;
    c->retries = retries == INT64_MAX ? ESM_NEVER_ENDS : retries;
    c->max_age = or_never(spec_value(e, MAPPING_MAX_AGE));
}

static void read_settings(struct mapping *m)
{
    static const enum log_start start[] = {
        [START_TRIM_HORIZON] = LOG_TRIM_HORIZON, [START_LATEST] = LOG_LATEST, [START_AT_TIMESTAMP] = LOG_AT_TIMESTAMP};
    const struct spec_entity *e = m->e.spec;
    const struct value *poison = spec_value(e, MAPPING_POISON), *at = spec_value(e, MAPPING_START_AT);
    m->report = m->config.report;
    m->fan_out = spec_int(e, MAPPING_FAN_OUT) != 0;
    m->every = spec_int(e, MAPPING_POLL_INTERVAL);
    m->timeout = or_never(spec_value(e, MAPPING_TIMEOUT));
    m->start = (struct log_from){.type = start[spec_int(e, MAPPING_START)], .at = at->absent ? 0 : at->i};
    poison_init(&m->poison, &m->e, poison);
}

/* --- observers: the entity's, and those of the shards that the log watches --- */

static uint32_t parts(const struct spec_entity *e)
{
    const struct spec_entity *source = spec_value(e, MAPPING_SOURCE)->ref;
    return source == NULL || source->room->parts == NULL ? 0 : source->room->parts(source);
}

static const char *part_name(const struct spec_entity *e, uint32_t part, struct arena *arena)
{
    const struct spec_entity *source = spec_value(e, MAPPING_SOURCE)->ref;
    return source->room->part_name(source, part, arena);
}

static bool make_parts(struct mapping *m)
{
    m->n_part = parts(m->e.spec);
    m->part = arena_get(&m->e.world->arena, (m->n_part + 1) * sizeof(*m->part));
    bool ok = m->part != NULL;
    for (uint32_t i = 0; ok && i < m->n_part; i++) {
        for (unsigned k = 0; ok && k <= MP_DISCARDED; k++)
            ok = part_counter(&m->e, i, k, &m->part[i].count[k]);
        ok = ok && part_level(&m->e, i, MP_BLOCKED, &m->part[i].blocked, 0) && part_tally(&m->e, i, MP_AGE, &m->part[i].age);
    }
    return ok;
}

static bool make_observers(struct mapping *m)
{
    struct entity *e = &m->e;
    bool ok = entity_level(e, MM_CONCURRENT, &m->concurrent, 0) && entity_level(e, MM_BLOCKED, &m->blocked, 0) &&
              entity_level(e, MM_BUFFERED, &m->buffered, 0) && entity_level(e, MM_SLOTS, &m->slots, 0);
    for (unsigned k = 0; ok && k < MAPPING_COUNTERS; k++)
        ok = entity_counter(e, MM_INVOCATIONS + k, &m->count[k]);
    return ok && entity_tally(e, MM_AGE, &m->age) && entity_tally(e, MM_BATCH, &m->batch) && entity_tally(e, MM_DURATION, &m->duration) &&
           make_parts(m);
}

/* --- life --- */

static void on_timer(struct sim *s, struct sim_timer *t)
{
    (void)s;
    mapping_pump(CONTAINER_OF(t, struct mapping, timer));
}

static void close_mapping(struct entity *e)
{
    struct mapping *m = mapping_of(e);
    if (queued_is(e->spec)) {
        queued_close(e);
        return;
    }
    screen_close(&m->screen);
    mapping_flights_close(m);
    esm_close(m->core);
    slab_free(&m->shards);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    if (queued_is(spec))
        return queued_make(w, spec);
    struct mapping *m = arena_get(&w->arena, sizeof(*m));
    if (m == NULL)
        return NULL;
    entity_init(&m->e, w, spec);
    slab_init(&m->shards, sizeof(struct mapping_shard));
    configure(m);
    read_settings(m);
    sim_timer_init(&m->timer, SIM_LATE, on_timer);
    if (screen_open(&m->screen, spec) && esm_open(&m->core, &m->config, NULL) && make_observers(m))
        return &m->e;
    close_mapping(&m->e);
    return NULL;
}

static bool wire(struct entity *e)
{
    if (queued_is(e->spec))
        return queued_wire(e);
    struct mapping *m = mapping_of(e);
    m->source = world_entity(e->world, spec_value(e->spec, MAPPING_SOURCE)->ref);
    m->target = world_entity(e->world, spec_value(e->spec, MAPPING_TARGET)->ref);
    m->letters = world_entity(e->world, spec_value(e->spec, MAPPING_ON_FAILURE)->ref);
    m->log = m->source->room->log;
    m->reader = (struct log_reader){.owner = e, .pushed = m->fan_out ? mapping_pushed : NULL, .changed = mapping_changed};
    return screen_wire(&m->screen, e->world, true) && m->log->attach(m->source, &m->reader, m->fan_out);
}

static void start(struct entity *e)
{
    if (queued_is(e->spec))
        queued_start(e);
    else
        mapping_read_start(mapping_of(e));
}

/* Switched off: nothing is read and nothing begun; what is under way ends. */
static void fault(struct entity *e, const struct fault_state *f)
{
    struct mapping *m = mapping_of(e);
    if (queued_is(e->spec)) {
        queued_fault(e, f);
        return;
    }
    m->down = (f->active & FAULT_DOWN) != 0;
    mapping_pump(m);
}

static bool conserve(struct entity *e, sim_time now, struct err *err)
{
    const struct mapping *m = mapping_of(e);
    uint64_t in_hand = 0;
    if (queued_is(e->spec))
        return queued_conserve(e, now, err);
    for (uint32_t i = 0; i < m->shards.n_touched; i++)
        in_hand += esm_pending(m->core, i);
    return m->n_read == m->n_ended + in_hand ||
           err_set(err, ERR_INTERNAL, "records read = done with + in hand: %" PRIu64 " is not %" PRIu64 " + %" PRIu64, m->n_read,
                   m->n_ended, in_hand);
}

/* --- what a scenario can get wrong --- */

static void useless(const struct spec_entity *e, unsigned key, const char *why, struct problems *p)
{
    const struct value *v = spec_value(e, key);
    if (v->given)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &v->place, "%s: '%s' has no meaning %s", e->path, mapping_keys[key].name, why);
}

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    (void)spec;
    const struct value *letters = spec_value(e, MAPPING_ON_FAILURE), *max_age = spec_value(e, MAPPING_MAX_AGE),
                       *target = spec_value(e, MAPPING_TARGET);
    const struct value *type = letters->ref == NULL ? NULL : spec_named(letters->ref, "type");
    if (queued_is(e)) {
        queued_check(e, p);
        return;
    }
    for (unsigned k = MAPPING_MAX_CONCURRENCY; k < MAPPING_FILTERS; k++)
        useless(e, k, "where a stream is read", p);
    screen_check(e, p);
    if (spec_int(e, MAPPING_START) == START_AT_TIMESTAMP && spec_value(e, MAPPING_START_AT)->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &spec_value(e, MAPPING_START)->place,
                    "%s: start = \"at_timestamp\" needs 'start_at' (KIN-82)", e->path);
    if (spec_int(e, MAPPING_START) != START_AT_TIMESTAMP)
        useless(e, MAPPING_START_AT, "without start = \"at_timestamp\"", p);
    if (spec_int(e, MAPPING_FAN_OUT) != 0)
        useless(e, MAPPING_POLL_INTERVAL, "where records are pushed (fan_out)", p);
    if (target->ref != NULL && target->ref->room->invoke != NULL)
        useless(e, MAPPING_TIMEOUT, "where a function has its own", p);
    if (!letters->absent && spec_int(e, MAPPING_RETRIES) == INT64_MAX && max_age->absent)
        problem_add(p, SEVERITY_WARNING, CHECK_USELESS, &letters->place,
                    "%s: nothing but records too large is given up, so 'on_failure' hears nothing: set retry_attempts or max_record_age "
                    "(KIN-86)",
                    e->path);
    if (type != NULL && type->type == VALUE_CHOICE && type->i == 1)
        problem_add(p, SEVERITY_ERROR, CHECK_DLQ_TYPE, &letters->place, "%s: 'on_failure' is a standard queue or topic, %s is a FIFO one",
                    e->path, letters->ref->path);
}

const struct room room_mapping = {
    .kind = "mapping",
    .title = "AWS Lambda event source mapping",
    .doc = "Reads a stream for a function: in batches, a key always in order, again until a batch succeeds or is given up. Or polls a "
           "queue for it: with a number of slots that grows with the work, deleting what succeeded. A service or an endpoint can "
           "stand for the function. What is processed here is done, for producers with done_at = \"mapping.…\".",
    .key = mapping_keys,
    .n_key = N_MAPPING_KEYS,
    .metric = mapping_metrics,
    .n_metric = N_MAPPING_METRICS,
    .parts = parts,
    .part_name = part_name,
    .part_metric = mapping_part_metrics,
    .n_part_metric = N_MAPPING_PART_METRICS,
    .effects = FAULT_DOWN,
    .check = check,
    .make = make,
    .wire = wire,
    .start = start,
    .conserve = conserve,
    .fault = fault,
    .close = close_mapping,
};
