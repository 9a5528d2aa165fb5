/* cmd_bench.c - afterbay bench: how long one customer, message or event takes, beside a bare C loop of the same model. */
#include "cli.h"

#include <math.h>
#include <string.h>

#include "bench.h"
#include "summary.h"
#include "table.h"

static const struct option options[] = {
    {0, "pairs", OPTION_COUNT, "N", "executions of each, in turn; the fastest counts (default 11)", NULL, 1, 1000},
    {0, "percent", OPTION_COUNT, "N", "size of each execution in percent of its usual size (default 100)", NULL, 1, 1000},
    {0, "list", OPTION_FLAG, NULL, "list the cases and what they measure", NULL, 0, 0},
    {0, "json", OPTION_FLAG, NULL, "print a JSON array for machines", NULL, 0, 0},
    {0},
};

static int list_cases(void)
{
    struct table t;
    table_open(&t, "ll");
    for (size_t i = 0; i < n_bench_cases; i++) {
        table_cell(&t, "%s", bench_cases[i].name);
        table_cell(&t, "%s", bench_cases[i].doc);
    }
    table_print(stdout, &t, 0, false);
    table_close(&t);
    return EXIT_OK;
}

static void append_json(json_t *array, const struct bench_case *c, const struct bench_result *r)
{
    json_t *o = json_object();
    json_object_set_new(o, "name", json_string(c->name));
    json_object_set_new(o, "ns_per_item", json_real(r->ns_per_item));
    json_object_set_new(o, "items_per_s", json_real(r->items_per_s));
    json_object_set_new(o, "max_rss_mib", json_real(r->max_rss_mib));
    json_object_set_new(o, "ratio_to_bare", isnan(r->ratio_to_bare) ? json_null() : json_real(r->ratio_to_bare));
    json_array_append_new(array, o);
}

static void append_row(struct table *t, const struct bench_case *c, const struct bench_result *r)
{
    table_cell(t, "%s", c->name);
    table_cell(t, "%.1f", r->ns_per_item);
    table_cell(t, "%s", c->item);
    table_cell(t, "%.3g", r->items_per_s);
    table_cell(t, "%.0f", r->max_rss_mib);
    table_cell(t, isnan(r->ratio_to_bare) ? "-" : "%.1f", r->bare_ns_per_item);
    table_cell(t, isnan(r->ratio_to_bare) ? "-" : "%.2f", r->ratio_to_bare);
}

static int measure(const struct args *a, const struct bench_case *c, json_t *array, struct table *t)
{
    struct bench_result r;
    struct err          err = {0};
    cli_detail("bench: %s", c->name);
    if (!bench_run(c, (unsigned)option_count(a, "pairs", 11), (double)option_count(a, "percent", 100) / 100, &r, &err))
        return cli_fail(&err);
    append_json(array, c, &r);
    append_row(t, c, &r);
    return EXIT_OK;
}

static int run(const struct args *a)
{
    if (option_flag(a, "list"))
        return list_cases();
    for (size_t i = 0; i < a->n_operand; i++) {
        if (bench_find(a->operand[i]) == NULL)
            return cli_failf(ERR_USAGE, "no case '%s'; afterbay bench --list names them", a->operand[i]);
    }
    json_t      *array = json_array();
    struct table t;
    int          code = EXIT_OK;
    table_open(&t, "lrlrrrr");
    for (const char *const *h = (const char *const[]){"case", "ns", "per", "a second", "MiB", "bare ns", "ratio", NULL}; *h != NULL; h++)
        table_cell(&t, "%s", *h);
    for (size_t i = 0; code == EXIT_OK && i < n_bench_cases; i++) {
        bool wanted = a->n_operand == 0;
        for (size_t k = 0; k < a->n_operand; k++)
            wanted = wanted || strcmp(a->operand[k], bench_cases[i].name) == 0;
        if (wanted)
            code = measure(a, &bench_cases[i], array, &t);
    }
    if (code == EXIT_OK && option_flag(a, "json")) {
        code = summary_dump(array);
    } else {
        if (code == EXIT_OK)
            table_print(stdout, &t, 0, true);
        json_decref(array);
    }
    table_close(&t);
    return code;
}

const struct command cmd_bench = {
    .name = "bench",
    .doc = "measure the speed, beside bare C loops of the same models",
    .examples = "  afterbay bench mm1 pipeline\n"
                "  afterbay bench --json > bench.json\n",
    .usage = "[CASE…]",
    .more = "The fastest of N executions counts, for the program and for the bare loop in turn, so that the ratio holds on a\n"
            "busy machine. Only a release build says something.\n",
    .option = options,
    .max_operands = 64,
    .run = run,
};
