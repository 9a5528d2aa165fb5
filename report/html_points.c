/* html_points.c - a run of many design points: a row a point, with its settings and the headline
 * metrics. The other numbers of the page are of one point, so it says of which. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "html_int.h"
#include "mem.h"

#define POINTS_MAX 200 /* rows of the table; the database has them all */

static const char *const metrics[] = {"in_time", "lost", "latency.mean", "latency.p99"};

static void put_settings(struct page *page, const struct query_point *p)
{
    html_put(page, "<td>");
    for (size_t i = 0; i < p->n; i++) {
        html_escaped(page, i > 0 ? ", " : "");
        html_escaped(page, p->setting[i].name);
        html_escaped(page, " ");
        html_escaped(page, p->setting[i].text);
    }
    html_put(page, "%s</td>", p->n == 0 ? "as it stands" : "");
}

/* The mean with its interval; nothing for a metric that the run has not. */
static bool put_metric(struct page *page, int64_t run, uint32_t point, const char *metric,
                       struct err *err)
{
    struct load_metric m;
    struct err why = {0};
    double *x;
    size_t n;
    char mean[FORMAT_SIZE], range[FORMAT_RANGE_SIZE];
    if (!load_term(page->query, run, point, metric, &m, &x, &n, &why)) {
        html_put(page, "<td></td>");
        return why.class == ERR_DATA || err_set(err, why.class, "%s", why.text);
    }
    struct estimate e = estimate_mean(x, n, 0.95);
    mem_release(x);
    format_value(mean, e.mean, m.unit);
    format_range(range, e.low, e.high, m.unit, false);
    html_put(page, "<td>");
    html_escaped(page, e.n > 0 ? mean : "none");
    if (isfinite(e.half)) {
        html_put(page, " (");
        html_escaped(page, range);
        html_put(page, ")");
    }
    html_put(page, "</td>");
    return true;
}

static bool put_run(struct page *page, size_t i, const struct query_point *point, size_t n,
                    struct err *err)
{
    static const char *const head[] = {"setting", "done in time", "lost", "mean latency",
                                       "latency p99"};
    bool ok = true;
    html_put(page, "<h2>The points of ");
    html_escaped(page, page->load->run[i].name);
    html_put(page, "</h2>\n<div class=\"scroll\"><table><thead>");
    html_row(page, "th", head, ARRAY_LEN(head));
    html_put(page, "</thead><tbody>\n");
    for (size_t p = 0; ok && p < n && p < POINTS_MAX; p++) {
        html_put(page, "<tr>");
        put_settings(page, &point[p]);
        for (size_t k = 0; ok && k < ARRAY_LEN(metrics); k++)
            ok = put_metric(page, page->run[i], point[p].number, metrics[k], err);
        html_put(page, "</tr>\n");
    }
    html_put(page,
             "</tbody></table></div>\n<p class=\"note\">Means over replications with their 95 %% "
             "intervals%s. The tables below are of the first "
             "point alone.</p>\n",
             n > POINTS_MAX ? "; the first 200 points" : "");
    return ok;
}

bool html_points(struct page *page, struct err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < page->n_run; i++) {
        struct query_point *point;
        size_t n;
        ok = query_points(page->query, page->run[i], &point, &n, err);
        if (ok && n > 1)
            ok = put_run(page, i, point, n, err);
        if (ok)
            query_points_free(point, n);
    }
    return ok;
}
