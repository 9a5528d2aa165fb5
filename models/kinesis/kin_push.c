/* kin_push.c - enhanced fan-out (section 7): consumers with a pipe of 2 MiB/s for each shard.
 *
 * A record that finds its pipe idle is delivered 70 ms after it was accepted; one that has to wait
 * when its last byte is through, plus 70 ms (KIN-70). While a pipe is busy only the start and the
 * bytes since then are kept, so that nothing is rounded twice. Subscriptions stand in a binary heap
 * by their next event; ties go to the older subscription. */
#include "kin_int.h"

#include <string.h>

#include "mem.h"

#define SUBSCRIPTION_LIFE (300 * SIM_S)
#define CREATING_MAX      5

/* --- the heap --- */

static bool before(const struct kin_sub *a, const struct kin_sub *b)
{
    return a->due != b->due ? a->due < b->due : a->made < b->made;
}

static void put_at(struct kinesis *k, struct kin_sub *s, uint32_t i)
{
    k->heap[i] = s;
    s->place = i;
}

static void sift(struct kinesis *k, struct kin_sub *s)
{
    uint32_t i = s->place;
    for (; i > 0 && before(s, k->heap[(i - 1) / 2]); i = (i - 1) / 2)
        put_at(k, k->heap[(i - 1) / 2], i);
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child + 1 < k->n_heap && before(k->heap[child + 1], k->heap[child]))
            child++;
        if (child >= k->n_heap || !before(k->heap[child], s))
            break;
        put_at(k, k->heap[child], i);
        i = child;
    }
    put_at(k, s, i);
}

static void take_out(struct kinesis *k, struct kin_sub *s)
{
    uint32_t i = s->place;
    struct kin_sub *last = k->heap[--k->n_heap];
    s->place = KIN_NONE;
    s->on = false;
    if (last == s)
        return;
    put_at(k, last, i);
    sift(k, last);
}

/* --- when is the next record there? --- */

static sim_time pipe_free(const struct kin_sub *s)
{
    return s->busy_from + kin_pipe_ns(s->busy_bytes);
}

static sim_time offered(const struct kin_sub *s, const struct kin_record *r)
{
    return r->arrival > s->at ? r->arrival : s->at;
}

static sim_time delivery(const struct kinesis *k, const struct kin_sub *s,
                         const struct kin_record *r)
{
    sim_time from = offered(s, r);
    if (pipe_free(s) <= from)
        return from + k->config.push_latency;
    return s->busy_from + kin_pipe_ns(s->busy_bytes + r->size) + k->config.push_latency;
}

/* Of the next record, or of the end of a closed shard. */
static sim_time next_due(const struct kinesis *k, struct kin_sub *s)
{
    const struct kin_shard *shard = kin_shard(k, s->shard);
    const struct kin_ring *r = &shard->ring;
    if (s->seq < r->first)
        s->seq = r->first;
    if (s->seq < r->next)
        return delivery(k, s, kin_ring_at(r, s->seq));
    if (!shard->closed)
        return SIM_NEVER;
    return shard->closed_at > s->at ? shard->closed_at : s->at;
}

static void rearm(struct kinesis *k, struct kin_sub *s)
{
    sim_time due = next_due(k, s);
    s->due = due <= s->ends ? due : s->ends;
    sift(k, s);
}

void kin_wake(struct kinesis *k, struct kin_shard *shard, sim_time now)
{
    (void)now;
    for (struct kin_sub *s = shard->subs; s != NULL; s = s->next)
        if (s->on && (s->seq + 1 >= shard->ring.next || shard->closed))
            rearm(k, s);
}

/* --- events --- */

sim_time kin_push_deadline(const struct kinesis *k)
{
    return k->n_heap == 0 ? SIM_NEVER : k->heap[0]->due;
}

static void deliver(struct kinesis *k, struct kin_sub *s, sim_time now, struct kin_push *out)
{
    const struct kin_shard *shard = kin_shard(k, s->shard);
    uint64_t bytes = 0;
    out->kind = KIN_PUSH_RECORDS;
    out->first = s->seq;
    for (out->n = 0; s->seq < shard->ring.next && out->n < KIN_READ_RECORDS; out->n++, s->seq++) {
        const struct kin_record *r = kin_ring_at(&shard->ring, s->seq);
        if (delivery(k, s, r) > now)
            break;
        if (pipe_free(s) <= offered(s, r)) {
            s->busy_from = offered(s, r);
            s->busy_bytes = 0;
        }
        s->busy_bytes += r->size;
        bytes += r->size;
    }
    out->behind_ms = kin_behind(shard, s->seq, now);
    k->counts.push_events++;
    k->counts.push_records += out->n;
    k->counts.push_bytes += bytes;
    k->counts.push_behind_ms = out->behind_ms;
}

