/* bands.h - a metric over time in many replications, reduced to what a panel shows: the mean and where the middle 50 % and
 * 90 % of the replications lie, bucket by bucket. With few replications they are drawn one by one instead. */
#ifndef BANDS_H
#define BANDS_H

#include "palette.h"
#include "plot.h"
#include "scale.h"

#define BANDS_MIN     10  /* fewer replications are drawn one by one */
#define BANDS_BUCKETS 640 /* more buckets are joined: a page has no more columns */

struct bands {
    size_t  n, n_replication;
    double  width_s;  /* of a bucket */
    size_t  joined;   /* buckets of the data in one of these */
    double *mean, *q05, *q25, *q75, *q95;
    double *each;     /* each[r * n + b], when there are few */
    double  top;      /* largest value that will be drawn, 0 when there is none */
};

/* value[r * n + b]; NAN: nothing to show there. false after a failure of the sheet. */
bool bands_make(struct sheet *, struct bands *, const double *value, size_t n_replication, size_t n, double width_s);
void bands_draw(struct sheet *, const struct bands *, const struct scale *x, const struct scale *y, const struct role *);
/* "line: mean of 20 replications; bands: the middle 50 % and 90 % of them" */
const char *bands_legend(struct sheet *, size_t n_replication);

/* Mean over the replications in each bucket (NAN where no replication has a value). */
double *bands_mean(struct sheet *, const double *value, size_t n_replication, size_t n);

#endif
