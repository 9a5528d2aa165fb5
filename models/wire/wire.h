/* wire.h - the three protocols by which services meet, so that no service knows another.
 *
 *  PUSH  offer 1…n jobs, answered at once per job: accepted, throttled, refused or lost.
 *  PULL  ask for up to n jobs within a wait; get jobs with tickets; settle each: done, return, extend.
 *  CALL  a job, a reply later; abandon, cancel; the answer to a superseded attempt is recognised by its tag.
 *
 * Time that an API call takes before the service processes it (`latency`) is waited by the caller, with its own
 * timer; then the operation is performed and answered. A latency of zero is a plain function call, no event. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "job.h"
#include "sim.h"

struct entity;
struct request;
struct world;

/* ---- PUSH ---- */
enum push_verdict { PUSH_ACCEPTED, PUSH_THROTTLED, PUSH_REFUSED, PUSH_LOST, PUSH_DOWN };
struct push_answer {
    enum push_verdict verdict;
    const char       *why;      /* static text, AWS's error name where there is one; NULL when accepted */
    sim_time          retry_at; /* hint of a throttled answer; SIM_NEVER: none */
};
struct push_ops {
    sim_time (*latency)(struct entity *, const struct job *); /* time the call takes before it is processed (ns); NULL: none */
    /* One API call with n jobs. An accepted job's request is held by the receiver from now on. */
    void (*offer)(struct entity *, const struct job *, uint32_t n, struct push_answer *answers);
    /* The same as latency for a call with several jobs; NULL: it is that of the first. */
    sim_time (*batch_latency)(struct entity *, const struct job *, uint32_t n);
    uint32_t batch_max; /* jobs in one call; 0: ten */
};
#define PUSH_BATCH_MAX 500 /* of all */

/* ---- PULL ---- */
struct ticket { /* opaque: a message's receipt, or a shard and position */
    uint64_t a, b;
};
struct pulled {
    struct job    job;
    struct ticket ticket;
    uint32_t      receive_count;
};
/* *to = *from, for the same reason. */
ALWAYS_INLINE void pulled_copy(struct pulled *to, const struct pulled *from)
{
    uint64_t a = from->ticket.a, b = from->ticket.b;
    __asm__("" : "+r"(a), "+r"(b));
    job_copy(&to->job, &from->job);
    to->ticket.a = a;
    to->ticket.b = b;
    to->receive_count = from->receive_count;
}
enum pull_verdict { PULL_OK, PULL_THROTTLED, PULL_OVER_LIMIT, PULL_DOWN };

struct pull_ask { /* embedded in the asker; one operation at a time */
    uint32_t max;
    uint32_t number;     /* the source's, while waiting */
    sim_time wait;       /* long-poll wait; PULL_DEFAULT: the source's setting */
    sim_time visibility; /* for what is returned; PULL_DEFAULT: the source's setting */
    /* Called once per ask, at once (inside `ask`) or later. got is valid during the call only. Each job's request is
     * held by the asker from now on (request_hold was done for it); it drops the hold when it lets go of the job. */
    void (*answer)(struct pull_ask *, const struct pulled *got, uint32_t n, enum pull_verdict);
    struct entity   *source; /* where it waits */
    bool             waiting;
    uint32_t         who; /* number of the asker's worker */
    struct entity   *asker;
    /* the source's, while waiting */
    struct pull_ask *next, *prev;
    struct sim_timer late; /* SIM_LATE */
};
#define PULL_DEFAULT INT64_C(-1)
/* Lines of memory, from the ask on, that an asker needs when it is answered: a source that knows who is next fetches them. */
#define PULL_AHEAD 7
static inline void pull_fetch(const struct pull_ask *a)
{
    for (unsigned i = 0; i < PULL_AHEAD; i++)
        __builtin_prefetch((const char *)a + 64 * i, 1);
}

enum settle_kind { SETTLE_DONE, SETTLE_RETURN, SETTLE_EXTEND };
/* STALE: accepted without effect, or refused because the ticket's time has passed; `why` tells. */
enum settle_verdict { SETTLED, SETTLE_STALE, SETTLE_REFUSED, SETTLE_THROTTLED, SETTLE_IS_DOWN };
enum pull_swap { SWAP_NOT, SWAP_WAITS, SWAP_GOT };
struct pull_ops {
    sim_time (*latency)(struct entity *, const struct pull_ask *); /* of any API call of the asker; NULL: none */
    void (*ask)(struct entity *, struct pull_ask *);
    void (*withdraw)(struct entity *, struct pull_ask *); /* stop waiting; not answered; no-op when not waiting */
    /* One API call for n tickets. extend: new visibility from now (SETTLE_EXTEND, SETTLE_RETURN: 0). */
    void (*settle)(struct entity *, enum settle_kind, const struct ticket *, uint32_t n, sim_time extend,
                   enum settle_verdict *verdicts);
    /* SETTLE_DONE for one ticket and an ask for one job, where neither takes time nor has anything in its way: what is there
     * already comes in *got, and `answer` is not called. SWAP_NOT: nothing has happened, each is a call of its own. NULL: so
     * it always is. */
    enum pull_swap (*swap)(struct entity *, const struct ticket *done, struct pull_ask *, struct pulled *got);
    void (*soon)(struct entity *, const struct ticket *); /* it is about to be settled: a hint; NULL: of no use */
};

