/* crowd.c - the workers as a fleet's connection pools see them: who comes, who leaves in order, who is gone without a word. */
#include "worker.h"

void crowd_come(struct fleet *f, uint32_t first, uint32_t n, enum pool_how how)
{
    if (f->pools.n == 0)
        return;
    for (uint32_t i = first; i < first + n; i++)
        fleet_worker(f, i)->announced = true;
    pools_arrive(&f->pools, first, n, how);
}

void crowd_leave(struct fleet *f, uint32_t number)
{
    struct worker *w = fleet_worker(f, number);
    bool wanted = number < f->size && (f->off == NULL || !f->off[number]);
    if (!w->announced || wanted)
        return;
    w->announced = false;
    pools_leave(&f->pools, number, 1);
}

void crowd_lose(struct fleet *f, uint32_t first, uint32_t n)
{
    if (f->pools.n == 0)
        return;
    for (uint32_t i = first; i < first + n; i++) {
        if (fleet_worker(f, i)->announced)
            pools_lost(&f->pools, i, 1);
        fleet_worker(f, i)->announced = false;
    }
}

void crowd_return(struct fleet *f)
{
    for (uint32_t i = 0; f->pools.n > 0 && i < f->size; i++)
        if (!fleet_worker(f, i)->announced && (f->off == NULL || !f->off[i]))
            crowd_come(f, i, 1, POOL_SINGLE);
}
