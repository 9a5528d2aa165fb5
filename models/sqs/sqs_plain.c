/* sqs_plain.c - the way of the many. Most queues of a run are standard queues in the ideal profile: one shard,
 * nothing left to chance, no tenants. A message's life there is written out once more, without the questions whose
 * answers are known: what it does to the queue is what sqs_send.c, sqs_receive.c and sqs_standard.c would do, and a
 * queue may change over at any time (a first tenant makes it do so). The naive queue of the tests plays against
 * this way and against the other. */
#include "sqs_parts.h"

bool plain_is(const struct sqs *s)
{
    const struct sqs_config *k = &s->config;
    return !k->fifo && k->shards == 1 && k->reorder_window <= 1 && k->dup_in_flight <= 0 && k->dup_after_delete <= 0 &&
           k->response_lost <= 0 && s->fair == NULL;
}

/* Sent now: nothing here is younger … */
void plain_come(struct sqs *s, uint32_t m, struct message *x)
{
    struct age_list *l = &s->age.list[0];
    x->key = l->latest = s->now;
    x->younger = NONE;
    x->older = l->tail;
    *(x->older == NONE ? &l->head : &msg(s, x->older)->younger) = m;
    l->tail = m;
    if (s->now < s->age.oldest) {
        s->age.oldest = s->now;
        s->moved = true;
    }
}

/* … and nothing available comes later in the order. */
void plain_shelve(struct sqs *s, uint32_t m, struct message *x)
{
    struct shelf *f = &s->shelf[0];
    x->next = NONE;
    x->prev = f->tail[0];
    set_state(x, WAITING_FRONT);
    *(x->prev == NONE ? &f->head[0] : &msg(s, x->prev)->next) = m;
    f->tail[0] = m;
    s->visible++;
}

/* The best of a list is its head. */
static void take_head(struct sqs *s, struct shelf *f, int list, const struct message *x)
{
    f->head[list] = x->next;
    *(x->next == NONE ? &f->tail[list] : &msg(s, x->next)->prev) = NONE;
}

void plain_take(struct sqs *s, struct message *x)
{
    struct shelf *f = &s->shelf[0];
    if (x->state == WAITING_FRONT)
        take_head(s, f, 0, x);
    else if (x->state == WAITING_BACK)
        take_head(s, f, 1, x);
    else
        order_remove(&f->heap, x->next);
}

/* Its first receive anywhere: what sqs_receive.c's count_receive and receive_fill come to. */
void plain_show(struct sqs *s, uint32_t m, struct message *x, struct sqs_got *got)
{
    uint64_t ms = (uint64_t)s->now / SIM_MS, seq = x->seq;
    x->first_ms = (uint32_t)ms;
    x->count = 1;
    s->counts.received++;
    got->handle.a = m | UINT64_C(1) << 32;
    got->handle.b = seq | (uint64_t)s->config.queue << 40;
    got->user = x->user;
    got->sequence = seq;
    got->sent = x->sent;
    got->first_ms = (int64_t)ms;
    got->size = x->size;
    got->group = x->group;
    got->receives = 1;
    got->source = 0;
}

static APART void show_again(struct sqs *s, uint32_t m, struct message *x, struct sqs_got *got)
{
    count_receive(s, m, x);
    receive_fill(s, m, x, got);
}

static bool give(struct sqs *s, uint32_t m, struct message *x, sim_time visibility, struct sqs_got *got)
{
    struct shelf *f = &s->shelf[0];
    bool first = plain_is_new(x);
    if (!shelf_reserve(f) || (!first && !age_reserve(s)))
        return false;
    plain_take(s, x);
    if (visibility == 0) {
        set_state(x, HELD);
    } else if (lease_start(s, m, x, visibility)) {
        s->flying++;
        f->n_out++;
    } else {
        shelf_put(s, m, x);
        return false;
    }
    s->visible--;
    if (first)
        plain_show(s, m, x, got);
    else
        show_again(s, m, x, got);
    return true;
}

static bool gather(struct sqs *s, uint32_t room, sim_time visibility, struct sqs_batch *batch)
{
    while (batch->n < room) {
        uint32_t m = shelf_best(s, &s->shelf[0]);
        if (m == NONE)
            return true;
        struct message *x = msg(s, m);
        if (dlq_due(s, x))
            dlq_move(s, m);
        else if (give(s, m, x, visibility, &batch->got[batch->n]))
            batch->n++;
        else
            return false;
    }
    look_ahead(s, batch);
    return true;
}

enum sqs_outcome plain_receive(struct sqs *s, uint32_t max, sim_time visibility, struct sqs_batch *batch)
{
    if (s->flying >= s->config.in_flight_limit)
        return SQS_OVER_LIMIT;
    uint32_t free = s->config.in_flight_limit - s->flying;
    bool ok = gather(s, free < max ? free : max, visibility, batch);
    s->failed |= !ok;
    if (batch->n == 0)
        return ok ? SQS_OK : SQS_NO_MEMORY;
    if (visibility == 0)
        release_held(s, batch);
    return SQS_OK;
}

/* Never moved here, received less than three times: in its place in the list of ages. */
static void leave_ages(struct sqs *s, const struct message *x)
{
    struct age_list *l = &s->age.list[0];
    *(x->older == NONE ? &l->head : &msg(s, x->older)->younger) = x->younger;
    *(x->younger == NONE ? &l->tail : &msg(s, x->younger)->older) = x->older;
    if (l->head == NONE)
        l->latest = INT64_MIN;
    if (x->sent == s->age.oldest) {
        age_find_oldest(s);
        s->moved = true;
    }
}

void plain_leave(struct sqs *s, struct message *x)
{
    if (x->flags & (STRAY | POISON)) {
        age_remove(s, x);
        s->moved = true;
    } else {
        leave_ages(s, x);
    }
}

void plain_remove(struct sqs *s, struct message *x)
{
    lease_stop(s, x);
    s->flying--;
    s->shelf[0].n_out--;
    plain_leave(s, x);
}
