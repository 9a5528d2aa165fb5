/* The charts of scaling: areas of deficit and surplus whose size is known beforehand, limits, alarms; and that every kind of
 * data can be drawn. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "chart_data.h"
#include "layouts_scaling.h"
#include "made_up.h"
#include "mem.h"

#define BUCKETS 360
#define WIDTH_S 10.0
#define END_S   3600.0

/* --- capacity --- */

/* Load 10, and 20 from 0:20 to 0:40; capacity 12, and 24 from `delay` minutes later on. */
struct follow {
    double load[BUCKETS], capacity[BUCKETS], desired[BUCKETS], backlog[BUCKETS];
};

static void follow(struct follow *f, double delay_min)
{
    for (size_t b = 0; b < BUCKETS; b++) {
        double t = (double)b * WIDTH_S / 60;
        bool high = t >= 20 && t < 40, more = t >= 20 + delay_min && t < 40 + delay_min;
        f->load[b] = high ? 20 : 10;
        f->capacity[b] = more ? 24 : 12;
        f->desired[b] = high ? 24 : 12;
        f->backlog[b] = high && !more ? (t - 20) * 600 : 0;
    }
}

static struct capacity_row row_of(const char *name, const struct follow *f)
{
    return (struct capacity_row){name, f->load, f->capacity, f->desired, f->backlog, 1, 20, NULL};
}

static struct capacity_data capacity_of(const struct capacity_row *row, size_t n, const char *run)
{
    return (struct capacity_data){.what = "group.workers", .run = run, .load_name = "arrivals × work", .unit = "instance", .n = BUCKETS, .width_s = WIDTH_S, .end_s = END_S,
                                  .row = row, .n_row = n};
}

/* Five minutes late: short 8 for 5 min (0.667 h); idle 2 for 35 min, 4 for 15, 14 for 5 (3.33 h); in service 12 h + 12 x 20 min. */
static void areas_are_told_in_instance_hours(void **state)
{
    static struct follow f;
    struct err err = {0};
    struct sheet *s;
    (void)state;
    follow(&f, 5);
    const struct capacity_row row = row_of("tracking", &f);
    const struct capacity_data d = capacity_of(&row, 1, "day");
    assert_true(capacity_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "group.workers: 0.667 instance-hours short (8.3 % of the time), 3.33 idle of 16 in service");
    assert_non_null(sheet_find(s, "backlog per instance"));
    assert_non_null(sheet_find(s, "at most 242 waiting")); /* 2,900 of 12 */
    judge(true, s, &err, "capacity");
}

static void policies_are_compared(void **state)
{
    static struct follow f[2];
    struct err err = {0};
    struct sheet *s;
    (void)state;
    follow(&f[0], 5);
    follow(&f[1], 0);
    for (size_t b = 0; b < BUCKETS; b++)
        f[1].capacity[b] = 24;
    const struct capacity_row row[] = {row_of("tracking", &f[0]), row_of("generous", &f[1])};
    const struct capacity_data d = capacity_of(row, 2, NULL);
    assert_true(capacity_layout(&d, 0, 0, &s, &err));
    /* generous: 14 for 40 min, 4 for 20 */
    assert_string_equal(sheet_title(s), "generous is short least, 0 instance-hours, with 10.7 idle; tracking idles least, 3.33, and is 0.667 short");
    assert_non_null(sheet_find(s, "short 0.667 instance-hours, idle 3.33, in service 16"));
    assert_null(sheet_find(s, "backlog per instance"));
    judge(true, s, &err, "policies");
}

/* Two replications of which one is short and the other idle: neither makes up for the other. */
static void areas_are_of_each_replication(void **state)
{
    double load[] = {10, 10, 10, 10}, capacity[] = {0, 0, 20, 20};
    const struct capacity_row row = {"r", load, capacity, NULL, NULL, 2, NAN, NULL};
    struct capacity_data d = capacity_of(&row, 1, "run");
    struct err err = {0};
    struct sheet *s;
    (void)state;
    d.n = 2;
    d.width_s = 1800;
    assert_true(capacity_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "group.workers: 5 instance-hours short (50.0 % of the time), 5 idle of 10 in service");
    judge(true, s, &err, "two");
}

static void capacities_of_any_kind_are_drawn(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_KIND; k++)
        for (size_t n = 1; n < 9; n += 7) {
            double *a = values((enum kind)k, 3, 50), *b = values((enum kind)((k + 3) % N_KIND), 3, 50);
            struct capacity_row row[8];
            for (size_t i = 0; i < n; i++)
                row[i] = (struct capacity_row){names[i % NAMES], i % 2 ? a : b, i % 2 ? b : a, i % 3 ? a : NULL, i % 2 ? NULL : b, 3, i % 2 ? 5 : NAN, i % 4 == 3 ? b : NULL};
            const struct capacity_data d = {.what = names[k % NAMES], .run = n == 1 ? names[(k + 1) % NAMES] : NULL, .load_name = names[(k + 2) % NAMES], .unit = names[k % NAMES],
                                            .n = 50, .width_s = 2, .end_s = 100, .row = row, .n_row = n, .fault = fault, .n_fault = FAULTS};
            ON_ALL_PAGES(kind_name[k], capacity_layout, &d);
            free(a);
            free(b);
        }
}

