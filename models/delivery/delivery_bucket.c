/* delivery_bucket.c - attempts per second: a bucket that holds one second's tokens, and who waits for one, in order. Credit is
 * counted in billionths of a token, so that a rate and a time in nanoseconds multiply exactly. */
#include "delivery_int.h"
#include "mem.h"

#define TOKEN INT64_C(1000000000)

void bucket_give(struct delivery *d, uint32_t bucket)
{
    d->bucket[bucket].last = d->free_bucket;
    d->free_bucket = bucket;
}

uint32_t bucket_open(struct delivery *d, uint32_t rate)
{
    uint32_t old = d->free_bucket;
    if (old != NONE) {
        struct bucket *b = &d->bucket[old]; /* the heap may still hold its old time: a turn with nobody waiting */
        d->free_bucket = b->last;
        *b = (struct bucket){rate, NONE, NONE, b->timed, d->now, rate * TOKEN};
        return old;
    }
    if (d->n_bucket == d->cap_bucket) {
        uint32_t cap = d->cap_bucket == 0 ? 4 : d->cap_bucket * 2;
        struct bucket *more = mem_resize(d->bucket, cap * sizeof(*more));
        if (more == NULL)
            return NONE;
        d->bucket = more;
        d->cap_bucket = cap;
    }
    if (!due_room(d, d->records.n_live + d->n_bucket + 1))
        return NONE;
    d->bucket[d->n_bucket] = (struct bucket){rate, NONE, NONE, false, d->now, rate * TOKEN};
    return d->n_bucket++;
}

static void refill(struct bucket *b, sim_time now)
{
    int64_t full = b->rate * TOKEN;
    b->credit = now - b->at >= SIM_S ? full : b->credit + b->rate * (now - b->at);
    if (b->credit > full)
        b->credit = full;
    b->at = now;
}

static void again_when_full(struct delivery *d, uint32_t bucket)
{
    struct bucket *b = &d->bucket[bucket];
    if (b->timed || b->first == NONE)
        return;
    b->timed = true;
    due_push(d, d->now + (TOKEN - b->credit + b->rate - 1) / b->rate, d->seq++, BUCKET_BIT | bucket);
}

bool bucket_pass(struct delivery *d, uint32_t bucket, uint32_t id)
{
    struct bucket *b = &d->bucket[bucket];
    refill(b, d->now);
    if (b->first == NONE && b->credit >= TOKEN) {
        b->credit -= TOKEN;
        return true;
    }
    record_at(d, id)->state = RECORD_CAPPED;
    record_at(d, id)->link = NONE;
    if (b->first == NONE)
        b->first = id;
    else
        record_at(d, b->last)->link = id;
    b->last = id;
    again_when_full(d, bucket);
    return false;
}

void bucket_turn(struct delivery *d, uint32_t bucket)
{
    struct bucket *b = &d->bucket[bucket];
    b->timed = false;
    refill(b, d->now);
    while (b->first != NONE && b->credit >= TOKEN) {
        uint32_t id = b->first;
        b->first = record_at(d, id)->link;
        b->credit -= TOKEN;
        record_at(d, id)->passed++;
        due_ready(d, id);
    }
    again_when_full(d, bucket);
}
