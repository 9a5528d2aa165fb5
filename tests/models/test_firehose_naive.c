/* A delivery stream against a second one that was written without looking at it: records in an array, each with the number of its lot, and
 * everything found by search. The same puts, the same answers by number of the attempt; every attempt and every end must be the same, at
 * the same nanosecond.
 *
 * rules: FH-9 FH-12 FH-15 FH-16 FH-17 FH-27 FH-28 FH-31 FH-36 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "firehose.h"
#include "testrand.h"

#ifdef NDEBUG
#define RUNS 3000
#else
#define RUNS 150
#endif
#define PUTS 300
#define LOTS 2000
#define LOGS 20000

struct entry {
    sim_time at;
    uint64_t bytes;
    uint32_t what, to, n, first; /* what: 0: attempt; 1 + enum fh_end */
};
struct history {
    struct entry e[LOGS];
    uint32_t n;
};
struct trial { /* what happens to both */
    struct fh_config config;
    sim_time at[PUTS];
    uint32_t size[PUTS], key[PUTS], n;
    uint64_t seed;
    sim_time down_from[2], down_to[2]; /* destination, backup */
};

static void note(struct history *h, struct entry e)
{
    assert_true(h->n < LOGS);
    h->e[h->n++] = e;
}

static uint64_t mix(uint64_t x)
{
    struct testrand r = {x};
    return testrand_u64(&r);
}

/* Of the k-th attempt: how long it takes, how it ends. */
static sim_time takes(const struct trial *t, uint32_t k)
{
    return 1 + (sim_time)(mix(t->seed + 2 * k) % (3 * (uint64_t)SIM_S));
}
static bool succeeds(const struct trial *t, uint32_t k, uint32_t to, sim_time began)
{
    bool down = began >= t->down_from[to] && began < t->down_to[to];
    return !down && mix(t->seed + 2 * k + 1) % 10 < 8;
}

/* --- the core --- */

struct answer {
    sim_time at;
    uint32_t lot;
    bool good;
};

static void play_core(const struct trial *t, struct history *h)
{
    struct answer open[64];
    struct firehose *f;
    struct call call;
    uint32_t n_open = 0, k = 0, next = 0;
    assert_int_equal(fh_open(&f, &t->config), FH_OK);
    for (;;) {
        sim_time now = fh_deadline(f);
        uint32_t which = UINT32_MAX;
        bool puts = next < t->n && t->at[next] < now;
        now = puts ? t->at[next] : now;
        for (uint32_t i = 0; i < n_open; i++)
            if (open[i].at < now) {
                now = open[i].at;
                which = i;
            }
        if (now == SIM_NEVER)
            break;
        call_begin(&call, now, NULL);
        if (which != UINT32_MAX) {
            struct answer a = open[which];
            open[which] = open[--n_open];
            fh_settle(f, &call, a.lot, a.good ? FH_DONE : FH_FAILED);
        } else if (puts) {
            struct fh_put p = {.user = next, .size = t->size[next], .key = t->key[next]};
            next++;
            assert_int_equal(fh_put(f, &call, &p), FH_OK);
        }
        struct fh_task task;
        for (call_begin(&call, now, NULL); fh_next(f, &call, &task); call_begin(&call, now, NULL)) {
            struct fh_cursor at = {.begun = false};
            struct fh_lot_view v;
            struct fh_record r;
            fh_lot(f, task.lot, &v);
            assert_true(fh_record_next(f, task.lot, &at, &r));
            struct entry e = {now, v.bytes, 0, task.to, v.n, (uint32_t)r.user};
            if (task.kind == FH_TASK_END) {
                e.what = 1 + task.end;
                e.to = 0;
                fh_release(f, task.lot);
            } else {
                assert_true(n_open < 64);
                open[n_open++] = (struct answer){now + takes(t, k), task.lot, succeeds(t, k, task.to, now)};
                k++;
            }
            note(h, e);
        }
        fh_check(f, now);
    }
    fh_close(f);
}

/* --- the other one --- */

