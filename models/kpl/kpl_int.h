/* kpl_int.h - what the files of the producer library share. */
#ifndef KPL_INT_H
#define KPL_INT_H

#include "kpl.h"
#include "slab.h"

#define NONE SLAB_NONE

struct user { /* a user's record */
    uint64_t user;
    sim_time added;
    uint32_t size, next;
};
struct pack { /* a record of the stream */
    uint32_t next, prev;
    uint32_t shard, n, first, last;
    uint64_t bytes; /* of its users' records */
    uint32_t attempts;
    sim_time deadline, expires; /* of its oldest */
    sim_time sent;
};
struct packs { /* of packs */
    uint32_t first, last, n;
};
struct shard {
    uint32_t open; /* gathering; NONE */
    struct packs limited;
    uint64_t records, bytes; /* taken from the full buckets and not yet flown back, in billionths; more than full: a debt */
    sim_time filled;
    uint32_t next_waiting; /* shard in the list of those that wait */
    bool waiting;
};
struct put {
    uint32_t next; /* waiting for a connection */
    struct packs packs;
    bool under_way;
};
struct kpl {
    struct kpl_config config;
    struct slab users, packs, puts;
    struct shard *shard;
    uint32_t n_shard, first_waiting;
    struct packs open;      /* packs that gather, oldest first */
    struct packs collected; /* packs that wait for a call */
    uint64_t collected_bytes;
    sim_time collected_until;
    uint32_t ready, ready_last, n_flying; /* puts */
    struct kpl_end *end;
    uint32_t n_end, at_end, cap_end;
    struct kpl_counts counts;
    bool failed;
};

static inline struct pack *pack_at(const struct kpl *k, uint32_t number)
{
    return slab_at(&k->packs, number);
}
static inline struct user *user_at(const struct kpl *k, uint32_t number)
{
    return slab_at(&k->users, number);
}
static inline struct put *put_at(const struct kpl *k, uint32_t number)
{
    return slab_at(&k->puts, number);
}

/* kpl_pack.c */
void     packs_append(struct kpl *, struct packs *, uint32_t pack);
void     packs_before(struct kpl *, struct packs *, uint32_t at, uint32_t pack); /* at: NONE: the end */
void     packs_remove(struct kpl *, struct packs *, uint32_t pack);
uint64_t pack_size(const struct kpl *, const struct pack *);
bool     pack_fits(const struct kpl *, const struct pack *, uint32_t size);
uint32_t pack_open(struct kpl *, uint32_t shard, sim_time now);
/* All its records have ended so; it is given back. */
void     pack_end(struct kpl *, uint32_t pack, enum kpl_outcome);
/* Those that are too old have expired. false: none is left, and it has been given back. */
bool     pack_expire(struct kpl *, uint32_t pack, sim_time now);

/* kpl_limit.c */
void     limit_add(struct kpl *, uint32_t pack, sim_time now); /* on its way to the collection */
void     limit_advance(struct kpl *, sim_time now);
sim_time limit_deadline(const struct kpl *);

/* kpl_collect.c */
void     collect_add(struct kpl *, uint32_t pack);
void     collect_advance(struct kpl *, sim_time now);

#endif
