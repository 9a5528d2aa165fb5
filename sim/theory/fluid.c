/* fluid.c - see fluid.h. */
#include "fluid.h"

#include <math.h>
#include <stdbool.h>

/* --- waves --- */

struct walk {
    const struct fluid_piece *piece;
    size_t n;
};

/* When the cumulative capacity since `from` reaches `work`; INFINITY when it never does. */
static double served_by(const struct walk *w, double from, double work)
{
    for (size_t i = 0; i < w->n; i++) {
        double end = i + 1 < w->n ? w->piece[i + 1].from : INFINITY,
               start = fmax(from, w->piece[i].from);
        double rate = w->piece[i].capacity;
        if (end <= from)
            continue;
        if (rate > 0 && work <= rate * (end - start))
            return start + work / rate;
        if (isinf(end))
            return INFINITY;
        work -= rate * (end - start);
    }
    return INFINITY;
}

/* Within a piece the wait of an arrival is linear in its time, so the longest is met at an end of
 * one: what came first of all, or at a change of rates. */
static void longest(struct fluid_wave *wave, const struct walk *w, double at, double arrived)
{
    double wait = served_by(w, wave->begins, arrived) - at;
    if (wait > wave->max_wait)
        wave->max_wait = wait;
}

static struct fluid_wave wave_from(const struct walk *w, size_t i, double at)
{
    struct fluid_wave wave = {.begins = at, .peak_at = at, .empty_at = INFINITY};
    double backlog = 0, arrived = 0;
    for (; i < w->n; i++, at = w->piece[i < w->n ? i : 0].from) {
        double end = i + 1 < w->n ? w->piece[i + 1].from : INFINITY;
        double slope = w->piece[i].arrivals - w->piece[i].capacity, length = end - at;
        bool empties = slope < 0 && backlog <= -slope * length;
        longest(&wave, w, at, arrived + (w->piece[i].arrivals > 0 ? 1e-9 : 0));
        if (empties)
            length = backlog / -slope;
        if (isinf(length)) { /* for ever: level, or growing */
            wave.peak = slope > 0 ? INFINITY : wave.peak;
            wave.area = wave.max_wait = INFINITY;
            break;
        }
        wave.area += backlog * length + slope * length * length / 2;
        backlog += slope * length;
        arrived += w->piece[i].arrivals * length;
        longest(&wave, w, at + length, arrived);
        if (backlog > wave.peak) {
            wave.peak = backlog;
            wave.peak_at = at + length;
        }
        if (empties) {
            wave.empty_at = at + length;
            break;
        }
    }
    wave.delayed = arrived;
    wave.mean_wait = wave.area / arrived;
    return wave;
}

size_t fluid_waves(const struct fluid_piece *pieces, size_t n, struct fluid_wave *waves, size_t max)
{
    struct walk w = {pieces, n};
    double free_from = 0;
    size_t found = 0;
    for (size_t i = 0; i < n && isfinite(free_from); i++) {
        double end = i + 1 < n ? pieces[i + 1].from : INFINITY,
               at = fmax(free_from, pieces[i].from);
        if (pieces[i].arrivals <= pieces[i].capacity || at >= end)
            continue;
        struct fluid_wave wave = wave_from(&w, i, at);
        if (found < max)
            waves[found] = wave;
        found++;
        free_from = wave.empty_at;
    }
    return found;
}

double fluid_refused(const struct fluid_piece *pieces, const double *room, size_t n, double end)
{
    double inside = 0, refused = 0;
    for (size_t i = 0; i < n && pieces[i].from < end; i++) {
        double until = i + 1 < n ? fmin(end, pieces[i + 1].from) : end,
               length = until - pieces[i].from;
        double slope = pieces[i].arrivals - pieces[i].capacity;
        refused += fmax(0, inside - room[i]);
        inside = fmin(inside, room[i]);
        double after = inside + slope * length;
        refused += fmax(0, after - room[i]);
        inside = fmax(0, fmin(after, room[i]));
    }
    return refused;
}

struct fluid_wave fluid_burst(double base, double burst, double capacity, double length)
{
    const struct fluid_piece pieces[] = {{0, burst, capacity}, {length, base, capacity}};
    struct fluid_wave wave = {0};
    fluid_waves(pieces, 2, &wave, 1);
    return wave;
}

struct fluid_wave fluid_outage(double rate, double capacity, double length)
{
    const struct fluid_piece pieces[] = {{0, rate, 0}, {length, rate, capacity}};
    struct fluid_wave wave = {0};
    fluid_waves(pieces, 2, &wave, 1);
    return wave;
}

double fluid_age_after_burst(double burst, double capacity, double length)
{
    return fmax(0, length * (1 - capacity / burst));
}

/* --- ramps and steps --- */

struct fluid_ramp fluid_ramp(double rate0, double slope, double length, double capacity,
                             double rate_after)
{
    struct fluid_ramp x = {.overload_from = fmax(0, (capacity - rate0) / slope)};
    double over = length - x.overload_from, excess = fmax(0, rate0 - capacity);
    if (over <= 0)
        return (struct fluid_ramp){.overload_from = INFINITY};
    x.backlog = excess * over + slope * over * over / 2;
    x.drain = rate_after < capacity ? x.backlog / (capacity - rate_after) : INFINITY;
    x.max_wait = x.backlog / capacity;
    return x;
}

struct fluid_steps fluid_steps(double rate, double servers, double rate_each, double step,
                               double period, double max_servers, double backlog)
{
    struct fluid_steps x = {.peak = backlog};
    for (double at = 0;; at += period) {
        double slope = rate - servers * rate_each;
        bool last = servers >= max_servers;
        if (slope < 0 && (backlog <= -slope * period || last)) {
            x.empty_at = at + backlog / -slope;
            break;
        }
        if (last && slope >= 0) {
            x.empty_at = INFINITY;
            break;
        }
        backlog += slope * period;
        if (backlog > x.peak) {
            x.peak = backlog;
            x.peak_at = at + period;
        }
        servers = fmin(max_servers, servers + step);
    }
    x.servers = servers;
    return x;
}
