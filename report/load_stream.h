/* load_stream.h - what the loaders of charts with many entities share: a list of entities of a kind, their series in one
 * length, the choice of one and the refusal that names what there is. */
#ifndef LOAD_STREAM_H
#define LOAD_STREAM_H

#include "load.h"
#include "written.h"

/* A run that is opened for a chart: its metrics and settings. */
struct parts {
    struct load          load;
    struct query_metric *metric;
    size_t               n, last; /* last: where the latest look-up ended */
    struct written       setting;
    bool                 failed; /* memory was short while a sum was read */
};
bool parts_open(struct parts *, const struct chart_request *, struct err *);
void parts_close(struct parts *);
bool parts_has(struct parts *, const char *entity, const char *metric);

/* The entity that was asked for, or the first of the kind that has the metric; NULL: there is none (*err says what there is). */
const char *parts_choose(struct parts *, const char *entity, const char *kind, const char *metric, struct err *);
/* "clicks[3]" is part "3" of it: writes "3"; false: it is none of its parts. */
bool parts_of(const char *entity, const char *path, char *part, size_t size);

/* A series as a borrowed array; NULL in *value when the run has no such metric or it has no course. Checks its length against
 * `like` (n 0: the first, any length). */
bool parts_series(struct parts *, const struct chart_request *, size_t run, const char *entity, const char *metric, struct query_series *out,
                  const struct query_series *like, const double **value, struct err *);

/* Whether an entity reads a stream and tells how far it is behind. */
bool load_reads(const char *entity);

#endif
