/* mem.h - every allocation of base, engine, core and actors goes through here, so that a test can make the
 * n-th one fail. All return NULL when memory is short; sizes in bytes; the caller owns what it gets. */
#ifndef MEM_H
#define MEM_H

#include <stddef.h>

void *mem_get(size_t bytes);                       /* not zeroed, aligned to 16 */
void *mem_get_zero(size_t count, size_t bytes);    /* zeroed; checks count * bytes for overflow */
void *mem_resize(void *old, size_t bytes);         /* as realloc */
void  mem_release(void *old);                      /* as free */

/* Tests: the n-th allocation from now (1 = the next) returns NULL, once; 0 switches that off.
 * Process-wide; not for use while threads run. */
void mem_fail_at(long n);
/* Number of allocations made since the last mem_fail_at (counted only after the first call of it). */
long mem_count(void);

#endif
