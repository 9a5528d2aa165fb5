/* cmd_sensitivity.c - afterbay sensitivity SCENARIO: which of the settings that are known only roughly matter. A tornado moves
 * one setting at a time to the ends of its interval { low; mid; high }; Morris' screening moves them all, one after the
 * other, from many starting places (Morris 1991; Campolongo, Cariboni, Saltelli 2007). */
#include "cli.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"
#include "format.h"
#include "grid.h"
#include "rng.h"
#include "summary.h"
#include "table.h"

#define LEVELS 4         /* of Morris' grid: 0, 1/3, 2/3, 1 */
#define DELTA  (2.0 / 3) /* of a move: half of the grid and one step */

static const struct option options[] = {
    RUNNER_OPTIONS,
    {0, "metric", OPTION_TEXT, "METRIC", "what it matters for: a metric or a sum of metrics (default: latency.p99)", NULL, 0, 0},
    {0, "morris", OPTION_COUNT, "N", "Morris' screening with N trajectories instead of a tornado", NULL, 2, 1000},
    {0},
};

struct effect {
    const struct setting_interval *of;
    struct estimate                low, high; /* tornado: paired differences from the base */
    double                         spread;    /* what they are sorted by */
    double                         mean, mean_size, sd; /* Morris: mu, mu*, sigma of the elementary effects */
};

struct sensitivity {
    struct campaign          campaign;
    struct grid              grid; /* its pool holds the intervals and texts */
    struct setting_interval *interval;
    size_t                   n, column;
    uint32_t                 trajectories; /* 0: a tornado */
    struct effect           *effect;
    size_t                  *moved; /* Morris: the interval that leads to point i of the campaign */
    double                  *sign;
};

/* --- the points --- */

static bool add_point(struct sensitivity *s, const char *const *set, size_t n, struct err *err)
{
    return campaign_point(&s->campaign, set, n) || err_set(err, ERR_OS, "memory is short");
}

/* Point 0 is the base; then low and high of each. */
static bool tornado_points(struct sensitivity *s, struct err *err)
{
    bool ok = add_point(s, NULL, 0, err);
    for (size_t i = 0; ok && i < 2 * s->n; i++) {
        const struct setting_interval *of = &s->interval[i / 2];
        char                           text[600];
        const char                    *set[] = {text};
        snprintf(text, sizeof text, "%s=%s", of->path, i % 2 == 0 ? of->low : of->high);
        ok = add_point(s, set, 1, err);
    }
    return ok;
}

/* All settings at their places u[k] (shares of the intervals). */
static bool morris_point(struct sensitivity *s, const double *u, struct err *err)
{
    const char **set = calloc(s->n + 1, sizeof *set);
    bool         ok = set != NULL || err_set(err, ERR_OS, "memory is short");
    for (size_t k = 0; ok && k < s->n; k++) {
        const struct setting_interval *of = &s->interval[k];
        const struct grid_axis         axis = {.path = &of->path, .n_path = 1, .from = of->low, .to = of->high};
        const char                    *value = grid_between(&s->grid.pool, &axis, u[k], err);
        ok = value != NULL;
        if (ok)
            set[k] = pool_format(&s->grid.pool, "%s=%s", of->path, value);
    }
    ok = ok && add_point(s, set, s->n, err);
    free(set);
    return ok;
}

/* A random start on the grid, then each setting once, in random order, by DELTA up or down. */
static bool trajectory(struct sensitivity *s, uint32_t number, double *u, size_t *order, struct err *err)
{
    struct rng_stream stream = rng_stream(scenario_spec(s->campaign.runner.item[0].scenario)->seed, "sensitivity/morris", number);
    struct rng        r = rng_at(&stream, 0, 0, 0);
    for (size_t k = 0; k < s->n; k++) {
        u[k] = (double)rng_below(&r, LEVELS) / (LEVELS - 1);
        order[k] = k;
    }
    for (size_t k = s->n; k > 1; k--) {
        size_t other = rng_below(&r, k), kept = order[k - 1];
        order[k - 1] = order[other];
        order[other] = kept;
    }
    bool ok = morris_point(s, u, err);
    for (size_t k = 0; ok && k < s->n; k++) {
        double sign = u[order[k]] < 0.5 ? 1 : -1;
        u[order[k]] += sign * DELTA;
        s->moved[s->campaign.n_point] = order[k];
        s->sign[s->campaign.n_point] = sign;
        ok = morris_point(s, u, err);
    }
    return ok;
}

