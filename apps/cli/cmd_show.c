/* cmd_show.c - afterbay show SCENARIO: what the files and overrides add up to, and where each value comes from. */
#include "cli.h"

#include <string.h>

#include "loading.h"
#include "table.h"
#include "tree.h"

static const struct option options[] = {
    {0, "topology", OPTION_FLAG, NULL, "who calls, sends to and reads from whom, as a tree", NULL, 0, 0},
    {0, "dot", OPTION_FLAG, NULL, "the same as a graph for Graphviz", NULL, 0, 0},
    {0, "defaults", OPTION_FLAG, NULL, "also what no file sets", NULL, 0, 0},
    {0, "set", OPTION_MANY, "PATH=VALUE", "override a setting; may be given again", NULL, 0, 0},
    {0},
};

struct listing {
    struct table table;
    bool         defaults;
};

static void visit(void *context, const char *path, const char *text, const struct place *place, const struct key *key)
{
    struct listing *l = context;
    bool            written = place->file != NULL;
    (void)key;
    if (!written && !l->defaults)
        return;
    table_cell(&l->table, "%s", path);
    table_cell(&l->table, "= %s", term_plain(text));
    if (!written)
        table_cell(&l->table, "%s", "default");
    else if (place->line > 0)
        table_cell(&l->table, "%s:%d", place->file, place->line);
    else
        table_cell(&l->table, "%s", place->file);
}

static int run(const struct args *a)
{
    struct loading l;
    int            code = loading_open(&l, a->operand[0], a);
    bool           dot = option_flag(a, "dot");
    if (code == 0 && (dot || option_flag(a, "topology"))) {
        if (!(dot ? dot_print : tree_print)(scenario_spec(l.scenario)))
            code = cli_failf(ERR_OS, "memory is short");
    } else if (code == 0) {
        struct listing list = {.defaults = option_flag(a, "defaults")};
        table_open(&list.table, "lll");
        scenario_walk(l.scenario, visit, &list);
        table_print(stdout, &list.table, 0, false);
        table_close(&list.table);
    }
    loading_close(&l);
    return code;
}

const struct command cmd_show = {
    .name = "show",
    .doc = "print the merged scenario with each value's origin, or its topology",
    .examples = "  afterbay show shop.cfg\n"
                "  afterbay show shop.cfg --topology\n"
                "  afterbay show shop.cfg --dot | dot -Tsvg -o shop.svg\n"
                "  afterbay show shop.cfg --defaults --set fleet.workers.size=4\n",
    .usage = "SCENARIO",
    .more = "Arrows of --topology: -> messages, records and calls go there, x> what failed, ~> steers (alarms, policies, groups,\n"
            "faults), <~ watches a metric of; after a colon stands what is only named.\n",
    .option = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
