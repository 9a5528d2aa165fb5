/* sns.h - one Amazon SNS topic as a pure state machine: time and chance come in, attempts to
 * deliver and effects go out. The rules are numbered SNS-1 … SNS-86 (docs/semantics/sns.md);
 * comments cite them. Names, texts and ARNs are an account's business (sns_account.h).
 *
 * Use: at `now`, sns_advance and then sns_next until it returns false and left no effects; then
 * operations (publish, subscribe, settle); then sns_next again; again at sns_deadline(). Effects
 * stand in the call after each. call.dice: DELIVERY_DICE_KINDS of them. */
#ifndef SNS_H
#define SNS_H

#include "call.h"
#include "delivery.h"
#include "err.h"
#include "sns_kinds.h"
#include "sns_outcome.h"
#include "sns_quota.h"

#define SNS_NO_GROUP    UINT32_MAX
#define SNS_NO_DEDUP_ID 0          /* of sns_publish.dedup */
#define SNS_UNIQUE      UINT64_MAX /* an id that never comes twice: nothing is remembered */
#define SNS_BATCH_MAX   10
#define SNS_LITERAL                                                                                \
    UINT32_MAX                /* of sns_publish.event: what filters say of it is not remembered    \
                               */
#define SNS_RAW_ATTRIBUTES 10 /* that raw delivery to SQS takes (SNS-37) */

struct filter;
struct filter_event;

struct sns_config {
    bool fifo;
    bool group_scope;          /* FifoThroughputScope=MessageGroup (SNS-19, 24) */
    uint32_t max_message;      /* bytes (SNS-12) */
    uint32_t topic_rate;       /* messages a second, scope Topic (SNS-19); 0: none */
    uint32_t topic_bytes;      /* bytes a second, the same */
    uint32_t group_rate;       /* messages a second of one group; 0: none */
    struct sns_region *region; /* the account's quota there (SNS-18), shared; NULL: none */
    uint32_t subscriptions_max, filters_max; /* SNS-3 */
    int64_t duplicates;                      /* p_dup_delivery, ppb (SNS-31) */
    bool jitter;                             /* SNS-50 */
    bool count_initial;                      /* SNS-42 */
    sim_time archive;                        /* retention; 0: off (SNS-77) */
    uint32_t replay_rate;                    /* messages a second and subscription (SNS-78) */
    /* The filter engine: SNS_MATCHES, or why not. */
    enum sns_reason (*judge)(const struct filter *, const struct filter_event *);
};
/* AWS's defaults in the ideal profile. */
void sns_config_default(struct sns_config *, bool fifo);

/* The retry policy of HTTP/S as in force (SNS-43, 47, 48). */
struct sns_policy {
    bool given;
    struct retry_law law;
    uint32_t per_second; /* maxReceivesPerSecond; 0: none */
};
/* The subscription's, the topic's, or the default. */
void sns_policy_effective(struct sns_policy *, const struct sns_policy *topic,
                          const struct sns_policy *own, bool disable_overrides);

struct sns_subscription { /* what is subscribed */
    enum sns_endpoint endpoint;
    bool raw;
    enum sns_scope scope;
    const struct filter *filter; /* outlives the subscription; NULL: everything */
    enum sns_dead_letter dead_letter;
    struct sns_policy policy; /* HTTP/S; others: a cap only, of a model */
    sim_time after;           /* confirmation, or a policy on its way (SNS-6, 71); 0: at once */
    uint64_t user;            /* the owner's: comes back in attempts */
};
/* Whether the service would take it (SNS-5, 8, 53); SNS_OK or a refusal. */
enum sns_outcome sns_judge(const struct sns_config *, const struct sns_subscription *);

enum sns_fx {
    SNS_FX_DEAD,        /* a letter for the dead-letter queue. a: subscription, b: message,
                           c: retries made << 8 | enum delivery_end */
    SNS_FX_DROPPED,     /* given up, and there is none. The same */
    SNS_FX_DONE,        /* no copy of the message is on its way any more. a: message, b: user */
    SNS_FX_ARCHIVED,    /* … a copy is kept. The same */
    SNS_FX_FORGOTTEN,   /* … no more: its time in the archive is over. The same */
    SNS_FX_REPLAYED,    /* from the archive, on its way again. a: message, b: user */
    SNS_FX_REPLAY_OVER, /* a: subscription */
    SNS_FX_KINDS
};

struct sns_publish {
    uint64_t user;  /* the caller's tag, carried along */
    uint64_t dedup; /* FIFO: the deduplication id, numbered */
    uint32_t size, group;
    uint32_t attribute_bytes, n_attributes;
    uint32_t
        event; /* number of a template (what filters say of it is remembered), or SNS_LITERAL */
    bool bad_attributes;                          /* they cannot be filtered: malformed (SNS-76) */
    const struct filter_event *attributes, *body; /* NULL: none, no JSON object */
};
struct sns_published {
    uint64_t id, sequence; /* both are the original's when it was a duplicate */
    uint32_t copies, filtered;
};
struct sns_message { /* what is known of a message on its way */
    uint64_t user, id, dedup, sequence;
    sim_time published;
    uint32_t size, group, attribute_bytes, n_attributes, event;
    bool replayed;
};
struct sns_attempt {
    uint32_t id; /* for sns_settle */
    uint32_t subscription;
    uint64_t subscription_user;
    uint32_t message, number; /* number: 0 the first */
    enum sns_endpoint endpoint;
    bool raw, again;
    bool refused;   /* cannot be delivered (SNS-37): settle with DELIVERY_NEVER, and ask nobody */
    bool throttled; /* the caller's, in sns_settle: Firehose throttles (SNS-41) */
};

