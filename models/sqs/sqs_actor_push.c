/* sqs_actor_push.c - SendMessage and SendMessageBatch, and what all API calls of the actor have in
 * common: latency, faults, the count that the bill is made of. */
#include "fault_state.h"
#include "sqs_turn.h"

#define ENTRIES_MAX  10

/* --- calls --- */

sim_time queue_latency(struct queue *q, struct rng *cell)
{
    sim_time t = q->latency_constant >= 0 ? q->latency_constant : dist_sample(q->latency, cell);
    return q->fault.active & FAULT_SLOW ? fault_slowed(&q->fault, t) : t;
}

bool queue_fails(struct queue *q)
{
    if (!(q->fault.active & FAULT_FAIL))
        return false;
    struct rng cell = rng_at(&q->fail_stream, 0, q->n_calls++, 0);
    return (int64_t)rng_below(&cell, 1000000000) < q->fault.probability;
}

APART static sim_time some_latency(struct queue *q, const struct job *j)
{
    struct rng cell;
    if (q->latency_constant < 0)
        cell = job_cell(q->e.world, &q->latency_stream, j);
    return queue_latency(q, &cell);
}

EVERY_WAY static sim_time push_latency(struct entity *e, const struct job *j)
{
    struct queue *q = queue_of(e);
    return (q->barred & (BAR_LATENCY | BAR_FAULT)) == 0 ? 0 : some_latency(q, j);
}

/* --- sending --- */

/* Retries of one request carry the same content and the same id; a key may be that of many. */
static uint64_t dedup_id(const struct queue *q, const struct job *j)
{
    if (!sqs_config(q->core)->fifo)
        return SQS_NO_DEDUP_ID;
    if (q->dedup == DEDUP_NONE)
        return SQS_UNIQUE;
    if (q->dedup == DEDUP_KEY)
        return (uint64_t)j->key + 1;
    const struct request *r = request_at(&q->e.world->requests, j->request);
    return ((uint64_t)r->source << 40 | request_item(r)) + 1;
}

/* Of a topic or a bus: a queue's own dead letters come another way. */
static bool is_letter(const struct queue *q, const struct job *j)
{
    return (j->flags & JOB_LETTER) != 0 && q->unread;
}

ALWAYS_INLINE enum sqs_outcome send_one(struct queue *q, sim_time now, const struct job *j)
{
    struct sqs_send send = {
        .user = job_pack(j) | (is_letter(q, j) ? JOB_PARKED : 0),
        .dedup = dedup_id(q, j),
        .size = j->size,
        .group = j->key, /* JOB_NO_KEY is SQS_NO_GROUP */
        .delay = SQS_DEFAULT,
    };
    struct sqs_sent sent;
    return sqs_send(q->core, turn_begin(q, now), &send, &sent);
}

ALWAYS_INLINE void note_sent(struct queue *q, sim_time now, const struct job *j, struct request *r)
{
    turn_sent(q, now, job_pack(j), j->size, r);
    if (__builtin_expect(is_letter(q, j), 0))
        request_park(q->e.world, j->request);
    if (job_recorded(j))
        life_sent(q, j);
}

RARE static void note_other(struct queue *q, const struct job *j, enum sqs_outcome out, struct push_answer *a)
{
    struct world *w = q->e.world;
    if (out == SQS_DUPLICATE) {
        queue_count(q, QM_DEDUPLICATED, 1);
        if (job_recorded(j))
            record_job(w, j, LIFE_DEDUPLICATED, &q->e)->group = j->key;
        return;
    }
    w->failed |= out == SQS_NO_MEMORY;
    queue_count(q, out == SQS_THROTTLED ? QM_THROTTLED : QM_REFUSED, 1);
    a->verdict = out == SQS_THROTTLED ? PUSH_THROTTLED : PUSH_REFUSED;
    a->why = sqs_outcome_row(out)->code;
    if (job_recorded(j))
        life_why(record_job(w, j, LIFE_REFUSED, &q->e), a->why);
}

