/* sqs_account_attributes.c - attributes of a queue: all that a call gives are checked before any is
 * put in force (SQS-18); some take their time to arrive (SQS-19). */
#include "sqs_account_int.h"

#include <string.h>

#include "mem.h"

static char *copy_text(struct text t)
{
    char *s = mem_get(t.n + 1);
    if (s != NULL) {
        memcpy(s, t.at, t.n);
        s[t.n] = '\0';
    }
    return s;
}

/* --- checking attributes before anything changes (SQS-18) --- */

static bool allows(const struct account_queue *dlq, const struct account_queue *source,
                   const char *source_arn)
{
    if (dlq->allow.mode != ALLOW_BY_QUEUE)
        return dlq->allow.mode == ALLOW_ALL;
    for (uint32_t i = 0; i < dlq->allow.n; i++)
        if (strcmp(dlq->allow.source[i], source != NULL ? source->arn : source_arn) == 0)
            return true;
    return false;
}

static enum sqs_outcome check_redrive(struct account *a, struct draft *d, struct text value,
                                      bool fifo, const struct account_queue *self,
                                      const char *self_arn)
{
    d->dlq = 0;
    if (value.n == 0)
        return SQS_OK;
    if (a->config.parse.redrive == NULL || !a->config.parse.redrive(value, &d->redrive))
        return SQS_BAD_REDRIVE;
    if (d->redrive.target[0] == '\0' || d->redrive.max_receive < 1 || d->redrive.max_receive > 1000)
        return SQS_BAD_REDRIVE;
    const struct account_queue *dlq = account_by_arn(a, d->redrive.target);
    if (dlq == NULL || sqs_config(dlq->core)->fifo != fifo || !allows(dlq, self, self_arn))
        return SQS_BAD_REDRIVE;
    d->dlq = dlq->number;
    return SQS_OK;
}

static enum sqs_outcome check_text(struct account *a, struct draft *d, enum attribute attr,
                                   struct text value, bool fifo, const struct account_queue *self,
                                   const char *self_arn)
{
    if (attr == ATTR_REDRIVE)
        return check_redrive(a, d, value, fifo, self, self_arn);
    if (attr == ATTR_REDRIVE_ALLOW) {
        d->allow = (struct redrive_allow){0};
        bool ok = value.n == 0 || (a->config.parse.redrive_allow != NULL &&
                                   a->config.parse.redrive_allow(value, &d->allow));
        return ok ? SQS_OK : SQS_BAD_PARAMETER;
    }
    return attr == ATTR_POLICY && value.n > 8192 ? SQS_BAD_ATTRIBUTE_VALUE : SQS_OK;
}

static enum sqs_outcome check_one(struct account *a, struct draft *d, const struct account_pair *p,
                                  bool fifo, const struct account_queue *self, const char *self_arn)
{
    enum attribute attr = attribute_find(p->name);
    if (attr == ATTRS || attribute_table[attr].kind == KIND_READ_ONLY)
        return SQS_BAD_ATTRIBUTE_NAME;
    if (attribute_table[attr].fifo_only && !fifo)
        return SQS_BAD_ATTRIBUTE_NAME; /* SQS-7 */
    d->given[attr] = true;
    if (attr < ATTR_NUMBERS) {
        enum sqs_outcome out = attribute_number(attr, p->value, &d->value[attr]);
        bool type_change = out == SQS_OK && attr == ATTR_FIFO && d->value[attr] == 0;
        return type_change ? SQS_BAD_ATTRIBUTE_VALUE : out;
    }
    d->text[attr - ATTR_NUMBERS] = p->value;
    return check_text(a, d, attr, p->value, fifo, self, self_arn);
}

/* high throughput per group needs the scope (SQS-17); one kind of encryption at a time (SQS-22). */
static enum sqs_outcome check_together(const struct draft *d, const struct account *a)
{
    if (d->value[ATTR_MAX_MESSAGE] > (int64_t)a->config.standard.max_message)
        return SQS_BAD_ATTRIBUTE_VALUE;
    if (d->value[ATTR_THROUGHPUT] == 1 && d->value[ATTR_DEDUP_SCOPE] == 0)
        return SQS_BAD_ATTRIBUTE_VALUE;
    if (d->given[ATTR_SSE] && d->value[ATTR_SSE] == 1 && d->given[ATTR_KMS_KEY] &&
        d->text[ATTR_KMS_KEY - ATTR_NUMBERS].n > 0)
        return SQS_BAD_ATTRIBUTE_NAME;
    return SQS_OK;
}

enum sqs_outcome draft_check(struct account *a, struct draft *d, const struct account_pair *p,
                             uint32_t n, bool fifo, const struct account_queue *self,
                             const char *self_arn)
{
    for (uint32_t i = 0; i < n; i++) {
        enum sqs_outcome out = check_one(a, d, &p[i], fifo, self, self_arn);
        if (out != SQS_OK)
            return out;
    }
    return check_together(d, a);
}

/* --- putting attributes in force --- */

bool draft_keep_texts(struct account_queue *q, const struct draft *d)
{
    for (int i = 0; i < ATTR_TEXTS_END - ATTR_NUMBERS; i++) {
        if (!d->given[ATTR_NUMBERS + i])
            continue;
        char *copy = d->text[i].n == 0 ? NULL : copy_text(d->text[i]);
        if (copy == NULL && d->text[i].n > 0)
            return false;
        mem_release(q->text[i]);
        q->text[i] = copy;
    }
    return true;
}

