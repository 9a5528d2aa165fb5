/* cmd_sweep.c - afterbay sweep SCENARIO --vary …: every point of a design, a row each. */
#include "cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"
#include "format.h"
#include "grid.h"
#include "summary.h"
#include "table.h"

#define MAX_METRICS 16
#define MAX_PATHS   24 /* settings varied at once */

static const struct option options[] = {
    RUNNER_OPTIONS,
    {0, "vary", OPTION_MANY, "PATH=VALUES",
     "an axis: 5s,10s,30s or 10..50:10 or 5s..120s/5log; several are crossed\n(default: the scenario's own 'sweep')", NULL, 0, 0},
    {0, "points", OPTION_TEXT, "FILE.csv", "the points are the rows of a table; its first row names settings", NULL, 0, 0},
    {0, "design", OPTION_CHOICE, "DESIGN", "factorial (default) or lhs, a Latin hypercube of --runs points", "factorial|lhs", 0, 0},
    {0, "runs", OPTION_COUNT, "N", "points of the hypercube", NULL, 1, GRID_POINTS_MAX},
    {0, "constraint", OPTION_MANY, "EXPR", "keep points where this holds, e.g. 'fleet.a.size <= database.b.connections'", NULL, 0, 0},
    {0, "metric", OPTION_MANY, "METRIC", "a column of the table: a metric or a sum of metrics, e.g. 'lost / offered'", NULL, 0, 0},
    {0, "resume", OPTION_FLAG, NULL, "go on where an interrupted sweep of the same points stopped", NULL, 0, 0},
    {0, "fresh", OPTION_FLAG, NULL, "start anew, whatever an interrupted one has left", NULL, 0, 0},
    {0, "series", OPTION_FLAG, NULL, "record metrics over time too (the database grows)", NULL, 0, 0},
    {0},
};

struct sweep {
    struct campaign campaign;
    struct grid     grid;
    size_t          column[MAX_METRICS], n_column;
};

static const char *const usual[] = {"in_time / offered", "lost / offered", "latency.mean", "latency.p99"};

static int ask_metrics(struct sweep *s, const struct args *a)
{
    const char *metric;
    int         code = 0;
    for (size_t i = 0; code == 0 && (metric = option_many(a, "metric", i)) != NULL; i++) {
        if (s->n_column == MAX_METRICS)
            return cli_failf(ERR_USAGE, "--metric can be given %d times at most", MAX_METRICS);
        code = runner_ask(&s->campaign.runner, metric, &s->column[s->n_column++]);
    }
    for (size_t i = 0; code == 0 && option_times(a, "metric") == 0 && i < sizeof usual / sizeof *usual; i++)
        code = runner_ask(&s->campaign.runner, usual[i], &s->column[s->n_column++]);
    return code;
}

/* --- the design --- */

static bool axes(struct sweep *s, const struct args *a, struct setting_sweep *own, struct err *err)
{
    const struct scenario *base = s->campaign.runner.item[0].scenario;
    const char            *text;
    *own = (struct setting_sweep){.seed = -1};
    for (size_t i = 0; (text = option_many(a, "vary", i)) != NULL; i++)
        if (!grid_axis_text(&s->grid, base, text, err))
            return false;
    return option_times(a, "vary") > 0 || grid_axis_scenario(&s->grid, base, own, err);
}

static bool points(struct sweep *s, const struct args *a, struct err *err)
{
    const struct scenario *base = s->campaign.runner.item[0].scenario;
    const char            *table = option_text(a, "points");
    struct setting_sweep   own;
    if (table != NULL && (option_times(a, "vary") > 0 || option_text(a, "design") != NULL))
        return err_set(err, ERR_USAGE, "--points are all the points there are: they go with neither --vary nor --design");
    if (table != NULL)
        return grid_table(&s->grid, base, table, err);
    if (!axes(s, a, &own, err))
        return false;
    bool    lhs = option_text(a, "design") != NULL ? option_count(a, "design", 0) == 1 : own.lhs;
    int64_t runs = option_count(a, "runs", own.runs);
    if (!lhs)
        return (runs == 0 || err_set(err, ERR_USAGE, "--runs goes with --design lhs")) && grid_cross(&s->grid, err);
    uint64_t seed = own.seed >= 0 ? (uint64_t)own.seed : scenario_spec(base)->seed;
    return grid_hypercube(&s->grid, (size_t)runs, seed, err);
}

