/* kpl.h - the Kinesis Producer Library (KIN-77 … KIN-81): small records of users are packed into records of the stream, shard by
 * shard, and those into calls; what the stream refuses is tried again until its time to live is over. A pure state machine.
 *
 *   add → aggregate of its shard → the shard's rate limit → collection → call → ended, or through the limit again
 *
 * Use: kpl_add; then, and at kpl_deadline(), kpl_next until it returns false: each call that it names is made and settled with
 * kpl_settle, at once or later. kpl_ended tells what became of the users' records. The shard is what the caller predicts. */
#ifndef KPL_H
#define KPL_H

#include "call.h"
#include "err.h"

struct kpl_config {
    bool     aggregation;
    uint32_t aggregation_size, aggregation_count; /* bytes, records: 51,200 and no bound */
    uint32_t collection_count, collection_size;   /* of a call: 500, 5 MiB */
    sim_time max_buffered, ttl;                   /* 100 ms, 30 s */
    uint32_t rate_limit;                          /* per cent of a shard's 1,000 records and 1 MiB a second: 150 */
    uint32_t connections;                         /* calls under way at the same time: 24 */
    bool     fail_if_throttled;
    uint32_t overhead, per_record;                /* bytes of an aggregate beside its records (KIN-81): 20 and 12 */
};
void kpl_config_init(struct kpl_config *);
bool kpl_config_check(const struct kpl_config *, struct err *);

struct kpl_record { /* a user's */
    uint32_t shard; /* a small number */
    uint32_t size;  /* data and key */
    uint64_t user;
};
enum kpl_result { KPL_OK, KPL_THROTTLED, KPL_ERROR };
enum kpl_outcome { KPL_PUT, KPL_EXPIRED, KPL_FAILED };
struct kpl_end {
    uint64_t         user;
    uint32_t         shard, attempts; /* calls that it was in */
    enum kpl_outcome outcome;
    sim_time         added, sent; /* sent: its last call; -1: none */
};
struct kpl_entry { /* a record of the stream, in a call */
    uint32_t shard, size, n; /* n: users' records in it */
    uint32_t attempt; /* 0: the first */
    sim_time added;   /* its oldest */
    uint32_t first;   /* for kpl_user */
};
#define KPL_LAST UINT32_MAX

struct kpl;
bool kpl_open(struct kpl **, const struct kpl_config *, struct err *);
void kpl_close(struct kpl *); /* NULL: nothing */

/* false: memory is short. */
bool kpl_add(struct kpl *, struct call *, const struct kpl_record *);
/* All that is being gathered is closed and goes out as soon as it may. */
void kpl_flush(struct kpl *, struct call *);
sim_time kpl_deadline(const struct kpl *);
/* The next call that is to be made now. false: none. */
bool kpl_next(struct kpl *, struct call *, uint32_t *put);
/* Its first entry, their number in *n; and what follows an entry: KPL_LAST behind the last. */
uint32_t kpl_entries(const struct kpl *, uint32_t put, uint32_t *n);
uint32_t kpl_entry(const struct kpl *, uint32_t entry, struct kpl_entry *);
/* A user's record of an entry, and the next one. false: there was none. */
bool kpl_user(const struct kpl *, uint32_t *at, uint64_t *user);
/* The call was answered: a result for each entry. */
void kpl_settle(struct kpl *, struct call *, uint32_t put, const enum kpl_result *);
/* What became of users' records, in order. false: nothing more. */
bool kpl_ended(struct kpl *, struct kpl_end *);

struct kpl_counts {
    uint64_t added, put, expired, failed; /* users' records */
    uint64_t records_put, retried, calls; /* of the stream */
    uint64_t gathering, limited, collected, under_way; /* users' records, now */
};
const struct kpl_counts *kpl_counts(const struct kpl *);
bool kpl_failed(const struct kpl *); /* memory ran short: it stands still */
void kpl_check(const struct kpl *, sim_time now);

#endif
