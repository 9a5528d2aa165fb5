/* bus_v2.c - what the custom event bus of 2026 does otherwise (EB-54 … EB-59): it recognises events that were published within
 * 300 s, keeps the order of an event group, and has quotas per bus and per group. */
#include "bus_actor.h"
#include "eb_price.h"
#include "mem.h"

#include <string.h>

#define WINDOW      (300 * SIM_S) /* EB-55 */
#define BUS_EVENTS  500000        /* a second (EB-59) */
#define GROUP_UNITS 1500          /* events or KB a second (EB-59) */

struct seen { /* in order of time: the window has one length */
    uint64_t id;
    sim_time until;
};
struct bus_v2 {
    enum bus_dedup dedup;
    struct map64 by_id;
    struct seen *seen; /* [first, n) */
    uint32_t first, n, cap;
    struct map64 by_group;
    struct slab groups; /* struct eb_bucket */
};

bool bus_v2_make(struct bus *b)
{
    const struct value *type = spec_value(b->e.spec, BUS_TYPE), *dedup = spec_value(b->e.spec, BUS_DEDUPLICATION);
    if (spec_int(b->e.spec, BUS_GENERATION) == 0)
        return true;
    struct bus_v2 *v = b->v2 = arena_get(&b->e.world->arena, sizeof(*v));
    if (v == NULL)
        return false;
    b->fifo = type->i == 1;
    v->dedup = (enum bus_dedup)dedup->i;
    map64_init(&v->by_id);
    map64_init(&v->by_group);
    slab_init(&v->groups, sizeof(struct eb_bucket));
    return true;
}

void bus_v2_close(struct bus *b)
{
    struct bus_v2 *v = b->v2;
    if (v == NULL)
        return;
    map64_free(&v->by_id);
    map64_free(&v->by_group);
    slab_free(&v->groups);
    mem_release(v->seen);
}

uint32_t bus_v2_rate(void)
{
    return BUS_EVENTS;
}

/* --- deduplication (EB-55) --- */

static void forget(struct bus_v2 *v, sim_time now)
{
    for (; v->first < v->n && v->seen[v->first].until <= now; v->first++)
        map64_remove(&v->by_id, v->seen[v->first].id);
}

static bool remember(struct bus_v2 *v, uint64_t id, sim_time until)
{
    if (v->n == v->cap && v->first > v->cap / 2) {
        memmove(v->seen, v->seen + v->first, (v->n - v->first) * sizeof(*v->seen));
        v->n -= v->first;
        v->first = 0;
    }
    if (v->n == v->cap) {
        uint32_t cap = v->cap == 0 ? 64 : v->cap * 2;
        struct seen *more = mem_resize(v->seen, cap * sizeof(*more));
        if (more == NULL)
            return false;
        v->seen = more;
        v->cap = cap;
    }
    v->seen[v->n++] = (struct seen){id, until};
    return map64_put(&v->by_id, id, 1);
}

/* A client's retries carry the same id and the same content; a key may be that of many. The scope is the event group. */
static uint64_t id_of(const struct bus *b, const struct job *j)
{
    const struct request *r = request_at(&b->e.world->requests, j->request);
    uint64_t group = b->fifo ? (uint64_t)j->key + 1 : 0;
    if (b->v2->dedup == BUS_DEDUP_KEY)
        return (uint64_t)j->key + 1;
    return (group * UINT64_C(0x9e3779b97f4a7c15)) ^ (((uint64_t)r->source << 40 | request_item(r)) + 1);
}

bool bus_v2_known(struct bus *b, const struct job *j)
{
    struct bus_v2 *v = b->v2;
    uint64_t value;
    if (v->dedup == BUS_DEDUP_NONE)
        return false;
    forget(v, world_now(b->e.world));
    return map64_get(&v->by_id, id_of(b, j), &value);
}

void bus_v2_note(struct bus *b, const struct job *j)
{
    if (b->v2->dedup != BUS_DEDUP_NONE && !remember(b->v2, id_of(b, j), world_now(b->e.world) + WINDOW))
        b->e.world->failed = true;
}

/* --- quotas (EB-59) --- */

/* Tokens for one event of its group: a started KB counts as an event. false: over the quota, and nothing is taken. */
bool bus_v2_admits(struct bus *b, const struct job *j)
{
    struct bus_v2 *v = b->v2;
    sim_time now = world_now(b->e.world);
    uint64_t number;
    int64_t units = j->size <= 1024 ? 1 : (j->size + 1023) / 1024;
    if (!b->fifo)
        return true;
    if (!map64_get(&v->by_group, j->key, &number)) {
        number = slab_take(&v->groups);
        if (number == SLAB_NONE || !map64_put(&v->by_group, j->key, number)) {
            b->e.world->failed = true;
            return false;
        }
        eb_bucket_init(slab_at(&v->groups, (uint32_t)number), GROUP_UNITS, now);
    }
    struct eb_bucket *bucket = slab_at(&v->groups, (uint32_t)number);
    eb_bucket_fill(bucket, now);
    if (bucket->level < units * SIM_S)
        return false;
    bucket->level -= units * SIM_S;
    return true;
}
