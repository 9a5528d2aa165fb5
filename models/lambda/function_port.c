/* function_port.c - how a function is reached: by a call (synchronously), by an invoker with a batch,
 * by who offers an event (function_async.c). */
#include "function_actor.h"
#include "mem.h"
#include "record.h"

static bool is_down(const struct function *f)
{
    if ((f->fault.active & FAULT_DOWN) == 0)
        return false;
    function_count((struct function *)f, FX_DOWN, 1);
    return true;
}

/* --- CALL (LAM-21) --- */

static void accept(struct entity *e, struct wire_call *c)
{
    struct function *f = function_of(e);
    struct run what = {.kind = RUN_CALL, .call = c, .own = c->job, .n = 1};
    if (is_down(f)) {
        wire_reply(c, CALL_DOWN);
        return;
    }
    if (c->job.size > LAM_SYNC_BYTES) {
        wire_reply(c, CALL_REJECTED);
        return;
    }
    what.job = &what.own;
    enum lam_outcome o = function_begin(f, &what);
    if (o != LAM_OK)
        wire_reply(c, lam_is_throttle(o) ? CALL_THROTTLED : CALL_FAILED);
}

static int64_t load(const struct entity *e)
{
    return lam_busy(((const struct function *)e)->core);
}

const struct call_ops function_call_ops = {.accept = accept, .load = load};
const struct push_ops function_push_ops = {.offer = function_offer};

/* --- INVOKE --- */

static void invoke(struct entity *e, struct invocation *v)
{
    struct function *f = function_of(e);
    struct run what = {.kind = RUN_BATCH,
                       .invocation = v,
                       .job = v->job,
                       .n = v->n,
                       .failed = v->failed,
                       .in_order = v->in_order,
                       .spoiled = v->spoiled,
                       .try = (uint16_t)v->try};
    if (is_down(f)) {
        invoke_end(v, INVOKE_DOWN);
        return;
    }
    enum lam_outcome o = function_begin(f, &what);
    if (o != LAM_OK)
        invoke_end(v, INVOKE_THROTTLED);
}

/* The jobs were the invoker's: the run goes on with a copy of them. */
static void make_orphan(struct run *r)
{
    struct world *w = r->f->e.world;
    struct job *job = mem_get(r->n * sizeof(*job));
    if (job == NULL) {
        w->failed = true; /* the trial is void */
        return;
    }
    r->orphan = true;
    r->failed = NULL;
    for (uint32_t i = 0; i < r->n; i++) {
        job[i] = r->job[i];
        request_hold(w, job[i].request);
    }
    r->job = job;
}

static void abandon(struct entity *e, struct invocation *v)
{
    struct function *f = function_of(e);
    for (uint32_t i = 0; i < f->runs.n_touched; i++) {
        struct run *r = slab_at(&f->runs, i);
        if (r->live && r->kind == RUN_BATCH && !r->orphan && r->invocation == v) {
            make_orphan(r);
            return;
        }
    }
}

void function_forget_orphans(struct function *f)
{
    for (uint32_t i = 0; i < f->runs.n_touched; i++) {
        struct run *r = slab_at(&f->runs, i);
        if (r->live && r->orphan)
            mem_release((void *)r->job);
    }
}

const struct invoke_ops function_invoke_ops = {.invoke = invoke, .abandon = abandon};

/* --- the end --- */

void function_told(struct function *f, const struct run *r, enum lam_end how)
{
    if (r->kind == RUN_CALL)
        wire_reply(r->call, how == LAM_END_OK ? CALL_OK : CALL_FAILED);
    else if (r->kind == RUN_EVENT)
        function_event_over(f, r->event, how == LAM_END_OK ? LAM_ANSWER_OK : LAM_ANSWER_ERROR);
    else
        invoke_end(r->invocation, how == LAM_END_OK ? INVOKE_OK : INVOKE_ERROR);
}
