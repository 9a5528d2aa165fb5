/* stream_log.c - the LOG protocol: iterators, GetRecords, subscriptions, as applications call them. A call that took its
 * latency is performed at once and answered. */
#include "fault_state.h"
#include "hash.h"
#include "mem.h"
#include "stream_actor.h"

#define POLL_SLOT (200 * SIM_MS) /* KIN-42 */

/* --- readers --- */

static struct stream_readers *kind_of(struct stream *s, const struct log_reader *r)
{
    return r->consumer == LOG_NONE ? &s->polling : &s->pushed;
}

struct stream_reader *stream_reader_of(struct stream *s, const struct log_reader *r)
{
    return &kind_of(s, r)->at[r->number];
}

/* In the order of (kind, id) of the owners, then of attaching. */
static bool insert(struct stream_readers *l, struct log_reader *r)
{
    if (l->n == l->cap) {
        uint32_t cap = l->cap == 0 ? 8 : l->cap * 2;
        struct stream_reader *more = mem_resize(l->at, cap * sizeof(*more));
        if (more == NULL)
            return false;
        l->at = more;
        l->cap = cap;
    }
    uint32_t i = l->n++, same = 0;
    for (; i > 0 && l->at[i - 1].reader->owner->index > r->owner->index; i--) {
        l->at[i] = l->at[i - 1];
        l->at[i].reader->number = i;
    }
    for (uint32_t k = 0; k < i; k++)
        same += l->at[k].reader->owner == r->owner;
    l->at[i] = (struct stream_reader){.reader = r, .origin = (uint32_t)hash_text(r->owner->spec->path) + same};
    r->number = i;
    return true;
}

static bool enrol(struct stream *s, struct log_reader *r)
{
    uint32_t consumer;
    enum kin_outcome o = kin_register(s->core, stream_begin(s), &consumer);
    if (o != KIN_OK) {
        world_break(s->e.world, ERR_CONFIG, "%s cannot be registered as a consumer of %s: %s (KIN-68)",
                    r->owner->spec->path, s->e.spec->path, kin_outcome_row(o)->text);
        return false;
    }
    r->consumer = consumer;
    s->consumer[consumer] = r;
    return true;
}

static bool attach(struct entity *e, struct log_reader *r, bool fan_out)
{
    struct stream *s = stream_of(e);
    r->consumer = LOG_NONE;
    r->next = NULL;
    if (fan_out && !enrol(s, r))
        return false;
    if (insert(kind_of(s, r), r))
        return true;
    e->world->failed = true;
    return false;
}

void stream_readers_close(struct stream *s)
{
    struct stream_readers *const of[] = {&s->polling, &s->pushed};
    for (unsigned k = 0; k < ARRAY_LEN(of); k++) {
        for (uint32_t i = 0; i < of[k]->n; i++)
            mem_release(of[k]->at[i].way);
        mem_release(of[k]->at);
    }
}

void stream_changed(struct stream *s)
{
    struct stream_readers *const of[] = {&s->polling, &s->pushed};
    for (unsigned k = 0; k < ARRAY_LEN(of); k++)
        for (uint32_t i = 0; i < of[k]->n; i++)
            if (of[k]->at[i].reader->changed != NULL)
                of[k]->at[i].reader->changed(of[k]->at[i].reader);
}

static sim_time latency(struct entity *e, const struct log_reader *r, enum log_call call)
{
    (void)call;
    struct stream *s = stream_of(e);
    int64_t t;
    if (!dist_is_constant(s->api_latency, &t)) {
        struct stream_reader *x = stream_reader_of(s, r);
        struct rng cell = rng_at(&s->api_stream, x->origin, x->n_calls++, 0);
        t = dist_sample(s->api_latency, &cell);
    }
    return s->fault.active & FAULT_SLOW ? fault_slowed(&s->fault, t) : t;
}

static void turn(const struct entity *e, const struct log_reader *r, sim_time interval, sim_time *every, sim_time *first)
{
    struct stream *s = (struct stream *)e;
    if (s->fair) {
        sim_time least = s->polling.n * POLL_SLOT;
        *every = interval > least ? interval : least;
        *first = r->number * POLL_SLOT;
        return;
    }
    struct rng cell = rng_at(&s->phase_stream, stream_reader_of(s, r)->origin, 0, 0);
    *every = interval;
    *first = interval <= 0 ? 0 : (sim_time)rng_below(&cell, (uint64_t)interval);
}

/* --- shards --- */

