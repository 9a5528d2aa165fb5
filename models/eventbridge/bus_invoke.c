/* bus_invoke.c - one attempt at one target: a message to a queue, topic or bus, a call to a service or endpoint; and the letter
 * to a dead-letter queue when all attempts have failed. */
#include "bus_actor.h"
#include "caller.h"
#include "eb_price.h"
#include "fault_state.h"
#include "record.h"

/* EB-39. What a queue refuses it will refuse again; a service that is full may have room later. v2 tries all again (EB-57). */
static enum delivery_result result_of(const struct bus *b, const struct bus_target *t, enum call_verdict v)
{
    if (b->v2 != NULL)
        return v == CALL_OK ? DELIVERY_OK : DELIVERY_AGAIN;
    bool takes_calls = t->to->room->push == NULL;
    switch (v) {
    case CALL_OK:
        return DELIVERY_OK;
    case CALL_REFUSED:
        return takes_calls ? DELIVERY_AGAIN : DELIVERY_NEVER;
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

static void note(struct bus *b, const struct bus_target *t, const struct job *j, enum life_what what, uint32_t number,
                 enum call_verdict v)
{
    if (job_recorded(j))
        record_attempt(b->e.world, j, what, &b->e, t->to, number, v);
}

static void ended(struct bus *b, const struct bus_attempt *a, enum call_verdict v)
{
    const struct bus_message *m = bus_message(b, a->message);
    if (v == CALL_TIMEOUT)
        bus_count(b, BM_TIMEOUTS, 1);
    if (v != CALL_OK)
        note(b, a->target, &m->job, v == CALL_TIMEOUT ? LIFE_TIMEOUT : LIFE_REJECTED, a->made, v);
    bus_settle(b, a->delivery, a->message, a->target, a->again, result_of(b, a->target, v));
}

/* --- calls that take time --- */

static void answered(struct wire_call *c, enum call_verdict v)
{
    struct bus_attempt *a = c->client, copy = *a;
    struct bus *b = a->bus;
    sim_cancel(b->e.world->sim, &a->timer);
    wire_release(c);
    slab_give(&b->attempts, copy.number);
    ended(b, &copy, v);
}

static void on_timeout(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct bus_attempt *a = CONTAINER_OF(t, struct bus_attempt, timer), copy = *a;
    struct bus *b = a->bus;
    wire_abandon(a->call, false);
    slab_give(&b->attempts, copy.number);
    ended(b, &copy, CALL_TIMEOUT);
}

static void call(struct bus *b, const struct bus_attempt *with, const struct job *j, sim_time there)
{
    uint32_t number = slab_take(&b->attempts);
    struct wire_call *c = number == SLAB_NONE ? NULL : wire_open(b->e.world, with->target->to, j);
    if (c == NULL) {
        b->e.world->failed = true;
        return;
    }
    struct bus_attempt *a = slab_at(&b->attempts, number);
    *a = *with;
    a->number = number;
    a->call = c;
    c->client = a;
    c->reply = answered;
    wire_away(c, there, 0);
    c->offer = true;
    if (with->target->to->room->push == NULL)
        sim_begin_in_lane(b->e.world->sim, &with->target->timeouts, &a->timer, SIM_LATE, on_timeout);
    else
        sim_timer_init(&a->timer, SIM_LATE, on_timeout);
    wire_send(c);
}

/* --- the attempt --- */

static struct job job_for(const struct bus_target *t, const struct bus_message *m, const struct delivery_attempt *d)
{
    struct job j = m->job;
    uint32_t own = d->again ? retry_count(&t->law) + 1 : d->number;
    j.attempt = attempt_code(j.attempt, t->radix, t->first + own);
    if (t->input_size >= 0)
        j.size = (uint32_t)t->input_size;
    if (t->group == 0)
        j.key = 0;
    else if (t->group < 0 && t->to->room->pull != NULL)
        j.key = JOB_NO_KEY; /* a message without group */
    return j;
}

static sim_time way_to(struct bus *b, const struct bus_target *t, const struct job *j)
{
    if (t->latency == NULL)
        return 0;
    struct rng cell = job_cell(b->e.world, &t->latency_stream, j);
    sim_time way = dist_sample(t->latency, &cell);
    return b->fault.active & FAULT_SLOW ? fault_slowed(&b->fault, way) : way;
}

/* It costs as a custom event does, and whoever sends it pays (EB-52). */
static enum call_verdict forward(struct bus *b, struct entity *to, const struct job *j)
{
    enum call_verdict verdict = bus_forwarded(bus_of(to), j);
    bus_count(b, BM_BILLED, verdict == CALL_OK ? eb_price_chunks(j->size) : 0);
    return verdict;
}

void bus_invoke(struct bus *b, const struct delivery_attempt *d)
{
    struct bus_target *t = (struct bus_target *)(uintptr_t)d->line_user;
    struct bus_message *m = bus_message(b, (uint32_t)d->message.user);
    struct bus_attempt a = {.bus = b, .target = t, .delivery = d->id, .message = m->number, .made = d->number + 1, .again = d->again};
    struct job j = job_for(t, m, d);
    enum call_verdict verdict;
    sim_time retry_at, way = way_to(b, t, &j);
    if (d->number > 0)
        note(b, t, &j, LIFE_RETRY, d->number + 1, CALL_OK);
    if (b->fault.active & FAULT_DOWN)
        ended(b, &a, CALL_FAILED);
    else if (t->to->room == &room_bus)
        ended(b, &a, forward(b, t->to, &j));
    else if (way == 0 && wire_push_now(t->to, &j, &verdict, &retry_at))
        ended(b, &a, verdict);
    else
        call(b, &a, &j, way);
}

/* --- dead letters --- */

void bus_letter(struct bus *b, const struct bus_target *t, struct bus_message *m)
{
    struct job j = m->job;
    struct push_answer answer = {.retry_at = SIM_NEVER};
    j.attempt = attempt_code(j.attempt, t->radix, t->first);
    if (!b->fifo) /* a FIFO subscriber has a FIFO queue for its letters (EB-57) */
        j.key = JOB_NO_KEY;
    j.flags |= JOB_LETTER;
    if (job_recorded(&j))
        record_job(b->e.world, &j, LIFE_DEAD, &b->e)->other = t->letters->index;
    t->letters->room->push->offer(t->letters, &j, 1, &answer);
    bus_count(b, answer.verdict == PUSH_ACCEPTED ? BM_TO_DLQ : BM_NOT_TO_DLQ, 1);
}
