/* The charts of streams from a database: series as a run stores them, small enough to be worked out on paper. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "charts.h"
#include "check.h"
#include "fixture_store.h"
#include "html.h"
#include "mem.h"
#include "sheet_check.h"
#include "store.h"
#include "written.h"

#define N_REPLICATION 2
#define BUCKETS       4 /* of 10 s */

struct given {
    const char   *entity, *name;
    enum obs_kind kind;
    double        value[BUCKETS]; /* of both replications; of a level: its mean in each bucket; of a tally: its median, s */
    int64_t       most;           /* of a level */
};

/* Shard 0 holds the lower half of the keys and is split at 15 s, in the middle of the second bucket; shard 4 was set aside
 * and never came to be. The report's consumer stops for 20 s. */
static const char text[] =
    "consumer = {\n  live = {\n    source = \"stream.clicks\";\n  };\n  report = {\n    source = \"stream.clicks\";\n  };\n  other = {\n    source = \"stream.orders\";\n  };\n};\n"
    "destination = {\n  lake = {\n  };\n  search = {\n    type = \"opensearch\";\n  };\n};\n"
    "firehose = {\n  archive = {\n    buffer_interval = \"60s\";\n    buffer_size = \"5MiB\";\n    destination = \"destination.lake\";\n    transform = {\n      interval = \"7s\";\n    };\n  };\n"
    "  parquet = {\n    conversion = {\n    };\n    destination = \"destination.lake\";\n  };\n  plain = {\n    destination = \"destination.lake\";\n  };\n  search = {\n    destination = \"destination.search\";\n  };\n};\n"
    "stream = {\n  clicks = {\n    actions = ( {\n      at = \"15s\";\n      retention = \"48h\";\n      split = 0;\n    } );\n    retention = \"24h\";\n    shards = 2;\n  };\n  orders = {\n  };\n};\n";
