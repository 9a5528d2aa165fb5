/* hash.h - hashes with fixed, documented values: they address random streams and fingerprints, so they are part
 * of what a result means and never change. */
#ifndef HASH_H
#define HASH_H

#include <stddef.h>
#include <stdint.h>

/* The finalizer of splitmix64 (Steele, Lea, Flood 2014): a bijection that mixes every bit. */
static inline uint64_t hash_mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* FNV-1a over the bytes, then hash_mix. */
uint64_t hash_bytes(const void *bytes, size_t n);
uint64_t hash_text(const char *text);

#endif
