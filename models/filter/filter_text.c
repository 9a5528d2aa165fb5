/* filter_text.c - comparing texts. Case is folded while comparing, so nothing is copied: what has a
 * partner in the other case is compared as its lower-case one. A byte that is no UTF-8 stands for
 * itself. */
#define _GNU_SOURCE /* memmem */
#include "filter_text.h"

#include <string.h>

#include "hash.h"

struct filter_text filter_text_of(const char *at, size_t n)
{
    return (struct filter_text){at, (uint32_t)n, hash_bytes(at, n)};
}

bool filter_text_equal(const struct filter_text *a, const struct filter_text *b)
{
    return a->hash == b->hash && a->n == b->n && memcmp(a->at, b->at, a->n) == 0;
}

bool filter_text_starts(const struct filter_text *t, const struct filter_text *with)
{
    return t->n >= with->n && memcmp(t->at, with->at, with->n) == 0;
}

bool filter_text_ends(const struct filter_text *t, const struct filter_text *with)
{
    return t->n >= with->n && memcmp(t->at + t->n - with->n, with->at, with->n) == 0;
}

/* --- case --- */

/* Pairs of upper and lower case that stand in turn, the upper one first, on even or on odd places.
 */
static uint32_t fold_latin(uint32_t c)
{
    if (c == 0x178)
        return 0xff;
    if (c == 0x130 || c == 0x131 || c == 0x138 || c == 0x149 || c > 0x17e)
        return c;
    bool odd = (c >= 0x139 && c <= 0x148) || c >= 0x179;
    return (c & 1) == (odd ? 1u : 0u) ? c + 1 : c;
}

static uint32_t fold(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    if (c < 0x100)
        return c >= 0xc0 && c <= 0xde && c != 0xd7 ? c + 32 : c;
    if (c < 0x180)
        return fold_latin(c);
    if (c >= 0x391 && c <= 0x3a9 && c != 0x3a2)
        return c + 32;
    if (c >= 0x400 && c <= 0x42f)
        return c < 0x410 ? c + 80 : c + 32;
    return c;
}

static uint32_t length_of(unsigned char first)
{
    return first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1;
}

/* The character at s, folded, and how many bytes it has. All that have a partner have one or two
 * bytes. */
static uint32_t folded_at(const char *s, uint32_t left, uint32_t *bytes)
{
    unsigned char first = (unsigned char)s[0];
    uint32_t n = length_of(first);
    if (n == 2 && left >= 2 && ((unsigned char)s[1] & 0xc0) == 0x80) {
        *bytes = 2;
        return fold((first & 0x1fu) << 6 | ((unsigned char)s[1] & 0x3fu));
    }
    *bytes = 1;
    return first < 0x80 ? fold(first) : 0x110000u + first;
}

/* Both sides of a pair have equally many bytes, so texts that are the same have the same length. */
static bool same(const char *a, const char *b, uint32_t n)
{
    for (uint32_t i = 0; i < n;) {
        uint32_t bytes_a, bytes_b;
        if (folded_at(a + i, n - i, &bytes_a) != folded_at(b + i, n - i, &bytes_b) ||
            bytes_a != bytes_b)
            return false;
        i += bytes_a;
    }
    return true;
}

bool filter_text_same(const struct filter_text *a, const struct filter_text *b)
{
    return a->n == b->n && same(a->at, b->at, a->n);
}

bool filter_text_starts_same(const struct filter_text *t, const struct filter_text *with)
{
    return t->n >= with->n && same(t->at, with->at, with->n);
}

bool filter_text_ends_same(const struct filter_text *t, const struct filter_text *with)
{
    return t->n >= with->n && same(t->at + t->n - with->n, with->at, with->n);
}

/* --- wildcards --- */

/* The first and the last piece are fixed at the ends; those between are taken as early as they
 * come. */
bool filter_text_wild(const struct filter_text *t, const struct filter_text *piece, uint32_t n)
{
    const struct filter_text *first = &piece[0], *last = &piece[n - 1];
    if (n == 1)
        return filter_text_equal(t, first);
    if (t->n < first->n + last->n || !filter_text_starts(t, first) || !filter_text_ends(t, last))
        return false;
    const char *at = t->at + first->n, *end = t->at + t->n - last->n;
    for (uint32_t i = 1; i + 1 < n; i++) {
        const char *found = memmem(at, (size_t)(end - at), piece[i].at, piece[i].n);
        if (found == NULL)
            return false;
        at = found + piece[i].n;
    }
    return true;
}
