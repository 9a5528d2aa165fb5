/* sqs.h - one Amazon SQS queue as a pure state machine: time and chance come in, answers and
 * effects go out. The rules are numbered SQS-1 … SQS-152 (docs/semantics/sqs.md); comments cite
 * them.
 *
 * Use: `sqs_advance` until sqs_deadline() > now (draining effects after each call), then one
 * operation at `now`, then advance again (an operation may leave effects behind), then `sqs_serve`
 * until it returns false. */
#ifndef SQS_H
#define SQS_H

#include "call.h"
#include "err.h"
#include "simtime.h"
#include "sqs_outcome.h"

#define SQS_DEFAULT     INT64_C(-1) /* of a time: the queue's own setting */
#define SQS_NO_GROUP    UINT32_MAX
#define SQS_NO_DEDUP_ID 0          /* of sqs_send.dedup */
#define SQS_UNIQUE      UINT64_MAX /* an id that never comes twice: nothing is remembered */
#define SQS_BATCH_MAX   10
#define SQS_REORDER_MAX 16
#define SQS_SHARDS_MAX  64

/* call.dice points to the first of these: each use of chance has a stream of its own (SQS-4). */
enum sqs_dice { SQS_DICE_SHARD, SQS_DICE_DUPLICATE, SQS_DICE_ORDER, SQS_DICE_WAKE, SQS_DICE_KINDS };

struct sqs_config {
    uint32_t queue; /* number in its account, 1 … 2^24-1: part of receipt handles */
    bool fifo;
    sim_time delay, retention, visibility, wait;
    uint32_t max_message;     /* bytes */
    uint32_t max_receive;     /* 0: no redrive policy */
    uint32_t in_flight_limit; /* SQS-69, 70 */
    /* bounds of the quota profile */
    sim_time delay_max, visibility_max, wait_max;
    /* section 28 */
    uint32_t shards, sampled;                               /* SQS-42 */
    uint32_t reorder_window;                                /* SQS-67 */
    int64_t dup_in_flight, dup_after_delete, response_lost; /* ppb: SQS-66, 39 */
    bool stale_delete_ignore;                               /* SQS-62 */
    bool change_late_error; /* SQS-56: visibility change of a message not in flight is refused */
    bool wake_random;       /* SQS-45 is arrival order */
    sim_time wake_gather;   /* SQS-46: a waiting poll's answer is put off so long, to gather more */
    bool fair;              /* SQS-73: group ids of a standard queue are tenants */
    sim_time fair_window;
    /* FIFO */
    uint32_t scan_window; /* SQS-72 */
    bool dedup_by_group;  /* SQS-96 */
    uint32_t call_rate;   /* calls per second and action (SQS-100, 101); 0: no quota */
    uint32_t group_rate;  /* of one group in high-throughput mode; 0: off */
    uint64_t watch; /* messages whose `user` has one of these bits are watched: more of them is told */
};
/* AWS's defaults of today in the ideal profile. */
void sqs_config_default(struct sqs_config *, bool fifo);

enum sqs_fx {
    SQS_FX_REMOVED, /* deleted. a: size, b: user, c: receives in this queue */
    SQS_FX_EXPIRED, /* a: size, b: user, c: time since the message was sent */
    SQS_FX_PURGED,  /* a: size, b: user */
    SQS_FX_DEAD,  /* b: user, a: index for sqs_letter: a message leaves for the dead-letter queue */
    SQS_FX_GHOST, /* a: slot, b: user: a deleted one will come back (SQS-66); answer: sqs_ghost */
    SQS_FX_SHOWN,  /* watched: its delay or visibility timeout is over. a: receives, b: user */
    SQS_FX_UNSEEN, /* watched: received, but the answer is lost (SQS-39). a: receives, b: user */
    SQS_FX_GROUP,  /* FIFO, a group with watched messages: one went in flight, or is no longer.
                      a: in flight now, b: user, c: group, times two, plus 1: it went */
    SQS_FX_KINDS
};

struct sqs_handle { /* opaque */
    uint64_t a, b;
};
struct sqs_send {
    uint64_t user;  /* the caller's tag, carried along */
    uint64_t id;    /* message id, numbered: what a duplicate is told (SQS-93); 0: nobody asks */
    uint64_t dedup; /* FIFO: the deduplication id, numbered */
    uint32_t size, group;
    sim_time delay; /* SQS_DEFAULT: the queue's */
};
struct sqs_sent {
    uint64_t sequence; /* FIFO */
    uint64_t id;       /* both are the original's when the send was a duplicate */
};
struct sqs_poll {
    uint32_t max;
    sim_time wait, visibility; /* SQS_DEFAULT: the queue's */
    uint64_t tag;              /* comes back with the answer */
    uint64_t attempt;          /* FIFO: ReceiveRequestAttemptId, numbered; 0: none */
    bool untimed;              /* the caller keeps the poll's deadline and withdraws it */
};
struct sqs_got {
    struct sqs_handle handle;
    uint64_t user, sequence;
    sim_time sent;
    int64_t first_ms; /* ApproximateFirstReceiveTimestamp */
    uint32_t size, group, receives;
    uint32_t source; /* number of the queue it was moved from; 0: none */
};
struct sqs_batch {
    uint32_t n;
    uint32_t poll; /* number of the waiting poll, when SQS_WAITING */
    uint64_t tag;
    bool lost; /* SQS-39: the answer never reaches the consumer; n is 0 */
    uint64_t coming; /* `user` of the message that may well be next: a hint, to fetch what belongs to it */
    struct sqs_got got[SQS_BATCH_MAX];
};
struct sqs_letter { /* a message on its way between queues */
    uint64_t user;
    sim_time sent;
    int64_t first_ms;
    uint32_t size, group, receives, source;
};
/* clang-format off */
enum sqs_action { SQS_ACTION_SEND, SQS_ACTION_RECEIVE, SQS_ACTION_DELETE, SQS_ACTION_CHANGE, SQS_ACTIONS };
/* clang-format on */

