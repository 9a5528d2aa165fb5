/* sqs_ready.c - groups that can be received from, best first, without sorting. */
#include "sqs_fifo.h"

#include <stddef.h>

void ready_init(struct ready *r, const struct slab *groups)
{
    r->head = r->tail = NONE;
    r->n = 0;
    order_init(&r->heap, groups, (uint32_t)offsetof(struct group, place));
}

void ready_close(struct ready *r)
{
    order_free(&r->heap);
}

static bool follows(const struct fifo *f, const struct group *g)
{
    if (f->ready.tail == NONE)
        return true;
    const struct group *t = group_at(f, f->ready.tail);
    return order_before(t->event, t->seq, g->event, g->seq);
}

static void append(struct fifo *f, struct group *g, uint32_t number)
{
    struct ready *r = &f->ready;
    g->ready = READY_LIST;
    g->place = NONE;
    g->prev = r->tail;
    *(r->tail == NONE ? &r->head : &group_at(f, r->tail)->place) = number;
    r->tail = number;
}

void ready_remove(struct fifo *f, struct group *g)
{
    struct ready *r = &f->ready;
    if (g->ready == CLOSED)
        return;
    r->n--;
    if (g->ready == READY_HEAP) {
        order_remove(&r->heap, g->place);
    } else {
        *(g->prev == NONE ? &r->head : &group_at(f, g->prev)->place) = g->place;
        *(g->place == NONE ? &r->tail : &group_at(f, g->place)->prev) = g->prev;
    }
    g->ready = CLOSED;
}

void ready_put(struct fifo *f, struct group *g, uint32_t number, uint64_t event, uint64_t seq)
{
    if (g->ready != CLOSED && g->event == event && g->seq == seq)
        return;
    ready_remove(f, g);
    f->ready.n++;
    g->event = event;
    g->seq = seq;
    if (follows(f, g)) {
        append(f, g, number);
        return;
    }
    g->ready = READY_HEAP;
    order_push(&f->ready.heap, event, seq, number);
}

uint32_t ready_first(const struct fifo *f)
{
    const struct ready *r = &f->ready;
    if (r->heap.n == 0)
        return r->head;
    const struct order_entry *top = &r->heap.entry[0];
    if (r->head == NONE)
        return top->slot;
    const struct group *g = group_at(f, r->head);
    return order_before(g->event, g->seq, top->key, top->seq) ? r->head : top->slot;
}
