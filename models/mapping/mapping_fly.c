/* mapping_fly.c - invocations: what goes into one, and what its end means to the core. */
#include "mapping.h"

#include "mem.h"
#include "record.h"

#define PPB 1000000000

/* --- lanes --- */

static bool room_for(struct mapping *m, uint32_t lane)
{
    if (lane < m->n_flight)
        return true;
    uint32_t n = lane < 8 ? 16 : 2 * lane;
    struct flight **more = mem_resize(m->flight, n * sizeof(*more));
    if (more == NULL)
        return false;
    for (uint32_t i = m->n_flight; i < n; i++)
        more[i] = NULL;
    m->flight = more;
    m->n_flight = n;
    return true;
}

static struct flight *flight_of(struct mapping *m, uint32_t lane)
{
    if (!room_for(m, lane))
        return NULL;
    if (m->flight[lane] == NULL && (m->flight[lane] = mem_get_zero(1, sizeof(struct flight))) != NULL) {
        m->flight[lane]->mapping = m;
        m->flight[lane]->lane = lane;
        invoke_init(&m->flight[lane]->inv, m->target);
    }
    return m->flight[lane];
}

void mapping_flights_close(struct mapping *m)
{
    for (uint32_t i = 0; i < m->n_flight; i++) {
        if (m->flight[i] == NULL)
            continue;
        mem_release(m->flight[i]->job);
        mem_release(m->flight[i]->record);
        mem_release(m->flight[i]->failed);
        mem_release(m->flight[i]);
    }
    mem_release(m->flight);
}

/* --- what goes in --- */

static bool grow(struct flight *f)
{
    uint32_t cap = f->cap == 0 ? 64 : f->cap * 2;
    struct job *job = mem_resize(f->job, cap * sizeof(*job));
    f->job = job == NULL ? f->job : job;
    uint32_t *record = mem_resize(f->record, cap * sizeof(*record));
    f->record = record == NULL ? f->record : record;
    bool *failed = mem_resize(f->failed, cap * sizeof(*failed));
    f->failed = failed == NULL ? f->failed : failed;
    if (job == NULL || record == NULL || failed == NULL)
        return false;
    f->cap = cap;
    return true;
}

static void add_record(struct flight *f, uint32_t i)
{
    struct mapping *m = f->mapping;
    struct log_record r;
    if (!m->log->record(m->source, f->shard, esm_at(m->core, f->lane, i)->seq, &r))
        return; /* its retention has ended at this moment */
    for (uint32_t k = 0; k < r.n; k++) {
        if (f->n_job == f->cap && !grow(f)) {
            m->e.world->failed = true;
            return;
        }
        f->job[f->n_job] = r.job[k];
        f->record[f->n_job++] = i;
        request_hold(m->e.world, r.job[k].request);
        if (f->poison > i && poison_hits(&m->poison, m->e.world, &r.job[k]))
            f->poison = i;
        if (job_recorded(&r.job[k]))
            record_job(m->e.world, &r.job[k], LIFE_BEGUN, &m->e);
    }
}

static void load(struct flight *f, const struct esm_batch *b)
{
    f->shard = b->shard;
    f->n_record = f->poison = b->n;
    f->n_job = f->gone = 0;
    for (uint32_t i = 0; i < b->n; i++)
        add_record(f, i);
}

static uint32_t jobs_before(const struct flight *f, uint32_t record)
{
    uint32_t n = f->n_job;
    while (n > 0 && f->record[n - 1] >= record)
        n--;
    return n;
}

/* A tumbling window's last invocation without records works on the window's state: on behalf of its last request that went in.
 * Nothing else may be held for it: what failed can still be given up. */
static void forget_last(struct flight *f)
{
    if (f->has_last)
        request_drop(f->mapping->e.world, f->last.request);
    f->has_last = false;
}

static void remember_last(struct flight *f, uint32_t bad)
{
    uint32_t n = jobs_before(f, bad);
    if (f->mapping->config.tumbling == 0 || n == 0)
        return;
    request_hold(f->mapping->e.world, f->job[n - 1].request);
    forget_last(f);
    f->has_last = true;
    f->last = f->job[n - 1];
}

static void note_begin(struct flight *f, const struct esm_batch *b)
{
    struct mapping *m = f->mapping;
    sim_time now = mapping_now(m);
    mapping_count(m, MM_RETRIED, b->tries > 0 ? b->n : 0);
    obs_level_add(&m->concurrent, now, 1);
    entity_trace(&m->e, MAPPING_TRACE_INVOKED, (uint64_t)f->lane << 32 ^ b->n);
    if (b->n == 0)
        return;
    sim_time age = now - esm_at(m->core, f->lane, b->n - 1)->arrival;
    obs_tally_add(&m->age, now, age);
    if (f->shard < m->n_part)
        obs_tally_add(&m->part[f->shard].age, now, age);
}

/* --- its end --- */

/* The first record that failed; n_record: none. */
static uint32_t first_bad(const struct flight *f)
{
    uint32_t bad = f->poison;
    for (uint32_t i = 0; f->inv.failed != NULL && i < f->inv.n; i++)
        if (f->failed[i] && f->job != NULL && f->inv.job == f->job)
            return f->record[i] < bad ? f->record[i] : bad;
    return bad;
}

static void let_go(struct flight *f)
{
    for (uint32_t i = 0; i < f->n_job; i++)
        request_drop(f->mapping->e.world, f->job[i].request);
    f->n_job = 0;
}

