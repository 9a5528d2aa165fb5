/* obs_series.c - a metric over time in buckets of one width. The bucket being filled is remembered,
 * so that the usual observation needs no division; the last bucket never ends. */
#include "obs_series.h"

#include "check.h"
#include "mem.h"

static void *column(bool wanted, uint32_t n, size_t bytes, bool *ok)
{
    if (!wanted)
        return NULL;
    void *p = mem_get_zero(n, bytes);
    *ok &= p != NULL;
    return p;
}

static void begin(struct series *s, sim_time now)
{
    CHECK(now >= 0);
    sim_time bucket = now / s->width;
    s->cur = bucket < s->n ? (uint32_t)bucket : s->n - 1;
    s->cur_end = SIM_NEVER;
    if (s->cur < s->n - 1)
        s->cur_end = (s->cur + 1) * s->width;
    s->sum_cur = s->sum + s->cur;
    s->max_cur = s->max == NULL ? NULL : s->max + s->cur;
    s->count_cur = s->count == NULL ? NULL : s->count + s->cur;
}

bool series_open(struct series **out, enum obs_kind kind, uint32_t n, sim_time width)
{
    CHECK(n > 0 && width > 0);
    struct series *s = mem_get_zero(1, sizeof(*s));
    *out = s;
    if (s == NULL)
        return false;
    bool ok = true;
    s->n = n;
    s->width = width;
    s->sum = column(true, n, sizeof(*s->sum), &ok);
    s->max = column(kind != OBS_COUNTER, n, sizeof(*s->max), &ok);
    s->count = column(kind == OBS_TALLY, n, sizeof(*s->count), &ok);
    if (!ok) {
        series_close(s);
        *out = NULL;
        return false;
    }
    for (uint32_t i = 0; s->max != NULL && i < n; i++)
        s->max[i] = INT64_MIN;
    begin(s, 0);
    return true;
}

void series_close(struct series *s)
{
    if (s == NULL)
        return;
    mem_release(s->sum);
    mem_release(s->max);
    mem_release(s->count);
    mem_release(s);
}

void series_roll(struct series *s, sim_time now)
{
    if (s != NULL && now >= s->cur_end)
        begin(s, now);
}

void series_level(struct series *s, sim_time from, sim_time to, int64_t value)
{
    while (from < to) {
        series_roll(s, from);
        sim_time end = to < s->cur_end ? to : s->cur_end;
        s->sum[s->cur] += (int128)value * (end - from);
        if (value > s->max[s->cur])
            s->max[s->cur] = value;
        from = end;
    }
}
