/* sqs_fair.c - quiet tenants first: the tenants and their shelves.
 *
 * The shelves of quiet tenants stand in a heap by their first message, so the next message of a
 * quiet tenant is found as fast as without tenants; noisy tenants are few and are kept in a small
 * array (sqs_fair_judge.c says who they are). Messages without a group are tenants of their own,
 * always quiet, and stay on the queue's plain shelves; so a queue without groups pays nothing. */
#include "sqs_fair.h"

#include "mem.h"

/* --- life --- */

static void init(struct sqs *s, struct fair *f, struct order *quiet)
{
    uint32_t shards = s->config.shards;
    slab_init(&f->tenants,
              (uint32_t)(sizeof(struct tenant) + shards * sizeof(struct tenant_shelf)));
    map64_init(&f->by_id);
    order_init(&f->flying, &f->tenants, (uint32_t)offsetof(struct tenant, place));
    for (uint32_t i = 0; i < shards; i++)
        order_init(&quiet[i], &f->tenants,
                   (uint32_t)(offsetof(struct tenant, shelf) + i * sizeof(struct tenant_shelf) +
                              offsetof(struct tenant_shelf, place)));
    f->quiet = quiet;
    f->all.since = s->now;
    f->step_at = s->config.fair_window >= FAIR_PARTS ? s->now + s->config.fair_window / FAIR_PARTS
                                                     : SIM_NEVER;
}

bool fair_open(struct sqs *s)
{
    struct fair *f = mem_get_zero(1, sizeof(*f));
    struct order *quiet = mem_get_zero(s->config.shards, sizeof(*quiet));
    if (f == NULL || quiet == NULL) {
        mem_release(f);
        mem_release(quiet);
        return false;
    }
    init(s, f, quiet);
    s->fair = f;
    s->plain = s->direct = false;
    return true;
}

static void drop_shelves(const struct sqs *s, struct tenant *t)
{
    for (uint32_t i = 0; i < s->config.shards; i++)
        order_free(&t->shelf[i].shelf.heap);
}

void fair_close(struct sqs *s)
{
    struct fair *f = s->fair;
    if (f == NULL)
        return;
    for (uint32_t i = 0; i < f->tenants.n_touched; i++)
        if (tenant_at(f, i)->id != SQS_NO_GROUP)
            drop_shelves(s, tenant_at(f, i));
    for (uint32_t i = 0; i < s->config.shards; i++)
        order_free(&f->quiet[i]);
    mem_release(f->quiet);
    order_free(&f->flying);
    map64_free(&f->by_id);
    slab_free(&f->tenants);
    mem_release(f);
}

static bool reserve(struct sqs *s, uint32_t n)
{
    bool ok = order_reserve(&s->fair->flying, n);
    for (uint32_t i = 0; ok && i < s->config.shards; i++)
        ok = order_reserve(&s->fair->quiet[i], n);
    return ok;
}

static uint32_t tenant_new(struct sqs *s, uint32_t id)
{
    struct fair *f = s->fair;
    if (!reserve(s, f->tenants.n_live + 1))
        return NONE;
    uint32_t number = slab_take(&f->tenants);
    if (number == NONE)
        return NONE;
    struct tenant *t = tenant_at(f, number);
    if (!map64_put(&f->by_id, id, number)) {
        t->id = SQS_NO_GROUP;
        slab_give(&f->tenants, number);
        return NONE;
    }
    *t = (struct tenant){.id = id, .place = NONE, .usage.since = s->now};
    for (uint32_t i = 0; i < s->config.shards; i++) {
        shelf_init(&t->shelf[i].shelf, &s->messages);
        t->shelf[i].place = NONE;
    }
    return number;
}

void fair_forget(struct sqs *s, uint32_t number)
{
    struct fair *f = s->fair;
    struct tenant *t = tenant_at(f, number);
    drop_shelves(s, t);
    map64_remove(&f->by_id, t->id);
    t->id = SQS_NO_GROUP;
    slab_give(&f->tenants, number);
}

/* --- the heaps of quiet shelves --- */

static void out_of_quiet(struct sqs *s, struct tenant_shelf *x, uint32_t shard)
{
    if (x->place != NONE)
        order_remove(&s->fair->quiet[shard], x->place);
    x->place = NONE;
}

