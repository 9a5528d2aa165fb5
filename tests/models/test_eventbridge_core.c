/* test_eventbridge_core.c - the account of EventBridge: small worlds tried in every way, with conservation after every step; and random
 * calls against a list that knows nothing of rows, lines and heaps. rules: EB-2 EB-3 EB-5 EB-9 EB-37 EB-38 EB-39 EB-41 EB-43 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "delivery.h"
#include "eb_json.h"
#include "eventbridge.h"
#include "exhaust.h"
#include "mem.h"
#include "testrand.h"

static uint64_t no_roll(struct dice *d, uint64_t n)
{
    (void)d;
    return n - 1;
}

static struct eb *account(struct dice *dice, uint32_t invoke_rate)
{
    struct eb_config c;
    struct eb *e;
    eb_config_default(&c);
    c.dice = dice;
    c.json = eb_json();
    c.control_rate = 0;
    c.invoke_rate = invoke_rate;
    c.put_rate = 0;
    assert_true(eb_open(&e, &c, NULL));
    return e;
}

/* Begun = what is known of every delivery. */
static void conserved(const struct eb *e)
{
    const struct delivery_counts *c = eb_deliveries(e);
    eb_check(e);
    assert_true(c->begun == c->delivered + c->dead + c->dropped + c->waiting + c->under_way);
}

/* --- every world: three targets, an event, then each attempt is answered in any way, at once or later, and another event comes
 * at any step --- */

#define HELD 8

struct held {
    uint32_t id[HELD], n;
};

static void put(struct eb *e)
{
    const struct eb_entry x = {.source = "a", .detail_type = "t", .detail = "{}", .time_s = -1};
    struct eb_result r;
    uint32_t failed;
    assert_int_equal(eb_put(e, &x, 1, &r, &failed), EB_OK);
    assert_int_equal(failed, 0);
}

static void answer(struct eb *e, struct exhaust *worlds, uint32_t id)
{
    static const enum eb_answer kinds[] = {EB_ACCEPTED, EB_ANSWER_THROTTLED, EB_ANSWER_NO_RESOURCE};
    eb_settle(e, id, kinds[exhaust_roll(&worlds->dice, 3)]);
    conserved(e);
}

static void take_letters(struct eb *e, struct exhaust *worlds, uint64_t *letters)
{
    struct eb_letter l;
    while (eb_letter(e, &l)) {
        assert_string_equal(l.queue, "dead");
        assert_true((l.exhausted == NULL) == (strcmp(l.error_code, "NO_RESOURCE") == 0));
        assert_true(l.exhausted == NULL || l.retries == 1);
        eb_letter_sent(e, exhaust_roll(&worlds->dice, 2) == 0);
        ++*letters;
        conserved(e);
    }
}

static void play(struct exhaust *worlds, uint32_t invoke_rate)
{
    struct dice dice[EB_DICE_KINDS] = {{no_roll}, {no_roll}};
    struct eb *e = account(dice, invoke_rate);
    struct held held = {.n = 0};
    struct eb_attempt a;
    uint64_t letters = 0, attempts = 0;
    const struct eb_target t[] = {{.id = "x", .arn = "x", .attempts = 1, .age_s = -1, .dead_letter = "dead"},
                                  {.id = "y", .arn = "y", .attempts = 0, .age_s = -1}};
    assert_int_equal(eb_rule_put(e, &(struct eb_rule_put){.name = "r", .pattern = "{\"source\":[\"a\"]}"}), EB_OK);
    assert_int_equal(eb_targets_put(e, NULL, "r", t, 2), EB_OK);
    put(e);
    for (int step = 0; step < 12 && (eb_deadline(e) != SIM_NEVER || held.n > 0); step++) {
        if (eb_deadline(e) != SIM_NEVER)
            eb_to(e, eb_deadline(e));
        while (eb_next(e, &a)) {
            attempts++;
            conserved(e);
            if (held.n < 1 && exhaust_roll(&worlds->dice, 2) == 1)
                held.id[held.n++] = a.id;
            else
                answer(e, worlds, a.id);
        }
        if (held.n > 0) { /* a second later, or when the next thing happens */
            sim_time later = eb_now(e) + SIM_S;
            eb_to(e, eb_deadline(e) < later ? eb_deadline(e) : later);
            answer(e, worlds, held.id[--held.n]);
        }
        take_letters(e, worlds, &letters);
    }
    const struct delivery_counts *c = eb_deliveries(e);
    assert_int_equal(c->begun, 2);
    assert_int_equal(c->delivered + c->dead + c->dropped, 2);
    assert_int_equal(c->dead, letters);
    assert_int_equal(eb_metric(e, EB_TO_DLQ) + eb_metric(e, EB_NOT_TO_DLQ), letters);
    assert_int_equal(eb_metric(e, EB_ATTEMPTS), attempts);
    assert_true(attempts >= 2 && attempts <= 3); /* two of x, one of y */
    eb_close(e);
}

