/* bare_stream.c - a stream as chunked rings, one a shard: no limits, no ranges that change, no
 * retention. */
#include "streams.h"

#include <stdlib.h>

#define CHUNK 1024u
#define MOST  8192u /* chunks of a shard */

struct record {
    uint64_t user;
    int64_t arrival;
    uint32_t size, key;
};
struct ring {
    struct record *chunk[MOST];
    uint64_t next, read;
};
static struct ring ring[STREAM_SHARDS];
static uint64_t bytes;

static __attribute__((noinline)) bool put(uint64_t i, int64_t now)
{
    struct ring *r = &ring[(unsigned __int128)stream_hash(i) * STREAM_SHARDS >> 64];
    struct record **c = &r->chunk[r->next / CHUNK % MOST];
    if (*c == NULL && (*c = malloc(CHUNK * sizeof(**c))) == NULL)
        return false;
    (*c)[r->next++ % CHUNK] = (struct record){i, now, 100, 0};
    return true;
}

static __attribute__((noinline)) void read_all(struct ring *r)
{
    for (; r->read < r->next; r->read++)
        bytes += r->chunk[r->read / CHUNK % MOST][r->read % CHUNK].size;
}

bool bare_stream(double scale, struct bench_sample *s, struct err *err)
{
    uint64_t n = (uint64_t)(STREAM_RECORDS * scale);
    bool good = true;
    bytes = 0;
    double start = bench_clock();
    for (uint64_t i = 0; good && i < n; i++) {
        good = put(i, (int64_t)i * STREAM_GAP);
        if (i % STREAM_READ == STREAM_READ - 1)
            read_all(&ring[i / STREAM_READ % STREAM_SHARDS]);
    }
    *s = (struct bench_sample){(double)n, bench_clock() - start};
    for (uint32_t shard = 0; shard < STREAM_SHARDS; shard++) {
        for (uint32_t c = 0; c < MOST; c++)
            free(ring[shard].chunk[c]);
        ring[shard] = (struct ring){.next = 0};
    }
    return good || err_set(err, ERR_OS, "out of memory");
}
