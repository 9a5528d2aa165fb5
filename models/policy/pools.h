/* pools.h - the connection pools that an entity calls through, told which of its threads are there. An entity without any
 * has n == 0, and pays for a look at that where threads come and go. */
#ifndef POOLS_H
#define POOLS_H

#include "link.h"
#include "steps.h"

struct pools {
    struct entity  *owner;
    struct entity **pool;
    uint32_t        n;
};

/* In `wire`, after steps_init; forwards: NULL, or what else calls. false: memory is short. */
bool pools_find(struct pools *, struct entity *owner, const struct steps *, const struct steps *forwards);
void pools_arrive(const struct pools *, uint32_t first, uint32_t n, enum pool_how);
void pools_leave(const struct pools *, uint32_t first, uint32_t n);
void pools_lost(const struct pools *, uint32_t first, uint32_t n);
void pools_crash(const struct pools *, uint32_t who);

#endif
