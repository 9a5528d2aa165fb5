/* esmq_batch.c - messages become batches: by number, by size, by time (LAM-33). What a poll of a FIFO queue has brought stays
 * together: where it is too large for one invocation, its parts go one after the other, so that groups keep their order (LAM-39). */
#include "esmq_int.h"

#include "mem.h"

void esmq_list_add(struct esmq *e, struct esmq_list *list, uint32_t batch)
{
    esmq_at(e, batch)->next = ESMQ_NONE;
    if (list->head == ESMQ_NONE)
        list->head = batch;
    else
        esmq_at(e, list->tail)->next = batch;
    list->tail = batch;
}

uint32_t esmq_list_take(struct esmq *e, struct esmq_list *list)
{
    uint32_t batch = list->head;
    list->head = esmq_at(e, batch)->next;
    return batch;
}

static uint32_t fitting(const struct esmq_batch *b)
{
    uint64_t bytes = b->message[b->from].size;
    uint32_t at = b->from + 1;
    while (at < b->n && (bytes += b->message[at].size) <= ESMQ_BYTES)
        at++;
    return at - b->from;
}

void esmq_next_part(struct esmq *e, uint32_t batch)
{
    struct esmq_batch *b = esmq_at(e, batch);
    b->part = e->config.fifo ? fitting(b) : b->n;
    b->try = 0;
    b->state = ESMQ_READY;
    esmq_list_add(e, &e->ready, batch);
    e->n_ready++;
    e->counts.batches++;
}

void esmq_ready(struct esmq *e)
{
    uint32_t batch = e->forming;
    e->forming = ESMQ_NONE;
    esmq_next_part(e, batch);
}

/* --- memory: room for n more messages, whatever their sizes, before any is taken --- */

static bool grow(struct esmq_batch *b, uint32_t n)
{
    uint32_t cap = b->cap == 0 ? ESMQ_RECEIVE : b->cap;
    while (cap < n)
        cap *= 2;
    if (cap <= b->cap)
        return true;
    struct esmq_message *m = mem_resize(b->message, cap * sizeof(*m));
    if (m == NULL)
        return false;
    b->message = m;
    b->cap = cap;
    return true;
}

/* Number and address of memory that a batch had stay with its number. */
static bool begin(struct esmq *e, struct call *c)
{
    bool fresh = e->batches.n_live == e->batches.n_touched;
    uint32_t batch = slab_take(&e->batches);
    if (batch == SLAB_NONE)
        return false;
    struct esmq_batch *b = esmq_at(e, batch);
    if (fresh)
        *b = (struct esmq_batch){.message = NULL};
    b->state = ESMQ_GATHERED;
    b->n = b->from = 0;
    b->bytes = 0;
    b->since = c->now;
    b->expires = c->now + e->config.visibility;
    e->forming = batch;
    return true;
}

static bool take(struct esmq *e, struct call *c, const struct esmq_message *m)
{
    if (e->forming != ESMQ_NONE && !e->config.fifo && esmq_at(e, e->forming)->bytes + m->size > ESMQ_BYTES)
        esmq_ready(e);
    if (e->forming == ESMQ_NONE && !begin(e, c))
        return false;
    struct esmq_batch *b = esmq_at(e, e->forming);
    if (!grow(b, b->n + 1))
        return false;
    b->message[b->n] = *m;
    b->message[b->n++].keep = true;
    b->bytes += m->size;
    e->held++;
    e->counts.messages++;
    esmq_passed(e, m->size, c->now);
    if (b->n == e->config.batch)
        esmq_ready(e);
    return true;
}

bool esmq_answer(struct esmq *e, struct call *c, const struct esmq_message *m, uint32_t n,
                 uint32_t skipped, bool at_once)
{
    CHECK(e->polling > 0 && n + skipped <= ESMQ_RECEIVE);
    e->polling--;
    e->counts.empty += n + skipped == 0;
    e->counts.skipped += skipped;
    e->backlog = n + skipped > 0 && at_once;
    if (n + skipped > 0)
        e->last = c->now;
    for (uint32_t i = 0; i < n; i++)
        if (!take(e, c, &m[i]))
            return false;
    if (e->forming != ESMQ_NONE && (e->config.window == 0 || esmq_window_end(e) <= c->now))
        esmq_ready(e);
    return true;
}
