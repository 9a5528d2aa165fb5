/* A stream in every small world, and in many large ones that are drawn: puts, splits, merges, new
 * counts, reads, time.
 *
 * A reader that finishes parents before it begins with children sees the records of each key in the
 * order in which they were accepted, none twice, and all that had not expired. The core's own
 * invariants hold after each step.
 *
 * rules: KIN-1 KIN-6 KIN-45 KIN-47 KIN-48 KIN-51 KIN-52 KIN-53 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "exhaust.h"
#include "kinesis.h"
#include "testrand.h"

#ifdef NDEBUG
#define RUNS  100000
#define DEPTH 6
#else
#define RUNS  1000
#define DEPTH 4
#endif
#define PUTS   1500
#define KEYS   12
#define SHARDS 400

enum { POLLER, CONSUMER, READERS };
struct reader {
    uint32_t n_read;
    bool was_read[PUTS + 1];
    uint64_t last[KEYS];   /* user read last */
    uint64_t next[SHARDS]; /* its place */
    bool done[SHARDS], subscribed[SHARDS];
};
struct world {
    struct kinesis *k;
    struct call call;
    sim_time now;
    uint32_t n_put, consumer;
    uint32_t key_of[PUTS + 1]; /* users are 1 … */
    sim_time put_at[PUTS + 1];
    struct reader reader[READERS];
    uint64_t (*choose)(void *, uint64_t n);
    void *from;
};

static struct call *begin(struct world *w)
{
    call_begin(&w->call, w->now, NULL);
    return &w->call;
}

/* Keys lie evenly over the space, so that splits tear them apart and merges join them. */
static kin_hash hash_of(uint32_t key)
{
    return kin_even(key, KEYS) + kin_even(1, 2 * KEYS);
}

static void put_size(struct world *w, uint32_t key, uint32_t size)
{
    struct kin_placed placed;
    struct kin_put p = {
        .hash = hash_of(key), .user = w->n_put + 1, .size = size, .key = key, .key_chars = 1};
    if (w->n_put == PUTS)
        return;
    enum kin_outcome o = kin_put(w->k, begin(w), &p, &placed);
    assert_true(o == KIN_OK || (o == KIN_THROTTLED && size > 100));
    if (o != KIN_OK)
        return;
    w->n_put++;
    w->key_of[p.user] = key;
    w->put_at[p.user] = w->now;
    struct kin_shard_view v;
    kin_shard_view(w->k, w->now, placed.shard, &v);
    assert_true(v.status == KIN_OPEN && v.first <= p.hash && p.hash <= v.last);
}

static void put(struct world *w, uint32_t key)
{
    put_size(w, key, 100);
}

static bool may_begin(struct world *w, const struct reader *x, uint32_t shard)
{
    struct kin_shard_view v;
    kin_shard_view(w->k, w->now, shard, &v);
    for (uint32_t p = 0; p < 2; p++)
        if (v.parent[p] != KIN_NONE && !x->done[v.parent[p]])
            return false;
    return true;
}

static void see(struct world *w, struct reader *x, const struct kin_record *r)
{
    assert_true(r->user >= 1 && r->user <= w->n_put);
    assert_int_equal(r->key, w->key_of[r->user]);
    assert_false(x->was_read[r->user]);
    assert_true(r->user > x->last[r->key]);
    assert_true(w->now - w->put_at[r->user] < SIM_DAY);
    x->was_read[r->user] = true;
    x->last[r->key] = r->user;
    x->n_read++;
}

static void read_shard(struct world *w, uint32_t shard, uint32_t limit)
{
    struct reader *x = &w->reader[POLLER];
    struct kin_records got;
    struct kin_iterator it = {shard, x->next[shard], w->now};
    if (x->done[shard] || !may_begin(w, x, shard))
        return;
    enum kin_outcome o = kin_read(w->k, begin(w), &it, limit, &got);
    if (o == KIN_READ_THROTTLED)
        return;
    assert_int_equal(o, KIN_OK);
    for (uint64_t i = 0; i < got.n; i++)
        see(w, x, kin_record(w->k, shard, got.first + i));
    x->next[shard] = got.next.seq;
    x->done[shard] = got.end;
    if (got.end)
        assert_true(got.child[0] != KIN_NONE && got.child[0] < kin_shards(w->k));
}

static void read_some(struct world *w, uint32_t limit)
{
    read_shard(w, (uint32_t)w->choose(w->from, kin_shards(w->k)), limit);
}

/* --- the consumer: subscribes to what it may begin with, goes on after five minutes --- */

