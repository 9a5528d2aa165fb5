/* kin_account.h - the streams of one account in one region: names, quotas, calls per second of the
 * control plane (KIN-9, KIN-56). Who calls settles first: kin_account_advance. */
#ifndef KIN_ACCOUNT_H
#define KIN_ACCOUNT_H

#include "kinesis.h"

enum kin_action { /* with a rate of its own, per account; ListShards: per stream */
                  KIN_CREATE_STREAM,
                  KIN_DELETE_STREAM,
                  KIN_SPLIT_SHARD,
                  KIN_MERGE_SHARDS,
                  KIN_UPDATE_SHARD_COUNT,
                  KIN_UPDATE_WARM,
                  KIN_REGISTER_CONSUMER,
                  KIN_DESCRIBE_STREAM,
                  KIN_DESCRIBE_SUMMARY,
                  KIN_LIST_SHARDS,
                  KIN_ACTIONS
};
struct kin_account_config {
    uint32_t shards;        /* provisioned, open, in all streams */
    uint32_t on_demand;     /* streams */
    uint32_t on_demand_max; /* shards of one of them */
    uint32_t creating;
};
/* By region: 20,000 shards and 10 GB/s in the three large ones (KIN-9, KIN-58). */
void kin_account_config(struct kin_account_config *, const char *region);

struct kin_account;
struct kin_stream { /* a stream with its name */
    char name[132];
    struct kinesis *core;
    sim_time list_end;
    uint32_t lists;
};
bool kin_account_open(struct kin_account **, const struct kin_account_config *, struct err *);
void kin_account_close(struct kin_account *);
sim_time kin_account_deadline(const struct kin_account *);
/* One step that is due, of any stream; *of: which. Streams that are gone are taken out. */
void kin_account_advance(struct kin_account *, struct call *, struct kin_stream **of);
/* Counts a call; KIN_RATE: too many this second. stream: for KIN_LIST_SHARDS, else NULL. */
enum kin_outcome kin_account_call(struct kin_account *, struct call *, enum kin_action,
                                  struct kin_stream *);
/* The quota and the account's mode are put into the config. */
enum kin_outcome kin_account_create(struct kin_account *, struct call *, const char *name,
                                    const struct kin_config *, struct kin_stream **);
struct kin_stream *kin_account_find(const struct kin_account *, const char *name);
/* By order of creation. */
struct kin_stream *kin_account_stream(const struct kin_account *, uint32_t i);
/* KIN-63: on-demand Advantage, for all streams; left after 24 hours at the earliest. */
enum kin_outcome kin_account_advantage(struct kin_account *, struct call *, bool on);

#endif
