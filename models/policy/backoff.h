/* backoff.h - laws for the pause between attempts, as text: "none", "constant(1s)", "exponential(base=100ms, cap=2s)",
 * "equal_jitter(…)", "full_jitter(…)", "decorrelated(…)", or "random(…)" of any law of durations. Definitions after Brooker, "Exponential Backoff And Jitter",
 * AWS Architecture Blog, 2015: e(n) = min(cap, base * 2^n); n = 1 at the first failure there, 0 here: the first pause
 * is drawn from base. */
#ifndef BACKOFF_H
#define BACKOFF_H

#include "arena.h"
#include "dist.h"
#include "rng.h"
#include "simtime.h"

enum backoff_law { BACKOFF_NONE, BACKOFF_CONSTANT, BACKOFF_EXPONENTIAL, BACKOFF_EQUAL, BACKOFF_FULL, BACKOFF_DECORRELATED, BACKOFF_RANDOM };

struct backoff {
    enum backoff_law law;
    sim_time         base, cap;
    const struct dist *dist; /* random */
    const char      *text;
};

/* NULL on error (e->column, e->text as for laws). */
const struct backoff *backoff_parse(struct arena *, const char *text, struct dist_error *e);

/* Whether a pause is drawn evenly between two bounds, and takes no more than a cell's first word (nearly always). NULL: no. */
static inline bool backoff_is_jittered(const struct backoff *b)
{
    return b != NULL && (b->law == BACKOFF_EQUAL || b->law == BACKOFF_FULL || b->law == BACKOFF_DECORRELATED);
}

/* The pause after failure number n (0-based). previous: the pause before (decorrelated; base at first). */
sim_time backoff_pause(const struct backoff *, uint32_t n, sim_time previous, struct rng *);

/* The same of a law that is jittered, where only the cell's first word is known. false: it needs more. */
bool backoff_pause_of(const struct backoff *, uint32_t n, sim_time previous, uint64_t word, sim_time *pause);

#endif
