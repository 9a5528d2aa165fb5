/* queued_fly.c - a batch's invocation, and what becomes of its messages: those that are done are deleted, the others are left to
 * their visibility timeout (LAM-41, LAM-43). */
#include "mem.h"
#include "queued.h"
#include "record.h"

enum { TRACE_INVOKED = 3, TRACE_OVER };

static const struct pulled *got_at(const struct queued *m, const struct esmq_message *x)
{
    return slab_at(&m->got, (uint32_t)x->user);
}

/* The lives of recorded requests: what is done with a message goes by its receive, as with other consumers. */
static struct life_event *note(const struct queued *m, const struct pulled *got, enum life_what what)
{
    struct life_event *e = record_job(m->e.world, &got->job, what, &m->e);
    e->receives = got->receive_count;
    return e;
}

/* --- the start --- */

static bool room_for(struct queued_flight *f, uint32_t n)
{
    if (n <= f->cap)
        return true;
    struct job *job = mem_resize(f->job, n * sizeof(*job));
    f->job = job == NULL ? f->job : job;
    bool *failed = mem_resize(f->failed, n * sizeof(*failed));
    f->failed = failed == NULL ? f->failed : failed;
    f->cap = job == NULL || failed == NULL ? f->cap : n;
    return n <= f->cap;
}

/* What a flight had of memory stays with its number. */
static struct queued_flight *flight_new(struct queued *m, uint32_t n)
{
    bool fresh = m->flights.n_live == m->flights.n_touched;
    uint32_t number = slab_take(&m->flights);
    if (number == SLAB_NONE)
        return NULL;
    struct queued_flight *f = slab_at(&m->flights, number);
    if (fresh) {
        *f = (struct queued_flight){.mapping = m};
        invoke_init(&f->inv, m->target);
    }
    f->mapping = m;
    f->number = number;
    return room_for(f, n) ? f : NULL;
}

void queued_flights_close(struct queued *m)
{
    for (uint32_t i = 0; i < m->flights.n_touched; i++) {
        struct queued_flight *f = slab_at(&m->flights, i);
        mem_release(f->job);
        mem_release(f->failed);
    }
    slab_free(&m->flights);
}

static void over(struct queued_flight *, enum invoke_verdict);

static void done(struct invocation *inv, enum invoke_verdict v)
{
    over(CONTAINER_OF(inv, struct queued_flight, inv), v);
}

static void load(struct queued_flight *f, const struct esmq_do *what)
{
    struct queued *m = f->mapping;
    const struct esmq_message *x = esmq_batch(m->core, what->batch, &f->n);
    for (uint32_t i = 0; i < f->n; i++) {
        const struct pulled *got = got_at(m, &x[i]);
        f->job[i] = got->job;
        f->job[i].attempt = (uint16_t)(got->job.attempt * 256 + got->receive_count - 1); /* each receive is new work */
        if (job_recorded(&got->job) && what->try == 0)
            note(m, got, LIFE_BEGUN);
    }
}

void queued_invoke(struct queued *m, const struct esmq_do *what)
{
    uint32_t n;
    esmq_batch(m->core, what->batch, &n);
    struct queued_flight *f = flight_new(m, n);
    if (f == NULL) {
        m->e.world->failed = true;
        return;
    }
    load(f, what);
    f->batch = what->batch;
    f->again = what->try > 0;
    f->began = world_now(m->e.world);
    f->inv.job = f->job;
    f->inv.n = n;
    f->inv.failed = m->report ? f->failed : NULL;
    f->inv.in_order = m->config.fifo;
    f->inv.timeout = m->timeout;
    f->inv.try = 0; /* what was throttled was not begun: the same work */
    f->inv.done = done;
    for (uint32_t i = 0; i < n; i++)
        f->failed[i] = false;
    obs_level_add(&m->concurrent, f->began, 1);
    entity_trace(&m->e, TRACE_INVOKED, n);
    invoke_start(&f->inv);
}

/* --- the end --- */

static void processed(struct queued *m, const struct pulled *got, sim_time took)
{
    struct world *w = m->e.world;
    const struct request *r = request_at(&w->requests, got->job.request);
    bool again = w->requests.source[r->source]->done_at == &m->e && (r->flags & REQUEST_EFFECT) != 0;
    queued_count(m, MM_PROCESSED, 1);
    queued_count(m, MM_DUPLICATES, again);
    if (job_recorded(&got->job))
        note(m, got, LIFE_DONE)->value = took;
    request_effect(w, got->job.request, &m->e);
}

