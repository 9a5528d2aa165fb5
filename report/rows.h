/* rows.h - what charts of many rows or lines over one time axis share: a series reduced to the columns of a page, words for
 * numbers, a legend. */
#ifndef ROWS_H
#define ROWS_H

#include "frame.h"

/* 0 for what is negative or no number: a chart shows what there is. */
double rows_clean(double);

/* A series, mean of its replications, in at most `most` columns of equal width (the last may be cut). */
struct course {
    size_t  n;
    double  width_s;
    double *value;
    size_t  joined; /* buckets of the data in one column */
};
enum course_kind {
    COURSE_COUNT, /* counts become rates per second */
    COURSE_LEVEL, /* the mean of the buckets; NAN: not known there */
    COURSE_MOST   /* the largest of the buckets' means; NAN as above */
};
/* value[r * n + b]. false after a failure of the sheet. */
bool course_make(struct sheet *, struct course *, enum course_kind, const double *value, size_t n_replication, size_t n,
                 double width_s, size_t most);
double course_top(const struct course *); /* the largest value; 0: none */
/* The area under steps of the course, and the line on top of it. */
void course_area(struct sheet *, const struct course *, const struct scale *x, const struct scale *y, struct ink fill);
void course_steps(struct sheet *, const struct course *, const struct scale *x, const struct scale *y, struct ink line, double width,
                  enum dash);

/* Numbers as text that lives in the sheet. */
const char *say_round(struct sheet *, double);
const char *say_number(struct sheet *, double);
const char *say_share(struct sheet *, double);
const char *say_duration(struct sheet *, double seconds);
const char *say_moment(struct sheet *, double seconds);
const char *say_replications(struct sheet *, size_t n); /* "one replication", "mean of 5 replications" */
void        cell_number(struct sheet *, double); /* a cell of the table; NAN: "none" */

/* A sign and its text at *x, which moves on; left out where there is no room up to `right`. */
void legend_entry(struct sheet *, double *x, double y, const char *text, uint32_t rgb, enum shape, double right);

#endif
