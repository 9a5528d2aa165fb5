/* part_work.c - the records of a batch, one by one: what chance decides about each, its time, its
 * steps, and what becomes of it.
 *
 * A record that is read again after a crash is begun again, and chance decides anew: how often it
 * was begun before stands in no store, so a shard keeps the spans of records that earlier holders
 * got through. */
#include "part.h"

#include "fault_state.h"

#define PPB   1000000000
#define RADIX 16 /* of the digits for times begun and for failures */

/* --- how often it was begun before --- */

uint32_t work_begun(const struct part_reader *p, uint64_t seq)
{
    uint32_t n = seq < p->forgotten_to ? p->n_forgotten : 0;
    for (uint32_t i = 0; i < p->n_span; i++)
        n += seq >= p->span[i].first && seq < p->span[i].end;
    return n;
}

static void forget_oldest(struct part_reader *p)
{
    if (p->span[0].end > p->forgotten_to)
        p->forgotten_to = p->span[0].end;
    p->n_forgotten++;
    for (uint32_t i = 1; i < p->n_span; i++)
        p->span[i - 1] = p->span[i];
    p->n_span--;
}

void work_tenure_over(struct part_reader *p)
{
    uint64_t end = p->at + (p->working && p->holding);
    if (!p->has_at || end <= p->tenure)
        return;
    if (p->n_span == SPANS_MAX)
        forget_oldest(p);
    p->span[p->n_span++] = (struct part_span){p->tenure, end};
}

/* --- what chance decides --- */

static sim_time slowed(const struct part_reader *p, sim_time t)
{
    const struct fault_state *f = &p->app->fault;
    return f->active & FAULT_SLOW ? fault_slowed(f, t) : t;
}

static sim_time own_time(const struct part_reader *p)
{
    struct consumer *c = p->app;
    return slowed(p, c->time_constant >= 0 ? c->time_constant
                                           : job_sample(c->e.world, &c->times, &p->job));
}

/* -1: it does not die before the work is done. */
static sim_time plan_crash(struct part_reader *p, sim_time time)
{
    const struct consumer *c = p->app;
    p->crash_at_end = false;
    if (c->crash_ppb == 0)
        return -1;
    struct rng cell = job_cell(c->e.world, &c->crash_stream, &p->job);
    if ((int64_t)rng_below(&cell, PPB) >= c->crash_ppb)
        return -1;
    p->restart = dist_sample(c->restart, &cell);
    p->crash_at_end = c->crash_at == CRASH_END;
    if (p->crash_at_end)
        return -1;
    return c->crash_at == CRASH_START || time == 0 ? 0 : (sim_time)rng_below(&cell, (uint64_t)time);
}

static bool fails(const struct part_reader *p)
{
    const struct consumer *c = p->app;
    if ((c->fault.active & FAULT_FAIL) == 0)
        return false;
    struct rng cell = job_cell(c->e.world, &c->fail_stream, &p->job);
    return (int64_t)rng_below(&cell, PPB) < c->fault.probability;
}

/* --- notes --- */

static void trace(const struct part_reader *p, uint32_t what)
{
    uint64_t item = request_item(request_at(&part_world(p)->requests, p->job.request));
    entity_trace(&p->app->e, what, item << 16 ^ p->job.attempt);
}

static struct life_event *note(const struct part_reader *p, enum life_what what)
{
    struct life_event *e = record_job(part_world(p), &p->job, what, &p->app->e);
    e->attempt = p->copy;
    e->worker = p->worker;
    e->receives = p->begun + 1;
    return e;
}

/* --- the end of a record --- */

static part_step attempt, next_user;

static void let_go(struct part_reader *p)
{
    p->holding = false;
    p->app->n_let_go++;
    request_drop(part_world(p), p->job.request);
}

static void die(struct part_reader *p)
{
    crew_crash(p->app, p->worker, p->restart);
}

