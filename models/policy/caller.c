/* caller.c - one piece of work from the client's side: attempt, wait, give up, pause, try again.
 *
 * An attempt that timed out is left alone (its server may still do the work: that is how effects repeat), told to stop
 * (`cancel`), or kept in mind (`late_answer = accept`). Every entry is the last thing its caller does, because an answer may
 * come inside the call. */
#include "caller.h"

#include "record.h"
#include "world.h"

enum { IDLE, WAITING, PAUSING };

#define CALLER_KEYS(kinds, what)                                                                   \
    [CALLER_TARGET] = {.name = "target",                                                           \
                       .type = VALUE_REF,                                                          \
                       .flags = KEY_REQUIRED,                                                      \
                       .refs = kinds,                                                              \
                       .doc = what},                                                               \
    [CALLER_TIMEOUT] = {.name = "timeout",                                                         \
                        .type = VALUE_DURATION,                                                    \
                        .low = "1ns",                                                              \
                        .doc = "How long one attempt waits for its answer; default: as long as it takes."}, \
    [CALLER_ATTEMPTS] = {.name = "attempts",                                                       \
                         .type = VALUE_COUNT,                                                      \
                         .fallback = "1",                                                          \
                         .low = "1",                                                               \
                         .high = "1000",                                                           \
                         .doc = "How often it is tried in all."},                                  \
    [CALLER_BACKOFF] = {.name = "backoff",                                                         \
                        .type = VALUE_BACKOFF,                                                     \
                        .fallback = "none",                                                        \
                        .doc = "Pause before the next attempt: none, constant(…), exponential(…), equal_jitter(…), " \
                               "full_jitter(…), decorrelated(…)."},                                \
    [CALLER_LATE_ANSWER] = {.name = "late_answer",                                                 \
                            .type = VALUE_CHOICE,                                                  \
                            .choices = "ignore|accept",                                            \
                            .fallback = "ignore",                                                  \
                            .doc = "Whether a good answer to an attempt that timed out still counts."}, \
    [CALLER_CANCEL] = {.name = "cancel",                                                           \
                       .type = VALUE_FLAG,                                                         \
                       .fallback = "false",                                                        \
                       .doc = "Tell the server to stop when giving up on an attempt."},

const struct key caller_keys[N_CALLER_KEYS] = {
    CALLER_KEYS("service|database", "Who is called; the caller waits for the answer.")};
const struct key caller_send_keys[N_CALLER_KEYS] = {
    CALLER_KEYS("queue", "Where the message goes; the sender waits until it is accepted.")};

static struct world *world_of(const struct caller *c)
{
    return c->policy->owner->world;
}

static void count(struct obs_counter *c, const struct world *w)
{
    if (c != NULL)
        obs_count(c, world_now(w), 1);
}

static const struct value *field(const struct value *group, enum caller_key key)
{
    uint32_t skipped = N_CALLER_KEYS - group->list.n;
    return value_field(group, key - skipped);
}

static void read_group(struct caller_policy *p, const struct value *group)
{
    const struct value *timeout = field(group, CALLER_TIMEOUT), *backoff = field(group, CALLER_BACKOFF);
    if (!timeout->absent)
        p->timeout = timeout->i;
    p->attempts = (uint32_t)field(group, CALLER_ATTEMPTS)->i;
    p->backoff = backoff->absent ? NULL : backoff->backoff;
    p->accept_late = field(group, CALLER_LATE_ANSWER)->i != 0;
    p->cancel = field(group, CALLER_CANCEL)->i != 0;
}

bool caller_policy_init(struct caller_policy *p, struct entity *owner, const struct value *group, struct entity *target,
                        const char *stream_use)
{
    *p = (struct caller_policy){.owner = owner, .target = target, .timeout = SIM_NEVER, .attempts = 1};
    if (group->list.n > 0)
        read_group(p, group);
    p->radix = p->attempts;
    sim_lane_init(&p->lane, p->timeout);
    p->jitter = entity_stream(owner, stream_use);
    return true;
}

static void forget(struct caller *c)
{
    while (c->call != NULL) {
        struct wire_call *call = c->call;
        c->call = call->older;
        wire_abandon(call, c->policy->cancel);
    }
}

/* The timer runs in a pause, and in an attempt that has a timeout; else it is not even initialised. */
static void stop_timer(struct caller *c)
{
    if (c->state == PAUSING || c->policy->timeout != SIM_NEVER)
        sim_cancel(world_of(c)->sim, &c->timer);
}

