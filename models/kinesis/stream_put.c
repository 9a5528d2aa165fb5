/* stream_put.c - PutRecord and PutRecords as other entities make them: one job is a PutRecord, several are PutRecords, of 500
 * entries and 10 MiB at most each (KIN-12). Every entry has an answer of its own (KIN-13). */
#include "fault_state.h"
#include "mem.h"
#include "stream_actor.h"

/* --- latency (KIN-19) --- */

static sim_time sample(struct stream *s, const struct dist *law, const struct rng_stream *stream, const struct job *j)
{
    int64_t t;
    if (!dist_is_constant(law, &t)) {
        struct rng cell = job_cell(s->e.world, stream, j);
        t = dist_sample(law, &cell);
    }
    return s->fault.active & FAULT_SLOW ? fault_slowed(&s->fault, t) : t;
}

static sim_time put_latency(struct entity *e, const struct job *j)
{
    struct stream *s = stream_of(e);
    return sample(s, s->put_latency, &s->put_stream, j);
}

sim_time stream_batch_latency(struct entity *e, const struct job *first, uint32_t n)
{
    struct stream *s = stream_of(e);
    return n == 1 ? put_latency(e, first) : sample(s, s->batch_latency, &s->batch_stream, first);
}

/* --- what the stream holds --- */

static void integrate(struct stream *s, sim_time now)
{
    s->area += (s->n_in - s->n_out) * (uint64_t)(now - s->area_until);
    s->area_until = now;
}

void stream_enters(struct stream *s)
{
    sim_time now = world_now(s->e.world);
    integrate(s, now);
    s->entered += (uint64_t)now;
    s->n_in++;
}

void stream_leaves(struct stream *s, uint64_t n)
{
    sim_time now = world_now(s->e.world);
    integrate(s, now);
    s->left += n * (uint64_t)now;
    s->n_out += n;
}

/* The tag of an aggregated record; SLAB_NONE: memory is short. */
static uint32_t bundle(struct stream *s, const struct stream_entry *x)
{
    uint32_t number = slab_take(&s->bundles);
    struct job *copy = number == SLAB_NONE ? NULL : mem_get_zero(x->n, sizeof(*copy) + 1);
    if (copy == NULL) {
        if (number != SLAB_NONE)
            slab_give(&s->bundles, number);
        s->e.world->failed = true;
        return SLAB_NONE;
    }
    for (uint32_t i = 0; i < x->n; i++)
        copy[i] = x->job[i];
    *(struct stream_bundle *)slab_at(&s->bundles, number) = (struct stream_bundle){.n = x->n, .job = copy,
                                                                                         .given_up = (uint8_t *)(copy + x->n)};
    return number;
}

void stream_unbundle(struct stream *s, uint64_t user)
{
    struct stream_bundle *b = stream_bundle_at(s, user);
    mem_release(b->job);
    b->job = NULL;
    slab_give(&s->bundles, (uint32_t)(user >> 32));
}

void stream_bundles_close(struct stream *s)
{
    for (uint32_t i = 0; i < s->bundles.n_touched; i++)
        mem_release(stream_bundle_at(s, (uint64_t)i << 32)->job);
    slab_free(&s->bundles);
}

/* Readers come before the run begins, or never. */
static bool is_forgotten(const struct stream *s, const struct job *j)
{
    const struct request_table *t = &s->e.world->requests;
    return s->is_done_at && s->polling.n + s->pushed.n == 0 && !job_recorded(j) &&
           t->source[request_at(t, j->request)->source]->done_at == &s->e;
}

static uint64_t user_of(struct stream *s, const struct stream_entry *x)
{
    if (x->n > 1)
        return (uint64_t)bundle(s, x) << 32 | STREAM_BUNDLE;
    return is_forgotten(s, x->job) ? STREAM_FORGOTTEN : stream_user(x->job);
}

static struct kin_put put_of(struct stream *s, const struct stream_entry *x)
{
    uint64_t user = user_of(s, x);
    return (struct kin_put){.hash = x->hash, .user = user, .size = x->size, .key = x->key,
                            .key_chars = stream_key_bytes(&s->e, x->key)};
}

