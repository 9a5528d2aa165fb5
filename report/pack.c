/* pack.c - see pack.h. */
#include "pack.h"

#include <math.h>

#include "mem.h"

#define INDEX_END (HIST_BLOCKS * HIST_BLOCK)

static bool room(struct pack *p, size_t more)
{
    if (p->failed || p->cap - p->n >= more)
        return !p->failed;
    size_t cap = p->cap * 2 > p->n + more ? p->cap * 2 : p->n + more + 4096;
    char *at = mem_resize(p->at, cap);
    if (at == NULL) {
        p->failed = true;
        return false;
    }
    p->at = at;
    p->cap = cap;
    return true;
}

static void begin(struct pack *p)
{
    p->n = 0;
    p->failed = false;
}

void pack_free(struct pack *p)
{
    mem_release(p->at);
    *p = (struct pack){0};
}

static bool one_more(struct buckets *b)
{
    if (b->n < b->cap)
        return true;
    size_t cap = b->cap > 0 ? 2 * b->cap : 1024;
    struct bucket *at = mem_resize(b->at, cap * sizeof(*at));
    if (at == NULL) {
        b->failed = true;
        return false;
    }
    b->at = at;
    b->cap = cap;
    return true;
}

void buckets_of(struct buckets *b, const struct hist *h)
{
    uint32_t cursor = 0;
    struct bucket next;
    b->n = 0;
    b->failed = false;
    b->total = h->n;
    while (hist_next(h, &cursor, &next.low, &next.high, &next.count) && one_more(b))
        b->at[b->n++] = next;
}

void buckets_free(struct buckets *b)
{
    mem_release(b->at);
    *b = (struct buckets){0};
}

double buckets_quantile(const struct buckets *b, double p)
{
    if (b->n == 0)
        return NAN;
    uint64_t rank = hist_rank(p, b->total), below = 0;
    size_t i = 0;
    while (i + 1 < b->n && below + b->at[i].count < rank)
        below += b->at[i++].count;
    return (double)b->at[i].low + (double)(b->at[i].high - b->at[i].low - 1) / 2;
}

static void put_varint(struct pack *p, uint64_t v)
{
    if (!room(p, 10))
        return;
    while (v >= 0x80) {
        p->at[p->n++] = (char)(v | 0x80);
        v >>= 7;
    }
    p->at[p->n++] = (char)v;
}

static uint32_t index_of(int64_t low)
{
    uint64_t v = (uint64_t)low;
    unsigned k = v < 2048 ? 0 : 53 - (unsigned)__builtin_clzll(v);
    return (uint32_t)(1024 * k + (v >> k));
}

static int64_t low_of(uint32_t index)
{
    return index < 2048 ? index : (int64_t)(index % 1024 + 1024) << (index / 1024 - 1);
}

void pack_hist(struct pack *p, const struct buckets *b)
{
    uint32_t next = 0;
    begin(p);
    for (size_t i = 0; i < b->n; i++) {
        uint32_t index = index_of(b->at[i].low);
        if (index > next) {
            put_varint(p, 0);
            put_varint(p, index - next);
        }
        put_varint(p, b->at[i].count);
        next = index + 1;
    }
}

