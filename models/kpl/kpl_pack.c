/* kpl_pack.c - records of the stream with the users' records that they hold, in lines. */
#include "kpl_int.h"

#include "mem.h"

void packs_before(struct kpl *k, struct packs *l, uint32_t at, uint32_t pack)
{
    struct pack *p = pack_at(k, pack);
    p->next = at;
    p->prev = at == NONE ? l->last : pack_at(k, at)->prev;
    if (p->prev == NONE)
        l->first = pack;
    else
        pack_at(k, p->prev)->next = pack;
    if (at == NONE)
        l->last = pack;
    else
        pack_at(k, at)->prev = pack;
    l->n++;
}

void packs_append(struct kpl *k, struct packs *l, uint32_t pack)
{
    packs_before(k, l, NONE, pack);
}

void packs_remove(struct kpl *k, struct packs *l, uint32_t pack)
{
    const struct pack *p = pack_at(k, pack);
    if (p->prev == NONE)
        l->first = p->next;
    else
        pack_at(k, p->prev)->next = p->next;
    if (p->next == NONE)
        l->last = p->prev;
    else
        pack_at(k, p->next)->prev = p->prev;
    l->n--;
}

/* A record that is alone goes as it is. */
static uint64_t size_of(const struct kpl *k, uint64_t bytes, uint32_t n)
{
    return n == 1 ? bytes : bytes + k->config.overhead + (uint64_t)n * k->config.per_record;
}

uint64_t pack_size(const struct kpl *k, const struct pack *p)
{
    return size_of(k, p->bytes, p->n);
}

bool pack_fits(const struct kpl *k, const struct pack *p, uint32_t size)
{
    return k->config.aggregation && p->n < k->config.aggregation_count &&
           size_of(k, p->bytes + size, p->n + 1) <= k->config.aggregation_size;
}

uint32_t pack_open(struct kpl *k, uint32_t shard, sim_time now)
{
    uint32_t number = slab_take(&k->packs);
    if (number != NONE)
        *pack_at(k, number) = (struct pack){
            .shard = shard, .first = NONE, .last = NONE, .sent = -1, .deadline = now + k->config.max_buffered, .expires = now + k->config.ttl};
    return number;
}

static bool note_end(struct kpl *k, const struct pack *p, const struct user *u, enum kpl_outcome outcome)
{
    if (k->n_end == k->cap_end) {
        uint32_t cap = k->cap_end == 0 ? 64 : k->cap_end * 2;
        struct kpl_end *more = mem_resize(k->end, cap * sizeof(*more));
        if (more == NULL)
            return false;
        k->end = more;
        k->cap_end = cap;
    }
    k->end[k->n_end++] = (struct kpl_end){.user = u->user,
                                          .shard = p->shard,
                                          .attempts = p->attempts,
                                          .outcome = outcome,
                                          .added = u->added,
                                          .sent = p->sent};
    return true;
}

static void end_first(struct kpl *k, struct pack *p, enum kpl_outcome outcome)
{
    uint32_t number = p->first;
    const struct user *u = user_at(k, number);
    k->failed |= !note_end(k, p, u, outcome);
    k->counts.put += outcome == KPL_PUT;
    k->counts.expired += outcome == KPL_EXPIRED;
    k->counts.failed += outcome == KPL_FAILED;
    p->bytes -= u->size;
    p->n--;
    p->first = u->next;
    slab_give(&k->users, number);
}

void pack_end(struct kpl *k, uint32_t pack, enum kpl_outcome outcome)
{
    struct pack *p = pack_at(k, pack);
    while (p->n > 0)
        end_first(k, p, outcome);
    slab_give(&k->packs, pack);
}

/* Users' records lie in the order of their coming. */
bool pack_expire(struct kpl *k, uint32_t pack, sim_time now)
{
    struct pack *p = pack_at(k, pack);
    while (p->n > 0 && now - user_at(k, p->first)->added >= k->config.ttl)
        end_first(k, p, KPL_EXPIRED);
    if (p->n == 0) {
        slab_give(&k->packs, pack);
        return false;
    }
    p->expires = user_at(k, p->first)->added + k->config.ttl;
    return true;
}
