/* esmq_rule.h - settings of a mapping on a queue and what AWS takes (LAM-32, LAM-37, LAM-40, LAM-47);
 * how many provisioned pollers a load needs (LAM-49). */
#ifndef ESMQ_RULE_H
#define ESMQ_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "simtime.h"

#define ESMQ_START     5    /* LAM-34 */
#define ESMQ_REST      2    /* LAM-35 */
#define ESMQ_GROWTH    300  /* a minute */
#define ESMQ_MOST      1250
#define ESMQ_RECEIVE   10   /* messages of a poll */
#define ESMQ_WAIT      (20 * SIM_S)
#define ESMQ_BYTES     (6 * 1048576) /* of a batch (LAM-33) */
#define ESMQ_BATCH_MAX 10000
#define ESMQ_POLLER    10  /* invocations, and polls a second, of a provisioned poller */
#define ESMQ_POLLERS   100 /* more a minute (LAM-50) */

struct esmq_config {
    bool     fifo;
    uint32_t batch;
    sim_time window;
    uint32_t max_concurrency; /* 0: none */
    uint32_t growth;          /* slots more a minute (LAM-34) */
    uint32_t min_pollers, max_pollers; /* provisioned mode; max 0: standard */
    sim_time visibility;       /* of the queue */
    sim_time function_timeout;
    sim_time now;
};
void esmq_config_default(struct esmq_config *);

enum esmq_outcome {
    ESMQ_OK,
    ESMQ_BAD_BATCH,
    ESMQ_BAD_FIFO_BATCH,
    ESMQ_BAD_WINDOW,
    ESMQ_NO_WINDOW, /* a batch above 10 needs one */
    ESMQ_FIFO_WINDOW,
    ESMQ_BAD_CONCURRENCY,
    ESMQ_BAD_POLLERS,
    ESMQ_TWO_MODES,
    ESMQ_SHORT_VISIBILITY,
    ESMQ_OUTCOMES
};
enum esmq_outcome esmq_judge(const struct esmq_config *);
/* "NoWindow", and what is wrong in a sentence. All of them are InvalidParameterValueException, 400. */
const char *esmq_outcome_name(enum esmq_outcome);
const char *esmq_outcome_text(enum esmq_outcome);

/* Events a second of one provisioned poller; bytes: of a message, duration: of an invocation. */
uint64_t esmq_poller_rate(uint64_t bytes, sim_time duration, uint32_t batch);
static inline uint64_t esmq_pollers_for(uint64_t per_second, uint64_t rate)
{
    return (per_second + rate - 1) / rate;
}

#endif
