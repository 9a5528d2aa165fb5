/* Two functions of one account in every small world, and in many long ones that are drawn, beside a
 * naive account that keeps lists and counts them anew at each step: who is throttled and why, which
 * environment serves, what is cold, how many are concurrent. The core's own invariants hold after
 * each step.
 *
 * rules: LAM-4 LAM-6 LAM-7 LAM-8 LAM-9 LAM-11 LAM-12 LAM-14 LAM-15 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "exhaust.h"
#include "lambda.h"
#include "testrand.h"

#ifdef NDEBUG
#define RUNS  5000
#define DEPTH 4
#else
#define RUNS  300
#define DEPTH 3
#endif
#define STEPS     80
#define FUNCTIONS 2
#define ENVS      400
#define LIMIT     104 /* four units beside those that are kept */
#define OTHERS    100 /* busy in functions that are not looked at */
#define SCALE     4

struct naive_env {
    bool there, busy, dirty, provisioned;
    uint32_t serial, id; /* id: the core's, while busy */
    sim_time made, freed;
};
struct naive {
    uint32_t reserved, provisioned;
    struct naive_env env[ENVS];
    uint32_t n;
    sim_time made[ENVS]; /* when environments took a token */
    uint32_t n_made;
    sim_time call[2000], ready_call[2000]; /* on demand; provisioned */
    uint32_t n_call, n_ready_call;
};
struct both {
    struct lam_account account;
    struct lambda *core[FUNCTIONS];
    struct naive naive[FUNCTIONS];
    sim_time shared_call[4000];
    uint32_t n_shared;
    enum lam_reuse reuse;
    sim_time now;
    struct call call;
    uint64_t (*choose)(void *, uint64_t n);
    void *from;
};

static struct call *begin(struct both *b)
{
    call_begin(&b->call, b->now, NULL);
    return &b->call;
}

/* --- the naive account --- */

static uint32_t busy_of(const struct naive *f, bool provisioned)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->n; i++)
        n += f->env[i].there && f->env[i].busy && f->env[i].provisioned == provisioned;
    return n;
}

static uint32_t in_second(const sim_time *at, uint32_t n, sim_time now)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++)
        count += at[i] / SIM_S == now / SIM_S;
    return count;
}

static enum lam_outcome naive_room(const struct both *b, unsigned who)
{
    const struct naive *f = &b->naive[who];
    if (f->reserved != LAM_UNRESERVED)
        return busy_of(f, false) + f->provisioned < f->reserved ? LAM_OK : LAM_THROTTLED_RESERVED;
    uint32_t used = OTHERS;
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        const struct naive *g = &b->naive[i];
        used += g->reserved != LAM_UNRESERVED ? g->reserved : g->provisioned + busy_of(g, false);
    }
    return used < LIMIT ? LAM_OK : LAM_THROTTLED_ACCOUNT;
}

static bool naive_rate(struct both *b, unsigned who)
{
    struct naive *f = &b->naive[who];
    if (f->reserved != LAM_UNRESERVED) {
        if (in_second(f->call, f->n_call, b->now) >= 10 * f->reserved)
            return false;
        f->call[f->n_call++] = b->now;
        return true;
    }
    b->shared_call[b->n_shared++] = b->now;
    return true; /* 1,040 a second are never reached here */
}

/* Ten seconds' worth, filled since, less what was taken: from the beginning every time. */
static bool naive_token(const struct naive *f, sim_time now)
{
    sim_time level = 10 * SIM_S, at = 0, cost = 10 * SIM_S / SCALE;
    for (uint32_t i = 0; i <= f->n_made; i++) {
        sim_time t = i == f->n_made ? now : f->made[i];
        level = level + t - at > 10 * SIM_S ? 10 * SIM_S : level + t - at;
        at = t;
        level -= i == f->n_made ? 0 : cost;
    }
    return level >= cost;
}

static bool later(enum lam_reuse reuse, const struct naive_env *x, const struct naive_env *y)
{
    return reuse == LAM_LIFO ? x->freed >= y->freed : x->freed < y->freed;
}

/* Among equals the one given back last stands at the end; the caller keeps the order of giving back. */
static struct naive_env *naive_idle(struct both *b, unsigned who, bool provisioned)
{
    struct naive *f = &b->naive[who];
    struct naive_env *best = NULL;
    for (uint32_t i = 0; i < f->n; i++) {
        struct naive_env *e = &f->env[i];
        if (!e->there || e->busy || e->provisioned != provisioned)
            continue;
        if (!provisioned && (b->now - e->freed >= 20 * SIM_S || b->now - e->made >= 50 * SIM_S)) {
            e->there = b->now - e->freed < 20 * SIM_S; /* old ones go when they are picked */
            continue;
        }
        if (best == NULL || later(b->reuse, e, best))
            best = e;
    }
    return best;
}