static void every_world(void **state)
{
    struct exhaust worlds;
    uint64_t n = 0;
    (void)state;
    for (uint32_t rate = 0; rate < 2; rate++) { /* without a quota, and with one a second */
        exhaust_init(&worlds);
        while (!exhaust_done(&worlds)) {
            play(&worlds, rate);
            n++;
        }
    }
    assert_true(n > 200);
}

/* --- a naive list: a delivery is an entry with the time of its next attempt --- */

#define TARGETS 4
#define RULES   3
#define MOST    4000

struct entry { /* of a delivery that has not ended */
    uint64_t event, seq;
    sim_time began, at; /* of the next attempt, or of its end by age */
    uint32_t target, made;
    bool aged, live;
};
struct naive {
    struct entry entry[MOST];
    uint32_t n;
    uint64_t seq, delivered, dead, dropped;
};

static int64_t backoff(uint32_t k)
{
    int64_t d = 1;
    for (uint32_t i = 1; i < k && d < 480; i++)
        d *= 2;
    return d < 480 ? d : 480;
}

/* The one that is due first; NULL: none at or before `to`. */
static struct entry *first_due(struct naive *n, sim_time to)
{
    struct entry *best = NULL;
    for (uint32_t i = 0; i < n->n; i++) {
        struct entry *x = &n->entry[i];
        if (x->live && x->at <= to && (best == NULL || x->at < best->at || (x->at == best->at && x->seq < best->seq)))
            best = x;
    }
    return best;
}

struct target_rule {
    int64_t attempts, age_s;
    bool letters, fails, gone;
};

static void naive_end(struct naive *n, struct entry *x, const struct target_rule *t)
{
    x->live = false;
    if (t->letters)
        n->dead++;
    else
        n->dropped++;
}

/* One attempt of the list; false: it was no attempt but an end by age. */
static bool naive_step(struct naive *n, struct entry *x, const struct target_rule *t)
{
    if (x->aged) {
        naive_end(n, x, t);
        return false;
    }
    x->made++;
    if (!t->fails && !t->gone) {
        x->live = false;
        n->delivered++;
    } else if (t->gone || x->made > t->attempts) {
        naive_end(n, x, t);
    } else {
        sim_time next = x->at + backoff(x->made) * SIM_S, end = x->began + t->age_s * SIM_S;
        x->aged = next > end;
        x->at = x->aged ? end : next;
        x->seq = n->seq++;
    }
    return true;
}

/* Both do all that is due until `to`; their attempts come at the same times, of the same targets. */
static void advance(struct eb *e, struct naive *n, const struct target_rule *rule, sim_time to, uint64_t seed)
{
    struct eb_attempt a;
    while (eb_deadline(e) <= to) {
        eb_to(e, eb_deadline(e));
        uint32_t counts[TARGETS] = {0};
        while (eb_next(e, &a)) {
            uint32_t t = (uint32_t)(a.target[0] - '0');
            counts[t]++;
            eb_settle(e, a.id, rule[t].gone ? EB_ANSWER_NO_RESOURCE : rule[t].fails ? EB_ANSWER_TIMEOUT : EB_ACCEPTED);
            conserved(e);
        }
        for (struct entry *x; (x = first_due(n, eb_now(e))) != NULL;) {
            assert_true(x->at == eb_now(e));
            uint32_t t = x->target;
            counts[t] -= naive_step(n, x, &rule[t]);
        }
        for (uint32_t t = 0; t < TARGETS; t++)
            if (counts[t] != 0)
                fail_msg("seed %llu: target %u at %lld ns: %d attempts too many", (unsigned long long)seed, t, (long long)eb_now(e), (int)counts[t]);
        struct eb_letter l;
        while (eb_letter(e, &l))
            eb_letter_sent(e, true);
    }
    eb_to(e, to);
    const struct delivery_counts *c = eb_deliveries(e);
    if (c->delivered != n->delivered || c->dead != n->dead || c->dropped != n->dropped)
        fail_msg("seed %llu: the list has %llu delivered, %llu dead, %llu dropped", (unsigned long long)seed,
                 (unsigned long long)n->delivered, (unsigned long long)n->dead, (unsigned long long)n->dropped);
}

