/* curve.c - integrals of rates and their inverses.
 *
 * The inverse of a line's integral is the root of a quadratic, written so that nothing cancels. A sine's is Kepler's
 * equation: Newton's steps kept inside a bracket that halving can always shrink. That costs a few sines an arrival;
 * thinning would cost fewer where the rate is high, but each rejected candidate would use up an address, and the k-th
 * arrival would then no longer be the k-th random number. */
#include "curve.h"

#include <math.h>
#include <stdint.h>

#include "dmath.h"

#define TURN      6.283185307179586
#define ENOUGH_NS 0.01
#define STEPS_MAX 200

/* sin(2 pi turns), turns >= 0. */
static double sin_turns(double turns)
{
    return d_sin(TURN * (turns - (double)(int64_t)turns));
}

static double cos_turns(double turns)
{
    return sin_turns(turns + 0.25);
}

/* --- sine: area(x) = level (x + swing (sin w(u + x) - sin w u)), w = 2 pi / period --- */

struct wave {
    double u, period, amplitude;
};

static struct wave wave_at(const struct curve *c, sim_time from)
{
    return (struct wave){(double)((from % c->period + c->phase) % c->period), (double)c->period, c->amplitude};
}

/* Area over level. The difference of sines as a product keeps its digits when x is a millisecond of a day. */
static double wave_area(const struct wave *w, double x)
{
    double half = x / (2 * w->period);
    return x + w->amplitude * w->period / TURN * 2 * cos_turns(w->u / w->period + half) * sin_turns(half);
}

static double wave_wait(const struct wave *w, double area)
{
    double swing = 2 * w->amplitude * w->period / TURN;
    double low = area > swing ? area - swing : 0, high = area + swing;
    double x = area / (1 + w->amplitude * cos_turns(w->u / w->period));
    for (int i = 0; i < STEPS_MAX && high - low > ENOUGH_NS; i++) {
        if (!(x > low && x < high))
            x = low + (high - low) / 2;
        double excess = wave_area(w, x) - area;
        if (excess > 0)
            high = x;
        else
            low = x;
        double next = x - excess / (1 + w->amplitude * cos_turns((w->u + x) / w->period));
        if (next > x - ENOUGH_NS && next < x + ENOUGH_NS)
            return next;
        x = next;
    }
    return low + (high - low) / 2;
}

/* --- line --- */

static double line_level(const struct curve *c, sim_time at)
{
    double level = c->level + c->growth * (double)at;
    return level > 0 ? level : 0;
}

static double line_wait(const struct curve *c, sim_time from, double area)
{
    double level = line_level(c, from), square = level * level + 2 * c->growth * area;
    if (square < 0)
        return INFINITY;
    double sum = level + sqrt(square);
    if (sum > 0)
        return 2 * area / sum;
    return c->growth > 0 ? 0 : INFINITY; /* nothing is asked, and something will come */
}

/* --- any --- */

double curve_area(const struct curve *c, sim_time from, sim_time to)
{
    double x = (double)(to - from);
    if (c->shape == CURVE_LINE)
        return x * (line_level(c, from) + line_level(c, to)) / 2;
    if (c->shape == CURVE_SINE && c->level > 0) {
        struct wave w = wave_at(c, from);
        return c->level * wave_area(&w, x);
    }
    return x * c->level;
}

double curve_wait(const struct curve *c, sim_time from, double area)
{
    if (c->shape == CURVE_LINE)
        return line_wait(c, from, area);
    if (!(c->level > 0))
        return INFINITY;
    if (c->shape == CURVE_FLAT)
        return area / c->level;
    struct wave w = wave_at(c, from);
    return wave_wait(&w, area / c->level);
}
