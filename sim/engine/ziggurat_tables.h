/* ziggurat_tables.h - the strips of the exponential and the normal density (Marsaglia, Tsang 2000), 256 each. */
#ifndef ZIGGURAT_TABLES_H
#define ZIGGURAT_TABLES_H

#include <stdint.h>

extern const double   ziggurat_exponential_tail, ziggurat_normal_tail;
extern const uint64_t ziggurat_exponential_k[256], ziggurat_normal_k[256];
extern const double   ziggurat_exponential_w[256], ziggurat_normal_w[256];
extern const double   ziggurat_exponential_f[256], ziggurat_normal_f[256];

#endif
