/* ziggurat_tables.h - the strips of the exponential and the normal density (Marsaglia, Tsang 2000), 256 each. */
#ifndef ZIGGURAT_TABLES_H
#define ZIGGURAT_TABLES_H

#include <stdint.h>

/* The width of a word's strip is w[ZIGGURAT_WIDTH(word)]; up to where the strip lies wholly under the density is the width
 * before it, except for rounding. k[strip] has it exactly, as a share of the strip. */
#define ZIGGURAT_WIDTH(word) ((((word)-1) & 255) + 1)

extern const double   ziggurat_exponential_tail, ziggurat_normal_tail;
extern const uint64_t ziggurat_exponential_k[256], ziggurat_normal_k[256];
extern const double   ziggurat_exponential_w[257], ziggurat_normal_w[257];
extern const double   ziggurat_exponential_f[256], ziggurat_normal_f[256];

#endif
