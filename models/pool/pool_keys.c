/* pool_keys.c - settings and metrics of connection pools, in HikariCP's words, and of proxies, in those of RDS Proxy. */
#include "pool.h"

const struct key pool_keys[N_POOL_KEYS] = {
    [POOL_TARGET] = {.name = "target",
                     .type = VALUE_REF,
                     .flags = KEY_REQUIRED,
                     .refs = "database|proxy",
                     .doc = "What its connections go to."},
    [POOL_SIZE] = {.name = "size",
                   .type = VALUE_COUNT,
                   .fallback = "10",
                   .low = "1",
                   .high = "10000",
                   .rule = "POOL-2",
                   .doc = "Connections that one process may have (maximumPoolSize)."},
    [POOL_THREADS] = {.name = "threads",
                      .type = VALUE_COUNT,
                      .low = "1",
                      .high = "100000",
                      .rule = "POOL-1",
                      .doc = "Workers or servers of the caller in one process. Default: all of an instance where a group runs them; a service is "
                             "one process, a worker without a group one of its own. An environment of a function always is."},
    [POOL_MIN_IDLE] = {.name = "min_idle",
                       .type = VALUE_COUNT,
                       .low = "0",
                       .high = "10000",
                       .rule = "POOL-3",
                       .doc = "Idle connections that are kept at hand (minimumIdle), opened as soon as the process is there. Default: `size`, a "
                              "pool of fixed size."},
    [POOL_IDLE_TIMEOUT] = {.name = "idle_timeout",
                           .type = VALUE_DURATION,
                           .fallback = "10min",
                           .low = "10s",
                           .rule = "POOL-4",
                           .doc = "Idle connections above min_idle are closed after so long. Nothing is closed while an environment is frozen."},
    [POOL_MAX_LIFETIME] = {.name = "max_lifetime",
                           .type = VALUE_DURATION,
                           .fallback = "30min",
                           .low = "0s",
                           .rule = "POOL-5",
                           .doc = "A connection is replaced after so long, less up to 2.5 % by chance, when it is idle. 0s: never."},
    [POOL_TIMEOUT] = {.name = "connection_timeout",
                      .type = VALUE_DURATION,
                      .fallback = "30s",
                      .low = "1ms",
                      .rule = "POOL-6",
                      .doc = "How long a call waits for a connection; then it fails."},
    [POOL_CONNECT_TIME] = {.name = "connect_time",
                           .type = VALUE_DIST,
                           .unit = DIST_DURATION,
                           .fallback = "20ms",
                           .rule = "POOL-7",
                           .doc = "Time to open a connection: TCP, TLS, log in. The server counts it from the beginning."},
    [POOL_ON_REFUSAL] = {.name = "on_refusal",
                         .type = VALUE_CHOICE,
                         .choices = "retry|fail",
                         .fallback = "retry",
                         .rule = "POOL-8",
                         .doc = "A connection that the server refuses: the pool tries again after 250 ms, and half as long again each time up to "
                                "10 s, while the call waits; or the call that wanted it fails at once, as with most drivers."},
    [POOL_ON_KILL] = {.name = "on_kill",
                      .type = VALUE_CHOICE,
                      .choices = "lost|closed",
                      .fallback = "lost",
                      .rule = "POOL-9",
                      .doc = "What the server hears when an instance is killed or an environment reaped: nothing, until it notices; or that its "
                             "connections close."},
};

