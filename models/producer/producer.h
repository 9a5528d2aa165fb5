/* producer.h - clients that make requests: an open stream (of several laws of arrivals, or replayed from a trace) or a
 * closed group of users who wait for their answer, think, and ask again. docs/reference/arrivals.md has the laws.
 *
 * The k-th arrival of a producer comes at the same time in every configuration, and its k-th request has the same size
 * and key: nothing that happens to a request changes the next one's. (A closed group's births depend on its answers,
 * which is what closed means.) */
#ifndef PRODUCER_H
#define PRODUCER_H

#include "caller.h"
#include "event.h"
#include "draws.h"
#include "modulation.h"
#include "profile.h"
#include "world.h"

enum producer_key {
    PRODUCER_ARRIVALS,
    PRODUCER_RATE,
    PRODUCER_PROFILE,
    PRODUCER_SINE,
    PRODUCER_WEEK,
    PRODUCER_CLOCK,
    PRODUCER_INTERVAL,
    PRODUCER_STATES,
    PRODUCER_TRACE,
    PRODUCER_BATCH_SIZE,
    PRODUCER_SEND_BATCH,
    PRODUCER_START,
    PRODUCER_LIMIT,
    PRODUCER_USERS,
    PRODUCER_THINK,
    PRODUCER_RAMP_UP,
    PRODUCER_TARGET,
    PRODUCER_CALL,
    PRODUCER_SIZE,
    PRODUCER_KEY,
    PRODUCER_EVENTS,
    PRODUCER_PRIORITY,
    PRODUCER_DEADLINE,
    PRODUCER_DONE_AT,
    N_PRODUCER_KEYS
};
enum producer_span { SPAN_AT, SPAN_FOR, SPAN_RATE, SPAN_RAMP_TO, SPAN_FACTOR, SPAN_EVERY, N_SPAN_KEYS };
enum producer_sine { SINE_PERIOD, SINE_AMPLITUDE, SINE_PEAK, N_SINE_KEYS };
enum producer_state { STATE_RATE, STATE_DURATION, STATE_NEXT, N_STATE_KEYS };
enum producer_trace {
    REPLAYED_FILE,
    REPLAYED_FORMAT,
    REPLAYED_TIME,
    REPLAYED_UNIT,
    REPLAYED_COUNT,
    REPLAYED_INTERVAL,
    REPLAYED_SPREAD,
    REPLAYED_SIZE,
    REPLAYED_KEY,
    REPLAYED_TYPE,
    REPLAYED_ONLY,
    REPLAYED_FROM,
    REPLAYED_SPEED,
    REPLAYED_SCALE,
    REPLAYED_LOOP,
    REPLAYED_JITTER,
    N_REPLAYED_KEYS
};
enum producer_arrivals {
    ARRIVALS_POISSON,
    ARRIVALS_CONSTANT,
    ARRIVALS_RENEWAL,
    ARRIVALS_MMPP,
    ARRIVALS_TRACE,
    ARRIVALS_CLOSED,
    N_ARRIVALS
};

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
    PRODUCER_CALLER, /* CALLER_METRICS */
    N_PRODUCER_METRICS = PRODUCER_CALLER + N_CALLER_METRICS
};

struct producer_replay;
extern const struct key producer_keys[N_PRODUCER_KEYS];

struct producer {
    struct entity           e; /* first */
    enum producer_arrivals  arrivals;
    struct draws            gaps;     /* between arrivals, by number */
    struct profile          profile;
    struct profile_walk     walk;
    struct modulation       modulation;
    struct modulation_walk  states;
    const struct dist      *interval;
    sim_time                clock;    /* renewal: the last arrival */
    struct producer_replay *replay;
    struct sim_timer        next;
    uint64_t                epoch;    /* arrivals so far; a batch is one */
    uint64_t                item, limit; /* requests so far */
    const struct dist      *batch;    /* NULL: one request an arrival */
    bool                    send_batch;
    uint32_t                parcel_max; /* messages in one call of it */
    int64_t                 users;
    struct activity        *user; /* closed: one each */
    struct stock            activities; /* open: one per request under way */
    struct slab             parcels, flights; /* send_batch (producer_send.c) */
    const struct dist      *think, *size, *key;
    struct event_mix        events;
    struct rng_stream       event_stream;
    int64_t                 size_constant; /* -1: sampled */
    struct rng_stream       arrival_stream, batch_stream, state_stream, think_stream, size_stream, key_stream;
    struct caller_policy    policy;
    struct request_source   source;
    uint32_t                source_number;
    bool                    down;
    bool                    plain;    /* not down, and its requests come one by one and are all alike (producer_judge) */
    int64_t                 n_active;
    struct obs_counter      told_ok, told_no, tries, retries, timeouts;
    struct caller_metrics   caller;
    struct obs_counter      in_time, late, waiting, lost, repeated, gave_up_done; /* of source.fates, at the end */
};

/* The entity at which the producer's requests are done: as written, or, where that is clear, the end of the way from its
 * target. NULL: not clear. */
const struct spec_entity *producer_done_at(const struct spec *, const struct spec_entity *);
/* What is wrong between settings. */
void producer_check(const struct spec *, const struct spec_entity *, struct problems *);
/* Arrivals as set; false: memory is short. */
bool producer_open_arrivals(struct producer *);

void producer_open(struct producer *);
void producer_start(struct entity *);
void producer_fault(struct entity *, const struct fault_state *);
void producer_finish(struct entity *, sim_time now);
bool producer_conserve(struct entity *, sim_time now, struct err *);
void producer_close(struct entity *);

#endif
