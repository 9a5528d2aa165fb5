/* The charts of fan-out under every kind of data, as test_charts.c does for the others, and what they must say: a flow keeps
 * every count, deliveries name who needed retries, gaps are counted against the fullest queue. */
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "check.h"
#include "flow_order.h"
#include "layouts_fanout.h"
#include "made_up.h"
#include "mem.h"
#include "sheet_check.h"
#include "wiring.h"

static const struct page_size pages[] = {{0, 0}, {360, 260}, {1200, 900}, {500, 0}, {1, 1}, {1e9, 300}};

#define LONG_NAME \
    "an-entity-with-a-name-that-nobody-would-choose-but-somebody-will-write-anyway-because-nothing-forbids-it-at-all"
static const char *const names[] = {"orders", LONG_NAME, "주문 대기열 대한민국 서울", "", "<b>&amp;\n\t\"x\"", "\xFF\xC0\x80"};

static const struct fault_span fault[] = {
    {"queue.seoul down", 20, 25},  {"a second fault that overlaps " LONG_NAME " slow", 22, 60},
    {"after the end", 5000, 6000}, {"no length", 70, 70},
    {"to the end", 90, INFINITY},  {"odd", NAN, NAN},
};

static void judge(bool ok, struct sheet *s, struct err *err, const char *what)
{
    char why[500];
    if (!ok)
        fail_msg("%s: %s", what, err->text);
    if (!sheet_check(s, why, sizeof(why)))
        fail_msg("%s, %g x %g: %s", what, s->width, s->height, why);
    sheet_free(s);
}

#define ON_ALL_PAGES(what, layout, data)                                         \
    for (size_t page = 0; page < ARRAY_LEN(pages); page++) {                     \
        struct err err = {0};                                                    \
        struct sheet *s = NULL;                                                  \
        bool ok = layout(data, pages[page].width, pages[page].height, &s, &err); \
        judge(ok, s, &err, what);                                                \
    }

/* --- flow --- */

static const char *const units[] = {"requests", "copies of " LONG_NAME};

/* A topic with two subscribers: all of one reach its queue, of the other some are filtered out and some dropped. */
enum { SHOP, TOPIC, SEOUL, BUSAN, QUEUE_S, QUEUE_B, IN_TIME, LOST, DELETED, THERE, ASIDE, DROPPED };
static const struct flow_node few[] = {
    [SHOP] = {"producer.shop", FLOW_STEP, 0, 0},    [TOPIC] = {"topic.orders", FLOW_STEP, 0, 1},
    [SEOUL] = {"seoul", FLOW_STEP, 1, 1},           [BUSAN] = {"busan", FLOW_STEP, 1, 1},
    [QUEUE_S] = {"queue.seoul", FLOW_STEP, 2, 1},   [QUEUE_B] = {"queue.busan", FLOW_STEP, 2, 1},
    [IN_TIME] = {"in time", FLOW_GOOD, 3, 0},       [LOST] = {"lost", FLOW_BAD, 3, 0},
    [DELETED] = {"deleted", FLOW_GOOD, 3, 1},       [THERE] = {"still there", FLOW_WAITING, 3, 1},
    [ASIDE] = {"filtered out", FLOW_ASIDE, 3, 1},   [DROPPED] = {"dropped", FLOW_BAD, 3, 1},
};
static const struct flow_link ways[] = {
    {SHOP, IN_TIME, 30198},    {SHOP, LOST, 2},          {TOPIC, SEOUL, 30200},  {TOPIC, BUSAN, 30200},
    {SEOUL, QUEUE_S, 30200},   {BUSAN, QUEUE_B, 29000},  {BUSAN, ASIDE, 1199},   {BUSAN, DROPPED, 1},
    {QUEUE_S, DELETED, 30190}, {QUEUE_S, THERE, 10},     {QUEUE_B, DELETED, 29000}, {QUEUE_B, THERE, 0},
};
static const struct flow_data orders = {
    .run = "topic", .n_replication = 2, .node = few, .n_node = ARRAY_LEN(few), .link = ways, .n_link = ARRAY_LEN(ways),
    .unit = units, .n_unit = 2, .subject = 1,
};

