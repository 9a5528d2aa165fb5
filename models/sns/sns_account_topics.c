/* sns_account_topics.c - topics by name: what makes them, changes them, removes them (SNS-1, 2, 3,
 * 10, 77). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "sns_account_int.h"

static const char *const attribute_name[TOPIC_ATTRIBUTES] = {"FifoTopic",
                                                             "ContentBasedDeduplication",
                                                             "FifoThroughputScope",
                                                             "DeliveryPolicy",
                                                             "ArchivePolicy",
                                                             "DisplayName",
                                                             "Policy",
                                                             "KmsMasterKeyId",
                                                             "SignatureVersion",
                                                             "TracingConfig",
                                                             "DataProtectionPolicy"};

static int attribute_of(struct sns_text name)
{
    for (int i = 0; i < TOPIC_ATTRIBUTES; i++)
        if (sns_text_is(name, attribute_name[i]))
            return i;
    return -1;
}

static bool is_tag(struct sns_text name)
{
    return name.n > 4 && memcmp(name.at, "tag:", 4) == 0;
}

/* --- finding --- */

static struct sns_topic *by_name(const struct sns_account *a, const char *name)
{
    for (uint32_t i = 0; i < a->n_topic; i++)
        if (!a->topic[i]->deleted && strcmp(a->topic[i]->name, name) == 0)
            return a->topic[i];
    return NULL;
}

/* The name in an ARN of this region; NULL: it is malformed, or another region's (SNS-10). */
static const char *name_in(const struct sns_account *a, const char *arn)
{
    char begin[64];
    if (strchr(arn, ':') == NULL)
        return arn;
    int n = snprintf(begin, sizeof(begin), "arn:aws:sns:%s:", a->config.region);
    if (strncmp(arn, begin, (size_t)n) != 0)
        return NULL;
    const char *account = arn + n, *colon = strchr(account, ':');
    return colon == NULL || colon - account != 12 || strchr(colon + 1, ':') != NULL ? NULL
                                                                                    : colon + 1;
}

enum sns_outcome sns_account_find(struct sns_account *a, const char *arn, struct sns_topic **t)
{
    const char *name = name_in(a, arn);
    a->reason[0] = '\0';
    *t = name == NULL ? NULL : by_name(a, name);
    return name == NULL ? SNS_BAD_ARN : *t == NULL ? SNS_NO_TOPIC : SNS_OK;
}

const char *sns_account_arn(const struct sns_topic *t)
{
    return t->arn;
}
struct sns *sns_account_core(struct sns_topic *t)
{
    return t->core;
}

const char *sns_account_get(const struct sns_topic *t, const char *attribute)
{
    int i = attribute_of(sns_text_of(attribute));
    if (i >= 0 && t->value[i] != NULL)
        return t->value[i];
    if (i == TOPIC_SCOPE || i == TOPIC_CONTENT)
        return t->value[TOPIC_FIFO] == NULL ? NULL : i == TOPIC_SCOPE ? "Topic" : "false";
    return i == TOPIC_FIFO ? "false" : NULL;
}

/* --- attributes --- */

struct draft {
    struct sns_text value[TOPIC_ATTRIBUTES];
    bool given[TOPIC_ATTRIBUTES];
    struct sns_policy policy;
    bool disable_overrides;
    int64_t archive; /* days */
};

static enum sns_outcome draft_fifo(const struct draft *d, bool fifo)
{
    static const enum topic_attribute only[] = {TOPIC_CONTENT, TOPIC_SCOPE, TOPIC_ARCHIVE};
    for (int i = 0; i < 3; i++)
        if (d->given[only[i]] && !fifo)
            return SNS_BAD_ATTRIBUTE;
    struct sns_text content = d->value[TOPIC_CONTENT], scope = d->value[TOPIC_SCOPE];
    if (d->given[TOPIC_CONTENT] && !sns_text_is(content, "true") && !sns_text_is(content, "false"))
        return SNS_BAD_ATTRIBUTE;
    if (d->given[TOPIC_SCOPE] && !sns_text_is(scope, "Topic") &&
        !sns_text_is(scope, "MessageGroup"))
        return SNS_BAD_ATTRIBUTE;
    return SNS_OK;
}

