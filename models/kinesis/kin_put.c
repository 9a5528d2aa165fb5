/* kin_put.c - records come in: which shard, whether it takes them, where they stand (section 2). */
#include "kin_int.h"

/* Even ranges are the rule, so the first guess is nearly always right. */
uint32_t kin_place(const struct kinesis *k, kin_hash h)
{
    uint32_t n = k->n_open;
    uint32_t guess = (uint32_t)((unsigned __int128)(uint64_t)(h >> 64) * n >> 64);
    if (k->start[guess] <= h && (guess + 1 == n || h < k->start[guess + 1]))
        return guess;
    uint32_t low = 0, high = n; /* start[low] <= h < start[high] */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (k->start[middle] <= h)
            low = middle;
        else
            high = middle;
    }
    return low;
}

uint32_t kin_route(const struct kinesis *k, kin_hash h)
{
    return k->open[kin_place(k, h)];
}

static uint32_t target(struct kinesis *k, kin_hash h)
{
    if (!k->config.ignore_keys)
        return kin_route(k, h);
    k->round = k->round + 1 >= k->n_open ? 0 : k->round + 1;
    return k->open[k->round];
}

static enum kin_outcome valid(const struct kinesis *k, const struct kin_put *p)
{
    if (p->key_chars < 1 || p->key_chars > 256)
        return KIN_BAD_KEY;
    return p->size > k->config.max_record ? KIN_RECORD_TOO_LARGE : KIN_OK;
}

static enum kin_outcome writable(const struct kinesis *k, const struct call *c)
{
    CHECK(k->due > c->now);
    if (k->status == KIN_ACTIVE || k->status == KIN_UPDATING)
        return KIN_OK;
    return k->status == KIN_GONE ? KIN_NO_STREAM : KIN_NOT_ACTIVE;
}

static void count_in(struct kinesis *k, struct kin_shard *s, uint32_t size)
{
    s->counts.in_records++;
    s->counts.in_bytes += size;
    s->minute_records++;
    s->minute_bytes += size;
    k->counts.shards.in_records++;
    k->counts.shards.in_bytes += size;
    k->counts.put_units += size <= 25600 ? 1 : (size + 25599) / 25600;
    k->counts.kib += (size + 1023) / 1024;
}

/* One record of a call that is valid; it is counted where it ends. */
static enum kin_outcome store(struct kinesis *k, struct call *c, const struct kin_put *p,
                              struct kin_placed *out)
{
    uint32_t shard = target(k, p->hash);
    struct kin_shard *s = kin_shard(k, shard);
    out->shard = shard;
    out->seq = 0;
    if (!kin_admit(k, s, c->now, p->size)) {
        s->counts.write_throttled++;
        k->counts.shards.write_throttled++;
        return out->outcome = KIN_THROTTLED;
    }
    bool fresh = s->ring.next >> KIN_CHUNK_BITS >= s->ring.made;
    if (__builtin_expect(fresh, 0)) {
        kin_trim(k, s, c->now);
        kin_sweep(k, c->now);
    }
    struct kin_record *r = kin_ring_add(&s->ring);
    if (r == NULL)
        return out->outcome = KIN_NO_MEMORY;
    *r = (struct kin_record){p->user, c->now, p->size, p->key};
    out->seq = s->ring.next - 1;
    s->last_arrival = c->now;
    count_in(k, s, p->size);
    if (s->subs != NULL)
        kin_wake(k, s, c->now);
    return out->outcome = KIN_OK;
}

enum kin_outcome kin_put(struct kinesis *k, struct call *c, const struct kin_put *p,
                         struct kin_placed *out)
{
    enum kin_outcome o = valid(k, p);
    if (o == KIN_OK)
        o = writable(k, c);
    k->counts.put++;
    if (o == KIN_OK)
        o = store(k, c, p, out);
    k->counts.put_ok += o == KIN_OK;
    return o;
}

static enum kin_outcome valid_batch(const struct kinesis *k, const struct kin_put *p, uint32_t n)
{
    uint64_t bytes = 0;
    if (n == 0)
        return KIN_NO_RECORDS;
    if (n > KIN_BATCH_RECORDS)
        return KIN_TOO_MANY_RECORDS;
    for (uint32_t i = 0; i < n; i++) {
        enum kin_outcome o = valid(k, &p[i]);
        if (o != KIN_OK)
            return o;
        bytes += p[i].size;
    }
    return bytes > KIN_BATCH_BYTES ? KIN_REQUEST_TOO_LARGE : KIN_OK;
}

enum kin_outcome kin_put_many(struct kinesis *k, struct call *c, const struct kin_put *p,
                              uint32_t n, struct kin_placed *out, uint32_t *failed)
{
    enum kin_outcome o = valid_batch(k, p, n);
    if (o == KIN_OK)
        o = writable(k, c);
    k->counts.batch++;
    *failed = 0;
    if (o != KIN_OK)
        return o;
    for (uint32_t i = 0; i < n; i++) {
        enum kin_outcome entry = store(k, c, &p[i], &out[i]);
        k->counts.batch_throttled += entry == KIN_THROTTLED;
        k->counts.batch_internal += entry == KIN_NO_MEMORY;
        *failed += entry != KIN_OK;
    }
    k->counts.batch_ok++;
    k->counts.batch_records += n;
    k->counts.batch_good += n - *failed;
    return KIN_OK;
}
