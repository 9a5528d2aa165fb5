/* From a database to files: every chart in every format, the same bytes each time, Hangul included; refusals that name what
 * there is; the report as one page that needs nothing beside it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "canvas.h"
#include "canvas_text.h"
#include "charts.h"
#include "check.h"
#include "fixture_store.h"
#include "html.h"
#include "made_up_store.h"
#include "mem.h"
#include "sheet_check.h"
#include "text.h"

static struct query *query;
static const int64_t both[] = {1, 2};

static int open_database(void **state)
{
    struct err err = {0};
    (void)state;
    fixture_clean();
    const char *path = fixture_path("made-up.db");
    made_up_store(path, 12);
    return query_open(&query, path, &err) ? 0 : -1;
}

static int close_database(void **state)
{
    (void)state;
    query_close(query);
    fixture_clean();
    return 0;
}

/* The comparison has no topic, nobody who feeds several queues, no stream, no group: charts that test_charts_study.c,
 * test_fanout_store.c, test_stream_store.c and test_scaling_store.c draw. */
static bool is_elsewhere(const struct chart *c)
{
    static const char *const others[] = {"deliveries", "gap", "shards", "genealogy", "lag", "capacity", "policies", "cost", "concurrency", "alarms"};
    bool found = c->of_points;
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        found |= strcmp(c->name, others[i]) == 0;
    return found;
}

/* The chart of the comparison's runs, or of the decoupled one when it shows one. */
static struct sheet *drawn(const char *name)
{
    const struct chart *c = chart_find(name);
    struct chart_request r = {.query = query, .run = both, .n_run = 2};
    struct err err = {0};
    struct sheet *s;
    assert_non_null(c);
    if (c->max_runs == 1) {
        r.run = both + 1;
        r.n_run = 1;
    }
    if (!c->layout(&r, &s, &err))
        fail_msg("%s: %s", name, err.text);
    return s;
}

static char *slurp(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *text = malloc(1 << 23);
    *n = fread(text, 1, (1 << 23) - 1, f);
    text[*n] = 0;
    fclose(f);
    return text;
}

static bool have(const char *tool)
{
    char command[100];
    snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", tool);
    return system(command) == 0;
}

/* Runs a shell command with the path in place of %s; its exit code must be 0. */
static void expect_ok(const char *format, const char *path)
{
    char command[2000];
    snprintf(command, sizeof(command), format, path);
    if (system(command) != 0)
        fail_msg("%s", command);
}

static void charts_from_the_database_obey_the_rules(void **state)
{
    char why[500];
    (void)state;
    for (size_t i = 0; i < n_charts; i++) {
        if (is_elsewhere(&charts[i]))
            continue;
        struct sheet *s = drawn(charts[i].name);
        if (!sheet_check(s, why, sizeof(why)))
            fail_msg("%s: %s", charts[i].name, why);
        sheet_free(s);
    }
    assert_null(chart_find("no such chart"));
}

/* 500/s for 600 s against 150/s leave 210,000 waiting at 1 h 10 min, the last of which waits 1,400 s: the made-up data
 * follow these fluid formulas up to their noise of a per mille. (Their minutes carry the value at the minute's end, so the
 * peak stands in the minute from 1 h 9 min on.) */
static void findings_agree_with_the_fluid_formulas(void **state)
{
    (void)state;
    struct sheet *s = drawn("depth");
    assert_non_null(sheet_find(s, "mean 210,000 at 1 h 9 min")); /* the title has the most of any replication */
    assert_non_null(strstr(sheet_title(s), "messages at 1 h 9 min, drained by 2 h 19 min"));
    assert_non_null(sheet_find(s, "run decoupled, “주문 접수")); /* the scenario's own title */
    assert_non_null(sheet_find(s, "Always zero: delayed, queue.orders-dlq"));
    assert_non_null(sheet_find(s, "database.orders down, 5 min"));
    sheet_free(s);
    s = drawn("cumulative");
    assert_non_null(strstr(sheet_title(s), "coupled ends 240,000 requests short"));
    assert_non_null(strstr(sheet_title(s), "decoupled is 210,000 behind at 1 h 10 min"));
    sheet_free(s);
    s = drawn("age");
    assert_non_null(strstr(sheet_title(s), "is 23.3 min old at 1 h 9 min"));
    sheet_free(s);
    s = drawn("fates"); /* 240,000 of 1,680,000 */
    assert_non_null(strstr(sheet_title(s), "lost 14.3 % → 0 %"));
    sheet_free(s);
}

