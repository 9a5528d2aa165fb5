/* test_delivery.c - pushed deliveries: when attempts come, what holds them up, how they end; small worlds tried in every way; and
 * memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "delivery.h"
#include "exhaust.h"
#include "mem.h"
#include "testrand.h"

static uint64_t never(struct dice *dice, uint64_t n)
{
    (void)dice;
    return n - 1;
}

/* A set with one line or more, and a clock. */
struct world {
    struct delivery *d;
    struct dice dice[DELIVERY_DICE_KINDS];
    struct call call;
    uint64_t dead, dropped;
    uint64_t last; /* c of the last effect */
    uint32_t lines[8], n;
};

static void open_world(struct world *w, struct delivery_config config)
{
    struct err err = {0};
    *w = (struct world){.dice = {{never}, {never}}};
    assert_true(delivery_open(&w->d, &config, &err));
}

static uint32_t add_line(struct world *w, struct delivery_line with)
{
    uint32_t l = delivery_line_open(w->d, &with);
    assert_int_not_equal(l, UINT32_MAX);
    w->lines[w->n++] = l;
    return l;
}

static struct call *at(struct world *w, sim_time now)
{
    call_begin(&w->call, now, w->dice);
    return &w->call;
}

static void effects(struct world *w)
{
    for (uint32_t i = 0; i < w->call.n_fx; i++) {
        w->dead += w->call.fx[i].kind == DELIVERY_FX_DEAD;
        w->dropped += w->call.fx[i].kind == DELIVERY_FX_DROPPED;
        w->last = w->call.fx[i].c;
    }
    delivery_check(w->d);
}

static void fan(struct world *w, sim_time now, uint64_t user, uint32_t group)
{
    struct delivery_message m = {user, group};
    assert_true(delivery_fan(w->d, at(w, now), &m, w->lines, w->n));
}

static bool next(struct world *w, sim_time now, struct delivery_attempt *a)
{
    bool got = delivery_next(w->d, at(w, now), a);
    effects(w);
    return got;
}

static void settle(struct world *w, sim_time now, uint32_t id, enum delivery_result result)
{
    delivery_settle(w->d, at(w, now), id, result);
    effects(w);
}

/* Attempts of one message whose endpoint always fails after `takes`; their times in seconds, rounded down. Returns how many. */
static uint32_t attempts_of(const struct retry_law *law, bool dead_letter, sim_time takes, int64_t *seconds, uint32_t max,
                            struct world *w, sim_time *end)
{
    struct delivery_attempt a;
    uint32_t n = 0;
    open_world(w, (struct delivery_config){0});
    add_line(w, (struct delivery_line){.law = law, .dead_letter = dead_letter});
    fan(w, 0, 1, DELIVERY_NO_GROUP);
    for (sim_time t; (t = delivery_deadline(w->d)) != SIM_NEVER;)
        while (next(w, t, &a)) {
            if (n < max)
                seconds[n] = t / SIM_S;
            assert_int_equal(a.number, n);
            n++;
            *end = t + takes;
            settle(w, t + takes, a.id, DELIVERY_AGAIN);
        }
    delivery_close(w->d);
    return n;
}

/* TV-SNS-73: 503 at once. TV-SNS-74: no answer within 15 s (SNS-46: the delay runs from the end of the attempt). */
static void test_http(void **state)
{
    struct retry_law law = retry_law_http();
    struct world w;
    int64_t s[8];
    sim_time end;
    (void)state;
    assert_int_equal(attempts_of(&law, true, 0, s, 8, &w, &end), 4);
    assert_memory_equal(s, ((int64_t[]){0, 20, 40, 60}), 4 * sizeof(*s));
    assert_int_equal(w.dead, 1);
    assert_int_equal(w.last, 3 << 8 | DELIVERY_ATTEMPTS_EXHAUSTED);
    assert_int_equal(attempts_of(&law, false, 15 * SIM_S, s, 8, &w, &end), 4);
    assert_memory_equal(s, ((int64_t[]){0, 35, 70, 105}), 4 * sizeof(*s));
    assert_int_equal(end, 120 * SIM_S);
    assert_int_equal(w.dropped, 1);
}

