/* topic_actor.h - a topic in the simulated world: the core, its timer, the attempts under way, its
 * observers, and the requests whose copies it holds. For topic_*.c.
 *
 * A request is held once per message as long as a copy is on its way. Everything that goes on does
 * so in one loop (topic_pump): a subscriber that answers at once, and whose answer leads to another
 * publish, finds the loop running and returns. */
#ifndef TOPIC_ACTOR_H
#define TOPIC_ACTOR_H

#include "event.h"
#include "filter_json.h"
#include "record.h"
#include "sns.h"
#include "topic_keys.h"
#include "world.h"

struct topic;
struct topic_sub { /* an entry of `subscriptions` */
    struct topic *topic;
    struct entity *to, *letters;
    struct filter *filter;
    enum sns_endpoint kind;
    bool raw, forwards;           /* forwards: the group goes along (SNS-25, 27, 29) */
    uint32_t number, count, line; /* line: of the first of `count` */
    uint32_t radix, first,
        digits; /* of attempt codes (caller.h): its first digit, and how many it has */
    sim_time timeout, from, until;
    struct sim_timer leaves;
    bool due, left; /* it is to unsubscribe as soon as the topic hears it; it has */
    const struct dist *latency, *cross; /* NULL: none */
    struct rng_stream latency_stream, cross_stream;
    uint8_t *passes; /* by event template: 0 not judged yet, 1 no, 2 yes */
    struct obs_counter part[PM_DELAY];
    struct obs_tally delay;
};
struct topic_attempt { /* under way */
    struct topic *topic;
    struct wire_call *call;
    struct sns_attempt core;
    uint32_t number, size;
    struct sim_timer timer;
};
struct topic_end { /* an effect that is still to be carried out */
    struct effect fx;
    struct sns_message message; /* of a dead letter */
};
struct topic_replay {
    struct topic *topic;
    struct topic_sub *sub;
    const struct value *value;
    struct sim_timer timer;
};

struct topic {
    struct entity e;
    struct sns *core;
    struct topic_sub *sub;
    uint32_t n_sub;
    struct sns_region region, *shared; /* shared: this one, or that of another topic */
    bool own_quota;
    struct topic_replay *replay;
    uint32_t n_replay;
    struct slab attempts;
    struct topic_end *end; /* [first_end, n_end) */
    uint32_t first_end, n_end, cap_end;
    bool pumping;
    struct sim_timer timer;
    int dedup;
    const struct dist *latency;
    int64_t latency_constant; /* -1: sampled */
    struct rng_stream latency_stream, fail_stream;
    uint64_t n_calls;
    struct dice dice[DELIVERY_DICE_KINDS];
    struct rng chance[DELIVERY_DICE_KINDS];
    struct fault_state fault;

    /* Since the start of the run, never reset: Little's law over copies on their way. */
    int128 entered, left, area;
    sim_time area_until;
    int64_t inside, holds;

    struct obs_level waiting, under_way;
    struct obs_counter count[TOPIC_COUNTERS];
    struct obs_tally size, delay;
    struct call call;
};

static inline struct topic *topic_of(struct entity *e)
{
    return (struct topic *)e;
}
static inline void topic_count(struct topic *t, enum topic_metric m, uint64_t by)
{
    obs_count(&t->count[m - TM_PUBLISHED], world_now(t->e.world), by);
}
static inline void sub_count(struct topic_sub *s, enum topic_part_metric m, uint64_t by)
{
    obs_count(&s->part[m], world_now(s->topic->e.world), by);
}
static inline struct call *topic_begin_call(struct topic *t)
{
    call_begin(&t->call, world_now(t->e.world), t->dice);
    return &t->call;
}
/* The tag of a message: what its request and its way here are. */
static inline uint64_t topic_user(const struct job *j)
{
    return (uint64_t)j->request << 32 | (uint64_t)j->attempt << 16 | j->flags;
}
static inline struct topic_sub *topic_sub_of(const struct topic *t, uint64_t subscription_user)
{
    return &t->sub[subscription_user >> 32];
}

enum {
    TOPIC_TRACE_PUBLISHED = 1,
    TOPIC_TRACE_DUPLICATE,
    TOPIC_TRACE_REFUSED,
    TOPIC_TRACE_DELIVERED,
    TOPIC_TRACE_FAILED,
    TOPIC_TRACE_DEAD,
    TOPIC_TRACE_DROPPED,
    TOPIC_TRACE_REPLAYED
};

extern const struct push_ops topic_push;

/* topic_actor.c */
void topic_pump(struct topic *);
/* After an operation: its effects are kept for the loop. */
void topic_collect(struct topic *);
void topic_enters(struct topic *, uint64_t copies);
/* The core's counters since they were looked at last become the topic's. */
bool topic_conserve(struct entity *, sim_time now, struct err *);
void topic_finish(struct entity *, sim_time now);
void topic_fault(struct entity *, const struct fault_state *);
/* topic_deliver.c */
void topic_attempt(struct topic *, const struct sns_attempt *);
void topic_letter(struct topic *, const struct topic_end *);
/* topic_subs.c */
bool topic_subs_make(struct topic *);
bool topic_subs_wire(struct topic *);
void topic_subs_start(struct topic *);
/* Those whose time has come unsubscribe. */
void topic_subs_leave(struct topic *);
void topic_subs_close(struct topic *);
uint32_t topic_parts(const struct spec_entity *);
const char *topic_part_name(const struct spec_entity *, uint32_t part, struct arena *);
/* What filters look at; NULL: none is given, or *err says what is wrong with it. */
struct filter *topic_filter(const struct value *subscription, struct filter_error *, bool *given);
enum sns_endpoint topic_endpoint(const struct value *subscription);
/* A delivery policy; false: *err. Absent: not given. */
bool topic_policy(const struct value *group, struct sns_policy *, struct err *);
/* topic_check.c */
void topic_check(const struct spec *, const struct spec_entity *, struct problems *);

#endif
