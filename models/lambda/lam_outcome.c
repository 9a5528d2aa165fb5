/* lam_outcome.c - the one place that knows AWS's error codes. */
#include "lam_outcome.h"

#include <stddef.h>

#include "check.h"

#define VALUE "InvalidParameterValueException"
#define THROTTLE(name, reason)                                                                     \
    {                                                                                              \
        name, "TooManyRequestsException", reason, 429, "Rate Exceeded."                            \
    }
#define ROW(name, code, http, text)                                                                \
    {                                                                                              \
        name, code, NULL, http, text                                                               \
    }

static const struct lam_outcome_row table[LAM_OUTCOMES] = {
    [LAM_OK] = {"OK", NULL, NULL, 200, ""},
    [LAM_THROTTLED_ACCOUNT] = THROTTLE("Account", "ConcurrentInvocationLimitExceeded"),
    [LAM_THROTTLED_RESERVED] =
        THROTTLE("Reserved", "ReservedFunctionConcurrentInvocationLimitExceeded"),
    [LAM_THROTTLED_SCALING] = THROTTLE("Scaling", "ConcurrentInvocationLimitExceeded"),
    [LAM_THROTTLED_RATE] = THROTTLE("Rate", "FunctionInvocationRateLimitExceeded"),
    [LAM_THROTTLED_RESERVED_RATE] =
        THROTTLE("ReservedRate", "ReservedFunctionInvocationRateLimitExceeded"),
    [LAM_TOO_LARGE] = ROW("TooLarge", "RequestTooLargeException", 413,
                          "The payload is larger than the way of invoking allows."),
    [LAM_BAD_MEMORY] = ROW("BadMemory", VALUE, 400, "MemorySize is 128 to 10240 MB."),
    [LAM_BAD_TIMEOUT] = ROW("BadTimeout", VALUE, 400, "Timeout is 1 to 900 whole seconds."),
    [LAM_BAD_RESERVED] =
        ROW("BadReserved", VALUE, 400,
            "ReservedConcurrentExecutions would leave less than 100 unreserved, or less than is "
            "provisioned."),
    [LAM_BAD_PROVISIONED] =
        ROW("BadProvisioned", VALUE, 400,
            "ProvisionedConcurrentExecutions is above the reserved concurrency, or would leave less "
            "than 100 unreserved."),
    [LAM_BAD_RETRIES] = ROW("BadRetries", VALUE, 400, "MaximumRetryAttempts is 0 to 2."),
    [LAM_BAD_AGE] = ROW("BadAge", VALUE, 400, "MaximumEventAgeInSeconds is 60 to 21600."),
    [LAM_BAD_DESTINATION] =
        ROW("BadDestination", VALUE, 400, "This kind of destination is not taken here."),
    [LAM_NO_FUNCTION] = ROW("NoFunction", "ResourceNotFoundException", 404, "Function not found."),
    [LAM_NO_MEMORY] = ROW("NoMemory", "ServiceException", 500, "Memory is short."),
};

const struct lam_outcome_row *lam_outcome_row(enum lam_outcome o)
{
    CHECK(o < LAM_OUTCOMES);
    return &table[o];
}
