/* lam_invoke.c - an invocation: which environment takes it, when its clock starts, what it is
 * billed. Provisioned environments come first; what they cannot take goes on demand (LAM-12). */
#include "lam_int.h"

static void throttled(struct lambda *l, enum lam_outcome o)
{
    static const enum lam_throttle by[] = {
        [LAM_THROTTLED_ACCOUNT] = LAM_BY_ACCOUNT, [LAM_THROTTLED_RESERVED] = LAM_BY_RESERVED,
        [LAM_THROTTLED_SCALING] = LAM_BY_SCALING, [LAM_THROTTLED_RATE] = LAM_BY_RATE,
        [LAM_THROTTLED_RESERVED_RATE] = LAM_BY_RATE,
    };
    CHECK(lam_is_throttle(o));
    l->counts.throttles[by[o]]++;
}

/* LAM-7: ten calls a second and unit. */
static uint32_t take_provisioned(struct lambda *l, bool synchronous, sim_time now)
{
    uint64_t most = (uint64_t)LAM_RATE * l->config.provisioned;
    if (l->ready.n == 0)
        return LAM_NO_ENV;
    if (synchronous && !lam_second(&l->second_provisioned, &l->calls_provisioned, most, now))
        return LAM_NO_ENV;
    l->busy_provisioned++;
    l->counts.provisioned++;
    return lam_env_take_ready(l);
}

static enum lam_outcome take_on_demand(struct lambda *l, bool synchronous, sim_time now,
                                       uint32_t *env)
{
    enum lam_outcome o = lam_room(l);
    if (o == LAM_OK && synchronous)
        o = lam_rate(l, now);
    if (o != LAM_OK)
        return o;
    *env = lam_env_take(l, now);
    if (*env == LAM_NO_ENV) {
        if (!lam_token(l, now))
            return LAM_THROTTLED_SCALING;
        *env = lam_env_new(l, now, false);
        if (*env == LAM_NO_ENV)
            return LAM_NO_MEMORY;
        lam_env(l, *env)->init = LAM_COLD;
    }
    lam_busy_add(l, 1);
    l->counts.spilled += l->config.provisioned > 0;
    return LAM_OK;
}

static void describe(struct lambda *l, uint32_t env, struct lam_start *start)
{
    struct lam_env *e = lam_env(l, env);
    if (e->dirty)
        e->init = LAM_AGAIN;
    e->dirty = false;
    l->counts.invocations++;
    l->counts.cold += e->init == LAM_COLD;
    l->counts.again += e->init == LAM_AGAIN;
    *start = (struct lam_start){.env = env,
                                .serial = e->serial,
                                .init = (enum lam_init)e->init,
                                .provisioned = e->provisioned};
}

enum lam_outcome lam_invoke(struct lambda *l, struct call *c, bool synchronous,
                            struct lam_start *start)
{
    uint32_t env = take_provisioned(l, synchronous, c->now);
    if (env == LAM_NO_ENV) {
        enum lam_outcome o = take_on_demand(l, synchronous, c->now, &env);
        if (o != LAM_OK) {
            if (o != LAM_NO_MEMORY)
                throttled(l, o);
            return o;
        }
    }
    describe(l, env, start);
    return LAM_OK;
}

/* --- its time --- */

static sim_time init_limit(const struct lambda *l, const struct lam_env *e)
{
    if (!e->provisioned && !l->config.snapstart)
        return LAM_INIT_LIMIT;
    return l->config.timeout > LAM_INIT_LIMIT_PRE ? l->config.timeout : LAM_INIT_LIMIT_PRE;
}

void lam_run(struct lambda *l, struct call *c, uint32_t env, sim_time platform, sim_time init,
             struct lam_run *run)
{
    struct lam_env *e = lam_env(l, env);
    CHECK(e->state == LAM_ENV_TAKEN && platform >= 0 && init >= 0);
    sim_time most = init_limit(l, e);
    if (e->init == LAM_WARM)
        init = 0;
    if (e->init != LAM_COLD)
        platform = 0;
    e->state = LAM_ENV_RUNNING;
    e->init_billed = init > most ? most : init;
    e->handler = c->now + platform + e->init_billed;
    e->limit = e->handler + l->config.timeout;
    *run = (struct lam_run){e->handler, init > most ? init : 0, e->limit};
}

/* --- its end --- */

static void give_back(struct lambda *l, uint32_t env, sim_time now)
{
    if (lam_env(l, env)->provisioned)
        l->busy_provisioned--;
    else
        lam_busy_add(l, -1);
    lam_env_idle(l, env, now);
}

void lam_finish(struct lambda *l, struct call *c, uint32_t env, enum lam_end end,
                struct lam_bill *bill)
{
    struct lam_env *e = lam_env(l, env);
    CHECK(e->state == LAM_ENV_RUNNING && c->now >= e->handler && c->now <= e->limit);
    CHECK(end != LAM_END_TIMEOUT || c->now == e->limit);
    *bill = (struct lam_bill){.init = e->init_billed, .duration = c->now - e->handler};
    bill->ms = (uint64_t)((bill->init + bill->duration + SIM_MS - 1) / SIM_MS);
    l->counts.init += bill->init;
    if (e->provisioned)
        l->counts.ms_provisioned += bill->ms;
    else
        l->counts.ms += bill->ms;
    l->counts.errors += end != LAM_END_OK;
    l->counts.timeouts += end == LAM_END_TIMEOUT;
    e->dirty = end != LAM_END_OK;
    e->init = LAM_WARM;
    give_back(l, env, c->now);
}
