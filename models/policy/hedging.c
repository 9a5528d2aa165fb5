/* hedging.c - after how long a second call is made. By quantile: of the answers so far, kept in a histogram with 64 steps an
 * octave; worked out at the hundredth answer, and again whenever their number has grown by an eighth. */
#include "arena.h"
#include "caller_more.h"

#define STEP_BITS 6
#define STEPS     (1 << STEP_BITS)
#define BINS      ((63 - STEP_BITS + 1) * STEPS)
#define ANSWERS   100

bool hedging_open(struct hedging *h, const struct value *group, struct world *w)
{
    const struct value *after = value_field(group, HEDGE_AFTER), *quantile = value_field(group, HEDGE_QUANTILE);
    *h = (struct hedging){.after = SIM_NEVER, .max = (uint32_t)value_field(group, HEDGE_MAX)->i, .next = ANSWERS};
    if (!after->absent) {
        h->after = after->i;
        return true;
    }
    h->quantile = (double)quantile->i * 1e-9;
    h->bin = arena_get(&w->arena, BINS * sizeof(*h->bin));
    return h->bin != NULL;
}

sim_time hedging_delay(const struct hedging *h)
{
    return h->after;
}

/* Values below 64 stand alone; above, the six bits after the highest one tell the step. */
static unsigned bin_of(sim_time t)
{
    if (t < STEPS)
        return (unsigned)t;
    unsigned octave = 63 - (unsigned)__builtin_clzll((uint64_t)t);
    return (octave - STEP_BITS + 1) * STEPS + (unsigned)(t >> (octave - STEP_BITS)) % STEPS;
}

/* The smallest value of the next bin. */
static sim_time end_of(unsigned bin)
{
    if (bin < STEPS)
        return (sim_time)bin + 1;
    unsigned octave = bin / STEPS + STEP_BITS - 1;
    return ((sim_time)STEPS + bin % STEPS + 1) << (octave - STEP_BITS);
}

static void work_out(struct hedging *h)
{
    double target = h->quantile * (double)h->n;
    uint64_t below = 0;
    unsigned bin = 0;
    while (bin < BINS - 1 && (double)(below + h->bin[bin]) < target)
        below += h->bin[bin++];
    h->after = end_of(bin);
    h->next = h->n + h->n / 8;
}

void hedging_answered(struct hedging *h, sim_time took)
{
    if (h->bin == NULL)
        return;
    h->bin[bin_of(took)]++;
    if (++h->n >= h->next)
        work_out(h);
}
