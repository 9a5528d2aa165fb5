/* chart_latency.c - what do the slow 1 % see? The latency distribution on a percentile axis: p90, p99, p99.9 are equally
 * far apart, so that the tail gets the room that a plain distribution function gives to the middle.
 *
 * A curve comes from the pooled histogram of all replications: percentiles of several replications cannot be averaged
 * into one. It shows only requests that were done; what was never done is told in its label. */
#include <math.h>

#include "layouts.h"
#include "text.h"

#define SIDE 168.0 /* room for the labels at the right */

const double latency_mark[LATENCY_MARKS] = {0.5, 0.9, 0.99, 0.999};
static const char *const mark_name[LATENCY_MARKS] = {"p50", "p90", "p99", "p99.9"};

static uint64_t total_of(const struct latency_run *r)
{
    uint64_t total = 0;
    for (size_t i = 0; i < r->n; i++)
        total += r->count[i];
    return total;
}

/* Middle of the bucket that holds the p-quantile, as the tables have it; NAN when nothing was done. */
static double quantile_of(const struct latency_run *r, double p)
{
    uint64_t total = total_of(r), below = 0;
    for (size_t i = 0; i < r->n; i++) {
        below += r->count[i];
        if (r->count[i] > 0 && (double)below >= p * (double)total)
            return (r->low_s[i] + r->high_s[i]) / 2;
    }
    return NAN;
}

/* The outermost percentile that at least ten requests lie beyond. */
static double outermost(const struct latency_data *d)
{
    static const double p[] = {0.9999, 0.999, 0.99};
    uint64_t most = 0;
    for (size_t i = 0; i < d->n_run; i++) {
        uint64_t total = total_of(&d->run[i]);
        most = total > most ? total : most;
    }
    for (size_t i = 0; i < 3; i++)
        if ((double)most * (1 - p[i]) >= 10 * 0.999)
            return p[i];
    return 0.9;
}

static struct scale latency_scale(const struct latency_data *d, double p_max, double from, double to)
{
    double lo = INFINITY, hi = 0;
    for (size_t i = 0; i < d->n_run; i++) {
        double low = quantile_of(&d->run[i], 0.01), high = quantile_of(&d->run[i], p_max);
        lo = low > 0 && low < lo ? low : lo;
        hi = isfinite(high) && high > hi ? high : hi;
    }
    if (d->deadline_s > 0) {
        hi = fmax(hi, d->deadline_s * 1.5);
        lo = fmin(lo, d->deadline_s / 2);
    }
    if (!(hi > 0) || !isfinite(lo))
        return scale_log(0.001, 1, from, to);
    lo = fmax(lo, hi * 1e-9);
    return scale_log(lo / 1.3, hi * 1.3, from, to);
}

static void draw_curve(struct sheet *s, const struct latency_run *r, const struct scale *x, const struct scale *y)
{
    const struct role *role = role_of(r->role);
    uint64_t total = total_of(r), below = 0;
    struct point *p = sheet_points(s, r->n + 1);
    size_t n = 0;
    if (p == NULL || total == 0)
        return;
    for (size_t i = 0; i < r->n; i++) {
        if (r->count[i] == 0)
            continue;
        if (n == 0)
            p[n++] = (struct point){x->from, scale_at(y, r->low_s[i])};
        below += r->count[i];
        struct point next = {scale_at(x, (double)below / (double)total), scale_at(y, r->high_s[i])};
        bool last = next.x >= x->to;
        if (last || fabs(next.x - p[n - 1].x) + fabs(next.y - p[n - 1].y) > 0.25)
            p[n++] = next;
        if (last)
            break;
    }
    sheet_line(s, p, n, (struct ink){role->line, 1}, 1.8, role->dash);
}

/* Confidence intervals as pale bars without caps: a cap would look like a hard limit. */
static void draw_marks(struct sheet *s, const struct latency_run *r, const struct scale *x, const struct scale *y)
{
    const struct role *role = role_of(r->role);
    for (size_t k = 0; k < LATENCY_MARKS; k++) {
        const struct estimate *e = &r->mark[k];
        if (latency_mark[k] > x->hi || e->n == 0 || !isfinite(e->mean) || isnan(e->half))
            continue;
        double at = scale_at(x, latency_mark[k]);
        sheet_segment(s, at, scale_at(y, e->low), at, scale_at(y, e->high), (struct ink){role->line, 0.4}, 6, DASH_SOLID);
        sheet_dot(s, at, scale_at(y, e->mean), (struct ink){role->line, 1}, 5, role->shape);
    }
}

static const char *share_text(struct sheet *s, double share)
{
    char text[FORMAT_SIZE];
    format_share(text, share);
    return sheet_format(s, "%s", text);
}

static const char *quantile_text(struct sheet *s, const struct latency_run *r, double p)
{
    char text[FORMAT_SIZE];
    format_duration(text, quantile_of(r, p));
    return sheet_format(s, "%s", text);
}

/* What the curve does not show. */
static const char *undone(struct sheet *s, const struct latency_run *r)
{
    double never = r->lost + r->waiting;
    if (isnan(never))
        return "";
    return never > 0 ? sheet_format(s, "%s never done", share_text(s, never)) : "all done";
}

