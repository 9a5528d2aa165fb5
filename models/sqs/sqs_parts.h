/* sqs_parts.h - what the files of the core offer each other. */
#ifndef SQS_PARTS_H
#define SQS_PARTS_H

#include "sqs_int.h"

/* For the operations on every message's way: all that they call becomes one function. The parts are
 * small and are called a few dozen times a message, so their prologues alone would be a tenth of
 * the cost. What few messages need stays out of it, or the way would no longer fit into the
 * processor's cache of instructions: APART is called as usual, RARE is moved far away too. */
#define HOT   __attribute__((flatten))
#define APART __attribute__((noinline))
#define RARE  __attribute__((noinline, cold))
static inline bool is_fifo(const struct sqs *s)
{
    return s->fifo != NULL;
}

/* sqs.c */
uint32_t message_new(struct sqs *, const struct sqs_send *,
                     sim_time sent); /* NONE: memory is short */
void message_remove(struct sqs *, uint32_t m,
                    struct message *); /* out of all structures and counts; not freed */
void message_free(struct sqs *, uint32_t m);
static inline void message_free_at(struct sqs *s, uint32_t m, struct message *x)
{
    x->life = 0; /* and the state is FREE */
    slab_give_at(&s->messages, m, x);
}
void message_available(struct sqs *, uint32_t m,
                       struct message *); /* from anywhere else; counts it */
uint32_t message_group(const struct sqs *, const struct message *); /* the caller's number */
uint64_t next_event(struct sqs *);
void count_visible(struct sqs *, const struct message *, int by);
void count_delayed(struct sqs *, const struct message *, int by);
void op_begin(struct sqs *, struct call *);

/* sqs_watch.c */
static inline bool is_watched(const struct sqs *s, const struct message *x)
{
    return __builtin_expect((x->user & s->config.watch) != 0, 0);
}
RARE void watch_shown(struct sqs *, const struct message *);
RARE void watch_unseen(struct sqs *, const struct sqs_batch *);
RARE void watch_group(struct sqs *, const struct message *, uint32_t group, uint32_t flying, bool went);
#define WATCH_TOLD_MAX 2 /* effects that one step of the clock may add */

/* sqs_shelf.c: standard */
void shelf_init(struct shelf *, const struct slab *messages);
void shelf_put(struct sqs *, uint32_t m, struct message *);
void shelf_remove(struct sqs *, struct message *);
uint32_t shelf_best(const struct sqs *, const struct shelf *);        /* NONE: empty */
uint32_t message_earlier(const struct sqs *, uint32_t a, uint32_t b); /* either may be NONE */
APART struct shelf *fair_shelf(const struct sqs *, const struct message *); /* sqs_fair.c */
static inline struct shelf *shelf_of(const struct sqs *s, const struct message *m)
{
    return __builtin_expect(is_tenants(s, m), 0) ? fair_shelf(s, m) : &s->shelf[m->shard];
}
ALWAYS_INLINE bool shelf_reserve(struct shelf *f)
{
    return order_reserve(&f->heap, f->heap.n + f->n_out + SQS_BATCH_MAX);
}

/* A long queue lies in slow memory. The next message was asked for a receive ago; now the one after it is. */
static inline void look_ahead(const struct sqs *s, struct sqs_batch *batch)
{
    uint32_t m = s->shelf[0].head[0];
    if (m == NONE)
        return;
    const struct message *x = msg(s, m);
    batch->coming = x->user;
    if (x->next != NONE)
        __builtin_prefetch(msg(s, x->next), 1);
}

/* sqs_age.c */
void age_init(struct age *);
void age_free(struct age *);
bool age_reserve(struct sqs *);
void age_add(struct sqs *, uint32_t m, struct message *);
APART void age_remove(struct sqs *, struct message *);
void age_find_oldest(struct sqs *); /* after what was the oldest has left */
RARE void age_poison(struct sqs *, uint32_t m, struct message *); /* from the first list to the second */
uint32_t age_oldest(const struct sqs *);                     /* next to expire; NONE */
static inline sim_time age_deadline(const struct sqs *s)
{
    return s->age.oldest == SIM_NEVER ? SIM_NEVER : s->age.oldest + s->config.retention;
}
RARE void age_expire(struct sqs *, struct call *);

/* sqs_receive.c */
struct receive {
    uint32_t max;
    sim_time visibility;
    uint64_t attempt, shards;
    bool woken; /* it waited: an attempt id is noted, but not replayed */
};
APART enum sqs_outcome receive_any(struct sqs *, struct call *, const struct receive *,
                                   struct sqs_batch *); /* of any kind of queue */
/* A message goes out with this receive: false when memory is short (nothing changed). */
bool receive_give(struct sqs *, struct call *, uint32_t m, struct message *, sim_time visibility,
                  struct sqs_batch *);
RARE void receive_show(struct sqs *, uint32_t m, struct sqs_batch *); /* without counting it */
RARE bool receive_echo(struct sqs *, uint32_t m, sim_time visibility, struct sqs_batch *);
void count_receive(struct sqs *, uint32_t m, struct message *);
void receive_fill(const struct sqs *, uint32_t m, const struct message *, struct sqs_got *);
RARE void release_held(struct sqs *, const struct sqs_batch *); /* received with visibility 0 */