/* TV-EB-63, 64, 65, 67 */
static void test_eventbridge(void **state)
{
    struct retry_law three = retry_law_eventbridge(3, 86400 * SIM_S), young = retry_law_eventbridge(185, 60 * SIM_S),
                     whole = retry_law_eventbridge(185, 86400 * SIM_S), none = retry_law_eventbridge(0, 86400 * SIM_S);
    struct world w;
    int64_t s[200];
    sim_time end;
    (void)state;
    assert_int_equal(attempts_of(&three, true, 0, s, 8, &w, &end), 4);
    assert_memory_equal(s, ((int64_t[]){0, 1, 3, 7}), 4 * sizeof(*s));
    assert_int_equal(w.last, 3 << 8 | DELIVERY_ATTEMPTS_EXHAUSTED);
    assert_int_equal(attempts_of(&young, true, 0, s, 8, &w, &end), 6);
    assert_memory_equal(s, ((int64_t[]){0, 1, 3, 7, 15, 31}), 6 * sizeof(*s));
    assert_int_equal(w.call.now, 60 * SIM_S); /* the dead letter's time */
    assert_int_equal(w.last, 5 << 8 | DELIVERY_AGE_EXCEEDED);
    assert_int_equal(attempts_of(&whole, false, 0, s, 200, &w, &end), 186);
    assert_int_equal(s[185], 84991);
    assert_int_equal(attempts_of(&none, false, 0, s, 8, &w, &end), 1);
}

/* SNS-41: every attempt of 23 days, in the time of a test. */
static void test_twenty_three_days(void **state)
{
    struct retry_law law = retry_law_aws();
    struct world w;
    int64_t s[1];
    sim_time end;
    (void)state;
    assert_int_equal(attempts_of(&law, true, 0, s, 1, &w, &end), 100016);
    assert_int_equal(end / SIM_S, 2000049);
}

/* TV-SNS-81: away until 10.5 s. */
static void test_comes_back(void **state)
{
    struct retry_law law = retry_law_aws();
    struct delivery_attempt a;
    struct world w;
    uint32_t n = 0;
    (void)state;
    open_world(&w, (struct delivery_config){0});
    add_line(&w, (struct delivery_line){.law = &law});
    fan(&w, 0, 7, DELIVERY_NO_GROUP);
    for (sim_time t; (t = delivery_deadline(w.d)) != SIM_NEVER;)
        while (next(&w, t, &a)) {
            n++;
            settle(&w, t, a.id, t < 10500 * SIM_MS ? DELIVERY_AGAIN : DELIVERY_OK);
        }
    assert_int_equal(n, 13);
    assert_in_range(w.call.now, 13455 * SIM_MS, 13465 * SIM_MS);
    assert_int_equal(delivery_counts(w.d)->delivered, 1);
    delivery_close(w.d);
}

/* SNS-28: the group waits, others do not. */
static void test_order(void **state)
{
    struct retry_law law = retry_law_http();
    struct delivery_attempt a, b, none;
    struct world w;
    (void)state;
    open_world(&w, (struct delivery_config){0});
    add_line(&w, (struct delivery_line){.law = &law, .ordered = true, .dead_letter = true});
    fan(&w, 0, 1, 5);
    fan(&w, 0, 2, 5);
    fan(&w, 0, 3, 6);
    assert_true(next(&w, 0, &a));
    assert_int_equal(a.message.user, 1);
    assert_true(next(&w, 0, &b));
    assert_int_equal(b.message.user, 3);
    assert_false(next(&w, 0, &none));
    settle(&w, 0, b.id, DELIVERY_OK);
    settle(&w, 1, a.id, DELIVERY_AGAIN);
    assert_false(next(&w, 1, &none));
    assert_int_equal(delivery_deadline(w.d), 1 + 20 * SIM_S);
    assert_true(next(&w, 1 + 20 * SIM_S, &a));
    assert_int_equal(a.message.user, 1);
    settle(&w, 1 + 20 * SIM_S, a.id, DELIVERY_NEVER);
    assert_int_equal(w.dead, 1);
    assert_true(next(&w, 1 + 20 * SIM_S, &a)); /* its turn has come */
    assert_int_equal(a.message.user, 2);
    assert_int_equal(a.began, 0);
    settle(&w, 1 + 20 * SIM_S, a.id, DELIVERY_OK);
    assert_int_equal(delivery_deadline(w.d), SIM_NEVER);
    delivery_close(w.d);
}

