/* crew.h - CREW: what a group of instances asks of the workers or servers that run on them. Workers are numbered from 0;
 * an instance has some in a row, and the numbers of one that is gone are used again. */
#ifndef CREW_H
#define CREW_H

#include <stdbool.h>
#include <stdint.h>

struct entity;

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
};

#endif