/* The record, or what was packed into it, is dealt with. */
static void passed(struct part_reader *p)
{
    struct consumer *c = p->app;
    uint32_t again = 0;
    bool last = p->sub_at + 1 == p->sub_n;
    if (last) {
        kcl_processed(c->kcl, p->worker, p->part, p->at, 1, &again);
        consumer_count(c, AM_REPROCESSED, again);
        if (p->part < c->n_watched)
            obs_count(&c->part[p->part].processed, part_now(p), 1);
    }
    if (p->crash_at_end) {
        die(p);
        return;
    }
    let_go(p);
    if (last) {
        kcl_record_done(c->kcl, p->worker, p->part);
        p->at++;
        part_go(p, work_record);
    } else {
        p->sub_at++;
        part_go(p, next_user);
    }
}

/* Its done_at lies elsewhere: this application remembers by a bit of its own. */
static bool is_aside(const struct consumer *c, const struct request *r)
{
    return c->aside != NULL && c->aside[r->source];
}

static bool is_done(const struct consumer *c, const struct request *r)
{
    return is_aside(c, r) ? (r->served & c->served) != 0 : (r->flags & REQUEST_EFFECT) != 0;
}

static bool is_duplicate(const struct part_reader *p, const struct request *r)
{
    const struct consumer *c = p->app;
    const struct request_table *t = &part_world(p)->requests;
    bool own = is_aside(c, r) || t->source[r->source]->done_at == &c->e;
    return p->had_effect || (own && is_done(c, r));
}

static void count_hold(struct part_reader *p)
{
    sim_time now = part_now(p);
    obs_tally_add(&p->app->hold, now, now - p->began);
}

static uint64_t id_of(const struct part_reader *p)
{
    const struct request *r = request_at(&part_world(p)->requests, p->job.request);
    return (uint64_t)r->source << 40 | request_item(r);
}

static void succeeded(struct part_reader *p)
{
    struct consumer *c = p->app;
    struct world *w = part_world(p);
    struct request *r = request_at(&w->requests, p->job.request);
    consumer_count(c, AM_PROCESSED, 1);
    consumer_count(c, AM_DUPLICATES, is_duplicate(p, r));
    trace(p, CONSUMER_TRACE_DONE);
    if (job_recorded(&p->job))
        note(p, LIFE_DONE)->value = world_now(w) - p->began;
    if (is_aside(c, r))
        r->served |= c->served;
    request_effect(w, p->job.request, &c->e);
    if (c->idempotent && !known_add(&c->known, world_now(w), id_of(p)))
        w->failed = true;
    passed(p);
}

static void failed(struct part_reader *p, const char *why)
{
    struct consumer *c = p->app;
    consumer_count(c, AM_FAILED, 1);
    trace(p, CONSUMER_TRACE_FAILED);
    if (job_recorded(&p->job))
        life_why(note(p, LIFE_FAILED), why);
    if (++p->tried >= c->attempts) {
        consumer_count(c, AM_SKIPPED, 1);
        if (job_recorded(&p->job))
            note(p, LIFE_GIVEN_UP)->value = (int64_t)p->tried;
        trace(p, CONSUMER_TRACE_SKIPPED);
        c->log->give_up(c->source, &c->reader, p->part, p->at);
        passed(p);
        return;
    }
    consumer_count(c, AM_RETRIED, 1);
    sim_time pause = 0;
    if (c->pause != NULL) {
        struct rng cell = job_cell(part_world(p), &c->pause_stream, &p->job);
        pause = p->pause = backoff_pause(c->pause, (uint32_t)(p->tried - 1), p->pause, &cell);
    }
    part_wait(p, pause, attempt);
}

static void ended(struct part_reader *p, enum call_verdict verdict)
{
    if (part_world(p)->failed)
        return;
    count_hold(p);
    if (verdict != CALL_OK)
        failed(p, p->poisoned ? "poison" : record_verdict(verdict));
    else if (fails(p))
        failed(p, "fault");
    else
        succeeded(p);
}

static void steps_done(struct steps_walk *walk, enum call_verdict verdict)
{
    ended(CONTAINER_OF(walk, struct part_reader, walk), verdict);
}

