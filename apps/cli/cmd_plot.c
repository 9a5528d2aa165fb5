/* cmd_plot.c - afterbay plot DB CHART -o FILE: one chart from a database. */
#include "cli.h"

#include <inttypes.h>
#include <string.h>

#include "page.h"
#include "table.h"
#ifdef AFTERBAY_CHARTS
#include "charts.h"
#endif

static const struct option options[] = {
    {'o', "output", OPTION_TEXT, "FILE", "write here; .svg, .pdf or .png", NULL, 0, 0},
    {0, "run", OPTION_MANY, "N", "this run (given twice: compare two; the coupled one first);\ndefault: the last run, "
                                 "or the last comparison's two",
     NULL, 0, 0},
    {0, "entity", OPTION_TEXT, "KIND.ID", "draw this entity, e.g. queue.orders", NULL, 0, 0},
    {0, "metric", OPTION_TEXT, "METRIC", "draw this metric, e.g. latency.p99 or 'lost / offered'", NULL, 0, 0},
    {0, "x", OPTION_TEXT, "PATH", "of a sweep: the setting along the axis", NULL, 0, 0},
    {0, "y", OPTION_TEXT, "METRIC", "the same as --metric", NULL, 0, 0},
    {0, "by", OPTION_TEXT, "PATH", "of a sweep: the setting that tells its lines apart", NULL, 0, 0},
    {0, "list", OPTION_FLAG, NULL, "list the charts (and the database's runs)", NULL, 0, 0},
    {0},
};

#ifdef AFTERBAY_CHARTS
static void list_charts(void)
{
    struct table t;
    table_open(&t, "lll");
    table_cell(&t, "chart");
    table_cell(&t, "runs");
    table_cell(&t, "question");
    for (size_t i = 0; i < n_charts; i++) {
        table_cell(&t, "%s", charts[i].name);
        if (charts[i].min_runs == charts[i].max_runs)
            table_cell(&t, "%zu", charts[i].min_runs);
        else
            table_cell(&t, "%zu to %zu", charts[i].min_runs, charts[i].max_runs);
        table_cell(&t, "%s", charts[i].doc);
    }
    table_print(stdout, &t, 0, true);
    table_close(&t);
}

static bool list_runs(struct query *q, struct err *err)
{
    struct query_run *run;
    size_t            n;
    struct table      t;
    if (!query_runs(q, &run, &n, err))
        return false;
    table_open(&t, "rlrrl");
    static const char *const heading[] = {"run", "command", "seed", "replications", "title"};
    for (size_t i = 0; i < 5; i++)
        table_cell(&t, "%s", heading[i]);
    for (size_t i = 0; i < n; i++) {
        table_cell(&t, "%" PRId64, run[i].id);
        table_cell(&t, "%s", run[i].command);
        table_cell(&t, "%" PRIu64, run[i].seed);
        table_cell(&t, "%" PRIu32, run[i].n_replication);
        table_cell(&t, "%s", term_plain(run[i].title));
    }
    putchar('\n');
    table_print(stdout, &t, 0, true);
    table_close(&t);
    query_runs_free(run, n);
    return true;
}

static int list(const char *database)
{
    struct query *q;
    struct err    err = {0};
    list_charts();
    if (database == NULL)
        return EXIT_OK;
    if (!query_open(&q, database, &err))
        return cli_fail(&err);
    bool ok = list_runs(q, &err);
    query_close(q);
    return ok ? EXIT_OK : cli_fail(&err);
}

/* A chart of one course of events would show a sweep's first point and look as if that were all. */
static bool one_point(struct query *q, int64_t run, const struct chart *c, struct err *err)
{
    struct query_point *point;
    size_t n;
    if (!query_points(q, run, &point, &n, err))
        return false;
    query_points_free(point, n);
    return n <= 1 || err_set(err, ERR_DATA, "run %" PRId64 " has %zu points and '%s' shows one; draw the chart 'sweep', or run the "
                             "point that you mean: afterbay run SCENARIO --set … -o DB", run, n, c->name);
}

