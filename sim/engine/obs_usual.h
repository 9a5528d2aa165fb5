/* obs_usual.h - a value that a tally is told so often that it is not put into the row, but only counted: calls that take one
 * attempt, callers that find a free server. */
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

#endif
