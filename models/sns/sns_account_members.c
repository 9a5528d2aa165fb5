/* sns_account_members.c - subscriptions: protocols, attributes, confirmations (SNS-4 … 9, 53). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "sns_account_int.h"

#define TOKEN_LIFE (2 * SIM_DAY)

/* --- what an endpoint looks like (SNS-4) --- */

static const struct protocol {
    const char *name, *begin, *holds; /* of the endpoint */
    enum sns_endpoint kind;
    bool confirmed; /* needs it (SNS-6) */
} protocol[] = {
    {"http", "http://", "", SNS_HTTP, true},
    {"https", "https://", "", SNS_HTTPS, true},
    {"email", "", "@", SNS_EMAIL, true},
    {"email-json", "", "@", SNS_EMAIL_JSON, true},
    {"sms", "+", "", SNS_SMS, false},
    {"sqs", "arn:aws:sqs:", "", SNS_SQS, false},
    {"application", "arn:aws:sns:", ":endpoint/", SNS_APPLICATION, false},
    {"lambda", "arn:aws:lambda:", ":function:", SNS_LAMBDA, false},
    {"firehose", "arn:aws:firehose:", ":deliverystream/", SNS_FIREHOSE, false},
};

static const struct protocol *protocol_of(const char *name)
{
    for (size_t i = 0; i < sizeof(protocol) / sizeof(protocol[0]); i++)
        if (strcmp(protocol[i].name, name) == 0)
            return &protocol[i];
    return NULL;
}

static bool fits(const struct protocol *p, const char *endpoint)
{
    return strncmp(endpoint, p->begin, strlen(p->begin)) == 0 && strstr(endpoint, p->holds) != NULL;
}

static bool is_other_account(const struct sns_account *a, const char *endpoint)
{
    char id[64];
    return strncmp(endpoint, "arn:", 4) == 0 && member_arn_part(endpoint, 4, id) &&
           strcmp(id, a->config.id) != 0;
}

/* --- attributes --- */

const char *sns_account_get_member(const struct sns_member *m, const char *attribute)
{
    int i = member_attribute_of(sns_text_of(attribute));
    if (strcmp(attribute, "PendingConfirmation") == 0)
        return m->pending && !sns_account_member_topic(m)->deleted ? "true" : "false";
    if (strcmp(attribute, "ReplayStatus") == 0) {
        static const char *const word[] = {NULL, "Pending", "In progress", "Completed"};
        return word[sns_replay_state(m->topic->core, m->line)];
    }
    if (i >= 0 && m->value[i] != NULL)
        return m->value[i];
    return i == MEMBER_RAW ? "false" : i == MEMBER_SCOPE ? "MessageAttributes" : NULL;
}

/* --- subscribing --- */

static struct sns_member *find(const struct sns_account *a, const struct sns_topic *t,
                               const char *proto, const char *endpoint)
{
    for (uint32_t i = 0; i < a->n_member; i++) {
        struct sns_member *m = a->member[i];
        if (m->live && m->topic == t && strcmp(m->protocol, proto) == 0 &&
            strcmp(m->endpoint, endpoint) == 0)
            return m;
    }
    return NULL;
}

static enum sns_outcome compare(const struct sns_member *m, const struct sns_pair *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        int at = member_attribute_of(p[i].name);
        if (at < 0)
            return SNS_BAD_ATTRIBUTE_NAME;
        const char *now = sns_account_get_member(m, member_attribute_name[at]);
        if (!sns_text_is(p[i].value, now == NULL ? "" : now))
            return SNS_SUBSCRIPTION_DIFFERS;
    }
    return SNS_OK;
}

static bool over_limits(const struct sns_account *a, bool pending, bool filter, enum sns_outcome *o)
{
    uint32_t waiting = 0, filters = 0;
    for (uint32_t i = 0; i < a->n_member; i++) {
        waiting += a->member[i]->live && a->member[i]->pending;
        filters += a->member[i]->live && a->member[i]->filter != NULL;
    }
    *o = pending && waiting >= a->config.pending_max  ? SNS_SUBSCRIPTION_LIMIT
         : filter && filters >= a->config.filters_max ? SNS_FILTER_LIMIT
                                                      : SNS_OK;
    return *o != SNS_OK;
}

static struct sns_member *member_new(struct sns_account *a, struct sns_topic *t,
                                     const struct protocol *p, const char *endpoint)
{
    struct sns_member *m = mem_get_zero(1, sizeof(*m));
    char id[40];
    if (m == NULL ||
        !account_grow((void **)&a->member, &a->cap_member, a->n_member, sizeof(*a->member)) ||
        (m->endpoint = account_copy(sns_text_of(endpoint))) == NULL) {
        mem_release(m);
        return NULL;
    }
    sns_text_uuid(id, t->number + 1, UINT64_C(1) << 32 | a->n_member);
    snprintf(m->arn, sizeof(m->arn), "%s:%s", t->arn, id);
    m->topic = t;
    m->protocol = p->name;
    m->kind = p->kind == SNS_SQS && sns_text_ends(sns_text_of(endpoint), ".fifo") ? SNS_SQS_FIFO
                                                                                  : p->kind;
    m->index = a->n_member;
    m->coming_at = SIM_NEVER;
    m->asked = a->now;
    a->member[a->n_member++] = m;
    return m;
}

