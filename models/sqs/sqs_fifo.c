/* sqs_fifo.c - groups (section 13).
 *
 * A group's messages stand in a list in the order of sending, in flight or not. What a receive may
 * have of it is the leading run of available ones (SQS-83), so a group is ready exactly when its
 * head is available; deletes and expiries need no rule of their own. Ready groups stand in a heap
 * by the event at which their head became available (SQS-86). */
#include "sqs_parts.h"

#include "mem.h"
#include "sqs_fifo.h"

bool fifo_open(struct sqs *s)
{
    struct fifo *f = mem_get_zero(1, sizeof(*f));
    if (f == NULL)
        return false;
    s->fifo = f;
    slab_init(&f->groups, sizeof(struct group));
    map64_init(&f->by_id);
    ready_init(&f->ready, &f->groups);
    f->edge = f->delay_head = f->delay_tail = NONE;
    dedup_init(&f->dedup);
    group_buckets_init(&f->group_buckets);
    attempts_init(&f->attempts);
    return true;
}

void fifo_close(struct sqs *s)
{
    struct fifo *f = s->fifo;
    if (f == NULL)
        return;
    dedup_close(&f->dedup);
    group_buckets_close(&f->group_buckets);
    attempts_close(&f->attempts);
    ready_close(&f->ready);
    map64_free(&f->by_id);
    slab_free(&f->groups);
    mem_release(f);
}

static bool in_window(const struct sqs *s, const struct message *x)
{
    return s->fifo->edge == NONE || x->seq < msg(s, s->fifo->edge)->seq;
}

static void refresh(struct sqs *s, uint32_t number)
{
    struct fifo *f = s->fifo;
    struct group *g = group_at(f, number);
    const struct message *x = msg(s, g->head);
    if (x->state != WAITING_GROUP || !in_window(s, x)) {
        ready_remove(f, g);
        return;
    }
    ready_put(f, g, number, x->event, x->seq);
}

void fifo_changed(struct sqs *s, uint32_t m, const struct message *x)
{
    uint32_t number = x->group;
    if (group_at(s->fifo, number)->head == m)
        refresh(s, number);
}

bool fifo_ready(const struct sqs *s)
{
    return s->fifo->ready.n > 0;
}

uint32_t fifo_next(const struct sqs *s)
{
    return fifo_ready(s) ? group_at(s->fifo, ready_first(s->fifo))->head : NONE;
}

/* --- members --- */

static uint32_t group_new(struct fifo *f, uint32_t id)
{
    if (!order_reserve(&f->ready.heap, f->groups.n_live + 1))
        return NONE;
    uint32_t number = slab_take(&f->groups);
    if (number == NONE)
        return NONE;
    if (!map64_put(&f->by_id, id, number)) {
        slab_give(&f->groups, number);
        return NONE;
    }
    *group_at(f, number) = (struct group){.head = NONE, .tail = NONE, .id = id};
    return number;
}

static void group_free(struct fifo *f, uint32_t number)
{
    struct group *g = group_at(f, number);
    ready_remove(f, g);
    map64_remove(&f->by_id, g->id);
    slab_give(&f->groups, number);
}

bool fifo_enter(struct sqs *s, uint32_t m)
{
    struct fifo *f = s->fifo;
    struct message *x = msg(s, m);
    uint64_t found;
    uint32_t number =
        map64_get(&f->by_id, x->group, &found) ? (uint32_t)found : group_new(f, x->group);
    if (number == NONE)
        return false;
    struct group *g = group_at(f, number);
    x->group = number;
    x->after = NONE;
    x->before = g->tail;
    if (g->tail == NONE)
        g->head = m;
    else
        msg(s, g->tail)->after = m;
    g->tail = m;
    g->watched += is_watched(s, x);
    return true;
}

/* The first message beyond the scan window moves by one with every message that comes or goes
 * (SQS-72). */
void fifo_aged(struct sqs *s, uint32_t m)
{
    if (s->fifo->edge == NONE && s->visible + s->delayed + s->flying >= s->config.scan_window)
        s->fifo->edge = m;
}

static void edge_forward(struct sqs *s, uint32_t leaving)
{
    struct fifo *f = s->fifo;
    uint32_t edge = f->edge;
    if (edge == NONE || msg(s, leaving)->seq > msg(s, edge)->seq)
        return;
    f->edge = msg(s, edge)->younger;
    if (edge != leaving)
        fifo_changed(s, edge, msg(s, edge));
}

