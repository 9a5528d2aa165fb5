/* cmd_help.c - afterbay help [COMMAND]. */
#include "cli.h"

static const struct option options[] = {{0}};

static int run(const struct args *a)
{
    if (a->n_operand == 0) {
        help_overview(stdout);
        return EXIT_OK;
    }
    const struct command *c = command_find(a->operand[0]);
    if (c == NULL)
        return cli_unknown_command(a->operand[0]);
    help_command(stdout, c);
    return EXIT_OK;
}

const struct command cmd_help = {
    .name = "help",
    .doc = "tell about a command",
    .examples = "  afterbay help\n  afterbay help run\n",
    .usage = "[COMMAND]",
    .option = options,
    .max_operands = 1,
    .run = run,
};
