/* sqs_order.c - entries hold their keys, so comparing touches no item; only a move writes the
 * item's place. */
#include "sqs_order.h"

#include "mem.h"

#define CAP_MIN    16
#define CAP_DOUBLE 1024 /* from here on by quarters: room for every message's deadline is part of its 96 bytes */

void order_init(struct order *o, const struct slab *slab, uint32_t place_at)
{
    *o = (struct order){.slab = slab, .place_at = place_at};
}

void order_free(struct order *o)
{
    mem_release(o->entry);
    order_init(o, o->slab, o->place_at);
}

bool order_widen(struct order *o, uint32_t n)
{
    uint32_t cap = o->cap == 0 ? CAP_MIN : o->cap;
    while (cap < n)
        cap += cap < CAP_DOUBLE ? cap : cap / 4;
    struct order_entry *entry = mem_resize(o->entry, cap * sizeof(*entry));
    if (entry == NULL)
        return false;
    o->entry = entry;
    o->cap = cap;
    return true;
}

static void settle(struct order *o, uint32_t place, struct order_entry e)
{
    o->entry[place] = e;
    if (o->slab != NULL)
        *(uint32_t *)((char *)slab_at(o->slab, e.slot) + o->place_at) = place;
}

static bool before(const struct order_entry *a, const struct order_entry *b)
{
    return order_before(a->key, a->seq, b->key, b->seq);
}

static void sift_up(struct order *o, uint32_t place, struct order_entry e)
{
    while (place > 0) {
        uint32_t parent = (place - 1) / 4;
        if (!before(&e, &o->entry[parent]))
            break;
        settle(o, place, o->entry[parent]);
        place = parent;
    }
    settle(o, place, e);
}

static uint32_t least_child(const struct order *o, uint32_t place)
{
    uint32_t first = 4 * place + 1, least = first;
    for (uint32_t i = first + 1; i < first + 4 && i < o->n; i++)
        if (before(&o->entry[i], &o->entry[least]))
            least = i;
    return least;
}

static void sift_down(struct order *o, uint32_t place, struct order_entry e)
{
    while (4 * place + 1 < o->n) {
        uint32_t child = least_child(o, place);
        if (!before(&o->entry[child], &e))
            break;
        settle(o, place, o->entry[child]);
        place = child;
    }
    settle(o, place, e);
}

void order_push(struct order *o, uint64_t key, uint64_t seq, uint32_t slot)
{
    CHECK(o->n < o->cap);
    sift_up(o, o->n++, (struct order_entry){key, seq, slot});
}

void order_remove(struct order *o, uint32_t place)
{
    CHECK(place < o->n);
    struct order_entry last = o->entry[--o->n];
    if (place == o->n)
        return;
    if (place > 0 && before(&last, &o->entry[(place - 1) / 4]))
        sift_up(o, place, last);
    else
        sift_down(o, place, last);
}

void order_rebuild(struct order *o)
{
    for (uint32_t i = o->n; i-- > 0;)
        sift_down(o, i, o->entry[i]);
}
