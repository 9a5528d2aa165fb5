/* sqs_shelf.c - order without sorting: an item joins the first list that it does not break; the
 * heap takes the rest. */
#include "sqs_fair.h"

#include <stddef.h>

void shelf_init(struct shelf *f, const struct slab *messages)
{
    *f = (struct shelf){.head = {NONE, NONE}, .tail = {NONE, NONE}};
    order_init(&f->heap, messages, (uint32_t)offsetof(struct message, next));
}

static bool follows(const struct sqs *s, uint32_t tail, const struct message *x)
{
    if (tail == NONE)
        return true;
    const struct message *t = msg(s, tail);
    return order_before((uint64_t)t->key, t->seq, (uint64_t)x->key, x->seq);
}

static void append(struct sqs *s, struct shelf *f, int list, uint32_t m, struct message *x)
{
    set_state(x, list == 0 ? WAITING_FRONT : WAITING_BACK);
    x->next = NONE;
    x->prev = f->tail[list];
    if (x->prev == NONE)
        f->head[list] = m;
    else
        msg(s, x->prev)->next = m;
    f->tail[list] = m;
}

void shelf_put(struct sqs *s, uint32_t m, struct message *x)
{
    struct shelf *f = shelf_of(s, x);
    if (follows(s, f->tail[0], x)) {
        append(s, f, 0, m, x);
    } else if (follows(s, f->tail[1], x)) {
        append(s, f, 1, m, x);
    } else {
        set_state(x, WAITING_HEAP);
        order_push(&f->heap, (uint64_t)x->key, x->seq, m);
    }
    if (is_tenants(s, x))
        fair_changed(s, x);
}

static void cut(struct sqs *s, struct shelf *f, struct message *x)
{
    int list = x->state == WAITING_BACK;
    if (x->prev == NONE)
        f->head[list] = x->next;
    else
        msg(s, x->prev)->next = x->next;
    if (x->next == NONE)
        f->tail[list] = x->prev;
    else
        msg(s, x->next)->prev = x->prev;
}

void shelf_remove(struct sqs *s, struct message *x)
{
    struct shelf *f = shelf_of(s, x);
    if (x->state == WAITING_HEAP)
        order_remove(&f->heap, x->next);
    else
        cut(s, f, x);
    if (is_tenants(s, x))
        fair_changed(s, x);
}

uint32_t message_earlier(const struct sqs *s, uint32_t a, uint32_t b)
{
    if (a == NONE || b == NONE)
        return a == NONE ? b : a;
    const struct message *x = msg(s, a), *y = msg(s, b);
    return order_before((uint64_t)x->key, x->seq, (uint64_t)y->key, y->seq) ? a : b;
}

static APART uint32_t best_of_all(const struct sqs *s, const struct shelf *f)
{
    uint32_t best = message_earlier(s, f->head[0], f->head[1]);
    return f->heap.n == 0 ? best : message_earlier(s, best, f->heap.entry[0].slot);
}

uint32_t shelf_best(const struct sqs *s, const struct shelf *f)
{
    if (__builtin_expect(f->head[1] != NONE, 0) || __builtin_expect(f->heap.n > 0, 0))
        return best_of_all(s, f);
    return f->head[0];
}
