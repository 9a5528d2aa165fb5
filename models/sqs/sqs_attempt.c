/* sqs_attempt.c - ReceiveRequestAttemptId (SQS-98): a receive that is repeated with the same id
 * within five minutes gets the same messages again, with the same handles and a fresh visibility
 * timeout, as long as nothing happened to them in between. */
#include "sqs_fifo.h"

#define INTERVAL (300 * SIM_S)

static struct attempt *attempt_at(const struct attempts *a, uint32_t i)
{
    return (struct attempt *)slab_at(&a->slab, i);
}

void attempts_init(struct attempts *a)
{
    slab_init(&a->slab, sizeof(struct attempt));
    map64_init(&a->by_id);
    a->head = a->tail = NONE;
}

void attempts_close(struct attempts *a)
{
    slab_free(&a->slab);
    map64_free(&a->by_id);
}

/* The map may know a newer attempt of that id already. */
static void drop_oldest(struct attempts *a)
{
    uint32_t i = a->head;
    struct attempt *x = attempt_at(a, i);
    uint64_t known;
    if (map64_get(&a->by_id, x->id, &known) && (uint32_t)known == i)
        map64_remove(&a->by_id, x->id);
    a->head = x->newer;
    if (a->head == NONE)
        a->tail = NONE;
    slab_give(&a->slab, i);
}

static bool untouched(const struct sqs *s, const struct attempt *a)
{
    for (uint32_t i = 0; i < a->n; i++) {
        const struct message *x = msg(s, a->had[i].message);
        if (x->seq != a->had[i].seq || x->state != FLYING || x->count != a->had[i].count ||
            x->flags & CHANGED)
            return false;
    }
    return true;
}

static bool reserve_all(struct sqs *s, const struct attempt *a, sim_time visibility)
{
    bool ok = timeline_reserve(&s->flights, visibility, a->n);
    s->failed |= !ok;
    return ok;
}

bool attempt_replay(struct sqs *s, uint64_t id, sim_time visibility, struct sqs_batch *batch)
{
    struct attempts *all = &s->fifo->attempts;
    uint64_t known;
    while (all->head != NONE && attempt_at(all, all->head)->at + INTERVAL <= s->now)
        drop_oldest(all);
    if (!map64_get(&all->by_id, id, &known))
        return false;
    const struct attempt *a = attempt_at(all, (uint32_t)known);
    if (visibility == 0 || !untouched(s, a) || !reserve_all(s, a, visibility))
        return false;
    for (uint32_t i = 0; i < a->n; i++) {
        lease_again(s, a->had[i].message, visibility);
        lease_at(s, msg(s, a->had[i].message)->next)->start = s->now;
        receive_show(s, a->had[i].message, batch);
    }
    s->counts.received += a->n;
    return true;
}

/* Memory short: the attempt is not remembered. */
void attempt_note(struct sqs *s, uint64_t id, const struct sqs_batch *batch)
{
    struct attempts *all = &s->fifo->attempts;
    uint32_t i = slab_take(&all->slab);
    if (i == NONE) {
        s->failed = true;
        return;
    }
    if (!map64_put(&all->by_id, id, i)) {
        s->failed = true;
        slab_give(&all->slab, i);
        return;
    }
    struct attempt *a = attempt_at(all, i);
    *a = (struct attempt){.id = id, .at = s->now, .n = batch->n, .newer = NONE};
    for (uint32_t k = 0; k < batch->n; k++) {
        uint32_t m = (uint32_t)batch->got[k].handle.a;
        a->had[k].message = m;
        a->had[k].count = msg(s, m)->count;
        a->had[k].seq = msg(s, m)->seq;
    }
    if (all->tail == NONE)
        all->head = i;
    else
        attempt_at(all, all->tail)->newer = i;
    all->tail = i;
}