/* Afterwards x->group is the caller's number again. */
void fifo_leave(struct sqs *s, uint32_t m, struct message *x)
{
    struct fifo *f = s->fifo;
    uint32_t number = x->group;
    struct group *g = group_at(f, number);
    edge_forward(s, m);
    if (x->before == NONE)
        g->head = x->after;
    else
        msg(s, x->before)->after = x->after;
    if (x->after == NONE)
        g->tail = x->before;
    else
        msg(s, x->after)->before = x->before;
    x->group = g->id;
    g->watched -= is_watched(s, x);
    if (g->head == NONE)
        group_free(f, number);
    else
        refresh(s, number);
}

void fifo_flying(struct sqs *s, const struct message *x, int by)
{
    struct group *g = group_at(s->fifo, x->group);
    if (g->flying == 0)
        s->fifo->groups_flying++;
    g->flying += (uint32_t)by;
    if (g->flying == 0)
        s->fifo->groups_flying--;
    if (__builtin_expect(g->watched > 0, 0))
        watch_group(s, x, g->id, g->flying, by > 0);
}

uint32_t fifo_groups_flying(const struct sqs *s)
{
    return s->fifo == NULL ? 0 : s->fifo->groups_flying;
}

uint32_t fifo_group_id(const struct sqs *s, uint32_t group)
{
    return s->fifo == NULL ? group : group_at(s->fifo, group)->id;
}

/* --- receiving --- */

/* As much of the group's leading run as fits. */
static bool take_run(struct sqs *s, struct call *c, uint32_t number, uint32_t room,
                     sim_time visibility, struct sqs_batch *batch)
{
    uint32_t m = group_at(s->fifo, number)->head;
    while (m != NONE && batch->n < room) {
        struct message *x = msg(s, m);
        uint32_t after = x->after;
        if (x->state != WAITING_GROUP || !in_window(s, x))
            break;
        if (dlq_due(s, x)) {
            bool last = x->before == NONE && after == NONE;
            dlq_move(s, m);
            if (last)
                return true; /* and the group is no more */
        } else if (!receive_give(s, c, m, x, visibility, batch)) {
            refresh(s, number);
            return false;
        }
        m = after;
    }
    refresh(s, number);
    return true;
}

bool fifo_gather(struct sqs *s, struct call *c, uint32_t room, sim_time visibility,
                 struct sqs_batch *batch)
{
    while (batch->n < room && fifo_ready(s))
        if (!take_run(s, c, ready_first(s->fifo), room, visibility, batch))
            return false;
    return true;
}

/* --- delay --- */

uint32_t fifo_delay_first(const struct sqs *s)
{
    return s->fifo->delay_head;
}

static void delay_next(struct sqs *s)
{
    uint32_t head = s->fifo->delay_head;
    s->delays.next = head == NONE ? SIM_NEVER : msg(s, head)->sent + s->config.delay;
}

void fifo_delay(struct sqs *s, uint32_t m)
{
    struct fifo *f = s->fifo;
    struct message *x = msg(s, m);
    x->next = NONE;
    x->prev = f->delay_tail;
    if (f->delay_tail == NONE)
        f->delay_head = m;
    else
        msg(s, f->delay_tail)->next = m;
    f->delay_tail = m;
    delay_next(s);
}

void fifo_undelay(struct sqs *s, uint32_t m)
{
    struct fifo *f = s->fifo;
    struct message *x = msg(s, m);
    if (x->prev == NONE)
        f->delay_head = x->next;
    else
        msg(s, x->prev)->next = x->next;
    if (x->next == NONE)
        f->delay_tail = x->prev;
    else
        msg(s, x->next)->prev = x->prev;
    delay_next(s);
}

static bool delayed_again(const struct sqs *s, const struct message *x)
{
    return x->state == WAITING_GROUP && x->count == 0 && x->origin == 0 &&
           x->sent + s->config.delay > s->now;
}

/* The delay is retroactive (SQS-34): messages nobody has received yet may be delayed again. The
 * list is made anew. */
void fifo_set_delay(struct sqs *s)
{
    s->fifo->delay_head = s->fifo->delay_tail = NONE;
    for (uint32_t m = s->age.list[0].head; m != NONE; m = msg(s, m)->younger) {
        struct message *x = msg(s, m);
        if (delayed_again(s, x)) {
            set_state(x, DELAYED);
            count_visible(s, x, -1);
            count_delayed(s, x, 1);
            fifo_changed(s, m, x);
        }
        if (x->state == DELAYED)
            fifo_delay(s, m);
    }
    delay_next(s);
}
