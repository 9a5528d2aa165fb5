/* judge.c - runs the scenarios that rows ask for and judges each row.
 *
 * Rows whose scenarios are the same text share its runs. A pilot tells each row's standard error; the final run, with
 * fresh random numbers, is long enough (steady state) or has replications enough (terminating) for the row that needs
 * most. Only the final run is judged, so that stopping early cannot flatter. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "estimate.h"
#include "number.h"
#include "oracle.h"
#include "trials.h"
#include "world.h"

#define REPLICATIONS   40    /* of a steady-state study */
#define PILOT          40000 /* customers of a replication */
#define PILOT_TERMINAL 2000  /* replications of a terminating study */
#define MARGIN         2.0   /* the pilot's standard error is itself uncertain */
#define ROUNDS         3
#define TERMINAL_MOST  1500  /* times the pilot's replications */
#define PER_SECOND     1.5e6 /* customers a second and core, for the budget */

struct group { /* rows that share a scenario */
    const struct rows    *rows;
    const struct mapping *map;
    size_t               *member, n;
};

struct study { /* one simulation of a group's scenario */
    const struct group    *group;
    struct scenario       *scenario;
    const struct metric_id *id;
    size_t                 n_id, n; /* replications */
    double                *sample;  /* member-major: sample[member * n + replication] */
    struct err             err;
};

const struct metric_value *view_metric(const struct view *v, const char *entity, const char *name)
{
    for (size_t i = 0; i < v->n; i++) {
        if (strcmp(v->id[i].entity, entity) == 0 && strcmp(v->id[i].name, name) == 0)
            return &v->result->metric[i];
    }
    fprintf(stderr, "no metric %s.%s\n", entity, name);
    CHECK(!"a mapping asks for a metric that no entity has");
}

double view_stat(const struct view *v, const char *entity, const char *name, const char *stat)
{
    struct obs_stat            s;
    const struct metric_value *m = view_metric(v, entity, name);
    CHECK(obs_stat_parse(stat, &s));
    return metric_stat(m, v->id[m - v->result->metric].kind, s, v->result->observed);
}

double judge_cap(const struct row *row)
{
    const char *m = row->metric;
    const char *quantile = strstr(m, "quantile_");
    double      p = 0;
    if (quantile != NULL)
        number_parse(quantile + strlen("quantile_"), &p);
    if (p >= 0.999 || strstr(m, "var") != NULL)
        return 0.02;
    if (p >= 0.95 || strncmp(m, "sd_", 3) == 0)
        return 0.01;
    if (m[0] == 'P' && row->value < 0.001)
        return 0.03;
    if (m[0] == 'P' && row->value < 0.01)
        return 0.02;
    return 0.005;
}

static void *work(void *context, size_t number)
{
    struct study *s = context;
    struct err    err = {0};
    struct result *r = world_run(scenario_spec(s->scenario), (uint32_t)number, NULL, &err);
    if (r == NULL)
        fprintf(stderr, "replication %zu: %s\n", number, err.text);
    return r;
}

static bool sink(void *context, size_t number, void *slot)
{
    struct study  *s = context;
    struct result *r = slot;
    if (r == NULL)
        return err_set(&s->err, ERR_INTERNAL, "a replication failed");
    struct view v = {r, s->id, s->n_id};
    for (size_t k = 0; k < s->group->n; k++) {
        const struct row *row = &s->group->rows->item[s->group->member[k]];
        s->sample[k * s->n + number] = s->group->map->sample(row, &v);
    }
    result_free(r);
    return true;
}

static void drop(void *context, void *slot)
{
    (void)context;
    result_free(slot);
}

/* Writes the scenario to a temporary file and loads it. */
static bool load(struct study *s, double customers, unsigned seed, struct err *err)
{
    char  path[] = "/tmp/afterbay-oracle-XXXXXX";
    int   fd = mkstemp(path);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (out == NULL)
        return err_set(err, ERR_CANTCREAT, "%s: cannot be written", path);
    const struct row *row = &s->group->rows->item[s->group->member[0]];
    bool good = s->group->map->scenario(row, customers, out);
    good = fclose(out) == 0 && good;
    struct problems problems;
    problems_init(&problems);
    char        text[32];
    const char *set[] = {text};
    snprintf(text, sizeof text, "run.seed=%u", seed);
    struct scenario_options options = {set, 1};
    if (!good || !scenario_load(&s->scenario, path, &options, &problems)) {
        const char *why = problems.n > 0 ? problems.item[0].text : "it cannot be written from these parameters";
        good = err_set(err, ERR_INTERNAL, "%s: the scenario of model '%s' (%s): %s", row->id, row->model, row->params, why);
    }
    unlink(path);
    problems_free(&problems);
    return good;
}

static bool simulate(struct study *s, double customers, size_t n, unsigned seed, const struct judge_options *o, struct err *err)
{
    s->n = n;
    s->sample = calloc(s->group->n * n, sizeof *s->sample);
    if (s->sample == NULL)
        return err_set(err, ERR_OS, "out of memory");
    if (!load(s, customers, seed, err))
        return false;
    s->id = scenario_metrics(s->scenario, &s->n_id);
    struct trials t = {.n = n, .threads = o->threads, .context = s, .work = work, .sink = sink, .drop = drop};
    if (trials_run(&t) == n)
        return true;
    *err = s->err;
    return false;
}

static void study_free(struct study *s)
{
    free(s->sample);
    scenario_free(s->scenario);
    *s = (struct study){.group = s->group};
}

