/* Expressions over metrics: what they mean, and what is said of those that mean nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "codes.h"
#include "metricexpr.h"

static const struct metric_id ids[] = {
    {"", "offered", NULL, "d", OBS_COUNTER, UNIT_ONE, false},
    {"", "lost", NULL, "d", OBS_COUNTER, UNIT_ONE, false},
    {"", "latency", NULL, "d", OBS_TALLY, UNIT_NS, false},
    {"", "goodput", NULL, "d", OBS_LEVEL, UNIT_PER_SECOND, false},
    {"queue.orders", "depth", "ApproximateNumberOfMessagesVisible", "d", OBS_LEVEL, UNIT_ONE, false},
    {"queue.orders", "size", "SentMessageSize", "d", OBS_TALLY, UNIT_BYTES, false},
    {"queue.orders-dlq", "sent", "NumberOfMessagesSent", "d", OBS_COUNTER, UNIT_ONE, false},
    {"fleet.lost", "utilisation", NULL, "d", OBS_LEVEL, UNIT_SHARE, false},
};
static const struct metricnames names = {ids, sizeof(ids) / sizeof(ids[0])};

static struct pool pool;

static int open_pool(void **state)
{
    (void)state;
    arena_init(&pool.arena);
    return 0;
}
static int close_pool(void **state)
{
    (void)state;
    arena_free(&pool.arena);
    return 0;
}

/* A result in which each metric has one value, whatever the stat; a quantile p adds p. */
static double value(void *ctx, struct metricref r)
{
    static const double values[] = {1000, 10, 2e9, 90, 5, 2048, 0, 0.75};
    (void)ctx;
    if (r.stat.kind == STAT_SD)
        return NAN;
    return values[r.metric] + (r.stat.kind == STAT_QUANTILE ? r.stat.p : 0);
}

static void check(const char *text, enum verdict expected)
{
    struct metricexpr_error e;
    const struct metricexpr *x = metricexpr_parse(&pool, text, &names, &e);
    if (x == NULL)
        fail_msg("%s: %s", text, e.text);
    enum verdict actual = metricexpr_eval(x, value, NULL);
    if (actual != expected)
        fail_msg("%s: %d, expected %d", text, actual, expected);
}

static void comparisons(void **state)
{
    (void)state;
    check("lost == 10", VERDICT_HOLDS);
    check("lost != 10", VERDICT_FAILS);
    check("lost < 10", VERDICT_FAILS);
    check("lost <= 10", VERDICT_HOLDS);
    check("lost > 9.5", VERDICT_HOLDS);
    check("lost>=11", VERDICT_FAILS);
    check("10 <= lost", VERDICT_HOLDS);
    check("lost == 10 and latency == 2s", VERDICT_HOLDS);
    check("lost == 10 and latency < 2s and goodput > 1/s", VERDICT_FAILS);
    check("latency.sd < 1s", VERDICT_NO_VALUE);
    check("latency.sd < 1s and lost == 10", VERDICT_NO_VALUE);
    check("latency.sd < 1s and lost == 11", VERDICT_FAILS); /* one that fails is enough */
}

static void units(void **state)
{
    (void)state;
    check("latency.p99 >= 2000ms", VERDICT_HOLDS);
    check("latency < 1min30s", VERDICT_HOLDS);
    check("goodput == 5400/min", VERDICT_HOLDS);
    check("queue.orders.size.max <= 2KiB", VERDICT_HOLDS);
    check("queue.orders.size.max < 2KB", VERDICT_FAILS);
    check("fleet.lost.utilisation == 75%", VERDICT_HOLDS);
    check("fleet.lost.utilisation == 0.75", VERDICT_HOLDS);
    check("lost <= 1%", VERDICT_HOLDS); /* of 1000 offered */
    check("lost < 1%", VERDICT_FAILS);
    check("0.9% < lost", VERDICT_HOLDS);
    check("lost / offered == 0.01", VERDICT_HOLDS);
    check("lost / offered <= 1%", VERDICT_HOLDS);
    check("lost.rate < 11/s", VERDICT_HOLDS);
    check("latency.count > 5", VERDICT_HOLDS);
    check("queue.orders.depth.max_at < 1s", VERDICT_HOLDS);
    check("fleet.lost.utilisation.min_at + 1ns < 2ns", VERDICT_HOLDS);
}