static enum sns_outcome open_member(struct sns_account *a, struct sns_member *m,
                                    struct member_draft *d)
{
    struct call call;
    struct sns_subscription s = {.endpoint = m->kind,
                                 .raw = d->raw,
                                 .scope = d->scope,
                                 .filter = d->filter,
                                 .dead_letter = member_dlq(d->dead_letter),
                                 .policy = d->policy,
                                 .after = m->pending ? a->config.confirm_delay : 0,
                                 .user = m->index};
    enum sns_outcome o = sns_judge(sns_config(m->topic->core), &s);
    if (o != SNS_OK)
        return o;
    if (sns_is_http(m->kind)) {
        sns_policy_effective(&s.policy, &m->topic->policy, &d->policy, m->topic->disable_overrides);
    }
    account_call(a, &call);
    o = sns_subscribe(m->topic->core, &call, &s, &m->line);
    if (o == SNS_PENDING)
        o = a->config.confirm_delay == SIM_NEVER ? SNS_PENDING : SNS_OK;
    m->live = !sns_refused(o);
    return o;
}

static enum sns_outcome subscribe(struct sns_account *a, struct sns_topic *t,
                                  const struct protocol *p, const char *endpoint,
                                  struct member_draft *d, struct sns_member **out)
{
    bool pending = (p->confirmed || is_other_account(a, endpoint)) && a->config.confirm_delay > 0;
    enum sns_outcome o;
    if (p->kind == SNS_FIREHOSE && d->value[MEMBER_ROLE].n == 0)
        return SNS_BAD_ATTRIBUTE;
    if (d->given[MEMBER_REPLAY] && !sns_config(t->core)->fifo)
        return SNS_BAD_REPLAY;
    if (over_limits(a, pending, d->filter != NULL, &o))
        return o;
    struct sns_member *m = *out = member_new(a, t, p, endpoint);
    if (m == NULL)
        return SNS_NO_MEMORY;
    m->pending = pending;
    o = open_member(a, m, d);
    if (sns_refused(o))
        return o;
    m->filter = d->filter;
    d->filter = NULL;
    m->scope = d->scope;
    m->raw = d->raw;
    m->policy = d->policy;
    memcpy(m->dead_letter, d->dead_letter, sizeof(m->dead_letter));
    return member_keep(m, d) ? o : SNS_NO_MEMORY;
}

static enum sns_outcome admit(struct sns_account *a)
{
    a->reason[0] = '\0';
    if (!sns_bucket_has(&a->subscribe, a->config.subscribe_rate, a->now, 1))
        return SNS_THROTTLED;
    sns_bucket_take(&a->subscribe, a->config.subscribe_rate, a->now, 1);
    return SNS_OK;
}

enum sns_outcome sns_account_subscribe(struct sns_account *a, struct sns_topic *t,
                                       const char *proto, const char *endpoint,
                                       const struct sns_pair *pairs, uint32_t n,
                                       struct sns_member **out)
{
    const struct protocol *p = protocol_of(proto);
    struct member_draft d = {.from = 0};
    enum sns_outcome o = admit(a);
    if (o != SNS_OK)
        return o;
    if (p == NULL)
        return SNS_BAD_PROTOCOL;
    if (!fits(p, endpoint))
        return SNS_BAD_ENDPOINT;
    *out = find(a, t, proto, endpoint);
    if (*out != NULL)
        return compare(*out, pairs, n);
    o = member_draft_read(a, &d, pairs, n);
    if (o == SNS_OK)
        o = subscribe(a, t, p, endpoint, &d, out);
    if (d.filter != NULL)
        a->config.parse.filter_free(d.filter);
    return o;
}

enum sns_outcome sns_account_confirm(struct sns_account *a, struct sns_member *m)
{
    struct call call;
    if (!m->live)
        return SNS_NO_SUBSCRIPTION;
    if (a->now - m->asked > TOKEN_LIFE)
        return SNS_BAD_TOKEN;
    m->pending = false;
    account_call(a, &call);
    sns_confirm(m->topic->core, &call, m->line);
    return SNS_OK;
}

enum sns_outcome sns_account_member(struct sns_account *a, const char *arn, struct sns_member **out)
{
    a->reason[0] = '\0';
    for (uint32_t i = 0; i < a->n_member; i++)
        if (a->member[i]->live && strcmp(a->member[i]->arn, arn) == 0) {
            *out = a->member[i];
            return SNS_OK;
        }
    return SNS_NO_SUBSCRIPTION;
}