/* ---- CALL ---- */
enum call_verdict {
    CALL_OK,
    CALL_FAILED,    /* the work was done wrong: an error, no effect */
    CALL_REFUSED,   /* no room (429, 503) */
    CALL_THROTTLED, /* over a quota */
    CALL_DOWN,      /* connection refused or broken */
    CALL_TIMEOUT,   /* made by the caller, never by a server */
    CALL_CONFLICT,  /* a conditional write found another version than it was told */
    CALL_SHORT,     /* made by the caller: its circuit breaker is open, nobody was called */
    CALL_REJECTED   /* a client's error (4xx but 429), and nobody tries the same again */
};

/* Lives in the world's stock until both sides are done with it. What every call touches stands together, and comes back together. */
struct wire_call {
    struct job          job;
    void (*reply)(struct wire_call *, enum call_verdict); /* the client's; NULL: abandoned */
    void               *client;
    struct wire_call   *older;    /* the client's: superseded attempts still under way */
    struct entity      *server;
    sim_time            arrived;
    uint8_t             state;    /* the server's */
    uint8_t             on;       /* enum call_on (link.h) */
    bool                client_done, server_done;
    bool                far;      /* there and back, below, are set */
    bool                offer;    /* the client's: where the server takes PUSH and CALL, PUSH (an event) */
    struct request     *request;  /* the job's */
    struct wire_call   *next; /* next … visit: the server's; tag … verdict: the client's */
    union {
        struct wire_call *prev, **at; /* at: the `next` or head that points here */
    };
    struct sim_timer    timer;
    void               *visit;
    uint32_t            tag, copy; /* the attempt's number, which tells superseded answers; which of the client's targets */
    sim_time            retry_at; /* the server's hint in a throttled answer; SIM_NEVER: none */
    uint64_t            token;    /* there: what the client brings; in the answer: what the server gives (a version) */
    sim_time            there, back, sent; /* network time beside the server's latency, and of the answer; where the client measures */
    enum call_verdict   verdict;  /* of an answer on its way */
    /* of a station that does more than serve in order of arrival; not set before it takes the call */
    bool                begun;    /* it has been served for some time */
    sim_time            left;     /* work still to do, while it is not done; -1: it is being done */
    uint64_t            rank[3];  /* the smallest is next */
    uint32_t            place, who; /* place: in a line */
    void               *seat;     /* the server or batch that it is with */
    struct wire_call   *mate;     /* in its batch */
    struct entity      *from;     /* of a call to a pool: the client, and `who`, which of its threads */
};

struct call_ops {
    sim_time (*latency)(struct entity *, const struct job *); /* network or API time before the server sees it; NULL: none */
    /* The server owns the call until it ends it with wire_reply or wire_vanish; may do so at once. call->arrived is now. */
    void (*accept)(struct entity *, struct wire_call *);
    /* Whether n calls for that job, their attempt codes counting up, would all be refused now: then they have been, and *verdict is
     * the answer (CALL_REFUSED, CALL_DOWN). false: nothing has happened. NULL: it does not tell. */
    bool (*turns_away)(struct entity *, const struct job *, uint32_t n, enum call_verdict *verdict);
    /* The client asks to stop the work (it has abandoned the call already). A server that cannot ignores it. */
    void (*cancel)(struct entity *, struct wire_call *);
    void (*given_up)(struct entity *, struct wire_call *); /* abandoned, and not asked to stop; NULL: nothing to it */
    int64_t (*load)(const struct entity *); /* calls inside, for balancers that look; NULL: it does not tell */
};

/* Client: a fresh call for one job, held by both sides; NULL: memory is short. The client holds the job's request; when it
 * abandons the call before the server is done with it, the call gets a hold of its own until then. reply and client are to
 * be set, then wire_send, which waits the latency with the call's own timer, so that a client that gives up meanwhile does
 * not call it back.
 * A server that takes PUSH is offered the job; what it answers comes as the reply. */
struct wire_call *wire_open(struct world *, struct entity *server, const struct job *);
/* The same in one, where the server takes PUSH (if CALL too: it is offered) and the job reaches it in no time: its answer is
 * there already. false: nothing has happened. */
bool              wire_push_now(struct entity *server, const struct job *, enum call_verdict *, sim_time *retry_at);
void              wire_send(struct wire_call *);
void              wire_away(struct wire_call *, sim_time there, sim_time back); /* before it is sent: network times */
/* Client: no longer interested, gets no reply. With cancel, the server is told. Before it lets go of the request. */
void wire_abandon(struct wire_call *, bool cancel);
/* Client: done with a call whose reply was delivered. */
void wire_release(struct wire_call *);
/* Server: ends the call. wire_reply delivers the verdict (inside the call, or after `back`) unless abandoned. wire_vanish
 * never answers. */
void wire_reply(struct wire_call *, enum call_verdict);
void wire_vanish(struct wire_call *);

#endif
