/* firehose_actor.c - the loop of a delivery stream, and its calls: what is due is begun, what has ended is told, until nothing
 * is left at this instant.
 *
 * While it is down, puts are refused and nothing is begun; what it has taken is durable and goes on afterwards. */
#include "firehose_actor.h"

#include <inttypes.h>

#include "fault_state.h"
#include "fh_price.h"

/* --- the ledger of Little's law --- */

static void integrate(struct firehose_actor *h, sim_time now)
{
    h->area += (int128)h->holds * (now - h->area_until);
    h->area_until = now;
}

/* A record is held once, and once more for its copy. */
void firehose_entered(struct firehose_actor *h, const struct job *j)
{
    struct world *w = h->e.world;
    sim_time now = world_now(w);
    int64_t holds = fh_config(h->core)->backup_all ? 2 : 1;
    integrate(h, now);
    for (int64_t i = 0; i < holds; i++)
        request_hold(w, j->request);
    h->entered += (int128)now * holds;
    h->holds += holds;
    entity_trace(&h->e, HOSE_TRACE_PUT, request_item(request_at(&w->requests, j->request)) << 16 ^ j->attempt);
    if (job_recorded(j))
        record_job(w, j, LIFE_GATHERED, &h->e);
}

void firehose_left(struct firehose_actor *h, uint32_t records)
{
    sim_time now = world_now(h->e.world);
    integrate(h, now);
    h->left += (int128)now * records;
    h->holds -= records;
}

/* --- what the core has counted since --- */

static void count_since(struct firehose_actor *h)
{
    const struct fh_counts *c = fh_counts(h->core);
    struct fh_counts *s = &h->seen;
    hose_count(h, FM_RECORDS, c->in_records - s->in_records);
    hose_count(h, FM_BYTES, c->in_bytes - s->in_bytes);
    hose_count(h, FM_PUTS, c->put_ok + c->batch_ok - s->put_ok - s->batch_ok);
    hose_count(h, FM_THROTTLED, c->throttled_records - s->throttled_records);
    hose_count(h, FM_ATTEMPTS, c->side[0].attempts - s->side[0].attempts);
    hose_count(h, FM_FAILURES, c->side[0].failed - s->side[0].failed);
    hose_count(h, FM_NO_ACK, c->side[0].no_ack - s->side[0].no_ack);
    hose_count(h, FM_OBJECTS, c->side[0].good - s->side[0].good);
    hose_count(h, FM_BACKUP_OBJECTS, c->side[1].good - s->side[1].good);
    hose_count(h, FM_BACKUP_FAILURES, c->side[1].failed - s->side[1].failed);
    hose_count(h, FM_DELIVERED, c->ended[FH_END_DELIVERED] - s->ended[FH_END_DELIVERED]);
    hose_count(h, FM_DELIVERED_BYTES, c->ended_bytes[FH_END_DELIVERED] - s->ended_bytes[FH_END_DELIVERED]);
    hose_count(h, FM_DUPLICATES, c->duplicates - s->duplicates);
    hose_count(h, FM_BACKED_UP, c->ended[FH_END_BACKED_UP] - s->ended[FH_END_BACKED_UP]);
    hose_count(h, FM_COPIED, c->ended[FH_END_COPIED] - s->ended[FH_END_COPIED]);
    hose_count(h, FM_DROPPED, c->ended[FH_END_DROPPED] - s->ended[FH_END_DROPPED]);
    hose_count(h, FM_EXPIRED, c->ended[FH_END_EXPIRED] - s->ended[FH_END_EXPIRED]);
    hose_count(h, FM_PROCESSING_FAILED, c->failed[FH_WHY_PROCESSING] - s->failed[FH_WHY_PROCESSING]);
    hose_count(h, FM_CONVERSION_FAILED, c->failed[FH_WHY_CONVERSION] - s->failed[FH_WHY_CONVERSION]);
    hose_count(h, FM_PARTITION_EXCEEDED, c->failed[FH_WHY_PARTITIONS] - s->failed[FH_WHY_PARTITIONS]);
    hose_count(h, FM_DELIVERY_FAILED, c->failed[FH_WHY_DELIVERY] - s->failed[FH_WHY_DELIVERY]);
    hose_count(h, FM_INVOCATIONS, c->invocations - s->invocations);
    hose_count(h, FM_INVOCATIONS_GOOD, c->invocations_good - s->invocations_good);
    hose_count(h, FM_BILLED, c->billed - s->billed);
    hose_count(h, FM_BILLED_CONVERSION, h->converts ? c->billed - s->billed : 0);
    hose_count(h, FM_BILLED_PARTITIONING, h->partitions ? c->billed - s->billed : 0);
    *s = *c;
}

