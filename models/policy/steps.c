/* steps.c - steps one after another, each by a caller. */
#include "steps.h"

#include <stdio.h>

#include "check_codes.h"
#include "mem.h"
#include "walk.h"

/* --- checks --- */

struct walk { /* over the entities that calls reach */
    const struct spec_entity *goal;
    bool                     *seen;
    bool                      calls, forwards; /* the edges that are followed */
};

static bool reaches(const struct spec_entity *from, struct walk *);

static bool reaches_target(const struct value *target, struct walk *w)
{
    const struct spec_entity *next = target->absent ? NULL : target->ref;
    if (next == NULL || w->seen[next->index])
        return false;
    w->seen[next->index] = true;
    return next == w->goal || reaches(next, w);
}

static bool reaches_by(const struct spec_entity *from, const char *setting, struct walk *w)
{
    const struct value *list = spec_named(from, setting);
    for (uint32_t i = 0; list != NULL && i < list->list.n; i++) {
        const struct value *group = &list->list.item[i], *targets = value_field(group, CALLER_TARGETS);
        if (reaches_target(value_field(group, CALLER_TARGET), w))
            return true;
        for (uint32_t k = 0; k < targets->list.n; k++) {
            if (reaches_target(&targets->list.item[k], w))
                return true;
        }
    }
    return false;
}

static bool reaches(const struct spec_entity *from, struct walk *w)
{
    return (w->calls && reaches_by(from, "calls", w)) || (w->forwards && reaches_by(from, "forwards", w));
}

/* Whether a call of the entity comes back to it, over calls and forwards of others. */
static bool calls_itself(const struct spec_entity *e, bool *seen)
{
    struct walk w = {.goal = e, .seen = seen, .calls = true, .forwards = true};
    return reaches_by(e, "calls", &w);
}

static void check_settings(const struct spec_entity *e, struct problems *p)
{
    static const char *const settings[] = {"calls", "sends", "forwards"};
    for (unsigned i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        const struct value *list = spec_named(e, settings[i]);
        for (uint32_t k = 0; list != NULL && k < list->list.n; k++)
            caller_check(e, &list->list.item[k], p);
    }
}

void steps_check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    bool *seen = mem_get_zero(spec->n_entity, sizeof(*seen));
    if (seen == NULL)
        p->failed = true;
    else if (calls_itself(e, seen))
        problem_add(p, SEVERITY_ERROR, CHECK_NO_TIME, &spec_named(e, "calls")->place,
                    "the calls of %s come back to it: they would never end", e->path);
    mem_release(seen);
    check_settings(e, p);
}

bool steps_ring(const struct spec *spec, const struct spec_entity *e)
{
    bool *seen = mem_get_zero(spec->n_entity, sizeof(*seen));
    struct walk w = {.goal = e, .seen = seen, .forwards = true};
    bool ring = seen == NULL || reaches(e, &w);
    mem_release(seen);
    return ring;
}

/* Certain to be forwarded when its work is done. */
static bool always_forwards(const struct spec_entity *e)
{
    const struct value *list = spec_named(e, "forwards");
    int64_t sum = 0;
    for (uint32_t i = 0; list != NULL && i < list->list.n; i++)
        sum += value_field(&list->list.item[i], CALLER_CHANCE)->i;
    return sum >= WALK_ALWAYS;
}

static bool ends(const struct spec_entity *e, bool *seen);

static bool ends_at(const struct value *target, bool *seen)
{
    const struct spec_entity *next = target->absent ? NULL : target->ref;
    if (next == NULL || seen[next->index])
        return false;
    seen[next->index] = true;
    return ends(next, seen);
}

static bool ends(const struct spec_entity *e, bool *seen)
{
    const struct value *list = spec_named(e, "forwards");
    if (!always_forwards(e))
        return true;
    for (uint32_t i = 0; i < list->list.n; i++) {
        const struct value *group = &list->list.item[i], *targets = value_field(group, CALLER_TARGETS);
        bool can = value_field(group, CALLER_CHANCE)->i > 0;
        if (can && ends_at(value_field(group, CALLER_TARGET), seen))
            return true;
        for (uint32_t k = 0; can && k < targets->list.n; k++) {
            if (ends_at(&targets->list.item[k], seen))
                return true;
        }
    }
    return false;
}

bool steps_ends(const struct spec *spec, const struct spec_entity *e)
{
    bool *seen = mem_get_zero(spec->n_entity, sizeof(*seen));
    bool end = seen == NULL || ends(e, seen);
    mem_release(seen);
    return end;
}

/* --- policies --- */

static bool has_target(const struct caller_policy *p, const struct entity *e)
{
    if (p->target == e)
        return true;
    for (uint32_t i = 0; p->more != NULL && i < p->more->targets.n; i++) {
        if (p->more->targets.target[i] == e)
            return true;
    }
    return false;
}

