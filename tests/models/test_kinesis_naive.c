/* The limits of a shard once more, as plainly as they can be said: every answer is found by looking
 * through all that happened before. Drawn traffic is played to both.
 *
 * rules: KIN-10 KIN-21 KIN-22 KIN-28 KIN-30 KIN-32 KIN-33 KIN-47 KIN-70 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "kinesis.h"
#include "testrand.h"

#ifdef NDEBUG
#define RUNS 300
#else
#define RUNS 20
#endif
#define STEPS   3000
#define BILLION INT64_C(1000000000)

struct put { /* that was accepted */
    sim_time at;
    uint32_t size;
};
struct trace {
    struct put put[STEPS];
    uint32_t n;
};

/* --- whole seconds: the tank is worked out from the first one on --- */

static bool naive_window(const struct trace *t, sim_time now, uint32_t size, int64_t tank_cap)
{
    int64_t tank = tank_cap, second = now / SIM_S, budget = KIN_MIB, records = 0;
    uint32_t i = 0;
    for (int64_t s = 0; s <= second; s++) {
        budget = KIN_MIB;
        records = 0;
        for (; i < t->n && t->put[i].at / SIM_S == s; i++) {
            int64_t of_budget = t->put[i].size < budget ? t->put[i].size : budget;
            budget -= of_budget;
            tank -= t->put[i].size - of_budget;
            records++;
        }
        if (s < second)
            tank = tank + budget < tank_cap ? tank + budget : tank_cap;
    }
    if (records + 1 > 1000)
        return false;
    return size <= KIN_MIB ? size <= budget : size <= budget + tank;
}

/* --- buckets: in billionths, from the first record on --- */

static bool naive_bucket(const struct trace *t, sim_time now, uint32_t size)
{
    __int128 records = 1000 * (__int128)BILLION, bytes = KIN_MIB * (__int128)BILLION;
    sim_time at = 0;
    for (uint32_t i = 0; i <= t->n; i++) {
        sim_time then = i < t->n ? t->put[i].at : now;
        records += (__int128)(then - at) * 1000;
        bytes += (__int128)(then - at) * KIN_MIB;
        records = records > 1000 * (__int128)BILLION ? 1000 * (__int128)BILLION : records;
        bytes = bytes > KIN_MIB * (__int128)BILLION ? KIN_MIB * (__int128)BILLION : bytes;
        at = then;
        if (i < t->n) {
            records -= BILLION;
            bytes -= t->put[i].size * (__int128)BILLION;
        }
    }
    return records >= BILLION && bytes >= size * (__int128)BILLION;
}

static void play_puts(struct testrand *r, enum kin_throttle throttle, uint32_t kib,
                      uint32_t size_max, sim_time gap)
{
    static struct trace t;
    struct kinesis *k;
    struct kin_config c;
    struct call call;
    sim_time now = 0;
    uint32_t refused = 0;
    kin_config_default(&c);
    c.throttle = throttle;
    c.max_record = kib * 1024;
    assert_true(kin_open(&k, &c, NULL));
    t.n = 0;
    for (uint32_t i = 0; i < STEPS / 4; i++) {
        struct kin_put p = {.size = 1 + (uint32_t)testrand_below(r, size_max), .key_chars = 1};
        struct kin_placed placed;
        now += (sim_time)testrand_below(r, (uint64_t)gap);
        call_begin(&call, now, NULL);
        int64_t cap = (int64_t)(kib - 1024) * 1024;
        bool good = throttle == KIN_WINDOW ? naive_window(&t, now, p.size, cap)
                                           : naive_bucket(&t, now, p.size);
        assert_int_equal(kin_put(k, &call, &p, &placed), good ? KIN_OK : KIN_THROTTLED);
        if (good)
            t.put[t.n++] = (struct put){now, p.size};
        refused += !good;
    }
    assert_int_equal(kin_counts(k)->shards.write_throttled, refused);
    kin_close(k);
}

static void writes(void **state)
{
    struct testrand r = testrand_open("kinesis writes", 11);
    (void)state;
    for (uint32_t run = 0; run < RUNS / 5; run++) {
        play_puts(&r, KIN_WINDOW, 1024, 3000, 2 * SIM_MS);
        play_puts(&r, KIN_BUCKET, 1024, 3000, 2 * SIM_MS);
        play_puts(&r, KIN_WINDOW, 1024, 10, 1800 * SIM_US);
        play_puts(&r, KIN_BUCKET, 1024, 10, 1500 * SIM_US);
        play_puts(&r, KIN_WINDOW, 4096, 4 * KIN_MIB, SIM_S);
        play_puts(&r, KIN_WINDOW, 10240, 10 * KIN_MIB, 5 * SIM_S);
        play_puts(&r, KIN_BUCKET, 1024, KIN_MIB, SIM_S);
    }
}

/* --- reads: the bytes of all calls before, drained one after the other --- */

struct reading {
    struct trace got, calls;
};

static bool naive_read(const struct reading *x, sim_time now)
{
    uint32_t this_second = 0;
    for (uint32_t i = 0; i < x->calls.n; i++)
        this_second += x->calls.put[i].at / SIM_S == now / SIM_S;
    __int128 level = 0, at = 0, blocked = 0; /* bytes times a billion */
    for (uint32_t i = 0; i < x->got.n; i++) {
        level -= (x->got.put[i].at - at) * (__int128)KIN_READ_BYTES;
        level = level < 0 ? 0 : level;
        level += x->got.put[i].size * (__int128)BILLION;
        at = x->got.put[i].at;
        if (level > KIN_READ_BYTES * (__int128)BILLION)
            blocked = at + (level + KIN_READ_BYTES - 1) / KIN_READ_BYTES;
    }
    return this_second < 5 && now >= (sim_time)blocked;
}

