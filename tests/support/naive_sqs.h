/* naive_sqs.h - the rules of a queue once more, as plainly as they can be said: one array of
 * messages, looked through from end to end for everything. It shares no code with the core; the two
 * are played against each other. */
#ifndef NAIVE_SQS_H
#define NAIVE_SQS_H

#include "sqs.h"

#define NAIVE_MAX 4096

struct naive_message {
    uint64_t life; /* 0: gone */
    uint64_t user, seq, event;
    uint32_t size, group, count;
    uint32_t before; /* receives in the queue that it was moved from */
    bool moved;
    sim_time sent, key, due, start;
    int64_t first_ms;
    enum { NAIVE_DELAYED, NAIVE_READY, NAIVE_FLYING } state;
    bool changed;
};
struct naive_taken {
    uint64_t id;
    uint32_t group;
    sim_time at;
};
struct naive_attempt {
    uint64_t id;
    sim_time at;
    uint32_t n;
    uint64_t life[10];
    uint32_t count[10];
};
struct naive_poll {
    uint32_t max;
    sim_time visibility, until;
    uint64_t tag, attempt;
};
struct naive_got {
    uint64_t life, user;
    uint32_t count, receives;
    int64_t first_ms;
    sim_time sent;
};

struct naive {
    struct sqs_config config;
    sim_time now, delay;
    uint64_t event, last_life;
    uint32_t n; /* messages in use, in the order of sending */
    struct naive_message message[NAIVE_MAX];
    uint32_t n_taken;
    struct naive_taken taken[NAIVE_MAX];
    uint32_t n_attempt;
    struct naive_attempt attempt[NAIVE_MAX];
    uint32_t n_poll;
    struct naive_poll poll[64];
    sim_time last_sent[64]; /* of a group; groups are below 64 */
    struct sqs_counts counts;
    uint64_t dead[NAIVE_MAX]; /* users of moved messages, in their order; cleared by the reader */
    uint32_t n_dead;
};

void naive_open(struct naive *, const struct sqs_config *);
sim_time naive_deadline(const struct naive *);
void naive_to(struct naive *, sim_time); /* all that is due */
enum sqs_outcome naive_send(struct naive *, const struct sqs_send *, uint64_t *life);
enum sqs_outcome naive_receive(struct naive *, const struct sqs_poll *, struct naive_got *,
                               uint32_t *n);
bool naive_serve(struct naive *, uint64_t *tag, struct naive_got *, uint32_t *n);
bool naive_give_up(struct naive *, uint64_t *tag);
sim_time naive_late(const struct naive *);
enum sqs_outcome naive_delete(struct naive *, uint64_t life, uint32_t count);
enum sqs_outcome naive_change(struct naive *, uint64_t life, uint32_t count, sim_time visibility);
/* A message moves in from another queue, or out to one: the next in the order of delivery. Standard queues. */
void naive_accept(struct naive *, const struct sqs_letter *);
bool naive_take(struct naive *, uint64_t *user);
void naive_purge(struct naive *);
void naive_set_delay(struct naive *, sim_time);
void naive_gauges(const struct naive *, struct sqs_gauges *);

#endif
