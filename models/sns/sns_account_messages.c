/* sns_account_messages.c - publishing: texts are checked and kept as long as a copy is on its way
 * (SNS-11 … 17, 21 … 29), and what each endpoint gets of them (SNS-15, 33 … 37). */
#include <string.h>

#include "hash.h"
#include "mem.h"
#include "sns_account_int.h"

/* --- parcels: a block for all texts of a message --- */

static struct sns_text put(char **at, struct sns_text t)
{
    if (t.at == NULL)
        return t;
    struct sns_text kept = {*at, t.n};
    memcpy(*at, t.at, t.n);
    *at += t.n;
    return kept;
}

static size_t block_size(const struct sns_letter *l)
{
    size_t n = l->body.n + l->subject.n + l->structure.n + l->group.n + l->dedup.n + l->content.n;
    for (uint32_t i = 0; i < l->n_attribute; i++)
        n += (size_t)sns_attribute_bytes(&l->attribute[i]);
    return n + l->n_attribute * sizeof(struct sns_attribute) + 1;
}

static void fill(struct parcel *p, const struct sns_letter *l)
{
    p->attribute = (struct sns_attribute *)(void *)p->block;
    p->n_attribute = l->n_attribute;
    char *at = p->block + l->n_attribute * sizeof(struct sns_attribute);
    p->body = put(&at, l->body);
    p->subject = put(&at, l->subject);
    p->structure = put(&at, l->structure);
    p->group = put(&at, l->group);
    p->dedup = put(&at, l->dedup.at != NULL ? l->dedup : l->content);
    for (uint32_t i = 0; i < l->n_attribute; i++) {
        const struct sns_attribute *a = &l->attribute[i];
        p->attribute[i] = (struct sns_attribute){put(&at, a->name), put(&at, a->type),
                                                 put(&at, a->value), a->binary};
    }
}

void parcel_free(struct sns_account *a, struct parcel *p)
{
    mem_release(p->block);
    if (p->event != NULL)
        a->config.parse.event_free(p->event);
    if (p->json != NULL)
        a->config.parse.event_free(p->json);
}

void parcel_let_go(struct sns_account *a, uint64_t number)
{
    struct parcel *p = sns_parcel(a, number);
    CHECK(p->needed > 0);
    if (--p->needed > 0)
        return;
    parcel_free(a, p);
    slab_give(&a->parcels, (uint32_t)number);
}

static uint32_t parcel_new(struct sns_account *a, const struct sns_letter *l)
{
    uint32_t i = slab_take(&a->parcels);
    if (i == SLAB_NONE)
        return i;
    struct parcel *p = sns_parcel(a, i);
    *p = (struct parcel){.block = mem_get(block_size(l))};
    if (p->block == NULL) {
        slab_give(&a->parcels, i);
        return SLAB_NONE;
    }
    fill(p, l);
    p->needed = 1; /* by this call */
    if (a->config.parse.events != NULL &&
        !a->config.parse.events(l->body, l->attribute, l->n_attribute, &p->event, &p->json)) {
        parcel_let_go(a, i);
        return SLAB_NONE;
    }
    return i;
}

/* --- what is checked before the topic is asked --- */

static enum sns_outcome check_fifo(const struct sns_topic *t, const struct sns_letter *l)
{
    bool fifo = sns_config(t->core)->fifo;
    const char *content = sns_account_get(t, "ContentBasedDeduplication");
    if (l->group.at != NULL && !sns_text_id(l->group))
        return SNS_BAD_GROUP;
    if (!fifo)
        return l->dedup.at != NULL ? SNS_DEDUP_ON_STANDARD : SNS_OK;
    if (l->group.at == NULL)
        return SNS_MISSING_GROUP;
    if (l->dedup.at != NULL)
        return sns_text_id(l->dedup) ? SNS_OK : SNS_BAD_DEDUP;
    return content != NULL && strcmp(content, "true") == 0 && l->content.at != NULL
               ? SNS_OK
               : SNS_MISSING_DEDUP;
}

static enum sns_outcome check_structure(struct sns_account *a, const struct sns_letter *l)
{
    struct sns_string text = {0};
    if (l->structure.at == NULL)
        return SNS_OK;
    if (!sns_text_is(l->structure, "json"))
        return SNS_BAD_STRUCTURE;
    enum sns_outcome o = a->config.parse.structure(l->body, "default", &text);
    sns_string_free(&text);
    return o;
}

