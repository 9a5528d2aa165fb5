/* layouts_stream.h - the pure half of the charts of streams: which shard is hot, where shards come from, how far consumers
 * are behind, how long a delivery stream holds records. As in layouts.h: numbers in, display list out. */
#ifndef LAYOUTS_STREAM_H
#define LAYOUTS_STREAM_H

#include "layouts.h"

/* --- shards: load of each shard over time --- */
struct shards_row {
    const char   *name;                /* "3" */
    const double *records, *bytes;     /* counts, [r * n + b]; bytes NULL: not counted */
    const double *throttled;           /* records refused; NULL: not counted */
    const double *open;                /* 1 while there is such a shard; NULL: always */
};
struct shards_data {
    const char              *stream, *run;
    size_t                   n_replication, n;
    double                   width_s, end_s;
    double                   limit_records, limit_bytes; /* per second and shard */
    const struct shards_row *row;
    size_t                   n_row;
    double                   unwatched; /* further shards, of which nothing is known */
    const struct fault_span *fault;
    size_t                   n_fault;
};
bool shards_layout(const struct shards_data *, double width, double height, struct sheet **, struct err *);

/* --- genealogy: splits and merges, each shard over its range of hash keys --- */
struct genealogy_shard {
    const char *name;
    double      low, high;    /* shares of the hash-key space, 0 … 1 */
    double      from_s, to_s; /* to_s INFINITY: open at the end */
    double      load;         /* mean share of its limit while it was open; NAN: not known */
};
struct genealogy_data {
    const char                   *stream, *run;
    const struct genealogy_shard *shard; /* of one replication */
    size_t                        n, n_replication;
    double                        end_s, unwatched; /* unwatched: further shards, of which nothing is known */
    const struct fault_span      *fault;
    size_t                        n_fault;
};
bool genealogy_layout(const struct genealogy_data *, double width, double height, struct sheet **, struct err *);

/* --- lag: how far consumers are behind --- */
struct lag_line {
    const char   *name;
    const double *age;     /* seconds, [r * n + b]: means of buckets */
    const double *age_max; /* the largest in each bucket; NULL: not known */
    const double *records; /* that it has not read yet; NULL: not counted */
};
struct lag_data {
    const char            *stream, *run;
    size_t                 n_replication, n;
    double                 width_s, end_s, retention_s; /* retention_s NAN: not known */
    const struct lag_line *line;
    size_t                 n_line;
    const struct fault_span *fault;
    size_t                 n_fault;
};
bool lag_layout(const struct lag_data *, double width, double height, struct sheet **, struct err *);

/* --- delay: how long records are held before they are delivered, for each way to buffer --- */
struct delay_curve {
    const char     *name, *setting; /* "archive", "60 s or 5 MiB"; setting NULL: not known */
    const double   *low_s, *high_s; /* pooled histogram; rising */
    const uint64_t *count;
    size_t          n;
    double          interval_s; /* of the buffer; NAN: not known */
    bool            told;       /* the name tells the setting */
};
struct delay_data {
    const char               *what, *run; /* run "": the curves are runs */
    const struct delay_curve *curve;
    size_t                    n_curve, n_more, n_replication;
};
bool delay_layout(const struct delay_data *, double width, double height, struct sheet **, struct err *);

#endif
