/* html_numbers.c - tables of numbers: means over replications with their Student t intervals; two runs of one seed are
 * compared pair by pair. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "html_int.h"
#include "mem.h"

static const struct {
    const char *metric, *name;
} headlines[] = {
    {"in_time", "done in time"},    {"goodput.mean", "goodput"},
    {"done.rate", "throughput"},    {"late", "done late"},
    {"waiting", "still waiting"},   {"lost", "lost"},
    {"latency.p50", "latency p50"}, {"latency.p90", "latency p90"},
    {"latency.p99", "latency p99"}, {"answer.p99", "answer p99"},
    {"repeated", "repeated effects"}, {"gave_up_done", "done, client told no"},
};

struct row { /* a metric in each run */
    struct load_metric metric;
    double            *x[HTML_RUNS_MAX];
    size_t             n[HTML_RUNS_MAX];
};

static void row_free(struct row *r)
{
    for (size_t i = 0; i < HTML_RUNS_MAX; i++)
        mem_release(r->x[i]);
}

/* False: a run lacks the metric (then it is left out), or *err is set. */
static bool row_load(struct page *page, const char *metric, struct row *r, struct err *err)
{
    struct err why = {0};
    *r = (struct row){.n = {0}};
    for (size_t i = 0; i < page->n_run; i++)
        if (!load_values(page->query, page->run[i], metric, &r->metric, &r->x[i], &r->n[i], &why))
            return why.class == ERR_DATA ? false : err_set(err, why.class, "%s", why.text);
    return true;
}

static void put_cell(struct page *page, const char *text)
{
    html_put(page, "<td>");
    html_escaped(page, text);
    html_put(page, "</td>");
}

static void put_value(struct page *page, double x, enum metric_unit unit)
{
    char text[FORMAT_SIZE];
    format_value(text, x, unit);
    put_cell(page, text);
}

static void put_interval(struct page *page, const struct estimate *e, enum metric_unit unit, bool difference)
{
    char text[FORMAT_RANGE_SIZE];
    format_range(text, e->low, e->high, unit, difference);
    put_cell(page, e->n == 0 || isnan(e->half) ? "none" : text);
}

/* "better" needs an interval that is clear of zero; anything less is undecided, whatever the mean says. */
static const char *verdict(const struct estimate *d, int better)
{
    if (d->n > 0 && d->mean == 0 && d->sd == 0)
        return "same";
    if (isnan(d->half) || (d->low <= 0 && d->high >= 0))
        return "undecided";
    if (better == 0)
        return d->mean > 0 ? "higher" : "lower";
    return (d->mean > 0) == (better > 0) ? "better" : "worse";
}

static void put_compared(struct page *page, const char *name, const struct row *r)
{
    size_t n = r->n[0] < r->n[1] ? r->n[0] : r->n[1];
    struct paired p = estimate_paired(r->x[0], r->x[1], n, 0.95);
    char text[FORMAT_SIZE];
    const char *word = verdict(&p.difference, r->metric.better);
    html_put(page, "<tr>");
    put_cell(page, name);
    put_value(page, p.a.mean, r->metric.unit);
    put_value(page, p.b.mean, r->metric.unit);
    format_difference(text, p.difference.mean, r->metric.unit);
    put_cell(page, p.difference.n > 0 ? text : "none");
    put_interval(page, &p.difference, r->metric.unit, true);
    html_put(page, "<td class=\"%s\">%s</td></tr>\n", word, word);
}

static void put_alone(struct page *page, const char *name, const struct row *r)
{
    html_put(page, "<tr>");
    put_cell(page, name);
    for (size_t i = 0; i < page->n_run; i++) {
        struct estimate e = estimate_mean(r->x[i], r->n[i], 0.95);
        put_value(page, e.n > 0 ? e.mean : NAN, r->metric.unit);
        put_interval(page, &e, r->metric.unit, false);
    }
    html_put(page, "</tr>\n");
}