static const struct given stream[] = {
    {"", "in_time", OBS_COUNTER, {10, 0, 0, 0}, 0},
    {"consumer.live", "iterator_age", OBS_LEVEL, {1e9, 1e9, 1e9, 1e9}, 1500000000},
    {"consumer.live", "lag", OBS_LEVEL, {5, 5, 5, 5}, 0},
    {"consumer.live[0]", "iterator_age", OBS_LEVEL, {9e9, 9e9, 9e9, 9e9}, 0},
    {"consumer.other", "iterator_age", OBS_LEVEL, {0, 0, 0, 0}, 0},
    {"consumer.report", "iterator_age", OBS_LEVEL, {0, 10e9, 20e9, 0}, 24000000000},
    {"firehose.archive", "delay", OBS_TALLY, {30, 0, 0, 0}, 0},
    {"firehose.parquet", "delay", OBS_TALLY, {60, 0, 0, 0}, 0},
    {"firehose.plain", "delay", OBS_TALLY, {150, 0, 0, 0}, 0},
    {"firehose.search", "delay", OBS_TALLY, {20, 0, 0, 0}, 0},
    {"stream.clicks", "records", OBS_COUNTER, {10000, 10000, 10000, 10000}, 0},
    {"stream.clicks", "splits", OBS_COUNTER, {0, 1, 0, 0}, 0},
    {"stream.clicks", "merges", OBS_COUNTER, {0, 0, 0, 0}, 0},
    {"stream.clicks", "unwatched_shards", OBS_COUNTER, {0, 0, 3, 0}, 0},
    {"stream.clicks[0]", "records", OBS_COUNTER, {9000, 4500, 0, 0}, 0},
    {"stream.clicks[0]", "bytes", OBS_COUNTER, {9000, 4500, 0, 0}, 0},
    {"stream.clicks[0]", "throttled", OBS_COUNTER, {100, 50, 0, 0}, 0},
    {"stream.clicks[0]", "open", OBS_LEVEL, {1, 0.5, 0, 0}, 1},
    {"stream.clicks[0]", "first_key", OBS_LEVEL, {0, 0, 0, 0}, 0},
    {"stream.clicks[0]", "last_key", OBS_LEVEL, {5e8, 2.5e8, 0, 0}, 500000000},
    {"stream.clicks[1]", "records", OBS_COUNTER, {1000, 1000, 1000, 1000}, 0},
    {"stream.clicks[1]", "open", OBS_LEVEL, {1, 1, 1, 1}, 1},
    {"stream.clicks[1]", "first_key", OBS_LEVEL, {5e8, 5e8, 5e8, 5e8}, 500000000},
    {"stream.clicks[1]", "last_key", OBS_LEVEL, {1e9, 1e9, 1e9, 1e9}, 1000000000},
    {"stream.clicks[2]", "records", OBS_COUNTER, {0, 2250, 4500, 4500}, 0},
    {"stream.clicks[2]", "open", OBS_LEVEL, {0, 0.5, 1, 1}, 1},
    {"stream.clicks[2]", "first_key", OBS_LEVEL, {0, 0, 0, 0}, 0},
    {"stream.clicks[2]", "last_key", OBS_LEVEL, {0, 1.25e8, 2.5e8, 2.5e8}, 250000000},
    {"stream.clicks[3]", "records", OBS_COUNTER, {0, 2250, 4500, 4500}, 0},
    {"stream.clicks[3]", "open", OBS_LEVEL, {0, 0.5, 1, 1}, 1},
    {"stream.clicks[3]", "first_key", OBS_LEVEL, {0, 1.25e8, 2.5e8, 2.5e8}, 250000000},
    {"stream.clicks[3]", "last_key", OBS_LEVEL, {0, 2.5e8, 5e8, 5e8}, 500000000},
    {"stream.clicks[4]", "records", OBS_COUNTER, {0, 0, 0, 0}, 0},
    {"stream.clicks[4]", "open", OBS_LEVEL, {0, 0, 0, 0}, 0},
    {"stream.orders", "records", OBS_COUNTER, {1, 1, 1, 1}, 0},
};
/* Run 2 has nothing of all that. */
static const struct given plain[] = {{"", "in_time", OBS_COUNTER, {10, 0, 0, 0}, 0}, {"queue.a", "depth", OBS_LEVEL, {1, 1, 1, 1}, 1}};

/* One record with a half, one with all, one with one and a half of it: the middle one is the median. */
static void add_delays(struct metric_value *m, double seconds)
{
    m->hist = mem_get(sizeof(*m->hist));
    assert_non_null(m->hist);
    hist_init(m->hist);
    for (int half = 1; half <= 3; half++)
        hist_add(m->hist, (int64_t)(seconds * half * 5e8));
}

static struct result *result_of(const struct given *given, size_t n)
{
    struct result *r = result_new((uint32_t)n, 0);
    assert_non_null(r);
    r->observed = 40 * SIM_S;
    for (size_t i = 0; i < n; i++) {
        struct metric_value *m = &r->metric[i];
        double sum = 0;
        *m = (struct metric_value){.mean = NAN, .sd = NAN, .min = NAN, .max = NAN, .last = NAN, .sum = NAN};
        assert_true(series_open(&m->series, given[i].kind, BUCKETS, 10 * SIM_S));
        for (int b = 0; b < BUCKETS; b++) {
            bool level = given[i].kind == OBS_LEVEL;
            m->series->sum[b] = (int128)(given[i].value[b] * (level ? 10e9 : 1));
            if (level)
                m->series->max[b] = given[i].value[b] > 0 ? given[i].most : 0;
            sum += given[i].value[b];
        }
        if (given[i].kind == OBS_TALLY)
            add_delays(m, given[i].value[0]);
        m->sum = sum;
        m->n = (uint64_t)sum;
        m->last = m->mean = given[i].value[BUCKETS - 1];
    }
    return r;
}

