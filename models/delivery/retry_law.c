/* retry_law.c - delays of retries, to the nanosecond. A delay decides an event, so nothing here asks the mathematics library: the
 * powers that the curves need are products, and the one root is found by Newton's steps, the same on every machine. */
#include "retry_law.h"

#include "check.h"


#define HTTP_TOTAL (3600 * SIM_S) /* SNS-44 */

struct retry_law retry_law_aws(void)
{
    return (struct retry_law){3, 2, 10, 100000, SIM_S, 20 * SIM_S, RETRY_EXPONENTIAL, false, SIM_NEVER};
}

struct retry_law retry_law_customer(void)
{
    return (struct retry_law){0, 2, 10, 38, 10 * SIM_S, 600 * SIM_S, RETRY_EXPONENTIAL, false, SIM_NEVER};
}

struct retry_law retry_law_http(void)
{
    return (struct retry_law){0, 0, 3, 0, 20 * SIM_S, 20 * SIM_S, RETRY_LINEAR, false, SIM_NEVER};
}

struct retry_law retry_law_eventbridge(uint32_t attempts, sim_time max_age)
{
    return (struct retry_law){0, 0, attempts, 0, SIM_S, 480 * SIM_S, RETRY_DOUBLING, false, max_age};
}

uint32_t retry_count(const struct retry_law *law)
{
    return law->immediate + law->pre + law->backoff + law->post;
}

/* --- curves: the k-th of n, from a to b --- */

static double power(double x, uint32_t n)
{
    double y = 1;
    for (; n > 0; n >>= 1, x *= x)
        if (n & 1)
            y *= x;
    return y;
}

/* The n-th root of c >= 1. From above Newton's steps fall until rounding stops them. */
static double root(double c, uint32_t n)
{
    double x = 1 + (c - 1) / n; /* Bernoulli: not below the root */
    for (;;) {
        double next = x - (x - c / power(x, n - 1)) / n;
        if (!(next < x))
            return x;
        x = next;
    }
}

static double curve(const struct retry_law *law, uint32_t k)
{
    double a = (double)law->min, b = (double)law->max, n = law->backoff, i = k;
    switch (law->curve) {
    case RETRY_LINEAR:
        return a + (b - a) * (i - 1) / (n - 1);
    case RETRY_ARITHMETIC:
        return a + (b - a) * (i * (i - 1)) / (n * (n - 1));
    case RETRY_GEOMETRIC:
        return k == law->backoff ? b : a * power(root(b / a, law->backoff - 1), k - 1);
    case RETRY_EXPONENTIAL:
        return a + (b - a) * ((power(2, k - 1) - 1) / (power(2, law->backoff - 1) - 1));
    case RETRY_DOUBLING:
        break;
    }
    return k > 62 || power(2, k - 1) >= b / a ? b : a * power(2, k - 1);
}

sim_time retry_delay(const struct retry_law *law, uint32_t k)
{
    CHECK(k >= 1 && k <= retry_count(law));
    if (k <= law->immediate)
        return 0;
    k -= law->immediate;
    if (k <= law->pre)
        return law->min;
    k -= law->pre;
    if (k > law->backoff)
        return law->max;
    if (law->backoff == 1 || law->min == law->max)
        return law->min;
    return (sim_time)(curve(law, k) + 0.5);
}

sim_time retry_delay_drawn(const struct retry_law *law, uint32_t k, struct dice *dice)
{
    sim_time delay = retry_delay(law, k);
    uint32_t before = law->immediate + law->pre;
    if (!law->jitter || k <= before || k > before + law->backoff)
        return delay;
    return (sim_time)dice_roll(dice, (uint64_t)(delay / SIM_MS) + 1) * SIM_MS;
}

sim_time retry_total(const struct retry_law *law)
{
    sim_time sum = law->pre * law->min + law->post * law->max;
    for (uint32_t k = 1; k <= law->backoff; k++)
        sum += retry_delay(law, law->immediate + law->pre + k);
    return sum;
}

/* --- delivery policies of HTTP/S --- */

static bool within(const char *name, int64_t value, int64_t low, int64_t high, struct err *err)
{
    return (value >= low && value <= high) ||
           err_set(err, ERR_DATA, "%s is %lld; it must lie between %lld and %lld (SNS-44)", name, (long long)value,
                   (long long)low, (long long)high);
}

bool retry_law_policy(struct retry_law *law, int64_t min_s, int64_t max_s, int64_t retries, int64_t no_delay, int64_t min_delay,
                      int64_t max_delay, enum retry_curve curve_of, struct err *err)
{
    if (!within("maxDelayTarget", max_s, 1, 3600, err) || !within("minDelayTarget", min_s, 1, max_s, err) ||
        !within("numRetries", retries, 0, 100, err) || !within("numNoDelayRetries", no_delay, 0, retries, err) ||
        !within("numMinDelayRetries", min_delay, 0, retries, err) ||
        !within("numMaxDelayRetries", max_delay, 0, retries, err))
        return false;
    int64_t backoff = retries - no_delay - min_delay - max_delay;
    if (backoff < 0)
        return err_set(err, ERR_DATA, "the phases have %lld retries together, numRetries is %lld (SNS-44)",
                       (long long)(retries - backoff), (long long)retries);
    *law = (struct retry_law){(uint32_t)no_delay, (uint32_t)min_delay, (uint32_t)backoff, (uint32_t)max_delay,
                              min_s * SIM_S,      max_s * SIM_S,       curve_of,          false,
                              SIM_NEVER};
    sim_time total = retry_total(law);
    return total <= HTTP_TOTAL || err_set(err, ERR_DATA, "all delays together are %lld s; at most 3600 s are allowed (SNS-44)",
                                          (long long)((total + SIM_S - 1) / SIM_S));
}