/* How many times more observations the neediest row wants. */
static double need(const struct study *s)
{
    double most = 0;
    for (size_t k = 0; k < s->group->n; k++) {
        const struct row *row = &s->group->rows->item[s->group->member[k]];
        struct estimate   e = estimate_mean(s->sample + k * s->n, s->n, 0.95);
        double            relative = e.se / fabs(row->value != 0 ? row->value : 1) / judge_cap(row);
        if (relative * relative > most)
            most = relative * relative;
    }
    return most;
}

static void judge(const struct study *s, struct verdict *verdicts)
{
    for (size_t k = 0; k < s->group->n; k++) {
        size_t            number = s->group->member[k];
        const struct row *row = &s->group->rows->item[number];
        struct verdict   *v = &verdicts[number];
        struct estimate   e = estimate_mean(s->sample + k * s->n, s->n, 0.95);
        double            distance = fabs(e.mean - row->value);
        /* Values that do not vary must be right to the histogram's and the clock's resolution. */
        bool exact = e.se <= 1e-9 * fabs(row->value) && distance <= 1e-6 * (1 + fabs(row->value));
        *v = (struct verdict){e.mean, e.se, exact ? 0 : (e.mean - row->value) / e.se, "fail", NULL};
        if (e.n < ESTIMATE_MIN || isnan(e.mean))
            v->reason = "the simulation does not give this metric";
        else if (!exact && e.se > judge_cap(row) * fabs(row->value))
            v->reason = "standard error too large to mean anything";
        else if (!exact && distance > 4.5 * e.se)
            v->reason = "more than 4.5 standard errors away";
        else
            v->text = "pass";
    }
}

/* The size of the next run: `more` times this one, within the budget. */
static void grow(const struct group *g, const struct judge_options *o, double more, double *customers, size_t *n)
{
    double most = g->map->steady ? o->budget_s * PER_SECOND * o->threads / (*customers * (double)*n)
                                 : (double)PILOT_TERMINAL * TERMINAL_MOST / (double)*n;
    more = fmin(fmax(MARGIN * more, 1), fmax(most, 1));
    if (g->map->steady)
        *customers *= more;
    else
        *n = (size_t)((double)*n * more);
}

/* The pilot's standard errors tell how much more the first run needs; where laws have heavy tails they tell too little,
 * and the run is made again, with fresh random numbers, as its own standard errors ask. Whether a run is judged depends
 * on its standard errors alone, never on how near its means are. */
static bool judge_group(const struct group *g, struct verdict *verdicts, const struct judge_options *o, struct err *err)
{
    struct study s = {.group = g};
    size_t       n = g->map->steady ? REPLICATIONS : PILOT_TERMINAL;
    double       customers = PILOT, more = 1;
    bool         good = simulate(&s, customers, n, 1, o, err);
    for (unsigned round = 0; good && round < ROUNDS && more > 0; round++) {
        grow(g, o, round == 0 ? need(&s) : more, &customers, &n);
        study_free(&s);
        good = simulate(&s, customers, n, 2 + round, o, err);
        more = good ? need(&s) : 0;
        if (more <= 1)
            more = 0;
    }
    if (good)
        judge(&s, verdicts);
    if (good && o->verbose)
        fprintf(stderr, "%s: %zu replications of %.0f customers\n", g->rows->item[g->member[0]].id, n, customers);
    study_free(&s);
    return good;
}

/* The scenario's text at a nominal length is the group's identity. */
static char *identity(const struct row *row, const struct mapping *map)
{
    char  *text = NULL;
    size_t size;
    FILE  *out = open_memstream(&text, &size);
    bool   good = out != NULL && map->scenario(row, PILOT, out);
    if (out != NULL)
        fclose(out);
    if (!good) {
        free(text);
        return NULL;
    }
    return text;
}

/* True when the verdict is there without a run. */
static bool settled(const struct row *row, const struct mapping *map, struct verdict *v)
{
    *v = (struct verdict){NAN, NAN, NAN, "not-expressible", NULL};
    if (strcmp(row->kind, "exact") != 0 && strcmp(row->kind, "numeric") != 0)
        v->reason = "an approximation, a limit or a bound, not a value to reproduce";
    else if (map == NULL)
        v->reason = "its model has no scenario yet";
    else
        v->reason = map->refuse(row);
    return v->reason != NULL;
}

bool judge_rows(const struct rows *rows, struct verdict *verdicts, const struct judge_options *o, struct err *err)
{
    char  **text = calloc(rows->n + 1, sizeof *text);
    size_t *member = calloc(rows->n + 1, sizeof *member);
    bool    good = text != NULL && member != NULL;
    for (size_t i = 0; good && i < rows->n; i++) {
        const struct mapping *map = mapping_find(&rows->item[i]);
        if (!settled(&rows->item[i], map, &verdicts[i]) && (text[i] = identity(&rows->item[i], map)) == NULL)
            verdicts[i].reason = "its parameters are not known";
    }
    for (size_t i = 0; good && i < rows->n; i++) {
        if (text[i] == NULL)
            continue;
        struct group g = {rows, mapping_find(&rows->item[i]), member, 0};
        for (size_t k = rows->n; k-- > i;) {
            if (text[k] == NULL || strcmp(text[k], text[i]) != 0)
                continue;
            member[g.n++] = k;
            if (k != i) {
                free(text[k]);
                text[k] = NULL;
            }
        }
        good = judge_group(&g, verdicts, o, err);
        free(text[i]);
        text[i] = NULL;
    }
    for (size_t i = 0; text != NULL && i < rows->n; i++)
        free(text[i]);
    free(text);
    free(member);
    return good;
}
