/* sqs_actor_admin.c - what an operator does at times that the scenario gives: redrives a dead-letter
 * queue (StartMessageMoveTask, section 18), purges a queue (SQS-12).
 *
 * A move task takes what is there when it starts; message k leaves at the start + k / rate and
 * becomes a new message elsewhere. */
#include "check_codes.h"
#include "sqs_job.h"
#include "sqs_keys.h"

#define TASK_TIME_MAX (36 * SIM_H) /* SQS-119 */
#define PURGE_APART   (60 * SIM_S) /* SQS-12 */

enum { TRACE_REDRIVEN = 30, TRACE_PURGE, TRACE_TASK };

struct redrive {
    struct queue *queue, *to; /* to: NULL: where each came from */
    struct sim_timer timer;
    struct rate rate;
    sim_time started;
    uint64_t moved, total;
};
struct purge {
    struct queue *queue;
    struct sim_timer timer;
};

/* --- redrive --- */

static void end_task(struct redrive *r)
{
    r->queue->running = NULL;
    entity_trace(&r->queue->e, TRACE_TASK, r->moved);
}

/* Queues are numbered as entities are, from 1. */
static struct queue *destination(const struct redrive *r, const struct sqs_letter *l)
{
    if (r->to != NULL)
        return r->to;
    return l->source == 0 ? NULL : queue_of(r->queue->e.world->entity[l->source - 1]);
}

/* A dead letter that nobody reads is no live copy; it is one again, or rests in the next queue. */
static uint64_t revived(struct queue *to, uint64_t user)
{
    struct world *w = to->e.world;
    if (job_parked(user) && !to->parks)
        request_unpark(w, job_request(user));
    else if (!job_parked(user) && to->parks)
        request_park(w, job_request(user));
    return to->parks ? user | JOB_PARKED : user & ~JOB_PARKED;
}

/* A redriven message is a new one: id, age, receive count (SQS-121). */
static void send_anew(struct queue *from, struct queue *to, const struct sqs_letter *l)
{
    struct sqs_sent sent;
    struct sqs_send send = {
        .user = revived(to, l->user),
        .dedup = sqs_config(to->core)->fifo ? SQS_UNIQUE : SQS_NO_DEDUP_ID,
        .size = l->size,
        .group = l->group,
        .delay = SQS_DEFAULT,
    };
    struct job job = {.request = job_request(send.user),
                      .size = l->size,
                      .key = l->group,
                      .attempt = job_attempt(send.user),
                      .flags = job_flags(send.user)};
    if (job_recorded(&job))
        life_message(from, l->user, LIFE_REDRIVEN)->other = to->e.index;
    if (sqs_send(to->core, queue_begin(to), &send, &sent) != SQS_OK) {
        to->e.world->failed = true; /* memory: the trial is void */
        return;
    }
    queue_enters(to, world_now(to->e.world));
    queue_numbered(to, send.user);
    if (job_recorded(&job))
        life_sent(to, &job);
    queue_count(to, QM_SENT, 1);
    obs_tally_add(&to->size, world_now(to->e.world), l->size);
}

/* false: the task is over. */
static bool move_one(struct redrive *r)
{
    struct queue *q = r->queue;
    struct sqs_letter letter;
    struct world *w = q->e.world;
    if (world_now(w) - r->started >= TASK_TIME_MAX || r->moved == r->total ||
        !sqs_peek(q->core, queue_begin(q), &letter))
        return false;
    struct queue *to = destination(r, &letter);
    if (to == NULL || letter.size > sqs_config(to->core)->max_message) {
        queue_count(q, QM_REFUSED, 1);
        return false;
    }
    sqs_take(q->core, queue_begin(q), &letter);
    queue_leaves(q, world_now(w));
    queue_count(q, QM_REDRIVEN, 1);
    entity_trace(&q->e, TRACE_REDRIVEN,
                 request_item(request_at(&w->requests, job_request(letter.user))));
    send_anew(q, to, &letter);
    r->moved++;
    queue_end(to);
    return r->moved < r->total;
}

static void on_move(struct sim *sim, struct sim_timer *t)
{
    struct redrive *r = CONTAINER_OF(t, struct redrive, timer);
    if (!move_one(r)) {
        end_task(r);
        queue_end(r->queue);
        return;
    }
    queue_end(r->queue);
    int128 after = (int128)r->moved * r->rate.ns / r->rate.events;
    sim_at(sim, t, r->started + (sim_time)after);
}

