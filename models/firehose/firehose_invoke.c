/* firehose_invoke.c - a batch and the function. What the function makes of a record is a matter of the record alone: its random
 * cell says whether it is dropped or fails, however often it is tried. */
#include "firehose_actor.h"
#include "mem.h"

#define PPB 1000000000

static enum fh_result by_chance(struct firehose_actor *h, const struct rng_stream *s, const struct fh_record *r, int64_t dropped,
                                int64_t failed)
{
    if (dropped + failed == 0)
        return FH_RESULT_OK;
    struct job j = hose_job(r);
    struct rng cell = job_cell(h->e.world, s, &j);
    int64_t x = (int64_t)rng_below(&cell, PPB);
    return x < dropped ? FH_RESULT_DROPPED : x < dropped + failed ? FH_RESULT_FAILED : FH_RESULT_OK;
}

static uint32_t scaled(uint32_t size, double by)
{
    double scaled = (double)size * by + 0.5;
    return scaled < 4e9 ? (uint32_t)scaled : 4000000000u;
}

enum fh_result firehose_judge(void *hose, enum fh_stage stage, const struct fh_record *r, uint32_t *size)
{
    struct firehose_actor *h = hose;
    bool converts = stage == FH_AT_CONVERSION;
    *size = scaled(r->size, converts ? h->format_output : h->function_output);
    return converts ? by_chance(h, &h->conversion_stream, r, 0, h->mangled)
                    : by_chance(h, &h->transform_stream, r, h->dropped, h->spoiled);
}

static void done(struct invocation *v, enum invoke_verdict verdict)
{
    struct firehose_invocation *x = CONTAINER_OF(v, struct firehose_invocation, v);
    struct firehose_actor *h = x->hose;
    sim_time now = world_now(h->e.world);
    uint32_t lot = x->lot;
    obs_tally_add(&h->invocation_time, now, now - x->began);
    slab_give(&h->invocations, x->number);
    fh_invoked(h->core, hose_begin(h), lot, verdict == INVOKE_OK);
    firehose_pump(h);
}

/* Room for n jobs; NULL: memory is short. */
static struct job *room_for(struct firehose_actor *h, uint32_t number, uint32_t n)
{
    if (number >= h->n_jobs) {
        uint32_t more = number + 8;
        struct firehose_jobs *jobs = mem_resize(h->jobs, more * sizeof(*jobs));
        if (jobs == NULL)
            return NULL;
        for (h->jobs = jobs; h->n_jobs < more; h->n_jobs++)
            h->jobs[h->n_jobs] = (struct firehose_jobs){NULL, 0};
    }
    struct firehose_jobs *x = &h->jobs[number];
    if (n > x->cap) {
        struct job *job = mem_resize(x->job, n * sizeof(*job));
        if (job == NULL)
            return NULL;
        x->job = job;
        x->cap = n;
    }
    return x->job;
}

static const struct job *batch(struct firehose_actor *h, uint32_t number, uint32_t lot, uint32_t n)
{
    struct fh_cursor at = {.begun = false};
    struct fh_record r;
    struct job *job = room_for(h, number, n);
    for (uint32_t i = 0; job != NULL && fh_record_next(h->core, lot, &at, &r); i++)
        job[i] = hose_job(&r);
    return job;
}

void firehose_invoke(struct firehose_actor *h, const struct fh_task *task)
{
    struct fh_lot_view v;
    uint32_t number = slab_take(&h->invocations);
    fh_lot(h->core, task->lot, &v);
    struct firehose_invocation *x = number == SLAB_NONE ? NULL : slab_at(&h->invocations, number);
    const struct job *jobs = x == NULL ? NULL : batch(h, number, task->lot, v.n);
    if (jobs == NULL) {
        h->e.world->failed = true;
        return;
    }
    x->hose = h;
    x->lot = task->lot;
    x->number = number;
    x->began = world_now(h->e.world);
    invoke_init(&x->v, h->function);
    x->v.job = jobs;
    x->v.n = v.n;
    x->v.failed = NULL;
    x->v.in_order = false;
    x->v.timeout = h->function_timeout;
    x->v.try = task->attempt;
    x->v.done = done;
    entity_trace(&h->e, HOSE_TRACE_INVOKED, v.serial << 16 ^ task->attempt);
    invoke_start(&x->v);
}


void firehose_invoke_close(struct firehose_actor *h)
{
    for (uint32_t i = 0; i < h->n_jobs; i++)
        mem_release(h->jobs[i].job);
    mem_release(h->jobs);
    slab_free(&h->invocations);
}