/* Counts since the queue was opened. Live messages: sent + moved_in + ghosts = removed + expired +
 * moved_out + purged + visible + delayed + in flight. */
struct sqs_counts {
    uint64_t sent, received, removed;
    uint64_t deletes; /* successful calls, repeated ones too */
    uint64_t deduplicated, moved_in, ghosts, expired, moved_out, purged;
    uint64_t empty_receives, throttled, over_limit;
};
struct sqs_gauges {
    uint32_t visible, in_flight, delayed, waiting_polls, groups_in_flight; /* the last: FIFO */
    uint32_t noisy_groups, noisy_visible, noisy_in_flight, noisy_delayed; /* SQS-79 */
    bool tenants;                                                         /* … has, or had */
    sim_time age; /* ApproximateAgeOfOldestMessage (SQS-133), not rounded */
};

struct sqs;
bool sqs_open(struct sqs **, const struct sqs_config *, struct err *);
void sqs_close(struct sqs *);                   /* NULL: nothing */
sim_time sqs_deadline(const struct sqs *);      /* SIM_NEVER: nothing is pending */
sim_time sqs_late_deadline(const struct sqs *); /* of waiting polls that are not `untimed` */
void sqs_advance(struct sqs *, struct call *);
/* Answers one waiting poll, if that is possible now. */
bool sqs_serve(struct sqs *, struct call *, struct sqs_batch *);
/* false: sqs_serve would find nothing to do. */
bool sqs_may_serve(const struct sqs *);
bool sqs_waiting(const struct sqs *, uint64_t *tag); /* … of the poll that waits longest. false: none */
/* Gives up one poll whose wait is over: an empty receive. false: none is due. */
bool sqs_give_up(struct sqs *, struct call *, struct sqs_batch *);

/* One token of the call quota (SQS-101 … 105): before the operation, once per API call. groups: of its entries (high
 * throughput counts them, SQS-103); NULL: none. */
enum sqs_outcome sqs_admit(struct sqs *, struct call *, enum sqs_action, const uint32_t *groups,
                           uint32_t n);
enum sqs_outcome sqs_send(struct sqs *, struct call *, const struct sqs_send *, struct sqs_sent *);
enum sqs_outcome sqs_receive(struct sqs *, struct call *, const struct sqs_poll *,
                             struct sqs_batch *);
/* Takes a waiting poll back; counted = it ended empty (its wait is over). */
void sqs_withdraw(struct sqs *, struct call *, uint32_t poll, bool counted);
enum sqs_outcome sqs_delete(struct sqs *, struct call *, struct sqs_handle);
void sqs_soon(const struct sqs *, struct sqs_handle); /* a delete is about to come: fetches what it needs */
enum sqs_outcome sqs_change(struct sqs *, struct call *, struct sqs_handle, sim_time visibility);
enum sqs_outcome sqs_purge(struct sqs *, struct call *);
/* A message that another queue moved here. */
enum sqs_outcome sqs_accept(struct sqs *, struct call *, const struct sqs_letter *);
/* The next available message, as sqs_take would take it. */
bool sqs_peek(struct sqs *, struct call *, struct sqs_letter *);
/* Takes the next available message out, in order, for a move task (SQS-121). false: none. */
bool sqs_take(struct sqs *, struct call *, struct sqs_letter *);
/* The letter of effect SQS_FX_DEAD; valid until the next call of sqs_advance. */
const struct sqs_letter *sqs_letter(const struct sqs *, uint32_t a);
void sqs_ghost(struct sqs *, struct call *, uint32_t slot, sim_time after);

/* Settings of a live queue; the caller has checked the range. */
enum sqs_setting {
    SQS_SET_DELAY,
    SQS_SET_RETENTION,
    SQS_SET_VISIBILITY,
    SQS_SET_WAIT,
    SQS_SET_MAX_MESSAGE,
    SQS_SET_MAX_RECEIVE,
    SQS_SET_DEDUP_BY_GROUP,
    SQS_SET_IN_FLIGHT_LIMIT,
    SQS_SET_CALL_RATE,
    SQS_SET_GROUP_RATE
};
void sqs_set(struct sqs *, struct call *, enum sqs_setting, int64_t value);

const struct sqs_config *sqs_config(const struct sqs *);
const struct sqs_counts *sqs_counts(const struct sqs *);
void sqs_gauges(const struct sqs *, sim_time now, struct sqs_gauges *);
/* Those of them that are read after every operation. */
struct sqs_levels {
    uint32_t visible, in_flight, delayed, groups_in_flight, waiting_polls;
};
void sqs_levels(const struct sqs *, struct sqs_levels *);
/* Age of the oldest message of quiet groups (SQS-79): walks over those of noisy ones. */
sim_time sqs_quiet_age(const struct sqs *, sim_time now);
/* FIFO: how many of the group's messages are in flight, and the `user` of its first message. */
uint32_t sqs_group_front(const struct sqs *, uint32_t group, uint64_t *user);
bool sqs_failed(const struct sqs *);              /* memory ran short where no outcome tells */
void sqs_check(const struct sqs *, sim_time now); /* all invariants, for tests: walks everything */
/* SequenceNumber in print for a number of sqs_sent / sqs_got: 20 digits (SQS-90). */
#define SQS_SEQUENCE_START UINT64_C(10000000000000000000)

#endif
