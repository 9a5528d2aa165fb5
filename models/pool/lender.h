/* lender.h - connections that are kept open and lent to one call at a time: what an application's pool and a proxy have in common.
 *
 * A site is where connections are lent from: a process with its pool, or the proxy. A call takes an idle connection; else one is
 * opened, up to `size`, and the call waits for whichever is free first, but not longer than `wait`. */
#ifndef LENDER_H
#define LENDER_H

#include "link.h"
#include "obs.h"
#include "world.h"

struct conn; /* lender.c */
struct site;

struct lender_config {
    int64_t            size;    /* connections of a site */
    int64_t            fill;    /* so many idle ones are kept at hand */
    int64_t            keep;    /* so many idle ones are never closed for being idle */
    sim_time           idle;    /* others are, after so long */
    sim_time           life;    /* of a connection; SIM_NEVER */
    sim_time           wait;
    bool               retries; /* a refused connection is tried again; else the call that wanted it fails */
    bool               closes;  /* a process that is killed: the server hears of it */
    const struct dist *connect;
};

/* Metrics of a room with a lender, in this order. */
enum lender_metric {
    LM_OPEN,
    LM_IN_USE,
    LM_IDLE,
    LM_WAITING,
    LM_LOST,
    LM_OPENED,
    LM_CLOSED,
    LM_REFUSED,
    LM_BROKEN,
    LM_TIMEOUTS,
    LM_CALLS,
    LM_WAIT,
    N_LENDER_METRICS
};
enum { LENDER_LEVELS = LM_LOST + 1, LENDER_COUNTERS = LM_CALLS - LM_OPENED + 1 };

struct lender {
    struct entity         *e, *server;
    const struct link_ops *link;
    struct link_limits     limits;
    struct lender_config   config;
    struct slab            conns;
    struct sim_lane        lane; /* of calls that wait */
    struct rng_stream      connect_stream, life_stream;
    uint64_t               n_opened, n_closed;
    void (*ended)(struct lender *, struct wire_call *); /* a call is about to go; NULL */
    struct obs_level       level[LENDER_LEVELS];
    struct obs_counter     count[LENDER_COUNTERS];
    struct obs_tally       wait;
};

struct site {
    struct lender    *lender;
    struct site      *next;      /* the owner's */
    uint64_t          name;      /* addresses its chance */
    int64_t           n_present; /* threads that are there */
    bool              frozen;    /* stands still while no call is under way */
    bool              serving, growing, beginning;
    struct conn      *newest, *oldest; /* idle ones */
    struct conn      *busy;      /* those that are being opened or used */
    int64_t           n_idle, n_opening, n_used, n_waiting;
    struct wire_call *first, *last; /* that wait */
    struct sim_timer  again;
    sim_time          pause;
    uint32_t          serial;
};

/* In `make`: registers the metrics as the room's first. */
bool lender_init(struct lender *, struct entity *);
/* In `wire`. */
void lender_wire(struct lender *, const struct lender_config *, struct entity *server);
bool lender_conserve(const struct lender *, struct err *);
void lender_close(struct lender *);

void site_init(struct site *, struct lender *, uint64_t name);
/* Threads have come or gone: idle connections are opened, or closed when nobody is left. */
void site_settle(struct site *);
/* It is gone: with a word to the server, or without. */
void site_end(struct site *, bool lost);
/* Calls that it has, waiting or not. */
static inline int64_t site_load(const struct site *s)
{
    return s->n_waiting + s->n_used;
}
void site_call(struct site *, struct wire_call *);
/* The client takes back a call that some site has. */
void lender_cancel(struct lender *, struct wire_call *);
/* It has given up on it: nobody waits any more. */
void lender_given_up(struct lender *, struct wire_call *);

#endif
