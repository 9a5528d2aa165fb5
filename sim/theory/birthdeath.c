/* birthdeath.c - see birthdeath.h. */
#include "birthdeath.h"

#include <math.h>
#include <string.h>

#include "mem.h"

#define STEPS_MAX 1e10

/* A state from which the balance goes down both ways: no product overflows. */
static size_t likeliest(const double *birth, const double *death, size_t n)
{
    size_t best = 0;
    double level = 0, top = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        level += log(birth[i] / death[i + 1]);
        if (level > top) {
            top = level;
            best = i + 1;
        }
    }
    return best;
}

void birthdeath_stationary(const double *birth, const double *death, size_t n, double *p)
{
    size_t from = likeliest(birth, death, n);
    double sum = 1;
    p[from] = 1;
    for (size_t i = from; i + 1 < n; i++)
        sum += p[i + 1] = p[i] * birth[i] / death[i + 1];
    for (size_t i = from; i > 0; i--)
        sum += p[i - 1] = birth[i - 1] > 0 ? p[i] * death[i] / birth[i - 1] : 0;
    for (size_t i = 0; i < n; i++)
        p[i] /= sum;
}

static void step(const double *birth, const double *death, size_t n, double rate,
                 const double *from, double *to)
{
    for (size_t i = 0; i < n; i++) {
        double up = i + 1 < n ? birth[i] : 0, down = i > 0 ? death[i] : 0;
        double x = from[i] * (1 - (up + down) / rate);
        if (i > 0)
            x += from[i - 1] * birth[i - 1] / rate;
        if (i + 1 < n)
            x += from[i + 1] * death[i + 1] / rate;
        to[i] = x;
    }
}

static double fastest(const double *birth, const double *death, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, (i + 1 < n ? birth[i] : 0) + (i > 0 ? death[i] : 0));
    return most;
}

bool birthdeath_at(const double *birth, const double *death, size_t n, double *p, double t)
{
    double rate = fastest(birth, death, n), a = rate * t;
    double last = a + 9 * sqrt(a) + 40; /* of the Poisson law less than 1e-15 lies beyond */
    if (a <= 0)
        return true;
    if (!(last * (double)n < STEPS_MAX))
        return false;
    double *memory = mem_get_zero(3 * n, sizeof *memory);
    if (memory == NULL)
        return false;
    double *now = memory, *next = memory + n, *sum = memory + 2 * n;
    memcpy(now, p, n * sizeof *p);
    for (double k = 0; k <= last; k++) {
        double weight = exp(-a + k * log(a) - lgamma(k + 1));
        for (size_t i = 0; i < n; i++)
            sum[i] += weight * now[i];
        step(birth, death, n, rate, now, next);
        double *swap = now;
        now = next;
        next = swap;
    }
    memcpy(p, sum, n * sizeof *p);
    mem_release(memory);
    return true;
}

double birthdeath_mean(const double *p, size_t n)
{
    return birthdeath_excess(p, n, 0);
}

double birthdeath_excess(const double *p, size_t n, size_t c)
{
    double sum = 0;
    for (size_t i = c + 1; i < n; i++)
        sum += (double)(i - c) * p[i];
    return sum;
}

/* Where to cut: the start, all arrivals that can come in t, and the tail of the long run. */
static size_t states(double lambda, double mu, unsigned c, size_t n0, double lambda0, double t)
{
    double arrivals = lambda * t + 9 * sqrt(lambda * t) + 40, rho = lambda / (c * mu),
           rho0 = lambda0 / (c * mu);
    double n = (double)n0 + arrivals;
    if (rho < 1)
        n = fmin(n, (double)n0 + c + 32 / -log(rho) + 9 * sqrt(lambda * t));
    if (lambda0 > 0)
        n += c + 32 / -log(rho0);
    return n < 1e7 ? (size_t)n + 2 : 0;
}

static void start(const double *death, size_t n, size_t n0, double lambda0, double *birth,
                  double *p)
{
    if (!(lambda0 > 0)) {
        p[n0] = 1;
        return;
    }
    for (size_t i = 0; i < n; i++)
        birth[i] = lambda0;
    birthdeath_stationary(birth, death, n, p);
}

struct birthdeath_moment birthdeath_mmc(double lambda, double mu, unsigned c, size_t n0,
                                        double lambda0, double t)
{
    struct birthdeath_moment moment = {NAN, NAN};
    size_t n = lambda0 < c * mu ? states(lambda, mu, c, n0, lambda0, t) : 0;
    double *memory = n > 0 ? mem_get_zero(3 * n, sizeof *memory) : NULL;
    if (memory == NULL)
        return moment;
    double *birth = memory, *death = memory + n, *p = memory + 2 * n;
    for (size_t i = 0; i < n; i++)
        death[i] = mu * (double)(i < c ? i : c);
    start(death, n, n0, lambda0, birth, p);
    for (size_t i = 0; i < n; i++)
        birth[i] = lambda;
    if (birthdeath_at(birth, death, n, p, t))
        moment = (struct birthdeath_moment){birthdeath_mean(p, n), p[0]};
    mem_release(memory);
    return moment;
}
