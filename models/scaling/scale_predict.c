/* scale_predict.c - a ring of hours. A day of history must be whole before anything is forecast; a forecast covers two days
 * and is made anew every six hours. */
#include "scale_predict.h"

#define RING    (24 * SCALE_DAYS_MAX)
#define REFRESH 6

void scale_predict_init(struct scale_predict *p, struct ratio target, sim_time ahead)
{
    *p = (struct scale_predict){.target = target, .ahead = ahead, .forecast_at = -1, .refresh_at = 24};
}

void scale_predict_see(struct scale_predict *p, sim_time now, struct ratio load)
{
    int64_t hour = (now > 0 ? now - 1 : 0) / SIM_H;
    for (; p->hours <= hour; p->hours++) {
        p->sum[p->hours % RING] = ratio_int(0);
        p->n[p->hours % RING] = 0;
    }
    p->sum[hour % RING] = ratio_add(p->sum[hour % RING], load);
    p->n[hour % RING]++;
}

/* Mean of the means of that hour on the days seen whole; -1: it was never seen. */
static int64_t of_hour(const struct scale_predict *p, int64_t now_hour, int64_t hour)
{
    struct ratio sum = ratio_int(0);
    int64_t days = 0;
    for (int64_t h = hour - 24; h >= 0 && h >= p->hours - RING; h -= 24)
        if (h < now_hour && h < p->hours && p->n[h % RING] > 0) {
            sum = ratio_add(sum, ratio_div(p->sum[h % RING], ratio_int(p->n[h % RING])));
            days++;
        }
    return days == 0 ? -1 : ratio_ceil(ratio_div(ratio_div(sum, ratio_int(days)), p->target));
}

static void refresh(struct scale_predict *p, int64_t hour)
{
    for (int64_t i = 0; i < SCALE_AHEAD; i++)
        p->forecast[i] = of_hour(p, hour, hour + i);
    p->forecast_at = hour;
    p->refresh_at = hour + REFRESH;
}

int64_t scale_predict_wants(struct scale_predict *p, sim_time now)
{
    int64_t hour = now / SIM_H, of = (now + p->ahead) / SIM_H;
    if (hour >= p->refresh_at)
        refresh(p, hour);
    if (p->forecast_at < 0 || of - p->forecast_at >= SCALE_AHEAD)
        return -1;
    return p->forecast[of - p->forecast_at];
}

sim_time scale_predict_next(const struct scale_predict *p, sim_time now)
{
    return ((now + p->ahead) / SIM_H + 1) * SIM_H - p->ahead;
}
