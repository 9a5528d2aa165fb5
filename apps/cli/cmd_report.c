/* cmd_report.c - afterbay report DB -o FILE.html. */
#include "cli.h"

#include "page.h"

static const struct option options[] = {
    {'o', "output", OPTION_TEXT, "FILE.html", "write here (required)", NULL, 0, 0},
    {0, "run", OPTION_MANY, "N", "report this run (may be given again); default: the last run,\nor the last "
                                 "comparison's two",
     NULL, 0, 0},
    {0},
};

static int run(const struct args *a)
{
    const char   *path = option_text(a, "output");
    struct query *q;
    struct err    err = {0};
    int64_t       chosen[RUNS_MAX];
    size_t        n;
    if (path == NULL)
        return cli_failf(ERR_USAGE, "where to? -o FILE.html");
    int code = page_possible(path);
    if (code != 0)
        return code;
    if (!query_open(&q, a->operand[0], &err))
        return cli_fail(&err);
    bool ok = runs_choose(q, a, RUNS_MAX, chosen, &n, &err);
    query_close(q);
    return ok ? page_write(a->operand[0], chosen, n, path) : cli_fail(&err);
}

const struct command cmd_report = {
    .name = "report",
    .doc = "write one self-contained HTML page with charts and numbers",
    .examples = "  afterbay report results.db -o report.html\n"
                "  afterbay report results.db --run 1 --run 2 -o report.html\n",
    .usage = "DB",
    .option = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
