/* obs.c - the life of observers, the working in of what counters have seen, and the names of statistics;
 * observing itself is inline in obs.h. */
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
    *l = (struct obs_level){.value = value, .min = value, .max = value, .since = now, .min_at = now, .max_at = now, .start = now,
                             .settled = now, .top = INT64_MIN, .low = INT64_MAX};
}

void obs_tally_init(struct obs_tally *t)
{
    *t = (struct obs_tally){.min = INT64_MAX, .max = INT64_MIN, .top = INT64_MIN};
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
    l->rolled = true;
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
    tray_free(&t->tray);
}

void obs_counter_close(struct obs_counter *c)
{
    release(NULL, &c->series);
}

void obs_counter_reset(struct obs_counter *c)
{
    c->forgotten += c->n;
    c->n = 0;
}

/* --- counters --- */

void obs_counter_settle(struct obs_counter *c)
{
    uint64_t all = c->forgotten + c->n;
    if (c->series != NULL && all != c->settled)
        *c->series->sum_cur += (int128)(all - c->settled);
    c->settled = all;
}

void obs_counter_set(struct obs_counter *c, uint64_t n)
{
    obs_counter_settle(c);
    c->n = n;
    c->settled = c->forgotten + n;
}

void obs_counter_roll(struct obs_counter *c, sim_time now)
{
    obs_counter_settle(c);
    series_roll(c->series, now);
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
        {"min_at", STAT_MIN_AT}, {"max_at", STAT_MAX_AT},
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
        [OBS_LEVEL] = S(MEAN) | S(MIN) | S(MAX) | S(SD) | S(LAST) | S(MIN_AT) | S(MAX_AT) | S(QUANTILE),
        [OBS_TALLY] = S(MEAN) | S(MIN) | S(MAX) | S(SD) | S(SUM) | S(COUNT) | S(RATE) | S(QUANTILE),
    };
#undef S
    return (fits[kind] >> stat.kind & 1) != 0;
}
