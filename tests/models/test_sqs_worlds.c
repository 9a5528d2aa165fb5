/* Small queues in every world: all sequences of calls up to a depth, with all answers of the dice.
 * After each step the core's own invariants, and what a consumer may rely on: nothing hidden or
 * deleted is given, counts go up by one, a FIFO group gives nothing while an earlier message of it
 * is out.
 *
 * rules: SQS-37 SQS-38 SQS-41 SQS-42 SQS-43 SQS-50 SQS-52 SQS-59 SQS-66 SQS-80 SQS-82 SQS-83
 * SQS-110 SQS-135 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "exhaust.h"
#include "sqsworld.h"

#define MESSAGES 16

enum step {
    SEND_A,
    SEND_B,
    TAKE_ONE,
    TAKE_TWO_FOR_NOTHING,
    WAIT_FOR_ONE,
    DELETE_LAST,
    DELETE_FIRST,
    RELEASE_LAST,
    EXTEND_LAST,
    SECOND,
    STEPS
};

struct seen { /* what the consumer's side knows of a message */
    sim_time hidden_until;
    uint32_t count, group;
    bool sent, gone;
    struct sqs_handle handle;
};
struct world {
    struct sqsworld w; /* first */
    struct exhaust *e;
    struct sqs_config config;
    struct seen seen[MESSAGES];
    uint64_t n_sent, last, first; /* users, from 1 */
    bool twice;                   /* duplicates are on */
};

/* Chances are asked in billionths: here each is a coin. */
static struct exhaust *the_worlds;
static uint64_t roll(struct dice *d, uint64_t n)
{
    (void)d;
    return n <= 8 ? exhaust_roll(&the_worlds->dice, n)
                  : exhaust_roll(&the_worlds->dice, 2) * (n - 1);
}
static struct dice dice[SQS_DICE_KINDS] = {{roll}, {roll}, {roll}, {roll}};

static void told(struct sqsworld *w, const struct effect *fx)
{
    struct world *x = (struct world *)(void *)w;
    if (fx->kind == SQS_FX_GHOST) {
        sqs_ghost(w->core, &w->call, fx->a, SIM_S);
        return;
    }
    assert_true(fx->b >= 1 && fx->b <= x->n_sent);
    if (fx->kind == SQS_FX_DEAD)
        assert_int_equal(x->seen[fx->b].count, x->config.max_receive);
    if (!x->twice)
        assert_false(x->seen[fx->b].gone);
    x->seen[fx->b].gone = true;
}

static void check_order(const struct world *x, const struct sqs_batch *b, uint32_t i)
{
    uint64_t user = b->got[i].user;
    for (uint64_t other = 1; other < user; other++) {
        bool before = false;
        for (uint32_t k = 0; k < i; k++)
            before |= b->got[k].user == other;
        if (x->seen[other].sent && !x->seen[other].gone && x->seen[other].group == b->got[i].group)
            assert_true(before);
    }
}

static void take(struct world *x, const struct sqs_batch *b, uint32_t max, sim_time visibility)
{
    assert_true(b->n <= max);
    sqsworld_begin(&x->w); /* dead letters that this receive met are told now */
    for (uint32_t i = 0; i < b->n; i++) {
        const struct sqs_got *got = &b->got[i];
        struct seen *m = &x->seen[got->user];
        assert_true(m->sent);
        if (!x->twice) {
            assert_false(m->gone);
            assert_true(m->hidden_until <= x->w.now);
        }
        assert_int_equal(got->receives, m->count + 1);
        if (x->config.fifo)
            check_order(x, b, i);
        m->count++;
        m->hidden_until = x->w.now + visibility;
        m->handle = got->handle;
        m->gone = false;
        x->last = got->user;
        if (x->first == 0)
            x->first = got->user;
    }
}

static void serve(struct world *x)
{
    struct sqs_batch b;
    while (sqs_serve(x->w.core, sqsworld_begin(&x->w), &b))
        take(x, &b, 1, 2 * SIM_S);
    sqsworld_begin(&x->w);
    sqs_check(x->w.core, x->w.now);
}

static void send(struct world *x, uint32_t group)
{
    struct sqs_send s = {
        .user = ++x->n_sent,
        .dedup = x->config.fifo ? SQS_UNIQUE : SQS_NO_DEDUP_ID,
        .group = x->config.fifo || x->config.fair ? group : SQS_NO_GROUP,
        .delay = SQS_DEFAULT,
    };
    struct sqs_sent sent;
    assert_true(x->n_sent < MESSAGES);
    assert_int_equal(sqs_send(x->w.core, sqsworld_begin(&x->w), &s, &sent), SQS_OK);
    x->seen[s.user] = (struct seen){.sent = true, .group = s.group};
}

static void receive(struct world *x, uint32_t max, sim_time wait, sim_time visibility)
{
    struct sqs_poll p = {.max = max, .wait = wait, .visibility = visibility};
    struct sqs_batch b;
    enum sqs_outcome out = sqs_receive(x->w.core, sqsworld_begin(&x->w), &p, &b);
    if (out == SQS_OVER_LIMIT)
        return;
    assert_true(out == SQS_OK || (out == SQS_WAITING && wait > 0));
    take(x, &b, max, visibility);
    if (wait > 0 && out == SQS_OK)
        assert_true(b.n > 0);
}

