/* sqs_account_int.h - the inside of an account; for sqs_account*.c only. */
#ifndef SQS_ACCOUNT_INT_H
#define SQS_ACCOUNT_INT_H

#include "map64.h"
#include "slab.h"
#include "sqs_account.h"

struct parcel { /* the texts of a message; its number is the core's tag */
    uint64_t id;
    uint32_t copies;
    uint32_t n_attribute;
    char *block; /* holds all texts */
    struct text body, group, dedup, trace;
    struct account_attribute *attribute;
};

struct pair { /* tag, or label */
    char *name, *value;
    struct pair *next;
};

struct account_queue {
    char name[96], arn[192], url[192];
    uint32_t number;
    struct sqs *core;
    int64_t value[ATTR_NUMBERS];
    char *text[ATTR_TEXTS_END - ATTR_NUMBERS];
    struct redrive redrive;
    struct redrive_allow allow;
    uint32_t dlq; /* number of the dead-letter queue; 0: none */
    sim_time created, modified, purged, ready_at, gone_at;
    struct pair *tags, *labels; /* tags by key */
    struct sqs_gauges shown;    /* with count_lag */
};

struct gone { /* a name that was used lately */
    char name[96];
    sim_time at;
};

struct change { /* an attribute on its way (SQS-19) */
    sim_time at;
    uint32_t queue;
    enum sqs_setting setting;
    int64_t value;
};

struct task {
    uint64_t number;
    uint32_t source, destination; /* queues; 0: where the messages came from */
    char source_arn[192], destination_arn[192];
    int64_t rate;
    sim_time started, next;
    uint64_t moved, total;
    enum task_state state;
    const char *failure;
};

struct account {
    struct account_config config;
    sim_time now;
    struct account_queue **queue; /* by number - 1; NULL: deleted */
    uint32_t n_queue, cap_queue;
    struct slab parcels;
    struct map64 groups; /* hash of a group id to its number */
    uint32_t n_group;
    uint64_t n_message;
    struct gone *gone;
    uint32_t n_gone, cap_gone;
    struct change *change;
    uint32_t n_change, cap_change;
    struct task *task;
    uint32_t n_task, cap_task;
    sim_time count_at;
    struct account_answer ready; /* an answer that waits to be taken */
    bool has_ready;
    bool failed;    /* memory ran short where no outcome tells */
    char shown[32]; /* an attribute in print */
    struct call call;
};

struct draft { /* attributes as a call gives them */
    int64_t value[ATTR_NUMBERS];
    struct text text[ATTR_TEXTS_END - ATTR_NUMBERS];
    bool given[ATTR_TEXTS_END];
    struct redrive redrive;
    struct redrive_allow allow;
    uint32_t dlq;
};

/* sqs_account_attributes.c */
enum sqs_outcome draft_check(struct account *, struct draft *, const struct account_pair *,
                             uint32_t n, bool fifo, const struct account_queue *self,
                             const char *self_arn);
bool draft_keep_texts(struct account_queue *, const struct draft *); /* false: memory is short */
void draft_keep_values(struct account *, struct account_queue *, const struct draft *);
void draft_put_in_force(struct account *, struct account_queue *, const struct draft *,
                        bool at_once);

/* sqs_account.c */
struct call *account_begin(struct account *,
                           struct account_queue *); /* settled, and ready for an operation */
void account_drain(struct account *, struct account_queue *);
struct account_queue *queue_number(const struct account *, uint32_t number);
/* Grows an array of items by one; false: memory is short. */
bool account_widen(void **array, uint32_t *cap, uint32_t n, size_t item);

/* sqs_account_queues.c */
struct account_queue *account_by_arn(struct account *, const char *arn);
void account_changes_due(struct account *);
sim_time account_changes_deadline(const struct account *);
sim_time account_gone_deadline(const struct account *);
void account_gone_due(struct account *);
void queue_close_all(struct account *);
bool queue_is_dlq(const struct account *, const struct account_queue *);

/* sqs_account_messages.c */
void parcel_drop(struct account *, uint64_t number);
void account_fill(struct account *, struct account_queue *, const struct sqs_batch *,
                  struct account_answer *);
enum sqs_outcome account_send_checked(struct account *, struct account_queue *,
                                      const struct account_send *, struct account_sent *);
enum sqs_outcome account_check_group(const struct account_queue *, const struct account_send *,
                                     bool in_batch);
bool account_group_number(struct account *, struct text group, uint32_t *number);
enum sqs_outcome account_remove(struct account *, struct account_queue *, const char *receipt);
struct parcel *parcel_at(const struct account *, uint64_t number);

/* sqs_account_moves.c */
sim_time account_tasks_deadline(const struct account *);
void account_tasks_due(struct account *);
void account_tasks_close(struct account *);

#endif