/* --- the work --- */

static void do_steps(struct part_reader *p)
{
    struct consumer *c = p->app;
    if (p->poisoned) {
        consumer_count(c, AM_POISONED, 1);
        ended(p, CALL_FAILED);
    } else if (c->steps.n == 0) {
        ended(p, CALL_OK);
    } else {
        p->walk.caller.who = p->worker;
        steps_start(&p->walk, &c->steps, &p->job, steps_done);
    }
}

static bool recognised(struct part_reader *p)
{
    struct consumer *c = p->app;
    if (!c->idempotent || !known_has(&c->known, part_now(p), id_of(p)))
        return false;
    consumer_count(c, AM_RECOGNISED, 1);
    trace(p, CONSUMER_TRACE_RECOGNISED);
    if (job_recorded(&p->job))
        note(p, LIFE_RECOGNISED);
    p->crash_at_end = false;
    passed(p);
    return true;
}

static void attempt(struct part_reader *p)
{
    struct consumer *c = p->app;
    struct log_record r;
    if (world_spins(&c->e, &p->spin))
        return;
    if (!c->log->record(c->source, p->part, p->at, &r)) { /* expired while it was tried */
        consumer_count(c, AM_MISSED, 1);
        let_go(p);
        p->at++;
        part_go(p, work_record);
        return;
    }
    p->job = r.job[p->sub_at];
    p->job.attempt =
        attempt_code(attempt_code(p->job.attempt, RADIX, p->begun), RADIX, (uint32_t)p->tried);
    p->began = part_now(p);
    p->had_effect = is_done(c, request_at(&part_world(p)->requests, p->job.request));
    if (job_recorded(&p->job))
        note(p, LIFE_BEGUN);
    if (recognised(p))
        return;
    sim_time time = own_time(p), crash = plan_crash(p, time);
    p->poisoned = poison_hits(&c->poison, c->e.world, &p->job);
    part_wait(p, crash >= 0 ? crash : time, crash >= 0 ? die : do_steps);
}

static void next_user(struct part_reader *p)
{
    struct consumer *c = p->app;
    struct log_record r;
    if (!c->log->record(c->source, p->part, p->at, &r)) {
        consumer_count(c, AM_MISSED, 1);
        p->at++;
        part_go(p, work_record);
        return;
    }
    p->sub_n = r.n;
    p->job = r.job[p->sub_at];
    p->holding = true;
    p->tried = 0;
    p->pause = 0;
    p->begun = work_begun(p, p->at);
    c->n_taken++;
    request_hold(part_world(p), p->job.request);
    part_go(p, attempt);
}

void work_record(struct part_reader *p)
{
    struct consumer *c = p->app;
    struct log_record r;
    if (p->at == p->batch_end) {
        part_go(p, part_batch_over);
        return;
    }
    p->sub_at = 0;
    if (p->rewound && c->log->record(c->source, p->part, p->at, &r)) {
        sim_time due = replay_due(c, r.arrival), now = part_now(p);
        if (due > now) {
            part_wait(p, due - now, next_user);
            return;
        }
    }
    part_go(p, next_user);
}

void work_begin(struct part_reader *p)
{
    struct consumer *c = p->app;
    sim_time now = part_now(p);
    int64_t t;
    p->working = true;
    obs_level_add(&c->busy, now, 1);
    consumer_count(c, AM_BATCHES, 1);
    obs_tally_add(&c->batch_size, now, (int64_t)(p->batch_end - p->at));
    if (!dist_is_constant(c->batch_time, &t)) {
        struct rng cell = rng_at(&c->batch_stream, p->part, p->at, work_begun(p, p->at));
        t = dist_sample(c->batch_time, &cell);
    }
    part_wait(p, slowed(p, t), work_record);
}

/* --- letting go --- */

void work_drop(struct part_reader *p, bool crashed)
{
    steps_stop(&p->walk);
    if (!p->holding)
        return;
    if (crashed && job_recorded(&p->job))
        note(p, LIFE_CRASHED);
    let_go(p);
}
