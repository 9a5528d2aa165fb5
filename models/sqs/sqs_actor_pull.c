/* sqs_actor_pull.c - ReceiveMessage, DeleteMessage and ChangeMessageVisibility, and their batches.
 */
#include "sqs_turn.h"

/* --- asks that wait --- */

void queue_give_up(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    struct pull_ask *a = CONTAINER_OF(t, struct pull_ask, late);
    struct queue *q = queue_of(a->source);
    turn_part(q, a);
    sqs_withdraw(q->core, queue_begin(q), a->number, true);
    queue_count(q, QM_EMPTY, 1);
    entity_trace(&q->e, TRACE_EMPTY, a->number);
    queue_end(q);
    a->answer(a, NULL, 0, PULL_OK);
}

void queue_start_late(struct queue *q, struct pull_ask *a, sim_time wait)
{
    struct sim *sim = q->e.world->sim;
    uint32_t i = 0;
    while (i < q->n_lane && q->lane[i].delay != wait)
        i++;
    if (i == q->n_lane && i < QUEUE_LANES) {
        sim_lane_init(&q->lane[i], wait);
        q->n_lane++;
    }
    if (i < q->n_lane)
        sim_begin_in_lane(sim, &q->lane[i], &a->late, SIM_LATE, queue_give_up);
    else
        sim_begin_after(sim, &a->late, SIM_LATE, queue_give_up, wait);
}

/* --- receiving --- */

ALWAYS_INLINE uint64_t take_over(struct queue *q, sim_time now, const struct pull_ask *a, const struct sqs_batch *batch,
                          struct pulled *out)
{
    uint64_t bytes = 0;
    if (batch->coming != 0)
        __builtin_prefetch(request_at(&q->e.world->requests, job_request(batch->coming)), 1);
    for (uint32_t i = 0; i < batch->n; i++) {
        if (user_recorded(batch->got[i].user))
            life_received(q, a, &batch->got[i]);
        turn_hand_over(q, now, &batch->got[i], &out[i]);
        bytes += batch->got[i].size;
    }
    queue_count_at(q, now, QM_RECEIVED, batch->n);
    return bytes;
}

void queue_answer(struct queue *q, const struct sqs_batch *batch)
{
    struct pull_ask *a = (struct pull_ask *)(uintptr_t)batch->tag;
    struct pulled got[SQS_BATCH_MAX];
    turn_part(q, a);
    turn_bill_answer(q, world_now(q->e.world), take_over(q, world_now(q->e.world), a, batch, got));
    a->answer(a, got, batch->n, batch->lost ? PULL_DOWN : PULL_OK);
}

APART static enum pull_verdict verdict_of(struct queue *q, enum sqs_outcome out)
{
    switch (out) {
    case SQS_OK:
        return PULL_OK;
    case SQS_OVER_LIMIT:
        queue_count(q, QM_OVER_LIMIT, 1);
        return PULL_OVER_LIMIT;
    case SQS_THROTTLED:
        queue_count(q, QM_THROTTLED, 1);
        return PULL_THROTTLED;
    case SQS_NO_MEMORY:
        q->e.world->failed = true;
        return PULL_DOWN;
    default: /* refused, or its answer is lost (SQS-39) */
        queue_count(q, QM_REFUSED, 1);
        return PULL_DOWN;
    }
}

ALWAYS_INLINE enum sqs_outcome receive(struct queue *q, struct pull_ask *a, struct sqs_batch *batch)
{
    struct sqs_poll poll = {
        .max = a->max < SQS_BATCH_MAX ? a->max : SQS_BATCH_MAX,
        .wait = a->wait,
        .visibility = a->visibility,
        .tag = (uintptr_t)a,
        .untimed = true,
    };
    enum sqs_outcome out = queue_admit(q, SQS_ACTION_RECEIVE, NULL, 0);
    if (out != SQS_OK)
        return out;
    queue_bill(q, world_now(q->e.world), QM_CALLS_RECEIVE, 0);
    return sqs_receive(q->core, turn_begin(q, world_now(q->e.world)), &poll, batch);
}

RARE static void refuse(struct queue *q, struct pull_ask *a)
{
    queue_count(q, QM_REFUSED, 1);
    a->answer(a, NULL, 0, PULL_DOWN);
}

static void ask(struct entity *e, struct pull_ask *a)
{
    struct queue *q = queue_of(e);
    struct sqs_batch batch;
    struct pulled got[SQS_BATCH_MAX];
    a->source = e;
    a->waiting = false;
    if (q->fault.active != 0 && (q->fault.active & FAULT_DOWN || queue_fails(q))) {
        refuse(q, a);
        return;
    }
    batch.n = 0;
    batch.coming = 0;
    enum sqs_outcome out = receive(q, a, &batch);
    if (out == SQS_WAITING) {
        a->number = batch.poll;
        a->waiting = true;
        turn_wait(q, a, a->wait == PULL_DEFAULT ? sqs_config(q->core)->wait : a->wait);
        turn_end(q, world_now(e->world));
        return;
    }
    enum pull_verdict verdict = out == SQS_OK ? PULL_OK : verdict_of(q, out);
    if (batch.n == 0 && verdict == PULL_OK)
        queue_count(q, QM_EMPTY, 1);
    turn_bill_answer(q, world_now(e->world), take_over(q, world_now(e->world), a, &batch, got));
    turn_end(q, world_now(e->world));
    a->answer(a, got, batch.n, verdict);
}

