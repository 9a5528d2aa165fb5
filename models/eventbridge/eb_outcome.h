/* eb_outcome.h - how a call to the service can end. Several outcomes may share one of AWS's error codes: they differ in
 * what was wrong. One table (eb_outcome.c) gives each its code, HTTP status and message (EB-61). */
#ifndef EB_OUTCOME_H
#define EB_OUTCOME_H

#include <stdbool.h>

enum eb_outcome {
    EB_OK,
    /* the whole request is refused */
    EB_TOO_FEW_ENTRIES,
    EB_TOO_MANY_ENTRIES,
    EB_REQUEST_TOO_LARGE,
    EB_BAD_NAME,
    EB_BAD_TARGET_ID,
    EB_BAD_SCHEDULE,
    EB_SCHEDULE_ELSEWHERE, /* schedules are for the default bus (EB-2) */
    EB_NOTHING_TO_MATCH,   /* neither pattern nor schedule */
    EB_BAD_RETRY_ATTEMPTS,
    EB_BAD_EVENT_AGE,
    EB_TOO_MANY_IN_CALL, /* PutTargets takes ten (EB-3) */
    EB_RULE_HAS_TARGETS,
    EB_DEFAULT_BUS,      /* it cannot be deleted (EB-1) */
    EB_NOT_AN_EVENT,     /* TestEventPattern (EB-36) */
    EB_BAD_RANGE,        /* of a replay */
    EB_BAD_PATTERN,
    EB_PATTERN_TOO_LONG, /* EB-33 */
    EB_NO_BUS,
    EB_NO_RULE,
    EB_NO_ARCHIVE,
    EB_BUS_EXISTS,
    EB_ARCHIVE_EXISTS,
    EB_REPLAY_EXISTS,
    EB_TOO_MANY_TARGETS,
    EB_TOO_MANY_RULES,
    EB_TOO_MANY_BUSES,
    EB_TOO_MANY_REPLAYS,
    EB_THROTTLED,
    EB_CONCURRENT,
    EB_MANAGED_RULE,
    EB_POLICY_TOO_LONG,
    EB_DISABLED,
    EB_ILLEGAL_STATUS,
    EB_INVALID_STATE,
    EB_ACCESS_DENIED,
    EB_INTERNAL,
    /* one entry is refused, the request is not (EB-13) */
    EB_NO_SOURCE,
    EB_NO_DETAIL_TYPE,
    EB_NO_DETAIL,
    EB_LONG_DETAIL_TYPE,
    EB_MALFORMED_DETAIL,
    EB_AWS_SOURCE,
    EB_ENTRY_INTERNAL,
    EB_ENTRY_THROTTLED,
    EB_ENTRY_ACCESS_DENIED,
    EB_ENTRY_INVALID_ACCOUNT,
    EB_ENTRY_REDACTION,
    EB_ENTRY_DETAIL_TYPE_DENIED,
    EB_NO_MEMORY, /* of this program, never of the service */
    EB_OUTCOMES
};

struct eb_outcome_row {
    const char *name; /* "TooFewEntries": for scripts and tests */
    const char *code; /* "ValidationException"; NULL: no error */
    int http;         /* of the request; an entry's error leaves it at 200 (EB-12) */
    bool retryable;   /* the caller may try the same again (EB-13) */
    const char *text;
};

const struct eb_outcome_row *eb_outcome_row(enum eb_outcome);
static inline bool eb_refused(enum eb_outcome o)
{
    return o != EB_OK;
}

#endif
