/* Small topics in every world: all sequences of publishes, ticks, subscribes and unsubscribes up to a depth, with every answer of every
 * attempt and every outcome of the dice. After each step the core's own invariants, and a ledger kept beside it: copies that were
 * due = delivered + dead + dropped + still there, each message is let go of once, no message of a group overtakes another.
 *
 * rules: SNS-9 SNS-21 SNS-28 SNS-30 SNS-31 SNS-40 SNS-54 SNS-77 SNS-78 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "exhaust.h"
#include "sns.h"

#define SUBS      3
#define MESSAGES  16
#define LATER_MAX 2

struct filter { /* the engine of this test: lets one template through */
    uint32_t event;
};
struct filter_event {
    uint32_t event;
};
static enum sns_reason judge(const struct filter *f, const struct filter_event *e)
{
    return f->event == e->event ? SNS_MATCHES : SNS_BY_ATTRIBUTES;
}
static const struct filter only_one = {1};
static const struct filter_event event[3] = {{0}, {1}, {2}};

enum step { PUBLISH_ONE, PUBLISH_TWO, TICK, LEAVE, JOIN, STEPS };
enum fate { NOT_DUE, DUE, DELIVERED, DEAD, DROPPED };

struct world {
    struct exhaust *e;
    struct sns *t;
    struct call call;
    bool fifo, twice, late;
    uint32_t again; /* server's errors that there may still be: a queue is tried four times at once */
    uint32_t line[SUBS];
    bool in[SUBS];
    enum fate fate[SUBS][MESSAGES];
    bool tried[SUBS][MESSAGES];
    uint32_t group[MESSAGES], n, left[MESSAGES]; /* left: copies that have not ended */
    struct sns_attempt later[LATER_MAX];
    uint32_t n_later;
};

static struct exhaust *the_worlds;
static uint64_t roll(struct dice *d, uint64_t n)
{
    (void)d;
    return exhaust_roll(&the_worlds->dice, n <= 4 ? n : 2) == 0 ? 0 : n - 1;
}
static struct dice dice[DELIVERY_DICE_KINDS] = {{roll}, {roll}};

static struct call *begin(struct world *w)
{
    call_begin(&w->call, w->call.now, dice);
    return &w->call;
}

static void end_copy(struct world *w, uint32_t sub, uint64_t user, enum fate how)
{
    assert_int_equal(w->fate[sub][user], DUE);
    w->fate[sub][user] = how;
    assert_true(w->left[user] > 0);
    w->left[user]--;
}

static void told(struct world *w)
{
    for (uint32_t i = 0; i < w->call.n_fx; i++) {
        const struct effect *fx = &w->call.fx[i];
        struct sns_message m;
        if (fx->kind == SNS_FX_DEAD || fx->kind == SNS_FX_DROPPED) {
            sns_message(w->t, (uint32_t)fx->b, &m);
            uint32_t sub = (uint32_t)sns_subscription_user(w->t, fx->a);
            assert_true(fx->kind == SNS_FX_DROPPED || sub == 2); /* the third has a dead-letter queue */
            end_copy(w, sub, m.user, fx->kind == SNS_FX_DEAD ? DEAD : DROPPED);
            if (fx->kind == SNS_FX_DEAD)
                sns_redriven(w->t, fx->a, true);
        } else if (fx->kind == SNS_FX_DONE) {
            assert_int_equal(w->left[fx->b], 0);
            w->left[fx->b] = UINT32_MAX; /* told once */
        }
    }
    w->call.n_fx = 0;
}

/* Nothing of its group that was published before is still due there. */
static void check_order(const struct world *w, uint32_t sub, uint64_t user)
{
    for (uint64_t m = 0; w->fifo && m < user; m++)
        assert_false(w->fate[sub][m] == DUE && w->group[m] == w->group[user]);
}

static void settle(struct world *w, const struct sns_attempt *a, enum delivery_result r)
{
    struct sns_message m;
    uint32_t sub = (uint32_t)a->subscription_user;
    sns_message(w->t, a->message, &m);
    if (r == DELIVERY_OK && !a->again)
        end_copy(w, sub, m.user, DELIVERED);
    sns_settle(w->t, begin(w), a, r);
    told(w);
}

static void attempted(struct world *w, const struct sns_attempt *a)
{
    struct sns_message m;
    uint32_t sub = (uint32_t)a->subscription_user;
    sns_message(w->t, a->message, &m);
    if (!a->again) {
        assert_int_equal(w->fate[sub][m.user], DUE);
        assert_int_equal(a->number > 0, w->tried[sub][m.user]);
        w->tried[sub][m.user] = true;
        check_order(w, sub, m.user);
    }
    static const uint64_t without_again[] = {DELIVERY_OK, DELIVERY_NEVER, 3};
    uint64_t later = w->late && w->n_later < LATER_MAX;
    uint64_t answer = w->again > 0 ? exhaust_roll(&w->e->dice, 3 + later) : without_again[exhaust_roll(&w->e->dice, 2 + later)];
    w->again -= answer == DELIVERY_AGAIN;
    if (answer == 3)
        w->later[w->n_later++] = *a;
    else
        settle(w, a, (enum delivery_result)answer);
}

