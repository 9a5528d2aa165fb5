/* eventbridge.h - an account's buses as the API shows them: names, rules, patterns, targets, entries and their errors,
 * deliveries with retries and dead letters, archives and replays. Pure: time comes in, nothing is read or written; what
 * needs a JSON reader comes in as functions. The actor (bus_actor.c) stands on the same parts, without the texts.
 *
 * Texts given are borrowed for the call and copied where they are kept; texts answered are valid until the next call.
 *
 * Use: eb_to(now), an operation, then eb_next until it returns false; each attempt is answered with eb_settle, at once or
 * later; dead letters are taken with eb_letter. Rules: docs/semantics/eventbridge.md. */
#ifndef EVENTBRIDGE_H
#define EVENTBRIDGE_H

#include <stddef.h>

#include "call.h"
#include "eb_outcome.h"
#include "err.h"

struct filter;
struct filter_event;

#define EB_NAME_MAX    256
#define EB_TARGETS_MAX 5 /* of a rule (EB-3) */
#define EB_DICE_KINDS  2 /* DELIVERY_DICE_KINDS */

/* What reads JSON: beside the core, in a library of its own. */
struct eb_json {
    struct filter *(*pattern)(const char *text, size_t n, struct err *); /* NULL: *err has the reason (EB-34) */
    struct filter_event *(*event)(const char *text, size_t n);          /* an envelope; NULL: it is none */
    bool (*detail)(const char *text, size_t n); /* an object, not too deep, its integers fit 64 bits (EB-12) */
};

struct eb_config {
    const char *region, *account;
    uint32_t put_rate, invoke_rate; /* a second (EB-16, EB-18); 0: no quota */
    uint32_t control_rate;          /* of each other call (EB-61); 0: no quota */
    uint32_t buses, rules, replays; /* EB-1, EB-2, EB-47 */
    uint32_t max_request;           /* bytes (EB-10) */
    uint32_t pattern_length;        /* EB-33 */
    uint32_t wildcard_rules;        /* of a bus (EB-24) */
    int64_t start_s;                /* what time it is at 0: seconds since 1970 */
    sim_time propagation;           /* until a change of rules and targets is felt (EB-4) */
    sim_time archive_lag;           /* until an event is in the archive (EB-46) */
    int64_t duplicates;             /* ppb (EB-6) */
    bool jitter;                    /* full jitter of retries (EB-38) */
    struct dice *dice;              /* EB_DICE_KINDS of them */
    struct eb_json json;
};
void eb_config_default(struct eb_config *);

struct eb;
bool eb_open(struct eb **, const struct eb_config *, struct err *);
void eb_close(struct eb *);
sim_time eb_now(const struct eb *);
/* The next instant at which something happens by itself; SIM_NEVER: nothing does. */
sim_time eb_deadline(const struct eb *);
/* Memory ran short: nothing happens any more. */
bool eb_failed(const struct eb *);
/* Moves the clock, not beyond eb_deadline(): what is due then happens in eb_next. */
void eb_to(struct eb *, sim_time now);
/* Why the last pattern or schedule was refused. */
const char *eb_reason(const struct eb *);

/* --- buses, rules, targets --- */
enum eb_outcome eb_bus_create(struct eb *, const char *name);
enum eb_outcome eb_bus_delete(struct eb *, const char *name);

struct eb_rule_put {
    const char *bus, *name; /* bus NULL: default */
    const char *pattern, *schedule; /* NULL: none */
    bool disabled;
};
enum eb_outcome eb_rule_put(struct eb *, const struct eb_rule_put *);
enum eb_outcome eb_rule_delete(struct eb *, const char *bus, const char *name);
enum eb_outcome eb_rule_enable(struct eb *, const char *bus, const char *name, bool enabled);

enum eb_target_kind { EB_TARGET_OTHER, EB_TARGET_BUS };
struct eb_target {
    const char *id, *arn;
    enum eb_target_kind kind; /* BUS: arn is the name of a bus of this account (EB-8) */
    int64_t attempts, age_s;  /* MaximumRetryAttempts, MaximumEventAgeInSeconds; -1: not given */
    const char *dead_letter;  /* NULL: none */
};
enum eb_outcome eb_targets_put(struct eb *, const char *bus, const char *rule, const struct eb_target *, uint32_t n);
enum eb_outcome eb_target_remove(struct eb *, const char *bus, const char *rule, const char *id);
/* Ids of a rule's targets; how many. */
uint32_t eb_targets(struct eb *, const char *bus, const char *rule, const char *id[EB_TARGETS_MAX]);
/* TestEventPattern: EB_OK and *matches, or why not. */
enum eb_outcome eb_pattern_test(struct eb *, const char *pattern, const char *event, bool *matches);

