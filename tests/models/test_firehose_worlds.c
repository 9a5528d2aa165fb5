/* A delivery stream in every small world, and in many large ones that are drawn: puts, time, answers of the function, the destination
 * and the backup in any order.
 *
 * A ledger beside the core knows each record: it ends exactly once, in a way that its world allows, and its copy too. Nothing is
 * delivered before its buffer was full or old enough, nothing expires early, and what has expired was never reported delivered. At the end,
 * with everything up, all that is left is delivered. The core's own invariants hold after each step.
 *
 * rules: FH-9 FH-11 FH-15 FH-16 FH-22 FH-25 FH-26 FH-27 FH-28 FH-31 FH-33 FH-34 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "exhaust.h"
#include "firehose.h"
#include "testrand.h"

#ifdef NDEBUG
#define RUNS  5000
#define DEPTH 6
#else
#define RUNS  200
#define DEPTH 4
#endif
#define PUTS  400
#define OPEN  64
#define STEPS 120

enum fate { NOT_YET, ENDED };
struct pending { /* handed out, not answered */
    uint32_t lot;
    bool invokes;
    enum fh_to to;
};
struct world {
    struct firehose *f;
    struct fh_config config;
    struct call call;
    struct dice dice;
    sim_time now;
    uint32_t n_put, n_open, copies_ended;
    struct pending open[OPEN];
    sim_time put_at[PUTS];
    uint8_t fate[PUTS], copy[PUTS];
    uint64_t (*choose)(void *, uint64_t n);
    void *from;
};

static uint64_t dice_choice(struct dice *d, uint64_t n)
{
    struct world *w = CONTAINER_OF(d, struct world, dice);
    uint64_t few = n < 3 ? n : 3; /* of a jitter of 60,000 ms three are enough: least, most, between */
    uint64_t which = w->choose(w->from, few);
    return which == 0 ? 0 : which + 1 == few ? n - 1 : n / 2;
}

static enum fh_result judge(void *from, enum fh_stage stage, const struct fh_record *r, uint32_t *size)
{
    (void)from;
    (void)size;
    if (stage == FH_AT_CONVERSION)
        return FH_RESULT_OK;
    return r->user % 5 == 3 ? FH_RESULT_DROPPED : r->user % 5 == 4 ? FH_RESULT_FAILED : FH_RESULT_OK;
}

static struct call *begin(struct world *w)
{
    call_begin(&w->call, w->now, &w->dice);
    return &w->call;
}

/* --- what ends --- */

static void check_end(struct world *w, const struct fh_record *r, enum fh_end end, enum fh_why why)
{
    const struct fh_config *c = &w->config;
    uint32_t i = (uint32_t)r->user;
    bool copy = end == FH_END_COPIED || end == FH_END_COPY_EXPIRED;
    uint8_t *fate = copy ? &w->copy[i] : &w->fate[i];
    assert_true(i < w->n_put && *fate == NOT_YET && r->arrival == w->put_at[i]);
    *fate = ENDED;
    w->copies_ended += copy;
    if (end == FH_END_EXPIRED || end == FH_END_COPY_EXPIRED)
        assert_true(w->now >= r->arrival + c->keep);
    if (end == FH_END_DROPPED)
        assert_true(c->transform && i % 5 == 3);
    if (end == FH_END_DELIVERED && c->transform)
        assert_true(i % 5 < 3);
    if (end == FH_END_BACKED_UP)
        assert_true(why != FH_WHY_NONE);
    if (end == FH_END_BACKED_UP && why == FH_WHY_DELIVERY)
        assert_true(c->retry != SIM_NEVER && w->now >= r->arrival + c->retry);
    if (copy)
        assert_true(c->backup_all);
}

static void ended(struct world *w, const struct fh_task *task)
{
    struct fh_cursor at = {.begun = false};
    struct fh_lot_view v;
    struct fh_record r;
    uint32_t n = 0;
    uint64_t before = 0;
    fh_lot(w->f, task->lot, &v);
    for (; fh_record_next(w->f, task->lot, &at, &r); n++) {
        assert_true(n == 0 || r.user > before); /* in a lot records are in order of arrival */
        before = r.user;
        check_end(w, &r, task->end, v.why);
    }
    assert_int_equal(n, v.n);
    fh_release(w->f, task->lot);
}

/* A lot is full, or its first record is old enough; unless older ones have left it. */
static void check_begin(const struct world *w, const struct fh_task *task)
{
    const struct fh_config *c = &w->config;
    struct fh_lot_view v;
    fh_lot(w->f, task->lot, &v);
    if (task->kind == FH_TASK_INVOKE)
        assert_true(v.bytes >= c->lambda_size || w->now >= v.oldest + c->lambda_interval);
    else if (task->to == FH_TO_DESTINATION && fh_counts(w->f)->ended[FH_END_EXPIRED] == 0)
        assert_true(v.bytes >= c->size || w->now >= v.oldest + c->interval);
    assert_true(v.bytes <= (c->merge > c->size ? c->merge : c->size) + FH_RECORD_BYTES);
}

static void pump(struct world *w)
{
    struct fh_task task;
    while (fh_next(w->f, begin(w), &task)) {
        if (task.kind == FH_TASK_END) {
            ended(w, &task);
            continue;
        }
        check_begin(w, &task);
        assert_true(w->n_open < OPEN);
        w->open[w->n_open++] = (struct pending){task.lot, task.kind == FH_TASK_INVOKE, task.to};
    }
    fh_check(w->f, w->now);
}

/* --- steps --- */

static void put(struct world *w, uint32_t size)
{
    struct fh_put p = {.user = w->n_put, .size = size, .key = w->n_put % 3};
    if (w->n_put == PUTS)
        return;
    w->put_at[w->n_put] = w->now;
    w->n_put++;
    if (fh_put(w->f, begin(w), &p) != FH_OK)
        w->n_put--;
    pump(w);
}

