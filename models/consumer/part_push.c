/* part_push.c - a shard by enhanced fan-out: a subscription, renewed when it ends, and what comes
 * by it. Records come while others are worked on; they only move the number up to which there are
 * some. */
#include "part.h"

#define RETRY (1 * SIM_S) /* after a call that was refused */

void part_subscribe(struct part_reader *p, sim_time after)
{
    sim_after(part_world(p)->sim, &p->sub, after + part_latency(p, LOG_CALL_SUBSCRIBE));
}

/* Records may come before the call returns. */
void part_on_subscribe(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct part_reader *p = CONTAINER_OF(t, struct part_reader, sub);
    struct consumer *c = p->app;
    p->subscribed = true;
    enum log_verdict v = c->log->subscribe(c->source, &c->reader, p->part, &p->from);
    if (v == LOG_OK) {
        consumer_count(c, AM_SUBSCRIPTIONS, 1);
        return;
    }
    p->subscribed = false;
    if (v != LOG_REFUSED) /* it is being registered, or had a subscription 5 s ago (KIN-69) */
        part_count_refusal(p, v);
    part_subscribe(p, RETRY);
}

/* What came while it stood still reaches it when it goes on. */
void part_hear(struct part_reader *p)
{
    uint64_t from = p->unheard;
    p->unheard = 0;
    if (from > 0 && p->available > from)
        part_handed(p, from, (uint32_t)(p->available - from));
}

/* In a frame of its own: the stream is in the middle of something. */
static void wake(struct part_reader *p)
{
    if (!p->listening)
        return;
    p->listening = false;
    p->after = part_go_on;
    sim_after(part_world(p)->sim, &p->timer, 0);
}

static void records_came(struct part_reader *p, const struct log_push *push)
{
    struct consumer *c = p->app;
    consumer_count(c, AM_PUSHES, 1);
    obs_tally_add(&c->behind, part_now(p), push->behind_ms * SIM_MS);
    if (!p->has_at || p->at == p->available)
        part_stand_at(p, push->first);
    p->available = push->first + push->n;
    if (!(c->fault.active & FAULT_HANG))
        part_handed(p, push->first, push->n);
    else if (p->unheard == 0)
        p->unheard = push->first;
    wake(p);
}

void part_pushed(struct log_reader *r, const struct log_push *push)
{
    struct consumer *c = CONTAINER_OF(r, struct consumer, reader);
    if (push->part >= c->parts.n_live)
        return;
    struct part_reader *p = consumer_part(c, push->part);
    if (p->worker == KCL_NONE || !p->subscribed)
        return;
    if (push->kind == LOG_PUSHED) {
        records_came(p, push);
        return;
    }
    p->subscribed = false;
    if (push->kind == LOG_PUSHED_END) {
        p->ended = true;
        p->child[0] = push->child[0];
        p->child[1] = push->child[1];
        wake(p);
        return;
    }
    p->from = part_from_number(push->first);
    part_subscribe(p, 0);
}
