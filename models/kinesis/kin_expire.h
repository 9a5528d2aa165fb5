/* kin_expire.h - records whose retention has ended, told once each, for whoever keeps something for them
 * (config.tell_expired). They are told by runs as they lie in memory, so nothing is kept per record. */
#ifndef KIN_EXPIRE_H
#define KIN_EXPIRE_H

#include "kinesis.h"

struct kin_run { /* n records one behind the other, numbers first … */
    uint32_t shard, n;
    uint64_t first;
    const struct kin_record *record;
};
/* Looks at all shards. */
void kin_expire(struct kinesis *, sim_time now);
/* Then: what has expired and was not told yet, valid until the next call. false: no more. */
bool kin_expired(struct kinesis *, struct kin_run *);
/* A record of the stream; NULL where its retention has ended, or there is none of this number. */
/* Gives a record another tag; it is kept. */
void kin_tag(struct kinesis *, uint32_t shard, uint64_t seq, uint64_t user);
const struct kin_record *kin_alive(const struct kinesis *, sim_time now, uint32_t shard, uint64_t seq);
/* Expired or not, records that were not told of yet: of all shards. */
uint64_t kin_untold(const struct kinesis *);

#endif