static bool design(struct sweep *s, const struct args *a, struct err *err)
{
    const char *set[MAX_PATHS], *text;
    if (!points(s, a, err))
        return false;
    if (s->grid.n_path > MAX_PATHS)
        return err_set(err, ERR_USAGE, "%zu settings are varied, %d at most", s->grid.n_path, MAX_PATHS);
    for (size_t k = 0; k < s->grid.n_path; k++)
        if (strcmp(s->grid.path[k], "run.replications") == 0) /* of which a sweep has one number */
            return err_set(err, ERR_USAGE, "'run.replications' is the same at every point: give it with -r");
    for (size_t i = 0; (text = option_many(a, "constraint", i)) != NULL; i++)
        if (!grid_constrain(&s->grid, s->campaign.runner.item[0].scenario, text, err))
            return false;
    for (size_t p = 0; p < s->grid.n_point; p++)
        if (!grid_overrides(&s->grid, p, set, err) || !campaign_point(&s->campaign, set, s->grid.n_path))
            return err_set(err, ERR_OS, "memory is short");
    return true;
}

/* --- what came out --- */

/* "fleet.writers.size" is called "size" where no other axis is. */
static const char *short_path(const struct grid *g, size_t k)
{
    const char *dot = strrchr(g->path[k], '.'), *name = dot == NULL ? g->path[k] : dot + 1;
    for (size_t i = 0; i < g->n_path; i++) {
        const char *other = strrchr(g->path[i], '.');
        if (i != k && strcmp(other == NULL ? g->path[i] : other + 1, name) == 0)
            return g->path[k];
    }
    return name;
}

static void cell(struct table *t, const struct estimate *e, enum metric_unit unit)
{
    char mean[FORMAT_SIZE], half[FORMAT_SIZE];
    format_value(mean, e->mean, unit);
    if (e->half != e->half) {
        table_cell(t, "%s", mean);
        return;
    }
    format_value(half, e->half, unit);
    table_cell(t, "%s \xC2\xB1 %s", mean, half);
}

static void print_table(const struct sweep *s)
{
    const struct campaign *c = &s->campaign;
    const struct grid     *g = &s->grid;
    bool                   rounds = c->runner.precision.on;
    char                   align[TABLE_COLUMNS + 1];
    struct table           t;
    memset(align, 'r', sizeof align);
    align[g->n_path + rounds + s->n_column] = 0;
    table_open(&t, align);
    for (size_t k = 0; k < g->n_path; k++)
        table_cell(&t, "%s", short_path(g, k));
    if (rounds)
        table_cell(&t, "runs");
    for (size_t m = 0; m < s->n_column; m++)
        table_cell(&t, "%s", c->runner.item[0].columns.item[s->column[m]].text);
    for (size_t p = 0; p < c->n_point; p++) {
        for (size_t k = 0; k < g->n_path; k++)
            table_cell(&t, "%s", g->value[p * g->n_path + k]);
        if (rounds)
            table_cell(&t, "%" PRIu32, c->point[p].n);
        for (size_t m = 0; m < s->n_column; m++) {
            struct estimate e = campaign_estimate(c, p, s->column[m]);
            cell(&t, &e, c->runner.item[0].columns.item[s->column[m]].unit);
        }
    }
    table_print(stdout, &t, 0, true);
    table_close(&t);
}

static void print_text(const struct sweep *s)
{
    const struct campaign        *c = &s->campaign;
    const struct runner_scenario *base = &c->runner.item[0];
    printf("%s%s%s\n%s, %zu point%s", term_colour(stdout, COLOUR_BOLD), term_plain(scenario_title(base->scenario)),
           term_colour(stdout, COLOUR_OFF), base->path, c->n_point, c->n_point == 1 ? "" : "s");
    if (s->grid.left_out > 0)
        printf(" (%zu ruled out)", s->grid.left_out);
    if (!c->runner.precision.on)
        printf(" of %" PRIu32 " replication%s", base->replications, base->replications == 1 ? "" : "s");
    bool intervals = c->runner.precision.on || base->replications >= ESTIMATE_MIN;
    printf(", seed %" PRIu64 "; means over replications, of percentiles too%s\n\n", scenario_spec(base->scenario)->seed,
           intervals ? ", \xC2\xB1 half-width of the 95 % interval" : " (intervals need 10 replications)");
    print_table(s);
    if (c->run != 0) {
        printf("\nstored as run %lld in %s\n", (long long)c->run, c->runner.database);
        cli_note("next: afterbay plot %s sweep --x %s --y %s -o sweep.svg", c->runner.database, s->grid.path[0],
                 base->columns.item[s->column[s->n_column - 1]].text);
    } else {
        cli_note("next: keep the results with -o results.db, then: afterbay plot results.db sweep -o sweep.svg");
    }
}