static bool trajectories(struct sensitivity *s, struct err *err)
{
    size_t points = s->trajectories * (s->n + 1);
    double *u = pool_array(&s->grid.pool, s->n, sizeof *u);
    size_t *order = pool_array(&s->grid.pool, s->n, sizeof *order);
    s->moved = pool_array(&s->grid.pool, points + 1, sizeof *s->moved);
    s->sign = pool_array(&s->grid.pool, points + 1, sizeof *s->sign);
    for (uint32_t t = 0; t < s->trajectories; t++)
        if (!trajectory(s, t, u, order, err))
            return false;
    return true;
}

static bool points(struct sensitivity *s, struct err *err)
{
    const struct scenario *base = s->campaign.runner.item[0].scenario;
    if (setjmp(s->grid.pool.out) != 0)
        return err_set(err, ERR_OS, "memory is short");
    s->interval = setting_intervals(base, &s->grid.pool, &s->n);
    if (s->n == 0)
        return err_set(err, ERR_DATA,
                       "no setting of '%s' is an interval: write what you know roughly as { low = \"80/s\"; mid = \"100/s\"; high = \"160/s\"; }",
                       s->campaign.runner.item[0].path);
    s->effect = pool_array(&s->grid.pool, s->n, sizeof *s->effect);
    for (size_t i = 0; i < s->n; i++)
        s->effect[i].of = &s->interval[i];
    return s->trajectories > 0 ? trajectories(s, err) : tornado_points(s, err);
}

/* --- effects --- */

/* Larger first; equal ones by path, so that the order never depends on anything else. */
static int by_spread(const void *a, const void *b)
{
    const struct effect *x = a, *y = b;
    if (x->spread != y->spread)
        return x->spread > y->spread ? -1 : 1;
    return strcmp(x->of->path, y->of->path);
}

static struct estimate against_base(const struct sensitivity *s, size_t point)
{
    uint32_t n = s->campaign.point[0].n, m = s->campaign.point[point].n;
    return estimate_paired(campaign_values(&s->campaign, 0, s->column), campaign_values(&s->campaign, point, s->column),
                           n < m ? n : m, SAMPLES_LEVEL)
        .difference;
}

static double number(double x)
{
    return isnan(x) ? 0 : x;
}

static void tornado_effects(struct sensitivity *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct effect *e = &s->effect[i];
        e->low = against_base(s, 1 + 2 * i);
        e->high = against_base(s, 2 + 2 * i);
        double a = number(e->low.mean), b = number(e->high.mean);
        e->spread = fmax(fmax(a, b), 0) - fmin(fmin(a, b), 0);
    }
}

/* An elementary effect is the change per whole interval. */
static void morris_effects(struct sensitivity *s)
{
    double *x = calloc(s->trajectories + 1, sizeof *x);
    for (size_t k = 0; x != NULL && k < s->n; k++) {
        struct effect *e = &s->effect[k];
        size_t         n = 0;
        double         size = 0;
        for (size_t p = 1; p < s->campaign.n_point; p++) {
            if (p % (s->n + 1) == 0 || s->moved[p] != k)
                continue;
            double change = campaign_estimate(&s->campaign, p, s->column).mean - campaign_estimate(&s->campaign, p - 1, s->column).mean;
            if (isnan(change))
                continue;
            x[n] = s->sign[p] * change / DELTA;
            size += fabs(x[n++]);
        }
        struct estimate all = estimate_mean(x, n, SAMPLES_LEVEL);
        e->mean = all.mean;
        e->sd = all.sd;
        e->mean_size = n > 0 ? size / (double)n : NAN;
        e->spread = number(e->mean_size);
    }
    free(x);
}

