/* naive_sqs.c - slow and obvious. Rules: docs/semantics/sqs.md. */
#include "naive_sqs.h"

#include <string.h>

void naive_open(struct naive *q, const struct sqs_config *config)
{
    memset(q, 0, sizeof(*q));
    q->config = *config;
}

static void drop(struct naive *q, uint32_t i)
{
    memmove(&q->message[i], &q->message[i + 1], (q->n - i - 1) * sizeof(q->message[0]));
    q->n--;
}

/* --- time --- */

static sim_time due_of(const struct naive *q, const struct naive_message *m)
{
    if (m->state == NAIVE_FLYING)
        return m->due;
    if (m->state == NAIVE_DELAYED)
        return q->config.fifo ? m->sent + q->config.delay : m->due;
    return SIM_NEVER;
}

sim_time naive_deadline(const struct naive *q)
{
    sim_time at = SIM_NEVER;
    for (uint32_t i = 0; i < q->n; i++) {
        sim_time gone = q->message[i].sent + q->config.retention, due = due_of(q, &q->message[i]);
        at = gone < at ? gone : at;
        at = due < at ? due : at;
    }
    return at;
}

static void become_ready(struct naive *q, struct naive_message *m, sim_time at)
{
    if (!q->config.fifo && m->count >= 3)
        m->key = at;
    m->state = NAIVE_READY;
    m->event = q->event;
}

void naive_to(struct naive *q, sim_time to)
{
    for (;;) {
        sim_time at = naive_deadline(q);
        if (at > to)
            break;
        sim_time now = at > q->now ? at : q->now;
        for (uint32_t i = 0; i < q->n;)
            if (q->message[i].sent + q->config.retention <= at) {
                drop(q, i);
                q->counts.expired++;
            } else {
                i++;
            }
        q->event++;
        for (uint32_t i = 0; i < q->n; i++)
            if (due_of(q, &q->message[i]) <= at)
                become_ready(q, &q->message[i], now);
    }
    q->now = to;
}

/* --- sending --- */

static bool is_taken(const struct naive *q, const struct sqs_send *s)
{
    for (uint32_t i = 0; i < q->n_taken; i++)
        if (q->taken[i].id == s->dedup && q->now < q->taken[i].at + 300 * SIM_S &&
            (!q->config.dedup_by_group || q->taken[i].group == s->group))
            return true;
    return false;
}

enum sqs_outcome naive_send(struct naive *q, const struct sqs_send *s, uint64_t *life)
{
    bool own = s->delay != SQS_DEFAULT;
    if (s->size > q->config.max_message)
        return SQS_TOO_LONG;
    if (q->config.fifo && own && s->delay > 0)
        return SQS_DELAY_ON_FIFO;
    if (own && (s->delay < 0 || s->delay > q->config.delay_max))
        return SQS_BAD_DELAY;
    if (q->config.fifo && is_taken(q, s)) {
        q->counts.deduplicated++;
        return SQS_DUPLICATE;
    }
    if (q->config.fifo) {
        if (q->n_taken == NAIVE_MAX) {
            memmove(q->taken, q->taken + NAIVE_MAX / 2, NAIVE_MAX / 2 * sizeof(q->taken[0]));
            q->n_taken = NAIVE_MAX / 2;
        }
        q->taken[q->n_taken++] = (struct naive_taken){s->dedup, s->group, q->now};
    }
    sim_time delay = q->config.fifo || !own ? q->config.delay : s->delay;
    *life = ++q->last_life;
    if (s->group < 64)
        q->last_sent[s->group] = q->now;
    CHECK(q->n < NAIVE_MAX);
    struct naive_message *m = &q->message[q->n++];
    *m = (struct naive_message){
        .life = *life,
        .user = s->user,
        .seq = *life,
        .event = ++q->event,
        .size = s->size,
        .group = s->group,
        .sent = q->now,
        .key = q->now + delay,
        .due = q->now + delay,
        .state = delay > 0 ? NAIVE_DELAYED : NAIVE_READY,
    };
    q->counts.sent++;
    return SQS_OK;
}

/* --- receiving --- */

static uint32_t flying(const struct naive *q)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < q->n; i++)
        n += q->message[i].state == NAIVE_FLYING;
    return n;
}

static uint32_t flying_of(const struct naive *q, uint32_t group)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < q->n; i++)
        n += q->message[i].state == NAIVE_FLYING && q->message[i].group == group;
    return n;
}

static bool is_noisy(const struct naive *q, uint32_t group)
{
    uint32_t f = group == SQS_NO_GROUP ? 0 : flying_of(q, group), ready = 0;
    for (uint32_t i = 0; i < q->n; i++)
        ready += q->message[i].group == group && q->message[i].state == NAIVE_READY;
    return f >= 30 && f * 10 > flying(q) && ready > 0 && q->now - q->last_sent[group] < 300 * SIM_S;
}