static void end(struct kinesis *k, struct kin_sub *s, enum kin_push_kind kind, struct kin_push *out)
{
    const struct kin_shard *shard = kin_shard(k, s->shard);
    out->kind = kind;
    out->first = s->seq;
    if (kind == KIN_PUSH_SHARD_END)
        memcpy(out->child, shard->child, sizeof(out->child));
    take_out(k, s);
}

bool kin_push_next(struct kinesis *k, struct call *c, struct kin_push *out)
{
    while (kin_push_deadline(k) <= c->now) {
        struct kin_sub *s = k->heap[0];
        struct kin_shard *shard = kin_shard(k, s->shard);
        *out = (struct kin_push){
            .consumer = s->consumer, .shard = s->shard, .child = {KIN_NONE, KIN_NONE}};
        kin_trim(k, shard, c->now);
        sim_time due = next_due(k, s);
        if (due <= c->now && due <= s->ends && s->seq < shard->ring.next) {
            deliver(k, s, c->now, out);
            rearm(k, s);
            return true;
        }
        if ((due <= c->now && due <= s->ends) || s->ends <= c->now) {
            end(k, s, due <= c->now && due <= s->ends ? KIN_PUSH_SHARD_END : KIN_PUSH_EXPIRED, out);
            return true;
        }
        rearm(k, s); /* what was due has expired meanwhile */
    }
    return false;
}

/* --- consumers --- */

static enum kin_outcome present(const struct kinesis *k, const struct call *c)
{
    CHECK(k->due > c->now);
    if (k->status == KIN_GONE)
        return KIN_NO_STREAM;
    return k->status == KIN_ACTIVE || k->status == KIN_UPDATING ? KIN_OK : KIN_NOT_ACTIVE;
}

enum kin_outcome kin_register(struct kinesis *k, struct call *c, uint32_t *consumer)
{
    enum kin_outcome o = present(k, c);
    uint32_t used = 0, creating = 0, at = KIN_NONE;
    if (o != KIN_OK)
        return o;
    for (uint32_t i = 0; i < KIN_CONSUMERS_MAX; i++) {
        used += k->consumer[i].used;
        creating += k->consumer[i].used && !k->consumer[i].active;
        if (!k->consumer[i].used && at == KIN_NONE)
            at = i;
    }
    if (used >= k->config.consumers)
        return KIN_CONSUMER_LIMIT;
    if (creating >= CREATING_MAX)
        return KIN_CONSUMERS_CREATING;
    k->consumer[at] = (struct kin_consumer){.used = true, .due = c->now + k->config.register_time};
    *consumer = at;
    kin_due(k);
    return KIN_OK;
}

static void drop_sub(struct kinesis *k, struct kin_sub *s)
{
    struct kin_sub **at = &kin_shard(k, s->shard)->subs;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    if (s->on)
        take_out(k, s);
    mem_release(s);
}

static void drop_consumer(struct kinesis *k, struct kin_consumer *x)
{
    for (uint32_t i = 0; i < x->n_sub; i++)
        if (x->sub[i] != NULL)
            drop_sub(k, x->sub[i]);
    mem_release(x->sub);
    *x = (struct kin_consumer){.used = false};
}

static struct kin_consumer *consumer_of(struct kinesis *k, uint32_t consumer)
{
    return consumer < KIN_CONSUMERS_MAX && k->consumer[consumer].used ? &k->consumer[consumer]
                                                                      : NULL;
}

enum kin_outcome kin_deregister(struct kinesis *k, struct call *c, uint32_t consumer)
{
    enum kin_outcome o = present(k, c);
    struct kin_consumer *x = consumer_of(k, consumer);
    if (o != KIN_OK)
        return o;
    if (x == NULL)
        return KIN_NO_CONSUMER;
    drop_consumer(k, x);
    kin_due(k);
    return KIN_OK;
}

