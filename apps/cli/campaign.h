/* campaign.h - one scenario at many design points, each in many replications: the engine of sweep, goal and sensitivity.
 * Every (point, replication) is a trial of its own, so all cores are busy to the end; what is asked of a replication is
 * kept as numbers, its result goes to a spool and from there, in order, to the database. All points share seed and
 * replication numbers, so differences between them are paired. */
#ifndef CAMPAIGN_H
#define CAMPAIGN_H

#include "runner.h"
#include "spool.h"

struct campaign_point {
    const char **set; /* "path=value", over the command line's own overrides */
    size_t       n_set;
    double      *x;   /* [column * cap + replication]; NAN: no value */
    uint32_t     n, cap;
};

struct campaign {
    struct runner          runner; /* options, the base scenario (item 0), its columns */
    struct campaign_point *point;
    size_t                 n_point, cap_point;
    struct spool          *spool; /* NULL: results are not kept */
    char                  *part;  /* its file; NULL: it has no name */
    bool                   parted; /* it has been said that points have other parts */
    uint64_t               events;
    int64_t                run; /* in the database, once stored */
};

/* Options that are the same as those of runs; series are off unless the command has --series and it is given.
 * 0 or the exit code; close in any case. */
int  campaign_open(struct campaign *, const char *command, const struct args *, const char *path);
void campaign_close(struct campaign *);
/* Adds a point; the texts are copied. False: memory is short. */
bool campaign_point(struct campaign *, const char *const *set, size_t n);
/* Loads every point from number `from` on once: what is wrong with any of them is said before hours are spent. */
int campaign_check(struct campaign *, size_t from);
/* Where results go until they are stored (nothing without --output). resumable: to a file that survives, whose
 * results are taken up again when `resume`, refused otherwise unless `fresh`. After all points of a resumable one are
 * known, and all columns. */
int campaign_keep(struct campaign *, bool resumable, bool resume, bool fresh);

/* Brings each of these points (their numbers) to n replications. 0 or the exit code, after saying why. */
int campaign_run(struct campaign *, const size_t *point, size_t n_point, uint32_t n);
/* All points to what the scenario or -r says; with -r auto, round by round, each point until it is precise enough. */
int campaign_run_all(struct campaign *);
/* Everything into the database as one run; removes the spool. */
int campaign_store(struct campaign *);

/* One value per replication, point->n of them. */
const double   *campaign_values(const struct campaign *, size_t point, size_t column);
struct estimate campaign_estimate(const struct campaign *, size_t point, size_t column);
/* The widest relative half-width of any point and precision target (or column, without targets); NAN: none. */
double campaign_width(const struct campaign *);

#endif
