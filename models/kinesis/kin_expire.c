/* kin_expire.c - the end of retention as those see it who keep something for each record. */
#include "kin_expire.h"

#include "kin_int.h"

void kin_expire(struct kinesis *k, sim_time now)
{
    for (uint32_t i = 0; i < k->shards.n_touched; i++)
        kin_trim(k, kin_shard(k, i), now);
    k->telling = 0;
}

/* What was told before goes back with the next look at its shard; a run ends where its chunk does. */
bool kin_expired(struct kinesis *k, struct kin_run *out)
{
    CHECK(k->config.tell_expired);
    for (; k->telling < k->shards.n_touched; k->telling++) {
        struct kin_ring *r = &kin_shard(k, k->telling)->ring;
        kin_ring_release(r, r->told);
        if (r->told == r->first)
            continue;
        uint64_t end = (r->told | (KIN_CHUNK - 1)) + 1;
        end = end < r->first ? end : r->first;
        *out = (struct kin_run){k->telling, (uint32_t)(end - r->told), r->told, kin_ring_at(r, r->told)};
        r->told = end;
        return true;
    }
    return false;
}

const struct kin_record *kin_alive(const struct kinesis *k, sim_time now, uint32_t shard, uint64_t seq)
{
    const struct kin_ring *r = &kin_shard(k, shard)->ring;
    if (seq < r->first || seq >= r->next)
        return NULL;
    const struct kin_record *record = kin_ring_at(r, seq);
    return record->arrival > now - kin_retention(k) ? record : NULL;
}

void kin_tag(struct kinesis *k, uint32_t shard, uint64_t seq, uint64_t user)
{
    struct kin_ring *r = &kin_shard(k, shard)->ring;
    CHECK(seq >= r->first && seq < r->next);
    kin_ring_at(r, seq)->user = user;
}

uint64_t kin_untold(const struct kinesis *k)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < k->shards.n_touched; i++)
        n += kin_shard(k, i)->ring.next - kin_shard(k, i)->ring.told;
    return n;
}
