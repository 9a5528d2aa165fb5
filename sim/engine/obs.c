/* obs.c - the life of observers and the names of their statistics; observing itself is inline in
 * obs.h. */
#include "obs.h"

#include <string.h>

#include "check.h"
#include "mem.h"

void obs_counter_init(struct obs_counter *c)
{
    *c = (struct obs_counter){0};
}

void obs_level_init(struct obs_level *l, sim_time now, int64_t value)
{
    *l = (struct obs_level){.value = value, .min = value, .max = value, .since = now, .start = now};
}

void obs_tally_init(struct obs_tally *t)
{
    *t = (struct obs_tally){.min = INT64_MAX, .max = INT64_MIN};
}

static bool extend(struct hist **hist, bool want, struct series **series, enum obs_kind kind,
                   uint32_t buckets, sim_time width)
{
    if (want && *hist == NULL) {
        *hist = mem_get(sizeof(**hist));
        if (*hist == NULL)
            return false;
        hist_init(*hist);
    }
    return buckets == 0 || *series != NULL || series_open(series, kind, buckets, width);
}

bool obs_level_extend(struct obs_level *l, bool hist, uint32_t buckets, sim_time width)
{
    return extend(&l->hist, hist, &l->series, OBS_LEVEL, buckets, width);
}

bool obs_tally_extend(struct obs_tally *t, bool hist, uint32_t buckets, sim_time width)
{
    return extend(&t->hist, hist, &t->series, OBS_TALLY, buckets, width);
}

bool obs_counter_extend(struct obs_counter *c, uint32_t buckets, sim_time width)
{
    return extend(NULL, false, &c->series, OBS_COUNTER, buckets, width);
}

static void release(struct hist **hist, struct series **series)
{
    if (hist != NULL && *hist != NULL) {
        hist_free(*hist);
        mem_release(*hist);
        *hist = NULL;
    }
    series_close(*series);
    *series = NULL;
}

void obs_level_close(struct obs_level *l)
{
    release(&l->hist, &l->series);
}

void obs_tally_close(struct obs_tally *t)
{
    release(&t->hist, &t->series);
}

void obs_counter_close(struct obs_counter *c)
{
    release(NULL, &c->series);
}

void obs_counter_reset(struct obs_counter *c)
{
    c->n = 0;
}

/* --- observing: one copy of each, which stays in the processor's cache of instructions. What is rare is left to a
 * function at the end, so that the usual way calls nobody and saves no registers. --- */

#define EXACT 2048 /* values below are in the histogram's first octave, one by one */

/* An age of hours, held for hours: value times span has more than 64 bits. */
static __attribute__((noinline, cold)) void add_long_area(struct obs_level *l, sim_time span)
{
    int128 area = (int128)l->value * span, square;
    l->area += area;
    if (__builtin_mul_overflow(area, l->value, &square) || __builtin_add_overflow(l->area2, square, &l->area2))
        l->overflowed = true;
}

static inline void add_area(struct obs_level *l, int64_t area)
{
    l->area += area;
    if (__builtin_expect(__builtin_add_overflow(l->area2, (int128)area * l->value, &l->area2), 0))
        l->overflowed = true;
}

static __attribute__((noinline)) void hold_slow(struct obs_level *l, sim_time now)
{
    sim_time from = l->since, span = now - from;
    int64_t area;
    l->since = now;
    if (__builtin_mul_overflow(l->value, span, &area))
        add_long_area(l, span);
    else
        add_area(l, area);
    if (l->hist != NULL)
        hist_add_weighted(l->hist, l->value, (uint64_t)span);
    if (l->series != NULL)
        series_level(l->series, from, now, l->value);
}

/* A small value, held within the bucket being filled. */
void obs_level_hold(struct obs_level *l, sim_time now)
{
    struct hist *h = l->hist;
    struct series *s = l->series;
    int64_t held = l->value, span = now - l->since, area;
    bool slow = (uint64_t)held >= EXACT || __builtin_mul_overflow(held, span, &area);
    if (slow || (h != NULL && h->octave[0] == NULL) || (s != NULL && now > s->cur_end)) {
        hold_slow(l, now);
        return;
    }
    l->since = now;
    add_area(l, area);
    if (h != NULL) {
        h->octave[0][held] += (uint64_t)span;
        h->n += (uint64_t)span;
    }
    if (s != NULL) {
        *s->sum_cur += area;
        if (held > *s->max_cur)
            *s->max_cur = held;
    }
}

