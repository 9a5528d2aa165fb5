/* arena.c - blocks that double up to 256 KiB. A request too big for that gets a block of its own,
 * hung behind the top, so that the room left in the top is not lost. */
#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"

#define BLOCK_MIN ((size_t)4096)
#define BLOCK_MAX ((size_t)256 * 1024)

struct arena_block {
    struct arena_block *below;
    size_t used, bytes; /* of data */
    _Alignas(16) char data[];
};

void arena_init(struct arena *a)
{
    a->top = NULL;
}

void arena_free(struct arena *a)
{
    while (a->top != NULL) {
        struct arena_block *b = a->top;
        a->top = b->below;
        mem_release(b);
    }
}

static struct arena_block *block_new(size_t bytes)
{
    struct arena_block *b = mem_get_zero(1, sizeof(*b) + bytes);
    if (b != NULL)
        b->bytes = bytes;
    return b;
}

static size_t next_size(const struct arena_block *top)
{
    if (top == NULL)
        return BLOCK_MIN;
    return top->bytes < BLOCK_MAX ? top->bytes * 2 : BLOCK_MAX;
}

static void *own_block(struct arena *a, size_t bytes)
{
    struct arena_block *b = block_new(bytes);
    if (b == NULL)
        return NULL;
    b->used = bytes;
    if (a->top == NULL) {
        a->top = b;
    } else {
        b->below = a->top->below;
        a->top->below = b;
    }
    return b->data;
}

void *arena_get(struct arena *a, size_t bytes)
{
    if (bytes > SIZE_MAX / 2)
        return NULL;
    bytes = bytes == 0 ? 16 : (bytes + 15) & ~(size_t)15;
    struct arena_block *b = a->top;
    if (b == NULL || b->bytes - b->used < bytes) {
        size_t size = next_size(b);
        if (bytes > size / 2)
            return own_block(a, bytes);
        b = block_new(size);
        if (b == NULL)
            return NULL;
        b->below = a->top;
        a->top = b;
    }
    void *p = b->data + b->used;
    b->used += bytes;
    return p;
}

char *arena_text(struct arena *a, const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = arena_get(a, bytes);
    return copy == NULL ? NULL : memcpy(copy, text, bytes);
}

char *arena_format(struct arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    char *text = n < 0 ? NULL : arena_get(a, (size_t)n + 1);
    if (text != NULL)
        vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}