static uint64_t attribute_bytes(const struct sns_letter *l)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < l->n_attribute; i++)
        n += sns_attribute_bytes(&l->attribute[i]);
    return n;
}

static enum sns_outcome check_letter(struct sns_account *a, const struct sns_topic *t,
                                     const struct sns_letter *l)
{
    if (l->body.n == 0)
        return SNS_EMPTY;
    if (l->body.n + attribute_bytes(l) > sns_config(t->core)->max_message)
        return SNS_TOO_LONG;
    if (l->subject.at != NULL && !sns_text_subject(l->subject))
        return SNS_BAD_SUBJECT;
    for (uint32_t i = 0; i < l->n_attribute; i++)
        if (!sns_text_attribute(&l->attribute[i]))
            return SNS_BAD_MESSAGE_ATTRIBUTE;
    enum sns_outcome o = check_structure(a, l);
    return o == SNS_OK ? check_fifo(t, l) : o;
}

/* --- publishing --- */

/* The hash of an id stands for it; 0 and the largest are taken. */
static uint64_t id_number(struct sns_text t)
{
    uint64_t h = t.at == NULL ? 0 : hash_bytes(t.at, t.n);
    return h == SNS_UNIQUE || (t.at != NULL && h == 0) ? 1 : h;
}

static uint32_t group_number(struct sns_text t)
{
    uint32_t h = t.at == NULL ? SNS_NO_GROUP : (uint32_t)hash_bytes(t.at, t.n);
    return t.at != NULL && h == SNS_NO_GROUP ? 1 : h;
}

static struct sns_publish publish_of(const struct sns_letter *l)
{
    return (struct sns_publish){.dedup = id_number(l->dedup.at != NULL ? l->dedup : l->content),
                                .size = (uint32_t)l->body.n,
                                .group = group_number(l->group),
                                .attribute_bytes = (uint32_t)attribute_bytes(l),
                                .n_attributes = l->n_attribute,
                                .event = SNS_LITERAL};
}

static enum sns_outcome publish(struct sns_account *a, struct sns_topic *t,
                                const struct sns_letter *l, struct sns_sent *sent)
{
    struct call call;
    struct sns_published out;
    struct sns_publish p = publish_of(l);
    uint32_t i = parcel_new(a, l);
    if (i == SLAB_NONE)
        return SNS_NO_MEMORY;
    struct parcel *x = sns_parcel(a, i);
    if (!sns_config(t->core)->fifo)
        p.dedup = SNS_NO_DEDUP_ID;
    p.user = i;
    p.attributes = x->event;
    p.body = x->json;
    account_call(a, &call);
    enum sns_outcome o = sns_publish(t->core, &call, &p, &out);
    sns_text_uuid(sent->id, t->number, out.id);
    sent->sequence = out.sequence == 0 ? 0 : SNS_SEQUENCE_START + out.sequence;
    memcpy(x->id, sent->id, sizeof(x->id));
    x->needed += out.copies > 0;
    account_after(t, &call);
    parcel_let_go(a, i);
    return o;
}

static enum sns_outcome admit(struct sns_account *a, struct sns_topic *t,
                              const struct sns_entry *entry, uint32_t n)
{
    struct sns_publish p[SNS_BATCH_MAX];
    struct call call;
    for (uint32_t i = 0; i < n; i++)
        p[i] = publish_of(&entry[i].letter);
    account_call(a, &call);
    enum sns_outcome o = sns_admit(t->core, &call, p, n);
    account_after(t, &call);
    return o;
}

enum sns_outcome sns_account_publish(struct sns_account *a, struct sns_topic *t,
                                     const struct sns_letter *l, struct sns_sent *sent)
{
    struct sns_entry one = {.letter = *l};
    a->reason[0] = '\0';
    *sent = (struct sns_sent){.sequence = 0};
    if (t->deleted)
        return SNS_NO_TOPIC;
    enum sns_outcome o = check_letter(a, t, l);
    if (o == SNS_OK)
        o = admit(a, t, &one, 1);
    return o == SNS_OK ? publish(a, t, l, sent) : o;
}

/* --- batches --- */

