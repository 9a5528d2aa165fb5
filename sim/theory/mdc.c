/* mdc.c - see mdc.h.
 *
 * P(z) = (c - a) (1 - z) prod (z - z_i) / (1 - z_i) / (1 - z^c e^{a (1 - z)}), a = lambda d, where
 * z_i are the c - 1 zeros of the denominator inside the unit circle. The zeros are fixed points of
 * z = w e^{a (z - 1) / c}, w a c-th root of 1. The coefficients of P come by a Fourier transform of
 * its values on the unit circle. */
#include "mdc.h"

#include <complex.h>
#include <gsl/gsl_fft_complex.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "mem.h"
#include "quad.h"

#define STATES_MAX (1u << 20)

struct mdc {
    double lambda, d;
    unsigned c;
    size_t n;
    double *p;       /* n: in system */
    double *at_most; /* n: at_most[m] = P(at most m wait) */
};

static double complex zero(double a, unsigned c, unsigned i)
{
    double complex w = cexp(2 * M_PI * I * i / c), z = 0;
    for (int n = 0; n < 100000; n++) {
        double complex next = w * cexp(a * (z - 1) / c);
        if (cabs(next - z) < 1e-16)
            break;
        z = next;
    }
    return z;
}

static double complex at_point(double complex z, double a, unsigned c, const double complex *zeros)
{
    double complex product = (c - a) * (1 - z);
    for (unsigned i = 0; i + 1 < c; i++)
        product *= (z - zeros[i]) / (1 - zeros[i]);
    return product / (1 - cpow(z, c) * cexp(a * (1 - z)));
}

/* The tail falls like x^-n, x > 1 the next zero on the real line: x^c = e^{a (x - 1)}. */
static double decay(double a, unsigned c)
{
    double low = c / a,
           high = low; /* between: c log x - a (x - 1) rises up to c/a, then falls through zero */
    while (c * log(high) - a * (high - 1) > 0)
        high *= 2;
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;
        if (c * log(middle) - a * (middle - 1) > 0)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static bool fill(struct mdc *m, double complex *zeros, double *circle)
{
    double a = m->lambda * m->d, waiting = 0;
    for (unsigned i = 1; i < m->c; i++)
        zeros[i - 1] = zero(a, m->c, i);
    for (size_t k = 0; k < m->n; k++) {
        double complex z = cexp(2 * M_PI * I * (double)k / (double)m->n);
        double complex value = k == 0 ? 1 : at_point(z, a, m->c, zeros);
        circle[2 * k] = creal(value);
        circle[2 * k + 1] = cimag(value);
    }
    gsl_fft_complex_radix2_forward(circle, 1, m->n);
    for (size_t k = 0; k < m->n; k++) {
        m->p[k] = fmax(0, circle[2 * k] / (double)m->n);
        waiting += m->p[k];
        if (k >= m->c)
            m->at_most[k - m->c] = waiting;
    }
    for (size_t k = m->n - m->c; k < m->n; k++)
        m->at_most[k] = 1;
    return true;
}

static bool compute(struct mdc *m)
{
    double complex *zeros = mem_get(m->c * sizeof *zeros);
    double *circle = mem_get(2 * m->n * sizeof *circle);
    m->p = mem_get_zero(2 * m->n, sizeof *m->p);
    m->at_most = m->p == NULL ? NULL : m->p + m->n;
    bool ok = zeros != NULL && circle != NULL && m->p != NULL && fill(m, zeros, circle);
    mem_release(zeros);
    mem_release(circle);
    return ok;
}

struct mdc *mdc_open(double lambda, double d, unsigned c)
{
    double a = lambda * d;
    if (!(a > 0 && a < c))
        return NULL;
    double wanted = 2.0 * c + 40 / log(decay(a, c)) + 64;
    size_t n = 64;
    while ((double)n < wanted && n < STATES_MAX)
        n *= 2;
    struct mdc *m = (double)n < wanted ? NULL : mem_get_zero(1, sizeof *m);
    if (m == NULL)
        return NULL;
    *m = (struct mdc){.lambda = lambda, .d = d, .c = c, .n = n};
    if (compute(m))
        return m;
    mdc_close(m);
    return NULL;
}

void mdc_close(struct mdc *m)
{
    if (m == NULL)
        return;
    mem_release(m->p);
    mem_release(m);
}

struct mdc_means mdc_means(const struct mdc *m)
{
    struct mdc_means x = {.rho = m->lambda * m->d / m->c, .p_empty = m->p[0], .p_wait = 1};
    for (unsigned i = 0; i < m->c; i++)
        x.p_wait -= m->p[i];
    for (size_t i = m->c; i < m->n; i++)
        x.lq += (double)(i - m->c) * m->p[i];
    x.wq = x.lq / m->lambda;
    x.w = x.wq + m->d;
    x.l = m->lambda * x.w;
    return x;
}

static double at_most(const struct mdc *m, double waiting)
{
    return waiting < 0 ? 0 : waiting < (double)m->n ? m->at_most[(size_t)waiting] : 1;
}

double mdc_wait_above(const struct mdc *m, double t)
{
    double k = floor(t / m->d) + 1, x = m->lambda * (k * m->d - t), sum = 0, last = k * m->c - 1;
    if (t < 0)
        return 1;
    /* only terms near the Poisson law's mean matter: first the lowest of them */
    double j = fmax(0, floor(x - 12 * sqrt(x) - 40)),
           term = exp(-x + (x > 0 ? j * log(x) : 0) - lgamma(j + 1));
    for (; j <= last && j < x + 12 * sqrt(x) + 60; j++) {
        sum += term * at_most(m, last - j);
        term *= x / (j + 1);
    }
    return fmax(0, 1 - sum);
}

static double wait_cdf(const void *of, double t)
{
    return 1 - mdc_wait_above(of, t);
}

double mdc_wait_quantile(const struct mdc *m, double p)
{
    return quad_meets_above(wait_cdf, m, p, m->d);
}

/* The chain seen at departures of M/G/1/K (Gross and Harris, ch. 5): q[0] = 1, q[j+1] = (q[j] - sum
 * over i = 1 … j of q[i] b[j-i+1] - q[0] b[j]) / b[0], b Poisson(a); the loss is 1 - 1 / (p0 + a),
 * p0 = q[0] / sum of q[0 … K-1]. */
double md1k_loss(double lambda, double d, unsigned k)
{
    double a = lambda * d, *memory = mem_get_zero(2 * (size_t)k + 2, sizeof *memory);
    if (memory == NULL)
        return NAN;
    double *q = memory, *b = memory + k + 1, sum = 0;
    for (unsigned j = 0; j <= k; j++)
        b[j] = exp(-a + j * log(a) - lgamma(j + 1.0));
    q[0] = 1;
    for (unsigned j = 0; j + 1 < k; j++) {
        double x = q[j] - q[0] * b[j];
        for (unsigned i = 1; i <= j; i++)
            x -= q[i] * b[j - i + 1];
        q[j + 1] = x / b[0];
    }
    for (unsigned j = 0; j < k; j++)
        sum += q[j];
    double loss = 1 - 1 / (q[0] / sum + a);
    mem_release(memory);
    return loss;
}
