/* variant.c - a scenario with further overrides. Trees are never changed once read, so a variant
 * begins with the base's and shares all that its overrides leave alone; only typed values are made
 * anew. */
#include <libconfig.h>
#include <string.h>

#include "codes.h"
#include "mem.h"
#include "scenario_int.h"
#include "world.h"

static void share_sources(struct scenario *s, const struct sources *base)
{
    s->sources.item = pool_array(&s->pool, base->n, sizeof(struct source *));
    memcpy(s->sources.item, base->item, base->n * sizeof(struct source *));
    s->sources.n = s->sources.cap = base->n;
}

static void make(struct scenario *s, const struct scenario *base,
                 const struct scenario_options *options, const char *origin)
{
    s->path = base->path;
    share_sources(s, &base->sources);
    s->root = base->root;
    override_apply(s, options, origin);
    build_spec(s);
    s->spec.asked = base->spec.asked;
    s->title = s->spec.title != NULL ? s->spec.title : base->title;
    s->spec.title = s->title;
    s->metric = world_metrics(&s->spec, &s->spec.arena, &s->n_metric);
    if (s->metric == NULL)
        longjmp(s->pool.out, 1);
    s->expect = base->expect;
    s->n_expect = base->n_expect;
}

/* Alone in a function, so that no local variable lives across the jump. */
static bool make_or_leave(struct scenario *s, const struct scenario *base,
                          const struct scenario_options *options, const char *origin)
{
    if (setjmp(s->pool.out) != 0)
        return false;
    make(s, base, options, origin);
    return true;
}

bool scenario_variant(struct scenario **out, const struct scenario *base,
                      const struct scenario_options *options, const char *origin,
                      struct problems *problems)
{
    struct scenario *s = mem_get_zero(1, sizeof(*s));
    *out = s;
    if (s != NULL)
        s->problems = problems;
    if (s == NULL || !make_or_leave(s, base, options, origin)) {
        struct problem *p =
            problem_add(problems, SEVERITY_ERROR, AB_MEMORY, NULL, "memory is short");
        p->class = ERR_OS;
    }
    if (s != NULL && s->config != NULL) {
        config_destroy(s->config);
        mem_release(s->config);
        s->config = NULL;
    }
    if (s != NULL)
        s->problems = NULL;
    problems_sort(problems);
    return problems->n_errors == 0;
}
