/* sns_account_draft.c - a subscription's attributes as a call gives them, read and judged (SNS-8,
 * 53). */
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "sns_account_int.h"

const char *const member_attribute_name[MEMBER_ATTRIBUTES] = {
    "RawMessageDelivery", "FilterPolicyScope", "FilterPolicy",       "RedrivePolicy",
    "DeliveryPolicy",     "ReplayPolicy",      "SubscriptionRoleArn"};

int member_attribute_of(struct sns_text name)
{
    for (int i = 0; i < MEMBER_ATTRIBUTES; i++)
        if (sns_text_is(name, member_attribute_name[i]))
            return i;
    return -1;
}

/* Region and account of an ARN: "arn:aws:sqs:REGION:ACCOUNT:…". */
bool member_arn_part(const char *arn, int part, char out[64])
{
    for (; part > 0 && arn != NULL; part--) {
        arn = strchr(arn, ':');
        arn = arn == NULL ? NULL : arn + 1;
    }
    const char *end = arn == NULL ? NULL : strchr(arn, ':');
    if (end == NULL || end - arn >= 64)
        return false;
    snprintf(out, 64, "%.*s", (int)(end - arn), arn);
    return true;
}

static enum sns_outcome draft_filter(struct sns_account *a, struct member_draft *d)
{
    struct sns_text scope = d->value[MEMBER_SCOPE], filter = d->value[MEMBER_FILTER];
    if (d->given[MEMBER_SCOPE] && !sns_text_is(scope, "MessageAttributes") &&
        !sns_text_is(scope, "MessageBody"))
        return SNS_BAD_SCOPE;
    if (d->given[MEMBER_SCOPE])
        d->scope = sns_text_is(scope, "MessageBody") ? SNS_BODY : SNS_ATTRIBUTES;
    if (filter.n == 0 || sns_text_is(filter, "{}"))
        return SNS_OK;
    if (a->config.parse.filter == NULL)
        return SNS_BAD_FILTER;
    return a->config.parse.filter(filter, d->scope, &d->filter, a->reason) ? SNS_OK
                                                                           : SNS_BAD_FILTER;
}

/* The queue stands in the account and region of the subscription (SNS-53). */
static enum sns_outcome draft_redrive(struct sns_account *a, struct member_draft *d)
{
    char region[64], id[64];
    struct sns_text t = d->value[MEMBER_REDRIVE];
    if (t.n == 0)
        return SNS_OK;
    if (!a->config.parse.redrive(t, d->dead_letter) ||
        strncmp(d->dead_letter, "arn:aws:sqs:", 12) != 0 ||
        !member_arn_part(d->dead_letter, 3, region) || !member_arn_part(d->dead_letter, 4, id) ||
        strcmp(region, a->config.region) != 0 || strcmp(id, a->config.id) != 0)
        return SNS_BAD_REDRIVE;
    return SNS_OK;
}

enum sns_outcome member_draft_read(struct sns_account *a, struct member_draft *d,
                                   const struct sns_pair *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        int at = member_attribute_of(p[i].name);
        if (at < 0)
            return SNS_BAD_ATTRIBUTE_NAME;
        d->value[at] = p[i].value;
        d->given[at] = true;
    }
    struct sns_text raw = d->value[MEMBER_RAW], policy = d->value[MEMBER_POLICY];
    if (d->given[MEMBER_RAW] && !sns_text_is(raw, "true") && !sns_text_is(raw, "false"))
        return SNS_BAD_RAW;
    d->raw = sns_text_is(raw, "true");
    bool disable = false;
    if (policy.n > 0 && !a->config.parse.policy(policy, &d->policy, &disable))
        return SNS_BAD_DELIVERY_POLICY;
    if (d->value[MEMBER_REPLAY].n > 0 &&
        !a->config.parse.replay(d->value[MEMBER_REPLAY], &d->from, &d->to))
        return SNS_BAD_REPLAY;
    enum sns_outcome o = draft_redrive(a, d);
    return o == SNS_OK ? draft_filter(a, d) : o;
}

enum sns_dead_letter member_dlq(const char *arn)
{
    return arn[0] == '\0'                             ? SNS_DLQ_NONE
           : sns_text_ends(sns_text_of(arn), ".fifo") ? SNS_DLQ_FIFO
                                                      : SNS_DLQ_STANDARD;
}

bool member_keep(struct sns_member *m, const struct member_draft *d)
{
    for (int i = 0; i < MEMBER_ATTRIBUTES; i++) {
        if (!d->given[i])
            continue;
        char *copy = d->value[i].n == 0 ? NULL : account_copy(d->value[i]);
        if (copy == NULL && d->value[i].n > 0)
            return false;
        mem_release(m->value[i]);
        m->value[i] = copy;
    }
    return true;
}
