/* fh_lot.c - lots: their numbers, the queues they stand in, and the heap of those that wait for a time. The heap has room for
 * every lot from the time it is made. */
#include "fh_int.h"

#include "mem.h"

/* --- the heap --- */

static bool before(const struct firehose *f, uint32_t a, uint32_t b)
{
    const struct fh_lot *x = lot_at(f, a), *y = lot_at(f, b);
    return x->due != y->due ? x->due < y->due : x->seq < y->seq;
}

static void put_at(struct firehose *f, uint32_t place, uint32_t lot)
{
    f->heap[place] = lot;
    lot_at(f, lot)->place = place;
}

static void up(struct firehose *f, uint32_t place, uint32_t lot)
{
    while (place > 0 && before(f, lot, f->heap[(place - 1) / 2])) {
        put_at(f, place, f->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put_at(f, place, lot);
}

static void down(struct firehose *f, uint32_t place, uint32_t lot)
{
    for (uint32_t child; (child = 2 * place + 1) < f->n_heap; place = child) {
        if (child + 1 < f->n_heap && before(f, f->heap[child + 1], f->heap[child]))
            child++;
        if (!before(f, f->heap[child], lot))
            break;
        put_at(f, place, f->heap[child]);
    }
    put_at(f, place, lot);
}

static void take_out(struct firehose *f, uint32_t lot)
{
    uint32_t place = lot_at(f, lot)->place, last;
    if (place == FH_NONE)
        return;
    lot_at(f, lot)->place = FH_NONE;
    last = f->heap[--f->n_heap];
    if (last == lot)
        return;
    if (place > 0 && before(f, last, f->heap[(place - 1) / 2]))
        up(f, place, last);
    else
        down(f, place, last);
}

void fh_lot_due(struct firehose *f, uint32_t lot, sim_time due)
{
    struct fh_lot *x = lot_at(f, lot);
    take_out(f, lot);
    if (due == SIM_NEVER)
        return;
    x->due = due;
    x->seq = f->seq++;
    up(f, f->n_heap++, lot);
}

/* --- queues --- */

void fh_queue_init(struct fh_queue *q)
{
    *q = (struct fh_queue){.head = FH_NONE, .tail = FH_NONE};
}

void fh_queue_add(struct firehose *f, struct fh_queue *q, uint32_t lot)
{
    struct fh_lot *x = lot_at(f, lot);
    x->next = FH_NONE;
    x->prev = q->tail;
    if (q->tail == FH_NONE)
        q->head = lot;
    else
        lot_at(f, q->tail)->next = lot;
    q->tail = lot;
    q->n++;
}

void fh_queue_remove(struct firehose *f, struct fh_queue *q, uint32_t lot)
{
    struct fh_lot *x = lot_at(f, lot);
    if (x->prev == FH_NONE)
        q->head = x->next;
    else
        lot_at(f, x->prev)->next = x->next;
    if (x->next == FH_NONE)
        q->tail = x->prev;
    else
        lot_at(f, x->next)->prev = x->prev;
    x->next = x->prev = FH_NONE;
    q->n--;
}

/* --- lots --- */

static bool heap_room(struct firehose *f)
{
    if (f->lots.n_touched < f->cap_heap || f->lots.n_live < f->lots.n_touched)
        return true;
    uint32_t cap = f->cap_heap == 0 ? 64 : f->cap_heap * 2;
    uint32_t *more = mem_resize(f->heap, cap * sizeof(*more));
    if (more == NULL)
        return false;
    f->heap = more;
    f->cap_heap = cap;
    return true;
}

uint32_t fh_lot_new(struct firehose *f, enum fh_role role, sim_time now)
{
    uint32_t lot = heap_room(f) ? slab_take(&f->lots) : SLAB_NONE;
    if (lot == SLAB_NONE) {
        f->failed = true;
        return FH_NONE;
    }
    struct fh_lot *x = lot_at(f, lot);
    *x = (struct fh_lot){.serial = f->serial++,
                         .place = FH_NONE,
                         .next = FH_NONE,
                         .prev = FH_NONE,
                         .line = FH_NONE,
                         .key = FH_NONE,
                         .state = LOT_GATHERS,
                         .role = (uint8_t)role,
                         .began = now,
                         .retry_at = SIM_NEVER,
                         .window_end = SIM_NEVER};
    fh_list_init(&x->list);
    return lot;
}

void fh_lot_free(struct firehose *f, uint32_t lot)
{
    struct fh_lot *x = lot_at(f, lot);
    fh_lot_due(f, lot, SIM_NEVER);
    fh_list_free(f, &x->list);
    x->state = LOT_FREE;
    slab_give(&f->lots, lot);
}

void fh_lot_end(struct firehose *f, uint32_t lot, enum fh_end end)
{
    struct fh_lot *x = lot_at(f, lot);
    fh_lot_due(f, lot, SIM_NEVER);
    x->state = LOT_ENDED;
    x->end = (uint8_t)end;
    f->counts.ended[end] += x->list.n;
    f->counts.ended_bytes[end] += x->list.bytes;
    f->inside -= x->list.n;
    fh_queue_add(f, &f->ended, lot);
}