ALWAYS_INLINE void answer_one(struct queue *q, sim_time now, const struct job *j, enum sqs_outcome out,
                       struct push_answer *a)
{
    struct request *r = request_at(&q->e.world->requests, j->request);
    *a = (struct push_answer){PUSH_ACCEPTED, NULL, SIM_NEVER};
    if (__builtin_expect(out == SQS_OK, 1))
        note_sent(q, now, j, r);
    else
        note_other(q, j, out, a);
    uint32_t what = out == SQS_OK ? TRACE_SENT : out == SQS_DUPLICATE ? TRACE_DUPLICATE : TRACE_REFUSED;
    trace_fold(&q->e.print, now, what, request_item(r) << 16 ^ j->attempt);
}

RARE static void fail_all(struct push_answer *a, uint32_t n, enum push_verdict verdict, const char *why)
{
    for (uint32_t i = 0; i < n; i++)
        a[i] = (struct push_answer){verdict, why, SIM_NEVER};
}

ALWAYS_INLINE void send_call(struct queue *q, const struct job *jobs, uint32_t n,
                      struct push_answer *answers)
{
    sim_time now = world_now(q->e.world);
    uint32_t groups[ENTRIES_MAX];
    uint64_t bytes = 0;
    bool grouped = false;
    for (uint32_t i = 0; i < n; i++) {
        groups[i] = jobs[i].key;
        grouped |= jobs[i].key != JOB_NO_KEY;
        bytes += jobs[i].size;
    }
    enum sqs_outcome out = n > 1 && bytes > q->batch_bytes
                               ? SQS_BATCH_TOO_LONG
                               : queue_admit(q, SQS_ACTION_SEND, groups, n);
    if (out == SQS_OK)
        queue_bill(q, now, QM_CALLS_SEND, bytes);
    if (out == SQS_OK && grouped && !sqs_config(q->core)->fifo)
        queue_count(q, QM_BILLED_FAIR, billed_requests(bytes));
    for (uint32_t i = 0; i < n; i++)
        answer_one(q, now, &jobs[i], out == SQS_OK ? send_one(q, now, &jobs[i]) : out, &answers[i]);
}

APART static void offer_many(struct queue *q, const struct job *jobs, uint32_t n, struct push_answer *answers)
{
    for (uint32_t i = 0; i < n; i += ENTRIES_MAX) {
        uint32_t some = n - i < ENTRIES_MAX ? n - i : ENTRIES_MAX;
        if (queue_fails(q)) {
            fail_all(&answers[i], some, PUSH_LOST, "InternalError");
            queue_count(q, QM_REFUSED, some);
        } else {
            send_call(q, &jobs[i], some, &answers[i]);
        }
    }
}

void queue_offer_usually(struct queue *q, const struct job *jobs, uint32_t n, struct push_answer *answers)
{
    if (q->fault.active & FAULT_DOWN) {
        fail_all(answers, n, PUSH_DOWN, "ServiceUnavailable");
        queue_count(q, QM_REFUSED, n);
        return;
    }
    if (n == 1 && !(q->fault.active & FAULT_FAIL))
        send_call(q, jobs, 1, answers);
    else
        offer_many(q, jobs, n, answers);
    turn_end(q, world_now(q->e.world));
}

/* A deleted message will come back: as one more copy of its request. */
void queue_ghost(struct queue *q, uint32_t slot, uint64_t user)
{
    struct world *w = q->e.world;
    request_hold(w, job_request(user));
    if (job_parked(user))
        request_park(w, job_request(user));
    queue_enters(q, world_now(w));
    struct rng *cell = &q->chance[SQS_DICE_DUPLICATE];
    sim_time after = (sim_time)(rng_exponential(cell) * (double)q->ghost_delay);
    sqs_ghost(q->core, &q->call, slot, after);
    if (user_recorded(user))
        life_message(q, user, LIFE_GHOST)->value = after;
}

const struct push_ops queue_push = {.latency = push_latency, .offer = queue_offer};
