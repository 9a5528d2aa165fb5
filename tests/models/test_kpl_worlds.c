/* test_kpl_worlds.c - the producer library in drawn worlds, judged by a list of all users' records: each ends once, put by a call that was
 * answered so or expired at its time; calls and aggregates keep their limits; nothing waits longer than it has to.
 *
 * rules: KIN-77 KIN-78 KIN-79 KIN-80 KIN-81 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "kpl.h"
#include "testrand.h"

#ifdef NDEBUG
#define RUNS 3000
#else
#define RUNS 150
#endif
#define USERS   600
#define SHARDS  3
#define FLIGHTS 32

enum fate { INSIDE, FLYING, ENDED };
struct seen {
    struct kpl_record r;
    sim_time added, sent;
    enum fate fate;
    uint32_t calls;
    bool put;
};
struct flight {
    uint32_t put, n;
    enum kpl_result result[500];
    sim_time end;
};
struct world {
    struct kpl *k;
    struct kpl_config c;
    struct testrand *rand;
    sim_time now, well; /* well: from then on the stream takes everything */
    struct seen user[USERS];
    uint32_t n, n_ended, n_flight;
    struct flight flight[FLIGHTS];
    uint64_t sent[SHARDS], sent_bytes[SHARDS], largest[SHARDS];
};

static uint64_t draw(struct world *w, uint64_t n)
{
    return testrand_below(w->rand, n);
}

/* --- judging --- */

static void judge_ends(struct world *w)
{
    struct kpl_end e;
    while (kpl_ended(w->k, &e)) {
        struct seen *x = &w->user[e.user];
        assert_true(x->fate == INSIDE && e.added == x->added && e.attempts == x->calls && e.shard == x->r.shard);
        assert_true((e.outcome == KPL_PUT) == x->put);
        if (e.outcome == KPL_EXPIRED)
            assert_true(w->now - x->added >= w->c.ttl);
        if (e.outcome == KPL_FAILED)
            assert_true(w->c.fail_if_throttled);
        x->fate = ENDED;
        w->n_ended++;
    }
}

static uint32_t judge_entry(struct world *w, uint32_t entry, uint32_t *size)
{
    struct kpl_entry e;
    uint64_t user, last = 0, bytes = 0;
    uint32_t n = 0, next = kpl_entry(w->k, entry, &e);
    for (uint32_t at = e.first; kpl_user(w->k, &at, &user); n++) {
        struct seen *x = &w->user[user];
        assert_true(x->fate == INSIDE && x->r.shard == e.shard && (n == 0 || user > last));
        assert_true(w->now - x->added < w->c.ttl);
        x->fate = FLYING;
        x->sent = w->now;
        x->calls++;
        bytes += x->r.size;
        last = user;
    }
    *size = (uint32_t)(n == 1 ? bytes : bytes + 20 + 12 * n);
    assert_true(n == e.n && n >= 1 && *size == e.size);
    assert_true(n == 1 || (w->c.aggregation && *size <= w->c.aggregation_size && n <= w->c.aggregation_count));
    w->sent[e.shard]++;
    w->sent_bytes[e.shard] += *size;
    if (*size > w->largest[e.shard])
        w->largest[e.shard] = *size;
    /* A bucket of a second at first, and what flowed in since; over that goes the latest record alone. */
    uint64_t per_second = 1000ull * w->c.rate_limit / 100, bytes_per_second = 1048576ull * w->c.rate_limit / 100;
    assert_true(w->sent[e.shard] * SIM_S <= per_second * (uint64_t)(w->now + SIM_S) + SIM_S);
    assert_true(w->sent_bytes[e.shard] <= bytes_per_second * (uint64_t)(w->now / SIM_S + 2) + w->largest[e.shard]);
    return next;
}

static void mark(struct world *w, uint32_t entry, enum fate fate, bool put)
{
    struct kpl_entry e;
    uint64_t user;
    kpl_entry(w->k, entry, &e);
    for (uint32_t at = e.first; kpl_user(w->k, &at, &user);) {
        w->user[user].fate = fate;
        w->user[user].put = put;
    }
}

/* --- playing --- */

