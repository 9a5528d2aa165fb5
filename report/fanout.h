/* fanout.h - who fans out in a run: topics and buses with their parts, and what else feeds several queues; from the names of
 * the metrics and the scenario's wiring. */
#ifndef FANOUT_H
#define FANOUT_H

#include "query.h"
#include "wiring.h"

struct fan_part {
    const char *path;     /* borrowed: "topic.orders[seoul]" */
    char        name[96]; /* "seoul" */
    const char *target;   /* "queue.seoul"; NULL: not known */
    const char *dead;     /* where its dead letters go; NULL: nowhere */
};
struct fan { /* a topic or bus */
    const char      *entity; /* borrowed: "topic.orders" */
    struct fan_part *part;
    size_t           n;
};
struct fanout {
    struct query_metric *metric;
    size_t               n_metric, last; /* last: where the latest look-up ended; the next is near it */
    struct wiring        wiring;
    struct fan          *fan;
    size_t               n;
    bool                 failed; /* memory was short while its counters were read */
};
bool fanout_open(struct fanout *, struct query *, int64_t run, struct err *);
void fanout_close(struct fanout *);

bool fanout_has(struct fanout *, const char *entity, const char *metric);
/* Entities that feed two or more queues directly: the next one after number *at, and its queues (at most `most`, each once;
 * returns how many, 0: no more). */
size_t fanout_feeder(const struct fanout *, size_t *at, const char **feeder, const char **queue, size_t most);

#endif
