/* html.c - the page: findings, headline numbers, charts with their tables, what was run. All charts are laid out first,
 * because their titles are the findings that the page begins with. The page is HTML that is well-formed XML as well, so that
 * any tool can read it. */
#include "html_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FIGURES_MAX 48

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1f1f1f;--soft:#595959;--line:#ddd;--paper:#fff;--link:#0072b2;--code:#f5f5f3}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8e6e3;--soft:#b3b0ab;--line:#444;--paper:#1b1b1a;--link:#7cc4f0;"
    "--code:#262624}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;max-width:60rem;padding:2.5rem 1.25rem 4rem;background:var(--paper);color:var(--ink);"
    "font:16px/1.55 system-ui,-apple-system,'Segoe UI','Noto Sans','Noto Sans KR',NanumBarunGothic,sans-serif}\n"
    "h1{font-size:1.75rem;line-height:1.25;margin:0 0 .25rem}h2{font-size:1.2rem;margin:3rem 0 .75rem}"
    "h3{font-size:1rem;margin:2rem 0 .5rem}\n"
    ".lede,.note,figcaption{color:var(--soft)}.note,figcaption{font-size:.875rem;margin:.5rem 0}\n"
    ".findings{padding-left:1.2rem}.findings li{margin:.25rem 0}a{color:var(--link)}\n"
    "figure{margin:2rem 0 2.5rem}figure svg{display:block;width:100%;height:auto;background:#fff;border-radius:4px}\n"
    "table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}.headline{width:100%}\n"
    "th,td{padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}\n"
    "th{font-weight:600;color:var(--soft)}th:first-child,td:first-child{text-align:left}\n"
    ".metrics td:nth-child(2),.metrics th:nth-child(2),.metrics.points td:nth-child(3),.metrics.points th:nth-child(3),.metrics td:last-child,.metrics th:last-child,"
    ".runs td:nth-child(2),.runs th:nth-child(2){text-align:left}\n"
    ".points td{white-space:nowrap}.points td:first-child,.points.metrics td:last-child{white-space:normal}.points td:first-child,"
    ".points th:first-child{position:sticky;left:0;background:var(--paper)}small{color:var(--soft)}\n"
    ".better,.worse{font-weight:600}.undecided,.same{color:var(--soft)}\n"
    ".scroll{overflow-x:auto}pre{background:var(--code);padding:.75rem 1rem;overflow-x:auto;font-size:.8125rem;"
    "line-height:1.45;border-radius:4px}\n"
    "details{margin:.5rem 0}summary{cursor:pointer;color:var(--link);font-size:.875rem}\n"
    "@media print{:root{--ink:#000;--soft:#444;--paper:#fff;--link:#000}body{padding:0;max-width:none;font-size:11pt}"
    "figure,table{break-inside:avoid}h2,h3{break-after:avoid}details:not([open]){display:none}}\n";

struct figure {
    const struct chart *chart;
    struct sheet       *sheet; /* NULL: could not be drawn */
    char                why[1000];
};
struct figures {
    struct figure figure[FIGURES_MAX];
    size_t        n;
};

void html_put(struct page *page, const char *format, ...)
{
    char text[2000];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    bytes_text(&page->out, text);
}

void html_escaped(struct page *page, const char *text)
{
    bytes_escaped(&page->out, text);
}

void html_row(struct page *page, const char *tag, const char *const *cell, size_t n)
{
    html_put(page, "<tr>");
    for (size_t i = 0; i < n; i++) {
        html_put(page, "<%s>", tag);
        html_escaped(page, cell[i]);
        html_put(page, "</%s>", tag);
    }
    html_put(page, "</tr>\n");
}

/* A chart without data is told with its reason; trouble of the machine ends the report. */
static bool add_figure(struct figures *f, const struct page *page, const char *name, size_t from, size_t n,
                       const char *metric, struct err *err)
{
    struct err why = {0};
    struct figure *g = &f->figure[f->n];
    const struct chart_request request = {.query = page->query, .run = page->run + from, .n_run = n, .metric = metric};
    if (f->n == FIGURES_MAX)
        return true;
    *g = (struct figure){.chart = chart_find(name)};
    if (!g->chart->layout(&request, &g->sheet, &why)) {
        g->sheet = NULL;
        if (why.class != ERR_DATA)
            return err_set(err, why.class, "%s", why.text);
        snprintf(g->why, sizeof(g->why), "%s", why.text);
    }
    f->n++;
    return true;
}

