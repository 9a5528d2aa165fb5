/* mg1_laws.c - the law of the wait of M/G/1 on a grid.
 *
 * With B(u) = P(S <= u), the wait's law solves W(x) = 1 - rho + lambda * integral of W(x - u) (1 -
 * B(u)) du (Benes 1956). W is taken as linear between grid points and the kernel is integrated
 * exactly over each cell (its mass m0 and its first moment m1), so the kernel may have poles and
 * jumps. The error is of order h^2: two grids, one of half the width, give the extrapolated values,
 * and a cubic spline what lies between. The sojourn's law is W(0) B(x) + integral of B(x - u)
 * dW(u). */
#include "mg1.h"

#include <gsl/gsl_spline.h>
#include <math.h>
#include <stddef.h>

#include "mem.h"
#include "quad.h"

#define CELLS 1500 /* of the coarse grid */

struct mg1_laws {
    double lambda, rho, end, step;
    const struct timelaw *law;
    double *x, *wait, *sojourn; /* CELLS + 1 */
    gsl_spline *wait_spline, *sojourn_spline;
};

struct grid {
    size_t n;
    double h;
    double *m0, *m1; /* cell k: integral of (1 - B) and of (u - kh) / h (1 - B) over [kh, kh + h] */
    double *w, *total; /* n + 1 */
};

static double above(const void *of, double u)
{
    return timelaw_above(of, u);
}

struct from {
    const struct timelaw *law;
    double at;
};
static double above_times(const void *of, double u)
{
    const struct from *f = of;
    return (u - f->at) * timelaw_above(f->law, u);
}

static void cells(struct grid *g, const struct timelaw *law)
{
    for (size_t k = 0; k < g->n; k++) {
        double a = (double)k * g->h;
        struct from f = {law, a};
        g->m0[k] = g->m1[k] = 0;
        if (timelaw_above(law, a) < 1e-18)
            continue;
        g->m0[k] = quad_integral_to(above, law, a, a + g->h, 1e-15 * g->h);
        g->m1[k] = quad_integral_to(above_times, &f, a, a + g->h, 1e-15 * g->h * g->h) / g->h;
    }
}

/* W(x_i - u) for u in cell k runs from w[i-k] (weight m0 - m1) to w[i-k-1] (weight m1). */
static void solve(struct grid *g, double lambda, double rho)
{
    g->w[0] = 1 - rho;
    for (size_t i = 1; i <= g->n; i++) {
        double sum = g->m1[0] * g->w[i - 1];
        for (size_t k = 1; k < i && (g->m0[k] > 0 || k < 4); k++)
            sum += (g->m0[k] - g->m1[k]) * g->w[i - k] + g->m1[k] * g->w[i - k - 1];
        g->w[i] = (1 - rho + lambda * sum) / (1 - lambda * (g->m0[0] - g->m1[0]));
    }
}

static void serve(struct grid *g, const struct timelaw *law)
{
    for (size_t i = 0; i <= g->n; i++) {
        double sum = g->w[0] * (1 - timelaw_above(law, (double)i * g->h));
        for (size_t k = 0; k < i;
             k++) /* dW over [x_i - kh - h, x_i - kh] meets the mean of B over cell k */
            sum += (g->w[i - k] - g->w[i - k - 1]) * (1 - g->m0[k] / g->h);
        g->total[i] = sum;
    }
}

static double *grid_fill(struct grid *g, double lambda, double rho, const struct timelaw *law,
                         double end, size_t n)
{
    double *memory = mem_get_zero(4 * (n + 1), sizeof *memory);
    *g = (struct grid){
        n, end / (double)n, memory, memory + n + 1, memory + 2 * (n + 1), memory + 3 * (n + 1)};
    if (memory == NULL)
        return NULL;
    cells(g, law);
    solve(g, lambda, rho);
    serve(g, law);
    return memory;
}

