/* scale_step.c - the step that a metric lies in, and what it does to a capacity. */
#include "scale_step.h"

#include <stddef.h>

static bool orderly(const struct scale_step *s, struct err *err)
{
    if (s->has_low && s->has_high && ratio_cmp(s->low, s->high) >= 0)
        return err_set(err, ERR_DATA, "a step's lower bound lies below its upper bound");
    return true;
}

bool scale_steps_valid(const struct scale_steps *s, struct err *err)
{
    if (s->n < 1 || s->n > SCALE_STEPS_MAX)
        return err_set(err, ERR_DATA, "there are 1 to %d steps", SCALE_STEPS_MAX);
    for (uint32_t i = 0; i < s->n; i++) {
        const struct scale_step *step = &s->step[i];
        if (!orderly(step, err))
            return false;
        if (i == 0)
            continue;
        const struct scale_step *before = step - 1;
        if (!before->has_high || !step->has_low || ratio_cmp(before->high, step->low) != 0)
            return err_set(err, ERR_DATA, "steps stand in order, each beginning where the one before ends");
    }
    return true;
}

/* Above the threshold a lower bound belongs to its step, below it an upper bound does. */
static bool lies_in(const struct scale_step *s, bool above, struct ratio off)
{
    int low = s->has_low ? ratio_cmp(off, s->low) : 1, high = s->has_high ? ratio_cmp(off, s->high) : -1;
    return above ? low >= 0 && high < 0 : low > 0 && high <= 0;
}

const struct scale_step *scale_step_find(const struct scale_steps *s, bool above, struct ratio metric, struct ratio threshold)
{
    struct ratio off = ratio_sub(metric, threshold);
    for (uint32_t i = 0; i < s->n; i++)
        if (lies_in(&s->step[i], above, off))
            return &s->step[i];
    return NULL;
}

int64_t scale_round_percent(struct ratio r)
{
    if (r.num > 0 && r.num < r.den)
        return 1;
    if (r.num < 0 && -r.num < r.den)
        return -1;
    return ratio_trunc(r);
}

static int64_t percent(int64_t adjustment, int64_t magnitude, int64_t capacity)
{
    int64_t by = scale_round_percent(ratio_of((__int128)capacity * adjustment, 100));
    int64_t size = by < 0 ? -by : by;
    if (adjustment == 0 || size >= magnitude)
        return by;
    return adjustment < 0 ? -magnitude : magnitude;
}

int64_t scale_adjusted(enum scale_adjust adjust, int64_t adjustment, int64_t magnitude, int64_t capacity)
{
    switch (adjust) {
    case SCALE_CHANGE:
        return capacity + adjustment;
    case SCALE_EXACT:
        return adjustment;
    default:
        return capacity + percent(adjustment, magnitude, capacity);
    }
}

int64_t scale_step_desired(const struct scale_steps *s, const struct scale_view *v, bool above, struct ratio metric,
                           struct ratio threshold)
{
    const struct scale_step *step = scale_step_find(s, above, metric, threshold);
    if (step == NULL)
        return v->desired;
    int64_t base = v->desired - v->warming;
    int64_t wants = scale_adjusted(s->adjust, step->adjustment, s->magnitude, base > 0 ? base : 0);
    if (wants > base)
        return scale_clamp(v, wants > v->desired ? wants : v->desired);
    return v->warming > 0 || v->held || wants >= v->desired ? v->desired : scale_clamp(v, wants);
}

int64_t scale_simple_desired(enum scale_adjust adjust, int64_t adjustment, int64_t magnitude, const struct scale_view *v)
{
    return scale_clamp(v, scale_adjusted(adjust, adjustment, magnitude, v->desired));
}
