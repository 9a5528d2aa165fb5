/* lender.c - connections: opened, given back, closed, broken, lost. What was in use when its process ended belongs to no site any
 * more, and ends with its call. */
#include "lender_int.h"

enum { TRACE_OPENED = 1, TRACE_CLOSED, TRACE_BROKEN, TRACE_LOST };


void lender_count(struct lender *l, enum lender_metric m)
{
    obs_count(&l->count[m - LM_OPENED], lender_now(l), 1);
}

void lender_level(struct lender *l, enum lender_metric m, int64_t by)
{
    obs_level_add(&l->level[m], lender_now(l), by);
}

/* --- lists --- */

static void push_idle(struct site *s, struct conn *c)
{
    c->state = CONN_IDLE;
    c->older = s->newest;
    c->newer = NULL;
    *(s->newest != NULL ? &s->newest->newer : &s->oldest) = c;
    s->newest = c;
    s->n_idle++;
    lender_level(s->lender, LM_IDLE, 1);
}

void conn_pull_idle(struct conn *c)
{
    struct site *s = c->site;
    *(c->newer != NULL ? &c->newer->older : &s->newest) = c->older;
    *(c->older != NULL ? &c->older->newer : &s->oldest) = c->newer;
    s->n_idle--;
    lender_level(s->lender, LM_IDLE, -1);
}

void conn_push_busy(struct site *s, struct conn *c)
{
    c->newer = NULL;
    c->older = s->busy;
    if (s->busy != NULL)
        s->busy->newer = c;
    s->busy = c;
}

static void pull_busy(struct conn *c)
{
    struct site *s = c->site;
    *(c->newer != NULL ? &c->newer->older : &s->busy) = c->older;
    if (c->older != NULL)
        c->older->newer = c->newer;
}

/* --- the end of a connection --- */

/* It is in no list of a site, and not in the server's. */
static void forget(struct conn *c)
{
    struct lender *l = c->lender;
    sim_cancel(lender_sim(l), &c->timer);
    l->n_closed++;
    lender_count(l, LM_CLOSED);
    lender_level(l, LM_OPEN, -1);
    entity_trace(l->e, TRACE_CLOSED, c->name);
    c->state = CONN_GONE;
    slab_give(&l->conns, c->number);
}

void conn_close(struct conn *c)
{
    c->lender->link->close(c->lender->server, &c->link);
    forget(c);
}

void conn_close_idle(struct conn *c)
{
    conn_pull_idle(c);
    conn_close(c);
}

/* RDS-12: nobody tells the server. */
static void lose(struct conn *c)
{
    struct lender *l = c->lender;
    sim_time notice = l->limits.notice < l->limits.idle ? l->limits.notice : l->limits.idle;
    c->state = CONN_LOST;
    c->site = NULL;
    lender_level(l, LM_LOST, 1);
    entity_trace(l->e, TRACE_LOST, c->name);
    sim_cancel(lender_sim(l), &c->timer);
    sim_after(lender_sim(l), &c->timer, notice);
}

/* Its process is gone. */
static void part_with(struct conn *c, bool lost)
{
    if (lost)
        lose(c);
    else
        conn_close(c);
}

/* --- giving back --- */

/* When it will have been idle too long, or is too old. What stands still looks at no clock; the server does (RDS-11). */
static sim_time due(const struct conn *c)
{
    const struct lender *l = c->lender;
    sim_time due = l->limits.idle == SIM_NEVER ? SIM_NEVER : c->since + l->limits.idle;
    if (c->site->frozen)
        return due;
    due = c->end < due ? c->end : due;
    return l->config.keep < l->config.size && c->since + l->config.idle < due ? c->since + l->config.idle : due;
}

void conn_free(struct conn *c)
{
    struct site *s = c->site;
    c->since = lender_now(c->lender);
    push_idle(s, c);
    if (!sim_pending(&c->timer) && due(c) != SIM_NEVER)
        sim_at(lender_sim(c->lender), &c->timer, due(c) > c->since ? due(c) : c->since);
    site_serve(s);
}

void conn_used(struct conn *c)
{
    lender_level(c->lender, LM_IN_USE, -1);
    c->outer = NULL;
    c->inner = NULL;
    if (c->site == NULL)
        return;
    pull_busy(c);
    c->site->n_used--;
}

/* What is not to be used again. */
bool conn_end_if_bad(struct conn *c, enum call_verdict verdict)
{
    if (c->broken)
        forget(c);
    else if (c->site == NULL)
        part_with(c, c->lost);
    else if (verdict == CALL_DOWN)
        conn_close(c);
    else
        return false;
    return true;
}

