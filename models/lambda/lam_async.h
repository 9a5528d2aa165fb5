/* lam_async.h - the queue of a function's asynchronous events (LAM-24 … LAM-31) as a pure state
 * machine. An event is due some time after it was accepted; each attempt is settled by whoever made
 * it. An error is tried again after one minute and after two; a throttle after 1, 2, 4 … 300 s, for
 * as long as the event may age. What ends is told once, with its reason.
 *
 * Use: at `now` lam_async_next until it is LAM_DO_NONE; again at lam_async_deadline(). */
#ifndef LAM_ASYNC_H
#define LAM_ASYNC_H

#include "call.h"
#include "err.h"
#include "lam_outcome.h"
#include "simtime.h"

#define LAM_SYNC_BYTES  (6 * 1048576) /* LAM-1 */
#define LAM_ASYNC_BYTES 1048576
#define LAM_ASYNC_AGE   (21600 * SIM_S)

struct lam_async_config {
    uint32_t retries; /* after function errors: 0 … 2 */
    sim_time max_age; /* 60 s … 6 h */
    sim_time latency; /* from acceptance to the first attempt (LAM-31) */
    uint32_t bytes;   /* of an event */
};
void lam_async_config_default(struct lam_async_config *);

enum lam_do { LAM_DO_NONE, LAM_DO_ATTEMPT, LAM_DO_DISCARD };
enum lam_discard { LAM_RETRIES_EXHAUSTED, LAM_AGE_EXCEEDED, LAM_ZERO_RESERVED };
struct lam_event {
    uint32_t id;
    uint64_t user;
    sim_time accepted;
    uint32_t attempts; /* before this one, throttled ones too */
    uint32_t invokes;  /* that the function began (approximateInvokeCount) */
    enum lam_discard why; /* LAM_DO_DISCARD */
};
enum lam_answer {
    LAM_ANSWER_OK,
    LAM_ANSWER_ERROR,    /* the function's */
    LAM_ANSWER_THROTTLE, /* or the service's trouble: not begun */
    LAM_ANSWER_NEVER     /* the reserved concurrency is 0 (LAM-28) */
};

struct lam_async_counts { /* received = done + discarded + waiting + under way */
    uint64_t received, refused, attempts, retries, throttled, done, discarded[LAM_ZERO_RESERVED + 1];
    uint64_t requests; /* billed by size (LAM-58) */
};

struct lam_async;
bool lam_async_open(struct lam_async **, const struct lam_async_config *, struct err *);
void lam_async_close(struct lam_async *);
enum lam_outcome lam_async_accept(struct lam_async *, struct call *, uint64_t user, uint32_t bytes);
sim_time lam_async_deadline(const struct lam_async *);
/* An attempt to be made now, or an event that is too old for one; that has ended with this. */
enum lam_do lam_async_next(struct lam_async *, struct call *, struct lam_event *);
/* What became of an attempt, at its end. true: the event has ended; an answer that was not OK has
 * discarded it, and *event says why. */
bool lam_async_settle(struct lam_async *, struct call *, uint32_t id, enum lam_answer,
                      struct lam_event *);

const struct lam_async_config *lam_async_config(const struct lam_async *);
const struct lam_async_counts *lam_async_counts(const struct lam_async *);
uint32_t lam_async_waiting(const struct lam_async *);
uint32_t lam_async_under_way(const struct lam_async *);
void     lam_async_check(const struct lam_async *, sim_time now);

/* Requests that an event of this size is billed as. */
uint32_t lam_async_requests(uint32_t bytes);
/* The pause after the n-th throttle in a row, from 1 (LAM-30). */
sim_time lam_throttle_pause(uint32_t n);

#endif
