/* cmd_compare.c - afterbay compare A B: the same traffic and the same faults through two designs. */
#include "cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contrast.h"
#include "format.h"
#include "page.h"
#include "runner.h"
#include "summary.h"
#include "table.h"

#define MAX_METRICS 32

static const struct option options[] = {
    RUNNER_OPTIONS,
    {0, "set-a", OPTION_MANY, "PATH=VALUE", "override a setting of A alone", NULL, 0, 0},
    {0, "set-b", OPTION_MANY, "PATH=VALUE", "override a setting of B alone: A and B may be the same file", NULL, 0, 0},
    {0, "metric", OPTION_MANY, "METRIC", "compare this metric too, e.g. database.orders.utilisation.mean", NULL, 0, 0},
    {0, "report", OPTION_TEXT, "FILE.html", "write a page with charts and tables of both", NULL, 0, 0},
    {0, "exit-code", OPTION_FLAG, NULL, "exit with 1 when any metric differs significantly", NULL, 0, 0},
    {0},
};

struct versus {
    struct runner   runner;
    struct contrast list[CONTRAST_HEADLINES + MAX_METRICS];
    size_t          n;
};

/* Pairs need the same random numbers: seed and replications must agree. */
static int check_pairs(const struct runner *r)
{
    const struct runner_scenario *a = &r->item[0], *b = &r->item[1];
    if (a->replications != b->replications)
        return cli_failf(ERR_USAGE, "the scenarios have %" PRIu32 " and %" PRIu32 " replications; give one number with -r",
                         a->replications, b->replications);
    if (scenario_spec(a->scenario)->seed != scenario_spec(b->scenario)->seed)
        return cli_failf(ERR_USAGE, "the scenarios have different seeds; give one with --seed");
    return 0;
}

static int contrast_all(struct versus *c, const struct args *a)
{
    const struct samples *sa = &c->runner.item[0].samples, *sb = &c->runner.item[1].samples;
    const char           *metric;
    struct err            err = {0};
    c->n = contrast_headlines(c->list, sa, sb);
    for (size_t i = 0; i < MAX_METRICS && (metric = option_many(a, "metric", i)) != NULL; i++)
        if (!contrast_metric(&c->list[c->n++], metric, sa, sb, &err))
            return cli_fail(&err);
    if (c->n == 0)
        return cli_failf(ERR_DATA,
                         "'%s' and '%s' share no metric: one of them makes no requests, and --metric names no other",
                         c->runner.item[0].path, c->runner.item[1].path);
    return 0;
}

static const char *verdict_colour(enum contrast_verdict v)
{
    return v == CONTRAST_BETTER ? term_colour(stdout, COLOUR_GREEN)
           : v == CONTRAST_WORSE ? term_colour(stdout, COLOUR_RED)
                                 : "";
}

static void row(struct table *t, const struct contrast *c)
{
    char                   a[FORMAT_SIZE], b[FORMAT_SIZE], d[FORMAT_SIZE], low[FORMAT_SIZE], high[FORMAT_SIZE];
    const struct estimate *e = &c->paired.difference;
    format_value(a, c->paired.a.mean, c->unit);
    format_value(b, c->paired.b.mean, c->unit);
    format_difference(d, e->mean, c->unit);
    format_difference(low, e->low, c->unit);
    format_difference(high, e->high, c->unit);
    table_cell(t, "%s", c->name);
    table_cell(t, "%s", a);
    table_cell(t, "%s", b);
    table_cell(t, "%s", d);
    if (e->low == e->low)
        table_cell(t, "[%s, %s]", low, high);
    else
        table_cell(t, "%s", "");
    table_cell(t, "%s%s%s", verdict_colour(c->verdict), contrast_words[c->verdict], term_colour(stdout, COLOUR_OFF));
}

static void head(int letter, const struct runner_scenario *s)
{
    printf("%s%c  %s%s\n   %s", term_colour(stdout, COLOUR_BOLD), letter, scenario_title(s->scenario),
           term_colour(stdout, COLOUR_OFF), s->path);
    for (size_t i = 0; i < s->n_given; i++)
        printf(", %s", s->set[i]);
    putchar('\n');
}

static void print_text(const struct versus *c)
{
    static const char *const heading[] = {"", "A", "B", "B \xE2\x88\x92 A", "95 % interval", "B is"};
    const struct runner     *r = &c->runner;
    struct table             t;
    for (int i = 0; i < 2; i++)
        head('A' + i, &r->item[i]);
    printf("\n%" PRIu32 " replications each with common random numbers (seed %" PRIu64
           "); intervals are of the paired difference%s\n\n",
           r->item[0].replications, scenario_spec(r->item[0].scenario)->seed,
           r->item[0].replications < ESTIMATE_MIN ? "; fewer than 10 give none" : "");
    table_open(&t, "lrrrll");
    for (size_t i = 0; i < 6; i++)
        table_cell(&t, "%s", heading[i]);
    for (size_t i = 0; i < c->n; i++)
        row(&t, &c->list[i]);
    table_print(stdout, &t, 0, true);
    table_close(&t);
    printf("\nconservation ok in every replication, fingerprints A %016" PRIx64 ", B %016" PRIx64 "\n",
           r->item[0].samples.print, r->item[1].samples.print);
}

