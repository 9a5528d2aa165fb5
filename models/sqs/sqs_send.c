/* sqs_send.c - how messages come in: sent by a producer, or moved from another queue (sections 5,
 * 17). */
#include "sqs_fair.h"
#include "sqs_fifo.h"

#include "mem.h"

static enum sqs_outcome check_send(const struct sqs *s, const struct sqs_send *send)
{
    if (send->size > s->config.max_message)
        return SQS_TOO_LONG;
    if (!is_fifo(s)) {
        if (send->dedup != SQS_NO_DEDUP_ID)
            return SQS_DEDUP_ON_STANDARD;
    } else {
        if (send->group == SQS_NO_GROUP)
            return SQS_MISSING_GROUP;
        if (send->dedup == SQS_NO_DEDUP_ID)
            return SQS_MISSING_DEDUP;
        if (send->delay > 0)
            return SQS_DELAY_ON_FIFO;
    }
    if (send->delay != SQS_DEFAULT && (send->delay < 0 || send->delay > s->config.delay_max))
        return SQS_BAD_DELAY;
    return SQS_OK;
}

/* Into the structures of its kind of queue; `delay` > 0: not available yet. */
static bool enter(struct sqs *s, struct call *c, uint32_t m, sim_time delay)
{
    struct message *x = msg(s, m);
    bool room =
        is_fifo(s) ? fifo_enter(s, m) : delay == 0 || timeline_reserve(&s->delays, delay, 1);
    if (room && s->config.fair && x->group != SQS_NO_GROUP)
        room = fair_enter(s, x);
    if (!room)
        return false;
    age_add(s, m, x);
    if (is_fifo(s)) {
        fifo_aged(s, m);
    } else {
        x->key = s->now + delay;
        x->shard = (uint8_t)dice_roll(&c->dice[SQS_DICE_SHARD], s->config.shards);
    }
    if (delay == 0) {
        message_available(s, m, x);
        return true;
    }
    set_state(x, DELAYED);
    count_delayed(s, x, 1);
    if (is_fifo(s))
        fifo_delay(s, m);
    else
        timeline_add(&s->delays, m, s->now, delay, x->seq);
    return true;
}

static HOT APART enum sqs_outcome send_any(struct sqs *s, struct call *c, const struct sqs_send *send,
                                           struct sqs_sent *sent)
{
    const struct taken *before = !is_fifo(s) ? NULL : dedup_find(s, send->dedup, send->group);
    if (before != NULL) {
        s->counts.deduplicated++;
        *sent = (struct sqs_sent){before->seq, before->message};
        return SQS_DUPLICATE;
    }
    uint32_t m = message_new(s, send, s->now);
    if (m == NONE)
        return SQS_NO_MEMORY;
    sim_time delay = is_fifo(s) || send->delay == SQS_DEFAULT ? s->config.delay : send->delay;
    *sent = (struct sqs_sent){msg(s, m)->seq, send->id};
    if (is_fifo(s) && !dedup_take(s, send->dedup, send->group, send->id, sent->sequence)) {
        message_free(s, m);
        return SQS_NO_MEMORY;
    }
    if (!enter(s, c, m, delay)) {
        message_free(s, m);
        return SQS_NO_MEMORY;
    }
    s->counts.sent++;
    return SQS_OK;
}

static enum sqs_outcome send_plain(struct sqs *s, const struct sqs_send *send, struct sqs_sent *sent)
{
    uint32_t m = message_new(s, send, s->now);
    if (m == NONE)
        return SQS_NO_MEMORY;
    struct message *x = msg(s, m);
    plain_come(s, m, x);
    plain_shelve(s, m, x);
    sent->sequence = x->seq;
    sent->id = send->id;
    s->counts.sent++;
    return SQS_OK;
}

/* Available at once, and of no tenant. */
static bool sent_plainly(const struct sqs *s, const struct sqs_send *send)
{
    sim_time delay = send->delay == SQS_DEFAULT ? s->config.delay : send->delay;
    return is_plain(s) && delay == 0 && (send->group == SQS_NO_GROUP || !s->config.fair);
}

HOT enum sqs_outcome sqs_send(struct sqs *s, struct call *c, const struct sqs_send *send,
                              struct sqs_sent *sent)
{
    op_begin(s, c);
    enum sqs_outcome out = check_send(s, send);
    if (out != SQS_OK)
        return out;
    return sent_plainly(s, send) ? send_plain(s, send, sent) : send_any(s, c, send, sent);
}

/* The number of this pair of source and count; few differ in a queue's life. 0: memory is short. */
static uint32_t origin_number(struct sqs *s, uint32_t source, uint32_t receives)
{
    for (uint32_t i = s->n_origin; i-- > 1;)
        if (s->origin[i].source == source && s->origin[i].receives == receives)
            return i;
    CHECK(s->n_origin < UINT16_MAX);
    if (s->n_origin == s->cap_origin) {
        struct origin *wider = mem_resize(s->origin, 2 * (size_t)s->cap_origin * sizeof(*wider));
        if (wider == NULL)
            return 0;
        s->origin = wider;
        s->cap_origin *= 2;
    }
    s->origin[s->n_origin] = (struct origin){source, receives};
    return s->n_origin++;
}

/* The time of sending stays with a standard queue's letter and starts anew with a FIFO queue's
 * (SQS-107). */
enum sqs_outcome sqs_accept(struct sqs *s, struct call *c, const struct sqs_letter *l)
{
    op_begin(s, c);
    uint32_t origin = origin_number(s, l->source, l->receives);
    struct sqs_send as = {.user = l->user, .size = l->size, .group = l->group};
    uint32_t m = origin == 0 || !age_reserve(s)
                     ? NONE
                     : message_new(s, &as, is_fifo(s) ? s->now : l->sent);
    if (m == NONE)
        return SQS_NO_MEMORY;
    struct message *x = msg(s, m);
    x->origin = (uint16_t)origin;
    x->first_ms = (uint32_t)l->first_ms;
    if (!enter(s, c, m, 0)) {
        message_free(s, m);
        return SQS_NO_MEMORY;
    }
    s->counts.moved_in++;
    return SQS_OK;
}
