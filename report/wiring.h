/* wiring.h - who names whom in a run: read from the scenario's text in its canonical form, which the database keeps. Charts
 * of fan-out need it, for counters alone do not tell which queue a subscription feeds. */
#ifndef WIRING_H
#define WIRING_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "query.h"

struct wire {
    char   from[120], to[120]; /* "service.web", "queue.a" */
    char   key[48];            /* the setting that names it: "target" */
    size_t group;              /* number of the innermost braces it stands in: settings of one step, one target */
    bool   dead;               /* where dead letters go */
    bool   feeds;              /* messages go from `from` to `to` when all is well */
};
struct wiring {
    struct wire *wire; /* in the order of the text */
    size_t       n;
};
/* Reads a text; what it cannot make out it leaves away. false: memory is short. */
bool wiring_read(struct wiring *, const char *canonical, struct err *);
bool wiring_of_run(struct wiring *, struct query *, int64_t run, struct err *);
void wiring_free(struct wiring *);

/* Whether an entity is of that kind: "queue", "queue.orders". */
bool wiring_is(const char *entity, const char *kind);

#endif
