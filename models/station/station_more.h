/* station_more.h - private to models/station: what a station does beyond serving in order of arrival.
 *
 * Two things vary. The order says who of those that wait is next. The way says what serving means: one call a server
 * (station_more.c), servers that have a state of their own (seats.c: set-up, breakdowns), a share of the servers for
 * everybody (sharing.c), one batch a server (bulk.c). station.c keeps the lists, the ledger and the faults, and asks. */
#ifndef STATION_MORE_H
#define STATION_MORE_H

#include "line.h"
#include "station.h"
#include "throttle.h"

enum call_state { STATE_GONE, STATE_WAITING, STATE_RUNNING }; /* of a call, here */

struct station_way {
    /* Whether a server could begin now if `waiting` calls stood there. */
    bool (*ready)(const struct station *, int64_t waiting);
    /* The call, which is in no list, gets a server: it begins, or goes on. */
    void (*take)(struct station *, struct wire_call *, sim_time now);
    /* Work on a running call ends for good; the call stays in its place. */
    void (*stop)(struct station *, struct wire_call *, sim_time now);
    /* A running call has left the list of those that run: what it held is free. NULL: nothing to do. */
    void (*left)(struct station *, struct wire_call *, sim_time now);
    /* A call has come to wait, or a server has taken one: NULL: nothing to do. */
    void (*settled)(struct station *, sim_time now);
    /* Everything stands still (`freeze`), and goes on (`thaw`). */
    void (*freeze)(struct station *, sim_time now);
    void (*thaw)(struct station *, sim_time now);
    int64_t (*busy)(const struct station *);
};
extern const struct station_way way_servers, way_seats, way_sharing, way_bulk;

/* Servers that are up or down, warm or cold. */
struct seats {
    struct slab           slab; /* struct seat; never given back */
    struct seat          *free; /* idle, up, wanted; used last is first */
    const struct dist    *setup, *up, *down;
    sim_time              keep;
    enum breakdown_when   when;
    enum breakdown_then   then;
    struct rng_stream     setup_stream, break_stream;
};

/* Processor sharing: work is done at the speed of a virtual clock, which runs at min(1, servers/n) and counts in units of
 * 2^-32 ns. A call ends when the clock has gone as far as its work is long. */
struct sharing {
    struct sim_timer  timer; /* of the one that ends first */
    unsigned __int128 clock;
    sim_time          since; /* the clock was right then */
    int64_t           servers;
    bool              frozen, ending;
};

struct bulk {
    struct slab      batches;
    struct sim_timer timer; /* of the first's window */
    int64_t          max, min;
    sim_time         window; /* SIM_NEVER: none */
    int64_t          n_busy;
    struct batch    *first;  /* those under way */
};

struct station_more {
    struct station           *station;
    const struct station_way *way;
    enum station_order        order;
    bool                      preemptive, drop_abandoned;
    enum station_cancellable  cancellable;
    sim_time                  per_byte;
    double                    contention, coherency;
    const struct dist        *read_time, *patience;
    sim_time                  patience_constant; /* -1: sampled */
    struct sim_lane           patience_lane;
    struct rng_stream         patience_stream, pick_stream;
    uint64_t                  n_picked, n_come;
    struct line               line;    /* of those that wait, when the order is not that of the list */
    struct line               working; /* of those that run: the first to be interrupted, the first to end */
    uint64_t                  n_expired;
    struct throttle           throttle;
    bool                      throttles;
    struct seats              seats;
    struct sharing            sharing;
    struct bulk               bulk;
};

/* After each change of what it looks at. */
static inline void station_judge(struct station *s)
{
    s->plain = s->more == NULL && s->roster == NULL && s->fault.active == 0;
}

/* --- station.c --- */

void     station_list_add(struct station_list *, struct wire_call *);
void     station_list_remove(struct station_list *, struct wire_call *);
sim_time station_work_time(struct station *, const struct wire_call *);
void     station_dispatch(struct station *);
void     station_stop(struct station *, struct wire_call *); /* the work on a running call; it stays in its place */
/* A call that entered leaves without being served; the caller counts it. answer: false, it is never answered. */
void station_drop(struct station *, struct wire_call *, sim_time now, bool answer, enum call_verdict);
void station_busy(struct station *, sim_time now); /* the level may have changed */
void station_wait(struct station *, struct wire_call *, sim_time now);    /* joins the waiting list */
void station_unwait(struct station *, struct wire_call *, sim_time now);  /* leaves it */
bool station_has_free(const struct station *); /* a server, where each serves one call */
/* Nothing is done for the call: the station hangs, or the server that has it. */
bool station_hangs(const struct station *, const struct wire_call *);
void     station_leave(struct station *, struct wire_call *, sim_time now); /* goes, from wherever it is */
/* A server of a station without `more` begins to work on a call: while a fault lasts, or one of the roster. false: its work takes no
 * time. */
bool     station_serve_odd(struct station *, struct wire_call *, sim_time now);
/* The same in a plain one, for work that takes no time, and then with all that wait. */
void     station_loop(struct station *, struct wire_call *);
/* The work of a call is over, where the station is not a plain one just now: it leaves, and others begin. */
void     station_go_odd(struct station *, struct wire_call *, sim_time now);

/* --- station_more.c --- */

bool more_open(struct station *, const struct station_config *);
void more_start(struct station *);
void more_resized(struct station *);
bool more_room(const struct station *); /* for one more call */
void more_close(struct station *);
void more_accept(struct station *, struct wire_call *, sim_time now);
void more_unwait(struct station *, struct wire_call *); /* has left the waiting list */
struct wire_call *more_next(struct station *);          /* the next of those that wait */
sim_time more_work_time(const struct station *, const struct wire_call *, sim_time);
/* Takes a call off the waiting list and serves it, or drops it. */
void more_serve(struct station *, struct wire_call *, sim_time now);
bool more_drops(struct station *, struct wire_call *, sim_time now); /* whose client has given up: true, it is gone */
/* For ways: the call begins or goes on with what is left of its work (unless everything stands still). */
void more_begin(struct station *, struct wire_call *, sim_time now);
void more_go_on(struct station *, struct wire_call *, sim_time now);
/* Its work stops, with what is left of it kept. */
void more_hold(struct station *, struct wire_call *, sim_time now);
void more_stop(struct station *, struct wire_call *, sim_time now);
void more_freeze(struct station *, sim_time now);
void more_thaw(struct station *, sim_time now);
bool more_still(const struct station *); /* nothing moves: it hangs, or stands still */
void more_on_worked(struct sim *, struct sim_timer *);

/* --- the ways' own --- */

bool seats_open(struct station *, const struct value *setup, const struct value *breakdown);
void seats_start(struct station *);
void seats_resized(struct station *);
void seats_close(struct station *);
void sharing_open(struct station *);
void sharing_resized(struct station *);
void bulk_open(struct station *, const struct value *);
void bulk_close(struct station *);

#endif