static void add_run(struct store *s, const char *name, const char *canonical, const struct given *given, size_t n)
{
    static const struct store_fault fault = {"consumer.report", "down", 10 * SIM_S, 30 * SIM_S};
    struct metric_id id[40];
    struct err err = {0};
    int64_t run;
    for (size_t i = 0; i < n; i++)
        id[i] = (struct metric_id){given[i].entity, given[i].name, NULL, "", given[i].kind, UNIT_ONE, false};
    const struct store_run r = {.command = "run", .title = "", .scenario = name, .canonical = canonical, .version = "1", .quotas = "aws-2026",
                                .seed = 1, .duration_ns = 40 * SIM_S, .deadline_ns = -1, .replications = N_REPLICATION,
                                .metric = id, .n_metric = n, .fault = &fault, .n_fault = 1};
    bool ok = store_begin(s, &r, &run, &err) && store_point(s, 0, NULL, 0, &err);
    for (size_t k = 0; ok && k < N_REPLICATION; k++) {
        struct result *result = result_of(given, n);
        ok = store_result(s, 0, (uint32_t)k, result, &err);
        result_free(result);
    }
    if (!ok || !store_commit(s, &err))
        fail_msg("%s", err.text);
}

/* Run 3: ten points of a sweep over the interval; delays of half of each. */
#define POINTS 10

static void add_sweep(struct store *s)
{
    static const struct metric_id id = {"firehose.archive", "delay", NULL, "", OBS_TALLY, UNIT_NS, false};
    const struct store_run r = {.command = "sweep", .title = "", .scenario = "buffers.cfg", .canonical = text, .version = "1", .quotas = "aws-2026",
                                .seed = 1, .duration_ns = 40 * SIM_S, .deadline_ns = -1, .replications = 1, .metric = &id, .n_metric = 1};
    struct err err = {0};
    int64_t run;
    bool ok = store_begin(s, &r, &run, &err);
    for (uint32_t p = 0; ok && p < POINTS; p++) {
        char value[20];
        snprintf(value, sizeof(value), "%us", 60 * (p + 1));
        const struct store_setting setting = {"firehose.archive.buffer_interval", value};
        const struct given given = {"firehose.archive", "delay", OBS_TALLY, {30 * (p + 1), 0, 0, 0}, 0};
        struct result *result = result_of(&given, 1);
        ok = store_point(s, p, &setting, 1, &err) && store_result(s, p, 0, result, &err);
        result_free(result);
    }
    if (!ok || !store_commit(s, &err))
        fail_msg("%s", err.text);
}

static struct query *query;
static const int64_t stream_run[] = {1}, plain_run[] = {2};

static int open_database(void **state)
{
    struct err err = {0};
    struct store *s;
    (void)state;
    fixture_clean();
    const char *path = fixture_path("streams.db");
    if (!store_open(&s, path, &err))
        return -1;
    add_run(s, "clicks.cfg", text, stream, ARRAY_LEN(stream));
    add_run(s, "plain.cfg", "", plain, ARRAY_LEN(plain));
    add_sweep(s);
    store_close(s);
    return query_open(&query, path, &err) ? 0 : -1;
}

static int close_database(void **state)
{
    (void)state;
    query_close(query);
    fixture_clean();
    return 0;
}

static struct sheet *drawn(const char *name, const char *entity)
{
    const struct chart_request r = {.query = query, .run = stream_run, .n_run = 1, .entity = entity};
    struct err err = {0};
    struct sheet *s;
    char why[500];
    if (!chart_find(name)->layout(&r, &s, &err))
        fail_msg("%s: %s", name, err.text);
    if (!sheet_check(s, why, sizeof(why)))
        fail_msg("%s: %s", name, why);
    return s;
}

/* The cell in that column of the row that begins so. */
static const char *cell(const struct sheet *s, const char *row, size_t column)
{
    size_t n_row, n_col;
    const char *const *at = sheet_table(s, &n_row, &n_col);
    for (size_t i = 1; i <= n_row; i++)
        if (strcmp(at[i * n_col], row) == 0)
            return at[i * n_col + column];
    return "";
}

