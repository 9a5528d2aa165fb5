/* judge.c - each comparison of each expectation is evaluated in every replication; the verdict comes from all of them. */
#include "judge.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "estimate.h"
#include "format.h"
#include "metricterm.h"
#include "samples.h"
#include "summary.h"

struct judge_line {
    const struct metricexpr *expr;
    uint32_t                 number; /* of the comparison in the expression */
    const char              *text;
    enum metric_unit         unit;
    double                  *left, *right; /* a value per replication */
    bool                    *held;
    uint32_t                 n_held, n_missing; /* missing: a side has no value */
};

struct look { /* where values come from during one evaluation */
    const struct result   *result;
    const struct scenario *scenario;
};

static double value(void *context, struct metricref ref)
{
    const struct look      *look = context;
    size_t                  n;
    const struct metric_id *id = &scenario_metrics(look->scenario, &n)[ref.metric];
    return metric_stat(&look->result->metric[ref.metric], id->kind, ref.stat, look->result->observed);
}

static size_t count_lines(const struct scenario_expect *e, size_t n)
{
    size_t lines = 0;
    for (size_t i = 0; i < n; i++)
        lines += metricexpr_count(e[i].expr);
    return lines;
}

static bool open_line(struct judge *j, const struct metricexpr *expr, uint32_t number)
{
    struct judge_line *l = &j->line[j->n_line++];
    *l = (struct judge_line){.expr = expr, .number = number};
    l->left = calloc((size_t)j->replications + 1, sizeof *l->left);
    l->right = calloc((size_t)j->replications + 1, sizeof *l->right);
    l->held = calloc((size_t)j->replications + 1, sizeof *l->held);
    return l->left != NULL && l->right != NULL && l->held != NULL;
}

bool judge_open(struct judge *j, const struct scenario *scenario, uint32_t replications)
{
    size_t                        n;
    const struct scenario_expect *e = scenario_expects(scenario, &n);
    *j = (struct judge){.scenario = scenario, .replications = replications};
    j->line = calloc(count_lines(e, n) + 1, sizeof *j->line);
    for (size_t i = 0; j->line != NULL && i < n; i++)
        for (uint32_t k = 0; k < metricexpr_count(e[i].expr); k++)
            if (!open_line(j, e[i].expr, k))
                return false;
    return j->line != NULL;
}

void judge_close(struct judge *j)
{
    for (size_t i = 0; i < j->n_line; i++) {
        free(j->line[i].left);
        free(j->line[i].right);
        free(j->line[i].held);
    }
    free(j->line);
    *j = (struct judge){0};
}

void judge_add(struct judge *j, const struct result *r)
{
    struct look look = {r, j->scenario};
    for (size_t i = 0; i < j->n_line; i++) {
        struct judge_line *l = &j->line[i];
        struct comparison  c = metricexpr_compare(l->expr, l->number, value, &look);
        l->text = c.text;
        l->unit = c.unit;
        l->left[j->n] = c.left;
        l->right[j->n] = c.right;
        l->held[j->n] = c.verdict == VERDICT_HOLDS;
        l->n_held += l->held[j->n];
        l->n_missing += c.verdict == VERDICT_NO_VALUE;
    }
    j->n++;
}

static struct estimate difference(const struct judge *j, const struct judge_line *l)
{
    double         *d = calloc((size_t)j->n + 1, sizeof *d);
    struct estimate e = {.low = NAN, .high = NAN};
    for (uint32_t r = 0; d != NULL && r < j->n; r++)
        d[r] = l->left[r] - l->right[r];
    if (d != NULL)
        e = estimate_mean(d, j->n, SAMPLES_LEVEL);
    free(d);
    return e;
}

static enum judgement judge_line(const struct judge *j, const struct judge_line *l)
{
    if (l->n_held == j->n)
        return JUDGE_HOLDS;
    int good = metricexpr_side(l->expr, l->number).good;
    if (l->n_held == 0 || good == 0)
        return JUDGE_FAILS;
    struct estimate e = difference(j, l);
    if (isnan(e.low) || (e.low <= 0 && e.high >= 0))
        return JUDGE_UNDECIDED;
    return (e.mean < 0) == (good < 0) ? JUDGE_HOLDS : JUDGE_FAILS;
}

static double mean(const double *x, uint32_t n)
{
    return estimate_mean(x, n, SAMPLES_LEVEL).mean;
}

/* A limit that is another one in each replication, such as a share of the requests. */
static bool moves(const double *x, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        if (x[i] != x[0])
            return true;
    return false;
}

static const char *const word[] = {[JUDGE_HOLDS] = "holds", [JUDGE_FAILS] = "fails", [JUDGE_UNDECIDED] = "undecided"};

void judge_print(const struct judge *j)
{
    static const enum colour colour[] = {
        [JUDGE_HOLDS] = COLOUR_GREEN, [JUDGE_FAILS] = COLOUR_RED, [JUDGE_UNDECIDED] = COLOUR_YELLOW};
    for (size_t i = 0; i < j->n_line; i++) {
        const struct judge_line *l = &j->line[i];
        enum judgement           v = judge_line(j, l);
        char                     left[FORMAT_SIZE], right[FORMAT_SIZE] = "";
        format_value(left, mean(l->left, j->n), l->unit);
        if (moves(l->right, j->n))
            format_value(right, mean(l->right, j->n), l->unit);
        printf("expect %s: %s%s%s (mean %s%s%s; held in %" PRIu32 " of %" PRIu32 " replications", l->text,
               term_colour(stdout, colour[v]), word[v], term_colour(stdout, COLOUR_OFF), left, *right != 0 ? " against " : "", right, l->n_held, j->n);
        if (l->n_missing > 0)
            printf("; without a value in %" PRIu32, l->n_missing);
        puts(")");
    }
}

json_t *judge_json(const struct judge *j)
{
    json_t *list = json_array();
    for (size_t i = 0; i < j->n_line; i++) {
        const struct judge_line *l = &j->line[i];
        json_t                  *o = json_object();
        json_object_set_new(o, "expect", json_string(l->text));
        json_object_set_new(o, "verdict", json_string(word[judge_line(j, l)]));
        json_object_set_new(o, "left", summary_number_json(mean(l->left, j->n)));
        json_object_set_new(o, "right", summary_number_json(mean(l->right, j->n)));
        json_object_set_new(o, "held", json_integer(l->n_held));
        json_object_set_new(o, "missing", json_integer(l->n_missing));
        json_array_append_new(list, o);
    }
    return list;
}

int judge_exit_code(const struct judge *j)
{
    int code = EXIT_OK;
    for (size_t i = 0; i < j->n_line; i++) {
        enum judgement v = judge_line(j, &j->line[i]);
        if (v == JUDGE_FAILS)
            return EXIT_EXPECT_FAILED;
        if (v == JUDGE_UNDECIDED)
            code = EXIT_UNDECIDED;
    }
    return code;
}
