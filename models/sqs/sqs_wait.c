/* sqs_wait.c - long polls that wait (SQS-43 … 46): served in the order of their arrival, one poll
 * for what is there. */
#include "sqs_parts.h"

#include <stddef.h>

#include "mem.h"

static uint64_t seq_of(const struct timeline *t, uint32_t p)
{
    const struct waiting *w = slab_at(t->slab, p);
    return (uint64_t)w->seq_high << 32 | w->seq_low;
}

void polls_init(struct polls *p)
{
    *p = (struct polls){.head = NONE, .tail = NONE};
    slab_init(&p->slab, sizeof(struct waiting));
    timeline_init(&p->timeline, &p->slab, offsetof(struct waiting, due), seq_of);
}

void polls_free(struct polls *p)
{
    timeline_free(&p->timeline);
    slab_free(&p->slab);
    mem_release(p->table);
}

static bool widen_table(struct polls *p)
{
    if (p->n < p->cap)
        return true;
    uint32_t cap = p->cap == 0 ? 16 : 2 * p->cap;
    uint32_t *table = mem_resize(p->table, cap * sizeof(*table));
    if (table == NULL)
        return false;
    p->table = table;
    p->cap = cap;
    return true;
}

static void link_in(struct sqs *s, uint32_t p, struct waiting *w)
{
    struct polls *all = &s->polls;
    w->later = NONE;
    w->earlier = all->tail;
    if (all->tail == NONE)
        all->head = p;
    else
        poll_at(s, all->tail)->later = p;
    all->tail = p;
    if (s->config.wake_random) {
        all->table[all->n] = p;
        w->due.spare = all->n;
    }
    all->n++;
}

static uint32_t poll_new(struct sqs *s)
{
    struct slab *slab = &s->polls.slab;
    uint32_t p = slab->free_head;
    if (p == NONE)
        return slab_take(slab);
    slab->free_head = *(const uint32_t *)poll_at(s, p);
    slab->n_live++;
    return p;
}

static void give_time(struct sqs *s, uint32_t p, struct waiting *w, sim_time wait)
{
    w->seq_low = (uint32_t)s->seq;
    w->seq_high = (uint8_t)(s->seq >> 32);
    timeline_add(&s->polls.timeline, p, s->now, wait, s->seq);
}

uint32_t polls_add(struct sqs *s, const struct sqs_poll *poll, sim_time wait, sim_time visibility)
{
    if (s->config.wake_random && !widen_table(&s->polls))
        return NONE;
    uint32_t p = poll_new(s);
    if (p == NONE)
        return NONE;
    if (!poll->untimed && !timeline_reserve(&s->polls.timeline, wait, 1)) {
        slab_give(&s->polls.slab, p);
        return NONE;
    }
    struct waiting *w = poll_at(s, p);
    w->visibility = visibility;
    w->tag = poll->tag;
    w->attempt = poll->attempt;
    w->max = (uint16_t)poll->max;
    w->timed = !poll->untimed;
    link_in(s, p, w);
    if (w->timed)
        give_time(s, p, w, wait);
    return p;
}

static void leave_table(struct sqs *s, const struct waiting *w)
{
    struct polls *all = &s->polls;
    uint32_t last = all->table[all->n];
    all->table[w->due.spare] = last;
    poll_at(s, last)->due.spare = w->due.spare;
}

void polls_remove(struct sqs *s, uint32_t p)
{
    struct polls *all = &s->polls;
    struct waiting *w = poll_at(s, p);
    if (w->timed)
        timeline_remove(&all->timeline, p);
    if (w->earlier == NONE)
        all->head = w->later;
    else
        poll_at(s, w->earlier)->later = w->later;
    if (w->later == NONE)
        all->tail = w->earlier;
    else
        poll_at(s, w->later)->earlier = w->earlier;
    all->n--;
    if (s->config.wake_random)
        leave_table(s, w);
    *(uint32_t *)w = all->slab.free_head;
    all->slab.free_head = p;
    all->slab.n_live--;
}

static uint32_t next_poll(const struct sqs *s, struct call *c)
{
    if (!s->config.wake_random)
        return s->polls.head;
    return s->polls.table[dice_roll(&c->dice[SQS_DICE_WAKE], s->polls.n)];
}

bool sqs_may_serve(const struct sqs *s)
{
    return s->polls.n > 0 && s->visible + s->n_echo > 0 && s->flying < s->config.in_flight_limit &&
           (!is_fifo(s) || fifo_ready(s));
}

/* Something to give: the answer is put off until the gathering is over (SQS-46). */
static bool gathering(struct sqs *s)
{
    if (s->config.wake_gather == 0 || s->gathered == s->now)
        return false;
    if (s->gather == SIM_NEVER)
        s->gather = s->now + s->config.wake_gather;
    return true;
}

/* A poll at the in-flight limit waits until a slot is free; one that meets only dead letters goes
 * on waiting (SQS-71, 111). */
bool sqs_serve(struct sqs *s, struct call *c, struct sqs_batch *batch)
{
    batch->n = 0;
    batch->lost = false;
    batch->coming = 0;
    if (!sqs_may_serve(s) || gathering(s))
        return false;
    uint32_t p = next_poll(s, c);
    const struct waiting *w = poll_at(s, p);
    batch->tag = w->tag;
    batch->poll = p;
    if (is_plain(s)) {
        plain_receive(s, w->max, w->visibility, batch);
    } else {
        struct receive r = {w->max, w->visibility, w->attempt, UINT64_MAX, true};
        receive_any(s, c, &r, batch);
    }
    if (batch->n == 0 && !batch->lost)
        return false;
    polls_remove(s, p);
    return true;
}

bool sqs_waiting(const struct sqs *s, uint64_t *tag)
{
    if (s->polls.head != NONE)
        *tag = poll_at(s, s->polls.head)->tag;
    return s->polls.head != NONE;
}

sim_time sqs_late_deadline(const struct sqs *s)
{
    return s->polls.timeline.next;
}

void sqs_withdraw(struct sqs *s, struct call *c, uint32_t poll, bool counted)
{
    CHECK(c->now >= s->now);
    if (counted)
        s->counts.empty_receives++;
    polls_remove(s, poll);
}

bool sqs_give_up(struct sqs *s, struct call *c, struct sqs_batch *batch)
{
    if (s->polls.timeline.next > c->now)
        return false;
    uint32_t p = timeline_first(&s->polls.timeline);
    batch->n = 0;
    batch->lost = false;
    batch->tag = poll_at(s, p)->tag;
    batch->poll = p;
    sqs_withdraw(s, c, p, true);
    return true;
}
