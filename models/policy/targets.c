/* targets.c - shards and balancers.
 *
 * A shard is a set of `size` targets; there are C(n, size) of them, numbered (combinatorial number system), and a customer
 * has the one that chance or its own number gives. A retry, a hedge or a parallel call goes to the next one along, where
 * the balancer does not look at loads; so a customer with a shard of two tries the other one. */
#include "targets.h"

#include "world.h"

uint64_t targets_ways(uint32_t n, uint32_t k)
{
    unsigned __int128 ways = 1;
    for (uint32_t i = 1; i <= k; i++) {
        ways = ways * (n - k + i) / i;
        if (ways > RNG_ITEM_MAX)
            return 0;
    }
    return (uint64_t)ways;
}

void targets_shard(uint32_t n, uint32_t k, uint64_t number, uint32_t out[SHARD_MAX])
{
    for (uint32_t c = n; k > 0;) {
        uint64_t ways;
        do {
            c--;
            ways = c < k ? 0 : targets_ways(c, k);
        } while (ways > number);
        number -= ways;
        out[--k] = c;
    }
}

static uint64_t shard_number(const struct targets *t, uint32_t customer)
{
    if (t->assign == SHARD_IN_TURN)
        return customer % t->n_shards;
    struct rng cell = rng_at(&t->shard_stream, 0, customer, 0);
    return rng_below(&cell, t->n_shards);
}

/* Of how many it is one, and which. out is filled when there are shards. */
static uint32_t candidates(const struct targets *t, const struct job *job, uint32_t out[SHARD_MAX])
{
    if (t->shard == 0)
        return t->n;
    uint64_t number = shard_number(t, job->key);
    if (t->kind == SHARD_SHUFFLE) {
        targets_shard(t->n, t->shard, number, out);
        return t->shard;
    }
    for (uint32_t i = 0; i < t->shard; i++)
        out[i] = (uint32_t)number * t->shard + i;
    return t->shard;
}

static struct rng pick_cell(const struct targets *t, const struct ask *a)
{
    struct job job = *a->job;
    return job_cell(a->world, &t->pick_stream, &job);
}

static int64_t load(const struct targets *t, uint32_t i)
{
    const struct entity *e = t->target[i];
    if (t->balance == BALANCE_LEAST_OUTSTANDING || e->room->call == NULL || e->room->call->load == NULL)
        return t->outstanding[i];
    return e->room->call->load(e);
}

static bool among(const uint32_t *list, uint32_t n, uint32_t x)
{
    for (uint32_t i = 0; i < n; i++) {
        if (list[i] == x)
            return true;
    }
    return false;
}

/* The least loaded of all (looked at from a random one on), or of a few that chance names; ties go to the first looked at. */
static uint32_t least(const struct targets *t, uint32_t n, const uint32_t *shard, struct rng *cell)
{
    uint32_t best = 0, seen[CHOICES_MAX], looks = t->choices == 0 || t->choices >= n ? n : t->choices;
    uint32_t from = (uint32_t)rng_below(cell, n);
    int64_t lowest = INT64_MAX;
    for (uint32_t i = 0; i < looks; i++) {
        uint32_t at = (from + i) % n;
        if (looks < n) {
            while (i > 0 && among(seen, i, at = (uint32_t)rng_below(cell, n)))
                ;
            seen[i] = at;
        }
        uint32_t target = shard == NULL ? at : shard[at];
        int64_t l = load(t, target);
        if (l < lowest) {
            lowest = l;
            best = target;
        }
    }
    return best;
}

static uint32_t first_base(struct targets *t, const struct ask *a, uint32_t n)
{
    if (t->balance == BALANCE_ROUND_ROBIN)
        return t->turn++ % n;
    struct rng cell = pick_cell(t, a);
    return (uint32_t)rng_below(&cell, n);
}

uint32_t targets_pick(struct targets *t, const struct ask *a)
{
    uint32_t shard[SHARD_MAX], at;
    uint32_t n = candidates(t, a->job, shard);
    bool first = a->attempt == 0 && a->hedge == 0;
    switch (t->balance) {
    case BALANCE_LEAST_OUTSTANDING:
    case BALANCE_SHORTEST: {
        struct rng cell = pick_cell(t, a);
        return least(t, n, t->shard == 0 ? NULL : shard, &cell);
    }
    case BALANCE_RANDOM:
    case BALANCE_ROUND_ROBIN:
        if (first)
            *a->base = first_base(t, a, n);
        at = *a->base + a->attempt + a->hedge + (t->balance == BALANCE_RANDOM ? a->copy : 0);
        break;
    default:
        at = a->copy;
        break;
    }
    return t->shard == 0 ? at % n : shard[at % n];
}
