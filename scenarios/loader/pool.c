/* pool.c */
#include "pool.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

void *pool_get(struct pool *p, size_t bytes)
{
    void *m = arena_get(&p->arena, bytes == 0 ? 1 : bytes);
    if (m == NULL)
        longjmp(p->out, 1);
    return m;
}

void *pool_array(struct pool *p, size_t count, size_t bytes)
{
    size_t all;
    if (__builtin_mul_overflow(count, bytes, &all))
        longjmp(p->out, 1);
    return pool_get(p, all);
}

void *pool_grow(struct pool *p, void *array, size_t n, size_t *cap, size_t bytes)
{
    if (n < *cap)
        return array;
    size_t more = *cap == 0 ? 8 : *cap * 2;
    void *moved = pool_array(p, more, bytes);
    if (n > 0)
        memcpy(moved, array, n * bytes);
    *cap = more;
    return moved;
}

char *pool_text(struct pool *p, const char *text, size_t length)
{
    char *copy = pool_get(p, length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *pool_format(struct pool *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = pool_get(p, length < 0 ? 1 : (size_t)length + 1);
    va_start(args, format);
    if (length >= 0)
        vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}
