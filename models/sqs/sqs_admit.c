/* sqs_admit.c - call quotas (section 15), of FIFO queues; of standard ones when a model sets one
 * (SQS-100): token buckets that hold a second's worth and refill continuously. Tokens are counted in billionths of one, which makes the refill an
 * integer.
 *
 * In high-throughput mode a batch is a transaction per partition. AWS does not publish how groups
 * share partitions; here each has one of its own, with a bucket that is remembered until it is
 * full again. */
#include "sqs_fifo.h"

#define TOKEN INT64_C(1000000000)

/* A refused call takes nothing and is not billed (SQS-104). */
static int64_t level_now(const struct bucket *b, uint32_t rate, sim_time now)
{
    int64_t full = rate * TOKEN;
    sim_time gap = now - b->at;
    return gap >= SIM_S || b->level + gap * rate > full ? full : b->level + gap * rate;
}

static void take(struct bucket *b, uint32_t rate, sim_time now, uint32_t n)
{
    b->level = level_now(b, rate, now) - n * TOKEN;
    b->at = now;
}

/* --- buckets of groups --- */

static struct group_bucket *bucket_at(const struct group_buckets *g, uint32_t i)
{
    return (struct group_bucket *)slab_at(&g->slab, i);
}

void group_buckets_init(struct group_buckets *g)
{
    slab_init(&g->slab, sizeof(struct group_bucket));
    map64_init(&g->by_group);
    g->head = g->tail = NONE;
}

void group_buckets_close(struct group_buckets *g)
{
    slab_free(&g->slab);
    map64_free(&g->by_group);
}

static void unlink_bucket(struct group_buckets *g, uint32_t i)
{
    struct group_bucket *b = bucket_at(g, i);
    *(b->older == NONE ? &g->head : &bucket_at(g, b->older)->newer) = b->newer;
    *(b->newer == NONE ? &g->tail : &bucket_at(g, b->newer)->older) = b->older;
}

static void append_bucket(struct group_buckets *g, uint32_t i)
{
    struct group_bucket *b = bucket_at(g, i);
    b->newer = NONE;
    b->older = g->tail;
    *(g->tail == NONE ? &g->head : &bucket_at(g, g->tail)->newer) = i;
    g->tail = i;
}

/* In the order of last use; after a second each is full and need not be kept. */
static void drop_full(struct group_buckets *g, sim_time now)
{
    while (g->head != NONE && bucket_at(g, g->head)->bucket.at + SIM_S <= now) {
        uint32_t i = g->head;
        unlink_bucket(g, i);
        map64_remove(&g->by_group, bucket_at(g, i)->key);
        slab_give(&g->slab, i);
    }
}

static uint64_t key_of(enum sqs_action action, uint32_t group)
{
    return (uint64_t)action << 32 | group;
}

/* NONE: it is full. */
static uint32_t bucket_of(const struct sqs *s, enum sqs_action action, uint32_t group)
{
    uint64_t i;
    return map64_get(&s->fifo->group_buckets.by_group, key_of(action, group), &i) ? (uint32_t)i : NONE;
}

static bool bucket_has_token(const struct sqs *s, uint32_t i)
{
    return i == NONE ||
           level_now(&bucket_at(&s->fifo->group_buckets, i)->bucket, s->config.group_rate, s->now) >= TOKEN;
}

static uint32_t bucket_new(struct sqs *s, uint64_t key)
{
    struct group_buckets *g = &s->fifo->group_buckets;
    uint32_t i = slab_take(&g->slab);
    if (i == NONE || !map64_put(&g->by_group, key, i)) {
        if (i != NONE)
            slab_give(&g->slab, i);
        return NONE;
    }
    *bucket_at(g, i) = (struct group_bucket){.key = key, .bucket.at = s->now - SIM_S};
    append_bucket(g, i);
    return i;
}

static bool bucket_take(struct sqs *s, enum sqs_action action, uint32_t group, uint32_t i)
{
    struct group_buckets *g = &s->fifo->group_buckets;
    if (i == NONE)
        i = bucket_new(s, key_of(action, group));
    if (i == NONE)
        return false;
    take(&bucket_at(g, i)->bucket, s->config.group_rate, s->now, 1);
    if (g->tail != i) {
        unlink_bucket(g, i);
        append_bucket(g, i);
    }
    return true;
}

/* --- a call --- */

static bool seen_before(const uint32_t *groups, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++)
        if (groups[k] == groups[i])
            return true;
    return false;
}

static enum sqs_outcome admit_parts(struct sqs *s, enum sqs_action action, const uint32_t *groups,
                                    uint32_t n, uint32_t *parts)
{
    drop_full(&s->fifo->group_buckets, s->now);
    *parts = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (groups[i] == SQS_NO_GROUP || seen_before(groups, i))
            continue;
        if (!bucket_has_token(s, bucket_of(s, action, groups[i])))
            return SQS_THROTTLED;
        ++*parts;
    }
    if (*parts == 0)
        *parts = 1;
    return SQS_OK;
}

static enum sqs_outcome take_all(struct sqs *s, enum sqs_action action, const uint32_t *groups,
                                 uint32_t n, uint32_t parts)
{
    bool by_group = s->config.group_rate > 0;
    for (uint32_t i = 0; by_group && i < n; i++)
        if (groups[i] != SQS_NO_GROUP && !seen_before(groups, i) &&
            !bucket_take(s, action, groups[i], bucket_of(s, action, groups[i])))
            return SQS_NO_MEMORY;
    take(&s->bucket[action], s->config.call_rate, s->now, parts);
    return SQS_OK;
}

static bool has_tokens(const struct sqs *s, enum sqs_action action, uint32_t parts)
{
    return level_now(&s->bucket[action], s->config.call_rate, s->now) >= parts * TOKEN;
}

static enum sqs_outcome admit(struct sqs *s, enum sqs_action action, const uint32_t *groups, uint32_t n)
{
    uint32_t parts = 1;
    enum sqs_outcome out = SQS_OK;
    if (s->config.group_rate > 0)
        out = admit_parts(s, action, groups, n, &parts);
    if (out != SQS_OK || !has_tokens(s, action, parts))
        return SQS_THROTTLED;
    return take_all(s, action, groups, n, parts);
}

/* The same for one entry, or none: its bucket is looked for once. */
static enum sqs_outcome admit_one(struct sqs *s, enum sqs_action action, uint32_t group)
{
    bool by_group = s->config.group_rate > 0 && group != SQS_NO_GROUP;
    uint32_t i = NONE;
    if (s->config.group_rate > 0)
        drop_full(&s->fifo->group_buckets, s->now);
    if (by_group)
        i = bucket_of(s, action, group);
    if (!bucket_has_token(s, i) || !has_tokens(s, action, 1))
        return SQS_THROTTLED;
    if (by_group && !bucket_take(s, action, group, i))
        return SQS_NO_MEMORY;
    take(&s->bucket[action], s->config.call_rate, s->now, 1);
    return SQS_OK;
}

enum sqs_outcome sqs_admit(struct sqs *s, struct call *c, enum sqs_action action,
                           const uint32_t *groups, uint32_t n)
{
    if (s->config.call_rate == 0 || action == SQS_ACTION_CHANGE)
        return SQS_OK;
    op_begin(s, c);
    enum sqs_outcome out = n > 1 ? admit(s, action, groups, n) : admit_one(s, action, n == 1 ? groups[0] : SQS_NO_GROUP);
    s->counts.throttled += out == SQS_THROTTLED;
    return out;
}
