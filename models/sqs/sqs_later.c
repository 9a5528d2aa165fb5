/* sqs_later.c - a bucket's list has no order: what comes is put in front. */
#include "sqs_line.h"

#include "mem.h"

#define BITS 6
#define FEW  32 /* so many go into the heap at once */

static_assert(LATER_DIGITS == 1 << BITS && LATER_PLACES * BITS >= 63, "every time has a bucket");

bool later_open(struct later *l)
{
    if (l->head != NULL)
        return true;
    l->head = mem_get(LATER_PLACES * LATER_DIGITS * sizeof(*l->head));
    for (unsigned i = 0; l->head != NULL && i < LATER_PLACES * LATER_DIGITS; i++)
        l->head[i] = SLAB_NONE;
    return l->head != NULL;
}

void later_free(struct later *l)
{
    mem_release(l->head);
    *l = (struct later){0};
}

/* at differs from the horizon: it is later. */
static unsigned bucket_of(const struct later *l, sim_time at)
{
    unsigned place = (63 - (unsigned)__builtin_clzll((uint64_t)(at ^ l->horizon))) / BITS;
    return place * LATER_DIGITS + ((uint64_t)at >> place * BITS) % LATER_DIGITS;
}

void later_put(struct timeline *t, uint32_t item, struct due *d)
{
    struct later *l = &t->later;
    unsigned bucket = bucket_of(l, d->at);
    d->lane = LINE_LATER + bucket;
    d->prev = SLAB_NONE;
    d->next = l->head[bucket];
    if (d->next != SLAB_NONE)
        due_of(t, d->next)->prev = item;
    l->head[bucket] = item;
    l->used[bucket / LATER_DIGITS] |= UINT64_C(1) << bucket % LATER_DIGITS;
    l->n++;
}

static void clear(struct later *l, unsigned bucket)
{
    l->head[bucket] = SLAB_NONE;
    l->used[bucket / LATER_DIGITS] &= ~(UINT64_C(1) << bucket % LATER_DIGITS);
}

void later_cut(struct timeline *t, struct due *d)
{
    struct later *l = &t->later;
    l->n--;
    if (d->next != SLAB_NONE)
        due_of(t, d->next)->prev = d->prev;
    if (d->prev != SLAB_NONE)
        due_of(t, d->prev)->next = d->next;
    else if (d->next != SLAB_NONE)
        l->head[d->lane - LINE_LATER] = d->next;
    else
        clear(l, d->lane - LINE_LATER);
}

static unsigned first_bucket(const struct later *l)
{
    unsigned place = 0;
    while (l->used[place] == 0)
        place++;
    return place * LATER_DIGITS + (unsigned)__builtin_ctzll(l->used[place]);
}

static bool is_few(const struct timeline *t, uint32_t item)
{
    for (int i = 0; i < FEW && item != SLAB_NONE; i++)
        item = due_of(t, item)->next;
    return item == SLAB_NONE;
}

/* To the bucket's last instant, or to its first. */
static void move_horizon(struct later *l, unsigned bucket, bool past)
{
    unsigned shift = bucket / LATER_DIGITS * BITS;
    uint64_t below = (UINT64_C(1) << shift) - 1, digit = bucket % LATER_DIGITS;
    uint64_t higher = (uint64_t)l->horizon & ~(below | (uint64_t)(LATER_DIGITS - 1) << shift);
    l->horizon = (sim_time)(higher | digit << shift | (past ? below : 0));
}

static void deal(struct timeline *t, uint32_t item)
{
    struct later *l = &t->later;
    while (item != SLAB_NONE) {
        struct due *d = due_of(t, item);
        uint32_t next = d->next;
        l->n--;
        if (d->at <= l->horizon)
            timeline_near(t, item, d);
        else
            later_put(t, item, d);
        item = next;
    }
}

void later_refill(struct timeline *t)
{
    struct later *l = &t->later;
    while (t->heap.n == 0) {
        unsigned bucket = first_bucket(l);
        uint32_t list = l->head[bucket];
        clear(l, bucket);
        move_horizon(l, bucket, is_few(t, list));
        deal(t, list);
    }
    l->kept = t->heap.n;
}

/* Buckets were chosen by the horizon, so all are dealt out anew. The heap holds a ninth of them at least. */
void later_recede(struct timeline *t)
{
    struct later *l = &t->later;
    uint32_t all = SLAB_NONE, n = t->heap.n;
    while (l->n > 0) {
        uint32_t item = l->head[first_bucket(l)];
        later_cut(t, due_of(t, item));
        due_of(t, item)->next = all;
        all = item;
    }
    l->horizon = (sim_time)t->heap.entry[0].key;
    t->heap.n = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct order_entry e = t->heap.entry[i];
        if ((sim_time)e.key <= l->horizon)
            order_push(&t->heap, e.key, e.seq, e.slot);
        else
            later_put(t, e.slot, due_of(t, e.slot));
    }
    for (uint32_t next; all != SLAB_NONE; all = next) {
        next = due_of(t, all)->next;
        later_put(t, all, due_of(t, all));
    }
    l->kept = t->heap.n;
}
