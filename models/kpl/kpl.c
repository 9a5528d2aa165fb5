/* kpl.c - the library's life, what users add, and what they are told. */
#include "kpl_int.h"

#include "mem.h"

/* KIN-77 */
void kpl_config_init(struct kpl_config *c)
{
    *c = (struct kpl_config){
        .aggregation = true,
        .aggregation_size = 51200,
        .aggregation_count = UINT32_MAX,
        .collection_count = 500,
        .collection_size = 5242880,
        .max_buffered = 100 * SIM_MS,
        .ttl = 30 * SIM_S,
        .rate_limit = 150,
        .connections = 24,
        .overhead = 20,
        .per_record = 12,
    };
}

static bool in_range(const char *what, int64_t value, int64_t low, int64_t high, struct err *err)
{
    return (value >= low && value <= high) ||
           err_set(err, ERR_DATA, "%s is out of its range (KIN-77)", what);
}

bool kpl_config_check(const struct kpl_config *c, struct err *err)
{
    return in_range("the aggregates' size", c->aggregation_size, 64, 1048576, err) &&
           in_range("the aggregates' count", c->aggregation_count, 1, UINT32_MAX, err) &&
           in_range("the calls' count", c->collection_count, 1, 500, err) &&
           in_range("the calls' size", c->collection_size, 52224, 10485760, err) &&
           in_range("the buffering time", c->max_buffered, 0, INT64_MAX / 4, err) &&
           in_range("the time to live", c->ttl, 100 * SIM_MS, INT64_MAX / 4, err) &&
           in_range("the rate limit", c->rate_limit, 1, 1000000, err) &&
           in_range("the number of connections", c->connections, 1, 256, err) &&
           (c->max_buffered < c->ttl || err_set(err, ERR_DATA, "records are buffered longer than they live (KIN-79)"));
}

bool kpl_open(struct kpl **out, const struct kpl_config *config, struct err *err)
{
    struct kpl *k = kpl_config_check(config, err) ? mem_get_zero(1, sizeof(*k)) : NULL;
    *out = k;
    if (k == NULL)
        return err_set(err, ERR_OS, "memory is short");
    k->config = *config;
    slab_init(&k->users, sizeof(struct user));
    slab_init(&k->packs, sizeof(struct pack));
    slab_init(&k->puts, sizeof(struct put));
    k->open = k->collected = (struct packs){NONE, NONE, 0};
    k->first_waiting = k->ready = k->ready_last = NONE;
    k->collected_until = SIM_NEVER;
    return true;
}

void kpl_close(struct kpl *k)
{
    if (k == NULL)
        return;
    slab_free(&k->users);
    slab_free(&k->packs);
    slab_free(&k->puts);
    mem_release(k->shard);
    mem_release(k->end);
    mem_release(k);
}

/* --- adding --- */

static bool need_shard(struct kpl *k, uint32_t shard)
{
    if (shard < k->n_shard)
        return true;
    uint32_t n = shard + 1 < 2 * k->n_shard ? 2 * k->n_shard : shard + 1;
    struct shard *more = mem_resize(k->shard, n * sizeof(*more));
    if (more == NULL)
        return false;
    k->shard = more;
    for (uint32_t i = k->n_shard; i < n; i++)
        more[i] = (struct shard){.open = NONE, .limited = {NONE, NONE, 0}, .filled = -1, .next_waiting = NONE};
    k->n_shard = n;
    return true;
}

static void close_pack(struct kpl *k, uint32_t pack, sim_time now)
{
    packs_remove(k, &k->open, pack);
    k->shard[pack_at(k, pack)->shard].open = NONE;
    k->counts.gathering -= pack_at(k, pack)->n;
    limit_add(k, pack, now);
}

static void append(struct kpl *k, struct pack *p, uint32_t number)
{
    struct user *u = user_at(k, number);
    u->next = NONE;
    if (p->n == 0)
        p->first = number;
    else
        user_at(k, p->last)->next = number;
    p->last = number;
    p->n++;
    p->bytes += u->size;
    k->counts.gathering++;
}