/* Counts since the topic was opened, named as CloudWatch has them where it does (SNS-80). */
struct sns_counts {
    uint64_t published, bytes, deduplicated, throttled, refused;
    uint64_t delivered, failed;      /* failed: by SNS-80, each attempt of HTTP/S */
    uint64_t redriven, not_redriven; /* to dead-letter queues */
    uint64_t filtered[SNS_REASONS], filtered_out;
    uint64_t matched; /* copies fanned out */
    uint64_t archived, replayed;
};

struct sns;
bool sns_open(struct sns **, const struct sns_config *, struct err *);
void sns_close(struct sns *); /* NULL: nothing */

/* Subscriptions are numbered from 0; numbers of ended ones are taken again. */
enum sns_outcome sns_subscribe(struct sns *, struct call *, const struct sns_subscription *,
                               uint32_t *number);
/* What waits is dropped (SNS-9): sns_next tells it. */
void sns_unsubscribe(struct sns *, struct call *, uint32_t number);
/* A new filter policy, in force now. */
enum sns_outcome sns_refilter(struct sns *, struct call *, uint32_t number, const struct filter *,
                              enum sns_scope);
/* A subscription that waits for its confirmation is in force from now on. */
void sns_confirm(struct sns *, struct call *, uint32_t number);
/* Attributes of a subscription that exists. */
enum sns_outcome sns_set_dead_letter(struct sns *, uint32_t number, enum sns_dead_letter);
enum sns_outcome sns_set_policy(struct sns *, uint32_t number, const struct sns_policy *);
void sns_set_raw(struct sns *, uint32_t number, bool raw);
/* Attributes of the topic. archive 0: off; what is kept leaves at once. */
void sns_set_scope(struct sns *, bool group_scope);
void sns_set_archive(struct sns *, sim_time archive);
/* Whether the subscription's filter lets it through. */
bool sns_gets(const struct sns *, uint32_t number, const struct sns_publish *);
/* The quota that it shares; NULL: none. */
void sns_set_region(struct sns *, struct sns_region *);
uint64_t sns_subscription_user(const struct sns *, uint32_t number);

/* One API call with n messages: the quotas (SNS-18 … 20). SNS_OK or SNS_THROTTLED. */
enum sns_outcome sns_admit(struct sns *, struct call *, const struct sns_publish *, uint32_t n);
enum sns_outcome sns_publish(struct sns *, struct call *, const struct sns_publish *,
                             struct sns_published *);
/* Archive and replays that are due. */
void sns_advance(struct sns *, struct call *);
/* The next attempt that is due now. false: none; when there are effects, ask once more. */
bool sns_next(struct sns *, struct call *, struct sns_attempt *);
/* What became of it; call->now: when it ended. */
void sns_settle(struct sns *, struct call *, const struct sns_attempt *, enum delivery_result);
/* The letter of SNS_FX_DEAD reached the queue, or did not (SNS-56). */
void sns_redriven(struct sns *, uint32_t number, bool ok);
sim_time sns_deadline(const struct sns *);
/* Memory ran short where no outcome tells: what it counts means nothing. */
bool sns_failed(const struct sns *);

/* A message by its number: in an attempt, or in an effect until the next call. */
void sns_message(const struct sns *, uint32_t message, struct sns_message *);
/* Re-delivers what was published in [from, to) (SNS-78), beginning now. */
enum sns_outcome sns_replay(struct sns *, struct call *, uint32_t number, sim_time from,
                            sim_time to);
enum sns_replay_state { SNS_NO_REPLAY, SNS_REPLAY_PENDING, SNS_REPLAYING, SNS_REPLAY_COMPLETED };
enum sns_replay_state sns_replay_state(const struct sns *, uint32_t number);

/* Bytes that an endpoint gets: raw the message, else an envelope around it (SNS-35, 36, 38). */
uint32_t sns_body_size(const struct sns *, const struct sns_message *, bool raw);
#define SNS_ENVELOPE      1000 /* bytes of a standard topic's envelope, about (SNS-38) */
#define SNS_ENVELOPE_FIFO 400  /* without signature */

const struct sns_config *sns_config(const struct sns *);
const struct sns_counts *sns_counts(const struct sns *);
const struct delivery_counts *sns_deliveries(const struct sns *);
struct sns_line_counts {
    struct delivery_counts deliveries;
    uint64_t filtered;
};
void sns_line_counts(const struct sns *, uint32_t number, struct sns_line_counts *);
uint32_t sns_subscriptions(const struct sns *);
/* Memory that subscriptions take, deliveries' lines included. */
uint64_t sns_bytes(const struct sns *);
/* All invariants, for tests: walks everything. */
void sns_check(const struct sns *, sim_time now);
/* SequenceNumber in print: 20 digits (SNS-22). */
#define SNS_SEQUENCE_START UINT64_C(10000000000000000000)

#endif