static void shards_are_those_that_were_open(void **state)
{
    size_t n_row, n_col;
    (void)state;
    struct sheet *s = drawn("shards", NULL);
    /* 13,500 records in 15 s: 900 a second; 150 of 40,150 refused, all there */
    assert_string_equal(sheet_title(s), "stream.clicks, 4 of its 7 shards: of 4 shards that come and go, shard 0 is the fullest, 90.0 % of its limit while it is open; 0.4 % of "
                                        "writes are throttled, 100 % of them in shard 0");
    sheet_table(s, &n_row, &n_col);
    assert_int_equal(n_row, 4);
    assert_string_equal(cell(s, "2", 1), "11,250");
    assert_string_equal(cell(s, "2", 4), "25 s");
    assert_string_equal(cell(s, "1", 5), "10.0 %");
    assert_non_null(sheet_find(s, "+3 shards beyond watched_shards"));
    assert_non_null(sheet_find(s, "consumer.report down"));
    sheet_free(s);
}

/* When a shard opens and closes is read off the means of a level of 0 and 1. */
static void splits_are_timed_within_a_bucket(void **state)
{
    (void)state;
    struct sheet *s = drawn("genealogy", "stream.clicks");
    assert_string_equal(sheet_title(s), "stream.clicks: of 7 shards the first 4 are known, of which 2 are open at the start and 3 at the end");
    assert_string_equal(cell(s, "0", 4), "15 s");
    assert_string_equal(cell(s, "0", 5), "split");
    assert_string_equal(cell(s, "2", 3), "15 s");
    assert_string_equal(cell(s, "3", 1), "25.0 %");
    assert_string_equal(cell(s, "3", 2), "50.0 %");
    assert_string_equal(cell(s, "3", 6), "45.0 %"); /* 11,250 in 25 s */
    assert_string_equal(cell(s, "1", 4), "never");
    assert_non_null(sheet_find(s, "the first of 2 replications"));
    sheet_free(s);
}

static void consumers_of_one_stream_stand_together(void **state)
{
    size_t n_row, n_col;
    (void)state;
    struct sheet *s = drawn("lag", NULL);
    assert_string_equal(sheet_title(s), "stream.clicks: of 2 consumers consumer.report falls furthest behind, 24 s (at 15 s, 0.03 % of the retention), "
                                        "caught up by 30 s");
    sheet_table(s, &n_row, &n_col);
    assert_int_equal(n_row, 2);
    assert_string_equal(cell(s, "consumer.live", 6), "5");
    assert_string_equal(cell(s, "consumer.report", 6), "none");
    sheet_free(s);
    s = drawn("lag", "consumer.live");
    assert_string_equal(sheet_title(s), "stream.clicks: consumer.live is never more than 1.50 s behind");
    sheet_free(s);
    s = drawn("lag", "stream.orders");
    assert_string_equal(sheet_title(s), "stream.orders: consumer.other is never more than 0 s behind");
    sheet_free(s);
}

/* The interval of a buffer for S3 is 300 s when it is not set; what others wait by default is not known here. */
static void delays_stand_beside_their_buffers(void **state)
{
    size_t n_row, n_col;
    (void)state;
    struct sheet *s = drawn("delay", NULL);
    sheet_table(s, &n_row, &n_col);
    assert_int_equal(n_row, 4);
    assert_string_equal(cell(s, "firehose.archive", 1), "60 s or 5 MiB");
    assert_string_equal(cell(s, "firehose.plain", 1), "5 min or 5 MiB");
    assert_string_equal(cell(s, "firehose.parquet", 1), "5 min");
    assert_string_equal(cell(s, "firehose.search", 1), "not known");
    assert_string_equal(cell(s, "firehose.archive", 2), "6"); /* both replications */
    assert_non_null(strstr(sheet_title(s), "or 2.50 min (firehose.plain)"));
    sheet_free(s);
    s = drawn("delay", "firehose.search");
    assert_non_null(strstr(sheet_title(s), "firehose.search delivers half of its records within 20"));
    sheet_free(s);
}

