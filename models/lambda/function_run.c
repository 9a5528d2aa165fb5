/* function_run.c - one invocation: environment, times, items, end. Items may end at once, one after
 * the other, ten thousand of them: `work_on` makes them a loop, not a pile of frames. */
#include "fault_state.h"
#include "function_actor.h"
#include "mem.h"
#include "record.h"

#define PPB       1000000000
#define TRY_RADIX 256

struct call *function_call(struct function *f)
{
    call_begin(&f->call, world_now(f->e.world), NULL);
    return &f->call;
}

/* --- chance, by the item --- */

static struct job job_at(const struct run *r, uint32_t at)
{
    struct job j = r->job[at];
    j.attempt = attempt_code(j.attempt, TRY_RADIX, r->try);
    return j;
}

static bool chance(const struct function *f, const struct rng_stream *s, const struct job *j, int64_t share)
{
    if (share == 0)
        return false;
    struct rng cell = job_cell(f->e.world, s, j);
    return (int64_t)rng_below(&cell, PPB) < share;
}

static sim_time sample(const struct function *f, const struct dist *law, const struct rng_stream *s, const struct job *j)
{
    int64_t t;
    if (dist_is_constant(law, &t))
        return t;
    struct rng cell = job_cell(f->e.world, s, j);
    return dist_sample(law, &cell);
}

static sim_time work(const struct function *f, sim_time t)
{
    t = lam_time(t, f->cpu, f->memory_mb);
    return f->fault.active & FAULT_SLOW ? fault_slowed(&f->fault, t) : t;
}

static sim_time record_time(const struct run *r)
{
    struct job j = job_at(r, r->at);
    return work(r->f, sample(r->f, r->f->record_time, &r->f->record_stream, &j));
}

/* --- the end --- */

static void add_costs(struct function *f, const struct run *r, const struct lam_bill *bill, bool provisioned)
{
    uint64_t mb_ms = bill->ms * f->memory_mb;
    uint64_t requests = r->kind == RUN_EVENT ? lam_async_requests(r->job[0].size) : 1;
    f->use.requests += requests;
    if (provisioned)
        f->use.provisioned_mb_ms += mb_ms;
    else
        f->use.mb_ms += mb_ms;
    function_count(f, FX_BILLED_REQUESTS, requests);
    function_count(f, FX_BILLED_TIME, bill->ms * SIM_MS);
    function_count(f, FX_BILLED_INIT, (uint64_t)bill->init);
    uint64_t gb_seconds = (f->use.mb_ms + f->use.provisioned_mb_ms) / 1024000;
    function_count(f, FX_GB_SECONDS, gb_seconds - f->gb_seconds);
    f->gb_seconds = gb_seconds;
}

/* A share is the quotient of two integrals: here they are nano-dollars and a dollar. */
void function_finish_costs(struct function *f, sim_time now)
{
    __int128 units = lam_unit_time(f->core, now) / SIM_MS;
    f->use.configured_mb_ms = (uint64_t)(units * f->memory_mb);
    f->cost_part.area = lam_price(&f->use);
    f->cost_whole.area = SIM_S;
}

static void look(struct function *f)
{
    sim_time now = world_now(f->e.world);
    obs_level_set(&f->concurrent, now, lam_busy(f->core));
    obs_level_set(&f->provisioned, now, lam_busy_provisioned(f->core));
    obs_level_set(&f->environments, now, lam_environments(f->core, now));
    if (f->pools.n > 0 && !sim_pending(&f->reaper) && lam_expires(f->core) != SIM_NEVER)
        sim_at(f->e.world->sim, &f->reaper, lam_expires(f->core));
}

/* Whatever they hold goes when they go, not when somebody looks. */
void function_reap(struct sim *s, struct sim_timer *t)
{
    (void)s;
    look(CONTAINER_OF(t, struct function, reaper));
}

static void release_orphan(struct function *f, const struct run *r)
{
    for (uint32_t i = 0; i < r->n; i++)
        request_drop(f->e.world, r->job[i].request);
    mem_release((void *)r->job);
}