/* --- what came out --- */

static const struct column *column_of(const struct sensitivity *s)
{
    return &s->campaign.runner.item[0].columns.item[s->column];
}

static void difference_cell(struct table *t, const struct estimate *e, enum metric_unit unit)
{
    char mean[FORMAT_SIZE], low[FORMAT_SIZE], high[FORMAT_SIZE];
    format_difference(mean, e->mean, unit);
    if (isnan(e->half)) {
        table_cell(t, "%s", mean);
        return;
    }
    format_difference(low, e->low, unit);
    format_difference(high, e->high, unit);
    table_cell(t, "%s  [%s, %s]", mean, low, high);
}

static void print_tornado(const struct sensitivity *s)
{
    struct table t;
    table_open(&t, "lrrrrr");
    static const char *const heading[] = {"setting", "low", "mid", "high", "at low", "at high"};
    for (size_t i = 0; i < 6; i++)
        table_cell(&t, "%s", heading[i]);
    for (size_t i = 0; i < s->n; i++) {
        const struct effect *e = &s->effect[i];
        table_cell(&t, "%s", e->of->path);
        table_cell(&t, "%s", e->of->low);
        table_cell(&t, "%s", e->of->mid);
        table_cell(&t, "%s", e->of->high);
        difference_cell(&t, &e->low, column_of(s)->unit);
        difference_cell(&t, &e->high, column_of(s)->unit);
    }
    table_print(stdout, &t, 0, true);
    table_close(&t);
}

static void print_morris(const struct sensitivity *s)
{
    struct table t;
    table_open(&t, "lrrrrr");
    static const char *const heading[] = {"setting", "low", "high", "mean size", "mean", "spread"};
    for (size_t i = 0; i < 6; i++)
        table_cell(&t, "%s", heading[i]);
    for (size_t i = 0; i < s->n; i++) {
        const struct effect *e = &s->effect[i];
        char                 size[FORMAT_SIZE], mean[FORMAT_SIZE], sd[FORMAT_SIZE];
        format_value(size, e->mean_size, column_of(s)->unit);
        format_difference(mean, e->mean, column_of(s)->unit);
        format_value(sd, e->sd, column_of(s)->unit);
        table_cell(&t, "%s", e->of->path);
        table_cell(&t, "%s", e->of->low);
        table_cell(&t, "%s", e->of->high);
        table_cell(&t, "%s", size);
        table_cell(&t, "%s", mean);
        table_cell(&t, "%s", sd);
    }
    table_print(stdout, &t, 0, true);
    table_close(&t);
}

static void print_text(const struct sensitivity *s)
{
    const struct runner_scenario *base = &s->campaign.runner.item[0];
    printf("%s%s%s\n%s, seed %" PRIu64 ", %zu points of %" PRIu32 " replications; means over them, of percentiles too\n",
           term_colour(stdout, COLOUR_BOLD), term_plain(scenario_title(base->scenario)), term_colour(stdout, COLOUR_OFF), base->path,
           scenario_spec(base->scenario)->seed, s->campaign.n_point, s->campaign.point[0].n);
    if (s->trajectories > 0) {
        printf("elementary effects on %s over the whole interval, from %" PRIu32
               " trajectories; a spread as large as the mean\nsize tells of curves, or of settings that act together\n\n",
               column_of(s)->text, s->trajectories);
        print_morris(s);
    } else {
        struct estimate e = campaign_estimate(&s->campaign, 0, s->column);
        char            text[SUMMARY_TEXT];
        summary_interval(text, &e, column_of(s)->unit);
        printf("%s at mid: %s; below, how it changes, one setting at a time, paired, %s\n\n", column_of(s)->text, text,
               s->campaign.point[0].n < ESTIMATE_MIN ? "without intervals (they need 10 replications)" : "with 95 % intervals");
        print_tornado(s);
    }
    if (s->campaign.run != 0) {
        printf("\nstored as run %lld in %s\n", (long long)s->campaign.run, s->campaign.runner.database);
        if (s->trajectories == 0)
            cli_note("next: afterbay plot %s tornado --metric '%s' -o tornado.svg", s->campaign.runner.database, column_of(s)->text);
    }
}