static void begin_calls(struct world *w)
{
    struct call c;
    uint32_t put, size, total;
    call_begin(&c, w->now, NULL);
    while (kpl_next(w->k, &c, &put)) {
        struct flight *f = &w->flight[w->n_flight++];
        f->put = put;
        f->end = w->now + (sim_time)draw(w, 3) * 20 * SIM_MS;
        uint32_t at = kpl_entries(w->k, put, &f->n);
        total = 0;
        for (uint32_t i = 0; at != KPL_LAST; i++, total += size) {
            f->result[i] = w->now >= w->well ? KPL_OK : (enum kpl_result)draw(w, 3);
            at = judge_entry(w, at, &size);
        }
        assert_true(f->n >= 1 && f->n <= w->c.collection_count && (f->n == 1 || total <= w->c.collection_size));
        assert_true(w->n_flight <= w->c.connections);
    }
    judge_ends(w);
    kpl_check(w->k, w->now);
}

static void end_call(struct world *w, uint32_t i)
{
    struct flight f = w->flight[i];
    struct call c;
    uint32_t n, at = kpl_entries(w->k, f.put, &n);
    w->flight[i] = w->flight[--w->n_flight];
    for (uint32_t k = 0; at != KPL_LAST; k++) {
        struct kpl_entry e;
        mark(w, at, INSIDE, f.result[k] == KPL_OK);
        at = kpl_entry(w->k, at, &e);
    }
    call_begin(&c, w->now, NULL);
    kpl_settle(w->k, &c, f.put, f.result);
    judge_ends(w);
}

static void play_to(struct world *w, sim_time to)
{
    for (;;) {
        uint32_t first = 0;
        for (uint32_t i = 1; i < w->n_flight; i++)
            first = w->flight[i].end < w->flight[first].end ? i : first;
        sim_time due = kpl_deadline(w->k), end = w->n_flight > 0 ? w->flight[first].end : SIM_NEVER;
        sim_time at = due < end ? due : end;
        if (at > to || at == SIM_NEVER)
            break;
        w->now = at > w->now ? at : w->now;
        if (end <= due)
            end_call(w, first);
        begin_calls(w);
    }
    w->now = to == SIM_NEVER ? w->now : to;
}

/* Nothing that could have gone is still there; where nothing stands in the way all of it has gone. */
static void judge_waiting(const struct world *w)
{
    for (uint32_t i = 0; i < w->n; i++)
        if (w->user[i].fate == INSIDE && w->user[i].calls == 0 && kpl_counts(w->k)->limited == 0 && w->n_flight < w->c.connections)
            assert_true(w->now - w->user[i].added <= w->c.max_buffered);
}

static void add(struct world *w)
{
    struct call c;
    struct seen *x = &w->user[w->n];
    *x = (struct seen){.r.user = w->n, .added = w->now};
    x->r.shard = (uint32_t)draw(w, SHARDS);
    x->r.size = 1 + (uint32_t)draw(w, 4000);
    w->n++;
    call_begin(&c, w->now, NULL);
    assert_true(kpl_add(w->k, &c, &x->r));
    begin_calls(w);
}

static void one_run(struct testrand *rand)
{
    static struct world w;
    memset(&w, 0, sizeof(w));
    w.rand = rand;
    kpl_config_init(&w.c);
    w.c.aggregation = draw(&w, 4) > 0;
    w.c.aggregation_size = 64 + (uint32_t)draw(&w, 20000);
    w.c.aggregation_count = 1 + (uint32_t)draw(&w, 50);
    w.c.collection_count = 1 + (uint32_t)draw(&w, 10);
    w.c.collection_size = 52224;
    w.c.ttl = 2 * SIM_S;
    w.c.rate_limit = draw(&w, 2) ? 150 : 1 + (uint32_t)draw(&w, 20);
    w.c.connections = 1 + (uint32_t)draw(&w, 24);
    w.c.fail_if_throttled = draw(&w, 4) == 0;
    w.well = (sim_time)draw(&w, 4) * SIM_S;
    assert_true(kpl_open(&w.k, &w.c, NULL));
    while (w.n < USERS - 40) {
        for (uint64_t n = draw(&w, 40); n > 0; n--)
            add(&w);
        play_to(&w, w.now + (sim_time)draw(&w, 200) * SIM_MS);
        judge_waiting(&w);
    }
    play_to(&w, SIM_NEVER);
    assert_int_equal(w.n_ended, w.n);
    assert_false(kpl_failed(w.k));
    kpl_close(w.k);
}

static void many_worlds(void **state)
{
    (void)state;
    struct testrand rand = testrand_open("kpl_worlds", 5);
    for (uint32_t i = 0; i < RUNS; i++)
        one_run(&rand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(many_worlds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