/* --- concurrency --- */

static void limits_and_throttles_are_told(void **state)
{
    static double at_work[BUCKETS], most[BUCKETS], throttled[BUCKETS], cold[BUCKETS], invoked[BUCKETS];
    static const struct concurrency_limit limit[] = {{"provisioned", 10, true}, {"reserved", 50, false}, {"account", 1000, false}};
    struct concurrency_data d = {.function = "function.resize", .run = "burst", .n_replication = 1, .n = BUCKETS, .width_s = WIDTH_S, .end_s = END_S,
                                 .concurrent = at_work, .most = most, .throttled = throttled, .cold = cold, .invoked = invoked, .limit = limit, .n_limit = 3};
    struct err err = {0};
    struct sheet *s;
    (void)state;
    for (size_t b = 0; b < BUCKETS; b++) {
        bool burst = b >= 120 && b < 180;
        at_work[b] = burst ? 48 : 12;
        most[b] = burst ? 50 : 20;
        throttled[b] = burst ? 100 : 0;
        cold[b] = b == 120 ? 30 : 0;
        invoked[b] = 200;
    }
    assert_true(concurrency_layout(&d, 0, 0, &s, &err));
    /* 60 of 360 buckets: 48, else 12: 18; 6,000 of 72,000 + 6,000 */
    assert_string_equal(sheet_title(s), "function.resize: 50 executions at once, 18 on average, of 50 allowed; 6,000 throttled (7.7 % of attempts)");
    assert_non_null(sheet_find(s, "reserved 50"));
    assert_null(sheet_find(s, "account 1,000")); /* too far to be seen */
    assert_non_null(sheet_find(s, "30 in all, 0.04 % of invocations"));
    judge(true, s, &err, "function");
    memset(throttled, 0, sizeof(throttled));
    d.n_limit = 0;
    d.cold = NULL;
    assert_true(concurrency_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "function.resize: 50 executions at once, 18 on average; nothing throttled");
    assert_null(sheet_find(s, "cold starts"));
    judge(true, s, &err, "no limit");
    for (size_t b = 0; b < BUCKETS; b++) { /* all is refused: reserved is 0 */
        at_work[b] = most[b] = invoked[b] = 0;
        throttled[b] = 2;
    }
    assert_true(concurrency_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "function.resize: nothing executed; 720 throttled");
    judge(true, s, &err, "stopped");
}

static void concurrencies_of_any_kind_are_drawn(void **state)
{
    static const struct concurrency_limit limit[] = {{LONG_NAME, 50, false}, {"", 0, false}, {"주문 대기열", 1e17, false}, {"none", NAN, true}, {"near", 51, true}};
    (void)state;
    for (size_t k = 0; k < N_KIND; k++) {
        double *a = values((enum kind)k, 3, 50), *b = values((enum kind)((k + 3) % N_KIND), 3, 50);
        const struct concurrency_data d = {.function = names[k % NAMES], .run = names[(k + 1) % NAMES], .n_replication = 3, .n = 50, .width_s = 2, .end_s = 100,
                                           .concurrent = a, .most = k % 2 ? b : NULL, .throttled = k % 3 ? b : NULL, .cold = k % 2 ? a : NULL,
                                           .invoked = k % 4 ? a : NULL, .limit = limit, .n_limit = ARRAY_LEN(limit), .fault = fault, .n_fault = FAULTS};
        ON_ALL_PAGES(kind_name[k], concurrency_layout, &d);
        free(a);
        free(b);
    }
}

/* --- alarms --- */

