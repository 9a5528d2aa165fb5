/* rows.c - a series reduced to columns, and words: what charts over time would else each do for themselves. */
#include "rows.h"

#include <math.h>

#include "text.h"

double rows_clean(double x)
{
    return isfinite(x) && x > 0 ? x : 0;
}

/* The mean of the replications that have a value there; NAN: none has. */
static double mean_at(const double *value, size_t n_replication, size_t n, size_t b)
{
    double sum = 0;
    size_t there = 0;
    for (size_t r = 0; r < n_replication; r++) {
        double v = value[r * n + b];
        if (!isfinite(v))
            continue;
        sum += v;
        there++;
    }
    return there > 0 ? sum / (double)there : NAN;
}

static double column(enum course_kind kind, const double *value, size_t n_replication, size_t n, size_t from, size_t to, double width_s)
{
    double sum = 0, most = NAN;
    size_t there = 0;
    for (size_t b = from; b < to; b++) {
        double v = mean_at(value, n_replication, n, b);
        if (isnan(v))
            continue;
        sum += kind == COURSE_COUNT ? rows_clean(v) : v;
        most = isnan(most) || v > most ? v : most;
        there++;
    }
    if (kind == COURSE_COUNT)
        return width_s > 0 ? sum / (width_s * (double)(to - from)) : 0;
    return kind == COURSE_MOST ? most : there > 0 ? sum / (double)there : NAN;
}

bool course_make(struct sheet *s, struct course *c, enum course_kind kind, const double *value, size_t n_replication, size_t n,
                 double width_s, size_t most)
{
    size_t by = n > most ? (n + most - 1) / most : 1;
    *c = (struct course){.n = (n + by - 1) / by, .width_s = width_s * (double)by, .joined = by};
    c->value = sheet_get(s, c->n, sizeof(*c->value));
    for (size_t i = 0; c->value != NULL && i < c->n; i++)
        c->value[i] = column(kind, value, n_replication, n, i * by, (i + 1) * by < n ? (i + 1) * by : n, width_s);
    if (c->value == NULL)
        c->n = 0;
    return c->value != NULL;
}

double course_top(const struct course *c)
{
    double top = 0;
    for (size_t i = 0; i < c->n; i++)
        top = fmax(top, rows_clean(c->value[i]));
    return top;
}

/* Two points for each column. */
static struct point *steps(struct sheet *s, const struct course *c, const struct scale *x, const struct scale *y, size_t more)
{
    struct point *p = sheet_points(s, 2 * c->n + more);
    for (size_t i = 0; p != NULL && i < c->n; i++) {
        double at = scale_at(y, rows_clean(c->value[i]));
        p[2 * i] = (struct point){scale_at(x, (double)i * c->width_s), at};
        p[2 * i + 1] = (struct point){scale_at(x, (double)(i + 1) * c->width_s), at};
    }
    return p;
}

void course_area(struct sheet *s, const struct course *c, const struct scale *x, const struct scale *y, struct ink fill)
{
    struct point *p = course_top(c) > 0 ? steps(s, c, x, y, 2) : NULL;
    if (p == NULL)
        return;
    p[2 * c->n] = (struct point){p[2 * c->n - 1].x, scale_at(y, 0)};
    p[2 * c->n + 1] = (struct point){p[0].x, scale_at(y, 0)};
    sheet_area(s, p, 2 * c->n + 2, fill);
}

void course_steps(struct sheet *s, const struct course *c, const struct scale *x, const struct scale *y, struct ink line, double width,
                  enum dash dash)
{
    struct point *p = c->n > 0 ? steps(s, c, x, y, 0) : NULL;
    if (p != NULL)
        sheet_line(s, p, 2 * c->n, line, width, dash);
}

const char *say_round(struct sheet *s, double x)
{
    char text[FORMAT_SIZE];
    format_round(text, x);
    return sheet_format(s, "%s", text);
}

const char *say_number(struct sheet *s, double x)
{
    char text[FORMAT_SIZE];
    format_number(text, x);
    return sheet_format(s, "%s", text);
}

const char *say_share(struct sheet *s, double x)
{
    char text[FORMAT_SIZE];
    format_share(text, x);
    return sheet_format(s, "%s", text);
}

const char *say_duration(struct sheet *s, double seconds)
{
    char text[FORMAT_SIZE];
    format_duration(text, seconds);
    return sheet_format(s, "%s", text);
}

const char *say_moment(struct sheet *s, double seconds)
{
    char text[FORMAT_SIZE];
    format_moment(text, seconds);
    return sheet_format(s, "%s", text);
}

const char *say_replications(struct sheet *s, size_t n)
{
    return n == 1 ? "one replication" : sheet_format(s, "mean of %zu replications", n);
}

void cell_number(struct sheet *s, double x)
{
    sheet_cell(s, isnan(x) ? "none" : say_number(s, x));
}

void legend_entry(struct sheet *s, double *x, double y, const char *text, uint32_t rgb, enum shape shape, double right)
{
    double width = text_width(text, type_soft.size);
    if (*x + 11 + width > right)
        return;
    sheet_dot(s, *x + 4, y - 3.2, (struct ink){rgb, 1}, 6, shape);
    sheet_text(s, *x + 11, y, text, type_soft);
    *x += 11 + width + 16;
}
