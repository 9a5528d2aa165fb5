/* profile.c - the pieces of a rate, and arrivals by inversion of its integral. */
#include "profile.h"

#include <math.h>
#include <stdlib.h>

#include "check.h"

#define HOURS_OF_WEEK 168

/* --- the description --- */

static int by_time(const void *a, const void *b)
{
    const struct profile_span *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

bool profile_build(struct profile *p, struct arena *arena, const struct profile_span *span, uint32_t n)
{
    p->n_once = p->n_every = 0;
    p->once = arena_get(arena, (n + 1) * sizeof(*span));
    p->every = arena_get(arena, (n + 1) * sizeof(*span));
    if (p->once == NULL || p->every == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        if (span[i].every == 0)
            p->once[p->n_once++] = span[i];
        else
            p->every[p->n_every++] = span[i];
    }
    qsort(p->once, p->n_once, sizeof(*span), by_time);
    return true;
}

static sim_time common_divisor(sim_time a, sim_time b)
{
    while (b != 0) {
        sim_time rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* One happens once, the other comes back: does a turn of it begin in (a - length, a + a's length)? */
static bool meets(const struct profile_span *once, const struct profile_span *turns)
{
    sim_time first = once->at - turns->length; /* a turn that begins later than this and … */
    sim_time end = once->at + once->length;    /* … before this */
    if (turns->at >= end)
        return false;
    sim_time turn = turns->at;
    if (first >= turn)
        turn += ((first - turn) / turns->every + 1) * turns->every;
    return turn < end;
}

bool profile_overlap(const struct profile_span *a, const struct profile_span *b)
{
    if (a->every == 0 && b->every == 0)
        return a->at < b->at + b->length && b->at < a->at + a->length;
    if (a->every == 0)
        return meets(a, b);
    if (b->every == 0)
        return meets(b, a);
    /* Their beginnings come as near to each other as the distance modulo the common divisor. */
    sim_time step = common_divisor(a->every, b->every), distance = (b->at - a->at) % step;
    if (distance < 0)
        distance += step;
    return distance < a->length || step - distance < b->length;
}

/* --- pieces --- */

static void shorten(struct profile_piece *x, sim_time to)
{
    if (to < x->to)
        x->to = to;
}

/* The span that holds at x->from, which was begun at *begun; shortens x to where that changes. */
static const struct profile_span *span_at(struct profile_walk *w, struct profile_piece *x, sim_time *begun)
{
    const struct profile *p = w->profile;
    const struct profile_span *found = NULL;
    while (w->once < p->n_once && p->once[w->once].at + p->once[w->once].length <= x->from)
        w->once++;
    if (w->once < p->n_once) {
        const struct profile_span *s = &p->once[w->once];
        bool holds = s->at <= x->from;
        shorten(x, holds ? s->at + s->length : s->at);
        if (holds)
            found = s, *begun = s->at;
    }
    for (uint32_t i = 0; i < p->n_every; i++) {
        const struct profile_span *s = &p->every[i];
        sim_time since = x->from < s->at ? -1 : (x->from - s->at) % s->every;
        bool holds = since >= 0 && since < s->length;
        shorten(x, since < 0 ? s->at : x->from - since + (holds ? s->length : s->every));
        if (holds)
            found = s, *begun = x->from - since;
    }
    return found;
}

static double week_factor(const struct profile *p, struct profile_piece *x)
{
    if (p->n_week == 0)
        return 1;
    sim_time part = HOURS_OF_WEEK * SIM_H / p->n_week;
    sim_time shows = (x->from + p->clock) % (HOURS_OF_WEEK * SIM_H);
    shorten(x, x->from + part - shows % part);
    return p->week[shows / part];
}

static double slope(struct rate r)
{
    return (double)r.events / (double)r.ns;
}

static void flat(struct profile_piece *x, struct rate rate)
{
    x->curve = (struct curve){.shape = CURVE_FLAT, .level = slope(rate)};
    x->exact = true;
    x->rate = rate;
}

static void ramp(struct profile_piece *x, const struct profile_span *s, sim_time begun)
{
    double growth = (slope(s->ramp_to) - slope(s->rate)) / (double)s->length;
    x->curve = (struct curve){
        .shape = CURVE_LINE, .level = slope(s->rate) + growth * (double)(x->from - begun), .growth = growth};
}

/* A rate times a factor stays exact where that is a whole number of events. */
static void multiplied(struct profile_piece *x, struct rate rate, double factor)
{
    double events = (double)rate.events * factor;
    flat(x, rate);
    if (factor == 1)
        return;
    x->curve.level *= factor;
    x->exact = events < 0x1p53 && events == (double)(int64_t)events;
    x->rate.events = x->exact ? (int64_t)events : 0;
}

/* What is there outside the spans, times a factor. */
static void usual(struct profile_piece *x, const struct profile *p, double factor)
{
    multiplied(x, p->base, factor * week_factor(p, x));
    if (p->period == 0)
        return;
    sim_time since_peak = (x->from % p->period + p->clock % p->period - p->peak % p->period) % p->period;
    x->curve.shape = CURVE_SINE;
    x->curve.amplitude = p->amplitude;
    x->curve.period = p->period;
    x->curve.phase = since_peak < 0 ? since_peak + p->period : since_peak;
    x->exact = false;
}

static void enter(struct profile_walk *w, sim_time from)
{
    struct profile_piece *x = &w->piece;
    sim_time begun = 0;
    *x = (struct profile_piece){.from = from, .to = SIM_NEVER};
    w->stretch = (struct curve_stretch){0};
    const struct profile_span *s = span_at(w, x, &begun);
    if (s == NULL)
        usual(x, w->profile, 1);
    else if (s->kind == SPAN_IS_RATE)
        flat(x, s->rate);
    else if (s->kind == SPAN_IS_RAMP)
        ramp(x, s, begun);
    else
        usual(x, w->profile, s->factor);
}

void profile_start(struct profile_walk *w, const struct profile *p, sim_time start, sim_time end)
{
    *w = (struct profile_walk){.profile = p, .at = start, .origin = start, .end = end};
    enter(w, start);
}

/* --- Poisson --- */

/* `unit` less what the rest of the piece brings; on to the next piece. */
static double pass_piece(struct profile_walk *w, double unit)
{
    const struct profile_piece *x = &w->piece;
    unit -= curve_area(&x->curve, w->at - x->from, x->to - x->from);
    w->at = x->to;
    enter(w, x->to);
    return unit > 0 ? unit : 0;
}

sim_time profile_poisson_slow(struct profile_walk *w, double unit)
{
    for (;;) {
        const struct profile_piece *x = &w->piece;
        double room = (double)(x->to - w->at);
        double wait = x->curve.shape == CURVE_FLAT
                          ? unit / x->curve.level
                          : curve_wait_near(&x->curve, &w->stretch, w->at - x->from, unit);
        if (wait < room) {
            w->at += (sim_time)(wait + 0.5);
            return w->at;
        }
        if (x->to >= w->end)
            return SIM_NEVER;
        unit = pass_piece(w, unit);
    }
}

/* --- constant --- */

/* floor(a * b / c) with phase/2^32 added to a. */
static sim_time scaled(uint64_t a, uint64_t phase, int64_t b, int64_t c)
{
    unsigned __int128 x = (((unsigned __int128)a << 32) + phase) * (uint64_t)b;
    x = (x / (uint64_t)c) >> 32;
    return x >= (unsigned __int128)SIM_NEVER ? SIM_NEVER : (sim_time)x;
}

/* From the origin until the curve has brought so many. A sine is asked from the last arrival on: short waits are cheap. */
static double curved(struct profile_walk *w, double due)
{
    const struct profile_piece *x = &w->piece;
    if (x->curve.shape != CURVE_SINE || w->k == 0)
        return curve_wait(&x->curve, w->origin - x->from, due);
    double rest = due - curve_area(&x->curve, w->origin - x->from, w->at - x->from);
    double wait = curve_wait_near(&x->curve, &w->stretch, w->at - x->from, rest > 0 ? rest : 0);
    return (double)(w->at - w->origin) + wait;
}

/* From the origin to arrival k of this piece; SIM_NEVER when it lies beyond the piece. */
static sim_time step(struct profile_walk *w)
{
    const struct profile_piece *x = &w->piece;
    sim_time wait = SIM_NEVER;
    if (x->exact && x->rate.events > 0) {
        wait = scaled(w->k, w->phase, x->rate.ns, x->rate.events);
    } else if (!x->exact) {
        double ns = curved(w, (double)w->k + (double)w->phase * 0x1p-32);
        wait = ns < (double)SIM_NEVER ? (sim_time)ns : SIM_NEVER;
    }
    return wait < x->to - w->origin ? wait : SIM_NEVER;
}

/* Steps brought from the origin to the end of the piece, in 2^-32. */
static unsigned __int128 passed(const struct profile_walk *w)
{
    const struct profile_piece *x = &w->piece;
    if (!x->exact)
        return (unsigned __int128)(curve_area(&x->curve, w->origin - x->from, x->to - x->from) * 0x1p32);
    return ((unsigned __int128)(uint64_t)(x->to - w->origin) * (uint64_t)x->rate.events << 32) / (uint64_t)x->rate.ns;
}

/* The step that is under way at the end of a piece: what is left of it. Roundings may leave a little more than is
 * possible. */
static void carry(struct profile_walk *w)
{
    unsigned __int128 done = passed(w), due = ((unsigned __int128)w->k << 32) + w->phase;
    uint64_t left = due > done ? (uint64_t)(due - done) : 0;
    w->phase = left < UINT64_C(1) << 32 ? left : UINT64_C(1) << 32;
    w->k = 0;
    w->origin = w->piece.to;
    enter(w, w->piece.to);
}

sim_time profile_next_constant(struct profile_walk *w)
{
    for (;;) {
        sim_time wait = step(w);
        if (wait != SIM_NEVER) {
            w->k++;
            w->at = w->origin + wait;
            return w->at;
        }
        if (w->piece.to >= w->end)
            return SIM_NEVER;
        carry(w);
    }
}
