/* filter.h - one engine for SNS filter policies (both scopes) and EventBridge patterns.
 *
 * A policy is compiled once (filter_json.h) and never changes. An event - a message's attributes,
 * its body, or an event of a bus - is prepared once, in a simulation once per template. Judging one
 * by the other allocates nothing, and both may be shared between threads. Rules:
 * docs/semantics/sns.md (SNS-57 to SNS-76) and eventbridge.md (EB-19 to EB-36).
 *
 * Judged is what EB-35 says: `$or` is expanded into alternatives, the event is flattened into
 * occurrences (path, value, which element of which array it lies in), and an alternative matches
 * when for each of its paths one occurrence can be chosen so that no array is used with two
 * different elements. */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum filter_dialect {
    FILTER_SNS_ATTRIBUTES, /* FilterPolicyScope MessageAttributes */
    FILTER_SNS_BODY,       /* FilterPolicyScope MessageBody */
    FILTER_EVENTBRIDGE     /* also the filters of pipes and event source mappings */
};

/* ---- a compiled policy ---- */
struct filter;
void filter_free(struct filter *);          /* NULL: nothing */
size_t filter_bytes(const struct filter *); /* its memory: one block */
enum filter_dialect filter_dialect_of(const struct filter *);
uint64_t filter_combinations(const struct filter *); /* as SNS counts them (SNS-73) */
uint32_t
filter_keys(const struct filter *); /* on the top level, those of `$or` included (SNS-72) */
uint32_t filter_wildcards(
    const struct filter *); /* wildcard conditions; a bus may have 30 rules with some (EB-24) */

/* ---- a prepared event ---- */
struct filter_event;
void filter_event_free(struct filter_event *); /* NULL: nothing */

/* ---- judging ---- */
enum filter_verdict { /* what is not a match names the metric that counts it (SNS-76) */
                      FILTER_MATCH,
                      FILTER_ATTRIBUTES_DIFFER,  /* …FilteredOut-MessageAttributes */
                      FILTER_ATTRIBUTES_NONE,    /* …FilteredOut-NoMessageAttributes */
                      FILTER_ATTRIBUTES_INVALID, /* …FilteredOut-InvalidAttributes */
                      FILTER_BODY_DIFFERS,       /* …FilteredOut-MessageBody */
                      FILTER_BODY_INVALID,       /* …FilteredOut-InvalidMessageBody */
                      FILTER_EVENT_DIFFERS       /* EventBridge has no such metric */
};
#define FILTER_VERDICTS 7
/* The event must have been prepared for the filter's dialect. No filter (NULL) matches everything
 * (SNS-58). */
enum filter_verdict filter_judge(const struct filter *, const struct filter_event *);
bool filter_matches(const struct filter *, const struct filter_event *);

/* ---- many filters of one dialect: a bus with its rules, a topic with its subscriptions ----
 * An index over the filters: those that can match are found by the values of the event, so that the
 * cost goes with what matches and not with how many there are. It borrows the filters, which must
 * outlive it. */
struct filter_set;
/* filter[i] NULL: matches everything. NULL: memory is short. */
struct filter_set *filter_set_new(const struct filter *const *filter, uint32_t n);
void filter_set_free(struct filter_set *);
size_t filter_set_bytes(const struct filter_set *);
/* The words that filter_set_match fills for n filters. */
#define FILTER_WORDS(n) (((n) + 63) / 64)
/* Bit i of `matched` (bit i % 64 of word i / 64) is set where filter i matches, cleared where not;
 * returns how many. */
uint32_t filter_set_match(const struct filter_set *, const struct filter_event *,
                          uint64_t *matched);

#endif
