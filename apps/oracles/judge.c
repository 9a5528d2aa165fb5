/* judge.c - how long rows are simulated, and what is said of them then.
 *
 * Rows whose scenarios are the same text share its runs. A pilot tells each row's standard error;
 * then the run is as long as the row needs that needs most: steady-state studies have a fixed
 * number of long replications, terminating ones as many as it takes. Where laws have heavy tails a
 * pilot tells too little: the run goes on with more replications, a few times at most. Whether it
 * goes on depends on standard errors alone, never on how near the means are. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimate.h"
#include "study.h"

#define REPLICATIONS 64    /* of a steady-state study: long, so that what the ends of a replication do is little */
#define PILOT        20000 /* customers of a pilot's replication */
#define SHORTEST     50000 /* customers of a judged replication */
#define FIRST                                                                                                          \
    20                   /* replications of a terminating study that tell whether chance is in it at all               \
                          */
#define SECOND      2000 /* and those that tell how many it needs */
#define MOST        4e6  /* replications of a terminating study */
#define MARGIN      1.4  /* the pilot's standard error is itself uncertain; */
#define MARGIN_MANY 1.1  /* less so from many replications */
#define ROUNDS      6
#define PER_SECOND                                                                                                     \
    1.5e6 /* customers a second and core, for the budget; not measured, so that verdicts do not                        \
           * hang on the machine */

double judge_cap(const struct row *row)
{
    const char *m = row->metric;
    const char *quantile = strstr(m, "quantile_");
    double p = 0;
    if (quantile != NULL)
        sscanf(quantile, "quantile_%lf", &p);
    if (p >= 0.999 || strstr(m, "var") != NULL || strstr(m, "second_moment") != NULL)
        return 0.02;
    if (p >= 0.95 || strncmp(m, "sd_", 3) == 0)
        return 0.01;
    if (m[0] == 'P' && row->value < 0.001)
        return 0.03;
    if (m[0] == 'P' && row->value < 0.01)
        return 0.02;
    return 0.005;
}

static const struct row *row_of(const struct group *g, size_t member)
{
    return &g->rows->item[g->member[member]];
}

/* Values that do not vary must be right to the histogram's and the clock's resolution. */
static bool is_exact(const struct row *row, const struct estimate *e, double tolerance)
{
    double near = fmax(tolerance, 1e-6 * (1 + fabs(row->value)));
    return e->se <= 1e-9 * (1 + fabs(row->value)) && fabs(e->mean - row->value) <= near;
}

/* Limits of infinitely many servers have a tolerance for that, and no need to be nearer. */
static bool is_limit(const struct row *row)
{
    return strcmp(row->kind, "exact (N->inf)") == 0;
}

/* How many times more observations the neediest row wants. */
static double need(const struct study *s)
{
    double most = 0;
    for (size_t k = 0; k < s->group->n; k++) {
        const struct row *row = row_of(s->group, k);
        struct estimate e = study_estimate(s, k);
        double enough = judge_cap(row) * fabs(row->value != 0 ? row->value : 1);
        double relative = e.se / (is_limit(row) ? mapping_tolerance(s->group->map, row) / 2 : enough);
        if (relative * relative > most)
            most = relative * relative;
    }
    return most;
}

static void judge(const struct study *s, struct verdict *verdicts)
{
    for (size_t k = 0; k < s->group->n; k++) {
        const struct row *row = row_of(s->group, k);
        struct verdict *v = &verdicts[s->group->member[k]];
        struct estimate e = study_estimate(s, k);
        double tolerance = mapping_tolerance(s->group->map, row);
        bool exact = is_exact(row, &e, tolerance);
        double published = 0; /* standard error of a published value */
        param_number(row, "se", &published);
        *v = (struct verdict){e.mean, e.se, exact ? 0 : (e.mean - row->value) / hypot(e.se, published), "fail", NULL};
        if (isnan(e.mean) || (e.n < ESTIMATE_MIN && e.n != s->group->map->runs))
            v->reason = "the simulation does not give this metric";
        else if (!exact && e.se > fmax(judge_cap(row) * fabs(row->value), fmax(2 * published, tolerance / 2)))
            v->reason = "lacks precision: standard error too large to mean anything";
        else if (!exact && fabs(e.mean - row->value) > 4.5 * hypot(e.se, published) + tolerance)
            v->reason = "more than 4.5 standard errors away";
        else
            v->text = "pass";
    }
}

/* Goes on until every row has its precision, or there are `most` replications. */
static bool go_on(struct study *s, double most, const struct judge_options *o, struct err *err)
{
    bool good = true;
    for (int round = 0; good && round < ROUNDS; round++) {
        double more = need(s);
        if (more <= 1)
            return true;
        good = study_grow(s, (size_t)fmin(ceil((double)s->n * fmin(more * MARGIN_MANY, 8)), most), o->threads, err);
    }
    return good;
}

