/* test_group_worlds.c - a group in every small world: what it is told and when, against books kept from its effects alone.
 *
 * Each instance goes LAUNCH, (WAIT), IN_SERVICE, (WARM), STOP, (WAIT), END, and never another way; after every step there
 * are as many that stay as are desired, or in an ECS service as many more as are ill; what is billed is the time from launch to
 * end, a minute at least. Only who is ill is replaced for his health, after his grace period, one by one on EC2 and only when
 * enough others are there on ECS; who died, at once.
 *
 * rules: ASG-1 ASG-2 ASG-3 ASG-33 ASG-40 ASG-43 ASG-44 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "exhaust.h"
#include "group.h"

#ifdef NDEBUG
#define DEPTH 5
#else
#define DEPTH 4
#endif
#define IDS    200
#define N_CONFIGS 6
#define LAUNCH (40 * SIM_S)

enum life { NOT_YET, COMING, HELD, SERVING, GOING, HELD_GOING, GONE };
struct books {
    struct group *g;
    struct call call;
    struct group_config config;
    sim_time now;
    enum life life[IDS];
    enum { FINE, FOUND_ILL, SAID_ILL, LOST } told[IDS];
    bool passed[IDS];
    sim_time launched[IDS], served[IDS];
    uint64_t billed;
    int64_t desired;
};

static void serving(struct books *b, uint64_t id)
{
    assert_int_equal(b->life[id], b->config.launch.on ? HELD : COMING);
    assert_true(b->config.launch.on || b->now == b->launched[id] + LAUNCH);
    b->life[id] = SERVING;
    b->served[id] = b->now;
}

static int64_t count(const struct books *b, enum life what)
{
    int64_t n = 0;
    for (uint32_t i = 0; i < IDS; i++)
        n += b->life[i] == what;
    return n;
}

/* For his health: he is ill, and it counts by now. */
static void replaced(struct books *b, uint64_t id)
{
    int64_t fit = 0;
    assert_int_equal(b->life[id], SERVING);
    assert_int_not_equal(b->told[id], FINE);
    assert_true(b->told[id] == LOST || b->now >= b->served[id] + b->config.grace);
    if (b->told[id] != FOUND_ILL)
        return;
    for (uint32_t i = 0; i < IDS; i++)
        fit += b->life[i] == SERVING && b->told[i] == FINE && b->passed[i];
    if (b->config.most == 0) /* of three at most, one at a time */
        assert_int_equal(count(b, COMING) + count(b, HELD), 0);
    else
        assert_true(count(b, SERVING) > b->desired && fit <= count(b, SERVING) - 1);
}

static void stopping(struct books *b, uint64_t id, uint32_t why)
{
    assert_true(b->life[id] > NOT_YET && b->life[id] < GOING);
    if (why == GROUP_HEALTH)
        replaced(b, id);
    b->life[id] = GOING;
}

static void waiting(struct books *b, uint64_t id, bool launching)
{
    assert_int_equal(b->life[id], launching ? COMING : GOING);
    assert_true(launching ? b->config.launch.on : b->config.terminate.on);
    b->life[id] = launching ? HELD : HELD_GOING;
}

/* What is interrupted may end from anywhere. */
static void ended(struct books *b, const struct effect *e)
{
    uint64_t seconds = (uint64_t)((b->now - b->launched[e->b]) / SIM_S);
    if (e->a != GROUP_SPOT)
        assert_int_equal(b->life[e->b], b->config.terminate.on ? HELD_GOING : GOING);
    assert_int_equal(e->c, seconds < 60 ? 60 : seconds);
    b->billed += e->c;
    b->life[e->b] = GONE;
}

static void note(struct books *b, const struct effect *e)
{
    assert_true(e->b < IDS && (e->b > 0) == (e->kind != GROUP_FX_REFRESHED));
    switch (e->kind) {
    case GROUP_FX_LAUNCH:
        assert_int_equal(b->life[e->b], NOT_YET);
        b->life[e->b] = COMING;
        b->launched[e->b] = b->now;
        group_boots(b->g, e->b, b->now + LAUNCH);
        break;
    case GROUP_FX_WAIT:
        waiting(b, e->b, e->a);
        break;
    case GROUP_FX_IN_SERVICE:
        serving(b, e->b);
        break;
    case GROUP_FX_WARM:
        assert_int_equal(b->life[e->b], SERVING);
        break;
    case GROUP_FX_STOP:
        stopping(b, e->b, e->a);
        break;
    case GROUP_FX_REFRESHED:
        assert_int_equal(e->a, 0); /* nobody is protected */
        break;
    default:
        ended(b, e);
    }
}

static void check_books(struct books *b)
{
    struct group_view v;
    int64_t coming = count(b, COMING) + count(b, HELD), serves = count(b, SERVING), going = count(b, GOING) + count(b, HELD_GOING), ill = 0;
    for (uint32_t i = 0; i < IDS; i++)
        ill += b->life[i] == SERVING && b->told[i] == FOUND_ILL;
    group_check(b->g, b->now);
    group_view(b->g, b->now, &v);
    assert_true(v.pending == coming && v.in_service == serves && v.terminating == going);
    assert_int_equal(v.desired, b->desired);
    assert_true(coming + serves >= b->desired);
    assert_true(coming + serves <= b->desired + (b->config.most == 0 ? 0 : ill < b->desired ? ill : b->desired));
    assert_int_equal(group_size(b->g), coming + serves + going);
    uint64_t open = 0;
    for (uint32_t i = 0; i < group_size(b->g); i++)
        open += group_billed_one(group_instance(b->g, i)->launched, b->now);
    assert_int_equal(group_billed(b->g, b->now), b->billed + open);
}

