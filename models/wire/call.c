/* call.c - the pool of calls under way. A call is held by its client and by its server; it goes back to the pool when
 * both have let go, so either side may be the first to lose interest. */
#include "calls.h"

struct wire_call *wire_open(struct world *w, struct entity *server, const struct job *job)
{
    return call_open(w, server, job_words_of(job), request_at(&w->requests, job->request));
}

/* Of a call that its client has abandoned. */
static void server_lets_go(struct wire_call *c)
{
    request_drop(c->server->world, c->job.request);
    stock_give(&c->server->world->calls, c);
}

static bool is_called(const struct wire_call *c)
{
    const struct room *room = c->server->room;
    return room->call != NULL && !(c->offer && room->push != NULL);
}

static void deliver(struct wire_call *c)
{
    const struct room *room = c->server->room;
    c->state = 0;
    if (is_called(c)) {
        c->arrived = world_now(c->server->world);
        room->call->accept(c->server, c);
        return;
    }
    struct push_answer answer = {.retry_at = SIM_NEVER};
    room->push->offer(c->server, &c->job, 1, &answer);
    c->retry_at = answer.retry_at;
    wire_reply(c, call_push_verdict(&answer));
}

static void arrive(struct sim *s, struct sim_timer *t)
{
    (void)s;
    deliver(CONTAINER_OF(t, struct wire_call, timer));
}

static sim_time latency(const struct wire_call *c)
{
    const struct room *room = c->server->room;
    sim_time (*ask)(struct entity *, const struct job *) =
        is_called(c) ? room->call->latency : room->push->latency;
    return ask == NULL ? 0 : ask(c->server, &c->job);
}

bool wire_push_now(struct entity *server, const struct job *job, enum call_verdict *verdict, sim_time *retry_at)
{
    if (server->room->push == NULL)
        return false;
    request_hold(server->world, job->request);
    bool done = call_push_now(server, job, verdict, retry_at);
    request_drop(server->world, job->request);
    return done;
}

void wire_away(struct wire_call *c, sim_time there, sim_time back)
{
    c->far = true;
    c->there = there;
    c->back = back;
}

void wire_send(struct wire_call *c)
{
    sim_time wait = latency(c) + (c->far ? c->there : 0);
    if (wait == 0) {
        deliver(c);
        return;
    }
    sim_begin_after(c->server->world->sim, &c->timer, SIM_MESSAGE, arrive, wait);
}

void wire_abandon(struct wire_call *c, bool cancel)
{
    CHECK(!c->client_done);
    c->reply = NULL;
    c->client_done = true;
    if (c->server_done) { /* it vanished, or its answer is under way */
        if (c->state == CALL_COMES_BACK)
            sim_cancel(c->server->world->sim, &c->timer);
        call_close_if_done(c);
        return;
    }
    request_hold(c->server->world, c->job.request);
    const struct call_ops *ops = c->server->room->call;
    if (!cancel) {
        if (ops != NULL && ops->given_up != NULL && c->state != CALL_ON_THE_WAY)
            ops->given_up(c->server, c);
        return;
    }
    if (c->state == CALL_ON_THE_WAY) {
        sim_cancel(c->server->world->sim, &c->timer);
        wire_vanish(c);
    } else if (ops != NULL && ops->cancel != NULL) {
        ops->cancel(c->server, c);
    }
}

void wire_release(struct wire_call *c)
{
    call_release(c);
}

static void come_back(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct wire_call *c = CONTAINER_OF(t, struct wire_call, timer);
    c->state = 0;
    c->reply(c, c->verdict);
}

void wire_reply(struct wire_call *c, enum call_verdict verdict)
{
    CHECK(!c->server_done);
    c->server_done = true;
    if (c->client_done) {
        server_lets_go(c);
    } else if (!c->far || c->back == 0) {
        c->reply(c, verdict);
    } else {
        c->state = CALL_COMES_BACK;
        c->verdict = verdict;
        sim_begin_after(c->server->world->sim, &c->timer, SIM_MESSAGE, come_back, c->back);
    }
}

/* A client that still waits keeps the call until it gives up. */
void wire_vanish(struct wire_call *c)
{
    CHECK(!c->server_done);
    c->server_done = true;
    if (c->client_done)
        server_lets_go(c);
}
