/* filter_text.h - texts: hash, case, wildcards, addresses. No locale: UTF-8 in, UTF-8 compared. */
#ifndef FILTER_TEXT_H
#define FILTER_TEXT_H

#include "filter_int.h"

/* The text with its hash; n < 2^32. */
struct filter_text filter_text_of(const char *at, size_t n);
bool filter_text_equal(const struct filter_text *, const struct filter_text *);
bool filter_text_starts(const struct filter_text *, const struct filter_text *with);
bool filter_text_ends(const struct filter_text *, const struct filter_text *with);

/* Without regard to case: letters of ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic, each
 * with its one partner. */
bool filter_text_same(const struct filter_text *, const struct filter_text *);
bool filter_text_starts_same(const struct filter_text *, const struct filter_text *with);
bool filter_text_ends_same(const struct filter_text *, const struct filter_text *with);

/* piece[0] * piece[1] * … ; one piece: the whole text. */
bool filter_text_wild(const struct filter_text *, const struct filter_text *piece, uint32_t n);

/* An IPv4 or IPv6 address in its usual writing; its length in bytes, or 0. */
uint8_t filter_text_ip(const char *at, size_t n, uint8_t ip[16]);

#endif
