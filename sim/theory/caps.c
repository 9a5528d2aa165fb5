/* caps.c - see caps.h. */
#include "caps.h"

#include <math.h>
#include <stdint.h>

#include "mg1.h"
#include "mginf.h"

struct caps_groups caps_groups(double lambda, unsigned groups, const struct timelaw *service)
{
    struct mg1 one = mg1_solve(lambda / groups, service);
    return (struct caps_groups){
        .throughput = groups / service->mean,
        .rho = one.rho,
        .busy = groups * one.rho,
        .backlog = groups * one.l,
        .w = one.w,
        .wq = one.wq,
    };
}

double caps_fifo(double consumers, double groups, double mean_service, double calls_per_second,
                 double batch)
{
    double work = mean_service > 0 ? fmin(consumers, groups) / mean_service : INFINITY;
    return fmin(work, calls_per_second * batch);
}

/* E[(N - m)+] = a P(N >= m) - m P(N >= m + 1). */
double caps_window_refused(double lambda, double limit, double window)
{
    double a = lambda * window;
    return mginf_at_least(a, limit) - limit / a * mginf_at_least(a, limit + 1);
}

double caps_window_over(double lambda, double limit, double window)
{
    return mginf_at_least(lambda * window, limit + 1);
}

/* Tokens in units of 1 / rate: a request costs rate, the bucket holds size * rate, and refill comes
 * between two requests. */
struct caps_bucket caps_bucket(long rate, long refill, long size, long duration)
{
    struct caps_bucket x = {rate * duration, 0, INFINITY};
    int64_t full = (int64_t)size * rate, level = full;
    for (long i = 0; i < x.offered; i++) {
        level = i == 0 || level + refill > full ? full : level + refill;
        if (level >= rate) {
            level -= rate;
            x.admitted++;
        } else if (isinf(x.first_refused)) {
            x.first_refused = (double)i / (double)rate;
        }
    }
    return x;
}

double caps_zipf_top(unsigned n, double s, unsigned top)
{
    double all = 0, first = 0;
    for (unsigned k = n; k > 0; k--) {
        double weight = pow(k, -s);
        all += weight;
        if (k <= top)
            first += weight;
    }
    return first / all;
}

double caps_dedup_accepted(double lambda, double window)
{
    return lambda / (1 + lambda * window);
}