/* --- answers --- */

static void hold(struct stream *s, const struct job *j, uint32_t shard, bool forgotten)
{
    struct world *w = s->e.world;
    if (!forgotten)
        request_hold(w, j->request);
    entity_trace(&s->e, STREAM_TRACE_PUT, request_item(request_at(&w->requests, j->request)) << 16 ^ j->attempt);
    if (job_recorded(j)) {
        struct life_event *e = record_job(w, j, LIFE_SENT, &s->e);
        e->message = (uint32_t)s->n_message;
        e->group = j->key;
        e->value = shard;
    }
    if (s->is_done_at)
        request_effect(w, j->request, &s->e);
}

static void found(struct stream *s, const struct job *j)
{
    struct world *w = s->e.world;
    if (w->quest.where != &s->e)
        return;
    const struct request *r = request_at(&w->requests, j->request);
    w->quest.producer = w->requests.source[r->source]->maker->index;
    w->quest.item = request_item(r);
    w->quest.attempt = j->attempt;
    w->quest.found = 1;
}

static void accepted(struct stream *s, const struct stream_entry *x, const struct kin_put *put, const struct kin_placed *at)
{
    stream_enters(s);
    if (__builtin_expect(++s->n_message == s->e.world->quest.number, 0))
        found(s, x->job);
    for (uint32_t i = 0; i < x->n; i++)
        hold(s, &x->job[i], at->shard, put->user == STREAM_FORGOTTEN);
    sim_time now = world_now(s->e.world);
    entity_trace(&s->e, STREAM_TRACE_STORED, (uint64_t)at->shard << 40 ^ at->seq);
    stream_count(s, SM_RECORDS, 1);
    stream_count(s, SM_BYTES, x->size);
    stream_count(s, SM_USER_RECORDS, x->n);
    stream_count(s, SM_PUT_UNITS, x->size <= 25600 ? 1 : (x->size + 25599) / 25600);
    stream_count(s, SM_BILLED_KIB, (x->size + 1023) / 1024);
    obs_tally_add(&s->size, now, x->size);
    obs_level_add(&s->stored, now, 1);
    stream_shard_count(s, at->shard, SP_RECORDS, 1);
    stream_shard_count(s, at->shard, SP_BYTES, x->size);
}

static void refused(struct stream *s, const struct stream_entry *x, const struct push_answer *a)
{
    for (uint32_t i = 0; i < x->n; i++) {
        const struct job *j = &x->job[i];
        const struct request *r = request_at(&s->e.world->requests, j->request);
        entity_trace(&s->e, STREAM_TRACE_REFUSED, request_item(r) << 16 ^ j->attempt);
        if (job_recorded(j))
            life_why(record_job(s->e.world, j, LIFE_REFUSED, &s->e), a->why);
    }
}

static void answer(struct stream *s, const struct stream_entry *x, const struct kin_put *put,
                   const struct kin_placed *at, struct push_answer *a)
{
    bool throttled = at->outcome == KIN_THROTTLED;
    if (at->outcome == KIN_OK || throttled) {
        s->offered_records++;
        s->offered_bytes += x->size;
    }
    if (__builtin_expect(at->outcome == KIN_OK, 1)) {
        *a = (struct push_answer){PUSH_ACCEPTED, NULL, SIM_NEVER};
        accepted(s, x, put, at);
        return;
    }
    if (put->user & STREAM_BUNDLE)
        stream_unbundle(s, put->user);
    s->e.world->failed |= at->outcome == KIN_NO_MEMORY;
    *a = (struct push_answer){throttled ? PUSH_THROTTLED : PUSH_REFUSED, kin_outcome_row(at->outcome)->code, SIM_NEVER};
    stream_count(s, throttled ? SM_THROTTLED : SM_REFUSED, 1);
    if (throttled)
        stream_shard_count(s, at->shard, SP_THROTTLED, 1);
    refused(s, x, a);
}

