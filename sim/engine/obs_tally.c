/* obs_tally.c - the working in of what tallies have seen: by the row into the moments and, of those that see much, into a tray; once
 * a bucket into the series; into the histogram when the tray is full or somebody asks. */
#include "obs.h"
#include "obs_row.h"
#include "obs_usual.h"

#define TRAY_FROM 16384 /* who has seen no more needs no tray: to clear, to widen and to pour one takes as long as it saves then */

/* One by one: at the end of a bucket of the series, and values that a row cannot do with. */
static void settle_each(struct obs_tally *t)
{
    for (uint32_t i = 0; i < t->waiting; i++) {
        int64_t value = t->value[i];
        t->min = value < t->min ? value : t->min;
        t->top = value > t->top ? value : t->top;
        t->sum += value;
        if (__builtin_add_overflow(t->sum2, (int128)value * value, &t->sum2))
            t->overflowed = true;
        if (t->hist != NULL)
            hist_add(t->hist, value);
    }
}

/* A tray that can take the row. */
static OBS_SELDOM bool make_room(struct obs_tally *t, const struct row *r)
{
    if (t->tray.rows == TRAY_ROWS)
        tray_pour(&t->tray, t->hist);
    return t->n >= TRAY_FROM && tray_widen(&t->tray, r->high);
}

static void count(struct obs_tally *t, const struct row *r)
{
    bool room = t->tray.rows < TRAY_ROWS && hist_index(r->high) < t->tray.n;
    if (r->low == r->high)
        hist_add_weighted(t->hist, r->low, OBS_ROW);
    else if (__builtin_expect(room, 1) || make_room(t, r))
        row_count_in_tray(r, &t->tray);
    else
        row_count(r, t->hist);
}

static void settle_row(struct obs_tally *t, const struct row *r)
{
    t->min = r->low < t->min ? r->low : t->min;
    t->top = r->high > t->top ? r->high : t->top;
    t->sum += (int64_t)r->sum;
    if (__builtin_add_overflow(t->sum2, (int128)r->sum2, &t->sum2))
        t->overflowed = true;
    if (t->hist != NULL)
        count(t, r);
}

static void show(const struct obs_tally *t)
{
    for (struct obs_window *w = t->window; w != NULL; w = w->next)
        for (uint32_t i = 0; i < t->waiting; i++) {
            int64_t value = t->value[i];
            hist_add(&w->hist, value);
            w->min = value < w->min ? value : w->min;
            w->max = value > w->max ? value : w->max;
        }
}

void obs_tally_watch(struct obs_tally *t, struct obs_window *w)
{
    obs_tally_settle(t);
    hist_init(&w->hist);
    obs_window_empty(w);
    w->next = t->window;
    t->window = w;
}

void obs_window_empty(struct obs_window *w)
{
    hist_reset(&w->hist);
    w->min = INT64_MAX;
    w->max = INT64_MIN;
}

void obs_window_close(struct obs_window *w)
{
    hist_free(&w->hist);
}

EVERY_WAY void obs_tally_row(struct obs_tally *t)
{
    struct row row;
    if (__builtin_expect(t->window != NULL, 0))
        show(t);
    if (t->waiting == OBS_ROW && row_read(&row, t->value))
        settle_row(t, &row);
    else
        settle_each(t);
    t->n += t->waiting;
    t->waiting = 0;
}

/* Everything but the histogram. */
static void work_in(struct obs_tally *t)
{
    struct series *s = t->series;
    if (t->n_usual > 0)
        obs_tally_settle_usual(t);
    if (t->waiting > 0)
        obs_tally_row(t);
    uint64_t n = t->forgotten + t->n;
    int128 sum = t->forgotten_sum + t->sum;
    if (s != NULL && n != t->settled) {
        *s->sum_cur += sum - t->settled_sum;
        *s->count_cur += (int64_t)(n - t->settled);
        *s->max_cur = t->top > *s->max_cur ? t->top : *s->max_cur;
    }
    t->settled = n;
    t->settled_sum = sum;
    t->max = t->top > t->max ? t->top : t->max;
    t->top = INT64_MIN;
}

void obs_tally_settle(struct obs_tally *t)
{
    work_in(t);
    if (t->hist != NULL)
        tray_pour(&t->tray, t->hist);
}

void obs_tally_roll(struct obs_tally *t, sim_time now)
{
    work_in(t);
    series_roll(t->series, now);
}

void obs_tally_reset(struct obs_tally *t)
{
    obs_tally_settle(t);
    t->forgotten += t->n;
    t->forgotten_sum += t->sum;
    t->n = 0;
    t->min = INT64_MAX;
    t->max = INT64_MIN;
    t->sum = t->sum2 = 0;
    t->overflowed = false;
    if (t->hist != NULL)
        hist_reset(t->hist);
}
