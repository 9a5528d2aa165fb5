/* link.h - LINK: connections that outlive the calls on them, and those who hold them. A server (a database, a proxy) takes so many
 * and says no to the next one. Who holds them for an application (a pool) is told which of its processes are there: a
 * process that ends gives its connections back, or vanishes, and the server does not know. */
#ifndef LINK_H
#define LINK_H

#include "wire.h"

/* A call's connection, where the server counts them: one that stays open, or its own while it is in the server. */
enum call_on { CALL_ON_NONE, CALL_ON_LINK, CALL_ON_OWN };

/* One open connection: the holder's memory, in a list of the server's while it is open. */
struct wire_link {
    struct wire_link *next, *prev;
    uint64_t          number; /* the server's */
    /* The server has closed it, or what is between has: it is in no list any more. A call that is on it is answered by the
     * server with CALL_DOWN after this, unless the server has forgotten it (call->server_done). */
    void (*broken)(struct wire_link *);
};

struct link_limits {
    int64_t  max;    /* connections in all; INT64_MAX: no bound */
    sim_time idle;   /* the server closes one that has been idle for so long; SIM_NEVER */
    sim_time notice; /* time until it sees that a client has vanished */
};

struct link_ops {
    /* CALL_OK: it is open from now on. Else CALL_REFUSED (as many as there may be) or CALL_DOWN. */
    enum call_verdict (*open)(struct entity *, struct wire_link *);
    void (*close)(struct entity *, struct wire_link *);
    void (*limits)(const struct entity *, struct link_limits *);
};

/* What threads are to a pool: all on one instance, and nobody knows which of them a call comes from (it goes to its processes in
 * turn); one by one processes of their own, unless the pool says how many share one; all on one instance; each an environment
 * that stands still between its invocations. An owner that tells nothing is a crowd in one process. */
enum pool_how { POOL_CROWD, POOL_SINGLE, POOL_INSTANCE, POOL_ENVIRONMENT };

struct pool_ops {
    /* Threads first … first + n - 1 of the owner are there from now on. */
    void (*arrive)(struct entity *, struct entity *owner, uint32_t first, uint32_t n, enum pool_how);
    /* They have ended in order: their process closes its connections when the last of them has. */
    void (*leave)(struct entity *, struct entity *owner, uint32_t first, uint32_t n);
    /* Their instance or environment is gone. */
    void (*lost)(struct entity *, struct entity *owner, uint32_t first, uint32_t n);
    /* A process of its own has crashed, and comes back with the next call. */
    void (*crash)(struct entity *, struct entity *owner, uint32_t who);
};

#endif
