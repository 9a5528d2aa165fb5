/* fault_room.c - what breaks, when, and for how long.
 *
 * A fault is in force from its time on and ends before the instant `at + for`. Several may overlap
 * on one target: effects join, slowness multiplies, chances of failure combine as independent ones.
 * They are combined anew, in the order of their ids, whenever one of them begins or ends. */
#include "check_codes.h"
#include "world.h"

enum { KEY_TARGET, KEY_EFFECT, KEY_FACTOR, KEY_PROBABILITY, KEY_AT, KEY_FOR, KEY_EVERY, N_KEYS };
enum { EFFECT_DOWN, EFFECT_HANG, EFFECT_SLOW, EFFECT_FAIL, EFFECT_STOP };
enum { TRACE_BEGIN = 1, TRACE_END };

#define PPB INT64_C(1000000000)

static const struct key keys[N_KEYS] = {
    [KEY_TARGET] = {.name = "target",
                    .type = VALUE_REF,
                    .flags = KEY_REQUIRED,
                    .refs = "service|database|queue|topic|bus|stream|firehose|destination|endpoint|fleet|function|mapping|consumer|producer",
                    .doc = "What it befalls."},
    [KEY_EFFECT] = {.name = "effect",
                    .type = VALUE_CHOICE,
                    .flags = KEY_REQUIRED,
                    .choices = "down|hang|slow|fail|stop",
                    .doc = "down: refuses, and what is under way breaks off; hang: takes and never "
                           "answers; slow: takes "
                           "`factor` times as long; fail: goes wrong with `probability`, a service "
                           "after its work, calls and "
                           "sends are done; stop: stands still, and what is under way or waits "
                           "goes on afterwards."},
    [KEY_FACTOR] = {.name = "factor",
                    .type = VALUE_NUMBER,
                    .low = "0",
                    .doc = "slow: what times are multiplied by."},
    [KEY_PROBABILITY] = {.name = "probability", .type = VALUE_SHARE, .doc = "fail: how likely."},
    [KEY_AT] = {.name = "at",
                .type = VALUE_DURATION,
                .flags = KEY_REQUIRED,
                .high = "3650d",
                .doc = "When it begins, from the start of the run."},
    [KEY_FOR] = {.name = "for",
                 .type = VALUE_DURATION,
                 .low = "1ns",
                 .high = "3650d",
                 .doc = "How long it lasts. Default: to the end."},
    [KEY_EVERY] = {.name = "every",
                   .type = VALUE_DURATION,
                   .low = "1ns",
                   .high = "3650d",
                   .doc = "It comes back so long after each beginning. Default: once."},
};

struct fault {
    struct entity e; /* first */
    struct entity *target;
    struct sim_timer timer;
    sim_time length, every; /* SIM_NEVER: to the end; once */
    unsigned effect;
    double factor;
    int64_t probability;
    bool active;
    sim_time began;
};

static void join(struct fault_state *s, const struct fault *f)
{
    s->active |= f->effect;
    if (f->effect == FAULT_SLOW)
        s->factor *= f->factor;
    if (f->effect == FAULT_FAIL)
        s->probability += f->probability - s->probability * f->probability / PPB;
}

static void tell(const struct fault *changed)
{
    struct world *w = changed->e.world;
    struct fault_state s = {.factor = 1};
    for (uint32_t i = 0; i < w->spec->n_entity; i++) {
        const struct fault *f = (const struct fault *)w->entity[i];
        if (f->e.room == changed->e.room && f->active && f->target == changed->target)
            join(&s, f);
    }
    changed->target->faults = s.active;
    changed->target->room->fault(changed->target, &s);
}

static void turn(struct sim *sim, struct sim_timer *t)
{
    struct fault *f = CONTAINER_OF(t, struct fault, timer);
    f->active = !f->active;
    entity_trace(&f->e, f->active ? TRACE_BEGIN : TRACE_END, f->effect);
    if (f->active) {
        f->began = sim_now(sim);
        if (f->length != SIM_NEVER)
            sim_after(sim, t, f->length);
    } else if (f->every != SIM_NEVER) {
        sim_at(sim, t, f->began + f->every);
    }
    tell(f);
}