static void play_reads(struct testrand *r, uint32_t limit)
{
    static struct reading x;
    struct kinesis *k;
    struct kin_config c;
    struct call call;
    sim_time now = 0;
    uint64_t next = 1;
    kin_config_default(&c);
    assert_true(kin_open(&k, &c, NULL));
    x.got.n = x.calls.n = 0;
    for (uint32_t i = 0; i < 300; i++, now += SIM_S) {
        struct kin_put p = {.size = 1 + (uint32_t)testrand_below(r, KIN_MIB), .key_chars = 1};
        struct kin_placed placed;
        call_begin(&call, now, NULL);
        assert_int_equal(kin_put(k, &call, &p, &placed), KIN_OK);
    }
    for (uint32_t i = 0; i < 500; i++) {
        struct kin_records got;
        now += (sim_time)testrand_below(r, 600 * (uint64_t)SIM_MS);
        struct kin_iterator it = {0, next, now};
        call_begin(&call, now, NULL);
        bool good = naive_read(&x, now);
        x.calls.put[x.calls.n++].at = now;
        enum kin_outcome o = kin_read(k, &call, &it, 1 + (uint32_t)testrand_below(r, limit), &got);
        assert_int_equal(o, good ? KIN_OK : KIN_READ_THROTTLED);
        if (!good)
            continue;
        x.got.put[x.got.n++] = (struct put){now, (uint32_t)got.bytes};
        next = got.next.seq > 280 ? 1 : got.next.seq;
    }
    kin_close(k);
}

static void reads(void **state)
{
    struct testrand r = testrand_open("kinesis reads", 12);
    (void)state;
    for (uint32_t run = 0; run < RUNS; run++)
        play_reads(&r, run % 2 == 0 ? 3 : 40);
}

/* --- pushes: a pipe in 1/4096 of a nanosecond, in which a byte is a whole number --- */

struct pushed {
    struct kinesis *k;
    struct put put[200];
    sim_time at[201]; /* when record 1 … came */
    uint32_t n, seen;
};

static void receive(struct pushed *x, sim_time to)
{
    struct call call;
    struct kin_push p;
    while (kin_push_deadline(x->k) <= to) {
        sim_time at = kin_push_deadline(x->k);
        call_begin(&call, at, NULL);
        while (kin_push_next(x->k, &call, &p)) {
            assert_int_equal(p.kind, KIN_PUSH_RECORDS);
            assert_int_equal(p.first, x->seen + 1);
            while (p.n-- > 0)
                x->at[++x->seen] = at;
        }
    }
}

static void compare_pushes(const struct pushed *x, sim_time start)
{
    __int128 pipe = 0;
    assert_int_equal(x->seen, x->n);
    for (uint32_t i = 0; i < x->n; i++) {
        sim_time offered = x->put[i].at > start ? x->put[i].at : start, due = offered + 70 * SIM_MS;
        if (pipe <= (__int128)offered * 4096) {
            pipe = (__int128)offered * 4096 + x->put[i].size * (__int128)1953125;
        } else {
            pipe += x->put[i].size * (__int128)1953125;
            due = (sim_time)((pipe + 4095) / 4096) + 70 * SIM_MS;
        }
        assert_int_equal(x->at[i + 1], due);
    }
}

/* Half of the records wait when the consumer subscribes, the others come while it is pushed to. */
static void play_pushes(struct testrand *r, uint32_t size_max, sim_time gap)
{
    static struct pushed x;
    struct kin_config c;
    struct call call;
    uint32_t consumer;
    sim_time now = 10 * SIM_S, start = 0;
    struct kin_from from = {.type = KIN_TRIM_HORIZON};
    kin_config_default(&c);
    assert_true(kin_open(&x.k, &c, NULL));
    x.n = x.seen = 0;
    call_begin(&call, 0, NULL);
    assert_int_equal(kin_register(x.k, &call, &consumer), KIN_OK);
    call_begin(&call, now, NULL);
    kin_advance(x.k, &call);
    for (; x.n < 200; now += 1 + (sim_time)testrand_below(r, (uint64_t)gap)) {
        struct kin_put p = {.size = 1 + (uint32_t)testrand_below(r, size_max), .key_chars = 1};
        struct kin_placed placed;
        receive(&x, now);
        call_begin(&call, now, NULL);
        if (kin_put(x.k, &call, &p, &placed) == KIN_OK)
            x.put[x.n++] = (struct put){now, p.size};
        if (x.n == 100 && start == 0) {
            start = now;
            assert_int_equal(kin_subscribe(x.k, &call, consumer, 0, &from), KIN_OK);
        }
    }
    receive(&x, now + 100 * SIM_S > start + 299 * SIM_S ? start + 299 * SIM_S : now + 100 * SIM_S);
    compare_pushes(&x, start);
    kin_close(x.k);
}

static void pushes(void **state)
{
    struct testrand r = testrand_open("kinesis pushes", 13);
    (void)state;
    for (uint32_t run = 0; run < RUNS; run++) {
        play_pushes(&r, KIN_MIB, 2 * SIM_S);
        play_pushes(&r, 2000, SIM_S);
        play_pushes(&r, 100000, 100 * SIM_MS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes),
        cmocka_unit_test(reads),
        cmocka_unit_test(pushes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