/* SNS-47, EB-18: a burst of one second's worth, then one each 1/rate. */
static void check_cap(struct delivery_config config, struct delivery_line line)
{
    struct delivery_attempt a;
    struct world w;
    uint64_t user = 0;
    open_world(&w, config);
    add_line(&w, line);
    for (uint64_t i = 0; i < 10; i++)
        fan(&w, 0, i, DELIVERY_NO_GROUP);
    for (sim_time t; (t = delivery_deadline(w.d)) != SIM_NEVER;)
        while (next(&w, t, &a)) {
            assert_int_equal(a.message.user, user);
            assert_int_equal(t, user < 4 ? 0 : (sim_time)(user - 3) * SIM_S / 4);
            user++;
            settle(&w, t, a.id, DELIVERY_OK);
        }
    assert_int_equal(user, 10);
    fan(&w, 100 * SIM_S, 77, DELIVERY_NO_GROUP); /* full again */
    assert_true(next(&w, 100 * SIM_S, &a));
    delivery_close(w.d);
}

static void test_caps(void **state)
{
    struct retry_law law = retry_law_http();
    (void)state;
    check_cap((struct delivery_config){0}, (struct delivery_line){.law = &law, .per_second = 4});
    check_cap((struct delivery_config){.per_second = 4}, (struct delivery_line){.law = &law});
    check_cap((struct delivery_config){.per_second = 4}, (struct delivery_line){.law = &law, .per_second = 1000});
    check_cap((struct delivery_config){.per_second = 1000}, (struct delivery_line){.law = &law, .per_second = 4});
}

/* SNS-9: what waits is dropped, what is under way may end, the number comes again. */
static void test_closed_line(void **state)
{
    struct retry_law law = retry_law_http();
    struct delivery_attempt a, b;
    struct world w;
    (void)state;
    open_world(&w, (struct delivery_config){0});
    uint32_t line = add_line(&w, (struct delivery_line){.law = &law, .ordered = true, .dead_letter = true, .per_second = 2});
    for (uint64_t i = 0; i < 6; i++)
        fan(&w, 0, i, (uint32_t)(i % 4)); /* 0 and 1 go; 2 and 3 have no token; 4 and 5 are behind 0 and 1 */
    assert_true(next(&w, 0, &a) && next(&w, 0, &b));
    assert_false(next(&w, 0, &(struct delivery_attempt){0}));
    settle(&w, 0, a.id, DELIVERY_AGAIN);
    delivery_line_close(w.d, at(&w, 1), line);
    assert_false(next(&w, 1, &a));
    assert_int_equal(w.dropped, 4); /* 0, 2, 3, and 4, which was behind 0 */
    assert_int_equal(delivery_counts(w.d)->under_way, 1);
    settle(&w, 2, b.id, DELIVERY_OK);
    assert_false(next(&w, 2, &a));
    assert_int_equal(w.dropped, 5);
    assert_int_equal(w.dead, 0);
    assert_int_equal(delivery_line_open(w.d, &(struct delivery_line){.law = &law, .per_second = 1}), line);
    delivery_close(w.d);
}

