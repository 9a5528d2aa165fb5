/* script_endpoints.c - the other side of a topic: queues of the script's account, and endpoints
 * that answer as the script says. */
#include "script_sns.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "hash.h"

#define PATIENCE (15 * SIM_S) /* of SNS with an endpoint (SNS-34, 45) */

/* --- what was sent --- */

static struct member_note *note_of(struct script_sns *t, const struct sns_member *m)
{
    for (uint32_t i = 0; i < t->n_member; i++)
        if (t->member[i].member == m)
            return &t->member[i];
    return NULL;
}

struct member_note *member_by_name(struct script_sns *t, const char *name)
{
    for (uint32_t i = t->n_member; i-- > 0;)
        if (strcmp(t->member[i].name, name) == 0)
            return &t->member[i];
    return NULL;
}

static void note_attempt(struct script_sns *t, struct member_note *n,
                         const struct sns_account_attempt *a)
{
    sim_time now = sns_account_now(t->account);
    if (n->n_attempt < TIMES_MAX)
        n->at[n->n_attempt] = now;
    n->n_attempt++;
    n->last = now;
    n->bytes = a->body.n;
    snprintf(n->group, sizeof(n->group), "%.*s", (int)a->group.n,
             a->group.n > 0 ? a->group.at : "");
    char *body = realloc(n->body, n->bytes + 1);
    if (body == NULL)
        return;
    n->body = body;
    memcpy(n->body, a->body.at, n->bytes);
}

/* --- queues of the account --- */

static struct text text_from(struct sns_text t)
{
    return (struct text){t.at, t.n};
}

/* A queue that deduplicates by content hashes what it gets (SNS-25 gives it an id, though). */
static enum sqs_outcome send(struct script *s, const char *queue,
                             const struct sns_account_attempt *a)
{
    struct account_queue *q;
    struct account_attribute attribute[ACCOUNT_ATTRIBUTES_MAX];
    struct account_sent sent;
    char hex[65];
    enum sqs_outcome o = account_find(s->account, queue, &q);
    if (o != SQS_OK)
        return o;
    digest_sha256(a->body.at, a->body.n, hex);
    struct account_send m = {.body = text_from(a->body),
                             .group = text_from(a->group),
                             .dedup = text_from(a->dedup),
                             .content = text_of(hex),
                             .delay = -1,
                             .n_attribute = a->n_attribute,
                             .attribute = attribute};
    for (uint32_t i = 0; i < a->n_attribute && i < ACCOUNT_ATTRIBUTES_MAX; i++)
        attribute[i] = (struct account_attribute){text_from(a->attribute[i].name),
                                                  text_from(a->attribute[i].type),
                                                  text_from(a->attribute[i].value)};
    o = account_send(s->account, q, &m, &sent);
    const struct label *known = label_by_id(s, a->id);
    const char *name = known != NULL ? known->name : s->publishing[0] != '\0' ? s->publishing : "?";
    if (o == SQS_OK && label_by_id(s, sent.id) == NULL)
        label_add(s, name, sent.id);
    return o;
}

/* Client's errors are not tried again (SNS-40). */
static enum delivery_result result_of(enum sqs_outcome o)
{
    return !sqs_refused(o) ? DELIVERY_OK : o == SQS_THROTTLED ? DELIVERY_AGAIN : DELIVERY_NEVER;
}

/* --- answers --- */

static const char *next_answer(struct member_note *n)
{
    if (n->n_answer == 0)
        return "ok";
    uint32_t i = n->next < n->n_answer ? n->next++ : n->n_answer - 1;
    return n->answer[i];
}

static void later(struct script_sns *t, const struct sns_account_attempt *a, struct member_note *n,
                  sim_time at, enum delivery_result result)
{
    CHECK(t->n_pending < PENDING_MAX);
    t->pending[t->n_pending++] = (struct pending){at, a->topic, a->core, n, result};
}

static void settle(struct script_sns *t, struct sns_topic *topic, const struct sns_attempt *a,
                   struct member_note *n, enum delivery_result result)
{
    if (result == DELIVERY_OK && n != NULL) {
        n->delivered++;
        n->delivered_at = sns_account_now(t->account);
    }
    sns_account_settle(t->account, topic, a, result);
}

/* 200 … 299 and ok; 429 and 500 … 599 again; other numbers never (SNS-45). */
static enum delivery_result judge(const char *answer)
{
    int64_t code = 0;
    if (strcmp(answer, "ok") == 0)
        return DELIVERY_OK;
    if (!text_integer(text_of(answer), &code))
        return strcmp(answer, "down") == 0 || strcmp(answer, "throttled") == 0 ? DELIVERY_AGAIN
                                                                               : DELIVERY_NEVER;
    return code >= 200 && code <= 299                    ? DELIVERY_OK
           : code == 429 || (code >= 500 && code <= 599) ? DELIVERY_AGAIN
                                                         : DELIVERY_NEVER;
}

static void attempt(void *context, const struct sns_account_attempt *a)
{
    struct script_sns *t = context;
    struct member_note *n = note_of(t, a->member);
    const char *answer = n == NULL ? "ok" : next_answer(n);
    int64_t ms;
    if (n != NULL)
        note_attempt(t, n, a);
    if (strcmp(answer, "timeout") == 0) {
        later(t, a, n, sns_account_now(t->account) + PATIENCE, DELIVERY_AGAIN);
    } else if (strncmp(answer, "after:", 6) == 0 && text_integer(text_of(answer + 6), &ms)) {
        later(t, a, n, sns_account_now(t->account) + ms * SIM_MS, DELIVERY_OK);
    } else {
        enum delivery_result r = judge(answer);
        struct sns_attempt told = a->core;
        told.throttled = strcmp(answer, "throttled") == 0;
        if (r == DELIVERY_OK && sns_is_queue(a->kind))
            r = result_of(send(t->script, a->endpoint, a));
        settle(t, a->topic, &told, n, r);
    }
}

