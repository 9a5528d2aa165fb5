/* topic_deliver.c - one attempt at one subscriber: a message to a queue, a call to a service or
 * endpoint; and the letter to a dead-letter queue when no attempt is left. */
#include "caller.h"
#include "fault_state.h"
#include "topic_actor.h"

/* SNS-40, 45. What a queue refuses it will refuse again; a service that is full (503) may have room
 * later. */
static enum delivery_result result_of(const struct topic_sub *s, enum call_verdict v)
{
    switch (v) {
    case CALL_OK:
        return DELIVERY_OK;
    case CALL_REFUSED:
        return sns_is_queue(s->kind) ? DELIVERY_NEVER : DELIVERY_AGAIN;
    case CALL_CONFLICT:
    case CALL_REJECTED:
        return DELIVERY_NEVER;
    case CALL_FAILED:
    case CALL_THROTTLED:
    case CALL_DOWN:
    case CALL_TIMEOUT:
    case CALL_SHORT:
        break;
    }
    return DELIVERY_AGAIN;
}

static struct job job_of(const struct sns_message *m)
{
    return (struct job){.request = (uint32_t)(m->user >> 32),
                        .size = m->size,
                        .key = m->group,
                        .attempt = (uint16_t)(m->user >> 16),
                        .flags = (uint16_t)m->user};
}

static void note(const struct topic_sub *s, const struct job *j, enum life_what what,
                 uint32_t number, enum call_verdict v)
{
    if (job_recorded(j))
        record_attempt(s->topic->e.world, j, what, &s->topic->e, s->to, number, v);
}

static void delivered(struct topic *t, struct topic_sub *s, const struct sns_message *m,
                      uint32_t size, bool again)
{
    sim_time now = world_now(t->e.world);
    topic_count(t, TM_DELIVERED, 1);
    topic_count(t, TM_BYTES_OUT, size);
    sub_count(s, PM_DELIVERED, 1);
    if (again)
        return;
    obs_tally_add(&t->delay, now, now - m->published);
    obs_tally_add(&s->delay, now, now - m->published);
}

static void ended(struct topic *t, const struct sns_attempt *a, uint32_t size, enum call_verdict v)
{
    struct topic_sub *s = topic_sub_of(t, a->subscription_user);
    struct sns_message m;
    sns_message(t->core, a->message, &m);
    struct job j = job_of(&m);
    enum delivery_result result = a->refused ? DELIVERY_NEVER : result_of(s, v);
    uint64_t twice = sns_deliveries(t->core)->twice;
    entity_trace(&t->e, result == DELIVERY_OK ? TOPIC_TRACE_DELIVERED : TOPIC_TRACE_FAILED,
                 request_item(request_at(&t->e.world->requests, j.request)) << 8 ^ s->number);
    if (result == DELIVERY_OK) {
        delivered(t, s, &m, size, a->again);
    } else {
        note(s, &j, v == CALL_TIMEOUT ? LIFE_TIMEOUT : LIFE_REJECTED, a->number + 1, v);
        sub_count(s, PM_FAILED, 1);
        topic_count(t, TM_FAILED, sns_is_http(s->kind));
        topic_count(t, TM_TIMEOUTS, v == CALL_TIMEOUT);
    }
    struct sns_attempt told = *a;
    told.throttled = v == CALL_THROTTLED || v == CALL_REFUSED;
    sns_settle(t->core, topic_begin_call(t), &told, result);
    topic_collect(t);
    topic_count(t, TM_TWICE, sns_deliveries(t->core)->twice - twice);
    topic_pump(t);
}

/* --- calls that take time --- */

static void answered(struct wire_call *c, enum call_verdict v)
{
    struct topic_attempt *a = c->client, copy = *a;
    struct topic *t = a->topic;
    sim_cancel(t->e.world->sim, &a->timer);
    wire_release(c);
    slab_give(&t->attempts, copy.number);
    ended(t, &copy.core, copy.size, v);
}

static void on_timeout(struct sim *sim, struct sim_timer *timer)
{
    (void)sim;
    struct topic_attempt *a = CONTAINER_OF(timer, struct topic_attempt, timer), copy = *a;
    struct topic *t = a->topic;
    wire_abandon(a->call, false);
    slab_give(&t->attempts, copy.number);
    ended(t, &copy.core, copy.size, CALL_TIMEOUT);
}

