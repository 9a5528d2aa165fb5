/* kpl_collect.c - records of the stream wait for a call, until one of them can wait no longer or the call is full (KIN-78). What
 * the stream refuses comes back, with half the buffering time or what is left to live (KIN-79). */
#include "kpl_int.h"

/* --- gathering --- */

static void make_call(struct kpl *k)
{
    uint32_t number = slab_take(&k->puts);
    if (number == NONE) {
        k->failed = true;
        return;
    }
    struct put *p = put_at(k, number);
    *p = (struct put){.next = NONE, .packs = k->collected};
    k->collected = (struct packs){NONE, NONE, 0};
    k->collected_bytes = 0;
    k->collected_until = SIM_NEVER;
    if (k->ready == NONE)
        k->ready = number;
    else
        put_at(k, k->ready_last)->next = number;
    k->ready_last = number;
}

void collect_add(struct kpl *k, uint32_t pack)
{
    struct pack *p = pack_at(k, pack);
    uint64_t size = pack_size(k, p);
    if (k->collected.n > 0 && k->collected_bytes + size > k->config.collection_size)
        make_call(k);
    packs_append(k, &k->collected, pack);
    k->counts.collected += p->n;
    k->collected_bytes += size;
    if (p->deadline < k->collected_until)
        k->collected_until = p->deadline;
    if (k->collected.n == k->config.collection_count)
        make_call(k);
}

void collect_advance(struct kpl *k, sim_time now)
{
    if (k->collected.n > 0 && k->collected_until <= now)
        make_call(k);
}

/* --- calls --- */

static uint32_t take_ready(struct kpl *k)
{
    uint32_t number = k->ready;
    k->ready = put_at(k, number)->next;
    return number;
}

/* What has become too old while it waited does not go. false: nothing is left. */
static bool begin_call(struct kpl *k, struct put *p, sim_time now)
{
    for (uint32_t at = p->packs.first, next; at != NONE; at = next) {
        next = pack_at(k, at)->next;
        k->counts.collected -= pack_at(k, at)->n;
        packs_remove(k, &p->packs, at);
        if (!pack_expire(k, at, now))
            continue;
        struct pack *x = pack_at(k, at);
        packs_before(k, &p->packs, next, at);
        k->counts.under_way += x->n;
        k->counts.retried += x->attempts > 0;
        x->attempts++;
        x->sent = now;
    }
    return p->packs.n > 0;
}

bool kpl_next(struct kpl *k, struct call *c, uint32_t *put)
{
    if (kpl_deadline(k) <= c->now) {
        while (k->open.n > 0 && pack_at(k, k->open.first)->deadline <= c->now) {
            uint32_t pack = k->open.first;
            packs_remove(k, &k->open, pack);
            k->shard[pack_at(k, pack)->shard].open = NONE;
            k->counts.gathering -= pack_at(k, pack)->n;
            limit_add(k, pack, c->now);
        }
        limit_advance(k, c->now);
        collect_advance(k, c->now);
    }
    while (!k->failed && k->ready != NONE && k->n_flying < k->config.connections) {
        uint32_t number = take_ready(k);
        if (begin_call(k, put_at(k, number), c->now)) {
            put_at(k, number)->under_way = true;
            k->n_flying++;
            k->counts.calls++;
            *put = number;
            return true;
        }
        slab_give(&k->puts, number);
    }
    return false;
}

static void again(struct kpl *k, uint32_t pack, sim_time now)
{
    if (!pack_expire(k, pack, now))
        return;
    struct pack *p = pack_at(k, pack);
    sim_time wait = k->config.max_buffered / 2, left = p->expires - now;
    p->deadline = now + (wait < left ? wait : left);
    limit_add(k, pack, now);
}

void kpl_settle(struct kpl *k, struct call *c, uint32_t put, const enum kpl_result *result)
{
    struct put *p = put_at(k, put);
    CHECK(p->under_way);
    uint32_t i = 0;
    for (uint32_t at = p->packs.first, next; at != NONE; at = next, i++) {
        next = pack_at(k, at)->next;
        k->counts.under_way -= pack_at(k, at)->n;
        k->counts.records_put += result[i] == KPL_OK;
        if (result[i] == KPL_OK)
            pack_end(k, at, KPL_PUT);
        else if (result[i] == KPL_THROTTLED && k->config.fail_if_throttled)
            pack_end(k, at, KPL_FAILED);
        else
            again(k, at, c->now);
    }
    k->n_flying--;
    slab_give(&k->puts, put);
}

uint32_t kpl_entries(const struct kpl *k, uint32_t put, uint32_t *n)
{
    *n = put_at(k, put)->packs.n;
    return put_at(k, put)->packs.first;
}

uint32_t kpl_entry(const struct kpl *k, uint32_t entry, struct kpl_entry *out)
{
    const struct pack *p = pack_at(k, entry);
    *out = (struct kpl_entry){.shard = p->shard,
                              .size = (uint32_t)pack_size(k, p),
                              .n = p->n,
                              .attempt = p->attempts - 1,
                              .added = user_at(k, p->first)->added,
                              .first = p->first};
    return p->next;
}

bool kpl_user(const struct kpl *k, uint32_t *at, uint64_t *user)
{
    if (*at == NONE)
        return false;
    *user = user_at(k, *at)->user;
    *at = user_at(k, *at)->next;
    return true;
}