static void against_a_list(void **state)
{
    static struct naive n;
    static const uint64_t seeds = 60;
    (void)state;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        struct testrand x = testrand_open("against_a_list", seed);
        struct dice dice[EB_DICE_KINDS] = {{no_roll}, {no_roll}};
        struct eb *e = account(dice, 0);
        struct target_rule rule[TARGETS];
        sim_time now = 0;
        memset(&n, 0, sizeof(n));
        for (uint32_t r = 0; r < RULES; r++) { /* rule r: events of source r, and all of source 9 */
            char name[8], pattern[64];
            snprintf(name, sizeof(name), "r%u", r);
            snprintf(pattern, sizeof(pattern), "{\"source\":[\"%u\",\"9\"]}", r);
            assert_int_equal(eb_rule_put(e, &(struct eb_rule_put){.name = name, .pattern = pattern}), EB_OK);
        }
        for (uint32_t t = 0; t < TARGETS; t++) { /* target t: of rule t % RULES */
            char id[2] = {(char)('0' + t), '\0'}, name[8];
            rule[t] = (struct target_rule){.attempts = (int64_t)testrand_below(&x, 8), .age_s = 60 + (int64_t)testrand_below(&x, 400),
                                           .letters = testrand_below(&x, 2) == 0};
            snprintf(name, sizeof(name), "r%u", t % RULES);
            const struct eb_target put_target = {.id = id, .arn = id, .attempts = rule[t].attempts, .age_s = rule[t].age_s,
                                                 .dead_letter = rule[t].letters ? "dead" : NULL};
            assert_int_equal(eb_targets_put(e, NULL, name, &put_target, 1), EB_OK);
        }
        for (int step = 0; step < 120; step++) {
            uint32_t t = (uint32_t)testrand_below(&x, TARGETS), source = (uint32_t)testrand_below(&x, 5);
            rule[t].fails = testrand_below(&x, 2) == 0;
            rule[t].gone = testrand_below(&x, 8) == 0;
            char text[2] = {(char)('0' + (source == 4 ? 9 : source)), '\0'};
            const struct eb_entry entry = {.source = text, .detail_type = "t", .detail = "{}", .time_s = -1};
            struct eb_result result;
            uint32_t failed;
            assert_int_equal(eb_put(e, &entry, 1, &result, &failed), EB_OK);
            for (uint32_t k = 0; k < TARGETS; k++)
                if (source == 4 || k % RULES == source)
                    n.entry[n.n++] = (struct entry){result.event, n.seq++, now, now, k, 0, false, true};
            now += (sim_time)testrand_below(&x, 20) * SIM_S;
            advance(e, &n, rule, now, seed);
        }
        advance(e, &n, rule, now + SIM_H, seed);
        assert_int_equal(eb_deliveries(e)->waiting, 0);
        eb_close(e);
    }
}

/* --- memory: every allocation fails once --- */

static void short_of_memory(void **state)
{
    (void)state;
    for (long n = 1; n < 200; n++) {
        struct dice dice[EB_DICE_KINDS] = {{no_roll}, {no_roll}};
        struct eb_config c;
        struct eb *e;
        struct eb_attempt a;
        const struct eb_target t = {.id = "t", .arn = "t", .attempts = 1, .age_s = -1, .dead_letter = "dead"};
        const struct eb_entry x = {.source = "a", .detail_type = "t", .detail = "{}", .time_s = -1};
        struct eb_result r;
        uint32_t failed;
        eb_config_default(&c);
        c.dice = dice;
        c.json = eb_json();
        mem_fail_at(n);
        if (eb_open(&e, &c, NULL)) {
            eb_rule_put(e, &(struct eb_rule_put){.name = "r", .pattern = "{\"source\":[\"a\"]}"});
            eb_targets_put(e, NULL, "r", &t, 1);
            eb_archive_create(e, "a", NULL, NULL, 0);
            eb_put(e, &x, 1, &r, &failed);
            while (eb_next(e, &a))
                eb_settle(e, a.id, EB_ANSWER_TIMEOUT);
            eb_close(e);
        }
        mem_fail_at(0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_world),
        cmocka_unit_test(against_a_list),
        cmocka_unit_test(short_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
