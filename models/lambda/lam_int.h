/* lam_int.h - what the files of a function share. */
#ifndef LAM_INT_H
#define LAM_INT_H

#include "lambda.h"
#include "slab.h"

#define LAM_TEN      (10 * SIM_S) /* the time of LAM_SCALE new environments */
#define LAM_NO_ENV   UINT32_MAX

enum lam_env_state { LAM_ENV_GONE, LAM_ENV_IDLE, LAM_ENV_TAKEN, LAM_ENV_RUNNING };
struct lam_env {
    uint32_t newer, older; /* among those that are idle */
    uint32_t serial;
    uint8_t  state;
    bool     provisioned;
    bool     dirty; /* its last invocation failed (LAM-14) */
    uint8_t  init;  /* enum lam_init of the one under way */
    sim_time made, freed;
    sim_time handler, limit, init_billed; /* of the invocation under way */
};
struct lam_list { /* idle ones by the time since when they are */
    uint32_t newest, oldest, n;
};

struct lambda {
    struct lam_config config;
    struct slab       envs;
    struct lam_list   idle, ready; /* on demand; provisioned */
    uint32_t          busy, busy_provisioned; /* on demand; provisioned */
    uint32_t          serial;
    sim_time          tokens, tokens_at; /* time's worth of new environments (LAM-9) */
    sim_time          second, second_provisioned; /* ends of the seconds in which calls are counted */
    uint64_t          calls, calls_provisioned;
    __int128          unit_time;
    sim_time          unit_at;
    struct lam_counts counts;
};

ALWAYS_INLINE struct lam_env *lam_env(const struct lambda *l, uint32_t env)
{
    return slab_at(&l->envs, env);
}
ALWAYS_INLINE bool lam_reserves(const struct lambda *l)
{
    return l->config.reserved != LAM_UNRESERVED;
}

/* lam_env.c */
void     lam_list_open(struct lam_list *);
uint32_t lam_env_new(struct lambda *, sim_time now, bool provisioned); /* LAM_NO_ENV: memory is short */
void     lam_env_remove(struct lambda *, uint32_t env); /* it is in no list */
void     lam_env_idle(struct lambda *, uint32_t env, sim_time now);
void     lam_expire(struct lambda *, sim_time now);
/* The next one to be used, out of its list; LAM_NO_ENV: none is idle. */
uint32_t lam_env_take(struct lambda *, sim_time now);
uint32_t lam_env_take_ready(struct lambda *);

/* lam_limit.c */
/* Whether calls may be one more in this second; counts it. */
bool             lam_second(sim_time *end, uint64_t *calls, uint64_t most, sim_time now);
bool             lam_token(struct lambda *, sim_time now);
enum lam_outcome lam_room(const struct lambda *); /* for one more on demand */
enum lam_outcome lam_rate(struct lambda *, sim_time now);
void             lam_busy_add(struct lambda *, int32_t); /* on demand */

/* lambda.c */
void lam_unit_now(struct lambda *, sim_time now);

#endif
