/* curve.c - integrals of rates and their inverses.
 *
 * The inverse of a line's integral is the root of a quadratic, written so that nothing cancels. A sine's is Kepler's
 * equation. A wait that is short beside the period, as nearly all are, is the inverse of a power series about the
 * instant it begins at: no sine is taken for it, since cosine and sine of that instant come from those of the middle
 * of the stretch it lies in. Long waits, and those at the bottom of a rate that falls to nothing, take Newton's steps
 * inside a bracket that halving can always shrink; that costs a few sines each. Thinning would need none, but each
 * rejected candidate would use up an address, and the k-th arrival would then no longer be the k-th random number.
 *
 * However it is found, a wait is right within 0.01 ns and 1e-13 of its length (tests/models/test_curve.c). */
#include "curve.h"

#include <math.h>
#include <stdint.h>

#include "dmath.h"

#define TURN      6.283185307179586
#define STRETCHES 1024      /* in a period: half of one is 2^-8.3 in radians */
#define ENOUGH_NS 0.01
#define STEPS_MAX 200

static double sin_turns(double turns) /* of 2 pi turns, turns >= 0 */
{
    return d_sin(TURN * (turns - (double)(int64_t)turns));
}

/* --- sine: rate = level (1 + amplitude cos p) = level ((1 - amplitude) + 2 amplitude sin^2 (p - pi)/2). In the second
 * form nothing cancels, however little is left at the bottom, p = pi; nor does it in what follows from it. --- */

struct wave {
    double bottom; /* turns from there, -1/2 … 1/2 */
    double period, amplitude;
};

static struct wave wave_at(const struct curve *c, sim_time from)
{
    sim_time since_peak = (from % c->period + c->phase) % c->period;
    double bottom = (double)(since_peak - c->period / 2) - (c->period % 2 != 0 ? 0.5 : 0);
    return (struct wave){bottom / (double)c->period, (double)c->period, c->amplitude};
}

/* x - sin x of an angle in turns, >= 0 */
static double above_sine(double turns)
{
    double x = TURN * turns, z = x * x;
    if (x > 0.5)
        return x - sin_turns(turns);
    return x * z * (1.0 / 6 - z * (1.0 / 120 - z * (1.0 / 5040 - z * (1.0 / 362880 - z * (1.0 / 39916800)))));
}

/* Over the mean, x ns later. */
static double wave_rate(const struct wave *w, double x)
{
    double sine = sin_turns(fabs(w->bottom + x / w->period) / 2);
    return (1 - w->amplitude) + 2 * w->amplitude * sine * sine;
}

/* Area over level: of the second part it is 2 (y - sin y) + 2 sin y (1 - cos m), with y half the angle of x and m the
 * angle of its middle from the bottom. */
static double wave_area(const struct wave *w, double x)
{
    double half = x / (2 * w->period), sine = sin_turns(fabs(w->bottom + half) / 2);
    double swing = 2 * above_sine(half) + 4 * sin_turns(half) * sine * sine;
    return (1 - w->amplitude) * x + w->amplitude * w->period / TURN * swing;
}

static double wave_wait(const struct wave *w, double area)
{
    double swing = 2 * w->amplitude * w->period / TURN;
    double low = area > swing ? area - swing : 0, high = area + swing;
    double x = area / wave_rate(w, 0);
    for (int i = 0; i < STEPS_MAX && high - low > ENOUGH_NS; i++) {
        if (!(x > low && x < high))
            x = low + (high - low) / 2;
        double excess = wave_area(w, x) - area;
        if (excess > 0)
            high = x;
        else
            low = x;
        double next = x - excess / wave_rate(w, x);
        if (next > x - ENOUGH_NS && next < x + ENOUGH_NS)
            return next;
        x = next;
    }
    return low + (high - low) / 2;
}

/* --- short waits of a sine, as angles: c x - s x^2/2 - (c - 1) x^3/6 + s x^4/24 + … = area, where c is the rate over
 * its mean at the beginning and -s what that changes by --- */

struct swing {
    double c, s;
};

/* At an angle from the middle of the stretch. */
static struct swing swing_at(const struct curve_stretch *t, double angle)
{
    double z = angle * angle;
    double cosine = 1 - z * (0.5 - z * (1.0 / 24)), sine = angle * (1 - z * (1.0 / 6 - z * (1.0 / 120)));
    return (struct swing){1 + (t->wave * cosine - t->slope * sine), t->slope * cosine + t->wave * sine};
}

/* One step of Newton's from x, which is right within 2^-24. */
static double refined(struct swing at, double x, double area)
{
    double turn = at.c - 1, z = x * x;
    double sum = x * (at.c - turn * z * (1.0 / 6 - z * (1.0 / 120))) - at.s * z * (0.5 - z * (1.0 / 24));
    double rate = at.c - x * (at.s * (1 - z * (1.0 / 6)) + 0.5 * turn * x);
    return x - (sum - area) / rate;
}

/* The first three terms of the inverse series; what is missing is less than 2 (x / sqrt c)^3 of it. A negative number
 * where that is too much, or where c has lost its digits. */
static double short_wait(struct swing at, double area)
{
    double inverse = 1 / at.c, x = area * inverse, share = x * x;
    if (!(share < 0x1p-17 * (at.c - 0x1p-8)))
        return -1;
    double bend = 0.5 * at.s * inverse, angle = x + share * (bend + x * (2 * bend * bend + (1 - inverse) * (1.0 / 6)));
    return share < 0x1p-32 * at.c ? angle : refined(at, angle, area);
}

static void stretch_enter(struct curve_stretch *t, const struct curve *c, sim_time from)
{
    sim_time length = c->period / STRETCHES + 1;
    t->from = from - from % length;
    t->to = t->from + length;
    t->middle = t->from + length / 2;
    struct wave w = wave_at(c, t->middle);
    t->angle = TURN / w.period;
    t->time = w.period / TURN;
    t->area = t->angle / c->level;
    t->wave = -w.amplitude * sin_turns(w.bottom + 1.25); /* cosine of p = bottom + 1/2 … */
    t->slope = w.amplitude * sin_turns(w.bottom + 1.5);  /* … and sine */
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

double curve_wait_near(const struct curve *c, struct curve_stretch *t, sim_time from, double area)
{
    if (c->shape != CURVE_SINE || !(c->level > 0))
        return curve_wait(c, from, area);
    if (from < t->from || from >= t->to)
        stretch_enter(t, c, from);
    double angle = short_wait(swing_at(t, (double)(from - t->middle) * t->angle), area * t->area);
    return angle >= 0 ? angle * t->time : curve_wait(c, from, area);
}
