/* sqs_account_queues.c - a queue's identity, attributes, tags and permissions (sections 2 and 3).
 */
#include "sqs_account_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"

#define MINUTE (60 * SIM_S)

/* --- finding --- */

static bool usable(const struct account *a, const struct account_queue *q)
{
    return q != NULL && a->now >= q->ready_at && a->now < q->gone_at;
}

static struct account_queue *by_name(const struct account *a, const char *name)
{
    for (uint32_t i = 0; i < a->n_queue; i++)
        if (a->queue[i] != NULL && a->now < a->queue[i]->gone_at &&
            strcmp(a->queue[i]->name, name) == 0)
            return a->queue[i];
    return NULL;
}

struct account_queue *account_by_arn(struct account *a, const char *arn)
{
    for (uint32_t i = 0; i < a->n_queue; i++)
        if (usable(a, a->queue[i]) && strcmp(a->queue[i]->arn, arn) == 0)
            return a->queue[i];
    return NULL;
}

enum sqs_outcome account_find(struct account *a, const char *name, struct account_queue **q)
{
    const char *slash = strrchr(name, '/'), *colon = strrchr(name, ':');
    *q = by_name(a, slash != NULL ? slash + 1 : colon != NULL ? colon + 1 : name);
    return usable(a, *q) ? SQS_OK : SQS_NO_QUEUE;
}

struct account_queue *account_next(struct account *a, const char *prefix, const char *from)
{
    struct account_queue *best = NULL;
    for (uint32_t i = 0; i < a->n_queue; i++) {
        struct account_queue *q = a->queue[i];
        if (!usable(a, q) || strncmp(q->name, prefix, strlen(prefix)) != 0 ||
            strcmp(q->name, from) < 0)
            continue;
        if (best == NULL || strcmp(q->name, best->name) < 0)
            best = q;
    }
    return best;
}

struct account_queue *account_source(struct account *a, const struct account_queue *dlq,
                                     const struct account_queue *after)
{
    for (uint32_t i = after == NULL ? 0 : after->number; i < a->n_queue; i++)
        if (usable(a, a->queue[i]) && a->queue[i]->dlq == dlq->number)
            return a->queue[i];
    return NULL;
}

bool queue_is_dlq(const struct account *a, const struct account_queue *dlq)
{
    for (uint32_t i = 0; i < a->n_queue; i++)
        if (a->queue[i] != NULL && a->queue[i]->dlq == dlq->number)
            return true;
    return false;
}

const char *account_name(const struct account_queue *q)
{
    return q->name;
}
const char *account_arn(const struct account_queue *q)
{
    return q->arn;
}
const char *account_url(const struct account_queue *q)
{
    return q->url;
}
struct sqs *account_core(struct account_queue *q)
{
    return q->core;
}

/* --- life --- */

static bool deleted_lately(struct account *a, const char *name)
{
    uint32_t kept = 0;
    bool found = false;
    for (uint32_t i = 0; i < a->n_gone; i++) {
        if (a->gone[i].at + MINUTE <= a->now)
            continue;
        found |= strcmp(a->gone[i].name, name) == 0;
        a->gone[kept++] = a->gone[i];
    }
    a->n_gone = kept;
    return found;
}

/* Attributes that the call leaves out are not compared (SQS-8). */
static enum sqs_outcome compare(const struct account_queue *q, const struct draft *d)
{
    for (enum attribute i = 0; i < ATTR_TEXTS_END; i++) {
        if (!d->given[i])
            continue;
        if (i < ATTR_NUMBERS
                ? d->value[i] != q->value[i]
                : !text_same(d->text[i - ATTR_NUMBERS], text_of(q->text[i - ATTR_NUMBERS])))
            return SQS_EXISTS;
    }
    return SQS_OK;
}

static struct account_queue *queue_new(struct account *a, const char *name, bool fifo)
{
    if (!account_widen((void **)&a->queue, &a->cap_queue, a->n_queue, sizeof(*a->queue)))
        return NULL;
    struct account_queue *q = mem_get_zero(1, sizeof(*q));
    if (q == NULL)
        return NULL;
    struct sqs_config config = fifo ? a->config.fifo : a->config.standard;
    config.queue = q->number = a->n_queue + 1;
    if (!sqs_open(&q->core, &config, NULL)) {
        mem_release(q);
        return NULL;
    }
    snprintf(q->name, sizeof(q->name), "%s", name);
    snprintf(q->arn, sizeof(q->arn), "arn:aws:sqs:%s:%s:%s", a->config.region, a->config.id, name);
    snprintf(q->url, sizeof(q->url), "https://sqs.%s.amazonaws.com/%s/%s", a->config.region,
             a->config.id, name);
    q->created = q->modified = a->now;
    q->purged = INT64_MIN / 2;
    q->ready_at = a->now + a->config.create_lag;
    q->gone_at = SIM_NEVER;
    a->queue[a->n_queue++] = q;
    return q;
}

