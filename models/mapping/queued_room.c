/* queued_room.c - a mapping on a queue: its settings, and what Lambda would refuse (LAM-32, LAM-37, LAM-40, LAM-47). */
#include <inttypes.h>

#include "check_codes.h"
#include "queued.h"

bool queued_is(const struct spec_entity *e)
{
    const struct spec_entity *source = spec_value(e, MAPPING_SOURCE)->ref;
    return source != NULL && source->room->pull != NULL;
}

/* --- settings --- */

static int64_t named(const struct spec_entity *e, const char *key, int64_t otherwise)
{
    const struct value *v = e == NULL ? NULL : spec_named(e, key);
    return v == NULL || v->absent ? otherwise : v->i;
}

static void configure(struct esmq_config *c, const struct spec_entity *e)
{
    const struct spec_entity *source = spec_value(e, MAPPING_SOURCE)->ref, *target = spec_value(e, MAPPING_TARGET)->ref;
    const struct value *batch = spec_value(e, MAPPING_BATCH), *most = spec_value(e, MAPPING_MAX_CONCURRENCY), *growth = spec_value(e, MAPPING_GROWTH),
                       *least_pollers = spec_value(e, MAPPING_MIN_POLLERS), *pollers = spec_value(e, MAPPING_MAX_POLLERS),
                       *timeout = spec_value(e, MAPPING_TIMEOUT);
    bool is_function = target != NULL && target->room->invoke != NULL;
    esmq_config_default(c);
    c->fifo = named(source, "type", 0) == 1;
    c->batch = batch->absent ? 10 : (uint32_t)batch->i;
    c->window = spec_int(e, MAPPING_WINDOW);
    c->max_concurrency = most->absent ? 0 : (uint32_t)most->i;
    if (!growth->absent)
        c->growth = (uint32_t)growth->i;
    if (!least_pollers->absent || !pollers->absent) {
        c->min_pollers = least_pollers->absent ? 2 : (uint32_t)least_pollers->i;
        c->max_pollers = pollers->absent ? 200 : (uint32_t)pollers->i;
    }
    c->visibility = named(source, "visibility_timeout", c->visibility);
    c->function_timeout = is_function ? named(target, "timeout", 0) : timeout->absent ? 0 : timeout->i;
}

/* --- life --- */

static bool make_observers(struct queued *m)
{
    struct entity *e = &m->e;
    bool ok = entity_level(e, MM_CONCURRENT, &m->concurrent, 0) && entity_level(e, MM_BLOCKED, &m->blocked, 0) &&
              entity_level(e, MM_BUFFERED, &m->buffered, 0) && entity_level(e, MM_SLOTS, &m->slots, 0);
    for (unsigned k = 0; ok && k < MAPPING_COUNTERS; k++)
        ok = entity_counter(e, MM_INVOCATIONS + k, &m->count[k]);
    return ok && entity_tally(e, MM_AGE, &m->age) && entity_tally(e, MM_BATCH, &m->batch) && entity_tally(e, MM_DURATION, &m->duration);
}

void queued_close(struct entity *e)
{
    struct queued *m = queued_of(e);
    screen_close(&m->screen);
    queued_flights_close(m);
    esmq_close(m->core);
    slab_free(&m->got);
    slab_free(&m->polls);
}

static bool set_up(struct queued *m)
{
    const struct spec_entity *e = m->e.spec;
    const struct value *timeout = spec_value(e, MAPPING_TIMEOUT);
    slab_init(&m->got, sizeof(struct pulled));
    slab_init(&m->polls, sizeof(struct queued_poll));
    slab_init(&m->flights, sizeof(struct queued_flight));
    configure(&m->config, e);
    m->report = spec_int(e, MAPPING_REPORT) != 0;
    m->timeout = timeout->absent ? SIM_NEVER : timeout->i;
    sim_timer_init(&m->timer, SIM_LATE, queued_on_timer);
    return screen_open(&m->screen, e) && esmq_open(&m->core, &m->config, NULL) && make_observers(m);
}

struct entity *queued_make(struct world *w, const struct spec_entity *spec)
{
    struct queued *m = arena_get(&w->arena, sizeof(*m));
    if (m == NULL)
        return NULL;
    entity_init(&m->e, w, spec);
    if (set_up(m))
        return &m->e;
    queued_close(&m->e);
    return NULL;
}

