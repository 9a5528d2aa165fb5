/* roster.h - the servers of a station one by one, where they stand on instances that come and go: who is with whom, who is
 * free, and what ails some of them alone. The server that has been free for the longest is next. Private to models/station and
 * to the rooms whose servers are a crew (crew.h). */
#ifndef ROSTER_H
#define ROSTER_H

#include "crew.h"
#include "station.h"

struct berth { /* one server */
    struct wire_call  *call;
    bool               open;       /* takes calls */
    uint32_t           number;
    uint32_t           next, prev; /* in the list of the free */
    sim_time           since;      /* its call has it since then */
    struct fault_state ill;
};
struct roster {
    struct slab slab; /* struct berth; never given back */
    uint32_t    first, last; /* free; SLAB_NONE: nobody */
    uint32_t    n_free;
};

/* Before the run: the station's servers are told apart from now on. Where it serves in a way that knows servers of its own
 * kind (shares, batches, set-up, breakdowns) they are not, and only their number counts. */
bool roster_begin(struct station *);
void roster_close(struct station *);

/* crew.h */
bool     roster_open(struct station *, uint32_t first, uint32_t n);
void     roster_drain(struct station *, uint32_t first, uint32_t n);
void     roster_kill(struct station *, uint32_t first, uint32_t n);
uint32_t roster_busy(const struct station *, uint32_t first, uint32_t n);
void     roster_ail(struct station *, uint32_t first, uint32_t n, const struct fault_state *);
void     roster_look(const struct station *, uint32_t first, uint32_t n, sim_time since, struct crew_look *);

/* Every call that runs has a server, and every free one is open. */
bool roster_check(const struct station *, struct err *);

/* For the station; there is a roster, and someone is free. */
void roster_take(struct station *, struct wire_call *, sim_time now);
void roster_left(struct station *, struct wire_call *);
/* The server that it is with. */
static inline uint32_t roster_number(const struct wire_call *c)
{
    return ((const struct berth *)c->seat)->number;
}
static inline const struct fault_state *roster_ill(const struct wire_call *c)
{
    return &((const struct berth *)c->seat)->ill;
}

#endif
