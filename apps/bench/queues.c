/* queues.c - the SQS core alone: a message's whole life (send, receive, delete), beside a linked
 * list with the same fields that does the same and nothing else. Ten million waiting messages stand
 * beside ten thousand, and mixed timeouts beside equal ones. */
#include "bare_queues.h"

#include <stdlib.h>

#include "sqs.h"

#define LIVES   4e6
#define WAITING 10000
#define CROWD   10e6
#define FLYING  10000
#define GROUPS  100

struct line { /* a queue under test, with its clock */
    struct sqs *core;
    sim_time now;
    struct call call;
    uint64_t n, chance;
    bool fifo;
};

static uint64_t no_roll(struct dice *d, uint64_t n)
{
    (void)d;
    (void)n;
    return 0;
}
static struct dice dice[SQS_DICE_KINDS] = {{no_roll}, {no_roll}, {no_roll}, {no_roll}};

static bool line_open(struct line *l, bool fifo, struct err *err)
{
    struct sqs_config c;
    sqs_config_default(&c, fifo);
    c.call_rate = 0;
    l->now = 0;
    l->n = 0;
    l->chance = UINT64_C(88172645463325252);
    l->fifo = fifo;
    return sqs_open(&l->core, &c, err);
}

static struct call *begin(struct line *l)
{
    call_begin(&l->call, l->now, dice);
    return &l->call;
}

/* What is due is settled when the time has moved on; no operation here leaves anything due at once. */
static void pass(struct line *l)
{
    l->now += SIM_US;
    while (sqs_deadline(l->core) <= l->now)
        sqs_advance(l->core, begin(l));
}

static bool send(struct line *l)
{
    struct sqs_send m = {.user = l->n, .size = 100, .group = SQS_NO_GROUP, .delay = SQS_DEFAULT};
    struct sqs_sent sent;
    if (l->fifo) {
        m.group = (uint32_t)(l->n % GROUPS);
        m.dedup = SQS_UNIQUE;
    }
    l->n++;
    pass(l);
    return sqs_send(l->core, begin(l), &m, &sent) == SQS_OK;
}

static bool receive(struct line *l, sim_time visibility, struct sqs_batch *b)
{
    struct sqs_poll p = {.max = 1, .visibility = visibility};
    return sqs_receive(l->core, begin(l), &p, b) == SQS_OK && b->n == 1;
}

static bool life(struct line *l)
{
    struct sqs_batch b;
    return send(l) && receive(l, SQS_DEFAULT, &b) && sqs_delete(l->core, begin(l), b.got[0].handle) == SQS_OK;
}

static bool lives(bool fifo, double waiting, double scale, struct bench_sample *s, struct err *err)
{
    static struct line l;
    uint64_t n = (uint64_t)(LIVES * scale);
    if (!line_open(&l, fifo, err))
        return false;
    bool good = true;
    for (uint64_t i = 0; good && i < (uint64_t)waiting; i++)
        good = send(&l);
    double start = bench_clock();
    for (uint64_t i = 0; good && i < n; i++)
        good = life(&l);
    *s = (struct bench_sample){(double)n, bench_clock() - start};
    sqs_close(l.core);
    return good || err_set(err, ERR_OS, "out of memory");
}

bool queue_standard(double scale, struct bench_sample *s, struct err *err)
{
    return lives(false, WAITING, scale, s, err);
}
bool queue_fifo(double scale, struct bench_sample *s, struct err *err)
{
    return lives(true, WAITING, scale, s, err);
}
bool queue_crowd(double scale, struct bench_sample *s, struct err *err)
{
    return lives(false, CROWD * scale, scale, s, err);
}

/* --- ten thousand in flight: each step a heartbeat, a delete, a send, a receive --- */

static uint64_t below(struct line *l, uint64_t n)
{
    l->chance ^= l->chance << 13;
    l->chance ^= l->chance >> 7;
    l->chance ^= l->chance << 17;
    return l->chance % n;
}

static bool receive_into(struct line *l, sim_time visibility, struct sqs_handle *h)
{
    struct sqs_batch b;
    bool good = receive(l, visibility, &b);
    *h = b.got[0].handle;
    return good;
}

static bool beat(struct line *l, struct sqs_handle *h, uint64_t i, uint64_t kinds)
{
    struct sqs_handle *mine = &h[i % FLYING], *beating = &h[below(l, FLYING)];
    sim_time longer = (sim_time)(100 + below(l, kinds)) * SIM_S;
    return sqs_change(l->core, begin(l), *beating, longer) == SQS_OK &&
           sqs_delete(l->core, begin(l), *mine) == SQS_OK && send(l) &&
           receive_into(l, (sim_time)(100 + below(l, kinds)) * SIM_S, mine);
}

static bool beats(uint64_t kinds, double scale, struct bench_sample *s, struct err *err)
{
    static struct line l;
    static struct sqs_handle h[FLYING];
    uint64_t n = (uint64_t)(LIVES / 2 * scale);
    if (!line_open(&l, false, err))
        return false;
    bool good = true;
    for (uint32_t i = 0; good && i < FLYING; i++)
        good = send(&l) && receive_into(&l, (sim_time)(100 + below(&l, kinds)) * SIM_S, &h[i]);
    double start = bench_clock();
    for (uint64_t i = 0; good && i < n; i++)
        good = beat(&l, h, i, kinds);
    *s = (struct bench_sample){(double)n, bench_clock() - start};
    sqs_close(l.core);
    return good || err_set(err, ERR_OS, "out of memory");
}

bool queue_mixed(double scale, struct bench_sample *s, struct err *err)
{
    return beats(300, scale, s, err);
}
bool queue_equal(double scale, struct bench_sample *s, struct err *err)
{
    return beats(1, scale, s, err);
}