enum { NONE, GATHERS, WAITS, OUT, PAUSES, READY };
struct lot {
    int state, to, kind; /* kind: 0 data, 1 beyond the partitions */
    uint32_t key, attempts;
    bool failed, halts;
    sim_time due, retry_at, window, answer_at;
    bool good;
    uint64_t order; /* of waiting */
};
struct naive {
    const struct trial *t;
    struct history *h;
    struct lot lot[LOTS];
    uint32_t n_lot, in[PUTS], k; /* in: the lot of a record; LOTS: it has ended, or not come */
    uint64_t order;
    sim_time now;
};

static uint64_t bytes_of(const struct naive *x, uint32_t l)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < x->t->n; i++)
        sum += x->in[i] == l ? x->t->size[i] : 0;
    return sum;
}
static uint32_t count_of(const struct naive *x, uint32_t l, uint32_t *first)
{
    uint32_t n = 0;
    for (uint32_t i = x->t->n; i-- > 0;)
        if (x->in[i] == l) {
            n++;
            *first = i;
        }
    return n;
}
static sim_time expiry(const struct naive *x, uint32_t l)
{
    uint32_t first = 0;
    return count_of(x, l, &first) == 0 ? SIM_NEVER : x->t->at[first] + x->t->config.keep;
}
static uint32_t number(const struct naive *x, int state, int to)
{
    uint32_t n = 0;
    for (uint32_t l = 0; l < x->n_lot; l++)
        n += x->lot[l].state == state && x->lot[l].to == to;
    return n;
}
static uint32_t busy(const struct naive *x, int to)
{
    return number(x, OUT, to) + number(x, PAUSES, to) + number(x, READY, to);
}
static bool halted(const struct naive *x)
{
    bool any = false;
    for (uint32_t l = 0; l < x->n_lot; l++)
        any |= x->lot[l].state != NONE && x->lot[l].halts;
    return any;
}

static void end(struct naive *x, uint32_t l, enum fh_end how, sim_time until)
{
    struct entry e = {x->now, 0, 1 + how, 0, 0, 0};
    for (uint32_t i = x->t->n; i-- > 0;)
        if (x->in[i] == l && x->t->at[i] <= until) {
            e.bytes += x->t->size[i];
            e.n++;
            e.first = i;
            x->in[i] = LOTS;
        }
    if (e.n > 0)
        note(x->h, e);
}
/* true: nothing is left of it */
static bool expire(struct naive *x, uint32_t l)
{
    uint32_t first;
    end(x, l, FH_END_EXPIRED, x->now - x->t->config.keep);
    if (count_of(x, l, &first) > 0)
        return false;
    x->lot[l].state = NONE;
    return true;
}

static void wait(struct naive *x, uint32_t l, int to)
{
    struct lot *a = &x->lot[l];
    const struct fh_config *c = &x->t->config;
    uint32_t last = LOTS;
    a->state = NONE;
    a->to = to;
    if (expire(x, l))
        return;
    bool room = busy(x, to) + number(x, WAITS, to) < c->parallel && !halted(x);
    for (uint32_t i = 0; i < x->n_lot && !a->failed && !room; i++) {
        const struct lot *b = &x->lot[i];
        if (b->state == WAITS && b->to == to && b->kind == a->kind && b->key == a->key && !b->failed &&
            (last == LOTS || b->order > x->lot[last].order))
            last = i;
    }
    if (last != LOTS && bytes_of(x, l) + bytes_of(x, last) <= c->merge) {
        for (uint32_t i = 0; i < x->t->n; i++)
            x->in[i] = x->in[i] == l ? last : x->in[i];
        return;
    }
    a->state = WAITS;
    a->order = x->order++;
    a->attempts = 0;
    a->window = SIM_NEVER;
}

static void look(struct naive *x, uint32_t l)
{
    struct lot *a = &x->lot[l];
    if (expire(x, l))
        return;
    if (x->now >= a->window) {
        a->failed = true;
        wait(x, l, 1);
    } else {
        a->state = x->now >= a->retry_at ? READY : PAUSES;
    }
}

