/* sqs_account_messages.c - messages with their texts: checked, kept, given out (sections 4 to 9).
 */
#include "sqs_account_int.h"

#include <string.h>

#include "hash.h"
#include "mem.h"

struct parcel *parcel_at(const struct account *a, uint64_t number)
{
    return (struct parcel *)slab_at(&a->parcels, (uint32_t)number);
}

void parcel_drop(struct account *a, uint64_t number)
{
    struct parcel *p = parcel_at(a, number);
    CHECK(p->copies > 0);
    if (--p->copies > 0)
        return;
    mem_release(p->block);
    slab_give(&a->parcels, (uint32_t)number);
}

/* --- what a message may be --- */

/* Body, and each attribute's name, type and value; system attributes do not count (SQS-24). */
uint64_t account_size(const struct account_send *m)
{
    uint64_t n = m->body.n;
    for (uint32_t i = 0; i < m->n_attribute; i++)
        n += m->attribute[i].name.n + m->attribute[i].type.n + m->attribute[i].value.n;
    return n;
}

static enum sqs_outcome check_attributes(const struct account_send *m)
{
    if (m->n_attribute > ACCOUNT_ATTRIBUTES_MAX)
        return SQS_BAD_MESSAGE_ATTRIBUTE;
    for (uint32_t i = 0; i < m->n_attribute; i++) {
        const struct account_attribute *x = &m->attribute[i];
        if (!text_attribute_name(x->name) || !text_attribute_type(x->type) ||
            !text_attribute_value(x->type, x->value))
            return SQS_BAD_MESSAGE_ATTRIBUTE;
        for (uint32_t k = 0; k < i; k++)
            if (text_same(x->name, m->attribute[k].name))
                return SQS_BAD_MESSAGE_ATTRIBUTE;
    }
    return SQS_OK;
}

/* What a FIFO queue cannot do without. In a batch it fails the whole request (SQS-81, 95). */
enum sqs_outcome account_check_group(const struct account_queue *q, const struct account_send *m,
                                     bool in_batch)
{
    if (!sqs_config(q->core)->fifo)
        return SQS_OK;
    if (m->group.at == NULL)
        return in_batch ? SQS_MISSING_GROUP_IN_BATCH : SQS_MISSING_GROUP;
    if (m->dedup.at == NULL && q->value[ATTR_CONTENT_DEDUP] == 0)
        return SQS_MISSING_DEDUP;
    return SQS_OK;
}

static enum sqs_outcome check_ids(const struct account_queue *q, const struct account_send *m)
{
    if (m->group.at != NULL && !text_group_id(m->group))
        return SQS_BAD_GROUP;
    if (m->dedup.at == NULL)
        return SQS_OK;
    if (!sqs_config(q->core)->fifo)
        return SQS_DEDUP_ON_STANDARD;
    return text_group_id(m->dedup) ? SQS_OK : SQS_BAD_DEDUP;
}

static enum sqs_outcome check_send(const struct account_queue *q, const struct account_send *m)
{
    if (m->body.n == 0)
        return SQS_MISSING_BODY;
    if (!text_body(m->body))
        return SQS_BAD_CONTENTS;
    enum sqs_outcome out = check_attributes(m);
    if (out == SQS_OK)
        out = check_ids(q, m);
    if (out == SQS_OK && account_size(m) > sqs_config(q->core)->max_message)
        out = SQS_TOO_LONG;
    return out;
}

/* --- keeping the texts --- */

static struct text keep(char **end, struct text t)
{
    if (t.at == NULL)
        return t;
    char *at = *end;
    memcpy(at, t.at, t.n);
    *end += t.n;
    return (struct text){at, t.n};
}

static void keep_all(struct parcel *p, const struct account_send *m, struct text dedup)
{
    p->attribute = (struct account_attribute *)(void *)p->block;
    p->n_attribute = m->n_attribute;
    char *end = (char *)(p->attribute + m->n_attribute);
    p->body = keep(&end, m->body);
    p->group = keep(&end, m->group);
    p->dedup = keep(&end, dedup);
    p->trace = keep(&end, m->trace);
    for (uint32_t i = 0; i < m->n_attribute; i++) {
        const struct account_attribute *x = &m->attribute[i];
        p->attribute[i] = (struct account_attribute){keep(&end, x->name), keep(&end, x->type),
                                                     keep(&end, x->value)};
    }
}