static void queue_free(struct account_queue *q)
{
    sqs_close(q->core);
    for (int i = 0; i < ATTR_TEXTS_END - ATTR_NUMBERS; i++)
        mem_release(q->text[i]);
    for (struct pair *list[2] = {q->tags, q->labels}, **l = list; l < list + 2; l++)
        while (*l != NULL) {
            struct pair *next = (*l)->next;
            mem_release((*l)->name);
            mem_release((*l)->value);
            mem_release(*l);
            *l = next;
        }
    mem_release(q);
}

void queue_close_all(struct account *a)
{
    for (uint32_t i = 0; i < a->n_queue; i++)
        if (a->queue[i] != NULL)
            queue_free(a->queue[i]);
    mem_release(a->queue);
}

static bool wants_fifo(const struct account_pair *p, uint32_t n)
{
    int64_t yes;
    for (uint32_t i = 0; i < n; i++)
        if (attribute_find(p[i].name) == ATTR_FIFO &&
            attribute_number(ATTR_FIFO, p[i].value, &yes) == SQS_OK && yes)
            return true;
    return false;
}

enum sqs_outcome account_create(struct account *a, const char *name, const struct account_pair *p,
                                uint32_t n, struct account_queue **out)
{
    bool fifo = wants_fifo(p, n);
    char arn[192];
    snprintf(arn, sizeof(arn), "arn:aws:sqs:%s:%s:%s", a->config.region, a->config.id, name);
    if (!text_queue_name(text_of(name), fifo))
        return SQS_BAD_NAME;
    struct draft d = {0};
    for (enum attribute i = 0; i < ATTR_NUMBERS; i++)
        d.value[i] = attribute_table[i].fallback;
    if (d.value[ATTR_MAX_MESSAGE] > (int64_t)a->config.standard.max_message)
        d.value[ATTR_MAX_MESSAGE] = a->config.standard.max_message;
    d.value[ATTR_FIFO] = fifo;
    struct account_queue *q = by_name(a, name);
    enum sqs_outcome bad = draft_check(a, &d, p, n, fifo, q, arn);
    if (bad != SQS_OK)
        return bad;
    if (q != NULL) {
        *out = q;
        return compare(q, &d);
    }
    if (deleted_lately(a, name))
        return SQS_DELETED_RECENTLY;
    q = queue_new(a, name, fifo);
    if (q == NULL || !draft_keep_texts(q, &d))
        return SQS_NO_MEMORY;
    draft_keep_values(a, q, &d);
    draft_put_in_force(a, q, &d, true);
    *out = q;
    return SQS_OK;
}

sim_time account_gone_deadline(const struct account *a)
{
    sim_time at = SIM_NEVER;
    for (uint32_t i = 0; i < a->n_queue; i++)
        if (a->queue[i] != NULL && a->queue[i]->gone_at < at)
            at = a->queue[i]->gone_at;
    return at;
}

void account_gone_due(struct account *a)
{
    for (uint32_t i = 0; i < a->n_queue; i++)
        if (a->queue[i] != NULL && a->queue[i]->gone_at <= a->now)
            account_delete(a, a->queue[i]);
}

/* Messages and waiting polls go with it; those polls are not answered. */
enum sqs_outcome account_delete(struct account *a, struct account_queue *q)
{
    if (!account_widen((void **)&a->gone, &a->cap_gone, a->n_gone, sizeof(*a->gone)))
        return SQS_NO_MEMORY;
    if (a->config.delete_lag > 0 && q->gone_at == SIM_NEVER) {
        q->gone_at = a->now + a->config.delete_lag; /* calls may succeed until then (SQS-11) */
        return SQS_OK;
    }
    if (a->now < q->gone_at && q->gone_at != SIM_NEVER)
        return SQS_OK;
    snprintf(a->gone[a->n_gone].name, sizeof(a->gone->name), "%s", q->name);
    a->gone[a->n_gone++].at = q->gone_at == SIM_NEVER ? a->now : q->gone_at - a->config.delete_lag;
    sqs_purge(q->core, account_begin(a, q));
    account_drain(a, q);
    account_begin(a, q);
    a->queue[q->number - 1] = NULL;
    queue_free(q);
    return SQS_OK;
}

enum sqs_outcome account_purge(struct account *a, struct account_queue *q)
{
    if (a->now < q->purged + MINUTE)
        return SQS_PURGE_IN_PROGRESS;
    q->purged = a->now;
    enum sqs_outcome out = sqs_purge(q->core, account_begin(a, q));
    account_drain(a, q);
    account_begin(a, q);
    return out;
}