static void answered(struct naive *x, uint32_t l)
{
    struct lot *a = &x->lot[l];
    const struct fh_config *c = &x->t->config;
    if (a->good) {
        end(x, l, a->to == 0 ? FH_END_DELIVERED : FH_END_BACKED_UP, SIM_NEVER);
        a->state = NONE;
        return;
    }
    if (a->attempts++ == 0 && a->to == 0 && c->retry != SIM_NEVER)
        a->window = x->now + c->retry;
    sim_time pause = a->attempts > 6 ? 60 * SIM_S : SIM_S << (a->attempts - 1);
    a->halts = a->failed;
    a->retry_at = x->now + (a->failed ? 60 * SIM_S : pause);
    a->state = PAUSES;
    look(x, l);
}

static sim_time due_of(const struct naive *x, uint32_t l)
{
    const struct lot *a = &x->lot[l];
    sim_time e = a->state == WAITS || a->state == PAUSES ? expiry(x, l) : SIM_NEVER;
    if (a->state == GATHERS)
        return a->due;
    if (a->state == OUT)
        return a->answer_at;
    if (a->state == PAUSES)
        e = a->retry_at < e ? a->retry_at : e;
    if (a->state == PAUSES)
        e = a->window < e ? a->window : e;
    return e;
}

static void attempt(struct naive *x, uint32_t l)
{
    struct lot *a = &x->lot[l];
    uint32_t first = 0, n = count_of(x, l, &first);
    a->state = OUT;
    a->answer_at = x->now + takes(x->t, x->k);
    a->good = succeeds(x->t, x->k, (uint32_t)a->to, x->now);
    x->k++;
    note(x->h, (struct entry){x->now, bytes_of(x, l), 0, (uint32_t)a->to, n, first});
}

static void begin_all(struct naive *x)
{
    for (uint32_t l = 0; l < x->n_lot; l++)
        if (x->lot[l].state == READY)
            attempt(x, l);
    for (int to = 0; to < 2; to++)
        while (number(x, WAITS, to) > 0 && busy(x, to) < x->t->config.parallel && !(to == 0 && halted(x))) {
            uint32_t best = LOTS;
            for (uint32_t l = 0; l < x->n_lot; l++)
                if (x->lot[l].state == WAITS && x->lot[l].to == to && (best == LOTS || x->lot[l].order < x->lot[best].order))
                    best = l;
            attempt(x, best);
        }
}

static void come(struct naive *x, uint32_t i)
{
    const struct fh_config *c = &x->t->config;
    uint32_t l = LOTS, active = 0, key = c->partitions > 0 ? x->t->key[i] : 0;
    int kind = 0;
    for (uint32_t k = 0; k < x->n_lot; k++) {
        active += x->lot[k].state == GATHERS && x->lot[k].kind == 0;
        if (x->lot[k].state == GATHERS && x->lot[k].kind == 0 && x->lot[k].key == key)
            l = k;
    }
    if (l == LOTS && c->partitions > 0 && active >= c->partitions) {
        kind = 1;
        key = 0;
        for (uint32_t k = 0; k < x->n_lot; k++)
            if (x->lot[k].state == GATHERS && x->lot[k].kind == 1)
                l = k;
    }
    if (l == LOTS) {
        assert_true(x->n_lot < LOTS);
        l = x->n_lot++;
        x->lot[l] = (struct lot){.state = GATHERS, .kind = kind, .key = key, .due = x->now + c->interval, .window = SIM_NEVER};
    }
    x->in[i] = l;
    if (bytes_of(x, l) >= c->size)
        wait(x, l, kind);
}

