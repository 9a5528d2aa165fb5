/* queued.c - polls of a mapping on a queue: made when the core wants them, each answered once. */
#include "queued.h"

#include "event.h"
#include "record.h"

enum { TRACE_TAKEN = 1, TRACE_FILTERED };

struct call *queued_call(struct queued *m)
{
    call_begin(&m->call, world_now(m->e.world), NULL);
    return &m->call;
}

void queued_let_go(struct queued *m, uint32_t got)
{
    uint32_t request = ((struct pulled *)slab_at(&m->got, got))->job.request;
    slab_give(&m->got, got);
    m->n_let_go++;
    request_drop(m->e.world, request);
}

/* --- what comes --- */

static void trace(struct queued *m, uint32_t what, const struct pulled *got)
{
    entity_trace(&m->e, what, request_item(request_at(&m->e.world->requests, got->job.request)));
}

/* LAM-55: deleted, without an invocation. */
static void skip(struct queued *m, const struct pulled *got, uint32_t n)
{
    struct ticket ticket[ESMQ_RECEIVE];
    enum settle_verdict verdict[ESMQ_RECEIVE];
    if (n == 0)
        return;
    for (uint32_t i = 0; i < n; i++)
        ticket[i] = got[i].ticket;
    queued_count(m, MM_FILTERED, n);
    m->pull->settle(m->source, SETTLE_DONE, ticket, n, 0, verdict);
    for (uint32_t i = 0; i < n; i++) {
        trace(m, TRACE_FILTERED, &got[i]);
        if (job_recorded(&got[i].job))
            record_delete(m->e.world, &got[i], verdict[i], m->source, &m->e, LIFE_NONE, RECORD_UNMATCHED);
        m->n_let_go++;
        request_drop(m->e.world, got[i].job.request);
    }
}

/* false: memory is short. */
static bool keep(struct queued *m, const struct pulled *got, struct esmq_message *out)
{
    uint32_t number = slab_take(&m->got);
    if (number == SLAB_NONE)
        return false;
    *(struct pulled *)slab_at(&m->got, number) = *got;
    *out = (struct esmq_message){.user = number, .size = got->job.size};
    trace(m, TRACE_TAKEN, got);
    return true;
}

static void sort(struct queued *m, const struct pulled *got, uint32_t n, bool at_once)
{
    struct esmq_message message[ESMQ_RECEIVE];
    struct pulled other[ESMQ_RECEIVE];
    uint32_t n_message = 0, n_other = 0;
    bool good = true;
    m->n_taken += n;
    queued_count(m, MM_READ, n);
    queued_count(m, MM_EMPTY_POLLS, n == 0);
    for (uint32_t i = 0; i < n && good; i++) {
        if (m->screen.passes[job_event(&got[i].job)])
            good = keep(m, &got[i], &message[n_message++]);
        else
            other[n_other++] = got[i];
    }
    good = good && esmq_answer(m->core, queued_call(m), message, n_message, n_other, at_once);
    m->e.world->failed |= !good;
    skip(m, other, n_other);
}

static void on_answer(struct pull_ask *a, const struct pulled *got, uint32_t n, enum pull_verdict verdict)
{
    struct queued_poll *p = CONTAINER_OF(a, struct queued_poll, ask);
    struct queued *m = p->mapping;
    bool at_once = p->asked == world_now(m->e.world);
    slab_give(&m->polls, p->number);
    queued_count(m, MM_POLLS, 1);
    if (verdict != PULL_OK || (n == 0 && at_once)) {
        queued_count(m, MM_REFUSED_POLLS, verdict != PULL_OK);
        esmq_refused(m->core, queued_call(m));
    } else {
        sort(m, got, n, at_once);
    }
    queued_pump(m);
}

/* --- polls --- */

static void ask(struct queued_poll *p)
{
    struct queued *m = p->mapping;
    p->asked = world_now(m->e.world);
    m->pull->ask(m->source, &p->ask);
}

static void on_latency(struct sim *s, struct sim_timer *t)
{
    (void)s;
    ask(CONTAINER_OF(t, struct queued_poll, timer));
}

static void poll(struct queued *m, const struct esmq_do *what)
{
    uint32_t number = slab_take(&m->polls);
    if (number == SLAB_NONE) {
        m->e.world->failed = true;
        return;
    }
    struct queued_poll *p = slab_at(&m->polls, number);
    *p = (struct queued_poll){.mapping = m, .number = number};
    p->ask.max = what->max;
    p->ask.wait = what->wait;
    p->ask.visibility = PULL_DEFAULT;
    p->ask.answer = on_answer;
    p->ask.asker = &m->e;
    p->ask.who = number;
    p->ask.source = m->source;
    sim_time wait = m->pull->latency == NULL ? 0 : m->pull->latency(m->source, &p->ask);
    sim_timer_init(&p->timer, SIM_MESSAGE, on_latency);
    if (wait > 0)
        sim_after(m->e.world->sim, &p->timer, wait);
    else
        ask(p);
}

void queued_withdraw(struct queued *m)
{
    for (uint32_t i = 0; i < m->polls.n_touched; i++) {
        struct queued_poll *p = slab_at(&m->polls, i);
        if (p->ask.waiting)
            m->pull->withdraw(m->source, &p->ask);
        else if (sim_pending(&p->timer))
            sim_cancel(m->e.world->sim, &p->timer);
        else
            continue;
        slab_give(&m->polls, i);
        m->e.world->failed |= !esmq_answer(m->core, queued_call(m), NULL, 0, 0, false);
    }
}

/* --- the core goes on --- */

static void look(struct queued *m)
{
    struct esmq_gauges g;
    sim_time now = world_now(m->e.world);
    esmq_gauges(m->core, &g);
    obs_level_set(&m->slots, now, g.limit);
    obs_level_set(&m->buffered, now, g.held);
    obs_level_set(&m->blocked, now, g.pausing);
}

void queued_pump(struct queued *m)
{
    struct esmq_do todo;
    if (m->pumping)
        return;
    m->pumping = true;
    while (!m->e.world->failed) {
        while (esmq_deadline(m->core) <= world_now(m->e.world))
            esmq_advance(m->core, queued_call(m));
        enum esmq_what what = esmq_next(m->core, queued_call(m), &todo);
        if (what == ESMQ_NOTHING)
            break;
        if (what == ESMQ_POLL)
            poll(m, &todo);
        else if (what == ESMQ_LEAVE)
            queued_leave(m, todo.batch);
        else if (world_spins(&m->e, &m->spin)) /* it fails at once, and is visible again at once */
            break;
        else
            queued_invoke(m, &todo);
    }
    m->pumping = false;
    look(m);
    if (!m->e.world->failed)
        sim_at(m->e.world->sim, &m->timer, esmq_deadline(m->core));
}

void queued_on_timer(struct sim *s, struct sim_timer *t)
{
    (void)s;
    queued_pump(CONTAINER_OF(t, struct queued, timer));
}
