/* eb_outcome.c - the one place that knows AWS's error codes (EB-13, EB-61). */
#include "eb_outcome.h"

#include <stddef.h>

#include "check.h"

#define VALIDATION "ValidationException"
#define NOT_FOUND  "ResourceNotFoundException"
#define EXISTS     "ResourceAlreadyExistsException"
#define LIMIT      "LimitExceededException"
#define LIMIT_TEXT "The requested resource exceeds the maximum number allowed."

static const struct eb_outcome_row table[EB_OUTCOMES] = {
    [EB_OK] = {"OK", NULL, 200, false, ""},
    [EB_TOO_FEW_ENTRIES] = {"TooFewEntries", VALIDATION, 400, false,
                            "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must "
                            "have length greater than or equal to 1"},
    [EB_TOO_MANY_ENTRIES] = {"TooManyEntries", VALIDATION, 400, false,
                             "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must "
                             "have length less than or equal to 10"},
    [EB_REQUEST_TOO_LARGE] = {"RequestTooLarge", VALIDATION, 400, false,
                              "Total size of the entries in the request is over the limit."},
    [EB_BAD_NAME] = {"BadName", VALIDATION, 400, false,
                     "Value at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: "
                     "[\\.\\-_A-Za-z0-9]+"},
    [EB_BAD_TARGET_ID] = {"BadTargetId", VALIDATION, 400, false,
                          "Value at 'targets.1.member.id' failed to satisfy constraint: Member must satisfy regular "
                          "expression pattern: [\\.\\-_A-Za-z0-9]+"},
    [EB_BAD_SCHEDULE] = {"BadSchedule", VALIDATION, 400, false, "Parameter ScheduleExpression is not valid."},
    [EB_SCHEDULE_ELSEWHERE] = {"ScheduleElsewhere", VALIDATION, 400, false,
                               "ScheduleExpression is supported only on the default event bus."},
    [EB_NOTHING_TO_MATCH] = {"NothingToMatch", VALIDATION, 400, false,
                             "Parameter(s) EventPattern or ScheduleExpression must be specified."},
    [EB_BAD_RETRY_ATTEMPTS] = {"BadRetryAttempts", VALIDATION, 400, false,
                               "Value at 'retryPolicy.maximumRetryAttempts' failed to satisfy constraint: Member must "
                               "have value between 0 and 185"},
    [EB_BAD_EVENT_AGE] = {"BadEventAge", VALIDATION, 400, false,
                          "Value at 'retryPolicy.maximumEventAgeInSeconds' failed to satisfy constraint: Member must "
                          "have value between 60 and 86400"},
    [EB_TOO_MANY_IN_CALL] = {"TooManyInCall", VALIDATION, 400, false,
                             "1 validation error detected: Value at 'targets' failed to satisfy constraint: Member must "
                             "have length less than or equal to 10"},
    [EB_RULE_HAS_TARGETS] = {"RuleHasTargets", VALIDATION, 400, false,
                             "Rule can't be deleted since it has targets."},
    [EB_DEFAULT_BUS] = {"DefaultBus", VALIDATION, 400, false, "Cannot delete event bus default."},
    [EB_NOT_AN_EVENT] = {"NotAnEvent", VALIDATION, 400, false, "Parameter Event is not valid."},
    [EB_BAD_RANGE] = {"BadRange", VALIDATION, 400, false,
                      "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime."},
    [EB_BAD_PATTERN] = {"BadPattern", "InvalidEventPatternException", 400, false, "Event pattern is not valid."},
    [EB_PATTERN_TOO_LONG] = {"PatternTooLong", "InvalidEventPatternException", 400, false,
                             "Event pattern is not valid. Reason: it is longer than the quota."},
    [EB_NO_BUS] = {"NoBus", NOT_FOUND, 400, false, "Event bus does not exist."},
    [EB_NO_RULE] = {"NoRule", NOT_FOUND, 400, false, "Rule does not exist on EventBus."},
    [EB_NO_ARCHIVE] = {"NoArchive", NOT_FOUND, 400, false, "Archive does not exist."},
    [EB_BUS_EXISTS] = {"BusExists", EXISTS, 400, false, "Event bus already exists."},
    [EB_ARCHIVE_EXISTS] = {"ArchiveExists", EXISTS, 400, false, "Archive already exists."},
    [EB_REPLAY_EXISTS] = {"ReplayExists", EXISTS, 400, false, "Replay already exists."},
    [EB_TOO_MANY_TARGETS] = {"TooManyTargets", LIMIT, 400, false, LIMIT_TEXT},
    [EB_TOO_MANY_RULES] = {"TooManyRules", LIMIT, 400, false, LIMIT_TEXT},
    [EB_TOO_MANY_BUSES] = {"TooManyBuses", LIMIT, 400, false, LIMIT_TEXT},
    [EB_TOO_MANY_REPLAYS] = {"TooManyReplays", LIMIT, 400, false, LIMIT_TEXT},
    [EB_THROTTLED] = {"Throttled", "ThrottlingException", 400, true, "Rate exceeded"},
    [EB_CONCURRENT] = {"Concurrent", "ConcurrentModificationException", 400, true,
                       "There is concurrent modification on a rule, target, archive, or replay."},
    [EB_MANAGED_RULE] = {"ManagedRule", "ManagedRuleException", 400, false,
                         "The rule was created by an AWS service."},
    [EB_POLICY_TOO_LONG] = {"PolicyTooLong", "PolicyLengthExceededException", 400, false,
                            "The event bus policy is too long: at most 10240 characters."},
    [EB_DISABLED] = {"Disabled", "OperationDisabledException", 400, false, "The operation is not available."},
    [EB_ILLEGAL_STATUS] = {"IllegalStatus", "IllegalStatusException", 400, false,
                           "The replay cannot be cancelled in its present state."},
    [EB_INVALID_STATE] = {"InvalidState", "InvalidStateException", 400, false, "The state does not allow that."},
    [EB_ACCESS_DENIED] = {"AccessDenied", "AccessDeniedException", 400, false, "Access denied."},
    [EB_INTERNAL] = {"Internal", "InternalException", 500, true, "An internal error occurred."},
    [EB_NO_SOURCE] = {"NoSource", "InvalidArgument", 200, false,
                      "Parameter Source is not valid. Reason: Source is a required argument."},
    [EB_NO_DETAIL_TYPE] = {"NoDetailType", "InvalidArgument", 200, false,
                           "Parameter DetailType is not valid. Reason: DetailType is a required argument."},
    [EB_NO_DETAIL] = {"NoDetail", "InvalidArgument", 200, false,
                      "Parameter Detail is not valid. Reason: Detail is a required argument."},
    [EB_LONG_DETAIL_TYPE] = {"LongDetailType", "InvalidArgument", 200, false,
                             "Parameter DetailType is not valid. Reason: at most 128 characters."},
    [EB_MALFORMED_DETAIL] = {"MalformedDetail", "MalformedDetail", 200, false, "Detail is malformed."},
    [EB_AWS_SOURCE] = {"AwsSource", "NotAuthorizedForSourceException", 200, false,
                       "Not authorized for the source."},
    [EB_ENTRY_INTERNAL] = {"EntryInternal", "InternalFailure", 200, true, "Internal failure."},
    [EB_ENTRY_THROTTLED] = {"EntryThrottled", "ThrottlingException", 200, true, "Rate exceeded"},
    [EB_ENTRY_ACCESS_DENIED] = {"EntryAccessDenied", "AccessDeniedException", 200, false, "Access denied."},
    [EB_ENTRY_INVALID_ACCOUNT] = {"EntryInvalidAccount", "InvalidAccountIdException", 200, false,
                                  "The account id is not valid."},
    [EB_ENTRY_REDACTION] = {"EntryRedaction", "RedactionFailure", 200, false, "Redaction failed."},
    [EB_ENTRY_DETAIL_TYPE_DENIED] = {"EntryDetailTypeDenied", "NotAuthorizedForDetailTypeException", 200, false,
                                     "Not authorized for the detail type."},
    [EB_NO_MEMORY] = {"NoMemory", "InternalException", 500, true, "Memory is short."},
};

const struct eb_outcome_row *eb_outcome_row(enum eb_outcome o)
{
    CHECK(o < EB_OUTCOMES);
    return &table[o];
}
