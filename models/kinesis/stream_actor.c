/* stream_actor.c - turns of a stream, what its core tells, and what must hold.
 *
 * Records whose retention has ended are let go of once a minute: they cannot be read from the exact moment on (KIN-47), but
 * their requests are settled, and `expired` counts them, at the next full minute. */
#include "stream_actor.h"

#include <inttypes.h>

#include "fault_state.h"
#include "mem.h"

/* --- effects --- */

static void carry_out(struct stream *s, const struct effect *fx)
{
    sim_time now = world_now(s->e.world);
    switch ((enum kin_effect)fx->kind) {
    case KIN_FX_STATUS:
        obs_level_set(&s->updating, now, fx->a == KIN_UPDATING);
        break;
    case KIN_FX_OPENED:
        stream_opened(s, fx->a);
        entity_trace(&s->e, STREAM_TRACE_OPENED, fx->a);
        s->changed = true;
        break;
    case KIN_FX_CLOSED:
        stream_closed(s, fx->a);
        entity_trace(&s->e, STREAM_TRACE_CLOSED, fx->a);
        s->changed = true;
        break;
    case KIN_FX_CONSUMER:
        s->changed = true;
        break;
    case KIN_FX_NO_MEMORY:
        s->e.world->failed = true;
        break;
    }
}

static void advance(struct stream *s)
{
    sim_time now = world_now(s->e.world);
    while (kin_deadline(s->core) <= now) {
        const struct kin_counts *k = kin_counts(s->core);
        uint64_t splits = k->splits, merges = k->merges;
        call_begin(&s->call, now, NULL);
        kin_advance(s->core, &s->call);
        for (uint32_t i = 0; i < s->call.n_fx; i++)
            carry_out(s, &s->call.fx[i]);
        if (k->splits + k->merges == splits + merges)
            continue;
        stream_count(s, SM_SPLITS, k->splits - splits);
        stream_count(s, SM_MERGES, k->merges - merges);
        obs_level_set(&s->open, now, kin_open_shards(s->core));
    }
}

/* --- the loop --- */

static bool is_down(const struct stream *s)
{
    return (s->fault.active & FAULT_DOWN) != 0;
}

static bool push_one(struct stream *s)
{
    struct kin_push push;
    uint64_t before = kin_counts(s->core)->push_bytes;
    call_begin(&s->call, world_now(s->e.world), NULL);
    if (!kin_push_next(s->core, &s->call, &push))
        return false;
    stream_pushed(s, &push, kin_counts(s->core)->push_bytes - before);
    return true;
}

static void pump(struct stream *s)
{
    advance(s);
    if (s->pumping || !s->started)
        return;
    s->pumping = true;
    for (bool more = true; more && !s->e.world->failed;) {
        advance(s);
        if (s->wish != 0)
            stream_pursue(s);
        if (s->changed) {
            s->changed = false;
            stream_changed(s);
        } else {
            more = !is_down(s) && push_one(s);
        }
    }
    s->pumping = false;
}

/* Readers that start before the stream may look for a position already; it begins by itself later. */
static void arm(struct stream *s)
{
    if (!s->started)
        return;
    sim_time due = kin_deadline(s->core), push = is_down(s) || s->e.world->failed ? SIM_NEVER : kin_push_deadline(s->core);
    due = due < push ? due : push;
    if (due == (sim_pending(&s->timer) ? s->timer.at : SIM_NEVER))
        return;
    if (due == SIM_NEVER)
        sim_cancel(s->e.world->sim, &s->timer);
    else
        sim_at(s->e.world->sim, &s->timer, due);
}

struct call *stream_begin(struct stream *s)
{
    pump(s);
    call_begin(&s->call, world_now(s->e.world), NULL);
    return &s->call;
}

void stream_end(struct stream *s)
{
    pump(s);
    if (!s->pumping)
        arm(s);
}

static void on_due(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    stream_end(CONTAINER_OF(t, struct stream, timer));
}

/* --- the end of retention --- */

static void let_go(struct stream *s, const struct job *j, sim_time arrival, bool given_up)
{
    struct world *w = s->e.world;
    if (job_recorded(j))
        record_job(w, j, LIFE_RETIRED, &s->e)->value = world_now(w) - arrival;
    if (given_up)
        request_drop_parked(w, j->request);
    else
        request_drop(w, j->request);
}

