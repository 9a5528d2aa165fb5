/* pool_room.c - the kind `pool`: what stands between those who call and a database that takes only so many connections. */
#include "pool.h"

#include "check_codes.h"

static struct pool *pool_of(struct entity *e)
{
    return (struct pool *)e;
}

/* --- calls --- */

static void accept(struct entity *e, struct wire_call *c)
{
    struct site *s = pool_site_of(pool_of(e), c);
    if (s == NULL)
        wire_reply(c, CALL_FAILED); /* the trial is void */
    else
        site_call(s, c);
}

static void cancel(struct entity *e, struct wire_call *c)
{
    lender_cancel(&pool_of(e)->lender, c);
}

static void given_up(struct entity *e, struct wire_call *c)
{
    lender_given_up(&pool_of(e)->lender, c);
}

static int64_t load(const struct entity *e)
{
    const struct lender *l = &((const struct pool *)e)->lender;
    return l->level[LM_IN_USE].value + l->level[LM_WAITING].value;
}

static const struct call_ops call = {.accept = accept, .cancel = cancel, .given_up = given_up, .load = load};

/* --- life --- */

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *size = spec_value(e, POOL_SIZE), *min = spec_value(e, POOL_MIN_IDLE), *idle = spec_value(e, POOL_IDLE_TIMEOUT);
    (void)spec;
    if (!min->absent && min->i > size->i)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &min->place, "%s: min_idle is %lld, and size %lld: a pool has no more idle than all",
                    e->path, (long long)min->i, (long long)size->i);
    if (idle->given && (min->absent || min->i == size->i))
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &idle->place,
                    "%s: idle_timeout closes what is above min_idle, and min_idle is the whole size: give it a smaller one (POOL-4)", e->path);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct pool *p = arena_get(&w->arena, sizeof(*p));
    if (p == NULL)
        return NULL;
    entity_init(&p->e, w, spec);
    slab_init(&p->slab, sizeof(struct site));
    map64_init(&p->sites);
    const struct value *threads = spec_value(spec, POOL_THREADS);
    p->threads = threads->absent ? 0 : (uint32_t)threads->i;
    return lender_init(&p->lender, &p->e) && entity_level(&p->e, PM_PROCESSES, &p->processes, 0) ? &p->e : NULL;
}

static bool wire(struct entity *e)
{
    struct pool *p = pool_of(e);
    const struct value *min = spec_value(e->spec, POOL_MIN_IDLE), *life = spec_value(e->spec, POOL_MAX_LIFETIME);
    int64_t size = spec_int(e->spec, POOL_SIZE), kept = min->absent ? size : min->i;
    struct lender_config config = {
        .size = size,
        .fill = kept,
        .keep = kept,
        .idle = spec_int(e->spec, POOL_IDLE_TIMEOUT),
        .life = life->i == 0 ? SIM_NEVER : life->i,
        .wait = spec_int(e->spec, POOL_TIMEOUT),
        .retries = spec_int(e->spec, POOL_ON_REFUSAL) == 0,
        .closes = spec_int(e->spec, POOL_ON_KILL) == 1,
        .connect = spec_value(e->spec, POOL_CONNECT_TIME)->dist,
    };
    lender_wire(&p->lender, &config, world_entity(e->world, spec_value(e->spec, POOL_TARGET)->ref));
    return true;
}

static bool conserve(struct entity *e, sim_time now, struct err *err)
{
    (void)now;
    return lender_conserve(&pool_of(e)->lender, err);
}

static void close_pool(struct entity *e)
{
    struct pool *p = pool_of(e);
    lender_close(&p->lender);
    map64_free(&p->sites);
    slab_free(&p->slab);
}

const struct room room_pool = {
    .kind = "pool",
    .title = "Connection pool",
    .doc = "Each process of those who call through it holds connections to a database of its own, also while it has nothing to do: an "
           "instance of a group, a worker of a fleet, a service, an environment of a function. A call takes one and gives it back.",
    .key = pool_keys,
    .n_key = N_POOL_KEYS,
    .metric = pool_metrics,
    .n_metric = N_POOL_METRICS,
    .call = &call,
    .pool = &pool_sites,
    .check = check,
    .make = make,
    .wire = wire,
    .conserve = conserve,
    .close = close_pool,
};
