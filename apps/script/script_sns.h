/* script_sns.h - the topics of a script: their account, the endpoints that it plays, what they saw.
 */
#ifndef SCRIPT_SNS_H
#define SCRIPT_SNS_H

#include "script.h"
#include "sns_json.h"

#define MEMBERS_MAX 256
#define ANSWERS_MAX 16
#define TIMES_MAX   64
#define PENDING_MAX 256

struct member_note { /* a subscription as the script calls it */
    char name[48], arn[420];
    struct sns_member *member;
    char answer[ANSWERS_MAX][12]; /* one an attempt, the last one from then on */
    uint32_t n_answer, next;
    sim_time at[TIMES_MAX]; /* of its first attempts */
    uint64_t n_attempt;
    sim_time last, delivered_at;
    uint64_t delivered, dead;
    char *body, group[130]; /* of what it was sent last */
    size_t bytes;
};
struct pending { /* an answer that comes later */
    sim_time at;
    struct sns_topic *topic;
    struct sns_attempt attempt;
    struct member_note *member;
    enum delivery_result result;
};
struct script_sns {
    struct script *script;
    struct sns_account_config config;
    struct sns_account *account;
    struct dice dice[DELIVERY_DICE_KINDS];
    struct member_note *member;
    uint32_t n_member;
    struct pending pending[PENDING_MAX];
    uint32_t n_pending;
    uint64_t chance;
};

/* script_endpoints.c */
struct script_sns *topics_open(struct script *); /* NULL: memory is short */
void topics_close(struct script_sns *);
bool topics_ready(struct script *); /* the account is open; false: memory is short */
sim_time topics_deadline(const struct script_sns *);
void topics_advance(struct script_sns *, sim_time now);
struct member_note *member_by_name(struct script_sns *, const char *name);
bool topics_knob(struct script_sns *, const char *key, const char *value, int64_t n, bool number);

/* script_topics.c */
void sns_result(struct script_sns *, struct result *, enum sns_outcome);
struct sns_topic *script_topic(struct script_sns *, const char *name, struct result *);
void sns_arn(const struct script *, const char *service, const char *name, char out[256]);
/* With up to two decimals, rounded half up. */
void print_seconds(char out[32], sim_time);
/* ' stands for " in JSON that has none; in place. */
void json_quotes(char *text);

#endif
