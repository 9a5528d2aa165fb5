/* bare_hold.c - the hold model on the bare heap: take the earliest event, put it back an exponential time later. */
#include "bare.h"
#include "bare_models.h"
#include "bench.h"

bool bare_hold(uint32_t pending, double scale, struct bench_sample *sample)
{
    struct bare_heap  h = {0};
    struct rng_stream stream = rng_stream(1, "hold", 0);
    struct rng        r = rng_at(&stream, 0, 0, 0);
    uint64_t          n = (uint64_t)(3e6 * scale);
    for (uint32_t i = 0; i < pending; i++)
        bare_push(&h, (sim_time)(rng_exponential(&r) * 1e9), i);
    double start = bench_clock();
    for (uint64_t i = 0; i < n; i++) {
        struct bare_event e = bare_pop(&h);
        bare_push(&h, e.at + (sim_time)(rng_exponential(&r) * 1e9), e.what);
    }
    *sample = (struct bench_sample){(double)n, bench_clock() - start};
    free(h.e);
    return true;
}
