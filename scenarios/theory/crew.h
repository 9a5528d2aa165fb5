/* crew.h - a queue's readers as the servers of a station: how many, how long each is held by a
 * message, and where the picture is not exact. */
#ifndef CREW_H
#define CREW_H

#include "find.h"

struct crew {
    const struct spec_entity *queue, *fleet;
    unsigned workers, servers; /* servers < workers: what they call serves fewer at a time */
    const struct spec_entity *bottleneck; /* that one; NULL: the workers themselves */
    struct timelaw work;                  /* of a message: own time and calls without waiting */
    struct timelaw held;                  /* work and the API calls around it */
    struct timelaw api;                   /* latency of one API call */
    double delay;                         /* before a message can be received */
    double again;        /* share of work that outlasts the visibility timeout and is done again */
    const char *why_not; /* no formula; NULL: there is one */
    bool sleeps;         /* polls at intervals */
    double interval;
    uint32_t batch;
    bool fifo;
};
/* Of a queue with one reader. */
struct crew crew_of(struct look *, const struct spec_entity *queue,
                    const struct spec_entity *fleet);
/* What else is set and is in no formula: makes the finding an approximation. */
void crew_doubts(struct look *, struct finding *, const struct crew *);
/* "queue.orders -> fleet.writers" */
const char *crew_name(struct look *, const struct crew *);
/* Visibility timeout in force, seconds. */
double crew_visibility(const struct crew *);

/* Each queue with a flow and exactly one reader; other queues get visit(…, NULL fleet). */
void crew_each(struct look *, void (*visit)(struct look *, const struct spec_entity *queue,
                                            const struct spec_entity *fleet));

#endif
