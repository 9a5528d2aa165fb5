/* sqs_actor_life.c - the lives of recorded messages in a queue.
 *
 * Most of it is told by the calls themselves. What a recorded message of a FIFO queue waits for is
 * not: its group stands still while others of the group are in flight. The core tells when one goes
 * and when one is back; from that the longest standstill is found, and who caused it. */
#include "map64.h"
#include "sqs_job.h"

#define NOBODY SLAB_NONE

struct culprit {
    uint64_t item;
    uint32_t producer;
};
struct wait { /* of one recorded message, from sending to its first receive */
    uint64_t user;
    uint32_t group, next; /* next: of the same group */
    bool live;
    uint64_t before;        /* messages of its group that went first */
    sim_time since;         /* the group has stood still since; SIM_NEVER: it does not */
    sim_time longest;       /* standstill so far */
    struct culprit present, worst; /* who causes it; who caused the longest */
};
struct behind {
    struct slab waits;
    struct map64 by_group; /* to the newest */
};

/* --- messages --- */

struct life_event *life_message(struct queue *q, uint64_t user, enum life_what what)
{
    struct life_event *e = record_add(q->e.world, job_request(user), what, &q->e);
    e->attempt = job_attempt(user);
    return e;
}

void queue_found(struct queue *q, uint64_t user)
{
    struct world *w = q->e.world;
    if (w->quest.where != &q->e)
        return;
    const struct request *r = request_at(&w->requests, job_request(user));
    w->quest.producer = w->requests.source[r->source]->maker->index;
    w->quest.item = request_item(r);
    w->quest.attempt = job_attempt(user);
    w->quest.found = 1;
}

void life_received(struct queue *q, const struct pull_ask *a, const struct sqs_got *got)
{
    sim_time visibility =
        a->visibility == PULL_DEFAULT ? sqs_config(q->core)->visibility : a->visibility;
    struct life_event *e = life_message(q, got->user, LIFE_RECEIVED);
    e->receives = got->receives;
    e->until = e->at + visibility;
    e->other = a->asker->index;
    e->worker = a->who;
}

/* --- groups --- */

static struct wait *wait_at(const struct behind *b, uint32_t number)
{
    return slab_at(&b->waits, number);
}

static struct behind *behind_of(struct queue *q)
{
    if (q->behind != NULL)
        return q->behind;
    q->behind = arena_get(&q->e.world->arena, sizeof(*q->behind));
    if (q->behind != NULL) {
        slab_init(&q->behind->waits, sizeof(struct wait));
        map64_init(&q->behind->by_group);
    }
    return q->behind;
}

static void blame(struct queue *q, struct wait *x, uint64_t user)
{
    struct world *w = q->e.world;
    const struct request *r = request_at(&w->requests, job_request(user));
    x->present = (struct culprit){request_item(r), w->requests.source[r->source]->maker->index};
}

static void join(struct queue *q, uint64_t user, uint32_t group)
{
    struct behind *b = behind_of(q);
    uint32_t number = b == NULL ? NOBODY : slab_take(&b->waits);
    uint64_t next = NOBODY, front;
    if (number == NOBODY) {
        q->e.world->failed = true;
        return;
    }
    map64_get(&b->by_group, group, &next);
    struct wait *x = wait_at(b, number);
    *x = (struct wait){.user = user,
                       .group = group,
                       .next = (uint32_t)next,
                       .live = true,
                       .since = SIM_NEVER};
    if (sqs_group_front(q->core, group, &front) > 0) {
        x->since = world_now(q->e.world);
        blame(q, x, front);
    }
    if (!map64_put(&b->by_group, group, number))
        q->e.world->failed = true;
}

void life_sent(struct queue *q, const struct job *j)
{
    const struct sqs_config *c = sqs_config(q->core);
    struct life_event *e = record_job(q->e.world, j, LIFE_SENT, &q->e);
    e->message = (uint32_t)q->n_message;
    e->group = j->key;
    if (c->delay > 0)
        e->until = e->at + c->delay;
    if (c->fifo)
        join(q, job_pack(j), j->key);
}

static void still_over(struct wait *x, sim_time now)
{
    if (x->since == SIM_NEVER)
        return;
    if (now - x->since > x->longest) {
        x->longest = now - x->since;
        x->worst = x->present;
    }
    x->since = SIM_NEVER;
}

