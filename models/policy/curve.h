/* curve.h - one piece of a rate over time: flat, a straight line, or a sine; the events it brings in a time, and the
 * time it takes to bring so many. */
#ifndef CURVE_H
#define CURVE_H

#include "simtime.h"

enum curve_shape { CURVE_FLAT, CURVE_LINE, CURVE_SINE };

/* Times are counted from the curve's beginning. */
struct curve {
    enum curve_shape shape;
    double           level;     /* events per ns; LINE: at the beginning; SINE: the mean */
    double           growth;    /* LINE: of the level, per ns */
    double           amplitude; /* SINE: share of the level, 0 … 1 */
    sim_time         period;    /* SINE */
    sim_time         phase;     /* SINE: time since the peak at the beginning, 0 … period */
};

/* Events brought in [from, to). */
double curve_area(const struct curve *, sim_time from, sim_time to);
/* How long after `from` it has brought `area` events; INFINITY: never. Only dmath: the same bits everywhere. */
double curve_wait(const struct curve *, sim_time from, double area);

/* A piece of a sine's turn about its middle, kept between waits that begin in it; all 0: none yet. */
struct curve_stretch {
    sim_time from, to, middle;
    double   wave, slope;       /* amplitude times cosine and sine there */
    double   angle, time, area; /* radians in a nanosecond, nanoseconds in a radian, radians at the mean rate an event */
};
/* The same wait, within rounding, for who asks again and again: cheap where it is short beside a sine's period. */
double curve_wait_near(const struct curve *, struct curve_stretch *, sim_time from, double area);

#endif