/* Eight of ten points, the first and the last among them; the interval is that of the point. */
static void sweeps_have_a_curve_for_each_buffer(void **state)
{
    static const int64_t sweep[] = {3};
    const struct chart_request r = {.query = query, .run = sweep, .n_run = 1};
    struct err err = {0};
    struct sheet *s;
    size_t n_row, n_col;
    char why[500];
    (void)state;
    if (!chart_find("delay")->layout(&r, &s, &err))
        fail_msg("%s", err.text);
    assert_true(sheet_check(s, why, sizeof(why)));
    sheet_table(s, &n_row, &n_col);
    assert_int_equal(n_row, 8);
    assert_string_equal(cell(s, "buffer_interval 60s", 1), "60 s or 5 MiB");
    assert_string_equal(cell(s, "buffer_interval 600s", 1), "10 min or 5 MiB");
    assert_non_null(sheet_find(s, "+2 that are not drawn"));
    assert_non_null(strstr(sheet_title(s), "(buffer_interval 60s), or 5 min (buffer_interval 600s)"));
    sheet_free(s);
}

/* The same delivery stream in two runs: curves by the names of the runs. */
static void runs_have_a_curve_each(void **state)
{
    static const int64_t twice[] = {1, 1};
    const struct chart_request r = {.query = query, .run = twice, .n_run = 2, .entity = "firehose.archive"};
    struct err err = {0};
    struct sheet *s;
    size_t n_row, n_col;
    (void)state;
    if (!chart_find("delay")->layout(&r, &s, &err))
        fail_msg("%s", err.text);
    sheet_table(s, &n_row, &n_col);
    assert_int_equal(n_row, 2);
    assert_string_equal(cell(s, "clicks (run 1)", 1), "60 s or 5 MiB");
    sheet_free(s);
}

static void expect_refusal(const char *chart, const int64_t *run, const char *entity, const char *part)
{
    const struct chart_request r = {.query = query, .run = run, .n_run = 1, .entity = entity};
    struct err err = {0};
    struct sheet *s = NULL;
    assert_false(chart_find(chart)->layout(&r, &s, &err));
    assert_int_equal(err.class, ERR_DATA);
    if (strstr(err.text, part) == NULL)
        fail_msg("'%s' does not say '%s'", err.text, part);
}

static void refusals_name_what_there_is(void **state)
{
    (void)state;
    expect_refusal("shards", plain_run, NULL, "plain has no stream");
    expect_refusal("genealogy", plain_run, NULL, "plain has no stream");
    expect_refusal("lag", plain_run, NULL, "plain has no consumer of a stream");
    expect_refusal("delay", plain_run, NULL, "plain has no firehose");
    expect_refusal("delay", stream_run, "firehose.x", "it has: firehose.archive, firehose.parquet, firehose.plain, firehose.search");
    expect_refusal("shards", stream_run, "stream.click", "has no stream 'stream.click'; it has: stream.clicks, stream.orders");
    expect_refusal("shards", stream_run, "stream.orders", "the shards of stream.orders have no metrics of their own; set watched_shards");
    expect_refusal("lag", stream_run, "stream.x", "nobody in clicks reads 'stream.x'");
}

static void settings_are_found_where_they_stand(void **state)
{
    char value[40];
    (void)state;
    assert_true(written_in(text, "stream.clicks.retention", value, sizeof(value))); /* not that of the action */
    assert_string_equal(value, "24h");
    assert_true(written_in(text, "stream.clicks.shards", value, sizeof(value)));
    assert_string_equal(value, "2");
    assert_true(written_in(text, "firehose.archive.transform.interval", value, sizeof(value)));
    assert_string_equal(value, "7s");
    assert_false(written_in(text, "stream.clicks.actions", value, sizeof(value)));
    assert_true(written_in(text, "stream.clicks.actions", NULL, 0));
    assert_true(written_in(text, "firehose.parquet.conversion", NULL, 0));
    assert_false(written_in(text, "firehose.plain.conversion", NULL, 0));
    assert_false(written_in(text, "stream.orders.retention", value, sizeof(value)));
    assert_false(written_in(text, "stream.clicks.at", value, sizeof(value)));
    assert_true(written_in("a = { b = { c = \"x \\\" { y\"; d = true; }; };", "a.b.d", value, sizeof(value)));
    assert_string_equal(value, "true");
    static const char *const broken[] = {"", "}", "}}}}", "a = {{{{", "a = ", "a = \"", ")", "a = { b = ( { c = 1; };", "{{{{{{{{{{{{{{{{{{{{{{{{ a = 1; }}}"};
    for (size_t i = 0; i < ARRAY_LEN(broken); i++)
        assert_false(written_in(broken[i], "a.b.c", value, sizeof(value)));
}

