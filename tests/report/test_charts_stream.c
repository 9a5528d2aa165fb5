/* The charts of streams: what they must say of shards, splits, lag and delays whose numbers are known beforehand, and that
 * every kind of data can be drawn. */
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "chart_data.h"
#include "layouts_stream.h"
#include "made_up.h"
#include "mem.h"

#define BUCKETS 360
#define WIDTH_S 10.0
#define END_S   3600.0

/* --- shards --- */

/* n shards of 400 records/s each, and one more with what a hot key brings: 1,000/s are taken, 600 more are refused in the
 * second half hour. */
struct hot {
    struct shards_row row[600];
    double            value[600][2][BUCKETS];
    char              name[600][24];
};

static struct hot *hot_stream(size_t n)
{
    struct hot *h = calloc(1, sizeof(*h));
    uint64_t state = 88172645463325252ull;
    for (size_t i = 0; i < n; i++) {
        bool hot = i == n / 2;
        snprintf(h->name[i], sizeof(h->name[i]), "%zu", i);
        for (size_t b = 0; b < BUCKETS; b++) {
            h->value[i][0][b] = hot ? 10000 : floor(4000 + 60 * made_up_normal(&state));
            h->value[i][1][b] = hot && b >= BUCKETS / 2 ? 6000 : 0;
        }
        h->row[i] = (struct shards_row){.name = h->name[i], .records = h->value[i][0], .throttled = h->value[i][1]};
    }
    return h;
}

static struct shards_data shards_of(const struct hot *h, size_t n)
{
    return (struct shards_data){.stream = "stream.clicks", .run = "hot-key", .n_replication = 1, .n = BUCKETS, .width_s = WIDTH_S, .end_s = END_S,
                                .limit_records = 1000, .limit_bytes = 1048576, .row = h->row, .n_row = n};
}

/* 10,000 of 10,000 + 9 * 4,000 in each bucket: 21.7 %; refused: 6,000 in half of the buckets, 3,000 of 49,000 on average. */
static void the_hot_shard_is_named(void **state)
{
    struct hot *h = hot_stream(10);
    struct shards_data d = shards_of(h, 10);
    struct err err = {0};
    struct sheet *s;
    size_t n_row, n_col;
    (void)state;
    assert_true(shards_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "stream.clicks: shard 5 of 10 takes 21.7 % of the records (an even share is 10.0 %); 6.1 % of writes are throttled, "
                                        "100 % of them in shard 5");
    const char *const *cell = sheet_table(s, &n_row, &n_col);
    assert_int_equal(n_row, 10);
    assert_string_equal(cell[n_col], "5"); /* the most loaded first */
    assert_string_equal(cell[n_col + 1], "3,600,000");
    assert_string_equal(cell[n_col + 3], "1,080,000");
    assert_string_equal(cell[n_col + 5], "100 %");
    judge(true, s, &err, "hot shard");
    d.unwatched = 90;
    assert_true(shards_layout(&d, 0, 0, &s, &err));
    assert_true(strncmp(sheet_title(s), "stream.clicks, 10 of its 100 shards: shard 5 of 10 takes", 56) == 0);
    sheet_free(s);
    free(h);
}

static size_t dots_of(const struct sheet *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->mark[i].kind == MARK_DOT;
    return n;
}

/* Refusals are drawn in the half in which they happened. */
static void throttles_are_dots(void **state)
{
    struct hot *h = hot_stream(4);
    struct shards_data d = shards_of(h, 4);
    struct err err = {0};
    struct sheet *with, *without;
    (void)state;
    assert_true(shards_layout(&d, 0, 0, &with, &err));
    memset(h->value[2][1], 0, sizeof(h->value[2][1]));
    assert_true(shards_layout(&d, 0, 0, &without, &err));
    assert_true(dots_of(with) > dots_of(without) + 20);
    assert_non_null(strstr(sheet_title(without), "no write is throttled, the fullest moment of any shard is 100 % of its limit"));
    for (size_t i = 0; i < with->n; i++)
        if (with->mark[i].kind == MARK_DOT && with->mark[i].ink.rgb == 0xD55E00 && with->mark[i].at->y < with->height - 40)
            assert_true(with->mark[i].at->x > 20 + 24 + (720 - 20 - 92 - 44) / 2.0 - 4);
    sheet_free(with);
    sheet_free(without);
    free(h);
}