#define LENDER_METRICS(word, open, used, waits)                                                                                 \
    [LM_OPEN] = {"connections", open, OBS_LEVEL, UNIT_ONE, METRIC_SERIES, "Connections that it has: in use, idle, being opened, lost."}, \
    [LM_IN_USE] = {"in_use", used, OBS_LEVEL, UNIT_ONE, METRIC_SERIES, "Connections with a call on them."},                     \
    [LM_IDLE] = {"idle", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES, "Connections that are open for nothing."},                   \
    [LM_WAITING] = {"waiting", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES, "Calls that wait for a connection."},                  \
    [LM_LOST] = {"lost", NULL, OBS_LEVEL, UNIT_ONE, 0, "Connections of " word " that is gone, and the server has not noticed."}, \
    [LM_OPENED] = {"connections_opened", NULL, OBS_COUNTER, UNIT_ONE, 0, "Connections that it opened."},                        \
    [LM_CLOSED] = {"connections_closed", NULL, OBS_COUNTER, UNIT_ONE, 0, "Connections that ended, in whatever way."},           \
    [LM_REFUSED] = {"connections_refused", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES,                                          \
                    "Connections that the server did not take: too many are open, or it is down."},                             \
    [LM_BROKEN] = {"connections_broken", NULL, OBS_COUNTER, UNIT_ONE, 0, "Connections that the server closed."},                \
    [LM_TIMEOUTS] = {"connection_timeouts", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES,                                         \
                     "Calls that waited too long for a connection."},                                                           \
    [LM_CALLS] = {"calls", NULL, OBS_COUNTER, UNIT_ONE, 0, "Calls that came."},                                                 \
    [LM_WAIT] = {"wait", waits, OBS_TALLY, UNIT_NS, METRIC_HIST, "Time from a call's coming until it has a connection."}

const struct metric_def pool_metrics[N_POOL_METRICS] = {
    LENDER_METRICS("a process", NULL, NULL, NULL),
    [PM_PROCESSES] = {"processes", NULL, OBS_LEVEL, UNIT_ONE, 0, "Processes that are there, each with connections of its own."},
};

const struct key proxy_keys[N_PROXY_KEYS] = {
    [PROXY_TARGET] = {.name = "target",
                      .type = VALUE_REF,
                      .flags = KEY_REQUIRED,
                      .refs = "database",
                      .doc = "The database; it has a maximum of connections."},
    [PROXY_MAX] = {.name = "max_connections_percent",
                   .type = VALUE_COUNT,
                   .fallback = "100",
                   .low = "1",
                   .high = "100",
                   .rule = "RDS-9",
                   .doc = "Connections to the database at most, of its maximum."},
    [PROXY_MAX_IDLE] = {.name = "max_idle_connections_percent",
                        .type = VALUE_COUNT,
                        .low = "0",
                        .high = "100",
                        .rule = "RDS-9",
                        .doc = "Idle ones above this share of the database's maximum are closed after five minutes. Default: half of "
                               "max_connections_percent."},
    [PROXY_BORROW_TIMEOUT] = {.name = "connection_borrow_timeout",
                              .type = VALUE_DURATION,
                              .fallback = "120s",
                              .low = "1s",
                              .high = "1h",
                              .rule = "RDS-9",
                              .doc = "How long a call waits for a connection to the database; then it fails."},
    [PROXY_IDLE_CLIENT] = {.name = "idle_client_timeout",
                           .type = VALUE_DURATION,
                           .fallback = "30min",
                           .low = "1s",
                           .high = "8h",
                           .rule = "RDS-9",
                           .doc = "It closes a client's connection that has been idle for so long."},
    [PROXY_CONNECT_TIME] = {.name = "connect_time",
                            .type = VALUE_DIST,
                            .unit = DIST_DURATION,
                            .fallback = "20ms",
                            .rule = "POOL-7",
                            .doc = "Time to open a connection to the database."},
    [PROXY_LATENCY] = {.name = "latency",
                       .type = VALUE_DURATION,
                       .fallback = "0s",
                       .low = "0s",
                       .doc = "Time that a call takes on its way through the proxy."},
};

const struct metric_def proxy_metrics[N_PROXY_METRICS] = {
    LENDER_METRICS("a proxy", "DatabaseConnections", "DatabaseConnectionsCurrentlyBorrowed", "DatabaseConnectionsBorrowLatency"),
    [XM_CLIENTS] = {"client_connections", "ClientConnections", OBS_LEVEL, UNIT_ONE, METRIC_SERIES, "Connections of clients that are open."},
    [XM_CLIENTS_OPENED] = {"client_connections_opened", "ClientConnectionsReceived", OBS_COUNTER, UNIT_ONE, 0, "Connections of clients opened."},
    [XM_CLIENTS_CLOSED] = {"client_connections_closed", "ClientConnectionsClosed", OBS_COUNTER, UNIT_ONE, 0, "Connections of clients closed."},
    [XM_ALLOWED] = {"max_allowed", "MaxDatabaseConnectionsAllowed", OBS_LEVEL, UNIT_ONE, 0, "Connections to the database that it may have."},
};
