/* esmq_check.c - what always holds: every message that was received is in one batch or was let go,
 * every batch is in one place, and no more of them are invoked than there are slots. */
#include "esmq_int.h"

struct seen {
    uint32_t by_state[ESMQ_ENDED + 1], messages;
};

static void look(const struct esmq *e, uint32_t batch, struct seen *s)
{
    const struct esmq_batch *b = esmq_at(e, batch);
    uint64_t bytes = 0, part = 0;
    CHECK(b->state <= ESMQ_ENDED);
    s->by_state[b->state]++;
    if (b->state == ESMQ_FREE)
        return;
    CHECK(b->n >= 1 && b->n <= e->config.batch && b->n <= b->cap);
    CHECK((b->state == ESMQ_GATHERED) == (batch == e->forming));
    for (uint32_t i = 0; i < b->n; i++)
        bytes += b->message[i].size;
    CHECK(bytes == b->bytes && (b->n == 1 || bytes <= ESMQ_BYTES || e->config.fifo));
    s->messages += b->n - b->from;
    if (b->state == ESMQ_GATHERED)
        return;
    CHECK(b->part >= 1 && b->from + b->part <= b->n && (e->config.fifo || b->part == b->n));
    for (uint32_t i = b->from; i < b->from + b->part; i++)
        part += b->message[i].size;
    CHECK(b->part == 1 || part <= ESMQ_BYTES || b->state == ESMQ_ENDED);
}

static uint32_t length(const struct esmq *e, const struct esmq_list *list, uint8_t state)
{
    uint32_t n = 0;
    for (uint32_t i = list->head; i != ESMQ_NONE; i = esmq_at(e, i)->next, n++)
        CHECK(esmq_at(e, i)->state == state);
    return n;
}

void esmq_check(const struct esmq *e, sim_time now)
{
    const struct esmq_counts *n = &e->counts;
    struct seen s = {.messages = 0};
    for (uint32_t i = 0; i < e->batches.n_touched; i++)
        look(e, i, &s);
    uint32_t pausing = length(e, &e->due, ESMQ_PAUSING);
    for (unsigned i = 0; i < ESMQ_PAUSES; i++)
        pausing += length(e, &e->pausing[i], ESMQ_PAUSING);
    CHECK(length(e, &e->ready, ESMQ_READY) == e->n_ready && s.by_state[ESMQ_READY] == e->n_ready);
    CHECK(pausing == s.by_state[ESMQ_PAUSING] && pausing == e->n_pausing);
    CHECK(e->invoking == s.by_state[ESMQ_INVOKING] + pausing);
    CHECK(s.messages == e->held && n->messages == n->deleted + n->kept + e->held);
    CHECK(n->batches == n->done + n->errors + n->dropped + n->left + e->n_ready + e->invoking);
    CHECK(e->config.max_concurrency == 0 || e->invoking <= e->config.max_concurrency);
    CHECK(e->limit >= ESMQ_REST && e->minute > now - SIM_MIN && e->last <= now);
}
