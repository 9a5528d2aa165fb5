/* test_esm_worlds.c - a mapping in every small world: a few records of two keys, every answer of the function, every setting.
 *
 * A reader with a list of what it has seen judges each step: a key's records come in order, none before all of its key ahead of
 * it are finished; each record is finished once, done or given up by a rule that holds at that moment; the checkpoint never goes
 * back; nobody is tried more often than the settings allow; a window's last invocation comes once, when nothing of it is left.
 *
 * rules: KIN-84 KIN-85 KIN-86 KIN-87 KIN-88 KIN-90 KIN-91 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "esm_stream.h"
#include "exhaust.h"
#include "testrand.h"

#ifdef NDEBUG
#define DEPTH 4
#define RUNS  20000
#else
#define DEPTH 2
#define RUNS  300
#endif
#define RECORDS 400
#define LANES   20

enum fate { WAITING, FLYING, DONE, GIVEN_UP, EXPIRED };

struct seen { /* a record */
    struct esm_record r;
    uint32_t lane, key;
    enum fate fate;
    uint32_t begun; /* invocations that were not throttled */
};
struct world {
    struct esm *e;
    struct esm_config config;
    sim_time now;
    struct seen record[2][RECORDS + 1]; /* by shard and number, from 1 */
    uint32_t n[2];
    bool ended[2];
    uint32_t n_finished;
    bool flying[LANES];
    sim_time lands[LANES];
    uint64_t checkpoint[2];
    int64_t window[LANES], closed[LANES]; /* the open one; the last that is over */
    uint64_t (*choose)(void *, uint64_t n);
    void *from;
    uint32_t depth, n_bad;
    bool takes_time; /* a call, and drawn when it begins */
};

static uint64_t choose(struct world *w, uint64_t n)
{
    return n <= 1 ? 0 : w->choose(w->from, n);
}

static struct seen *seen_of(struct world *w, uint32_t lane, uint64_t seq)
{
    return &w->record[lane / w->config.factor][seq];
}

/* --- judging --- */

/* Nobody of its key ahead of it is left. */
static void judge_order(struct world *w, uint32_t shard, uint64_t seq, uint64_t first)
{
    const struct seen *x = &w->record[shard][seq];
    for (uint64_t k = 1; k < seq; k++) {
        const struct seen *y = &w->record[shard][k];
        if (y->key == x->key)
            assert_true(y->fate >= DONE || (y->fate == FLYING && k >= first));
    }
}

static void judge_window(struct world *w, uint32_t lane, const struct esm_batch *b)
{
    sim_time t = w->config.tumbling;
    uint32_t shard = b->shard;
    if (t == 0) {
        assert_false(b->window || b->final);
        return;
    }
    int64_t number = b->from / t;
    assert_true(b->window && b->to == b->from + t && number > w->closed[lane]);
    assert_true(w->window[lane] < 0 || w->window[lane] == number);
    w->window[lane] = number;
    for (uint32_t i = 0; i < b->n; i++)
        assert_true(esm_at(w->e, lane, i)->arrival / t == number);
    for (uint64_t k = 1; b->final && k <= w->n[shard]; k++) {
        const struct seen *x = &w->record[shard][k];
        if (x->lane == lane && x->r.arrival / t == number)
            assert_true(x->fate >= DONE || x->fate == FLYING);
    }
}

static void judge_invocation(struct world *w, uint32_t lane)
{
    struct esm_batch b;
    esm_batch(w->e, lane, &b);
    assert_true(b.n <= w->config.batch && !w->flying[lane]);
    assert_true(b.n > 0 || b.final);
    w->flying[lane] = true;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < b.n; i++) {
        const struct esm_record *r = esm_at(w->e, lane, i);
        struct seen *x = seen_of(w, lane, r->seq);
        assert_true(x->lane == lane && x->fate == WAITING);
        assert_true(w->now - r->arrival <= w->config.max_age);
        x->fate = FLYING;
        bytes += (r->size + 2) / 3 * 4;
    }
    assert_true(b.n <= 1 || bytes <= w->config.payload);
    for (uint32_t i = 0; i < b.n; i++)
        judge_order(w, b.shard, esm_at(w->e, lane, i)->seq, esm_at(w->e, lane, 0)->seq);
    judge_window(w, lane, &b);
    w->lands[lane] = w->now + (w->takes_time ? (sim_time)choose(w, 3) * SIM_S : 0);
}