/* Bytes count where they are nearer to their limit than records are: 524,288 of 1,048,576 a second. */
static void the_nearer_limit_counts(void **state)
{
    double records[] = {1000, 1000}, bytes[] = {5242880, 5242880};
    const struct shards_row row = {.name = "0", .records = records, .bytes = bytes};
    const struct shards_data d = {.stream = "stream.s", .run = "r", .n_replication = 1, .n = 2, .width_s = 10, .end_s = 20, .limit_records = 1000,
                                  .limit_bytes = 1048576, .row = &row, .n_row = 1};
    struct err err = {0};
    struct sheet *s;
    (void)state;
    assert_true(shards_layout(&d, 0, 0, &s, &err));
    assert_non_null(strstr(sheet_title(s), "one shard, 50.0 % full on average"));
    judge(true, s, &err, "bytes");
}

static void many_shards_stay_readable(void **state)
{
    static const size_t many[] = {1, 2, 40, 120, 600};
    (void)state;
    for (size_t k = 0; k < ARRAY_LEN(many); k++) {
        struct hot *h = hot_stream(many[k]);
        struct shards_data d = shards_of(h, many[k]);
        struct err none = {0};
        struct sheet *own;
        d.fault = fault;
        d.n_fault = FAULTS;
        ON_ALL_PAGES("many shards", shards_layout, &d);
        assert_true(shards_layout(&d, 0, 0, &own, &none));
        assert_true(own->height < 1000);
        assert_true(own->n < 30000);
        assert_int_equal(sheet_find(own, "+200 shards") != NULL, many[k] == 600);
        sheet_free(own);
        free(h);
    }
}

static void shards_of_any_kind_are_drawn(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_KIND; k++) {
        double *v = values((enum kind)k, 3, 50);
        struct shards_row row[NAMES];
        for (size_t i = 0; i < NAMES; i++)
            row[i] = (struct shards_row){.name = names[i], .records = v, .bytes = i % 2 ? v : NULL, .throttled = i % 3 ? v : NULL, .open = i % 2 ? NULL : v};
        const struct shards_data d = {.stream = names[k % NAMES], .run = names[(k + 1) % NAMES], .n_replication = 3, .n = 50, .width_s = 2, .end_s = 100,
                                      .limit_records = 1000, .limit_bytes = 1048576, .row = row, .n_row = NAMES, .fault = fault, .n_fault = FAULTS};
        ON_ALL_PAGES(kind_name[k], shards_layout, &d);
        free(v);
    }
}

/* --- genealogy --- */

/* Two shards. The first is split at 10 min, its upper half once more at 20 min; at 40 min that one's halves are merged. */
static const struct genealogy_shard family[] = {
    {"0", 0, 0.5, 0, 600, 0.95},         {"1", 0.5, 1, 0, INFINITY, 0.31},    {"2", 0, 0.25, 600, INFINITY, 0.4},
    {"3", 0.25, 0.5, 600, 1200, 0.9},    {"4", 0.25, 0.375, 1200, 2400, 0.2}, {"5", 0.375, 0.5, 1200, 2400, 0.1},
    {"6", 0.25, 0.5, 2400, INFINITY, NAN},
};
static const struct genealogy_data clicks = {.stream = "stream.clicks", .run = "resharding", .shard = family, .n = ARRAY_LEN(family), .n_replication = 1,
                                             .end_s = END_S};

