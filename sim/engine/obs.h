/* obs.h - observers: what a run counts and measures. All memory is taken when the run is built; an observation costs
 * a few nanoseconds and allocates nothing (a histogram's block or a tally's tray, once).
 *
 * What is seen is put down in the cheapest form - a value in a row, a sum for now - and is worked into moments, histogram
 * and series by the row, or when a series begins its next bucket. So an observer is settled before anything but a counter's
 * n and a level's value is read.
 * Who observes does not look whether the bucket has ended: whoever runs the clock rolls all that were extended, before
 * anything is seen at or after its end, and every OBS_ROLL at the least.
 *
 * Three kinds, which are the kinds of metric of docs/reference/metrics.md:
 *  counter - how often something happened;
 *  level   - an integer that holds over time (depth, busy servers): time-weighted mean, min, max, when it was so, sd,
 *            quantiles;
 *  tally   - one value per item (a latency in ns, a size): count, mean, sd, min, max, quantiles. */
#ifndef OBS_H
#define OBS_H

#include <stdbool.h>
#include <stdint.h>

#include "check.h"
#include "hist.h"
#include "obs_series.h"
#include "obs_tray.h"
#include "simtime.h"

struct obs_counter {
    uint64_t       n;
    uint64_t       forgotten; /* the count before the end of warm-up */
    uint64_t       settled;   /* private: how many, forgotten or not, the series has */
    struct series *series;    /* NULL: none */
};

struct obs_level {
    int64_t  value;
    sim_time since; /* of the last change */
    /* private: values from low to top, which have been seen before and are below OBS_EXACT, take the short way */
    int64_t        low;
    uint64_t       wide;           /* from low to top, so many values; 0: none */
    int64_t        area_cur;       /* since the last settling */
    uint64_t      *held;           /* the histogram's first blocks; NULL: none, so the squares are added up here */
    uint64_t       square_cur;
    int64_t        min, max, top;
    sim_time       min_at, max_at; /* when it was first as low, as high as that, since `start` */
    sim_time       start;          /* of observation (after warm-up) */
    int128         area, area2;    /* integral of value and of value squared over time */
    int128         forgotten;      /* the area before the start */
    int128         square;         /* private: of area2, what the histogram's first blocks do not tell */
    bool           rolled;         /* it was extended: only then is there a short way */
    bool           overflowed;     /* area2 does not fit (an age of hours, squared, for hours): no standard deviation */
    sim_time       settled;        /* private: the histogram's n lacks the time from then on */
    struct hist   *hist;           /* ns spent at each value; NULL: none */
    struct series *series;
};
#define OBS_EXACT 2048 /* values below are in the histogram's first blocks, one by one */
#define OBS_ROLL  (INT64_C(1) << 40) /* ns: over that time their squares fit into 62 bits */
#define OBS_ROW   32
struct obs_tally {
    int64_t        max;
    uint64_t       forgotten;     /* values before the end of warm-up, and their sum */
    int128         forgotten_sum;
    struct series *series;
    uint64_t       settled;     /* private: how many, forgotten or not, the series has, and their sum */
    int128         settled_sum;
    uint64_t       n_usual;     /* private, and `usual`: how often a value came that is only counted (obs_usual.h) */
    int64_t        usual;
    /* what a row of values goes through */
    struct hist   *hist;
    int128         sum, sum2;   /* of values and of their squares: exact, whatever the order of adding */
    uint64_t       n;
    int64_t        min, top;    /* top: private: the highest since the series was told */
    struct tray    tray;        /* private: counts that the histogram lacks */
    struct obs_window *window;  /* who looks at its values on a period; NULL: nobody, and it costs nothing */
    bool           overflowed;  /* sum2 does not fit (centuries, squared, many times): no standard deviation */
    uint32_t       waiting;     /* private: values that wait to be worked in */
    int64_t        value[OBS_ROW];
};

/* What a tally has seen since the window was emptied last, warm-up or not: for those who show its distribution minute by
 * minute. Filled by the row, so the tally is settled before the window is read. */
struct obs_window {
    struct obs_window *next;    /* private: several may look at one tally */
    struct hist        hist;
    int64_t            min, max;
};
#define OBS_SELDOM __attribute__((noinline)) /* once in many observations: never a part of who observes */