static void judge_end(struct world *w, const struct effect *fx)
{
    uint32_t n = (uint32_t)fx->c;
    enum esm_condition why = (enum esm_condition)(fx->c >> 32);
    for (uint32_t i = 0; i < n; i++) {
        const struct esm_record *r = esm_gone(w->e, fx, i);
        struct seen *x = seen_of(w, fx->a, r->seq);
        assert_true(i > 0 || r->seq == fx->b);
        assert_true(x->lane == fx->a && x->fate < DONE);
        if (fx->kind == ESM_FX_EXPIRED)
            assert_true(w->now - r->arrival >= w->config.retention);
        if (fx->kind == ESM_FX_DISCARD && why == ESM_AGE_EXCEEDED)
            assert_true(w->now - r->arrival > w->config.max_age);
        if (fx->kind == ESM_FX_DISCARD && why == ESM_RETRIES_EXHAUSTED)
            assert_true(w->config.retries >= 0 && x->begun > w->config.retries);
        if (fx->kind == ESM_FX_DISCARD && why == ESM_TOO_LARGE)
            assert_true((r->size + 2) / 3 * 4 > w->config.payload);
        x->fate = fx->kind == ESM_FX_DONE ? DONE : fx->kind == ESM_FX_DISCARD ? GIVEN_UP : EXPIRED;
    }
}

static void judge_shards(struct world *w)
{
    esm_check(w->e, w->now);
    for (uint32_t s = 0; s < 2; s++) {
        uint64_t low = w->n[s] == 0 ? 0 : w->n[s] + 1, point = esm_checkpoint(w->e, s);
        for (uint64_t k = w->n[s]; k >= 1; k--)
            low = w->record[s][k].fate < DONE ? k : low;
        assert_true(point == low && point >= w->checkpoint[s]);
        w->checkpoint[s] = point;
    }
}

static void effects(struct world *w, const struct call *c)
{
    for (uint32_t i = 0; i < c->n_fx; i++) {
        if (c->fx[i].kind == ESM_FX_INVOKE)
            judge_invocation(w, c->fx[i].a);
        else if (c->fx[i].kind == ESM_FX_FINISHED)
            w->n_finished++;
        else if (c->fx[i].kind != ESM_FX_SPLIT)
            judge_end(w, &c->fx[i]);
    }
    judge_shards(w);
}

/* --- playing --- */

/* 0: well; 1: throttled; 2: an error; 3 …: the record that failed, where it reports. */
static uint64_t answer(struct world *w, uint32_t n)
{
    if (w->n_bad == w->depth)
        return 0;
    uint64_t a = choose(w, w->config.report ? 3 + n : 3);
    w->n_bad += a != 0;
    return a;
}

static void note_begun(struct world *w, uint32_t lane, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        struct seen *x = seen_of(w, lane, esm_at(w->e, lane, i)->seq);
        x->begun++;
        if (w->config.retries >= 0 && !w->config.bisect)
            assert_true(x->begun <= 1 + w->config.retries);
    }
}

