/* versus.c - all contrasts, then Holm's correction metric by metric. */
#include "versus.h"

#include <string.h>

const struct contrast *versus_find(const struct versus_other *o, const char *name)
{
    for (size_t i = 0; i < o->n; i++)
        if (strcmp(o->list[i].name, name) == 0)
            return &o->list[i];
    return NULL;
}

static bool contrast_all(struct versus *v, size_t other, struct err *err)
{
    const struct runner_scenario *a = &v->runner.item[0], *b = &v->runner.item[other + 1];
    struct versus_other          *o = &v->other[other];
    o->n = contrast_headlines(o->list, &a->samples, &b->samples);
    for (size_t i = 0; i < v->n_column; i++) {
        const struct column *c = &a->columns.item[v->column[i]];
        if (!contrast_values(&o->list[o->n++], c->text, c->unit, runner_values(a, v->column[i]),
                             runner_values(b, v->column[i]), a->samples.n, err))
            return false;
    }
    return o->n > 0 || err_set(err, ERR_DATA,
                               "'%s' and '%s' share no metric: one of them makes no requests, and --metric names no other",
                               a->path, b->path);
}

/* One metric in all pairs that share it. */
static void correct(struct versus *v, const char *name)
{
    struct contrast *c[VERSUS_SCENARIOS];
    double           chance[VERSUS_SCENARIOS], level[VERSUS_SCENARIOS];
    bool             significant[VERSUS_SCENARIOS];
    size_t           n = 0;
    for (size_t i = 0; i + 1 < v->runner.n; i++)
        if ((c[n] = (struct contrast *)versus_find(&v->other[i], name)) != NULL) {
            chance[n] = estimate_chance(&c[n]->paired.difference);
            n++;
        }
    estimate_holm(chance, n, SAMPLES_LEVEL, significant, level);
    for (size_t i = 0; i < n; i++)
        contrast_at(c[i], level[i]);
}

bool versus_judge(struct versus *v, struct err *err)
{
    for (size_t i = 0; i + 1 < v->runner.n; i++)
        if (!contrast_all(v, i, err))
            return false;
    if (v->runner.n <= 2)
        return true;
    for (size_t i = 0; i + 1 < v->runner.n; i++)
        for (size_t m = 0; m < v->other[i].n; m++)
            if (v->other[i].list[m].paired.difference.level == SAMPLES_LEVEL)
                correct(v, v->other[i].list[m].name);
    return true;
}

bool versus_differs(const struct versus *v)
{
    for (size_t i = 0; i + 1 < v->runner.n; i++)
        for (size_t m = 0; m < v->other[i].n; m++) {
            enum contrast_verdict verdict = v->other[i].list[m].verdict;
            if (verdict != CONTRAST_SAME && verdict != CONTRAST_UNDECIDED)
                return true;
        }
    return false;
}