/* --- breaking --- */

static void broken(struct wire_link *link)
{
    struct conn *c = CONTAINER_OF(link, struct conn, link);
    struct lender *l = c->lender;
    struct site *s = c->site;
    struct wire_call *outer = c->outer;
    lender_count(l, LM_BROKEN);
    entity_trace(l->e, TRACE_BROKEN, c->name);
    if (c->state == CONN_USED && !c->inner->server_done) {
        c->broken = true; /* the answer is to come */
        return;
    }
    if (c->state == CONN_IDLE)
        conn_pull_idle(c);
    else if (c->state == CONN_OPENING)
        conn_opened(c);
    else if (c->state == CONN_LOST)
        lender_level(l, LM_LOST, -1);
    if (c->state == CONN_USED) { /* the server has forgotten it */
        wire_release(c->inner);
        conn_used(c);
    }
    forget(c);
    if (s != NULL)
        site_serve(s);
    if (outer != NULL)
        lender_answer(l, outer, CALL_DOWN);
}

/* --- time --- */

static void look_at_idle(struct conn *c)
{
    struct lender *l = c->lender;
    struct site *s = c->site;
    sim_time now = lender_now(l), next = due(c);
    bool timed_out = now - c->since >= l->limits.idle, shut = timed_out || (!s->frozen && conn_is_old(c));
    bool surplus = !s->frozen && c->since + l->config.idle <= now && s->n_idle > l->config.keep;
    if (shut || surplus) {
        if (timed_out)
            lender_count(l, LM_BROKEN);
        conn_close_idle(c);
        site_grow(s);
        return;
    }
    if (next <= now)
        next = now + HOUSEKEEPING;
    if (next != SIM_NEVER)
        sim_at(lender_sim(l), &c->timer, next);
}

static void on_timer(struct sim *sim, struct sim_timer *t)
{
    struct conn *c = CONTAINER_OF(t, struct conn, timer);
    (void)sim;
    if (c->state == CONN_IDLE) {
        look_at_idle(c);
    } else if (c->state == CONN_OPENING) {
        conn_opened(c);
        c->end = conn_end(c);
        c->site->pause = 0;
        conn_free(c);
    } else if (c->state == CONN_LOST) {
        lender_level(c->lender, LM_LOST, -1);
        conn_close(c);
    }
}

struct conn *conn_new(struct site *s)
{
    struct lender *l = s->lender;
    uint32_t number = slab_take(&l->conns);
    if (number == SLAB_NONE) {
        l->e->world->failed = true;
        return NULL;
    }
    struct conn *c = slab_at(&l->conns, number);
    *c = (struct conn){.lender = l, .site = s, .number = number, .name = s->name << 24 ^ s->serial};
    c->link.broken = broken;
    sim_timer_init(&c->timer, SIM_MESSAGE, on_timer);
    return c;
}

void conn_opening(struct conn *c)
{
    struct lender *l = c->lender;
    c->state = CONN_OPENING;
    c->site->n_opening++;
    conn_push_busy(c->site, c);
    l->n_opened++;
    lender_count(l, LM_OPENED);
    lender_level(l, LM_OPEN, 1);
    entity_trace(l->e, TRACE_OPENED, c->name);
    sim_after(lender_sim(l), &c->timer, conn_time(c));
}

void conn_opened(struct conn *c)
{
    sim_cancel(lender_sim(c->lender), &c->timer);
    pull_busy(c);
    c->site->n_opening--;
}

void site_settle(struct site *s)
{
    s->beginning = true;
    site_serve(s);
    s->beginning = false;
}

static void end_busy(struct conn *c, bool lost)
{
    struct site *s = c->site;
    if (c->state == CONN_OPENING) {
        conn_opened(c);
        part_with(c, lost);
        return;
    }
    pull_busy(c);
    s->n_used--;
    c->site = NULL;
    c->lost = lost;
}

void site_end(struct site *s, bool lost)
{
    struct lender *l = s->lender;
    lost = lost && !l->config.closes;
    s->n_present = 0;
    sim_cancel(lender_sim(l), &s->again);
    while (s->newest != NULL) {
        struct conn *c = s->newest;
        conn_pull_idle(c);
        part_with(c, lost);
    }
    while (s->busy != NULL)
        end_busy(s->busy, lost);
    while (s->first != NULL) {
        struct wire_call *c = s->first;
        if (!call_gone(s, c)) {
            call_unwait(c);
            lender_answer(l, c, CALL_DOWN);
        }
    }
}
