/* lam_env.c - environments: idle ones stand in a list by the time since when they are idle. The
 * list's old end is looked at whenever one is asked for, so what has been idle too long is never
 * used (LAM-15). */
#include "lam_int.h"

void lam_list_open(struct lam_list *list)
{
    *list = (struct lam_list){LAM_NO_ENV, LAM_NO_ENV, 0};
}

static void list_add(struct lambda *l, struct lam_list *list, uint32_t env)
{
    struct lam_env *e = lam_env(l, env);
    e->newer = LAM_NO_ENV;
    e->older = list->newest;
    if (list->newest == LAM_NO_ENV)
        list->oldest = env;
    else
        lam_env(l, list->newest)->newer = env;
    list->newest = env;
    list->n++;
}

static void list_cut(struct lambda *l, struct lam_list *list, uint32_t env)
{
    const struct lam_env *e = lam_env(l, env);
    if (e->newer == LAM_NO_ENV)
        list->newest = e->older;
    else
        lam_env(l, e->newer)->older = e->older;
    if (e->older == LAM_NO_ENV)
        list->oldest = e->newer;
    else
        lam_env(l, e->older)->newer = e->newer;
    list->n--;
}

uint32_t lam_env_new(struct lambda *l, sim_time now, bool provisioned)
{
    uint32_t env = slab_take(&l->envs);
    if (env == SLAB_NONE)
        return LAM_NO_ENV;
    *lam_env(l, env) = (struct lam_env){.newer = LAM_NO_ENV,
                                        .older = LAM_NO_ENV,
                                        .serial = l->serial++,
                                        .state = LAM_ENV_TAKEN,
                                        .provisioned = provisioned,
                                        .made = now};
    l->counts.made += !provisioned;
    return env;
}

void lam_env_remove(struct lambda *l, uint32_t env)
{
    struct lam_env *e = lam_env(l, env);
    e->state = LAM_ENV_GONE;
    l->counts.removed += !e->provisioned;
    if (l->config.gone != NULL)
        l->config.gone(l->config.whom, env);
    slab_give(&l->envs, env);
}

void lam_env_idle(struct lambda *l, uint32_t env, sim_time now)
{
    struct lam_env *e = lam_env(l, env);
    e->state = LAM_ENV_IDLE;
    e->freed = now;
    list_add(l, e->provisioned ? &l->ready : &l->idle, env);
}

void lam_expire(struct lambda *l, sim_time now)
{
    while (l->idle.n > 0 && now - lam_env(l, l->idle.oldest)->freed >= l->config.idle_life) {
        uint32_t env = l->idle.oldest;
        list_cut(l, &l->idle, env);
        lam_env_remove(l, env);
    }
}

static uint32_t pick(struct lambda *l, struct lam_list *list)
{
    uint32_t env = l->config.reuse == LAM_LIFO ? list->newest : list->oldest;
    if (env == LAM_NO_ENV)
        return LAM_NO_ENV;
    list_cut(l, list, env);
    lam_env(l, env)->state = LAM_ENV_TAKEN;
    return env;
}

uint32_t lam_env_take(struct lambda *l, sim_time now)
{
    uint32_t env;
    lam_expire(l, now);
    while ((env = pick(l, &l->idle)) != LAM_NO_ENV) {
        if (now - lam_env(l, env)->made < l->config.max_age)
            return env;
        lam_env_remove(l, env);
    }
    return LAM_NO_ENV;
}

/* Provisioned ones are replaced before they are too old, unseen. */
uint32_t lam_env_take_ready(struct lambda *l)
{
    return pick(l, &l->ready);
}
