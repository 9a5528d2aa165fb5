/* producer_send.c - messages that arrive together, sent several in one API call: up to ten (SendMessageBatch and the like), to a
 * stream up to 500 (PutRecords).
 *
 * The answer is one per message. What was accepted is done, and so is what was refused as it is; the rest is sent again, together, after the pause of the
 * call's backoff, until the attempts are used up. An attempt that is not answered in time is left alone: what it carries
 * may still be accepted, which is how messages are sent twice. So an attempt under way (a flight) has its own copy of
 * the jobs and its own holds on their requests, and outlives the parcel that it belongs to. */
#include "producer_life.h"

struct flight;

struct parcel { /* messages of one call that are not accepted yet */
    struct producer *producer;
    struct activity *user;   /* closed: who waits for the answer; NULL: nobody */
    struct flight   *flight; /* under way and still awaited; NULL in a pause */
    struct sim_timer timer;  /* timeout or pause */
    sim_time         pause;
    uint32_t         number, n, attempt;
    struct job       job[]; /* room for the producer's parcel_max */
};

struct flight {
    struct producer *producer;
    struct parcel   *parcel; /* NULL: given up */
    struct sim_timer timer;  /* the API's latency */
    uint32_t         number, n;
    struct job       job[];
};

static void attempt(struct parcel *);

/* What the client makes of an answer. */
static enum call_verdict verdict_of(const struct push_answer *a)
{
    static const enum call_verdict verdicts[] = {
        [PUSH_ACCEPTED] = CALL_OK, [PUSH_THROTTLED] = CALL_THROTTLED, [PUSH_REFUSED] = CALL_REJECTED,
        [PUSH_LOST] = CALL_FAILED, [PUSH_DOWN] = CALL_DOWN,
    };
    return verdicts[a->verdict];
}

static void note(const struct parcel *x, enum life_what what, const struct job *j, enum call_verdict verdict)
{
    const struct producer *p = x->producer;
    if (job_recorded(j))
        record_attempt(p->e.world, j, what, &p->e, p->policy.target, x->attempt + 1, verdict);
}

static void note_all(const struct parcel *x, enum life_what what)
{
    for (uint32_t i = 0; i < x->n; i++)
        note(x, what, &x->job[i], CALL_OK);
}

static void finish(struct parcel *x, enum call_verdict verdict)
{
    struct producer *p = x->producer;
    struct activity *user = x->user;
    for (uint32_t i = 0; i < x->n; i++)
        producer_told(p, x->job[i].request, verdict);
    slab_give(&p->parcels, x->number);
    if (user != NULL)
        producer_sent(user);
}

static void on_pause_over(struct sim *s, struct sim_timer *t)
{
    (void)s;
    attempt(CONTAINER_OF(t, struct parcel, timer));
}

static struct job attempt_job(const struct parcel *x, uint32_t i)
{
    const struct caller_policy *policy = &x->producer->policy;
    struct job job = x->job[i];
    job.attempt = attempt_code(job.attempt, policy->radix, policy->first + x->attempt);
    return job;
}

static sim_time next_pause(struct parcel *x, sim_time retry_at)
{
    struct producer *p = x->producer;
    struct world *w = producer_world(p);
    sim_time pause = 0;
    if (p->policy.backoff != NULL) {
        struct job job = attempt_job(x, 0);
        struct rng cell = job_cell(w, &p->policy.jitter, &job);
        pause = x->pause = backoff_pause(p->policy.backoff, x->attempt, x->pause, &cell);
    }
    if (retry_at != SIM_NEVER && retry_at - world_now(w) > pause)
        pause = retry_at - world_now(w);
    return pause;
}

/* Some are left. retry_at: the latest hint; SIM_NEVER: none. */
static void try_again(struct parcel *x, enum call_verdict verdict, sim_time retry_at)
{
    if (x->attempt + 1 >= x->producer->policy.attempts) {
        finish(x, verdict);
        return;
    }
    sim_time pause = next_pause(x, retry_at);
    x->attempt++;
    if (pause == 0) {
        attempt(x);
        return;
    }
    sim_timer_init(&x->timer, SIM_MESSAGE, on_pause_over);
    sim_after(producer_world(x->producer)->sim, &x->timer, pause);
}

static void on_timeout(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct parcel *x = CONTAINER_OF(t, struct parcel, timer);
    struct producer *p = x->producer;
    obs_count(&p->timeouts, world_now(producer_world(p)), x->n);
    note_all(x, LIFE_TIMEOUT);
    x->flight->parcel = NULL;
    x->flight = NULL;
    try_again(x, CALL_TIMEOUT, SIM_NEVER);
}