static void land(struct world *w, uint32_t lane)
{
    struct call c;
    struct esm_batch b;
    esm_batch(w->e, lane, &b);
    uint64_t a = answer(w, b.n);
    uint64_t gone = 0, ends = 0;
    if (a != 1)
        note_begun(w, lane, b.n);
    for (uint32_t i = 0; i < b.n; i++)
        seen_of(w, lane, esm_at(w->e, lane, i)->seq)->fate = WAITING;
    w->flying[lane] = false;
    call_begin(&c, w->now, NULL);
    esm_done(w->e, &c, lane, a == 1 ? ESM_THROTTLED : a == 2 ? ESM_FAILED : ESM_OK, a >= 3 ? (uint32_t)a - 3 : b.n);
    for (uint32_t i = 0; i < c.n_fx; i++) {
        ends += c.fx[i].kind == ESM_FX_DONE || c.fx[i].kind == ESM_FX_DISCARD;
        gone += c.fx[i].kind == ESM_FX_DONE || c.fx[i].kind == ESM_FX_DISCARD ? (uint32_t)c.fx[i].c : 0;
    }
    if (b.final && ends > 0 && gone == b.n) { /* also when it was given up */
        w->closed[lane] = w->window[lane];
        w->window[lane] = -1;
    }
    effects(w, &c);
}

static uint32_t next_landing(const struct world *w)
{
    uint32_t best = LANES;
    for (uint32_t i = 0; i < 2 * w->config.factor; i++)
        if (w->flying[i] && (best == LANES || w->lands[i] < w->lands[best]))
            best = i;
    return best;
}

static void play_to(struct world *w, sim_time to)
{
    for (;;) {
        uint32_t lane = next_landing(w);
        sim_time due = esm_deadline(w->e), lands = lane == LANES ? SIM_NEVER : w->lands[lane];
        sim_time at = due < lands ? due : lands;
        struct call c;
        if (at > to || at == SIM_NEVER)
            break;
        assert_true(at >= w->now);
        w->now = at;
        if (lands <= due) {
            land(w, lane);
            continue;
        }
        call_begin(&c, w->now, NULL);
        esm_advance(w->e, &c);
        effects(w, &c);
    }
    w->now = to == SIM_NEVER ? w->now : to;
}

static void add(struct world *w, uint32_t shard, uint32_t key, uint32_t size)
{
    struct call c;
    uint32_t seq = ++w->n[shard];
    struct seen *x = &w->record[shard][seq];
    *x = (struct seen){.r = {.seq = seq, .hash = key, .arrival = w->now, .size = size},
                       .lane = shard * w->config.factor + key % w->config.factor,
                       .key = key};
    call_begin(&c, w->now, NULL);
    assert_true(esm_add(w->e, &c, shard, &x->r));
    effects(w, &c);
}

static void end(struct world *w, uint32_t shard)
{
    struct call c;
    if (w->ended[shard])
        return;
    w->ended[shard] = true;
    assert_true(esm_shard(w->e, shard));
    call_begin(&c, w->now, NULL);
    esm_end(w->e, &c, shard);
    effects(w, &c);
}

static void begin(struct world *w, const struct esm_config *c)
{
    w->config = *c;
    for (uint32_t i = 0; i < LANES; i++)
        w->window[i] = w->closed[i] = -1;
    assert_true(esm_open(&w->e, c, NULL));
}

/* All that is there is finished, and the shards with it. */
static void finish(struct world *w)
{
    end(w, 0);
    end(w, 1);
    play_to(w, SIM_NEVER);
    for (uint32_t s = 0; s < 2; s++)
        for (uint32_t k = 1; k <= w->n[s]; k++)
            assert_true(w->record[s][k].fate >= DONE);
    for (uint32_t i = 0; i < 2 * w->config.factor; i++)
        assert_true(w->window[i] < 0 && !w->flying[i]);
    assert_int_equal(w->n_finished, 2);
    assert_false(esm_failed(w->e));
    esm_close(w->e);
}

/* --- every world --- */

static uint64_t by_exhaust(void *from, uint64_t n)
{
    return exhaust_roll(&((struct exhaust *)from)->dice, n);
}

