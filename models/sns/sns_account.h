/* sns_account.h - an account's topics and subscriptions as the API shows them: names, ARNs,
 * attributes, message texts, batches. As pure as the topics below it: time comes in, endpoints are
 * called back. What needs a library of its own comes in as functions: JSON, filter policies.
 *
 * Texts given are borrowed for the call. */
#ifndef SNS_ACCOUNT_H
#define SNS_ACCOUNT_H

#include "sns.h"
#include "sns_text.h"

#define SNS_REASON 200 /* bytes of a sentence that says what is wrong */

struct sns_parsers {
    bool (*filter)(struct sns_text json, enum sns_scope, struct filter **, char reason[SNS_REASON]);
    void (*filter_free)(struct filter *);
    enum sns_reason (*judge)(const struct filter *, const struct filter_event *);
    /* What filters see of a message; false: memory is short. */
    bool (*events)(struct sns_text body, const struct sns_attribute *, uint32_t n,
                   struct filter_event **attributes, struct filter_event **json);
    void (*event_free)(struct filter_event *);
    bool (*redrive)(struct sns_text json, char arn[256]); /* deadLetterTargetArn */
    bool (*policy)(struct sns_text json, struct sns_policy *, bool *disable_overrides);
    bool (*archive)(struct sns_text json, int64_t *days);
    bool (*replay)(struct sns_text json, sim_time *from, sim_time *to);
    /* MessageStructure=json: the text for a protocol, or for "default" (SNS-15). */
    enum sns_outcome (*structure)(struct sns_text json, const char *protocol, struct sns_string *);
};

struct sns_account;
struct sns_topic;
struct sns_member; /* a subscription */

struct sns_account_attempt {
    struct sns_topic *topic;
    struct sns_member *member;
    const char *endpoint, *id;
    enum sns_endpoint kind;
    struct sns_attempt core;
    struct sns_text body, group, dedup; /* what the endpoint gets */
    uint32_t n_attribute;               /* raw, to a queue: as attributes of its own */
    const struct sns_attribute *attribute;
};
struct sns_account_config {
    const char *region, *id;
    struct dice *dice;                 /* DELIVERY_DICE_KINDS of them */
    struct sns_config standard, fifo;  /* templates */
    uint32_t standard_rate, fifo_rate; /* messages a second (SNS-18) */
    uint32_t topics_max, fifo_topics_max, filters_max, pending_max; /* SNS-3 */
    uint32_t subscribe_rate;
    sim_time confirm_delay; /* SIM_NEVER: by sns_account_confirm */
    sim_time filter_lag;
    struct sns_parsers parse;
    void *context;
    /* An endpoint is called. Answer with sns_account_settle, at once or later. */
    void (*attempt)(void *context, const struct sns_account_attempt *);
    /* A letter for a queue; false: it cannot be written. */
    bool (*dead)(void *context, const char *queue_arn, const struct sns_account_attempt *);
};
void sns_account_config_default(struct sns_account_config *);

bool sns_account_open(struct sns_account **, const struct sns_account_config *, struct err *);
void sns_account_close(struct sns_account *);
sim_time sns_account_deadline(const struct sns_account *);
/* Moves the clock; all that is due by then happens in its order. */
void sns_account_advance(struct sns_account *, sim_time now);
sim_time sns_account_now(const struct sns_account *);
/* Of the last refusal: what exactly was wrong; "" when its code says it all. */
const char *sns_account_reason(const struct sns_account *);

struct sns_pair {
    struct sns_text name, value;
};
enum sns_outcome sns_account_create(struct sns_account *, const char *name, const struct sns_pair *,
                                    uint32_t n, struct sns_topic **);
/* By ARN, or by name in this account and region. */
enum sns_outcome sns_account_find(struct sns_account *, const char *arn, struct sns_topic **);
enum sns_outcome sns_account_delete(struct sns_account *, const char *arn);
enum sns_outcome sns_account_set(struct sns_account *, struct sns_topic *, struct sns_pair);
const char *sns_account_get(const struct sns_topic *, const char *attribute); /* NULL: not there */
const char *sns_account_arn(const struct sns_topic *);
struct sns *sns_account_core(struct sns_topic *);

enum sns_outcome sns_account_subscribe(struct sns_account *, struct sns_topic *,
                                       const char *protocol, const char *endpoint,
                                       const struct sns_pair *, uint32_t n, struct sns_member **);
enum sns_outcome sns_account_confirm(struct sns_account *, struct sns_member *);
enum sns_outcome sns_account_member(struct sns_account *, const char *arn, struct sns_member **);
enum sns_outcome sns_account_unsubscribe(struct sns_account *, const char *arn);
enum sns_outcome sns_account_set_member(struct sns_account *, struct sns_member *, struct sns_pair);
const char *sns_account_get_member(const struct sns_member *, const char *attribute);
const char *sns_account_member_arn(const struct sns_member *);
struct sns_topic *sns_account_member_topic(const struct sns_member *);
uint32_t sns_account_member_number(const struct sns_member *);
/* EffectiveDeliveryPolicy (SNS-48). */
void sns_account_effective(const struct sns_member *, struct sns_policy *);

struct sns_letter {                                         /* what is published */
    struct sns_text body, subject, structure, group, dedup; /* .at NULL: not given */
    struct sns_text content; /* hex SHA-256 of the body, where the topic deduplicates by content */
    uint32_t n_attribute;
    const struct sns_attribute *attribute;
};
struct sns_sent {
    char id[40];
    uint64_t sequence;
};
enum sns_outcome sns_account_publish(struct sns_account *, struct sns_topic *,
                                     const struct sns_letter *, struct sns_sent *);
struct sns_entry {
    struct sns_text id;
    struct sns_letter letter;
    enum sns_outcome outcome; /* out */
    struct sns_sent sent;     /* out */
};
enum sns_outcome sns_account_publish_batch(struct sns_account *, struct sns_topic *,
                                           struct sns_entry *, uint32_t n);
/* What became of an attempt, now. */
void sns_account_settle(struct sns_account *, struct sns_topic *, const struct sns_attempt *,
                        enum delivery_result);
void sns_account_check(const struct sns_account *); /* all invariants */

#endif
