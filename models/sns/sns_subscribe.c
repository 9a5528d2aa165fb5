/* sns_subscribe.c - who gets a topic's messages: what the service takes as a subscription (SNS-5,
 * 8, 53), and the retry law that belongs to it (SNS-41 … 48). */
#include "sns_int.h"

#include <string.h>

#include "mem.h"

/* --- policies --- */

static bool same_law(const struct retry_law *a, const struct retry_law *b)
{
    return a->immediate == b->immediate && a->pre == b->pre && a->backoff == b->backoff &&
           a->post == b->post && a->min == b->min && a->max == b->max && a->curve == b->curve &&
           a->jitter == b->jitter && a->max_age == b->max_age;
}

/* Laws are few: each is kept once, for as long as the topic lives. NULL: memory is short. */
static const struct retry_law *keep_law(struct sns *t, const struct retry_law *law)
{
    for (uint32_t i = 0; i < t->laws.n_touched; i++) {
        const struct retry_law *known = slab_at(&t->laws, i);
        if (same_law(known, law))
            return known;
    }
    uint32_t i = slab_take(&t->laws);
    if (i == NONE)
        return NULL;
    struct retry_law *kept = slab_at(&t->laws, i);
    *kept = *law;
    return kept;
}

void sns_policy_effective(struct sns_policy *out, const struct sns_policy *topic,
                          const struct sns_policy *own, bool disable_overrides)
{
    const struct sns_policy *first = disable_overrides ? topic : own,
                            *second = disable_overrides ? own : topic;
    *out = first != NULL && first->given                           ? *first
           : second != NULL && second->given && !disable_overrides ? *second
                                                                   : (struct sns_policy){0};
    if (!out->given)
        out->law = retry_law_http();
}

static struct retry_law law_of(const struct sns *t, enum sns_endpoint e, const struct sns_policy *p)
{
    struct retry_law law = retry_law_customer();
    if (sns_is_queue(e) || e == SNS_LAMBDA || e == SNS_FIREHOSE)
        law = retry_law_aws();
    else if (sns_is_http(e))
        law = p->given ? p->law : retry_law_http();
    law.jitter = t->config.jitter;
    return law;
}

/* --- subscribing --- */

enum sns_outcome sns_judge(const struct sns_config *c, const struct sns_subscription *s)
{
    if (!c->fifo && s->endpoint == SNS_SQS_FIFO)
        return SNS_FIFO_TO_STANDARD;
    if (c->fifo && !sns_is_queue(s->endpoint))
        return SNS_FIFO_ENDPOINT;
    if (s->endpoint == SNS_SQS_FIFO && s->dead_letter == SNS_DLQ_STANDARD)
        return SNS_DLQ_TYPE;
    if (!c->fifo && s->dead_letter == SNS_DLQ_FIFO)
        return SNS_BAD_REDRIVE;
    if (s->policy.given && !sns_is_http(s->endpoint))
        return SNS_BAD_DELIVERY_POLICY;
    return SNS_OK;
}

static enum sns_outcome within_limits(const struct sns *t, const struct sns_subscription *s)
{
    if (t->n_subs >= t->config.subscriptions_max)
        return SNS_SUBSCRIPTION_LIMIT;
    if (s->filter != NULL && t->n_filters >= t->config.filters_max)
        return SNS_FILTER_LIMIT;
    return SNS_OK;
}

static bool room_for(struct sns *t, uint32_t line)
{
    while (t->subs.n_chunk << SLAB_CHUNK_BITS <= line)
        if (!slab_grow(&t->subs))
            return false;
    return true;
}

static enum sns_outcome open_line(struct sns *t, const struct sns_subscription *s, uint32_t *number)
{
    struct retry_law law = law_of(t, s->endpoint, &s->policy);
    struct delivery_line l = {.law = keep_law(t, &law),
                              .ordered = t->config.fifo,
                              .dead_letter = s->dead_letter != SNS_DLQ_NONE,
                              .per_second = s->policy.per_second};
    if (l.law == NULL)
        return SNS_NO_MEMORY;
    *number = delivery_line_open(t->delivery, &l);
    if (*number == UINT32_MAX)
        return SNS_NO_MEMORY;
    if (room_for(t, *number))
        return SNS_OK;
    struct call call;
    call_begin(&call, t->now, NULL);
    delivery_line_close(t->delivery, &call, *number);
    return SNS_NO_MEMORY;
}

