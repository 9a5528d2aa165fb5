/* formula.h - numbers said in tables of text: "1 / mu", "queue.q.depth + queue.q.in_flight",
 * "share(queue.q.wait, *)".
 *
 * + - * / and parentheses; a row's parameters by name, the n-th of a list as `lambda#2`; metrics by
 * their path, durations in seconds; `*` alone: the number at the end of the row's metric;
 * total(list parameter), erlang_c(load, servers); functions min max floor sqrt exp log pow,
 * equal(a, b) and less(a, b) which are 1 or 0, mean(law
 * parameter), det(law parameter) if it is constant, share(metric, x): the share of its distribution
 * above x, quantile(metric, p); of a recorded series at(metric, seconds): its value then, first(metric, x) and last(metric, x):
 * when it was first, last above x, in seconds (moment.h). NAN: something is not there. */
#ifndef FORMULA_H
#define FORMULA_H

#include "oracle.h"

struct formula_scope {
    const struct row *row;
    const struct view *view; /* NULL: no metrics */
    double customers;
    const char *suffix; /* what stands for `*`; NULL: nothing */
    char text[64];      /* where it lies */
};
double formula(const char *text, const struct formula_scope *);

/* The n-th (from 1) of a parameter's list "a/b/c". */
bool param_item(const struct row *, const char *name, int n, char *out, size_t size);

#endif
