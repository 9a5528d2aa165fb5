/* world.c - the life of a trial: entities made, wired and started in the order of (kind, id), invariants looked at while it
 * runs, results taken at its end. */
#include "world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "mem.h"
#include "steps.h"
#include "world_metrics.h"

#define SAMPLES   64      /* instants at which every entity's invariants are checked */
#define SPINS_MAX 1000000 /* of one worker or user at one instant */
#define SPINS_ALL 3000000 /* of all of them */

static bool short_of_memory(struct err *err)
{
    return err_set(err, ERR_OS, "not enough memory for this scenario");
}

static void broken(struct world *w, const struct entity *e, const struct err *what)
{
    world_break(w, ERR_INTERNAL, "an invariant does not hold at %" PRId64 " ns: %s: %s", world_now(w), e->spec->path,
                what->text);
}

static void check_all(struct world *w)
{
    for (uint32_t i = 0; i < w->spec->n_entity && !err_is_set(&w->broken); i++) {
        struct entity *e = w->entity[i];
        struct err err = {0};
        if (e->room->conserve != NULL && !e->room->conserve(e, world_now(w), &err))
            broken(w, e, &err);
    }
}

static void sample(struct sim *s, struct sim_timer *t)
{
    struct world *w = CONTAINER_OF(t, struct world, sampler);
    check_all(w);
    sim_time step = w->end / SAMPLES;
    if (step > 0 && sim_now(s) + step < w->end)
        sim_after(s, t, step);
}

static void end_warmup(struct sim *s, struct sim_timer *t)
{
    (void)s;
    metrics_reset(CONTAINER_OF(t, struct world, warm));
}

static bool make_all(struct world *w)
{
    const struct spec *spec = w->spec;
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct spec_entity *se = &spec->entity[i];
        CHECK(se->index == i);
        struct entity *e = se->room->make(w, se);
        if (e == NULL)
            return false;
        metrics_made(e);
        w->entity[i] = e;
    }
    return true;
}

void entity_init(struct entity *e, struct world *w, const struct spec_entity *spec)
{
    *e = (struct entity){
        .room = spec->room, .spec = spec, .world = w, .index = spec->index, .print = TRACE_START};
}

static bool wire_all(struct world *w)
{
    for (uint32_t i = 0; i < w->spec->n_entity; i++) {
        struct entity *e = w->entity[i];
        if (e->room->wire != NULL && !e->room->wire(e))
            return false;
    }
    return true;
}

static void start_all(struct world *w)
{
    sim_timer_init(&w->warm, SIM_STATE, end_warmup);
    sim_timer_init(&w->sampler, SIM_SAMPLE, sample);
    if (w->spec->warmup > 0)
        sim_at(w->sim, &w->warm, w->spec->warmup);
    sim_at(w->sim, &w->sampler, w->end / SAMPLES);
    for (uint32_t i = 0; i < w->spec->n_entity; i++) {
        struct entity *e = w->entity[i];
        if (e->room->start != NULL)
            e->room->start(e);
    }
}

static bool build(struct world *w)
{
    w->sim = sim_open();
    w->entity = arena_get(&w->arena, (w->spec->n_entity + 1) * sizeof(struct entity *));
    if (w->sim == NULL || w->entity == NULL || !request_table_open(w) || !metrics_open(w))
        return false;
    if (!make_all(w) || !wire_all(w) || w->requests.failed || err_is_set(&w->broken))
        return false;
    start_all(w);
    metrics_start(w);
    return true;
}

struct world *world_open(const struct spec *spec, uint32_t replication, struct err *err)
{
    struct world *w = mem_get_zero(1, sizeof(*w));
    if (w == NULL) {
        short_of_memory(err);
        return NULL;
    }
    CHECK(spec->duration > 0 && (!spec->series || spec->interval > 0));
    arena_init(&w->arena);
    map64_init(&w->streams);
    stock_init(&w->calls, sizeof(struct wire_call));
    slab_init(&w->fans, fan_bytes);
    slab_init(&w->branches, fan_branch_bytes);
    slab_init(&w->requests.slab, sizeof(struct request));
    w->spec = spec;
    w->seed = spec->seed;
    w->replication = replication;
    w->end = spec->duration + spec->drain;
    if (!build(w)) {
        if (err_is_set(&w->broken))
            err_set(err, w->broken.class, "%s", w->broken.text);
        world_close(w);
        short_of_memory(err);
        return NULL;
    }
    return w;
}

void world_close(struct world *w)
{
    if (w == NULL)
        return;
    for (uint32_t i = 0; w->entity != NULL && i < w->spec->n_entity; i++) {
        struct entity *e = w->entity[i];
        if (e != NULL && e->room->close != NULL)
            e->room->close(e);
    }
    if (w->metric != NULL)
        metrics_close(w);
    life_free(&w->life);
    request_table_close(w);
    stock_free(&w->calls);
    slab_free(&w->fans);
    slab_free(&w->branches);
    map64_free(&w->streams);
    sim_close(w->sim);
    arena_free(&w->arena);
    mem_release(w);
}

