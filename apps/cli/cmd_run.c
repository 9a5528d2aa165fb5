/* cmd_run.c - afterbay run SCENARIO…: simulate, store, summarise, judge. */
#include "cli.h"

#include "hints.h"
#include "runner.h"
#include "summary.h"

static const struct option options[] = {
    RUNNER_OPTIONS,
    {0, "replication", OPTION_COUNT, "N", "run replication number N alone (messages name it; from 0)", NULL, 0,
     RUNNER_MAX_REPLICATIONS},
    {0},
};

static void next_command(const struct runner *r)
{
    if (r->database != NULL)
        cli_note("next: afterbay plot %s --list", r->database);
    else
        cli_note("next: keep the results with -o results.db, then: afterbay report results.db -o report.html");
}

static json_t *precisions_json(const struct runner *r, const struct runner_scenario *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->precision.n; i++) {
        const struct precision_target *t = &r->precision.target[i];
        json_array_append_new(list, precision_json(t, precision_look(t, runner_values(s, t->column), s->samples.n)));
    }
    return list;
}

static void print_precisions(const struct runner *r, const struct runner_scenario *s)
{
    for (size_t i = 0; i < r->precision.n; i++) {
        const struct precision_target *t = &r->precision.target[i];
        precision_print(t, precision_look(t, runner_values(s, t->column), s->samples.n), s->samples.n);
    }
}

static int print_json(const struct runner *r)
{
    json_t *o = json_object(), *runs = json_array();
    json_object_set_new(o, "json_schema", json_integer(CLI_JSON_SCHEMA));
    json_object_set_new(o, "version", json_string(AFTERBAY_VERSION));
    json_object_set_new(o, "command", json_string("run"));
    for (size_t i = 0; i < r->n; i++) {
        json_t *one = summary_json(&r->item[i]);
        if (r->precision.on)
            json_object_set_new(one, "precision", precisions_json(r, &r->item[i]));
        json_object_set_new(one, "expect", judge_json(&r->item[i].judge));
        json_array_append_new(runs, one);
    }
    json_object_set_new(o, "runs", runs);
    return summary_dump(o);
}

static int print_text(const struct runner *r)
{
    for (size_t i = 0; i < r->n; i++) {
        summary_print(&r->item[i]);
        print_precisions(r, &r->item[i]);
        judge_print(&r->item[i].judge);
        if (r->item[i].run != 0)
            printf("stored as run %lld in %s\n", (long long)r->item[i].run, r->database);
        if (i + 1 < r->n)
            putchar('\n');
    }
    next_command(r);
    return 0;
}

/* A failure outweighs what is undecided. */
static int verdict(const struct runner *r)
{
    int worst = EXIT_OK;
    for (size_t i = 0; i < r->n; i++) {
        int code = judge_exit_code(&r->item[i].judge);
        if (code == EXIT_EXPECT_FAILED || worst == EXIT_OK)
            worst = code;
    }
    return worst;
}

static int run(const struct args *a)
{
    struct runner r;
    int           code = runner_open(&r, "run", a, a->operand, a->n_operand);
    for (size_t i = 0; code == 0 && i < r.n; i++) {
        hints_print(r.item[i].scenario);
        hints_advice(r.item[i].scenario, r.item[i].path);
    }
    if (code == 0)
        code = runner_run(&r);
    if (code == 0)
        code = option_flag(a, "json") ? print_json(&r) : print_text(&r);
    if (code == 0)
        code = verdict(&r);
    runner_close(&r);
    return code;
}

const struct command cmd_run = {
    .name = "run",
    .doc = "simulate scenarios and print a summary of each",
    .examples = "  afterbay run shop.cfg\n"
                "  afterbay run shop.cfg -o results.db -r 20 -j 2\n"
                "  afterbay run shop.cfg -r auto --precision 'latency.p99=5%'\n"
                "  afterbay run shop.cfg --set queue.orders.visibility_timeout=45s\n"
                "  afterbay run shop.cfg --json > summary.json\n",
    .usage = "SCENARIO…",
    .more = "Exit code: 0 all expectations of the scenario hold, 1 one failed, 2 one is undecided, 65 the scenario is\n"
            "wrong, 70 an invariant broke (a line tells how to reproduce it), 130 interrupted.\n",
    .option = options,
    .min_operands = 1,
    .max_operands = 64,
    .run = run,
};
