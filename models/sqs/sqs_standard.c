/* sqs_standard.c - the choice of the next message of a standard queue (sections 10 and 12). */
#include "sqs_fair.h"

/* Ungrouped messages and those of quiet tenants, in one order. */
static uint32_t best_of(const struct sqs *s, uint64_t shards)
{
    uint32_t best = NONE;
    if (s->config.shards == 1 && s->fair == NULL)
        return shelf_best(s, &s->shelf[0]);
    for (uint32_t i = 0; i < s->config.shards; i++) {
        if (!(shards >> i & 1))
            continue;
        best = message_earlier(s, best, shelf_best(s, &s->shelf[i]));
        if (s->fair != NULL)
            best = message_earlier(s, best, fair_best(s, i));
    }
    if (best == NONE && s->fair != NULL)
        best = fair_noisy_best(s, shards);
    return best;
}

uint32_t standard_next(const struct sqs *s)
{
    return best_of(s, UINT64_MAX);
}

/* Any of the first so many, when the queue reorders (SQS-67): they are taken out, one is kept, the
 * others go back. */
RARE static uint32_t any_of_first(struct sqs *s, struct call *c, uint64_t shards, uint32_t first)
{
    uint32_t found[SQS_REORDER_MAX], n = 0;
    for (uint32_t m = first; m != NONE && n < s->config.reorder_window; m = best_of(s, shards)) {
        if (!order_reserve(&shelf_of(s, msg(s, m))->heap, shelf_of(s, msg(s, m))->heap.n +
                                                              SQS_BATCH_MAX + SQS_REORDER_MAX +
                                                              shelf_of(s, msg(s, m))->n_out)) {
            s->failed = true;
            break;
        }
        shelf_remove(s, msg(s, m));
        found[n++] = m;
    }
    if (n == 0)
        return first;
    uint32_t chosen = found[dice_roll(&c->dice[SQS_DICE_ORDER], n)];
    for (uint32_t i = 0; i < n; i++)
        shelf_put(s, found[i], msg(s, found[i]));
    return chosen;
}

static uint32_t choose(struct sqs *s, struct call *c, uint64_t shards)
{
    uint32_t m = best_of(s, shards);
    if (m == NONE || s->config.reorder_window <= 1)
        return m;
    return any_of_first(s, c, shards, m);
}

RARE static bool gather_echoes(struct sqs *s, uint32_t room, sim_time visibility,
                          struct sqs_batch *batch)
{
    uint32_t again;
    while (s->n_echo > 0 && batch->n < room && (again = twice_next(s)) != NONE)
        if (!receive_echo(s, again, visibility, batch))
            return false;
    return true;
}

bool standard_gather(struct sqs *s, struct call *c, uint32_t room, sim_time visibility,
                     uint64_t shards, struct sqs_batch *batch)
{
    if (s->fair != NULL)
        fair_judge(s);
    if (s->n_echo > 0 && !gather_echoes(s, room, visibility, batch))
        return false;
    while (batch->n < room) {
        uint32_t m = choose(s, c, shards);
        if (m == NONE)
            return true;
        struct message *x = msg(s, m);
        if (dlq_due(s, x)) {
            dlq_move(s, m);
            continue;
        }
        shelf_remove(s, x);
        if (!receive_give(s, c, m, x, visibility, batch)) {
            shelf_put(s, m, x);
            return false;
        }
    }
    look_ahead(s, batch);
    return true;
}