void world_break(struct world *w, enum err_class class, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    err_set(&w->broken, class, "%s (seed %" PRIu64 ", replication %" PRIu32 ")", text, w->seed, w->replication);
    if (w->sim != NULL)
        sim_halt(w->sim);
}

bool world_spins(struct entity *e, struct world_spin *spin)
{
    sim_time now = world_now(e->world);
    if (now != spin->at)
        *spin = (struct world_spin){.at = now};
    if (now != e->world->spin.at)
        e->world->spin = (struct world_spin){.at = now};
    if (++spin->times <= SPINS_MAX && ++e->world->spin.times <= SPINS_ALL)
        return false;
    world_break(e->world, ERR_DATA, "%s comes back again and again at %" PRId64 " ns without any time passing: give its work, "
                "its pauses or its calls a time", e->spec->path, now);
    return true;
}

static void check_fates(struct world *w, const struct fates *f)
{
    if (f->offered != f->in_time + f->late + f->waiting + f->lost)
        world_break(w, ERR_INTERNAL,
                    "fates do not add up: offered %" PRIu64 ", in_time %" PRIu64 ", late %" PRIu64 ", waiting %" PRIu64
                    ", lost %" PRIu64,
                    f->offered, f->in_time, f->late, f->waiting, f->lost);
}

static void take_prints(struct world *w, struct result *r)
{
    r->run_fingerprint = TRACE_START;
    for (uint32_t i = 0; i < w->spec->n_entity; i++) {
        r->fingerprint[i] = w->entity[i]->print;
        trace_fold(&r->run_fingerprint, 0, 0, r->fingerprint[i]);
    }
}

static bool finish(struct world *w, struct result *r)
{
    check_all(w);
    request_finish(w);
    for (uint32_t i = 0; i < w->spec->n_entity; i++) {
        struct entity *e = w->entity[i];
        if (e->room->finish != NULL)
            e->room->finish(e, world_now(w));
    }
    r->observed = w->spec->duration - w->spec->warmup;
    r->events = sim_events(w->sim);
    r->life = w->life;
    w->life = (struct life){0};
    take_prints(w, r);
    bool ok = metrics_take(w, r);
    check_fates(w, &r->fates);
    return ok && !w->failed && !w->requests.failed && !sim_failed(w->sim) && !r->life.failed;
}

struct result *world_finish(struct world *w, struct err *err)
{
    struct result *r = result_new(metrics_scenario() + w->n_metric, w->spec->n_entity);
    if (r == NULL || !finish(w, r)) {
        result_free(r);
        short_of_memory(err);
        return NULL;
    }
    if (err_is_set(&w->broken)) {
        result_free(r);
        err_set(err, w->broken.class, "%s", w->broken.text);
        return NULL;
    }
    return r;
}

struct result *world_run(const struct spec *spec, uint32_t replication, const volatile int *stop, struct err *err)
{
    struct world *w = world_open(spec, replication, err);
    if (w == NULL)
        return NULL;
    bool whole = world_go(w, stop);
    struct result *r = world_finish(w, err);
    if (r != NULL)
        r->stopped = !whole;
    world_close(w);
    return r;
}

/* Names are hashed to keys of 64 bits. In one of 10^13 scenarios with a thousand streams two of them meet, and would be the
 * same numbers without anybody noticing. */
static void claim_stream(struct world *w, const struct rng_stream *s, const char *name)
{
    uint64_t key = (uint64_t)s->key[1] << 32 | s->key[0], used;
    if (map64_get(&w->streams, key, &used))
        world_break(w, ERR_DATA, "the random stream '%.200s' is that of another use: give the entity another id", name);
    else if (!map64_put(&w->streams, key, 1))
        w->failed = true;
}

sim_time world_next_look(const struct world *w, sim_time now)
{
    sim_time minute = (now / SIM_MIN + 1) * SIM_MIN, step = w->end / 60;
    if (step <= 0 || step >= SIM_MIN)
        return minute;
    sim_time next = (now / step + 1) * step;
    return next < minute ? next : minute;
}

struct rng_stream entity_stream(const struct entity *e, const char *use)
{
    char name[1024];
    int n = snprintf(name, sizeof(name), "%s/%s", e->spec->path, use);
    CHECK(n > 0 && (size_t)n < sizeof(name));
    struct rng_stream stream = rng_stream(e->world->seed, name, e->world->replication);
    claim_stream(e->world, &stream, name);
    return stream;
}

bool world_set(struct world *w, struct entity *e, unsigned key, const struct value *v)
{
    CHECK(e->world == w);
    const struct room *room = e->room;
    if (key >= room->n_key || room->set == NULL)
        return false;
    if ((room->key[key].flags & KEY_RUNTIME) == 0 || room->key[key].type != v->type)
        return false;
    room->set(e, key, v);
    return true;
}
