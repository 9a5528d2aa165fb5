/* kin_ring.h - a shard's records in the order of their numbers: chunks of 1,024 that follow one
 * another, in a ring of pointers. A record's number says where it stands, so nothing else is kept
 * of it; the oldest chunk goes as a whole, once what has expired in it has been told. */
#ifndef KIN_RING_H
#define KIN_RING_H

#include "kinesis.h"

#define KIN_CHUNK_BITS 10
#define KIN_CHUNK      (1u << KIN_CHUNK_BITS)

struct kin_ring {
    struct kin_record **chunk; /* cap pointers, cap a power of 2 */
    uint32_t cap;
    uint64_t first, next; /* numbers: the oldest alive, the next to come; the first of all is 1 */
    uint64_t told;        /* of those that expired: the first that has not been told of */
    uint64_t kept;        /* <= told: the oldest that is still in memory */
    uint64_t made;        /* chunks from next's up to this one are there already */
};

void kin_ring_init(struct kin_ring *);
void kin_ring_free(struct kin_ring *);
/* Private: room for the next record; false: memory is short. */
bool kin_ring_grow(struct kin_ring *);
/* Forgets what is before, which has expired: chunks below it go back. */
void kin_ring_release(struct kin_ring *, uint64_t kept);
uint64_t kin_ring_bytes(const struct kin_ring *);

ALWAYS_INLINE struct kin_record *kin_ring_at(const struct kin_ring *r, uint64_t seq)
{
    return &r->chunk[(seq >> KIN_CHUNK_BITS) & (r->cap - 1)][seq & (KIN_CHUNK - 1)];
}

/* Where the next record goes; NULL: memory is short. */
ALWAYS_INLINE struct kin_record *kin_ring_add(struct kin_ring *r)
{
    if (r->next >> KIN_CHUNK_BITS >= r->made && !kin_ring_grow(r))
        return NULL;
    return kin_ring_at(r, r->next++);
}

#endif