static __attribute__((noinline, cold)) void add_slow(struct obs_tally *t, sim_time now, int64_t value)
{
    if (t->series != NULL && now >= t->series->cur_end)
        series_roll(t->series, now);
    if (t->hist != NULL && hist_bucket(t->hist, value) == NULL) {
        hist_open(t->hist, value);
        if (hist_bucket(t->hist, value) == NULL) { /* memory is short, and the histogram knows it */
            struct hist *kept = t->hist;
            obs_tally_settle(t);
            t->hist = NULL;
            obs_tally_add(t, now, value);
            t->hist = kept;
            return;
        }
    }
    obs_tally_add(t, now, value);
}

/* A histogram's buckets are many and far apart: the processor fetches this one while other things happen, and the value is
 * counted there when the next one comes. Waiting for it took a tenth of a run's time. */
void obs_tally_add(struct obs_tally *t, sim_time now, int64_t value)
{
    struct series *s = t->series;
    struct hist *h = t->hist;
    uint64_t *bucket = h == NULL ? NULL : hist_bucket(h, value);
    if (__builtin_expect((s != NULL && now >= s->cur_end) || (h != NULL && bucket == NULL), 0)) {
        add_slow(t, now, value);
        return;
    }
    if (h != NULL) {
        __builtin_prefetch(bucket, 1);
        obs_tally_settle(t);
        t->last = bucket;
    }
    t->n++;
    t->sum += value;
    if (__builtin_expect(__builtin_add_overflow(t->sum2, (int128)value * value, &t->sum2), 0))
        t->overflowed = true;
    if (value < t->min)
        t->min = value;
    if (value > t->max)
        t->max = value;
    if (s == NULL)
        return;
    *s->sum_cur += value;
    ++*s->count_cur;
    if (value > *s->max_cur)
        *s->max_cur = value;
}

void obs_level_settle(struct obs_level *l, sim_time now)
{
    obs_level_set(l, now, l->value);
}

void obs_level_reset(struct obs_level *l, sim_time now)
{
    obs_level_settle(l, now);
    l->start = now;
    l->min = l->max = l->value;
    l->area = l->area2 = 0;
    l->overflowed = false;
    if (l->hist != NULL)
        hist_reset(l->hist);
}

void obs_tally_reset(struct obs_tally *t)
{
    struct obs_tally kept = *t;
    obs_tally_init(t); /* the last value, too */
    t->hist = kept.hist;
    t->series = kept.series;
    if (t->hist != NULL)
        hist_reset(t->hist);
}

/* "99.9" as 999 / 1000: both are exact doubles, so the quotient is the nearest double to 0.999. */
static bool parse_percentile(const char *text, double *p)
{
    double digits = 0, scale = 100;
    bool dot = false;
    size_t n = strlen(text);
    if (n == 0 || n > 15 || text[0] == '.' || text[n - 1] == '.' ||
        (text[0] == '0' && text[1] != '.'))
        return false;
    for (; *text != '\0'; text++) {
        if (*text == '.' && !dot) {
            dot = true;
            continue;
        }
        if (*text < '0' || *text > '9')
            return false;
        digits = digits * 10 + (*text - '0');
        scale *= dot ? 10 : 1;
    }
    *p = digits / scale;
    return digits > 0 && digits < scale;
}

bool obs_stat_parse(const char *text, struct obs_stat *stat)
{
    static const struct {
        const char *name;
        enum obs_stat_kind kind;
    } names[] = {
        {"mean", STAT_MEAN}, {"min", STAT_MIN},     {"max", STAT_MAX},   {"sd", STAT_SD},
        {"sum", STAT_SUM},   {"count", STAT_COUNT}, {"rate", STAT_RATE}, {"last", STAT_LAST},
    };
    *stat = (struct obs_stat){0};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(text, names[i].name) == 0) {
            stat->kind = names[i].kind;
            return true;
        }
    }
    stat->kind = STAT_QUANTILE;
    return text[0] == 'p' && parse_percentile(text + 1, &stat->p);
}

bool obs_stat_fits(enum obs_kind kind, struct obs_stat stat)
{
#define S(x) (1u << STAT_##x)
    static const unsigned fits[] = {
        [OBS_COUNTER] = S(SUM) | S(RATE),
        [OBS_LEVEL] = S(MEAN) | S(MIN) | S(MAX) | S(SD) | S(LAST) | S(QUANTILE),
        [OBS_TALLY] = S(MEAN) | S(MIN) | S(MAX) | S(SD) | S(SUM) | S(COUNT) | S(RATE) | S(QUANTILE),
    };
#undef S
    return (fits[kind] >> stat.kind & 1) != 0;
}