static bool dead(void *context, const char *arn, const struct sns_account_attempt *a)
{
    struct script_sns *t = context;
    struct member_note *n = note_of(t, a->member);
    bool ok = !sqs_refused(send(t->script, arn, a));
    if (n != NULL && ok)
        n->dead++;
    return ok;
}

/* --- life and time --- */

/* One sequence for all of its uses. */
static uint64_t roll(struct script_sns *t, uint64_t n)
{
    return hash_mix(t->chance += UINT64_C(0x9e3779b97f4a7c15)) % n;
}
static uint64_t roll_duplicate(struct dice *d, uint64_t n)
{
    return roll(CONTAINER_OF(d, struct script_sns, dice[DELIVERY_DICE_DUPLICATE]), n);
}
static uint64_t roll_jitter(struct dice *d, uint64_t n)
{
    return roll(CONTAINER_OF(d, struct script_sns, dice[DELIVERY_DICE_JITTER]), n);
}

struct script_sns *topics_open(struct script *s)
{
    struct script_sns *t = calloc(1, sizeof(*t));
    if (t == NULL)
        return NULL;
    t->script = s;
    t->member = calloc(MEMBERS_MAX, sizeof(*t->member));
    sns_account_config_default(&t->config);
    sns_json_parsers(&t->config.parse);
    t->config.context = t;
    t->config.attempt = attempt;
    t->config.dead = dead;
    t->config.dice = t->dice;
    t->dice[DELIVERY_DICE_DUPLICATE].roll = roll_duplicate;
    t->dice[DELIVERY_DICE_JITTER].roll = roll_jitter;
    if (t->member != NULL)
        return t;
    topics_close(t);
    return NULL;
}

void topics_close(struct script_sns *t)
{
    if (t == NULL)
        return;
    sns_account_close(t->account);
    for (uint32_t i = 0; i < t->n_member; i++)
        free(t->member[i].body);
    free(t->member);
    free(t);
}

bool topics_ready(struct script *s)
{
    struct script_sns *t = s->topics;
    if (t->account != NULL)
        return true;
    if (!sns_account_open(&t->account, &t->config, NULL))
        return false;
    sns_account_advance(t->account, account_now(s->account));
    return true;
}

static struct pending *first_pending(struct script_sns *t)
{
    struct pending *first = NULL;
    for (uint32_t i = 0; i < t->n_pending; i++)
        if (first == NULL || t->pending[i].at < first->at)
            first = &t->pending[i];
    return first;
}

sim_time topics_deadline(const struct script_sns *t)
{
    if (t->account == NULL)
        return SIM_NEVER;
    sim_time at = sns_account_deadline(t->account);
    for (uint32_t i = 0; i < t->n_pending; i++)
        at = t->pending[i].at < at ? t->pending[i].at : at;
    return at;
}

void topics_advance(struct script_sns *t, sim_time now)
{
    if (t->account == NULL)
        return;
    sns_account_advance(t->account, now);
    for (struct pending *p = first_pending(t); p != NULL && p->at <= now; p = first_pending(t)) {
        struct pending due = *p;
        memmove(p, p + 1, (size_t)(t->pending + --t->n_pending - p) * sizeof(*p));
        settle(t, due.topic, &due.attempt, due.member, due.result);
        sns_account_advance(t->account, now);
    }
}

/* --- settings --- */

bool topics_knob(struct script_sns *t, const char *key, const char *value, int64_t n, bool number)
{
    struct sns_account_config *c = &t->config;
    if (strcmp(key, "confirm_delay") == 0 && strcmp(value, "manual") == 0) {
        c->confirm_delay = SIM_NEVER;
        return true;
    }
    const struct {
        const char *key;
        uint32_t *one, *two;
    } counts[] = {{"publish_rate", &c->standard_rate, &c->fifo_rate},
                  {"topics_max", &c->topics_max, &c->fifo_topics_max},
                  {"filters_max", &c->filters_max, &c->filters_max},
                  {"topic_filters_max", &c->standard.filters_max, &c->fifo.filters_max},
                  {"pending_max", &c->pending_max, &c->pending_max},
                  {"subscriptions_max", &c->standard.subscriptions_max, &c->fifo.subscriptions_max},
                  {"subscribe_rate", &c->subscribe_rate, &c->subscribe_rate},
                  {"sns_max_message", &c->standard.max_message, &c->fifo.max_message},
                  {"replay_rate", &c->fifo.replay_rate, &c->fifo.replay_rate}};
    for (size_t i = 0; number && i < ARRAY_LEN(counts); i++)
        if (strcmp(counts[i].key, key) == 0) {
            *counts[i].one = *counts[i].two = (uint32_t)n;
            return true;
        }
    if (strcmp(key, "count_initial") == 0)
        c->standard.count_initial = c->fifo.count_initial = strcmp(value, "included") == 0;
    else if (number && strcmp(key, "jitter") == 0)
        c->standard.jitter = c->fifo.jitter = n != 0;
    else if (number && strcmp(key, "duplicate_delivery") == 0)
        c->standard.duplicates = n;
    else if (number && strcmp(key, "confirm_delay") == 0)
        c->confirm_delay = n * SIM_S;
    else if (number && strcmp(key, "filter_lag") == 0)
        c->filter_lag = n * SIM_S;
    else
        return false;
    return true;
}
