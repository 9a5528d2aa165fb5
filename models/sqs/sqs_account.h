/* sqs_account.h - an account's queues as the API shows them: names, attributes, tags, message
 * texts, batches, move tasks. As pure as the queues below it: time comes in, nothing is read or
 * written. What needs a library of its own comes in as an argument: hashes of bodies (content-based
 * deduplication), parsed policies.
 *
 * Texts given are borrowed for the call; texts answered are valid until the next call. */
#ifndef SQS_ACCOUNT_H
#define SQS_ACCOUNT_H

#include "sqs.h"
#include "sqs_attributes.h"
#include "sqs_text.h"

#define ACCOUNT_ATTRIBUTES_MAX 10 /* of a message */

struct account_config {
    const char *region, *id;          /* "us-east-1", "000000000000" */
    struct dice *dice;                /* SQS_DICE_KINDS of them */
    uint32_t batch_bytes;             /* SQS-124 */
    struct sqs_config standard, fifo; /* templates of new queues: quotas and knobs */
    sim_time create_lag, delete_lag, attribute_lag, retention_lag,
        count_lag; /* SQS-9, 11, 19, 21: 0 is ideal */
    sim_time ghost_delay;
    struct attribute_parsers parse;
};
void account_config_default(struct account_config *);

struct account;
struct account_queue;
bool account_open(struct account **, const struct account_config *, struct err *);
void account_close(struct account *);
/* The next instant at which something happens by itself, long polls included; SIM_NEVER: nothing
 * does. */
sim_time account_deadline(const struct account *);
/* Moves the clock to `now`: all that is due happens in its order. Returns true when it stopped
 * before that because a poll is answered: take the answers (account_answered) and call again. What
 * gives up at `now` itself does so only when the clock moves on (SQS-3). Operations happen at the
 * clock's time. */
bool account_advance(struct account *, sim_time now);
sim_time account_now(const struct account *);

/* --- queues --- */
struct account_pair {
    struct text name, value;
};
enum sqs_outcome account_create(struct account *, const char *name,
                                const struct account_pair *attributes, uint32_t n,
                                struct account_queue **);
enum sqs_outcome account_find(struct account *, const char *name_url_or_arn,
                              struct account_queue **);
enum sqs_outcome account_delete(struct account *, struct account_queue *);
enum sqs_outcome account_purge(struct account *, struct account_queue *);
enum sqs_outcome account_set(struct account *, struct account_queue *, const struct account_pair *,
                             uint32_t n);
/* The value of an attribute as text; NULL: the queue does not have it. */
const char *account_get(struct account *, struct account_queue *, const char *attribute);
enum sqs_outcome account_tag(struct account *, struct account_queue *, const char *key,
                             const char *value);
void account_untag(struct account *, struct account_queue *, const char *key);
/* The i-th tag by key; false: there are fewer. */
bool account_tag_at(const struct account_queue *, uint32_t i, const char **key, const char **value);
enum sqs_outcome account_permit(struct account *, struct account_queue *, const char *label,
                                uint32_t n_actions);
enum sqs_outcome account_unpermit(struct account *, struct account_queue *, const char *label);
/* Queues by name: the first at or after `from` whose name begins with prefix; NULL: none. */
struct account_queue *account_next(struct account *, const char *prefix, const char *from);
/* The sources of a dead-letter queue, one after the other (start with NULL). */
struct account_queue *account_source(struct account *, const struct account_queue *dlq,
                                     const struct account_queue *after);
const char *account_name(const struct account_queue *);
const char *account_arn(const struct account_queue *);
const char *account_url(const struct account_queue *);
struct sqs *account_core(struct account_queue *);

/* --- messages --- */
struct account_attribute {
    struct text name, type, value;
};
struct account_send {
    struct text body, group, dedup, trace; /* .at NULL: not given */
    struct text
        content;   /* hex SHA-256 of the body: needed when the queue deduplicates by content */
    int64_t delay; /* seconds; -1: not given */
    uint32_t n_attribute;
    const struct account_attribute *attribute;
};
struct account_sent {
    char id[40];       /* MessageId */
    uint64_t sequence; /* FIFO: SequenceNumber; else 0 */
};
/* Bytes that count (SQS-24). */
uint64_t account_size(const struct account_send *);
enum sqs_outcome account_send(struct account *, struct account_queue *, const struct account_send *,
                              struct account_sent *);

struct account_receive {
    int64_t max, wait, visibility; /* seconds; -1: not given */
    struct text attempt;
    uint64_t tag; /* comes back with an answer that comes later */
};
struct account_message {
    char id[40], receipt[64];
    struct text body, group, dedup, trace;
    uint32_t n_attribute;
    const struct account_attribute *attribute;
    int64_t sent_ms, first_ms;
    uint32_t receives;
    uint64_t sequence;
    const char *source_arn; /* DeadLetterQueueSourceArn; NULL: none */
};
struct account_answer {
    uint32_t n;
    uint64_t tag;
    enum sqs_outcome outcome;
    struct account_queue *queue;
    struct account_message message[SQS_BATCH_MAX];
};
/* SQS_WAITING: the answer comes later, by account_answered. */
enum sqs_outcome account_receive(struct account *, struct account_queue *,
                                 const struct account_receive *, struct account_answer *);
/* The next answer of a poll that waited; false: none is there. */
bool account_answered(struct account *, struct account_answer *);
enum sqs_outcome account_delete_message(struct account *, struct account_queue *,
                                        const char *receipt);
enum sqs_outcome account_change(struct account *, struct account_queue *, const char *receipt,
                                int64_t visibility);

/* --- batches: one outcome for the request, and when it is SQS_OK one per entry (SQS-122 … 128) ---
 */
struct account_entry {
    struct text id;
    struct account_send send;
    const char *receipt;
    int64_t visibility;
    enum sqs_outcome outcome; /* out */
    struct account_sent sent; /* out */
};
enum sqs_outcome account_send_batch(struct account *, struct account_queue *,
                                    struct account_entry *, uint32_t n);
enum sqs_outcome account_delete_batch(struct account *, struct account_queue *,
                                      struct account_entry *, uint32_t n);
enum sqs_outcome account_change_batch(struct account *, struct account_queue *,
                                      struct account_entry *, uint32_t n);

/* --- move tasks (section 18) --- */
enum task_state { TASK_RUNNING, TASK_COMPLETED, TASK_CANCELLING, TASK_CANCELLED, TASK_FAILED };
struct account_task {
    char handle[64];
    enum task_state state;
    const char *source, *destination; /* ARNs; destination NULL: where the messages came from */
    int64_t rate, started_ms;
    uint64_t moved, to_move;
    const char *failure; /* NULL: none */
};
/* rate: messages a second; -1: not given. */
enum sqs_outcome account_move_start(struct account *, const char *source_arn,
                                    const char *destination_arn, int64_t rate, char handle[64]);
enum sqs_outcome account_move_cancel(struct account *, const char *handle, uint64_t *moved);
/* The i-th newest task of a source; false: there are fewer. */
bool account_move_at(struct account *, const char *source_arn, uint32_t i, struct account_task *);

#endif
