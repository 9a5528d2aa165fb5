/* kin_ring.c - chunks come one by one; the pointers to them double. */
#include "kin_ring.h"

#include "mem.h"

void kin_ring_init(struct kin_ring *r)
{
    *r = (struct kin_ring){.first = 1, .next = 1, .told = 1, .kept = 1};
}

void kin_ring_free(struct kin_ring *r)
{
    for (uint64_t c = r->kept >> KIN_CHUNK_BITS; c < r->made; c++)
        mem_release(r->chunk[c & (r->cap - 1)]);
    mem_release(r->chunk);
    kin_ring_init(r);
}

static bool more_pointers(struct kin_ring *r, uint64_t from, uint64_t to)
{
    uint32_t cap = r->cap == 0 ? 2 : r->cap * 2;
    struct kin_record **chunk = mem_get(cap * sizeof(*chunk));
    if (chunk == NULL)
        return false;
    for (uint64_t c = from; c < to; c++)
        chunk[c & (cap - 1)] = r->chunk[c & (r->cap - 1)];
    mem_release(r->chunk);
    r->chunk = chunk;
    r->cap = cap;
    return true;
}

bool kin_ring_grow(struct kin_ring *r)
{
    uint64_t from = r->kept >> KIN_CHUNK_BITS;
    if (r->made - from == r->cap && !more_pointers(r, from, r->made))
        return false;
    struct kin_record *chunk = mem_get(KIN_CHUNK * sizeof(*chunk));
    if (chunk == NULL)
        return false;
    r->chunk[r->made++ & (r->cap - 1)] = chunk;
    return true;
}

void kin_ring_release(struct kin_ring *r, uint64_t kept)
{
    CHECK(kept >= r->kept && kept <= r->told);
    uint64_t to = kept >> KIN_CHUNK_BITS;
    for (uint64_t c = r->kept >> KIN_CHUNK_BITS; c < to; c++)
        mem_release(r->chunk[c & (r->cap - 1)]);
    r->kept = kept;
}

uint64_t kin_ring_bytes(const struct kin_ring *r)
{
    uint64_t chunks = r->made - (r->kept >> KIN_CHUNK_BITS);
    return chunks * KIN_CHUNK * sizeof(struct kin_record) + r->cap * sizeof(struct kin_record *);
}