static bool shares_target(const struct caller_policy *a, const struct caller_policy *b)
{
    if (a->target != NULL)
        return has_target(b, a->target);
    for (uint32_t i = 0; a->more != NULL && i < a->more->targets.n; i++) {
        if (has_target(b, a->more->targets.target[i]))
            return true;
    }
    return false;
}

/* Two steps to one target are told apart by their attempt codes: the second counts on where the first ends, so that
 * they draw different work. */
static void share_digits(struct steps *s)
{
    for (uint32_t i = 0; i < s->n; i++) {
        struct caller_policy *p = &s->policy[i];
        for (uint32_t k = 0; k < s->n; k++) {
            if (k == i || !shares_target(p, &s->policy[k]))
                continue;
            p->radix += s->policy[k].span;
            if (k < i)
                p->first += s->policy[k].span;
        }
    }
}

static void set_up(struct steps *s)
{
    share_digits(s);
    s->straight = s->n > 0 && s->policy->chance == WALK_ALWAYS && s->policy->parallel == 1;
}

static bool add_list(struct steps *s, struct entity *owner, const struct value *list, const char *word,
                     struct steps_counters counters)
{
    for (uint32_t i = 0; i < list->list.n; i++) {
        const struct value *group = &list->list.item[i];
        struct caller_policy *p = &s->policy[s->n++];
        char use[64];
        snprintf(use, sizeof(use), "%s[%u]", word, (unsigned)i);
        struct entity *target = world_entity(owner->world, value_field(group, CALLER_TARGET)->ref);
        if (!caller_policy_init(p, owner, group, target, use))
            return false;
        p->tries = counters.tries;
        p->retries = counters.retries;
        p->timeouts = counters.timeouts;
        p->metrics = counters.metrics;
    }
    return true;
}

bool steps_init(struct steps *s, struct entity *owner, const struct value *calls, const struct value *sends,
                struct steps_counters counters)
{
    s->n = 0;
    s->policy = arena_get(&owner->world->arena, (calls->list.n + sends->list.n + 1) * sizeof(*s->policy));
    if (s->policy == NULL || !add_list(s, owner, calls, "calls", counters) ||
        !add_list(s, owner, sends, "sends", counters))
        return false;
    set_up(s);
    return true;
}

bool steps_init_list(struct steps *s, struct entity *owner, const struct value *list, const char *name,
                     struct steps_counters counters)
{
    s->n = 0;
    s->policy = arena_get(&owner->world->arena, (list->list.n + 1) * sizeof(*s->policy));
    if (s->policy == NULL || !add_list(s, owner, list, name, counters))
        return false;
    set_up(s);
    return true;
}

/* --- walking --- */

static void next(struct steps_walk *w, const struct job *);

static void over(struct steps_walk *w, enum call_verdict verdict)
{
    walk_over(w, verdict, w->done);
}

static void step_done(struct caller *c, enum call_verdict verdict)
{
    over(CONTAINER_OF(c, struct steps_walk, caller), verdict);
}

EVERY_WAY static void replied(struct wire_call *call, enum call_verdict verdict)
{
    caller_replied(call, verdict, step_done);
}

static bool skips(const struct caller_policy *p, const struct job *job)
{
    if (p->chance == WALK_ALWAYS)
        return false;
    struct job first = *job;
    first.attempt = attempt_code(job->attempt, p->radix, p->first);
    struct rng cell = job_cell(p->owner->world, &p->chance_stream, &first);
    return (int64_t)rng_below(&cell, WALK_ALWAYS) >= p->chance;
}

static void next(struct steps_walk *w, const struct job *job)
{
    struct caller_policy *p = &w->steps->policy[w->at];
    if (skips(p, job)) {
        over(w, CALL_OK);
    } else if (p->parallel > 1) {
        w->caller.policy = p;
        fan_start(w, p, job, over);
    } else {
        struct world *world = p->owner->world;
        caller_begin(&w->caller, p, world, world_now(world), job, request_at(&world->requests, job->request), 0, step_done, replied);
    }
}

void walk_on(struct steps_walk *w)
{
    struct job job = w->caller.job;
    next(w, &job);
}

void walk_first(struct steps_walk *w, const struct job *job)
{
    w->caller.job = *job;
    if (w->steps->n == 0)
        w->done(w, CALL_OK);
    else
        next(w, job);
}

void steps_start(struct steps_walk *w, const struct steps *steps, const struct job *job,
                 void (*done)(struct steps_walk *, enum call_verdict))
{
    w->steps = steps;
    w->fan = NULL;
    w->at = 0;
    w->done = done;
    w->caller.token = 0;
    walk_first(w, job);
}

void steps_stop(struct steps_walk *w)
{
    if (w->fan != NULL)
        fan_stop(w);
    else
        caller_stop(&w->caller);
}
