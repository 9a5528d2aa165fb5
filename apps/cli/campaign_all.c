/* campaign_all.c - all points, each until it is precise enough, and what came out. */
#include <math.h>
#include <stdlib.h>

#include "campaign.h"
#include "cli.h"
#include "stopping.h"

/* --- all points --- */

static bool precise(const struct campaign *c, size_t point)
{
    for (size_t i = 0; i < c->runner.precision.n; i++) {
        const struct precision_target *t = &c->runner.precision.target[i];
        if (!precision_look(t, campaign_values(c, point, t->column), c->point[point].n).met)
            return false;
    }
    return true;
}

static int run_rounds(struct campaign *c, size_t *list)
{
    uint32_t most = c->runner.precision.most;
    int      code = 0;
    for (uint32_t n = stopping_next(0, most);; n = stopping_next(n, most)) {
        size_t open = 0;
        for (size_t i = 0; i < c->n_point; i++)
            if (c->point[i].n < n && (c->point[i].n == 0 || !precise(c, i)))
                list[open++] = i;
        if (open == 0 || code != 0)
            return code;
        code = campaign_run(c, list, open, n);
    }
}

int campaign_run_all(struct campaign *c)
{
    size_t *list = calloc(c->n_point + 1, sizeof *list);
    if (list == NULL)
        return cli_failf(ERR_OS, "memory is short");
    for (size_t i = 0; i < c->n_point; i++)
        list[i] = i;
    int code = c->runner.precision.on ? run_rounds(c, list) : campaign_run(c, list, c->n_point, c->runner.item[0].replications);
    free(list);
    return code;
}

/* --- what came out --- */

const double *campaign_values(const struct campaign *c, size_t point, size_t column)
{
    return c->point[point].x + column * c->point[point].cap;
}

struct estimate campaign_estimate(const struct campaign *c, size_t point, size_t column)
{
    return estimate_mean(campaign_values(c, point, column), c->point[point].n, SAMPLES_LEVEL);
}

double campaign_width(const struct campaign *c)
{
    const struct precision *p = &c->runner.precision;
    size_t                  n = p->on ? p->n : c->runner.item[0].columns.n;
    double                  widest = NAN;
    for (size_t i = 0; i < c->n_point; i++)
        for (size_t k = 0; c->point[i].n > 0 && k < n; k++) {
            struct estimate e = campaign_estimate(c, i, p->on ? p->target[k].column : k);
            double          width = stopping_width(&e);
            if (isfinite(width) && !(width <= widest))
                widest = width;
        }
    return widest;
}