static void note_delete(struct queued *m, const struct pulled *got, enum settle_verdict v)
{
    queued_count(m, v == SETTLED ? MM_DELETED : MM_STALE_DELETES, 1);
    if (job_recorded(&got->job))
        record_delete(m->e.world, got, v, m->source, &m->e, LIFE_NONE, NULL);
}

static void delete_done(struct queued_flight *f)
{
    struct queued *m = f->mapping;
    uint32_t n, k = 0;
    const struct esmq_message *x = esmq_batch(m->core, f->batch, &n);
    const struct pulled *got[ESMQ_RECEIVE];
    struct ticket ticket[ESMQ_RECEIVE];
    enum settle_verdict verdict[ESMQ_RECEIVE];
    for (uint32_t i = 0; i < n; i++) {
        if (!x[i].keep) {
            got[k] = got_at(m, &x[i]);
            ticket[k] = got[k]->ticket;
            k++;
        }
        if (k == 0 || (k < ESMQ_RECEIVE && i + 1 < n))
            continue;
        m->pull->settle(m->source, SETTLE_DONE, ticket, k, 0, verdict);
        for (uint32_t v = 0; v < k; v++)
            note_delete(m, got[v], verdict[v]);
        k = 0;
    }
}

void queued_leave(struct queued *m, uint32_t batch)
{
    uint32_t n;
    const struct esmq_message *x = esmq_batch(m->core, batch, &n);
    for (uint32_t i = 0; i < n; i++) {
        queued_count(m, MM_RETURNED, x[i].keep);
        queued_let_go(m, (uint32_t)x[i].user);
    }
    esmq_release(m->core, queued_call(m), batch);
}

static void finish(struct queued_flight *f)
{
    struct queued *m = f->mapping;
    delete_done(f);
    queued_leave(m, f->batch);
    slab_give(&m->flights, f->number);
    queued_pump(m);
}

static void on_latency(struct sim *s, struct sim_timer *t)
{
    (void)s;
    finish(CONTAINER_OF(t, struct queued_flight, timer));
}

static void tell(struct queued_flight *f, enum invoke_verdict v)
{
    struct queued *m = f->mapping;
    bool *failed = m->report && v == INVOKE_OK ? f->failed : NULL;
    uint32_t bad = 0, n;
    const struct esmq_message *x = esmq_batch(m->core, f->batch, &n);
    for (uint32_t i = 0; i < f->n; i++) {
        const struct pulled *got = got_at(m, &x[i]);
        bool good = v == INVOKE_OK && (failed == NULL || !failed[i]);
        bad += !good;
        if (good)
            processed(m, got, world_now(m->e.world) - f->began);
        else if (job_recorded(&got->job))
            life_why(note(m, got, LIFE_FAILED),
                     v == INVOKE_THROTTLED ? "throttled" : v == INVOKE_DOWN ? "down" : "failed");
    }
    queued_count(m, MM_PARTIAL, v == INVOKE_OK && bad > 0);
}

static void note_end(struct queued_flight *f, enum invoke_verdict v)
{
    struct queued *m = f->mapping;
    sim_time now = world_now(m->e.world);
    bool begun = v == INVOKE_OK || v == INVOKE_ERROR;
    obs_level_add(&m->concurrent, now, -1);
    queued_count(m, MM_INVOCATIONS, begun);
    queued_count(m, MM_ERRORS, v == INVOKE_ERROR);
    queued_count(m, MM_THROTTLES, !begun);
    queued_count(m, MM_RETRIED, f->again ? f->n : 0);
    if (begun) {
        obs_tally_add(&m->batch, now, f->n);
        obs_tally_add(&m->duration, now, now - f->began);
    }
    entity_trace(&m->e, TRACE_OVER + 10 * (uint32_t)v, f->n);
}

static void over(struct queued_flight *f, enum invoke_verdict v)
{
    struct queued *m = f->mapping;
    enum esmq_result result = v == INVOKE_OK ? ESMQ_DONE : v == INVOKE_ERROR ? ESMQ_ERROR : ESMQ_THROTTLED;
    note_end(f, v);
    tell(f, v);
    bool ended = esmq_settle(m->core, queued_call(m), f->batch, result, m->report && v == INVOKE_OK ? f->failed : NULL);
    if (!ended) {
        slab_give(&m->flights, f->number);
        queued_pump(m);
        return;
    }
    queued_count(m, MM_DROPPED, result == ESMQ_THROTTLED);
    sim_time wait = m->pull->latency == NULL || v != INVOKE_OK ? 0 : m->pull->latency(m->source, NULL);
    sim_timer_init(&f->timer, SIM_MESSAGE, on_latency);
    if (wait > 0)
        sim_after(m->e.world->sim, &f->timer, wait);
    else
        finish(f);
}
