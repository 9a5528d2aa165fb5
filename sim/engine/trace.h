/* trace.h - the fingerprint of an event sequence: one 64-bit hash per entity, folded from (time, what, item) of
 * each thing that happened to it, and the run's, folded from theirs in the order of (kind, id). Sequence numbers
 * do not enter, so an added entity leaves the others' fingerprints as they were. */
#ifndef TRACE_H
#define TRACE_H

#include <stdint.h>

#include "check.h"
#include "simtime.h"

#define TRACE_START UINT64_C(0x6166746572626179)

/* Both halves of a product of 128 bits, of which either depends on all bits of both factors (as in wyhash). */
ALWAYS_INLINE void trace_fold(uint64_t *print, sim_time at, uint32_t what, uint64_t item)
{
    uint64_t kind = UINT64_C(0x9e3779b97f4a7c15) * (2 * what + 1);
    unsigned __int128 x = (unsigned __int128)(*print ^ (uint64_t)at) * (item ^ kind);
    *print = (uint64_t)x ^ (uint64_t)(x >> 64);
}

#endif