struct noise { /* as judged at the beginning of the receive */
    bool noisy[64];
};

static bool standard_before(const struct naive *q, const struct noise *z,
                            const struct naive_message *a, const struct naive_message *b)
{
    bool na = a->group < 64 && z->noisy[a->group], nb = b->group < 64 && z->noisy[b->group];
    if (na != nb)
        return !na;
    if (na && flying_of(q, a->group) != flying_of(q, b->group))
        return flying_of(q, a->group) < flying_of(q, b->group);
    return a->key != b->key ? a->key < b->key : a->seq < b->seq;
}

static int standard_next(const struct naive *q, const struct noise *z, const bool *held)
{
    int best = -1;
    for (uint32_t i = 0; i < q->n; i++)
        if (q->message[i].state == NAIVE_READY && !held[i] &&
            (best < 0 || standard_before(q, z, &q->message[i], &q->message[best])))
            best = (int)i;
    return best;
}

static bool is_head(const struct naive *q, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++)
        if (q->message[k].group == q->message[i].group)
            return false;
    return true;
}

/* The first message of the best group: ready, and within the window. */
static int fifo_head(const struct naive *q, const bool *held)
{
    int best = -1;
    for (uint32_t i = 0; i < q->n && i < q->config.scan_window; i++) {
        const struct naive_message *m = &q->message[i];
        if (m->state != NAIVE_READY || held[i] || !is_head(q, i))
            continue;
        if (best < 0 || m->event < q->message[best].event ||
            (m->event == q->message[best].event && m->seq < q->message[best].seq))
            best = (int)i;
    }
    return best;
}

static bool is_dead(const struct naive *q, const struct naive_message *m)
{
    return q->config.max_receive > 0 && m->count >= q->config.max_receive;
}

static void move_out(struct naive *q, uint32_t i, bool *held)
{
    q->dead[q->n_dead++] = q->message[i].user;
    q->counts.moved_out++;
    memmove(&held[i], &held[i + 1], q->n - i - 1);
    held[q->n - 1] = false;
    drop(q, i);
}

struct pick {
    uint64_t life[10];
    uint32_t n;
};

static void hold(struct naive *q, uint32_t i, sim_time visibility, bool *held, struct pick *p)
{
    struct naive_message *m = &q->message[i];
    p->life[p->n++] = m->life;
    held[i] = visibility == 0;
    m->changed = false;
    if (m->count++ == 0 && !m->moved)
        m->first_ms = q->now / SIM_MS;
    q->counts.received++;
    if (visibility > 0) {
        m->state = NAIVE_FLYING;
        m->due = q->now + visibility;
        m->start = q->now;
    }
}

static void gather_standard(struct naive *q, uint32_t room, sim_time visibility, bool *held,
                            struct pick *p)
{
    struct noise z;
    for (uint32_t g = 0; g < 64; g++)
        z.noisy[g] = q->config.fair && is_noisy(q, g);
    while (p->n < room) {
        int i = standard_next(q, &z, held);
        if (i < 0)
            return;
        if (is_dead(q, &q->message[i]))
            move_out(q, (uint32_t)i, held);
        else
            hold(q, (uint32_t)i, visibility, held, p);
    }
}

static void gather_fifo(struct naive *q, uint32_t room, sim_time visibility, bool *held,
                        struct pick *p)
{
    int head;
    while (p->n < room && (head = fifo_head(q, held)) >= 0) {
        uint32_t group = q->message[head].group;
        /* the leading run of the group: up to the first that cannot be had */
        for (uint32_t i = (uint32_t)head; i < q->n && i < q->config.scan_window && p->n < room;) {
            struct naive_message *m = &q->message[i];
            if (m->group != group) {
                i++;
                continue;
            }
            if (m->state != NAIVE_READY || held[i])
                break;
            if (is_dead(q, m)) {
                move_out(q, i, held);
                continue;
            }
            hold(q, i, visibility, held, p);
            i++;
        }
    }
}

static struct naive_message *by_life(struct naive *q, uint64_t life)
{
    for (uint32_t i = 0; i < q->n; i++)
        if (q->message[i].life == life)
            return &q->message[i];
    return NULL;
}

static void show(struct naive *q, const struct pick *p, struct naive_got *got, uint32_t *n)
{
    for (uint32_t i = 0; i < p->n; i++) {
        const struct naive_message *m = by_life(q, p->life[i]);
        got[i] = (struct naive_got){m->life, m->user, m->count, m->before + m->count, m->first_ms, m->sent};
    }
    *n = p->n;
}