/* To the end of the list, so that equals in time stand in the order of giving back. */
static void naive_give_back(struct naive *f, uint32_t i, sim_time now)
{
    struct naive_env e = f->env[i];
    memmove(&f->env[i], &f->env[i + 1], (f->n - i - 1) * sizeof(e));
    e.busy = false;
    e.freed = now;
    f->env[f->n - 1] = e;
}

static struct naive_env *naive_new(struct naive *f, uint32_t serial, bool provisioned, sim_time now)
{
    assert_true(f->n < ENVS);
    f->env[f->n] = (struct naive_env){.there = true,
                                      .provisioned = provisioned,
                                      .serial = serial,
                                      .made = now,
                                      .freed = now};
    return &f->env[f->n++];
}

/* --- steps --- */

static void expect_served(struct both *b, unsigned who, struct naive_env *e, enum lam_init init,
                          const struct lam_start *start)
{
    struct lam_run run;
    assert_int_equal(start->init, init);
    assert_int_equal(start->provisioned, e->provisioned);
    e->serial = init == LAM_COLD || (e->provisioned && e->serial == UINT32_MAX) ? start->serial : e->serial;
    assert_int_equal(start->serial, e->serial);
    e->busy = true;
    e->dirty = false;
    e->id = start->env;
    lam_run(b->core[who], begin(b), start->env, 0, 0, &run);
}

static void step_invoke(struct both *b, unsigned who)
{
    struct naive *f = &b->naive[who];
    struct lam_start start;
    enum lam_outcome got = lam_invoke(b->core[who], begin(b), true, &start);
    struct naive_env *e = naive_idle(b, who, true);
    if (e != NULL && in_second(f->ready_call, f->n_ready_call, b->now) < 10 * f->provisioned) {
        f->ready_call[f->n_ready_call++] = b->now;
        assert_int_equal(got, LAM_OK);
        expect_served(b, who, e, e->dirty ? LAM_AGAIN : LAM_WARM, &start);
        return;
    }
    enum lam_outcome room = naive_room(b, who);
    if (room != LAM_OK) {
        assert_int_equal(got, room);
        return;
    }
    if (!naive_rate(b, who)) {
        assert_int_equal(got, LAM_THROTTLED_RESERVED_RATE);
        return;
    }
    e = naive_idle(b, who, false);
    if (e != NULL) {
        assert_int_equal(got, LAM_OK);
        expect_served(b, who, e, e->dirty ? LAM_AGAIN : LAM_WARM, &start);
        return;
    }
    if (!naive_token(f, b->now)) {
        assert_int_equal(got, LAM_THROTTLED_SCALING);
        return;
    }
    assert_int_equal(got, LAM_OK);
    f->made[f->n_made++] = b->now;
    e = naive_new(f, start.serial, false, b->now);
    expect_served(b, who, e, LAM_COLD, &start);
}

static void step_finish(struct both *b, unsigned who)
{
    struct naive *f = &b->naive[who];
    uint32_t n = busy_of(f, false) + busy_of(f, true);
    struct lam_bill bill;
    if (n == 0)
        return;
    uint32_t k = (uint32_t)b->choose(b->from, n), i = 0;
    for (;; i++)
        if (f->env[i].there && f->env[i].busy && k-- == 0)
            break;
    bool error = b->choose(b->from, 2) != 0;
    lam_finish(b->core[who], begin(b), f->env[i].id, error ? LAM_END_ERROR : LAM_END_OK, &bill);
    f->env[i].dirty = error;
    naive_give_back(f, i, b->now);
}

static void step_reserve(struct both *b, unsigned who)
{
    struct naive *f = &b->naive[who];
    uint32_t n = (uint32_t)b->choose(b->from, 5), taken = 0;
    n = n == 4 ? LAM_UNRESERVED : n;
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        const struct naive *g = &b->naive[i];
        if (i != who)
            taken += g->reserved != LAM_UNRESERVED ? g->reserved : g->provisioned;
    }
    uint32_t mine = n == LAM_UNRESERVED ? f->provisioned : n;
    bool good = (mine == 0 || taken + mine + 100 <= LIMIT) && mine >= f->provisioned;
    assert_int_equal(lam_set_reserved(b->core[who], begin(b), n), good ? LAM_OK : LAM_BAD_RESERVED);
    if (good)
        f->reserved = n;
}