static uint32_t parts(const struct entity *e)
{
    return kin_shards(((const struct stream *)e)->core);
}

static void part(struct entity *e, uint32_t number, struct log_part *out)
{
    struct kin_shard_view v;
    kin_shard_view(stream_of(e)->core, world_now(e->world), number, &v);
    *out = (struct log_part){.open = v.status == KIN_OPEN,
                             .parent = {v.parent[0], v.parent[1]},
                             .child = {v.child[0], v.child[1]},
                             .horizon = v.horizon,
                             .next = v.next};
}

/* --- calls --- */

static enum log_verdict verdict_of(struct stream *s, enum kin_outcome o)
{
    switch (o) {
    case KIN_OK:
        return LOG_OK;
    case KIN_READ_THROTTLED:
    case KIN_ITERATOR_THROTTLED:
    case KIN_SUBSCRIBE_RATE:
        return LOG_THROTTLED;
    case KIN_EXPIRED_ITERATOR:
        return LOG_EXPIRED;
    default:
        s->e.world->failed |= o == KIN_NO_MEMORY;
        return LOG_REFUSED;
    }
}

static bool is_down(struct stream *s)
{
    if ((s->fault.active & FAULT_DOWN) == 0 && !stream_fails(s))
        return false;
    stream_count(s, SM_READ_REFUSED, 1);
    return true;
}

static struct kin_from from_of(const struct log_from *f)
{
    static const enum kin_start type[] = {[LOG_TRIM_HORIZON] = KIN_TRIM_HORIZON,
                                          [LOG_LATEST] = KIN_LATEST,
                                          [LOG_AT_SEQUENCE] = KIN_AT_SEQUENCE,
                                          [LOG_AFTER_SEQUENCE] = KIN_AFTER_SEQUENCE,
                                          [LOG_AT_TIMESTAMP] = KIN_AT_TIMESTAMP};
    return (struct kin_from){type[f->type], f->seq, f->at};
}

static enum log_verdict seek(struct entity *e, struct log_reader *r, uint32_t number, const struct log_from *f,
                             struct log_cursor *out)
{
    (void)r;
    struct stream *s = stream_of(e);
    struct kin_from from = from_of(f);
    struct kin_iterator it;
    if (is_down(s))
        return LOG_DOWN;
    enum kin_outcome o = kin_iterator(s->core, stream_begin(s), number, &from, &it);
    if (o == KIN_OK) {
        *out = (struct log_cursor){it.shard, it.seq, it.issued};
        stream_count(s, SM_ITERATORS, 1);
    }
    stream_end(s);
    return verdict_of(s, o);
}

/* Records that nobody had read before: how long they lay there. */
static void first_read(struct stream *s, uint32_t shard, uint64_t first, uint32_t n)
{
    sim_time now = world_now(s->e.world);
    uint64_t *to = &s->read_to[shard], end = first + n;
    for (uint64_t seq = *to > first ? *to : first; seq < end; seq++)
        obs_tally_add(&s->wait, now, now - kin_record(s->core, shard, seq)->arrival);
    *to = *to > end ? *to : end;
}

static void count_read(struct stream *s, uint32_t shard, const struct kin_records *r)
{
    sim_time now = world_now(s->e.world);
    stream_count(s, SM_GET_OK, 1);
    stream_count(s, SM_READ_RECORDS, r->n);
    stream_count(s, SM_READ_BYTES, r->bytes);
    stream_shard_count(s, shard, SP_READ_RECORDS, r->n);
    stream_shard_count(s, shard, SP_READ_BYTES, r->bytes);
    obs_tally_add(&s->age, now, r->behind_ms * SIM_MS);
    stream_aged(s, shard, r->behind_ms);
    first_read(s, shard, r->first, r->n);
    entity_trace(&s->e, STREAM_TRACE_READ, (uint64_t)shard << 40 ^ r->first << 12 ^ r->n);
}