static void needs(const struct spec_entity *e, unsigned key, bool needed, struct problems *p)
{
    const struct value *v = spec_value(e, key);
    if (needed && v->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &spec_value(e, KEY_EFFECT)->place,
                    "%s: this effect needs '%s'", e->path, keys[key].name);
    if (!needed && v->given)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &v->place,
                    "%s: '%s' has no meaning with this effect", e->path, keys[key].name);
}

static void check_target(const struct spec_entity *e, struct problems *p)
{
    static const char *const name[] = {"down", "hang", "slow", "fail", "stop"};
    const struct value *effect = spec_value(e, KEY_EFFECT);
    const struct spec_entity *target = spec_value(e, KEY_TARGET)->ref;
    if (target == NULL || effect->absent)
        return;
    if (target->room->fault != NULL && (target->room->effects >> effect->i & 1) != 0)
        return;
    char can[60] = "";
    for (unsigned i = 0; i < ARRAY_LEN(name); i++) {
        if (target->room->fault != NULL && (target->room->effects >> i & 1) != 0)
            snprintf(can + strlen(can), sizeof(can) - strlen(can), "%s%s", *can != '\0' ? ", " : "",
                     name[i]);
    }
    problem_note(problem_add(p, SEVERITY_ERROR, CHECK_TARGET, &effect->place,
                             "%s: a %s cannot be '%s'", e->path, target->kind, name[effect->i]),
                 "a %s can be: %s", target->kind, can);
}

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    (void)spec;
    const struct value *effect = spec_value(e, KEY_EFFECT), *length = spec_value(e, KEY_FOR),
                       *every = spec_value(e, KEY_EVERY);
    check_target(e, p);
    if (!effect->absent) {
        needs(e, KEY_FACTOR, effect->i == EFFECT_SLOW, p);
        needs(e, KEY_PROBABILITY, effect->i == EFFECT_FAIL, p);
    }
    if (every->absent)
        return;
    if (length->absent) {
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &every->place, "%s: 'every' needs 'for'",
                    e->path);
    } else if (length->i >= every->i) {
        struct problem *x = problem_add(p, SEVERITY_ERROR, CHECK_OVERLAP, &every->place,
                                        "%s comes back before it has ended", e->path);
        x->second = length->place;
    }
}

static sim_time or_never(const struct value *v)
{
    return v->absent ? SIM_NEVER : v->i;
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct fault *f = arena_get(&w->arena, sizeof(*f));
    if (f == NULL)
        return NULL;
    entity_init(&f->e, w, spec);
    sim_timer_init(&f->timer, SIM_STATE, turn);
    const struct value *factor = spec_value(spec, KEY_FACTOR),
                       *probability = spec_value(spec, KEY_PROBABILITY);
    f->effect = 1u << spec_int(spec, KEY_EFFECT);
    f->factor = factor->absent ? 1 : factor->number;
    f->probability = probability->absent ? 0 : probability->i;
    f->length = or_never(spec_value(spec, KEY_FOR));
    f->every = or_never(spec_value(spec, KEY_EVERY));
    return &f->e;
}

static bool wire(struct entity *e)
{
    ((struct fault *)e)->target = world_entity(e->world, spec_value(e->spec, KEY_TARGET)->ref);
    return true;
}

static void start(struct entity *e)
{
    sim_at(e->world->sim, &((struct fault *)e)->timer, spec_int(e->spec, KEY_AT));
}

const struct room room_fault = {
    .kind = "fault",
    .title = "Something that breaks",
    .doc = "From `at` on, for a while, perhaps again and again, an entity is down, hangs, is slow, "
           "or fails now and then. "
           "Faults that overlap on one entity add up.",
    .key = keys,
    .n_key = N_KEYS,
    .internal = true,
    .check = check,
    .make = make,
    .wire = wire,
    .start = start,
};
