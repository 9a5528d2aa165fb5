/* sqs_dedup.c - deduplication of sends (section 14). An entry is looked for under a hash of id and
 * scope and compared in full; entries whose hashes meet hang in a chain. A duplicate does not
 * extend the interval, so entries expire in the order in which they came; they are dropped when the
 * next send looks. */
#include "sqs_fifo.h"

#include "hash.h"

#define INTERVAL (300 * SIM_S)

static struct taken *taken_at(const struct dedup *d, uint32_t t)
{
    return (struct taken *)slab_at(&d->slab, t);
}

void dedup_init(struct dedup *d)
{
    slab_init(&d->slab, sizeof(struct taken));
    map64_init(&d->by_key);
    d->head = d->tail = NONE;
}

void dedup_close(struct dedup *d)
{
    slab_free(&d->slab);
    map64_free(&d->by_key);
}

static uint64_t key_of(bool by_group, uint64_t id, uint32_t group)
{
    return hash_mix(by_group ? id ^ hash_mix(group + UINT64_C(1)) : id) | 1;
}

static uint64_t key_in(const struct sqs *s, const struct taken *x)
{
    return key_of(s->config.dedup_by_group, x->id, x->group);
}

static void drop_oldest(struct sqs *s)
{
    struct dedup *d = &s->fifo->dedup;
    uint32_t t = d->head;
    struct taken *x = taken_at(d, t);
    uint64_t key = key_in(s, x), first;
    CHECK(map64_get(&d->by_key, key, &first));
    if ((uint32_t)first == t) {
        map64_remove(&d->by_key,
                     key); /* the newest with its key is the oldest of all: it was alone */
    } else {
        uint32_t i = (uint32_t)first;
        while (taken_at(d, i)->same != t)
            i = taken_at(d, i)->same;
        taken_at(d, i)->same = NONE;
    }
    d->head = x->newer;
    if (d->head == NONE)
        d->tail = NONE;
    slab_give(&d->slab, t);
}

const struct taken *dedup_find(struct sqs *s, uint64_t id, uint32_t group)
{
    struct dedup *d = &s->fifo->dedup;
    while (d->head != NONE && taken_at(d, d->head)->at + INTERVAL <= s->now)
        drop_oldest(s);
    uint64_t first;
    if (id == SQS_UNIQUE ||
        !map64_get(&d->by_key, key_of(s->config.dedup_by_group, id, group), &first))
        return NULL;
    for (uint32_t i = (uint32_t)first; i != NONE; i = taken_at(d, i)->same) {
        const struct taken *x = taken_at(d, i);
        if (x->id == id && (!s->config.dedup_by_group || x->group == group))
            return x;
    }
    return NULL;
}

/* In front of those with the same key. */
static bool hang(struct map64 *map, const struct dedup *d, uint32_t t, uint64_t key)
{
    uint64_t first = NONE;
    map64_get(map, key, &first);
    taken_at(d, t)->same = (uint32_t)first;
    return map64_put(map, key, t);
}

bool dedup_take(struct sqs *s, uint64_t id, uint32_t group, uint64_t message, uint64_t seq)
{
    struct dedup *d = &s->fifo->dedup;
    if (id == SQS_UNIQUE)
        return true;
    uint32_t t = slab_take(&d->slab);
    if (t == NONE)
        return false;
    struct taken *x = taken_at(d, t);
    *x = (struct taken){id, message, seq, s->now, group, NONE, NONE};
    if (!hang(&d->by_key, d, t, key_in(s, x))) {
        slab_give(&d->slab, t);
        return false;
    }
    if (d->tail == NONE)
        d->head = t;
    else
        taken_at(d, d->tail)->newer = t;
    d->tail = t;
    return true;
}

void dedup_forget(struct sqs *s)
{
    while (s->fifo->dedup.head != NONE)
        drop_oldest(s);
}

/* The old entries stay and are asked by the new scope (SQS-96). When memory is short they are
 * forgotten. */
void dedup_scope(struct sqs *s, bool by_group)
{
    struct dedup *d = &s->fifo->dedup;
    struct map64 map;
    map64_init(&map);
    bool ok = true;
    for (uint32_t t = d->head; ok && t != NONE; t = taken_at(d, t)->newer)
        ok = hang(&map, d, t, key_of(by_group, taken_at(d, t)->id, taken_at(d, t)->group));
    if (ok) {
        map64_free(&d->by_key);
        d->by_key = map;
        s->config.dedup_by_group = by_group;
        return;
    }
    map64_free(&map);
    map64_free(&d->by_key); /* the chains are broken: begin anew rather than answer wrongly */
    slab_free(&d->slab);
    dedup_init(d);
    s->config.dedup_by_group = by_group;
}
