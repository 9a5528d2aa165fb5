/* fh_check.c - what always holds: every record that was accepted is in exactly one lot, or has ended in one way; lots are where
 * their state says; no more is out than may be. */
#include "fh_int.h"

struct seen {
    uint64_t records, waiting_bytes;
    uint32_t gathers, under[2], waits[2], invoked, to_invoke, ready, ended, partitions, halts, timed;
};

static void check_list(const struct firehose *f, uint32_t lot, sim_time now)
{
    const struct fh_lot *x = lot_at(f, lot);
    struct fh_cursor at = {.begun = false};
    struct fh_record r;
    uint64_t bytes = 0;
    uint32_t n = 0;
    sim_time last = 0;
    for (; fh_record_next(f, lot, &at, &r); n++) {
        CHECK(r.arrival >= last && r.arrival <= now);
        last = r.arrival;
        bytes += r.size;
    }
    CHECK(n == x->list.n && bytes == x->list.bytes && n > 0);
}

static void check_delivery(const struct firehose *f, const struct fh_lot *x, struct seen *s)
{
    CHECK(x->role != ROLE_TRANSFORM && x->role != ROLE_INTAKE);
    CHECK((x->role == ROLE_DATA && !x->failed) == (x->to == FH_TO_DESTINATION));
    CHECK(!x->halts || (x->failed && x->to == FH_TO_BACKUP));
    s->under[x->to] += x->state != LOT_WAITS;
    s->waits[x->to] += x->state == LOT_WAITS;
    s->ready += x->state == LOT_READY;
    s->halts += x->halts;
    if (x->state == LOT_WAITS && x->to == FH_TO_DESTINATION)
        s->waiting_bytes += x->list.bytes;
    (void)f;
}

static void check_state(const struct firehose *f, uint32_t lot, struct seen *s)
{
    const struct fh_lot *x = lot_at(f, lot);
    switch ((enum fh_lot_state)x->state) {
    case LOT_GATHERS:
        s->gathers++;
        s->partitions += x->role == ROLE_DATA && x->key != FH_NONE;
        break;
    case LOT_TO_INVOKE:
        s->to_invoke++;
        break;
    case LOT_INVOKED:
    case LOT_PAUSES:
        s->invoked++;
        break;
    case LOT_READY:
        if (x->role != ROLE_TRANSFORM) {
            check_delivery(f, x, s);
        } else {
            s->ready++;
            s->invoked++;
        }
        break;
    case LOT_WAITS:
    case LOT_UNDER_WAY:
    case LOT_BACKS_OFF:
        check_delivery(f, x, s);
        break;
    case LOT_PROCESSED:
    case LOT_ENDED:
    case LOT_FREE:
        break;
    }
}

static void check_heap(const struct firehose *f)
{
    for (uint32_t i = 0; i < f->n_heap; i++) {
        const struct fh_lot *x = lot_at(f, f->heap[i]), *parent = lot_at(f, f->heap[i > 0 ? (i - 1) / 2 : 0]);
        CHECK(x->place == i && parent->due <= x->due);
        CHECK(x->state == LOT_GATHERS || x->state == LOT_PAUSES || x->state == LOT_WAITS || x->state == LOT_BACKS_OFF);
    }
}

static void check_sums(const struct firehose *f, const struct seen *s)
{
    const struct fh_counts *c = &f->counts;
    uint64_t ended = 0;
    for (unsigned i = 0; i < FH_ENDS; i++)
        ended += c->ended[i];
    CHECK(s->records == f->inside && c->in_records + c->copies == f->inside + ended);
    CHECK(c->copies >= c->ended[FH_END_COPIED] + c->ended[FH_END_COPY_EXPIRED]);
    CHECK(s->waiting_bytes == f->waiting_bytes);
    CHECK(s->invoked == f->invoked && f->invoked <= f->invoked_most && s->to_invoke == f->invoke.n);
    CHECK(s->ready == f->ready.n && s->halts == f->halting);
    CHECK(s->partitions == f->n_partition && f->n_partition <= f->config.partitions);
    for (unsigned to = 0; to < 2; to++)
        CHECK(s->under[to] == f->under[to] && f->under[to] <= f->config.parallel && s->waits[to] == f->wait[to].n);
}

void fh_check(const struct firehose *f, sim_time now)
{
    struct seen s = {.records = 0};
    if (f->failed)
        return;
    for (uint32_t i = 0; i < f->lots.n_touched; i++) {
        const struct fh_lot *x = lot_at(f, i);
        if (x->state == LOT_FREE)
            continue;
        check_list(f, i, now);
        check_state(f, i, &s);
        if (x->state != LOT_ENDED)
            s.records += x->list.n;
    }
    check_heap(f);
    check_sums(f, &s);
}
