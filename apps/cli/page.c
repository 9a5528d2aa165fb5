/* page.c - the HTML. Charts stand in it as data: addresses, because several of Cairo's drawings inlined in one page would
 * share the names of their glyphs; the page has no script and fetches nothing. */
#include "page.h"

#include "cli.h"

#ifdef AFTERBAY_CHARTS

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "canvas.h"
#include "charts.h"
#include "estimate.h"
#include "format.h"
#include "mem.h"
#include "quantity.h"

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.5rem}"
    "figure{margin:1.5rem 0}img{max-width:100%;height:auto}figcaption,.note{color:#555;font-size:.9rem}"
    "table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}"
    "th,td{padding:.15rem .6rem;border-bottom:1px solid #ddd;text-align:right}"
    "th:first-child,td:first-child{text-align:left}.text td,.text th{text-align:left}"
    "details{margin:.5rem 0}summary{cursor:pointer;color:#0072b2}";

struct page {
    struct bytes  out;
    struct query *query;
    struct err    err;
};

static void put(struct page *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct page *p, const char *format, ...)
{
    char    text[1200];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    bytes_text(&p->out, text);
}

static void put_base64(struct page *p, const char *data, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t b = 0;
        for (size_t k = 0; k < 3; k++)
            b = b << 8 | (i + k < n ? (unsigned char)data[i + k] : 0);
        char four[4] = {digit[b >> 18], digit[b >> 12 & 63], i + 1 < n ? digit[b >> 6 & 63] : '=',
                        i + 2 < n ? digit[b & 63] : '='};
        bytes_add(&p->out, four, 4);
    }
}

static void put_cells(struct page *p, const char *tag, const char *const *cell, size_t n)
{
    put(p, "<tr>");
    for (size_t i = 0; i < n; i++) {
        put(p, "<%s>", tag);
        bytes_escaped(&p->out, cell[i]);
        put(p, "</%s>", tag);
    }
    put(p, "</tr>\n");
}

static void put_table(struct page *p, const struct sheet *sheet)
{
    size_t             rows, columns;
    const char *const *cell = sheet_table(sheet, &rows, &columns);
    if (columns == 0)
        return;
    put(p, "<details><summary>The numbers of this chart</summary><table>\n");
    put_cells(p, "th", cell, columns);
    for (size_t r = 1; r <= rows; r++)
        put_cells(p, "td", cell + r * columns, columns);
    put(p, "</table></details>\n");
}

static bool put_sheet(struct page *p, const struct sheet *sheet)
{
    char  *svg;
    size_t n;
    if (!chart_svg(sheet, &svg, &n, &p->err))
        return false;
    put(p, "<figure><img alt=\"");
    bytes_escaped(&p->out, sheet_alt(sheet));
    put(p, "\" src=\"data:image/svg+xml;base64,");
    put_base64(p, svg, n);
    put(p, "\"><figcaption>");
    bytes_escaped(&p->out, sheet_alt(sheet));
    put(p, "</figcaption>\n");
    put_table(p, sheet);
    put(p, "</figure>\n");
    free(svg);
    return true;
}

/* A chart that these runs do not have the data for is named with its reason, not left out in silence. */
static bool put_chart(struct page *p, const struct chart *c, const int64_t *run, size_t n)
{
    struct sheet              *sheet;
    struct err                 why = {0};
    const struct chart_request request = {.query = p->query, .run = run, .n_run = n};
    if (!c->layout(&request, &sheet, &why)) {
        if (why.class != ERR_DATA && why.class != ERR_USAGE)
            return err_set(&p->err, why.class, "%s", why.text);
        put(p, "<p class=\"note\">Chart \xE2\x80\x9C%s\xE2\x80\x9D not drawn: ", c->name);
        bytes_escaped(&p->out, why.text);
        put(p, "</p>\n");
        return true;
    }
    bool ok = put_sheet(p, sheet);
    sheet_free(sheet);
    return ok;
}

/* Together where a chart can show all runs, else one by one. */
static bool put_charts(struct page *p, const int64_t *run, size_t n)
{
    for (size_t i = 0; i < n_charts; i++) {
        const struct chart *c = &charts[i];
        put(p, "<h2>");
        bytes_escaped(&p->out, c->doc);
        put(p, "</h2>\n");
        bool   together = n >= c->min_runs && n <= c->max_runs;
        size_t step = together ? n : c->min_runs;
        for (size_t k = 0; k + step <= n; k += step)
            if (!put_chart(p, c, run + k, step))
                return false;
    }
    return true;
}

static void put_run(struct page *p, const struct query_run *r)
{
    char length[40], drain[40];
    quantity_duration_text(r->duration_ns, length, sizeof length);
    quantity_duration_text(r->drain_ns, drain, sizeof drain);
    put(p, "<li><strong>");
    bytes_escaped(&p->out, r->title);
    put(p, "</strong><br><span class=\"note\">run %" PRId64 ", ", r->id);
    bytes_escaped(&p->out, r->scenario);
    put(p, ", seed %" PRIu64 ", %" PRIu32 " replications of %s and %s to drain, afterbay ", r->seed, r->n_replication,
        length, drain);
    bytes_escaped(&p->out, r->version);
    put(p, "</span></li>\n");
}

