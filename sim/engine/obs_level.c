/* obs_level.c - what the short way of a level (obs.h) leaves out: values that are new in a bucket
 * of the series, or large, or held longer than a bucket.
 *
 * The short way adds to two words: the area, and the time at that value. What is greatest and least
 * need not be looked at, for values between `low` and `top` have been noted before; `low` goes back
 * to the beginning of observation, `top` no further than the bucket, whose highest value it is. The
 * squares follow from the histogram when they are asked for. */
#include "obs.h"

#include <stddef.h>

#define LARGE (1 << 23) /* values below, over the time of OBS_ROLL, fit into 63 bits */

/* What has come since the last settling goes where it belongs; it lies in one bucket of the series. */
static void work_in(struct obs_level *l)
{
    l->area += l->area_cur;
    l->square += l->square_cur;
    if (l->hist != NULL)
        l->hist->n += (uint64_t)(l->since - l->settled);
    if (l->series != NULL) {
        *l->series->sum_cur += l->area_cur;
        if (l->top > *l->series->max_cur)
            *l->series->max_cur = l->top;
    }
    l->area_cur = 0;
    l->square_cur = 0;
    l->settled = l->since;
}

/* The short way is open to the values between low and top, and the next bucket has its own highest value. */
static void open_way(struct obs_level *l)
{
    l->wide = l->top >= l->low ? (uint64_t)(l->top - l->low) + 1 : 0;
}

static void close_way(struct obs_level *l)
{
    l->top = INT64_MIN;
    l->wide = 0;
}

/* An age of hours, held for hours: value times span has more than 64 bits. */
static void add_area(struct obs_level *l, int128 area)
{
    int128 square;
    l->area += area;
    if (l->held != NULL && (uint64_t)l->value < OBS_EXACT)
        return;
    if (__builtin_mul_overflow(area, l->value, &square) ||
        __builtin_add_overflow(l->square, square, &l->square))
        l->overflowed = true;
}

/* Into the next bucket, or for a long time. */
static void hold_long(struct obs_level *l, sim_time now)
{
    sim_time from = l->since, span = now - from;
    work_in(l);
    if (l->hist != NULL) {
        hist_add_weighted(l->hist, l->value, (uint64_t)span);
        l->held = l->hist->block[0];
    }
    add_area(l, (int128)l->value * span);
    if (l->series != NULL)
        series_level(l->series, from, now, l->value);
    l->since = l->settled = now;
    close_way(l);
}

/* In the bucket that is being filled. */
static void hold_large(struct obs_level *l, sim_time now)
{
    int64_t span = now - l->since, area = l->value * span;
    l->area += area;
    if (__builtin_add_overflow(l->square, (int128)area * l->value, &l->square))
        l->overflowed = true;
    if (l->hist != NULL)
        hist_add_weighted(l->hist, l->value, (uint64_t)span);
    if (l->series != NULL) {
        *l->series->sum_cur += area;
        if (l->value > *l->series->max_cur)
            *l->series->max_cur = l->value;
    }
    l->settled += span;
    l->since = now;
}

/* Not before the histogram has its first blocks. */
static bool holds_long(const struct obs_level *l, sim_time now)
{
    return !l->rolled || now - l->since > OBS_ROLL || l->value < 0 || l->value >= LARGE ||
           (l->hist != NULL && l->held == NULL) || (l->series != NULL && now >= l->series->cur_end);
}

void obs_level_hold(struct obs_level *l, sim_time now)
{
    int64_t value = l->value;
    obs_level_touch(l, l->since, value);
    if (holds_long(l, now)) {
        hold_long(l, now);
    } else if (value >= OBS_EXACT) {
        hold_large(l, now);
    } else {
        l->top = value > l->top ? value : l->top;
        l->low = value < l->low ? value : l->low;
        open_way(l);
        obs_level_account(l, now, value, now - l->since);
    }
}

/* The value that it has comes before the other. */
void obs_level_extreme(struct obs_level *l, sim_time now, int64_t value)
{
    const struct {
        sim_time at;
        int64_t value;
    } seen[] = {{l->since, l->value}, {now, value}};
    for (unsigned i = 0; i < ARRAY_LEN(seen); i++) {
        if (seen[i].value > l->max) {
            l->max = seen[i].value;
            l->max_at = seen[i].at;
        }
        if (seen[i].value < l->min) {
            l->min = seen[i].value;
            l->min_at = seen[i].at;
        }
    }
}

/* The squares of small values follow from the time that each of them was held. */
static int128 small_squares(const struct obs_level *l)
{
    const uint64_t *held = l->hist != NULL ? l->hist->block[0] : NULL;
    int128 square = 0;
    for (int64_t v = l->min > 0 ? l->min : 0; held != NULL && v <= l->max && v < OBS_EXACT; v++)
        square += (int128)(v * v) * (int128)held[v];
    return square;
}

/* Up to now, which may be far beyond the bucket. */
static void put_down(struct obs_level *l, sim_time now)
{
    l->wide = 0;
    obs_level_set(l, now, l->value);
    work_in(l);
    open_way(l);
}

/* Where nothing came by the short way there is nothing to work in: a value that has been held for several buckets is spread over
 * them when it goes. Most parts of most entities are idle, and are not written to. */
void obs_level_roll(struct obs_level *l, sim_time now)
{
    if (l->wide == 0)
        return;
    put_down(l, now);
    if (l->series != NULL) {
        series_roll(l->series, now);
        close_way(l);
    }
}

void obs_level_settle(struct obs_level *l, sim_time now)
{
    put_down(l, now);
    if (__builtin_add_overflow(l->square, small_squares(l), &l->area2))
        l->overflowed = true;
}

void obs_level_reset(struct obs_level *l, sim_time now)
{
    obs_level_settle(l, now);
    l->start = now;
    l->min = l->max = l->value;
    l->min_at = l->max_at = now;
    close_way(l);
    l->low = INT64_MAX;
    l->forgotten += l->area;
    l->area = l->area2 = l->square = 0;
    l->overflowed = false;
    if (l->hist != NULL)
        hist_reset(l->hist);
}
