/* sns_account_int.h - the inside of an account; for sns_account*.c only. */
#ifndef SNS_ACCOUNT_INT_H
#define SNS_ACCOUNT_INT_H

#include "slab.h"
#include "sns_account.h"

enum topic_attribute {
    TOPIC_FIFO,
    TOPIC_CONTENT,
    TOPIC_SCOPE,
    TOPIC_POLICY,
    TOPIC_ARCHIVE,
    TOPIC_PLAIN, /* from here on without effect */
    TOPIC_ATTRIBUTES = TOPIC_PLAIN + 6
};
enum member_attribute {
    MEMBER_RAW,
    MEMBER_SCOPE,
    MEMBER_FILTER,
    MEMBER_REDRIVE,
    MEMBER_POLICY,
    MEMBER_REPLAY,
    MEMBER_ROLE,
    MEMBER_ATTRIBUTES
};

struct tag {
    char *name, *value;
    struct tag *next;
};
struct sns_topic {
    struct sns_account *account;
    char name[260], arn[360];
    uint32_t number;
    struct sns *core;
    char *value[TOPIC_ATTRIBUTES]; /* NULL: not given */
    struct sns_policy policy;
    bool disable_overrides, deleted;
    struct tag *tags;
    uint64_t n_published;
};
struct sns_member {
    struct sns_topic *topic;
    char arn[420], dead_letter[256];
    const char *protocol;
    char *endpoint;
    enum sns_endpoint kind;
    uint32_t index, line;
    bool live, pending;
    sim_time asked; /* for its confirmation */
    char *value[MEMBER_ATTRIBUTES];
    struct filter *filter, *coming;
    enum sns_scope scope, coming_scope;
    sim_time coming_at; /* SIM_NEVER: no change is on its way */
    struct sns_policy policy;
    bool raw;
};
struct parcel { /* a message's texts; its number is the core's tag */
    char id[40];
    char *block; /* holds all texts */
    struct sns_text body, subject, structure, group, dedup;
    uint32_t n_attribute, needed; /* needed: by copies on their way, by the archive, by the call */
    struct sns_attribute *attribute;
    struct filter_event *event, *json;
};

struct sns_account {
    struct sns_account_config config;
    struct sns_region region;
    struct sns_bucket subscribe;
    sim_time now;
    struct sns_topic **topic; /* deleted ones, too */
    uint32_t n_topic, cap_topic;
    struct sns_member **member;
    uint32_t n_member, cap_member;
    struct slab parcels;
    char reason[SNS_REASON];
};

/* sns_account.c */
void account_call(struct sns_account *, struct call *); /* a fresh one, for now */
/* Effects are carried out, and all that is due now is attempted. */
void account_after(struct sns_topic *, struct call *);
bool account_grow(void **array, uint32_t *cap, uint32_t n, size_t item);
char *account_copy(struct sns_text); /* NULL: memory is short */
enum sns_outcome account_refuse(struct sns_account *, enum sns_outcome, const char *reason);

/* sns_account_draft.c */
struct member_draft {
    struct sns_text value[MEMBER_ATTRIBUTES];
    bool given[MEMBER_ATTRIBUTES];
    bool raw;
    enum sns_scope scope;
    struct filter *filter;
    char dead_letter[256];
    struct sns_policy policy;
    sim_time from, to;
};
extern const char *const member_attribute_name[MEMBER_ATTRIBUTES];
int member_attribute_of(struct sns_text name); /* -1: unknown */
/* The part of an ARN after so many colons. */
bool member_arn_part(const char *arn, int part, char out[64]);
enum sns_outcome member_draft_read(struct sns_account *, struct member_draft *,
                                   const struct sns_pair *, uint32_t n);
enum sns_dead_letter member_dlq(const char *arn);
bool member_keep(struct sns_member *, const struct member_draft *); /* false: memory is short */

/* sns_account_members.c */
void member_end(struct sns_member *);
void member_free(struct sns_member *);
void member_filter_due(struct sns_member *);
void member_use_policy(struct sns_member *); /* the effective one */

/* sns_account_messages.c */
void parcel_let_go(struct sns_account *, uint64_t number);
void parcel_free(struct sns_account *, struct parcel *);
bool parcel_attempt(struct sns_topic *, const struct sns_attempt *, struct sns_account_attempt *,
                    struct sns_string *); /* false: memory is short */
static inline struct parcel *sns_parcel(const struct sns_account *a, uint64_t number)
{
    return slab_at(&a->parcels, (uint32_t)number);
}

#endif