static void formats_are_what_they_say(void **state)
{
    static const char *const magic[] = {[CHART_PNG] = "\x89PNG\r\n", [CHART_SVG] = "<?xml", [CHART_PDF] = "%PDF-"};
    static const char *const ending[] = {[CHART_PNG] = "png", [CHART_SVG] = "svg", [CHART_PDF] = "pdf"};
    (void)state;
    for (size_t i = 0; i < n_charts; i++) {
        if (is_elsewhere(&charts[i]))
            continue;
        struct sheet *s = drawn(charts[i].name);
        for (int f = CHART_PNG; f <= CHART_PDF; f++) {
            char name[80];
            enum chart_format format;
            struct err err = {0};
            struct bytes again = {0};
            size_t n;
            snprintf(name, sizeof(name), "%s.%s", charts[i].name, ending[f]);
            const char *path = fixture_path(name);
            assert_true(chart_format_of(path, &format));
            if (!chart_write(s, path, format, &err) || !canvas_draw(s, format, &again, &err))
                fail_msg("%s", err.text);
            char *text = slurp(path, &n);
            assert_memory_equal(text, magic[f], strlen(magic[f]));
            assert_int_equal(n, again.n); /* drawn twice: the same bytes */
            assert_memory_equal(text, again.data, n);
            free(text);
            bytes_free(&again);
            if (f == CHART_SVG && have("rsvg-convert"))
                expect_ok("rsvg-convert '%s' >/dev/null", path);
            if (f == CHART_SVG && have("xmllint"))
                expect_ok("xmllint --noout '%s'", path);
            if (f == CHART_PDF && have("pdftotext"))
                expect_ok("pdftotext '%s' - | grep -q replications", path);
        }
        sheet_free(s);
    }
}

static void png_is_drawn_at_twice_the_size(void **state)
{
    struct sheet *s = drawn("latency");
    struct bytes png = {0};
    struct err err = {0};
    (void)state;
    assert_true(canvas_draw(s, CHART_PNG, &png, &err));
    const unsigned char *head = (const unsigned char *)png.data + 16; /* IHDR: width, height, big-endian */
    assert_int_equal(head[0] << 24 | head[1] << 16 | head[2] << 8 | head[3], 2 * (int)s->width);
    assert_int_equal(head[4] << 24 | head[5] << 16 | head[6] << 8 | head[7], 2 * (int)s->height);
    bytes_free(&png);
    sheet_free(s);
}

static void endings_choose_the_format(void **state)
{
    enum chart_format f;
    (void)state;
    assert_true(chart_format_of("a/b.c.svg", &f) && f == CHART_SVG);
    assert_true(chart_format_of("x.pdf", &f) && f == CHART_PDF);
    assert_false(chart_format_of("x.jpg", &f));
    assert_false(chart_format_of("png", &f));
    assert_false(chart_format_of(".png", &f));
    assert_false(chart_format_of("", &f));
}

static struct sheet *words(const char *text)
{
    struct sheet *s = sheet_open(300, 60);
    sheet_title_set(s, "a < b & \"c\"");
    sheet_alt_set(s, "d > e");
    sheet_text(s, 10, 30, text, (struct type){.size = 12, .rgb = 0});
    return s;
}

