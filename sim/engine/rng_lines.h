/* rng_lines.h - the first blocks of neighbouring cells, made together where the processor has vectors for it.
 *
 * A cell is that of `first`, which has made no block yet, with its item (the low word) counted up: items i … i + 15, where i
 * is a multiple of sixteen. */
#ifndef RNG_LINES_H
#define RNG_LINES_H

#include <stdbool.h>

#include "rng.h"

#define RNG_LINE 16

void rng_line_blocks(const struct rng *first, uint32_t block[RNG_LINE][4]);

/* True where rng_line_words may be called. */
bool rng_line_fast(void);
/* What rng_u64 answers first in each cell. */
void rng_line_words(const struct rng *first, uint64_t word[RNG_LINE]);

#endif
