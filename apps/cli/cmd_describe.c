/* cmd_describe.c - afterbay describe [KIND]: the reference page of a kind, from the same table that parsing uses. */
#include "cli.h"

#include <string.h>

#include "describe.h"
#include "room.h"
#include "table.h"

static const struct option options[] = {
    {0, "markdown", OPTION_FLAG, NULL, "as Markdown, as docs/reference/kinds.md was made", NULL, 0, 0},
    {0},
};

static void list_kinds(void)
{
    struct table t;
    table_open(&t, "ll");
    table_cell(&t, "kind");
    table_cell(&t, "what it is");
    for (size_t i = 0; rooms[i] != NULL; i++) {
        table_cell(&t, "%s", rooms[i]->kind);
        table_cell(&t, "%s", rooms[i]->title);
    }
    table_cell(&t, "run");
    table_cell(&t, "settings of the run as a whole");
    table_print(stdout, &t, 0, true);
    table_close(&t);
    printf("\n'afterbay describe KIND' prints its settings and metrics\n");
}

static int unknown_kind(const char *kind)
{
    const char *all[64] = {"run"};
    size_t      n = 1;
    for (size_t i = 0; rooms[i] != NULL && n < 64; i++)
        all[n++] = rooms[i]->kind;
    const char *near = suggest(kind, all, n);
    if (near != NULL)
        return cli_failf(ERR_USAGE, "unknown kind '%s' (did you mean '%s'?)", kind, near);
    return cli_failf(ERR_USAGE, "unknown kind '%s'; 'afterbay describe' lists them", kind);
}

static void everything(void)
{
    describe_run(true);
    for (size_t i = 0; rooms[i] != NULL; i++)
        describe_room(rooms[i], true);
}

static int run(const struct args *a)
{
    bool               markdown = option_flag(a, "markdown");
    const char        *kind = a->n_operand > 0 ? a->operand[0] : NULL;
    const struct room *r = kind == NULL ? NULL : room_find(kind);
    if (kind == NULL && markdown)
        everything();
    else if (kind == NULL)
        list_kinds();
    else if (r != NULL)
        describe_room(r, markdown);
    else if (strcmp(kind, "run") == 0)
        describe_run(markdown);
    else
        return unknown_kind(kind);
    return EXIT_OK;
}

const struct command cmd_describe = {
    .name = "describe",
    .doc = "print the settings and metrics of a kind of entity",
    .examples = "  afterbay describe\n"
                "  afterbay describe queue\n"
                "  afterbay describe run\n",
    .usage = "[KIND]",
    .option = options,
    .max_operands = 1,
    .run = run,
};