/* Two lines, two messages, every result of every attempt, closings in between: what goes in comes out (delivery_check after
 * every step), order holds, and it ends. */
static void small_world(struct exhaust *e)
{
    struct retry_law law = {.backoff = 1, .min = 2, .max = 2, .max_age = 3};
    struct delivery_attempt a, hand[8];
    struct world w;
    uint32_t held = 0;
    uint64_t last[2] = {0, 0};
    open_world(&w, (struct delivery_config){.duplicates = 500000000, .per_second = exhaust_range(e, 0, 1) ? 1000000000 : 0});
    w.dice[DELIVERY_DICE_DUPLICATE] = (struct dice){never};
    for (uint32_t i = 0; i < 2; i++)
        add_line(&w, (struct delivery_line){.law = &law, .ordered = i == 0, .dead_letter = i == 0, .user = i});
    fan(&w, 0, 1, 9);
    fan(&w, 0, 2, 9);
    for (sim_time t = 0; t < 12; t++) {
        while (delivery_deadline(w.d) <= t)
            while (next(&w, t, &a)) {
                if (a.line_user == 0) {
                    assert_true(a.message.user >= last[0]); /* in order */
                    last[0] = a.message.user;
                }
                hand[held++] = a;
            }
        uint32_t old = held;
        held = 0;
        for (uint32_t i = 0; i < old; i++) {
            uint64_t what = exhaust_range(e, 0, t < 4 ? 3 : 1);
            if (what == 3)
                hand[held++] = hand[i]; /* no answer yet */
            else
                settle(&w, t, hand[i].id, (enum delivery_result)what);
        }
    }
    const struct delivery_counts *c = delivery_counts(w.d);
    assert_int_equal(c->begun, 4);
    assert_int_equal(c->delivered + w.dead + w.dropped, 4);
    assert_int_equal(c->dead, w.dead);
    assert_int_equal(c->dropped, w.dropped);
    assert_int_equal(delivery_deadline(w.d), SIM_NEVER);
    delivery_close(w.d);
}

static void test_small_worlds(void **state)
{
    struct exhaust worlds;
    (void)state;
    exhaust_init(&worlds);
    while (!exhaust_done(&worlds))
        small_world(&worlds);
    assert_true(worlds.worlds > 10000);
}

static uint64_t always(struct dice *dice, uint64_t n)
{
    (void)dice;
    (void)n;
    return 0;
}

/* SNS-31: one more delivery, which has no duplicate of its own and changes no balance. */
static void test_duplicate(void **state)
{
    struct retry_law law = retry_law_http();
    struct delivery_attempt a;
    struct world w;
    (void)state;
    open_world(&w, (struct delivery_config){.duplicates = 1});
    w.dice[DELIVERY_DICE_DUPLICATE] = (struct dice){always};
    add_line(&w, (struct delivery_line){.law = &law, .dead_letter = true});
    fan(&w, 0, 1, DELIVERY_NO_GROUP);
    assert_true(next(&w, 0, &a));
    assert_false(a.again);
    settle(&w, 0, a.id, DELIVERY_OK);
    assert_true(next(&w, 0, &a));
    assert_true(a.again);
    settle(&w, 0, a.id, DELIVERY_NEVER);
    assert_false(next(&w, 0, &a));
    assert_int_equal(delivery_counts(w.d)->delivered, 1);
    assert_int_equal(delivery_counts(w.d)->twice, 1);
    assert_int_equal(w.dead, 0);
    delivery_close(w.d);
}

static uint64_t any(struct dice *dice, uint64_t n)
{
    (void)dice;
    static struct testrand random = {4711};
    return testrand_u64(&random) % n;
}

