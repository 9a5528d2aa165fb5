/* sqs_receive.c - what both kinds of queue do alike when messages are received: limits, leases,
 * counts (sections 7, 8 and 11). Which messages come, and in which order, is sqs_standard.c's and
 * sqs_fifo.c's business. */
#include "sqs_fair.h"

/* A poll's random choice of shards, as a set (SQS-42). Long polls ask all. */
APART static uint64_t sample_shards(const struct sqs *s, struct call *c)
{
    uint32_t n = s->config.shards, k = s->config.sampled;
    uint8_t shard[SQS_SHARDS_MAX];
    for (uint32_t i = 0; i < n; i++)
        shard[i] = (uint8_t)i;
    uint64_t set = 0;
    for (uint32_t i = 0; i < k; i++) {
        uint32_t pick = i + (uint32_t)dice_roll(&c->dice[SQS_DICE_SHARD], n - i);
        set |= UINT64_C(1) << shard[pick];
        shard[pick] = shard[i];
    }
    return set;
}

static uint64_t choose_shards(const struct sqs *s, struct call *c, bool all)
{
    return all || s->config.sampled >= s->config.shards ? UINT64_MAX : sample_shards(s, c);
}

void count_receive(struct sqs *s, uint32_t m, struct message *x)
{
    if (x->flags & CHANGED) /* seldom; and a word written in part must be waited for when it is read */
        x->flags &= ~(unsigned)CHANGED;
    if (x->count++ == 0 && x->origin == 0)
        x->first_ms = (uint32_t)(s->now / SIM_MS);
    if (x->count == POISON_AT && !is_fifo(s))
        age_poison(s, m, x);
    s->counts.received++;
}

/* Only the low bits are kept: the first receive was less than 49 days ago. */
static int64_t first_receive_ms(const struct sqs *s, const struct message *x)
{
    int64_t now = s->now / SIM_MS;
    return now - (int64_t)(uint32_t)((uint32_t)now - x->first_ms);
}

void receive_fill(const struct sqs *s, uint32_t m, const struct message *x, struct sqs_got *got)
{
    got->handle.a = m | (uint64_t)x->count << 32;
    got->handle.b = x->seq | (uint64_t)s->config.queue << 40;
    got->user = x->user;
    got->sequence = x->seq;
    got->sent = x->sent;
    got->first_ms = first_receive_ms(s, x);
    got->size = x->size;
    got->group = message_group(s, x);
    got->receives = receives_of(s, x);
    got->source = s->origin[x->origin].source;
}

/* The message is no longer in its waiting structure, or (FIFO) still in its group's order. */
bool receive_give(struct sqs *s, struct call *c, uint32_t m, struct message *x, sim_time visibility,
                  struct sqs_batch *batch)
{
    if (!is_fifo(s) && (!shelf_reserve(shelf_of(s, x)) || !age_reserve(s)))
        return false;
    if (visibility == 0)
        set_state(x, HELD);
    else if (!lease_begin(s, m, x, visibility))
        return false;
    count_visible(s, x, -1);
    count_receive(s, m, x);
    receive_fill(s, m, x, &batch->got[batch->n++]);
    if (s->config.dup_in_flight > 0 && visibility > 0)
        twice_flying(s, c, m);
    return true;
}

void receive_show(struct sqs *s, uint32_t m, struct sqs_batch *batch)
{
    receive_fill(s, m, msg(s, m), &batch->got[batch->n++]);
}

/* In flight already, and given a second time (SQS-66). */
bool receive_echo(struct sqs *s, uint32_t m, sim_time visibility, struct sqs_batch *batch)
{
    struct message *x = msg(s, m);
    if (!age_reserve(s) || (visibility > 0 && !lease_again(s, m, visibility)))
        return false;
    if (visibility > 0)
        lease_at(s, x->next)->start = s->now;
    count_receive(s, m, x);
    receive_fill(s, m, x, &batch->got[batch->n++]);
    return true;
}

/* A receive with visibility 0 leaves its messages available (SQS-54); only now, or it would get
 * them twice. */