static void draw_labels(struct sheet *s, const struct latency_data *d, double p_max, const struct scale *x,
                        const struct scale *y)
{
    struct side_label *label = sheet_get(s, d->n_run, sizeof(*label));
    for (size_t i = 0; label != NULL && i < d->n_run; i++) {
        const struct latency_run *r = &d->run[i];
        double end = quantile_of(r, p_max);
        const char *rest = undone(s, r);
        label[i].y = isnan(end) ? y->from : scale_at(y, end);
        label[i].name = r->name;
        label[i].rgb = role_of(r->role)->text;
        label[i].detail = isnan(end) ? "no request was ever done"
                                     : sheet_format(s, "p99 %s%s%s", quantile_text(s, r, 0.99), *rest != 0 ? " · " : "", rest);
    }
    if (label != NULL)
        side_labels(s, label, d->n_run, x->to, SIDE, y->to - 4, y->from + 4);
}

static const char *arrow(struct sheet *s, const char *a, const char *b)
{
    return sheet_format(s, "%s → %s", a, b);
}

static const char *finding(struct sheet *s, const struct latency_data *d)
{
    const struct latency_run *a = &d->run[0], *b = &d->run[d->n_run - 1];
    const char *p = quantile_text(s, a, 0.99), *rest = undone(s, a);
    if (d->n_run == 1 && total_of(a) == 0)
        return sheet_format(s, "%s: no request was ever done", a->name);
    if (d->n_run == 1)
        return sheet_format(s, "%s: 99 %% of what is done takes at most %s%s%s", a->name, p, *rest != 0 ? "; " : "", rest);
    if (d->n_run > 2)
        return sheet_format(s, "p99 of %zu runs: from %s (%s) to %s (%s)", d->n_run, p, a->name, quantile_text(s, b, 0.99), b->name);
    double lost_a = a->lost + a->waiting, lost_b = b->lost + b->waiting;
    const char *never = isnan(lost_a + lost_b)      ? ""
                        : lost_a + lost_b == 0      ? "; all done in both"
                        : sheet_format(s, "; never done %s", arrow(s, share_text(s, lost_a), share_text(s, lost_b)));
    return sheet_format(s, "%s → %s: p99 %s%s", a->name, b->name, arrow(s, p, quantile_text(s, b, 0.99)), never);
}

static void fill_table(struct sheet *s, const struct latency_data *d)
{
    static const char *const head[] = {"run", "percentile", "pooled", "mean of replications", "95 % interval"};
    char low[FORMAT_SIZE], high[FORMAT_SIZE];
    sheet_table_head(s, head, 5);
    for (size_t i = 0; i < d->n_run; i++) {
        for (size_t k = 0; k < LATENCY_MARKS; k++) {
            const struct estimate *e = &d->run[i].mark[k];
            sheet_cell(s, d->run[i].name);
            sheet_cell(s, mark_name[k]);
            sheet_cell(s, quantile_text(s, &d->run[i], latency_mark[k]));
            format_duration(low, e->n > 0 ? e->mean : NAN);
            sheet_cell(s, low);
            format_duration(low, e->low);
            format_duration(high, e->high);
            sheet_cell(s, e->n == 0 || isnan(e->half) ? "none" : sheet_format(s, "%s to %s", low, high));
        }
    }
}

static const char *describe(struct sheet *s, const struct latency_data *d)
{
    const char *text = "Distribution of the time from birth to first effect.";
    for (size_t i = 0; i < d->n_run; i++) {
        const struct latency_run *r = &d->run[i];
        const char *rest = undone(s, r);
        text = sheet_format(s, "%s %s: p50 %s, p90 %s, p99 %s, p99.9 %s%s%s.", text, r->name, quantile_text(s, r, 0.5),
                            quantile_text(s, r, 0.9), quantile_text(s, r, 0.99), quantile_text(s, r, 0.999),
                            *rest != 0 ? ", " : "", rest);
    }
    return text;
}

bool latency_layout(const struct latency_data *d, double width, double height, struct sheet **out, struct err *err)
{
    if (d->n_run == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: no run was given");
    struct page_size page = page_size(width, height, 400);
    struct sheet *s = sheet_open(page.width, page.height);
    if (s == NULL)
        return sheet_close(s, out, err);
    bool intervals = d->n_replication >= ESTIMATE_MIN;
    double y0 = frame_head(s, finding(s, d), sheet_format(s,
        "latency of the requests that were done, log scale · curves pool %zu replication%s%s%s",
        d->n_replication, d->n_replication == 1 ? "" : "s",
        intervals ? " · bars: 95 % CI over the replications' percentiles" : "", deadlines_told(s, d->deadlines, " · ")));
    const char **name = sheet_get(s, 2 * d->n_run, sizeof(*name));
    for (size_t i = 0; name != NULL && i < d->n_run; i++) {
        name[i] = d->run[i].name;
        name[d->n_run + i] = d->run[i].title;
    }
    y0 = name != NULL ? frame_titles(s, y0, name, name + d->n_run, d->n_run) : y0;
    double p_max = outermost(d), right = page.width - PAGE_EDGE - SIDE;
    struct scale y = latency_scale(d, p_max, page.height - PAGE_EDGE - AXIS_X_ROOM, y0 + 14);
    struct scale x = scale_percentile(p_max, PAGE_EDGE + axis_y_room(&y, TICK_DURATION, 9), right);
    axis_x(s, &x, TICK_NUMBER, y.to, y.from, true, "percentile of the requests that were done");
    axis_y(s, &y, TICK_DURATION, 9, x.from, x.to);
    for (size_t i = 0; i < d->n_run; i++)
        draw_curve(s, &d->run[i], &x, &y);
    for (size_t i = 0; i < d->n_run; i++)
        draw_marks(s, &d->run[i], &x, &y);
    draw_labels(s, d, p_max, &x, &y);
    deadline_draw(s, d->deadline_s, &x, &y);
    fill_table(s, d);
    sheet_alt_set(s, describe(s, d));
    return sheet_close(s, out, err);
}