static void splits_and_merges_are_told_apart(void **state)
{
    static const char *const by[] = {"split", "open", "open", "split", "merge", "merge", "open"};
    struct err err = {0};
    struct sheet *s;
    size_t n_row, n_col;
    (void)state;
    assert_true(genealogy_layout(&clicks, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "stream.clicks: 2 shards become 3 by 2 splits and one merge, 4 at most (20 min)");
    const char *const *cell = sheet_table(s, &n_row, &n_col);
    for (size_t i = 0; i < ARRAY_LEN(by); i++)
        assert_string_equal(cell[(i + 1) * n_col + 5], by[i]);
    judge(true, s, &err, "family");
}

/* Shards beyond watched_shards: what became of those that closed is not known, and nothing is said of it. */
static void unknown_shards_are_told(void **state)
{
    static const struct genealogy_shard known[] = {{"0", 0, 0.25, 0, 600, 0.5}, {"1", 0.25, 0.5, 0, INFINITY, 0.5}};
    struct genealogy_data d = {.stream = "stream.clicks", .run = "big", .shard = known, .n = ARRAY_LEN(known), .n_replication = 1, .end_s = END_S,
                               .unwatched = 4};
    struct err err = {0};
    struct sheet *s;
    (void)state;
    assert_true(genealogy_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "stream.clicks: of 6 shards the first 2 are known, of which 2 are open at the start and 1 at the end");
    sheet_free(s);
}

/* The rectangle of a child lies within its parent's range and begins where that ends. */
static void children_stand_beside_their_parents(void **state)
{
    struct err err = {0};
    struct sheet *s;
    struct box b[ARRAY_LEN(family)];
    size_t n = 0;
    (void)state;
    assert_true(genealogy_layout(&clicks, 0, 0, &s, &err));
    for (size_t i = 0; i < s->n && n < ARRAY_LEN(b); i++)
        if (s->mark[i].kind == MARK_AREA)
            b[n++] = (struct box){s->mark[i].at[0].x, s->mark[i].at[0].y, s->mark[i].at[2].x, s->mark[i].at[2].y};
    assert_int_equal(n, ARRAY_LEN(b));
    assert_true(b[2].x0 == b[0].x1 && b[3].x0 == b[0].x1);
    assert_true(b[3].y0 >= b[0].y0 - 1 && b[2].y1 <= b[0].y1 + 1 && b[2].y0 > b[3].y1);
    assert_true(b[4].x0 == b[3].x1 && b[6].x0 == b[4].x1);
    assert_true(fabs((b[6].y1 - b[6].y0) - (b[3].y1 - b[3].y0)) < 0.01);
    assert_true(b[1].y1 < b[0].y0); /* the upper half of the keys above the lower */
    sheet_free(s);
}

/* Shards that are split at random: no two own a key at a time. */
static size_t grow(struct genealogy_shard *g, size_t first, size_t most)
{
    uint64_t seed = 12345;
    size_t n = first;
    for (size_t i = 0; i < first; i++)
        g[i] = (struct genealogy_shard){names[i % NAMES], (double)i / (double)first, (double)(i + 1) / (double)first, 0, INFINITY, made_up_uniform(&seed) * 1.2};
    for (double t = 0; n + 2 <= most; t += END_S / (double)most) {
        size_t p = (size_t)(made_up_uniform(&seed) * (double)n);
        double middle = (g[p].low + g[p].high) / 2;
        if (g[p].to_s < INFINITY)
            continue;
        g[p].to_s = t;
        g[n] = (struct genealogy_shard){names[n % NAMES], g[p].low, middle, t, INFINITY, n % 4 ? made_up_uniform(&seed) : NAN};
        g[n + 1] = (struct genealogy_shard){names[(n + 1) % NAMES], middle, g[p].high, t, INFINITY, 0};
        n += 2;
    }
    return n;
}

static void genealogies_of_any_kind_are_drawn(void **state)
{
    static struct genealogy_shard many[1000];
    struct genealogy_data d = clicks;
    (void)state;
    d.shard = many;
    d.fault = fault;
    d.n_fault = FAULTS;
    for (size_t k = 0; k < NAMES; k++) {
        d.stream = names[k];
        d.n = grow(many, k + 1, k == 0 ? 1 : k * 190);
        d.n_replication = k + 1;
        ON_ALL_PAGES("genealogy", genealogy_layout, &d);
    }
}

/* --- lag --- */

/* Two consumers: one is down for 20 min from 0:20 and catches up in 10; the other is never more than a second behind. */
static double *outage(bool hit, double rate)
{
    double *v = calloc(BUCKETS, sizeof(*v));
    for (size_t b = 0; b < BUCKETS; b++) {
        double t = ((double)b + 0.5) * WIDTH_S, age = t < 1200 ? 0.5 : t < 2400 ? t - 1200 : t < 3000 ? 1200 - (t - 2400) * 2 : 0.5;
        v[b] = (hit ? age : 0.5) * rate;
    }
    return v;
}

static struct lag_data lag_of(const struct lag_line *line, size_t n, double retention_s)
{
    return (struct lag_data){.stream = "stream.clicks", .run = "outage", .n_replication = 1, .n = BUCKETS, .width_s = WIDTH_S, .end_s = END_S,
                             .retention_s = retention_s, .line = line, .n_line = n};
}

static void the_consumer_that_is_behind_is_named(void **state)
{
    double *age = outage(true, 1), *records = outage(true, 400), *fine = outage(false, 1);
    const struct lag_line line[] = {{"live", fine, NULL, NULL}, {"report", age, NULL, records}};
    struct lag_data d = lag_of(line, 2, 86400);
    struct err err = {0};
    struct sheet *s;
    (void)state;
    assert_true(lag_layout(&d, 0, 0, &s, &err));
    /* the bucket before 40 min: 1,195 s of 86,400; below 5 % of that (59.75 s) in the bucket whose middle is 2,975 s */
    assert_string_equal(sheet_title(s), "stream.clicks: of 2 consumers report falls furthest behind, 19.9 min (at 39 min 55 s, 1.4 % of the retention), "
                                        "caught up by 49 min 30 s");
    assert_null(sheet_find(s, "half of the retention"));
    judge(true, s, &err, "lag");
    d.retention_s = 3600;
    assert_true(lag_layout(&d, 0, 0, &s, &err));
    assert_non_null(sheet_find(s, "half of the retention, 30 min"));
    assert_null(sheet_find(s, "are lost"));
    judge(true, s, &err, "half");
    d.retention_s = 1500;
    assert_true(lag_layout(&d, 0, 0, &s, &err));
    assert_non_null(sheet_find(s, "retention 25 min: older records are lost"));
    judge(true, s, &err, "whole");
    d = lag_of(line, 1, NAN);
    assert_true(lag_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "stream.clicks: live is never more than 500 ms behind");
    judge(true, s, &err, "fine");
    free(age);
    free(records);
    free(fine);
}

/* A mapping that sends no batch for a while has no age then: it is not 0. */
static void what_is_not_known_is_no_catching_up(void **state)
{
    double age[] = {0, 100, NAN, NAN, 50, NAN};
    const struct lag_line line = {"mapping.m", age, NULL, NULL};
    struct lag_data d = lag_of(&line, 1, NAN);
    struct err err = {0};
    struct sheet *s;
    (void)state;
    d.n = ARRAY_LEN(age);
    assert_true(lag_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "stream.clicks: mapping.m falls 100 s behind (at 15 s), 50 s behind with its last batch");
    judge(true, s, &err, "mapping");
}

/* A moment of three seconds in a bucket that is prompt on the whole: nobody catches up before he falls behind. */
static void moments_are_caught_up_after_them(void **state)
{
    double age[] = {0, 0.1, 0}, most[] = {0, 3, 0};
    const struct lag_line line = {"mapping.m", age, most, NULL};
    struct lag_data d = lag_of(&line, 1, NAN);
    struct err err = {0};
    struct sheet *s;
    (void)state;
    d.n = ARRAY_LEN(age);
    assert_true(lag_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "stream.clicks: mapping.m falls 3 s behind (at 15 s), caught up by 20 s");
    judge(true, s, &err, "moment");
}

static void lags_of_any_kind_are_drawn(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_KIND; k++) {
        double *v = values((enum kind)k, 3, 50);
        struct lag_line line[12];
        for (size_t i = 0; i < ARRAY_LEN(line); i++)
            line[i] = (struct lag_line){names[i % NAMES], v, i % 3 ? v : NULL, i % 2 ? v : NULL};
        struct lag_data d = {.stream = names[k % NAMES], .run = names[(k + 1) % NAMES], .n_replication = 3, .n = 50, .width_s = 2, .end_s = 100,
                             .retention_s = k % 2 ? 1000 : NAN, .line = line, .n_line = k == 0 ? 1 : ARRAY_LEN(line), .fault = fault, .n_fault = FAULTS};
        ON_ALL_PAGES(kind_name[k], lag_layout, &d);
        free(v);
    }
}

