/* map64.h - 64-bit keys to 64-bit values, open addressing. It has no way to iterate, so that no result can
 * depend on hash order. Shrinks again after mass removal, so that memory stays bounded. */
#ifndef MAP64_H
#define MAP64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map64 {
    struct map64_cell *cell; /* cap cells; key 0 marks an empty one, so the pair of key 0 stands below */
    size_t             cap, used;
    uint64_t           zero_value;
    bool               has_zero;
};

void map64_init(struct map64 *);                               /* allocates nothing */
void map64_free(struct map64 *);
bool map64_get(const struct map64 *, uint64_t key, uint64_t *value);
bool map64_put(struct map64 *, uint64_t key, uint64_t value);  /* replaces; false: memory is short */
bool map64_remove(struct map64 *, uint64_t key);               /* false: was not there */

#endif
