/* obs_usual.c - a tally's usual value, of which only the number of times is kept, is worked in all at once: whatever the order in
 * which values come, they add up to the same. */
#include "obs_usual.h"

void obs_tally_settle_usual(struct obs_tally *t)
{
    int64_t value = t->usual;
    uint64_t n = t->n_usual;
    int128 sum = (int128)value * (int128)n, square;
    t->n += n;
    t->min = value < t->min ? value : t->min;
    t->top = value > t->top ? value : t->top;
    t->sum += sum;
    if (__builtin_mul_overflow(sum, value, &square) || __builtin_add_overflow(t->sum2, square, &t->sum2))
        t->overflowed = true;
    if (t->hist != NULL)
        hist_add_weighted(t->hist, value, n);
    for (struct obs_window *w = t->window; w != NULL; w = w->next) {
        hist_add_weighted(&w->hist, value, n);
        w->min = value < w->min ? value : w->min;
        w->max = value > w->max ? value : w->max;
    }
    t->n_usual = 0;
}
