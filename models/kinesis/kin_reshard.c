/* kin_reshard.c - split, merge, and both one after the other until a stream has as many even shards
 * as asked for (section 5). Routing changes when a step ends (KIN-55).
 *
 * UpdateShardCount: every boundary that the new count needs and that is not there is split in, the
 * lowest first; then every boundary that it does not need is merged away. A boundary that lies
 * within 2^64 of where it should be stays: floor(2^128 / n) leaves such remainders. */
#include "kin_int.h"

static enum kin_outcome reshardable(const struct kinesis *k, const struct call *c)
{
    enum kin_outcome o = kin_changeable(k, c);
    return o == KIN_OK && k->config.mode == KIN_MODE_ON_DEMAND ? KIN_ON_DEMAND : o;
}

static enum kin_outcome is_open(const struct kinesis *k, uint32_t shard)
{
    if (shard >= k->shards.n_touched)
        return KIN_NO_SHARD;
    return kin_shard(k, shard)->closed ? KIN_SHARD_CLOSED : KIN_OK;
}

static bool quota_full(const struct kinesis *k, uint32_t more)
{
    return k->config.quota != NULL && k->config.quota->open + more > k->config.quota->max;
}

enum kin_outcome kin_split(struct kinesis *k, struct call *c, uint32_t shard, kin_hash at)
{
    enum kin_outcome o = reshardable(k, c);
    if (o == KIN_OK)
        o = is_open(k, shard);
    if (o != KIN_OK)
        return o;
    const struct kin_shard *s = kin_shard(k, shard);
    if (at <= s->first || at - s->first <= 1 || at >= s->last) /* KIN-49 */
        return KIN_BAD_SPLIT;
    if (quota_full(k, 1))
        return KIN_SHARD_QUOTA;
    kin_begin_op(
        k, c,
        (struct kin_op){
            .step = KIN_STEP_SPLIT, .due = c->now + k->config.step_time, .shard = shard, .at = at});
    return KIN_OK;
}

enum kin_outcome kin_merge(struct kinesis *k, struct call *c, uint32_t shard, uint32_t other)
{
    enum kin_outcome o = reshardable(k, c);
    if (o == KIN_OK)
        o = is_open(k, shard);
    if (o == KIN_OK)
        o = is_open(k, other);
    if (o != KIN_OK)
        return o;
    bool in_order = kin_shard(k, shard)->first < kin_shard(k, other)->first;
    uint32_t low = in_order ? shard : other, high = in_order ? other : shard;
    if (shard == other || kin_shard(k, low)->last + 1 != kin_shard(k, high)->first)
        return KIN_NOT_ADJACENT;
    kin_begin_op(k, c,
                 (struct kin_op){.step = KIN_STEP_MERGE,
                                 .due = c->now + k->config.step_time,
                                 .shard = low,
                                 .other = high});
    return KIN_OK;
}

/* --- UpdateShardCount --- */

static bool close_to(kin_hash a, kin_hash b)
{
    return (a > b ? a - b : b - a) >> 64 == 0;
}

/* The place in open[] of the shard to be split, and where; false: all boundaries are there. */
static bool missing(const struct kinesis *k, uint32_t n, uint32_t *place, kin_hash *at)
{
    uint32_t j = 0; /* start[j] <= boundary, up to the tolerance */
    for (uint32_t i = 1; i < n; i++) {
        *at = kin_even(i, n);
        while (j + 1 < k->n_open && (k->start[j + 1] <= *at || close_to(k->start[j + 1], *at)))
            j++;
        if (close_to(k->start[j], *at))
            continue;
        *place = j;
        return true;
    }
    return false;
}

/* The place of the upper of two shards to be merged. */
static bool superfluous(const struct kinesis *k, uint32_t n, uint32_t *place)
{
    uint32_t i = 1;
    for (uint32_t j = 1; j < k->n_open; j++) {
        while (i < n && kin_even(i, n) < k->start[j] && !close_to(kin_even(i, n), k->start[j]))
            i++;
        if (i < n && close_to(kin_even(i, n), k->start[j]))
            continue;
        *place = j;
        return true;
    }
    return false;
}