static void step_provision(struct both *b, unsigned who)
{
    struct naive *f = &b->naive[who];
    uint32_t n = (uint32_t)b->choose(b->from, 3), taken = 0;
    if (busy_of(f, true) > 0)
        return; /* who of the busy ones leaves is told by a script */
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        const struct naive *g = &b->naive[i];
        if (i != who)
            taken += g->reserved != LAM_UNRESERVED ? g->reserved : g->provisioned;
    }
    bool good = f->reserved != LAM_UNRESERVED ? n <= f->reserved : n == 0 || taken + n + 100 <= LIMIT;
    enum lam_outcome got = lam_set_provisioned(b->core[who], begin(b), n);
    assert_int_equal(got, good ? LAM_OK : LAM_BAD_PROVISIONED);
    if (!good)
        return;
    for (; f->provisioned > n; f->provisioned--)
        naive_idle(b, who, true)->there = false;
    for (; f->provisioned < n; f->provisioned++)
        naive_new(f, UINT32_MAX, true, b->now);
}

static void step(struct both *b)
{
    static const sim_time gap[] = {SIM_MS, 600 * SIM_MS, 3 * SIM_S, 20 * SIM_S};
    unsigned who = (unsigned)b->choose(b->from, FUNCTIONS);
    switch (b->choose(b->from, 6)) {
    case 0:
    case 1:
        step_invoke(b, who);
        break;
    case 2:
        step_finish(b, who);
        break;
    case 3:
        b->now += gap[b->choose(b->from, ARRAY_LEN(gap))];
        break;
    case 4:
        step_reserve(b, who);
        break;
    default:
        step_provision(b, who);
    }
}

static void compare(struct both *b)
{
    uint32_t shared = OTHERS, reserved = 0, provisioned = 0;
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        const struct naive *f = &b->naive[i];
        lam_check(b->core[i], b->now);
        assert_int_equal(lam_busy(b->core[i]), busy_of(f, false) + busy_of(f, true));
        assert_int_equal(lam_busy_provisioned(b->core[i]), busy_of(f, true));
        if (f->reserved != LAM_UNRESERVED) {
            reserved += f->reserved;
        } else {
            shared += busy_of(f, false);
            provisioned += f->provisioned;
        }
    }
    assert_int_equal(b->account.busy, shared);
    assert_int_equal(b->account.reserved, reserved);
    assert_int_equal(b->account.provisioned, provisioned);
}

static void play(struct both *b, unsigned steps)
{
    lam_account_open(&b->account, LIMIT);
    b->account.busy = OTHERS;
    b->reuse = b->choose(b->from, 2) != 0 ? LAM_FIFO : LAM_LIFO;
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        struct lam_config c;
        lam_config_default(&c, &b->account);
        c.timeout = 900 * SIM_S;
        c.reuse = b->reuse;
        c.idle_life = 20 * SIM_S;
        c.max_age = 50 * SIM_S;
        c.scale = SCALE;
        memset(&b->naive[i], 0, sizeof(b->naive[i]));
        b->naive[i].reserved = LAM_UNRESERVED;
        assert_true(lam_open(&b->core[i], &c, NULL));
    }
    b->now = 0;
    b->n_shared = 0;
    for (unsigned i = 0; i < steps; i++) {
        step(b);
        compare(b);
    }
    for (unsigned i = 0; i < FUNCTIONS; i++)
        lam_close(b->core[i]);
    assert_int_equal(b->account.busy + b->account.reserved + b->account.provisioned, OTHERS);
}

/* --- who chooses --- */

static struct both both;

static uint64_t by_world(void *from, uint64_t n)
{
    return dice_roll(&((struct exhaust *)from)->dice, n);
}

static void every_small_world(void **state)
{
    struct exhaust worlds;
    exhaust_init(&worlds);
    both.choose = by_world;
    both.from = &worlds;
    while (!exhaust_done(&worlds))
        play(&both, DEPTH);
    (void)state;
}

static uint64_t by_seed(void *from, uint64_t n)
{
    return testrand_below(from, n);
}

static void long_worlds(void **state)
{
    struct testrand r = testrand_open("lambda_worlds", 20261121);
    both.choose = by_seed;
    both.from = &r;
    for (unsigned i = 0; i < RUNS; i++)
        play(&both, STEPS);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_small_world),
        cmocka_unit_test(long_worlds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
