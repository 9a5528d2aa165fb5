/* sqs_lease.c - what a message has while it is in flight: a place among the deadlines. Most leases last as long as
 * the queue's visibility timeout and stand in the first list; these are linked here, where the size of an item is
 * known, and all others by sqs_line.c. */
#include "sqs_fair.h"

static uint32_t lease_new(struct sqs *s)
{
    uint32_t l = s->leases.free_head;
    if (l == NONE)
        return slab_take(&s->leases);
    s->leases.free_head = *(const uint32_t *)lease_at(s, l);
    s->leases.n_live++;
    return l;
}

static void append(struct sqs *s, uint32_t l, struct due *d, sim_time at)
{
    struct timeline *t = &s->flights;
    uint32_t last = t->lane[0].tail;
    d->at = at;
    d->next = NONE;
    d->prev = last;
    d->lane = 0;
    *(last == NONE ? &t->lane[0].head : &lease_at(s, last)->due.next) = l;
    t->lane[0].tail = l;
    if (at < t->next) {
        t->next = at;
        s->moved = true;
    }
}

static bool add_elsewhere(struct sqs *s, uint32_t l, sim_time visibility, uint64_t seq)
{
    if (!timeline_reserve(&s->flights, visibility, 1))
        return false;
    timeline_add(&s->flights, l, s->now, visibility, seq);
    s->moved = true;
    return true;
}

static void hold(struct message *x, uint32_t l)
{
    set_state(x, FLYING);
    x->next = l;
}

void lease_give(struct sqs *s, uint32_t l, struct lease *lease, uint32_t m, struct message *x)
{
    lease->due.spare = m;
    lease->start = s->now;
    append(s, l, &lease->due, s->now + s->flights.lane[0].length);
    hold(x, l);
}

static APART bool start_elsewhere(struct sqs *s, uint32_t l, uint32_t m, struct message *x, sim_time visibility)
{
    struct lease *lease = lease_at(s, l);
    lease->due.spare = m; /* first: sqs_line.c may ask for its message */
    lease->start = s->now;
    if (!add_elsewhere(s, l, visibility, x->seq)) {
        slab_give(&s->leases, l);
        return false;
    }
    hold(x, l);
    return true;
}

bool lease_start(struct sqs *s, uint32_t m, struct message *x, sim_time visibility)
{
    uint32_t l = lease_new(s);
    if (l == NONE)
        return false;
    if (s->flights.lane[0].length != visibility)
        return start_elsewhere(s, l, m, x, visibility);
    lease_give(s, l, lease_at(s, l), m, x);
    return true;
}

static void cut(struct sqs *s, const struct due *d)
{
    struct line *first = &s->flights.lane[0];
    *(d->prev == NONE ? &first->head : &lease_at(s, d->prev)->due.next) = d->next;
    *(d->next == NONE ? &first->tail : &lease_at(s, d->next)->due.prev) = d->prev;
}

/* d is out, and was the next one due. */
static void find_next(struct sqs *s)
{
    struct timeline *t = &s->flights;
    uint32_t head = t->lane[0].head;
    if (t->n_lane > 1 || t->heap.n > 0)
        timeline_find_next(t);
    else
        t->next = head == NONE ? SIM_NEVER : lease_at(s, head)->due.at;
    s->moved = true;
}

static APART void take_elsewhere(struct sqs *s, uint32_t l)
{
    timeline_remove(&s->flights, l);
    s->moved = true;
}

struct lease *lease_take(struct sqs *s, const struct message *x)
{
    uint32_t l = x->next;
    struct lease *lease = lease_at(s, l);
    const struct due *d = &lease->due;
    if (__builtin_expect(d->lane != 0, 0)) {
        take_elsewhere(s, l);
    } else {
        cut(s, d);
        if (d->at == s->flights.next)
            find_next(s);
    }
    return lease;
}

void lease_free(struct sqs *s, uint32_t l, struct lease *lease)
{
    slab_give_at(&s->leases, l, lease);
}

void lease_stop(struct sqs *s, const struct message *x)
{
    lease_free(s, x->next, lease_take(s, x));
}

static void count_flying(struct sqs *s, const struct message *x, int by)
{
    if (__builtin_expect(s->fair != NULL, 0))
        fair_flying(s, x, by);
    s->flying += (uint32_t)by;
    if (is_fifo(s))
        fifo_flying(s, x, by);
    else
        shelf_of(s, x)->n_out += (uint32_t)by;
}

bool lease_begin(struct sqs *s, uint32_t m, struct message *x, sim_time visibility)
{
    if (!lease_start(s, m, x, visibility))
        return false;
    count_flying(s, x, 1);
    return true;
}

bool lease_again(struct sqs *s, uint32_t m, sim_time visibility)
{
    uint32_t l = msg(s, m)->next;
    if (!timeline_reserve(&s->flights, visibility, 1))
        return false;
    timeline_remove(&s->flights, l);
    timeline_add(&s->flights, l, s->now, visibility, msg(s, m)->seq);
    return true;
}

void lease_end(struct sqs *s, struct message *x)
{
    lease_stop(s, x);
    count_flying(s, x, -1);
}