static bool get_varint(const unsigned char **at, const unsigned char *end, uint64_t *v)
{
    *v = 0;
    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        unsigned char byte = *(*at)++;
        if (shift == 63 && byte > 1)
            return false;
        *v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

bool unpack_hist(const void *bytes, size_t n, struct hist *h)
{
    const unsigned char *at = bytes, *end = at + n;
    uint64_t v, index = 0;
    while (at < end) {
        if (!get_varint(&at, end, &v))
            return false;
        if (v == 0) {
            if (!get_varint(&at, end, &v) || v > INDEX_END)
                return false;
            index += v;
            continue;
        }
        if (index >= INDEX_END || h->n + v < v)
            return false;
        hist_add_weighted(h, low_of((uint32_t)index++), v);
    }
    return !h->failed;
}

static void put_char(struct pack *p, char c)
{
    if (room(p, 1))
        p->at[p->n++] = c;
}

static void put_whole(struct pack *p, int128 value)
{
    char digits[40];
    unsigned n = 0;
    unsigned __int128 v = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    if (!room(p, sizeof(digits) + 1))
        return;
    for (; v > UINT64_MAX; v /= 10)
        digits[n++] = (char)('0' + (int)(v % 10));
    uint64_t small = (uint64_t)v; /* ten times as fast */
    do
        digits[n++] = (char)('0' + small % 10);
    while ((small /= 10) > 0);
    if (value < 0)
        p->at[p->n++] = '-';
    while (n > 0)
        p->at[p->n++] = digits[--n];
}

static void put_max(struct pack *p, int64_t max)
{
    if (max != INT64_MIN) {
        put_whole(p, max);
        return;
    }
    for (const char *c = "null"; *c != '\0'; c++)
        put_char(p, *c);
}

static void put_bucket(struct pack *p, enum obs_kind kind, const struct series *s, uint32_t i)
{
    if (kind == OBS_COUNTER) {
        put_whole(p, s->sum[i]);
        return;
    }
    put_char(p, '[');
    put_whole(p, s->sum[i]);
    put_char(p, ',');
    put_max(p, s->max[i]);
    if (kind == OBS_TALLY) {
        put_char(p, ',');
        put_whole(p, s->count[i]);
    }
    put_char(p, ']');
}

void pack_series(struct pack *p, enum obs_kind kind, const struct series *s)
{
    begin(p);
    for (uint32_t i = 0; i < s->n; i++) {
        put_char(p, i == 0 ? '[' : ',');
        put_bucket(p, kind, s, i);
    }
    put_char(p, ']');
}

struct scan {
    const char *at, *end;
};

static bool get_char(struct scan *s, char c)
{
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

/* Whole numbers only; up to 2^64 exact before the one rounding to a double. */
static bool get_whole(struct scan *s, double *value)
{
    bool minus = get_char(s, '-');
    const char *first = s->at;
    unsigned __int128 v = 0;
    for (; s->at < s->end && *s->at >= '0' && *s->at <= '9'; s->at++)
        v = v * 10 + (unsigned)(*s->at - '0');
    *value = minus ? -(double)v : (double)v;
    return s->at > first && s->at - first < 39;
}

static bool get_max(struct scan *s, double *value)
{
    if (s->at == s->end || *s->at != 'n')
        return get_whole(s, value);
    *value = NAN;
    return get_char(s, 'n') && get_char(s, 'u') && get_char(s, 'l') && get_char(s, 'l');
}

/* What a bucket covers of [0, end): the last one takes all that comes later. */
static double covered(uint32_t i, uint32_t n, int64_t width, int64_t end)
{
    int64_t from = i * width, to = i == n - 1 || end < from + width ? end : from + width;
    return to > from ? (double)(to - from) : NAN;
}

static bool get_bucket(struct scan *s, enum obs_kind kind, double span, double *value, double *max)
{
    double sum, count;
    *max = NAN;
    if (kind == OBS_COUNTER)
        return get_whole(s, value);
    if (!get_char(s, '[') || !get_whole(s, &sum) || !get_char(s, ',') || !get_max(s, max))
        return false;
    *value = isnan(*max) ? NAN : sum / span;
    if (kind == OBS_TALLY) {
        if (!get_char(s, ',') || !get_whole(s, &count))
            return false;
        *value = count > 0 ? sum / count : NAN;
    }
    return get_char(s, ']');
}

bool unpack_series(const char *text, size_t bytes, enum obs_kind kind, uint32_t n, int64_t width,
                   int64_t end, double *value, double *max)
{
    struct scan s = {text, text + bytes};
    for (uint32_t i = 0; i < n; i++)
        if (!get_char(&s, i == 0 ? '[' : ',') ||
            !get_bucket(&s, kind, covered(i, n, width, end), &value[i], &max[i]))
            return false;
    return get_char(&s, ']') && s.at == s.end;
}
