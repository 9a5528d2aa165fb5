/* streams.c - a record's life in the core of Kinesis: put, stored, read once by one poller; what is
 * a day old goes. The hash of its key is given: MD5 is the library's. */
#include "streams.h"

#include "kinesis.h"

static struct kinesis *k;
static struct call call;
static struct kin_iterator place[STREAM_SHARDS];
static uint64_t n_read, bytes;

static bool put(uint64_t i)
{
    struct kin_put p = {
        .hash = (kin_hash)stream_hash(i) << 64, .user = i, .size = 100, .key_chars = 8};
    struct kin_placed placed;
    return kin_put(k, &call, &p, &placed) == KIN_OK;
}

static bool read_one(uint32_t shard)
{
    struct kin_records got;
    struct kin_iterator it = {shard, place[shard].seq, call.now};
    if (kin_read(k, &call, &it, KIN_READ_RECORDS, &got) != KIN_OK)
        return false;
    for (uint64_t i = 0; i < got.n; i++)
        bytes += kin_record(k, shard, got.first + i)->size;
    n_read += got.n;
    place[shard] = got.next;
    return true;
}

static bool play(uint64_t n)
{
    bool good = true;
    for (uint64_t i = 0; good && i < n; i++) {
        call_begin(&call, (sim_time)i * STREAM_GAP, NULL);
        good = put(i);
        if (i % STREAM_READ == STREAM_READ - 1) /* each shard in turn, every second */
            good &= read_one((uint32_t)(i / STREAM_READ % STREAM_SHARDS));
    }
    return good;
}

bool stream_record(double scale, struct bench_sample *s, struct err *err)
{
    struct kin_config c;
    uint64_t n = (uint64_t)(STREAM_RECORDS * scale);
    kin_config_default(&c);
    c.shards = STREAM_SHARDS;
    if (!kin_open(&k, &c, err))
        return false;
    n_read = bytes = 0;
    for (uint32_t i = 0; i < STREAM_SHARDS; i++)
        place[i] = (struct kin_iterator){.seq = 1};
    double start = bench_clock();
    bool good = play(n);
    *s = (struct bench_sample){(double)n, bench_clock() - start};
    kin_close(k);
    good &= bytes == 100 * n_read && n_read + STREAM_SHARDS * 1000 > n;
    return good || err_set(err, ERR_INTERNAL, "a record was refused or lost");
}
