/* lam_check.c - what always holds: every environment is idle in one list or serves one request
 * (LAM-4), idle ones stand in the order of time, limits are not passed, counts add up. */
#include "lam_int.h"

static void check_list(const struct lambda *l, const struct lam_list *list, bool provisioned)
{
    uint32_t n = 0, last = LAM_NO_ENV;
    sim_time freed = SIM_NEVER;
    for (uint32_t env = list->newest; env != LAM_NO_ENV; env = lam_env(l, env)->older) {
        const struct lam_env *e = lam_env(l, env);
        CHECK(e->state == LAM_ENV_IDLE && e->provisioned == provisioned);
        CHECK(e->newer == last && e->freed <= freed && e->made <= e->freed);
        freed = e->freed;
        last = env;
        CHECK(++n <= list->n);
    }
    CHECK(n == list->n && list->oldest == last);
}

static void check_account(const struct lambda *l)
{
    const struct lam_account *a = l->config.account;
    if (lam_reserves(l)) {
        CHECK(l->config.provisioned <= l->config.reserved);
        CHECK(a->reserved >= l->config.reserved);
    } else {
        CHECK(a->provisioned >= l->config.provisioned && a->busy >= l->busy);
    }
    CHECK(a->reserved + a->provisioned == 0 || a->reserved + a->provisioned <= a->limit);
}

void lam_check(const struct lambda *l, sim_time now)
{
    const struct lam_counts *n = &l->counts;
    check_list(l, &l->idle, false);
    check_list(l, &l->ready, true);
    check_account(l);
    CHECK(l->envs.n_live == l->idle.n + l->ready.n + l->busy + l->busy_provisioned);
    CHECK(l->ready.n + l->busy_provisioned == l->config.provisioned);
    CHECK(n->made == n->removed + l->idle.n + l->busy);
    CHECK(l->tokens >= 0 && l->tokens <= LAM_TEN && l->tokens_at <= now && l->unit_at <= now);
    CHECK(n->errors <= n->invocations && n->timeouts <= n->errors);
    CHECK(n->cold + n->again <= n->invocations);
}
