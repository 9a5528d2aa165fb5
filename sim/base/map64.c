/* map64.c - linear probing over 16-byte cells. A removal moves the followers of its run back
 * instead of leaving a tombstone: the usual life of an entry here is short (a message's id), and
 * tombstones would pile up. */
#include "map64.h"

#include "hash.h"
#include "mem.h"

#define CAP_MIN 16

struct map64_cell {
    uint64_t key, value;
};

void map64_init(struct map64 *m)
{
    *m = (struct map64){0};
}

void map64_free(struct map64 *m)
{
    mem_release(m->cell);
    map64_init(m);
}

/* The cell of that key, or the empty one where it would go. cap > 0, key != 0; a run always ends
 * (load < 1). */
static struct map64_cell *find(const struct map64 *m, uint64_t key)
{
    size_t mask = m->cap - 1, i = hash_mix(key) & mask;
    while (m->cell[i].key != key && m->cell[i].key != 0)
        i = (i + 1) & mask;
    return &m->cell[i];
}

static bool rehash(struct map64 *m, size_t cap)
{
    struct map64 next = *m;
    next.cap = cap;
    next.cell = mem_get_zero(cap, sizeof(*next.cell));
    if (next.cell == NULL)
        return false;
    for (size_t i = 0; i < m->cap; i++)
        if (m->cell[i].key != 0)
            *find(&next, m->cell[i].key) = m->cell[i];
    mem_release(m->cell);
    *m = next;
    return true;
}

bool map64_get(const struct map64 *m, uint64_t key, uint64_t *value)
{
    if (key == 0) {
        if (m->has_zero)
            *value = m->zero_value;
        return m->has_zero;
    }
    if (m->cap == 0)
        return false;
    const struct map64_cell *c = find(m, key);
    if (c->key == 0)
        return false;
    *value = c->value;
    return true;
}

bool map64_put(struct map64 *m, uint64_t key, uint64_t value)
{
    if (key == 0) {
        m->has_zero = true;
        m->zero_value = value;
        return true;
    }
    struct map64_cell *c = m->cap > 0 ? find(m, key) : NULL;
    if (c == NULL || c->key == 0) {
        if ((m->used + 1) * 8 > m->cap * 5) {
            if (!rehash(m, m->cap == 0 ? CAP_MIN : m->cap * 2))
                return false;
            c = find(m, key);
        }
        c->key = key;
        m->used++;
    }
    c->value = value;
    return true;
}

/* Closes the hole: a later entry of the run moves back into it unless its home lies after the hole.
 */
static void close_hole(struct map64 *m, size_t hole)
{
    size_t mask = m->cap - 1;
    for (size_t i = (hole + 1) & mask; m->cell[i].key != 0; i = (i + 1) & mask) {
        size_t home = hash_mix(m->cell[i].key) & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            m->cell[hole] = m->cell[i];
            hole = i;
        }
    }
    m->cell[hole].key = 0;
}

bool map64_remove(struct map64 *m, uint64_t key)
{
    if (key == 0) {
        bool was = m->has_zero;
        m->has_zero = false;
        return was;
    }
    struct map64_cell *c = m->cap > 0 ? find(m, key) : NULL;
    if (c == NULL || c->key == 0)
        return false;
    close_hole(m, (size_t)(c - m->cell));
    m->used--;
    /* When memory is short the map just stays as wide as it is. */
    if (m->cap > CAP_MIN && m->used * 8 < m->cap)
        rehash(m, m->cap / 2);
    return true;
}