static void play_naive(const struct trial *t, struct history *h)
{
    static struct naive x;
    uint32_t next = 0;
    x = (struct naive){.t = t, .h = h};
    for (uint32_t i = 0; i < PUTS; i++)
        x.in[i] = LOTS;
    for (;;) {
        uint32_t which = LOTS;
        x.now = next < t->n ? t->at[next] : SIM_NEVER;
        for (uint32_t l = 0; l < x.n_lot; l++)
            if (due_of(&x, l) < x.now) {
                which = l;
                x.now = due_of(&x, l);
            }
        if (x.now == SIM_NEVER)
            break;
        if (which == LOTS) {
            come(&x, next++);
        } else if (x.lot[which].state == GATHERS) {
            wait(&x, which, x.lot[which].kind);
        } else if (x.lot[which].state == OUT) {
            answered(&x, which);
        } else if (x.lot[which].state == PAUSES) {
            look(&x, which);
        } else {
            expire(&x, which);
        }
        begin_all(&x);
    }
}

/* --- both --- */

static sim_time some(struct testrand *r, sim_time most)
{
    return (sim_time)testrand_below(r, (uint64_t)most);
}

static void draw(struct trial *t, struct testrand *r)
{
    struct fh_config *c = &t->config;
    fh_config_default(c, testrand_below(r, 2) == 0 ? FH_S3 : FH_REDSHIFT, false);
    c->jitter = false;
    c->bytes_per_s = 0;
    c->parallel = 1 + (uint32_t)testrand_below(r, 4);
    c->size = (1 + testrand_below(r, 4)) * FH_MIB;
    c->merge = c->size * (1 + testrand_below(r, 4));
    c->interval = (1 + (sim_time)testrand_below(r, 100)) * SIM_S;
    c->keep = 600 * SIM_S + some(r, 3 * SIM_H);
    if (c->destination == FH_REDSHIFT)
        c->retry = some(r, 1800 * SIM_S);
    if (c->destination == FH_S3 && testrand_below(r, 3) == 0) {
        c->size = 64 * FH_MIB;
        c->merge = 128 * FH_MIB;
        c->partitions = 1 + (uint32_t)testrand_below(r, 3);
    }
    t->seed = testrand_u64(r);
    for (int i = 0; i < 2; i++) {
        t->down_from[i] = some(r, SIM_H);
        t->down_to[i] = testrand_below(r, 2) == 0 ? 0 : t->down_from[i] + some(r, 3 * SIM_H);
    }
    t->n = PUTS / 4 + (uint32_t)testrand_below(r, 3 * PUTS / 4);
    sim_time at = 0, gap = some(r, 60 * SIM_S) + 1;
    for (uint32_t i = 0; i < t->n; i++) {
        at += 1 + some(r, gap);
        t->at[i] = at;
        t->size[i] = (uint32_t)testrand_below(r, FH_RECORD_BYTES);
        t->key[i] = (uint32_t)testrand_below(r, 4);
    }
}

static void test_same_history(void **state)
{
    static struct history core, naive;
    static struct trial t;
    struct testrand r = testrand_open("firehose naive", 20261121);
    uint64_t attempts = 0, ends[FH_ENDS + 1] = {0};
    (void)state;
    for (int run = 0; run < RUNS; run++) {
        core.n = naive.n = 0;
        draw(&t, &r);
        play_core(&t, &core);
        play_naive(&t, &naive);
        for (uint32_t i = 0; i < core.n && i < naive.n; i++) {
            const struct entry *a = &core.e[i], *b = &naive.e[i];
            if (a->at != b->at || a->what != b->what || a->to != b->to || a->n != b->n || a->first != b->first || a->bytes != b->bytes)
                fail_msg("run %d, entry %u: core %" PRId64 " what %u to %u n %u first %u, naive %" PRId64 " what %u to %u n %u first %u", run,
                         i, a->at, a->what, a->to, a->n, a->first, b->at, b->what, b->to, b->n, b->first);
            attempts += a->what == 0;
            ends[a->what] += a->n;
        }
        assert_int_equal(core.n, naive.n);
    }
    /* the worlds were of all kinds */
    assert_true(attempts > 10 * RUNS && ends[1 + FH_END_DELIVERED] > 0 && ends[1 + FH_END_BACKED_UP] > 0 && ends[1 + FH_END_EXPIRED] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_history)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