static json_t *effect_json(const struct sensitivity *s, const struct effect *e)
{
    json_t *o = json_object();
    json_object_set_new(o, "setting", json_string(e->of->path));
    json_object_set_new(o, "low", json_string(e->of->low));
    json_object_set_new(o, "mid", json_string(e->of->mid));
    json_object_set_new(o, "high", json_string(e->of->high));
    if (s->trajectories > 0) {
        json_object_set_new(o, "mean_size", summary_number_json(e->mean_size));
        json_object_set_new(o, "mean", summary_number_json(e->mean));
        json_object_set_new(o, "spread", summary_number_json(e->sd));
    } else {
        json_object_set_new(o, "at_low", summary_estimate_json(&e->low));
        json_object_set_new(o, "at_high", summary_estimate_json(&e->high));
    }
    return o;
}

static int print_json(const struct sensitivity *s)
{
    json_t *o = json_object(), *list = json_array();
    json_object_set_new(o, "json_schema", json_integer(CLI_JSON_SCHEMA));
    json_object_set_new(o, "version", json_string(AFTERBAY_VERSION));
    json_object_set_new(o, "command", json_string("sensitivity"));
    json_object_set_new(o, "scenario", json_string(s->campaign.runner.item[0].path));
    json_object_set_new(o, "method", json_string(s->trajectories > 0 ? "morris" : "tornado"));
    json_object_set_new(o, "metric", json_string(column_of(s)->text));
    json_object_set_new(o, "replications", json_integer(s->campaign.point[0].n));
    if (s->trajectories == 0) {
        struct estimate e = campaign_estimate(&s->campaign, 0, s->column);
        json_object_set_new(o, "base", summary_estimate_json(&e));
    } else {
        json_object_set_new(o, "trajectories", json_integer(s->trajectories));
    }
    for (size_t i = 0; i < s->n; i++)
        json_array_append_new(list, effect_json(s, &s->effect[i]));
    json_object_set_new(o, "settings", list);
    return summary_dump(o);
}

static int sensitivity(struct sensitivity *s, const struct args *a)
{
    const char *metric = option_text(a, "metric");
    struct err  err = {0};
    s->trajectories = (uint32_t)option_count(a, "morris", 0);
    int code = campaign_open(&s->campaign, "sensitivity", a, a->operand[0]);
    if (code == 0)
        code = runner_ask(&s->campaign.runner, metric != NULL ? metric : "latency.p99", &s->column);
    if (code == 0 && !points(s, &err))
        code = cli_fail(&err);
    if (code == 0)
        code = campaign_check(&s->campaign, 0);
    if (code == 0)
        code = campaign_keep(&s->campaign, false, false, false);
    if (code == 0)
        code = campaign_run_all(&s->campaign);
    if (code == 0)
        code = campaign_store(&s->campaign);
    if (code != 0)
        return code;
    s->trajectories > 0 ? morris_effects(s) : tornado_effects(s);
    qsort(s->effect, s->n, sizeof *s->effect, by_spread);
    return option_flag(a, "json") ? print_json(s) : (print_text(s), 0);
}

static int run(const struct args *a)
{
    struct sensitivity s = {0};
    grid_init(&s.grid);
    int code = sensitivity(&s, a);
    campaign_close(&s.campaign);
    grid_free(&s.grid);
    return code;
}

const struct command cmd_sensitivity = {
    .name = "sensitivity",
    .doc = "tell which of the settings known only roughly matter",
    .examples = "  afterbay sensitivity shop.cfg\n"
                "  afterbay sensitivity shop.cfg --metric 'lost / offered' -o results.db\n"
                "  afterbay sensitivity shop.cfg --morris 10 -r 10\n",
    .usage = "SCENARIO",
    .more = "What is known roughly is written as an interval: rate = { low = \"80/s\"; mid = \"100/s\"; high = \"160/s\"; };\n",
    .option = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
