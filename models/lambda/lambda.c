/* lambda.c - a function's life and its settings. Reserved and provisioned concurrency are taken from
 * the account when they are set; what is busy then goes on, and is counted where it now belongs. */
#include "lam_int.h"

#include "mem.h"

void lam_config_default(struct lam_config *c, struct lam_account *account)
{
    *c = (struct lam_config){
        .account = account,
        .memory_mb = 128,
        .timeout = 3 * SIM_S,
        .reserved = LAM_UNRESERVED,
        .idle_life = 600 * SIM_S,
        .max_age = 7200 * SIM_S,
        .scale = LAM_SCALE,
    };
}

static enum lam_outcome config_good(const struct lam_config *c)
{
    if (c->memory_mb < 128 || c->memory_mb > 10240)
        return LAM_BAD_MEMORY;
    if (c->timeout < SIM_S || c->timeout > 900 * SIM_S || c->timeout % SIM_S != 0)
        return LAM_BAD_TIMEOUT;
    CHECK(c->idle_life > 0 && c->max_age > 0 && c->scale >= 1 && c->account != NULL);
    return LAM_OK;
}

static enum lam_outcome begin(struct lambda *l, const struct lam_config *config)
{
    struct call c;
    enum lam_outcome o = config_good(config);
    call_begin(&c, config->now, NULL);
    if (o == LAM_OK && config->reserved != LAM_UNRESERVED)
        o = lam_set_reserved(l, &c, config->reserved);
    if (o == LAM_OK)
        o = lam_set_provisioned(l, &c, config->provisioned);
    return o;
}

bool lam_open(struct lambda **out, const struct lam_config *config, struct err *err)
{
    *out = NULL;
    struct lambda *l = mem_get_zero(1, sizeof(*l));
    if (l == NULL)
        return err_set(err, ERR_OS, "out of memory");
    l->config = *config;
    l->config.reserved = LAM_UNRESERVED;
    l->config.provisioned = 0;
    slab_init(&l->envs, sizeof(struct lam_env));
    lam_list_open(&l->idle);
    lam_list_open(&l->ready);
    l->tokens = LAM_TEN;
    l->tokens_at = l->unit_at = config->now;
    enum lam_outcome o = begin(l, config);
    if (o != LAM_OK) {
        lam_close(l);
        return err_set(err, o == LAM_NO_MEMORY ? ERR_OS : ERR_CONFIG, "%s: %s",
                       lam_outcome_row(o)->code, lam_outcome_row(o)->text);
    }
    *out = l;
    return true;
}

void lam_close(struct lambda *l)
{
    if (l == NULL)
        return;
    struct lam_account *a = l->config.account;
    if (lam_reserves(l)) {
        a->reserved -= l->config.reserved;
    } else {
        a->provisioned -= l->config.provisioned;
        a->busy -= l->busy;
    }
    slab_free(&l->envs);
    mem_release(l);
}

/* --- settings --- */

/* Units of the account that others have, and that are kept. */
static bool fits(const struct lam_account *a, uint64_t taken)
{
    return taken == 0 || taken + LAM_KEPT <= a->limit;
}

enum lam_outcome lam_set_reserved(struct lambda *l, struct call *c, uint32_t reserved)
{
    struct lam_account *a = l->config.account;
    struct lam_config *f = &l->config;
    uint64_t others = (uint64_t)a->reserved + a->provisioned;
    others -= lam_reserves(l) ? f->reserved : f->provisioned;
    (void)c;
    if (reserved == LAM_UNRESERVED ? f->provisioned > 0 && !fits(a, others + f->provisioned)
                                   : reserved < f->provisioned)
        return LAM_BAD_RESERVED;
    if (reserved != LAM_UNRESERVED && reserved > 0 && !fits(a, others + reserved))
        return LAM_BAD_RESERVED;
    if (lam_reserves(l)) {
        a->reserved -= f->reserved;
    } else {
        a->provisioned -= f->provisioned;
        a->busy -= l->busy;
    }
    f->reserved = reserved;
    if (lam_reserves(l)) {
        a->reserved += reserved;
    } else {
        a->provisioned += f->provisioned;
        a->busy += l->busy;
    }
    return LAM_OK;
}

void lam_unit_now(struct lambda *l, sim_time now)
{
    l->unit_time = lam_unit_time(l, now);
    l->unit_at = now;
}

/* Less: idle ones go; busy ones finish on demand. */
static void shrink(struct lambda *l, uint32_t to, sim_time now)
{
    uint32_t from = l->config.provisioned;
    while (from > to && l->ready.n > 0) {
        lam_env_remove(l, lam_env_take_ready(l));
        from--;
    }
    for (uint32_t i = 0; from > to && i < l->envs.n_touched; i++) {
        struct lam_env *e = lam_env(l, i);
        if (e->state < LAM_ENV_TAKEN || !e->provisioned)
            continue;
        e->provisioned = false;
        e->made = now;
        l->counts.made++;
        l->busy_provisioned--;
        lam_busy_add(l, 1);
        from--;
    }
}

static bool grow(struct lambda *l, uint32_t to, sim_time now)
{
    for (uint32_t i = l->config.provisioned; i < to; i++) {
        uint32_t env = lam_env_new(l, now, true);
        if (env == LAM_NO_ENV) {
            for (; i > l->config.provisioned; i--)
                lam_env_remove(l, lam_env_take_ready(l));
            return false;
        }
        lam_env_idle(l, env, now);
    }
    return true;
}

enum lam_outcome lam_set_provisioned(struct lambda *l, struct call *c, uint32_t units)
{
    struct lam_account *a = l->config.account;
    uint64_t others = (uint64_t)a->reserved + a->provisioned - l->config.provisioned;
    if (lam_reserves(l) ? units > l->config.reserved : units > 0 && !fits(a, others + units))
        return LAM_BAD_PROVISIONED;
    uint32_t before = l->config.provisioned;
    lam_unit_now(l, c->now);
    if (units < before)
        shrink(l, units, c->now);
    else if (!grow(l, units, c->now))
        return LAM_NO_MEMORY;
    l->config.provisioned = units;
    if (!lam_reserves(l))
        a->provisioned += units - before;
    return LAM_OK;
}

/* --- queries --- */

const struct lam_config *lam_config(const struct lambda *l)
{
    return &l->config;
}
const struct lam_counts *lam_counts(const struct lambda *l)
{
    return &l->counts;
}
uint64_t lam_throttled(const struct lambda *l)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < LAM_THROTTLES; i++)
        n += l->counts.throttles[i];
    return n;
}
uint32_t lam_busy(const struct lambda *l)
{
    return l->busy + l->busy_provisioned;
}
uint32_t lam_busy_provisioned(const struct lambda *l)
{
    return l->busy_provisioned;
}
uint32_t lam_environments(struct lambda *l, sim_time now)
{
    lam_expire(l, now);
    return l->idle.n + l->busy;
}
sim_time lam_expires(const struct lambda *l)
{
    return l->idle.n == 0 ? SIM_NEVER : lam_env(l, l->idle.oldest)->freed + l->config.idle_life;
}
__int128 lam_unit_time(const struct lambda *l, sim_time now)
{
    return l->unit_time + (__int128)l->config.provisioned * (now - l->unit_at);
}
