/* alarm.h - private to alarm_*.c: an alarm's settings, and what it tells to whom. */
#ifndef ALARM_H
#define ALARM_H

#include "caller.h"
#include "cw_alarm.h"
#include "meter.h"

enum alarm_key {
    ALARM_METRIC,
    ALARM_STATISTIC,
    ALARM_WHEN,
    ALARM_PERIOD,
    ALARM_DATAPOINTS,
    ALARM_MISSING,
    ALARM_LOW_SAMPLES,
    ALARM_DELAY,
    ALARM_ACTIONS, /* from here on: lists of actions; the first two are one */
    ALARM_ALARM_ACTIONS,
    ALARM_OK_ACTIONS,
    ALARM_INSUFFICIENT_ACTIONS,
    ALARM_ENABLED,
    ALARM_BUS,
    ALARM_EVENTS,
    ALARM_DONE_AT,
    ALARM_DEADLINE,
    N_ALARM_KEYS
};
enum alarm_metric {
    AM_STATE,
    AM_TRANSITIONS,
    AM_ALARMS,
    AM_ACTIONS,
    AM_HELD,
    AM_NOTIFICATIONS, /* from here on: of the requests that it makes */
    AM_DONE,
    AM_RETRIES,
    AM_REFUSED,
    AM_LATENCY,
    N_ALARM_METRICS
};
extern const struct key alarm_keys[N_ALARM_KEYS];
extern const struct metric_def alarm_metrics[N_ALARM_METRICS];

#define ALARM_ACTIONS_MAX 5                       /* of a state (CW-8) */
#define ALARM_TARGETS_MAX (3 * ALARM_ACTIONS_MAX + 1) /* told by one alarm */

enum { ALARM_TRACE_STATE = 1, ALARM_TRACE_ACTION, ALARM_TRACE_TOLD };

struct alarm {
    struct entity e; /* first */
    struct meter meter;
    struct cw_alarm core;
    struct sim_timer timer;
    struct obs_level state;
    struct obs_counter transitions, alarms, actions, held;
    /* alarm_notify.c */
    bool notifies;
    struct request_source source;
    uint32_t source_number;
    uint64_t n_notified;
    struct obs_counter retries, refused;
    struct caller_policy target[ALARM_TARGETS_MAX]; /* each topic and function once */
    uint32_t n_target;
    uint32_t event[CW_ALARM + 1]; /* template of what is told, by state */
    struct slab notices;
};

/* alarm_settings.c */
void alarm_check(const struct spec *, const struct spec_entity *, struct problems *);
/* false: something is wrong with them, which the check has said. */
bool alarm_config(const struct spec *, const struct spec_entity *, struct arena *, struct cw_alarm_config *);
/* The metric with its statistic; NULL: memory is short. */
const char *alarm_text(const struct spec_entity *, struct arena *);
/* Those of a state. */
const struct value *alarm_actions(const struct spec_entity *, enum cw_state);
/* Whether it is told, as topics and functions are, and not set off, as policies are. */
bool alarm_tells(const struct spec_entity *action);
bool alarm_notifies(const struct spec_entity *);

/* alarm_notify.c: in the alarm's make, wire and close; at a change of state, of which the bus hears in any case. */
bool alarm_notify_make(struct alarm *);
bool alarm_notify_wire(struct alarm *);
void alarm_notify_close(struct alarm *);
void alarm_notify(struct alarm *, enum cw_state, bool actions);

#endif