static void svg_carries_title_and_description(void **state)
{
    struct sheet *s = words("plain");
    struct err err = {0};
    char *svg;
    size_t n;
    (void)state;
    assert_true(chart_svg(s, &svg, &n, &err));
    assert_int_equal(strlen(svg), n);
    assert_non_null(strstr(svg, "<title id=\"title\">a &lt; b &amp; &quot;c&quot;</title>"));
    assert_non_null(strstr(svg, "<desc id=\"desc\">d &gt; e</desc>"));
    assert_non_null(strstr(svg, "role=\"img\""));
    mem_release(svg);
    sheet_free(s);
}

/* Hangul is drawn with real glyphs; a character that no font has is told with the package that helps. */
static void missing_glyphs_are_told(void **state)
{
    struct sheet *s = words("주문 대기열: 21만 건");
    struct bytes out = {0};
    struct err err = {0};
    (void)state;
    if (!canvas_draw(s, CHART_PNG, &out, &err))
        fail_msg("%s", err.text);
    bytes_free(&out);
    sheet_free(s);
    s = words("\xF4\x8F\xBF\xBD"); /* U+10FFFD: private use, in no font */
    assert_false(canvas_draw(s, CHART_PNG, &out, &err));
    assert_int_equal(err.class, ERR_UNAVAILABLE);
    assert_non_null(strstr(err.text, "fonts-nanum"));
    bytes_free(&out);
    sheet_free(s);
}

/* The family that a description finds; "" when there is none. */
static void family_of(PangoLayout *layout, const PangoFontDescription *font, char *out, size_t size)
{
    PangoFont *found = pango_context_load_font(pango_layout_get_context(layout), font);
    out[0] = 0;
    if (found == NULL)
        return;
    PangoFontDescription *d = pango_font_describe(found);
    snprintf(out, size, "%s", pango_font_description_get_family(d));
    pango_font_description_free(d);
    g_object_unref(found);
}

/* Layouts know widths from a table alone: it must not fall short of the font that it stands for. */
static void estimated_widths_do_not_fall_short(void **state)
{
    static const char *const text[] = {
        "queue.orders: backlog peaks at 210,000 messages at 1 h 10 min, drained by 2 h 20 min",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "0123456789 !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~",
        "a → b · c − d ± 5 … µs ∞", "주문 대기열 대한민국", "WWWWWWWWWW", "iiiiiiiiii"};
    char family[100];
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 8, 8);
    cairo_t *cr = cairo_create(surface);
    PangoLayout *layout = canvas_text_open(cr);
    PangoFontDescription *font = pango_font_description_from_string("NanumBarunGothic");
    (void)state;
    pango_font_description_set_absolute_size(font, 100 * PANGO_SCALE);
    family_of(layout, font, family, sizeof(family));
    pango_layout_set_font_description(layout, font);
    for (size_t i = 0; strcmp(family, "NanumBarunGothic") == 0 && i < ARRAY_LEN(text); i++) {
        PangoRectangle r;
        pango_layout_set_text(layout, text[i], -1);
        pango_layout_get_extents(layout, NULL, &r);
        double real = (double)r.width / PANGO_SCALE, estimate = text_width(text[i], 100);
        if (estimate < real || estimate > real * 1.25)
            fail_msg("'%s' is %.1f wide, estimated %.1f", text[i], real, estimate);
    }
    pango_font_description_free(font);
    g_object_unref(layout);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
}

static void outputs_that_cannot_be_written_are_told(void **state)
{
    struct sheet *s = words("plain");
    struct err err = {0};
    struct stat st;
    (void)state;
    assert_false(chart_write(s, "/nonexistent/folder/x.png", CHART_PNG, &err));
    assert_int_equal(err.class, ERR_CANTCREAT);
    err = (struct err){0};
    assert_false(chart_write(s, "/tmp", CHART_PNG, &err));
    assert_int_equal(err.class, ERR_CANTCREAT);
    if (access("/dev/full", W_OK) == 0) {
        err = (struct err){0};
        assert_false(chart_write(s, "/dev/full", CHART_SVG, &err));
        assert_int_equal(err.class, ERR_IO);
        assert_true(stat("/dev/full", &st) == 0 && S_ISCHR(st.st_mode)); /* not replaced by a file */
    }
    sheet_free(s);
}