static void settle_to(struct books *b, sim_time to)
{
    int steps = 0;
    for (sim_time at = group_deadline(b->g); at <= to; at = group_deadline(b->g)) {
        assert_true(at >= b->now && ++steps < 1000);
        b->now = at;
        call_begin(&b->call, at, NULL);
        group_advance(b->g, &b->call);
        for (uint32_t i = 0; i < b->call.n_fx; i++)
            note(b, &b->call.fx[i]);
    }
    b->now = to;
    check_books(b);
}

static uint64_t pick(struct books *b, enum life what)
{
    for (uint32_t i = 1; i < IDS; i++)
        if (b->life[i] == what)
            return i;
    return 0;
}

enum { TO_0, TO_1, TO_3, SOON, LATER, SICK, DEAD, IDLE, YES, NO, INTERRUPT, REFRESH, SIMPLE, N_OPS };

static void find(struct books *b, uint64_t id, bool healthy)
{
    if (b->told[id] <= FOUND_ILL)
        b->told[id] = healthy ? FINE : FOUND_ILL;
    b->passed[id] |= healthy;
    group_health(b->g, b->now, id, healthy ? GROUP_HEALTHY : GROUP_UNHEALTHY);
}

/* YES and NO: what a hook says; where health is checked, there is none, and a check's. */
static void tell(struct books *b, uint64_t op)
{
    uint64_t serves = pick(b, SERVING);
    uint64_t held = pick(b, HELD) != 0 ? pick(b, HELD) : pick(b, HELD_GOING);
    switch (op) {
    case TO_0:
    case TO_1:
    case TO_3:
        b->desired = group_set_desired(b->g, b->now, op == TO_3 ? 3 : (int64_t)op);
        break;
    case SICK:
        b->told[serves] = SAID_ILL > b->told[serves] ? SAID_ILL : b->told[serves];
        group_sick(b->g, b->now, serves);
        break;
    case DEAD:
        b->told[serves] = LOST;
        group_lost(b->g, b->now, serves);
        break;
    case IDLE:
        group_idle(b->g, b->now, pick(b, GOING));
        break;
    case YES:
    case NO:
        if (b->config.checked)
            find(b, serves, op == YES);
        else
            group_complete(b->g, b->now, held, op == YES);
        break;
    case INTERRUPT:
        group_interrupt(b->g, b->now, serves);
        break;
    case REFRESH:
        group_refresh(b->g, b->now, 50);
        break;
    case SIMPLE:
        if (group_simple(b->g, b->now, b->desired + 1))
            b->desired = b->desired + 1 > 3 ? 3 : b->desired + 1;
    }
}

static void configure(struct group_config *c, uint64_t number)
{
    group_config_default(c);
    c->max = 3;
    c->desired = 1;
    c->warmup = 50 * SIM_S;
    c->grace = number == 2 || number == 5 ? 30 * SIM_S : 0;
    c->drain = number == 0 ? 0 : 45 * SIM_S;
    c->launch = (struct group_hook){number == 2 || number == 3, true, 100 * SIM_S};
    c->terminate = (struct group_hook){number == 2, true, 35 * SIM_S};
    c->spot_drain = number == 1;
    c->zones = number == 2 ? 2 : 1;
    c->ready = number != 3;
    c->checked = number >= 4;
    c->most = number == 4 ? 200 : 0;
}

static void play(struct exhaust *worlds)
{
    static struct books b;
    b = (struct books){.desired = 1};
    configure(&b.config, exhaust_roll(&worlds->dice, N_CONFIGS));
    assert_true(group_open(&b.g, &b.config, 0, NULL));
    if (b.config.ready) {
        b.life[1] = SERVING;
        b.passed[1] = true;
    }
    settle_to(&b, 0);
    for (int i = 0; i < DEPTH; i++) {
        uint64_t op = exhaust_roll(&worlds->dice, N_OPS);
        tell(&b, op);
        settle_to(&b, b.now + (op == LATER ? 130 * SIM_S : op == SOON ? 41 * SIM_S : 7 * SIM_S));
    }
    settle_to(&b, b.now + 2000 * SIM_S);
    /* Else hooks that nobody answers launch again and again, or a replacement that nobody looks at stays beside. */
    if (!b.config.launch.on && b.config.most == 0)
        assert_int_equal(group_size(b.g), b.desired);
    group_close(b.g);
}

static void test_worlds(void **state)
{
    (void)state;
    struct exhaust worlds;
    exhaust_init(&worlds);
    while (!exhaust_done(&worlds))
        play(&worlds);
    uint64_t all = N_CONFIGS;
    for (int i = 0; i < DEPTH; i++)
        all *= N_OPS;
    assert_int_equal(worlds.worlds, all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_worlds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
