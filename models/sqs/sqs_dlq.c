/* sqs_dlq.c - how messages leave for elsewhere: dead letters (section 17), purges (SQS-12), move
 * tasks (section 18).
 *
 * One receive may meet any number of messages that are due for the dead-letter queue, and a purge
 * takes all there are; so they leave at once but their effects are told by the advances that
 * follow, a list's worth at a time. */
#include "sqs_parts.h"

/* The move is lazy: when the message would be received once more (SQS-110). Receives in this queue
 * count (SQS-116). */
bool dlq_due(const struct sqs *s, const struct message *x)
{
    return s->config.max_receive > 0 && x->count >= s->config.max_receive;
}

/* Out of all structures already. */
void leave(struct sqs *s, uint32_t m, unsigned flag)
{
    struct message *x = msg(s, m);
    set_state(x, LEAVING);
    x->flags |= flag;
    x->next = NONE;
    if (s->leaving_tail == NONE)
        s->leaving_head = m;
    else
        msg(s, s->leaving_tail)->next = m;
    s->leaving_tail = m;
}

void dlq_move(struct sqs *s, uint32_t m)
{
    message_remove(s, m, msg(s, m));
    s->counts.moved_out++;
    leave(s, m, DEAD);
}

void write_letter(const struct sqs *s, const struct message *x, struct sqs_letter *l)
{
    *l = (struct sqs_letter){
        .user = x->user,
        .sent = x->sent,
        .first_ms = x->first_ms,
        .size = x->size,
        .group = x->group,
        .receives = receives_of(s, x),
        .source = s->config.queue,
    };
}

void leave_tell(struct sqs *s, struct call *c)
{
    uint32_t m;
    while ((m = s->leaving_head) != NONE && c->n_fx < CALL_FX_MAX) {
        const struct message *x = msg(s, m);
        if (x->flags & DEAD) {
            write_letter(s, x, &s->letter[c->n_fx]);
            call_effect(c, SQS_FX_DEAD, c->n_fx, x->user, 0);
        } else {
            call_effect(c, SQS_FX_PURGED, x->size, x->user, 0);
        }
        s->leaving_head = x->next;
        message_free(s, m);
    }
    if (s->leaving_head == NONE)
        s->leaving_tail = NONE;
}

const struct sqs_letter *sqs_letter(const struct sqs *s, uint32_t a)
{
    CHECK(a < CALL_FX_MAX);
    return &s->letter[a];
}
