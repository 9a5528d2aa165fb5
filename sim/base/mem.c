/* mem.c - malloc with a switch for tests. While the switch was never used, an allocation reads one
 * flag and nothing is written, so threads do not meet here. */
#include "mem.h"

#include <assert.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

static_assert(alignof(max_align_t) >= 16, "malloc aligns to 16");

static bool watched;
static long fail_in, made;

static bool refused(void)
{
    if (!watched)
        return false;
    made++;
    return fail_in > 0 && --fail_in == 0;
}

void *mem_get(size_t bytes)
{
    return refused() ? NULL : malloc(bytes > 0 ? bytes : 1);
}

void *mem_get_zero(size_t count, size_t bytes)
{
    size_t total;
    if (__builtin_mul_overflow(count, bytes, &total) || refused())
        return NULL;
    return calloc(1, total > 0 ? total : 1);
}

void *mem_resize(void *old, size_t bytes)
{
    return refused() ? NULL : realloc(old, bytes > 0 ? bytes : 1);
}

void mem_release(void *old)
{
    free(old);
}

void mem_fail_at(long n)
{
    watched = true;
    fail_in = n;
    made = 0;
}

long mem_count(void)
{
    return made;
}
