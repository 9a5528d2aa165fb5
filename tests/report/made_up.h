/* made_up.h - data like that of the flagship scenario, made without a simulator: 4.5 h of 100 orders/s, 500/s from 1 h to
 * 1 h 10 min, a database of 150 writes/s that is down from 2 h 30 min to 2 h 35 min. Fluid curves plus a reproducible
 * noise; what is drawn from them is judged by eye and by rules, never by these numbers. */
#ifndef MADE_UP_H
#define MADE_UP_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define MADE_UP_END 16200.0

/* xorshift64*, uniform in (0, 1). */
static inline double made_up_uniform(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return ((double)(x * 0x2545F4914F6CDD1Dull >> 11) + 0.5) / 9007199254740992.0;
}

static inline double made_up_normal(uint64_t *state)
{
    double u = made_up_uniform(state), v = made_up_uniform(state);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static inline double made_up_rate(double t)
{
    return t >= 14400 ? 0 : t >= 3600 && t < 4200 ? 500 : 100;
}

static inline double made_up_capacity(double t)
{
    return t >= 9000 && t < 9300 ? 0 : 150;
}

/* Depth of the queue: value[r * n + b], buckets of width seconds. Caller frees. */
static inline double *made_up_depth(size_t n_replication, size_t n, double width)
{
    double *value = calloc(n_replication * n, sizeof(*value));
    for (size_t r = 0; r < n_replication; r++) {
        uint64_t state = 88172645463325252ull + r * 977;
        double depth = 0;
        for (size_t b = 0; b < n; b++) {
            double t = (double)b * width, rate = made_up_rate(t), capacity = made_up_capacity(t);
            depth += (rate - capacity) * width + made_up_normal(&state) * sqrt((rate + capacity) * width);
            depth = depth < 0 ? fabs(made_up_normal(&state)) * 3 : depth;
            value[r * n + b] = depth;
        }
    }
    return value;
}

static inline double *made_up_level(size_t n_replication, size_t n, double width, double usual, double most)
{
    double *depth = made_up_depth(n_replication, n, width);
    for (size_t i = 0; i < n_replication * n; i++) {
        uint64_t state = i * 7919 + 12345;
        made_up_uniform(&state);
        depth[i] = depth[i] > 20 ? most : usual + made_up_normal(&state);
    }
    return depth;
}

#endif