static void pushed(struct world *w, const struct kin_push *p)
{
    struct reader *x = &w->reader[CONSUMER];
    assert_true(x->subscribed[p->shard] && !x->done[p->shard]);
    assert_true(p->first >= x->next[p->shard]);
    for (uint64_t i = 0; i < p->n; i++) {
        const struct kin_record *r = kin_record(w->k, p->shard, p->first + i);
        assert_true(w->now >= w->put_at[r->user] + 70 * SIM_MS);
        see(w, x, r);
    }
    x->next[p->shard] = p->first + p->n;
    x->subscribed[p->shard] = p->kind == KIN_PUSH_RECORDS;
    x->done[p->shard] = p->kind == KIN_PUSH_SHARD_END;
}

static void subscribe_all(struct world *w)
{
    struct reader *x = &w->reader[CONSUMER];
    for (uint32_t s = 0; s < kin_shards(w->k); s++) {
        struct kin_from from = {.type = x->next[s] == 1 ? KIN_TRIM_HORIZON : KIN_AFTER_SEQUENCE,
                                .seq = x->next[s] - 1};
        if (x->done[s] || x->subscribed[s] || !may_begin(w, x, s))
            continue;
        enum kin_outcome o = kin_subscribe(w->k, begin(w), w->consumer, s, &from);
        assert_true(o == KIN_OK || o == KIN_SUBSCRIBED || o == KIN_CONSUMER_CREATING);
        x->subscribed[s] = o == KIN_OK;
    }
}

/* What is pending until then: the stream's own steps, and what is pushed. */
static void pass(struct world *w, sim_time gap)
{
    sim_time to = w->now + gap;
    struct kin_push p;
    for (;;) {
        sim_time own = kin_deadline(w->k), push = kin_push_deadline(w->k),
                 at = own < push ? own : push;
        if (at > to)
            break;
        w->now = at > w->now ? at : w->now;
        if (own <= w->now)
            kin_advance(w->k, begin(w));
        else
            while (kin_push_next(w->k, begin(w), &p))
                pushed(w, &p);
    }
    w->now = to;
    kin_check(w->k, w->now);
}

/* The number of an open shard: the i-th. */
static uint32_t open_shard(struct world *w, uint64_t i)
{
    for (uint32_t s = 0; s < kin_shards(w->k); s++) {
        struct kin_shard_view v;
        kin_shard_view(w->k, w->now, s, &v);
        if (v.status == KIN_OPEN && i-- == 0)
            return s;
    }
    return 0;
}

static void split(struct world *w, uint32_t shard, uint32_t part)
{
    struct kin_shard_view v;
    kin_shard_view(w->k, w->now, shard, &v);
    if (kin_shards(w->k) + 2 > SHARDS - 40)
        return;
    kin_hash at = v.first + (v.last - v.first) / 8 * part + 2;
    enum kin_outcome o = kin_split(w->k, begin(w), shard, at);
    assert_true(o == KIN_OK || o == KIN_NOT_ACTIVE || o == KIN_BAD_SPLIT);
}

/* With the one whose range follows. */
static void merge(struct world *w, uint32_t shard)
{
    struct kin_shard_view v;
    kin_shard_view(w->k, w->now, shard, &v);
    if (v.last == KIN_HASH_MAX || kin_shards(w->k) + 1 > SHARDS - 40)
        return;
    enum kin_outcome o = kin_merge(w->k, begin(w), shard, kin_route(w->k, v.last + 1));
    assert_true(o == KIN_OK || o == KIN_NOT_ACTIVE);
}

static void all_was_read(const struct world *w, const struct reader *x)
{
    for (uint32_t user = 1; user <= w->n_put; user++)
        if (w->put_at[user] + SIM_DAY > w->now)
            assert_true(x->was_read[user]);
}

/* All is read in the end, but what has expired. */
static void finish(struct world *w)
{
    pass(w, 20 * 60 * SIM_S);
    for (uint32_t idle = 0, seen = 0; idle < 20; idle++) {
        subscribe_all(w);
        pass(w, SIM_S);
        for (uint32_t s = 0; s < kin_shards(w->k); s++)
            read_shard(w, s, 10000);
        if (w->reader[POLLER].n_read + w->reader[CONSUMER].n_read != seen)
            idle = 0;
        seen = w->reader[POLLER].n_read + w->reader[CONSUMER].n_read;
    }
    all_was_read(w, &w->reader[POLLER]);
    all_was_read(w, &w->reader[CONSUMER]);
}

static void open_world(struct world *w, uint32_t shards, enum kin_mode mode)
{
    struct kin_config c;
    memset(w, 0, sizeof(*w));
    kin_config_default(&c);
    c.shards = shards;
    c.mode = mode;
    c.grow_delay = 60 * SIM_S;
    assert_true(kin_open(&w->k, &c, NULL));
    for (uint32_t i = 0; i < SHARDS; i++)
        w->reader[POLLER].next[i] = w->reader[CONSUMER].next[i] = 1;
    assert_int_equal(kin_register(w->k, begin(w), &w->consumer), KIN_OK);
}

/* --- every world --- */

