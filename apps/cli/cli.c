/* cli.c - finds the command, reads its options, runs it, and makes sure that what was printed has arrived. */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COMMANDS 32
#define MAX_UNION    256

const struct command *const commands[] = {
    &cmd_run,    &cmd_compare, &cmd_sweep, &cmd_goal, &cmd_sensitivity, &cmd_warmup, &cmd_check,   &cmd_show,  &cmd_new,     &cmd_plot,
    &cmd_report, &cmd_export, &cmd_describe, &cmd_explain, &cmd_bench, &cmd_theory, &cmd_version, &cmd_help, NULL,
};

const struct option common_options[] = {
    {'h', "help", OPTION_FLAG, NULL, "this help", NULL, 0, 0},
    {'q', "quiet", OPTION_FLAG, NULL, "no progress and no notes on stderr", NULL, 0, 0},
    {'v', "verbose", OPTION_FLAG, NULL, "say more", NULL, 0, 0},
    {0, "color", OPTION_CHOICE, "WHEN", "auto (default: on a terminal, without NO_COLOR), always, never",
     "auto|always|never", 0, 0},
    {0},
};

static bool quiet, verbose;

bool cli_quiet(void)
{
    return quiet;
}
bool cli_verbose(void)
{
    return verbose;
}

int cli_fail(const struct err *e)
{
    fprintf(stderr, "%serror:%s %s\n", term_colour(stderr, COLOUR_RED), term_colour(stderr, COLOUR_OFF), e->text);
    return e->class == ERR_NONE ? ERR_INTERNAL : (int)e->class;
}

int cli_failf(enum err_class class, const char *format, ...)
{
    struct err e = {.class = class};
    va_list    list;
    va_start(list, format);
    vsnprintf(e.text, sizeof e.text, format, list);
    va_end(list);
    return cli_fail(&e);
}

void cli_note(const char *format, ...)
{
    va_list list;
    if (quiet)
        return;
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
}

void cli_detail(const char *format, ...)
{
    va_list list;
    if (!verbose)
        return;
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
}

/* An option may come before the command, so the command is found with the options of all commands: a name takes a
 * value in all of them or in none (a test checks). */
static const struct option *all_options(void)
{
    static struct option all[MAX_UNION];
    size_t               n = 0;
    for (size_t c = 0; commands[c] != NULL; c++)
        for (const struct option *o = commands[c]->option; o->name != NULL && n < MAX_UNION - 1; o++) {
            all[n] = *o;
            all[n].kind = o->kind == OPTION_FLAG ? OPTION_FLAG : OPTION_TEXT;
            n++;
        }
    all[n] = (struct option){0};
    return all;
}

int cli_unknown_command(const char *word)
{
    const char *name[MAX_COMMANDS];
    size_t      n = 0;
    for (; commands[n] != NULL; n++)
        name[n] = commands[n]->name;
    const char *near = suggest(word, name, n);
    if (near != NULL)
        return cli_failf(ERR_USAGE, "unknown command '%s' (did you mean '%s'?)", word, near);
    return cli_failf(ERR_USAGE, "unknown command '%s'; 'afterbay help' lists them", word);
}

static void setup(const struct args *a)
{
    quiet = option_flag(a, "quiet");
    verbose = option_flag(a, "verbose");
    term_setup((enum colour_when)option_count(a, "color", COLOUR_AUTO));
}

static int run_command(const struct command *c, int n, char *const *argv)
{
    struct option_table table = {c->option, common_options};
    struct args         args;
    struct err          err = {0};
    int                 code;
    if (!options_parse(&args, n, argv, &table, false, &err)) {
        code = cli_fail(&err);
        if (err.class == ERR_USAGE)
            help_short(c);
        options_free(&args);
        return code;
    }
    setup(&args);
    /* The command's own word is the first operand. */
    struct args own = args;
    own.operand++;
    own.n_operand--;
    if (option_flag(&args, "help")) {
        help_command(stdout, c);
        code = EXIT_OK;
    } else if (own.n_operand < c->min_operands || own.n_operand > c->max_operands) {
        code = help_short(c);
    } else {
        code = c->run(&own);
    }
    options_free(&args);
    return code;
}

/* No command: --help and --version alone are fine, anything else is not. */
static int without_command(const struct args *a, int n, char *const *argv)
{
    if (option_flag(a, "help")) {
        help_overview(stdout);
        return EXIT_OK;
    }
    if (n == 1 && strcmp(argv[0], "--version") == 0)
        return cmd_version.run(&(struct args){0});
    help_overview(stderr);
    return ERR_USAGE;
}

static int dispatch(int n, char *const *argv)
{
    struct option_table   table = {all_options(), common_options};
    struct args           args;
    struct err            err = {0};
    int                   code;
    const struct command *c = NULL;
    if (!options_parse(&args, n, argv, &table, true, &err) && args.n_operand == 0) {
        code = cli_fail(&err);
    } else if (args.n_operand == 0) {
        code = without_command(&args, n, argv);
    } else if ((c = command_find(args.operand[0])) == NULL) {
        code = cli_unknown_command(args.operand[0]);
    } else {
        code = run_command(c, n, argv);
    }
    options_free(&args);
    return code;
}

int cli_main(int argc, char **argv)
{
    signals_ignore();
    int code = dispatch(argc - 1, argv + 1);
    /* A full disk shows itself only here. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        int failed = cli_failf(ERR_IO, "cannot write the output: %s", strerror(errno));
        clearerr(stdout);
        return code == EXIT_OK || code == EXIT_EXPECT_FAILED || code == EXIT_UNDECIDED ? failed : code;
    }
    return code;
}