static bool run_steady(struct study *s, const struct group *g, const struct judge_options *o, struct err *err)
{
    if (!study_open(s, g, PILOT, 1, err) || !study_grow(s, REPLICATIONS, o->threads, err))
        return false;
    double most = o->budget_s * PER_SECOND;
    double customers = fmin(fmax(MARGIN * need(s) * PILOT, SHORTEST), most / REPLICATIONS);
    study_close(s);
    return study_open(s, g, customers, 2, err) && study_grow(s, REPLICATIONS, o->threads, err) &&
           go_on(s, fmax(most / customers, REPLICATIONS), o, err);
}

static bool run_terminating(struct study *s, const struct group *g, const struct judge_options *o, struct err *err)
{
    if (!study_open(s, g, PILOT, 1, err) || !study_grow(s, g->map->runs > 0 ? g->map->runs : FIRST, o->threads, err))
        return false;
    if (g->map->runs > 0)
        return !is_limit(row_of(g, 0)) || go_on(s, MOST, o, err);
    if (need(s) < 1e-12) /* no chance in it */
        return true;
    return study_grow(s, SECOND, o->threads, err) && go_on(s, MOST, o, err);
}

static bool judge_group(const struct group *g, struct verdict *verdicts, const struct judge_options *o, struct err *err)
{
    struct study s = {0};
    bool good = g->map->steady ? run_steady(&s, g, o, err) : run_terminating(&s, g, o, err);
    if (good)
        judge(&s, verdicts);
    if (good && o->verbose)
        fprintf(stderr, "%s: %zu rows, %zu replications of %.3g s\n", row_of(g, 0)->id, g->n, s.n,
                (double)scenario_spec(s.scenario)->duration / 1e9);
    study_close(&s);
    return good;
}

/* The scenario's text at a nominal length is the group's identity. */
static char *identity(const struct row *row, const struct mapping *map)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    bool good = out != NULL && mapping_scenario(map, row, PILOT, out);
    if (out != NULL)
        fclose(out);
    if (!good) {
        free(text);
        return NULL;
    }
    return text;
}

/* A share that so many customers do not show with the precision it needs. */
static bool too_rare(const struct row *row, double customers)
{
    double cap = judge_cap(row);
    return row->metric[0] == 'P' && strcmp(row->kind, "published") != 0 && row->value > 0 &&
           MARGIN * (1 - row->value) / row->value / (cap * cap) > customers;
}

/* True when the verdict is there without a run. */
static bool settled(const struct row *row, const struct mapping *map, const struct judge_options *o, struct verdict *v)
{
    *v = (struct verdict){NAN, NAN, NAN, "not-expressible", NULL};
    if (strcmp(row->kind, "exact") != 0 && strcmp(row->kind, "numeric") != 0 && strcmp(row->kind, "published") != 0 &&
        !is_limit(row))
        v->reason = "an approximation, a limit or a bound, not a value to reproduce";
    else if (map == NULL)
        v->reason = "its model has no scenario yet";
    else
        v->reason = mapping_refuse(map, row);
    if (v->reason == NULL && too_rare(row, o->budget_s * PER_SECOND))
        v->reason = "too rare: with the precision that it needs it takes more requests than "
                    "--budget allows";
    if (v->reason == NULL)
        v->text = "not-run";
    return v->reason != NULL;
}

/* Judges row i and all later ones that share its scenario; their texts are done with. */
static bool judge_alike(const struct rows *rows, char **text, size_t i, size_t *member, struct verdict *verdicts,
                        const struct judge_options *o, struct err *err)
{
    struct group g = {rows, mapping_find(&rows->item[i]), member, 0};
    for (size_t k = i; k < rows->n; k++) {
        const struct mapping *map = mapping_find(&rows->item[k]);
        if (text[k] == NULL || map->measures != g.map->measures || map->sample != g.map->sample ||
            strcmp(text[k], text[i]) != 0)
            continue;
        member[g.n++] = k;
        if (k != i) {
            free(text[k]);
            text[k] = NULL;
        }
    }
    return judge_group(&g, verdicts, o, err);
}

bool judge_rows(const struct rows *rows, struct verdict *verdicts, const struct judge_options *o, struct err *err)
{
    char **text = calloc(rows->n + 1, sizeof *text);
    size_t *member = calloc(rows->n + 1, sizeof *member);
    bool good = (text != NULL && member != NULL) || err_set(err, ERR_OS, "out of memory");
    for (size_t i = 0; good && i < rows->n; i++) {
        const struct mapping *map = mapping_find(&rows->item[i]);
        if (!settled(&rows->item[i], map, o, &verdicts[i]) && (text[i] = identity(&rows->item[i], map)) == NULL)
            verdicts[i] = (struct verdict){NAN, NAN, NAN, "not-expressible", "its parameters are not known"};
    }
    for (size_t i = 0; good && !o->dry && i < rows->n; i++)
        good = text[i] == NULL || judge_alike(rows, text, i, member, verdicts, o, err);
    for (size_t i = 0; text != NULL && i < rows->n; i++)
        free(text[i]);
    free(text);
    free(member);
    return good;
}
