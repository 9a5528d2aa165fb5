/* script_topics.c - calls about topics and subscriptions. */
#include "script_sns.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void sns_result(struct script_sns *t, struct result *r, enum sns_outcome o)
{
    const struct sns_outcome_row *row = sns_outcome_row(o);
    const char *reason = t->account == NULL ? "" : sns_account_reason(t->account);
    result_text(r, "%s", o == SNS_PENDING ? "pending" : row->code == NULL ? "ok" : row->code);
    result_field(r, "why", "%s", row->name);
    result_field(r, "http", "%d", row->http);
    result_field(r, "text", "%s", row->text);
    result_field(r, "reason", "%s", reason);
}

struct sns_topic *script_topic(struct script_sns *t, const char *name, struct result *r)
{
    struct sns_topic *topic;
    enum sns_outcome o = sns_account_find(t->account, name, &topic);
    if (o != SNS_OK)
        sns_result(t, r, o);
    return o == SNS_OK ? topic : NULL;
}

void sns_arn(const struct script *s, const char *service, const char *name, char out[256])
{
    snprintf(out, 256, "arn:aws:%s:%s:%s:%.150s", service, s->config.region, s->config.id, name);
}

void json_quotes(char *text)
{
    for (char *c = strchr(text, '"') == NULL ? text : NULL; c != NULL && *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
}

void print_seconds(char out[32], sim_time t)
{
    int64_t c = (t + 5 * SIM_MS) / (10 * SIM_MS);
    int n = snprintf(out, 32, "%" PRId64 ".%02d", c / 100, (int)(c % 100));
    while (out[n - 1] == '0')
        out[--n] = '\0';
    if (out[n - 1] == '.')
        out[--n] = '\0';
}

/* --- attributes: AWS's names, or short ones --- */

struct pairs {
    struct sns_pair pair[24];
    char space[24][400];
    uint32_t n;
};

static const char *const topic_short[][2] = {{"fifo", "FifoTopic"},
                                             {"content", "ContentBasedDeduplication"},
                                             {"scope", "FifoThroughputScope"},
                                             {"policy", "DeliveryPolicy"},
                                             {"archive", "ArchivePolicy"},
                                             {NULL, NULL}};
static const char *const member_short[][2] = {
    {"raw", "RawMessageDelivery"},         {"filter", "FilterPolicy"},
    {"filter_scope", "FilterPolicyScope"}, {"dlq", "RedrivePolicy"},
    {"policy", "DeliveryPolicy"},          {"replay", "ReplayPolicy"},
    {"role", "SubscriptionRoleArn"},       {NULL, NULL}};

static const char *long_name(const char *const (*names)[2], const char *key)
{
    for (; (*names)[0] != NULL; names++)
        if (strcmp((*names)[0], key) == 0)
            return (*names)[1];
    return key;
}

/* archive=30, dlq=QUEUE and replay=FROM-TO (seconds) stand for their JSON. */
static void write_value(const struct script *s, const struct arg *a, char out[400])
{
    int64_t n;
    char arn[256];
    snprintf(out, 400, "%.390s", a->value);
    if (strcmp(a->key, "archive") == 0 && text_integer(text_of(a->value), &n))
        snprintf(out, 400, n == 0 ? "{}" : "{\"MessageRetentionPeriod\":\"%" PRId64 "\"}", n);
    if (strcmp(a->key, "dlq") == 0) {
        sns_arn(s, "sqs", a->value, arn);
        snprintf(out, 400, "{\"deadLetterTargetArn\":\"%s\"}", arn);
    }
    const char *dash = strcmp(a->key, "replay") == 0 ? strchr(a->value, '-') : NULL;
    if (dash != NULL) {
        char from[32], to[32];
        sns_text_time(from, strtoll(a->value, NULL, 10) * SIM_S);
        sns_text_time(to, strtoll(dash + 1, NULL, 10) * SIM_S);
        snprintf(out, 400,
                 "{\"PointType\":\"Timestamp\",\"StartingPoint\":\"%s\",\"EndingPoint\":\"%s\"}",
                 from, to);
    }
    if (out[0] == '{')
        json_quotes(out);
}

static bool read_pairs(const struct script *s, const struct line *l, const char *const (*names)[2],
                       struct pairs *p)
{
    p->n = 0;
    for (uint32_t i = 0; i < l->n_arg; i++) {
        const struct arg *a = &l->arg[i];
        if (a->key == NULL || strcmp(a->key, "as") == 0)
            continue;
        if (p->n == ARRAY_LEN(p->pair))
            return false;
        bool long_filter = strlen(a->value) >= 390; /* as it stands: it has its own quotes */
        if (!long_filter)
            write_value(s, a, p->space[p->n]);
        p->pair[p->n] = (struct sns_pair){sns_text_of(long_name(names, a->key)),
                                          sns_text_of(long_filter ? a->value : p->space[p->n])};
        p->n++;
    }
    return true;
}

/* --- topics --- */

static const char *word(const struct line *l, uint32_t *i)
{
    const struct arg *a = line_word(l, i);
    return a == NULL ? NULL : a->value;
}

static bool run_topic(struct script *s, const struct line *l, struct result *r)
{
    static struct pairs p;
    struct sns_topic *topic;
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    if (name == NULL || !read_pairs(s, l, topic_short, &p))
        return false;
    enum sns_outcome o = sns_account_create(s->topics->account, name->value, p.pair, p.n, &topic);
    sns_result(s->topics, r, o);
    if (o == SNS_OK)
        result_field(r, "arn", "%s", sns_account_arn(topic));
    return true;
}

static bool run_topic_set(struct script *s, const struct line *l, struct result *r)
{
    static struct pairs p;
    uint32_t i = 0;
    const char *name = word(l, &i);
    if (name == NULL || !read_pairs(s, l, topic_short, &p) || p.n != 1)
        return false;
    struct sns_topic *t = script_topic(s->topics, name, r);
    if (t != NULL)
        sns_result(s->topics, r, sns_account_set(s->topics->account, t, p.pair[0]));
    return true;
}

static bool run_topic_get(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const char *name = word(l, &i), *attribute = word(l, &i);
    if (name == NULL || attribute == NULL)
        return false;
    struct sns_topic *t = script_topic(s->topics, name, r);
    const char *value = t == NULL ? NULL : sns_account_get(t, long_name(topic_short, attribute));
    if (t != NULL)
        result_text(r, "%s", value == NULL ? "absent" : value);
    return true;
}

static bool run_topic_delete(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const char *name = word(l, &i);
    if (name == NULL)
        return false;
    sns_result(s->topics, r, sns_account_delete(s->topics->account, name));
    return true;
}

static uint64_t metric(const struct sns *t, const char *name, bool *found)
{
    const struct sns_counts *c = sns_counts(t);
    const struct delivery_counts *d = sns_deliveries(t);
    const struct {
        const char *name;
        uint64_t value;
    } row[] = {
        {"NumberOfMessagesPublished", c->published},
        {"PublishSize", c->bytes},
        {"NumberOfNotificationsDelivered", c->delivered},
        {"NumberOfNotificationsFailed", c->failed},
        {"NumberOfNotificationsRedrivenToDlq", c->redriven},
        {"NumberOfNotificationsFailedToRedriveToDlq", c->not_redriven},
        {"NumberOfNotificationsFilteredOut", c->filtered_out},
        {"NumberOfNotificationsFilteredOut-MessageAttributes", c->filtered[SNS_BY_ATTRIBUTES]},
        {"NumberOfNotificationsFilteredOut-MessageBody", c->filtered[SNS_BY_BODY]},
        {"NumberOfNotificationsFilteredOut-InvalidAttributes",
         c->filtered[SNS_BY_INVALID_ATTRIBUTES]},
        {"NumberOfNotificationsFilteredOut-NoMessageAttributes", c->filtered[SNS_BY_NO_ATTRIBUTES]},
        {"NumberOfNotificationsFilteredOut-InvalidMessageBody", c->filtered[SNS_BY_INVALID_BODY]},
        {"deduplicated", c->deduplicated},
        {"throttled", c->throttled},
        {"archived", c->archived},
        {"replayed", c->replayed},
        {"matched", c->matched},
        {"attempts", d->attempts},
        {"retries", d->retries},
        {"dropped", d->dropped},
        {"twice", d->twice},
        {"waiting", d->waiting + d->under_way}};
    for (size_t i = 0; i < ARRAY_LEN(row); i++)
        if (strcmp(row[i].name, name) == 0) {
            *found = true;
            return row[i].value;
        }
    return 0;
}

static bool run_topic_metric(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    bool found = false;
    const char *name = word(l, &i), *of = word(l, &i);
    if (name == NULL || of == NULL)
        return false;
    struct sns_topic *t = script_topic(s->topics, name, r);
    if (t == NULL)
        return true;
    uint64_t n = metric(sns_account_core(t), of, &found);
    result_text(r, "%" PRIu64, n);
    return found;
}

/* --- subscriptions --- */

/* A bare name of a queue, a function, a stream or a host becomes what its protocol asks for. */
static void endpoint_of(const struct script *s, const char *protocol, const char *name,
                        char out[256])
{
    char full[256];
    if (strchr(name, ':') != NULL || strchr(name, '@') != NULL || name[0] == '+') {
        snprintf(out, 256, "%.250s", name);
    } else if (strcmp(protocol, "sqs") == 0) {
        sns_arn(s, "sqs", name, out);
    } else if (strcmp(protocol, "lambda") == 0) {
        snprintf(full, sizeof(full), "function:%.100s", name);
        sns_arn(s, "lambda", full, out);
    } else if (strcmp(protocol, "firehose") == 0) {
        snprintf(full, sizeof(full), "deliverystream/%.100s", name);
        sns_arn(s, "firehose", full, out);
    } else if (strncmp(protocol, "http", 4) == 0) {
        snprintf(out, 256, "%s://%.200s/", protocol, name);
    } else {
        snprintf(out, 256, "%.250s", name);
    }
}

static void remember(struct script_sns *t, struct sns_member *m, const char *name)
{
    struct member_note *n = member_by_name(t, name);
    if (n != NULL && n->member == m)
        return;
    if (n == NULL && t->n_member == MEMBERS_MAX)
        return;
    if (n == NULL)
        n = &t->member[t->n_member++];
    free(n->body);
    *n = (struct member_note){.member = m};
    snprintf(n->name, sizeof(n->name), "%s", name);
    snprintf(n->arn, sizeof(n->arn), "%s", sns_account_member_arn(m));
}

static bool run_subscribe(struct script *s, const struct line *l, struct result *r)
{
    static struct pairs p;
    char endpoint[256], numbered[80];
    struct sns_member *m = NULL;
    uint32_t i = 0;
    const char *name = word(l, &i), *protocol = word(l, &i), *to = word(l, &i);
    const struct arg *as = line_key(l, "as");
    if (to == NULL || !read_pairs(s, l, member_short, &p))
        return false;
    const char *mark = l->repeat > 1 ? strchr(to, '#') : NULL;
    snprintf(numbered, sizeof(numbered), "%.*s%" PRIu64, mark == NULL ? 0 : (int)(mark - to), to,
             ++s->n_unique);
    struct sns_topic *t = script_topic(s->topics, name, r);
    if (t == NULL)
        return true;
    endpoint_of(s, protocol, mark == NULL ? to : numbered, endpoint);
    enum sns_outcome o =
        sns_account_subscribe(s->topics->account, t, protocol, endpoint, p.pair, p.n, &m);
    sns_result(s->topics, r, o);
    if (sns_refused(o))
        return true;
    struct member_note *known = member_by_name(s->topics, as == NULL ? to : as->value);
    result_field(r, "same", "%s", known != NULL && known->member == m ? "yes" : "no");
    if (mark == NULL)
        remember(s->topics, m, as == NULL ? to : as->value);
    return true;
}

static struct member_note *member_word(struct script *s, const struct line *l, uint32_t *i)
{
    const char *name = word(l, i);
    return name == NULL ? NULL : member_by_name(s->topics, name);
}

static bool run_unsubscribe(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const char *name = word(l, &i);
    if (name == NULL)
        return false;
    struct member_note *n = member_by_name(s->topics, name);
    sns_result(s->topics, r,
               sns_account_unsubscribe(s->topics->account, n == NULL ? name : n->arn));
    return true;
}

static bool run_sub_set(struct script *s, const struct line *l, struct result *r)
{
    static struct pairs p;
    struct sns_member *m;
    uint32_t i = 0;
    struct member_note *n = member_word(s, l, &i);
    if (n == NULL || !read_pairs(s, l, member_short, &p) || p.n != 1)
        return false;
    enum sns_outcome o = sns_account_member(s->topics->account, n->arn, &m);
    sns_result(s->topics, r,
               o != SNS_OK ? o : sns_account_set_member(s->topics->account, m, p.pair[0]));
    return true;
}

static bool run_sub_get(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct member_note *n = member_word(s, l, &i);
    const char *attribute = word(l, &i);
    if (n == NULL || attribute == NULL)
        return false;
    const char *value = sns_account_get_member(n->member, long_name(member_short, attribute));
    result_text(r, "%s", value == NULL ? "absent" : value);
    return true;
}

static bool run_confirm(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct member_note *n = member_word(s, l, &i);
    if (n == NULL)
        return false;
    sns_result(s->topics, r, sns_account_confirm(s->topics->account, n->member));
    return true;
}

/* EffectiveDeliveryPolicy. */
static bool run_effective(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct member_note *n = member_word(s, l, &i);
    struct sns_policy p;
    if (n == NULL)
        return false;
    sns_account_effective(n->member, &p);
    static const char *const curve[] = {"linear", "arithmetic", "geometric", "exponential",
                                        "doubling"};
    result_text(r, "%s", p.given ? "given" : "default");
    result_field(r, "numRetries", "%u", retry_count(&p.law));
    result_field(r, "minDelayTarget", "%" PRId64, p.law.min / SIM_S);
    result_field(r, "maxDelayTarget", "%" PRId64, p.law.max / SIM_S);
    result_field(r, "numNoDelayRetries", "%u", p.law.immediate);
    result_field(r, "numMinDelayRetries", "%u", p.law.pre);
    result_field(r, "numMaxDelayRetries", "%u", p.law.post);
    result_field(r, "maxReceivesPerSecond", "%u", p.per_second);
    result_field(r, "backoffFunction", "%s", curve[p.law.curve]);
    return true;
}

const struct verb verbs_topic[] = {
    {"topic", run_topic, "topic NAME [attribute=value…]"},
    {"topic_set", run_topic_set, "topic_set TOPIC attribute=value"},
    {"topic_get", run_topic_get, "topic_get TOPIC ATTRIBUTE"},
    {"topic_delete", run_topic_delete, "topic_delete TOPIC"},
    {"topic_metric", run_topic_metric, "topic_metric TOPIC NAME"},
    {"subscribe", run_subscribe, "subscribe TOPIC PROTOCOL ENDPOINT [attribute=value…] [as=NAME]"},
    {"unsubscribe", run_unsubscribe, "unsubscribe SUBSCRIPTION"},
    {"sub_set", run_sub_set, "sub_set SUBSCRIPTION attribute=value"},
    {"sub_get", run_sub_get, "sub_get SUBSCRIPTION ATTRIBUTE"},
    {"confirm", run_confirm, "confirm SUBSCRIPTION"},
    {"effective", run_effective, "effective SUBSCRIPTION"},
    {NULL, NULL, NULL},
};
