/* cmd_compare.c - afterbay compare A B [C…]: the same traffic and the same faults through several designs. */
#include "cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "hints.h"
#include "page.h"
#include "summary.h"
#include "versus.h"

static const struct option options[] = {
    RUNNER_OPTIONS,
    {0, "set-a", OPTION_MANY, "PATH=VALUE", "override a setting of A alone", NULL, 0, 0},
    {0, "set-b", OPTION_MANY, "PATH=VALUE", "override a setting of B alone: A and B may be the same file", NULL, 0, 0},
    {0, "set-c", OPTION_MANY, "PATH=VALUE", "the same for C", NULL, 0, 0},
    {0, "set-d", OPTION_MANY, "PATH=VALUE", "the same for D", NULL, 0, 0},
    {0, "metric", OPTION_MANY, "METRIC",
     "compare this too: a metric such as database.orders.utilisation,\nor a sum of metrics such as 'lost / offered'", NULL, 0,
     0},
    {0, "report", OPTION_TEXT, "FILE.html", "write a page with charts and tables of all", NULL, 0, 0},
    {0, "exit-code", OPTION_FLAG, NULL, "exit with 1 when any metric differs significantly", NULL, 0, 0},
    {0},
};

/* What is meant for a scenario that is not there was meant for another. */
static int check_letters(const struct args *a)
{
    static const char *const own[] = {"set-a", "set-b", "set-c", "set-d"};
    for (size_t i = a->n_operand; i < sizeof own / sizeof *own; i++)
        if (option_many(a, own[i], 0) != NULL)
            return cli_failf(ERR_USAGE, "--%s overrides the %s scenario, and there are %zu", own[i], i == 2 ? "third" : "fourth",
                             a->n_operand);
    return 0;
}

/* Pairs need the same random numbers: seed and replications must agree. */
static int check_pairs(const struct runner *r)
{
    const struct runner_scenario *a = &r->item[0];
    for (size_t i = 1; i < r->n; i++) {
        const struct runner_scenario *b = &r->item[i];
        if (a->replications != b->replications)
            return cli_failf(ERR_USAGE, "the scenarios have %" PRIu32 " and %" PRIu32 " replications; give one number with -r",
                             a->replications, b->replications);
        if (scenario_spec(a->scenario)->seed != scenario_spec(b->scenario)->seed)
            return cli_failf(ERR_USAGE, "the scenarios have different seeds; give one with --seed");
        const struct spec *x = scenario_spec(a->scenario), *y = scenario_spec(b->scenario);
        if (x->duration != y->duration || x->drain != y->drain || x->warmup != y->warmup)
            cli_note("note: the scenarios do not last equally long (run.duration, drain or warmup): not all differences are "
                     "those of the designs");
    }
    return 0;
}

static int ask_metrics(struct versus *v, const struct args *a)
{
    const char *metric;
    int         code = 0;
    for (size_t i = 0; code == 0 && (metric = option_many(a, "metric", i)) != NULL; i++) {
        if (i == VERSUS_METRICS)
            return cli_failf(ERR_USAGE, "--metric can be given %d times at most", VERSUS_METRICS);
        code = runner_ask(&v->runner, metric, &v->column[v->n_column++]);
    }
    return code;
}

static int write_page(const struct versus *v, const char *path)
{
    int64_t run[VERSUS_SCENARIOS];
    for (size_t i = 0; i < v->runner.n; i++)
        run[i] = v->runner.item[i].run;
    return page_write(v->runner.database, run, v->runner.n, path);
}

static int finish(struct versus *v, const struct args *a)
{
    const char *report = option_text(a, "report");
    struct err  err = {0};
    int         code = versus_judge(v, &err) ? 0 : cli_fail(&err);
    if (code == 0)
        code = option_flag(a, "json") ? summary_dump(versus_json(v)) : (versus_print(v), 0);
    if (code == 0 && report != NULL)
        code = write_page(v, report);
    if (code == 0 && report == NULL && !option_flag(a, "json"))
        cli_note("next: see it with --report report.html, or keep it with -o results.db");
    if (code == 0 && option_flag(a, "exit-code") && versus_differs(v))
        code = EXIT_EXPECT_FAILED;
    return code;
}

/* A report is made from a database; without --output from one that is removed again. */
static int with_database(struct versus *v, const struct args *a, char *temporary, size_t size)
{
    const char *report = option_text(a, "report");
    if (report == NULL || v->runner.database != NULL)
        return 0;
    if ((size_t)snprintf(temporary, size, "%s.%ld.db", report, (long)getpid()) >= size)
        return cli_failf(ERR_USAGE, "--report: the name is too long");
    v->runner.database = temporary;
    return page_possible(report);
}

/* Metrics over time are for charts: where nothing is kept, nobody would see them. */
static int open_all(struct versus *v, const struct args *a)
{
    static const char *const lean[] = {"run.series=false", NULL};
    bool kept = option_text(a, "output") != NULL || option_text(a, "report") != NULL;
    return runner_open_with(&v->runner, "compare", a, a->operand, a->n_operand, kept ? lean + 1 : lean);
}

static int run(const struct args *a)
{
    struct versus *v = calloc(1, sizeof *v);
    char           temporary[4096] = "";
    if (a->n_operand < 2) {
        free(v);
        return cli_failf(ERR_USAGE, "two scenarios are needed: 'afterbay compare A B', or the same one twice with --set-b PATH=VALUE");
    }
    if (v == NULL)
        return cli_failf(ERR_OS, "memory is short");
    int code = check_letters(a);
    if (code == 0)
        code = open_all(v, a);
    if (code == 0)
        code = check_pairs(&v->runner);
    for (size_t i = 0; code == 0 && i < v->runner.n; i++)
        hints_advice(v->runner.item[i].scenario, v->runner.item[i].path);
    if (code == 0)
        code = ask_metrics(v, a);
    if (code == 0)
        code = with_database(v, a, temporary, sizeof temporary);
    if (code == 0 && v->runner.database == NULL)
        code = runner_ask_no_more(&v->runner);
    if (code == 0)
        code = runner_run(&v->runner);
    if (code == 0)
        code = finish(v, a);
    if (*temporary != 0)
        unlink(temporary);
    runner_close(&v->runner);
    free(v);
    return code;
}

const struct command cmd_compare = {
    .name = "compare",
    .doc = "run scenarios on the same random numbers and judge the differences",
    .examples = "  afterbay compare coupled.cfg decoupled.cfg\n"
                "  afterbay compare coupled.cfg decoupled.cfg -o results.db --report report.html\n"
                "  afterbay compare shop.cfg shop.cfg --set-b fleet.workers.size=30\n"
                "  afterbay compare shop.cfg shop.cfg shop.cfg --set-b fleet.workers.size=30 --set-c fleet.workers.size=40\n"
                "  afterbay compare old.cfg new.cfg --metric queue.orders.depth.max --exit-code\n",
    .usage = "A B [C\xE2\x80\xA6]",
    .more = "A verdict is given when the 95 % interval of the paired difference does not hold zero; below 10\n"
            "replications there is no interval and no verdict. More than two scenarios are each compared with the first,\n"
            "with Holm's correction. 'unpaired needs' is the number of independent replications that would tell as much.\n",
    .option = options,
    .min_operands = 0, /* run() says what is missing */
    .max_operands = VERSUS_SCENARIOS,
    .run = run,
};
