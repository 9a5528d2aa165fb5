/* sqs_receipt.c - what a consumer may do with a receipt handle: delete, change the visibility
 * (sections 8 and 9).
 *
 * A handle is {slot, receive; life, queue}. It tells apart: not one of ours; the message is gone;
 * an older receive of a living message; the latest one, in flight or not. */
#include "sqs_parts.h"

enum standing { FOREIGN, GONE, OLDER, LATEST };

static enum standing judge(const struct sqs *s, struct sqs_handle h, uint32_t *m)
{
    uint64_t life = h.b & ((UINT64_C(1) << 40) - 1);
    uint32_t receive = (uint32_t)(h.a >> 32);
    *m = (uint32_t)h.a;
    if (h.b >> 40 != s->config.queue || life == 0 || life > s->seq || receive == 0 ||
        *m >= s->messages.n_touched)
        return FOREIGN;
    const struct message *x = msg(s, *m);
    if (x->seq != life || x->state == GHOST || x->state == LEAVING)
        return GONE;
    if (receive > x->count)
        return FOREIGN;
    return receive < x->count ? OLDER : LATEST;
}

static HOT APART void remove_any(struct sqs *s, uint32_t m, struct message *x)
{
    message_remove(s, m, x);
}

static enum sqs_outcome remove_message(struct sqs *s, struct call *c, uint32_t m)
{
    struct message *x = msg(s, m);
    next_event(s);
    if (s->config.dup_after_delete > 0)
        twice_removed(s, c, m); /* first: the copy lives on in the ghost */
    call_effect(c, SQS_FX_REMOVED, x->size, x->user, x->count);
    if (is_plain(s) && x->state == FLYING)
        plain_remove(s, x);
    else
        remove_any(s, m, x);
    message_free(s, m);
    s->counts.removed++;
    s->counts.deletes++;
    return SQS_OK;
}

/* Deleting what is gone succeeds (SQS-60). A FIFO queue takes only the handle of a window that is
 * open (SQS-63); a standard queue any, except that older ones may be set to do nothing (SQS-61,
 * 62). */
HOT enum sqs_outcome sqs_delete(struct sqs *s, struct call *c, struct sqs_handle h)
{
    op_begin(s, c);
    uint32_t m;
    enum standing standing = judge(s, h, &m);
    if (standing == FOREIGN)
        return SQS_INVALID_RECEIPT;
    if (standing != GONE) {
        if (is_fifo(s) && (standing == OLDER || msg(s, m)->state != FLYING))
            return SQS_RECEIPT_EXPIRED;
        if (standing == LATEST || !s->config.stale_delete_ignore)
            return remove_message(s, c, m);
    }
    s->counts.deletes++;
    return SQS_NOTHING;
}

void sqs_soon(const struct sqs *s, struct sqs_handle h)
{
    uint32_t m = (uint32_t)h.a;
    if (m < s->messages.n_touched)
        __builtin_prefetch(msg(s, m), 1);
}

static enum sqs_outcome release(struct sqs *s, uint32_t m)
{
    struct message *x = msg(s, m);
    next_event(s);
    lease_end(s, x);
    if (!is_fifo(s) && x->count >= POISON_AT)
        x->key = s->now;
    message_available(s, m, x);
    return SQS_OK;
}

static enum sqs_outcome extend(struct sqs *s, uint32_t m, sim_time visibility)
{
    struct message *x = msg(s, m);
    struct lease *lease = lease_at(s, x->next);
    if (s->now + visibility > lease->start + s->config.visibility_max)
        return SQS_TWELVE_HOURS;
    if (!lease_again(s, m, visibility))
        return SQS_NO_MEMORY;
    x->flags |= CHANGED;
    return SQS_OK;
}

/* On a standard queue an older handle governs the message in flight all the same (SQS-57). */
enum sqs_outcome sqs_change(struct sqs *s, struct call *c, struct sqs_handle h, sim_time visibility)
{
    op_begin(s, c);
    uint32_t m;
    enum standing standing = judge(s, h, &m);
    if (standing == FOREIGN)
        return SQS_INVALID_RECEIPT;
    if (visibility < 0 || visibility > s->config.visibility_max)
        return SQS_BAD_VISIBILITY;
    if (standing == GONE)
        return SQS_MESSAGE_GONE;
    if (msg(s, m)->state != FLYING || (is_fifo(s) && standing == OLDER))
        return s->config.change_late_error ? SQS_NOT_IN_FLIGHT : SQS_NOTHING;
    return visibility == 0 ? release(s, m) : extend(s, m, visibility);
}
