/* invoke.c - one invocation: a server of INVOKE gets it as it is; for a server of CALL it is played here, one call after the
 * other. A call may be answered inside the sending of it, and a batch may have ten thousand of them: the answers inside make a
 * loop, not a pile of frames. Between two calls the invoker may also stop, or begin anew from within `done`: `token` says
 * whether the loop is still the one that began. */
#include "invoke.h"

#include "caller.h"

#define TRY_RADIX 256

enum { IDLE, SENDING, ANSWERED, WAITING };

bool invoke_fits(const struct room *r)
{
    return r->invoke != NULL || r->call != NULL;
}

static struct world *world_of(const struct invocation *v)
{
    return v->target->world;
}

void invoke_end(struct invocation *v, enum invoke_verdict verdict)
{
    v->busy = false;
    sim_cancel(world_of(v)->sim, &v->timer);
    v->done(v, verdict);
}

static void end(struct invocation *v, enum invoke_verdict verdict)
{
    v->token = IDLE;
    invoke_end(v, verdict);
}

/* What the first call's refusal says of the whole: nothing was begun. Later it is a failure like any other. */
static enum invoke_verdict verdict_of(const struct invocation *v, enum call_verdict c)
{
    if (v->at == 0 && (c == CALL_REFUSED || c == CALL_THROTTLED))
        return INVOKE_THROTTLED;
    return v->at == 0 && c == CALL_DOWN ? INVOKE_DOWN : INVOKE_ERROR;
}

/* After an answer. true: it is the next one's turn. */
static bool go_on(struct invocation *v, enum call_verdict answer)
{
    enum invoke_verdict verdict = answer == CALL_OK ? INVOKE_OK : verdict_of(v, answer);
    if (verdict != INVOKE_OK && (v->failed == NULL || verdict != INVOKE_ERROR)) {
        end(v, verdict);
        return false;
    }
    uint32_t last = verdict != INVOKE_OK && v->in_order ? v->n : v->at + 1;
    for (uint32_t i = v->at; verdict != INVOKE_OK && i < last; i++)
        v->failed[i] = true;
    v->at = last;
    if (v->at < v->n)
        return true;
    end(v, INVOKE_OK);
    return false;
}

static void run(struct invocation *v);

static void answered(struct wire_call *c, enum call_verdict verdict)
{
    struct invocation *v = c->client;
    v->call = NULL;
    wire_release(c);
    if (v->token == SENDING) {
        v->token = ANSWERED;
        v->answer = verdict;
    } else if (go_on(v, verdict)) {
        run(v);
    }
}

static void send(struct invocation *v)
{
    struct job job = v->job[v->at];
    job.attempt = attempt_code(job.attempt, TRY_RADIX, v->try);
    struct wire_call *c = v->call = wire_open(world_of(v), v->target, &job);
    if (c == NULL) /* the world has failed */
        return;
    c->client = v;
    c->reply = answered;
    wire_send(c);
}

static void run(struct invocation *v)
{
    do {
        v->token = SENDING;
        send(v);
        if (v->token == SENDING)
            v->token = WAITING;
        if (v->token != ANSWERED)
            return;
    } while (go_on(v, v->answer));
}

static void on_timeout(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct invocation *v = CONTAINER_OF(t, struct invocation, timer);
    invoke_stop(v);
    invoke_end(v, INVOKE_ERROR);
}

void invoke_init(struct invocation *v, struct entity *target)
{
    v->target = target;
    v->call = NULL;
    v->visit = NULL;
    v->busy = v->spoiled = false;
    v->token = IDLE;
    v->at = 0;
    sim_timer_init(&v->timer, SIM_LATE, on_timeout);
}

void invoke_start(struct invocation *v)
{
    CHECK(!v->busy && v->n > 0);
    v->busy = true;
    for (uint32_t i = 0; v->failed != NULL && i < v->n; i++)
        v->failed[i] = false;
    v->at = 0;
    if (v->timeout != SIM_NEVER)
        sim_after(world_of(v)->sim, &v->timer, v->timeout);
    if (v->target->room->invoke != NULL)
        v->target->room->invoke->invoke(v->target, v);
    else
        run(v);
}

void invoke_stop(struct invocation *v)
{
    if (!v->busy)
        return;
    v->busy = false;
    sim_cancel(world_of(v)->sim, &v->timer);
    if (v->target->room->invoke != NULL) {
        v->target->room->invoke->abandon(v->target, v);
        return;
    }
    if (v->call != NULL)
        wire_abandon(v->call, false);
    v->call = NULL;
    v->token = IDLE;
}
