/* query_int.h - private to the queries: finding a metric and a point, text columns, arrays. */
#ifndef QUERY_INT_H
#define QUERY_INT_H

#include "db.h"
#include "query.h"

struct query {
    struct db db;
};

struct found { /* a metric of a run */
    int64_t       id;
    enum obs_kind kind;
};

/* False with ERR_DATA and a did-you-mean. The name may be CloudWatch's. */
bool find_metric(struct query *, int64_t run, const char *entity, const char *metric, struct found *, struct err *);
/* The id of a run's point; ERR_DATA when there is none. */
bool find_point(struct query *, int64_t run, uint32_t point, int64_t *id, struct err *);
bool find_run(struct query *, int64_t run, struct err *);

enum obs_kind kind_of(const char *text); /* "counter", "level", "tally" */
bool memory_short(struct query *, struct err *); /* returns false */
bool damaged(struct query *, const char *what, struct err *); /* returns false */
/* An array of n elements of that size, zeroed, at least one; NULL sets *err. */
void *array_new(struct query *, size_t n, size_t bytes, struct err *);
/* One more element at the end of an array of n; keeps the old one when memory is short. */
bool array_grow(struct query *, void **array, size_t n, size_t bytes, struct err *);
/* A copy of a column's text; NULL stays NULL. */
bool column_copy(struct query *, sqlite3_stmt *, int column, char **text, struct err *);
/* Prepares and binds whole numbers to the question marks, left to right. */
bool ask(struct query *, sqlite3_stmt **, struct err *, const char *sql, size_t n, const int64_t *bind);
#define ASK(q, stmt, err, sql, ...)                                                                                    \
    ask(q, stmt, err, sql, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})

#endif
