/* retrial.c - see retrial.h.
 *
 * State (i, j): i busy, j in orbit. With c servers, level j's probabilities p_j (a row of c + 1)
 * obey p_j = p_{j-1} R_j, where R_j = U (D_j - R_{j+1} B_{j+1})^-1: U takes (c, j-1) up to (c, j);
 * B_j takes (i, j) down to (i+1, j-1) with rate j theta; -D_j are the rates inside the level. U has
 * one entry, so R_j has one row, r_j (of state c), which starts from r = 0 at the level where the
 * orbit is cut. Only the tridiagonal D_j with its last row changed by lambda-terms is solved. */
#include "retrial.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "mem.h"

#define C_MAX 200

struct retrial retrial_mm1(double lambda, double mu, double theta)
{
    double rho = lambda / mu;
    if (!(rho < 1))
        return (struct retrial){1, INFINITY, INFINITY, INFINITY};
    double orbit = rho * rho / (1 - rho) + lambda * rho / (theta * (1 - rho));
    return (struct retrial){rho, orbit, orbit / lambda, 1 + theta * orbit / lambda};
}

struct chain {
    double lambda, mu, theta;
    unsigned c;
};

/* Solves x M = b for the tridiagonal M plus a full last row `extra` (added to row c): Gaussian
 * elimination on columns, as x is a row. low[i] = M[i][i-1], mid, up[i] = M[i][i+1]. Works on the
 * transposed system: tridiagonal with a full last column. */
static void solve(unsigned n, const double *low, const double *mid, const double *up,
                  const double *extra, double *x)
{
    double d[C_MAX + 1], e[C_MAX + 1], f[C_MAX + 1], b[C_MAX + 1];
    /* equation k: up[k-1] x[k-1] + mid[k] x[k] + low[k+1] x[k+1] + extra[k] x[n-1] = b[k]; b is in
     * x */
    for (unsigned k = 0; k < n; k++) {
        d[k] = mid[k];
        e[k] = k + 1 < n ? low[k + 1] : 0;
        f[k] = extra[k];
        b[k] = x[k];
        if (k == 0)
            continue;
        double q = up[k - 1] / d[k - 1];
        d[k] -= q * e[k - 1];
        f[k] -= q * f[k - 1];
        b[k] -= q * b[k - 1];
    }
    x[n - 1] = b[n - 1] / (d[n - 1] + f[n - 1]);
    for (unsigned k = n - 1; k-- > 0;)
        x[k] = (b[k] - e[k] * x[k + 1] - f[k] * x[n - 1]) / d[k];
}

/* The level's matrix of rates inside, negated: diagonal out-rates, arrivals up, services down. */
static void inside(const struct chain *s, double j, double *low, double *mid, double *up)
{
    for (unsigned i = 0; i <= s->c; i++) {
        low[i] = -s->mu * i;
        up[i] = i < s->c ? -s->lambda : 0;
        mid[i] = s->lambda + s->mu * i + (i < s->c ? j * s->theta : 0);
    }
}

/* extra = -lambda * (r_{j+1} B_{j+1}), the way back from the level above: entry i comes from i - 1.
 */
static void from_above(const struct chain *s, double j, const double *r_above, double *extra)
{
    extra[0] = 0;
    for (unsigned i = 0; i < s->c; i++)
        extra[i + 1] = -r_above[i] * (j + 1) * s->theta;
}

/* r_j, the row by which state c of level j-1 feeds level j: r_j M_j = lambda e_c. */
static void down(const struct chain *s, unsigned levels, double *r)
{
    double low[C_MAX + 1], mid[C_MAX + 1], up[C_MAX + 1], extra[C_MAX + 1];
    unsigned n = s->c + 1;
    for (unsigned j = levels; j > 0; j--) {
        double *now = r + (size_t)j * n;
        inside(s, j, low, mid, up);
        from_above(s, j, now + n, extra);
        for (unsigned i = 0; i < n; i++)
            now[i] = i == s->c ? s->lambda : 0;
        solve(n, low, mid, up, extra, now);
    }
}

/* Level 0. The flow from i to i + 1 and back, mu (i+1) p[i+1] - lambda p[i], is what comes from
 * above to the states 0 … i with the other sign, so p[i] = fixed[i] + per[i] p[c] from p[0] = 1
 * upwards without differences of near numbers. */
static void ground(const struct chain *s, const double *r1, double *p)
{
    double extra[C_MAX + 1], fixed[C_MAX + 1], per[C_MAX + 1], flow = 0;
    from_above(s, 0, r1, extra);
    fixed[0] = 1;
    per[0] = 0;
    for (unsigned i = 0; i < s->c; i++) {
        flow += extra[i];
        fixed[i + 1] = s->lambda * fixed[i] / (s->mu * (i + 1));
        per[i + 1] = (s->lambda * per[i] + flow) / (s->mu * (i + 1));
    }
    double at_c = fixed[s->c] / (1 - per[s->c]);
    for (unsigned i = 0; i <= s->c; i++)
        p[i] = fixed[i] + per[i] * at_c;
}

static struct retrial read_off(const struct chain *s, unsigned levels, const double *r, double *p)
{
    unsigned n = s->c + 1;
    double total = 0, blocked = 0, orbit = 0;
    for (unsigned j = 0; j <= levels; j++) {
        double last = p[s->c];
        for (unsigned i = 0; i < n && j > 0; i++)
            p[i] = last * r[(size_t)j * n + i];
        for (unsigned i = 0; i < n; i++) {
            total += p[i];
            orbit += j * p[i];
        }
        blocked += p[s->c];
    }
    orbit /= total;
    return (struct retrial){blocked / total, orbit, orbit / s->lambda,
                            1 + s->theta * orbit / s->lambda};
}

static struct retrial cut_at(const struct chain *s, unsigned levels)
{
    struct retrial x = {NAN, NAN, NAN, NAN};
    unsigned n = s->c + 1;
    double *r = mem_get_zero((size_t)(levels + 3) * n, sizeof *r);
    if (r == NULL)
        return x;
    double p[C_MAX + 1];
    down(s, levels, r);
    ground(s, r + n, p);
    x = read_off(s, levels, r, p);
    mem_release(r);
    return x;
}

struct retrial retrial_mmc(double lambda, double mu, double theta, unsigned c)
{
    struct chain s = {lambda, mu, theta, c};
    struct retrial x = {NAN, NAN, NAN, NAN}, before;
    if (c == 0 || c > C_MAX)
        return x;
    if (!(lambda < c * mu))
        return (struct retrial){1, INFINITY, INFINITY, INFINITY};
    unsigned levels = 200;
    x = cut_at(&s, levels);
    do { /* twice as far, until it makes no difference */
        before = x;
        levels *= 2;
        x = cut_at(&s, levels);
    } while (fabs(x.orbit - before.orbit) > 1e-10 * x.orbit && levels < 1000000);
    return x;
}
