/* life.h - what happened to chosen requests, in the order in which it happened: plain data of one
 * replication. Entities are numbers of the scenario's table; texts are static. */
#ifndef LIFE_H
#define LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "simtime.h"

/* One list makes the enum and the words that are stored. */
#define LIFE_MAP(X)                                                                                \
    X(BORN, "born")                   /* entity: its producer; value: bytes */                     \
    X(TOLD_OK, "told ok")             /* the client's final answer */                              \
    X(TOLD_NO, "told no")             /* why: the last verdict */                                  \
    X(TIMEOUT, "timeout")             /* entity tried other: no answer; value: the attempt */      \
    X(REJECTED, "rejected")           /* entity tried other: why; value: the attempt */            \
    X(RETRY, "retry")                 /* entity tries other again; value: the attempt */           \
    X(SENT, "sent")                   /* entity: a queue took it; until: it is delayed; or a       \
                                         stream: value: the shard */                               \
    X(DEDUPLICATED, "deduplicated")   /* the queue took it for a copy */                           \
    X(REFUSED, "refused")             /* the queue did not take it: why */                         \
    X(SHOWN, "shown")                 /* its delay or visibility timeout is over */                \
    X(RECEIVED, "received")           /* by other's worker, hidden until */                        \
    X(UNSEEN, "unseen")               /* received, the answer lost */                              \
    X(BEHIND, "behind")               /* value: messages of its group that went before it; until:  \
                                         the longest standstill of the group, caused by cause */   \
    X(BEGUN, "begun")                 /* entity: a fleet; its worker begins the job */             \
    X(HUNG, "hung")                   /* the worker will hang until */                             \
    X(EXTENDED, "extended")           /* hidden until */                                           \
    X(EXTENDED_LATE, "extended late") /* without effect: why */                                    \
    X(RECOGNISED, "recognised")       /* the consumer knew that it is done */                      \
    X(DONE, "done")                   /* the worker's job succeeded */                             \
    X(FAILED, "failed")               /* it failed: why */                                         \
    X(CRASHED, "crashed")             /* the worker died over it, or with it in hand */            \
    X(EFFECT, "effect")               /* entity: where it counts; value: which, from 1 */          \
    X(RETURNED, "returned")           /* visible again, or hidden until */                         \
    X(COLLECTED, "collected")         /* its handle waits for a delete in a batch */               \
    X(DELETED, "deleted")             /* by other's worker */                                      \
    X(DELETED_LATE, "deleted late")   /* without effect: why */                                    \
    X(DEAD, "dead-lettered")          /* moved to other */                                         \
    X(MOVED_IN, "moved in")           /* came from other */                                        \
    X(RETIRED, "retired")             /* its retention period was over; value: its age */          \
    X(PURGED, "purged")                                                                            \
    X(REDRIVEN, "redriven")           /* moved to other, as a new message */                       \
    X(GHOST, "ghost")                 /* deleted, but a server still has it: back in value */      \
    X(GATHERED, "gathered")           /* entity: a delivery stream took it */                      \
    X(STORED, "stored")               /* delivered to other, with value records */                 \
    X(DROPPED, "dropped")             /* by the function of the delivery stream, on purpose */     \
    X(BACKED_UP, "backed up")         /* given up, and stored in other: why */                     \
    X(EXPIRED, "expired")             /* could not be delivered; value: its age */                 \
    X(GIVEN_UP, "given up")           /* after value failures: a reader goes on with the next */       \
    X(LOST, "lost")                   /* no copy is left, and it had no effect */

#define LIFE_ENUM(name, text) LIFE_##name,
enum life_what { LIFE_MAP(LIFE_ENUM) LIFE_KINDS };
#undef LIFE_ENUM

#define LIFE_NONE      UINT32_MAX
#define LIFE_WHY_BYTES 40

struct life_event {
    sim_time at, until;        /* until: SIM_NEVER: none */
    uint64_t item;             /* the request's number in its producer, from 0 */
    int64_t value;             /* by `what`; -1: none */
    uint64_t cause;            /* another request's number in … */
    uint32_t cause_producer;   /* … this producer; LIFE_NONE: none */
    uint32_t producer, entity; /* numbers of entities */
    uint32_t other, worker;    /* LIFE_NONE: none */
    uint32_t message;          /* its number in the queue, from 1; 0: not known here */
    uint32_t receives;         /* 0: none */
    uint32_t group;            /* LIFE_NONE: none */
    uint16_t attempt;          /* tells copies of one request apart */
    uint16_t what;
    char why[LIFE_WHY_BYTES]; /* a verdict or an error's name; "": none */
};

struct life {
    struct life_event *event;
    uint32_t n, cap;
    bool full; /* there was more than LIFE_MAX: the rest is missing */
    bool failed;
};
#define LIFE_MAX (1u << 20)

const char *life_word(enum life_what);
/* LIFE_KINDS: no such word. */
enum life_what life_what(const char *word);
/* A new event with nothing in it; one that is thrown away when there is no room. */
struct life_event *life_add(struct life *, struct life_event *spare);
/* text NULL: none. */
void life_why(struct life_event *, const char *text);
void life_free(struct life *);

#endif
