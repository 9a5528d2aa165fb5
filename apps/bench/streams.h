/* streams.h - the core of a stream alone, and a bare ring per shard. */
#ifndef STREAMS_H
#define STREAMS_H

#include "bench.h"

#define STREAM_RECORDS 8e6
#define STREAM_SHARDS  10
#define STREAM_GAP     200000 /* ns between records: 500 a second and shard */
#define STREAM_READ    500    /* records of a shard that are read at once, on average */

/* Where the i-th record goes: the same for both. */
static inline uint64_t stream_hash(uint64_t i)
{
    uint64_t x = i * UINT64_C(0x9e3779b97f4a7c15);
    return x ^ (x >> 29);
}

bool stream_record(double scale, struct bench_sample *, struct err *);
bool bare_stream(double scale, struct bench_sample *, struct err *);

#endif
