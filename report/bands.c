/* bands.c - quantiles across replications, per bucket, and step lines through them. */
#include "bands.h"

#include <math.h>
#include <stdlib.h>

double *bands_mean(struct sheet *s, const double *value, size_t n_replication, size_t n)
{
    double *mean = sheet_get(s, n, sizeof(*mean));
    for (size_t b = 0; mean != NULL && b < n; b++) {
        double sum = 0, count = 0;
        for (size_t r = 0; r < n_replication; r++) {
            double v = value[r * n + b];
            sum += isnan(v) ? 0 : v;
            count += !isnan(v);
        }
        mean[b] = count > 0 ? sum / count : NAN;
    }
    return mean;
}

/* Buckets joined by `by`: the mean of those that have a value. */
static double *join(struct sheet *s, const double *value, size_t n_replication, size_t n, size_t by)
{
    size_t m = (n + by - 1) / by;
    double *out = sheet_get(s, n_replication * m, sizeof(*out));
    for (size_t i = 0; out != NULL && i < n_replication * m; i++) {
        const double *row = value + i / m * n;
        size_t from = i % m * by, to = from + by < n ? from + by : n;
        double sum = 0, count = 0;
        for (size_t b = from; b < to; b++) {
            sum += isnan(row[b]) ? 0 : row[b];
            count += !isnan(row[b]);
        }
        out[i] = count > 0 ? sum / count : NAN;
    }
    return out;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Quantile of sorted values by linear interpolation between order statistics. */
static double quantile(const double *sorted, size_t n, double p)
{
    double at = p * (double)(n - 1);
    size_t i = (size_t)at;
    if (i + 1 >= n || sorted[i] == sorted[i + 1])
        return sorted[i];
    return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

static void fill_bucket(struct bands *k, size_t b, double *column, size_t found)
{
    k->q05[b] = k->q25[b] = k->q75[b] = k->q95[b] = NAN;
    if (found == 0)
        return;
    qsort(column, found, sizeof(*column), by_value);
    k->q05[b] = quantile(column, found, 0.05);
    k->q25[b] = quantile(column, found, 0.25);
    k->q75[b] = quantile(column, found, 0.75);
    k->q95[b] = quantile(column, found, 0.95);
}

static void raise_top(struct bands *k, double v)
{
    if (isfinite(v) && v > k->top)
        k->top = v;
}

static bool fill(struct sheet *s, struct bands *k)
{
    double *column = sheet_get(s, k->n_replication, sizeof(*column));
    k->q05 = sheet_get(s, k->n, sizeof(double));
    k->q25 = sheet_get(s, k->n, sizeof(double));
    k->q75 = sheet_get(s, k->n, sizeof(double));
    k->q95 = sheet_get(s, k->n, sizeof(double));
    if (s->failed)
        return false;
    for (size_t b = 0; b < k->n; b++) {
        size_t found = 0;
        for (size_t r = 0; r < k->n_replication; r++) {
            double v = k->each[r * k->n + b];
            if (!isnan(v))
                column[found++] = v;
            if (k->n_replication < BANDS_MIN)
                raise_top(k, v);
        }
        fill_bucket(k, b, column, found);
        raise_top(k, k->mean[b]);
        if (k->n_replication >= BANDS_MIN)
            raise_top(k, k->q95[b]);
    }
    return true;
}

bool bands_make(struct sheet *s, struct bands *k, const double *value, size_t n_replication, size_t n, double width_s)
{
    size_t by = n > BANDS_BUCKETS ? (n + BANDS_BUCKETS - 1) / BANDS_BUCKETS : 1;
    *k = (struct bands){.n = (n + by - 1) / by, .n_replication = n_replication, .joined = by};
    k->width_s = width_s * (double)by;
    k->each = join(s, value, n_replication, n, by);
    k->mean = s->failed ? NULL : bands_mean(s, k->each, n_replication, k->n);
    return k->mean != NULL && fill(s, k);
}

/* The step line of buckets from … to (no gap in them), as 2 points a bucket. */
static void step_points(const struct bands *k, const double *v, size_t from, size_t to, const struct scale *x,
                        const struct scale *y, struct point *p)
{
    for (size_t b = from; b < to; b++) {
        double at = scale_at(y, v[b]);
        *p++ = (struct point){scale_at(x, (double)b * k->width_s), at};
        *p++ = (struct point){scale_at(x, (double)(b + 1) * k->width_s), at};
    }
}

/* The next span of buckets that have values; false: no more. */
static bool next_span(const double *v, size_t n, size_t *from, size_t *to)
{
    size_t b = *to;
    while (b < n && isnan(v[b]))
        b++;
    *from = b;
    while (b < n && !isnan(v[b]))
        b++;
    *to = b;
    return *from < n;
}

static void draw_steps(struct sheet *s, const struct bands *k, const double *v, const struct scale *x,
                       const struct scale *y, struct ink ink, double width)
{
    for (size_t from, to = 0; next_span(v, k->n, &from, &to);) {
        struct point *p = sheet_points(s, 2 * (to - from));
        if (p == NULL)
            return;
        step_points(k, v, from, to, x, y, p);
        sheet_line(s, p, 2 * (to - from), ink, width, DASH_SOLID);
    }
}

static void draw_band(struct sheet *s, const struct bands *k, const double *low, const double *high,
                      const struct scale *x, const struct scale *y, struct ink ink)
{
    for (size_t from, to = 0; next_span(low, k->n, &from, &to);) {
        size_t n = 2 * (to - from);
        struct point *p = sheet_points(s, 2 * n);
        if (p == NULL)
            return;
        step_points(k, high, from, to, x, y, p);
        step_points(k, low, from, to, x, y, p + n);
        for (size_t i = 0; i < n / 2; i++) { /* back along the lower edge */
            struct point swap = p[n + i];
            p[n + i] = p[2 * n - 1 - i];
            p[2 * n - 1 - i] = swap;
        }
        sheet_area(s, p, 2 * n, ink);
    }
}

void bands_draw(struct sheet *s, const struct bands *k, const struct scale *x, const struct scale *y,
                const struct role *role)
{
    if (k->n_replication >= BANDS_MIN) {
        draw_band(s, k, k->q05, k->q95, x, y, (struct ink){role->line, 0.18});
        draw_band(s, k, k->q25, k->q75, x, y, (struct ink){role->line, 0.32});
    } else if (k->n_replication > 1) {
        for (size_t r = 0; r < k->n_replication; r++)
            draw_steps(s, k, k->each + r * k->n, x, y, (struct ink){role->line, 0.4}, 0.6);
    }
    draw_steps(s, k, k->mean, x, y, (struct ink){role->line, 1}, 1.4);
}

const char *bands_legend(struct sheet *s, size_t n_replication)
{
    if (n_replication == 1)
        return "one replication";
    if (n_replication < BANDS_MIN)
        return sheet_format(s, "thin lines: the %zu replications; thick line: their mean", n_replication);
    return sheet_format(s, "line: mean of %zu replications; bands: the middle 50 %% and 90 %% of them", n_replication);
}