static enum sns_outcome draft_json(struct sns_account *a, struct draft *d)
{
    struct sns_text policy = d->value[TOPIC_POLICY], archive = d->value[TOPIC_ARCHIVE];
    if (d->given[TOPIC_POLICY] && policy.n > 0 &&
        !a->config.parse.policy(policy, &d->policy, &d->disable_overrides))
        return SNS_BAD_DELIVERY_POLICY;
    if (d->given[TOPIC_ARCHIVE] && archive.n > 0 &&
        (!a->config.parse.archive(archive, &d->archive) || d->archive < 0 || d->archive > 365))
        return SNS_BAD_ARCHIVE;
    return SNS_OK;
}

static enum sns_outcome draft_read(struct sns_account *a, struct draft *d, const struct sns_pair *p,
                                   uint32_t n, bool fifo)
{
    *d = (struct draft){0};
    for (uint32_t i = 0; i < n; i++) {
        int at = attribute_of(p[i].name);
        if (at < 0 && !is_tag(p[i].name))
            return SNS_BAD_ATTRIBUTE_NAME;
        if (at < 0)
            continue;
        d->value[at] = p[i].value;
        d->given[at] = true;
    }
    enum sns_outcome o = draft_fifo(d, fifo);
    return o == SNS_OK ? draft_json(a, d) : o;
}

static bool draft_keep(struct sns_topic *t, const struct draft *d)
{
    for (int i = 0; i < TOPIC_ATTRIBUTES; i++) {
        if (!d->given[i])
            continue;
        char *copy = d->value[i].n == 0 ? NULL : account_copy(d->value[i]);
        if (copy == NULL && d->value[i].n > 0)
            return false;
        mem_release(t->value[i]);
        t->value[i] = copy;
    }
    if (d->given[TOPIC_SCOPE])
        sns_set_scope(t->core, sns_text_is(d->value[TOPIC_SCOPE], "MessageGroup"));
    if (d->given[TOPIC_ARCHIVE])
        sns_set_archive(t->core, d->archive * SIM_DAY);
    if (d->given[TOPIC_ARCHIVE] && d->archive == 0) {
        mem_release(t->value[TOPIC_ARCHIVE]);
        t->value[TOPIC_ARCHIVE] = NULL;
    }
    if (d->given[TOPIC_POLICY]) {
        t->policy = d->policy;
        t->disable_overrides = d->disable_overrides;
    }
    return true;
}

/* --- creating --- */

static struct tag *tag_of(const struct sns_topic *t, struct sns_text name)
{
    struct tag *g = t->tags;
    while (g != NULL && !sns_text_is(name, g->name))
        g = g->next;
    return g;
}

static enum sns_outcome compare(const struct sns_topic *t, const struct sns_pair *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        char name[64];
        snprintf(name, sizeof(name), "%.*s", (int)(p[i].name.n < 63 ? p[i].name.n : 63),
                 p[i].name.at);
        const char *now = is_tag(p[i].name) ? NULL : sns_account_get(t, name);
        if (!is_tag(p[i].name) && !sns_text_is(p[i].value, now == NULL ? "" : now))
            return attribute_of(p[i].name) == TOPIC_FIFO ? SNS_FIFO_IS_FIXED : SNS_TOPIC_DIFFERS;
        struct sns_text tag = {p[i].name.at + 4, p[i].name.n - 4};
        const struct tag *g = is_tag(p[i].name) ? tag_of(t, tag) : NULL;
        if (is_tag(p[i].name) && (g == NULL || !sns_text_is(p[i].value, g->value)))
            return SNS_TAGS_DIFFER;
    }
    return SNS_OK;
}

