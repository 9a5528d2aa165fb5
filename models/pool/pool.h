/* pool.h - the connection pools of an application: one in each of its processes. Which threads make a process is what owners and
 * settings say; a function's environment is one by itself. */
#ifndef POOL_H
#define POOL_H

#include "lender.h"
#include "map64.h"

enum pool_key {
    POOL_TARGET,
    POOL_SIZE,
    POOL_THREADS,
    POOL_MIN_IDLE,
    POOL_IDLE_TIMEOUT,
    POOL_MAX_LIFETIME,
    POOL_TIMEOUT,
    POOL_CONNECT_TIME,
    POOL_ON_REFUSAL,
    POOL_ON_KILL,
    N_POOL_KEYS
};
enum pool_metric { PM_PROCESSES = N_LENDER_METRICS, N_POOL_METRICS };
enum proxy_key {
    PROXY_TARGET,
    PROXY_MAX,
    PROXY_MAX_IDLE,
    PROXY_BORROW_TIMEOUT,
    PROXY_IDLE_CLIENT,
    PROXY_CONNECT_TIME,
    PROXY_LATENCY,
    N_PROXY_KEYS
};
enum proxy_metric { XM_CLIENTS = N_LENDER_METRICS, XM_CLIENTS_OPENED, XM_CLIENTS_CLOSED, XM_ALLOWED, N_PROXY_METRICS };

extern const struct key        pool_keys[N_POOL_KEYS], proxy_keys[N_PROXY_KEYS];
extern const struct metric_def pool_metrics[N_POOL_METRICS], proxy_metrics[N_PROXY_METRICS];

/* Somebody who calls through the pool. */
struct pool_owner {
    struct entity     *entity;
    struct pool_owner *next;
    enum pool_how      how;
    uint32_t           threads; /* of an instance; 0: there are none */
    uint32_t           share;   /* threads of one process */
    struct site       *first;   /* its processes, in the order of their coming */
    struct site      **last;
    struct site       *turn;    /* the next one, of a crowd */
};

struct pool {
    struct entity      e; /* first */
    struct lender      lender;
    uint32_t           threads; /* 0: by the owner */
    struct pool_owner *owner;
    struct map64       sites; /* owner's number and process → slot */
    struct slab        slab;  /* struct site */
    struct obs_level   processes;
};

/* pool_site.c */
extern const struct pool_ops pool_sites;
/* The process that a call comes from; NULL: memory is short. */
struct site *pool_site_of(struct pool *, const struct wire_call *);

#endif