static void finish(struct caller *c, enum call_verdict verdict)
{
    stop_timer(c);
    c->state = IDLE;
    forget(c);
    c->done(c, verdict);
}

static struct job attempt_job(const struct caller *c)
{
    struct job job = c->job;
    job.attempt = attempt_code(job.attempt, c->policy->radix, c->policy->first + c->attempt);
    return job;
}

static void note(const struct caller *c, enum life_what what, enum call_verdict verdict)
{
    struct job job = attempt_job(c);
    if (job_recorded(&job))
        record_attempt(world_of(c), &job, what, c->policy->owner, c->policy->target, c->attempt + 1, verdict);
}

static void attempt(struct caller *);

static void on_pause_over(struct sim *s, struct sim_timer *t)
{
    (void)s;
    attempt(CONTAINER_OF(t, struct caller, timer));
}

static sim_time next_pause(struct caller *c, sim_time retry_at)
{
    const struct caller_policy *p = c->policy;
    struct world *w = world_of(c);
    sim_time pause = 0;
    if (p->backoff != NULL) {
        struct job job = attempt_job(c);
        struct rng cell = job_cell(w, &p->jitter, &job);
        pause = c->pause = backoff_pause(p->backoff, c->attempt, c->pause, &cell);
    }
    if (retry_at != SIM_NEVER && retry_at - world_now(w) > pause)
        pause = retry_at - world_now(w);
    return pause;
}

static void attempt_over(struct caller *c, enum call_verdict verdict, sim_time retry_at)
{
    if (verdict == CALL_OK || c->attempt + 1 >= c->policy->attempts) {
        finish(c, verdict);
        return;
    }
    sim_time pause = next_pause(c, retry_at);
    c->attempt++;
    if (pause == 0) {
        attempt(c);
        return;
    }
    c->state = PAUSING;
    sim_timer_init(&c->timer, SIM_MESSAGE, on_pause_over);
    sim_after(world_of(c)->sim, &c->timer, pause);
}

static void on_timeout(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct caller *c = CONTAINER_OF(t, struct caller, timer);
    count(c->policy->timeouts, world_of(c));
    note(c, LIFE_TIMEOUT, CALL_OK);
    if (!c->policy->accept_late)
        forget(c);
    attempt_over(c, CALL_TIMEOUT, SIM_NEVER);
}

static void unlink_call(struct caller *c, struct wire_call *call)
{
    struct wire_call **at = &c->call;
    while (*at != call)
        at = &(*at)->older;
    *at = call->older;
}

static void on_reply(struct wire_call *call, enum call_verdict verdict)
{
    struct caller *c = call->client;
    bool current = c->state == WAITING && call->tag == c->attempt;
    sim_time retry_at = call->retry_at;
    unlink_call(c, call);
    wire_release(call);
    if (current) {
        stop_timer(c);
        if (verdict != CALL_OK)
            note(c, LIFE_REJECTED, verdict);
        attempt_over(c, verdict, retry_at);
    } else if (verdict == CALL_OK) {
        finish(c, CALL_OK);
    }
}

static void attempt(struct caller *c)
{
    struct caller_policy *p = c->policy;
    struct world *w = world_of(c);
    struct job job = attempt_job(c);
    count(p->tries, w);
    if (c->attempt > 0) {
        count(p->retries, w);
        note(c, LIFE_RETRY, CALL_OK);
    }
    if (p->timeout != SIM_NEVER)
        sim_timer_init(&c->timer, SIM_LATE, on_timeout);
    struct wire_call *call = wire_open(w, p->target, &job);
    if (call == NULL) {
        finish(c, CALL_DOWN); /* the trial is void already */
        return;
    }
    call->reply = on_reply;
    call->client = c;
    call->tag = c->attempt;
    call->older = c->call;
    c->call = call;
    c->state = WAITING;
    if (p->timeout != SIM_NEVER) {
        call->deadline = world_now(w) + p->timeout;
        sim_lane_start(w->sim, &p->lane, &c->timer);
    }
    wire_send(call);
}

void caller_start(struct caller *c, struct caller_policy *p, const struct job *job,
                  void (*done)(struct caller *, enum call_verdict))
{
    CHECK(c->state == IDLE);
    c->policy = p;
    c->call = NULL;
    c->job = *job;
    c->attempt = 0;
    c->pause = 0;
    c->done = done;
    attempt(c);
}

void caller_stop(struct caller *c)
{
    if (c->state == IDLE)
        return;
    stop_timer(c);
    c->state = IDLE;
    forget(c);
}