bool kpl_add(struct kpl *k, struct call *c, const struct kpl_record *r)
{
    if (!need_shard(k, r->shard))
        return false;
    struct shard *s = &k->shard[r->shard];
    uint32_t number = slab_take(&k->users);
    if (number == NONE)
        return false;
    *user_at(k, number) = (struct user){.user = r->user, .added = c->now, .size = r->size};
    if (s->open != NONE && !pack_fits(k, pack_at(k, s->open), r->size))
        close_pack(k, s->open, c->now);
    if (s->open == NONE) {
        s->open = pack_open(k, r->shard, c->now);
        if (s->open == NONE) {
            slab_give(&k->users, number);
            return false;
        }
        packs_append(k, &k->open, s->open);
    }
    append(k, pack_at(k, s->open), number);
    k->counts.added++;
    if (!pack_fits(k, pack_at(k, s->open), 0))
        close_pack(k, s->open, c->now); /* nothing more goes in */
    return true;
}

void kpl_flush(struct kpl *k, struct call *c)
{
    while (k->open.n > 0) {
        pack_at(k, k->open.first)->deadline = c->now;
        close_pack(k, k->open.first, c->now);
    }
    k->collected_until = k->collected.n > 0 ? c->now : SIM_NEVER;
    collect_advance(k, c->now);
}

/* --- asking --- */

sim_time kpl_deadline(const struct kpl *k)
{
    if (k->failed)
        return SIM_NEVER;
    sim_time due = limit_deadline(k);
    if (k->open.n > 0 && pack_at(k, k->open.first)->deadline < due)
        due = pack_at(k, k->open.first)->deadline;
    if (k->collected.n > 0 && k->collected_until < due)
        due = k->collected_until;
    return due;
}

bool kpl_ended(struct kpl *k, struct kpl_end *out)
{
    if (k->at_end == k->n_end) {
        k->at_end = k->n_end = 0;
        return false;
    }
    *out = k->end[k->at_end++];
    return true;
}

const struct kpl_counts *kpl_counts(const struct kpl *k)
{
    return &k->counts;
}

bool kpl_failed(const struct kpl *k)
{
    return k->failed;
}

static uint64_t check_line(const struct kpl *k, const struct packs *l, sim_time now)
{
    uint64_t users = 0;
    uint32_t n = 0, prev = NONE;
    for (uint32_t at = l->first; at != NONE; prev = at, at = pack_at(k, at)->next, n++) {
        const struct pack *p = pack_at(k, at);
        uint64_t bytes = 0;
        uint32_t count = 0;
        CHECK(p->prev == prev && p->n > 0);
        for (uint32_t u = p->first; u != NONE; u = user_at(k, u)->next, count++) {
            CHECK(user_at(k, u)->added <= now);
            bytes += user_at(k, u)->size;
        }
        CHECK(count == p->n && bytes == p->bytes);
        CHECK(p->n == 1 || pack_size(k, p) <= k->config.aggregation_size);
        users += count;
    }
    CHECK(n == l->n && prev == l->last);
    return users;
}

void kpl_check(const struct kpl *k, sim_time now)
{
    const struct kpl_counts *c = &k->counts;
    uint64_t limited = 0, ready = 0;
    for (uint32_t i = 0; i < k->n_shard; i++)
        limited += check_line(k, &k->shard[i].limited, now);
    for (uint32_t i = k->ready; i != NONE; i = put_at(k, i)->next)
        ready += check_line(k, &put_at(k, i)->packs, now);
    CHECK(check_line(k, &k->open, now) == c->gathering);
    CHECK(limited == c->limited);
    CHECK(check_line(k, &k->collected, now) + ready == c->collected);
    CHECK(c->added == c->put + c->expired + c->failed + c->gathering + c->limited + c->collected + c->under_way);
    CHECK(k->collected.n < k->config.collection_count || k->failed);
}