static void call(struct topic *t, const struct topic_sub *s, const struct sns_attempt *core,
                 const struct job *j, sim_time there)
{
    uint32_t number = slab_take(&t->attempts);
    struct wire_call *c = number == SLAB_NONE ? NULL : wire_open(t->e.world, s->to, j);
    if (c == NULL) {
        t->e.world->failed = true;
        return;
    }
    struct topic_attempt *a = slab_at(&t->attempts, number);
    a->topic = t;
    a->call = c;
    a->core = *core;
    a->number = number;
    a->size = j->size;
    c->client = a;
    c->reply = answered;
    wire_away(c, there, 0);
    sim_timer_init(&a->timer, SIM_LATE, on_timeout);
    c->offer = true;
    if (s->to->room->push == NULL)
        sim_after(t->e.world->sim, &a->timer, s->timeout);
    wire_send(c);
}

/* --- the attempt --- */

/* Attempts of subscriptions that share a target are different work there. */
static struct job job_for(const struct topic_sub *s, const struct sns_message *m,
                          const struct sns_attempt *a)
{
    struct job j = job_of(m);
    uint32_t copy = (uint32_t)a->subscription_user;
    uint32_t own = a->again ? s->digits - 1 : a->number;
    j.attempt = attempt_code(j.attempt, s->radix, s->first + copy * s->digits + own);
    j.size = sns_body_size(s->topic->core, m, a->raw);
    if (!s->forwards)
        j.key = JOB_NO_KEY;
    return j;
}

static sim_time drawn(const struct topic_sub *s, const struct dist *d,
                      const struct rng_stream *stream, const struct job *j)
{
    if (d == NULL)
        return 0;
    struct rng cell = job_cell(s->topic->e.world, stream, j);
    return dist_sample(d, &cell);
}

static sim_time way_to(const struct topic_sub *s, const struct job *j)
{
    const struct topic *t = s->topic;
    sim_time way =
        drawn(s, s->latency, &s->latency_stream, j) + drawn(s, s->cross, &s->cross_stream, j);
    return t->fault.active & FAULT_SLOW ? fault_slowed(&t->fault, way) : way;
}

void topic_attempt(struct topic *t, const struct sns_attempt *a)
{
    struct topic_sub *s = topic_sub_of(t, a->subscription_user);
    struct sns_message m;
    enum call_verdict verdict;
    sim_time retry_at;
    sns_message(t->core, a->message, &m);
    struct job j = job_for(s, &m, a);
    topic_count(t, TM_ATTEMPTS, 1);
    topic_count(t, TM_RETRIES, a->number > 0);
    sub_count(s, PM_ATTEMPTS, 1);
    sub_count(s, PM_RETRIES, a->number > 0);
    if (a->number > 0)
        note(s, &j, LIFE_RETRY, a->number + 1, CALL_OK);
    if (a->refused) {
        ended(t, a, j.size, CALL_REJECTED);
        return;
    }
    sim_time way = way_to(s, &j);
    if (way == 0 && wire_push_now(s->to, &j, &verdict, &retry_at))
        ended(t, a, j.size, verdict);
    else
        call(t, s, a, &j, way);
}

/* --- dead letters --- */

/* In the form that the subscriber would have got (SNS-55). */
void topic_letter(struct topic *t, const struct topic_end *end)
{
    struct topic_sub *s = topic_sub_of(t, sns_subscription_user(t->core, end->fx.a));
    const struct sns_message *m = &end->message;
    struct push_answer answer = {.retry_at = SIM_NEVER};
    struct job j = job_of(m);
    j.attempt = attempt_code(j.attempt, s->radix, s->first);
    j.size = sns_body_size(t->core, m, s->raw);
    j.flags |= JOB_LETTER;
    if (!s->forwards)
        j.key = JOB_NO_KEY;
    if (job_recorded(&j))
        record_job(t->e.world, &j, LIFE_DEAD, &t->e)->other = s->letters->index;
    s->letters->room->push->offer(s->letters, &j, 1, &answer);
    bool ok = answer.verdict == PUSH_ACCEPTED;
    sns_redriven(t->core, end->fx.a, ok);
    topic_count(t, ok ? TM_TO_DLQ : TM_NOT_TO_DLQ, 1);
}
