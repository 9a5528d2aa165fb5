/* meter_window.c - from the tally's window to the period's values.
 *
 * The window is a histogram whose buckets are 1/1,024 of their values wide at most, so a value is off by 0.049 % at most (below
 * 2,048 by nothing); the lowest and the highest are exact, and a period with few values is nearly so. */
#include "meter_window.h"

#include "mem.h"

bool meter_window_open(struct meter_window *w, struct obs_tally *t, const struct cw_stat *s, uint32_t spans)
{
    w->statistic = *s;
    obs_tally_watch(t, &w->seen);
    return cw_spread_open(&w->spread, spans);
}

void meter_window_close(struct meter_window *w)
{
    obs_window_close(&w->seen);
    cw_spread_close(&w->spread);
    mem_release(w->bins.bin);
    w->bins = (struct cw_bins){0};
}

static bool add(struct cw_bins *b, int64_t value, uint64_t n)
{
    if (n == 0)
        return true;
    if (b->n > 0 && b->bin[b->n - 1].value == value) {
        b->bin[b->n - 1].n += n;
        return true;
    }
    if (b->n == b->cap) {
        uint32_t cap = b->cap == 0 ? 64 : b->cap * 2;
        struct cw_bin *bin = mem_resize(b->bin, cap * sizeof(*bin));
        if (bin == NULL)
            return false;
        b->bin = bin;
        b->cap = cap;
    }
    b->bin[b->n++] = (struct cw_bin){value, n};
    return true;
}

static int64_t within(int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* One of the lowest bucket is the minimum itself, one of the highest the maximum. */
static bool list(struct meter_window *w)
{
    struct cw_bins *b = &w->bins;
    const struct hist *h = &w->seen.hist;
    uint64_t left = h->n, count;
    int64_t min = METER_WINDOW_SCALE * (left > 0 ? w->seen.min : 0), max = METER_WINDOW_SCALE * (left > 0 ? w->seen.max : 0), low, high;
    bool ok = true;
    b->n = 0;
    for (uint32_t cursor = 0; ok && left > 0 && hist_next(h, &cursor, &low, &high, &count);) {
        if (left == h->n) {
            ok = add(b, min, 1);
            left--;
            count--;
        }
        bool last = count > 0 && count == left;
        ok = ok && add(b, within(low + high - 1, min, max), count - last) && add(b, max, last);
        left -= count;
    }
    return ok && !h->failed;
}

bool meter_window_take(struct meter_window *w, struct ratio *low, struct ratio *high, struct ratio *spread)
{
    bool ok = list(w), any = w->seen.hist.n > 0;
    *low = ratio_int(any ? METER_WINDOW_SCALE * w->seen.min : 0);
    *high = ratio_int(any ? METER_WINDOW_SCALE * w->seen.max : 0);
    *spread = ratio_int(0);
    obs_window_empty(&w->seen);
    if (!ok || !cw_stat_spreads(&w->statistic))
        return ok;
    ok = cw_spread_put(&w->spread, w->bins.bin, w->bins.n);
    if (ok)
        cw_spread_read(&w->spread, &w->statistic, spread);
    return ok;
}
