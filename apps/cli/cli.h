/* cli.h - the command line as a library: commands are rows of a table, and everything that may differ between two
 * machines (terminal, colour, signals, number of processors) is met here and nowhere below. */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "err.h"
#include "options.h"
#include "problem.h"

#ifndef AFTERBAY_VERSION
#define AFTERBAY_VERSION "0.0.0"
#endif
#define CLI_JSON_SCHEMA 1 /* of every object that --json prints; docs/reference/json.md */

enum { /* exit codes that are no err_class; docs/reference/exit-codes.md has all */
    EXIT_OK = 0,
    EXIT_EXPECT_FAILED = 1,
    EXIT_UNDECIDED = 2,
    EXIT_SIGNAL = 128 /* plus the signal's number */
};

struct command {
    const char          *name;
    const char          *doc;      /* one line */
    const char          *examples; /* lines, each "  afterbay …" */
    const char          *usage;    /* "SCENARIO…" */
    const char          *more;     /* paragraphs after the options; NULL: none */
    const struct option *option;
    size_t               min_operands, max_operands;
    int (*run)(const struct args *);
};

extern const struct command cmd_run, cmd_compare, cmd_check, cmd_show, cmd_new, cmd_plot, cmd_report, cmd_describe,
    cmd_explain, cmd_bench, cmd_theory, cmd_version, cmd_help, cmd_sweep, cmd_goal, cmd_sensitivity,
    cmd_warmup, cmd_export;
/* In the order of help; ended by NULL. */
extern const struct command *const commands[];
extern const struct option         common_options[];

/* What main calls; returns the exit code. Flushes stdout, and answers 74 when that fails. */
int cli_main(int argc, char **argv);

/* --- help.c --- */
const struct command *command_find(const char *name);
void                  help_overview(FILE *);
void                  help_command(FILE *, const struct command *);
/* One line and where to find more, on stderr; returns 64. */
int help_short(const struct command *);
/* Says so, with a suggestion; returns 64. */
int cli_unknown_command(const char *word);

/* --- messages, all on stderr --- */
/* "error: …"; returns the exit code of the error. */
int cli_fail(const struct err *);
int cli_failf(enum err_class, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Nothing with --quiet. */
void cli_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Only with --verbose. */
void cli_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool cli_quiet(void);
bool cli_verbose(void);

/* --- term.c: colours; empty texts when colour is off --- */
enum colour { COLOUR_OFF, COLOUR_BOLD, COLOUR_DIM, COLOUR_RED, COLOUR_GREEN, COLOUR_YELLOW };
enum colour_when { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };
void        term_setup(enum colour_when);
bool        term_colours(FILE *);
const char *term_colour(FILE *, enum colour);
/* Text from a file or a database for the screen: blanks and U+FFFD for bytes that would steer a terminal. The text itself when
 * it has none; else a copy that holds until the fourth next call. */
const char *term_plain(const char *text);

/* --- signals.c --- */
/* From now on the first SIGINT or SIGTERM sets the flag, the second ends the process. */
void                signals_catch(void);
/* A file that reaches its allowed size is a write that fails, told like any other. */
void                signals_ignore(void);
const volatile int *signals_flag(void);
/* 130 or 143 after a signal, else 0. */
int signals_exit_code(void);

#endif
