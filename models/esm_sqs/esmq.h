/* esmq.h - an event source mapping of Lambda on an SQS queue as a pure state machine: it polls, makes
 * batches, has them invoked, and says which messages are done (LAM-32 … LAM-50).
 *
 * A slot either polls or invokes, and there are `limit` of them: five at first, 300 more a minute
 * while there is work (LAM-34, LAM-36), or ten for each provisioned poller (LAM-47). What polls bring
 * goes into the one batch that is being gathered.
 *
 * Use: at `now` esmq_advance while esmq_deadline() <= now, then esmq_next until it is ESMQ_NOTHING:
 * polls to be made (esmq_answer) and batches to be invoked (esmq_settle, then esmq_release). Again
 * after each of these calls. Memory grows with batches under way. */
#ifndef ESMQ_H
#define ESMQ_H

#include "call.h"
#include "err.h"
#include "esmq_rule.h"
#include "simtime.h"

struct esmq_message {
    uint64_t user; /* the caller's, carried along */
    uint32_t size;
    bool     keep; /* at the end: it stays in the queue */
};

struct esmq;
bool esmq_open(struct esmq **, const struct esmq_config *, struct err *);
void esmq_close(struct esmq *);
/* Ends of batching windows, tries after throttles, changes of the limit. */
sim_time esmq_deadline(const struct esmq *);
void     esmq_advance(struct esmq *, struct call *);

enum esmq_what {
    ESMQ_NOTHING,
    ESMQ_POLL,
    ESMQ_INVOKE,
    ESMQ_LEAVE, /* paused: the batch was not begun, and stays in the queue: it is to be released */
};
struct esmq_do {
    uint32_t max;   /* ESMQ_POLL: messages at most */
    sim_time wait;  /* … and how long */
    uint32_t batch; /* ESMQ_INVOKE, ESMQ_LEAVE */
    uint32_t try;   /* … from 0: above, it was throttled before */
};
enum esmq_what esmq_next(struct esmq *, struct call *, struct esmq_do *);

/* A poll has brought n messages (0 … max); skipped: more that no filter lets through (LAM-55), to be
 * deleted by the caller. at_once: it did not have to wait for them. false: memory is short, and the
 * mapping is of no more use. */
bool esmq_answer(struct esmq *, struct call *, const struct esmq_message *, uint32_t n,
                 uint32_t skipped, bool at_once);
/* A poll was refused; it is made again after a second. */
void esmq_refused(struct esmq *, struct call *);

enum esmq_result {
    ESMQ_DONE,      /* failed: n flags of items that were not (LAM-43); NULL: all were */
    ESMQ_ERROR,     /* the function's, or a response that means nothing */
    ESMQ_THROTTLED, /* not begun */
};
/* true: the batch has ended: messages that are not `keep` are to be deleted, then it is released. Where that was only as much of a
 * FIFO queue's messages as fits, what is behind comes next, as a batch with the same number; if not all of it was done, it has what
 * is behind in it, too, all of it `keep` (LAM-39). false: it will be invoked again. */
bool esmq_settle(struct esmq *, struct call *, uint32_t batch, enum esmq_result, const bool *failed);
void esmq_release(struct esmq *, struct call *, uint32_t batch);
struct esmq_message *esmq_batch(const struct esmq *, uint32_t batch, uint32_t *n);

/* No polls and no batches from now on, and again. What has begun goes on, what was gathered is left (ESMQ_LEAVE). Polls that wait are
 * the caller's to end. */
void esmq_pause(struct esmq *, bool);

struct esmq_counts { /* messages = deleted + kept + held; batches = done + errors + dropped + left + under way */
    uint64_t polls, empty, refused, messages, skipped, deleted, kept;
    uint64_t batches, invocations, throttled, done, partial, errors, dropped, left;
};
struct esmq_gauges {
    uint32_t limit, pollers, polling, ready; /* pollers: provisioned mode */
    uint32_t invoking, pausing; /* pausing: of these, throttled ones that will be tried again */
    uint32_t held; /* messages in batches, the one being gathered among them */
};
const struct esmq_config *esmq_config(const struct esmq *);
const struct esmq_counts *esmq_counts(const struct esmq *);
void esmq_gauges(const struct esmq *, struct esmq_gauges *);
void esmq_check(const struct esmq *, sim_time now);

#endif
