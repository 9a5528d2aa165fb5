/* kin_text.h - hash keys and shard ids in print. */
#ifndef KIN_TEXT_H
#define KIN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned __int128 kin_hash;
#define KIN_HASH_MAX (~(kin_hash)0)

/* MD5 as it stands in memory is read big-endian (KIN-2). */
static inline kin_hash kin_hash_of(const uint8_t md5[16])
{
    uint64_t high, low;
    __builtin_memcpy(&high, md5, 8);
    __builtin_memcpy(&low, md5 + 8, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    high = __builtin_bswap64(high);
    low = __builtin_bswap64(low);
#endif
    return (kin_hash)high << 64 | low;
}
/* ExplicitHashKey: decimal digits, "0" or without leading zeros (KIN-3); false: none, or above
 * 2^128 - 1. */
bool kin_hash_parse(const char *text, size_t n, kin_hash *);
void kin_hash_print(kin_hash, char out[40]);
/* "shardId-000000000000" (KIN-5). */
void kin_shard_id(uint32_t shard, char out[24]);
/* Characters of UTF-8 text (KIN-2). */
uint32_t kin_chars(const char *text, size_t n);
/* Where shard i of n begins when a stream is made (KIN-4). */
kin_hash kin_even(uint32_t i, uint32_t n);

#endif
