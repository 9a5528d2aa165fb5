/* pipe.c - a runner polls, sorts out what no filter matches, and gathers the rest until its batch is full or its window over.
 * Its steps may end at once, one inside the other; runner_next sees to it that they make a loop and not a pile of frames. */
#include "pipe.h"

#include "event.h"
#include "record.h"

#define CALL_MAX 10 /* messages in a call of SQS */

static struct world *world_of(const struct runner *r)
{
    return r->pipe->e.world;
}

static sim_time now_of(const struct runner *r)
{
    return world_now(world_of(r));
}

static void on_timer(struct sim *s, struct sim_timer *t)
{
    (void)s;
    runner_next(CONTAINER_OF(t, struct runner, timer));
}

/* --- polling --- */

static sim_time window_end(const struct runner *r)
{
    return r->first + r->pipe->window;
}

static void ask(struct runner *r)
{
    struct pipe *p = r->pipe;
    sim_time left = window_end(r) - now_of(r), wait = p->wait_time;
    uint32_t room = p->batch - r->n;
    if (r->n > 0 && left < wait)
        wait = left / SIM_S * SIM_S; /* the service waits for whole seconds */
    r->ask.max = room < CALL_MAX ? room : CALL_MAX;
    r->ask.wait = wait;
    r->ask.visibility = PULL_DEFAULT;
    r->asked = now_of(r);
    r->nothing = false;
    pipe_count(p, PM_RECEIVES, 1);
    p->pull->ask(p->source, &r->ask);
}

void runner_let_go(struct runner *r, const struct pipe_item *x)
{
    r->pipe->n_let_go++;
    request_drop(world_of(r), x->got.job.request);
}

/* Deleted: no filter matches (EB-50). */
static void drop_unmatched(struct runner *r, const struct pulled *got, uint32_t n)
{
    struct pipe *p = r->pipe;
    struct ticket ticket[CALL_MAX];
    enum settle_verdict verdict[CALL_MAX];
    for (uint32_t i = 0; i < n; i++)
        ticket[i] = got[i].ticket;
    pipe_count(p, PM_FILTERED, n);
    p->pull->settle(p->source, SETTLE_DONE, ticket, n, 0, verdict);
    for (uint32_t i = 0; i < n; i++) {
        entity_trace(&p->e, PIPE_TRACE_FILTERED, request_item(request_at(&p->e.world->requests, got[i].job.request)));
        if (job_recorded(&got[i].job))
            record_delete(p->e.world, &got[i], verdict[i], p->source, &p->e, (uint32_t)(r - p->runner), RECORD_UNMATCHED);
        p->n_let_go++;
        request_drop(p->e.world, got[i].job.request);
    }
}

static void on_answer(struct pull_ask *a, const struct pulled *got, uint32_t n, enum pull_verdict verdict)
{
    struct runner *r = CONTAINER_OF(a, struct runner, ask);
    struct pipe *p = r->pipe;
    struct pulled unmatched[CALL_MAX];
    uint32_t n_unmatched = 0;
    r->nothing = n == 0 && (verdict != PULL_OK || r->asked == now_of(r));
    p->n_taken += n;
    pipe_count(p, PM_RECEIVED, n);
    pipe_count(p, PM_EMPTY_RECEIVES, n == 0);
    if (n > 0 && r->n == 0)
        r->first = now_of(r);
    for (uint32_t i = 0; i < n; i++) {
        entity_trace(&p->e, PIPE_TRACE_TAKEN, request_item(request_at(&p->e.world->requests, got[i].job.request)));
        if (p->passes[job_event(&got[i].job)])
            r->item[r->n++] = (struct pipe_item){.got = got[i], .runner = r};
        else
            unmatched[n_unmatched++] = got[i];
    }
    r->state = RUNNER_GATHERING;
    if (n_unmatched > 0)
        drop_unmatched(r, unmatched, n_unmatched);
    runner_next(r);
}

/* A poll that brought nothing and took no time is not repeated at once. */
static sim_time rest(struct runner *r)
{
    sim_time latency = r->pipe->pull->latency == NULL ? 0 : r->pipe->pull->latency(r->pipe->source, &r->ask);
    return r->nothing ? latency + SIM_S : latency;
}

static void poll(struct runner *r)
{
    sim_time wait = rest(r);
    r->state = RUNNER_POLLING;
    if (wait > 0)
        sim_after(world_of(r)->sim, &r->timer, wait);
    else
        ask(r);
}

/* --- the machine --- */

static void turn(struct runner *r)
{
    switch (r->state) {
    case RUNNER_POLLING: /* the call's latency is over */
        ask(r);
        break;
    case RUNNER_GATHERING:
        if (r->n == 0 || (r->n < r->pipe->batch && now_of(r) + SIM_S <= window_end(r)))
            poll(r);
        else if (r->n < r->pipe->batch && now_of(r) < window_end(r))
            sim_at(world_of(r)->sim, &r->timer, window_end(r)); /* less than a second is left */
        else if (!world_spins(&r->pipe->e, &r->spin))
            batch_begin(r);
        break;
    case RUNNER_ENRICHING:
    case RUNNER_DELIVERING:
    case RUNNER_DELETING:
        batch_begin(r);
        break;
    }
}

void runner_next(struct runner *r)
{
    if (r->running) {
        r->again = true;
        return;
    }
    r->running = true;
    do {
        r->again = false;
        turn(r);
    } while (r->again);
    r->running = false;
}

void runner_init(struct runner *r, struct pipe *p)
{
    r->pipe = p;
    r->ask.answer = on_answer;
    r->ask.asker = &p->e;
    r->ask.who = (uint32_t)(r - p->runner);
    r->ask.source = p->source;
    sim_timer_init(&r->timer, SIM_MESSAGE, on_timer);
}

void runner_start(struct runner *r)
{
    r->state = RUNNER_GATHERING;
    runner_next(r);
}