static void alarms_are_strips(void **state)
{
    static const struct alarm_span high[] = {{0, 60, ALARM_UNKNOWN}, {60, 1500, ALARM_OK}, {1500, 2400, ALARM_ON}, {2400, 3600, ALARM_OK}},
                                   low[] = {{0, 3600, ALARM_OK}};
    const struct alarm_row row[] = {{"alarm.high", high, ARRAY_LEN(high), 0.25, 1, 0, 0, "queue.q.depth >= 1000"}, {"alarm.low", low, 1, 0, 0, NAN, NAN, NULL}};
    struct alarms_data d = {.run = "day", .n_replication = 1, .end_s = END_S, .row = row, .n_row = 2};
    struct err err = {0};
    struct sheet *s;
    size_t on = 0;
    (void)state;
    assert_true(alarms_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "alarm.high is in ALARM 25.0 % of the time, first at 25 min; alarm.low never goes to ALARM");
    for (size_t i = 0; i < s->n; i++)
        if (s->mark[i].kind == MARK_AREA && s->mark[i].ink.rgb == 0xD55E00) {
            double width = s->mark[i].at[1].x - s->mark[i].at[0].x;
            assert_true(fabs(width - (720 - 46) * 0.25) < 0.01);
            on++;
        }
    assert_int_equal(on, 1);
    judge(true, s, &err, "alarms");
    const struct alarm_row four[] = {row[1], row[0], row[1], row[1]};
    d.row = four;
    d.n_row = 4;
    assert_true(alarms_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "1 of 4 alarms go to ALARM; alarm.high most: 25.0 % of the time, first at 25 min");
    judge(true, s, &err, "four");
    d.row = &row[1];
    d.n_row = 1;
    assert_true(alarms_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "alarm.low never goes to ALARM");
    judge(true, s, &err, "quiet");
}

static void alarms_of_any_kind_are_drawn(void **state)
{
    static const struct alarm_span odd[] = {{0, 0, ALARM_ON}, {0, 50, ALARM_ON}, {50, 40, ALARM_OK}, {50, 1e9, ALARM_UNKNOWN}, {99, INFINITY, ALARM_ON}};
    struct alarm_row row[20];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(row); i++)
        row[i] = (struct alarm_row){names[i % NAMES], odd, i % (ARRAY_LEN(odd) + 1), i % 3 ? 0.5 : NAN, i % 2 ? 1e9 : NAN, i % 4 ? 1e9 : NAN, i % 5 ? 0 : 77,
                                    i % 2 ? names[(i + 1) % NAMES] : NULL};
    for (size_t n = 1; n <= ARRAY_LEN(row); n += 19) {
        const struct alarms_data d = {.run = names[n % NAMES], .n_replication = n, .end_s = 100, .row = row, .n_row = n, .fault = fault, .n_fault = FAULTS};
        ON_ALL_PAGES("alarms", alarms_layout, &d);
    }
}

/* --- all --- */

static void nothing_is_refused(void **state)
{
    struct err err = {0};
    struct sheet *s = NULL;
    (void)state;
    assert_false(capacity_layout(&(struct capacity_data){.what = "group.g"}, 0, 0, &s, &err));
    assert_int_equal(err.class, ERR_DATA);
    err = (struct err){0};
    assert_false(concurrency_layout(&(struct concurrency_data){.function = "function.f"}, 0, 0, &s, &err));
    assert_non_null(strstr(err.text, "function.f has no concurrency"));
    err = (struct err){0};
    assert_false(alarms_layout(&(struct alarms_data){.run = "r"}, 0, 0, &s, &err));
    assert_int_equal(err.class, ERR_DATA);
}

/* Each allocation fails once. */
static void short_memory_is_survived(void **state)
{
    static struct follow f;
    static const struct alarm_span span[] = {{0, 60, ALARM_ON}};
    const struct alarm_row alarm = {"alarm.a", span, 1, 0.1, 1, 2, 0, "queue.q.depth > 1"};
    const struct alarms_data alarms = {.run = "r", .n_replication = 1, .end_s = 100, .row = &alarm, .n_row = 1};
    follow(&f, 5);
    const struct capacity_row row = row_of("tracking", &f);
    const struct capacity_data capacity = capacity_of(&row, 1, "day");
    const struct concurrency_data function = {.function = "f", .run = "r", .n_replication = 1, .n = BUCKETS, .width_s = WIDTH_S, .end_s = END_S,
                                              .concurrent = f.load, .most = f.load, .throttled = f.load, .cold = f.load, .invoked = f.load};
    (void)state;
    for (size_t c = 0; c < 3; c++)
        for (long n = 1; n < 60; n++) {
            struct err err = {0};
            struct sheet *s = NULL;
            mem_fail_at(n);
            bool ok = c == 0   ? capacity_layout(&capacity, 0, 0, &s, &err)
                      : c == 1 ? concurrency_layout(&function, 0, 0, &s, &err)
                               : alarms_layout(&alarms, 0, 0, &s, &err);
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
        cmocka_unit_test(areas_are_told_in_instance_hours),
        cmocka_unit_test(policies_are_compared),
        cmocka_unit_test(areas_are_of_each_replication),
        cmocka_unit_test(capacities_of_any_kind_are_drawn),
        cmocka_unit_test(limits_and_throttles_are_told),
        cmocka_unit_test(concurrencies_of_any_kind_are_drawn),
        cmocka_unit_test(alarms_are_strips),
        cmocka_unit_test(alarms_of_any_kind_are_drawn),
        cmocka_unit_test(nothing_is_refused),
        cmocka_unit_test(short_memory_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
