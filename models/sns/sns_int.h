/* sns_int.h - the inside of a topic; for sns*.c only. */
#ifndef SNS_INT_H
#define SNS_INT_H

#include "map64.h"
#include "slab.h"
#include "sns.h"

#define NONE      SLAB_NONE
#define WINDOW    (5 * SIM_MIN) /* of deduplication (SNS-23) */
#define LINE_BITS SLAB_CHUNK_BITS

struct note { /* a message that somebody still needs */
    uint64_t user, id, dedup, sequence;
    sim_time published;
    uint32_t size, group, attribute_bytes, n_attributes, event;
    const struct filter_event *attributes, *body; /* while it may be replayed */
    uint32_t copies;                              /* on their way; of a replay: 1 */
    uint32_t next;                                /* in the archive, or among those to be freed */
    bool archived, replayed, live, loose;         /* loose: to be freed at the next call */
};

struct subscription { /* 40 bytes; its number is the delivery line's */
    const struct filter *filter;
    uint64_t user;
    sim_time from; /* in force */
    uint64_t filtered;
    uint32_t replay; /* NONE: none */
    uint8_t endpoint, scope, dead_letter;
    bool raw, live;
};

/* The subscriptions that get a template, then those that do not. */
struct match_list {
    uint32_t *line;
    uint32_t n, n_match;
    uint32_t reason[SNS_REASONS];
    sim_time until; /* a subscription comes into force then */
    uint64_t uses;
    struct match_list *next; /* retired */
};

struct dedup { /* a publish that is remembered */
    uint64_t id, message, sequence;
    sim_time at;
    uint32_t group, chain, newer;
};
struct dedups {
    struct slab slab;
    struct map64 by_id; /* hash -> first of a chain */
    uint32_t oldest, newest;
};
struct group_rate { /* of a message group */
    struct sns_bucket bucket;
    uint32_t group, older, newer;
};
struct group_rates { /* in the order of last use */
    struct slab slab;
    struct map64 by_group;
    uint32_t oldest, newest;
};

struct replay {
    uint32_t line, at; /* at: the next message of the archive; NONE: no more */
    sim_time from, to, next;
    enum sns_replay_state state;
};

struct sns {
    struct sns_config config;
    struct delivery *delivery;
    struct sns_counts counts;
    struct slab notes, subs;             /* subs by line: numbers are not taken from the slab */
    uint32_t n_lines, n_subs, n_filters; /* n_lines: numbers in use at some time */
    struct slab laws;                    /* struct retry_law */
    struct match_list **list; /* by template; [0] is also that of a topic without filters */
    uint32_t cap_list;
    struct match_list *retired; /* still in use by deliveries */
    struct dedups dedups;
    struct group_rates rates;
    struct sns_bucket topic_messages, topic_bytes;
    uint32_t first_archived, last_archived, n_archived;
    struct slab replays;
    uint32_t loose; /* notes to be freed at the next call */
    uint64_t n_published, sequence;
    sim_time now;
    bool failed;
};

static inline struct note *note_at(const struct sns *t, uint32_t i)
{
    return slab_at(&t->notes, i);
}
static inline struct subscription *sub_at(const struct sns *t, uint32_t line)
{
    return slab_at(&t->subs, line);
}

/* sns.c */
void topic_begin(struct sns *, struct call *);                /* at the head of every operation */
void note_let_go(struct sns *, struct call *, uint32_t note); /* a copy less */
void note_free_if_unused(struct sns *, uint32_t note);
/* Effects of deliveries, from `first` on, become the topic's. */
void effects_translate(struct sns *, struct call *, uint32_t first);

/* sns_subscribe.c: while Firehose throttles, its retries are those of e-mail (SNS-41). */
void firehose_law(struct sns *, uint32_t line, bool throttled);

/* sns_match.c */
/* The list for a publish; NULL: memory is short. */
struct match_list *match_list(struct sns *, const struct sns_publish *);
bool match_gets(const struct sns *, uint32_t line, const struct note *);
void match_forget(struct sns *); /* subscriptions have changed */
void match_sweep(struct sns *);  /* nothing is on its way from a list any more */
void match_close(struct sns *);
uint64_t match_filtered(const struct sns *, uint32_t line);
uint64_t match_bytes(const struct sns *);

/* sns_dedup.c */
void sns_dedup_init(struct sns *);
void sns_dedup_close(struct sns *);
void sns_dedup_expire(struct sns *, sim_time now);
const struct dedup *sns_dedup_find(const struct sns *, const struct sns_publish *);
bool sns_dedup_note(struct sns *, const struct sns_publish *,
                    const struct sns_published *); /* false: memory */
bool group_has(struct sns *, uint32_t group, uint64_t n, sim_time now);
bool group_take(struct sns *, uint32_t group, sim_time now); /* false: memory is short */
void sns_dedup_check(const struct sns *, sim_time now);

/* sns_archive.c */
void archive_add(struct sns *, struct call *, uint32_t note);
sim_time archive_deadline(const struct sns *);
void sns_replay_close(struct sns *, uint32_t line);

#endif
