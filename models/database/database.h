/* database.h - a database in a run: a station, versions of records, and the connections that are open to it. */
#ifndef DATABASE_H
#define DATABASE_H

#include "link.h"
#include "map64.h"
#include "rds.h"
#include "station.h"

enum database_key {
    DATABASE_CONNECTIONS,
    DATABASE_WRITE_TIME,
    DATABASE_WAITING,
    DATABASE_READ_TIME,
    DATABASE_MAX_CONNECTIONS,
    DATABASE_ENGINE,
    DATABASE_MEMORY,
    DATABASE_IDLE_TIMEOUT,
    DATABASE_NOTICE,
    DATABASE_STATION,
    N_DATABASE_KEYS = DATABASE_STATION + N_STATION_KEYS
};
enum database_metric {
    DM_READS = N_STATION_METRICS,
    DM_CONFLICTS,
    DM_OPENED,
    DM_CLOSED,
    DM_REFUSED,
    DM_OPEN,
    N_DATABASE_METRICS
};
#define DATABASE_COUNTERS (DM_REFUSED - DM_READS + 1)

extern const struct key        database_keys[N_DATABASE_KEYS];
extern const struct metric_def database_metrics[N_DATABASE_METRICS];

struct database {
    struct station     s;        /* first */
    struct map64       versions; /* by key; of records that were read or written since the first read */
    bool               versioned;
    bool               counts;   /* connections: there is a maximum of them */
    struct link_limits limits;
    struct wire_link  *link, *last_link; /* those that are held, the oldest first */
    int64_t            n_link, n_own; /* held; of calls that came on one of their own */
    uint64_t           n_opened, n_closed; /* since the start of the run */
    struct obs_counter count[DATABASE_COUNTERS];
    struct obs_level   open;
};

/* database_links.c */
extern const struct link_ops database_link;
void links_init(struct database *, const struct spec_entity *);
void links_accept(struct entity *, struct wire_call *);
bool links_turn_away(struct entity *, const struct job *, uint32_t n, enum call_verdict *);
void links_hung_up(struct station *, sim_time now);
void links_fault(struct entity *, const struct fault_state *);
bool links_conserve(const struct database *, struct err *);
/* The maximum that the settings come to; INT64_MAX: none. */
int64_t links_max(const struct spec_entity *);

#endif
