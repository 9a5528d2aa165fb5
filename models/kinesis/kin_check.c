/* kin_check.c - what always holds: open ranges tile the space (KIN-1), children lie in their
 * parents' ranges, numbers and times grow within a shard (KIN-6, KIN-8), counts add up. */
#include "kin_int.h"

static void check_open(const struct kinesis *k)
{
    CHECK(k->n_open >= 1 && k->start[0] == 0);
    for (uint32_t i = 0; i < k->n_open; i++) {
        const struct kin_shard *s = kin_shard(k, k->open[i]);
        CHECK(!s->closed && s->first == k->start[i] && s->first <= s->last);
        CHECK(s->last == (i + 1 == k->n_open ? KIN_HASH_MAX : k->start[i + 1] - 1));
    }
}

static void check_child(const struct kinesis *k, const struct kin_shard *s, uint32_t parent)
{
    const struct kin_shard *p = kin_shard(k, parent);
    CHECK(p->closed);
    bool inside = p->first <= s->first && s->last <= p->last; /* of a split */
    bool around = s->first <= p->first && p->last <= s->last; /* of a merge */
    CHECK(s->parent[1] == KIN_NONE ? inside : around);
}

static void check_records(const struct kin_shard *s, sim_time now)
{
    const struct kin_ring *r = &s->ring;
    CHECK(r->kept >= 1 && r->kept <= r->told && r->told <= r->first && r->first <= r->next);
    sim_time last = 0;
    for (uint64_t seq = r->first; seq < r->next; seq++) {
        CHECK(kin_ring_at(r, seq)->arrival >= last);
        last = kin_ring_at(r, seq)->arrival;
    }
    CHECK(last <= now && (!s->closed || last <= s->closed_at));
    CHECK(s->counts.in_records == r->next - 1);
}

void kin_check(const struct kinesis *k, sim_time now)
{
    struct kin_shard_counts sum = {0};
    uint32_t open = 0;
    check_open(k);
    for (uint32_t i = 0; i < k->shards.n_touched; i++) {
        const struct kin_shard *s = kin_shard(k, i);
        check_records(s, now);
        for (uint32_t p = 0; p < 2; p++)
            if (s->parent[p] != KIN_NONE)
                check_child(k, s, s->parent[p]);
        open += !s->closed;
        CHECK(s->closed == (s->child[0] != KIN_NONE));
        CHECK(s->tank >= 0 && s->tank <= s->tank_cap);
        sum.in_records += s->counts.in_records;
        sum.in_bytes += s->counts.in_bytes;
        sum.out_records += s->counts.out_records;
        sum.write_throttled += s->counts.write_throttled;
        sum.read_throttled += s->counts.read_throttled;
    }
    CHECK(open == k->n_open);
    const struct kin_shard_counts *all = &k->counts.shards;
    CHECK(sum.in_records == all->in_records && sum.in_bytes == all->in_bytes);
    CHECK(sum.out_records == all->out_records && sum.read_throttled == all->read_throttled);
    CHECK(sum.write_throttled == all->write_throttled);
    kin_push_check(k);
}