void release_held(struct sqs *s, const struct sqs_batch *batch)
{
    next_event(s);
    for (uint32_t i = 0; i < batch->n; i++) {
        uint32_t m = (uint32_t)batch->got[i].handle.a;
        struct message *x = msg(s, m);
        if (x->state != HELD)
            continue; /* an echo: in flight all the time */
        if (!is_fifo(s) && x->count >= POISON_AT)
            x->key = s->now;
        message_available(s, m, x);
    }
}

/* Of any kind of queue. */
HOT enum sqs_outcome receive_any(struct sqs *s, struct call *c, const struct receive *r,
                                 struct sqs_batch *batch)
{
    if (r->attempt != 0 && is_fifo(s) && !r->woken &&
        attempt_replay(s, r->attempt, r->visibility, batch))
        return SQS_OK;
    if (s->flying >= s->config.in_flight_limit)
        return SQS_OVER_LIMIT;
    uint32_t room = s->config.in_flight_limit - s->flying;
    if (room > r->max)
        room = r->max;
    bool ok = is_fifo(s) ? fifo_gather(s, c, room, r->visibility, batch)
                              : standard_gather(s, c, room, r->visibility, r->shards, batch);
    s->failed |= !ok;
    if (batch->n == 0)
        return ok ? SQS_OK : SQS_NO_MEMORY;
    if (r->visibility == 0)
        release_held(s, batch);
    else if (r->attempt != 0 && is_fifo(s))
        attempt_note(s, r->attempt, batch);
    if (dice_chance(&c->dice[SQS_DICE_DUPLICATE], (uint64_t)s->config.response_lost, PPB)) {
        watch_unseen(s, batch);
        batch->lost = true;
        batch->n = 0;
    }
    return SQS_OK;
}

static enum sqs_outcome check_poll(const struct sqs *s, const struct sqs_poll *p, sim_time wait, sim_time visibility)
{
    if (p->max < 1 || p->max > SQS_BATCH_MAX)
        return SQS_BAD_MAX;
    if (wait < 0 || wait > s->config.wait_max)
        return SQS_BAD_WAIT;
    if (visibility < 0 || visibility > s->config.visibility_max)
        return SQS_BAD_VISIBILITY;
    return SQS_OK;
}

static enum sqs_outcome end_empty(struct sqs *s, enum sqs_outcome out)
{
    if (out == SQS_OVER_LIMIT && !is_fifo(s)) {
        s->counts.over_limit++;
        return out;
    }
    s->counts.empty_receives++;
    return SQS_OK;
}

static enum sqs_outcome ask(struct sqs *s, struct call *c, const struct sqs_poll *p, sim_time wait,
                            sim_time visibility, struct sqs_batch *batch)
{
    if (is_plain(s))
        return plain_receive(s, p->max, visibility, batch);
    struct receive r = {p->max, visibility, p->attempt, choose_shards(s, c, wait > 0), false};
    return receive_any(s, c, &r, batch);
}

/* Nothing is there: the poll ends, or waits. */
static APART enum sqs_outcome wait_or_end(struct sqs *s, const struct sqs_poll *p, sim_time wait, sim_time visibility,
                                          enum sqs_outcome out, struct sqs_batch *batch)
{
    if (batch->lost)
        return SQS_RESPONSE_LOST;
    if (out == SQS_NO_MEMORY)
        return out;
    if (wait == 0)
        return end_empty(s, out);
    batch->poll = polls_add(s, p, wait, visibility);
    return batch->poll == NONE ? SQS_NO_MEMORY : SQS_WAITING;
}

HOT enum sqs_outcome sqs_receive(struct sqs *s, struct call *c, const struct sqs_poll *p,
                                 struct sqs_batch *batch)
{
    op_begin(s, c);
    sim_time wait = p->wait == SQS_DEFAULT ? s->config.wait : p->wait;
    sim_time visibility = p->visibility == SQS_DEFAULT ? s->config.visibility : p->visibility;
    batch->n = 0;
    batch->lost = false;
    batch->coming = 0;
    batch->tag = p->tag;
    enum sqs_outcome out = check_poll(s, p, wait, visibility);
    if (out != SQS_OK)
        return out;
    out = ask(s, c, p, wait, visibility, batch);
    return batch->n > 0 ? out : wait_or_end(s, p, wait, visibility, out, batch);
}