static enum log_verdict read(struct entity *e, struct log_reader *r, const struct log_cursor *at, uint32_t limit,
                             struct log_read *out)
{
    (void)r;
    struct stream *s = stream_of(e);
    struct kin_iterator it = {at->part, at->seq, at->issued};
    struct kin_records got;
    if (is_down(s))
        return LOG_DOWN;
    stream_count(s, SM_CALLS_GET, 1);
    enum kin_outcome o = kin_read(s->core, stream_begin(s), &it, limit, &got);
    if (o == KIN_OK) {
        count_read(s, at->part, &got);
        *out = (struct log_read){.first = got.first,
                                 .bytes = got.bytes,
                                 .n = got.n,
                                 .behind_ms = got.behind_ms,
                                 .next = {got.next.shard, got.next.seq, got.next.issued},
                                 .end = got.end,
                                 .child = {got.child[0], got.child[1]}};
    } else if (o == KIN_READ_THROTTLED) {
        stream_count(s, SM_READ_THROTTLED, 1);
        stream_shard_count(s, at->part, SP_READ_THROTTLED, 1);
    }
    stream_end(s);
    return verdict_of(s, o);
}

static bool record(struct entity *e, uint32_t number, uint64_t seq, struct log_record *out)
{
    struct stream *s = stream_of(e);
    const struct kin_record *r = kin_alive(s->core, world_now(e->world), number, seq);
    if (r == NULL || r->user == STREAM_FORGOTTEN)
        return false;
    *out = (struct log_record){.n = 1, .seq = seq, .arrival = r->arrival, .size = r->size, .key = r->key};
    if (r->user & STREAM_BUNDLE) {
        const struct stream_bundle *b = stream_bundle_at(s, r->user);
        out->job = b->job;
        out->n = b->n;
        out->hash = (uint64_t)stream_hash(e, b->job);
        return true;
    }
    s->read_job = (struct job){.request = stream_request(r->user),
                               .size = r->size - stream_key_bytes(e, r->key),
                               .key = r->key,
                               .attempt = (uint16_t)(r->user >> 16),
                               .flags = (uint16_t)(r->user & 0x7fff)};
    out->job = &s->read_job;
    out->hash = (uint64_t)stream_hash(e, &s->read_job);
    return true;
}

/* --- enhanced fan-out --- */

static enum log_verdict subscribe(struct entity *e, struct log_reader *r, uint32_t number, const struct log_from *f)
{
    struct stream *s = stream_of(e);
    struct kin_from from = from_of(f);
    CHECK(r->consumer != LOG_NONE);
    if (is_down(s))
        return LOG_DOWN;
    enum kin_outcome o = kin_subscribe(s->core, stream_begin(s), r->consumer, number, &from);
    stream_count(s, SM_SUBSCRIBES, o == KIN_OK);
    stream_count(s, SM_SUBSCRIBE_EXCEEDED, o == KIN_SUBSCRIBE_RATE);
    stream_end(s);
    return verdict_of(s, o);
}

static void unsubscribe(struct entity *e, struct log_reader *r, uint32_t number)
{
    struct stream *s = stream_of(e);
    kin_unsubscribe(s->core, r->consumer, number);
    stream_end(s);
}

void stream_pushed(struct stream *s, const struct kin_push *p, uint64_t bytes)
{
    static const enum log_push_kind kind[] = {[KIN_PUSH_RECORDS] = LOG_PUSHED,
                                              [KIN_PUSH_SHARD_END] = LOG_PUSHED_END,
                                              [KIN_PUSH_EXPIRED] = LOG_PUSHED_EXPIRED};
    struct log_reader *r = s->consumer[p->consumer];
    struct log_push push = {.kind = kind[p->kind], .part = p->shard, .n = p->n, .first = p->first,
                            .behind_ms = p->behind_ms, .child = {p->child[0], p->child[1]}};
    if (p->kind == KIN_PUSH_RECORDS) {
        stream_count(s, SM_PUSH_EVENTS, 1);
        stream_count(s, SM_PUSH_RECORDS, p->n);
        stream_count(s, SM_PUSH_BYTES, bytes);
        stream_shard_count(s, p->shard, SP_READ_RECORDS, p->n);
        stream_shard_count(s, p->shard, SP_READ_BYTES, bytes);
        obs_tally_add(&s->behind, world_now(s->e.world), p->behind_ms * SIM_MS);
        first_read(s, p->shard, p->first, p->n);
        entity_trace(&s->e, STREAM_TRACE_PUSHED, (uint64_t)p->consumer << 56 ^ (uint64_t)p->shard << 40 ^ p->first << 12 ^ p->n);
    }
    r->pushed(r, &push);
}

const struct log_ops stream_log_ops = {
    .attach = attach,
    .latency = latency,
    .parts = parts,
    .part = part,
    .turn = turn,
    .seek = seek,
    .read = read,
    .record = record,
    .give_up = stream_give_up,
    .subscribe = subscribe,
    .unsubscribe = unsubscribe,
};
