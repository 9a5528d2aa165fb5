/* targets.h - which of several targets a call goes to. Who asks is a customer (the request's key) that may have a shard of
 * the targets to itself; among those that are left a balancer chooses. */
#ifndef TARGETS_H
#define TARGETS_H

#include "rng.h"
#include "spec.h"
#include "wire.h"

enum balance { BALANCE_NONE, BALANCE_RANDOM, BALANCE_ROUND_ROBIN, BALANCE_LEAST_OUTSTANDING, BALANCE_SHORTEST };
enum shard_kind { SHARD_SHUFFLE, SHARD_FIXED };
enum shard_assign { SHARD_RANDOM, SHARD_IN_TURN };

#define SHARD_MAX   16
#define CHOICES_MAX 16

struct targets {
    uint32_t          n; /* 0: there is only the policy's one target */
    struct entity   **target;
    uint32_t         *outstanding; /* calls under way to each, of this policy */
    enum balance      balance;
    uint32_t          choices; /* how many are looked at; 0: all */
    uint32_t          turn;
    uint32_t          shard; /* size; 0: no shards */
    enum shard_kind   kind;
    enum shard_assign assign;
    uint64_t          n_shards;
    struct rng_stream pick_stream, shard_stream;
};

/* Number of ways to choose k of n; 0 when it does not fit. */
uint64_t targets_ways(uint32_t n, uint32_t k);
/* The shard of that number (< targets_ways): k numbers below n, rising, into out. */
void targets_shard(uint32_t n, uint32_t k, uint64_t number, uint32_t out[SHARD_MAX]);

struct ask { /* one call to be placed */
    const struct job *job;
    uint32_t          copy, attempt, hedge;
    uint32_t         *base; /* kept from the first attempt on */
    struct world     *world;
};
/* The index of the target. */
uint32_t targets_pick(struct targets *, const struct ask *);

#endif