static void show(struct firehose_actor *h, enum firehose_metric m, uint64_t value)
{
    if (h->level[m].value != (int64_t)value)
        obs_level_set(&h->level[m], world_now(h->e.world), (int64_t)value);
}

static void show_levels(struct firehose_actor *h)
{
    show(h, FM_INSIDE, fh_inside(h->core));
    show(h, FM_WAITING, fh_waiting(h->core, FH_TO_DESTINATION));
    show(h, FM_UNDER_WAY, fh_under_way(h->core, FH_TO_DESTINATION));
    show(h, FM_INVOKED, h->invocations.n_live);
    show(h, FM_PARTITIONS, fh_active_partitions(h->core));
}

/* --- the loop --- */

static void arm(struct firehose_actor *h)
{
    sim_time due = h->fault.active & FAULT_DOWN ? SIM_NEVER : fh_deadline(h->core), now = world_now(h->e.world);
    due = due < now ? now : due;
    if (due == (sim_pending(&h->timer) ? h->timer.at : SIM_NEVER))
        return;
    if (due == SIM_NEVER)
        sim_cancel(h->e.world->sim, &h->timer);
    else
        sim_at(h->e.world->sim, &h->timer, due);
}

static bool step(struct firehose_actor *h)
{
    struct fh_task task;
    if (!fh_next(h->core, hose_begin(h), &task))
        return false;
    switch (task.kind) {
    case FH_TASK_INVOKE:
        firehose_invoke(h, &task);
        break;
    case FH_TASK_DELIVER:
        firehose_deliver(h, &task);
        break;
    case FH_TASK_END:
        firehose_ended(h, &task);
        break;
    }
    return true;
}

void firehose_pump(struct firehose_actor *h)
{
    struct world *w = h->e.world;
    if (h->pumping)
        return;
    h->pumping = true;
    while ((h->fault.active & FAULT_DOWN) == 0 && !w->failed && step(h))
        ;
    h->pumping = false;
    w->failed |= fh_failed(h->core);
    count_since(h);
    show_levels(h);
    arm(h);
}

void firehose_fault(struct entity *e, const struct fault_state *f)
{
    struct firehose_actor *h = hose_of(e);
    h->fault = *f;
    firehose_pump(h);
}

/* --- puts --- */

static sim_time latency(struct entity *e, const struct job *j)
{
    struct firehose_actor *h = hose_of(e);
    struct rng cell = job_cell(e->world, &h->latency_stream, j);
    sim_time time = dist_sample(h->latency, &cell);
    return h->fault.active & FAULT_SLOW ? fault_slowed(&h->fault, time) : time;
}

static bool fails(struct firehose_actor *h)
{
    if (!(h->fault.active & FAULT_FAIL))
        return false;
    struct rng cell = rng_at(&h->fail_stream, 0, h->n_calls++, 0);
    return (int64_t)rng_below(&cell, 1000000000) < h->fault.probability;
}

static void refused(struct firehose_actor *h, const struct job *j, const struct push_answer *a)
{
    if (a->verdict != PUSH_THROTTLED)
        hose_count(h, FM_REFUSED, 1);
    entity_trace(&h->e, HOSE_TRACE_REFUSED, request_item(request_at(&h->e.world->requests, j->request)));
    if (job_recorded(j))
        life_why(record_job(h->e.world, j, LIFE_REFUSED, &h->e), a->why);
}

static void answer(struct firehose_actor *h, const struct job *j, enum fh_outcome o, struct push_answer *a)
{
    *a = (struct push_answer){o == FH_OK          ? PUSH_ACCEPTED
                              : o == FH_THROTTLED ? PUSH_THROTTLED
                                                  : PUSH_REFUSED,
                              fh_outcome_row(o)->code, SIM_NEVER};
    if (o == FH_OK)
        firehose_entered(h, j);
    else
        refused(h, j, a);
}

