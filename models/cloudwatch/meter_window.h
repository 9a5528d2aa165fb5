/* meter_window.h - what a tally's values of each span and period were, for statistics that need more than their sum. */
#ifndef METER_WINDOW_H
#define METER_WINDOW_H

#include "cw_metric.h"
#include "cw_spread.h"
#include "obs.h"

struct meter_window {
    struct obs_window seen; /* in the span that runs */
    struct cw_bins bins;    /* of the one that is over: values times two, for a bucket's middle may be half-way */
    struct cw_spread spread;
    struct cw_stat statistic;
};
#define METER_WINDOW_SCALE 2

/* spans: of the granularity in a period. false: memory is short. */
bool meter_window_open(struct meter_window *, struct obs_tally *, const struct cw_stat *, uint32_t spans);
void meter_window_close(struct meter_window *);
/* The span is over: its lowest and highest value, and the statistic of the period (of a distribution), in the tally's unit times the
 * scale; a trimmed count is as it is. false: memory is short. */
bool meter_window_take(struct meter_window *, struct ratio *low, struct ratio *high, struct ratio *spread);

#endif