static void refresh_shelf(struct sqs *s, uint32_t number, uint32_t shard)
{
    struct tenant *t = tenant_at(s->fair, number);
    struct tenant_shelf *x = &t->shelf[shard];
    uint32_t m = t->noisy ? NONE : shelf_best(s, &x->shelf);
    if (m == NONE) {
        out_of_quiet(s, x, shard);
        return;
    }
    uint64_t key = (uint64_t)msg(s, m)->key, seq = msg(s, m)->seq;
    if (x->place != NONE) {
        const struct order_entry *e = &s->fair->quiet[shard].entry[x->place];
        if (e->key == key && e->seq == seq)
            return;
        out_of_quiet(s, x, shard);
    }
    order_push(&s->fair->quiet[shard], key, seq, number);
}

void fair_refresh(struct sqs *s, uint32_t number)
{
    for (uint32_t i = 0; i < s->config.shards; i++)
        refresh_shelf(s, number, i);
}

void fair_changed(struct sqs *s, const struct message *x)
{
    refresh_shelf(s, x->group, x->shard);
}

struct shelf *fair_shelf(const struct sqs *s, const struct message *x)
{
    return &tenant_at(s->fair, x->group)->shelf[x->shard].shelf;
}

uint32_t fair_best(const struct sqs *s, uint32_t shard)
{
    const struct order *o = &s->fair->quiet[shard];
    return o->n == 0 ? NONE
                     : shelf_best(s, &tenant_at(s->fair, o->entry[0].slot)->shelf[shard].shelf);
}

static uint32_t first_of(const struct sqs *s, const struct tenant *t, uint64_t shards)
{
    uint32_t best = NONE;
    for (uint32_t i = 0; i < s->config.shards; i++)
        if (shards >> i & 1)
            best = message_earlier(s, best, shelf_best(s, &t->shelf[i].shelf));
    return best;
}

/* Among noisy tenants the one with the fewest messages in flight (SQS-77). */
uint32_t fair_noisy_best(const struct sqs *s, uint64_t shards)
{
    const struct fair *f = s->fair;
    uint32_t best = NONE, fewest = UINT32_MAX;
    for (uint32_t i = 0; i < f->n_noisy; i++) {
        const struct tenant *t = tenant_at(f, f->noisy[i]);
        uint32_t m = t->flying > fewest ? NONE : first_of(s, t, shards);
        if (m == NONE)
            continue;
        best = t->flying < fewest ? m : message_earlier(s, best, m);
        fewest = t->flying;
    }
    return best;
}

/* --- counts --- */

bool fair_enter(struct sqs *s, struct message *x)
{
    uint64_t found;
    if (s->fair == NULL && !fair_open(s))
        return false;
    uint32_t number =
        map64_get(&s->fair->by_id, x->group, &found) ? (uint32_t)found : tenant_new(s, x->group);
    if (number == NONE)
        return false;
    x->group = number;
    tenant_at(s->fair, number)->live++;
    tenant_at(s->fair, number)->last_sent = s->now;
    return true;
}

void fair_leave(struct sqs *s, struct message *x)
{
    struct tenant *t = tenant_at(s->fair, x->group);
    uint32_t number = x->group;
    x->group = t->id;
    if (--t->live > 0)
        return;
    fair_acquit(s, number);
    if (s->fair->step_at == SIM_NEVER)
        fair_forget(s, number); /* else when its processing time is out of the window */
}

void fair_visible(struct sqs *s, const struct message *x, int by)
{
    tenant_at(s->fair, x->group)->visible += (uint32_t)by;
}

void fair_delayed(struct sqs *s, const struct message *x, int by)
{
    tenant_at(s->fair, x->group)->delayed += (uint32_t)by;
}

void fair_flying(struct sqs *s, const struct message *x, int by)
{
    struct fair *f = s->fair;
    fair_window(s);
    fair_account(&f->all, f->part, s->flying, s->now);
    if (!is_tenants(s, x))
        return;
    struct tenant *t = tenant_at(f, x->group);
    fair_account(&t->usage, f->part, t->flying, s->now);
    t->flying += (uint32_t)by;
    if (t->place != NONE)
        order_remove(&f->flying, t->place);
    t->place = NONE;
    if (t->flying > 0)
        order_push(&f->flying, UINT32_MAX - t->flying, x->group, x->group);
}