/* The number in a cell, with or without its commas. */
static uint64_t cell_count(const char *cell)
{
    uint64_t n = 0;
    for (; *cell != 0; cell++)
        if (*cell >= '0' && *cell <= '9')
            n = 10 * n + (uint64_t)(*cell - '0');
    return n;
}

static void every_count_stands_in_the_flow(void **state)
{
    struct err err = {0};
    struct sheet *s;
    size_t n_row, n_col;
    (void)state;
    assert_true(flow_layout(&orders, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "Of 60,400 copies of " LONG_NAME ": 98.0 % deleted, 2.0 % filtered out, 0.02 % still there, 0.002 % dropped");
    assert_non_null(sheet_find(s, "30,198 (99.993 %)"));
    assert_non_null(sheet_find(s, "59,190 (98.0 %)"));
    assert_non_null(sheet_find(s, "sums over 2 replications"));
    const char *const *cell = sheet_table(s, &n_row, &n_col);
    assert_int_equal(n_row, ARRAY_LEN(ways) - 1); /* a way that nothing went is none */
    for (size_t i = 1; i <= n_row; i++) {
        const char *const *row = cell + i * n_col;
        uint64_t out = 0;
        for (size_t k = 1; k <= n_row; k++)
            if (strcmp(cell[k * n_col], row[0]) == 0)
                out += cell_count(cell[k * n_col + 2]);
        assert_int_equal(out, cell_count(row[4]));
        if (strcmp(row[3], "begins here") != 0)
            assert_int_equal(cell_count(row[3]), out);
    }
    judge(true, s, &err, "flow");
}

/* One message more into a queue than out of it: no picture. */
static void a_leak_is_refused(void **state)
{
    struct flow_link link[ARRAY_LEN(ways)];
    struct flow_data d = orders;
    struct sheet *s = NULL;
    (void)state;
    d.link = link;
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        struct err err = {0};
        memcpy(link, ways, sizeof(ways));
        link[i].count++;
        bool ends_only = i < 2;
        assert_int_equal(flow_layout(&d, 0, 0, &s, &err), ends_only);
        if (ends_only)
            sheet_free(s);
        else
            assert_int_equal(err.class, ERR_INTERNAL);
    }
}

static void no_flow_is_told(void **state)
{
    struct err err = {0};
    struct sheet *s = NULL;
    struct flow_data d = orders;
    (void)state;
    d.n_link = 0;
    assert_false(flow_layout(&d, 0, 0, &s, &err));
    assert_int_equal(err.class, ERR_DATA);
    d.n_node = 0;
    assert_false(flow_layout(&d, 0, 0, &s, &err));
}

/* Areas of two marks' boxes: a ribbon is as thick where it begins as where it ends, and in the scale of all others. */
static void ribbons_are_as_thick_as_their_counts(void **state)
{
    struct err err = {0};
    struct sheet *s;
    double seoul = 0, filtered = 0;
    (void)state;
    assert_true(flow_layout(&orders, 720, 1000, &s, &err));
    for (size_t i = 0; i < s->n; i++) {
        const struct mark *m = &s->mark[i];
        if (m->kind != MARK_AREA || m->n <= 4)
            continue;
        double first = m->at[m->n - 1].y - m->at[0].y, last = m->at[m->n / 2].y - m->at[m->n / 2 - 1].y;
        assert_float_equal(first, last, 1e-9);
        seoul = first > seoul ? first : seoul; /* 30,200, the thickest */
        if (m->ink.rgb == 0xE4E4E4)
            filtered = first;
    }
    assert_true(filtered > 2);
    assert_float_equal(seoul / filtered, 30200.0 / 1199, 0.01);
    sheet_free(s);
}

#define NODES_MAX 60
#define LINKS_MAX 400

