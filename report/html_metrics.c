/* html_metrics.c - every metric of a run, folded away: a row for each of its stats, and where the run has several design
 * points one for each of these, told by its settings. */
#include <math.h>
#include <stdio.h>

#include "html_int.h"
#include "mem.h"

#define ROWS_MAX 6000 /* the page stays one that a browser opens; the database has them all */

static const char *const stats[][5] = {[OBS_COUNTER] = {"sum", "rate"},
                                       [OBS_LEVEL] = {"mean", "max"},
                                       [OBS_TALLY] = {"mean", "p50", "p90", "p99"}};

/* False: this run has no such number. first: the row that says what the metric is, and that stands there without a value. */
static bool put_stat(struct page *page, size_t run, size_t point, const struct query_metric *m, const char *stat, bool first)
{
    const struct page_points *points = &page->points[run];
    char path[340], name[300], mean[FORMAT_SIZE], range[FORMAT_RANGE_SIZE];
    struct load_metric found;
    struct err none = {0};
    double *x;
    size_t n;
    snprintf(name, sizeof(name), "%s%s%s", m->entity, m->entity[0] != 0 ? "." : "", m->name);
    snprintf(path, sizeof(path), "%s.%s", name, stat);
    if (!load_values_at(page->query, page->run[run], points->item[point].number, path, false, &found, &x, &n, &none))
        return false;
    struct estimate e = estimate_mean(x, n, 0.95);
    mem_release(x);
    if (e.n == 0 && !first)
        return false;
    html_put(page, "<tr>");
    html_cell(page, name);
    html_cell(page, stat);
    if (points->n > 1)
        html_settings(page, &points->item[point], html_axes(points) == 0);
    format_value(mean, e.n > 0 ? e.mean : NAN, found.unit);
    format_range(range, e.low, e.high, found.unit, false);
    html_cell(page, mean);
    html_cell(page, e.n == 0 || isnan(e.half) ? "none" : range);
    html_cell(page, first && m->doc != NULL ? m->doc : "");
    html_put(page, "</tr>\n");
    return true;
}

static void put_head(struct page *page, size_t run)
{
    static const char *const one[] = {"metric", "stat", "mean", "95 % interval", "meaning"};
    const struct page_points *points = &page->points[run];
    bool several = points->n > 1;
    char setting[400] = "";
    size_t n = html_axes(points), length = 0;
    for (size_t i = 0; several && i < n && length < sizeof(setting); i++)
        length += (size_t)snprintf(setting + length, sizeof(setting) - length, "%s%s", i > 0 ? ", " : "",
                                   points->item[0].setting[i].name);
    const char *const each[] = {"metric", "stat", n > 0 ? setting : "setting", "mean", "95 % interval", "meaning"};
    html_put(page, "<details><summary>Every metric of ");
    html_escaped(page, page->load->run[run].name);
    html_put(page, "</summary><div class=\"scroll\"><table class=\"%s\"><thead>", several ? "metrics points" : "metrics");
    html_row(page, "th", several ? each : one, several ? 6 : 5);
    html_put(page, "</thead><tbody>\n");
}

bool html_metrics(struct page *page, size_t run, struct err *err)
{
    struct query_metric *m;
    size_t n, rows = 0, i = 0;
    if (!query_metrics(page->query, page->run[run], &m, &n, err))
        return false;
    put_head(page, run);
    for (; i < n && rows < ROWS_MAX; i++)
        for (size_t k = 0; stats[m[i].kind][k] != NULL; k++)
            for (size_t p = 0; p < page->points[run].n; p++)
                rows += put_stat(page, run, p, &m[i], stats[m[i].kind][k], k == 0 && p == 0);
    html_put(page, "</tbody></table></div>");
    if (i < n)
        html_put(page, "<p class=\"note\">%zu more metrics are in the database.</p>", n - i);
    html_put(page, "</details>\n");
    query_metrics_free(m, n);
    return true;
}