static void arithmetic(void **state)
{
    (void)state;
    check("lost + offered == 1010", VERDICT_HOLDS);
    check("offered - lost - 1 == 989", VERDICT_HOLDS);
    check("lost + offered * 2 == 2010", VERDICT_HOLDS);
    check("( lost + offered ) * 2 == 2020", VERDICT_HOLDS);
    check("offered / lost / 2 == 50", VERDICT_HOLDS);
    check("latency - 500ms == 1500ms", VERDICT_HOLDS);
    check("latency * 2 == 4s", VERDICT_HOLDS);
    check("latency < 2 * 1s", VERDICT_FAILS);
    check("queue.orders-dlq.sent == 0", VERDICT_HOLDS); /* '-' in a name */
    check("lost == -10", VERDICT_FAILS);
    check("lost > 1e-3", VERDICT_HOLDS);
}

static void names_and_stats(void **state)
{
    (void)state;
    struct metricref r;
    struct metricexpr_error e;
    assert_true(metricref_parse(&pool, "queue.orders.ApproximateNumberOfMessagesVisible.p99.9",
                                &names, &r, &e));
    assert_int_equal(r.metric, 4);
    assert_int_equal(r.stat.kind, STAT_QUANTILE);
    assert_true(fabs(r.stat.p - 0.999) < 1e-12);
    assert_true(metricref_parse(&pool, "latency", &names, &r, &e));
    assert_int_equal(r.stat.kind, STAT_MEAN);
    assert_true(metricref_parse(&pool, "lost", &names, &r, &e));
    assert_int_equal(r.stat.kind, STAT_SUM);
    assert_true(metricref_parse(&pool, "lost.rate", &names, &r, &e));
    assert_int_equal(r.metric, 1);
    assert_true(
        metricref_parse(&pool, "fleet.lost.utilisation", &names, &r, &e)); /* an id like a metric */
    assert_int_equal(r.metric, 7);
    assert_false(metricref_parse(&pool, "", &names, &r, &e));
    assert_false(metricref_parse(&pool, ".", &names, &r, &e));
    assert_false(metricref_parse(&pool, "a.b.c.d.e", &names, &r, &e));
}

static void refused(const char *text, int code, int column, int width, const char *says,
                    const char *label)
{
    struct metricexpr_error e = {0};
    if (metricexpr_parse(&pool, text, &names, &e) != NULL)
        fail_msg("%s: accepted", text);
    if (e.code != code || e.column != column || e.width != width || strstr(e.text, says) == NULL ||
        strcmp(e.label, label) != 0)
        fail_msg("%s: AB%04d %d+%d \"%s\" \"%s\"", text, e.code, e.column, e.width, e.text,
                 e.label);
}