static bool add_tags(struct sns_topic *t, const struct sns_pair *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!is_tag(p[i].name))
            continue;
        struct tag *g = mem_get_zero(1, sizeof(*g));
        if (g == NULL)
            return false;
        g->next = t->tags;
        t->tags = g;
        g->name = account_copy((struct sns_text){p[i].name.at + 4, p[i].name.n - 4});
        g->value = account_copy(p[i].value);
        if (g->name == NULL || g->value == NULL)
            return false;
    }
    return true;
}

static uint32_t count_topics(const struct sns_account *a, bool fifo)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n_topic; i++)
        n += !a->topic[i]->deleted && sns_config(a->topic[i]->core)->fifo == fifo;
    return n;
}

static struct sns_topic *topic_new(struct sns_account *a, const char *name, bool fifo)
{
    struct sns_topic *t = mem_get_zero(1, sizeof(*t));
    if (t == NULL ||
        !account_grow((void **)&a->topic, &a->cap_topic, a->n_topic, sizeof(*a->topic)) ||
        !sns_open(&t->core, fifo ? &a->config.fifo : &a->config.standard, NULL)) {
        mem_release(t);
        return NULL;
    }
    t->account = a;
    snprintf(t->name, sizeof(t->name), "%s", name);
    snprintf(t->arn, sizeof(t->arn), "arn:aws:sns:%s:%s:%s", a->config.region, a->config.id,
             t->name);
    t->number = a->n_topic;
    a->topic[a->n_topic++] = t;
    return t;
}

enum sns_outcome sns_account_create(struct sns_account *a, const char *name,
                                    const struct sns_pair *p, uint32_t n, struct sns_topic **out)
{
    struct draft d;
    bool fifo = false;
    a->reason[0] = '\0';
    for (uint32_t i = 0; i < n; i++)
        fifo |= sns_text_is(p[i].name, "FifoTopic") && sns_text_is(p[i].value, "true");
    *out = by_name(a, name);
    if (*out != NULL)
        return compare(*out, p, n);
    if (!sns_text_topic(sns_text_of(name), fifo))
        return SNS_BAD_TOPIC_NAME;
    enum sns_outcome o = draft_read(a, &d, p, n, fifo);
    if (o != SNS_OK)
        return o;
    if (count_topics(a, fifo) >= (fifo ? a->config.fifo_topics_max : a->config.topics_max))
        return SNS_TOPIC_LIMIT;
    *out = topic_new(a, name, fifo);
    return *out != NULL && draft_keep(*out, &d) && add_tags(*out, p, n) ? SNS_OK : SNS_NO_MEMORY;
}

enum sns_outcome sns_account_set(struct sns_account *a, struct sns_topic *t, struct sns_pair p)
{
    struct draft d;
    a->reason[0] = '\0';
    if (sns_text_is(p.name, "FifoTopic"))
        return SNS_FIFO_IS_FIXED;
    enum sns_outcome o = draft_read(a, &d, &p, 1, sns_config(t->core)->fifo);
    if (o != SNS_OK)
        return o;
    if (!draft_keep(t, &d))
        return SNS_NO_MEMORY;
    for (uint32_t i = 0; i < a->n_member; i++)
        if (a->member[i]->live && a->member[i]->topic == t)
            member_use_policy(a->member[i]);
    struct call call; /* an archive that is off is empty at once */
    account_call(a, &call);
    sns_advance(t->core, &call);
    account_after(t, &call);
    return SNS_OK;
}

enum sns_outcome sns_account_delete(struct sns_account *a, const char *arn)
{
    struct sns_topic *t;
    enum sns_outcome o = sns_account_find(a, arn, &t);
    if (o != SNS_OK)
        return o == SNS_NO_TOPIC ? SNS_NOTHING : o;
    if (sns_config(t->core)->archive > 0)
        return SNS_ARCHIVE_IN_USE;
    for (uint32_t i = 0; i < a->n_member; i++)
        if (a->member[i]->live && a->member[i]->topic == t)
            member_end(a->member[i]);
    t->deleted = true;
    return SNS_OK;
}
