/* Order per group from a FIFO topic through two FIFO queues, under failing deliveries, answers that come late, and consumers that crash:
 * random small runs. What a consumer has done of a group are the group's messages in their order, without a gap; each is done once
 * where no lease runs out. TEST_SEED and TEST_RUNS choose others.
 *
 * rules: SNS-21 SNS-25 SNS-28 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "sns.h"
#include "sqs.h"
#include "testrand.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RUNS 5000
#else
#define RUNS 100000
#endif
#define QUEUES   2
#define GROUPS   3
#define MESSAGES 10
#define PENDING  32

struct late {
    struct sns_attempt attempt;
    sim_time at;
    enum delivery_result result;
};
struct run {
    struct testrand *r;
    struct sns *topic;
    struct sqs *queue[QUEUES];
    struct call call;
    struct late late[PENDING];
    uint32_t n_late;
    uint32_t group[MESSAGES + 1], n;
    uint32_t done[QUEUES][GROUPS]; /* the last message that its consumer has done */
    uint32_t n_done[QUEUES];
};

static struct testrand *the_rand;
static uint64_t roll(struct dice *d, uint64_t n)
{
    (void)d;
    return testrand_below(the_rand, n);
}
static struct dice dice[SQS_DICE_KINDS] = {{roll}, {roll}, {roll}, {roll}};

static struct call *begin(struct run *x)
{
    call_begin(&x->call, x->call.now, dice);
    return &x->call;
}

static void queue_advance(struct run *x, struct sqs *q)
{
    while (sqs_deadline(q) <= x->call.now)
        sqs_advance(q, begin(x));
}

static void deliver(struct run *x, const struct sns_attempt *a)
{
    struct sns_message m;
    struct sqs_sent sent;
    struct sqs *q = x->queue[a->subscription_user];
    sns_message(x->topic, a->message, &m);
    struct sqs_send send = {.user = m.user, .dedup = m.dedup, .size = m.size, .group = m.group, .delay = SQS_DEFAULT};
    queue_advance(x, q);
    enum sqs_outcome o = sqs_send(q, begin(x), &send, &sent);
    assert_true(o == SQS_OK || o == SQS_DUPLICATE);
}

/* A delivery fails before it arrives, or arrives and its answer is lost: then it is tried again and the queue knows its id. */
static void attempted(struct run *x, const struct sns_attempt *a)
{
    uint64_t luck = testrand_below(x->r, 10);
    enum delivery_result result = luck < 5 ? DELIVERY_OK : DELIVERY_AGAIN;
    if (luck < 7)
        deliver(x, a);
    if (luck % 2 == 0 && x->n_late < PENDING) {
        x->late[x->n_late++] = (struct late){*a, x->call.now + (sim_time)testrand_below(x->r, 3000) * SIM_MS, result};
        return;
    }
    sns_settle(x->topic, begin(x), a, result);
}

static void pump(struct run *x)
{
    struct sns_attempt a;
    do {
        if (sns_next(x->topic, begin(x), &a))
            attempted(x, &a);
    } while (sns_deadline(x->topic) <= x->call.now);
}

static void settle_late(struct run *x)
{
    for (uint32_t i = 0; i < x->n_late;) {
        if (x->late[i].at > x->call.now) {
            i++;
            continue;
        }
        struct late l = x->late[i];
        x->late[i] = x->late[--x->n_late];
        sns_settle(x->topic, begin(x), &l.attempt, l.result);
        pump(x);
    }
}

/* Takes a batch and works it off in order; may crash anywhere, and then its messages come back. */
static void consume(struct run *x, uint32_t which)
{
    struct sqs_batch b;
    struct sqs *q = x->queue[which];
    struct sqs_poll poll = {.max = 1 + (uint32_t)testrand_below(x->r, 10), .wait = 0, .visibility = 2 * SIM_S};
    queue_advance(x, q);
    if (sqs_receive(q, begin(x), &poll, &b) != SQS_OK)
        return;
    for (uint32_t i = 0; i < b.n; i++) {
        uint32_t m = (uint32_t)b.got[i].user, g = x->group[m];
        if (testrand_below(x->r, 5) == 0)
            return; /* it crashes */
        uint32_t next = x->done[which][g] + 1;
        while (next <= x->n && x->group[next] != g)
            next++;
        assert_int_equal(m, next);
        x->done[which][g] = m;
        x->n_done[which]++;
        assert_int_equal(sqs_delete(q, begin(x), b.got[i].handle), SQS_OK);
    }
}

static void publish(struct run *x)
{
    struct sns_published out;
    uint32_t m = ++x->n;
    x->group[m] = (uint32_t)testrand_below(x->r, GROUPS);
    struct sns_publish p = {.user = m, .dedup = m, .size = 100, .group = x->group[m], .event = 0};
    assert_int_equal(sns_publish(x->topic, begin(x), &p, &out), SNS_OK);
    pump(x);
}

static void open_run(struct run *x)
{
    struct sns_config config;
    sns_config_default(&config, true);
    assert_true(sns_open(&x->topic, &config, NULL));
    for (uint32_t i = 0; i < QUEUES; i++) {
        struct sqs_config qc;
        uint32_t line;
        struct sns_subscription s = {.endpoint = SNS_SQS_FIFO, .raw = true, .user = i};
        sqs_config_default(&qc, true);
        qc.queue = i + 1;
        assert_true(sqs_open(&x->queue[i], &qc, NULL));
        assert_int_equal(sns_subscribe(x->topic, begin(x), &s, &line), SNS_OK);
    }
}

static void one_run(struct testrand *r)
{
    struct run x = {.r = r};
    open_run(&x);
    for (int i = 0; i < 4000 && (x.n < MESSAGES || x.n_done[0] < MESSAGES || x.n_done[1] < MESSAGES); i++) {
        x.call.now += (sim_time)testrand_below(r, 400) * SIM_MS;
        pump(&x);
        settle_late(&x);
        if (x.n < MESSAGES && testrand_below(r, 3) == 0)
            publish(&x);
        consume(&x, (uint32_t)testrand_below(r, QUEUES));
    }
    sns_check(x.topic, x.call.now);
    for (uint32_t i = 0; i < QUEUES; i++) {
        assert_int_equal(x.n_done[i], MESSAGES); /* and none is done twice, or lost */
        sqs_close(x.queue[i]);
    }
    sns_close(x.topic);
}

static void test_order(void **state)
{
    static struct testrand r;
    const char *runs = getenv("TEST_RUNS");
    (void)state;
    r = testrand_open("sns_order", 20261121);
    the_rand = &r;
    for (long i = runs == NULL ? RUNS : strtol(runs, NULL, 10); i > 0; i--)
        one_run(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
