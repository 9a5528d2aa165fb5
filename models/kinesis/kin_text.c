/* kin_text.c - hash keys and shard ids in print. */
#include "kin_text.h"

#include <stdio.h>
#include <string.h>

bool kin_hash_parse(const char *text, size_t n, kin_hash *out)
{
    kin_hash h = 0;
    if (n == 0 || n > 39 || (text[0] == '0' && n > 1))
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned digit = (unsigned char)text[i] - (unsigned)'0';
        if (digit > 9 || h > (KIN_HASH_MAX - digit) / 10)
            return false;
        h = h * 10 + digit;
    }
    *out = h;
    return true;
}

void kin_hash_print(kin_hash h, char out[40])
{
    char digits[40];
    size_t at = sizeof(digits) - 1;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + (int)(h % 10));
        h /= 10;
    } while (h > 0);
    memcpy(out, digits + at, sizeof(digits) - at);
}

void kin_shard_id(uint32_t shard, char out[24])
{
    snprintf(out, 24, "shardId-%012u", shard);
}

uint32_t kin_chars(const char *text, size_t n)
{
    uint32_t chars = 0;
    for (size_t i = 0; i < n; i++)
        chars += ((unsigned char)text[i] & 0xc0) != 0x80;
    return chars;
}

kin_hash kin_even(uint32_t i, uint32_t n)
{
    /* floor(2^128 / n) without 129 bits: 2^128 = (2^128 - 1) + 1. */
    kin_hash w = KIN_HASH_MAX / n + (KIN_HASH_MAX % n == n - 1);
    return w * i;
}