static void formats_are_written(void **state)
{
    static const char *const name[] = {"shards", "genealogy", "lag", "delay"}, *const ending[] = {"png", "svg", "pdf"};
    (void)state;
    for (size_t c = 0; c < ARRAY_LEN(name); c++)
        for (size_t f = 0; f < ARRAY_LEN(ending); f++) {
            char file[40];
            struct err err = {0};
            struct stat st;
            enum chart_format format;
            struct sheet *s = drawn(name[c], NULL);
            snprintf(file, sizeof(file), "%s.%s", name[c], ending[f]);
            assert_true(chart_format_of(file, &format));
            const char *path = fixture_path(file);
            assert_true(chart_write(s, path, format, &err));
            assert_true(stat(path, &st) == 0 && st.st_size > 1000);
            sheet_free(s);
        }
}

static bool page_says(const char *path, const char *what)
{
    static char page[1 << 22];
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    page[fread(page, 1, sizeof(page) - 1, f)] = 0;
    fclose(f);
    return strstr(page, what) != NULL;
}

static void reports_show_what_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct err err = {0};
        const char *path = fixture_path("report.html");
        if (!report_html(query, i == 0 ? stream_run : plain_run, 1, path, &err))
            fail_msg("%s", err.text);
        assert_int_equal(page_says(path, "shards that come and go"), i == 0);
        assert_int_equal(page_says(path, "of which 2 are open at the start and 3 at the end"), i == 0);
        assert_int_equal(page_says(path, "falls furthest behind"), i == 0);
        assert_int_equal(page_says(path, "half of the records are delivered within"), i == 0);
        assert_false(page_says(path, "Not drawn: plain has no stream"));
    }
}

/* Each allocation on the way from the database to the sheet fails once. */
static void short_memory_is_survived(void **state)
{
    static const char *const name[] = {"shards", "genealogy", "lag", "delay"};
    (void)state;
    for (size_t c = 0; c < ARRAY_LEN(name); c++)
        for (long n = 1; n < 400; n += n < 60 ? 1 : 7) {
            const struct chart_request r = {.query = query, .run = stream_run, .n_run = 1};
            struct err err = {0};
            struct sheet *s = NULL;
            mem_fail_at(n);
            bool ok = chart_find(name[c])->layout(&r, &s, &err);
            bool fired = mem_count() >= n;
            mem_fail_at(0);
            assert_true(ok == !fired);
            if (ok)
                sheet_free(s);
            else
                assert_int_equal(err.class, ERR_OS);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shards_are_those_that_were_open),
        cmocka_unit_test(splits_are_timed_within_a_bucket),
        cmocka_unit_test(consumers_of_one_stream_stand_together),
        cmocka_unit_test(delays_stand_beside_their_buffers),
        cmocka_unit_test(sweeps_have_a_curve_for_each_buffer),
        cmocka_unit_test(runs_have_a_curve_each),
        cmocka_unit_test(refusals_name_what_there_is),
        cmocka_unit_test(settings_are_found_where_they_stand),
        cmocka_unit_test(formats_are_written),
        cmocka_unit_test(reports_show_what_fits),
        cmocka_unit_test(short_memory_is_survived),
    };
    return cmocka_run_group_tests(tests, open_database, close_database);
}
