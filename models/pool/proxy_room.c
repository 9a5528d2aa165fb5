/* proxy_room.c - the kind `proxy`: RDS Proxy. It takes as many clients' connections as come, and lends them, call by call, the
 * few that it has to the database (RDS-9, RDS-10). */
#include <inttypes.h>

#include "check_codes.h"
#include "pool.h"

#define IDLE_AFTER (300 * SIM_S)

struct proxy {
    struct entity      e; /* first */
    struct lender      lender;
    struct site        site;
    sim_time           latency, idle_client;
    struct wire_link  *link; /* of clients */
    int64_t            n_link, n_own;
    struct obs_level   clients, allowed;
    struct obs_counter opened, closed;
};

static struct proxy *proxy_of(struct entity *e)
{
    return (struct proxy *)e;
}

static void client(struct proxy *x, int64_t *n, int64_t by)
{
    sim_time now = world_now(x->e.world);
    *n += by;
    obs_count(by > 0 ? &x->opened : &x->closed, now, 1);
    obs_level_set(&x->clients, now, x->n_link + x->n_own);
}

/* --- calls --- */

static sim_time latency(struct entity *e, const struct job *j)
{
    (void)j;
    return proxy_of(e)->latency;
}

static void accept(struct entity *e, struct wire_call *c)
{
    struct proxy *x = proxy_of(e);
    if (c->on == CALL_ON_NONE) {
        c->on = CALL_ON_OWN;
        client(x, &x->n_own, 1);
    }
    site_call(&x->site, c);
}

static void ended(struct lender *l, struct wire_call *c)
{
    struct proxy *x = CONTAINER_OF(l, struct proxy, lender);
    if (c->on == CALL_ON_OWN)
        client(x, &x->n_own, -1);
}

static void cancel(struct entity *e, struct wire_call *c)
{
    lender_cancel(&proxy_of(e)->lender, c);
}

static void given_up(struct entity *e, struct wire_call *c)
{
    lender_given_up(&proxy_of(e)->lender, c);
}

static int64_t load(const struct entity *e)
{
    return site_load(&((const struct proxy *)e)->site);
}

static const struct call_ops call = {.latency = latency, .accept = accept, .cancel = cancel, .given_up = given_up, .load = load};

/* --- clients' connections --- */

static enum call_verdict open_link(struct entity *e, struct wire_link *l)
{
    struct proxy *x = proxy_of(e);
    l->prev = NULL;
    l->next = x->link;
    if (x->link != NULL)
        x->link->prev = l;
    x->link = l;
    client(x, &x->n_link, 1);
    return CALL_OK;
}

static void close_link(struct entity *e, struct wire_link *l)
{
    struct proxy *x = proxy_of(e);
    *(l->prev != NULL ? &l->prev->next : &x->link) = l->next;
    if (l->next != NULL)
        l->next->prev = l->prev;
    client(x, &x->n_link, -1);
}

static void limits(const struct entity *e, struct link_limits *to)
{
    const struct proxy *x = (const struct proxy *)e;
    *to = (struct link_limits){.max = INT64_MAX, .idle = x->idle_client, .notice = 360 * SIM_S};
}

static const struct link_ops link_ops = {.open = open_link, .close = close_link, .limits = limits};

/* --- life --- */

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *target = spec_value(e, PROXY_TARGET), *max = spec_value(e, PROXY_MAX), *idle = spec_value(e, PROXY_MAX_IDLE);
    const struct value *most = target->ref == NULL ? NULL : spec_named(target->ref, "max_connections"),
                       *memory = target->ref == NULL ? NULL : spec_named(target->ref, "memory");
    (void)spec;
    if (most != NULL && most->absent && memory->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &target->place,
                    "%s: %s has no maximum of connections to take a share of: give it max_connections, or engine and memory", e->path,
                    target->ref->path);
    if (!idle->absent && idle->i > max->i)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &idle->place,
                    "%s: max_idle_connections_percent is %" PRId64 ", above max_connections_percent, %" PRId64 " (RDS-9)", e->path, idle->i, max->i);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct proxy *x = arena_get(&w->arena, sizeof(*x));
    if (x == NULL)
        return NULL;
    entity_init(&x->e, w, spec);
    x->latency = spec_int(spec, PROXY_LATENCY);
    x->idle_client = spec_int(spec, PROXY_IDLE_CLIENT);
    bool ok = lender_init(&x->lender, &x->e) && entity_level(&x->e, XM_CLIENTS, &x->clients, 0) &&
              entity_counter(&x->e, XM_CLIENTS_OPENED, &x->opened) && entity_counter(&x->e, XM_CLIENTS_CLOSED, &x->closed) &&
              entity_level(&x->e, XM_ALLOWED, &x->allowed, 0);
    return ok ? &x->e : NULL;
}

static int64_t share(const struct lender *l, int64_t percent)
{
    return l->limits.max * percent / 100;
}

static bool wire(struct entity *e)
{
    struct proxy *x = proxy_of(e);
    const struct value *idle = spec_value(e->spec, PROXY_MAX_IDLE);
    int64_t percent = spec_int(e->spec, PROXY_MAX);
    struct lender_config config = {
        .idle = IDLE_AFTER,
        .life = SIM_NEVER,
        .wait = spec_int(e->spec, PROXY_BORROW_TIMEOUT),
        .retries = true,
        .connect = spec_value(e->spec, PROXY_CONNECT_TIME)->dist,
    };
    lender_wire(&x->lender, &config, world_entity(e->world, spec_value(e->spec, PROXY_TARGET)->ref));
    x->lender.ended = ended;
    x->lender.config.size = share(&x->lender, percent) > 0 ? share(&x->lender, percent) : 1;
    x->lender.config.keep = idle->absent ? share(&x->lender, percent) / 2 : share(&x->lender, idle->i);
    site_init(&x->site, &x->lender, 0);
    x->site.n_present = 1;
    obs_level_init(&x->allowed, 0, x->lender.config.size);
    return true;
}

static bool conserve(struct entity *e, sim_time now, struct err *err)
{
    const struct proxy *x = proxy_of(e);
    int64_t n = 0;
    (void)now;
    for (const struct wire_link *l = x->link; l != NULL; l = l->next)
        n++;
    if (n != x->n_link || x->n_own > site_load(&x->site))
        return err_set(err, ERR_INTERNAL, "%" PRId64 " clients' connections are held, %" PRId64 " counted; %" PRId64 " calls have their own", n,
                       x->n_link, x->n_own);
    return lender_conserve(&x->lender, err);
}

static void close_proxy(struct entity *e)
{
    lender_close(&proxy_of(e)->lender);
}

const struct room room_proxy = {
    .kind = "proxy",
    .title = "Amazon RDS Proxy",
    .doc = "Clients hold connections to it, as many as they like; for each call it lends one of its own to the database, of which it has "
           "few. A call that finds none waits. Sessions are never pinned.",
    .key = proxy_keys,
    .n_key = N_PROXY_KEYS,
    .metric = proxy_metrics,
    .n_metric = N_PROXY_METRICS,
    .call = &call,
    .link = &link_ops,
    .check = check,
    .make = make,
    .wire = wire,
    .conserve = conserve,
    .close = close_proxy,
};