/* An option that the chart has no use for was meant for another chart. */
static bool heeds(const struct chart *c, const struct args *a, struct err *err)
{
    static const struct {
        const char *option, *field;
    } known[] = {{"entity", "entity"}, {"metric", "metric"}, {"y", "metric"}, {"x", "x"}, {"by", "by"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const char *at = strstr(c->takes, known[i].field);
        if (option_text(a, known[i].option) != NULL && at == NULL)
            return err_set(err, ERR_USAGE, "the chart '%s' has no use for --%s%s%s", c->name, known[i].option,
                           *c->takes != 0 ? "; it knows: " : "", c->takes);
    }
    return true;
}

static bool choose(struct query *q, const struct args *a, const struct chart *c, int64_t *run, size_t *n,
                   struct err *err)
{
    if (!runs_choose(q, a, c->max_runs, run, n, err))
        return false;
    if (c->min_runs == c->max_runs && *n != c->min_runs)
        return err_set(err, ERR_USAGE, "the chart '%s' shows %zu run%s, not %zu; choose with --run ('afterbay plot DB --list' lists them)",
                       c->name, c->min_runs, c->min_runs == 1 ? "" : "s", *n);
    if (*n < c->min_runs || *n > c->max_runs)
        return err_set(err, ERR_USAGE, "the chart '%s' shows %zu to %zu runs, not %zu; choose with --run", c->name,
                       c->min_runs, c->max_runs, *n);
    for (size_t i = 0; i < *n && !c->of_points; i++)
        if (!one_point(q, run[i], c, err))
            return false;
    return true;
}

static bool draw(struct query *q, const struct args *a, const struct chart *c, const char *path,
                 enum chart_format format, struct err *err)
{
    int64_t       run[RUNS_MAX];
    size_t        n;
    struct sheet *sheet;
    if (!choose(q, a, c, run, &n, err))
        return false;
    const struct chart_request request = {.query = q, .run = run, .n_run = n, .entity = option_text(a, "entity"),
                                          .metric = option_text(a, option_text(a, "y") != NULL ? "y" : "metric"),
                                          .x = option_text(a, "x"), .by = option_text(a, "by")};
    if (!c->layout(&request, &sheet, err))
        return false;
    bool ok = chart_write(sheet, path, format, err);
    if (ok)
        cli_note("%s", sheet_title(sheet));
    sheet_free(sheet);
    return ok;
}

static int unknown_chart(const char *name)
{
    const char *all[64];
    size_t      n = 0;
    for (; n < n_charts && n < 64; n++)
        all[n] = charts[n].name;
    const char *near = suggest(name, all, n);
    if (near != NULL)
        return cli_failf(ERR_USAGE, "unknown chart '%s' (did you mean '%s'?)", name, near);
    return cli_failf(ERR_USAGE, "unknown chart '%s'; 'afterbay plot --list' lists them", name);
}

static int plot(const struct args *a)
{
    const char         *path = option_text(a, "output");
    const struct chart *c = chart_find(a->operand[1]);
    enum chart_format   format;
    struct query       *q;
    struct err          err = {0};
    if (c == NULL)
        return unknown_chart(a->operand[1]);
    if (path == NULL)
        return cli_failf(ERR_USAGE, "where to? -o FILE.svg, .pdf or .png");
    if (!chart_format_of(path, &format))
        return cli_failf(ERR_USAGE, "'%s' ends in none of .svg, .pdf, .png", path);
    if (!heeds(c, a, &err) || !query_open(&q, a->operand[0], &err))
        return cli_fail(&err);
    bool ok = draw(q, a, c, path, format, &err);
    query_close(q);
    return ok ? EXIT_OK : cli_fail(&err);
}

static int run(const struct args *a)
{
    if (option_flag(a, "list"))
        return list(a->n_operand > 0 ? a->operand[0] : NULL);
    return a->n_operand == 2 ? plot(a) : help_short(&cmd_plot);
}
#else
static int run(const struct args *a)
{
    (void)a;
    return page_possible("charts");
}
#endif

const struct command cmd_plot = {
    .name = "plot",
    .doc = "draw a chart from a database of results",
    .examples = "  afterbay plot --list\n"
                "  afterbay plot results.db depth -o depth.svg\n"
                "  afterbay plot results.db sweep --x fleet.workers.size --y latency.p99 -o sweep.svg\n"
                "  afterbay plot results.db fates --run 1 --run 2 -o fates.png\n",
    .usage = "DB CHART",
    .option = options,
    .max_operands = 2,
    .run = run,
};
