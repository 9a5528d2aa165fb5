/* stock.h - items of one size that never move and are known by their address: taking one is to read where the next free one is,
 * giving it back to write that down. What must be known by a number lies in a slab. */
#ifndef STOCK_H
#define STOCK_H

#include <stddef.h>
#include <stdint.h>

#include "check.h"

#define STOCK_CHUNK 1024 /* items of one piece of memory */

struct stock_chunk;
struct stock {
    void               *free; /* a free item's first word is where the next one is */
    size_t              item_bytes;
    struct stock_chunk *chunk; /* the last; each knows the one before */
    uint32_t            left;  /* items of it that nobody has ever had */
    uint64_t            n_touched; /* items that somebody has had */
};

/* item_bytes >= 8, rounded up to a multiple of 8. Allocates nothing. */
void stock_init(struct stock *, size_t item_bytes);
void stock_free(struct stock *);
/* Private: an item that nobody has had yet; NULL when memory is short. */
__attribute__((noinline)) void *stock_fresh(struct stock *);

/* Takes an item, not zeroed; NULL when memory is short. What was given back last is taken first. */
ALWAYS_INLINE void *stock_take(struct stock *s)
{
    void *item = s->free;
    if (__builtin_expect(item == NULL, 0))
        return stock_fresh(s);
    s->free = *(void **)item;
    return item;
}

ALWAYS_INLINE void stock_give(struct stock *s, void *item)
{
    *(void **)item = s->free;
    s->free = item;
}

#endif