struct random_flow {
    struct flow_node node[NODES_MAX];
    struct flow_link link[LINKS_MAX];
    struct flow_data d;
};

static size_t below(uint64_t *state, size_t n)
{
    return (size_t)(made_up_uniform(state) * (double)n) % n;
}

static void carry(struct random_flow *f, size_t from, size_t to, uint64_t count)
{
    size_t i = 0;
    while (i < f->d.n_link && (f->link[i].from != from || f->link[i].to != to))
        i++;
    if (i == f->d.n_link)
        f->link[f->d.n_link++] = (struct flow_link){from, to, 0};
    f->link[i].count += count;
}

/* Journeys from a source over some stages to an end: whatever they are, they balance. */
static void make_random(struct random_flow *f, uint64_t *state)
{
    size_t stages = 2 + below(state, 4), each = 1 + below(state, 8), parts = 1 + below(state, 2), n = 0;
    memset(f, 0, sizeof(*f));
    for (size_t k = 0; k < stages; k++)
        for (size_t i = 0; i < each; i++)
            f->node[n++] = (struct flow_node){names[below(state, ARRAY_LEN(names))], k + 1 < stages ? FLOW_STEP : (enum flow_kind)(FLOW_GOOD + below(state, 5)), k, i % parts};
    f->d = (struct flow_data){.run = names[below(state, ARRAY_LEN(names))], .n_replication = 1 + below(state, 30), .node = f->node, .n_node = n,
                              .link = f->link, .unit = units, .n_unit = 2, .note = below(state, 2) ? LONG_NAME : NULL};
    for (size_t journey = 0; journey < 40; journey++) {
        uint64_t count = made_up_uniform(state) < 0.5 ? 1 : (uint64_t)exp(30 * made_up_uniform(state));
        size_t part = journey == 0 ? 0 : below(state, parts), at = part; /* the first node of the part */
        for (size_t k = 1; k < stages; k++) {
            if (k + 1 < stages && made_up_uniform(state) < 0.3)
                continue;
            size_t to = k * each + below(state, each);
            to -= to % each % parts != part ? to % each - part : 0;
            if (to % each % parts != part)
                continue;
            carry(f, at, to, count);
            at = to;
        }
    }
}

static void flows_of_any_shape_obey_the_rules(void **state)
{
    uint64_t seed = 0x2545F4914F6CDD1Dull;
    static struct random_flow f;
    (void)state;
    for (int i = 0; i < 120; i++) {
        char what[60];
        snprintf(what, sizeof(what), "flow %d of state %" PRIx64, i, seed);
        make_random(&f, &seed);
        ON_ALL_PAGES(what, flow_layout, &f.d);
    }
}

/* Two queues whose ends are listed the other way round: the order found has no crossing. */
static void crossings_are_undone(void **state)
{
    static const struct flow_node node[] = {{"a", FLOW_STEP, 0, 0}, {"b", FLOW_STEP, 0, 0}, {"of b", FLOW_GOOD, 1, 0}, {"of a", FLOW_GOOD, 1, 0}};
    static const struct flow_link link[] = {{0, 3, 10}, {1, 2, 10}};
    const struct flow_data d = {.run = "r", .n_replication = 1, .node = node, .n_node = 4, .link = link, .n_link = 2, .unit = units, .n_unit = 1};
    struct flow_graph g;
    struct sheet *s = sheet_open(100, 100);
    (void)state;
    assert_true(flow_order(s, &d, &g));
    assert_int_equal(g.slot[0].rank < g.slot[1].rank, g.slot[3].rank < g.slot[2].rank);
    sheet_free(s);
}

