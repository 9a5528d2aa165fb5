/* fluid.h - backlogs as a fluid: arrivals and capacity are rates that change at given times, and
 * chance is left out. Right for large backlogs, a lower bound for small ones. Newell, Applications
 * of Queueing Theory, ch. 2. */
#ifndef FLUID_H
#define FLUID_H

#include <stddef.h>

struct fluid_piece {
    double from;               /* seconds; the next piece's from, or the end, ends it */
    double arrivals, capacity; /* per second */
};
/* One overload: from the moment at which arrivals exceed the capacity until the backlog is gone. */
struct fluid_wave {
    double begins, peak_at, empty_at; /* empty_at: INFINITY when it never is */
    double peak;                      /* messages */
    double area;                      /* message seconds; up to the end when it does not empty */
    double delayed;                   /* messages that arrived meanwhile */
    double max_wait;  /* longest wait, first come first served; INFINITY when it never ends */
    double mean_wait; /* of the delayed, area / delayed */
};
/* Walks pieces[n] (the last lasts for ever) from an empty system and writes at most max waves;
 * returns how many there are. */
size_t fluid_waves(const struct fluid_piece *pieces, size_t n, struct fluid_wave *waves,
                   size_t max);

/* What does not fit: a room for so many (waiting and served) in each piece, until `end`; more are
 * refused and do not come back. A piece whose room is smaller than what is inside refuses that too
 * (a server that breaks down). */
double fluid_refused(const struct fluid_piece *pieces, const double *room, size_t n, double end);

/* Rate base, then for `length` seconds rate `burst`, above the capacity, then base again. */
struct fluid_wave fluid_burst(double base, double burst, double capacity, double length);
/* Nothing is served for `length` seconds. */
struct fluid_wave fluid_outage(double rate, double capacity, double length);
/* Age of the oldest message at the end of the burst (it arrived when as many had arrived as are
 * served by then). */
double fluid_age_after_burst(double burst, double capacity, double length);

/* The rate climbs by `slope` a second for `length` seconds from rate0, then is rate_after: backlog
 * and drain. */
struct fluid_ramp {
    double overload_from, backlog, drain, max_wait; /* drain: after the ramp */
};
struct fluid_ramp fluid_ramp(double rate0, double slope, double length, double capacity,
                             double rate_after);

/* Servers are added, `step` of them after each period, up to max_servers, until the backlog is
 * gone. */
struct fluid_steps {
    double empty_at, peak, peak_at, servers;
};
struct fluid_steps fluid_steps(double rate, double servers, double rate_each, double step,
                               double period, double max_servers, double backlog);

#endif
