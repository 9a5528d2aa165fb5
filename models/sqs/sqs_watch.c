/* sqs_watch.c - what is told of watched messages beyond what every message tells: the moments that
 * no caller sees, because the clock alone brings them about. Nothing here changes the queue. When
 * there is no room for an effect (a purge of a whole group in flight) it is left out. */
#include "sqs_fifo.h"

static void tell(struct sqs *s, enum sqs_fx kind, uint32_t a, uint64_t user, uint64_t c)
{
    if (s->call->n_fx < CALL_FX_MAX)
        call_effect(s->call, kind, a, user, c);
}

void watch_shown(struct sqs *s, const struct message *x)
{
    tell(s, SQS_FX_SHOWN, receives_of(s, x), x->user, 0);
}

void watch_unseen(struct sqs *s, const struct sqs_batch *batch)
{
    for (uint32_t i = 0; i < batch->n; i++)
        if (batch->got[i].user & s->config.watch)
            tell(s, SQS_FX_UNSEEN, batch->got[i].receives, batch->got[i].user, 0);
}

void watch_group(struct sqs *s, const struct message *x, uint32_t group, uint32_t flying, bool went)
{
    tell(s, SQS_FX_GROUP, flying, x->user, (uint64_t)group << 1 | went);
}

uint32_t sqs_group_front(const struct sqs *s, uint32_t group, uint64_t *user)
{
    uint64_t number;
    if (s->fifo == NULL || !map64_get(&s->fifo->by_id, group, &number))
        return 0;
    const struct group *g = group_at(s->fifo, (uint32_t)number);
    *user = msg(s, g->head)->user;
    return g->flying;
}
