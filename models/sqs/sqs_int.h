/* sqs_int.h - the inside of a queue; for sqs_*.c only.
 *
 * A message is 64 bytes. What only some messages need lies elsewhere and is paid for by those: a lease while it is in
 * flight, an origin when another queue moved it here. Fields that no state needs at the same time share their place. */
#ifndef SQS_INT_H
#define SQS_INT_H

#include <assert.h>
#include <stddef.h>

#include "map64.h"
#include "slab.h"
#include "sqs.h"
#include "sqs_line.h"

#define NONE      SLAB_NONE
#define PPB       1000000000
#define POISON_AT 3 /* receives after which a standard queue treats a message as poison (SQS-68, 133) */

enum message_state {
    FREE,
    DELAYED,
    WAITING_FRONT, /* standard, available: in the shelf's first list */
    WAITING_BACK,  /* …: in its second list */
    WAITING_HEAP,  /* …: in its heap */
    WAITING_GROUP, /* FIFO, available */
    HELD,          /* being handed out by the receive under way */
    FLYING,        /* next: its lease */
    GHOST,         /* deleted, will come back: next: its lease, or none yet */
    LEAVING        /* counted as gone; its effect is still to be told */
};
enum message_flag {
    STRAY = 1,  /* its sent time is out of order: also in age.strays */
    POISON = 2, /* in the second age list */
    DEAD = 4,   /* leaving: for the dead-letter queue; else purged */
    CHANGED = 8 /* its visibility was changed since the last receive */
};

struct message {
    union {
        struct due due; /* delayed, standard */
        struct {
            union {
                sim_time key; /* standard: order key (SQS-67) */
                struct {
                    uint32_t after, before; /* FIFO: neighbours in the group */
                };
            };
            union {
                struct {
                    uint32_t next, prev; /* of the state's list; next: place in a heap, or the lease */
                };
                uint64_t event; /* FIFO, available: when it became so (SQS-86) */
            };
            uint32_t first_ms; /* low bits of the first receive's time; delayed: the timeline's */
            uint32_t count;    /* receives in this queue */
        };
    };
    sim_time sent;
    uint64_t user;
    uint32_t younger, older; /* in the age list */
    union {
        struct {
            uint64_t seq : 40, state : 8, origin : 16;
        };
        uint64_t life;
    };
    uint32_t group; /* caller's number (standard), own number (FIFO, tenant); SQS_NO_GROUP */
    union {
        struct {
            uint32_t size : 22, shard : 6, flags : 4;
        };
        uint32_t traits;
    };
};
static_assert(sizeof(struct message) == 64, "a waiting message costs 64 bytes");

struct lease { /* due.spare: the message */
    struct due due;
    sim_time start;
};
struct origin { /* where moved messages came from */
    uint32_t source, receives;
};
/* Available messages of a standard queue's shard in the order of (key, seq). What becomes available usually comes last:
 * the first list. What returns after its visibility timeout usually comes after what returned before: the second. */
struct shelf {
    uint32_t head[2], tail[2];
    uint32_t n_out; /* messages that may come back here */
    struct order heap;
};

/* All live messages by age. A moved message may be older than what is here already: a stray, which is also in a heap
 * (whose entries of departed messages are dropped late). So the next to expire is one of three. */
struct age_list {
    uint32_t head, tail;
    sim_time latest;
};
struct age {
    struct age_list list[2]; /* fresh, poison */
    sim_time oldest;  /* sent time of the next to expire; SIM_NEVER: none */
    uint32_t n_stale; /* entries in strays whose message has left */
    struct order strays;
};

struct waiting {             /* a long poll */
    struct due due;          /* spare: its place in the table, when polls are woken at random */
    uint32_t later, earlier; /* by arrival */
    sim_time visibility;
    uint64_t tag, attempt;
    uint32_t seq_low; /* of the last event before it, when it is timed */
    uint8_t seq_high;
    bool timed;
    uint16_t max;
};
static_assert(sizeof(struct waiting) == 64, "a poll is a line of memory");
struct polls {
    uint32_t head, tail, n;
    uint32_t cap, *table; /* wake_random */
    struct slab slab;
    struct timeline timeline;
};

struct bucket { /* of a call quota; starts full */
    int64_t level;
    sim_time at;
};
struct fifo;
struct fair;
/* A message in flight that a second server still offers (SQS-66): once, while that receive lasts. */
struct echo {
    uint64_t seq;
    uint32_t message, count;
};

/* What every message's way needs stands together. */
struct sqs {
    struct sqs_config config;
    sim_time now;
    uint64_t seq; /* number of the last event: a send, or a release */
    bool plain, direct, moved, failed; /* sqs_plain.c, sqs_direct.c serve it; the deadline may have moved; memory ran short */
    uint32_t visible, delayed, flying;
    uint32_t leaving_head, leaving_tail;
    sim_time gather; /* when waiting polls are answered that let messages gather; else SIM_NEVER … */
    struct shelf *shelf; /* config.shards of them; standard */
    struct fifo *fifo;   /* FIFO */
    struct fair *fair;   /* standard, once a message has a group */
    struct slab messages, leases;
    struct age age;
    struct timeline flights;
    struct polls polls;
    struct timeline delays;
    struct sqs_counts counts;
    sim_time tick; /* instant of the last timer event, and its number */
    uint64_t tick_seq;
    struct origin *origin; /* [0] unused */
    uint32_t n_origin, cap_origin;
    struct echo *echo;
    uint32_t n_echo, cap_echo;
    struct bucket bucket[SQS_ACTIONS];
    sim_time gathered; /* … and when they last were */
    struct call *call; /* of the operation under way, for what is told of watched messages */
    struct sqs_letter letter[CALL_FX_MAX];
};

static inline struct message *msg(const struct sqs *s, uint32_t m)
{
    return slab_at_of(&s->messages, m, sizeof(struct message));
}
static inline struct lease *lease_at(const struct sqs *s, uint32_t l)
{
    return slab_at_of(&s->leases, l, sizeof(struct lease));
}
/* The word of which it is a part is soon read as a whole: written as a byte it would be waited for (hence the asm). */
static inline void set_state(struct message *m, enum message_state state)
{
    uint64_t life = m->life;
    __asm__("" : "+r"(life));
    m->life = (life & ~(UINT64_C(0xff) << 40)) | (uint64_t)state << 40;
}
static inline bool is_available(const struct message *m)
{
    return m->state >= WAITING_FRONT && m->state <= WAITING_GROUP;
}
static inline bool is_plain(const struct sqs *s)
{
    return __builtin_expect(s->plain, 1);
}
/* Its group is a tenant (standard queues; SQS-73). */
static inline bool is_tenants(const struct sqs *s, const struct message *m)
{
    return __builtin_expect(s->fair != NULL, 0) && m->group != SQS_NO_GROUP;
}
/* Receives in all queues. */
static inline uint32_t receives_of(const struct sqs *s, const struct message *m)
{
    return m->count + s->origin[m->origin].receives;
}

#endif
