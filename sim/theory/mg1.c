/* mg1.c - means of M/G/1, and vacations: see mg1.h. */
#include "mg1.h"

#include <math.h>

#include "quad.h"

struct mg1 mg1_solve(double lambda, const struct timelaw *s)
{
    double rho = lambda * s->mean;
    if (!(rho < 1))
        return (struct mg1){rho, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY};
    double wq = lambda * s->m2 / (2 * (1 - rho));
    return (struct mg1){
        .rho = rho,
        .wq = wq,
        .w = wq + s->mean,
        .lq = lambda * wq,
        .l = lambda * wq + rho,
        .var_wq = isinf(wq) ? INFINITY : wq * wq + lambda * s->m3 / (3 * (1 - rho)),
        .busy = s->mean / (1 - rho),
    };
}

static struct vacation longer_by(double lambda, const struct timelaw *s, double more)
{
    struct mg1 x = mg1_solve(lambda, s);
    return (struct vacation){.wq = x.wq + more, .w = x.w + more, .lq = lambda * (x.wq + more)};
}

struct vacation vacation_multiple(double lambda, const struct timelaw *service,
                                  const struct timelaw *sleep)
{
    struct vacation v = longer_by(lambda, service, sleep->m2 / (2 * sleep->mean));
    v.empty_polls = fmax(0, 1 - lambda * service->mean) / sleep->mean;
    return v;
}

struct vacation vacation_single(double lambda, const struct timelaw *service,
                                const struct timelaw *sleep)
{
    double none = timelaw_transform(sleep, lambda); /* chance that nobody comes during a sleep */
    struct vacation v =
        longer_by(lambda, service, lambda * sleep->m2 / (2 * (none + lambda * sleep->mean)));
    v.empty_polls = NAN;
    return v;
}

double mg1_setup_wait(double lambda, const struct timelaw *service, const struct timelaw *setup)
{
    return mg1_solve(lambda, service).wq +
           (2 * setup->mean + lambda * setup->m2) / (2 * (1 + lambda * setup->mean));
}

struct slept {
    const struct mg1_laws *laws;
    double sleep;
};

static double wait_cdf(const void *of, double t)
{
    return mg1_wait_cdf(of, t);
}

static double slept_cdf(const void *of, double t)
{
    const struct slept *s = of;
    return quad_integral(wait_cdf, s->laws, fmax(0, t - s->sleep), t) / s->sleep;
}

double vacation_wait_quantile(double lambda, const struct timelaw *service, double sleep, double p)
{
    struct mg1_laws *laws = mg1_laws_open(lambda, service, 1 - (1 - p) / 100);
    if (laws == NULL)
        return NAN;
    struct slept s = {laws, sleep};
    /* the sum is not beyond the sum of what each is below with certainty enough: bracket by the
     * wait's own quantile */
    double low = 0, high = mg1_wait_quantile(laws, p) + sleep, answer = high;
    for (int i = 0; i < 60 && high - low > 1e-12 * high; i++) {
        answer = (low + high) / 2;
        if (slept_cdf(&s, answer) < p)
            low = answer;
        else
            high = answer;
    }
    mg1_laws_close(laws);
    return answer;
}
