/* known.c - a ring in the order of adding, and a map that says what is in it. */
#include "known.h"

#include "mem.h"

void known_init(struct known *k, uint64_t capacity, sim_time ttl)
{
    *k = (struct known){.capacity = capacity, .ttl = ttl};
    map64_init(&k->map);
}

void known_free(struct known *k)
{
    map64_free(&k->map);
    mem_release(k->ring);
}

static struct known_entry *entry(const struct known *k, uint64_t number)
{
    return &k->ring[number & (k->cap - 1)];
}

static void drop_oldest(struct known *k)
{
    map64_remove(&k->map, entry(k, k->first)->id);
    k->first++;
}

/* Half-open: what is remembered for a minute is forgotten when the minute is over. */
static void expire(struct known *k, sim_time now)
{
    while (k->first < k->next && entry(k, k->first)->until <= now)
        drop_oldest(k);
}

bool known_has(struct known *k, sim_time now, uint64_t id)
{
    uint64_t number;
    expire(k, now);
    return map64_get(&k->map, id, &number);
}

static bool widen(struct known *k)
{
    uint64_t cap = k->cap == 0 ? 16 : 2 * k->cap;
    struct known_entry *wider = mem_get_zero(cap, sizeof(*wider));
    if (wider == NULL)
        return false;
    for (uint64_t i = k->first; i < k->next; i++)
        wider[i & (cap - 1)] = *entry(k, i);
    mem_release(k->ring);
    k->ring = wider;
    k->cap = cap;
    return true;
}

bool known_add(struct known *k, sim_time now, uint64_t id)
{
    if (known_has(k, now, id))
        return true;
    if (k->capacity > 0 && k->next - k->first == k->capacity)
        drop_oldest(k);
    if ((k->next - k->first == k->cap && !widen(k)) || !map64_put(&k->map, id, k->next))
        return false;
    sim_time until = k->ttl < SIM_NEVER - now ? now + k->ttl : SIM_NEVER;
    *entry(k, k->next++) = (struct known_entry){id, until};
    return true;
}

void known_forget(struct known *k)
{
    while (k->first < k->next)
        drop_oldest(k);
}