/* A file that is there is replaced as a whole, and nothing is left beside it. */
static void files_are_replaced_whole(void **state)
{
    struct sheet *s = words("plain");
    struct err err = {0};
    char part[900];
    const char *path = fixture_path("twice.svg");
    (void)state;
    assert_true(file_write(path, "old", 3, &err));
    assert_true(chart_write(s, path, CHART_SVG, &err));
    size_t n;
    char *text = slurp(path, &n);
    assert_memory_equal(text, "<?xml", 5);
    free(text);
    snprintf(part, sizeof(part), "%s.0.part", path);
    assert_int_equal(access(part, F_OK), -1);
    sheet_free(s);
}

static void expect_refusal(const char *chart, struct chart_request r, enum err_class class, const char *part)
{
    struct err err = {0};
    struct sheet *s;
    r.query = query;
    assert_false(chart_find(chart)->layout(&r, &s, &err));
    assert_int_equal(err.class, class);
    if (strstr(err.text, part) == NULL)
        fail_msg("'%s' does not say '%s'", err.text, part);
}

static void refusals_name_what_there_is(void **state)
{
    static const int64_t gone[] = {7};
    (void)state;
    expect_refusal("depth", (struct chart_request){.run = both, .n_run = 1}, ERR_DATA, "coupled has no queue");
    expect_refusal("depth", (struct chart_request){.run = both + 1, .n_run = 1, .entity = "queue.order"}, ERR_DATA,
                   "its queues: queue.orders, queue.orders-dlq");
    expect_refusal("fates", (struct chart_request){.run = gone, .n_run = 1}, ERR_DATA, "no run 7");
    expect_refusal("difference", (struct chart_request){.run = both, .n_run = 1}, ERR_USAGE, "two runs");
    expect_refusal("difference", (struct chart_request){.run = both, .n_run = 2, .metric = "latncy.p99.9"}, ERR_DATA,
                   "did you mean 'latency'");
    expect_refusal("latency", (struct chart_request){.run = both, .n_run = 0}, ERR_USAGE, "1 to 8");
}

static void metrics_are_found_by_any_of_their_names(void **state)
{
    static const char *const metric[] = {"lost", "latency.p99", "latency", "latency.p99.9", "offered.rate", "done"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(metric); i++) {
        struct chart_request r = {.query = query, .run = both, .n_run = 2, .metric = metric[i]};
        struct err err = {0};
        struct sheet *s;
        if (!chart_find("difference")->layout(&r, &s, &err))
            fail_msg("%s: %s", metric[i], err.text);
        sheet_free(s);
    }
    struct sheet *s;
    struct err err = {0};
    static const int64_t twice[] = {2, 2};
    struct chart_request r = {.query = query, .run = twice, .n_run = 2,
                              .metric = "queue.orders.ApproximateNumberOfMessagesVisible.max"};
    if (!chart_find("difference")->layout(&r, &s, &err))
        fail_msg("%s", err.text);
    assert_non_null(strstr(sheet_title(s), "decoupled (run 2)"));
    assert_non_null(strstr(sheet_title(s), "is the same"));
    sheet_free(s);
}

/* --- the report --- */

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, part)) != NULL; p += strlen(part))
        n++;
    return n;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every id once, every reference to one that is there. */
static void expect_ids_unique(const char *html)
{
    static char *id[20000];
    size_t n = 0;
    for (const char *p = html; (p = strstr(p, " id=\"")) != NULL && n < ARRAY_LEN(id);) {
        p += 5;
        id[n++] = strndup(p, strcspn(p, "\""));
    }
    assert_true(n > 100 && n < ARRAY_LEN(id));
    qsort(id, n, sizeof(*id), by_text);
    for (size_t i = 1; i < n; i++)
        if (strcmp(id[i - 1], id[i]) == 0)
            fail_msg("id '%s' is there twice", id[i]);
    for (const char *p = html; (p = strstr(p, "href=\"#")) != NULL;) {
        p += 7;
        char *name = strndup(p, strcspn(p, "\""));
        if (bsearch(&name, id, n, sizeof(*id), by_text) == NULL)
            fail_msg("'%s' points nowhere", name);
        free(name);
    }
    for (size_t i = 0; i < n; i++)
        free(id[i]);
}

