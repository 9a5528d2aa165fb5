/* known.h - ids that a consumer remembers, to tell a message that it has dealt with already: at
 * most so many, each for at most so long. The oldest goes first. */
#ifndef KNOWN_H
#define KNOWN_H

#include "map64.h"
#include "simtime.h"

struct known_entry {
    uint64_t id;
    sim_time until;
};
struct known {
    struct map64 map; /* id to its number, counted from the first ever */
    struct known_entry *ring;
    uint64_t cap, first, next; /* numbers of the oldest, and of the next to come */
    uint64_t capacity;         /* 0: no bound */
    sim_time ttl;              /* SIM_NEVER: no bound */
};

/* Allocates nothing. */
void known_init(struct known *, uint64_t capacity, sim_time ttl);
void known_free(struct known *);
bool known_has(struct known *, sim_time now, uint64_t id);
/* An id that is known keeps its time. false: memory is short. */
bool known_add(struct known *, sim_time now, uint64_t id);
void known_forget(struct known *);

#endif