/* sqs_lease.c */
bool lease_begin(struct sqs *, uint32_t m, struct message *, sim_time visibility);
APART bool lease_again(struct sqs *, uint32_t m,
                 sim_time visibility);          /* from now; false: memory is short */
void lease_end(struct sqs *, struct message *); /* FLYING: takes the lease away */
/* The same, but the caller counts what is in flight. */
bool lease_start(struct sqs *, uint32_t m, struct message *, sim_time visibility);
void lease_stop(struct sqs *, const struct message *);
/* In steps: x has none any more (its number was x->next); it is given to another message, m, which is to stand in the first
 * list; nobody has it. */
struct lease *lease_take(struct sqs *, const struct message *x);
void lease_give(struct sqs *, uint32_t number, struct lease *, uint32_t m, struct message *);
void lease_free(struct sqs *, uint32_t number, struct lease *);

/* sqs_plain.c */
bool plain_is(const struct sqs *); /* as it is configured */
void plain_come(struct sqs *, uint32_t m, struct message *);   /* among the ages; available or not */
void plain_shelve(struct sqs *, uint32_t m, struct message *); /* available */
void plain_take(struct sqs *, struct message *);               /* off the shelf; not counted */
/* Never received, and no other queue had it. */
static inline bool plain_is_new(const struct message *x)
{
    return x->count == 0 && x->origin == 0;
}
void plain_show(struct sqs *, uint32_t m, struct message *, struct sqs_got *); /* such a one goes out: counted */
enum sqs_outcome plain_receive(struct sqs *, uint32_t max, sim_time visibility, struct sqs_batch *);
void plain_remove(struct sqs *, struct message *); /* FLYING: out of all structures and counts */
void plain_leave(struct sqs *, struct message *);  /* no longer among the ages */

/* sqs_direct.c */
bool direct_is(const struct sqs *); /* as it is configured */

/* sqs_twice.c: at least once (section 10) */
RARE void twice_flying(struct sqs *, struct call *, uint32_t m); /* just received: perhaps an echo */
RARE void twice_removed(struct sqs *, struct call *,
                   uint32_t m);    /* about to be deleted: perhaps a ghost */
RARE uint32_t twice_next(struct sqs *); /* a message in flight that is offered again; NONE */
RARE void ghost_end(struct sqs *, struct message *);

/* sqs_attempt.c: FIFO */
RARE bool attempt_replay(struct sqs *, uint64_t id, sim_time visibility, struct sqs_batch *);
RARE void attempt_note(struct sqs *, uint64_t id, const struct sqs_batch *);

/* sqs_standard.c */
bool standard_gather(struct sqs *, struct call *, uint32_t room, sim_time visibility,
                     uint64_t shards, struct sqs_batch *);

uint32_t standard_next(const struct sqs *); /* first in delivery order; NONE */

/* sqs_dlq.c */
RARE void write_letter(const struct sqs *, const struct message *, struct sqs_letter *);
bool dlq_due(const struct sqs *, const struct message *);
RARE void dlq_move(struct sqs *, uint32_t m); /* an available message leaves */
RARE void leave(struct sqs *, uint32_t m, unsigned flag);
RARE void leave_tell(struct sqs *, struct call *);

/* sqs_wait.c */
static inline struct waiting *poll_at(const struct sqs *s, uint32_t p)
{
    return slab_at_of(&s->polls.slab, p, sizeof(struct waiting));
}
void polls_init(struct polls *);
void polls_free(struct polls *);
uint32_t polls_add(struct sqs *, const struct sqs_poll *, sim_time wait, sim_time visibility);
void polls_remove(struct sqs *, uint32_t poll);

/* sqs_fifo.c */
bool fifo_open(struct sqs *);
void fifo_close(struct sqs *);
bool fifo_enter(struct sqs *, uint32_t m); /* into its group's order; false: memory is short */
void fifo_leave(struct sqs *, uint32_t m, struct message *); /* out of it */
void fifo_changed(struct sqs *, uint32_t m,
                  const struct message *); /* the message's state changed: is its group ready? */
void fifo_flying(struct sqs *, const struct message *, int by); /* in-flight count of its group */
bool fifo_gather(struct sqs *, struct call *, uint32_t room, sim_time visibility,
                 struct sqs_batch *);
bool fifo_ready(const struct sqs *);
uint32_t fifo_next(const struct sqs *);
/* Delayed messages of a FIFO queue all have the queue's delay: a list in the order of sending. It
 * keeps delays.next. */
RARE void fifo_delay(struct sqs *, uint32_t m);
RARE void fifo_undelay(struct sqs *, uint32_t m);
uint32_t fifo_delay_first(const struct sqs *);
uint32_t fifo_groups_flying(const struct sqs *);
uint32_t fifo_group_id(const struct sqs *, uint32_t group); /* the caller's number */
void fifo_aged(struct sqs *, uint32_t m);                   /* it is the last of the age list now */
void fifo_set_delay(struct sqs *);

#endif