static void end(struct run *r, enum lam_end how)
{
    struct function *f = r->f;
    struct lam_bill bill;
    sim_time now = world_now(f->e.world);
    sim_cancel(f->e.world->sim, &r->timer);
    steps_stop(&r->walk);
    uint32_t before = lam_busy_provisioned(f->core);
    lam_finish(f->core, function_call(f), r->env, how, &bill);
    bool provisioned = lam_busy_provisioned(f->core) < before;
    if (how == LAM_END_TIMEOUT)
        pools_crash(&f->pools, r->env); /* its process is killed */
    obs_tally_add(&f->duration_seen, now, bill.duration);
    function_count(f, FX_ERRORS, how != LAM_END_OK);
    function_count(f, FX_TIMEOUTS, how == LAM_END_TIMEOUT);
    add_costs(f, r, &bill, provisioned);
    look(f);
    entity_trace(&f->e, FUNCTION_TRACE_ENDED + 10 * (uint32_t)how, r->n);
    struct run copy = *r;
    if (copy.kind != RUN_BATCH)
        copy.job = &copy.own;
    r->live = false;
    slab_give(&f->runs, r->number);
    if (copy.orphan)
        release_orphan(f, &copy);
    else
        function_told(f, &copy, how);
}

static void note(struct run *r, uint32_t at, enum life_what what, const char *why)
{
    struct function *f = r->f;
    const struct job *j = &r->job[at];
    entity_trace(&f->e, what == LIFE_DONE ? FUNCTION_TRACE_DONE : FUNCTION_TRACE_FAILED,
                 request_item(request_at(&f->e.world->requests, j->request)));
    if (!job_recorded(j))
        return;
    struct life_event *e = record_job(f->e.world, j, what, &f->e);
    if (what == LIFE_DONE)
        e->value = world_now(f->e.world) - r->handler;
    life_why(e, why);
}

/* --- an item --- */

static void set_timer(struct run *r, sim_time at, enum sim_rank rank);

/* These return true when the next item can be worked on at once; the run may be gone otherwise. */
static bool next_item(struct run *r)
{
    if (++r->at == r->n) {
        end(r, LAM_END_OK);
        return false;
    }
    sim_time t = record_time(r);
    if (t > 0)
        set_timer(r, world_now(r->f->e.world) + t, SIM_MESSAGE);
    return t == 0;
}

/* Told where the function reports items; otherwise it is the whole invocation's error. */
static bool item_failed(struct run *r, const char *why)
{
    function_count(r->f, FX_FAILED, 1);
    note(r, r->at, LIFE_FAILED, why);
    if (r->failed == NULL) {
        end(r, LAM_END_ERROR);
        return false;
    }
    uint32_t last = r->in_order ? r->n : r->at + 1;
    for (uint32_t i = r->at; i < last; i++)
        r->failed[i] = true;
    r->at = last - 1;
    return next_item(r);
}

static bool item_done(struct run *r)
{
    struct function *f = r->f;
    struct world *w = f->e.world;
    struct job j = job_at(r, r->at);
    const struct request *q = request_at(&w->requests, j.request);
    bool again = w->requests.source[q->source]->done_at == &f->e && (q->flags & REQUEST_EFFECT) != 0;
    function_count(f, FX_PROCESSED, 1);
    function_count(f, FX_DUPLICATES, again);
    note(r, r->at, LIFE_DONE, NULL);
    request_effect(w, j.request, &f->e);
    if (!chance(f, &f->crash_stream, &j, f->crash))
        return next_item(r);
    function_count(f, FX_CRASHED, 1);
    end(r, LAM_END_ERROR);
    return false;
}

static bool steps_ended(struct run *r, enum call_verdict verdict)
{
    sim_cancel(r->f->e.world->sim, &r->timer);
    return verdict == CALL_OK ? item_done(r) : item_failed(r, record_verdict(verdict));
}

static void work_on(struct run *);

static void steps_over(struct steps_walk *walk, enum call_verdict verdict)
{
    struct run *r = CONTAINER_OF(walk, struct run, walk);
    if (r->starting) {
        r->starting = false;
        r->verdict = verdict;
    } else if (steps_ended(r, verdict)) {
        work_on(r);
    }
}

static bool step_through(struct run *r, const struct job *j)
{
    r->starting = true;
    set_timer(r, r->limit, SIM_LATE);
    steps_start(&r->walk, &r->f->steps, j, steps_over);
    if (!r->starting)
        return steps_ended(r, r->verdict);
    r->starting = false;
    return false;
}

/* The item's own time is over. */
static bool worked(struct run *r)
{
    struct function *f = r->f;
    struct job j = job_at(r, r->at);
    if (r->fails || chance(f, &f->error_stream, &j, f->errors) || poison_hits(&f->poison, f->e.world, &j))
        return item_failed(r, "an error");
    return f->steps.n == 0 ? item_done(r) : step_through(r, &j);
}

static void work_on(struct run *r)
{
    while (worked(r))
        ;
}

