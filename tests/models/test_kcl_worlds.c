/* An application of the client library in every small world, and in many large ones that are drawn:
 * workers join, leave, crash and stand still; shards split and merge; records come and are
 * processed.
 *
 * No shard is with two workers at once; each is with one in the end; children begin when their
 * parents are finished; every record is processed at least once; what is processed again is exactly
 * what lay between the checkpoint and the crash. The records are counted here, one by one.
 *
 * rules: KIN-52 KIN-71 KIN-73 KIN-74 KIN-76 KIN-99 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "exhaust.h"
#include "kcl.h"
#include "testrand.h"

#ifdef NDEBUG
#define RUNS  100000
#define DEPTH 5
#else
#define RUNS  3000
#define DEPTH 4
#endif
#define SHARDS  48
#define RECORDS 64 /* of a shard */
#define WORKERS 4

struct shard {
    uint32_t parent[2], child[2], n;
    bool open;
    uint32_t times[RECORDS + 1]; /* records are 1 … n */
    /* of the application */
    uint32_t holder, next, saved, in_batch;
    bool yields, ended;
    sim_time not_before; /* left to run out by one that is to go: nobody has it earlier */
};
enum life { GONE, LIVE, FROZEN };
enum going { STAYS, GIVES_BACK, LETS_EXPIRE };
struct world {
    struct kcl *k;
    struct kcl_config config;
    sim_time now;
    struct shard shard[SHARDS];
    uint32_t n_shard;
    enum life worker[WORKERS];
    enum going going[WORKERS];
    uint64_t retired;
    uint64_t again, expected_again, crashes;
    uint64_t (*choose)(void *, uint64_t n);
    void *from;
};

/* --- the stream --- */

static uint32_t add_shard(struct world *w, uint32_t parent0, uint32_t parent1)
{
    w->shard[w->n_shard] = (struct shard){.parent = {parent0, parent1},
                                          .child = {KCL_NONE, KCL_NONE},
                                          .open = true,
                                          .holder = KCL_NONE,
                                          .next = 1,
                                          .saved = 1};
    return w->n_shard++;
}

static void put(struct world *w, uint32_t shard)
{
    struct shard *s = &w->shard[shard];
    if (s->open && s->n < RECORDS)
        s->n++;
}

static void split(struct world *w, uint32_t shard)
{
    struct shard *s = &w->shard[shard];
    if (!s->open || w->n_shard + 2 > SHARDS)
        return;
    s->open = false;
    s->child[0] = add_shard(w, shard, KCL_NONE);
    s->child[1] = add_shard(w, shard, KCL_NONE);
}

static void merge(struct world *w, uint32_t a, uint32_t b)
{
    if (a == b || !w->shard[a].open || !w->shard[b].open || w->n_shard == SHARDS)
        return;
    w->shard[a].open = w->shard[b].open = false;
    w->shard[a].child[0] = w->shard[b].child[0] = add_shard(w, a, b);
}

/* --- the application --- */

static struct kcl_shard listed(const struct world *w, uint32_t i)
{
    const struct shard *s = &w->shard[i];
    return (struct kcl_shard){i, s->open, {s->parent[0], s->parent[1]}};
}

static void sync_shards(struct world *w)
{
    struct kcl_shard list[SHARDS];
    for (uint32_t i = 0; i < w->n_shard; i++)
        list[i] = listed(w, i);
    assert_true(kcl_sync(w->k, w->now, list, w->n_shard));
}

static void taken(struct world *w, const struct kcl_news *news)
{
    struct shard *s = &w->shard[news->shard];
    assert_int_equal(s->holder, KCL_NONE);
    assert_int_equal(w->worker[news->worker], LIVE);
    assert_int_equal(w->going[news->worker], STAYS);
    assert_true(w->now >= s->not_before);
    assert_false(s->ended);
    for (uint32_t p = 0; p < 2; p++)
        if (s->parent[p] != KCL_NONE)
            assert_true(w->shard[s->parent[p]].ended);
    assert_int_equal(news->from, s->saved > 1 ? KCL_FROM_SEQUENCE : KCL_FROM_START);
    if (s->saved > 1)
        assert_int_equal(news->seq, s->saved);
    w->expected_again += s->next - s->saved; /* it got so far before, and its worker is gone */
    s->holder = news->worker;
    s->not_before = 0;
    s->next = s->saved;
    s->in_batch = 0;
    s->yields = false;
}

