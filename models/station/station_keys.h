/* station_keys.h - settings that every room with a station has, beside its servers, its waiting room and its time. They
 * follow the room's own keys: `STATION_KEYS(first)` in the table, where `first` is the number of the first of them. */
#ifndef STATION_KEYS_H
#define STATION_KEYS_H

#include "problem.h"
#include "spec.h"

enum station_key {
    STATION_ORDER,
    STATION_PREEMPTIVE,
    STATION_TIME_PER_BYTE,
    STATION_SLOWDOWN,
    STATION_PATIENCE,
    STATION_DROP_ABANDONED,
    STATION_CANCELLABLE,
    STATION_BATCH,
    STATION_SETUP,
    STATION_BREAKDOWN,
    STATION_THROTTLE,
    N_STATION_KEYS
};
enum station_order { ORDER_FCFS, ORDER_LCFS, ORDER_RANDOM, ORDER_PRIORITY, ORDER_SHARING };
enum station_cancellable { CANCEL_ALWAYS, CANCEL_WAITING, CANCEL_NEVER };

enum slowdown_key { SLOWDOWN_CONTENTION, SLOWDOWN_COHERENCY, N_SLOWDOWN_KEYS };
enum batch_key { BATCH_MAX, BATCH_MIN, BATCH_WINDOW, N_BATCH_KEYS };
enum setup_key { SETUP_TIME, SETUP_KEEP, N_SETUP_KEYS };
enum breakdown_key { BREAKDOWN_UP, BREAKDOWN_DOWN, BREAKDOWN_WHEN, BREAKDOWN_THEN, N_BREAKDOWN_KEYS };
enum breakdown_when { BREAKS_ALWAYS, BREAKS_SERVING };
enum breakdown_then { THEN_RESUME, THEN_REPEAT, THEN_FAIL };
enum throttle_key { THROTTLE_RATE, THROTTLE_BURST, THROTTLE_LIMIT, THROTTLE_WINDOW, THROTTLE_HINT, N_THROTTLE_KEYS };

extern const struct key slowdown_keys[N_SLOWDOWN_KEYS];
extern const struct key batch_keys[N_BATCH_KEYS];
extern const struct key setup_keys[N_SETUP_KEYS];
extern const struct key breakdown_keys[N_BREAKDOWN_KEYS];
extern const struct key throttle_keys[N_THROTTLE_KEYS];

#define STATION_KEYS(first)                                                                        \
    [(first) + STATION_ORDER] = {.name = "order",                                                  \
                                 .type = VALUE_CHOICE,                                             \
                                 .choices = "fcfs|lcfs|random|priority|sharing",                   \
                                 .fallback = "fcfs",                                               \
                                 .doc = "Who is served next: first or last come, anybody, the smallest priority of " \
                                        "its producer; sharing: all at once, each at an equal share of the servers."}, \
    [(first) + STATION_PREEMPTIVE] = {.name = "preemptive",                                        \
                                      .type = VALUE_FLAG,                                          \
                                      .fallback = "false",                                         \
                                      .doc = "lcfs, priority: who comes before another takes its server; the other's " \
                                             "work goes on later where it stopped."},              \
    [(first) + STATION_TIME_PER_BYTE] = {.name = "time_per_byte",                                  \
                                         .type = VALUE_DURATION,                                   \
                                         .fallback = "0s",                                         \
                                         .high = "1s",                                             \
                                         .doc = "Time for each byte of a request, on top of its own time."}, \
    [(first) + STATION_SLOWDOWN] = {.name = "slowdown",                                            \
                                    .type = VALUE_GROUP,                                           \
                                    .sub = slowdown_keys,                                          \
                                    .n_sub = N_SLOWDOWN_KEYS,                                      \
                                    .doc = "Work takes longer the more calls are served at the same time."}, \
    [(first) + STATION_PATIENCE] = {.name = "patience",                                            \
                                    .type = VALUE_DIST,                                            \
                                    .unit = DIST_DURATION,                                         \
                                    .doc = "How long a call waits for a server before it leaves, refused. Default: " \
                                           "for ever."},                                           \
    [(first) + STATION_DROP_ABANDONED] = {.name = "drop_abandoned",                                \
                                          .type = VALUE_FLAG,                                      \
                                          .fallback = "false",                                     \
                                          .doc = "A call whose client has given up is dropped when its turn comes, not " \
                                                 "served."},                                       \
    [(first) + STATION_CANCELLABLE] = {.name = "cancellable",                                      \
                                       .type = VALUE_CHOICE,                                       \
                                       .choices = "always|waiting|never",                          \
                                       .fallback = "always",                                       \
                                       .doc = "Whether it stops work that a client takes back: also what is being " \
                                              "served, only what waits, or never."},               \
    [(first) + STATION_BATCH] = {.name = "batch",                                                  \
                                 .type = VALUE_GROUP,                                              \
                                 .sub = batch_keys,                                                \
                                 .n_sub = N_BATCH_KEYS,                                            \
                                 .doc = "A server takes several calls at once and serves them together, in one time."}, \
    [(first) + STATION_SETUP] = {.name = "setup",                                                  \
                                 .type = VALUE_GROUP,                                              \
                                 .sub = setup_keys,                                                \
                                 .n_sub = N_SETUP_KEYS,                                            \
                                 .doc = "Servers that have been idle for long start cold."},       \
    [(first) + STATION_BREAKDOWN] = {.name = "breakdown",                                          \
                                     .type = VALUE_GROUP,                                          \
                                     .sub = breakdown_keys,                                        \
                                     .n_sub = N_BREAKDOWN_KEYS,                                    \
                                     .doc = "Each server breaks down now and then, and is repaired."}, \
    [(first) + STATION_THROTTLE] = {.name = "throttle",                                            \
                                    .type = VALUE_GROUP,                                           \
                                    .sub = throttle_keys,                                          \
                                    .n_sub = N_THROTTLE_KEYS,                                      \
                                    .doc = "Quota of calls that it lets in: a token bucket (rate, burst) or so many a " \
                                           "window (limit, window). What is over it is throttled."}

/* In `check`. servers, places: the room's values for them. holds: whether a call may hold its server beyond its own time. */
void station_keys_check(const struct spec_entity *, unsigned first, const struct value *servers, const struct value *places,
                        bool holds, struct problems *);
/* Whether any of them is set, so that the station is not a plain one. */
bool station_keys_given(const struct spec_entity *, unsigned first);

#endif