/* --- time --- */

static void on_timer(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct run *r = CONTAINER_OF(t, struct run, timer);
    if (!r->late) {
        work_on(r);
        return;
    }
    for (uint32_t i = r->at; i < r->n; i++)
        note(r, i, LIFE_FAILED, "timeout");
    function_count(r->f, FX_FAILED, r->n - r->at);
    end(r, LAM_END_TIMEOUT);
}

static void set_timer(struct run *r, sim_time at, enum sim_rank rank)
{
    r->late = rank == SIM_LATE || at > r->limit;
    sim_timer_init(&r->timer, r->late ? SIM_LATE : SIM_MESSAGE, on_timer);
    sim_at(r->f->e.world->sim, &r->timer, r->late ? r->limit : at);
}

/* --- the beginning --- */

static sim_time cold_start(const struct function *f, const struct job *j)
{
    sim_time t = f->cold == NULL ? f->cold_constant : sample(f, f->cold, &f->cold_stream, j);
    return f->fault.active & FAULT_SLOW ? fault_slowed(&f->fault, t) : t;
}

static sim_time duration(struct function *f, const struct job *j)
{
    int64_t t;
    return work(f, dist_is_constant(f->duration, &t) ? t : job_sample(f->e.world, &f->duration_draws, j));
}

static void start(struct run *r, const struct lam_start *start)
{
    struct function *f = r->f;
    struct lam_run times;
    struct job first = job_at(r, 0);
    sim_time cold = start->init == LAM_WARM ? 0 : cold_start(f, &first), init = lam_init_of(cold);
    sim_time now = world_now(f->e.world);
    lam_run(f->core, function_call(f), start->env, cold - init, init, &times);
    r->handler = times.handler;
    r->limit = times.limit;
    r->fails = r->spoiled || (f->fault.active & FAULT_FAIL && chance(f, &f->fault_stream, &first, f->fault.probability));
    if (start->init != LAM_WARM)
        obs_tally_add(&f->init_seen, now, times.handler - now);
    sim_time at = times.handler + times.rerun + duration(f, &first) + record_time(r);
    if (at == now)
        work_on(r);
    else
        set_timer(r, at, SIM_MESSAGE);
}

static void count_begin(struct function *f, const struct run *r, const struct lam_start *start)
{
    sim_time now = world_now(f->e.world);
    function_count(f, FX_INVOCATIONS, 1);
    function_count(f, FX_ITEMS, r->n);
    function_count(f, FX_COLD_STARTS, start->init == LAM_COLD);
    function_count(f, FX_REINITS, start->init == LAM_AGAIN);
    function_count(f, FX_PROVISIONED_INVOCATIONS, start->provisioned);
    function_count(f, FX_SPILLOVER, !start->provisioned && lam_config(f->core)->provisioned > 0);
    obs_tally_add(&f->batch_seen, now, r->n);
    look(f);
    entity_trace(&f->e, FUNCTION_TRACE_BEGUN, request_item(request_at(&f->e.world->requests, r->job[0].request)));
}

enum lam_outcome function_begin(struct function *f, const struct run *what)
{
    struct lam_start place;
    uint32_t number = slab_take(&f->runs);
    if (number == SLAB_NONE) {
        f->e.world->failed = true;
        return LAM_NO_MEMORY;
    }
    enum lam_outcome o = lam_invoke(f->core, function_call(f), what->kind != RUN_EVENT, &place);
    if (o != LAM_OK) {
        ((struct run *)slab_at(&f->runs, number))->live = false; /* it may never have been used */
        slab_give(&f->runs, number);
        f->e.world->failed |= o == LAM_NO_MEMORY;
        function_count(f, FX_THROTTLES, 1);
        entity_trace(&f->e, FUNCTION_TRACE_THROTTLED, what->n);
        return o;
    }
    struct run *r = slab_at(&f->runs, number);
    *r = *what;
    r->f = f;
    r->number = number;
    r->env = place.env;
    r->at = 0;
    r->starting = r->orphan = false;
    r->live = true;
    if (r->kind != RUN_BATCH)
        r->job = &r->own;
    steps_walk_init(&r->walk);
    r->walk.caller.who = place.env;
    if (f->pools.n > 0 && place.init == LAM_COLD)
        pools_arrive(&f->pools, place.env, 1, POOL_ENVIRONMENT);
    sim_timer_init(&r->timer, SIM_MESSAGE, on_timer);
    count_begin(f, r, &place);
    start(r, &place);
    return LAM_OK;
}