/* All runs in one picture where it has room for them, else as many pictures as it takes. */
static bool add_together(struct figures *f, const struct page *page, const char *name, struct err *err)
{
    size_t most = chart_find(name)->max_runs;
    for (size_t i = 0; i < page->n_run; i += most) {
        size_t n = page->n_run - i < most ? page->n_run - i : most;
        if (!add_figure(f, page, name, i, n, NULL, err))
            return false;
    }
    return true;
}

/* Runs of many design points: charts over the settings, for a course of time would show the first point alone. */
static bool add_study(struct figures *f, const struct page *page, size_t i, bool *is_study, struct err *err)
{
    const char *command = page->load->run[i].q->command;
    *is_study = true;
    if (strcmp(command, "sensitivity") == 0)
        return add_figure(f, page, "tornado", i, 1, NULL, err);
    if (strcmp(command, "sweep") == 0)
        return add_figure(f, page, "sweep", i, 1, "in_time", err) && add_figure(f, page, "sweep", i, 1, "latency.p99", err);
    *is_study = false;
    return true;
}

static bool add_studies(struct figures *f, const struct page *page, size_t *n, struct err *err)
{
    *n = 0;
    for (size_t i = 0; i < page->n_run; i++) {
        bool is_study;
        if (!add_study(f, page, i, &is_study, err))
            return false;
        *n += is_study;
    }
    return true;
}

/* Where messages end and what each subscriber got; and the queues that one sender feeds, of two runs side by side. */
static bool add_fan_out(struct figures *f, const struct page *page, struct err *err)
{
    bool ok = true, fan, fed, both = page->n_run == 2;
    for (size_t i = 0; ok && i < page->n_run; i++) {
        ok = load_fans_out(page->query, page->run[i], &fan, &fed, err);
        both &= ok && fed;
        if (ok && fan)
            ok = add_figure(f, page, "flow", i, 1, NULL, err) && add_figure(f, page, "deliveries", i, 1, NULL, err);
    }
    if (ok && both)
        return add_figure(f, page, "gap", 0, 2, NULL, err);
    for (size_t i = 0; ok && i < page->n_run; i++)
        ok = load_fans_out(page->query, page->run[i], &fan, &fed, err) && (!fed || add_figure(f, page, "gap", i, 1, NULL, err));
    return ok;
}

/* Streams: shards, where they come from, who is behind. Scaling: whether capacity follows, what limits functions. */
static bool add_fitting(struct figures *f, const struct page *page, struct err *err)
{
    bool ok = true, policies = page->n_run > 1;
    for (size_t i = 0; ok && i < page->n_run; i++) {
        struct load_fits fits = {false};
        ok = load_fits(page->query, page->run[i], &fits, err);
        const struct {
            bool        fits;
            const char *name;
        } chart[] = {{fits.shards, "shards"}, {fits.genealogy, "genealogy"}, {fits.lag, "lag"}, {fits.delay, "delay"}, {fits.capacity, "capacity"},
                     {fits.alarms, "alarms"}, {fits.concurrency, "concurrency"}};
        for (size_t k = 0; ok && k < sizeof chart / sizeof *chart; k++)
            ok = !chart[k].fits || add_figure(f, page, chart[k].name, i, 1, NULL, err);
        policies &= fits.capacity;
    }
    if (ok && policies)
        ok = add_together(f, page, "policies", err) && add_together(f, page, "cost", err);
    return ok;
}

static bool add_figures(struct figures *f, const struct page *page, struct err *err)
{
    size_t studies;
    bool ok = add_studies(f, page, &studies, err);
    if (!ok || studies > 0)
        return ok;
    ok = add_together(f, page, "fates", err) && add_together(f, page, "latency", err) &&
         add_together(f, page, "cumulative", err) && add_fan_out(f, page, err) && add_fitting(f, page, err);
    for (size_t i = 0; ok && i < page->n_run; i++)
        if (page->load->run[i].has_queue)
            ok = add_figure(f, page, "depth", i, 1, NULL, err) && add_figure(f, page, "age", i, 1, NULL, err);
    if (ok && page->n_run == 2)
        ok = add_figure(f, page, "difference", 0, 2, "in_time", err) &&
             add_figure(f, page, "difference", 0, 2, "latency.p99", err);
    return ok;
}

