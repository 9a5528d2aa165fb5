/* pools.c - see pools.h. */
#include "pools.h"

#include "caller_more.h"

static void add(struct pools *p, struct entity *e)
{
    if (e == NULL || e->room->pool == NULL)
        return;
    for (uint32_t i = 0; i < p->n; i++)
        if (p->pool[i] == e)
            return;
    p->pool[p->n++] = e;
}

static uint32_t targets_of(const struct caller_policy *p)
{
    return 1 + (p->more == NULL ? 0 : p->more->targets.n);
}

static uint32_t targets_of_all(const struct steps *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n; i++)
        n += targets_of(&s->policy[i]);
    return n;
}

static void add_all(struct pools *p, const struct steps *s)
{
    for (uint32_t i = 0; i < s->n; i++) {
        const struct caller_policy *c = &s->policy[i];
        add(p, c->target);
        for (uint32_t k = 0; c->more != NULL && k < c->more->targets.n; k++)
            add(p, c->more->targets.target[k]);
    }
}

bool pools_find(struct pools *p, struct entity *owner, const struct steps *s, const struct steps *forwards)
{
    uint32_t most = targets_of_all(s) + (forwards != NULL ? targets_of_all(forwards) : 0);
    *p = (struct pools){.owner = owner, .pool = arena_get(&owner->world->arena, (most + 1) * sizeof(struct entity *))};
    if (p->pool == NULL)
        return false;
    add_all(p, s);
    if (forwards != NULL)
        add_all(p, forwards);
    return true;
}

void pools_arrive(const struct pools *p, uint32_t first, uint32_t n, enum pool_how how)
{
    for (uint32_t i = 0; i < p->n; i++)
        p->pool[i]->room->pool->arrive(p->pool[i], p->owner, first, n, how);
}

void pools_leave(const struct pools *p, uint32_t first, uint32_t n)
{
    for (uint32_t i = 0; i < p->n; i++)
        p->pool[i]->room->pool->leave(p->pool[i], p->owner, first, n);
}

void pools_lost(const struct pools *p, uint32_t first, uint32_t n)
{
    for (uint32_t i = 0; i < p->n; i++)
        p->pool[i]->room->pool->lost(p->pool[i], p->owner, first, n);
}

void pools_crash(const struct pools *p, uint32_t who)
{
    for (uint32_t i = 0; i < p->n; i++)
        p->pool[i]->room->pool->crash(p->pool[i], p->owner, who);
}