void obs_counter_init(struct obs_counter *);
void obs_level_init(struct obs_level *, sim_time now, int64_t value);
void obs_tally_init(struct obs_tally *);
/* Gives the observer a histogram / a series of its own (false: memory is short). close frees both. */
bool obs_level_extend(struct obs_level *, bool hist, uint32_t buckets, sim_time width);
bool obs_tally_extend(struct obs_tally *, bool hist, uint32_t buckets, sim_time width);
bool obs_counter_extend(struct obs_counter *, uint32_t buckets, sim_time width);
void obs_level_close(struct obs_level *);
void obs_tally_close(struct obs_tally *);
void obs_counter_close(struct obs_counter *);
/* End of warm-up: forget what was observed (series keep everything). */
void obs_counter_reset(struct obs_counter *);
void obs_level_reset(struct obs_level *, sim_time now);
void obs_tally_reset(struct obs_tally *);

/* What has been seen was before now, and what will be is not. */
void obs_counter_roll(struct obs_counter *, sim_time now);
void obs_level_roll(struct obs_level *, sim_time now);
void obs_tally_roll(struct obs_tally *, sim_time now);

void obs_counter_settle(struct obs_counter *);
void obs_counter_set(struct obs_counter *, uint64_t n); /* n is known by other means; the series keeps what it has seen */
/* now: when it was seen. Counters and tallies do not look at it, for the clock rolls their series. */
ALWAYS_INLINE void obs_count(struct obs_counter *c, sim_time now, uint64_t by)
{
    (void)now;
    c->n += by;
}

/* The span since the last change is accounted when the value changes, and by obs_level_settle at the end. */
void obs_level_settle(struct obs_level *, sim_time now);
/* Since the first observation, warm-up or not. */
static inline int128 obs_level_integral(const struct obs_level *l, sim_time now)
{
    return l->forgotten + l->area + l->area_cur + (int128)l->value * (now - l->since);
}
/* Private: the span of a value that is new in its bucket, or large; a value lower or higher than any before. */
OBS_SELDOM void obs_level_hold(struct obs_level *, sim_time now);
OBS_SELDOM void obs_level_extreme(struct obs_level *, sim_time now, int64_t value);
/* It was at that value, if only for no time. */
ALWAYS_INLINE void obs_level_touch(struct obs_level *l, sim_time now, int64_t value)
{
    if (__builtin_expect(value > l->max || value < l->min, 0))
        obs_level_extreme(l, now, value);
}
/* Private: the short way. */
ALWAYS_INLINE void obs_level_account(struct obs_level *l, sim_time now, int64_t held, int64_t span)
{
    int64_t area = held * span;
    l->since = now;
    l->area_cur += area;
    if (l->held != NULL)
        l->held[held] += (uint64_t)span;
    else
        l->square_cur += (uint64_t)(area * held);
}
/* A value is looked at when it goes: then it is known how long it was held. */
ALWAYS_INLINE void obs_level_set(struct obs_level *l, sim_time now, int64_t value)
{
    int64_t held = l->value, span = now - l->since;
    if (__builtin_expect((uint64_t)held - (uint64_t)l->low < l->wide, 1))
        obs_level_account(l, now, held, span);
    else if (span > 0)
        obs_level_hold(l, now);
    else
        obs_level_touch(l, now, held);
    l->value = value;
}
ALWAYS_INLINE void obs_level_add(struct obs_level *l, sim_time now, int64_t by)
{
    obs_level_set(l, now, l->value + by);
}

void obs_tally_settle(struct obs_tally *);
OBS_SELDOM void obs_tally_row(struct obs_tally *); /* private: what waits is worked in */
ALWAYS_INLINE void obs_tally_add(struct obs_tally *t, sim_time now, int64_t value)
{
    (void)now;
    t->value[t->waiting++] = value;
    if (__builtin_expect(t->waiting == OBS_ROW, 0))
        obs_tally_row(t);
}

/* The window must live as long as values come; close frees its memory, when none come any more. */
void obs_tally_watch(struct obs_tally *, struct obs_window *);
void obs_window_empty(struct obs_window *);
void obs_window_close(struct obs_window *);

/* --- statistics of one observer: stat names of the metric grammar --- */
enum obs_stat_kind {
    STAT_MEAN, STAT_MIN, STAT_MAX, STAT_SD, STAT_SUM, STAT_COUNT, STAT_RATE, STAT_LAST,
    STAT_MIN_AT, STAT_MAX_AT, /* ns since the run began, whatever the metric's unit */
    STAT_QUANTILE
};
struct obs_stat {
    enum obs_stat_kind kind;
    double             p; /* STAT_QUANTILE: 0 < p < 1 */
};
/* "mean", "p99", "p99.9"…; false when the text is no stat. */
bool obs_stat_parse(const char *text, struct obs_stat *);
/* Whether a metric of that kind has that stat. counter: sum, rate; level: mean min max sd last min_at max_at quantile;
 * tally: mean min max sd sum count rate quantile. */
bool obs_stat_fits(enum obs_kind, struct obs_stat);

#endif