static void settle(struct world *w)
{
    struct kcl_news news;
    while (kcl_news(w->k, w->now, &news)) {
        if (news.kind == KCL_NEWS_SYNC) {
            sync_shards(w);
            continue;
        }
        struct shard *s = &w->shard[news.shard];
        if (news.kind == KCL_NEWS_TAKEN) {
            taken(w, &news);
            continue;
        }
        assert_int_equal(s->holder, news.worker);
        if (news.kind == KCL_NEWS_YIELD)
            s->yields = true;
        else
            s->holder = KCL_NONE;
    }
    kcl_check(w->k, w->now);
}

static void pass(struct world *w, sim_time gap)
{
    sim_time to = w->now + gap;
    while (kcl_deadline(w->k) <= to) {
        w->now = kcl_deadline(w->k);
        kcl_advance(w->k, w->now);
        settle(w);
    }
    w->now = to;
}

static void end_shard(struct world *w, uint32_t shard)
{
    struct shard *s = &w->shard[shard];
    struct kcl_shard child[2];
    uint32_t n = 0;
    for (; n < 2 && s->child[n] != KCL_NONE; n++)
        child[n] = listed(w, s->child[n]);
    assert_true(kcl_shard_end(w->k, w->now, s->holder, shard, child, n));
    s->ended = true;
    s->saved = s->next;
    s->holder = KCL_NONE;
}

/* The next record; the batch goes on. */
static bool process(struct world *w, uint32_t shard)
{
    struct shard *s = &w->shard[shard];
    uint32_t again, every = w->config.checkpoint_every;
    if (s->holder == KCL_NONE || w->worker[s->holder] != LIVE || s->next > s->n)
        return false;
    kcl_processed(w->k, s->holder, shard, s->next, 1, &again);
    kcl_record_done(w->k, s->holder, shard);
    assert_int_equal(again, s->times[s->next] > 0);
    w->again += again;
    s->times[s->next++]++;
    s->in_batch++;
    if (every > 0 && s->next - s->saved == every)
        s->saved = s->next;
    return true;
}

/* A lease is free at once, or runs out: it was renewed within the last third of the failover time.
 * One that was on its way to another worker is there now. */
static void let_go(struct world *w, uint32_t shard)
{
    struct shard *s = &w->shard[shard];
    enum going going = w->going[s->holder];
    struct kcl_view v;
    kcl_view(w->k, shard, &v);
    if (going == STAYS || (v.state == KCL_HELD && v.owner != s->holder))
        return;
    assert_int_equal(v.state, going == GIVES_BACK ? KCL_FREE : KCL_ORPHAN);
    s->not_before = going == GIVES_BACK ? 0 : w->now + w->config.failover * 2 / 3;
    w->retired++;
}

static void end_batch(struct world *w, uint32_t shard)
{
    struct shard *s = &w->shard[shard];
    if (s->holder == KCL_NONE || w->worker[s->holder] != LIVE)
        return;
    if (!s->open && s->next > s->n) {
        end_shard(w, shard);
        settle(w);
        return;
    }
    kcl_batch_done(w->k, s->holder, shard);
    if (w->config.checkpoint_every == 0)
        s->saved = s->next;
    s->in_batch = 0;
    if (s->yields) {
        s->yields = false;
        s->saved = s->next;
        kcl_release(w->k, w->now, s->holder, shard);
        let_go(w, shard);
    }
    settle(w);
}

static void batch(struct world *w, uint32_t shard)
{
    while (process(w, shard))
        ;
    end_batch(w, shard);
}

/* --- workers --- */

static void join(struct world *w, uint32_t worker)
{
    if (w->worker[worker] != GONE)
        return;
    w->worker[worker] = LIVE;
    w->going[worker] = STAYS;
    assert_true(kcl_join(w->k, w->now, worker));
    settle(w);
}

static void crash(struct world *w, uint32_t worker)
{
    if (w->worker[worker] == GONE)
        return;
    kcl_stop(w->k, w->now, worker);
    w->worker[worker] = GONE;
    w->crashes++;
    settle(w);
}

