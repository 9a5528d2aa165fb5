/* crew.h - CREW: what a group of instances asks of the workers or servers that run on them. Workers are numbered from 0;
 * an instance has some in a row, and the numbers of one that is gone are used again. */
#ifndef CREW_H
#define CREW_H

#include <stdbool.h>
#include <stdint.h>

#include "simtime.h"

struct entity;
struct fault_state;

/* How an instance's workers look to a health check that came in some time ago. */
struct crew_look {
    bool silent;     /* they hang, stand still or are down: there is no answer, whatever is asked of them */
    bool free;       /* since then one of them was between two jobs, and could answer */
    bool full;       /* none was, and there is no room to wait for one */
    double factor;   /* their times are multiplied by it */
    int64_t failing; /* chance that the answer is an error, ppb */
};

struct crew_ops {
    /* Before the run: from now on a group says who is there. Nobody is, until it opens some. */
    bool (*take)(struct entity *);
    /* They are there, and work. false: memory is short. */
    bool (*open)(struct entity *, uint32_t first, uint32_t n);
    /* They take nothing more, and finish what they have. */
    void (*drain)(struct entity *, uint32_t first, uint32_t n);
    /* They are gone at once, with what they have. */
    void (*kill)(struct entity *, uint32_t first, uint32_t n);
    /* How many of them are at work. */
    uint32_t (*busy)(const struct entity *, uint32_t first, uint32_t n);
    /* Effects of a fault (room.h: hang, slow, fail) that these alone have from now on; none: they are well again. NULL, as
     * the next one: they can neither be ill nor be looked at. */
    void (*ail)(struct entity *, uint32_t first, uint32_t n, const struct fault_state *);
    void (*look)(const struct entity *, uint32_t first, uint32_t n, sim_time since, struct crew_look *);
};

#endif