static void put_call(struct firehose_actor *h, const struct job *jobs, uint32_t n, struct push_answer *a)
{
    struct fh_put put[FH_BATCH_RECORDS];
    enum fh_outcome each[FH_BATCH_RECORDS], all;
    uint32_t failed = 0;
    for (uint32_t i = 0; i < n; i++)
        put[i] = hose_put(&jobs[i]);
    all = n == 1 ? fh_put(h->core, hose_begin(h), put) : fh_put_batch(h->core, hose_begin(h), put, n, each, &failed);
    h->e.world->failed |= fh_failed(h->core);
    for (uint32_t i = 0; i < n; i++)
        answer(h, &jobs[i], n == 1 || all != FH_OK ? all : each[i], &a[i]);
}

static void offer(struct entity *e, const struct job *jobs, uint32_t n, struct push_answer *answers)
{
    struct firehose_actor *h = hose_of(e);
    for (uint32_t i = 0; i < n; i += FH_BATCH_RECORDS) {
        uint32_t some = n - i < FH_BATCH_RECORDS ? n - i : FH_BATCH_RECORDS;
        bool down = (h->fault.active & FAULT_DOWN) != 0;
        if (!down && !fails(h)) {
            put_call(h, &jobs[i], some, &answers[i]);
            continue;
        }
        for (uint32_t k = i; k < i + some; k++) {
            answers[k] = (struct push_answer){down ? PUSH_DOWN : PUSH_LOST, "ServiceUnavailableException", SIM_NEVER};
            refused(h, &jobs[k], &answers[k]);
        }
    }
    firehose_pump(h);
}

const struct push_ops firehose_push = {.latency = latency, .offer = offer};

/* --- life --- */

/* What has been used since the start, at the prices of a month's beginning. */
static void charge(struct firehose_actor *h)
{
    const struct fh_counts *c = fh_counts(h->core);
    bool snowflake = fh_config(h->core)->destination == FH_SNOWFLAKE;
    struct fh_price_use use = {.steps = snowflake ? 0 : c->billed,
                               .snowflake_bytes = snowflake ? c->in_bytes : 0,
                               .converted_bytes = h->converts ? c->billed * FH_STEP : 0,
                               .partitioned_bytes = h->partitions ? c->billed * FH_STEP : 0,
                               .partition_objects = h->partitions ? c->side[0].good : 0};
    h->cost_part.area = fh_price_month(&use); /* a share is the quotient of two integrals: nano-dollars and a dollar */
    h->cost_whole.area = SIM_S;
}

/* As other gauges. */
static void read_age(struct sim *sim, struct sim_timer *t)
{
    struct firehose_actor *h = CONTAINER_OF(t, struct firehose_actor, age_timer);
    sim_time now = sim_now(sim), next = world_next_look(h->e.world, now);
    obs_level_set(&h->level[FM_AGE], now, fh_freshness(h->core, now));
    if (next <= h->e.world->end)
        sim_at(sim, t, next);
}

void firehose_start(struct entity *e)
{
    struct firehose_actor *h = hose_of(e);
    sim_timer_init(&h->age_timer, SIM_SAMPLE, read_age);
    sim_at(e->world->sim, &h->age_timer, world_now(e->world));
    if (h->source != NULL)
        firehose_source_start(h);
}

void firehose_finish(struct entity *e, sim_time now)
{
    struct firehose_actor *h = hose_of(e);
    show_levels(h);
    charge(h);
    integrate(h, now);
}

static bool broken(struct err *err, const char *law, int64_t a, int64_t b)
{
    return err_set(err, ERR_INTERNAL, "%s: %" PRId64 " is not %" PRId64, law, a, b);
}

bool firehose_conserve(struct entity *e, sim_time now, struct err *err)
{
    struct firehose_actor *h = hose_of(e);
    const struct fh_counts *c = fh_counts(h->core);
    uint64_t out = fh_inside(h->core);
    for (unsigned i = 0; i < FH_ENDS; i++)
        out += c->ended[i];
    if (c->in_records + c->copies != out)
        return broken(err, "records and copies = inside + delivered + dropped + backed up + expired", (int64_t)(c->in_records + c->copies),
                      (int64_t)out);
    if (h->holds != (int64_t)fh_inside(h->core) && !(h->fault.active & FAULT_DOWN))
        return broken(err, "requests held = records inside", h->holds, (int64_t)fh_inside(h->core));
    if (h->area + (int128)h->holds * (now - h->area_until) != h->left - h->entered + (int128)now * h->holds)
        return err_set(err, ERR_INTERNAL, "Little's law: the integral of the records inside is not the sum of their stays");
    return true;
}