/* Five hundred retries with delays drawn from 20 s: they come in the order of their times, each in its own. */
static void test_many_at_once(void **state)
{
    struct retry_law law = retry_law_http();
    struct delivery_attempt a;
    struct world w;
    sim_time last = 0, wait = 0;
    (void)state;
    law.jitter = true;
    open_world(&w, (struct delivery_config){0});
    w.dice[DELIVERY_DICE_JITTER] = (struct dice){any};
    add_line(&w, (struct delivery_line){.law = &law});
    for (uint64_t i = 0; i < 500; i++)
        fan(&w, 0, i, DELIVERY_NO_GROUP);
    for (sim_time t; (t = delivery_deadline(w.d)) != SIM_NEVER; last = t) {
        assert_true(t >= last);
        while (next(&w, t, &a)) {
            wait += t;
            settle(&w, t, a.id, a.number == 1 ? DELIVERY_OK : DELIVERY_AGAIN);
        }
    }
    assert_true(last < 21 * SIM_S);
    assert_in_range(wait / 500, 9 * SIM_S, 11 * SIM_S); /* 10 s on average */
    assert_int_equal(delivery_counts(w.d)->delivered, 500);
    delivery_close(w.d);
}

/* A message for a million lines: one entry, and one record that is used again and again. */
static void test_million_lines(void **state)
{
    enum { N = 1000000 };
    struct retry_law law = retry_law_aws();
    struct delivery_message m = {1, DELIVERY_NO_GROUP};
    struct delivery_attempt a;
    struct world w;
    (void)state;
    open_world(&w, (struct delivery_config){0});
    uint32_t *lines = malloc(N * sizeof(*lines));
    mem_fail_at(0);
    for (uint32_t i = 0; i < N; i++)
        lines[i] = delivery_line_open(w.d, &(struct delivery_line){.law = &law});
    assert_true(mem_count() < 2000); /* by chunks */
    long before = mem_count();
    assert_true(delivery_fan(w.d, at(&w, 0), &m, lines, N));
    for (uint32_t i = 0; i < N; i++) {
        call_begin(&w.call, 0, w.dice);
        assert_true(delivery_next(w.d, &w.call, &a));
        delivery_settle(w.d, &w.call, a.id, DELIVERY_OK);
    }
    assert_false(delivery_next(w.d, at(&w, 0), &a));
    assert_true(mem_count() - before < 10);
    assert_int_equal(delivery_counts(w.d)->delivered, N);
    delivery_close(w.d);
    free(lines);
}

/* Every allocation fails once: a refusal or `failed`, no leak, no crash. */
static void test_short_memory(void **state)
{
    struct retry_law law = retry_law_http();
    (void)state;
    for (long n = 1;; n++) {
        struct delivery *d;
        struct delivery_attempt a;
        struct dice dice[DELIVERY_DICE_KINDS] = {{never}, {never}};
        struct call call;
        struct err err = {0};
        uint32_t line;
        mem_fail_at(n);
        call_begin(&call, 0, dice);
        if (delivery_open(&d, &(struct delivery_config){0}, &err)) {
            line = delivery_line_open(d, &(struct delivery_line){.law = &law, .ordered = true, .per_second = 3});
            for (uint64_t i = 0; line != UINT32_MAX && i < 40; i++)
                if (!delivery_fan(d, &call, &(struct delivery_message){i, (uint32_t)(i / 2)}, &line, 1))
                    break;
            while (delivery_next(d, &call, &a))
                delivery_settle(d, &call, a.id, DELIVERY_AGAIN);
            delivery_close(d);
        }
        bool all = mem_count() < n;
        mem_fail_at(0);
        if (all)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http),          cmocka_unit_test(test_eventbridge), cmocka_unit_test(test_twenty_three_days),
        cmocka_unit_test(test_comes_back),    cmocka_unit_test(test_order),       cmocka_unit_test(test_caps),
        cmocka_unit_test(test_closed_line),   cmocka_unit_test(test_duplicate),   cmocka_unit_test(test_small_worlds),
        cmocka_unit_test(test_many_at_once),
        cmocka_unit_test(test_million_lines), cmocka_unit_test(test_short_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
