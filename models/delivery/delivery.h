/* delivery.h - messages on their way from a service that pushes (a topic, a bus) to its subscribers: each pair of message and
 * subscriber is a delivery with its own attempts (SNS-30, EB-6). A pure state machine: time and chance come in.
 *
 * A *line* is one subscriber (a subscription of a topic, a target of a rule). A message is fanned out to a list of lines; what is
 * due is asked for with delivery_next, attempt by attempt, and what became of each is told with delivery_settle. Nothing is kept
 * for a delivery before its first attempt unless it must wait, and nothing after it has ended: a message for a million lines
 * costs one entry.
 *
 * Use: at `now` delivery_next until it returns false; then the world may answer (delivery_settle, at once or later); again at
 * delivery_deadline(). The array given to delivery_fan must stay as it is until delivery_next has returned false.
 *
 * Conservation, at every instant (delivery_check): begun = delivered + dead + dropped + waiting + under_way. */
#ifndef DELIVERY_H
#define DELIVERY_H

#include "call.h"
#include "err.h"
#include "retry_law.h"

#define DELIVERY_NO_GROUP UINT32_MAX

/* call.dice points to the first of these. */
enum delivery_dice { DELIVERY_DICE_DUPLICATE, DELIVERY_DICE_JITTER, DELIVERY_DICE_KINDS };

enum delivery_result {
    DELIVERY_OK,
    DELIVERY_AGAIN, /* a server's error: tried again (SNS-40, EB-39) */
    DELIVERY_NEVER  /* a client's error: dead letter at once */
};
/* Why a delivery ended without success. */
enum delivery_end { DELIVERY_REFUSED, DELIVERY_ATTEMPTS_EXHAUSTED, DELIVERY_AGE_EXCEEDED, DELIVERY_LINE_CLOSED };

/* Effects of the calls below. a: line; b: the message's user; c: retries made << 8 | enum delivery_end. */
enum delivery_fx {
    DELIVERY_FX_DEAD,    /* goes to the line's dead-letter queue */
    DELIVERY_FX_DROPPED, /* it has none */
    DELIVERY_FX_KINDS
};

struct delivery_line { /* what a line is opened with */
    const struct retry_law *law; /* outlives the line */
    bool     ordered;            /* the deliveries of a group go one after the other (SNS-28, EB-56) */
    bool     dead_letter;        /* it has a dead-letter queue */
    uint32_t per_second;         /* attempts: a bucket of one second, excess waits in order (SNS-47); 0: no cap */
    uint64_t user;               /* the owner's: comes back in attempts */
};
struct delivery_message {
    uint64_t user;  /* the caller's tag, carried along */
    uint32_t group; /* DELIVERY_NO_GROUP: none */
};
struct delivery_attempt {
    uint32_t id;      /* for delivery_settle */
    uint32_t line;
    uint64_t line_user;
    struct delivery_message message;
    uint32_t number;  /* 0: the first */
    sim_time began;   /* when the message was fanned out */
    bool     again;   /* a second delivery of a message that was delivered already (SNS-31, EB-6) */
};
struct delivery_config {
    uint32_t per_second;  /* attempts of all lines together (EB-18), excess waits; 0: no cap */
    int64_t  duplicates;  /* chance that what was delivered is delivered once more, ppb */
    bool     count_initial; /* a law's count includes the first attempt (SNS-42) */
};
struct delivery_counts { /* of the set; of a line */
    uint64_t begun, delivered, dead, dropped;
    uint64_t attempts, retries, failed, twice; /* failed: attempts; twice: second deliveries begun (not in `begun`) */
    uint64_t waiting, under_way;
};

struct delivery;
bool delivery_open(struct delivery **, const struct delivery_config *, struct err *);
void delivery_close(struct delivery *); /* NULL: nothing */
/* Number of the line, from 0; UINT32_MAX: memory is short. Numbers of closed lines are taken again. At most 72 bytes each. */
uint32_t delivery_line_open(struct delivery *, const struct delivery_line *);
/* What waits for it is dropped (SNS-9): the next calls of delivery_next have the effects. What is under way may still be
 * settled; the number is free when the last delivery has ended. */
void delivery_line_close(struct delivery *, struct call *, uint32_t line);
/* Another law (NULL: the old one), with or without a dead-letter queue: for what is not decided yet. */
void delivery_line_set(struct delivery *, uint32_t line, const struct retry_law *, bool dead_letter);
void delivery_line_counts(const struct delivery *, uint32_t line, struct delivery_counts *);

/* A message for n lines, at call->now. false: memory is short, and nothing has happened. */
bool delivery_fan(struct delivery *, struct call *, const struct delivery_message *, const uint32_t *lines, uint32_t n);
/* The next attempt that is due now. false: none; carry out the effects (deliveries whose age is over, or whose line is closed),
 * and call again while delivery_deadline() is not after now. */
bool delivery_next(struct delivery *, struct call *, struct delivery_attempt *);
/* What became of an attempt; call->now: when it ended (the delay of a retry runs from here, SNS-46). */
void delivery_settle(struct delivery *, struct call *, uint32_t id, enum delivery_result);
/* When delivery_next has something to do; SIM_NEVER: nothing is pending. */
sim_time delivery_deadline(const struct delivery *);
const struct delivery_counts *delivery_counts(const struct delivery *);
/* Memory ran short in delivery_next or delivery_settle: the set stands still, and what it counts means nothing. */
bool delivery_failed(const struct delivery *);
/* All invariants, for tests: walks everything. */
void delivery_check(const struct delivery *);

#endif