static bool extrapolate(struct mg1_laws *m)
{
    struct grid coarse, fine;
    double *a = grid_fill(&coarse, m->lambda, m->rho, m->law, m->end, CELLS);
    double *b = grid_fill(&fine, m->lambda, m->rho, m->law, m->end, 2 * CELLS);
    bool ok = a != NULL && b != NULL;
    for (size_t i = 0; ok && i <= CELLS; i++) {
        m->x[i] = (double)i * coarse.h;
        m->wait[i] = (4 * fine.w[2 * i] - coarse.w[i]) / 3;
        m->sojourn[i] = (4 * fine.total[2 * i] - coarse.total[i]) / 3;
    }
    mem_release(a);
    mem_release(b);
    return ok;
}

/* A first look at a length: a few cells tell whether the law has come to p there. */
static bool reaches(const struct mg1_laws *m, double end, double p)
{
    struct grid g;
    double *memory = grid_fill(&g, m->lambda, m->rho, m->law, end, 100);
    bool yes = memory == NULL || g.total[g.n] >= p;
    mem_release(memory);
    return yes;
}

static bool fill(struct mg1_laws *m, double p_max)
{
    m->end = m->law->mean + mg1_solve(m->lambda, m->law).wq;
    if (!isfinite(m->end))
        m->end = 10 * m->law->mean;
    while (!reaches(m, m->end, 1 - (1 - p_max) / 2)) {
        m->end *= 1.5;
        if (m->end > 1e12 * m->law->mean)
            return false;
    }
    m->x = mem_get_zero(3 * (CELLS + 1), sizeof *m->x);
    m->wait_spline = gsl_spline_alloc(gsl_interp_cspline, CELLS + 1);
    m->sojourn_spline = gsl_spline_alloc(gsl_interp_cspline, CELLS + 1);
    if (m->x == NULL || m->wait_spline == NULL || m->sojourn_spline == NULL)
        return false;
    m->wait = m->x + CELLS + 1;
    m->sojourn = m->wait + CELLS + 1;
    if (!extrapolate(m))
        return false;
    gsl_spline_init(m->wait_spline, m->x, m->wait, CELLS + 1);
    gsl_spline_init(m->sojourn_spline, m->x, m->sojourn, CELLS + 1);
    return true;
}

struct mg1_laws *mg1_laws_open(double lambda, const struct timelaw *law, double p_max)
{
    double rho = lambda * law->mean;
    if (!timelaw_known(law) || !(rho < 1) || !(law->mean > 0))
        return NULL;
    struct mg1_laws *m = mem_get_zero(1, sizeof *m);
    if (m == NULL)
        return NULL;
    *m = (struct mg1_laws){.lambda = lambda, .rho = rho, .law = law};
    if (fill(m, p_max))
        return m;
    mg1_laws_close(m);
    return NULL;
}

void mg1_laws_close(struct mg1_laws *m)
{
    if (m == NULL)
        return;
    gsl_spline_free(m->wait_spline);
    gsl_spline_free(m->sojourn_spline);
    mem_release(m->x);
    mem_release(m);
}

static double at(const struct mg1_laws *m, const gsl_spline *s, double t)
{
    return t < 0 ? 0 : t >= m->end ? 1 : gsl_spline_eval(s, t, NULL);
}

double mg1_wait_cdf(const struct mg1_laws *m, double t)
{
    return m == NULL ? NAN : at(m, m->wait_spline, t);
}
double mg1_sojourn_cdf(const struct mg1_laws *m, double t)
{
    return m == NULL ? NAN : at(m, m->sojourn_spline, t);
}

static double wait_cdf(const void *of, double t)
{
    return mg1_wait_cdf(of, t);
}
static double sojourn_cdf(const void *of, double t)
{
    return mg1_sojourn_cdf(of, t);
}

double mg1_wait_quantile(const struct mg1_laws *m, double p)
{
    if (m == NULL)
        return NAN;
    return p <= m->wait[0] ? 0 : quad_meets(wait_cdf, m, p, 0, m->end);
}
double mg1_sojourn_quantile(const struct mg1_laws *m, double p)
{
    return m == NULL ? NAN : quad_meets(sojourn_cdf, m, p, 0, m->end);
}
