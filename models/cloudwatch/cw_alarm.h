/* cw_alarm.h - a CloudWatch alarm: M of the last N datapoints against a threshold, on a window that slides (CW-6 … CW-17). */
#ifndef CW_ALARM_H
#define CW_ALARM_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "ratio.h"
#include "simtime.h"

#define CW_POINTS_MAX 1440 /* N */
#define CW_LOOK_BACK  2    /* the evaluation range is N and so many more (CW-10) */

enum cw_state { CW_OK, CW_INSUFFICIENT, CW_ALARM };
enum cw_missing { CW_MISSING, CW_IGNORE, CW_BREACHING, CW_NOT_BREACHING };
enum cw_data { CW_NONE, CW_FINE, CW_BREACH };
enum cw_compare { CW_GREATER_EQUAL, CW_GREATER, CW_LESS, CW_LESS_EQUAL };

/* The state that a window of datapoints leads to (CW-11); data[0] is the newest, there are n + CW_LOOK_BACK. */
enum cw_state cw_alarm_judge(const enum cw_data *data, uint32_t n, uint32_t m, enum cw_missing, enum cw_state before);
bool cw_alarm_breaches(enum cw_compare, struct ratio value, struct ratio threshold);

struct cw_alarm_config {
    sim_time period;
    uint32_t n, m;
    enum cw_compare compare;
    struct ratio threshold;
    enum cw_missing missing;
};
/* CW-6. *err says what is wrong. */
bool cw_alarm_valid(const struct cw_alarm_config *, struct err *);
/* Time between evaluations: 10 s, a minute, or an hour (CW-7). */
sim_time cw_alarm_every(const struct cw_alarm_config *);
/* How far back before the horizon it looks. */
static inline sim_time cw_alarm_reach(const struct cw_alarm_config *c)
{
    return c->period * (c->n + CW_LOOK_BACK);
}

struct cw_alarm {
    struct cw_alarm_config config;
    enum cw_state state;
    sim_time since;      /* of the state */
    sim_time invoked;    /* when the actions of the state ran last; SIM_NEVER: it has never changed */
    bool has_value;      /* the newest datapoint of the window */
    struct ratio value;
};
void cw_alarm_init(struct cw_alarm *, const struct cw_alarm_config *, sim_time now);

/* The statistic over [from, to): there is no datapoint; there is one; there is one of too few samples to be judged (CW-16). */
enum cw_seen { CW_ABSENT, CW_SEEN, CW_FEW };
typedef enum cw_seen cw_alarm_reading(void *ctx, sim_time from, sim_time to, struct ratio *);
enum { CW_CHANGED = 1, CW_INVOKES = 2, CW_HELD = 4 };
/* Looks at the window that ends at the horizon of its metric. Bits: the state changed; the Auto Scaling actions of the state
 * run, on the change and every minute while it lasts, but not those of the state that it began with (CW-8); the newest period has
 * too few samples, and so the state is kept. */
unsigned cw_alarm_evaluate(struct cw_alarm *, sim_time now, sim_time horizon, cw_alarm_reading *, void *ctx);

const char *cw_state_name(enum cw_state);

#endif