static bool are_pairs(const struct page *page)
{
    const struct load *l = page->load;
    return l->n == 2 && l->run[0].q->seed == l->run[1].q->seed && l->run[0].q->n_replication == l->run[1].q->n_replication;
}

static void put_heading(struct page *page, bool pairs)
{
    const char *cell[1 + 2 * HTML_RUNS_MAX] = {"metric"};
    size_t n = 1;
    for (size_t i = 0; i < page->n_run; i++) {
        cell[n++] = page->load->run[i].name;
        if (!pairs)
            cell[n++] = "95 % interval";
    }
    if (pairs) {
        cell[n++] = "difference";
        cell[n++] = "95 % interval";
        cell[n++] = "verdict";
    }
    html_row(page, "th", cell, n);
}

bool html_headlines(struct page *page, struct err *err)
{
    bool pairs = are_pairs(page);
    struct err why = {0};
    html_put(page, "<table class=\"headline\"><thead>");
    put_heading(page, pairs);
    html_put(page, "</thead><tbody>\n");
    for (size_t i = 0; i < ARRAY_LEN(headlines) && !err_is_set(&why); i++) {
        struct row r;
        if (row_load(page, headlines[i].metric, &r, &why)) {
            if (pairs)
                put_compared(page, headlines[i].name, &r);
            else
                put_alone(page, headlines[i].name, &r);
        }
        row_free(&r);
    }
    html_put(page, "</tbody></table>\n<p class=\"note\">Shares are of all requests offered. Means over replications, intervals by "
              "Student's t%s; fewer than %d replications give none. Latencies are of the requests that were done.</p>\n",
        pairs ? " of the paired differences: both runs saw the same random numbers" : "", ESTIMATE_MIN);
    return !err_is_set(&why) || err_set(err, why.class, "%s", why.text);
}

/* --- every metric --- */

/* first: the row that also says what the metric is, and that stands there without a value too. */
static void put_stat(struct page *page, int64_t run, const struct query_metric *m, const char *stat, bool first)
{
    char path[300], name[300];
    struct load_metric found;
    struct err none = {0};
    double *x;
    size_t n;
    snprintf(path, sizeof(path), "%s%s%s.%s", m->entity, m->entity[0] != 0 ? "." : "", m->name, stat);
    snprintf(name, sizeof(name), "%s%s%s", m->entity, m->entity[0] != 0 ? "." : "", m->name);
    if (!load_values(page->query, run, path, &found, &x, &n, &none))
        return;
    struct estimate e = estimate_mean(x, n, 0.95);
    mem_release(x);
    if (e.n == 0 && !first)
        return;
    html_put(page, "<tr>");
    put_cell(page, name);
    put_cell(page, stat);
    put_value(page, e.n > 0 ? e.mean : NAN, found.unit);
    put_interval(page, &e, found.unit, false);
    put_cell(page, first && m->doc != NULL ? m->doc : "");
    html_put(page, "</tr>\n");
}

bool html_metrics(struct page *page, size_t run, struct err *err)
{
    static const char *const stats[][5] = {[OBS_COUNTER] = {"sum", "rate"},
                                           [OBS_LEVEL] = {"mean", "max"},
                                           [OBS_TALLY] = {"mean", "p50", "p90", "p99"}};
    static const char *const head[] = {"metric", "stat", "mean", "95 % interval", "meaning"};
    struct query_metric *m;
    size_t n;
    if (!query_metrics(page->query, page->run[run], &m, &n, err))
        return false;
    html_put(page, "<details><summary>Every metric of ");
    html_escaped(page, page->load->run[run].name);
    html_put(page, "</summary><div class=\"scroll\"><table class=\"metrics\"><thead>");
    html_row(page, "th", head, 5);
    html_put(page, "</thead><tbody>\n");
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; stats[m[i].kind][k] != NULL; k++)
            put_stat(page, page->run[run], &m[i], stats[m[i].kind][k], k == 0);
    html_put(page, "</tbody></table></div></details>\n");
    query_metrics_free(m, n);
    return true;
}