/* A tree can be drawn without crossings, however its leaves are listed: twelve leaves, dealt to four branches. */
static void a_tree_has_no_crossings(void **state)
{
    struct flow_node node[17] = {{"root", FLOW_STEP, 0, 0}};
    struct flow_link link[16];
    struct flow_graph g;
    struct sheet *s = sheet_open(100, 100);
    size_t crossings = 0;
    (void)state;
    for (size_t i = 0; i < 4; i++)
        node[1 + i] = (struct flow_node){"branch", FLOW_STEP, 1, 0}, link[i] = (struct flow_link){0, 1 + i, 3};
    for (size_t i = 0; i < 12; i++)
        node[5 + i] = (struct flow_node){"leaf", FLOW_GOOD, 2, 0}, link[4 + i] = (struct flow_link){1 + (3 - i % 4), 5 + i, 1};
    const struct flow_data d = {.run = "r", .n_replication = 1, .node = node, .n_node = 17, .link = link, .n_link = 16, .unit = units, .n_unit = 1};
    assert_true(flow_order(s, &d, &g));
    for (size_t i = 4; i < 16; i++)
        for (size_t k = 4; k < 16; k++)
            crossings += g.slot[link[i].from].rank < g.slot[link[k].from].rank && g.slot[link[i].to].rank > g.slot[link[k].to].rank;
    assert_int_equal(crossings, 0);
    sheet_free(s);
}

/* --- deliveries and gaps --- */

enum kind { ORDINARY, ZERO, ONE, HUGE_NUMBERS, INFINITE, MISSING, TINY, N_KIND };
static const char *const kind_name[N_KIND] = {"ordinary", "zero", "one spike", "huge", "infinite", "NAN", "tiny"};

static double value_of(enum kind kind, size_t b, size_t n, uint64_t *state)
{
    switch (kind) {
    case ORDINARY:
        return floor(200 * fabs(sin((double)b / (double)n * 6)) + 30 * made_up_uniform(state));
    case ONE:
        return b == n / 2 ? 100 : 0;
    case HUGE_NUMBERS:
        return 1e17 * made_up_uniform(state);
    case INFINITE:
        return b % 7 == 3 ? INFINITY : b % 5 == 1 ? -INFINITY : 5;
    case MISSING:
        return b % 3 == 0 ? NAN : b % 11 == 0 ? -4 : 12;
    case TINY:
        return 1e-12 * made_up_uniform(state);
    default:
        return 0;
    }
}

static double *values(enum kind kind, size_t n_replication, size_t n, uint64_t seed)
{
    double *v = malloc((n_replication * n + 1) * sizeof(*v));
    uint64_t state = 88172645463325252ull + seed;
    for (size_t i = 0; i < n_replication * n; i++)
        v[i] = value_of(kind, i % n, n, &state);
    return v;
}

static void series_with(const char *what, enum kind kind, size_t n_replication, size_t n, const char *name, size_t n_fault)
{
    double *a = values(kind, n_replication, n, 1), *b = values(kind, n_replication, n, 2), *zero = values(ZERO, n_replication, n, 0);
    const struct deliveries_row row[] = {{name, a, b, zero, b}, {"seoul", zero, zero, zero, zero}, {name, b, NULL, NULL, NULL}, {LONG_NAME, a, a, a, a}};
    struct deliveries_data d = {.entity = name, .run = name, .n_replication = n_replication, .n = n, .width_s = 100.0 / (double)n, .end_s = 100,
                                .row = row, .n_row = 4, .n_more = n_fault, .fault = fault, .n_fault = n_fault};
    const struct gap_line line[] = {{name, a}, {"queue.b", b}, {LONG_NAME, zero}, {"", a}, {"e", b}, {"f", a}, {"g", zero}, {"h", a}, {"i", b}, {"j", a}, {"k", b}};
    const struct gap_run run[] = {{name, name, n_replication, n, 100.0 / (double)n, line, ARRAY_LEN(line)}, {"topic", LONG_NAME, n_replication, n, 100.0 / (double)n, line, 1}};
    struct gap_data g = {run, 2, 100, fault, n_fault};
    ON_ALL_PAGES(what, deliveries_layout, &d);
    ON_ALL_PAGES(what, gap_layout, &g);
    d.n_row = 1;
    g.n_run = 1;
    ON_ALL_PAGES(what, deliveries_layout, &d);
    ON_ALL_PAGES(what, gap_layout, &g);
    free(a);
    free(b);
    free(zero);
}