static void expect_self_contained(const char *html)
{
    static const char *const foreign[] = {"<script", "<link", "<img", "src=", "@import", "url(http", "url(\"", "<iframe", "onload"};
    for (size_t i = 0; i < ARRAY_LEN(foreign); i++)
        if (strstr(html, foreign[i]) != NULL)
            fail_msg("the page has %s", foreign[i]);
    assert_int_equal(count(html, "http"), 0);
}

static void the_report_is_one_page(void **state)
{
    struct err err = {0};
    size_t n, m;
    const char *path = fixture_path("report.html");
    (void)state;
    if (!report_html(query, both, 2, path, &err))
        fail_msg("%s", err.text);
    char *html = slurp(path, &n);
    assert_memory_equal(html, "<!DOCTYPE html>", 15);
    expect_self_contained(html);
    expect_ids_unique(html);
    assert_int_equal(count(html, "<svg "), 7);
    assert_int_equal(count(html, "The numbers of this chart"), 7);
    assert_non_null(strstr(html, "<td>done in time</td>"));
    assert_non_null(strstr(html, "<td class=\"better\">better</td>"));
    assert_non_null(strstr(html, "주문 접수"));
    assert_non_null(strstr(html, "afterbay compare scenarios/order-intake/coupled.cfg scenarios/order-intake/decoupled.cfg -r 12 --seed 1"
                                 " --set 'queue.orders.name='\\''a b'\\''' -o results.db"));
    assert_non_null(strstr(html, "&lt;order&gt;.cfg, as read for decoupled"));
    assert_non_null(strstr(html, "# a &lt; b &amp;&amp; c"));
    if (have("xmllint"))
        expect_ok("xmllint --noout '%s'", path);
    assert_true(report_html(query, both, 2, path, &err));
    char *again = slurp(path, &m);
    assert_int_equal(n, m);
    assert_memory_equal(html, again, n);
    free(html);
    free(again);
}

static void the_report_of_one_run_compares_nothing(void **state)
{
    struct err err = {0};
    size_t n;
    const char *path = fixture_path("one.html");
    (void)state;
    if (!report_html(query, both, 1, path, &err))
        fail_msg("%s", err.text);
    char *html = slurp(path, &n);
    assert_int_equal(count(html, "<svg "), 3); /* no queue, nothing to compare */
    assert_null(strstr(html, "verdict"));
    assert_non_null(strstr(html, "afterbay run scenarios/order-intake/coupled.cfg -r 12 --seed 1"));
    free(html);
    assert_false(report_html(query, both, 2, "/nonexistent/x.html", &err));
    assert_int_equal(err.class, ERR_CANTCREAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charts_from_the_database_obey_the_rules),
        cmocka_unit_test(findings_agree_with_the_fluid_formulas),
        cmocka_unit_test(formats_are_what_they_say),
        cmocka_unit_test(png_is_drawn_at_twice_the_size),
        cmocka_unit_test(endings_choose_the_format),
        cmocka_unit_test(svg_carries_title_and_description),
        cmocka_unit_test(missing_glyphs_are_told),
        cmocka_unit_test(estimated_widths_do_not_fall_short),
        cmocka_unit_test(outputs_that_cannot_be_written_are_told),
        cmocka_unit_test(files_are_replaced_whole),
        cmocka_unit_test(refusals_name_what_there_is),
        cmocka_unit_test(metrics_are_found_by_any_of_their_names),
        cmocka_unit_test(the_report_is_one_page),
        cmocka_unit_test(the_report_of_one_run_compares_nothing),
    };
    return cmocka_run_group_tests(tests, open_database, close_database);
}