static void put_numbers(struct page *page, const struct sheet *sheet)
{
    size_t n_row, n_col;
    const char *const *cell = sheet_table(sheet, &n_row, &n_col);
    html_put(page, "<details><summary>The numbers of this chart</summary><div class=\"scroll\"><table><thead>");
    html_row(page, "th", cell, n_col);
    html_put(page, "</thead><tbody>\n");
    for (size_t r = 1; r <= n_row; r++)
        html_row(page, "td", cell + r * n_col, n_col);
    html_put(page, "</tbody></table></div></details>\n");
}

static bool put_figure(struct page *page, const struct figure *g, size_t number, struct err *err)
{
    html_put(page, "<figure id=\"figure-%zu\">\n", number);
    if (g->sheet != NULL && !html_svg(page, g->sheet, number, err))
        return false;
    html_put(page, "<figcaption>");
    html_escaped(page, g->chart->doc);
    if (g->sheet == NULL) {
        html_put(page, " Not drawn: ");
        html_escaped(page, g->why);
    }
    html_put(page, "</figcaption>\n");
    if (g->sheet != NULL)
        put_numbers(page, g->sheet);
    html_put(page, "</figure>\n");
    return true;
}

static void put_head(struct page *page)
{
    const struct load *l = page->load;
    html_put(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
              "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/>\n<title>");
    for (size_t i = 0; i < l->n; i++) {
        html_put(page, "%s", i == 0 ? "" : " and ");
        html_escaped(page, l->run[i].name);
    }
    html_put(page, " · afterbay</title>\n<style>\n");
    bytes_text(&page->out, style);
    html_put(page, "</style>\n</head>\n<body>\n<h1>");
    for (size_t i = 0; i < l->n; i++) {
        html_put(page, "%s", i == 0 ? "" : " and ");
        html_escaped(page, l->run[i].name);
    }
    html_put(page, "</h1>\n<p class=\"lede\">");
    for (size_t i = 0; i < l->n; i++) {
        html_put(page, "%s", i == 0 ? "" : "<br/>");
        html_escaped(page, l->run[i].q->title);
    }
    html_put(page, "</p>\n");
}

static void put_findings(struct page *page, const struct figures *f)
{
    html_put(page, "<ul class=\"findings\">\n");
    for (size_t i = 0; i < f->n; i++) {
        if (f->figure[i].sheet == NULL)
            continue;
        html_put(page, "<li><a href=\"#figure-%zu\">", i + 1);
        html_escaped(page, sheet_title(f->figure[i].sheet));
        html_put(page, "</a></li>\n");
    }
    html_put(page, "</ul>\n");
}

/* With several points a run has no one number of a metric. */
static bool one_point_each(const struct page *page)
{
    for (size_t i = 0; i < page->n_run; i++)
        if (page->points[i].n > 1)
            return false;
    return true;
}

static bool put_page(struct page *page, const struct figures *f, struct err *err)
{
    put_head(page);
    put_findings(page, f);
    bool ok = html_points(page, err);
    if (ok && one_point_each(page)) {
        html_put(page, "<h2>In numbers</h2>\n<div class=\"scroll\">");
        ok = html_headlines(page, err);
        html_put(page, "</div>\n");
    }
    html_put(page, "<h2>In pictures</h2>\n");
    for (size_t i = 0; ok && i < f->n; i++)
        ok = put_figure(page, &f->figure[i], i + 1, err);
    ok = ok && html_runs(page, err);
    html_put(page, "<h2>All numbers</h2>\n");
    for (size_t i = 0; ok && i < page->n_run; i++)
        ok = html_metrics(page, i, err);
    html_put(page, "</body>\n</html>\n");
    return ok && (!page->out.failed || err_set(err, ERR_OS, "memory is short for this report"));
}

static bool points_load(struct page *page, struct err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < page->n_run; i++)
        ok = query_points(page->query, page->run[i], &page->points[i].item, &page->points[i].n, err);
    return ok;
}

bool report_html(struct query *query, const int64_t *run, size_t n_run, const char *path, struct err *err)
{
    struct load load;
    struct figures f = {.n = 0};
    const struct chart_request request = {.query = query, .run = run, .n_run = n_run};
    if (!load_open(&load, &request, err))
        return false;
    struct page page = {.query = query, .load = &load, .run = run, .n_run = n_run};
    bool ok = points_load(&page, err) && add_figures(&f, &page, err) && put_page(&page, &f, err) && file_write(path, page.out.data, page.out.n, err);
    for (size_t i = 0; i < f.n; i++)
        sheet_free(f.figure[i].sheet);
    for (size_t i = 0; i < n_run; i++)
        query_points_free(page.points[i].item, page.points[i].n);
    bytes_free(&page.out);
    load_close(&load);
    return ok;
}