/* --- delay --- */

#define BINS 1000

/* Records that come evenly wait evenly up to the interval. */
struct even {
    double   low[BINS], high[BINS];
    uint64_t count[BINS];
};

static struct delay_curve even_delay(struct even *e, double interval_s, const char *name, const char *setting)
{
    for (size_t i = 0; i < BINS; i++) {
        e->low[i] = interval_s * (double)i / BINS;
        e->high[i] = interval_s * (double)(i + 1) / BINS;
        e->count[i] = 7;
    }
    return (struct delay_curve){name, setting, e->low, e->high, e->count, BINS, interval_s, false};
}

static void delays_are_those_of_the_interval(void **state)
{
    static struct even e[2];
    const struct delay_curve curve[] = {even_delay(&e[0], 60, "interval 60s", "60 s or 5 MiB"), even_delay(&e[1], 900, "interval 900s", NULL)};
    struct delay_data d = {.what = "firehose.archive", .run = "near-real-time", .curve = curve, .n_curve = 1, .n_replication = 1};
    struct err err = {0};
    struct sheet *s;
    (void)state;
    assert_true(delay_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "interval 60s delivers half of its records within 30 s, 99 % within 59.4 s (buffer 60 s or 5 MiB)");
    assert_non_null(sheet_find(s, "half within 30 s"));
    judge(true, s, &err, "one");
    d.n_curve = 2;
    assert_true(delay_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "firehose.archive: half of the records are delivered within 30 s (interval 60s), or 7.50 min (interval 900s)");
    assert_non_null(sheet_find(s, "interval 60s: 60 s or 5 MiB"));
    judge(true, s, &err, "two");
}

