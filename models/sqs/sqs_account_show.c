/* sqs_account_show.c - attributes in print, tags, permission labels. */
#include "sqs_account_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"

static const char *count_shown(struct account *a, struct account_queue *q, enum attribute attr,
                               char *out)
{
    struct sqs_gauges g = q->shown;
    if (a->config.count_lag == 0)
        sqs_gauges(q->core, a->now, &g);
    uint32_t n = attr == ATTR_VISIBLE       ? g.visible
                 : attr == ATTR_NOT_VISIBLE ? g.in_flight
                                            : g.delayed;
    snprintf(out, 32, "%" PRIu32, n);
    return out;
}

static const char *print_number(const struct account_queue *q, enum attribute attr, char *out)
{
    if (attribute_table[attr].fifo_only && q->value[ATTR_FIFO] == 0)
        return NULL;
    if (attr == ATTR_KMS_REUSE && q->text[ATTR_KMS_KEY - ATTR_NUMBERS] == NULL)
        return NULL;
    attribute_print(attr, q->value[attr], out);
    return out;
}

const char *account_get(struct account *a, struct account_queue *q, const char *attribute)
{
    char *out = a->shown;
    enum attribute attr = attribute_find(text_of(attribute));
    account_begin(a, q);
    switch (attr) {
    case ATTRS:
        return NULL;
    case ATTR_VISIBLE:
    case ATTR_NOT_VISIBLE:
    case ATTR_DELAYED:
        return count_shown(a, q, attr, out);
    case ATTR_CREATED:
    case ATTR_MODIFIED:
        snprintf(out, sizeof(a->shown), "%" PRId64,
                 (attr == ATTR_CREATED ? q->created : q->modified) / SIM_S);
        return out;
    case ATTR_ARN:
        return q->arn;
    default:
        return attr < ATTR_NUMBERS ? print_number(q, attr, out) : q->text[attr - ATTR_NUMBERS];
    }
}

/* --- lists of pairs, by name --- */

static struct pair **place_of(struct pair **list, const char *name)
{
    while (*list != NULL && strcmp((*list)->name, name) < 0)
        list = &(*list)->next;
    return list;
}

static char *copy_of(const char *s)
{
    size_t n = strlen(s) + 1;
    char *copy = mem_get(n);
    return copy == NULL ? NULL : memcpy(copy, s, n);
}

static bool put_pair(struct pair **list, const char *name, const char *value)
{
    struct pair **at = place_of(list, name), *p = *at;
    char *copy = copy_of(value);
    if (copy == NULL)
        return false;
    if (p != NULL && strcmp(p->name, name) == 0) {
        mem_release(p->value);
        p->value = copy;
        return true;
    }
    p = mem_get(sizeof(*p));
    char *key = copy_of(name);
    if (p == NULL || key == NULL) {
        mem_release(p);
        mem_release(key);
        mem_release(copy);
        return false;
    }
    *p = (struct pair){key, copy, *at};
    *at = p;
    return true;
}

static bool drop_pair(struct pair **list, const char *name)
{
    struct pair **at = place_of(list, name), *p = *at;
    if (p == NULL || strcmp(p->name, name) != 0)
        return false;
    *at = p->next;
    mem_release(p->name);
    mem_release(p->value);
    mem_release(p);
    return true;
}

/* --- tags (SQS-15) --- */

enum sqs_outcome account_tag(struct account *a, struct account_queue *q, const char *key,
                             const char *value)
{
    (void)a;
    if (!text_tag_key(text_of(key)) || strlen(value) > 256)
        return SQS_BAD_PARAMETER;
    return put_pair(&q->tags, key, value) ? SQS_OK : SQS_NO_MEMORY;
}

void account_untag(struct account *a, struct account_queue *q, const char *key)
{
    (void)a;
    drop_pair(&q->tags, key);
}

bool account_tag_at(const struct account_queue *q, uint32_t i, const char **key, const char **value)
{
    const struct pair *p = q->tags;
    while (p != NULL && i-- > 0)
        p = p->next;
    if (p == NULL)
        return false;
    *key = p->name;
    *value = p->value;
    return true;
}

/* --- permissions (SQS-144, 145) --- */

enum sqs_outcome account_permit(struct account *a, struct account_queue *q, const char *label,
                                uint32_t n_actions)
{
    (void)a;
    if (n_actions > 7)
        return SQS_TOO_MANY_ACTIONS;
    struct pair *p = *place_of(&q->labels, label);
    if (p != NULL && strcmp(p->name, label) == 0)
        return SQS_LABEL_EXISTS;
    return put_pair(&q->labels, label, "") ? SQS_OK : SQS_NO_MEMORY;
}

enum sqs_outcome account_unpermit(struct account *a, struct account_queue *q, const char *label)
{
    (void)a;
    return drop_pair(&q->labels, label) ? SQS_OK : SQS_NO_LABEL;
}