void draft_keep_values(struct account *a, struct account_queue *q, const struct draft *d)
{
    memcpy(q->value, d->value, sizeof(q->value));
    if (d->given[ATTR_KMS_KEY])
        q->value[ATTR_SSE] = d->text[ATTR_KMS_KEY - ATTR_NUMBERS].n == 0;
    else if (d->given[ATTR_SSE] && q->value[ATTR_SSE] == 1) {
        mem_release(q->text[ATTR_KMS_KEY - ATTR_NUMBERS]);
        q->text[ATTR_KMS_KEY - ATTR_NUMBERS] = NULL;
    }
    if (d->given[ATTR_REDRIVE]) {
        q->redrive = d->redrive;
        q->dlq = d->dlq;
    }
    if (d->given[ATTR_REDRIVE_ALLOW])
        q->allow = d->allow;
    q->modified = a->now;
}

/* The attributes that the core obeys, as its settings. */
static int64_t setting_value(const struct account *a, const struct account_queue *q,
                             enum sqs_setting s)
{
    bool high = q->value[ATTR_THROUGHPUT] == 1;
    switch (s) {
    case SQS_SET_DELAY:
        return q->value[ATTR_DELAY] * SIM_S;
    case SQS_SET_RETENTION:
        return q->value[ATTR_RETENTION] * SIM_S;
    case SQS_SET_VISIBILITY:
        return q->value[ATTR_VISIBILITY] * SIM_S;
    case SQS_SET_WAIT:
        return q->value[ATTR_WAIT] * SIM_S;
    case SQS_SET_MAX_MESSAGE:
        return q->value[ATTR_MAX_MESSAGE];
    case SQS_SET_MAX_RECEIVE:
        return q->dlq == 0 ? 0 : q->redrive.max_receive;
    case SQS_SET_DEDUP_BY_GROUP:
        return q->value[ATTR_DEDUP_SCOPE];
    case SQS_SET_IN_FLIGHT_LIMIT:
        return sqs_config(q->core)->in_flight_limit;
    case SQS_SET_CALL_RATE:
        return high ? 70000 : a->config.fifo.call_rate;
    case SQS_SET_GROUP_RATE:
        return high ? a->config.fifo.call_rate : 0;
    }
    return 0;
}

static void apply(struct account *a, struct account_queue *q, enum sqs_setting s, int64_t value)
{
    sqs_set(q->core, account_begin(a, q), s, value);
    account_drain(a, q);
}

static void apply_later(struct account *a, struct account_queue *q, enum sqs_setting s,
                        int64_t value, sim_time at)
{
    if (!account_widen((void **)&a->change, &a->cap_change, a->n_change, sizeof(*a->change))) {
        apply(a, q, s, value);
        return;
    }
    a->change[a->n_change++] = (struct change){at, q->number, s, value};
}

void draft_put_in_force(struct account *a, struct account_queue *q, const struct draft *d,
                        bool at_once)
{
    static const struct {
        enum attribute by;
        enum sqs_setting setting;
    } row[] = {{ATTR_DELAY, SQS_SET_DELAY},
               {ATTR_RETENTION, SQS_SET_RETENTION},
               {ATTR_VISIBILITY, SQS_SET_VISIBILITY},
               {ATTR_WAIT, SQS_SET_WAIT},
               {ATTR_MAX_MESSAGE, SQS_SET_MAX_MESSAGE},
               {ATTR_REDRIVE, SQS_SET_MAX_RECEIVE},
               {ATTR_DEDUP_SCOPE, SQS_SET_DEDUP_BY_GROUP},
               {ATTR_THROUGHPUT, SQS_SET_CALL_RATE},
               {ATTR_THROUGHPUT, SQS_SET_GROUP_RATE}};
    bool fifo = sqs_config(q->core)->fifo;
    for (unsigned i = 0; i < ARRAY_LEN(row); i++) {
        if (!d->given[row[i].by] || (attribute_table[row[i].by].fifo_only && !fifo))
            continue;
        int64_t value = setting_value(a, q, row[i].setting);
        sim_time lag =
            row[i].by == ATTR_RETENTION ? a->config.retention_lag : a->config.attribute_lag;
        if (at_once || lag == 0)
            apply(a, q, row[i].setting, value);
        else
            apply_later(a, q, row[i].setting, value, a->now + lag);
    }
}

sim_time account_changes_deadline(const struct account *a)
{
    sim_time at = SIM_NEVER;
    for (uint32_t i = 0; i < a->n_change; i++)
        at = a->change[i].at < at ? a->change[i].at : at;
    return at;
}

void account_changes_due(struct account *a)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < a->n_change; i++) {
        struct change c = a->change[i];
        struct account_queue *q = queue_number(a, c.queue);
        if (c.at > a->now)
            a->change[kept++] = c;
        else if (q != NULL)
            apply(a, q, c.setting, c.value);
    }
    a->n_change = kept;
}

enum sqs_outcome account_set(struct account *a, struct account_queue *q,
                             const struct account_pair *p, uint32_t n)
{
    struct draft d = {0};
    memcpy(d.value, q->value, sizeof(d.value));
    enum sqs_outcome out = draft_check(a, &d, p, n, sqs_config(q->core)->fifo, q, q->arn);
    if (out != SQS_OK)
        return out;
    if (!draft_keep_texts(q, &d))
        return SQS_NO_MEMORY;
    draft_keep_values(a, q, &d);
    draft_put_in_force(a, q, &d, false);
    return SQS_OK;
}