static void drain(struct world *w)
{
    struct sns_attempt a;
    for (int guard = 0; guard < 1000; guard++) {
        bool got = sns_next(w->t, begin(w), &a);
        told(w);
        if (got)
            attempted(w, &a);
        else if (sns_deadline(w->t) > w->call.now)
            return;
    }
    fail();
}

static void subscribe(struct world *w, uint32_t sub)
{
    struct sns_subscription s = {.endpoint = w->fifo ? SNS_SQS : SNS_HTTP, .user = sub};
    s.policy.given = !w->fifo;
    assert_true(retry_law_policy(&s.policy.law, 1, 1, 1, 0, 0, 0, RETRY_LINEAR, NULL));
    s.filter = sub == 1 ? &only_one : NULL;
    s.dead_letter = sub == 2 ? SNS_DLQ_STANDARD : SNS_DLQ_NONE;
    assert_int_equal(sns_subscribe(w->t, begin(w), &s, &w->line[sub]), SNS_OK);
    w->in[sub] = true;
}

static void leave(struct world *w, uint32_t sub)
{
    if (!w->in[sub])
        return;
    w->in[sub] = false;
    sns_unsubscribe(w->t, begin(w), w->line[sub]);
    told(w);
    drain(w);
}

static void publish(struct world *w, uint32_t which)
{
    struct sns_published out;
    uint32_t m = w->n++, copies = 0;
    struct sns_publish p = {.user = m,
                            .dedup = w->fifo ? SNS_UNIQUE : SNS_NO_DEDUP_ID,
                            .size = 100,
                            .group = w->fifo ? which : SNS_NO_GROUP,
                            .event = which,
                            .n_attributes = 1,
                            .attributes = &event[which]};
    w->group[m] = which;
    for (uint32_t i = 0; i < SUBS; i++) {
        bool gets = w->in[i] && (i != 1 || which == 1);
        w->fate[i][m] = gets ? DUE : NOT_DUE;
        copies += gets;
    }
    w->left[m] = copies;
    assert_int_equal(sns_publish(w->t, begin(w), &p, &out), SNS_OK);
    assert_int_equal(out.copies, copies);
    told(w);
    drain(w);
}

static void tick(struct world *w)
{
    w->call.now += SIM_S;
    drain(w);
    while (w->n_later > 0) {
        struct sns_attempt a = w->later[--w->n_later];
        settle(w, &a, (enum delivery_result)exhaust_roll(&w->e->dice, 3));
        drain(w);
    }
}

static void check(const struct world *w)
{
    const struct delivery_counts *d = sns_deliveries(w->t);
    uint64_t n[5] = {0};
    for (uint32_t i = 0; i < SUBS; i++)
        for (uint32_t m = 0; m < w->n; m++)
            n[w->fate[i][m]]++;
    sns_check(w->t, w->call.now);
    assert_int_equal(d->delivered, n[DELIVERED]);
    assert_int_equal(d->dead, n[DEAD]);
    assert_int_equal(d->dropped, n[DROPPED]);
    assert_int_equal(d->waiting + d->under_way, n[DUE]);
    assert_int_equal(sns_counts(w->t)->matched, n[DELIVERED] + n[DEAD] + n[DROPPED] + n[DUE]);
}

static void play(struct world *w, int depth)
{
    struct sns_config config;
    sns_config_default(&config, w->fifo);
    config.judge = judge;
    config.duplicates = w->twice ? 500000000 : 0;
    assert_true(sns_open(&w->t, &config, NULL));
    for (uint32_t i = 0; i < SUBS; i++)
        subscribe(w, i);
    for (int i = 0; i < depth; i++) {
        switch ((enum step)exhaust_roll(&w->e->dice, STEPS)) {
        case PUBLISH_ONE:
            publish(w, 1);
            break;
        case PUBLISH_TWO:
            publish(w, 2);
            break;
        case TICK:
            tick(w);
            break;
        case LEAVE:
            leave(w, 2);
            break;
        default:
            if (!w->in[2] && w->n_later == 0)
                subscribe(w, 2);
        }
        check(w);
    }
    sns_close(w->t);
}

static void all_worlds(bool fifo, bool twice, bool late, uint32_t again, int depth)
{
    struct exhaust e;
    exhaust_init(&e);
    the_worlds = &e;
    while (!exhaust_done(&e)) {
        struct world w = {.e = &e, .fifo = fifo, .twice = twice, .late = late, .again = again};
        play(&w, depth);
    }
    print_message("%llu worlds\n", (unsigned long long)e.worlds);
    assert_true(e.worlds > 1000);
}

