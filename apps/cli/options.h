/* options.h - one table per command says which options it has; parsing, help and suggestions all come from it.
 * Options may stand anywhere, also before the command; `--x=y` and `--x y`, `-xy` and `-x y` are the same; what follows
 * `--` is an operand. Long names may not be shortened. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "err.h"

enum option_kind {
    OPTION_FLAG,
    OPTION_TEXT,  /* one value, the last wins */
    OPTION_MANY,  /* a value each time it is given */
    OPTION_COUNT, /* a whole number, low … high; with choices "auto" also that word: OPTION_AUTO */
    OPTION_CHOICE /* one of choices */
};

#define OPTION_AUTO INT64_MIN

struct option {
    char             letter; /* 0: none */
    const char      *name;   /* long name, without dashes */
    enum option_kind kind;
    const char      *value;  /* what help calls the value: "FILE"; NULL for a flag */
    const char      *doc;
    const char      *choices; /* OPTION_CHOICE: "auto|always|never" */
    int64_t          low, high;
};

/* Tables end with an option without a name. */
struct option_table {
    const struct option *own, *common;
};

struct arg { /* one option as given */
    const struct option *option;
    const char          *text;
    int64_t              n; /* OPTION_COUNT: the number; OPTION_CHOICE: its index */
};
struct args {
    struct arg  *given;
    size_t       n_given;
    const char **operand;
    size_t       n_operand;
};

/* Splits argv[0 … n-1] (without the program's name). With lenient, an unknown option is passed over as a flag.
 * False: *err says what is wrong (ERR_USAGE, or ERR_INTERNAL when memory is short). Free with options_free either way. */
bool options_parse(struct args *, int n, char *const *argv, const struct option_table *, bool lenient, struct err *);
void options_free(struct args *);

/* Asking for an option that the command's table lacks is answered as not given. */
bool        option_flag(const struct args *, const char *name);
int         option_times(const struct args *, const char *name);
const char *option_text(const struct args *, const char *name);             /* NULL: not given */
int64_t     option_count(const struct args *, const char *name, int64_t otherwise);
/* Value number i of an OPTION_MANY; NULL: there are no more. */
const char *option_many(const struct args *, const char *name, size_t i);

/* The options of a table, aligned, one or more lines each. */
void options_print(FILE *, const struct option *);

#endif