/* What was accepted leaves the parcel; the rest closes up. */
static void take_answers(struct parcel *x, const struct push_answer *answers)
{
    struct producer *p = x->producer;
    enum call_verdict verdict = CALL_OK;
    sim_time retry_at = SIM_NEVER;
    uint32_t left = 0;
    if (p->policy.timeout != SIM_NEVER)
        sim_cancel(producer_world(p)->sim, &x->timer);
    x->flight = NULL;
    for (uint32_t i = 0; i < x->n; i++) {
        const struct push_answer *a = &answers[i];
        if (a->verdict == PUSH_ACCEPTED) {
            producer_told(p, x->job[i].request, CALL_OK);
            continue;
        }
        note(x, LIFE_REJECTED, &x->job[i], verdict_of(a));
        if (a->verdict == PUSH_REFUSED) { /* the same message will not do better */
            producer_told(p, x->job[i].request, CALL_REJECTED);
            continue;
        }
        verdict = verdict_of(a);
        if (a->retry_at != SIM_NEVER && (retry_at == SIM_NEVER || a->retry_at > retry_at))
            retry_at = a->retry_at;
        x->job[left++] = x->job[i];
    }
    x->n = left;
    if (left > 0)
        try_again(x, verdict, retry_at);
    else
        finish(x, CALL_OK);
}

static void deliver(struct flight *f)
{
    struct producer *p = f->producer;
    struct entity *target = p->policy.target;
    struct push_answer answers[PUSH_BATCH_MAX];
    for (uint32_t i = 0; i < f->n; i++)
        answers[i] = (struct push_answer){.retry_at = SIM_NEVER};
    target->room->push->offer(target, f->job, f->n, answers);
    for (uint32_t i = 0; i < f->n; i++)
        request_drop(producer_world(p), f->job[i].request);
    struct parcel *x = f->parcel;
    slab_give(&p->flights, f->number);
    if (x != NULL)
        take_answers(x, answers);
}

static void on_arrived(struct sim *s, struct sim_timer *t)
{
    (void)s;
    deliver(CONTAINER_OF(t, struct flight, timer));
}

static struct flight *flight_of(struct parcel *x)
{
    struct producer *p = x->producer;
    uint32_t number = slab_take(&p->flights);
    if (number == SLAB_NONE)
        return NULL;
    struct flight *f = slab_at(&p->flights, number);
    f->producer = p;
    f->parcel = x;
    f->number = number;
    f->n = x->n;
    for (uint32_t i = 0; i < x->n; i++) {
        f->job[i] = attempt_job(x, i);
        request_hold(producer_world(p), f->job[i].request);
    }
    return f;
}

static sim_time latency_of(struct entity *target, const struct flight *f)
{
    const struct push_ops *push = target->room->push;
    if (push->batch_latency != NULL)
        return push->batch_latency(target, f->job, f->n);
    return push->latency == NULL ? 0 : push->latency(target, &f->job[0]);
}

static void attempt(struct parcel *x)
{
    struct producer *p = x->producer;
    struct world *w = producer_world(p);
    struct flight *f = flight_of(x);
    if (f == NULL) {
        w->failed = true;
        finish(x, CALL_DOWN);
        return;
    }
    obs_count(&p->tries, world_now(w), x->n);
    if (x->attempt > 0) {
        obs_count(&p->retries, world_now(w), x->n);
        note_all(x, LIFE_RETRY);
    }
    x->flight = f;
    if (p->policy.timeout != SIM_NEVER) {
        sim_timer_init(&x->timer, SIM_LATE, on_timeout);
        sim_lane_start(w->sim, &p->policy.lane, &x->timer);
    }
    sim_time latency = latency_of(p->policy.target, f);
    if (latency == 0) {
        deliver(f);
        return;
    }
    sim_timer_init(&f->timer, SIM_MESSAGE, on_arrived);
    sim_after(w->sim, &f->timer, latency);
}

void producer_send(struct producer *p, struct activity *user, uint64_t first, uint64_t step, uint32_t n)
{
    uint32_t number = slab_take(&p->parcels);
    if (number == SLAB_NONE) {
        producer_world(p)->failed = true;
        return;
    }
    struct parcel *x = slab_at(&p->parcels, number);
    x->producer = p;
    x->user = user;
    x->number = number;
    x->n = n;
    x->attempt = 0;
    x->pause = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t item = first + i * step;
        x->job[i] = (struct job){.size = producer_size_of(p, item), .key = producer_key_of(p, item)};
        if (!producer_born(p, item, &x->job[i])) {
            x->n = i;
            finish(x, CALL_DOWN); /* memory is short: the trial is void */
            return;
        }
    }
    attempt(x);
}

/* No more than the target takes, and than ever come together. */
static uint32_t parcel_max(const struct producer *p)
{
    const struct spec_entity *target = spec_value(p->e.spec, PRODUCER_TARGET)->ref;
    const struct push_ops *push = target == NULL ? NULL : target->room->push;
    int64_t most = push == NULL || push->batch_max == 0 ? 10 : push->batch_max, n;
    CHECK(most <= PUSH_BATCH_MAX);
    const struct value *batch = spec_value(p->e.spec, PRODUCER_BATCH_SIZE);
    if (!batch->absent && dist_is_constant(batch->dist, &n) && n < most)
        most = n < 1 ? 1 : n;
    return (uint32_t)most;
}

void producer_send_open(struct producer *p)
{
    p->parcel_max = parcel_max(p);
    slab_init(&p->parcels, (uint32_t)(sizeof(struct parcel) + p->parcel_max * sizeof(struct job)));
    slab_init(&p->flights, (uint32_t)(sizeof(struct flight) + p->parcel_max * sizeof(struct job)));
}