bool kin_count_done(const struct kinesis *k)
{
    uint32_t place;
    kin_hash at;
    return !missing(k, k->op.target, &place, &at) && !superfluous(k, k->op.target, &place);
}

bool kin_step_count(struct kinesis *k, struct call *c)
{
    uint32_t place;
    kin_hash at;
    if (missing(k, k->op.target, &place, &at))
        return kin_do_split(k, c, k->open[place], at);
    if (superfluous(k, k->op.target, &place))
        return kin_do_merge(k, c, k->open[place - 1], k->open[place]);
    return true;
}

/* At most max within a rolling day, of which *n are known. */
static bool within_a_day(sim_time *at, uint32_t *n, uint32_t max, sim_time now)
{
    if (*n == max) {
        if (now - at[0] < SIM_DAY)
            return false;
        for (uint32_t i = 1; i < max; i++)
            at[i - 1] = at[i];
        --*n;
    }
    at[(*n)++] = now;
    return true;
}

enum kin_outcome kin_update_count(struct kinesis *k, struct call *c, uint32_t target)
{
    enum kin_outcome o = reshardable(k, c);
    if (o != KIN_OK)
        return o;
    if (target > 2 * k->n_open || target < (k->n_open + 1) / 2 || target == 0)
        return KIN_BAD_TARGET;
    if (target > KIN_SHARDS_MAX)
        return KIN_TOO_MANY_SHARDS;
    if (target > k->n_open && quota_full(k, target - k->n_open))
        return KIN_SHARD_QUOTA;
    if (!within_a_day(k->updates, &k->n_updates, KIN_UPDATES, c->now))
        return KIN_TOO_MANY_UPDATES;
    struct kin_op op = {
        .step = KIN_STEP_COUNT, .due = c->now + k->config.step_time, .target = target};
    k->op.target = target;
    if (!kin_count_done(k))
        kin_begin_op(k, c, op);
    return KIN_OK;
}

/* --- what is not resharding, and keeps the stream UPDATING as well (section 6) --- */

enum kin_outcome kin_set_mode(struct kinesis *k, struct call *c, enum kin_mode mode)
{
    enum kin_outcome o = kin_changeable(k, c);
    if (o != KIN_OK || mode == k->config.mode)
        return o;
    if (!within_a_day(k->modes, &k->n_modes, KIN_MODES, c->now))
        return KIN_TOO_MANY_MODES;
    kin_begin_op(k, c,
                 (struct kin_op){
                     .step = KIN_STEP_MODE, .due = c->now + k->config.step_time, .target = mode});
    return KIN_OK;
}

enum kin_outcome kin_set_warm(struct kinesis *k, struct call *c, uint32_t mib)
{
    enum kin_outcome o = kin_changeable(k, c);
    if (o != KIN_OK)
        return o;
    if (k->config.mode != KIN_MODE_ON_DEMAND)
        return KIN_PROVISIONED;
    if (mib > 10240)
        return KIN_BAD_WARM;
    k->warm = mib < k->config.on_demand_max ? mib : k->config.on_demand_max;
    kin_begin_op(k, c, (struct kin_op){.step = KIN_STEP_WARM, .due = c->now + k->config.warm_time});
    return KIN_OK;
}

enum kin_outcome kin_set_max_record(struct kinesis *k, struct call *c, uint32_t kib)
{
    if (kib < 1024 || kib > 10240)
        return KIN_BAD_RECORD_LIMIT;
    enum kin_outcome o = kin_changeable(k, c);
    if (o != KIN_OK)
        return o;
    for (uint32_t i = 0; i < k->n_open; i++)
        kin_limits_resize(k, kin_shard(k, k->open[i]), c->now, kib * 1024);
    k->config.max_record = kib * 1024;
    return KIN_OK;
}
