/* profile.c - arrivals of a piecewise constant rate, by inversion of its integral. */
#include "profile.h"

#include "check.h"

static bool is_zero(struct rate r)
{
    return r.events == 0;
}

/* Adds [from, to) unless it is empty. */
static void add(struct profile *p, sim_time from, sim_time to, struct rate rate)
{
    if (from < to)
        p->piece[p->n++] = (struct profile_piece){from, to, rate};
}

bool profile_build(struct profile *p, struct arena *arena, struct rate base, const struct profile_span *span,
                   uint32_t n)
{
    sim_time at = 0;
    p->n = 0;
    p->piece = arena_get(arena, (2 * (size_t)n + 1) * sizeof(*p->piece));
    if (p->piece == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        CHECK(span[i].at >= at);
        add(p, at, span[i].at, base);
        at = span[i].at + span[i].length;
        add(p, span[i].at, at, span[i].rate);
    }
    add(p, at, SIM_NEVER, base);
    return true;
}

void profile_start(struct profile_walk *w, const struct profile *p, sim_time start)
{
    *w = (struct profile_walk){.profile = p, .at = start, .origin = start};
    while (p->piece[w->piece].to <= start)
        w->piece++;
}

sim_time profile_next_poisson(struct profile_walk *w, double unit)
{
    const struct profile *p = w->profile;
    for (;; w->piece++) {
        if (w->piece == p->n)
            return SIM_NEVER;
        const struct profile_piece *x = &p->piece[w->piece];
        if (w->at < x->from)
            w->at = x->from;
        if (is_zero(x->rate))
            continue;
        double slope = (double)x->rate.events / (double)x->rate.ns;
        double wait = unit / slope, room = (double)(x->to - w->at);
        if (wait < room) {
            w->at += (sim_time)(wait + 0.5);
            return w->at;
        }
        unit -= room * slope;
        if (unit < 0)
            unit = 0;
    }
}

/* floor(a * b / c) with phase/2^32 added to a. */
static sim_time scaled(uint64_t a, uint64_t phase, int64_t b, int64_t c)
{
    unsigned __int128 x = (((unsigned __int128)a << 32) + phase) * (uint64_t)b;
    x = (x / (uint64_t)c) >> 32;
    return x >= (unsigned __int128)SIM_NEVER ? SIM_NEVER : (sim_time)x;
}

/* The step that is under way at the end of a piece: what is left of it, in 2^-32. */
static void carry(struct profile_walk *w, const struct profile_piece *x)
{
    if (!is_zero(x->rate)) {
        unsigned __int128 passed = ((unsigned __int128)(uint64_t)(x->to - w->origin) *
                                    (uint64_t)x->rate.events << 32) / (uint64_t)x->rate.ns;
        unsigned __int128 next = ((unsigned __int128)w->k << 32) + w->phase;
        w->phase = next > passed ? (uint64_t)(next - passed) : 0;
    }
    CHECK(w->phase <= UINT64_C(1) << 32);
    w->k = 0;
    w->origin = x->to;
    w->piece++;
}

sim_time profile_next_constant(struct profile_walk *w)
{
    const struct profile *p = w->profile;
    for (;;) {
        if (w->piece == p->n)
            return SIM_NEVER;
        const struct profile_piece *x = &p->piece[w->piece];
        if (!is_zero(x->rate)) {
            sim_time wait = scaled(w->k, w->phase, x->rate.ns, x->rate.events);
            if (wait < x->to - w->origin) {
                w->k++;
                w->at = w->origin + wait;
                return w->at;
            }
        }
        if (x->to == SIM_NEVER)
            return SIM_NEVER;
        carry(w, x);
    }
}
