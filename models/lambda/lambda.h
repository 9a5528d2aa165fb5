/* lambda.h - one function of AWS Lambda as a pure state machine: time and durations come in, what
 * becomes of an invocation goes out. The rules are numbered LAM-1 … LAM-60
 * (docs/semantics/lambda.md); comments cite them. The queue of asynchronous events: lam_async.h.
 *
 * An environment serves one request at a time (LAM-4). lam_invoke finds one or says why not; lam_run
 * tells how long it begins to work, and when it is stopped; lam_finish gives it back. What is
 * concurrent is counted twice: for the function, and in the account that functions share. */
#ifndef LAMBDA_H
#define LAMBDA_H

#include "call.h"
#include "err.h"
#include "lam_outcome.h"
#include "simtime.h"

#define LAM_UNRESERVED     UINT32_MAX
#define LAM_LIMIT          1000 /* of an account (LAM-6) */
#define LAM_KEPT           100  /* units that stay unreserved (LAM-11) */
#define LAM_SCALE          1000 /* new environments in ten seconds (LAM-8) */
#define LAM_RATE           10   /* calls a second and unit (LAM-7) */
#define LAM_INIT_LIMIT     (10 * SIM_S)
#define LAM_INIT_LIMIT_PRE (130 * SIM_S) /* LAM-17 */

/* Concurrency of an account in one region; lives with its owner, longer than the functions. */
struct lam_account {
    uint32_t limit;
    uint32_t reserved;    /* sum of the functions' reserved concurrency */
    uint32_t provisioned; /* of functions that reserve none */
    uint32_t busy;        /* on demand, of functions that reserve none */
    sim_time second;      /* end of the second in which calls are counted (LAM-7) */
    uint64_t calls;
};
void lam_account_open(struct lam_account *, uint32_t limit);

enum lam_reuse { LAM_LIFO, LAM_FIFO };        /* LAM-15 */
enum lam_growth { LAM_CONTINUOUS, LAM_STEPS }; /* LAM-9 */
struct lam_config {
    struct lam_account *account;
    uint32_t memory_mb;
    sim_time timeout;
    uint32_t reserved; /* LAM_UNRESERVED: none */
    uint32_t provisioned;
    bool     snapstart;
    enum lam_reuse  reuse;
    enum lam_growth growth;
    sim_time idle_life, max_age;
    uint32_t scale; /* new environments in ten seconds */
    sim_time now;
    void   (*gone)(void *, uint32_t env); /* told of each environment that goes; NULL */
    void    *whom;
};
void lam_config_default(struct lam_config *, struct lam_account *);

struct lambda;
/* false: *err says why; LAM_OK of lam_reservable and the like would have told before. */
bool lam_open(struct lambda **, const struct lam_config *, struct err *);
void lam_close(struct lambda *);

enum lam_init { LAM_WARM, LAM_COLD, LAM_AGAIN }; /* AGAIN: suppressed init after an error (LAM-14) */
struct lam_start {
    uint32_t env;
    uint32_t serial; /* environments are counted in the order of their making, from 0 */
    enum lam_init init;
    bool provisioned;
};
/* Not LAM_OK: throttled, nothing has happened but that it is counted (LAM-10). */
enum lam_outcome lam_invoke(struct lambda *, struct call *, bool synchronous, struct lam_start *);

struct lam_run {
    sim_time handler; /* when the handler's clock starts */
    sim_time rerun;   /* init that did not end in time runs again on that clock (LAM-17) */
    sim_time limit;   /* when the environment is stopped (LAM-22) */
};
/* Once, at the instant of lam_invoke. platform and init: the cold start's two parts (LAM-20); an
 * environment that is warm ignores both, one that is initialised again the first. */
void lam_run(struct lambda *, struct call *, uint32_t env, sim_time platform, sim_time init,
             struct lam_run *);

enum lam_end { LAM_END_OK, LAM_END_ERROR, LAM_END_TIMEOUT };
struct lam_bill {
    sim_time init, duration; /* billed init; time on the handler's clock */
    uint64_t ms;             /* billed: both, rounded up (LAM-56, LAM-57) */
};
/* Not before the handler's clock has started, not after the limit; LAM_END_TIMEOUT exactly then. */
void lam_finish(struct lambda *, struct call *, uint32_t env, enum lam_end, struct lam_bill *);

/* --- settings of a living function --- */
enum lam_outcome lam_set_reserved(struct lambda *, struct call *, uint32_t); /* LAM-11 */
enum lam_outcome lam_set_provisioned(struct lambda *, struct call *, uint32_t); /* LAM-12 */

/* --- queries --- */
enum lam_throttle { /* why, for counts */
                    LAM_BY_ACCOUNT,
                    LAM_BY_RESERVED,
                    LAM_BY_SCALING,
                    LAM_BY_RATE,
                    LAM_THROTTLES
};
struct lam_counts {
    uint64_t invocations, errors, timeouts; /* timeouts are errors, too */
    uint64_t throttles[LAM_THROTTLES];
    uint64_t cold, again; /* starts of new environments; suppressed inits */
    uint64_t provisioned, spilled; /* served by provisioned concurrency; not served by it */
    uint64_t made, removed; /* environments on demand */
    uint64_t ms, ms_provisioned; /* billed */
    sim_time init; /* billed, of that */
};
const struct lam_config *lam_config(const struct lambda *);
const struct lam_counts *lam_counts(const struct lambda *);
uint64_t lam_throttled(const struct lambda *);
uint32_t lam_busy(const struct lambda *); /* concurrent executions */
uint32_t lam_busy_provisioned(const struct lambda *);
uint32_t lam_environments(struct lambda *, sim_time now); /* on demand, busy or idle */
sim_time lam_expires(const struct lambda *); /* when the one that has been idle longest goes, unless it is used; SIM_NEVER */
/* Provisioned units times nanoseconds until now (LAM-59). */
__int128 lam_unit_time(const struct lambda *, sim_time now);
void     lam_check(const struct lambda *, sim_time now);

#endif