bool queued_wire(struct entity *e)
{
    struct queued *m = queued_of(e);
    m->source = world_entity(e->world, spec_value(e->spec, MAPPING_SOURCE)->ref);
    m->target = world_entity(e->world, spec_value(e->spec, MAPPING_TARGET)->ref);
    m->pull = m->source->room->pull;
    return screen_wire(&m->screen, e->world, false);
}

void queued_start(struct entity *e)
{
    queued_pump(queued_of(e));
}

/* Switched off: nothing is received and no batch begun, what was gathered is left in the queue; what is under way ends. */
void queued_fault(struct entity *e, const struct fault_state *f)
{
    struct queued *m = queued_of(e);
    bool off = (f->active & FAULT_DOWN) != 0;
    esmq_pause(m->core, off);
    if (off)
        queued_withdraw(m);
    queued_pump(m);
}

bool queued_conserve(struct entity *e, sim_time now, struct err *err)
{
    const struct queued *m = queued_of(e);
    struct esmq_gauges g;
    (void)now;
    esmq_gauges(m->core, &g);
    return m->n_taken == m->n_let_go + g.held ||
           err_set(err, ERR_INTERNAL, "messages taken = let go + in batches: %" PRIu64 " is not %" PRIu64 " + %u", m->n_taken,
                   m->n_let_go, g.held);
}

/* --- what a scenario can get wrong --- */

static const struct value *place_of(const struct spec_entity *e, enum esmq_outcome o)
{
    static const enum mapping_key key[ESMQ_OUTCOMES] = {
        [ESMQ_BAD_BATCH] = MAPPING_BATCH,       [ESMQ_BAD_FIFO_BATCH] = MAPPING_BATCH,
        [ESMQ_BAD_WINDOW] = MAPPING_WINDOW,     [ESMQ_NO_WINDOW] = MAPPING_BATCH,
        [ESMQ_FIFO_WINDOW] = MAPPING_WINDOW,    [ESMQ_BAD_CONCURRENCY] = MAPPING_MAX_CONCURRENCY,
        [ESMQ_BAD_POLLERS] = MAPPING_MAX_POLLERS, [ESMQ_TWO_MODES] = MAPPING_MAX_CONCURRENCY,
        [ESMQ_SHORT_VISIBILITY] = MAPPING_SOURCE,
    };
    const struct value *v = spec_value(e, key[o]);
    return v->given ? v : spec_value(e, MAPPING_SOURCE);
}

static const char *rule_of(enum esmq_outcome o)
{
    return o == ESMQ_SHORT_VISIBILITY                        ? "LAM-40"
           : o == ESMQ_BAD_CONCURRENCY                       ? "LAM-37"
           : o == ESMQ_BAD_POLLERS || o == ESMQ_TWO_MODES    ? "LAM-47"
                                                             : "LAM-32";
}

void queued_check(const struct spec_entity *e, struct problems *p)
{
    static const enum mapping_key streams_only[] = {MAPPING_FACTOR,   MAPPING_BISECT, MAPPING_RETRIES,  MAPPING_MAX_AGE,
                                                    MAPPING_ON_FAILURE, MAPPING_TUMBLING, MAPPING_START,  MAPPING_START_AT,
                                                    MAPPING_FAN_OUT,  MAPPING_POLL_INTERVAL, MAPPING_POISON};
    const struct value *timeout = spec_value(e, MAPPING_TIMEOUT), *target = spec_value(e, MAPPING_TARGET);
    struct esmq_config c;
    configure(&c, e);
    enum esmq_outcome o = esmq_judge(&c);
    if (timeout->given && target->ref != NULL && target->ref->room->invoke != NULL)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &timeout->place, "%s: 'timeout' has no meaning where a function has its own",
                    e->path);
    if (o != ESMQ_OK)
        problem_add(p, SEVERITY_ERROR, CHECK_FUNCTION, &place_of(e, o)->place, "InvalidParameterValueException: %s: %s (%s)", e->path,
                    esmq_outcome_text(o), rule_of(o));
    for (unsigned i = 0; i < ARRAY_LEN(streams_only); i++) {
        const struct value *v = spec_value(e, streams_only[i]);
        if (v->given)
            problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &v->place, "%s: '%s' has no meaning where a queue is read", e->path,
                        mapping_keys[streams_only[i]].name);
    }
    screen_check(e, p);
}