void kin_push_close(struct kinesis *k)
{
    for (uint32_t i = 0; i < KIN_CONSUMERS_MAX; i++)
        drop_consumer(k, &k->consumer[i]);
    mem_release(k->heap);
    k->heap = NULL;
    k->cap_heap = 0;
}

static bool room_for_sub(struct kinesis *k, struct kin_consumer *x, uint32_t shard)
{
    if (k->n_heap + 1 >= k->cap_heap) {
        uint32_t cap = k->cap_heap == 0 ? 16 : k->cap_heap * 2;
        struct kin_sub **heap = mem_resize(k->heap, cap * sizeof(*heap));
        if (heap == NULL)
            return false;
        k->heap = heap;
        k->cap_heap = cap;
    }
    if (shard < x->n_sub)
        return true;
    struct kin_sub **sub = mem_resize(x->sub, k->shards.n_touched * sizeof(*sub));
    if (sub == NULL)
        return false;
    memset(sub + x->n_sub, 0, (k->shards.n_touched - x->n_sub) * sizeof(*sub));
    x->sub = sub;
    x->n_sub = k->shards.n_touched;
    return true;
}

static struct kin_sub *sub_of(struct kinesis *k, uint32_t consumer, uint32_t shard)
{
    struct kin_consumer *x = &k->consumer[consumer];
    if (!room_for_sub(k, x, shard))
        return NULL;
    if (x->sub[shard] != NULL)
        return x->sub[shard];
    struct kin_sub *s = mem_get_zero(1, sizeof(*s));
    if (s == NULL)
        return NULL;
    *s = (struct kin_sub){.consumer = consumer,
                          .shard = shard,
                          .place = KIN_NONE,
                          .called = -SIM_DAY,
                          .succeeded = -SIM_DAY,
                          .next = kin_shard(k, shard)->subs};
    kin_shard(k, shard)->subs = s;
    return x->sub[shard] = s;
}

static void begin(struct kinesis *k, struct kin_sub *s, sim_time now, const struct kin_from *from)
{
    if (s->on)
        take_out(k, s);
    s->on = true;
    s->at = s->succeeded = now;
    s->ends = now + SUBSCRIPTION_LIFE;
    s->busy_from = now;
    s->busy_bytes = 0;
    s->made = ++k->n_subscribed;
    s->seq = kin_find(k, kin_shard(k, s->shard), now, from);
    s->due = s->ends;
    put_at(k, s, k->n_heap++);
    rearm(k, s);
}

enum kin_outcome kin_subscribe(struct kinesis *k, struct call *c, uint32_t consumer, uint32_t shard,
                               const struct kin_from *from)
{
    enum kin_outcome o = present(k, c);
    struct kin_consumer *x = consumer_of(k, consumer);
    k->counts.subscribes++;
    if (o != KIN_OK)
        return o;
    if (x == NULL)
        return KIN_NO_CONSUMER;
    if (shard >= k->shards.n_touched)
        return KIN_NO_SHARD;
    if (!x->active)
        return KIN_CONSUMER_CREATING;
    struct kin_sub *s = sub_of(k, consumer, shard);
    if (s == NULL)
        return KIN_NO_MEMORY;
    if (c->now - s->succeeded < 5 * SIM_S)
        return KIN_SUBSCRIBED;
    if (c->now - s->called < SIM_S) {
        k->counts.subscribe_exceeded++;
        return KIN_SUBSCRIBE_RATE;
    }
    s->called = c->now;
    if (!kin_known(kin_shard(k, shard), from))
        return KIN_BAD_SEQUENCE;
    begin(k, s, c->now, from);
    k->counts.subscribes_ok++;
    return KIN_OK;
}

void kin_unsubscribe(struct kinesis *k, uint32_t consumer, uint32_t shard)
{
    const struct kin_consumer *x = consumer_of(k, consumer);
    if (x != NULL && shard < x->n_sub && x->sub[shard] != NULL && x->sub[shard]->on)
        take_out(k, x->sub[shard]);
}

void kin_push_check(const struct kinesis *k)
{
    for (uint32_t i = 0; i < k->n_heap; i++) {
        const struct kin_sub *s = k->heap[i];
        CHECK(s->place == i && s->on);
        CHECK(i == 0 || !before(s, k->heap[(i - 1) / 2]));
        CHECK(s->seq <= kin_shard(k, s->shard)->ring.next);
        CHECK(s->due <= s->ends);
    }
}
