/* sqs_access.h - whether a request is allowed (section 24), from policies that are parsed already.
 */
#ifndef SQS_ACCESS_H
#define SQS_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

/* Who asks. */
struct access_request {
    const char *action; /* "sqs:SendMessage" */
    const char
        *principal; /* ARN of the user or role, "s3.amazonaws.com" of a service, NULL: anonymous */
    const char *account; /* the caller's; NULL: a service or anonymous */
    const char *owner;   /* the queue's account */
    bool is_service;
    const char *source_arn, *source_account, *source_ip; /* NULL: not in the request */
    bool secure;                                         /* TLS */
};

enum access_condition_kind {
    CONDITION_SOURCE_ARN,
    CONDITION_SOURCE_ACCOUNT,
    CONDITION_SOURCE_IP,
    CONDITION_SECURE
};
struct access_condition {
    enum access_condition_kind kind;
    bool negate;
    const char *
        value; /* ARN or account ('*' matches any run), CIDR; CONDITION_SECURE: "true" or "false" */
};
struct access_statement {
    bool allow;                   /* else Deny */
    const char *const *principal; /* ARNs, account ids, services, "*"; n_principal 0: an identity
                                     policy's, its owner */
    uint32_t n_principal;
    const char *const *action; /* "sqs:SendMessage", "sqs:*", "*" */
    uint32_t n_action;
    const struct access_condition *condition; /* all must hold */
    uint32_t n_condition;
};
struct access_policy {
    const struct access_statement *statement;
    uint32_t n;
};

/* identity: the caller's policies; resource: the queue's; guard: organisation policies and
 * permission boundaries, which must allow as well (NULL: there are none). Any of them may be NULL.
 */
bool access_allowed(const struct access_request *, const struct access_policy *identity,
                    const struct access_policy *resource, const struct access_policy *guard);
/* Actions that no queue policy can grant to another account (SQS-144). */
bool access_own_account_only(const char *action);
/* The permission that an action needs: batch variants need that of the single one. */
const char *access_permission(const char *action);
/* Limits of a queue policy (SQS-144). */
bool access_policy_fits(const struct access_policy *, uint32_t bytes);

#endif
