/* problem.h - everything that is wrong with an input, collected in one pass: where, what, how to mend it. */
#ifndef PROBLEM_H
#define PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* Where a value was written. file is borrowed and outlives the list ("shop.cfg", "--set 1"); NULL: a default. */
struct place {
    const char *file;
    int         line, column; /* 1-based; 0: unknown */
    int         width;        /* of the text to underline; 0: one character */
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

struct problem {
    enum severity  severity;
    int            code;          /* AB0203 is 203 */
    enum err_class class;         /* exit code it asks for */
    struct place   place, second; /* second: another place that matters (file NULL: none) */
    char          *text;          /* one line, without code and place */
    char          *label;         /* beside the caret: "did you mean 'visibility_timeout'?"; NULL: none */
    char          *note;          /* "help: …"; NULL: none */
};

struct problems {
    struct problem *item;
    size_t          n, cap, n_errors;
    bool            failed; /* memory ran short: the list is incomplete */
};

void problems_init(struct problems *);
void problems_free(struct problems *);
/* Adds one and returns it, so that label and note can be set with problem_label / problem_note.
 * Never NULL: when memory is short a static dummy is returned and `failed` set. */
struct problem *problem_add(struct problems *, enum severity, int code, const struct place *, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void problem_label(struct problem *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void problem_note(struct problem *, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* By file, line, column, code; files in the order of first appearance. */
void problems_sort(struct problems *);

/* Damerau-Levenshtein distance (optimal string alignment), for did-you-mean. */
unsigned suggest_distance(const char *a, const char *b);
/* The best of n candidates within a third of the word's length (at least 1, at most 3 edits), else NULL.
 * Ties go to the earlier candidate. */
const char *suggest(const char *word, const char *const *candidates, size_t n);

#endif
