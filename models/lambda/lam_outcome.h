/* lam_outcome.h - how a call to the service can end. One table (lam_outcome.c) gives each outcome
 * AWS's code, the reason of a throttled call, HTTP status and message. */
#ifndef LAM_OUTCOME_H
#define LAM_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

enum lam_outcome {
    LAM_OK,
    LAM_THROTTLED_ACCOUNT,  /* the account's unreserved concurrency is used up */
    LAM_THROTTLED_RESERVED, /* the function's own */
    LAM_THROTTLED_SCALING,  /* new environments come too fast (LAM-8) */
    LAM_THROTTLED_RATE,     /* calls a second (LAM-7) */
    LAM_THROTTLED_RESERVED_RATE,
    LAM_TOO_LARGE,     /* of an invocation's payload (LAM-1) */
    LAM_BAD_MEMORY,
    LAM_BAD_TIMEOUT,
    LAM_BAD_RESERVED,  /* less than 100 would stay unreserved (LAM-11) */
    LAM_BAD_PROVISIONED,
    LAM_BAD_RETRIES,
    LAM_BAD_AGE,
    LAM_BAD_DESTINATION,
    LAM_NO_FUNCTION,
    LAM_NO_MEMORY, /* of this program, never of the service */
    LAM_OUTCOMES
};

struct lam_outcome_row {
    const char *name;   /* "Reserved": for scripts and tests */
    const char *code;   /* "TooManyRequestsException"; NULL: no error */
    const char *reason; /* of a throttled call; NULL */
    int         http;
    const char *text;
};
const struct lam_outcome_row *lam_outcome_row(enum lam_outcome);

static inline bool lam_is_throttle(enum lam_outcome o)
{
    return o >= LAM_THROTTLED_ACCOUNT && o <= LAM_THROTTLED_RESERVED_RATE;
}

#endif
