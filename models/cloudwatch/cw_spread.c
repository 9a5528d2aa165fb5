/* cw_spread.c - lists of values with their numbers, merged: the new span is added and the oldest taken off in one pass over the
 * period's list. Percentiles are samples (nearest rank); trimmed statistics weigh the samples at the limits in part, so that
 * the count between 10 % and 90 % is exactly eight tenths of all. */
#include "cw_spread.h"

#include <string.h>

#include "check.h"
#include "mem.h"

bool cw_spread_open(struct cw_spread *s, uint32_t spans)
{
    CHECK(spans > 0);
    *s = (struct cw_spread){.spans = spans};
    if (spans > 1)
        s->part = mem_get_zero(spans, sizeof(*s->part));
    return spans == 1 || s->part != NULL;
}

void cw_spread_close(struct cw_spread *s)
{
    for (uint32_t i = 0; s->part != NULL && i < s->spans; i++)
        mem_release(s->part[i].bin);
    mem_release(s->part);
    mem_release(s->all.bin);
    mem_release(s->next.bin);
    *s = (struct cw_spread){.spans = s->spans};
}

/* --- what comes and what goes --- */

static bool make_room(struct cw_bins *b, uint32_t n)
{
    if (n <= b->cap)
        return true;
    struct cw_bin *bin = mem_resize(b->bin, n * sizeof(*bin));
    if (bin == NULL)
        return false;
    b->bin = bin;
    b->cap = n;
    return true;
}

static bool take(struct cw_bins *b, const struct cw_bin *bin, uint32_t n)
{
    if (!make_room(b, n))
        return false;
    if (n > 0)
        memcpy(b->bin, bin, n * sizeof(*bin));
    b->n = n;
    return true;
}

/* all + in - out, into the other list. */
static bool merge(struct cw_spread *s, const struct cw_bin *in, uint32_t n, const struct cw_bins *out)
{
    const struct cw_bins *all = &s->all;
    struct cw_bins *next = &s->next;
    if (!make_room(next, all->n + n))
        return false;
    next->n = 0;
    for (uint32_t i = 0, k = 0, o = 0; i < all->n || k < n;) {
        bool old = i < all->n && (k == n || all->bin[i].value <= in[k].value);
        bool new = k < n && (i == all->n || in[k].value <= all->bin[i].value);
        struct cw_bin b = old ? all->bin[i] : in[k];
        if (old && new)
            b.n += in[k].n;
        i += old;
        k += new;
        if (o < out->n && out->bin[o].value == b.value)
            b.n -= out->bin[o++].n;
        if (b.n > 0)
            next->bin[next->n++] = b;
    }
    return true;
}

static uint64_t sum_of(const struct cw_bin *bin, uint32_t n)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += bin[i].n;
    return sum;
}

bool cw_spread_put(struct cw_spread *s, const struct cw_bin *bin, uint32_t n)
{
    if (s->spans == 1) {
        s->samples = sum_of(bin, n);
        return take(&s->all, bin, n);
    }
    struct cw_bins *oldest = &s->part[s->at];
    if (!merge(s, bin, n, oldest))
        return false;
    struct cw_bins before = s->all;
    s->all = s->next;
    s->next = before;
    s->samples += sum_of(bin, n) - sum_of(oldest->bin, oldest->n);
    s->at = (s->at + 1) % s->spans;
    return take(oldest, bin, n);
}

/* --- reading --- */

static uint64_t rank_of(struct ratio p, uint64_t n)
{
    unsigned __int128 product = (unsigned __int128)(uint64_t)p.num * n;
    uint64_t rank = (uint64_t)((product + (uint64_t)p.den - 1) / (uint64_t)p.den);
    return rank < 1 ? 1 : rank;
}

int64_t cw_spread_at(const struct cw_spread *s, struct ratio p)
{
    uint64_t rank = rank_of(p, s->samples);
    uint32_t i = 0;
    CHECK(s->samples > 0);
    for (uint64_t below = s->all.bin[0].n; below < rank; below += s->all.bin[i].n)
        i++;
    return s->all.bin[i].value;
}

/* Trimmed statistics count in parts, of which a sample has as many as the limits' denominators make: a period's sum is exact so,
 * however long and full it is, and becomes a fraction only once. */
struct parts {
    __int128 each, low, high; /* of a sample; the limits */
};

static struct parts parts_of(const struct cw_spread *s, const struct cw_stat *stat)
{
    __int128 each = (__int128)stat->low.den * stat->high.den;
    return (struct parts){each, (__int128)stat->low.num * stat->high.den * (int64_t)s->samples,
                          (__int128)stat->high.num * stat->low.den * (int64_t)s->samples};
}

/* How many parts of the samples from `below` to `below + n` lie between the limits. */
static __int128 overlap(const struct parts *p, uint64_t below, uint64_t n)
{
    __int128 from = p->each * (int64_t)below, to = from + p->each * (int64_t)n;
    from = from < p->low ? p->low : from;
    to = to > p->high ? p->high : to;
    return from < to ? to - from : 0;
}

static __int128 sum_between(const struct cw_spread *s, const struct parts *p)
{
    __int128 sum = 0;
    uint64_t below = 0;
    for (uint32_t i = 0; i < s->all.n; below += s->all.bin[i].n, i++)
        sum += overlap(p, below, s->all.bin[i].n) * s->all.bin[i].value;
    return sum;
}

bool cw_spread_read(const struct cw_spread *s, const struct cw_stat *stat, struct ratio *out)
{
    if (s->samples == 0)
        return false;
    struct parts p = parts_of(s, stat);
    __int128 all = p.each * (int64_t)s->samples;
    if (stat->kind == CW_PERCENTILE) {
        *out = ratio_int(cw_spread_at(s, stat->high));
    } else if (stat->kind == CW_TRIMMED_COUNT) {
        *out = ratio_of(p.high - p.low, p.each);
    } else if (stat->kind == CW_WINSORIZED_MEAN) {
        __int128 outside = p.low * cw_spread_at(s, stat->low) + (all - p.high) * cw_spread_at(s, stat->high);
        *out = ratio_of(sum_between(s, &p) + outside, all);
    } else {
        *out = ratio_of(sum_between(s, &p), stat->kind == CW_TRIMMED_MEAN ? p.high - p.low : p.each);
    }
    return true;
}
