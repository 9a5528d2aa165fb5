/* sqs_order.h - a 4-ary heap of slab items by (key, seq). Where the owner asks for it, each item
 * knows its place, so that it can be removed from the middle. It serves what comes out of order;
 * what comes in order stays in lists. */
#ifndef SQS_ORDER_H
#define SQS_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "slab.h"

struct order_entry {
    uint64_t key, seq;
    uint32_t slot;
};

struct order {
    struct order_entry *entry;
    uint32_t n, cap;
    const struct slab *slab; /* NULL: items do not know their place */
    uint32_t place_at;       /* offset of that uint32_t in the item */
};

void order_init(struct order *, const struct slab *, uint32_t place_at);
void order_free(struct order *);
/* Room for n entries in all; false: memory is short. A push needs room. */
__attribute__((noinline)) bool order_widen(struct order *, uint32_t n);
ALWAYS_INLINE bool order_reserve(struct order *o, uint32_t n)
{
    return n <= o->cap || order_widen(o, n);
}
__attribute__((noinline)) void order_push(struct order *, uint64_t key, uint64_t seq, uint32_t slot);
__attribute__((noinline)) void order_remove(struct order *, uint32_t place);
/* After entries were changed in place: makes it a heap again. */
__attribute__((noinline)) void order_rebuild(struct order *);

static inline bool order_before(uint64_t key_a, uint64_t seq_a, uint64_t key_b, uint64_t seq_b)
{
    return key_a != key_b ? key_a < key_b : seq_a < seq_b;
}

#endif