static uint32_t parcel_new(struct account *a, const struct account_send *m, struct text dedup)
{
    uint32_t number = slab_take(&a->parcels);
    if (number == SLAB_NONE)
        return SLAB_NONE;
    struct parcel *p = parcel_at(a, number);
    p->copies = 0;
    p->block = mem_get(account_size(m) + m->group.n + dedup.n + m->trace.n +
                       m->n_attribute * sizeof(struct account_attribute));
    if (p->block == NULL) {
        slab_give(&a->parcels, number);
        return SLAB_NONE;
    }
    p->id = ++a->n_message;
    p->copies = 1;
    keep_all(p, m, dedup);
    return number;
}

/* A group's number stays for good: deduplication by group may still compare it when the group is
 * empty. */
bool account_group_number(struct account *a, struct text group, uint32_t *number)
{
    *number = SQS_NO_GROUP;
    if (group.at == NULL)
        return true;
    uint64_t key = hash_bytes(group.at, group.n), found;
    if (!map64_get(&a->groups, key, &found)) {
        found = a->n_group;
        if (!map64_put(&a->groups, key, found))
            return false;
        a->n_group++;
    }
    *number = (uint32_t)found;
    return true;
}

static uint64_t id_number(struct text id)
{
    if (id.at == NULL)
        return SQS_NO_DEDUP_ID;
    uint64_t h = hash_bytes(id.at, id.n);
    return h == SQS_NO_DEDUP_ID || h == SQS_UNIQUE ? 1 : h;
}

static enum sqs_outcome put(struct account *a, struct account_queue *q,
                            const struct account_send *m, struct text dedup, uint32_t parcel,
                            struct account_sent *sent)
{
    struct sqs_send send = {
        .user = parcel,
        .id = parcel_at(a, parcel)->id,
        .dedup = id_number(dedup),
        .size = (uint32_t)account_size(m),
        .delay = m->delay < 0         ? SQS_DEFAULT
                 : m->delay > 1000000 ? 1000000 * SIM_S
                                      : m->delay * SIM_S,
    };
    struct sqs_sent core;
    if (!account_group_number(a, m->group, &send.group))
        return SQS_NO_MEMORY;
    enum sqs_outcome out = sqs_send(q->core, account_begin(a, q), &send, &core);
    account_drain(a, q);
    if (sqs_refused(out))
        return out;
    text_message_id(sent->id, core.id);
    sent->sequence = sqs_config(q->core)->fifo ? SQS_SEQUENCE_START + core.sequence * 256 : 0;
    return out;
}

enum sqs_outcome account_send_checked(struct account *a, struct account_queue *q,
                                      const struct account_send *m, struct account_sent *sent)
{
    enum sqs_outcome out = check_send(q, m);
    if (out != SQS_OK)
        return out;
    struct text dedup =
        m->dedup.at == NULL && q->value[ATTR_CONTENT_DEDUP] == 1 ? m->content : m->dedup;
    uint32_t parcel = parcel_new(a, m, dedup);
    if (parcel == SLAB_NONE)
        return SQS_NO_MEMORY;
    out = put(a, q, m, dedup, parcel, sent);
    if (out != SQS_OK)
        parcel_drop(a, parcel);
    return out == SQS_DUPLICATE ? SQS_OK : out;
}

enum sqs_outcome account_send(struct account *a, struct account_queue *q,
                              const struct account_send *m, struct account_sent *sent)
{
    enum sqs_outcome out = account_check_group(q, m, false);
    if (out != SQS_OK)
        return out;
    uint32_t group = SQS_NO_GROUP;
    if (!account_group_number(a, m->group, &group))
        return SQS_NO_MEMORY;
    out = sqs_admit(q->core, account_begin(a, q), SQS_ACTION_SEND, &group, 1);
    return out == SQS_OK ? account_send_checked(a, q, m, sent) : out;
}

/* --- receiving --- */

