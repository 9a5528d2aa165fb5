/* slab.c - the table of chunks grows by doubling; the chunks themselves stay where they are. */
#include "slab.h"

#include "mem.h"

/* Chunks begin with a line of the cache: an item of 64 bytes is one line, and not the end of one and the start of the next. */
#define CACHE_LINE 64

/* The last chunk would hold the number SLAB_NONE. */
#define CHUNKS_MAX ((1u << (32 - SLAB_CHUNK_BITS)) - 1)

void slab_init(struct slab *s, uint32_t item_bytes)
{
    CHECK(item_bytes >= 4);
    *s = (struct slab){.item_bytes = (item_bytes + 7) & ~7u, .free_head = SLAB_NONE};
}

void slab_free(struct slab *s)
{
    for (uint32_t i = 0; i < s->n_chunk; i++)
        mem_release(s->chunk[i]);
    mem_release(s->chunk);
    mem_release(s->origin);
    slab_init(s, s->item_bytes);
}

static bool widen_table(struct slab *s)
{
    uint32_t cap = s->cap_chunk == 0 ? 8 : s->cap_chunk * 2;
    char **table = mem_resize(s->chunk, cap * sizeof(*table));
    if (table == NULL)
        return false;
    s->chunk = table;
    struct slab_origin *origin = mem_resize(s->origin, cap * sizeof(*origin));
    if (origin == NULL)
        return false;
    s->origin = origin;
    s->cap_chunk = cap;
    return true;
}

bool slab_grow(struct slab *s)
{
    if (s->n_chunk == CHUNKS_MAX)
        return false;
    if (s->n_chunk == s->cap_chunk && !widen_table(s))
        return false;
    char *chunk = mem_get(((size_t)s->item_bytes << SLAB_CHUNK_BITS) + CACHE_LINE - 1);
    if (chunk == NULL)
        return false;
    uintptr_t first = ((uintptr_t)chunk + CACHE_LINE - 1) & ~(uintptr_t)(CACHE_LINE - 1);
    s->origin[s->n_chunk].at = first - ((uintptr_t)s->n_chunk << SLAB_CHUNK_BITS) * s->item_bytes;
    s->chunk[s->n_chunk++] = chunk;
    return true;
}
