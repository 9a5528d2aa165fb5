/* events.c - the event set alone. Hold model: take the earliest event, put it back an exponential time later. Lane: start and
 * cancel a constant wait behind n others. */
#include <stdlib.h>

#include "bare_models.h"
#include "parts.h"
#include "rng.h"
#include "sim.h"

#define HOLD_EVENTS 3e6
#define LANE_PAIRS  1e7

static struct rng hold_rng;

static void hold_fire(struct sim *sim, struct sim_timer *t)
{
    sim_after(sim, t, (sim_time)(rng_exponential(&hold_rng) * 1e9));
}

static bool hold(uint32_t pending, double scale, struct bench_sample *s, struct err *err)
{
    struct sim       *sim = sim_open();
    struct sim_timer *timer = calloc(pending, sizeof *timer);
    struct rng_stream stream = rng_stream(1, "hold", 0);
    uint64_t          n = (uint64_t)(HOLD_EVENTS * scale);
    bool              good = sim != NULL && timer != NULL;
    hold_rng = rng_at(&stream, 0, 0, 0);
    for (uint32_t i = 0; good && i < pending; i++) {
        sim_timer_init(&timer[i], SIM_MESSAGE, hold_fire);
        hold_fire(sim, &timer[i]);
    }
    double start = bench_clock();
    for (uint64_t i = 0; good && i < n; i++)
        sim_step(sim);
    *s = (struct bench_sample){(double)n, bench_clock() - start};
    good = good && !sim_failed(sim);
    sim_close(sim);
    free(timer);
    return good || err_set(err, ERR_OS, "out of memory");
}

#define HOLD_CASE(name, pending)                                             \
    bool name(double scale, struct bench_sample *s, struct err *err)         \
    {                                                                        \
        return hold(pending, scale, s, err);                                 \
    }                                                                        \
    bool bare_##name(double scale, struct bench_sample *s, struct err *err)  \
    {                                                                        \
        (void)err;                                                           \
        return bare_hold(pending, scale, s);                                 \
    }
HOLD_CASE(hold_10, 10)
HOLD_CASE(hold_1e3, 1000)
HOLD_CASE(hold_1e5, 100000)
HOLD_CASE(hold_1e6, 1000000)

static void never(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    (void)t;
}

static bool lane(uint32_t waiting, double scale, struct bench_sample *s, struct err *err)
{
    struct sim       *sim = sim_open();
    struct sim_timer *timer = calloc((size_t)waiting + 1, sizeof *timer);
    struct sim_lane   waits;
    uint64_t          n = (uint64_t)(LANE_PAIRS * scale);
    bool              good = sim != NULL && timer != NULL;
    sim_lane_init(&waits, 30 * SIM_S);
    for (uint32_t i = 0; good && i <= waiting; i++) {
        sim_timer_init(&timer[i], SIM_STATE, never);
        if (i < waiting)
            sim_lane_start(sim, &waits, &timer[i]);
    }
    double start = bench_clock();
    for (uint64_t i = 0; good && i < n; i++) {
        sim_lane_start(sim, &waits, &timer[waiting]);
        sim_cancel(sim, &timer[waiting]);
    }
    *s = (struct bench_sample){(double)n, bench_clock() - start};
    sim_close(sim);
    free(timer);
    return good || err_set(err, ERR_OS, "out of memory");
}

bool lane_1e3(double scale, struct bench_sample *s, struct err *err)
{
    return lane(1000, scale, s, err);
}
bool lane_1e6(double scale, struct bench_sample *s, struct err *err)
{
    return lane(1000000, scale, s, err);
}
