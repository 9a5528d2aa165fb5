/* Order per key while the shards change: random small runs with random splits, merges and counts. A reader that finishes parents
 * before it begins with children sees each key's records in the order in which they were accepted, each once and all of them; a
 * reader that does not care for parents sees them out of order in some runs. TEST_SEED and TEST_RUNS choose others.
 *
 * rules: KIN-6 KIN-40 KIN-51 KIN-52 KIN-55 KIN-74 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "kinesis.h"
#include "testrand.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RUNS 5000
#else
#define RUNS 100000
#endif
#define KEYS     6
#define RECORDS  30
#define PARTS    256

struct reader {
    bool follows;
    uint64_t next[PARTS];
    bool done[PARTS];
    uint32_t last[KEYS];
    uint32_t n_read, violations;
};
struct run {
    struct testrand *r;
    struct kinesis *k;
    struct call call;
    kin_hash hash[KEYS];
    uint32_t n;
    struct reader follower, careless;
};

static struct call *begin(struct run *x)
{
    call_begin(&x->call, x->call.now, NULL);
    return &x->call;
}

static void settle(struct run *x)
{
    while (kin_deadline(x->k) <= x->call.now)
        kin_advance(x->k, begin(x));
}

static void put(struct run *x)
{
    struct kin_placed at;
    uint32_t key = (uint32_t)testrand_below(x->r, KEYS);
    struct kin_put p = {.hash = x->hash[key], .user = x->n + 1, .size = 100, .key = key, .key_chars = 1};
    if (x->n == RECORDS)
        return;
    assert_int_equal(kin_put(x->k, begin(x), &p, &at), KIN_OK);
    x->n++;
}

static uint32_t an_open_shard(struct run *x)
{
    uint64_t high = testrand_u64(x->r), low = testrand_u64(x->r);
    return kin_route(x->k, (kin_hash)high << 64 | low);
}

/* One that is refused is refused. */
static void reshard(struct run *x)
{
    struct kin_shard_view v;
    uint32_t a = an_open_shard(x);
    kin_shard_view(x->k, x->call.now, a, &v);
    switch (testrand_below(x->r, 3)) {
    case 0:
        kin_split(x->k, begin(x), a, v.first + (v.last - v.first) / 256 * (1 + testrand_below(x->r, 255)));
        break;
    case 1:
        kin_merge(x->k, begin(x), a, v.last == KIN_HASH_MAX ? an_open_shard(x) : kin_route(x->k, v.last + 1));
        break;
    default:
        kin_update_count(x->k, begin(x), 1 + (uint32_t)testrand_below(x->r, 6));
    }
}

static bool may_begin(struct run *x, const struct reader *who, uint32_t shard)
{
    struct kin_shard_view v;
    kin_shard_view(x->k, x->call.now, shard, &v);
    bool may = true;
    for (uint32_t p = 0; p < 2; p++)
        may &= v.parent[p] == KIN_NONE || who->done[v.parent[p]];
    return may || !who->follows;
}

static void see(struct run *x, struct reader *who, const struct kin_record *r)
{
    assert_true(r->user >= 1 && r->user <= x->n);
    who->violations += r->user <= who->last[r->key];
    who->last[r->key] = (uint32_t)r->user;
    who->n_read++;
}

static void read_some(struct run *x, struct reader *who, uint32_t shard, uint32_t limit)
{
    struct kin_records got;
    struct kin_iterator it = {shard, who->next[shard] == 0 ? 1 : who->next[shard], x->call.now};
    if (who->done[shard] || !may_begin(x, who, shard) || kin_read(x->k, begin(x), &it, limit, &got) != KIN_OK)
        return;
    for (uint64_t i = 0; i < got.n; i++)
        see(x, who, kin_record(x->k, shard, got.first + i));
    who->next[shard] = got.next.seq;
    who->done[shard] = got.end;
}

static void a_read(struct run *x)
{
    assert_true(kin_shards(x->k) <= PARTS);
    struct reader *who = testrand_below(x->r, 2) == 0 ? &x->follower : &x->careless;
    read_some(x, who, (uint32_t)testrand_below(x->r, kin_shards(x->k)), 1 + (uint32_t)testrand_below(x->r, 4));
}

/* Parents have smaller numbers than their children. */
static void read_the_rest(struct run *x)
{
    for (uint32_t s = 0; s < kin_shards(x->k); s++) {
        x->call.now += SIM_S;
        settle(x);
        read_some(x, &x->follower, s, 10000);
        read_some(x, &x->careless, s, 10000);
    }
}

static uint32_t one_run(struct testrand *r)
{
    struct run x = {.r = r, .follower.follows = true};
    struct kin_config c;
    kin_config_default(&c);
    c.shards = 1 + (uint32_t)testrand_below(r, 3);
    assert_true(kin_open(&x.k, &c, NULL));
    for (uint32_t i = 0; i < KEYS; i++)
        x.hash[i] = (kin_hash)testrand_u64(r) << 64 | testrand_u64(r);
    for (int i = 0; i < 120; i++) {
        x.call.now += (sim_time)testrand_below(r, 12) * SIM_S + (sim_time)testrand_below(r, 2);
        settle(&x);
        uint64_t what = testrand_below(r, 8);
        if (what == 0)
            reshard(&x);
        else if (what < 4)
            put(&x);
        else
            a_read(&x);
    }
    kin_check(x.k, x.call.now);
    read_the_rest(&x);
    assert_int_equal(x.follower.violations, 0);
    assert_int_equal(x.follower.n_read, x.n);
    assert_int_equal(x.careless.n_read, x.n);
    kin_close(x.k);
    return x.careless.violations;
}

static void test_order(void **state)
{
    static struct testrand r;
    const char *runs = getenv("TEST_RUNS");
    uint64_t violations = 0;
    (void)state;
    r = testrand_open("kinesis_order", 20261121);
    for (long i = runs == NULL ? RUNS : strtol(runs, NULL, 10); i > 0; i--)
        violations += one_run(&r);
    printf("out of order for who does not wait for parents: %llu\n", (unsigned long long)violations);
    assert_true(violations > 0); /* or the runs would prove nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