static void leave(struct world *w, uint32_t worker)
{
    if (w->worker[worker] != LIVE)
        return;
    for (uint32_t i = 0; i < w->n_shard; i++)
        if (w->shard[i].holder == worker)
            w->shard[i].saved = w->shard[i].next;
    kcl_leave(w->k, w->now, worker);
    w->worker[worker] = GONE;
    settle(w);
}

/* What it has no batch of in hand it lets go of at once, the rest when the batch is over. */
static void retire(struct world *w, uint32_t worker, bool give_back)
{
    if (w->worker[worker] == GONE || w->going[worker] != STAYS)
        return;
    w->going[worker] = give_back ? GIVES_BACK : LETS_EXPIRE;
    kcl_retire(w->k, w->now, worker, give_back);
    settle(w);
}

static void freeze_or_thaw(struct world *w, uint32_t worker)
{
    if (w->worker[worker] == LIVE) {
        kcl_freeze(w->k, w->now, worker);
        w->worker[worker] = FROZEN;
    } else if (w->worker[worker] == FROZEN) {
        kcl_thaw(w->k, w->now, worker);
        w->worker[worker] = LIVE;
    }
    settle(w);
}

/* --- a world --- */

static void open_world(struct world *w, uint32_t shards, uint32_t every, sim_time handoff)
{
    memset(w, 0, sizeof(*w));
    kcl_config_default(&w->config);
    w->config.checkpoint_every = every;
    w->config.handoff = handoff;
    assert_true(kcl_open(&w->k, &w->config, NULL));
    for (uint32_t i = 0; i < shards; i++)
        add_shard(w, KCL_NONE, KCL_NONE);
}

/* All that is left is done by whoever is there, at least one. */
static void finish(struct world *w)
{
    uint64_t again = 0;
    for (uint32_t i = 0; i < WORKERS; i++)
        if (w->worker[i] == FROZEN)
            freeze_or_thaw(w, i);
    for (uint32_t i = 0; i < w->n_shard; i++)
        batch(w, i);
    for (uint32_t i = 0; i < WORKERS; i++)
        if (w->going[i] != STAYS && w->worker[i] != GONE) {
            assert_int_equal(kcl_leases(w->k, i), 0);
            leave(w, i);
        }
    join(w, 0);
    for (uint32_t round = 0; round < 3 * SHARDS; round++) {
        for (uint32_t i = 0; i < w->n_shard; i++)
            batch(w, i);
        pass(w, 10 * SIM_S);
    }
    for (uint32_t i = 0; i < w->n_shard; i++) {
        const struct shard *s = &w->shard[i];
        assert_true(s->open ? s->holder != KCL_NONE : s->ended);
        for (uint32_t r = 1; r <= s->n; r++) {
            assert_true(s->times[r] >= 1);
            again += s->times[r] - 1;
        }
    }
    assert_int_equal(again, w->again);
    assert_int_equal(again, w->expected_again);
    assert_int_equal(again, kcl_counts(w->k)->again);
    assert_int_equal(w->retired, kcl_counts(w->k)->retired);
    uint32_t low = UINT32_MAX, high = 0;
    for (uint32_t i = 0; i < WORKERS; i++) {
        uint32_t n = kcl_leases(w->k, i);
        low = w->worker[i] == LIVE && n < low ? n : low;
        high = n > high ? n : high;
    }
    assert_true(high - low <= 1);
    kcl_close(w->k);
}

/* --- every world --- */

static struct exhaust *the_worlds;
static uint64_t choose_all(void *from, uint64_t n)
{
    (void)from;
    return exhaust_roll(&the_worlds->dice, n);
}

enum step {
    RECORD,
    BATCH,
    CRASH_A,
    CRASH_B,
    JOIN_OR_LEAVE,
    FREEZE,
    RETIRE,
    SPLIT,
    MERGE,
    WAIT,
    STEPS
};

