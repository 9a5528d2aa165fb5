/* The core against the naive list: long random sequences of calls, compared after each. TEST_SEED
 * brings one back.
 *
 * rules: SQS-2 SQS-3 SQS-12 SQS-13 SQS-32 SQS-33 SQS-34 SQS-37 SQS-38 SQS-40 SQS-43 SQS-44 SQS-45
 * SQS-51 SQS-52 SQS-53 rules: SQS-54 SQS-55 SQS-56 SQS-57 SQS-59 SQS-60 SQS-61 SQS-62 SQS-63 SQS-67
 * SQS-68 SQS-69 SQS-70 SQS-71 SQS-72 rules: SQS-76 SQS-77 SQS-82 SQS-83 SQS-84 SQS-85 SQS-86 SQS-87
 * SQS-88 SQS-92 SQS-96 SQS-98 SQS-106 SQS-110 SQS-111 rules: SQS-132 SQS-133 SQS-135 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "mem.h"
#include "naive_sqs.h"
#include "sqsworld.h"
#include "testrand.h"

#define KEPT  512 /* handles that are remembered */
#define DEADS NAIVE_MAX

struct kept {
    struct sqs_handle handle;
    uint64_t life;
    uint32_t count;
};
struct duel {
    struct sqsworld w; /* first */
    struct naive *n;
    struct testrand *r;
    struct kept kept[KEPT];
    uint32_t n_kept;
    uint64_t life_of[1 << 16]; /* by the low bits of user, which is the number of the send */
    uint64_t dead[DEADS];
    uint32_t n_dead;
    uint64_t n_sent, n_poll;
    bool far;          /* timeouts up to half a day, delays up to a quarter of an hour, leaps of days */
    bool short_memory; /* now and then an allocation fails: what is refused is asked for again */
    uint32_t groups;
    uint64_t served;
};

static uint64_t never_roll(struct dice *d, uint64_t n)
{
    (void)d;
    (void)n;
    fail_msg("the ideal profile asks no dice");
    return 0;
}
static struct dice no_dice[SQS_DICE_KINDS] = {
    {never_roll}, {never_roll}, {never_roll}, {never_roll}};

static void on_effect(struct sqsworld *w, const struct effect *fx)
{
    struct duel *d = (struct duel *)(void *)w;
    if (fx->kind == SQS_FX_DEAD)
        d->dead[d->n_dead++] = sqs_letter(w->core, fx->a)->user;
}

static uint64_t below(struct duel *d, uint64_t n)
{
    return testrand_below(d->r, n);
}

static void compare_state(struct duel *d)
{
    const struct sqs_counts *a = sqs_counts(d->w.core), *b = &d->n->counts;
    struct sqs_gauges g, h;
    sqsworld_begin(&d->w);
    assert_int_equal(a->sent, b->sent);
    assert_int_equal(a->deduplicated, b->deduplicated);
    assert_int_equal(a->removed, b->removed);
    assert_int_equal(a->expired, b->expired);
    assert_int_equal(a->moved_out, b->moved_out);
    assert_int_equal(a->purged, b->purged);
    assert_int_equal(a->received, b->received);
    assert_int_equal(a->deletes, b->deletes);
    assert_int_equal(a->empty_receives, b->empty_receives);
    assert_int_equal(d->n_dead, d->n->n_dead);
    assert_memory_equal(d->dead, d->n->dead, d->n_dead * sizeof(d->dead[0]));
    d->n_dead = d->n->n_dead = 0;
    sqs_gauges(d->w.core, d->w.now, &g);
    naive_gauges(d->n, &h);
    assert_int_equal(g.visible, h.visible);
    assert_int_equal(g.in_flight, h.in_flight);
    assert_int_equal(g.delayed, h.delayed);
    assert_int_equal(g.waiting_polls, h.waiting_polls);
    assert_int_equal(g.groups_in_flight, h.groups_in_flight);
    assert_int_equal(g.age, h.age);
}

static void compare_batch(struct duel *d, const struct sqs_batch *batch,
                          const struct naive_got *got, uint32_t n)
{
    assert_int_equal(batch->n, n);
    for (uint32_t i = 0; i < n; i++) {
        const struct sqs_got *x = &batch->got[i];
        assert_int_equal(x->user, got[i].user);
        assert_int_equal(x->receives, got[i].receives);
        assert_int_equal(x->first_ms, got[i].first_ms);
        assert_int_equal(x->sent, got[i].sent);
        struct kept *k = &d->kept[d->n_kept < KEPT ? d->n_kept++ : below(d, KEPT)];
        *k = (struct kept){x->handle, got[i].life, got[i].count};
    }
}

