/* sqs_fair.h - tenants of a standard queue (section 12); for sqs_*.c only. */
#ifndef SQS_FAIR_H
#define SQS_FAIR_H

#include "sqs_parts.h"

#define FAIR_PARTS 6 /* the window of processing time moves on by a sixth of its length */
#define NOISY_MAX                                                                                  \
    32 /* more than a tenth of something is had by nine at most; there are two measures */

struct usage {      /* message-nanoseconds in flight, by part of the window */
    sim_time since; /* accounted up to then */
    int64_t time[FAIR_PARTS];
};

struct tenant_shelf {
    struct shelf shelf;
    uint32_t place; /* in the heap of its shard's quiet shelves; NONE: empty or noisy */
};

struct tenant {
    uint32_t free_link; /* the slab's, when nobody is here */
    uint32_t id;        /* the caller's number; SQS_NO_GROUP: nobody is here */
    uint32_t live, visible, flying, delayed;
    uint32_t place;   /* in the heap by messages in flight */
    bool noisy, slow; /* slow: it took more than a tenth of the processing time */
    sim_time last_sent;
    struct usage usage;
    struct tenant_shelf shelf[]; /* one a shard */
};

struct fair {
    struct slab tenants;
    struct map64 by_id;
    struct order flying; /* most in flight first */
    struct order *quiet; /* one a shard: tenants by the first message of their shelf */
    uint32_t noisy[NOISY_MAX], n_noisy;
    uint32_t slow[NOISY_MAX], n_slow; /* as of the window's last step */
    struct usage all;                 /* of the whole queue */
    uint32_t part;                    /* of the window, being filled */
    sim_time step_at;                 /* when the next one begins; SIM_NEVER: time is not judged */
};

static inline struct tenant *tenant_at(const struct fair *f, uint32_t t)
{
    return (struct tenant *)slab_at(&f->tenants, t);
}

/* sqs_fair.c */
APART void fair_changed(struct sqs *, const struct message *); /* something came to or left its shelf */
APART bool fair_enter(struct sqs *, struct message *);         /* its group becomes a tenant's number */
APART void fair_leave(struct sqs *, struct message *);         /* … and the caller's again */
APART void fair_visible(struct sqs *, const struct message *, int by);
APART void fair_delayed(struct sqs *, const struct message *, int by);
APART void fair_flying(struct sqs *, const struct message *, int by);
APART uint32_t fair_best(const struct sqs *, uint32_t shard); /* first message of a quiet tenant; NONE */
APART uint32_t fair_noisy_best(const struct sqs *, uint64_t shards);
void fair_close(struct sqs *);
bool fair_open(struct sqs *);
/* sqs_fair_judge.c */
APART void fair_judge(struct sqs *);                   /* who is noisy now */
void fair_acquit(struct sqs *, uint32_t tenant); /* noisy no more: it has no message */
void fair_window(struct sqs *);                  /* moves it up to now */
void fair_account(struct usage *, uint32_t part, uint32_t flying, sim_time until);
void fair_refresh(struct sqs *, uint32_t tenant);
void fair_forget(struct sqs *, uint32_t tenant);

#endif
