/* grid_range.c - from two ends to the values between them. Both ends are a decimal number and a
 * unit; with the same unit the decimals are used as they are (80/s … 160/s), durations and sizes of
 * different units meet in ns and bytes. Numbers are whole multiples of 10^-6 of the unit, so steps
 * are exact. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dmath.h"
#include "grid.h"
#include "number.h"
#include "quantity.h"

#define SCALE      1000000
#define VALUES_MAX 100000

struct end {
    int64_t scaled;   /* in 10^-6 of the unit */
    const char *unit; /* behind the number */
    bool whole;       /* written without a fraction */
};

enum meaning { PLAIN, DURATION, SIZE };

struct range {
    struct end from, to;
    enum meaning meaning; /* of ends with different units */
    bool log, whole_seconds;
    const char *unit; /* of both; "" when meaning is not PLAIN */
};

static bool read_end(const char *text, struct end *e)
{
    const char *end;
    double x = number_prefix(text, &end);
    if (end == text || !(fabs(x) < 9e11))
        return false;
    double scaled = x * SCALE;
    *e = (struct end){.scaled = (int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5), .unit = end};
    e->whole = e->scaled % SCALE == 0;
    return true;
}

static bool refuse(const struct grid_axis *a, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "%s: '%s..%s' is no range: both ends are numbers with units that go together, "
                   "such as 5s..2min",
                   a->path[0], a->from, a->to);
}

static bool in_base_units(const struct grid_axis *a, struct range *r)
{
    int64_t from, to;
    if (quantity_duration(a->from, &from, NULL) && quantity_duration(a->to, &to, NULL))
        r->meaning = DURATION;
    else if (quantity_size(a->from, &from, NULL) && quantity_size(a->to, &to, NULL))
        r->meaning = SIZE;
    else
        return false;
    r->from = (struct end){from, "", true};
    r->to = (struct end){to, "", true};
    r->unit = "";
    return true;
}

static bool open_range(const struct grid_axis *a, struct range *r, struct err *err)
{
    *r = (struct range){.log = a->log, .whole_seconds = a->whole_seconds};
    bool plain = read_end(a->from, &r->from) && read_end(a->to, &r->to) &&
                 strcmp(r->from.unit, r->to.unit) == 0;
    r->unit = r->from.unit;
    if (!plain && !in_base_units(a, r))
        return refuse(a, err);
    if (r->to.scaled < r->from.scaled)
        return err_set(err, ERR_USAGE, "%s: the range %s..%s runs backwards", a->path[0], a->from,
                       a->to);
    if (r->log && r->from.scaled <= 0)
        return err_set(err, ERR_USAGE, "%s: equal ratios need a start above 0, not %s", a->path[0],
                       a->from);
    return true;
}

/* --- rounding --- */

static int64_t to_multiple(int64_t x, int64_t unit)
{
    return (x + (x < 0 ? -unit : unit) / 2) / unit * unit;
}

/* Three digits are enough for a value that somebody has to read. */
static int64_t three_digits(int64_t x)
{
    int64_t unit = 1;
    while ((x < 0 ? -x : x) / unit >= 1000)
        unit *= 10;
    return to_multiple(x, unit);
}

static int64_t rounded(const struct range *r, int64_t x)
{
    bool seconds = r->meaning == PLAIN && strcmp(r->unit, "s") == 0;
    if (r->whole_seconds && r->meaning == DURATION)
        return to_multiple(x, 1000000000);
    if (r->meaning == PLAIN &&
        ((r->whole_seconds && seconds) || (*r->unit == '\0' && r->from.whole && r->to.whole)))
        return to_multiple(x, SCALE);
    return three_digits(x);
}

static const char *spell(struct pool *pool, const struct range *r, int64_t x)
{
    char text[48];
    if (r->meaning == DURATION) {
        quantity_duration_text(x, text, sizeof(text));
        return pool_text(pool, text, strlen(text));
    }
    if (r->meaning == SIZE) {
        quantity_size_text(x, text, sizeof(text));
        return pool_text(pool, text, strlen(text));
    }
    int64_t size = x < 0 ? -x : x, fraction = size % SCALE;
    int used = snprintf(text, sizeof(text), "%s%lld", x < 0 ? "-" : "", (long long)(size / SCALE));
    if (fraction != 0) {
        used += snprintf(text + used, sizeof(text) - (size_t)used, ".%06lld", (long long)fraction);
        while (text[used - 1] == '0')
            text[--used] = '\0';
    }
    return pool_format(pool, "%s%s", text, r->unit);
}