static void one_world(struct exhaust *x, const struct esm_config *c)
{
    static struct world w;
    struct call call;
    memset(&w, 0, sizeof(w));
    w.choose = by_exhaust;
    w.from = x;
    w.depth = DEPTH;
    begin(&w, c);
    for (uint32_t i = 0; i < 3; i++)
        add(&w, 0, i % 2, i == 2 ? 300 : 100);
    play_to(&w, 2 * SIM_S);
    add(&w, 0, 0, 100);
    add(&w, 1, 1, 100);
    play_to(&w, 3 * SIM_S);
    add(&w, 0, 1, 100);
    call_begin(&call, w.now, NULL);
    esm_seen(w.e, &call, 0, w.now);
    effects(&w, &call);
    finish(&w);
}

static uint64_t all_worlds(const struct esm_config *c)
{
    struct exhaust x;
    exhaust_init(&x);
    while (!exhaust_done(&x))
        one_world(&x, c);
    return x.worlds;
}

static void every_world(void **state)
{
    (void)state;
    uint64_t worlds = 0;
    for (uint32_t bits = 0; bits < 256; bits++) {
        struct esm_config c;
        esm_config_init(&c);
        c.batch = bits & 1 ? 2 : 3;
        c.factor = bits & 2 ? 2 : 1;
        c.bisect = bits & 4;
        c.report = bits & 8;
        c.retries = bits & 16 ? 1 : ESM_NEVER_ENDS;
        c.max_age = bits & 32 ? 60 * SIM_S : SIM_NEVER;
        c.window = bits & 64 ? 1 * SIM_S : 0;
        c.tumbling = bits & 128 ? 2 * SIM_S : 0;
        c.payload = 600;
        c.retention = 10 * SIM_S;
        worlds += all_worlds(&c);
    }
    print_message("%lu worlds\n", (unsigned long)worlds);
}

/* --- many worlds --- */

static uint64_t by_chance(void *from, uint64_t n)
{
    return testrand_below(from, n);
}

static void draw_config(struct world *w, struct esm_config *c)
{
    esm_config_init(c);
    c->batch = 1 + (uint32_t)choose(w, 12);
    c->factor = 1 + (uint32_t)choose(w, ESM_FACTOR_MAX);
    c->bisect = choose(w, 2);
    c->report = choose(w, 2);
    c->retries = choose(w, 2) ? (int64_t)choose(w, 4) : ESM_NEVER_ENDS;
    c->max_age = choose(w, 2) ? 60 * SIM_S : SIM_NEVER;
    c->window = choose(w, 2) ? (sim_time)choose(w, 5) * SIM_S : 0;
    c->tumbling = choose(w, 2) ? (sim_time)(1 + choose(w, 9)) * SIM_S : 0;
    c->payload = 1000;
    c->retention = choose(w, 2) ? 100 * SIM_S : SIM_NEVER;
}

static void one_run(struct testrand *rand)
{
    static struct world w;
    struct esm_config c;
    struct call call;
    memset(&w, 0, sizeof(w));
    w.choose = by_chance;
    w.from = rand;
    w.depth = (uint32_t)testrand_below(rand, 60);
    w.takes_time = true;
    draw_config(&w, &c);
    begin(&w, &c);
    while (w.n[0] < 60 && w.n[1] < 60) {
        uint32_t shard = (uint32_t)choose(&w, 2);
        for (uint64_t k = choose(&w, 20); k > 0; k--)
            add(&w, shard, (uint32_t)choose(&w, 30), (uint32_t)choose(&w, 1000));
        call_begin(&call, w.now, NULL);
        esm_seen(w.e, &call, shard, w.now);
        effects(&w, &call);
        play_to(&w, w.now + (sim_time)choose(&w, 20) * SIM_S);
    }
    finish(&w);
}

static void many_worlds(void **state)
{
    (void)state;
    struct testrand rand = testrand_open("esm_worlds", 23);
    for (uint32_t i = 0; i < RUNS; i++)
        one_run(&rand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_world),
        cmocka_unit_test(many_worlds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