/* --- PutEvents --- */
struct eb_entry {
    const char *source, *detail_type, *detail; /* NULL: not given */
    const char *bus;                           /* NULL: default */
    int64_t time_s;                            /* since 1970; -1: not given */
    const char *const *resource;
    uint32_t n_resource;
};
struct eb_result {
    enum eb_outcome outcome;
    uint64_t event; /* stands for the EventId; also of an event that is lost (EB-15) */
};
uint64_t eb_entry_size(const struct eb_entry *); /* EB-11 */
/* The outcome of the request; when it is EB_OK, one result per entry in order. */
enum eb_outcome eb_put(struct eb *, const struct eb_entry *, uint32_t n, struct eb_result *, uint32_t *failed);
/* An event of an AWS service: any source, no quota (EB-1, EB-52). */
enum eb_outcome eb_put_aws(struct eb *, const struct eb_entry *);

/* --- deliveries --- */
enum eb_answer { /* of a target */
    EB_ACCEPTED,
    EB_ANSWER_THROTTLED,
    EB_ANSWER_TIMEOUT,
    EB_ANSWER_ERROR,
    EB_ANSWER_NO_PERMISSIONS,
    EB_ANSWER_NO_RESOURCE,
    EB_ANSWERS
};
/* ERROR_CODE of a dead letter (EB-40), and whether the answer is tried again (EB-39). */
const char *eb_answer_code(enum eb_answer);
bool eb_answer_retried(enum eb_answer);

struct eb_attempt {
    uint32_t id, number; /* number 0: the first */
    uint64_t event;
    const char *rule, *target, *arn;
    bool again; /* a second delivery (EB-6) */
};
/* What happens at this instant, attempt by attempt; false: nothing more. */
bool eb_next(struct eb *, struct eb_attempt *);
void eb_settle(struct eb *, uint32_t id, enum eb_answer);
/* The event as JSON, as its targets get it (EB-14). Events are kept while the account lives. */
const char *eb_event_json(struct eb *, uint64_t event);

struct eb_letter { /* EB-40 */
    const char *queue, *rule_arn, *target_arn, *error_code;
    const char *exhausted; /* EXHAUSTED_RETRY_CONDITION; NULL: retries were not exhausted */
    uint32_t retries;
    uint64_t event;
};
/* The oldest dead letter that is not taken yet; false: none. Whether its queue took it is told next. */
bool eb_letter(struct eb *, struct eb_letter *);
void eb_letter_sent(struct eb *, bool taken);

/* --- archives and replays (EB-46, EB-47) --- */
enum eb_outcome eb_archive_create(struct eb *, const char *name, const char *bus, const char *pattern, int64_t days);
/* Events in it; bytes. */
bool eb_archive_state(struct eb *, const char *name, uint64_t *events, uint64_t *bytes);
struct eb_replay {
    const char *name, *archive;
    int64_t from_s, to_s; /* event times: from <= t < to, since 1970 */
    const char *const *rule; /* selected rules; n_rule 0: all */
    uint32_t n_rule;
};
enum eb_outcome eb_replay_start(struct eb *, const struct eb_replay *);
/* Events sent, and whether it is over. */
bool eb_replay_state(struct eb *, const char *name, uint64_t *sent, bool *over);

/* --- metrics --- */
enum eb_metric { /* EB-43, with CloudWatch's names */
    EB_PUT_ENTRIES,
    EB_PUT_FAILED,
    EB_MATCHED,
    EB_TRIGGERED,
    EB_INVOCATIONS,
    EB_FAILED,
    EB_THROTTLED_RULES,
    EB_ATTEMPTS,
    EB_RETRIES,
    EB_TO_DLQ,
    EB_NOT_TO_DLQ,
    EB_METRICS
};
extern const char *const eb_metric_names[EB_METRICS];
uint64_t eb_metric(const struct eb *, enum eb_metric);
/* Of deliveries: matched targets = delivered + dead + dropped + waiting + under way, always. */
struct delivery_counts;
const struct delivery_counts *eb_deliveries(const struct eb *);
/* All invariants, for tests. */
void eb_check(const struct eb *);

#endif