static void test_standard(void **state)
{
    (void)state;
    all_worlds(false, false, false, 100, 3);
}
static void test_standard_late(void **state)
{
    (void)state;
    all_worlds(false, false, true, 100, 2);
}
static void test_twice(void **state)
{
    (void)state;
    all_worlds(false, true, false, 1, 2);
}
static void test_fifo(void **state)
{
    (void)state;
    all_worlds(true, false, true, 2, 2);
}

/* --- archive and replay: what is kept is forgotten once, and every copy on its way is let go of once --- */

struct kept {
    struct exhaust *e;
    struct sns *t;
    struct call call;
    uint32_t line, n;
    int held[MESSAGES], stored[MESSAGES];
};

static void kept_told(struct kept *k)
{
    for (uint32_t i = 0; i < k->call.n_fx; i++) {
        const struct effect *fx = &k->call.fx[i];
        if (fx->kind == SNS_FX_ARCHIVED)
            assert_int_equal(++k->stored[fx->b], 1);
        else if (fx->kind == SNS_FX_FORGOTTEN)
            assert_int_equal(--k->stored[fx->b], 0);
        else if (fx->kind == SNS_FX_REPLAYED)
            k->held[fx->b]++;
        else if (fx->kind == SNS_FX_DONE)
            assert_true(--k->held[fx->b] >= 0);
    }
    k->call.n_fx = 0;
}

static struct call *kept_begin(struct kept *k)
{
    call_begin(&k->call, k->call.now, dice);
    return &k->call;
}

static void kept_pump(struct kept *k)
{
    struct sns_attempt a;
    struct sns_message m;
    do {
        sns_advance(k->t, kept_begin(k));
        kept_told(k);
        bool got = sns_next(k->t, kept_begin(k), &a);
        kept_told(k);
        if (!got)
            continue;
        sns_message(k->t, a.message, &m);
        assert_true(k->held[m.user] > 0);
        assert_true(!m.replayed || k->stored[m.user] == 1 || m.published + 4 * SIM_S <= k->call.now);
        enum delivery_result r = exhaust_roll(&k->e->dice, 2) == 0 ? DELIVERY_OK : DELIVERY_NEVER;
        sns_settle(k->t, kept_begin(k), &a, r);
        kept_told(k);
    } while (sns_deadline(k->t) <= k->call.now);
    sns_check(k->t, k->call.now);
}

static void kept_publish(struct kept *k)
{
    struct sns_published out;
    struct sns_publish p = {.user = k->n, .dedup = SNS_UNIQUE, .size = 100, .group = 1};
    k->held[k->n++] = 1;
    assert_int_equal(sns_publish(k->t, kept_begin(k), &p, &out), SNS_OK);
    kept_told(k);
    kept_pump(k);
}

static void kept_to(struct kept *k, sim_time until)
{
    while (sns_deadline(k->t) <= until) {
        k->call.now = sns_deadline(k->t);
        kept_pump(k);
    }
    k->call.now = until;
}

static void play_archive(struct exhaust *e, int depth)
{
    struct kept k = {.e = e};
    struct sns_config config;
    struct sns_subscription s = {.endpoint = SNS_SQS};
    sns_config_default(&config, true);
    config.archive = 3 * SIM_S;
    config.replay_rate = 2;
    assert_true(sns_open(&k.t, &config, NULL));
    assert_int_equal(sns_subscribe(k.t, kept_begin(&k), &s, &k.line), SNS_OK);
    for (int i = 0; i < depth; i++) {
        switch (exhaust_roll(&e->dice, 3)) {
        case 0:
            kept_publish(&k);
            break;
        case 1:
            kept_to(&k, k.call.now + SIM_S);
            break;
        default: {
            enum sns_replay_state now = sns_replay_state(k.t, k.line);
            enum sns_outcome o = sns_replay(k.t, kept_begin(&k), k.line, 0, SIM_NEVER);
            assert_int_equal(o, now == SNS_REPLAY_PENDING || now == SNS_REPLAYING ? SNS_REPLAY_LIMIT : SNS_OK);
            kept_pump(&k);
        }
        }
    }
    kept_to(&k, k.call.now + 100 * SIM_S);
    assert_int_equal(sns_deadline(k.t), SIM_NEVER);
    for (uint32_t i = 0; i < k.n; i++)
        assert_true(k.held[i] == 0 && k.stored[i] == 0);
    sns_close(k.t);
}

static void test_archive(void **state)
{
    struct exhaust e;
    (void)state;
    exhaust_init(&e);
    the_worlds = &e;
    while (!exhaust_done(&e))
        play_archive(&e, 6);
    print_message("%llu worlds\n", (unsigned long long)e.worlds);
    assert_true(e.worlds > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_standard), cmocka_unit_test(test_standard_late),
                                       cmocka_unit_test(test_twice), cmocka_unit_test(test_fifo),
                                       cmocka_unit_test(test_archive)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
