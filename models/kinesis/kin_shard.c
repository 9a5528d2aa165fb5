/* kin_shard.c - shards come and go: a step of resharding closes one or two and opens their
 * children; what is older than the retention is forgotten (section 4), in whole chunks. */
#include "kin_int.h"

#include <string.h>

#include "mem.h"

bool kin_room(struct kinesis *k, uint32_t more)
{
    uint32_t cap = k->n_open + more;
    if (cap <= k->cap_open)
        return true;
    cap += k->cap_open; /* at least doubled */
    kin_hash *start = mem_resize(k->start, cap * sizeof(*start));
    if (start == NULL)
        return false;
    k->start = start;
    uint32_t *open = mem_resize(k->open, cap * sizeof(*open));
    if (open == NULL)
        return false;
    k->open = open;
    k->cap_open = cap;
    return true;
}

uint32_t kin_shard_new(struct kinesis *k, sim_time now, kin_hash first, kin_hash last)
{
    uint32_t number = slab_take(&k->shards);
    if (number == SLAB_NONE)
        return KIN_NONE;
    struct kin_shard *s = kin_shard(k, number);
    *s = (struct kin_shard){.first = first,
                            .last = last,
                            .closed_at = SIM_NEVER,
                            .parent = {KIN_NONE, KIN_NONE},
                            .child = {KIN_NONE, KIN_NONE}};
    kin_ring_init(&s->ring);
    kin_limits_open(k, s, now);
    return number;
}

static void close_shard(struct kinesis *k, struct call *c, uint32_t number, const uint32_t child[2],
                        uint32_t children)
{
    struct kin_shard *s = kin_shard(k, number);
    s->closed = true;
    s->closed_at = c->now;
    for (uint32_t i = 0; i < children; i++)
        s->child[i] = child[i];
    call_effect(c, KIN_FX_CLOSED, number, 0, 0);
    kin_wake(k, s, c->now);
}

/* The parents close, the children take their place; room was made. */
static void replace(struct kinesis *k, struct call *c, const uint32_t parent[2], uint32_t parents,
                    const uint32_t child[2], uint32_t children)
{
    uint32_t at = kin_place(k, kin_shard(k, parent[0])->first);
    size_t after = k->n_open - at - parents;
    memmove(k->start + at + children, k->start + at + parents, after * sizeof(*k->start));
    memmove(k->open + at + children, k->open + at + parents, after * sizeof(*k->open));
    k->n_open += children - parents;
    if (k->config.quota != NULL)
        k->config.quota->open += (uint64_t)children - parents;
    for (uint32_t i = 0; i < children; i++) {
        struct kin_shard *s = kin_shard(k, child[i]);
        for (uint32_t p = 0; p < parents; p++)
            s->parent[p] = parent[p];
        k->start[at + i] = s->first;
        k->open[at + i] = child[i];
    }
    for (uint32_t p = 0; p < parents; p++)
        close_shard(k, c, parent[p], child, children);
    for (uint32_t i = 0; i < children; i++)
        call_effect(c, KIN_FX_OPENED, child[i], parent[0], parents > 1 ? parent[1] : KIN_NONE);
}

bool kin_do_split(struct kinesis *k, struct call *c, uint32_t shard, kin_hash at)
{
    kin_hash first = kin_shard(k, shard)->first, last = kin_shard(k, shard)->last;
    uint32_t parent[2] = {shard, KIN_NONE}, child[2];
    CHECK(at > first && at <= last);
    if (!kin_room(k, 1))
        return false;
    child[0] = kin_shard_new(k, c->now, first, at - 1);
    if (child[0] == KIN_NONE)
        return false;
    child[1] = kin_shard_new(k, c->now, at, last);
    if (child[1] == KIN_NONE) { /* so that the number is not lost (KIN-5) */
        k->shards.n_touched--;
        k->shards.n_live--;
        return false;
    }
    replace(k, c, parent, 1, child, 2);
    k->counts.splits++;
    return true;
}

bool kin_do_merge(struct kinesis *k, struct call *c, uint32_t low, uint32_t high)
{
    uint32_t parent[2] = {low, high}, child[2];
    CHECK(kin_shard(k, low)->last + 1 == kin_shard(k, high)->first);
    child[0] = kin_shard_new(k, c->now, kin_shard(k, low)->first, kin_shard(k, high)->last);
    if (child[0] == KIN_NONE)
        return false;
    replace(k, c, parent, 2, child, 1);
    k->counts.merges++;
    return true;
}

/* --- retention --- */

/* KIN-47: what is exactly as old is gone. */
void kin_trim(struct kinesis *k, struct kin_shard *s, sim_time now)
{
    sim_time old = now - kin_retention(k);
    struct kin_ring *r = &s->ring;
    if (r->first == r->next || kin_ring_at(r, r->first)->arrival > old)
        return;
    uint64_t low = r->first, high = r->next; /* low is gone, high is not */
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (kin_ring_at(r, middle)->arrival <= old)
            low = middle;
        else
            high = middle;
    }
    r->first = high;
    if (!k->config.tell_expired) {
        r->told = high;
        kin_ring_release(r, high);
    }
}

/* With each new chunk a shard is looked at, so that shards without readers give back memory too. */
void kin_sweep(struct kinesis *k, sim_time now)
{
    k->sweep = k->sweep + 1 >= k->shards.n_touched ? 0 : k->sweep + 1;
    kin_trim(k, kin_shard(k, k->sweep), now);
}

enum kin_outcome kin_set_retention(struct kinesis *k, struct call *c, uint32_t hours, bool longer)
{
    enum kin_outcome o = kin_changeable(k, c);
    if (o != KIN_OK)
        return o;
    if (hours < KIN_RETENTION_MIN || hours > KIN_RETENTION_MAX ||
        (longer ? hours < k->config.retention_h : hours > k->config.retention_h))
        return KIN_BAD_RETENTION;
    for (uint32_t i = 0; i < k->shards.n_touched; i++)
        kin_trim(k, kin_shard(k, i), c->now);
    k->config.retention_h = hours;
    return KIN_OK;
}

void kin_shard_view(struct kinesis *k, sim_time now, uint32_t number, struct kin_shard_view *v)
{
    CHECK(number < k->shards.n_touched);
    struct kin_shard *s = kin_shard(k, number);
    kin_trim(k, s, now);
    bool empty = s->ring.first == s->ring.next;
    bool old = s->closed && empty && now - s->closed_at >= kin_retention(k);
    *v = (struct kin_shard_view){
        .first = s->first,
        .last = s->last,
        .parent = {s->parent[0], s->parent[1]},
        .child = {s->child[0], s->child[1]},
        .status = old         ? KIN_EXPIRED
                  : s->closed ? KIN_CLOSED
                              : KIN_OPEN,
        .horizon = s->ring.first,
        .next = s->ring.next,
    };
}

uint64_t kin_bytes(const struct kinesis *k)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < k->shards.n_touched; i++)
        bytes += kin_ring_bytes(&kin_shard(k, i)->ring);
    return bytes;
}

const struct kin_shard_counts *kin_shard_counts(const struct kinesis *k, uint32_t shard)
{
    return &kin_shard(k, shard)->counts;
}

const struct kin_record *kin_record(const struct kinesis *k, uint32_t shard, uint64_t seq)
{
    const struct kin_ring *r = &kin_shard(k, shard)->ring;
    CHECK(seq >= r->first && seq < r->next);
    return kin_ring_at(r, seq);
}