static void forget_memory(struct duel *d)
{
    if (d->short_memory && below(d, 3) == 0)
        mem_fail_at(1 + (long)below(d, 3));
}

/* With the memory that was missing. */
static bool again(enum sqs_outcome out)
{
    mem_fail_at(0);
    return out == SQS_NO_MEMORY;
}

static void serve_all(struct duel *d)
{
    struct sqs_batch batch;
    struct naive_got got[10];
    uint32_t n = 0;
    uint64_t tag = 0;
    for (;;) {
        bool a = sqs_serve(d->w.core, sqsworld_begin(&d->w), &batch),
             b = naive_serve(d->n, &tag, got, &n);
        assert_int_equal(a, b);
        if (!a)
            break;
        assert_int_equal(batch.tag, tag);
        compare_batch(d, &batch, got, n);
        d->served++;
    }
    compare_state(d);
}

static void to(struct duel *d, sim_time at)
{
    struct sqs_batch batch;
    for (;;) {
        sim_time state = naive_deadline(d->n), late = naive_late(d->n);
        assert_int_equal(sqs_deadline(d->w.core), state);
        assert_int_equal(sqs_late_deadline(d->w.core), late);
        sim_time next = state < late ? state : late;
        if (next > at || (next == at && state > at))
            break;
        sim_time t = next > d->w.now ? next : d->w.now;
        sqsworld_to(&d->w, t);
        naive_to(d->n, t);
        serve_all(d);
        uint64_t tag;
        while (t < at && naive_late(d->n) <= t) {
            assert_true(sqs_give_up(d->w.core, sqsworld_begin(&d->w), &batch));
            assert_true(naive_give_up(d->n, &tag));
            assert_int_equal(batch.tag, tag);
        }
    }
    sqsworld_to(&d->w, at);
    naive_to(d->n, at);
}

/* --- random calls --- */

static sim_time some_seconds(struct duel *d, uint64_t most)
{
    if (d->far && below(d, 2) == 0)
        return (sim_time)below(d, (most == 5 ? 900 : 43200) * (uint64_t)SIM_S + 1);
    return (sim_time)below(d, most + 1) * SIM_S;
}

static void do_send(struct duel *d)
{
    bool fifo = d->n->config.fifo;
    struct sqs_send s = {
        .user = ++d->n_sent,
        .dedup = fifo ? below(d, 40) + 1 : SQS_NO_DEDUP_ID,
        .size = (uint32_t)below(d, 3) * 600,
        .group = d->groups == 0 ? SQS_NO_GROUP : (uint32_t)below(d, d->groups),
        .delay = below(d, 3) > 0 ? SQS_DEFAULT : some_seconds(d, 5),
    };
    if (fifo && below(d, 3) > 0)
        s.dedup = 1000 + d->n_sent;
    if (below(d, 50) == 0)
        s.delay = 901 * SIM_S;
    if (!fifo && d->groups > 0 && below(d, 4) == 0)
        s.group = SQS_NO_GROUP;
    struct sqs_sent sent;
    uint64_t life = 0;
    forget_memory(d);
    enum sqs_outcome a = sqs_send(d->w.core, sqsworld_begin(&d->w), &s, &sent), b = naive_send(d->n, &s, &life);
    if (again(a))
        a = sqs_send(d->w.core, sqsworld_begin(&d->w), &s, &sent);
    assert_int_equal(a, b);
}

static void do_receive(struct duel *d)
{
    static const sim_time timeouts[] = {0, 1, 2, 3, 5, 10, 30, 60, 100, 200, 400, 800};
    struct sqs_poll p = {
        .max = (uint32_t)below(d, 11) + (below(d, 30) == 0 ? 0 : below(d, 2) != 0),
        .wait = below(d, 3) > 0 ? 0 : 4 * SIM_S,
        .visibility = below(d, 3) == 0              ? SQS_DEFAULT
                      : d->far && below(d, 2) == 0 ? (sim_time)below(d, 43200 * (uint64_t)SIM_S + 1)
                                                    : timeouts[below(d, 12)] * SIM_S,
        .tag = ++d->n_poll,
        .attempt = d->n->config.fifo && below(d, 2) == 0 ? below(d, 4) + 1 : 0,
    };
    if (d->n->n_poll > 20)
        p.wait = 0;
    if (d->short_memory && p.max > 1)
        p.max = 1; /* part of a batch is an answer, and a lawful one */
    struct sqs_batch batch;
    struct naive_got got[10];
    uint32_t n;
    forget_memory(d);
    enum sqs_outcome a = sqs_receive(d->w.core, sqsworld_begin(&d->w), &p, &batch),
                     b = naive_receive(d->n, &p, got, &n);
    if (again(a))
        a = sqs_receive(d->w.core, sqsworld_begin(&d->w), &p, &batch);
    assert_int_equal(a, b);
    if (a == SQS_OK)
        compare_batch(d, &batch, got, n);
}

