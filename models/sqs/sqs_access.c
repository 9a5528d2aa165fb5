/* sqs_access.c - explicit deny wins; then an allow is needed: in one account from either side,
 * across accounts from both. A queue policy that names an account only delegates to that account's
 * own policies (SQS-142). */
#include "sqs_access.h"

#include <stddef.h>
#include <string.h>

/* '*' stands for any run of characters, '?' for one. */
static bool matches(const char *pattern, const char *text)
{
    const char *star = NULL, *retry = NULL;
    while (*text != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            retry = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star + 1;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

/* --- conditions --- */

static bool read_ip(const char *s, uint32_t *ip, unsigned *bits)
{
    uint32_t part = 0, n = 0, value = 0;
    *bits = 32;
    for (;; s++) {
        if (*s >= '0' && *s <= '9') {
            part = part * 10 + (uint32_t)(*s - '0');
            if (part > 255)
                return false;
            continue;
        }
        value = value << 8 | part;
        part = 0;
        n++;
        if (*s != '.')
            break;
    }
    if (*s == '/') {
        *bits = 0;
        while (*++s >= '0' && *s <= '9')
            *bits = *bits * 10 + (unsigned)(*s - '0');
    }
    *ip = value;
    return n == 4 && *s == '\0' && *bits <= 32;
}

static bool in_range(const char *cidr, const char *ip)
{
    uint32_t net, address;
    unsigned bits, whole;
    if (ip == NULL || !read_ip(cidr, &net, &bits) || !read_ip(ip, &address, &whole))
        return false;
    return bits == 0 || (net ^ address) >> (32 - bits) == 0;
}

static bool holds(const struct access_condition *c, const struct access_request *r)
{
    bool yes = false;
    switch (c->kind) {
    case CONDITION_SOURCE_ARN:
        yes = r->source_arn != NULL && matches(c->value, r->source_arn);
        break;
    case CONDITION_SOURCE_ACCOUNT:
        yes = r->source_account != NULL && matches(c->value, r->source_account);
        break;
    case CONDITION_SOURCE_IP:
        yes = in_range(c->value, r->source_ip);
        break;
    case CONDITION_SECURE:
        yes = r->secure == (strcmp(c->value, "true") == 0);
        break;
    }
    return yes != c->negate;
}

/* --- statements --- */

/* How a statement speaks of the caller. */
enum naming { NOT_NAMED, BY_ACCOUNT, BY_NAME };

static bool is_root_of(const char *principal, const char *account)
{
    size_t n = strlen(account);
    if (strcmp(principal, account) == 0)
        return true;
    return strncmp(principal, "arn:aws:iam::", 13) == 0 &&
           strncmp(principal + 13, account, n) == 0 && strcmp(principal + 13 + n, ":root") == 0;
}

static enum naming names(const struct access_statement *s, const struct access_request *r)
{
    enum naming best = s->n_principal == 0 ? BY_NAME : NOT_NAMED;
    for (uint32_t i = 0; i < s->n_principal; i++) {
        const char *p = s->principal[i];
        if (strcmp(p, "*") == 0 || (r->principal != NULL && strcmp(p, r->principal) == 0))
            return BY_NAME;
        if (r->account != NULL && is_root_of(p, r->account))
            best = BY_ACCOUNT;
    }
    return best;
}

static bool acts(const struct access_statement *s, const char *action)
{
    for (uint32_t i = 0; i < s->n_action; i++)
        if (matches(s->action[i], action))
            return true;
    return false;
}

static enum naming applies(const struct access_statement *s, const struct access_request *r)
{
    if (!acts(s, access_permission(r->action)))
        return NOT_NAMED;
    for (uint32_t i = 0; i < s->n_condition; i++)
        if (!holds(&s->condition[i], r))
            return NOT_NAMED;
    return names(s, r);
}

struct verdict {
    bool denied;
    enum naming allowed;
};

static struct verdict judge(const struct access_policy *p, const struct access_request *r)
{
    struct verdict v = {false, NOT_NAMED};
    for (uint32_t i = 0; p != NULL && i < p->n; i++) {
        enum naming how = applies(&p->statement[i], r);
        if (how == NOT_NAMED)
            continue;
        if (!p->statement[i].allow)
            v.denied = true;
        else if (how > v.allowed)
            v.allowed = how;
    }
    return v;
}

bool access_allowed(const struct access_request *r, const struct access_policy *identity,
                    const struct access_policy *resource, const struct access_policy *guard)
{
    struct verdict own = judge(identity, r), queue = judge(resource, r), limit = judge(guard, r);
    if (own.denied || queue.denied || limit.denied || (guard != NULL && limit.allowed == NOT_NAMED))
        return false;
    if (r->account == NULL) /* a service, or nobody: it has no policies of its own (SQS-143) */
        return queue.allowed == BY_NAME;
    if (strcmp(r->account, r->owner) == 0)
        return own.allowed != NOT_NAMED || queue.allowed == BY_NAME;
    if (access_own_account_only(r->action))
        return false;
    return own.allowed != NOT_NAMED && queue.allowed != NOT_NAMED;
}

bool access_own_account_only(const char *action)
{
    static const char *const own[] = {
        "sqs:AddPermission", "sqs:CreateQueue",        "sqs:DeleteQueue",
        "sqs:ListQueues",    "sqs:ListQueueTags",      "sqs:RemovePermission",
        "sqs:TagQueue",      "sqs:SetQueueAttributes", "sqs:UntagQueue"};
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (strcmp(own[i], action) == 0)
            return true;
    return false;
}

const char *access_permission(const char *action)
{
    static const char *const batch[][2] = {
        {"sqs:SendMessageBatch", "sqs:SendMessage"},
        {"sqs:DeleteMessageBatch", "sqs:DeleteMessage"},
        {"sqs:ChangeMessageVisibilityBatch", "sqs:ChangeMessageVisibility"},
    };
    for (size_t i = 0; i < sizeof(batch) / sizeof(batch[0]); i++)
        if (strcmp(batch[i][0], action) == 0)
            return batch[i][1];
    return action;
}

bool access_policy_fits(const struct access_policy *p, uint32_t bytes)
{
    uint32_t principals = 0, conditions = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        principals += p->statement[i].n_principal;
        conditions += p->statement[i].n_condition;
    }
    return bytes <= 8192 && p->n <= 20 && principals <= 50 && conditions <= 10;
}
