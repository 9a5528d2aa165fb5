/* stream_port.h - PutRecords as a producer library makes it, who packs several user records into one Kinesis record and
 * chooses its hash key. Everybody else uses PUSH, where each job becomes one record. */
#ifndef STREAM_PORT_H
#define STREAM_PORT_H

#include "kin_text.h"
#include "wire.h"

struct room;

struct stream_entry {
    const struct job *job; /* its user records, in order */
    uint32_t n;
    uint32_t size;         /* data and key, bytes */
    uint32_t key;          /* number of the record's partition key; JOB_NO_KEY */
    kin_hash hash;
};

bool stream_is(const struct room *);
/* The hash key of a job that is put as it is: MD5 of its partition key's text ("key-17"), looked up where it was seen
 * before; of a job without key a random one, always the same for a request. */
kin_hash stream_hash(struct entity *stream, const struct job *);
/* Bytes of the partition key's text; of JOB_NO_KEY those of a UUID. */
uint32_t stream_key_bytes(const struct entity *stream, uint32_t key);
/* The open shard that takes it now, as a library knows from its map of shards. */
uint32_t stream_route(struct entity *stream, kin_hash);
sim_time stream_batch_latency(struct entity *stream, const struct job *first, uint32_t n);
/* Split into calls where it is more than one takes (KIN-12). One answer per entry. Of an entry that is accepted the
 * stream holds all requests from now on, each until the record's retention ends. */
void stream_put(struct entity *stream, const struct stream_entry *, uint32_t n, struct push_answer *);

#endif
