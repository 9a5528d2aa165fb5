/* scale_predict.h - predictive scaling: the same hour of the days before (ASG-27, ASG-28). */
#ifndef SCALE_PREDICT_H
#define SCALE_PREDICT_H

#include "ratio.h"
#include "scale_view.h"

#define SCALE_DAYS_MAX 14
#define SCALE_AHEAD    48 /* hours of a forecast */

struct scale_predict {
    struct ratio target; /* load that one instance carries */
    sim_time ahead;      /* instances are launched so long before the hour */
    struct ratio sum[24 * SCALE_DAYS_MAX]; /* of the hours, in a ring */
    uint32_t n[24 * SCALE_DAYS_MAX];
    int64_t hours;       /* hours begun: the latest is hours - 1 */
    int64_t forecast[SCALE_AHEAD];
    int64_t forecast_at; /* hour of forecast[0]; < 0: there is none yet */
    int64_t refresh_at;  /* hour of the next one */
};
void scale_predict_init(struct scale_predict *, struct ratio target, sim_time ahead);
/* Load seen in the span that ended now. */
void scale_predict_see(struct scale_predict *, sim_time now, struct ratio load);
/* Instances forecast for the hour that `now + ahead` lies in; -1: there is no forecast for it. */
int64_t scale_predict_wants(struct scale_predict *, sim_time now);
/* When it is asked next: the beginning of an hour, less what it launches ahead. */
sim_time scale_predict_next(const struct scale_predict *, sim_time now);

#endif
