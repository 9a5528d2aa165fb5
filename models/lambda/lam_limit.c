/* lam_limit.c - what bounds a function: concurrency of its own or of the account, calls a second,
 * and how fast environments may be added. */
#include "lam_int.h"

void lam_account_open(struct lam_account *a, uint32_t limit)
{
    *a = (struct lam_account){.limit = limit};
}

bool lam_second(sim_time *end, uint64_t *calls, uint64_t most, sim_time now)
{
    if (now >= *end) {
        *end = (now / SIM_S + 1) * SIM_S;
        *calls = 0;
    }
    if (*calls >= most)
        return false;
    ++*calls;
    return true;
}

/* --- new environments (LAM-8, LAM-9) --- */

static void refill(struct lambda *l, sim_time now)
{
    sim_time past = now - l->tokens_at;
    if (l->config.growth == LAM_STEPS) {
        if (now / LAM_TEN != l->tokens_at / LAM_TEN)
            l->tokens = LAM_TEN;
    } else {
        l->tokens = past >= LAM_TEN - l->tokens ? LAM_TEN : l->tokens + past;
    }
    l->tokens_at = now;
}

bool lam_token(struct lambda *l, sim_time now)
{
    sim_time cost = LAM_TEN / l->config.scale;
    refill(l, now);
    if (l->tokens < cost)
        return false;
    l->tokens -= cost;
    return true;
}

/* --- concurrency --- */

static uint32_t unreserved(const struct lam_account *a)
{
    uint32_t taken = a->reserved + a->provisioned;
    return a->limit > taken ? a->limit - taken : 0;
}

enum lam_outcome lam_room(const struct lambda *l)
{
    const struct lam_config *c = &l->config;
    if (lam_reserves(l))
        return l->busy < c->reserved - c->provisioned ? LAM_OK : LAM_THROTTLED_RESERVED;
    return c->account->busy < unreserved(c->account) ? LAM_OK : LAM_THROTTLED_ACCOUNT;
}

enum lam_outcome lam_rate(struct lambda *l, sim_time now)
{
    struct lam_account *a = l->config.account;
    if (lam_reserves(l)) {
        uint64_t most = (uint64_t)LAM_RATE * l->config.reserved;
        return lam_second(&l->second, &l->calls, most, now) ? LAM_OK : LAM_THROTTLED_RESERVED_RATE;
    }
    uint64_t most = (uint64_t)LAM_RATE * a->limit;
    return lam_second(&a->second, &a->calls, most, now) ? LAM_OK : LAM_THROTTLED_RATE;
}

void lam_busy_add(struct lambda *l, int32_t n)
{
    l->busy += (uint32_t)n;
    if (!lam_reserves(l))
        l->config.account->busy += (uint32_t)n;
}