static void small_step(struct world *w)
{
    switch ((enum step)w->choose(w->from, STEPS)) {
    case RECORD:
        process(w, 0);
        break;
    case BATCH:
        for (uint32_t i = 0; i < w->n_shard; i++)
            batch(w, i);
        break;
    case CRASH_A:
        crash(w, 0);
        break;
    case CRASH_B:
        crash(w, 1);
        break;
    case JOIN_OR_LEAVE:
        if (w->worker[0] == GONE)
            join(w, 0);
        else if (w->worker[2] == GONE)
            join(w, 2);
        else
            leave(w, 2);
        break;
    case FREEZE:
        freeze_or_thaw(w, 0);
        break;
    case RETIRE:
        retire(w, 1, w->choose(w->from, 2) == 0);
        break;
    case SPLIT:
        split(w, 0);
        break;
    case MERGE:
        merge(w, 0, 1);
        break;
    case WAIT:
        pass(w, 10 * SIM_S);
        put(w, w->n_shard - 1);
        break;
    case STEPS:
        break;
    }
}

static void every_small_world(void **state)
{
    static struct world w;
    static struct exhaust e;
    uint64_t expected = 1, again = 0, retired = 0;
    (void)state;
    exhaust_init(&e);
    the_worlds = &e;
    while (!exhaust_done(&e)) {
        open_world(&w, 2, 0, 30 * SIM_S);
        w.choose = choose_all;
        put(&w, 0);
        put(&w, 0);
        put(&w, 1);
        w.worker[0] = w.worker[1] = LIVE;
        assert_true(kcl_join(w.k, 0, 0) && kcl_join(w.k, 0, 1));
        settle(&w);
        for (int i = 0; i < DEPTH; i++)
            small_step(&w);
        finish(&w);
        again += w.again;
        retired += w.retired;
    }
    for (int i = 0; i < DEPTH; i++)
        expected *= STEPS + 1; /* one of the steps has two ways */
    assert_int_equal(e.worlds, expected);
    assert_true(retired > 0);
    assert_true(again > 0);
}

/* --- drawn worlds --- */

static void drawn_step(struct world *w, struct testrand *r)
{
    uint64_t what = testrand_below(r, 100);
    uint32_t shard = (uint32_t)testrand_below(r, w->n_shard),
             worker = (uint32_t)testrand_below(r, WORKERS);
    if (what < 25)
        put(w, shard);
    else if (what < 50)
        process(w, shard);
    else if (what < 60)
        batch(w, shard);
    else if (what < 65)
        end_batch(w, shard);
    else if (what < 72)
        crash(w, worker);
    else if (what < 80)
        join(w, worker);
    else if (what < 82)
        leave(w, worker);
    else if (what < 85)
        freeze_or_thaw(w, worker);
    else if (what < 86)
        retire(w, worker, testrand_below(r, 2) == 0);
    else if (what < 89)
        split(w, shard);
    else if (what < 91)
        merge(w, shard, (uint32_t)testrand_below(r, w->n_shard));
    else
        pass(w, (sim_time)testrand_below(r, 25 * (uint64_t)SIM_S));
}

static void drawn_worlds(void **state)
{
    static struct world w;
    struct testrand r = testrand_open("kcl worlds", 20261122);
    uint64_t again = 0, crashes = 0, moved = 0, late = 0, retired = 0;
    (void)state;
    for (uint32_t run = 0; run < RUNS; run++) {
        open_world(&w, 1 + (uint32_t)testrand_below(&r, 6),
                   run % 3 == 0 ? 1 + (uint32_t)testrand_below(&r, 9) : 0,
                   run % 5 == 0 ? 0 : 30 * SIM_S);
        uint64_t steps = 30 + testrand_below(&r, 150);
        for (uint64_t i = 0; i < steps; i++)
            drawn_step(&w, &r);
        moved += kcl_counts(w.k)->moved;
        late += kcl_counts(w.k)->moved_late;
        again += w.again;
        crashes += w.crashes;
        finish(&w);
        retired += w.retired;
    }
    print_message("%u worlds: %" PRIu64 " crashes, %" PRIu64 " records again, %" PRIu64
                  " leases moved, %" PRIu64 " late, %" PRIu64 " let go of\n",
                  RUNS, crashes, again, moved, late, retired);
    assert_true(crashes > 2 * (uint64_t)RUNS && again > RUNS / 2 && moved > RUNS / 10 &&
                late > RUNS / 100 && retired > RUNS / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_small_world),
        cmocka_unit_test(drawn_worlds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
