/* lender_call.c - calls: they wait, get a connection, are answered.
 *
 * A connection that is free always goes to the idle ones first, and site_serve gives those to the calls that wait: so a thousand
 * answers at once make a loop and not a thousand frames. */
#include "calls.h"
#include "lender_int.h"

enum { TRACE_TIMEOUT = 10 };

void call_unwait(struct wire_call *c)
{
    struct site *s = c->seat;
    *(c->prev != NULL ? &c->prev->next : &s->first) = c->next;
    *(c->next != NULL ? &c->next->prev : &s->last) = c->prev;
    s->n_waiting--;
    lender_level(s->lender, LM_WAITING, -1);
    sim_cancel(lender_sim(s->lender), &c->timer);
    c->state = POOL_GONE;
}

void lender_answer(struct lender *l, struct wire_call *c, enum call_verdict verdict)
{
    c->state = POOL_GONE;
    if (l->ended != NULL)
        l->ended(l, c);
    wire_reply(c, verdict);
}

static void on_wait_over(struct sim *sim, struct sim_timer *t)
{
    struct wire_call *c = CONTAINER_OF(t, struct wire_call, timer);
    struct site *s = c->seat;
    struct lender *l = s->lender;
    (void)sim;
    call_unwait(c);
    lender_count(l, LM_TIMEOUTS);
    entity_trace(l->e, TRACE_TIMEOUT, s->name);
    lender_answer(l, c, CALL_REFUSED);
}

static void wait(struct site *s, struct wire_call *c)
{
    c->state = POOL_WAITING;
    c->next = NULL;
    c->prev = s->last;
    *(s->last != NULL ? &s->last->next : &s->first) = c;
    s->last = c;
    s->n_waiting++;
    lender_level(s->lender, LM_WAITING, 1);
    sim_begin_in_lane(lender_sim(s->lender), &s->lender->lane, &c->timer, SIM_LATE, on_wait_over);
}

void lender_give_up(struct site *s, enum call_verdict verdict)
{
    struct wire_call *c = s->last;
    call_unwait(c);
    lender_answer(s->lender, c, verdict);
}

static void on_reply(struct wire_call *, enum call_verdict);

static void use(struct conn *c, struct wire_call *outer)
{
    struct lender *l = c->lender;
    struct wire_call *inner = wire_open(l->e->world, l->server, &outer->job);
    conn_pull_idle(c);
    conn_push_busy(c->site, c);
    c->state = CONN_USED;
    c->site->n_used++;
    lender_level(l, LM_IN_USE, 1);
    obs_tally_add(&l->wait, lender_now(l), lender_now(l) - outer->arrived);
    c->outer = outer;
    c->inner = inner;
    outer->state = POOL_ON;
    outer->visit = c;
    if (inner == NULL)
        return; /* the trial is void */
    inner->on = CALL_ON_LINK;
    inner->token = outer->token;
    inner->client = c;
    inner->reply = on_reply;
    wire_send(inner);
}

/* The thread that waited may have given up, and nobody has told. */
bool call_gone(struct site *s, struct wire_call *c)
{
    if (!c->client_done)
        return false;
    call_unwait(c);
    if (s->lender->ended != NULL)
        s->lender->ended(s->lender, c);
    wire_vanish(c);
    return true;
}

bool conn_is_old(const struct conn *c)
{
    return c->end <= lender_now(c->lender);
}

void site_serve(struct site *s)
{
    if (s->serving)
        return;
    s->serving = true;
    while (s->first != NULL && s->newest != NULL) {
        struct wire_call *c = s->first;
        if (conn_is_old(s->newest)) {
            conn_close_idle(s->newest);
        } else if (!call_gone(s, c)) {
            call_unwait(c);
            use(s->newest, c);
        }
    }
    s->serving = false;
    while (s->n_present == 0 && s->newest != NULL)
        conn_close_idle(s->newest);
    site_grow(s);
}

static void on_reply(struct wire_call *inner, enum call_verdict verdict)
{
    struct conn *c = inner->client;
    struct lender *l = c->lender;
    struct wire_call *outer = c->outer;
    struct site *s = c->site;
    outer->token = inner->token;
    outer->retry_at = inner->retry_at;
    wire_release(inner);
    conn_used(c);
    if (!conn_end_if_bad(c, verdict))
        conn_free(c);
    else if (s != NULL)
        site_serve(s);
    lender_answer(l, outer, verdict);
}

/* --- a site and its calls --- */

void site_call(struct site *s, struct wire_call *c)
{
    struct lender *l = s->lender;
    lender_count(l, LM_CALLS);
    c->seat = s;
    c->visit = NULL;
    if (s->first == NULL && s->newest != NULL && !s->serving && !conn_is_old(s->newest)) {
        use(s->newest, c);
        if (s->n_idle < l->config.fill)
            site_grow(s);
        return;
    }
    wait(s, c);
    site_serve(s);
}

static bool stop(struct conn *c)
{
    const struct call_ops *ops = c->lender->server->room->call;
    if (c->inner->state != CALL_ON_THE_WAY && ops->cancel != NULL)
        ops->cancel(c->lender->server, c->inner);
    if (!c->inner->server_done)
        return false;
    wire_release(c->inner);
    conn_used(c);
    if (!conn_end_if_bad(c, CALL_OK))
        conn_free(c);
    return true;
}

void lender_given_up(struct lender *l, struct wire_call *c)
{
    if (c->state == POOL_WAITING)
        lender_cancel(l, c);
}

/* The server that does not heed goes on with it, and its answer is for nobody. */
void lender_cancel(struct lender *l, struct wire_call *c)
{
    struct conn *on = c->visit;
    if (c->state == POOL_WAITING)
        call_unwait(c);
    else if (c->state == POOL_ON && !stop(on))
        return;
    c->state = POOL_GONE;
    if (l->ended != NULL)
        l->ended(l, c);
    wire_vanish(c);
}

