/* arena.h - memory of one lifetime (a scenario's spec, a trial), freed at once. */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

struct arena {
    struct arena_block *top;
};

void  arena_init(struct arena *);
void  arena_free(struct arena *);
void *arena_get(struct arena *, size_t bytes);        /* zeroed, aligned to 16; NULL: memory is short */
char *arena_text(struct arena *, const char *text);   /* a copy */
char *arena_format(struct arena *, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