/* --- ending --- */

void member_end(struct sns_member *m)
{
    struct call call;
    account_call(m->topic->account, &call);
    m->live = false;
    m->coming_at = SIM_NEVER;
    sns_unsubscribe(m->topic->core, &call, m->line);
    account_after(m->topic, &call);
}

void member_free(struct sns_member *m)
{
    const struct sns_parsers *p = &m->topic->account->config.parse;
    for (int i = 0; i < MEMBER_ATTRIBUTES; i++)
        mem_release(m->value[i]);
    if (m->filter != NULL)
        p->filter_free(m->filter);
    if (m->coming != NULL)
        p->filter_free(m->coming);
    mem_release(m->endpoint);
    mem_release(m);
}

enum sns_outcome sns_account_unsubscribe(struct sns_account *a, const char *arn)
{
    struct sns_member *m;
    enum sns_outcome o = admit(a);
    if (o == SNS_OK)
        o = sns_account_member(a, arn, &m);
    if (o == SNS_OK)
        member_end(m);
    return o;
}

/* --- changes --- */

void member_use_policy(struct sns_member *m)
{
    struct sns_policy p;
    if (!sns_is_http(m->kind))
        return;
    sns_account_effective(m, &p);
    sns_set_policy(m->topic->core, m->line, &p);
}

void member_filter_due(struct sns_member *m)
{
    struct call call;
    account_call(m->topic->account, &call);
    m->coming_at = SIM_NEVER;
    sns_refilter(m->topic->core, &call, m->line, m->coming, m->coming_scope);
    if (m->filter != NULL)
        m->topic->account->config.parse.filter_free(m->filter);
    m->filter = m->coming;
    m->scope = m->coming_scope;
    m->coming = NULL;
}

static enum sns_outcome change_filter(struct sns_account *a, struct sns_member *m,
                                      struct member_draft *d)
{
    if (m->coming != NULL)
        a->config.parse.filter_free(m->coming);
    m->coming = d->filter;
    d->filter = NULL;
    m->coming_scope = d->scope;
    m->coming_at = a->now + a->config.filter_lag;
    if (a->config.filter_lag == 0)
        member_filter_due(m);
    return SNS_OK;
}

static enum sns_outcome change(struct sns_account *a, struct sns_member *m, struct member_draft *d,
                               int what)
{
    struct call call;
    account_call(a, &call);
    switch (what) {
    case MEMBER_RAW:
        sns_set_raw(m->topic->core, m->line, m->raw = d->raw);
        return SNS_OK;
    case MEMBER_SCOPE:
    case MEMBER_FILTER:
        return change_filter(a, m, d);
    case MEMBER_REDRIVE:
        if (sns_set_dead_letter(m->topic->core, m->line, member_dlq(d->dead_letter)) != SNS_OK)
            return SNS_DLQ_TYPE;
        memcpy(m->dead_letter, d->dead_letter, sizeof(m->dead_letter));
        return SNS_OK;
    case MEMBER_POLICY:
        if (!sns_is_http(m->kind))
            return SNS_BAD_DELIVERY_POLICY;
        m->policy = d->policy;
        member_use_policy(m);
        return SNS_OK;
    case MEMBER_REPLAY: {
        enum sns_outcome o = sns_replay(m->topic->core, &call, m->line, d->from, d->to);
        if (o == SNS_OK)
            account_after(m->topic, &call);
        return o;
    }
    default:
        return SNS_OK;
    }
}

enum sns_outcome sns_account_set_member(struct sns_account *a, struct sns_member *m,
                                        struct sns_pair p)
{
    struct member_draft d = {.scope = m->scope};
    a->reason[0] = '\0';
    int what = member_attribute_of(p.name);
    if (what == MEMBER_SCOPE && m->value[MEMBER_FILTER] != NULL)
        d.value[MEMBER_FILTER] = sns_text_of(m->value[MEMBER_FILTER]);
    enum sns_outcome o = member_draft_read(a, &d, &p, 1);
    if (o == SNS_OK)
        o = change(a, m, &d, what);
    if (d.filter != NULL)
        a->config.parse.filter_free(d.filter);
    return o != SNS_OK || member_keep(m, &d) ? o : SNS_NO_MEMORY;
}

const char *sns_account_member_arn(const struct sns_member *m)
{
    return m->arn;
}
struct sns_topic *sns_account_member_topic(const struct sns_member *m)
{
    return m->topic;
}
uint32_t sns_account_member_number(const struct sns_member *m)
{
    return m->line;
}
void sns_account_effective(const struct sns_member *m, struct sns_policy *p)
{
    sns_policy_effective(p, &m->topic->policy, &m->policy, m->topic->disable_overrides);
}