enum sns_outcome sns_subscribe(struct sns *t, struct call *call, const struct sns_subscription *s,
                               uint32_t *number)
{
    topic_begin(t, call);
    enum sns_outcome o = sns_judge(&t->config, s);
    if (o == SNS_OK)
        o = within_limits(t, s);
    if (o == SNS_OK)
        o = open_line(t, s, number);
    if (o != SNS_OK)
        return o;
    while (t->n_lines <= *number)
        sub_at(t, t->n_lines++)->live = false;
    *sub_at(t, *number) =
        (struct subscription){.filter = s->filter,
                              .user = s->user,
                              .from = s->after == SIM_NEVER ? SIM_NEVER : call->now + s->after,
                              .replay = NONE,
                              .endpoint = (uint8_t)s->endpoint,
                              .scope = (uint8_t)s->scope,
                              .dead_letter = (uint8_t)s->dead_letter,
                              .raw = s->raw,
                              .live = true};
    t->n_subs++;
    t->n_filters += s->filter != NULL;
    match_forget(t);
    return s->after > 0 ? SNS_PENDING : SNS_OK;
}

void sns_unsubscribe(struct sns *t, struct call *call, uint32_t number)
{
    topic_begin(t, call);
    struct subscription *s = sub_at(t, number);
    CHECK(number < t->n_lines && s->live && delivery_deadline(t->delivery) > call->now);
    match_forget(t);
    sns_replay_close(t, number);
    t->n_subs--;
    t->n_filters -= s->filter != NULL;
    s->live = false;
    delivery_line_close(t->delivery, call, number);
}

enum sns_outcome sns_refilter(struct sns *t, struct call *call, uint32_t number,
                              const struct filter *filter, enum sns_scope scope)
{
    topic_begin(t, call);
    struct subscription *s = sub_at(t, number);
    if (filter != NULL && s->filter == NULL && t->n_filters >= t->config.filters_max)
        return SNS_FILTER_LIMIT;
    match_forget(t);
    t->n_filters += (filter != NULL) - (s->filter != NULL);
    s->filter = filter;
    s->scope = (uint8_t)scope;
    return SNS_OK;
}

void sns_confirm(struct sns *t, struct call *call, uint32_t number)
{
    topic_begin(t, call);
    match_forget(t);
    sub_at(t, number)->from = call->now;
}

/* What is on its way keeps what it has made of its attempts. */
static void change_line(struct sns *t, uint32_t number, const struct retry_law *law)
{
    enum sns_dead_letter d = (enum sns_dead_letter)sub_at(t, number)->dead_letter;
    delivery_line_set(t->delivery, number, law, d != SNS_DLQ_NONE);
}

static enum sns_outcome judge_change(const struct sns *t, uint32_t number, enum sns_dead_letter d,
                                     const struct sns_policy *p)
{
    struct sns_subscription s = {
        .endpoint = (enum sns_endpoint)sub_at(t, number)->endpoint, .dead_letter = d, .policy = *p};
    return sns_judge(&t->config, &s);
}

enum sns_outcome sns_set_dead_letter(struct sns *t, uint32_t number, enum sns_dead_letter d)
{
    enum sns_outcome o = judge_change(t, number, d, &(struct sns_policy){0});
    if (o != SNS_OK)
        return o;
    sub_at(t, number)->dead_letter = (uint8_t)d;
    change_line(t, number, NULL);
    return SNS_OK;
}

enum sns_outcome sns_set_policy(struct sns *t, uint32_t number, const struct sns_policy *p)
{
    struct subscription *s = sub_at(t, number);
    enum sns_outcome o = judge_change(t, number, (enum sns_dead_letter)s->dead_letter, p);
    if (o != SNS_OK)
        return o;
    struct retry_law law = law_of(t, (enum sns_endpoint)s->endpoint, p);
    const struct retry_law *kept = keep_law(t, &law);
    if (kept == NULL)
        return SNS_NO_MEMORY;
    change_line(t, number, kept);
    return SNS_OK;
}

void firehose_law(struct sns *t, uint32_t number, bool throttled)
{
    struct retry_law law = throttled ? retry_law_customer() : retry_law_aws();
    law.jitter = t->config.jitter;
    const struct retry_law *kept = keep_law(t, &law);
    t->failed |= kept == NULL;
    change_line(t, number, kept);
}

void sns_set_raw(struct sns *t, uint32_t number, bool raw)
{
    sub_at(t, number)->raw = raw;
}

void sns_set_scope(struct sns *t, bool group_scope)
{
    t->config.group_scope = group_scope;
}

void sns_set_region(struct sns *t, struct sns_region *region)
{
    t->config.region = region;
}

void sns_set_archive(struct sns *t, sim_time archive)
{
    t->config.archive = archive;
}

/* --- queries --- */

uint64_t sns_subscription_user(const struct sns *t, uint32_t number)
{
    return sub_at(t, number)->user;
}

uint32_t sns_subscriptions(const struct sns *t)
{
    return t->n_subs;
}

void sns_line_counts(const struct sns *t, uint32_t number, struct sns_line_counts *c)
{
    delivery_line_counts(t->delivery, number, &c->deliveries);
    c->filtered = sub_at(t, number)->filtered + match_filtered(t, number);
}
