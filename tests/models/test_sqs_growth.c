/* A queue that is filled and drained ten million times allocates nothing after the first thousand.
 * Each time three messages are sent, received and deleted, one of them after its visibility
 * timeout, so that every part turns over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "mem.h"
#include "sqsworld.h"

#define TIMES 10000000

static uint64_t no_roll(struct dice *d, uint64_t n)
{
    (void)d;
    (void)n;
    fail_msg("the ideal profile asks no dice");
    return 0;
}
static struct dice dice[SQS_DICE_KINDS] = {{no_roll}, {no_roll}, {no_roll}, {no_roll}};

static void fill(struct sqsworld *w, bool fifo, bool grouped)
{
    struct sqs_sent sent;
    for (uint32_t i = 0; i < 3; i++) {
        struct sqs_send s = {.user = i,
                             .dedup = fifo ? SQS_UNIQUE : SQS_NO_DEDUP_ID,
                             .size = 100,
                             .group = grouped ? i % 2 : SQS_NO_GROUP,
                             .delay = SQS_DEFAULT};
        CHECK(sqs_send(w->core, sqsworld_begin(w), &s, &sent) == SQS_OK);
    }
}

static void receive_all(struct sqsworld *w, sim_time visibility, struct sqs_batch *b)
{
    struct sqs_poll p = {.max = 10, .visibility = visibility};
    CHECK(sqs_receive(w->core, sqsworld_begin(w), &p, b) == SQS_OK && b->n == 3);
}

/* One receive runs out, the next is deleted from. */
static void drain(struct sqsworld *w, bool twice)
{
    struct sqs_batch b;
    if (twice) {
        receive_all(w, SIM_S, &b);
        sqsworld_to(w, w->now + SIM_S);
    }
    receive_all(w, 30 * SIM_S, &b);
    for (uint32_t i = 0; i < b.n; i++)
        CHECK(sqs_delete(w->core, sqsworld_begin(w), b.got[i].handle) == SQS_OK);
    sqsworld_drain(w);
}

static void turn_over(bool fifo, bool grouped)
{
    struct sqs_config c;
    struct sqsworld w;
    long after_thousand = 0;
    sqs_config_default(&c, fifo);
    c.call_rate = 0;
    sqsworld_open(&w, &c, dice);
    mem_fail_at(0);
    for (uint32_t i = 0; i < TIMES; i++) {
        if (i == 1000)
            after_thousand = mem_count();
        fill(&w, fifo, grouped);
        drain(&w, i % 8 == 0);
        sqsworld_to(&w, w.now + SIM_MS);
    }
    assert_int_equal(mem_count(), after_thousand);
    assert_int_equal(w.n_fx[SQS_FX_REMOVED], 3u * TIMES);
    sqs_close(w.core);
}

static void standard(void **state)
{
    (void)state;
    turn_over(false, false);
}

static void tenants(void **state)
{
    (void)state;
    turn_over(false, true);
}

static void fifo(void **state)
{
    (void)state;
    turn_over(true, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(standard),
        cmocka_unit_test(tenants),
        cmocka_unit_test(fifo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
