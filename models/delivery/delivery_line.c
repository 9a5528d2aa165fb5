/* delivery_line.c - lines: opened, closed, counted. And the books of the set. */
#include "delivery_int.h"

uint32_t delivery_line_open(struct delivery *d, const struct delivery_line *with)
{
    uint32_t bucket = with->per_second == 0 ? NONE : bucket_open(d, with->per_second);
    if (with->per_second != 0 && bucket == NONE)
        return UINT32_MAX;
    uint32_t number = slab_take(&d->lines);
    if (number == NONE)
        return UINT32_MAX;
    *line_at(d, number) = (struct line){.law = with->law,
                                        .user = with->user,
                                        .bucket = bucket,
                                        .open = true,
                                        .ordered = with->ordered,
                                        .dead_letter = with->dead_letter};
    return number;
}

void line_done(struct delivery *d, uint32_t number)
{
    struct line *l = line_at(d, number);
    if (l->open || l->pending > 0)
        return;
    if (l->bucket != NONE)
        bucket_give(d, l->bucket);
    slab_give(&d->lines, number);
}

void delivery_line_close(struct delivery *d, struct call *call, uint32_t number)
{
    struct line *l = line_at(d, number);
    CHECK(l->open);
    d->now = call->now;
    l->open = false;
    due_drop_line(d, number);
    if (l->bucket != NONE) {
        struct bucket *b = &d->bucket[l->bucket];
        for (uint32_t id = b->first, next; id != NONE; id = next) {
            next = record_at(d, id)->link;
            due_ready(d, id);
        }
        b->first = NONE;
    }
    line_done(d, number);
}

void delivery_line_set(struct delivery *d, uint32_t number, const struct retry_law *law, bool dead_letter)
{
    struct line *l = line_at(d, number);
    if (law != NULL)
        l->law = law;
    l->dead_letter = dead_letter;
}

void delivery_line_counts(const struct delivery *d, uint32_t number, struct delivery_counts *c)
{
    const struct line *l = line_at(d, number);
    *c = (struct delivery_counts){.begun = l->begun,
                                  .delivered = l->delivered,
                                  .dead = l->dead,
                                  .dropped = l->dropped,
                                  .attempts = l->attempts,
                                  .retries = l->retries,
                                  .failed = l->failed,
                                  .twice = l->twice};
    c->waiting = l->begun - l->delivered - l->dead - l->dropped; /* under way, too */
}

void delivery_check(const struct delivery *d)
{
    const struct delivery_counts *c = &d->counts;
    uint64_t waiting = 0, under_way = 0, twice = 0;
    for (uint32_t i = 0; i < d->records.n_touched; i++) {
        const struct record *r = record_at(d, i);
        if (r->state == RECORD_FREE)
            continue;
        twice += r->again;
        under_way += r->state == RECORD_UNDER_WAY && !r->again;
        waiting += r->state != RECORD_UNDER_WAY && !r->again;
    }
    for (uint32_t i = 0; i < d->n_fan; i++) {
        const struct fan *f = &d->fan[(d->first_fan + i) & (d->cap_fan - 1)];
        waiting += f->n - f->at;
    }
    CHECK(c->waiting == waiting && c->under_way == under_way && d->twice_live == twice);
    CHECK(c->begun == c->delivered + c->dead + c->dropped + c->waiting + c->under_way);
}