static void pass(struct world *w, sim_time by)
{
    sim_time to = w->now + by;
    for (sim_time due = fh_deadline(w->f); due <= to; due = fh_deadline(w->f)) {
        assert_true(due >= w->now);
        w->now = due;
        pump(w);
    }
    w->now = to;
    pump(w);
}

static void answer(struct world *w, uint32_t which, unsigned how)
{
    if (w->n_open == 0)
        return;
    which %= w->n_open;
    struct pending p = w->open[which];
    memmove(&w->open[which], &w->open[which + 1], (w->n_open - which - 1) * sizeof(p));
    w->n_open--;
    if (p.invokes) {
        fh_invoked(w->f, begin(w), p.lot, how == FH_DONE);
    } else {
        if (how == FH_NO_ACK)
            fh_stored(w->f, p.lot, p.to);
        fh_settle(w->f, begin(w), p.lot, (enum fh_answer)how);
    }
    pump(w);
}

static void step(struct world *w, bool wide)
{
    static const sim_time times[] = {SIM_S, 20 * SIM_S, 61 * SIM_S, 400 * SIM_S, 3 * SIM_H};
    switch (w->choose(w->from, wide ? 8 : 6)) {
    case 0:
    case 6:
        put(w, 1000);
        break;
    case 1:
        put(w, 900000);
        break;
    case 2:
        pass(w, times[w->choose(w->from, wide ? 5 : 3)]);
        break;
    case 3:
    case 7:
        answer(w, wide ? (uint32_t)w->choose(w->from, OPEN) : 0, FH_DONE);
        break;
    case 4:
        answer(w, wide ? (uint32_t)w->choose(w->from, OPEN) : 0, FH_FAILED);
        break;
    case 5:
        answer(w, 0, FH_NO_ACK);
        break;
    }
}

/* Everything works from now on: nothing is left. */
static void finish(struct world *w)
{
    for (int i = 0; i < 2000 && fh_inside(w->f) > 0; i++) {
        while (w->n_open > 0)
            answer(w, 0, FH_DONE);
        if (fh_deadline(w->f) != SIM_NEVER)
            pass(w, fh_deadline(w->f) - w->now);
    }
    assert_true(fh_inside(w->f) == 0 && fh_deadline(w->f) == SIM_NEVER);
    const struct fh_counts *c = fh_counts(w->f);
    for (uint32_t i = 0; i < w->n_put; i++) {
        assert_true(w->fate[i] == ENDED);
        assert_true(w->copy[i] == (w->config.backup_all ? ENDED : NOT_YET));
    }
    assert_true(c->in_records == w->n_put);
    assert_true(c->ended[FH_END_DELIVERED] + c->ended[FH_END_DROPPED] + c->ended[FH_END_BACKED_UP] + c->ended[FH_END_EXPIRED] == w->n_put);
    assert_true(w->copies_ended == (w->config.backup_all ? w->n_put : 0));
}

/* --- configurations --- */

#define KINDS 5
static void configure(struct fh_config *c, unsigned kind)
{
    fh_config_default(c, kind == 1 ? FH_REDSHIFT : kind == 2 ? FH_HTTP : FH_S3, false);
    c->size = FH_MIB;
    c->interval = 10 * SIM_S;
    c->lambda_interval = 5 * SIM_S;
    c->lambda_size = 300000;
    c->parallel = 2;
    c->merge = 4 * FH_MIB;
    c->keep = 2 * SIM_H;
    c->judge = judge;
    c->lambda_retries = 2;
    c->transform = kind == 3 || kind == 2;
    c->backup_all = kind == 2;
    c->backup_size = FH_MIB;
    c->backup_interval = 15 * SIM_S;
    c->bytes_per_s = 0;
    if (kind == 1)
        c->retry = 60 * SIM_S;
    if (kind == 4) {
        c->size = 64 * FH_MIB;
        c->partitions = 2;
        c->parse_time = 5 * SIM_S;
    }
}

static void open_world(struct world *w, unsigned kind)
{
    memset(w, 0, offsetof(struct world, choose));
    configure(&w->config, kind);
    w->dice.roll = dice_choice;
    assert_int_equal(fh_open(&w->f, &w->config), FH_OK);
}

static uint64_t by_exhaust(void *from, uint64_t n)
{
    return exhaust_roll(&((struct exhaust *)from)->dice, n);
}
static uint64_t by_chance(void *from, uint64_t n)
{
    return testrand_below(from, n);
}

static void test_every_small_world(void **state)
{
    static struct world w;
    struct exhaust worlds;
    uint64_t n = 0;
    (void)state;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        exhaust_init(&worlds);
        while (!exhaust_done(&worlds)) {
            open_world(&w, kind);
            w.choose = by_exhaust;
            w.from = &worlds;
            put(&w, 1000);
            for (int i = 0; i < DEPTH; i++)
                step(&w, false);
            w.choose = by_chance; /* the rest is not to be tried in all ways */
            struct testrand r = {n};
            w.from = &r;
            finish(&w);
            fh_close(w.f);
            n++;
        }
    }
    assert_true(n > 5000);
}

static void test_many_large_worlds(void **state)
{
    static struct world w;
    struct testrand r = testrand_open("firehose worlds", 20261121);
    (void)state;
    for (unsigned run = 0; run < RUNS; run++) {
        open_world(&w, run % KINDS);
        w.choose = by_chance;
        w.from = &r;
        for (int i = 0; i < STEPS; i++)
            step(&w, true);
        finish(&w);
        fh_close(w.f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_small_world),
        cmocka_unit_test(test_many_large_worlds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
