/* html_numbers.c - the table of headline numbers: means over replications with their Student t intervals; two runs of one seed are
 * compared pair by pair. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "html_int.h"
#include "mem.h"

const struct html_headline html_headline[HTML_HEADLINES] = {
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

void html_cell(struct page *page, const char *text)
{
    html_put(page, "<td>");
    html_escaped(page, text);
    html_put(page, "</td>");
}

static void put_value(struct page *page, double x, enum metric_unit unit)
{
    char text[FORMAT_SIZE];
    format_value(text, x, unit);
    html_cell(page, text);
}

static void put_interval(struct page *page, const struct estimate *e, enum metric_unit unit, bool difference)
{
    char text[FORMAT_RANGE_SIZE];
    format_range(text, e->low, e->high, unit, difference);
    html_cell(page, e->n == 0 || isnan(e->half) ? "none" : text);
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
    html_cell(page, name);
    put_value(page, p.a.mean, r->metric.unit);
    put_value(page, p.b.mean, r->metric.unit);
    format_difference(text, p.difference.mean, r->metric.unit);
    html_cell(page, p.difference.n > 0 ? text : "none");
    put_interval(page, &p.difference, r->metric.unit, true);
    html_put(page, "<td class=\"%s\">%s</td></tr>\n", word, word);
}

static void put_alone(struct page *page, const char *name, const struct row *r)
{
    html_put(page, "<tr>");
    html_cell(page, name);
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
    for (size_t i = 0; i < HTML_HEADLINES && !err_is_set(&why); i++) {
        struct row r;
        if (row_load(page, html_headline[i].metric, &r, &why)) {
            if (pairs)
                put_compared(page, html_headline[i].name, &r);
            else
                put_alone(page, html_headline[i].name, &r);
        }
        row_free(&r);
    }
    html_put(page, "</tbody></table>\n<p class=\"note\">Shares are of all requests offered. Means over replications, intervals by "
              "Student's t%s; fewer than %d replications give none. Latencies are of the requests that were done.</p>\n",
        pairs ? " of the paired differences: both runs saw the same random numbers" : "", ESTIMATE_MIN);
    return !err_is_set(&why) || err_set(err, why.class, "%s", why.text);
}
