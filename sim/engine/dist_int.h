/* dist_int.h - private to dist*.c: what a law is, and how it reads its arguments.
 *
 * A law is a constant table of functions; an addition is one table and one line in dist.c. Parameters are doubles in
 * the unit (ns, bytes, 1), set once by `read` with dmath only, because samples depend on their bits. mean, variance,
 * cdf and quantile serve statistics and may use libm and gsl. */
#ifndef DIST_INT_H
#define DIST_INT_H

#include <stddef.h>

#include "dist.h"

#define DIST_MAX        (INT64_C(1) << 62)
#define DIST_PHASES_MAX 8
#define DIST_DEPTH_MAX  16          /* of mixtures in mixtures */
#define SHARE_ONE       1000000000u /* shares are parts of 10^9 */

struct dist_args;

struct law {
    const char *name;
    const char *usage; /* "erlang(k, mean)" */
    /* Sets the parameters; false after dist_refuse. */
    bool (*read)(struct dist_args *, struct dist *);
    /* Not rounded yet. item is for round_robin only. */
    double (*sample)(const struct dist *, struct rng *, uint64_t item);
    double (*mean)(const struct dist *);
    double (*variance)(const struct dist *);
    double (*cdf)(const struct dist *, double x);
    double (*quantile)(const struct dist *, double p);
    bool keys; /* 0 … n-1, for DIST_COUNT only */
};

struct dist_phase {
    uint32_t until; /* sum of the shares up to this one */
    double   mean;
};

struct dist_part {
    uint32_t           until;
    const struct dist *dist;
};

struct dist {
    const struct law *law;
    const char       *text;
    enum dist_unit    unit;
    bool              constant; /* every sample is `value` */
    int64_t           value;
    union {
        struct {
            int64_t min, max;
        } uniform;
        struct {
            double mean;
        } exponential;
        struct {
            double shape, scale, mean;
        } gamma, weibull;
        struct {
            double alpha, min, max, kept; /* max = INFINITY: no cut; kept = P(X <= max) of the uncut law */
        } pareto;
        struct {
            double mean, sd;
        } normal;
        struct {
            double median, sigma;
        } lognormal;
        struct {
            int               n;
            struct dist_phase phase[DIST_PHASES_MAX];
        } hyperexponential;
        struct {
            double min, mode, max;
        } triangular;
        struct {
            size_t                  n;
            const struct dist_part *part;
        } mixture;
        struct {
            size_t        n;
            const double *value; /* ascending */
            const double *until; /* sums of the weights; NULL: all weigh the same */
            bool          interpolate; /* uniform between value[i] and value[i+1] */
        } list;
        struct {
            uint64_t n;
            uint32_t share;                  /* hot */
            double   s, first, last, surely; /* zipf */
        } keys;
    } u;
};

extern const struct law law_constant, law_uniform, law_exponential, law_erlang, law_gamma, law_weibull, law_pareto,
    law_normal, law_lognormal, law_hyperexponential, law_triangular, law_mixture, law_empirical, law_histogram,
    law_round_robin, law_uniform_key, law_zipf, law_hot;
const struct law *dist_law_named(const char *name); /* NULL: there is none */

/* Sample without rounding, for laws made of laws. */
double dist_draw(const struct dist *, struct rng *, uint64_t item);
/* Smallest x with cdf(x) >= p by halving, from any guess above 0. */
double dist_bisect(const struct dist *, double p, double guess);

/* --- parsing --- */

struct dist_arg {
    const char *name; /* "" when given by position */
    const char *text; /* the value, blanks trimmed */
    int         name_column, column;
};

struct dist_args {
    struct dist_parser     *parser;
    const struct law       *law;
    size_t                  n;
    struct dist_arg        *arg;
    int                     end;  /* column of the closing parenthesis */
    const char *const      *name; /* set by args_match: parameter i is called name[i] … */
    const struct dist_arg **slot; /* … and was given as slot[i], NULL: not given */
};

enum args_range { ABOVE_0, FROM_0 };

/* All getters return false after setting the error. Messages begin with the law's name. */
bool dist_refuse(struct dist_args *, int column, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool dist_memory(struct dist_args *); /* refuses: memory is short */
/* Matches arguments with the parameters name[0…] (NULL-terminated): positions first, then names. slot has as many
 * entries. With positional = 0 all must be named. */
bool args_match(struct dist_args *, const char *const *name, const struct dist_arg **slot, size_t positional);
bool args_given(const struct dist_args *, size_t i);
int  args_column(const struct dist_args *, size_t i); /* of parameter i's value */
bool args_value(struct dist_args *, size_t i, enum args_range, double *value); /* in the law's unit */
bool args_whole(struct dist_args *, size_t i, int64_t *value);                 /* in the law's unit, exact */
bool args_number(struct dist_args *, size_t i, enum args_range, double *value);
bool args_count(struct dist_args *, size_t i, int64_t max, int64_t *value); /* 1 … max */
bool args_share(struct dist_args *, size_t i, uint32_t *ppb);
bool args_flag(struct dist_args *, size_t i, bool *value);
/* A quoted text, or with bare = true also a plain word. NULL after refusing. */
const char *args_text(struct dist_args *, size_t i, bool bare);
bool        args_is_quoted(const struct dist_args *, size_t i);
/* Pieces of pairs "left: right". */
bool               args_pair(struct dist_args *, const struct dist_arg *, struct dist_arg *left, struct dist_arg *right);
bool               args_text_value(struct dist_args *, const struct dist_arg *, double *value);
bool               args_text_number(struct dist_args *, const struct dist_arg *, double *value);
bool               args_text_share(struct dist_args *, const struct dist_arg *, uint32_t *ppb);
const struct dist *args_dist(struct dist_args *, const struct dist_arg *);

enum dist_unit args_unit(const struct dist_args *);
const char    *args_folder(const struct dist_args *);
void          *args_memory(struct dist_args *, size_t bytes); /* of the arena; NULL after refusing */

/* "12", "0.5", "1e-3" to the nearest double whatever the locale. *end: first character not read. False: no number or
 * beyond a double's range. */
bool dist_decimal(const char *text, const char **end, double *value);

#endif
