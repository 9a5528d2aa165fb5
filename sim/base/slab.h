/* slab.h - items of one size in chunks that never move: an item is known by its number, its address is stable,
 * taking and giving back cost a few nanoseconds, and memory grows only by whole chunks (never by moving). */
#ifndef SLAB_H
#define SLAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check.h"

#define SLAB_CHUNK_BITS 10 /* 1,024 items a chunk */
#define SLAB_NONE       UINT32_MAX

/* In a struct of its own: what is written into items is then known to leave it as it is, and it need not be read again. */
struct slab_origin {
    uintptr_t at;
};

struct slab {
    char   **chunk;
    struct slab_origin *origin; /* private: of each chunk, where item 0 would be if all were in one piece */
    uint32_t n_chunk, cap_chunk;
    uint32_t item_bytes;
    uint32_t n_live;       /* not beside free_head: a compiler would put the two together to write them in one */
    uint32_t n_touched;
    uint32_t free_head;    /* a free item's first 4 bytes hold the next free number */
};

/* item_bytes >= 4, rounded up to a multiple of 8. Allocates nothing. */
void slab_init(struct slab *, uint32_t item_bytes);
void slab_free(struct slab *);
/* Private: adds a chunk; false when memory is short. */
__attribute__((noinline)) bool slab_grow(struct slab *);

/* bytes: the slab's item_bytes, for who knows them before the run. */
ALWAYS_INLINE void *slab_at_of(const struct slab *s, uint32_t number, uint32_t bytes)
{
    return (void *)(s->origin[number >> SLAB_CHUNK_BITS].at + (uintptr_t)number * bytes);
}

ALWAYS_INLINE void *slab_at(const struct slab *s, uint32_t number)
{
    return slab_at_of(s, number, s->item_bytes);
}

/* Takes an item, not zeroed; SLAB_NONE when memory is short. Numbers given back last are taken first. */
ALWAYS_INLINE uint32_t slab_take_of(struct slab *s, uint32_t bytes)
{
    uint32_t number = s->free_head;
    if (number != SLAB_NONE) {
        s->free_head = *(uint32_t *)slab_at_of(s, number, bytes);
    } else {
        if (s->n_touched == s->n_chunk << SLAB_CHUNK_BITS && !slab_grow(s))
            return SLAB_NONE;
        number = s->n_touched++;
    }
    s->n_live++;
    return number;
}

ALWAYS_INLINE uint32_t slab_take(struct slab *s)
{
    return slab_take_of(s, s->item_bytes);
}

/* item: where it is. */
ALWAYS_INLINE void slab_give_at(struct slab *s, uint32_t number, void *item)
{
    *(uint32_t *)item = s->free_head;
    s->free_head = number;
    s->n_live--;
}

ALWAYS_INLINE void slab_give(struct slab *s, uint32_t number)
{
    slab_give_at(s, number, slab_at(s, number));
}

#endif