/* Within a bin of the histogram records lie evenly. */
static void delays_lie_evenly_within_bins(void **state)
{
    static const double low[] = {0, 100}, high[] = {100, 300};
    static const uint64_t count[] = {30, 10};
    const struct delay_curve curve = {"f", NULL, low, high, count, 2, NAN, false};
    const struct delay_data d = {.what = "firehose.f", .run = "r", .curve = &curve, .n_curve = 1, .n_replication = 1};
    struct err err = {0};
    struct sheet *s;
    (void)state;
    assert_true(delay_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "f delivers half of its records within 66.7 s, 99 % within 4.87 min");
    judge(true, s, &err, "coarse");
}

static void delays_of_any_kind_are_drawn(void **state)
{
    static struct even e;
    static const double interval[] = {60, 1e-6, 1e9, NAN, 0, INFINITY};
    (void)state;
    for (size_t k = 0; k < ARRAY_LEN(interval); k++) {
        struct delay_curve curve[12];
        for (size_t i = 0; i < ARRAY_LEN(curve); i++) {
            curve[i] = even_delay(&e, isfinite(interval[k]) ? interval[k] : 5, names[i % NAMES], i % 2 ? names[(i + 1) % NAMES] : NULL);
            curve[i].interval_s = interval[k];
            curve[i].n = i == 3 ? 0 : BINS;
        }
        const struct delay_data d = {.what = names[k], .run = names[k], .curve = curve, .n_curve = k == 0 ? 1 : ARRAY_LEN(curve), .n_more = k, .n_replication = 3};
        ON_ALL_PAGES("delay", delay_layout, &d);
    }
}