static void do_delete(struct duel *d)
{
    if (d->n_kept == 0)
        return;
    struct kept k = d->kept[below(d, d->n_kept)];
    enum sqs_outcome a = sqs_delete(d->w.core, sqsworld_begin(&d->w), k.handle);
    assert_int_equal(a, naive_delete(d->n, k.life, k.count));
}

static void do_change(struct duel *d)
{
    if (d->n_kept == 0)
        return;
    struct kept k = d->kept[below(d, d->n_kept)];
    sim_time v = below(d, 2) == 0 ? 0 : below(d, 40) == 0 ? 43200 * SIM_S : some_seconds(d, 40);
    forget_memory(d);
    enum sqs_outcome a = sqs_change(d->w.core, sqsworld_begin(&d->w), k.handle, v);
    if (again(a))
        a = sqs_change(d->w.core, sqsworld_begin(&d->w), k.handle, v);
    assert_int_equal(a, naive_change(d->n, k.life, k.count, v));
}

/* A letter of another queue's, perhaps older than all that is here. */
static void do_accept(struct duel *d)
{
    sim_time age = (sim_time)below(d, 100 * (uint64_t)SIM_S), now = d->w.now;
    struct sqs_letter l = {
        .user = ++d->n_sent,
        .sent = now > age ? now - age : now,
        .first_ms = now > age ? (now - age / 2) / SIM_MS : now / SIM_MS,
        .group = d->groups > 0 && below(d, 2) == 0 ? (uint32_t)below(d, d->groups) : SQS_NO_GROUP,
        .receives = 1 + (uint32_t)below(d, 3),
        .source = 78,
    };
    forget_memory(d);
    enum sqs_outcome a = sqs_accept(d->w.core, sqsworld_begin(&d->w), &l);
    if (again(a))
        a = sqs_accept(d->w.core, sqsworld_begin(&d->w), &l);
    assert_int_equal(a, SQS_OK);
    naive_accept(d->n, &l);
}

static void do_take(struct duel *d)
{
    struct sqs_letter l;
    uint64_t user = 0;
    bool a = sqs_take(d->w.core, sqsworld_begin(&d->w), &l), b = naive_take(d->n, &user);
    assert_int_equal(a, b);
    if (a)
        assert_int_equal(l.user, user);
}

static void set(struct duel *d, enum sqs_setting what, int64_t value)
{
    sqs_set(d->w.core, sqsworld_begin(&d->w), what, value);
}

static void do_rare(struct duel *d)
{
    sim_time delay = some_seconds(d, 4);
    switch (below(d, 40)) {
    case 0:
        sqs_purge(d->w.core, sqsworld_begin(&d->w));
        naive_purge(d->n);
        break;
    case 1:
        sqs_set(d->w.core, sqsworld_begin(&d->w), SQS_SET_DELAY, delay);
        naive_set_delay(d->n, delay);
        break;
    case 2:
        d->n->config.retention = 60 * SIM_S + some_seconds(d, 60);
        sqs_set(d->w.core, sqsworld_begin(&d->w), SQS_SET_RETENTION, d->n->config.retention);
        break;
    case 3:
        d->n->config.max_receive = (uint32_t)below(d, 5);
        sqs_set(d->w.core, sqsworld_begin(&d->w), SQS_SET_MAX_RECEIVE, d->n->config.max_receive);
        break;
    case 4:
        if (d->n->config.fifo) {
            d->n->config.dedup_by_group = !d->n->config.dedup_by_group;
            sqs_set(d->w.core, sqsworld_begin(&d->w), SQS_SET_DEDUP_BY_GROUP,
                    d->n->config.dedup_by_group);
        }
        break;
    case 5:
        d->n->config.visibility = some_seconds(d, 40);
        set(d, SQS_SET_VISIBILITY, d->n->config.visibility);
        break;
    case 6:
        d->n->config.in_flight_limit = below(d, 2) == 0 ? 120000 : 1 + (uint32_t)below(d, 20);
        set(d, SQS_SET_IN_FLIGHT_LIMIT, d->n->config.in_flight_limit);
        break;
    default:
        if (d->n->config.fifo)
            break;
        if (below(d, 3) > 0)
            do_accept(d);
        else if (d->groups == 0)
            do_take(d);
    }
    naive_to(d->n, d->w.now); /* a shorter retention or delay may make messages due at once */
}

