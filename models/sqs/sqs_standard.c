/* sqs_standard.c - sending to a standard queue, and the choice of the next message (sections 5 and
 * 10). */
#include "sqs_int.h"

static uint32_t best_of(const struct sqs *s, uint64_t shards)
{
    uint32_t best = NONE;
    for (uint32_t i = 0; i < s->config.shards; i++) {
        if (!(shards >> i & 1))
            continue;
        uint32_t m = shelf_best(s, &s->shelf[i]);
        if (m == NONE)
            continue;
        const struct message *x = msg(s, m), *y = best == NONE ? NULL : msg(s, best);
        if (y == NULL || order_before((uint64_t)x->key, x->seq, (uint64_t)y->key, y->seq))
            best = m;
    }
    return best;
}

uint32_t standard_next(const struct sqs *s)
{
    return best_of(s, UINT64_MAX);
}

bool standard_gather(struct sqs *s, struct call *c, uint32_t room, sim_time visibility,
                     uint64_t shards, struct sqs_batch *batch)
{
    uint32_t again;
    while (s->n_echo > 0 && batch->n < room && (again = twice_next(s)) != NONE)
        if (!receive_echo(s, again, visibility, batch))
            return false;
    while (batch->n < room) {
        uint32_t m = best_of(s, shards);
        if (m == NONE)
            return true;
        if (dlq_due(s, msg(s, m))) {
            dlq_move(s, m);
            continue;
        }
        shelf_remove(s, m);
        if (!receive_give(s, c, m, visibility, batch)) {
            shelf_put(s, m);
            return false;
        }
    }
    return true;
}
