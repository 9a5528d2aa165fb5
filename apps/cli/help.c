/* help.c - help, from the tables: examples first, then usage, then options. */
#include "cli.h"

#include <string.h>

const struct command *command_find(const char *name)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

void help_overview(FILE *f)
{
    fprintf(f, "afterbay - a wind tunnel for decoupled architectures\n\n"
               "Start here:\n"
               "  afterbay new decoupled -o shop.cfg    write a commented scenario\n"
               "  afterbay run shop.cfg                 simulate it\n"
               "  afterbay compare a.cfg b.cfg          the same traffic and faults through two designs\n\n"
               "Commands:\n");
    for (size_t i = 0; commands[i] != NULL; i++)
        fprintf(f, "  %-10s %s\n", commands[i]->name, commands[i]->doc);
    fprintf(f, "\nOptions of every command:\n");
    options_print(f, common_options);
    fprintf(f, "\n'afterbay help COMMAND' tells more. Documentation: docs/ in the source, or share/doc/afterbay.\n");
}

void help_command(FILE *f, const struct command *c)
{
    fprintf(f, "afterbay %s - %s\n\nExamples:\n%s\nUsage: afterbay %s [options]%s%s\n", c->name, c->doc, c->examples,
            c->name, *c->usage == 0 ? "" : " ", c->usage);
    if (c->option->name != NULL) {
        fprintf(f, "\nOptions:\n");
        options_print(f, c->option);
    }
    fprintf(f, "\nOptions of every command:\n");
    options_print(f, common_options);
    if (c->more != NULL)
        fprintf(f, "\n%s", c->more);
}

int help_short(const struct command *c)
{
    fprintf(stderr, "usage: afterbay %s [options]%s%s\n       'afterbay help %s' tells more\n", c->name,
            *c->usage == 0 ? "" : " ", c->usage, c->name);
    return ERR_USAGE;
}
