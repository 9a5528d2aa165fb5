/* kin_read.c - iterators and GetRecords (section 3). */
#include "kin_int.h"

bool kin_known(const struct kin_shard *s, const struct kin_from *from)
{
    if (from->type != KIN_AT_SEQUENCE && from->type != KIN_AFTER_SEQUENCE)
        return true;
    return from->seq >= 1 && from->seq < s->ring.next;
}

/* The first that arrived at that time, which is seen in milliseconds, or later. */
static uint64_t at_time(const struct kin_ring *r, sim_time at)
{
    uint64_t low = r->first, high = r->next; /* all before low are earlier, high on are not */
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (kin_arrival_ms(kin_ring_at(r, middle)) * SIM_MS < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t kin_find(struct kinesis *k, struct kin_shard *s, sim_time now, const struct kin_from *from)
{
    kin_trim(k, s, now);
    switch (from->type) {
    case KIN_TRIM_HORIZON:
        break;
    case KIN_LATEST:
        return s->ring.next;
    case KIN_AT_SEQUENCE:
        return from->seq;
    case KIN_AFTER_SEQUENCE:
        return from->seq + 1;
    case KIN_AT_TIMESTAMP:
        return at_time(&s->ring, from->at);
    }
    return s->ring.first;
}

static enum kin_outcome readable(const struct kinesis *k, const struct call *c, uint32_t shard)
{
    CHECK(k->due > c->now);
    if (k->status == KIN_GONE)
        return KIN_NO_STREAM;
    if (k->status == KIN_CREATING || k->status == KIN_DELETING)
        return KIN_NOT_ACTIVE;
    return shard < k->shards.n_touched ? KIN_OK : KIN_NO_SHARD;
}

enum kin_outcome kin_iterator(struct kinesis *k, struct call *c, uint32_t shard,
                              const struct kin_from *from, struct kin_iterator *out)
{
    enum kin_outcome o = readable(k, c, shard);
    if (o != KIN_OK)
        return o;
    struct kin_shard *s = kin_shard(k, shard);
    if (!kin_known(s, from))
        return KIN_BAD_SEQUENCE;
    if (!s->closed && !kin_window(&s->iterator_end, &s->iterator_calls, KIN_READ_CALLS, c->now))
        return KIN_ITERATOR_THROTTLED;
    k->counts.iterators++;
    *out = (struct kin_iterator){shard, kin_find(k, s, c->now, from), c->now};
    return KIN_OK;
}

int64_t kin_behind(const struct kin_shard *s, uint64_t seq, sim_time now)
{
    if (seq >= s->ring.next)
        return 0;
    uint64_t last = seq > s->ring.first ? seq - 1 : seq;
    return (now - kin_ring_at(&s->ring, last)->arrival) / SIM_MS;
}

/* The call itself, then the bytes of calls before it (KIN-33). */
static bool admitted(struct kinesis *k, struct kin_shard *s, sim_time now)
{
    uint32_t most = k->config.read_records; /* KIN-34 */
    if (now >= s->read_end)
        s->read_records = 0;
    if (kin_window(&s->read_end, &s->read_calls, KIN_READ_CALLS, now) && now >= s->blocked_until &&
        (most == 0 || s->read_records < most))
        return true;
    s->counts.read_throttled++;
    k->counts.shards.read_throttled++;
    return false;
}

static void drain(struct kin_shard *s, sim_time now, uint64_t bytes)
{
    sim_time from = s->empty_at > now ? s->empty_at : now;
    s->empty_at = from + kin_pipe_ns(bytes);
    if (s->empty_at - now > SIM_S)
        s->blocked_until = s->empty_at;
}

static void take(const struct kin_shard *s, uint64_t seq, uint32_t limit, struct kin_records *out)
{
    uint64_t n = s->ring.next - seq, bytes = 0;
    uint32_t i = 0;
    for (; i < limit && i < n; i++) {
        uint32_t size = kin_ring_at(&s->ring, seq + i)->size;
        if (bytes + size > KIN_BATCH_BYTES)
            break;
        bytes += size;
    }
    out->first = seq;
    out->n = i;
    out->bytes = bytes;
}

static void count_out(struct kinesis *k, struct kin_shard *s, const struct kin_records *r)
{
    s->counts.out_records += r->n;
    s->counts.out_bytes += r->bytes;
    s->counts.age_ms = r->behind_ms;
    k->counts.shards.out_records += r->n;
    k->counts.shards.out_bytes += r->bytes;
    k->counts.shards.age_ms = r->behind_ms;
    k->counts.gets_ok++;
}

static void answer(struct kinesis *k, struct kin_shard *s, const struct kin_iterator *it,
                   sim_time now, uint32_t limit, struct kin_records *out)
{
    kin_trim(k, s, now);
    uint64_t seq = it->seq < s->ring.first ? s->ring.first : it->seq;
    if (k->config.read_records > 0) { /* KIN-34: what this second has left */
        uint32_t left = k->config.read_records - s->read_records;
        limit = limit < left ? limit : left;
    }
    take(s, seq, limit, out);
    s->read_records += out->n;
    drain(s, now, out->bytes);
    out->next = (struct kin_iterator){it->shard, seq + out->n, now};
    out->behind_ms = kin_behind(s, out->next.seq, now);
    out->end = s->closed && out->next.seq >= s->ring.next;
    out->child[0] = s->child[0];
    out->child[1] = s->child[1];
    count_out(k, s, out);
}

enum kin_outcome kin_read(struct kinesis *k, struct call *c, const struct kin_iterator *it,
                          uint32_t limit, struct kin_records *out)
{
    k->counts.gets++;
    if (limit < 1 || limit > KIN_READ_RECORDS)
        return KIN_BAD_LIMIT;
    enum kin_outcome o = readable(k, c, it->shard);
    if (o != KIN_OK)
        return o;
    if (c->now - it->issued > KIN_ITERATOR_LIFE)
        return KIN_EXPIRED_ITERATOR;
    struct kin_shard *s = kin_shard(k, it->shard);
    if (!admitted(k, s, c->now))
        return KIN_READ_THROTTLED;
    answer(k, s, it, c->now, limit, out);
    return KIN_OK;
}
