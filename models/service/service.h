/* service.h - settings and metrics of a synchronous service, as the user sees them. */
#ifndef SERVICE_H
#define SERVICE_H

#include "caller.h"
#include "crew.h"
#include "pools.h"
#include "room.h"
#include "station.h"

enum {
    SERVICE_SERVERS,
    SERVICE_WAITING,
    SERVICE_TIME,
    SERVICE_CALLS,
    SERVICE_SENDS,
    SERVICE_FORWARDS,
    SERVICE_CRASH,
    SERVICE_STATION,
    N_SERVICE_KEYS = SERVICE_STATION + N_STATION_KEYS
};
enum {
    SM_TRIES = N_STATION_METRICS,
    SM_RETRIES,
    SM_TIMEOUTS,
    SM_CALLER,
    SM_CRASHED = SM_CALLER + N_CALLER_METRICS,
    N_SERVICE_METRICS
};
enum { SERVICE_CRASH_PROBABILITY, SERVICE_CRASH_AFTER, N_SERVICE_CRASH_KEYS };

/* The pools that it calls through. */
struct pools *service_pools(struct entity *);

extern const struct crew_ops   service_crew;
void service_check(const struct spec *, const struct spec_entity *, struct problems *);

extern const struct key        service_keys[N_SERVICE_KEYS];
extern const struct metric_def service_metrics[N_SERVICE_METRICS];

/* What is wrong between settings. */
void service_check(const struct spec *, const struct spec_entity *, struct problems *);

#endif
