/* sqs_actor_direct.c - turns of a plain queue that are straight: nothing is due, nobody in an outer frame is at work, no
 * fault, no record, no latency. Then a message that is sent goes to who waits for it, and a worker's delete is one
 * operation with its next receive (sqs_direct.h). What is counted, measured and folded is that of the usual turns, from
 * the same functions; a level that would rise and fall within the instant only sees its extremes. */
#include "sqs_direct.h"
#include "sqs_turn.h"

/* The deadline known here is the core's, and lies ahead. */
ALWAYS_INLINE bool is_quiet(const struct queue *q, sim_time now, unsigned bars)
{
    return q->deadline > now && (q->barred & bars) == 0;
}

ALWAYS_INLINE void end(struct queue *q, sim_time now)
{
    if (__builtin_expect(direct_moved(q->core), 0)) {
        q->deadline = sqs_deadline(q->core);
        turn_arm(q, now);
    }
}

/* --- send --- */

/* The asker may come back within its answer: what it leaves to be done is done by a usual end. */
ALWAYS_INLINE void answer(struct queue *q, sim_time now, struct pull_ask *a, const struct job *j, struct request *r,
                          const struct sqs_got *got)
{
    struct pulled pulled = {.ticket = {got->handle.a, got->handle.b}, .receive_count = 1};
    job_copy(&pulled.job, j);
    turn_part(q, a);
    obs_tally_usual(&q->wait, now); /* none */
    turn_goes_out(q, now, 1, r);
    queue_count_at(q, now, QM_RECEIVED, 1);
    q->barred |= BAR_SERVING;
    a->answer(a, &pulled, 1, PULL_OK);
    q->barred &= ~(uint32_t)BAR_SERVING;
    if (q->polls.value > FETCH_MANY)
        turn_fetch_next(q);
}

ALWAYS_INLINE void end_offer(struct queue *q, sim_time now, bool handed)
{
    struct sqs_levels l;
    if (__builtin_expect(direct_may_serve(q->core) || q->letters_sent, 0)) {
        turn_end(q, now);
        return;
    }
    end(q, now);
    sqs_levels(q->core, &l);
    if (!handed) {
        obs_level_set(&q->depth, now, l.visible);
        return;
    }
    turn_level(&q->in_flight, now, l.in_flight);
    turn_level(&q->polls, now, l.waiting_polls);
}

ALWAYS_INLINE bool offer(struct queue *q, const struct job *j, struct push_answer *out)
{
    sim_time now = world_now(q->e.world);
    if (!is_quiet(q, now, BAR_SERVING | BAR_FAULT) || (j->flags & (JOB_RECORDED | JOB_LETTER)) != 0 || j->size > 65536)
        return false;
    struct sqs_send send = {.user = job_pack(j), .size = j->size, .group = j->key, .delay = SQS_DEFAULT};
    struct sqs_got got;
    uint64_t tag;
    enum direct sent = direct_send(q->core, now, &send, &got, &tag);
    if (sent == DIRECT_DECLINED)
        return false;
    struct request *r = request_at(&q->e.world->requests, j->request);
    queue_bill(q, now, QM_CALLS_SEND, 0);
    if (j->key != JOB_NO_KEY)
        queue_count_at(q, now, QM_BILLED_FAIR, 1);
    turn_sent(q, now, send.user, j->size, r);
    *out = (struct push_answer){PUSH_ACCEPTED, NULL, SIM_NEVER};
    trace_fold(&q->e.print, now, TRACE_SENT, request_item(r) << 16 ^ j->attempt);
    if (sent == DIRECT_GOT)
        answer(q, now, (struct pull_ask *)(uintptr_t)tag, j, r, &got);
    end_offer(q, now, sent == DIRECT_GOT);
    return true;
}

EVERY_WAY HOT void queue_offer(struct entity *e, const struct job *jobs, uint32_t n, struct push_answer *answers)
{
    struct queue *q = queue_of(e);
    if (n != 1 || !direct_open(q->core) || !offer(q, jobs, answers))
        queue_offer_usually(q, jobs, n, answers);
}

/* --- delete and receive --- */

ALWAYS_INLINE void count_both(struct queue *q, sim_time now)
{
    queue_count_at(q, now, QM_CALLS_DELETE, 1);
    queue_count_at(q, now, QM_CALLS_RECEIVE, 1);
    queue_count_at(q, now, QM_BILLED, 2);
    queue_count_at(q, now, QM_DELETED, 1);
}

ALWAYS_INLINE void receive(struct queue *q, sim_time now, const struct sqs_got *got)
{
    uint64_t coming = q->depth.value > FETCH_MANY ? direct_coming(q->core) : 0;
    if (coming != 0)
        __builtin_prefetch(request_at(&q->e.world->requests, job_request(coming)), 1);
    turn_received(q, now, got, request_at(&q->e.world->requests, job_request(got->user)));
    queue_count_at(q, now, QM_RECEIVED, 1);
    turn_bill_answer(q, now, got->size);
    obs_level_touch(&q->in_flight, now, q->in_flight.value - 1);
    obs_level_add(&q->depth, now, -1);
}

ALWAYS_INLINE void wait(struct queue *q, sim_time now, struct pull_ask *a, uint32_t number, sim_time wait)
{
    a->source = &q->e;
    a->number = number;
    a->waiting = true;
    turn_wait(q, a, wait);
    obs_level_add(&q->in_flight, now, -1);
    obs_level_add(&q->polls, now, 1);
}

EVERY_WAY HOT enum pull_swap queue_swap(struct entity *e, const struct ticket *done, struct pull_ask *a, struct pulled *out)
{
    struct queue *q = queue_of(e);
    sim_time now = world_now(e->world);
    if (!direct_open(q->core) || !is_quiet(q, now, UINT32_MAX))
        return SWAP_NOT;
    struct sqs_poll poll = {
        .max = a->max, .wait = a->wait, .visibility = a->visibility, .tag = (uintptr_t)a, .untimed = true};
    struct ticket t = *done;
    struct sqs_got got;
    struct direct_gone gone;
    uint32_t number;
    enum direct swapped =
        direct_swap(q->core, now, (struct sqs_handle){t.a, t.b}, &gone, &poll, &got, &number);
    if (swapped == DIRECT_DECLINED)
        return SWAP_NOT;
    if (swapped == DIRECT_GOT)
        job_hand(&got, out); /* while it is at hand */
    count_both(q, now);
    turn_settled(q, now, SETTLE_DONE, &t);
    turn_removed(q, now, gone.user, gone.receives);
    if (swapped == DIRECT_GOT)
        receive(q, now, &got);
    else
        wait(q, now, a, number, poll.wait);
    end(q, now);
    return swapped == DIRECT_GOT ? SWAP_GOT : SWAP_WAITS;
}