static json_t *side_json(const struct runner_scenario *s)
{
    char    print[20];
    json_t *o = json_object();
    snprintf(print, sizeof print, "%016" PRIx64, s->samples.print);
    json_object_set_new(o, "title", json_string(scenario_title(s->scenario)));
    json_object_set_new(o, "scenario", json_string(s->path));
    json_object_set_new(o, "overrides", summary_overrides_json(s));
    json_object_set_new(o, "fingerprint", json_string(print));
    return o;
}

static json_t *contrast_json(const struct contrast *c)
{
    static const char *const better[] = {"lower", "none", "higher"};
    json_t                  *o = json_object();
    json_object_set_new(o, "metric", json_string(c->name));
    json_object_set_new(o, "better", json_string(better[c->better + 1]));
    json_object_set_new(o, "a", summary_estimate_json(&c->paired.a));
    json_object_set_new(o, "b", summary_estimate_json(&c->paired.b));
    json_object_set_new(o, "difference", summary_estimate_json(&c->paired.difference));
    json_object_set_new(o, "verdict", json_string(contrast_words[c->verdict]));
    return o;
}

static int print_json(const struct versus *c)
{
    json_t *o = json_object(), *list = json_array();
    json_object_set_new(o, "json_schema", json_integer(CLI_JSON_SCHEMA));
    json_object_set_new(o, "version", json_string(AFTERBAY_VERSION));
    json_object_set_new(o, "command", json_string("compare"));
    json_object_set_new(o, "seed", json_integer((json_int_t)scenario_spec(c->runner.item[0].scenario)->seed));
    json_object_set_new(o, "replications", json_integer(c->runner.item[0].replications));
    json_object_set_new(o, "interval_level", json_real(SAMPLES_LEVEL));
    json_object_set_new(o, "a", side_json(&c->runner.item[0]));
    json_object_set_new(o, "b", side_json(&c->runner.item[1]));
    for (size_t i = 0; i < c->n; i++)
        json_array_append_new(list, contrast_json(&c->list[i]));
    json_object_set_new(o, "metrics", list);
    return summary_dump(o);
}

static int significant(const struct versus *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->list[i].verdict != CONTRAST_SAME && c->list[i].verdict != CONTRAST_UNDECIDED)
            return EXIT_EXPECT_FAILED;
    return EXIT_OK;
}

static int finish(struct versus *c, const struct args *a)
{
    const char *report = option_text(a, "report");
    int         code = contrast_all(c, a);
    if (code == 0)
        code = option_flag(a, "json") ? print_json(c) : (print_text(c), 0);
    if (code == 0 && report != NULL) {
        const int64_t run[] = {c->runner.item[0].run, c->runner.item[1].run};
        code = page_write(c->runner.database, run, 2, report);
    }
    if (code == 0 && report == NULL && !option_flag(a, "json"))
        cli_note("next: see it with --report report.html, or keep it with -o results.db");
    if (code == 0 && option_flag(a, "exit-code"))
        code = significant(c);
    return code;
}

/* A report is made from a database; without --output from one that is removed again. */
static int with_database(struct versus *c, const struct args *a, char *temporary, size_t size)
{
    const char *report = option_text(a, "report");
    if (report == NULL || c->runner.database != NULL)
        return 0;
    if ((size_t)snprintf(temporary, size, "%s.%ld.db", report, (long)getpid()) >= size)
        return cli_failf(ERR_USAGE, "--report: the name is too long");
    c->runner.database = temporary;
    return page_possible(report);
}

static int run(const struct args *a)
{
    struct versus c = {0};
    char              temporary[4096] = "";
    int               code = runner_open(&c.runner, "compare", a, a->operand, 2);
    if (code == 0)
        code = check_pairs(&c.runner);
    if (code == 0)
        code = with_database(&c, a, temporary, sizeof temporary);
    if (code == 0)
        code = runner_run(&c.runner);
    if (code == 0)
        code = finish(&c, a);
    if (*temporary != 0)
        unlink(temporary);
    runner_close(&c.runner);
    return code;
}

const struct command cmd_compare = {
    .name = "compare",
    .doc = "run two scenarios on the same random numbers and judge the differences",
    .examples = "  afterbay compare coupled.cfg decoupled.cfg\n"
                "  afterbay compare coupled.cfg decoupled.cfg -o results.db --report report.html\n"
                "  afterbay compare shop.cfg shop.cfg --set-b fleet.workers.size=30\n"
                "  afterbay compare old.cfg new.cfg --metric queue.orders.depth.max --exit-code\n",
    .usage = "A B",
    .more = "A verdict is given when the 95 % interval of the paired difference does not hold zero; below 10\n"
            "replications there is no interval and no verdict.\n",
    .option = options,
    .min_operands = 2,
    .max_operands = 2,
    .run = run,
};
