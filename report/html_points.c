/* html_points.c - a run of many design points: a row a point, with its settings and the headline metrics, each a mean over
 * replications above its interval. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "html_int.h"
#include "mem.h"

#define POINTS_MAX 200 /* rows of the table; the database has them all */

struct column { /* a headline metric at every point */
    enum metric_unit unit;
    struct estimate  at[POINTS_MAX];
    bool             known, zero; /* the run has it; it is 0 everywhere */
};

#define AXES_MAX 4

size_t html_axes(const struct page_points *points)
{
    const struct query_point *first = &points->item[0];
    if (first->n == 0 || first->n > AXES_MAX)
        return 0;
    for (size_t p = 1; p < points->n; p++) {
        if (points->item[p].n != first->n)
            return 0;
        for (size_t i = 0; i < first->n; i++)
            if (strcmp(points->item[p].setting[i].name, first->setting[i].name) != 0)
                return 0;
    }
    return first->n;
}

void html_settings(struct page *page, const struct query_point *p, bool named)
{
    html_put(page, "<td>");
    for (size_t i = 0; i < p->n; i++) {
        html_escaped(page, i > 0 ? ", " : "");
        html_escaped(page, named ? p->setting[i].name : "");
        html_escaped(page, named ? " " : "");
        html_escaped(page, p->setting[i].text);
    }
    html_put(page, "%s</td>", p->n == 0 ? "as it stands" : "");
}

static bool column_load(struct page *page, size_t run, const char *metric, size_t n, struct column *c, struct err *err)
{
    *c = (struct column){.zero = true};
    for (size_t p = 0; p < n; p++) {
        struct load_metric m;
        struct err why = {0};
        double *x;
        size_t replications;
        if (!load_term(page->query, page->run[run], page->points[run].item[p].number, metric, &m, &x, &replications, &why)) {
            if (why.class != ERR_DATA)
                return err_set(err, why.class, "%s", why.text);
            continue;
        }
        c->at[p] = estimate_mean(x, replications, 0.95);
        mem_release(x);
        c->unit = m.unit;
        c->known |= c->at[p].n > 0;
        c->zero &= c->at[p].n == 0 || (c->at[p].mean == 0 && !(c->at[p].sd > 0));
    }
    return true;
}

static void put_estimate(struct page *page, const struct column *c, size_t p)
{
    const struct estimate *e = &c->at[p];
    char mean[FORMAT_SIZE], range[FORMAT_RANGE_SIZE];
    format_value(mean, e->mean, c->unit);
    format_range(range, e->low, e->high, c->unit, false);
    html_put(page, "<td>");
    html_escaped(page, e->n > 0 ? mean : "none");
    if (e->n > 0 && isfinite(e->half)) {
        html_put(page, "<br/><small>");
        html_escaped(page, range);
        html_put(page, "</small>");
    }
    html_put(page, "</td>");
}

static void put_table(struct page *page, size_t run, const struct column *column, size_t n)
{
    const struct query_point *point = page->points[run].item;
    const char *head[AXES_MAX + HTML_HEADLINES] = {"setting"};
    size_t n_axis = html_axes(&page->points[run]), shown = n_axis > 0 ? n_axis : 1;
    for (size_t i = 0; i < n_axis; i++)
        head[i] = point[0].setting[i].name;
    for (size_t k = 0; k < HTML_HEADLINES; k++)
        if (column[k].known && !column[k].zero)
            head[shown++] = html_headline[k].name;
    html_put(page, "<div class=\"scroll\"><table class=\"points\"><thead>");
    html_row(page, "th", head, shown);
    html_put(page, "</thead><tbody>\n");
    for (size_t p = 0; p < n; p++) {
        html_put(page, "<tr>");
        for (size_t i = 0; i < n_axis; i++)
            html_cell(page, point[p].setting[i].text);
        if (n_axis == 0)
            html_settings(page, &point[p], true);
        for (size_t k = 0; k < HTML_HEADLINES; k++)
            if (column[k].known && !column[k].zero)
                put_estimate(page, &column[k], p);
        html_put(page, "</tr>\n");
    }
    html_put(page, "</tbody></table></div>\n");
}

/* What is 0 at every point takes no room in the table, but it is told. */
static void put_note(struct page *page, const struct column *column, size_t n_all)
{
    const char *before = " 0 at every point: ";
    html_put(page, "<p class=\"note\">Means over replications above their 95 %% intervals by Student's t; fewer than %d "
                   "replications give none%s. Shares are of all requests offered.",
             ESTIMATE_MIN, n_all > POINTS_MAX ? "; the first 200 points" : "");
    for (size_t k = 0; k < HTML_HEADLINES; k++)
        if (column[k].known && column[k].zero) {
            html_put(page, "%s%s", before, html_headline[k].name);
            before = ", ";
        }
    html_put(page, "%s</p>\n", *before == ',' ? "." : "");
}

static bool put_run(struct page *page, size_t run, struct err *err)
{
    size_t all = page->points[run].n, n = all < POINTS_MAX ? all : POINTS_MAX;
    struct column *column = mem_get(HTML_HEADLINES * sizeof(*column));
    bool ok = column != NULL || err_set(err, ERR_OS, "memory is short for this report");
    for (size_t k = 0; ok && k < HTML_HEADLINES; k++)
        ok = column_load(page, run, html_headline[k].metric, n, &column[k], err);
    if (ok) {
        html_put(page, "<h2>The points of ");
        html_escaped(page, page->load->run[run].name);
        html_put(page, ", in numbers</h2>\n");
        put_table(page, run, column, n);
        put_note(page, column, all);
    }
    mem_release(column);
    return ok;
}

bool html_points(struct page *page, struct err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < page->n_run; i++)
        if (page->points[i].n > 1)
            ok = put_run(page, i, err);
    return ok;
}