static bool replay(struct naive *q, uint64_t id, sim_time visibility, struct pick *p)
{
    for (uint32_t k = q->n_attempt; k-- > 0;) {
        const struct naive_attempt *a = &q->attempt[k];
        if (a->id != id)
            continue;
        if (q->now >= a->at + 300 * SIM_S || visibility == 0)
            return false;
        for (uint32_t i = 0; i < a->n; i++) {
            const struct naive_message *m = by_life(q, a->life[i]);
            if (m == NULL || m->state != NAIVE_FLYING || m->count != a->count[i] || m->changed)
                return false;
        }
        for (uint32_t i = 0; i < a->n; i++) {
            struct naive_message *m = by_life(q, a->life[i]);
            m->due = q->now + visibility;
            m->start = q->now;
            p->life[p->n++] = m->life;
            q->counts.received++;
        }
        return true;
    }
    return false;
}

static void note(struct naive *q, uint64_t id, const struct pick *p)
{
    if (q->n_attempt == NAIVE_MAX) {
        memmove(q->attempt, q->attempt + NAIVE_MAX / 2, NAIVE_MAX / 2 * sizeof(q->attempt[0]));
        q->n_attempt = NAIVE_MAX / 2;
    }
    struct naive_attempt *a = &q->attempt[q->n_attempt++];
    *a = (struct naive_attempt){.id = id, .at = q->now, .n = p->n};
    for (uint32_t i = 0; i < p->n; i++) {
        a->life[i] = p->life[i];
        a->count[i] = by_life(q, p->life[i])->count;
    }
}

static enum sqs_outcome gather(struct naive *q, uint32_t max, sim_time visibility, uint64_t attempt,
                               bool woken, struct pick *p)
{
    static bool held[NAIVE_MAX];
    p->n = 0;
    if (attempt != 0 && q->config.fifo && !woken && replay(q, attempt, visibility, p))
        return SQS_OK;
    uint32_t f = flying(q);
    if (f >= q->config.in_flight_limit)
        return SQS_OVER_LIMIT;
    uint32_t room = q->config.in_flight_limit - f;
    room = room > max ? max : room;
    memset(held, 0, sizeof(held));
    if (q->config.fifo)
        gather_fifo(q, room, visibility, held, p);
    else
        gather_standard(q, room, visibility, held, p);
    if (p->n > 0 && visibility == 0) {
        q->event++;
        for (uint32_t i = 0; i < p->n; i++)
            become_ready(q, by_life(q, p->life[i]), q->now);
    } else if (p->n > 0 && attempt != 0 && q->config.fifo) {
        note(q, attempt, p);
    }
    return SQS_OK;
}

enum sqs_outcome naive_receive(struct naive *q, const struct sqs_poll *r, struct naive_got *got,
                               uint32_t *n)
{
    sim_time wait = r->wait == SQS_DEFAULT ? q->config.wait : r->wait;
    sim_time visibility = r->visibility == SQS_DEFAULT ? q->config.visibility : r->visibility;
    struct pick p;
    *n = 0;
    if (r->max < 1 || r->max > 10)
        return SQS_BAD_MAX;
    if (wait < 0 || wait > q->config.wait_max)
        return SQS_BAD_WAIT;
    if (visibility < 0 || visibility > q->config.visibility_max)
        return SQS_BAD_VISIBILITY;
    enum sqs_outcome out = gather(q, r->max, visibility, r->attempt, false, &p);
    show(q, &p, got, n);
    if (*n > 0)
        return SQS_OK;
    if (wait > 0) {
        CHECK(q->n_poll < 64);
        q->poll[q->n_poll++] =
            (struct naive_poll){r->max, visibility, q->now + wait, r->tag, r->attempt};
        return SQS_WAITING;
    }
    if (out == SQS_OVER_LIMIT && !q->config.fifo)
        return SQS_OVER_LIMIT;
    q->counts.empty_receives++;
    return SQS_OK;
}

static void leave(struct naive *q, uint32_t i)
{
    memmove(&q->poll[i], &q->poll[i + 1], (q->n_poll - i - 1) * sizeof(q->poll[0]));
    q->n_poll--;
}

bool naive_serve(struct naive *q, uint64_t *tag, struct naive_got *got, uint32_t *n)
{
    struct pick p;
    if (q->n_poll == 0)
        return false;
    struct naive_poll first = q->poll[0];
    gather(q, first.max, first.visibility, first.attempt, true, &p);
    show(q, &p, got, n);
    if (p.n == 0)
        return false;
    *tag = first.tag;
    leave(q, 0);
    return true;
}