/* The unit of a stat: a count of times is a number, a rate is per second, whatever the metric's unit. */
static enum metric_unit unit_of(const struct query_metric *m, const char *stat)
{
    static const struct {
        const char      *text;
        enum metric_unit unit;
    } unit[] = {{"ns", UNIT_NS}, {"B", UNIT_BYTES}, {"share", UNIT_SHARE}, {"1/s", UNIT_PER_SECOND}, {"USD", UNIT_USD}};
    if (strcmp(stat, "rate") == 0)
        return UNIT_PER_SECOND;
    for (size_t i = 0; strcmp(stat, "count") != 0 && i < sizeof unit / sizeof *unit; i++)
        if (strcmp(unit[i].text, m->unit) == 0)
            return unit[i].unit;
    return UNIT_ONE;
}

static void put_value(struct page *p, int64_t run, const struct query_metric *m, const char *stat)
{
    double    *x;
    size_t     n;
    struct err none = {0};
    char       mean[FORMAT_SIZE], low[FORMAT_SIZE] = "", high[FORMAT_SIZE] = "", name[300];
    snprintf(name, sizeof name, "%s%s%s", m->entity, *m->entity == 0 ? "" : ".", m->name);
    if (!query_values(p->query, run, 0, m->entity, m->name, stat, &x, &n, &none))
        return;
    struct estimate e = estimate_mean(x, n, 0.95);
    format_value(mean, e.mean, unit_of(m, stat));
    if (e.low == e.low) {
        format_value(low, e.low, unit_of(m, stat));
        format_value(high, e.high, unit_of(m, stat));
    }
    const char *const cell[] = {name, stat, mean, low, high};
    put_cells(p, "td", cell, 5);
    mem_release(x);
}

static bool put_metrics(struct page *p, const struct query_run *r)
{
    static const char *const stats[][4] = {
        [OBS_COUNTER] = {"sum", "rate"}, [OBS_LEVEL] = {"mean", "max"}, [OBS_TALLY] = {"mean", "p50", "p90", "p99"}};
    static const char *const head[] = {"metric", "stat", "mean of replications", "95 % from", "to"};
    struct query_metric     *m;
    size_t                   n;
    if (!query_metrics(p->query, r->id, &m, &n, &p->err))
        return false;
    put(p, "<details><summary>Every metric of run %" PRId64 "</summary><table>\n", r->id);
    put_cells(p, "th", head, 5);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < 4 && stats[m[i].kind][k] != NULL; k++)
            put_value(p, r->id, &m[i], stats[m[i].kind][k]);
    put(p, "</table></details>\n");
    query_metrics_free(m, n);
    return true;
}

static const struct query_run *find_run(const struct query_run *all, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (all[i].id == id)
            return &all[i];
    return NULL;
}

static bool put_page(struct page *p, const struct query_run *all, size_t n_all, const int64_t *run, size_t n)
{
    put(p,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width\"><title>afterbay report</title>\n<style>%s</style>"
        "</head><body>\n<h1>afterbay report</h1>\n<ul>\n",
        style);
    for (size_t i = 0; i < n; i++)
        put_run(p, find_run(all, n_all, run[i]));
    put(p, "</ul>\n<p class=\"note\">Numbers are means over replications; intervals are Student t intervals of that mean. "
           "Runs of one comparison share their random numbers.</p>\n");
    bool ok = put_charts(p, run, n);
    put(p, "<h2>All numbers</h2>\n");
    for (size_t i = 0; ok && i < n; i++)
        ok = put_metrics(p, find_run(all, n_all, run[i]));
    put(p, "</body></html>\n");
    return ok;
}

static bool all_there(struct page *p, const struct query_run *all, size_t n_all, const int64_t *run, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (find_run(all, n_all, run[i]) == NULL)
            return err_set(&p->err, ERR_DATA, "run %" PRId64 " is not in the database", run[i]);
    return true;
}

int page_possible(const char *path)
{
    (void)path;
    return 0;
}

int page_write(const char *database, const int64_t *run, size_t n, const char *path)
{
    struct page       p = {0};
    struct query_run *all;
    size_t            n_all;
    if (!query_open(&p.query, database, &p.err))
        return cli_fail(&p.err);
    bool ok = query_runs(p.query, &all, &n_all, &p.err);
    if (ok) {
        ok = all_there(&p, all, n_all, run, n) && put_page(&p, all, n_all, run, n);
        query_runs_free(all, n_all);
    }
    if (ok && p.out.failed)
        ok = err_set(&p.err, ERR_OS, "memory is short");
    ok = ok && file_write(path, p.out.data, p.out.n, &p.err);
    bytes_free(&p.out);
    query_close(p.query);
    return ok ? 0 : cli_fail(&p.err);
}

#else /* without charts */

int page_possible(const char *path)
{
    return cli_failf(ERR_UNAVAILABLE, "%s: this afterbay was built without charts (AFTERBAY_CHARTS=OFF)", path);
}

int page_write(const char *database, const int64_t *run, size_t n, const char *path)
{
    (void)database, (void)run, (void)n;
    return page_possible(path);
}

#endif