static void withdraw(struct entity *e, struct pull_ask *a)
{
    struct queue *q = queue_of(e);
    if (!a->waiting)
        return;
    turn_part(q, a);
    sqs_withdraw(q->core, queue_begin(q), a->number, false);
    queue_end(q);
}

/* --- settling --- */

ALWAYS_INLINE enum sqs_outcome settle_one(struct queue *q, sim_time now, enum settle_kind kind, const struct ticket *t,
                                   sim_time extend)
{
    struct sqs_handle h = {t->a, t->b};
    if (kind == SETTLE_DONE)
        return sqs_delete(q->core, turn_begin(q, now), h);
    return sqs_change(q->core, turn_begin(q, now), h, kind == SETTLE_RETURN ? 0 : extend);
}

APART static enum settle_verdict unsettled(struct queue *q, enum sqs_outcome out)
{
    switch (out) {
    case SQS_OK:
        return SETTLED;
    case SQS_NOTHING:
    case SQS_MESSAGE_GONE:
    case SQS_RECEIPT_EXPIRED:
    case SQS_NOT_IN_FLIGHT:
        queue_count(q, QM_STALE, 1);
        return SETTLE_STALE;
    case SQS_THROTTLED:
        queue_count(q, QM_THROTTLED, 1);
        return SETTLE_THROTTLED;
    default:
        queue_count(q, QM_REFUSED, 1);
        return SETTLE_REFUSED;
    }
}

ALWAYS_INLINE enum settle_verdict settled(struct queue *q, sim_time now, enum settle_kind kind, enum sqs_outcome out)
{
    if (kind == SETTLE_DONE && !sqs_refused(out))
        queue_count_at(q, now, QM_DELETED, 1);
    return out == SQS_OK ? SETTLED : unsettled(q, out);
}

ALWAYS_INLINE void settle_call(struct queue *q, enum settle_kind kind, const struct ticket *t, uint32_t n,
                        sim_time extend, enum settle_verdict *verdicts)
{
    sim_time now = world_now(q->e.world);
    enum sqs_action action = kind == SETTLE_DONE ? SQS_ACTION_DELETE : SQS_ACTION_CHANGE;
    enum sqs_outcome admitted = queue_admit(q, action, NULL, 0);
    if (admitted == SQS_OK)
        queue_bill(q, now, kind == SETTLE_DONE ? QM_CALLS_DELETE : QM_CALLS_CHANGE, 0);
    for (uint32_t i = 0; i < n; i++) {
        enum sqs_outcome out = admitted == SQS_OK ? settle_one(q, now, kind, &t[i], extend) : admitted;
        verdicts[i] = settled(q, now, kind, out);
        turn_settled(q, now, kind, &t[i]);
    }
}

RARE static void settle_down(struct queue *q, uint32_t n, enum settle_verdict *verdicts)
{
    queue_count(q, QM_REFUSED, n);
    for (uint32_t i = 0; i < n; i++)
        verdicts[i] = SETTLE_IS_DOWN;
}

APART static void settle_many(struct queue *q, enum settle_kind kind, const struct ticket *t, uint32_t n,
                              sim_time extend, enum settle_verdict *verdicts)
{
    for (uint32_t i = 0; i < n; i += SQS_BATCH_MAX)
        settle_call(q, kind, &t[i], n - i < SQS_BATCH_MAX ? n - i : SQS_BATCH_MAX, extend,
                    &verdicts[i]);
}

static void settle(struct entity *e, enum settle_kind kind, const struct ticket *t, uint32_t n,
                       sim_time extend, enum settle_verdict *verdicts)
{
    struct queue *q = queue_of(e);
    if (q->fault.active != 0 && (q->fault.active & FAULT_DOWN || queue_fails(q))) {
        settle_down(q, n, verdicts);
        return;
    }
    if (n == 1 && kind == SETTLE_DONE)
        settle_call(q, SETTLE_DONE, t, 1, 0, verdicts);
    else
        settle_many(q, kind, t, n, extend, verdicts);
    turn_end(q, world_now(e->world));
}

static sim_time pull_latency(struct entity *e, const struct pull_ask *a)
{
    (void)a;
    struct queue *q = queue_of(e);
    struct rng cell;
    if (q->latency_constant < 0)
        cell = rng_at(&q->pull_latency_stream, 0, q->n_latency++, 0);
    return queue_latency(q, &cell);
}

/* While it is down no poll is held: connections break. */
void queue_fault(struct entity *e, const struct fault_state *f)
{
    struct queue *q = queue_of(e);
    q->fault = *f;
    q->barred = f->active == 0 ? q->barred & ~(uint32_t)BAR_FAULT : q->barred | BAR_FAULT;
    uint64_t tag;
    while (q->fault.active & FAULT_DOWN && sqs_waiting(q->core, &tag)) {
        struct pull_ask *a = (struct pull_ask *)(uintptr_t)tag;
        turn_part(q, a);
        sqs_withdraw(q->core, queue_begin(q), a->number, false);
        queue_end(q);
        a->answer(a, NULL, 0, PULL_DOWN);
    }
}

static void soon(struct entity *e, const struct ticket *t)
{
    sqs_soon(queue_of(e)->core, (struct sqs_handle){t->a, t->b});
}

const struct pull_ops queue_pull = {
    .latency = pull_latency, .ask = ask, .withdraw = withdraw, .settle = settle, .swap = queue_swap, .soon = soon};
