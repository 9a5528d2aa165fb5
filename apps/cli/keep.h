/* keep.h - the way of results into the database. A run is one transaction, and a transaction shuts other writers out;
 * so results are gathered first, and a run of up to KEEP_GATHER replications locks the database only while it is
 * written, not while it is simulated. */
#ifndef KEEP_H
#define KEEP_H

#include "facts.h"
#include "result.h"
#include "store.h"

#define KEEP_GATHER 64

struct keep {
    struct store  *store; /* NULL: nothing is kept */
    struct facts   facts;
    struct result *gathered[KEEP_GATHER];
    uint32_t       n_gathered, next; /* next: replication that is written next */
    bool           writing;
    int64_t        run;
};

/* database NULL: everything below does nothing. Opened before the first simulation, so that a bad one costs none. */
bool keep_open(struct keep *, const char *database, struct err *);
/* One scenario: begin, add in order of replication (the result is taken over in any case), end. */
bool keep_begin(struct keep *, const struct scenario *, const char *path, const char *command, const char *const *set,
                size_t n_set, struct err *);
bool keep_add(struct keep *, struct result *, struct err *);
bool keep_end(struct keep *, int64_t *run, struct err *);
/* What was begun and not ended leaves no trace. */
void keep_close(struct keep *);

#endif
