/* cmd_new.c - afterbay new TEMPLATE: a commented scenario to start from. Never overwrites a file. */
#include "cli.h"

#include <errno.h>
#include <string.h>

#include "table.h"
#include "templates.h"

static const struct option options[] = {
    {'o', "output", OPTION_TEXT, "FILE", "write here instead of to standard output", NULL, 0, 0},
    {0, "list", OPTION_FLAG, NULL, "list the templates", NULL, 0, 0},
    {0},
};

/* A template's first line is "# NAME: what it is". */
static int list(void)
{
    struct table t;
    table_open(&t, "ll");
    for (size_t i = 0; i < n_templates; i++) {
        const char *text = (const char *)templates[i].text;
        size_t      line = strcspn(text, "\n"), skip = strcspn(text, ":");
        table_cell(&t, "%s", templates[i].name);
        table_cell(&t, "%.*s", skip + 2 < line ? (int)(line - skip - 2) : 0, text + skip + 2);
    }
    table_print(stdout, &t, 0, false);
    table_close(&t);
    return EXIT_OK;
}

static const struct template *find(const char *name)
{
    for (size_t i = 0; i < n_templates; i++)
        if (strcmp(templates[i].name, name) == 0)
            return &templates[i];
    return NULL;
}

static int unknown(const char *name)
{
    const char *all[32];
    size_t      n = 0;
    for (; n < n_templates && n < 32; n++)
        all[n] = templates[n].name;
    const char *near = suggest(name, all, n);
    if (near != NULL)
        return cli_failf(ERR_USAGE, "unknown template '%s' (did you mean '%s'?)", name, near);
    return cli_failf(ERR_USAGE, "unknown template '%s'; 'afterbay new --list' has them all", name);
}

static int write_file(const struct template *t, const char *path)
{
    FILE *f = fopen(path, "wx");
    if (f == NULL)
        return cli_failf(ERR_CANTCREAT, errno == EEXIST ? "%s is there already; nothing was written" : "%s: %s", path,
                         strerror(errno));
    bool ok = fwrite(t->text, 1, t->bytes, f) == t->bytes;
    int  why = errno;
    if (fclose(f) != 0 || !ok) {
        why = ok ? errno : why;
        remove(path); /* the half of it would stand in the way of the next try */
        return cli_failf(ERR_IO, "%s: %s", path, strerror(why));
    }
    cli_note("wrote %s; next: afterbay run %s", path, path);
    return EXIT_OK;
}

static int run(const struct args *a)
{
    const char *path = option_text(a, "output");
    if (option_flag(a, "list"))
        return list();
    if (a->n_operand == 0)
        return help_short(&cmd_new);
    const struct template *t = find(a->operand[0]);
    if (t == NULL)
        return unknown(a->operand[0]);
    if (path != NULL && strcmp(path, "-") != 0)
        return write_file(t, path);
    fwrite(t->text, 1, t->bytes, stdout);
    return EXIT_OK;
}

const struct command cmd_new = {
    .name = "new",
    .doc = "write a commented scenario to start from",
    .examples = "  afterbay new --list\n"
                "  afterbay new decoupled -o shop.cfg\n",
    .usage = "TEMPLATE",
    .option = options,
    .max_operands = 1,
    .run = run,
};
