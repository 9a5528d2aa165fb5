/* sqs_direct.c - written with the parts of sqs_plain.c and sqs_lease.c: what is left out is told in sqs_direct.h. */
#include "sqs_direct.h"

#include "sqs_parts.h"

/* Nothing is to be seen to but the message itself: no quota, no delay, no gathering, no lot, nobody who looks on. */
bool direct_is(const struct sqs *s)
{
    const struct sqs_config *k = &s->config;
    return s->plain && k->call_rate == 0 && k->delay == 0 && k->wake_gather == 0 && !k->wake_random && k->watch == 0;
}

bool direct_open(const struct sqs *s)
{
    return s->direct;
}

/* Nothing is in flight twice, nor waits for its group. */
bool direct_may_serve(const struct sqs *s)
{
    return s->polls.n > 0 && s->visible > 0 && s->flying < s->config.in_flight_limit;
}

bool direct_moved(const struct sqs *s)
{
    return s->moved;
}

uint64_t direct_coming(const struct sqs *s)
{
    struct sqs_batch batch = {.coming = 0};
    look_ahead(s, &batch);
    return batch.coming;
}

static inline void begin(struct sqs *s, sim_time now)
{
    CHECK(now >= s->now);
    s->now = now;
    s->moved = false;
}

/* Its lease would stand in the first list, for which there is always room … */
static inline bool in_first_list(const struct sqs *s, sim_time visibility)
{
    return s->flights.lane[0].length == visibility;
}

/* … and one more may come back to the shelf. */
static inline bool can_lease(struct sqs *s, sim_time visibility)
{
    return in_first_list(s, visibility) && shelf_reserve(&s->shelf[0]);
}

/* Goes out for the first time. It was not counted as available. false: memory is short. */
static inline bool give_new(struct sqs *s, uint32_t m, struct message *x, sim_time visibility, struct sqs_got *got)
{
    if (!lease_start(s, m, x, visibility))
        return false;
    s->flying++;
    s->shelf[0].n_out++;
    plain_show(s, m, x, got);
    return true;
}

/* --- send --- */

static inline bool takes(const struct sqs *s, const struct sqs_send *send)
{
    return s->direct && send->size <= s->config.max_message && (send->group == SQS_NO_GROUP || !s->config.fair);
}

/* To the first who waits, when nothing else does. */
static inline bool hand_over(struct sqs *s, uint32_t m, struct message *x, struct sqs_got *got, uint64_t *tag)
{
    uint32_t p = s->polls.head;
    if (p == NONE || s->visible > 0 || s->flying >= s->config.in_flight_limit)
        return false;
    const struct waiting *w = poll_at(s, p);
    if (!can_lease(s, w->visibility) || !give_new(s, m, x, w->visibility, got))
        return false;
    *tag = w->tag;
    polls_remove(s, p);
    return true;
}

enum direct direct_send(struct sqs *s, sim_time now, const struct sqs_send *send, struct sqs_got *got, uint64_t *tag)
{
    if (!takes(s, send))
        return DIRECT_DECLINED;
    begin(s, now);
    uint32_t m = message_new(s, send, now);
    if (m == NONE)
        return DIRECT_DECLINED;
    struct message *x = msg(s, m);
    plain_come(s, m, x);
    s->counts.sent++;
    if (hand_over(s, m, x, got, tag))
        return DIRECT_GOT;
    plain_shelve(s, m, x);
    return DIRECT_STORED;
}

/* --- delete and receive --- */

/* Of the latest receive, and in flight: the only handle for which there is nothing to judge. */
static inline bool is_latest(const struct sqs *s, const struct message *x, struct sqs_handle h)
{
    uint64_t flying = h.b ^ (uint64_t)(s->config.queue ^ FLYING) << 40; /* in place of the queue: its state, and no origin */
    return x->life >> 40 == FLYING && x->life == flying && x->count == h.a >> 32;
}

/* The poll can wait, or be given the message y for the first time: in place of one that might have come back to the shelf. */
static inline bool can_ask(struct sqs *s, struct sqs_poll *p, sim_time visibility, const struct message *y)
{
    bool valid = p->wait == SQS_DEFAULT || (p->wait >= 0 && p->wait <= s->config.wait_max);
    if (!valid || p->max != 1 || s->flying > s->config.in_flight_limit)
        return false;
    if (y != NULL)
        return s->polls.n == 0 && plain_is_new(y) && in_first_list(s, visibility);
    p->wait = p->wait == SQS_DEFAULT ? s->config.wait : p->wait;
    return p->wait > 0;
}

static inline void tell_gone(struct sqs *s, const struct message *x, struct direct_gone *gone)
{
    next_event(s);
    gone->user = x->user;
    gone->receives = x->count;
    s->counts.removed++;
    s->counts.deletes++;
}

/* y, of that number, goes out with the lease of x, which is gone: as many are in flight as before. */
static inline void change(struct sqs *s, const struct message *x, struct lease *lease, uint32_t next, struct message *y,
                          struct sqs_got *got)
{
    plain_take(s, y);
    s->visible--;
    lease_give(s, x->next, lease, next, y);
    plain_show(s, next, y, got);
}

static inline void end_lease(struct sqs *s, const struct message *x, struct lease *lease)
{
    lease_free(s, x->next, lease);
    s->flying--;
    s->shelf[0].n_out--;
}

enum direct direct_swap(struct sqs *s, sim_time now, struct sqs_handle h, struct direct_gone *gone, struct sqs_poll *p,
                        struct sqs_got *got, uint32_t *number)
{
    uint32_t m = (uint32_t)h.a;
    if (!s->direct || m >= s->messages.n_touched)
        return DIRECT_DECLINED;
    struct message *x = msg(s, m);
    if (!is_latest(s, x, h))
        return DIRECT_DECLINED;
    uint32_t next = shelf_best(s, &s->shelf[0]);
    struct message *y = next == NONE ? NULL : msg(s, next);
    sim_time visibility = p->visibility == SQS_DEFAULT ? s->config.visibility : p->visibility;
    if (!can_ask(s, p, visibility, y))
        return DIRECT_DECLINED;
    if (y == NULL && (*number = polls_add(s, p, p->wait, visibility)) == NONE)
        return DIRECT_DECLINED;
    begin(s, now);
    tell_gone(s, x, gone);
    plain_leave(s, x);
    struct lease *lease = lease_take(s, x);
    if (y == NULL)
        end_lease(s, x, lease);
    else
        change(s, x, lease, next, y, got);
    message_free_at(s, m, x);
    return y == NULL ? DIRECT_WAITS : DIRECT_GOT;
}
