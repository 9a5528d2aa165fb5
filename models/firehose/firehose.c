/* firehose.c - a delivery stream's life: what is due, and what is to be done next. */
#include "fh_int.h"

#include "mem.h"

static uint32_t most_invocations(const struct fh_config *c)
{
    uint64_t shards = c->shards > 0 ? c->shards : c->bytes_per_s / FH_MIB;
    return (uint32_t)(shards < 1 ? 1 : shards) * fh_limits(c->destination, false)->invocations;
}

static void init(struct firehose *f, const struct fh_config *c)
{
    f->config = *c;
    slab_init(&f->chunks, sizeof(struct fh_chunk));
    slab_init(&f->lots, sizeof(struct fh_lot));
    map64_init(&f->partition);
    f->transform = f->intake = f->data = f->copy = f->line_head = f->line_tail = FH_NONE;
    for (unsigned i = 0; i < FH_WHYS; i++)
        f->error[i] = FH_NONE;
    fh_queue_init(&f->invoke);
    fh_queue_init(&f->ready);
    fh_queue_init(&f->ended);
    fh_queue_init(&f->wait[FH_TO_DESTINATION]);
    fh_queue_init(&f->wait[FH_TO_BACKUP]);
    f->invoked_max = f->invoked_most = most_invocations(c);
}

enum fh_outcome fh_open(struct firehose **out, const struct fh_config *c)
{
    *out = NULL;
    enum fh_outcome o = fh_config_judge(c);
    if (o != FH_OK)
        return o;
    if (c->quota != NULL && c->quota->open >= c->quota->max)
        return FH_STREAM_QUOTA;
    struct firehose *f = mem_get_zero(1, sizeof(*f));
    if (f == NULL)
        return FH_NO_MEMORY;
    init(f, c);
    if (c->quota != NULL)
        c->quota->open++;
    *out = f;
    return FH_OK;
}

void fh_close(struct firehose *f)
{
    if (f == NULL)
        return;
    if (f->config.quota != NULL)
        f->config.quota->open--;
    map64_free(&f->partition);
    slab_free(&f->chunks);
    slab_free(&f->lots);
    mem_release(f->heap);
    mem_release(f);
}

void fh_set_shards(struct firehose *f, uint32_t shards)
{
    f->config.shards = shards;
    f->invoked_max = most_invocations(&f->config);
    if (f->invoked_max > f->invoked_most)
        f->invoked_most = f->invoked_max;
}

/* --- what is due --- */

void fh_advance(struct firehose *f, sim_time now)
{
    while (f->n_heap > 0 && lot_at(f, f->heap[0])->due <= now && !f->failed) {
        uint32_t lot = f->heap[0];
        fh_lot_due(f, lot, SIM_NEVER);
        switch ((enum fh_lot_state)lot_at(f, lot)->state) {
        case LOT_GATHERS:
            fh_buffer_flush(f, now, lot);
            break;
        case LOT_PAUSES:
            fh_transform_due(f, lot);
            break;
        default:
            fh_deliver_due(f, now, lot);
        }
    }
}

sim_time fh_deadline(const struct firehose *f)
{
    return f->n_heap == 0 || f->failed ? SIM_NEVER : lot_at(f, f->heap[0])->due;
}

bool fh_next(struct firehose *f, struct call *call, struct fh_task *task)
{
    fh_advance(f, call->now);
    if (f->failed)
        return false;
    uint32_t lot = f->ended.head;
    if (lot != FH_NONE) {
        fh_queue_remove(f, &f->ended, lot);
        *task = (struct fh_task){.kind = FH_TASK_END, .lot = lot, .end = (enum fh_end)lot_at(f, lot)->end};
        return true;
    }
    lot = f->ready.head;
    if (lot != FH_NONE && lot_at(f, lot)->role != ROLE_TRANSFORM) {
        fh_deliver_again(f, call->now, lot, task);
        return true;
    }
    return fh_transform_next(f, task) || fh_deliver_next(f, call->now, task);
}

void fh_release(struct firehose *f, uint32_t lot)
{
    CHECK(lot_at(f, lot)->state == LOT_ENDED);
    fh_lot_free(f, lot);
}

/* --- queries --- */

const struct fh_config *fh_config(const struct firehose *f)
{
    return &f->config;
}
const struct fh_counts *fh_counts(const struct firehose *f)
{
    return &f->counts;
}
uint64_t fh_inside(const struct firehose *f)
{
    return f->inside;
}
uint32_t fh_active_partitions(const struct firehose *f)
{
    return f->n_partition;
}
uint32_t fh_waiting(const struct firehose *f, enum fh_to to)
{
    return f->wait[to].n;
}
uint32_t fh_under_way(const struct firehose *f, enum fh_to to)
{
    return f->under[to];
}
bool fh_paused(const struct firehose *f)
{
    return f->halting > 0;
}
bool fh_failed(const struct firehose *f)
{
    return f->failed;
}

uint64_t fh_bytes(const struct firehose *f)
{
    uint64_t lots = (uint64_t)f->lots.n_chunk << SLAB_CHUNK_BITS, chunks = (uint64_t)f->chunks.n_chunk << SLAB_CHUNK_BITS;
    return lots * f->lots.item_bytes + chunks * f->chunks.item_bytes + f->cap_heap * sizeof(uint32_t) + sizeof(*f);
}

void fh_lot(const struct firehose *f, uint32_t lot, struct fh_lot_view *v)
{
    const struct fh_lot *x = lot_at(f, lot);
    const struct fh_record *first = fh_list_first(f, &x->list);
    *v = (struct fh_lot_view){.bytes = x->list.bytes,
                              .serial = x->serial,
                              .n = x->list.n,
                              .key = x->key,
                              .oldest = first == NULL ? SIM_NEVER : first->arrival,
                              .why = (enum fh_why)x->why,
                              .copy = x->role == ROLE_COPY,
                              .stored = {x->stored[FH_TO_DESTINATION], x->stored[FH_TO_BACKUP]}};
}

bool fh_record_next(const struct firehose *f, uint32_t lot, struct fh_cursor *at, struct fh_record *out)
{
    const struct fh_list *l = &lot_at(f, lot)->list;
    if (!at->begun) {
        at->begun = true;
        at->chunk = l->head;
        at->at = l->head == SLAB_NONE ? 0 : chunk_at(f, l->head)->first;
    }
    while (at->chunk != SLAB_NONE) {
        const struct fh_chunk *c = chunk_at(f, at->chunk);
        if (at->at < c->end) {
            *out = c->record[at->at++];
            return true;
        }
        at->chunk = c->next;
        at->at = at->chunk == SLAB_NONE ? 0 : chunk_at(f, at->chunk)->first;
    }
    return false;
}

sim_time fh_freshness(const struct firehose *f, sim_time now)
{
    sim_time oldest = now;
    for (uint32_t i = 0; i < f->lots.n_touched; i++) {
        const struct fh_lot *x = lot_at(f, i);
        bool goes = x->state != LOT_FREE && x->state != LOT_ENDED && x->role != ROLE_ERROR && x->role != ROLE_COPY && !x->failed;
        const struct fh_record *first = goes ? fh_list_first(f, &x->list) : NULL;
        if (first != NULL && first->arrival < oldest)
            oldest = first->arrival;
    }
    return now - oldest;
}
