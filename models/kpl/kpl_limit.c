/* kpl_limit.c - the sender's own limit (KIN-80): two buckets a shard, records and bytes, of one second at the limit's rate, full
 * at first. What does not pass waits in a line, the one that expires first ahead. */
#include "kpl_int.h"

#define RECORDS INT64_C(1000) /* a second, of a shard */
#define BYTES   INT64_C(1048576)
#define UNIT    INT64_C(1000000000)

static uint64_t rate(const struct kpl *k, int64_t of)
{
    return (uint64_t)of * k->config.rate_limit / 100;
}

static uint64_t min64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t less(uint64_t taken, uint64_t dt, uint64_t per_second)
{
    return dt > taken / per_second ? 0 : taken - dt * per_second;
}

static void fill(const struct kpl *k, struct shard *s, sim_time now)
{
    uint64_t dt = s->filled < 0 ? 0 : (uint64_t)(now - s->filled);
    s->records = less(s->records, dt, rate(k, RECORDS));
    s->bytes = less(s->bytes, dt, rate(k, BYTES));
    s->filled = now;
}

/* A record that is larger than the bucket passes when that is full, and those behind it wait for all that it took. */
static sim_time wait_for(uint64_t taken, uint64_t need, uint64_t per_second)
{
    uint64_t may = (per_second - min64(need, per_second)) * UNIT;
    return taken <= may ? 0 : (sim_time)((taken - may + per_second - 1) / per_second);
}

static sim_time passes_at(const struct kpl *k, const struct shard *s)
{
    uint64_t bytes = pack_size(k, pack_at(k, s->limited.first));
    sim_time a = wait_for(s->records, 1, rate(k, RECORDS)), b = wait_for(s->bytes, bytes, rate(k, BYTES));
    return s->filled + (a > b ? a : b);
}

static void pass(struct kpl *k, struct shard *s)
{
    uint32_t pack = s->limited.first;
    s->records += UNIT;
    s->bytes += pack_size(k, pack_at(k, pack)) * UNIT;
    packs_remove(k, &s->limited, pack);
    k->counts.limited -= pack_at(k, pack)->n;
    collect_add(k, pack);
}

static void expire(struct kpl *k, struct shard *s, sim_time now)
{
    uint32_t pack = s->limited.first;
    packs_remove(k, &s->limited, pack);
    k->counts.limited -= pack_at(k, pack)->n;
    if (pack_expire(k, pack, now))
        limit_add(k, pack, now);
}

static void serve(struct kpl *k, uint32_t shard, sim_time now)
{
    struct shard *s = &k->shard[shard];
    fill(k, s, now);
    while (s->limited.n > 0) {
        if (pack_at(k, s->limited.first)->expires <= now)
            expire(k, s, now);
        else if (passes_at(k, s) <= now)
            pass(k, s);
        else
            break;
    }
    if (s->limited.n > 0 && !s->waiting) {
        s->waiting = true;
        s->next_waiting = k->first_waiting;
        k->first_waiting = shard;
    }
}

/* What is new is the last to expire; what comes back is among the first. */
void limit_add(struct kpl *k, uint32_t pack, sim_time now)
{
    struct pack *p = pack_at(k, pack);
    struct shard *s = &k->shard[p->shard];
    uint32_t at = s->limited.n > 0 && pack_at(k, s->limited.last)->expires <= p->expires ? NONE : s->limited.first;
    while (at != NONE && pack_at(k, at)->expires <= p->expires)
        at = pack_at(k, at)->next;
    packs_before(k, &s->limited, at, pack);
    k->counts.limited += p->n;
    if (s->limited.n == 1)
        serve(k, p->shard, now);
}

void limit_advance(struct kpl *k, sim_time now)
{
    uint32_t *link = &k->first_waiting;
    while (*link != NONE) {
        uint32_t shard = *link;
        serve(k, shard, now);
        if (k->shard[shard].limited.n > 0) {
            link = &k->shard[shard].next_waiting;
        } else {
            k->shard[shard].waiting = false;
            *link = k->shard[shard].next_waiting;
        }
    }
}

sim_time limit_deadline(const struct kpl *k)
{
    sim_time due = SIM_NEVER;
    for (uint32_t i = k->first_waiting; i != NONE; i = k->shard[i].next_waiting) {
        const struct shard *s = &k->shard[i];
        if (s->limited.n == 0)
            continue;
        sim_time at = passes_at(k, s), expires = pack_at(k, s->limited.first)->expires;
        at = expires < at ? expires : at;
        due = at < due ? at : due;
    }
    return due;
}