static json_t *point_json(const struct sweep *s, size_t p)
{
    const struct campaign *c = &s->campaign;
    json_t                *o = json_object(), *settings = json_object(), *metrics = json_array();
    for (size_t k = 0; k < s->grid.n_path; k++)
        json_object_set_new(settings, s->grid.path[k], json_string(s->grid.value[p * s->grid.n_path + k]));
    for (size_t m = 0; m < s->n_column; m++) {
        struct estimate e = campaign_estimate(c, p, s->column[m]);
        json_t         *one = summary_estimate_json(&e);
        json_object_set_new(one, "metric", json_string(c->runner.item[0].columns.item[s->column[m]].text));
        json_array_append_new(metrics, one);
    }
    json_object_set_new(o, "settings", settings);
    json_object_set_new(o, "replications", json_integer(c->point[p].n));
    json_object_set_new(o, "metrics", metrics);
    return o;
}

static int print_json(const struct sweep *s)
{
    const struct runner_scenario *base = &s->campaign.runner.item[0];
    json_t                       *o = json_object(), *list = json_array();
    json_object_set_new(o, "json_schema", json_integer(CLI_JSON_SCHEMA));
    json_object_set_new(o, "version", json_string(AFTERBAY_VERSION));
    json_object_set_new(o, "command", json_string("sweep"));
    json_object_set_new(o, "title", json_string(scenario_title(base->scenario)));
    json_object_set_new(o, "scenario", json_string(base->path));
    json_object_set_new(o, "overrides", summary_overrides_json(base, 0));
    json_object_set_new(o, "seed", json_integer((json_int_t)scenario_spec(base->scenario)->seed));
    json_object_set_new(o, "interval_level", json_real(SAMPLES_LEVEL));
    json_object_set_new(o, "left_out", json_integer((json_int_t)s->grid.left_out));
    for (size_t p = 0; p < s->campaign.n_point; p++)
        json_array_append_new(list, point_json(s, p));
    json_object_set_new(o, "points", list);
    return summary_dump(o);
}

static int check_options(const struct args *a)
{
    if ((option_flag(a, "resume") || option_flag(a, "fresh")) && option_text(a, "output") == NULL)
        return cli_failf(ERR_USAGE, "--resume and --fresh need --output: without a database nothing is kept");
    if (option_flag(a, "resume") && option_flag(a, "fresh"))
        return cli_failf(ERR_USAGE, "--resume and --fresh contradict each other");
    return 0;
}

static int sweep(struct sweep *s, const struct args *a)
{
    struct err err = {0};
    int        code = check_options(a);
    if (code == 0)
        code = campaign_open(&s->campaign, "sweep", a, a->operand[0]);
    if (code == 0)
        code = ask_metrics(s, a);
    if (code == 0 && !design(s, a, &err))
        code = cli_fail(&err);
    if (code == 0)
        code = campaign_check(&s->campaign, 0);
    if (code == 0)
        code = campaign_keep(&s->campaign, true, option_flag(a, "resume"), option_flag(a, "fresh"));
    if (code == 0)
        code = campaign_run_all(&s->campaign);
    if (code == 0)
        code = campaign_store(&s->campaign);
    if (code == 0)
        code = option_flag(a, "json") ? print_json(s) : (print_text(s), 0);
    return code;
}

static int run(const struct args *a)
{
    struct sweep s = {0};
    grid_init(&s.grid);
    int code = sweep(&s, a);
    campaign_close(&s.campaign);
    grid_free(&s.grid);
    return code;
}

const struct command cmd_sweep = {
    .name = "sweep",
    .doc = "run a scenario at many settings and tabulate what comes out",
    .examples = "  afterbay sweep shop.cfg --vary fleet.workers.size=10..50:10\n"
                "  afterbay sweep shop.cfg --vary queue.jobs.visibility_timeout=5s..120s/5log --metric latency.p99 -o results.db\n"
                "  afterbay sweep shop.cfg --points points.csv -r auto --precision 'latency.p99=5%'\n"
                "  afterbay sweep shop.cfg -o results.db --resume\n",
    .usage = "SCENARIO",
    .more = "All points meet the same random numbers. With -o the sweep is one run of the database, written when it is\n"
            "complete; until then its results are in a file beside it, and an interrupted sweep goes on with --resume.\n",
    .option = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
