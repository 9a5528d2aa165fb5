/* producer.h - clients that make requests: an open stream (Poisson or constant, of a rate that may vary over time) or a
 * closed group of users who wait for their answer, think, and ask again.
 *
 * The k-th request of a producer has the same birth, size and key in every configuration: nothing that happens to a request
 * changes the next one's. (A closed group's births depend on its answers, which is what closed means.) */
#ifndef PRODUCER_H
#define PRODUCER_H

#include "caller.h"
#include "profile.h"
#include "world.h"

enum producer_key {
    PRODUCER_ARRIVALS,
    PRODUCER_RATE,
    PRODUCER_PROFILE,
    PRODUCER_START,
    PRODUCER_LIMIT,
    PRODUCER_USERS,
    PRODUCER_THINK,
    PRODUCER_TARGET,
    PRODUCER_CALL,
    PRODUCER_SIZE,
    PRODUCER_KEY,
    PRODUCER_DEADLINE,
    PRODUCER_DONE_AT,
    N_PRODUCER_KEYS
};
enum producer_span { SPAN_AT, SPAN_FOR, SPAN_RATE, N_SPAN_KEYS };
enum producer_arrivals { ARRIVALS_POISSON, ARRIVALS_CONSTANT, ARRIVALS_CLOSED };

enum producer_metric {
    PRODUCER_OFFERED,
    PRODUCER_IN_TIME,
    PRODUCER_LATE,
    PRODUCER_WAITING,
    PRODUCER_LOST,
    PRODUCER_REPEATED,
    PRODUCER_GAVE_UP_DONE,
    PRODUCER_DONE,
    PRODUCER_TOLD_OK,
    PRODUCER_TOLD_NO,
    PRODUCER_TRIES,
    PRODUCER_RETRIES,
    PRODUCER_TIMEOUTS,
    PRODUCER_LATENCY,
    PRODUCER_ANSWER,
    N_PRODUCER_METRICS
};

struct producer {
    struct entity          e; /* first */
    enum producer_arrivals arrivals;
    struct profile         profile;
    struct profile_walk    walk;
    struct sim_timer       next;
    uint64_t               item, limit;
    int64_t                users;
    struct activity       *user; /* closed: one each */
    struct slab            activities; /* open: one per request under way */
    const struct dist     *think, *size, *key;
    int64_t                size_constant; /* -1: sampled */
    struct rng_stream      arrival_stream, think_stream, size_stream, key_stream;
    struct caller_policy   policy;
    struct request_source  source;
    uint32_t               source_number;
    bool                   down;
    uint64_t               n_offered, n_told; /* never reset */
    int64_t                n_active;
    struct obs_counter     told_ok, told_no, tries, retries, timeouts;
    struct obs_counter     in_time, late, waiting, lost, repeated, gave_up_done; /* of source.fates, at the end */
};

/* The entity at which the producer's requests are done: as written, or, where that is clear, the end of the way from its
 * target. NULL: not clear. */
const struct spec_entity *producer_done_at(const struct spec *, const struct spec_entity *);
/* The spans of the profile in order of time; NULL: memory is short. */
struct profile_span *producer_spans(struct arena *, const struct value *profile);

void producer_open(struct producer *);
bool producer_users(struct producer *); /* room for p->users of them; false: memory is short */
void producer_start(struct entity *);
void producer_fault(struct entity *, const struct fault_state *);
void producer_finish(struct entity *, sim_time now);
bool producer_conserve(struct entity *, sim_time now, struct err *);
void producer_close(struct entity *);

#endif