static void courses_of_time_obey_the_rules(void **state)
{
    (void)state;
    for (int kind = 0; kind < N_KIND; kind++) {
        series_with(kind_name[kind], (enum kind)kind, 12, 80, "topic.orders", 1);
        series_with(kind_name[kind], (enum kind)kind, 1, 1, "bus.shop", ARRAY_LEN(fault));
        series_with(kind_name[kind], (enum kind)kind, 3, 5, LONG_NAME, 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        series_with(names[i], ORDINARY, 10, 30, names[i], ARRAY_LEN(fault));
}

static size_t points_of(const struct sheet *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->mark[i].n;
    return n;
}

static void a_million_points_are_joined(void **state)
{
    size_t n = 1000000;
    double *v = values(ORDINARY, 1, n, 0), *w = values(ORDINARY, 1, n, 9);
    const struct deliveries_row row = {"seoul", v, w, w, NULL};
    const struct deliveries_data d = {.entity = "topic.t", .run = "r", .n_replication = 1, .n = n, .width_s = 1, .end_s = 1e6, .row = &row, .n_row = 1};
    const struct gap_line line[] = {{"queue.a", v}, {"queue.b", w}};
    const struct gap_run run = {"r", "topic.t", 1, n, 1, line, 2};
    const struct gap_data g = {&run, 1, 1e6, NULL, 0};
    struct err err = {0};
    struct sheet *s = NULL;
    (void)state;
    bool ok = deliveries_layout(&d, 0, 0, &s, &err);
    assert_true(ok && points_of(s) < 8000);
    judge(ok, s, &err, "a million deliveries");
    ok = gap_layout(&g, 0, 0, &s, &err);
    assert_true(ok && points_of(s) < 4000);
    judge(ok, s, &err, "a million gaps");
    free(v);
    free(w);
}

/* Ten minutes of a hundred deliveries; crm's need thirty retries in the third, and two are given up in the fifth. */
static void deliveries_name_who_needs_retries(void **state)
{
    double all[10], none[10] = {0}, again[10] = {0}, dead[10] = {0};
    struct err err = {0};
    struct sheet *s;
    size_t diamonds = 0;
    (void)state;
    for (int b = 0; b < 10; b++)
        all[b] = 100;
    again[2] = 30;
    dead[4] = 2;
    struct deliveries_row row[] = {{"stock", all, none, none, none}, {"crm", all, again, dead, none}};
    const struct deliveries_data d = {.entity = "topic.orders", .run = "r", .n_replication = 1, .n = 10, .width_s = 60, .end_s = 600, .row = row, .n_row = 2};
    assert_true(deliveries_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "topic.orders: only crm needs retries, 30 for 1,000 deliveries; 2 given up");
    assert_non_null(sheet_find(s, "1,000 delivered, 30 retries, 2 dead letters"));
    for (size_t i = 0; i < s->n; i++)
        if (s->mark[i].kind == MARK_DOT && s->mark[i].shape == SHAPE_DIAMOND)
            diamonds++;
    assert_int_equal(diamonds, 2); /* in the fifth minute, and in the legend */
    sheet_free(s);
    row[1] = row[0];
    assert_true(deliveries_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "topic.orders: every delivery at the first try, none given up");
    sheet_free(s);
}

/* In the first replication b lacks 4 of a's 30, in the second a lacks 2 of b's: b is 2 short on average, a is 1. */
static void gaps_are_against_the_fullest(void **state)
{
    static const double a[] = {10, 10, 10, 10, 10, 8}, b[] = {10, 8, 8, 10, 10, 10};
    const struct gap_line line[] = {{"queue.a", a}, {"queue.b", b}}, same[] = {{"queue.a", a}, {"queue.b", a}};
    const struct gap_run run[] = {{"direct", "service.web", 2, 3, 60, line, 2}, {"topic", "topic.orders", 2, 3, 60, same, 2}};
    struct gap_data d = {run, 2, 180, NULL, 0};
    struct err err = {0};
    struct sheet *s;
    (void)state;
    assert_true(gap_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "direct: queue.b ends 2 messages short; topic: no queue ever lacks a message");
    assert_non_null(sheet_find(s, "2 short"));
    assert_non_null(sheet_find(s, "1 short"));
    assert_non_null(sheet_find(s, "all 2 queues"));
    judge(true, s, &err, "gap");
    d.n_run = 1;
    assert_true(gap_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "service.web feeds 2 queues: queue.b ends 2 messages short");
    sheet_free(s);
}

/* Down in the second minute, made up for in the third: a lack of ten that ends. */
static void a_gap_that_closes_is_told(void **state)
{
    static const double a[] = {10, 10, 10, 10}, b[] = {10, 0, 20, 10};
    const struct gap_line line[] = {{"queue.a", a}, {"queue.b", b}};
    const struct gap_run run = {"topic", "topic.orders", 1, 4, 60, line, 2};
    const struct gap_data d = {&run, 1, 240, NULL, 0};
    struct err err = {0};
    struct sheet *s;
    (void)state;
    assert_true(gap_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "topic.orders feeds 2 queues: queue.b falls 10 messages short, in the end none is");
    assert_non_null(sheet_find(s, "queue.b: 10 short at 2 min"));
    judge(true, s, &err, "a gap that closes");
}

/* 1 a second to one, and 100 retries a second to the other: scales of their own. */
static void rows_far_apart_have_scales_of_their_own(void **state)
{
    static const double one[] = {60, 60, 60}, none[] = {0, 0, 0}, many[] = {0, 6000, 60};
    struct deliveries_row row[] = {{"stock", one, none, NULL, NULL}, {"crm", one, many, NULL, NULL}};
    const struct deliveries_data d = {.entity = "topic.orders", .run = "r", .n_replication = 1, .n = 3, .width_s = 60, .end_s = 180, .row = row, .n_row = 2};
    struct err err = {0};
    struct sheet *s;
    (void)state;
    assert_true(deliveries_layout(&d, 0, 0, &s, &err));
    assert_non_null(sheet_find(s, "each row has its own scale"));
    judge(true, s, &err, "rows far apart");
    row[1].retries = one;
    assert_true(deliveries_layout(&d, 0, 0, &s, &err));
    assert_non_null(sheet_find(s, "all rows have one scale"));
    sheet_free(s);
}

static void nothing_over_time_is_told(void **state)
{
    const struct deliveries_data d = {.entity = "bus.b", .run = "r"};
    const struct gap_data none = {NULL, 0, 0, NULL, 0};
    const struct gap_run empty = {"r", "service.a", 0, 0, 1, NULL, 0};
    const struct gap_data g = {&empty, 1, 0, NULL, 0};
    struct err err = {0};
    struct sheet *s = NULL;
    (void)state;
    assert_false(deliveries_layout(&d, 0, 0, &s, &err));
    assert_int_equal(err.class, ERR_DATA);
    assert_false(gap_layout(&none, 0, 0, &s, &err));
    assert_false(gap_layout(&g, 0, 0, &s, &err));
    assert_int_equal(err.class, ERR_DATA);
}

/* Each allocation fails once: it says so and leaks nothing. */
static void short_memory_is_survived(void **state)
{
    double *v = values(ORDINARY, 2, 40, 0);
    const struct deliveries_row row[] = {{"seoul", v, v, v, v}, {"busan", v, v, v, v}};
    const struct deliveries_data d = {.entity = "topic.t", .run = "r", .n_replication = 2, .n = 40, .width_s = 1, .end_s = 40, .row = row, .n_row = 2, .fault = fault, .n_fault = 2};
    const struct gap_line line[] = {{"queue.a", v}, {"queue.b", v}};
    const struct gap_run run = {"r", "topic.t", 2, 40, 1, line, 2};
    const struct gap_data g = {&run, 1, 40, fault, 1};
    (void)state;
    for (long n = 1; n < 60; n++)
        for (int which = 0; which < 3; which++) {
            struct err err = {0};
            struct sheet *s = NULL;
            mem_fail_at(n);
            bool ok = which == 0 ? deliveries_layout(&d, 0, 0, &s, &err) : which == 1 ? gap_layout(&g, 0, 0, &s, &err) : flow_layout(&orders, 0, 0, &s, &err);
            bool fired = mem_count() >= n;
            mem_fail_at(0);
            assert_true(ok == !fired);
            if (ok)
                sheet_free(s);
            else
                assert_int_equal(err.class, ERR_OS);
        }
    free(v);
}

/* --- wiring --- */

static const char canonical[] =
    "producer = {\n  shop = {\n    call = {\n    };\n    rate = \"50/s\";\n    target = \"service.web\";\n    done_at = \"fleet.a\";\n  };\n};\n"
    "bus = {\n  b = {\n    rules = ( {\n      name = \"queue.x = (\\\"\";\n      targets = ( {\n        dead_letter = \"queue.dlq\";\n"
    "        target = \"queue.a\";\n      }, {\n        target = \"queue.b\";\n      } );\n    } );\n  };\n};\n"
    "queue = {\n  a = {\n    dead_letter = {\n      max_receive_count = 3;\n      queue = \"queue.dlq\";\n    };\n  };\n};\n"
    "fleet = {\n  a = {\n    size = 10;\n    source = \"queue.a\";\n    targets = [ \"queue.c\", \"queue.d\" ];\n  };\n};\n";

static void wiring_is_read_from_the_scenario(void **state)
{
    static const struct {
        const char *from, *key, *to;
        bool        dead, feeds;
    } expected[] = {
        {"producer.shop", "target", "service.web", false, true}, {"producer.shop", "done_at", "fleet.a", false, false},
        {"bus.b", "dead_letter", "queue.dlq", true, false},      {"bus.b", "target", "queue.a", false, true},
        {"bus.b", "target", "queue.b", false, true},             {"queue.a", "queue", "queue.dlq", true, false},
        {"fleet.a", "source", "queue.a", false, false},          {"fleet.a", "targets", "queue.c", false, true},
        {"fleet.a", "targets", "queue.d", false, true},
    };
    struct wiring w;
    struct err err = {0};
    (void)state;
    assert_true(wiring_read(&w, canonical, &err));
    assert_int_equal(w.n, ARRAY_LEN(expected));
    for (size_t i = 0; i < w.n; i++) {
        assert_string_equal(w.wire[i].from, expected[i].from);
        assert_string_equal(w.wire[i].key, expected[i].key);
        assert_string_equal(w.wire[i].to, expected[i].to);
        assert_int_equal(w.wire[i].dead, expected[i].dead);
        assert_int_equal(w.wire[i].feeds, expected[i].feeds);
    }
    assert_int_equal(w.wire[2].group, w.wire[3].group); /* a target and its dead-letter queue */
    assert_int_not_equal(w.wire[3].group, w.wire[4].group);
    wiring_free(&w);
}

/* Who reads names its source, to which nothing flows; policies send nothing, alarms tell topics and functions; and a metric is no entity. */
static void newer_kinds_are_wired(void **state)
{
    static const char text[] =
        "topic = {\n  t = {\n    subscriptions = ( {\n      target = \"function.f\";\n    }, {\n      target = \"firehose.h\";\n    }, {\n"
        "      target = \"queue.q\";\n    } );\n  };\n};\n"
        "producer = {\n  p = {\n    target = \"kpl.k\";\n  };\n};\nkpl = {\n  k = {\n    target = \"stream.s\";\n  };\n};\n"
        "consumer = {\n  c = {\n    source = \"stream.s\";\n    sends = ( {\n      target = \"queue.q\";\n    } );\n  };\n};\n"
        "mapping = {\n  m = {\n    on_failure = \"queue.bad\";\n    source = \"stream.s\";\n    target = \"function.f\";\n  };\n};\n"
        "function = {\n  f = {\n    async = {\n      on_failure = \"queue.bad\";\n      on_success = \"queue.q\";\n    };\n  };\n};\n"
        "firehose = {\n  h = {\n    backup = \"destination.b\";\n    destination = \"destination.d\";\n    source = \"stream.s\";\n  };\n};\n"
        "alarm = {\n  a = {\n    actions = [ \"scaling.x\", \"topic.t\" ];\n    done_at = \"fleet.w\";\n    ok_actions = [ \"function.f\" ];\n    metric = \"queue.q.depth\";\n  };\n};\n"
        "scaling = {\n  x = {\n    metric = \"stream.s[0].records\";\n    target = \"group.g\";\n  };\n};\n"
        "group = {\n  g = {\n    target = \"fleet.w\";\n  };\n};\n";
    static const char *const expected[] = {
        "topic.t > function.f",     "topic.t > firehose.h",    "topic.t > queue.q",          "producer.p > kpl.k",     "kpl.k > stream.s",
        "consumer.c - stream.s",    "consumer.c > queue.q",    "mapping.m x queue.bad",      "mapping.m - stream.s",   "mapping.m > function.f",
        "function.f x queue.bad",   "function.f > queue.q",    "firehose.h x destination.b", "firehose.h > destination.d", "firehose.h - stream.s",
        "alarm.a - scaling.x",      "alarm.a > topic.t",       "alarm.a - fleet.w",         "alarm.a > function.f",   "scaling.x - group.g",     "group.g - fleet.w",
    };
    struct wiring w;
    struct err err = {0};
    (void)state;
    assert_true(wiring_read(&w, text, &err));
    assert_int_equal(w.n, ARRAY_LEN(expected));
    for (size_t i = 0; i < w.n; i++) {
        char told[300];
        snprintf(told, sizeof(told), "%s %c %s", w.wire[i].from, w.wire[i].dead ? 'x' : w.wire[i].feeds ? '>' : '-', w.wire[i].to);
        assert_string_equal(told, expected[i]);
    }
    wiring_free(&w);
}

/* Any beginning of a text, and braces without end: read without harm. */
static void odd_texts_are_read_without_harm(void **state)
{
    char text[sizeof(canonical)];
    struct wiring w;
    struct err err = {0};
    (void)state;
    for (size_t n = 0; n < sizeof(canonical); n++) {
        memcpy(text, canonical, n);
        text[n] = 0;
        assert_true(wiring_read(&w, text, &err));
        wiring_free(&w);
    }
    memset(text, '{', sizeof(text) - 1);
    assert_true(wiring_read(&w, text, &err));
    assert_int_equal(w.n, 0);
    memset(text, '}', sizeof(text) - 1);
    assert_true(wiring_read(&w, text, &err));
    wiring_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_count_stands_in_the_flow),
        cmocka_unit_test(a_leak_is_refused),
        cmocka_unit_test(no_flow_is_told),
        cmocka_unit_test(ribbons_are_as_thick_as_their_counts),
        cmocka_unit_test(flows_of_any_shape_obey_the_rules),
        cmocka_unit_test(crossings_are_undone),
        cmocka_unit_test(a_tree_has_no_crossings),
        cmocka_unit_test(courses_of_time_obey_the_rules),
        cmocka_unit_test(a_million_points_are_joined),
        cmocka_unit_test(deliveries_name_who_needs_retries),
        cmocka_unit_test(gaps_are_against_the_fullest),
        cmocka_unit_test(a_gap_that_closes_is_told),
        cmocka_unit_test(rows_far_apart_have_scales_of_their_own),
        cmocka_unit_test(nothing_over_time_is_told),
        cmocka_unit_test(short_memory_is_survived),
        cmocka_unit_test(wiring_is_read_from_the_scenario),
        cmocka_unit_test(newer_kinds_are_wired),
        cmocka_unit_test(odd_texts_are_read_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