/* --- values --- */

struct values {
    struct pool *pool;
    const char **text;
    size_t n, cap;
    int64_t last;
};

static void add(struct values *v, int64_t x, const char *text)
{
    if (v->n > 0 && x == v->last)
        return;
    v->text = pool_grow(v->pool, v->text, v->n, &v->cap, sizeof(*v->text));
    v->text[v->n++] = text;
    v->last = x;
}

static int64_t at_share(const struct range *r, double u)
{
    double from = (double)r->from.scaled, to = (double)r->to.scaled;
    double x = r->log ? from * d_exp(u * d_log(to / from)) : from + u * (to - from);
    int64_t y = rounded(r, (int64_t)(x < 0 ? x - 0.5 : x + 0.5));
    return y < r->from.scaled ? r->from.scaled : y > r->to.scaled ? r->to.scaled : y;
}

static bool by_number(const struct grid_axis *a, const struct range *r, int64_t steps,
                      struct values *v, struct err *err)
{
    if (steps < 2 || steps > VALUES_MAX)
        return err_set(err, ERR_USAGE, "%s: a range has 2 to %d values, not %lld", a->path[0],
                       VALUES_MAX, (long long)steps);
    add(v, r->from.scaled, a->from);
    for (int64_t i = 1; i + 1 < steps; i++) {
        int64_t x = at_share(r, (double)i / (double)(steps - 1));
        if (x != r->to.scaled)
            add(v, x, spell(v->pool, r, x));
    }
    add(v, r->to.scaled, a->to);
    return true;
}

static bool by_difference(const struct grid_axis *a, const struct range *r, int64_t step,
                          struct values *v, struct err *err)
{
    if (step <= 0 || (r->to.scaled - r->from.scaled) / step >= VALUES_MAX)
        return err_set(err, ERR_USAGE, "%s: this step makes no list of at most %d values",
                       a->path[0], VALUES_MAX);
    for (int64_t x = r->from.scaled; x <= r->to.scaled; x += step)
        add(v, x, x == r->from.scaled ? a->from : x == r->to.scaled ? a->to : spell(v->pool, r, x));
    return true;
}

static bool by_factor(const struct grid_axis *a, const struct range *r, double factor,
                      struct values *v, struct err *err)
{
    if (!(factor > 1) || r->from.scaled <= 0)
        return err_set(err, ERR_USAGE, "%s: a factor is above 1, and the range starts above 0",
                       a->path[0]);
    double x = (double)r->from.scaled;
    for (size_t i = 0; x <= (double)r->to.scaled * (1 + 1e-9) && i < VALUES_MAX; i++, x *= factor) {
        int64_t y = rounded(r, (int64_t)(x + 0.5));
        add(v, y, y == r->from.scaled ? a->from : spell(v->pool, r, y));
    }
    return true;
}

static bool by_step(const struct grid_axis *a, const struct range *r, const char *step,
                    struct values *v, struct err *err)
{
    struct end e;
    int64_t base;
    if (*step == 'x') {
        double factor = number_double(step + 1);
        return by_factor(a, r, factor, v, err);
    }
    if (r->meaning == DURATION && quantity_duration(step, &base, NULL))
        return by_difference(a, r, base, v, err);
    if (r->meaning == SIZE && quantity_size(step, &base, NULL))
        return by_difference(a, r, base, v, err);
    if (r->meaning != PLAIN || !read_end(step, &e) || strcmp(e.unit, r->unit) != 0)
        return err_set(err, ERR_USAGE,
                       "%s: '%s' is no step from %s to %s; write %s..%s:%s%s or :x2", a->path[0],
                       step, a->from, a->to, a->from, a->to, "1", r->unit);
    return by_difference(a, r, e.scaled, v, err);
}

const char **grid_range(struct pool *pool, const struct grid_axis *a, const char *step,
                        int64_t steps, size_t *n, struct err *err)
{
    struct range r;
    struct values v = {.pool = pool};
    if (!open_range(a, &r, err))
        return NULL;
    if (step != NULL ? !by_step(a, &r, step, &v, err) : !by_number(a, &r, steps, &v, err))
        return NULL;
    *n = v.n;
    return v.text;
}

const char *grid_between(struct pool *pool, const struct grid_axis *a, double u, struct err *err)
{
    struct range r;
    if (!open_range(a, &r, err))
        return NULL;
    return spell(pool, &r, at_share(&r, u));
}