static void one_step(struct duel *d)
{
    static const sim_time steps[] = {0,         0,     0,     1,         SIM_MS,
                                     SIM_S / 2, SIM_S, SIM_S, 2 * SIM_S, 5 * SIM_S};
    uint64_t what = below(d, 20);
    to(d, d->w.now + steps[below(d, 10)]);
    if (below(d, 500) == 0)
        to(d, d->w.now + some_seconds(d, 400));
    if (d->far && below(d, 3000) == 0)
        to(d, d->w.now + (sim_time)below(d, 3 * 365) * SIM_DAY);
    if (what < 8)
        do_send(d);
    else if (what < 12)
        do_receive(d);
    else if (what < 16)
        do_delete(d);
    else if (what < 19)
        do_change(d);
    else
        do_rare(d);
    serve_all(d);
}

struct fight {
    uint32_t groups, late; /* … from this step on */
    uint32_t steps;
    bool far, short_memory;
};

static void fight(struct testrand *r, struct sqs_config *config, const struct fight *f)
{
    static struct duel d;
    static struct naive naive;
    uint32_t groups = f->groups, late = f->late, steps = f->steps;
    memset(&d, 0, sizeof(d));
    d.far = f->far;
    d.short_memory = f->short_memory;
    config->queue = 77;
    config->retention = (f->far ? 10000 : 120) * SIM_S;
    config->max_message = 1024;
    sqsworld_open(&d.w, config, no_dice);
    d.w.told = on_effect;
    naive_open(&naive, config);
    d.n = &naive;
    d.r = r;
    for (uint32_t i = 0; i < steps; i++) {
        d.groups = i < late ? 0 : groups;
        one_step(&d);
        if (i % 16 == 0)
            sqs_check(d.w.core, d.w.now);
    }
    assert_true(d.served > steps / 1000);
    sqs_close(d.w.core);
}

#define STEPS 130000

static void standard_queues(void **state)
{
    (void)state;
    struct testrand r = testrand_open("standard", 20261101);
    for (int knobs = 0; knobs < 4; knobs++) {
        struct sqs_config c;
        sqs_config_default(&c, false);
        c.stale_delete_ignore = knobs & 1;
        c.change_late_error = knobs & 2;
        c.max_receive = knobs == 3 ? 3 : 0;
        c.in_flight_limit = knobs == 2 ? 4 : 120000;
        fight(&r, &c, &(struct fight){.steps = STEPS});
    }
}

static void fifo_queues(void **state)
{
    (void)state;
    struct testrand r = testrand_open("fifo", 20261102);
    for (int knobs = 0; knobs < 4; knobs++) {
        struct sqs_config c;
        sqs_config_default(&c, true);
        c.dedup_by_group = knobs & 1;
        c.max_receive = knobs == 1 ? 2 : 0;
        c.scan_window = knobs >= 2 ? 6 : 120000;
        c.in_flight_limit = knobs == 3 ? 4 : 120000;
        c.delay = knobs == 2 ? 2 * SIM_S : 0;
        fight(&r, &c, &(struct fight){.groups = 1 + 3 * (uint32_t)knobs, .steps = STEPS});
    }
}

/* Tenants are noisy from 30 messages in flight: few deletes, and no judgement by time. */
static void fair_queues(void **state)
{
    (void)state;
    struct testrand r = testrand_open("fair", 20261103);
    struct sqs_config c;
    sqs_config_default(&c, false);
    c.fair_window = 0;
    c.visibility = 100 * SIM_S;
    fight(&r, &c, &(struct fight){.groups = 4, .late = STEPS / 16, .steps = STEPS / 4});
}

/* Timeouts of any length, so that few fit a list; and days and years in which nothing is called. */
static void far_deadlines(void **state)
{
    (void)state;
    struct testrand r = testrand_open("far", 20261104);
    for (int knobs = 0; knobs < 2; knobs++) {
        struct sqs_config c;
        sqs_config_default(&c, false);
        c.max_receive = knobs == 1 ? 4 : 0;
        fight(&r, &c, &(struct fight){.steps = STEPS / 4, .far = true});
    }
}

/* A queue whose first tenant comes late; what is refused for want of memory changes nothing. */
static void short_of_memory(void **state)
{
    (void)state;
    struct testrand r = testrand_open("memory", 20261105);
    for (int knobs = 0; knobs < 4; knobs++) {
        struct sqs_config c;
        sqs_config_default(&c, false);
        c.fair_window = 0;
        c.max_receive = knobs == 1 ? 3 : 0;
        uint32_t late = knobs < 2 ? STEPS / 8 : STEPS / 16;
        fight(&r, &c, &(struct fight){4, late, STEPS / 8, .far = knobs & 1, .short_memory = true});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(standard_queues),
        cmocka_unit_test(fifo_queues),
        cmocka_unit_test(fair_queues),
        cmocka_unit_test(far_deadlines),
        cmocka_unit_test(short_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
