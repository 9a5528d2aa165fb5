/* Memory: each allocation of a stream's life fails once, and nothing is lost, leaked or out of
 * step; what has expired gives its memory back; a record takes 24 bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "kin_account.h"
#include "mem.h"

struct life {
    struct kin_account *account;
    struct kin_stream *stream;
    struct call call;
    sim_time now;
    uint64_t stored, refused, short_of; /* records */
    uint64_t pushed;
};

static struct call *begin(struct life *l)
{
    call_begin(&l->call, l->now, NULL);
    return &l->call;
}

static void pass(struct life *l, sim_time gap)
{
    sim_time to = l->now + gap;
    struct kin_stream *of;
    struct kin_push p;
    while (kin_account_deadline(l->account) <= to) {
        l->now = kin_account_deadline(l->account);
        kin_account_advance(l->account, begin(l), &of);
    }
    l->now = to;
    while (kin_push_next(l->stream->core, begin(l), &p))
        l->pushed += p.kind == KIN_PUSH_RECORDS ? p.n : 0;
    kin_check(l->stream->core, l->now);
}

static void put(struct life *l, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        struct kin_put p = {.hash = kin_even(i % 64, 64), .user = i, .size = 10, .key_chars = 1};
        struct kin_placed placed;
        enum kin_outcome o = kin_put(l->stream->core, begin(l), &p, &placed);
        assert_true(o == KIN_OK || o == KIN_NO_MEMORY);
        l->stored += o == KIN_OK;
        l->short_of += o == KIN_NO_MEMORY;
    }
}

/* false: memory was short before there was a stream. */
static bool open_life(struct life *l, enum kin_mode mode)
{
    struct kin_account_config a;
    struct kin_config c;
    memset(l, 0, sizeof(*l));
    kin_account_config(&a, "us-east-1");
    kin_config_default(&c);
    c.shards = 3;
    c.mode = mode;
    c.create_time = SIM_S;
    c.grow_delay = 0;
    if (!kin_account_open(&l->account, &a, NULL))
        return false;
    if (kin_account_create(l->account, begin(l), "s", &c, &l->stream) != KIN_OK)
        return false;
    pass(l, SIM_S);
    return true;
}

static void provisioned(struct life *l)
{
    uint32_t consumer = KIN_NONE;
    struct kin_from from = {.type = KIN_TRIM_HORIZON};
    assert_int_equal(kin_register(l->stream->core, begin(l), &consumer), KIN_OK);
    pass(l, 10 * SIM_S);
    put(l, 900);
    enum kin_outcome o = kin_subscribe(l->stream->core, begin(l), consumer, 0, &from);
    assert_true(o == KIN_OK || o == KIN_NO_MEMORY);
    assert_int_equal(kin_split(l->stream->core, begin(l), 1, kin_even(1, 2)), KIN_OK);
    pass(l, 60 * SIM_S);
    assert_int_equal(kin_merge(l->stream->core, begin(l), 0, 3), KIN_OK);
    put(l, 900);
    pass(l, 60 * SIM_S);
    assert_int_equal(kin_update_count(l->stream->core, begin(l), 6), KIN_OK);
    pass(l, 600 * SIM_S);
    assert_int_equal(kin_open_shards(l->stream->core), 6);
    for (int i = 0; i < 4; i++) {
        put(l, 900);
        pass(l, SIM_S);
    }
}

static void on_demand(struct life *l)
{
    for (int i = 0; i < 62; i++) {
        put(l, 2500);
        pass(l, SIM_S);
    }
    assert_true(kin_open_shards(l->stream->core) >= 7);
    assert_int_equal(kin_set_warm(l->stream->core, begin(l), 20), KIN_OK);
    pass(l, 600 * SIM_S);
    assert_int_equal(kin_open_shards(l->stream->core), 20);
}

static void each_fails_once(enum kin_mode mode, void (*live)(struct life *), long at_least)
{
    struct life l;
    mem_fail_at(0);
    assert_true(open_life(&l, mode));
    live(&l);
    uint64_t stored = l.stored;
    kin_account_close(l.account);
    long n = mem_count();
    assert_true(n >= at_least && stored > 0 && l.short_of == 0);
    for (long i = 1; i <= n; i += mode == KIN_MODE_ON_DEMAND && i > 40 ? 7 : 1) {
        mem_fail_at(i);
        if (open_life(&l, mode)) {
            live(&l);
            assert_int_equal(l.stored + l.short_of, stored);
            assert_true(l.short_of <= 1); /* the next one finds memory again */
        }
        mem_fail_at(0);
        kin_account_close(l.account);
    }
}

static void a_provisioned_life(void **state)
{
    (void)state;
    each_fails_once(KIN_MODE_PROVISIONED, provisioned, 20);
}

static void an_on_demand_life(void **state)
{
    (void)state;
    each_fails_once(KIN_MODE_ON_DEMAND, on_demand, 20);
}

/* A day's retention and a week of records: memory stays at a day's worth, with one chunk more a
 * shard. */
static void old_chunks_go(void **state)
{
    struct kinesis *k;
    struct kin_config c;
    struct call call;
    struct kin_put p = {.size = 10, .key_chars = 1};
    struct kin_placed placed;
    uint64_t most = 0, day = 24 * 3600 / 10; /* a record each 10 s, to two shards in turn */
    (void)state;
    kin_config_default(&c);
    c.shards = 2;
    assert_true(kin_open(&k, &c, NULL));
    for (uint64_t i = 0; i < 7 * day; i++) {
        call_begin(&call, (sim_time)i * 10 * SIM_S, NULL);
        p.hash = kin_even(i % 2, 2);
        assert_int_equal(kin_put(k, &call, &p, &placed), KIN_OK);
        most = kin_bytes(k) > most ? kin_bytes(k) : most;
    }
    assert_true(most >= day * sizeof(struct kin_record));
    assert_true(most <= (day + 4 * 1024) * sizeof(struct kin_record) + 4096);
    kin_close(k);
}

static void a_record_is_24_bytes(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct kin_record), 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_provisioned_life),
        cmocka_unit_test(an_on_demand_life),
        cmocka_unit_test(old_chunks_go),
        cmocka_unit_test(a_record_is_24_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
