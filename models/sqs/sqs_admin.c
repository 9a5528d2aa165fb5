/* sqs_admin.c - what an owner does to a live queue: purge it (SQS-12), change its settings (section
 * 3), move its messages elsewhere (section 18). */
#include "sqs_fifo.h"

/* Everything that exists now leaves; what a purge within 60 s of another means is the account's
 * business. */
enum sqs_outcome sqs_purge(struct sqs *s, struct call *c)
{
    op_begin(s, c);
    next_event(s);
    uint32_t m;
    while ((m = age_oldest(s)) != NONE) {
        message_remove(s, m, msg(s, m));
        leave(s, m, 0);
        s->counts.purged++;
    }
    if (s->fifo != NULL)
        dedup_forget(s);
    return SQS_OK;
}

/* Where it came from is what a move task asks for; its group, by the caller's number. */
static uint32_t peek(const struct sqs *s, struct sqs_letter *letter)
{
    uint32_t m = s->fifo != NULL ? fifo_next(s) : standard_next(s);
    if (m != NONE) {
        write_letter(s, msg(s, m), letter);
        letter->group = message_group(s, msg(s, m));
        letter->source = s->origin[msg(s, m)->origin].source;
    }
    return m;
}

bool sqs_peek(struct sqs *s, struct call *c, struct sqs_letter *letter)
{
    op_begin(s, c);
    return peek(s, letter) != NONE;
}

bool sqs_take(struct sqs *s, struct call *c, struct sqs_letter *letter)
{
    op_begin(s, c);
    uint32_t m = peek(s, letter);
    if (m == NONE)
        return false;
    message_remove(s, m, msg(s, m));
    message_free(s, m);
    s->counts.moved_out++;
    return true;
}

void sqs_set(struct sqs *s, struct call *c, enum sqs_setting what, int64_t value)
{
    op_begin(s, c);
    struct sqs_config *k = &s->config;
    switch (what) {
    case SQS_SET_DELAY:
        k->delay = value;
        if (s->fifo != NULL)
            fifo_set_delay(s);
        break;
    case SQS_SET_RETENTION:
        k->retention = value;
        break;
    case SQS_SET_VISIBILITY:
        k->visibility = value;
        break;
    case SQS_SET_WAIT:
        k->wait = value;
        break;
    case SQS_SET_MAX_MESSAGE:
        k->max_message = (uint32_t)value;
        break;
    case SQS_SET_MAX_RECEIVE:
        k->max_receive = (uint32_t)value;
        break;
    case SQS_SET_DEDUP_BY_GROUP:
        dedup_scope(s, value != 0);
        break;
    case SQS_SET_IN_FLIGHT_LIMIT:
        k->in_flight_limit = (uint32_t)value;
        break;
    case SQS_SET_CALL_RATE:
        k->call_rate = (uint32_t)value;
        break;
    case SQS_SET_GROUP_RATE:
        k->group_rate = (uint32_t)value;
        break;
    }
    s->direct = direct_is(s);
}
