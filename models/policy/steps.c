/* steps.c - steps one after another, each by a caller. */
#include "steps.h"

#include <stdio.h>

#include "check_codes.h"
#include "mem.h"
#include "world.h"

static const struct spec_entity *target_of(const struct value *calls, uint32_t i)
{
    const struct value *target = value_field(&calls->list.item[i], CALLER_TARGET);
    return target->absent ? NULL : target->ref;
}

static bool reaches(const struct spec_entity *from, const struct spec_entity *to, bool *seen)
{
    const struct value *calls = spec_named(from, "calls");
    for (uint32_t i = 0; calls != NULL && i < calls->list.n; i++) {
        const struct spec_entity *next = target_of(calls, i);
        if (next == NULL || seen[next->index])
            continue;
        seen[next->index] = true;
        if (next == to || reaches(next, to, seen))
            return true;
    }
    return false;
}

void steps_check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    bool *seen = mem_get_zero(spec->n_entity, sizeof(*seen));
    if (seen == NULL)
        p->failed = true;
    else if (reaches(e, e, seen))
        problem_add(p, SEVERITY_ERROR, CHECK_NO_TIME, &spec_named(e, "calls")->place,
                    "the calls of %s come back to it: they would never end", e->path);
    mem_release(seen);
}

/* Two steps to one target are told apart by their attempt codes: the second counts on where the first ends, so that
 * they draw different work. */
static void share_digits(struct steps *s)
{
    for (uint32_t i = 0; i < s->n; i++) {
        struct caller_policy *p = &s->policy[i];
        for (uint32_t k = 0; k < s->n; k++) {
            if (k == i || s->policy[k].target != p->target)
                continue;
            p->radix += s->policy[k].attempts;
            if (k < i)
                p->first += s->policy[k].attempts;
        }
    }
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
    share_digits(s);
    return true;
}

static void next(struct steps_walk *w);

static void step_done(struct caller *c, enum call_verdict verdict)
{
    struct steps_walk *w = CONTAINER_OF(c, struct steps_walk, caller);
    w->at++;
    if (verdict == CALL_OK && w->at < w->steps->n)
        next(w);
    else
        w->done(w, verdict);
}

static void next(struct steps_walk *w)
{
    struct job job = w->caller.job;
    caller_start(&w->caller, &w->steps->policy[w->at], &job, step_done);
}

void steps_start(struct steps_walk *w, const struct steps *steps, const struct job *job,
                 void (*done)(struct steps_walk *, enum call_verdict))
{
    w->steps = steps;
    w->at = 0;
    w->done = done;
    if (steps->n == 0) {
        done(w, CALL_OK);
        return;
    }
    w->caller.job = *job;
    next(w);
}

void steps_stop(struct steps_walk *w)
{
    caller_stop(&w->caller);
}
