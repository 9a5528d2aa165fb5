/* bus_put.c - PutEvents as other entities make it, and events that another bus forwards. */
#include "bus_actor.h"
#include "eb_outcome.h"
#include "eb_price.h"
#include "event.h"
#include "fault_state.h"

#define ENTRIES_MAX    10
#define ENTRIES_MAX_V2 100 /* EB-55 */

static sim_time api_latency(struct entity *e, const struct job *j)
{
    struct bus *b = bus_of(e);
    sim_time t = b->api_constant;
    if (t < 0) {
        struct rng cell = job_cell(e->world, &b->api_stream, j);
        t = dist_sample(b->api_latency, &cell);
    }
    return b->fault.active & FAULT_SLOW ? fault_slowed(&b->fault, t) : t;
}

/* This call, by a fault. */
bool bus_fails(struct bus *b)
{
    if (!(b->fault.active & FAULT_FAIL))
        return false;
    struct rng cell = rng_at(&b->fail_stream, 0, b->n_calls++, 0);
    return (int64_t)rng_below(&cell, 1000000000) < b->fault.probability;
}

/* What an entry weighs: its template's size, where that has one. */
static uint32_t size_of(const struct bus *b, const struct job *j)
{
    int64_t size = b->route[job_event(j)].size;
    return size < 0 ? j->size : (uint32_t)size;
}

static void all(struct push_answer *a, uint32_t n, enum push_verdict verdict, enum eb_outcome why)
{
    for (uint32_t i = 0; i < n; i++)
        a[i] = (struct push_answer){verdict, eb_outcome_row(why)->code, SIM_NEVER};
}

/* Of a whole call (EB-10, EB-17). */
static bool refused(struct bus *b, const struct job *jobs, uint32_t n, struct push_answer *a)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < n; i++)
        bytes += size_of(b, &jobs[i]);
    if (b->fault.active & FAULT_DOWN)
        all(a, n, PUSH_DOWN, EB_INTERNAL);
    else if (bus_fails(b))
        all(a, n, PUSH_LOST, EB_INTERNAL);
    else if (bytes > b->max_request)
        all(a, n, PUSH_REFUSED, EB_REQUEST_TOO_LARGE);
    else if (!eb_bucket_take_many(&b->put, world_now(b->e.world), b->v2 != NULL ? n : 1))
        all(a, n, PUSH_THROTTLED, EB_THROTTLED);
    else
        return false;
    bus_count(b, a[0].verdict == PUSH_THROTTLED ? BM_THROTTLED : BM_FAILED_ENTRIES, n);
    entity_trace(&b->e, BUS_TRACE_REFUSED, n);
    return true;
}

static void put_one(struct bus *b, const struct job *j)
{
    struct world *w = b->e.world;
    struct bus_message m = {.job = *j, .put = world_now(w)};
    m.job.size = size_of(b, j);
    bus_count(b, BM_BILLED, eb_price_chunks(m.job.size));
    obs_tally_add(&b->size, m.put, m.job.size);
    entity_trace(&b->e, BUS_TRACE_PUT, request_item(request_at(&w->requests, j->request)) << 16 ^ j->attempt);
    request_hold(w, j->request);
    if (b->keeps && b->route[job_event(j)].archived)
        bus_archive(b, &m.job, m.put);
    bus_publish(b, &m);
}

static void take(struct bus *b, const struct job *j, struct push_answer *a)
{
    if (!b->route[job_event(j)].is_entry || (b->fifo && j->key == JOB_NO_KEY)) { /* no source; no event group */
        all(a, 1, PUSH_REFUSED, EB_NO_SOURCE);
        bus_count(b, BM_FAILED_ENTRIES, 1);
    } else if (b->v2 != NULL && bus_v2_known(b, j)) {
        bus_count(b, BM_DEDUPLICATED, 1); /* a success */
    } else if (b->v2 != NULL && !bus_v2_admits(b, j)) {
        all(a, 1, PUSH_THROTTLED, EB_ENTRY_THROTTLED);
        bus_count(b, BM_THROTTLED, 1);
    } else {
        if (b->v2 != NULL)
            bus_v2_note(b, j);
        put_one(b, j);
    }
}

static void put(struct bus *b, const struct job *jobs, uint32_t n, struct push_answer *a)
{
    bus_count(b, BM_CALLS, 1);
    if (refused(b, jobs, n, a))
        return;
    for (uint32_t i = 0; i < n; i++) {
        a[i] = (struct push_answer){PUSH_ACCEPTED, NULL, SIM_NEVER};
        bus_count(b, BM_ENTRIES, 1);
        take(b, &jobs[i], &a[i]);
    }
}

static void offer(struct entity *e, const struct job *jobs, uint32_t n, struct push_answer *answers)
{
    struct bus *b = bus_of(e);
    uint32_t most = b->v2 != NULL ? ENTRIES_MAX_V2 : ENTRIES_MAX;
    for (uint32_t i = 0; i < n; i += most)
        put(b, &jobs[i], n - i < most ? n - i : most, &answers[i]);
    bus_pump(b);
}

/* It is not forwarded again (EB-8); who sent it pays (EB-52). */
enum call_verdict bus_forwarded(struct bus *b, const struct job *j)
{
    struct world *w = b->e.world;
    if (b->fault.active & FAULT_DOWN)
        return CALL_DOWN;
    struct bus_message m = {.job = *j, .put = world_now(w), .hops = 1};
    bus_count(b, BM_FORWARDED, 1);
    request_hold(w, j->request);
    if (b->keeps && b->route[job_event(j)].archived)
        bus_archive(b, &m.job, m.put);
    bus_publish(b, &m);
    bus_pump(b);
    return CALL_OK;
}

const struct push_ops bus_push = {.latency = api_latency, .offer = offer};
