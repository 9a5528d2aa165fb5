/* fan.c - several calls of one policy at once, each a caller of its own with its timeout and its attempts. All are made
 * before any answer is looked at; the step is over when enough have succeeded, or too many have failed. The others are given
 * up then, as if they had timed out. */
#include "steps.h"

struct branch {
    struct caller  caller;
    struct fan    *fan;
    struct branch *next;
    uint32_t       number; /* in the world's slab */
};
struct fan {
    struct steps_walk *walk;
    struct branch     *first;
    uint32_t           number, n, n_ok, n_failed, need;
    bool               starting;
    enum call_verdict  failure; /* of the last that failed */
    void (*done)(struct steps_walk *, enum call_verdict);
};
const uint32_t fan_bytes = sizeof(struct fan), fan_branch_bytes = sizeof(struct branch);

static void close_fan(struct world *w, struct fan *f)
{
    for (struct branch *b = f->first, *next; b != NULL; b = next) {
        next = b->next;
        caller_stop(&b->caller);
        slab_give(&w->branches, b->number);
    }
    f->walk->fan = NULL;
    slab_give(&w->fans, f->number);
}

static bool decided(const struct fan *f)
{
    return f->n_ok >= f->need || f->n - f->n_failed < f->need;
}

static void finish(struct world *w, struct fan *f)
{
    struct steps_walk *walk = f->walk;
    void (*done)(struct steps_walk *, enum call_verdict) = f->done;
    enum call_verdict verdict = f->n_ok >= f->need ? CALL_OK : f->failure;
    close_fan(w, f);
    done(walk, verdict);
}

static void branch_done(struct caller *c, enum call_verdict verdict)
{
    struct fan *f = CONTAINER_OF(c, struct branch, caller)->fan;
    if (verdict == CALL_OK) {
        f->n_ok++;
    } else {
        f->n_failed++;
        f->failure = verdict;
    }
    if (!f->starting && decided(f))
        finish(c->policy->owner->world, f);
}

static bool add_branches(struct world *w, struct fan *f)
{
    struct branch **at = &f->first;
    for (uint32_t i = 0; i < f->n; i++) {
        uint32_t number = slab_take(&w->branches);
        if (number == SLAB_NONE)
            return false;
        struct branch *b = slab_at(&w->branches, number);
        *b = (struct branch){.fan = f, .number = number, .caller.who = f->walk->caller.who};
        *at = b;
        at = &b->next;
    }
    return true;
}

static struct fan *open_fan(struct world *w, struct steps_walk *walk, const struct caller_policy *p)
{
    uint32_t number = slab_take(&w->fans);
    if (number == SLAB_NONE)
        return NULL;
    struct fan *f = slab_at(&w->fans, number);
    *f = (struct fan){.walk = walk, .number = number, .n = p->parallel, .need = p->need, .starting = true};
    walk->fan = f;
    if (add_branches(w, f))
        return f;
    close_fan(w, f);
    return NULL;
}

void fan_start(struct steps_walk *walk, struct caller_policy *p, const struct job *job,
               void (*done)(struct steps_walk *, enum call_verdict))
{
    struct world *w = p->owner->world;
    struct job copy = *job;
    struct fan *f = open_fan(w, walk, p);
    if (f == NULL) {
        w->failed = true;
        done(walk, CALL_DOWN);
        return;
    }
    f->done = done;
    uint32_t i = 0;
    for (struct branch *b = f->first; b != NULL; b = b->next)
        caller_start_copy(&b->caller, p, &copy, i++, branch_done);
    f->starting = false;
    if (decided(f))
        finish(w, f);
}

void fan_stop(struct steps_walk *walk)
{
    if (walk->fan != NULL)
        close_fan(walk->caller.policy->owner->world, walk->fan);
}
