/* obs_usual.h - a value that a tally is told so often that it is not put into the row, but only counted: calls that take one
 * attempt, callers that find a free server, messages of one size. */
#ifndef OBS_USUAL_H
#define OBS_USUAL_H

#include "obs.h"

/* Private: those that have only been counted. */
OBS_SELDOM void obs_tally_settle_usual(struct obs_tally *);
/* The tally's usual value, 0 unless another is expected before any has come: so frequent that it is not put into the row. */
ALWAYS_INLINE void obs_tally_expect(struct obs_tally *t, int64_t value)
{
    CHECK(t->n_usual == 0);
    t->usual = value;
}
ALWAYS_INLINE void obs_tally_usual(struct obs_tally *t, sim_time now)
{
    (void)now;
    t->n_usual++;
}
/* What is nearly always the same value, though it is not known before which: the one that came last becomes the usual one where
 * no other is being counted. */
ALWAYS_INLINE void obs_tally_same(struct obs_tally *t, sim_time now, int64_t value)
{
    if (__builtin_expect(value == t->usual, 1)) {
        obs_tally_usual(t, now);
        return;
    }
    if (t->n_usual == 0)
        t->usual = value;
    obs_tally_add(t, now, value);
}

#endif
