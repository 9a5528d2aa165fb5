/* pool_site.c - whose threads are where: owners, their processes, and how processes come and go. A process that nobody has
 * announced comes with its first call. */
#include "pool.h"

static struct pool *pool_of(struct entity *e)
{
    return (struct pool *)e;
}

/* --- owners --- */

static struct pool_owner *owner_of(struct pool *p, struct entity *e)
{
    struct pool_owner **at = &p->owner;
    while (*at != NULL && (*at)->entity != e)
        at = &(*at)->next;
    if (*at != NULL)
        return *at;
    struct pool_owner *o = *at = arena_get(&p->e.world->arena, sizeof(*o));
    if (o == NULL) {
        p->e.world->failed = true;
        return NULL;
    }
    o->entity = e;
    o->share = p->threads > 0 ? p->threads : 1;
    o->last = &o->first;
    return o;
}

static void learn(const struct pool *p, struct pool_owner *o, uint32_t n, enum pool_how how)
{
    o->how = how;
    if (how == POOL_ENVIRONMENT)
        o->share = 1;
    if (how != POOL_INSTANCE && how != POOL_CROWD)
        return;
    o->threads = n;
    o->share = p->threads == 0 || p->threads > n ? n : p->threads;
}

/* POOL-1: threads of one instance only share a process. */
static uint32_t process_of(const struct pool_owner *o, uint32_t who)
{
    uint32_t each = o->threads == 0 ? 0 : (o->threads + o->share - 1) / o->share;
    return o->threads == 0 ? who / o->share : who / o->threads * each + who % o->threads / o->share;
}

/* --- processes --- */

static struct site *find(const struct pool *p, const struct pool_owner *o, uint32_t process)
{
    uint64_t slot;
    if (!map64_get(&p->sites, (uint64_t)o->entity->index << 32 | process, &slot))
        return NULL;
    return slab_at(&p->slab, (uint32_t)slot);
}

static struct site *find_or_make(struct pool *p, struct pool_owner *o, uint32_t process)
{
    struct site *s = find(p, o, process);
    uint64_t name = (uint64_t)o->entity->index << 32 | process;
    if (s != NULL)
        return s;
    uint32_t slot = slab_take(&p->slab);
    if (slot == SLAB_NONE || !map64_put(&p->sites, name, slot)) {
        p->e.world->failed = true;
        return NULL;
    }
    s = slab_at(&p->slab, slot);
    site_init(s, &p->lender, (uint64_t)o->entity->index << 24 | (process & 0xffffff));
    s->frozen = o->how == POOL_ENVIRONMENT;
    *o->last = s;
    o->last = &s->next;
    return s;
}

static void come(struct pool *p, struct site *s, int64_t threads)
{
    if (s->n_present == 0)
        obs_level_add(&p->processes, world_now(p->e.world), 1);
    s->n_present += threads;
}

static void go(struct pool *p, struct site *s, int64_t threads)
{
    if (s->n_present == 0)
        return;
    s->n_present = s->n_present > threads ? s->n_present - threads : 0;
    if (s->n_present == 0)
        obs_level_add(&p->processes, world_now(p->e.world), -1);
}

/* --- what owners tell --- */

static void arrive(struct entity *e, struct entity *owner, uint32_t first, uint32_t n, enum pool_how how)
{
    struct pool *p = pool_of(e);
    struct pool_owner *o = owner_of(p, owner);
    if (o == NULL)
        return;
    if (how != POOL_SINGLE || o->threads == 0)
        learn(p, o, n, how);
    for (uint32_t i = first; i < first + n; i++) {
        struct site *s = find_or_make(p, o, process_of(o, i));
        if (s == NULL)
            return;
        come(p, s, 1);
        if (i + 1 == first + n || process_of(o, i + 1) != process_of(o, i))
            site_settle(s);
    }
}

static void leave(struct entity *e, struct entity *owner, uint32_t first, uint32_t n)
{
    struct pool *p = pool_of(e);
    struct pool_owner *o = owner_of(p, owner);
    for (uint32_t i = first; o != NULL && i < first + n; i++) {
        struct site *s = find(p, o, process_of(o, i));
        if (s == NULL)
            continue;
        go(p, s, 1);
        if (s->n_present == 0)
            site_settle(s);
    }
}

static void end(struct pool *p, struct site *s, bool lost)
{
    if (s == NULL)
        return;
    go(p, s, s->n_present);
    site_end(s, lost);
}

static void lost(struct entity *e, struct entity *owner, uint32_t first, uint32_t n)
{
    struct pool *p = pool_of(e);
    struct pool_owner *o = owner_of(p, owner);
    for (uint32_t i = first; o != NULL && i < first + n; i++)
        end(p, find(p, o, process_of(o, i)), true);
}

static void crash(struct entity *e, struct entity *owner, uint32_t who)
{
    struct pool *p = pool_of(e);
    struct pool_owner *o = owner_of(p, owner);
    if (o != NULL && o->share == 1)
        end(p, find(p, o, process_of(o, who)), false);
}

const struct pool_ops pool_sites = {.arrive = arrive, .leave = leave, .lost = lost, .crash = crash};

/* --- calls --- */

/* A balancer spreads calls over instances in turn, whatever they hold. */
static struct site *in_turn(struct pool_owner *o)
{
    struct site *from = o->turn == NULL ? o->first : o->turn, *s = from;
    while (s != NULL) {
        struct site *next = s->next == NULL ? o->first : s->next;
        o->turn = next;
        if (s->n_present > 0)
            return s;
        s = next == from ? NULL : next;
    }
    return NULL;
}

struct site *pool_site_of(struct pool *p, const struct wire_call *c)
{
    struct pool_owner *o = owner_of(p, c->from);
    if (o == NULL)
        return NULL;
    struct site *s = o->how == POOL_CROWD ? in_turn(o) : find_or_make(p, o, process_of(o, c->who));
    if (s == NULL)
        s = find_or_make(p, o, 0);
    if (s != NULL && s->n_present == 0 && (o->how != POOL_CROWD || o->threads == 0))
        come(p, s, o->share);
    return s; /* of a crowd that has left, the first: it closes the connection after the call */
}