static void delete_it(struct world *x, uint64_t user)
{
    if (user == 0)
        return;
    enum sqs_outcome out = sqs_delete(x->w.core, sqsworld_begin(&x->w), x->seen[user].handle);
    assert_true(out == SQS_OK || out == SQS_NOTHING ||
                (x->config.fifo && out == SQS_RECEIPT_EXPIRED));
    sqsworld_drain(&x->w);
    if (out == SQS_OK && !x->twice)
        assert_true(x->seen[user].gone);
}

static void change(struct world *x, sim_time visibility)
{
    if (x->last == 0)
        return;
    enum sqs_outcome out =
        sqs_change(x->w.core, sqsworld_begin(&x->w), x->seen[x->last].handle, visibility);
    if (out == SQS_OK)
        x->seen[x->last].hidden_until = x->w.now + visibility;
    else
        assert_true(out == SQS_NOTHING || out == SQS_NOT_IN_FLIGHT || out == SQS_MESSAGE_GONE);
}

static void second(struct world *x)
{
    struct sqs_batch b;
    sim_time to = x->w.now + SIM_S;
    for (;;) {
        sim_time state = sqs_deadline(x->w.core), late = sqs_late_deadline(x->w.core);
        sim_time at = state < late ? state : late;
        if (at > to)
            break;
        sqsworld_to(&x->w, at > x->w.now ? at : x->w.now);
        serve(x);
        if (late == at && at < to)
            while (sqs_give_up(x->w.core, sqsworld_begin(&x->w), &b))
                assert_int_equal(b.n, 0);
        else if (late == at)
            break;
    }
    sqsworld_to(&x->w, to);
}

static void play(struct world *x, enum step step)
{
    switch (step) {
    case SEND_A:
        send(x, 1);
        break;
    case SEND_B:
        send(x, 2);
        break;
    case TAKE_ONE:
        receive(x, 1, 0, 2 * SIM_S);
        break;
    case TAKE_TWO_FOR_NOTHING:
        receive(x, 2, 0, 0);
        break;
    case WAIT_FOR_ONE:
        receive(x, 1, 2 * SIM_S, 2 * SIM_S);
        break;
    case DELETE_LAST:
        delete_it(x, x->last);
        break;
    case DELETE_FIRST:
        delete_it(x, x->first);
        break;
    case RELEASE_LAST:
        change(x, 0);
        break;
    case EXTEND_LAST:
        change(x, 3 * SIM_S);
        break;
    case SECOND:
        second(x);
        break;
    case STEPS:
        break;
    }
    serve(x);
}

/* Both sends come first: a queue without messages has little to show. */
static uint64_t all_worlds(const struct sqs_config *config, int depth)
{
    static struct world x;
    struct exhaust e;
    exhaust_init(&e);
    the_worlds = &e;
    while (!exhaust_done(&e)) {
        memset(&x, 0, sizeof(x));
        x.config = *config;
        x.twice = config->dup_in_flight > 0 || config->dup_after_delete > 0;
        sqsworld_open(&x.w, config, dice);
        x.w.told = told;
        play(&x, SEND_A);
        play(&x, SEND_A);
        for (int i = 0; i < depth; i++)
            play(&x, (enum step)exhaust_roll(&e.dice, STEPS));
        sqs_close(x.w.core);
    }
    return e.worlds;
}

static uint64_t power(uint64_t base, int n)
{
    return n == 0 ? 1 : base * power(base, n - 1);
}

static void ideal_standard(void **state)
{
    (void)state;
    struct sqs_config c;
    sqs_config_default(&c, false);
    c.retention = 60 * SIM_S;
    c.fair = false;
    assert_int_equal(all_worlds(&c, 5), power(STEPS, 5));
}

static void standard_with_dead_letters(void **state)
{
    (void)state;
    struct sqs_config c;
    sqs_config_default(&c, false);
    c.max_receive = 2;
    c.in_flight_limit = 2;
    assert_int_equal(all_worlds(&c, 5), power(STEPS, 5));
}

static void two_shards(void **state)
{
    (void)state;
    struct sqs_config c;
    sqs_config_default(&c, false);
    c.shards = 2;
    c.sampled = 1;
    c.fair = false;
    assert_true(all_worlds(&c, 4) > 4 * power(STEPS, 4)); /* two sends on either of two shards */
}

static void twice_delivered(void **state)
{
    (void)state;
    struct sqs_config c;
    sqs_config_default(&c, false);
    c.dup_in_flight = c.dup_after_delete = 1;
    c.fair = false;
    assert_true(all_worlds(&c, 4) > power(STEPS, 4));
}

static void reordered(void **state)
{
    (void)state;
    struct sqs_config c;
    sqs_config_default(&c, false);
    c.reorder_window = 2;
    assert_true(all_worlds(&c, 4) > power(STEPS, 4));
}

static void fifo(void **state)
{
    (void)state;
    struct sqs_config c;
    sqs_config_default(&c, true);
    c.retention = 60 * SIM_S;
    assert_int_equal(all_worlds(&c, 5), power(STEPS, 5));
}

static void fifo_with_dead_letters(void **state)
{
    (void)state;
    struct sqs_config c;
    sqs_config_default(&c, true);
    c.max_receive = 1;
    c.scan_window = 2;
    assert_int_equal(all_worlds(&c, 5), power(STEPS, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ideal_standard),
        cmocka_unit_test(standard_with_dead_letters),
        cmocka_unit_test(two_shards),
        cmocka_unit_test(twice_delivered),
        cmocka_unit_test(reordered),
        cmocka_unit_test(fifo),
        cmocka_unit_test(fifo_with_dead_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
