/* A topic's core where scripts do not reach: a million subscriptions, memory that runs short, matches that are worked out once per
 * template.
 *
 * rules: SNS-3 SNS-30 */
#include <setjmp.h>
#include <malloc.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "mem.h"
#include "sns.h"

struct filter {
    uint32_t event;
};
struct filter_event {
    uint32_t event;
};
static uint64_t n_judged;
static enum sns_reason judge(const struct filter *f, const struct filter_event *e)
{
    n_judged++;
    return f->event == e->event ? SNS_MATCHES : SNS_BY_ATTRIBUTES;
}
static const struct filter filter[2] = {{1}, {2}};
static const struct filter_event event[3] = {{0}, {1}, {2}};

static struct call call;
static struct call *begin(sim_time now)
{
    static struct dice dice[DELIVERY_DICE_KINDS];
    call_begin(&call, now, dice);
    return &call;
}

static struct sns *topic_with(uint32_t n, bool filters)
{
    struct sns *t;
    struct sns_config config;
    sns_config_default(&config, false);
    config.judge = judge;
    config.filters_max = UINT32_MAX;
    assert_true(sns_open(&t, &config, NULL));
    for (uint32_t i = 0; i < n; i++) {
        uint32_t number;
        struct sns_subscription s = {.endpoint = SNS_LAMBDA, .user = i, .filter = filters ? &filter[i % 2] : NULL};
        assert_int_equal(sns_subscribe(t, begin(0), &s, &number), SNS_OK);
        assert_int_equal(number, i);
    }
    return t;
}

static uint32_t publish(struct sns *t, sim_time now, uint32_t which)
{
    struct sns_published out;
    struct sns_publish p = {.size = 10, .group = SNS_NO_GROUP, .event = which, .n_attributes = 1, .attributes = &event[which]};
    assert_int_equal(sns_publish(t, begin(now), &p, &out), SNS_OK);
    return out.copies;
}

/* Every attempt succeeds at once. Returns how many there were. */
static uint64_t deliver(struct sns *t, sim_time now)
{
    struct sns_attempt a;
    uint64_t n = 0;
    while (sns_next(t, begin(now), &a)) {
        sns_settle(t, begin(now), &a, DELIVERY_OK);
        n++;
    }
    return n;
}

static void test_a_million(void **state)
{
    const uint32_t n = 1000000;
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    (void)state;
    struct sns *t = topic_with(n, false);
    assert_int_equal(publish(t, 0, 1), n);
    assert_int_equal(deliver(t, 0), n);
    size_t used = mallinfo2().uordblks + mallinfo2().hblkhd - before;
    print_message("%.1f bytes a subscription\n", (double)used / n);
    assert_true(used <= (size_t)n * 128);
    mem_fail_at(0);
    long allocations = mem_count();
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(publish(t, i * SIM_S, 1), n);
        assert_int_equal(deliver(t, i * SIM_S), n);
    }
    assert_true(mem_count() - allocations < 10);
    assert_int_equal(sns_deliveries(t)->delivered, 4 * (uint64_t)n);
    assert_int_equal(sns_deadline(t), SIM_NEVER);
    sns_check(t, 3 * SIM_S);
    sns_close(t);
}

/* One evaluation per template and subscription with a filter, not one per event. */
static void test_once_per_template(void **state)
{
    struct sns *t = topic_with(1000, true);
    struct sns_line_counts c;
    (void)state;
    n_judged = 0;
    for (int i = 0; i < 500; i++) {
        assert_int_equal(publish(t, 0, 1), 500);
        assert_int_equal(publish(t, 0, 2), 500);
        assert_int_equal(publish(t, 0, 2), 500);
        deliver(t, 0);
    }
    assert_int_equal(n_judged, 2 * 1000);
    assert_int_equal(sns_counts(t)->filtered_out, 1500 * 500);
    sns_line_counts(t, 0, &c); /* it gets template 1 */
    assert_int_equal(c.filtered, 1000);
    assert_int_equal(c.deliveries.delivered, 500);
    sns_unsubscribe(t, begin(0), 1);
    deliver(t, 0);
    assert_int_equal(publish(t, 0, 2), 499);
    sns_line_counts(t, 0, &c);
    assert_int_equal(c.filtered, 1001);
    sns_close(t);
}

/* Whatever runs short: an outcome or sns_failed says so, and nothing is left behind. */
static void test_memory_runs_short(void **state)
{
    (void)state;
    for (long at = 1; at < 60; at++) {
        struct sns *t = NULL;
        struct sns_config config;
        struct sns_published out;
        sns_config_default(&config, true);
        config.judge = judge;
        config.archive = SIM_DAY;
        mem_fail_at(at);
        bool ok = sns_open(&t, &config, NULL);
        for (uint32_t i = 0; ok && i < 3; i++) {
            uint32_t number;
            struct sns_subscription s = {.endpoint = SNS_SQS, .user = i, .filter = i == 1 ? &filter[0] : NULL};
            ok = sns_subscribe(t, begin(0), &s, &number) == SNS_OK;
        }
        for (uint64_t i = 0; ok && i < 3; i++) {
            struct sns_publish p = {.dedup = i + 1, .size = 10, .group = 7, .event = 1, .attributes = &event[1]};
            ok = sns_admit(t, begin(0), &p, 1) == SNS_OK && sns_publish(t, begin(0), &p, &out) == SNS_OK;
            deliver(t, 0);
            ok = ok && !sns_failed(t);
        }
        ok = ok && sns_replay(t, begin(SIM_S), 0, 0, SIM_S) == SNS_OK;
        for (int i = 0; ok && i < 10; i++) {
            sns_advance(t, begin(SIM_S + i * 10 * SIM_MS));
            deliver(t, SIM_S + i * 10 * SIM_MS);
            ok = !sns_failed(t);
        }
        mem_fail_at(0);
        if (ok)
            sns_check(t, SIM_DAY);
        sns_close(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_million), cmocka_unit_test(test_once_per_template),
                                       cmocka_unit_test(test_memory_runs_short)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