static void on_start(struct sim *sim, struct sim_timer *t)
{
    struct redrive *r = CONTAINER_OF(t, struct redrive, timer);
    struct queue *q = r->queue;
    struct sqs_gauges g;
    queue_settle(q);
    sqs_gauges(q->core, sim_now(sim), &g);
    if (q->running != NULL || q->fault.active & FAULT_DOWN) { /* SQS-119: one at a time */
        queue_count(q, QM_REFUSED, 1);
        queue_end(q);
        return;
    }
    q->running = r;
    r->started = sim_now(sim);
    r->total = g.visible;
    sim_timer_init(t, SIM_MESSAGE, on_move);
    on_move(sim, t);
}

/* --- purge --- */

static void on_purge(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    struct queue *q = CONTAINER_OF(t, struct purge, timer)->queue;
    entity_trace(&q->e, TRACE_PURGE, q->n_message);
    if (q->fault.active & FAULT_DOWN)
        queue_count(q, QM_REFUSED, 1);
    else
        sqs_purge(q->core, queue_begin(q));
    queue_end(q);
}

/* --- from the scenario --- */

bool queue_admin_make(struct queue *q)
{
    const struct value *redrive = spec_value(q->e.spec, QUEUE_REDRIVE),
                       *purge = spec_value(q->e.spec, QUEUE_PURGE);
    struct arena *a = &q->e.world->arena;
    q->n_redrive = redrive->absent ? 0 : redrive->list.n;
    q->n_purge = purge->absent ? 0 : purge->list.n;
    q->redrive = arena_get(a, (q->n_redrive + 1) * sizeof(*q->redrive));
    q->purge = arena_get(a, (q->n_purge + 1) * sizeof(*q->purge));
    return q->redrive != NULL && q->purge != NULL;
}

void queue_admin_wire(struct queue *q)
{
    const struct value *list = spec_value(q->e.spec, QUEUE_REDRIVE);
    for (uint32_t i = 0; i < q->n_redrive; i++) {
        const struct value *group = &list->list.item[i], *to = value_field(group, REDRIVE_TO);
        struct entity *target = to->absent ? NULL : world_entity(q->e.world, to->ref);
        q->redrive[i].queue = q;
        q->redrive[i].to = target == NULL ? NULL : queue_of(target);
        q->redrive[i].rate = value_field(group, REDRIVE_RATE)->rate;
    }
    for (uint32_t i = 0; i < q->n_purge; i++)
        q->purge[i].queue = q;
}

void queue_admin_start(struct queue *q)
{
    struct sim *sim = q->e.world->sim;
    const struct value *redrive = spec_value(q->e.spec, QUEUE_REDRIVE),
                       *purge = spec_value(q->e.spec, QUEUE_PURGE);
    for (uint32_t i = 0; i < q->n_redrive; i++) {
        sim_timer_init(&q->redrive[i].timer, SIM_MESSAGE, on_start);
        sim_at(sim, &q->redrive[i].timer, value_field(&redrive->list.item[i], REDRIVE_AT)->i);
    }
    for (uint32_t i = 0; i < q->n_purge; i++) {
        sim_timer_init(&q->purge[i].timer, SIM_MESSAGE, on_purge);
        sim_at(sim, &q->purge[i].timer, purge->list.item[i].i);
    }
}

static bool is_dead_letter_queue(const struct spec *spec, const struct spec_entity *e)
{
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct value *v = spec_named(&spec->entity[i], "dead_letter");
        if (v != NULL && v->list.n > 0 && value_field(v, DEAD_LETTER_QUEUE)->ref == e)
            return true;
    }
    return false;
}

static void check_redrive(const struct spec *spec, const struct spec_entity *e,
                          const struct value *group, struct problems *p)
{
    const struct value *to = value_field(group, REDRIVE_TO);
    if (!is_dead_letter_queue(spec, e))
        problem_add(p, SEVERITY_ERROR, CHECK_MOVES, &group->place,
                    "%s has dead letters of no queue: there is nothing to redrive (SQS-117)",
                    e->path);
    if (to->absent || to->ref == NULL)
        return;
    if (to->ref == e || spec_int(to->ref, QUEUE_TYPE) != spec_int(e, QUEUE_TYPE))
        problem_add(p, SEVERITY_ERROR, CHECK_MOVES, &to->place,
                    "messages of %s go to another queue of the same type (SQS-109), not to %s",
                    e->path, to->ref->path);
}

void queue_admin_check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *redrive = spec_value(e, QUEUE_REDRIVE),
                       *purge = spec_value(e, QUEUE_PURGE);
    for (uint32_t i = 0; !redrive->absent && i < redrive->list.n; i++)
        check_redrive(spec, e, &redrive->list.item[i], p);
    for (uint32_t i = 1; !purge->absent && i < purge->list.n; i++)
        if (purge->list.item[i].i - purge->list.item[i - 1].i < PURGE_APART)
            problem_add(p, SEVERITY_ERROR, CHECK_MOVES, &purge->list.item[i].place,
                        "%s: a purge within a minute of the one before is refused (SQS-12)",
                        e->path);
}
