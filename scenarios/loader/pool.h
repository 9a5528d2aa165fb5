/* pool.h - memory of one load. An arena whose requests never return NULL: when memory is short the
 * load is left at once through `out`, and everything it made goes with the arena. */
#ifndef POOL_H
#define POOL_H

#include <setjmp.h>
#include <stddef.h>

#include "arena.h"

struct pool {
    struct arena arena;
    jmp_buf out; /* set by whoever starts a load */
};

void *pool_get(struct pool *, size_t bytes);                 /* zeroed */
void *pool_array(struct pool *, size_t count, size_t bytes); /* zeroed */
/* An array that doubles: room for one more of `bytes` each. Returns the array, moved or not. */
void *pool_grow(struct pool *, void *array, size_t n, size_t *cap, size_t bytes);
char *pool_text(struct pool *, const char *text, size_t length);
char *pool_format(struct pool *, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
