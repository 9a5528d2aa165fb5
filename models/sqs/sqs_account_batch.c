/* sqs_account_batch.c - requests with entries (section 19): what fails the request, what fails an
 * entry. */
#include "sqs_account_int.h"

static enum sqs_outcome check_ids(const struct account_entry *e, uint32_t n)
{
    if (n == 0)
        return SQS_EMPTY_BATCH;
    if (n > SQS_BATCH_MAX)
        return SQS_TOO_MANY_ENTRIES;
    for (uint32_t i = 0; i < n; i++)
        if (!text_entry_id(e[i].id))
            return SQS_BAD_ENTRY_ID;
    return SQS_OK;
}

static enum sqs_outcome check_distinct(const struct account_entry *e, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < i; k++)
            if (text_same(e[i].id, e[k].id))
                return SQS_SAME_ENTRY_ID;
    return SQS_OK;
}

static enum sqs_outcome check_batch(const struct account_entry *e, uint32_t n)
{
    enum sqs_outcome out = check_ids(e, n);
    return out == SQS_OK ? check_distinct(e, n) : out;
}

static enum sqs_outcome check_send_batch(const struct account *a, const struct account_queue *q,
                                         const struct account_entry *e, uint32_t n)
{
    enum sqs_outcome out = check_ids(e, n);
    for (uint32_t i = 0; out == SQS_OK && i < n; i++)
        out = account_check_group(q, &e[i].send, true);
    if (out == SQS_OK)
        out = check_distinct(e, n);
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < n; i++)
        bytes += account_size(&e[i].send);
    return out == SQS_OK && bytes > a->config.batch_bytes ? SQS_BATCH_TOO_LONG : out;
}

enum sqs_outcome account_send_batch(struct account *a, struct account_queue *q,
                                    struct account_entry *e, uint32_t n)
{
    enum sqs_outcome out = check_send_batch(a, q, e, n);
    uint32_t group[SQS_BATCH_MAX];
    for (uint32_t i = 0; out == SQS_OK && i < n; i++)
        if (!account_group_number(a, e[i].send.group, &group[i]))
            out = SQS_NO_MEMORY;
    if (out == SQS_OK)
        out = sqs_admit(q->core, account_begin(a, q), SQS_ACTION_SEND, group, n);
    for (uint32_t i = 0; out == SQS_OK && i < n; i++)
        e[i].outcome = account_send_checked(a, q, &e[i].send, &e[i].sent);
    return out;
}

enum sqs_outcome account_delete_batch(struct account *a, struct account_queue *q,
                                      struct account_entry *e, uint32_t n)
{
    enum sqs_outcome out = check_batch(e, n);
    if (out == SQS_OK)
        out = sqs_admit(q->core, account_begin(a, q), SQS_ACTION_DELETE, NULL, 0);
    for (uint32_t i = 0; out == SQS_OK && i < n; i++)
        e[i].outcome = account_remove(a, q, e[i].receipt);
    return out;
}

enum sqs_outcome account_change_batch(struct account *a, struct account_queue *q,
                                      struct account_entry *e, uint32_t n)
{
    enum sqs_outcome out = check_batch(e, n);
    for (uint32_t i = 0; out == SQS_OK && i < n; i++)
        e[i].outcome = account_change(a, q, e[i].receipt, e[i].visibility);
    return out;
}