static void record_expired(struct stream *s, const struct kin_record *r)
{
    if (r->user == STREAM_FORGOTTEN)
        return;
    if (!(r->user & STREAM_BUNDLE)) {
        struct job job = {.request = stream_request(r->user), .key = r->key, .attempt = (uint16_t)(r->user >> 16),
                          .flags = (uint16_t)r->user};
        let_go(s, &job, r->arrival, (r->user & STREAM_GIVEN_UP) != 0);
        return;
    }
    const struct stream_bundle *b = stream_bundle_at(s, r->user);
    for (uint32_t i = 0; i < b->n; i++)
        let_go(s, &b->job[i], r->arrival, b->given_up[i]);
    stream_unbundle(s, r->user);
}

void stream_expire(struct stream *s)
{
    struct kin_run run;
    sim_time now = world_now(s->e.world);
    kin_expire(s->core, now);
    while (kin_expired(s->core, &run)) {
        entity_trace(&s->e, STREAM_TRACE_EXPIRED, (uint64_t)run.shard << 40 ^ run.first << 12 ^ run.n);
        for (uint32_t i = 0; i < run.n; i++)
            record_expired(s, &run.record[i]);
        stream_leaves(s, run.n);
        stream_count(s, SM_EXPIRED, run.n);
        obs_level_add(&s->stored, now, -(int64_t)run.n);
    }
}

/* Nothing expires before the shortest retention has passed. The last look is at the end of the run. */
static void on_expiry(struct sim *sim, struct sim_timer *t)
{
    struct stream *s = CONTAINER_OF(t, struct stream, expiry);
    sim_time now = sim_now(sim), end = s->e.world->end;
    stream_expire(s);
    if (now < end)
        sim_at(sim, t, now + SIM_MIN < end ? now + SIM_MIN : end);
}

/* --- life --- */

bool stream_fails(struct stream *s)
{
    if (!(s->fault.active & FAULT_FAIL))
        return false;
    struct rng cell = rng_at(&s->fail_stream, 0, s->n_fail++, 0);
    return (int64_t)rng_below(&cell, 1000000000) < s->fault.probability;
}

void stream_fault(struct entity *e, const struct fault_state *f)
{
    stream_of(e)->fault = *f;
    stream_end(stream_of(e));
}

static bool is_somebodys_end(const struct stream *s)
{
    const struct request_table *t = &s->e.world->requests;
    bool is = false;
    for (uint32_t i = 0; i < t->n_source; i++)
        is |= t->source[i]->done_at == &s->e;
    return is;
}

void stream_start(struct entity *e)
{
    struct stream *s = stream_of(e);
    sim_time first = KIN_RETENTION_MIN * SIM_H;
    sim_timer_init(&s->timer, SIM_STATE, on_due);
    sim_timer_init(&s->expiry, SIM_STATE, on_expiry);
    if (first <= e->world->end)
        sim_at(e->world->sim, &s->expiry, first);
    s->is_done_at = is_somebodys_end(s);
    advance(s);
    s->changed = false; /* of consumers that are there from the start */
    s->started = true;
    stream_admin_start(s);
    stream_end(s);
}

static bool broken(struct err *err, const char *law, uint64_t a, uint64_t b)
{
    return err_set(err, ERR_INTERNAL, "%s: %" PRIu64 " is not %" PRIu64, law, a, b);
}

/* Records accepted = stored + expired; and Little's law over them in integers, modulo 2^64. */
bool stream_conserve(struct entity *e, sim_time now, struct err *err)
{
    struct stream *s = stream_of(e);
    const struct kin_counts *k = kin_counts(s->core);
    uint64_t kept = kin_untold(s->core);
    if (k->shards.in_records != s->n_in)
        return broken(err, "records counted by the core and by the stream", k->shards.in_records, s->n_in);
    if (s->n_in != s->n_out + kept)
        return broken(err, "records that came = expired + stored", s->n_in, s->n_out + kept);
    if (s->stored.value != (int64_t)kept)
        return broken(err, "records stored", (uint64_t)s->stored.value, kept);
    uint64_t inside = s->n_in - s->n_out, area = s->area + inside * (uint64_t)(now - s->area_until);
    if (area != s->left - s->entered + inside * (uint64_t)now)
        return err_set(err, ERR_INTERNAL, "Little's law: the integral of the records inside is not the sum of their stays");
    return true;
}

void stream_finish(struct entity *e, sim_time now)
{
    struct stream *s = stream_of(e);
    obs_level_settle(&s->open, now);
    obs_counter_set(&s->count[SM_SHARD_SECONDS - SM_RECORDS],
                    (uint64_t)((obs_level_integral(&s->open, now) - s->open.forgotten) / SIM_S));
    struct obs_tally *tally[] = {&s->size, &s->wait, &s->age, &s->behind};
    for (unsigned i = 0; i < ARRAY_LEN(tally); i++)
        obs_tally_settle(tally[i]);
    for (uint32_t i = 0; i < s->n_watched; i++)
        obs_tally_settle(&s->shard[i].age);
}