static void what_is_refused(void **state)
{
    (void)state;
    refused("", AB_EXPRESSION, 0, 1, "breaks off", "");
    refused("lost", AB_EXPRESSION, 3, 1, "comparison", "");
    refused("lost <", AB_EXPRESSION, 5, 1, "breaks off", "");
    refused("lost < 1 and", AB_EXPRESSION, 11, 1, "breaks off", "");
    refused("lost = 1", AB_EXPRESSION, 5, 1, "comparison", "did you mean '=='?");
    refused("lost+offered < 3", AB_EXPRESSION, 4, 1, "comparison", "'+' needs blanks around it");
    refused("lost < offered -3", AB_EXPRESSION, 15, 2, "'and' or the end",
            "'-' needs blanks around it");
    refused("lost < 1 && lost > 0", AB_EXPRESSION, 9, 1, "'and'", "did you mean 'and'?");
    refused("lost < 1 AND lost > 0", AB_EXPRESSION, 9, 3, "'and'", "did you mean 'and'?");
    refused("(lost < 1", AB_EXPRESSION, 0, 1, "never closed", "");
    refused("lost < < 1", AB_EXPRESSION, 7, 1, "expected here", "");
    refused("< 1", AB_EXPRESSION, 0, 1, "expected here", "");
    refused("latency < 5m", AB_EXPRESSION, 11, 1, "min or ms?", "");
    refused("latency < 2", AB_EXPRESSION_UNIT, 10, 1, "'latency' is a duration", "2s?");
    refused("goodput > 80", AB_EXPRESSION_UNIT, 10, 2, "'goodput' is a rate", "80/s?");
    refused("queue.orders.size < 64", AB_EXPRESSION_UNIT, 20, 2, "a size", "64KiB?");
    refused("latency < lost", AB_EXPRESSION_UNIT, 10, 4, "a duration and a count", "");
    refused("latency + lost < 3", AB_EXPRESSION_UNIT, 10, 4, "a duration and a count", "");
    refused("latency * latency < 3", AB_EXPRESSION_UNIT, 10, 7, "a duration and a duration", "");
    refused("lost < 1e999", AB_NOT_FINITE, 7, 5, "finite", "");
    refused("lots == 0", AB_METRIC, 0, 4, "no metric 'lots'", "did you mean 'lost'?");
    refused("queue.order.depth.max > 3", AB_METRIC, 0, 21, "no metric",
            "did you mean 'queue.orders.depth.max'?");
    refused("queue.orders.dept > 3", AB_METRIC, 0, 17, "no metric",
            "did you mean 'queue.orders.depth'?");
    refused("queue.orders.NumberOfMessagesSent > 3", AB_METRIC, 0, 33, "no metric", "");
    refused("queue.orders[3].depth > 3", AB_METRIC, 12, 9, "single instances", "");
    refused("latency.p99.99.9 < 2s", AB_STAT, 8, 8, "has no 'p99.99.9'", "");
    refused("latency.men < 2s", AB_STAT, 8, 3, "has no 'men'", "did you mean 'mean'?");
    refused("latency.p100 < 2s", AB_STAT, 8, 4, "has no 'p100'", "");
    refused("queue.orders.depth.max_at < 5", AB_EXPRESSION_UNIT, 28, 1, "", "5s?");
    refused("latency.max_at < 2s", AB_STAT, 8, 6, "'latency' has no 'max_at'", "");
    refused("lost.max < 2", AB_STAT, 5, 3, "'lost' has no 'max'; it has sum, rate", "");
}

static void nested_without_end(void **state)
{
    (void)state;
    char text[300];
    memset(text, '(', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    refused(text, AB_EXPRESSION, 32, 1, "too deep", "");
}

static void comparisons_one_by_one(void **state)
{
    (void)state;
    struct metricexpr_error e;
    const struct metricexpr *x =
        metricexpr_parse(&pool, "lost < 1%  and latency >= 1500ms", &names, &e);
    assert_non_null(x);
    assert_int_equal(metricexpr_count(x), 2);
    struct comparison a = metricexpr_compare(x, 0, value, NULL),
                      b = metricexpr_compare(x, 1, value, NULL);
    assert_string_equal(a.text, "lost < 1%");
    assert_true(a.left == 10 && a.right == 10 && a.unit == UNIT_ONE);
    assert_int_equal(a.verdict, VERDICT_FAILS);
    assert_string_equal(b.text, "latency >= 1500ms");
    assert_true(b.left == 2e9 && b.right == 1.5e9 && b.unit == UNIT_NS);
    assert_int_equal(b.verdict, VERDICT_HOLDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons),
        cmocka_unit_test(units),
        cmocka_unit_test(arithmetic),
        cmocka_unit_test(names_and_stats),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(nested_without_end),
        cmocka_unit_test(comparisons_one_by_one),
    };
    return cmocka_run_group_tests(tests, open_pool, close_pool);
}
