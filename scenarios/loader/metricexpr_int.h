/* metricexpr_int.h - the tree of an expression; private to metricexpr*.c. */
#ifndef METRICEXPR_INT_H
#define METRICEXPR_INT_H

#include "metricexpr.h"

/* Units of sums: those of metrics, and two that only stand until they meet another side. */
enum sum_unit { SUM_BARE = 100, SUM_PERCENT }; /* a number without unit; a percent */

struct sum {
    enum { SUM_VALUE, SUM_METRIC, SUM_ADD, SUM_SUBTRACT, SUM_MULTIPLY, SUM_DIVIDE } kind;
    int unit; /* enum metric_unit or enum sum_unit */
    double value;
    struct metricref ref;
    const struct sum *left, *right;
    size_t at, length; /* in the text */
};

enum compare_op { OP_LESS, OP_LESS_EQUAL, OP_MORE, OP_MORE_EQUAL, OP_EQUAL, OP_NOT_EQUAL };

struct compare_node {
    const struct sum *left, *right;
    enum compare_op op;
    int unit;
    const char *text;
};

struct metricexpr {
    struct compare_node *item;
    size_t n, cap;
};

/* Where the reader is. */
struct metric_parser {
    struct pool *pool;
    const char *text;
    size_t at;
    int depth;
    const struct metricnames *names;
    struct metricexpr_error *e;
};

/* A sum, with the unit it has; NULL: *p->e says why not (metricsum.c). */
const struct sum *metricsum_parse(struct metric_parser *);
/* What it comes to (metriceval.c). */
double metricsum_value(const struct sum *, metricexpr_value *, void *ctx);
/* The unit of two sides beside each other; -1: they do not go together. */
int metricsum_join(int a, int b);
void metricsum_refuse(struct metric_parser *, const struct sum *a, const struct sum *b);
/* A percent as that share of all requests; NULL: refused. */
const struct sum *metricsum_of_offered(struct metric_parser *, const struct sum *percent);
void metricsum_skip(struct metric_parser *); /* blanks */
/* Length of the name at text. */
size_t metricsum_name(const char *text);
bool metricsum_at_word(const struct metric_parser *, const char *word);

/* Finds a metric and its stat; at: offset of the text in the whole, for *e. */
bool metricname_find(struct pool *, const char *text, size_t length, size_t at,
                     const struct metricnames *, struct metricref *, struct metricexpr_error *e);
__attribute__((format(printf, 5, 6))) bool metricexpr_refuse(struct metricexpr_error *, int code,
                                                             size_t at, size_t width,
                                                             const char *format, ...);

#endif