static void refuse_all(struct stream *s, const struct stream_entry *x, uint32_t n, enum push_verdict verdict,
                       const char *why, struct push_answer *a)
{
    stream_count(s, SM_REFUSED, n);
    for (uint32_t i = 0; i < n; i++) {
        a[i] = (struct push_answer){verdict, why, SIM_NEVER};
        refused(s, &x[i], &a[i]);
    }
}

/* --- calls --- */

static bool is_down(struct stream *s, const struct stream_entry *x, uint32_t n, struct push_answer *a)
{
    bool down = (s->fault.active & FAULT_DOWN) != 0;
    if (!down && !stream_fails(s))
        return false;
    refuse_all(s, x, n, down ? PUSH_DOWN : PUSH_LOST, down ? "ServiceUnavailable" : "InternalFailure", a);
    return true;
}

static void put_one(struct stream *s, const struct stream_entry *x, struct push_answer *a)
{
    struct kin_put put = put_of(s, x);
    struct kin_placed at = {.shard = KIN_NONE};
    at.outcome = kin_put(s->core, stream_begin(s), &put, &at);
    stream_count(s, SM_CALLS_PUT, 1);
    stream_count(s, SM_PUT_OK, at.outcome == KIN_OK);
    answer(s, x, &put, &at, a);
}

static void put_many(struct stream *s, const struct stream_entry *x, uint32_t n, struct push_answer *a)
{
    uint32_t failed, throttled = 0;
    struct call *call = stream_begin(s);
    for (uint32_t i = 0; i < n; i++)
        s->put[i] = put_of(s, &x[i]);
    enum kin_outcome o = kin_put_many(s->core, call, s->put, n, s->placed, &failed);
    stream_count(s, SM_CALLS_PUT, 1);
    for (uint32_t i = 0; i < n; i++) {
        struct kin_placed at = o == KIN_OK ? s->placed[i] : (struct kin_placed){.outcome = o, .shard = KIN_NONE};
        throttled += at.outcome == KIN_THROTTLED;
        answer(s, &x[i], &s->put[i], &at, &a[i]);
    }
    if (o != KIN_OK)
        return;
    stream_count(s, SM_BATCH_OK, 1);
    stream_count(s, SM_BATCH_RECORDS, n);
    stream_count(s, SM_BATCH_GOOD, n - failed);
    stream_count(s, SM_BATCH_THROTTLED, throttled);
}

/* How many of them one call takes, n >= 1. */
static uint32_t call_size(const struct stream_entry *x, uint32_t n)
{
    uint64_t bytes = x[0].size;
    uint32_t some = 1;
    for (; some < KIN_BATCH_RECORDS && some < n && bytes + x[some].size <= KIN_BATCH_BYTES; some++)
        bytes += x[some].size;
    return some;
}

void stream_put(struct entity *e, const struct stream_entry *x, uint32_t n, struct push_answer *a)
{
    struct stream *s = stream_of(e);
    for (uint32_t i = 0; i < n;) {
        uint32_t some = call_size(&x[i], n - i);
        if (!is_down(s, &x[i], some, &a[i]))
            put_many(s, &x[i], some, &a[i]);
        i += some;
    }
    stream_end(s);
}

/* --- PUSH --- */

static struct stream_entry entry_of(struct stream *s, const struct job *j)
{
    return (struct stream_entry){j, 1, j->size + stream_key_bytes(&s->e, j->key), j->key, stream_hash(&s->e, j)};
}

static void offer(struct entity *e, const struct job *jobs, uint32_t n, struct push_answer *answers)
{
    struct stream *s = stream_of(e);
    if (n == 1) {
        struct stream_entry one = entry_of(s, jobs);
        if (!is_down(s, &one, 1, answers))
            put_one(s, &one, answers);
        stream_end(s);
        return;
    }
    struct stream_entry *all = mem_get(n * sizeof(*all));
    if (all == NULL) {
        e->world->failed = true;
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        all[i] = entry_of(s, &jobs[i]);
    stream_put(e, all, n, answers);
    mem_release(all);
}

const struct push_ops stream_push_ops = {
    .latency = put_latency,
    .offer = offer,
    .batch_latency = stream_batch_latency,
    .batch_max = KIN_BATCH_RECORDS,
};