static enum sns_outcome check_ids(const struct sns_entry *e, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (!sns_text_entry(e[i].id))
            return SNS_BAD_ENTRY_ID;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < i; k++)
            if (sns_text_same(e[i].id, e[k].id))
                return SNS_SAME_ENTRY_ID;
    return SNS_OK;
}

/* What is wrong with the request as a whole; a FIFO topic's ids are (SNS-17). */
static enum sns_outcome check_batch(const struct sns_topic *t, const struct sns_entry *e,
                                    uint32_t n)
{
    uint64_t bytes = 0;
    if (n == 0)
        return SNS_EMPTY_BATCH;
    if (n > SNS_BATCH_MAX)
        return SNS_TOO_MANY_ENTRIES;
    enum sns_outcome o = check_ids(e, n);
    for (uint32_t i = 0; o == SNS_OK && i < n; i++) {
        bytes += e[i].letter.body.n + attribute_bytes(&e[i].letter);
        if (sns_config(t->core)->fifo)
            o = check_fifo(t, &e[i].letter);
    }
    return o != SNS_OK ? o : bytes > sns_config(t->core)->max_message ? SNS_BATCH_TOO_LONG : SNS_OK;
}

enum sns_outcome sns_account_publish_batch(struct sns_account *a, struct sns_topic *t,
                                           struct sns_entry *e, uint32_t n)
{
    a->reason[0] = '\0';
    enum sns_outcome o = t->deleted ? SNS_NO_TOPIC : check_batch(t, e, n);
    if (o == SNS_OK)
        o = admit(a, t, e, n);
    for (uint32_t i = 0; o == SNS_OK && i < n; i++) {
        e[i].outcome = check_letter(a, t, &e[i].letter);
        if (e[i].outcome == SNS_OK)
            e[i].outcome = publish(a, t, &e[i].letter, &e[i].sent);
    }
    return o;
}

/* --- what an endpoint gets --- */

static bool message_for(struct sns_account *a, const struct sns_member *m, const struct parcel *p,
                        struct sns_string *text)
{
    if (p->structure.at == NULL)
        sns_string_add(text, p->body.at, p->body.n);
    else if (a->config.parse.structure(p->body, m->protocol, text) != SNS_OK)
        return false;
    return !text->failed;
}

static bool in_envelope(const struct sns_member *m, bool raw)
{
    return !raw && m->kind != SNS_EMAIL && m->kind != SNS_SMS && m->kind != SNS_APPLICATION;
}

static bool wrap(struct sns_topic *t, const struct sns_member *m, const struct parcel *p,
                 const struct sns_message *known, struct sns_string *text)
{
    struct sns_string whole = {0};
    struct sns_envelope e = {.id = p->id,
                             .topic_arn = t->arn,
                             .subscription_arn = m->arn,
                             .region = t->account->config.region,
                             .subject = p->subject,
                             .message = {text->at, text->n},
                             .published = known->published,
                             .sequence = known->sequence,
                             .n_attribute = p->n_attribute,
                             .attribute = p->attribute,
                             .replayed = known->replayed};
    if (m->kind == SNS_LAMBDA)
        sns_envelope_lambda(&whole, &e);
    else
        sns_envelope_write(&whole, &e);
    sns_string_free(text);
    *text = whole;
    return !whole.failed;
}

bool parcel_attempt(struct sns_topic *t, const struct sns_attempt *at,
                    struct sns_account_attempt *out, struct sns_string *text)
{
    struct sns_account *a = t->account;
    struct sns_member *m = a->member[at->subscription_user];
    struct sns_message known;
    sns_message(t->core, at->message, &known);
    const struct parcel *p = sns_parcel(a, known.user);
    bool fifo = m->kind == SNS_SQS_FIFO, forwards = fifo || !sns_config(t->core)->fifo;
    if (!message_for(a, m, p, text) || (in_envelope(m, at->raw) && !wrap(t, m, p, &known, text)))
        return false;
    *out = (struct sns_account_attempt){.topic = t,
                                        .member = m,
                                        .endpoint = m->endpoint,
                                        .id = p->id,
                                        .kind = m->kind,
                                        .core = *at,
                                        .body = {text->at, text->n},
                                        .group = forwards ? p->group : (struct sns_text){0},
                                        .dedup = fifo ? p->dedup : (struct sns_text){0}};
    if (at->raw && sns_is_queue(m->kind)) {
        out->n_attribute = p->n_attribute;
        out->attribute = p->attribute;
    }
    return true;
}