static struct exhaust *the_worlds;
static uint64_t choose_all(void *from, uint64_t n)
{
    (void)from;
    return exhaust_roll(&the_worlds->dice, n);
}

enum step { PUT_LOW, PUT_HIGH, SPLIT, MERGE, READ, WAIT, AGE, STEPS };

static void small_step(struct world *w)
{
    switch ((enum step)w->choose(w->from, STEPS)) {
    case PUT_LOW:
        put(w, 1);
        break;
    case PUT_HIGH:
        put(w, KEYS - 2);
        break;
    case SPLIT:
        split(w, open_shard(w, 0), 4);
        break;
    case MERGE:
        merge(w, open_shard(w, 0));
        break;
    case READ:
        read_shard(w, kin_shards(w->k) - 1, 1);
        read_shard(w, 0, 1);
        break;
    case WAIT:
        pass(w, 30 * SIM_S);
        break;
    case AGE:
        pass(w, SIM_DAY / 2);
        break;
    case STEPS:
        break;
    }
    kin_check(w->k, w->now);
}

static void every_small_world(void **state)
{
    static struct world w;
    struct exhaust e;
    uint64_t expected = 1;
    (void)state;
    exhaust_init(&e);
    the_worlds = &e;
    while (!exhaust_done(&e)) {
        open_world(&w, 2, KIN_MODE_PROVISIONED);
        w.choose = choose_all;
        put(&w, 1);
        for (int i = 0; i < DEPTH; i++)
            small_step(&w);
        finish(&w);
        kin_close(w.k);
    }
    for (int i = 0; i < DEPTH; i++)
        expected *= STEPS;
    assert_int_equal(e.worlds, expected);
}

/* --- drawn worlds --- */

static uint64_t choose_drawn(void *from, uint64_t n)
{
    return testrand_below(from, n);
}

static void reshard(struct world *w, struct testrand *r)
{
    uint32_t n = kin_open_shards(w->k), shard = open_shard(w, testrand_below(r, n));
    if (kin_config(w->k)->mode == KIN_MODE_ON_DEMAND || kin_status(w->k) != KIN_ACTIVE)
        return;
    switch (testrand_below(r, 5)) {
    case 0:
    case 1:
        split(w, shard, 1 + (uint32_t)testrand_below(r, 7));
        break;
    case 2:
    case 3:
        merge(w, shard);
        break;
    default:
        if (kin_shards(w->k) + 6 * n < SHARDS - 40)
            kin_update_count(w->k, begin(w), (n + 1) / 2 + (uint32_t)testrand_below(r, 2 * n));
        break;
    }
}

/* A minute of full megabytes, half of them with one key: hot for an on-demand stream. */
static void burst(struct world *w, struct testrand *r)
{
    for (int i = 0; i < 60; i++) {
        put_size(w, i % 2 == 0 ? 5 : (uint32_t)testrand_below(r, KEYS), KIN_MIB);
        pass(w, SIM_S);
    }
}

static void drawn_step(struct world *w, struct testrand *r)
{
    uint64_t what = testrand_below(r, 100);
    if (what < 50)
        put(w, (uint32_t)testrand_below(r, KEYS));
    else if (what < 70)
        read_some(w, 1 + (uint32_t)testrand_below(r, 10));
    else if (what < 75)
        subscribe_all(w);
    else if (what < 85 && what > 82 && kin_config(w->k)->mode == KIN_MODE_ON_DEMAND)
        burst(w, r);
    else if (what < 85)
        reshard(w, r);
    else if (what < 99)
        pass(w, (sim_time)testrand_below(r, 40 * (uint64_t)SIM_S));
    else
        pass(w, (sim_time)testrand_below(r, 12 * 3600 * (uint64_t)SIM_S));
}

static void drawn_worlds(void **state)
{
    static struct world w;
    struct testrand r = testrand_open("kinesis worlds", 20261121);
    uint64_t resharded = 0, grown = 0, seen = 0;
    (void)state;
    for (uint32_t run = 0; run < RUNS; run++) {
        bool on_demand = run % 16 == 0;
        open_world(&w, 1 + (uint32_t)testrand_below(&r, 6),
                   on_demand ? KIN_MODE_ON_DEMAND : KIN_MODE_PROVISIONED);
        w.choose = choose_drawn;
        w.from = &r;
        uint64_t steps = 20 + testrand_below(&r, 60);
        for (uint64_t i = 0; i < steps; i++)
            drawn_step(&w, &r);
        finish(&w);
        resharded += kin_counts(w.k)->splits + kin_counts(w.k)->merges;
        grown += on_demand ? kin_counts(w.k)->splits : 0;
        seen += w.reader[POLLER].n_read + w.reader[CONSUMER].n_read;
        kin_close(w.k);
    }
    assert_true(resharded > RUNS && seen > 20 * (uint64_t)RUNS);
    assert_true(grown > RUNS / 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_small_world),
        cmocka_unit_test(drawn_worlds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