static void fill_message(struct account *a, const struct sqs_got *got, bool fifo,
                         struct account_message *out)
{
    const struct parcel *p = parcel_at(a, got->user);
    const struct account_queue *source = queue_number(a, got->source);
    *out = (struct account_message){
        .body = p->body,
        .group = p->group,
        .dedup = p->dedup,
        .trace = p->trace,
        .n_attribute = p->n_attribute,
        .attribute = p->attribute,
        .sent_ms = got->sent / SIM_MS,
        .first_ms = got->first_ms,
        .receives = got->receives,
        .sequence = fifo ? SQS_SEQUENCE_START + got->sequence * 256 : 0,
        .source_arn = source == NULL ? NULL : source->arn,
    };
    text_message_id(out->id, p->id);
    text_receipt(out->receipt, got->handle.a, got->handle.b);
}

void account_fill(struct account *a, struct account_queue *q, const struct sqs_batch *batch,
                  struct account_answer *answer)
{
    answer->n = batch->n;
    answer->tag = batch->tag;
    answer->outcome = batch->lost ? SQS_RESPONSE_LOST : SQS_OK;
    answer->queue = q;
    for (uint32_t i = 0; i < batch->n; i++)
        fill_message(a, &batch->got[i], sqs_config(q->core)->fifo, &answer->message[i]);
}

static sim_time seconds(int64_t s)
{
    return s == -1 ? SQS_DEFAULT : s < -1 || s > 1000000 ? SIM_NEVER / 4 : s * SIM_S;
}

enum sqs_outcome account_receive(struct account *a, struct account_queue *q,
                                 const struct account_receive *r, struct account_answer *answer)
{
    struct sqs_poll poll = {
        .max = r->max == -1                  ? 1
               : r->max < 0 || r->max > 1000 ? 0
                                             : (uint32_t)r->max,
        .wait = seconds(r->wait),
        .visibility = seconds(r->visibility),
        .tag = r->tag,
        .attempt = id_number(r->attempt),
    };
    struct sqs_batch batch = {.n = 0, .tag = r->tag};
    bool bad = r->attempt.at != NULL && (!sqs_config(q->core)->fifo || !text_group_id(r->attempt));
    enum sqs_outcome out =
        bad ? SQS_BAD_ATTEMPT
            : sqs_admit(q->core, account_begin(a, q), SQS_ACTION_RECEIVE, NULL, 0);
    if (out == SQS_OK)
        out = sqs_receive(q->core, account_begin(a, q), &poll, &batch);
    account_fill(a, q, &batch, answer);
    answer->outcome = out;
    account_drain(a, q);
    account_begin(a, q);
    return out;
}

/* --- handles --- */

static bool handle_of(const char *receipt, struct sqs_handle *h)
{
    return receipt != NULL && text_receipt_parse(receipt, &h->a, &h->b);
}

enum sqs_outcome account_remove(struct account *a, struct account_queue *q, const char *receipt)
{
    struct sqs_handle h;
    if (!handle_of(receipt, &h))
        return SQS_INVALID_RECEIPT;
    enum sqs_outcome out = sqs_delete(q->core, account_begin(a, q), h);
    account_drain(a, q);
    return out == SQS_NOTHING ? SQS_OK : out;
}

enum sqs_outcome account_delete_message(struct account *a, struct account_queue *q,
                                        const char *receipt)
{
    enum sqs_outcome out = sqs_admit(q->core, account_begin(a, q), SQS_ACTION_DELETE, NULL, 0);
    return out == SQS_OK ? account_remove(a, q, receipt) : out;
}

enum sqs_outcome account_change(struct account *a, struct account_queue *q, const char *receipt,
                                int64_t visibility)
{
    struct sqs_handle h;
    if (!handle_of(receipt, &h))
        return SQS_INVALID_RECEIPT;
    sim_time v = visibility < 0 || visibility > 1000000 ? -SIM_S : visibility * SIM_S;
    enum sqs_outcome out = sqs_change(q->core, account_begin(a, q), h, v);
    account_drain(a, q);
    return out == SQS_NOTHING ? SQS_OK : out;
}
