/* sqs_line.c - a list whose last item has left is free for another length. */
#include "sqs_line.h"

#include <stddef.h>

static struct due *due_of(const struct timeline *t, uint32_t item)
{
    return (struct due *)((char *)slab_at(t->slab, item) + t->due_at);
}

void timeline_init(struct timeline *t, const struct slab *slab, uint32_t due_at)
{
    *t = (struct timeline){.slab = slab, .due_at = due_at, .next = SIM_NEVER};
    order_init(&t->heap, slab, due_at + (uint32_t)offsetof(struct due, next));
}

void timeline_owns(struct timeline *t)
{
    t->owner = true;
    order_init(&t->heap, NULL, 0);
}

void timeline_free(struct timeline *t)
{
    order_free(&t->heap);
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

bool timeline_reserve_heap(struct timeline *t, sim_time length)
{
    return lane_for(t, length) != LINE_IN_HEAP || order_reserve(&t->heap, t->heap.n + 1);
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

static __attribute__((noinline)) void push(struct timeline *t, uint32_t item, struct due *d, uint64_t seq)
{
    if (!t->owner) {
        order_push(&t->heap, (uint64_t)d->at, seq, item);
        return;
    }
    d->next = ++t->stamp;
    order_push_stamped(&t->heap, (uint64_t)d->at, seq, item, d->next);
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

static void find_next(struct timeline *t)
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

static bool is_stale(const struct timeline *t, const struct order_entry *e)
{
    const struct due *d = due_of(t, e->slot);
    return d->lane != LINE_IN_HEAP || d->next != e->stamp;
}

static void drop_stale(struct timeline *t)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < t->heap.n; i++)
        if (!is_stale(t, &t->heap.entry[i]))
            t->heap.entry[kept++] = t->heap.entry[i];
    t->heap.n = kept;
    t->n_stale = 0;
    order_rebuild(&t->heap);
}

/* The top is never stale, so that it tells the next deadline; of the rest no more than three in four
 * are: each round of dropping then costs little for each of those that it drops. */
static __attribute__((noinline)) void pull(struct timeline *t, struct due *d)
{
    if (!t->owner) {
        order_remove(&t->heap, d->next);
        return;
    }
    d->lane = LINE_NOWHERE;
    t->n_stale++;
    if (t->n_stale > 64 && t->n_stale > t->heap.n / 4 * 3)
        drop_stale(t);
    while (t->heap.n > 0 && is_stale(t, &t->heap.entry[0])) {
        order_remove(&t->heap, 0);
        t->n_stale--;
    }
}

void timeline_remove(struct timeline *t, uint32_t item)
{
    struct due *d = due_of(t, item);
    if (d->lane == LINE_IN_HEAP) {
        pull(t, d);
    } else {
        unlink_item(t, &t->lane[d->lane], d);
    }
    if (d->at == t->next)
        find_next(t);
}

uint32_t timeline_first(const struct timeline *t)
{
    if (t->next == SIM_NEVER)
        return SLAB_NONE;
    for (uint32_t i = 0; i < t->n_lane; i++) {
        uint32_t head = t->lane[i].head;
        if (head != SLAB_NONE && due_of(t, head)->at == t->next)
            return head;
    }
    return t->heap.entry[0].slot;
}
