/* rng.c - streams, and what is too rare or too long to be inline: the ziggurats' wedges and tails,
 * gamma, gsl's face.
 *
 * Ziggurat: the density is covered by 256 strips of equal area. A word picks a strip and a place in
 * it; nearly always the place lies wholly under the density. Otherwise it is in the strip's wedge
 * (compare with the density) or, for the base strip, in the tail. */
#include "rng.h"

#include <math.h>

#include "dmath.h"
#include "hash.h"

#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

void philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    rng_block(counter, key, out);
}

struct rng_stream rng_stream(uint64_t seed, const char *name, uint32_t replication)
{
    CHECK(replication <= RNG_REPLICATION_MAX);
    uint64_t key = hash_mix(hash_mix(seed + GOLDEN) ^ hash_text(name));
    return (struct rng_stream){{(uint32_t)key, (uint32_t)(key >> 32)}, replication};
}

/* A place between the density at the strip's outer and inner edge, which a second word picks. */
static double wedge(struct rng *r, const double f[256], unsigned strip)
{
    return f[strip] + rng_uniform(r) * (f[strip - 1] - f[strip]);
}

double rng_exponential_slow(struct rng *r, uint64_t word)
{
    double beyond = 0; /* the tail from t on is t plus the whole law again */
    for (;; word = rng_u64(r)) {
        unsigned strip = word & 255;
        double x = (double)(int64_t)(word >> 11) * ziggurat_exponential_w[ZIGGURAT_WIDTH(word)];
        if (word >> 11 < ziggurat_exponential_k[strip])
            return beyond + x;
        if (strip == 0)
            beyond += ziggurat_exponential_tail;
        else if (wedge(r, ziggurat_exponential_f, strip) < d_exp(-x))
            return beyond + x;
    }
}

/* Marsaglia 1964, with two exponentials in place of two logarithms. */
static double normal_tail(struct rng *r)
{
    double x, y;
    do {
        x = rng_exponential(r) / ziggurat_normal_tail;
        y = rng_exponential(r);
    } while (2 * y < x * x);
    return ziggurat_normal_tail + x;
}

double rng_normal_slow(struct rng *r, uint64_t word)
{
    for (;; word = rng_u64(r)) {
        unsigned strip = word & 255;
        double x = (double)(int64_t)(word >> 11) * ziggurat_normal_w[ZIGGURAT_WIDTH(word)];
        if (word >> 11 >= ziggurat_normal_k[strip]) {
            if (strip == 0)
                x = normal_tail(r);
            else if (wedge(r, ziggurat_normal_f, strip) >= d_exp(-0.5 * x * x))
                continue;
        }
        return rng_signed(x, word);
    }
}

/* A cubed normal under a squeeze, for shape >= 1. */
static double gamma_from_1(struct rng *r, double shape)
{
    double d = shape - 1.0 / 3.0, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = rng_normal(r), t = 1 + c * x;
        if (t <= 0)
            continue;
        double v = t * t * t, u = rng_uniform(r), x2 = x * x;
        if (u < 1 - 0.0331 * x2 * x2)
            return d * v;
        if (d_log(u) < 0.5 * x2 + d * (1 - v + d_log(v)))
            return d * v;
    }
}

double rng_gamma(struct rng *r, double shape)
{
    CHECK(shape > 0);
    if (shape >= 1)
        return gamma_from_1(r, shape);
    double whole = gamma_from_1(r, shape + 1);
    return whole * d_exp(-rng_exponential(r) / shape); /* times U^(1/shape) */
}

static void gsl_set(void *state, unsigned long seed)
{
    struct rng_stream s = rng_stream(seed, "gsl", 0);
    *(struct rng *)state = rng_at(&s, 0, 0, 0);
}

static unsigned long gsl_get(void *state)
{
    return rng_u32(state);
}

static double gsl_get_double(void *state)
{
    return rng_uniform(state);
}

static const gsl_rng_type GSL_TYPE = {
    .name = "philox4x32-10",
    .max = UINT32_MAX,
    .min = 0,
    .size = sizeof(struct rng),
    .set = gsl_set,
    .get = gsl_get,
    .get_double = gsl_get_double,
};
const gsl_rng_type *rng_gsl_type = &GSL_TYPE;

void rng_gsl_place(gsl_rng *g, const struct rng *place)
{
    CHECK(g->type == rng_gsl_type);
    *(struct rng *)g->state = *place;
}
