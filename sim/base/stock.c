/* stock.c - a piece of memory begins with where the one before it is, for the day when all are freed; its items come after that. */
#include "stock.h"

#include "mem.h"

struct stock_chunk {
    struct stock_chunk *before;
    _Alignas(16) char   item[];
};

void stock_init(struct stock *s, size_t item_bytes)
{
    CHECK(item_bytes >= sizeof(void *));
    *s = (struct stock){.item_bytes = (item_bytes + 7) & ~(size_t)7};
}

void stock_free(struct stock *s)
{
    for (struct stock_chunk *c = s->chunk, *before; c != NULL; c = before) {
        before = c->before;
        mem_release(c);
    }
    stock_init(s, s->item_bytes);
}

void *stock_fresh(struct stock *s)
{
    if (s->left == 0) {
        struct stock_chunk *c = mem_get(sizeof(*c) + STOCK_CHUNK * s->item_bytes);
        if (c == NULL)
            return NULL;
        c->before = s->chunk;
        s->chunk = c;
        s->left = STOCK_CHUNK;
    }
    s->n_touched++;
    return s->chunk->item + (STOCK_CHUNK - s->left--) * s->item_bytes;
}