static void note_failures(const struct flight *f, enum invoke_verdict v, uint32_t bad)
{
    struct mapping *m = f->mapping;
    for (uint32_t i = jobs_before(f, v == INVOKE_OK ? bad : 0); i < f->n_job; i++)
        if (job_recorded(&f->job[i]))
            life_why(record_job(m->e.world, &f->job[i], LIFE_FAILED, &m->e),
                     v == INVOKE_THROTTLED ? "throttled" : v == INVOKE_DOWN ? "down" : f->poison < f->n_record ? "poison" : "failed");
}

static void note_end(struct flight *f, enum invoke_verdict v, uint32_t bad)
{
    struct mapping *m = f->mapping;
    sim_time now = mapping_now(m);
    bool begun = v == INVOKE_OK || v == INVOKE_ERROR, partly = v == INVOKE_OK && bad < f->n_record;
    obs_level_add(&m->concurrent, now, -1);
    mapping_count(m, MM_INVOCATIONS, begun);
    mapping_count(m, MM_ERRORS, v == INVOKE_ERROR);
    mapping_part_count(m, f->shard, MP_INVOCATIONS, begun);
    mapping_part_count(m, f->shard, MP_ERRORS, v == INVOKE_ERROR || partly);
    mapping_count(m, MM_PARTIAL, partly);
    mapping_count(m, MM_THROTTLES, !begun);
    mapping_count(m, MM_POISONED, begun && bad == f->poison && bad < f->n_record);
    if (begun) {
        obs_tally_add(&m->batch, now, f->n_record);
        obs_tally_add(&m->duration, now, now - f->began);
    }
    entity_trace(&m->e, MAPPING_TRACE_OVER, (uint64_t)f->lane << 32 ^ (uint64_t)v << 16 ^ bad);
    note_failures(f, v, bad);
}

static void over(struct flight *f, enum invoke_verdict v)
{
    struct mapping *m = f->mapping;
    struct call c;
    uint32_t bad = first_bad(f);
    if (v == INVOKE_OK && f->poison < f->n_record && !m->report)
        v = INVOKE_ERROR;
    note_end(f, v, bad);
    if (v == INVOKE_OK)
        remember_last(f, bad);
    if (v == INVOKE_OK && f->final && bad == f->n_record)
        forget_last(f);
    f->active = false;
    call_begin(&c, mapping_now(m), NULL);
    esm_done(m->core, &c, f->lane, v == INVOKE_OK ? ESM_OK : v == INVOKE_ERROR ? ESM_FAILED : ESM_THROTTLED, bad);
    mapping_effects(m, &c, f);
    let_go(f);
    mapping_pump(m);
}

static void done(struct invocation *inv, enum invoke_verdict v)
{
    over(CONTAINER_OF(inv, struct flight, inv), v);
}

/* --- its start --- */

/* A batch that begins with a poison record is one invocation that fails over it; but where nothing can be begun, it is none, and
 * uses up no attempt (KIN-87). A server is not called over it: whether it is down is all that is asked. */
void mapping_invoke(struct mapping *m, uint32_t lane)
{
    struct flight *f = flight_of(m, lane);
    struct esm_batch b;
    if (f == NULL) {
        m->e.world->failed = true;
        return;
    }
    esm_batch(m->core, lane, &b);
    f->final = b.final;
    load(f, &b);
    note_begin(f, &b);
    f->active = true;
    f->began = mapping_now(m);
    uint32_t n = jobs_before(f, f->poison);
    bool state = b.n == 0 && f->has_last;
    f->inv.job = state ? &f->last : f->job;
    f->inv.n = state ? 1 : n;
    f->inv.failed = m->report && !state ? f->failed : NULL;
    f->inv.in_order = true;
    f->inv.timeout = m->timeout;
    f->inv.try = b.tries;
    f->inv.done = done;
    f->inv.spoiled = n == 0 && f->n_job > 0 && m->target->room->invoke != NULL;
    f->inv.n = f->inv.spoiled ? 1 : f->inv.n;
    if (f->inv.n > 0)
        invoke_start(&f->inv);
    else if (m->target->faults & FAULT_DOWN)
        over(f, INVOKE_DOWN);
    else
        over(f, INVOKE_OK); /* over a poison record at once, or there is nothing to do */
}

/* --- the core goes on --- */

static void update_levels(struct mapping *m)
{
    sim_time now = mapping_now(m);
    obs_level_set(&m->blocked, now, esm_blocked(m->core));
    obs_level_set(&m->buffered, now, (int64_t)(m->n_read - m->n_ended));
}

static void step(struct mapping *m)
{
    struct call c;
    struct log_part p;
    uint32_t shard = esm_next(m->core);
    m->log->part(m->source, shard, &p);
    call_begin(&c, mapping_now(m), NULL);
    esm_trim(m->core, &c, shard, p.horizon);
    esm_advance(m->core, &c);
    mapping_effects(m, &c, NULL);
    if (shard < m->n_part)
        obs_level_set(&m->part[shard].blocked, mapping_now(m), esm_blocked_in(m->core, shard));
}

void mapping_pump(struct mapping *m)
{
    sim_time now = mapping_now(m);
    if (m->pumping)
        return;
    m->pumping = true;
    while (!m->down && !m->e.world->failed && esm_deadline(m->core) <= now)
        step(m);
    m->pumping = false;
    m->e.world->failed |= esm_failed(m->core);
    update_levels(m);
    if (m->down || esm_deadline(m->core) == SIM_NEVER)
        sim_cancel(m->e.world->sim, &m->timer);
    else if (!m->e.world->failed)
        sim_at(m->e.world->sim, &m->timer, esm_deadline(m->core));
}