/* --- all --- */

static void nothing_is_refused(void **state)
{
    struct err err = {0};
    struct sheet *s = NULL;
    (void)state;
    assert_false(shards_layout(&(struct shards_data){.stream = "stream.s"}, 0, 0, &s, &err));
    assert_non_null(strstr(err.text, "stream.s has no shards"));
    err = (struct err){0};
    assert_false(genealogy_layout(&(struct genealogy_data){.stream = "stream.s"}, 0, 0, &s, &err));
    err = (struct err){0};
    assert_false(lag_layout(&(struct lag_data){.stream = "stream.s"}, 0, 0, &s, &err));
    assert_non_null(strstr(err.text, "stream.s has no consumer"));
    err = (struct err){0};
    assert_false(delay_layout(&(struct delay_data){.what = "firehose.f"}, 0, 0, &s, &err));
    assert_int_equal(err.class, ERR_DATA);
}

static bool draw(size_t chart, const void *data, struct sheet **s, struct err *err)
{
    switch (chart) {
    case 0:
        return shards_layout(data, 0, 0, s, err);
    case 1:
        return genealogy_layout(data, 0, 0, s, err);
    case 2:
        return lag_layout(data, 0, 0, s, err);
    default:
        return delay_layout(data, 0, 0, s, err);
    }
}

/* Each allocation fails once. */
static void short_memory_is_survived(void **state)
{
    static struct even e;
    struct hot *h = hot_stream(20);
    double *age = outage(true, 1);
    const struct lag_line line[] = {{"report", age, age, age}, {"live", age, NULL, NULL}};
    const struct delay_curve curve[] = {even_delay(&e, 60, "a", "x"), even_delay(&e, 60, "b", NULL)};
    const struct shards_data shards = shards_of(h, 20);
    const struct lag_data lag = lag_of(line, 2, 1500);
    const struct delay_data delay = {.what = "f", .run = "r", .curve = curve, .n_curve = 2, .n_replication = 1};
    const void *const data[] = {&shards, &clicks, &lag, &delay};
    (void)state;
    for (size_t c = 0; c < ARRAY_LEN(data); c++)
        for (long n = 1; n < 60; n++) {
            struct err err = {0};
            struct sheet *s = NULL;
            mem_fail_at(n);
            bool ok = draw(c, data[c], &s, &err), fired = mem_count() >= n;
            mem_fail_at(0);
            assert_true(ok == !fired);
            if (ok)
                sheet_free(s);
            else
                assert_int_equal(err.class, ERR_OS);
        }
    free(h);
    free(age);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hot_shard_is_named),
        cmocka_unit_test(throttles_are_dots),
        cmocka_unit_test(the_nearer_limit_counts),
        cmocka_unit_test(many_shards_stay_readable),
        cmocka_unit_test(shards_of_any_kind_are_drawn),
        cmocka_unit_test(splits_and_merges_are_told_apart),
        cmocka_unit_test(children_stand_beside_their_parents),
        cmocka_unit_test(unknown_shards_are_told),
        cmocka_unit_test(genealogies_of_any_kind_are_drawn),
        cmocka_unit_test(the_consumer_that_is_behind_is_named),
        cmocka_unit_test(what_is_not_known_is_no_catching_up),
        cmocka_unit_test(moments_are_caught_up_after_them),
        cmocka_unit_test(lags_of_any_kind_are_drawn),
        cmocka_unit_test(delays_are_those_of_the_interval),
        cmocka_unit_test(delays_lie_evenly_within_bins),
        cmocka_unit_test(delays_of_any_kind_are_drawn),
        cmocka_unit_test(nothing_is_refused),
        cmocka_unit_test(short_memory_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