/* The wait is over; what there is to tell of it. */
static void tell_wait(struct queue *q, struct wait *x)
{
    sim_time now = world_now(q->e.world);
    still_over(x, now);
    if (x->before == 0 && x->longest == 0)
        return;
    struct life_event *e = life_message(q, x->user, LIFE_BEHIND);
    e->value = (int64_t)x->before;
    e->group = x->group;
    if (x->longest == 0)
        return;
    e->until = x->longest;
    e->cause = x->worst.item;
    e->cause_producer = x->worst.producer;
}

static void drop_wait(struct behind *b, uint32_t number)
{
    struct wait *x = wait_at(b, number);
    uint64_t first = NOBODY;
    map64_get(&b->by_group, x->group, &first);
    if (first == number && x->next == NOBODY) {
        map64_remove(&b->by_group, x->group);
    } else if (first == number) {
        map64_put(&b->by_group, x->group, x->next); /* replaces: nothing is allocated */
    } else {
        uint32_t at = (uint32_t)first;
        while (wait_at(b, at)->next != number)
            at = wait_at(b, at)->next;
        wait_at(b, at)->next = x->next;
    }
    x->live = false;
    slab_give(&b->waits, number);
}

/* It goes, or is gone: it waits no more. */
static void leave_group(struct queue *q, uint64_t user, uint32_t group, bool told)
{
    uint64_t at = NOBODY;
    if (q->behind == NULL || !map64_get(&q->behind->by_group, group, &at))
        return;
    while (at != NOBODY && wait_at(q->behind, (uint32_t)at)->user != user)
        at = wait_at(q->behind, (uint32_t)at)->next;
    if (at == NOBODY)
        return;
    if (told)
        tell_wait(q, wait_at(q->behind, (uint32_t)at));
    drop_wait(q->behind, (uint32_t)at);
}

static void group_changed(struct queue *q, uint32_t group, uint64_t user, uint32_t flying, bool went)
{
    sim_time now = world_now(q->e.world);
    uint64_t at = NOBODY;
    if (went && user_recorded(user))
        leave_group(q, user, group, true);
    if (q->behind == NULL || !map64_get(&q->behind->by_group, group, &at))
        return;
    for (uint32_t i = (uint32_t)at; i != NOBODY; i = wait_at(q->behind, i)->next) {
        struct wait *x = wait_at(q->behind, i);
        x->before += went;
        if (went && x->since == SIM_NEVER) {
            x->since = now;
            blame(q, x, user);
        } else if (!went && flying == 0) {
            still_over(x, now);
        }
    }
}

/* --- effects --- */

void life_effect(struct queue *q, const struct effect *fx)
{
    static const enum life_what what[SQS_FX_KINDS] = {
        [SQS_FX_EXPIRED] = LIFE_RETIRED,
        [SQS_FX_PURGED] = LIFE_PURGED,
        [SQS_FX_SHOWN] = LIFE_SHOWN,
        [SQS_FX_UNSEEN] = LIFE_UNSEEN,
    };
    const struct request *r = request_at(&q->e.world->requests, job_request(fx->b));
    if (fx->kind == SQS_FX_GROUP) {
        group_changed(q, (uint32_t)(fx->c >> 1), fx->b, fx->a, fx->c & 1);
        return;
    }
    if (fx->kind != SQS_FX_SHOWN && fx->kind != SQS_FX_UNSEEN)
        leave_group(q, fx->b, r->key, false);
    if (what[fx->kind] == 0)
        return;
    struct life_event *e = life_message(q, fx->b, what[fx->kind]);
    if (fx->kind == SQS_FX_SHOWN || fx->kind == SQS_FX_UNSEEN)
        e->receives = fx->a;
    if (fx->kind == SQS_FX_EXPIRED)
        e->value = (int64_t)fx->c;
}

/* The run is over, and some wait still. */
void life_finish(struct queue *q)
{
    for (uint32_t i = 0; q->behind != NULL && i < q->behind->waits.n_touched; i++)
        if (wait_at(q->behind, i)->live)
            tell_wait(q, wait_at(q->behind, i));
}

void life_close(struct queue *q)
{
    if (q->behind == NULL)
        return;
    slab_free(&q->behind->waits);
    map64_free(&q->behind->by_group);
}
