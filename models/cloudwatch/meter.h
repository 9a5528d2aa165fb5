/* meter.h - a number made of the world's metrics, as CloudWatch would show it: what the observers of entities hold is read at
 * the end of each minute (or 10 s), kept as datapoints, and put together by metric math.
 *
 * A name is "kind.id.metric[.statistic]", by CloudWatch's name or the short one; statistics are average (mean), sum, min, max
 * and count, and, of metrics that have many values a minute (tallies), percentiles and trimmed ones (cw_statistic.h). Gauges are
 * read at the end of the minute, counters summed over it, values of a tally sampled, and shares averaged (CW-3). Times are in
 * seconds and shares in percent, as CloudWatch has them. */
#ifndef METER_H
#define METER_H

#include "cw_alarm.h"
#include "cw_math.h"
#include "cw_metric.h"
#include "world.h"

struct meter_window;

struct meter_probe {
    uint32_t slot; /* of the world */
    struct cw_stat statistic;
    struct cw_metric points;
    struct meter_window *window; /* the values themselves; NULL: their sum is enough */
    int128 before[2]; /* totals at the last datapoint */
};
struct meter {
    struct entity *owner;
    struct cw_math math;
    struct meter_probe probe[CW_MATH_NAMES];
    struct sim_timer timer;
    sim_time granularity;
    uint64_t fewest; /* samples that a window must have for meter_look; 0: any number does */
    bool last; /* the others that read at this instant have done so */
    bool open;
};

/* For a room's check: says what is wrong with the text. */
bool meter_check(const struct spec *, const struct spec_entity *, const struct value *text, struct problems *);
/* In `wire`, `start` and `close` of the owner. period: of the windows that will be read; keep: how far back they reach. */
bool meter_open(struct meter *, struct entity *owner, const char *text, sim_time period, sim_time delay, sim_time keep);
void meter_start(struct meter *);
void meter_close(struct meter *);

/* The end of the newest window that is visible now. */
sim_time meter_horizon(const struct meter *, sim_time now);
/* The value over a window. false: there is none. */
bool meter_read(const struct meter *, sim_time from, sim_time to, struct ratio *);
/* The same for an alarm (a cw_alarm_reading). */
enum cw_seen meter_look(void *meter, sim_time from, sim_time to, struct ratio *);
/* As it is at this moment, without CloudWatch between: levels only. */
bool meter_now(const struct meter *, struct ratio *);
/* The unit in which thresholds are written: that of its one metric; UNIT_ONE for anything else. */
enum metric_unit meter_unit(const struct spec *, const char *text);
/* Its one metric's statistic; false: it is metric math, or no metric. */
bool meter_statistic(const struct spec *, const char *text, struct cw_stat *);

#endif