sim_time naive_late(const struct naive *q)
{
    sim_time at = SIM_NEVER;
    for (uint32_t i = 0; i < q->n_poll; i++)
        at = q->poll[i].until < at ? q->poll[i].until : at;
    return at;
}

/* Of those that end together the one that waits longest; ties of that are left open by the caller's
 * choice of waits. */
bool naive_give_up(struct naive *q, uint64_t *tag)
{
    for (uint32_t i = 0; i < q->n_poll; i++)
        if (q->poll[i].until <= q->now) {
            *tag = q->poll[i].tag;
            leave(q, i);
            q->counts.empty_receives++;
            return true;
        }
    return false;
}

/* --- handles --- */

static enum sqs_outcome remove_it(struct naive *q, const struct naive_message *m)
{
    q->event++;
    drop(q, (uint32_t)(m - q->message));
    q->counts.removed++;
    q->counts.deletes++;
    return SQS_OK;
}

enum sqs_outcome naive_delete(struct naive *q, uint64_t life, uint32_t count)
{
    struct naive_message *m = by_life(q, life);
    if (m != NULL && q->config.fifo) {
        if (m->count != count || m->state != NAIVE_FLYING)
            return SQS_RECEIPT_EXPIRED;
        return remove_it(q, m);
    }
    if (m != NULL && (m->count == count || !q->config.stale_delete_ignore))
        return remove_it(q, m);
    q->counts.deletes++;
    return SQS_NOTHING;
}

enum sqs_outcome naive_change(struct naive *q, uint64_t life, uint32_t count, sim_time visibility)
{
    struct naive_message *m = by_life(q, life);
    if (visibility < 0 || visibility > q->config.visibility_max)
        return SQS_BAD_VISIBILITY;
    if (m == NULL)
        return SQS_MESSAGE_GONE;
    if (m->state != NAIVE_FLYING || (q->config.fifo && m->count != count))
        return q->config.change_late_error ? SQS_NOT_IN_FLIGHT : SQS_NOTHING;
    if (visibility == 0) {
        q->event++;
        become_ready(q, m, q->now);
        return SQS_OK;
    }
    if (q->now + visibility > m->start + q->config.visibility_max)
        return SQS_TWELVE_HOURS;
    m->due = q->now + visibility;
    m->changed = true;
    return SQS_OK;
}

/* --- the owner --- */

void naive_accept(struct naive *q, const struct sqs_letter *l)
{
    CHECK(q->n < NAIVE_MAX && !q->config.fifo);
    uint64_t life = ++q->last_life;
    q->message[q->n++] = (struct naive_message){
        .life = life,
        .user = l->user,
        .seq = life,
        .event = ++q->event,
        .size = l->size,
        .group = l->group,
        .before = l->receives,
        .moved = true,
        .sent = l->sent,
        .first_ms = l->first_ms,
        .key = q->now,
        .state = NAIVE_READY,
    };
    if (l->group < 64)
        q->last_sent[l->group] = q->now;
    q->counts.moved_in++;
}

bool naive_take(struct naive *q, uint64_t *user)
{
    static const bool nothing_held[NAIVE_MAX];
    static const struct noise quiet;
    int i = standard_next(q, &quiet, nothing_held);
    if (i < 0)
        return false;
    *user = q->message[i].user;
    drop(q, (uint32_t)i);
    q->counts.moved_out++;
    return true;
}

void naive_purge(struct naive *q)
{
    q->counts.purged += q->n;
    q->n = q->n_taken = 0;
    q->event++;
}

void naive_set_delay(struct naive *q, sim_time delay)
{
    q->config.delay = delay;
    for (uint32_t i = 0; q->config.fifo && i < q->n; i++) {
        struct naive_message *m = &q->message[i];
        if (m->state == NAIVE_READY && m->count == 0 && m->sent + delay > q->now)
            m->state = NAIVE_DELAYED;
    }
}

void naive_gauges(const struct naive *q, struct sqs_gauges *g)
{
    *g = (struct sqs_gauges){.waiting_polls = q->n_poll};
    bool aged = false;
    for (uint32_t i = 0; i < q->n; i++) {
        const struct naive_message *m = &q->message[i];
        g->visible += m->state == NAIVE_READY;
        g->in_flight += m->state == NAIVE_FLYING;
        g->delayed += m->state == NAIVE_DELAYED;
        if (!aged && (q->config.fifo || m->count < 3)) { /* that came first; by its arrival (SQS-133) */
            g->age = q->now - (m->moved ? m->key : m->sent);
            aged = true;
        }
        bool first = m->state == NAIVE_FLYING;
        for (uint32_t k = 0; k < i; k++)
            first &= !(q->message[k].group == m->group && q->message[k].state == NAIVE_FLYING);
        g->groups_in_flight += q->config.fifo && first;
    }
}
