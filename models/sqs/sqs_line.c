/* sqs_line.c - a list whose last item has left is free for another length. */
#include "sqs_line.h"

#include <stddef.h>

void timeline_init(struct timeline *t, const struct slab *slab, uint32_t due_at,
                   uint64_t (*seq)(const struct timeline *, uint32_t item))
{
    *t = (struct timeline){.slab = slab, .due_at = due_at, .next = SIM_NEVER, .seq = seq, .lane[0].length = -1};
    order_init(&t->heap, slab, due_at + (uint32_t)offsetof(struct due, next));
}

void timeline_free(struct timeline *t)
{
    order_free(&t->heap);
    later_free(&t->later);
}

/* The list for this length, an idle one, or LINE_IN_HEAP. */
static uint32_t lane_for(const struct timeline *t, sim_time length)
{
    uint32_t idle = t->n_lane; /* LINES_MAX is LINE_IN_HEAP */
    for (uint32_t i = 0; i < t->n_lane; i++) {
        if (t->lane[i].length == length)
            return i;
        if (t->lane[i].head == SLAB_NONE)
            idle = i;
    }
    return idle;
}

bool timeline_reserve_heap(struct timeline *t, sim_time length, uint32_t n)
{
    return lane_for(t, length) != LINE_IN_HEAP ||
           (later_open(&t->later) && order_reserve(&t->heap, t->heap.n + t->later.n + n));
}

static struct line *lane_open(struct timeline *t, uint32_t lane, sim_time length)
{
    struct line *l = &t->lane[lane];
    if (lane == t->n_lane) {
        t->n_lane++;
        l->head = l->tail = SLAB_NONE;
    }
    l->length = length;
    return l;
}

static void append(struct timeline *t, struct line *l, uint32_t item, struct due *d)
{
    d->next = SLAB_NONE;
    d->prev = l->tail;
    if (l->tail == SLAB_NONE)
        l->head = item;
    else
        due_of(t, l->tail)->next = item;
    l->tail = item;
}

void timeline_near(struct timeline *t, uint32_t item, struct due *d)
{
    d->lane = LINE_IN_HEAP;
    order_push(&t->heap, (uint64_t)d->at, t->seq(t, item), item);
}

/* Whatever is later than the horizon is not in the heap, and the heap is empty only when all is. */
static __attribute__((noinline)) void push(struct timeline *t, uint32_t item, struct due *d, uint64_t seq)
{
    if (t->heap.n == 0)
        t->later.horizon = d->at;
    if (d->at > t->later.horizon) {
        later_put(t, item, d);
        return;
    }
    order_push(&t->heap, (uint64_t)d->at, seq, item);
    if (later_crowded(&t->later, t->heap.n))
        later_recede(t);
}

void timeline_add(struct timeline *t, uint32_t item, sim_time now, sim_time length, uint64_t seq)
{
    struct due *d = due_of(t, item);
    d->at = now + length;
    d->lane = lane_for(t, length);
    if (d->lane == LINE_IN_HEAP)
        push(t, item, d, seq);
    else
        append(t, lane_open(t, d->lane, length), item, d);
    if (d->at < t->next)
        t->next = d->at;
}

void timeline_find_next(struct timeline *t)
{
    t->next = t->heap.n > 0 ? (sim_time)t->heap.entry[0].key : SIM_NEVER;
    for (uint32_t i = 0; i < t->n_lane; i++) {
        uint32_t head = t->lane[i].head;
        if (head != SLAB_NONE && due_of(t, head)->at < t->next)
            t->next = due_of(t, head)->at;
    }
}

static void unlink_item(struct timeline *t, struct line *l, struct due *d)
{
    if (d->prev == SLAB_NONE)
        l->head = d->next;
    else
        due_of(t, d->prev)->next = d->next;
    if (d->next == SLAB_NONE)
        l->tail = d->prev;
    else
        due_of(t, d->next)->prev = d->prev;
}

static __attribute__((noinline)) void pull(struct timeline *t, struct due *d)
{
    if (d->lane >= LINE_LATER) {
        later_cut(t, d);
        return;
    }
    order_remove(&t->heap, d->next);
    if (t->heap.n == 0 && t->later.n > 0)
        later_refill(t);
}

void timeline_remove(struct timeline *t, uint32_t item)
{
    struct due *d = due_of(t, item);
    if (d->lane < LINE_IN_HEAP)
        unlink_item(t, &t->lane[d->lane], d);
    else
        pull(t, d);
    if (d->at == t->next)
        timeline_find_next(t);
}

/* The one with the lower number of two that are due at one instant. */
static uint32_t lower(const struct timeline *t, uint32_t a, uint32_t b)
{
    if (a == SLAB_NONE || b == SLAB_NONE)
        return a == SLAB_NONE ? b : a;
    return t->seq(t, b) < t->seq(t, a) ? b : a;
}

/* Across the lists too: messages whose delays of different lengths end together become available in the order in which
 * they were sent, so each comes last on its shelf, where room for it was not asked for. */
uint32_t timeline_first(const struct timeline *t)
{
    uint32_t first = SLAB_NONE;
    if (t->next == SIM_NEVER)
        return first;
    for (uint32_t i = 0; i < t->n_lane; i++) {
        uint32_t head = t->lane[i].head;
        if (head != SLAB_NONE && due_of(t, head)->at == t->next)
            first = lower(t, first, head);
    }
    if (t->heap.n > 0 && (sim_time)t->heap.entry[0].key == t->next)
        first = lower(t, first, t->heap.entry[0].slot);
    return first;
}
