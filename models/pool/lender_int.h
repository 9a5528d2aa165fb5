/* lender_int.h - private to models/pool/lender*.c. */
#ifndef LENDER_INT_H
#define LENDER_INT_H

#include "lender.h"

#define HOUSEKEEPING (30 * SIM_S)

enum conn_state { CONN_GONE, CONN_OPENING, CONN_IDLE, CONN_USED, CONN_LOST };
enum { POOL_GONE, POOL_WAITING, POOL_ON }; /* state of a call */

struct conn {
    struct wire_link  link;
    struct lender    *lender;
    struct site      *site; /* NULL: its process has ended */
    struct conn      *newer, *older; /* in its site's list of idle or of busy ones */
    struct sim_timer  timer; /* connecting, idle, noticed */
    sim_time          since, end; /* idle since; its life ends */
    struct wire_call *outer, *inner;
    uint64_t          name;
    uint32_t          number;
    uint8_t           state;
    bool              broken; /* while in use */
    bool              lost;   /* its process has vanished while it was in use */
};

static inline struct sim *lender_sim(const struct lender *l)
{
    return l->e->world->sim;
}
static inline sim_time lender_now(const struct lender *l)
{
    return world_now(l->e->world);
}

/* lender.c */
void         lender_count(struct lender *, enum lender_metric);
void         lender_level(struct lender *, enum lender_metric, int64_t by);
struct conn *conn_new(struct site *);
void         conn_opening(struct conn *); /* the server has taken it */
void         conn_opened(struct conn *);  /* it is being opened no more */
void         conn_close(struct conn *);
void         conn_close_idle(struct conn *);
void         conn_pull_idle(struct conn *);
void         conn_push_busy(struct site *, struct conn *);
void         conn_used(struct conn *); /* the call on it is over: it is in no list */
void         conn_free(struct conn *); /* to be used again */
/* What is not to be used again ends, when it is no longer in use. */
bool         conn_end_if_bad(struct conn *, enum call_verdict);

/* lender_call.c */
bool         conn_is_old(const struct conn *);
void         call_unwait(struct wire_call *);
/* The thread that waited may have given up on its way: true, and the call is over. */
bool         call_gone(struct site *, struct wire_call *);
void         lender_answer(struct lender *, struct wire_call *, enum call_verdict);
/* Idle connections go to calls that wait; if there are too few, more are opened. */
void         site_serve(struct site *);
/* The call that came last to wait at the site fails. */
void         lender_give_up(struct site *, enum call_verdict);

/* lender_grow.c */
void     site_grow(struct site *);
sim_time conn_time(const struct conn *); /* to open it */
sim_time conn_end(const struct conn *);  /* of its life */

#endif
