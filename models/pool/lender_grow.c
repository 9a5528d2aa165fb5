/* lender_grow.c - more connections: when they are opened, and what happens when the server says no. Its time to connect and its
 * life are drawn by the site and the number of the connection there. */
#include "lender_int.h"

#include <inttypes.h>

#define FIRST_PAUSE (250 * SIM_MS)
#define MOST_PAUSE  (10 * SIM_S)

enum { TRACE_REFUSED = 20 };

/* POOL-3: idle ones at hand, and one for each call that waits. */
static bool wants(const struct site *s, bool paused)
{
    const struct lender_config *c = &s->lender->config;
    int64_t all = s->n_idle + s->n_opening + s->n_used, want = s->n_waiting;
    bool fills = s->n_present > 0 && !paused && (!s->frozen || s->beginning || site_load(s) > 0);
    if (paused && c->retries)
        return false;
    if (fills && c->fill > s->n_idle)
        want += c->fill - s->n_idle;
    return all < c->size && s->n_opening < want;
}

static void try_later(struct site *s)
{
    const struct lender_config *c = &s->lender->config;
    sim_time most = c->wait < MOST_PAUSE ? c->wait : MOST_PAUSE;
    s->pause = s->pause == 0 ? FIRST_PAUSE : s->pause / 2 * 3;
    s->pause = s->pause < most ? s->pause : most;
    s->pause = s->pause < SIM_MS ? SIM_MS : s->pause;
    sim_after(s->lender->e->world->sim, &s->again, s->pause);
}

/* The call that came last was the one that asked. false: not now. */
static bool refused(struct site *s, enum call_verdict verdict)
{
    struct lender *l = s->lender;
    lender_count(l, LM_REFUSED);
    entity_trace(l->e, TRACE_REFUSED, s->name);
    if (!l->config.retries && s->n_waiting > s->n_opening) {
        lender_give_up(s, verdict);
        return true;
    }
    if (!sim_pending(&s->again))
        try_later(s);
    return false;
}

static bool open_one(struct site *s)
{
    struct lender *l = s->lender;
    struct conn *c = conn_new(s);
    if (c == NULL)
        return false;
    enum call_verdict verdict = l->link->open(l->server, &c->link);
    if (verdict == CALL_OK) {
        s->serial++;
        conn_opening(c);
        return true;
    }
    slab_give(&l->conns, c->number);
    return refused(s, verdict);
}

void site_grow(struct site *s)
{
    if (s->growing)
        return;
    s->growing = true;
    while (wants(s, sim_pending(&s->again)) && open_one(s))
        ;
    s->growing = false;
}

static void on_again(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    site_grow(CONTAINER_OF(t, struct site, again));
}

/* --- chance --- */

static struct rng cell(const struct rng_stream *stream, const struct conn *c)
{
    return rng_at(stream, (uint32_t)(c->name >> 24), c->name & 0xffffff, 0);
}

sim_time conn_time(const struct conn *c)
{
    struct rng at = cell(&c->lender->connect_stream, c);
    return dist_sample(c->lender->config.connect, &at);
}

/* POOL-5 */
sim_time conn_end(const struct conn *c)
{
    sim_time life = c->lender->config.life;
    struct rng at = cell(&c->lender->life_stream, c);
    return life == SIM_NEVER ? SIM_NEVER : world_now(c->lender->e->world) + life - (sim_time)rng_below(&at, (uint64_t)life / 40 + 1);
}

/* --- life --- */

void site_init(struct site *s, struct lender *l, uint64_t name)
{
    *s = (struct site){.lender = l, .name = name};
    sim_timer_init(&s->again, SIM_MESSAGE, on_again);
}

bool lender_init(struct lender *l, struct entity *e)
{
    bool ok = true;
    l->e = e;
    slab_init(&l->conns, sizeof(struct conn));
    l->connect_stream = entity_stream(e, "connect");
    l->life_stream = entity_stream(e, "life");
    for (unsigned m = LM_OPEN; ok && m <= LM_LOST; m++)
        ok = entity_level(e, m, &l->level[m], 0);
    for (unsigned m = LM_OPENED; ok && m <= LM_CALLS; m++)
        ok = entity_counter(e, m, &l->count[m - LM_OPENED]);
    return ok && entity_tally(e, LM_WAIT, &l->wait);
}

void lender_wire(struct lender *l, const struct lender_config *config, struct entity *server)
{
    l->config = *config;
    l->server = server;
    l->link = server->room->link;
    l->link->limits(server, &l->limits);
    sim_lane_init(&l->lane, config->wait);
}

bool lender_conserve(const struct lender *l, struct err *err)
{
    int64_t n[CONN_LOST + 1] = {0};
    for (uint32_t i = 0; i < l->conns.n_touched; i++)
        n[((const struct conn *)slab_at(&l->conns, i))->state]++;
    int64_t open = n[CONN_OPENING] + n[CONN_IDLE] + n[CONN_USED] + n[CONN_LOST];
    if (l->n_opened != l->n_closed + (uint64_t)open || l->level[LM_OPEN].value != open)
        return err_set(err, ERR_INTERNAL, "%" PRIu64 " connections opened are not %" PRIu64 " closed and %" PRId64 " open", l->n_opened,
                       l->n_closed, open);
    for (uint32_t i = 0; i < l->conns.n_touched; i++) {
        const struct conn *c = slab_at(&l->conns, i);
        if (c->state == CONN_USED && (c->inner == NULL || c->inner->server_done))
            return err_set(err, ERR_INTERNAL, "a connection is in use, and no call is on it");
    }
    if (l->level[LM_IDLE].value != n[CONN_IDLE] || l->level[LM_IN_USE].value != n[CONN_USED] || l->level[LM_LOST].value != n[CONN_LOST])
        return err_set(err, ERR_INTERNAL, "levels say %" PRId64 " idle, %" PRId64 " in use, %" PRId64 " lost; there are %" PRId64 ", %" PRId64 ", %" PRId64,
                       l->level[LM_IDLE].value, l->level[LM_IN_USE].value, l->level[LM_LOST].value, n[CONN_IDLE], n[CONN_USED],
                       n[CONN_LOST]);
    return true;
}

void lender_close(struct lender *l)
{
    slab_free(&l->conns);
}
