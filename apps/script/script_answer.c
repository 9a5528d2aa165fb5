/* script_answer.c - what is told of messages that were sent and received. */
#include "script_message.h"

#include <inttypes.h>
#include <string.h>

#include "digest.h"
#include "sqs_select.h"

void result_int(struct result *r, const char *key, int64_t n)
{
    char number[32];
    snprintf(number, sizeof(number), "%" PRId64, n);
    result_append(r, key, number);
}

void result_digests(struct result *r, struct text body, struct text trace,
                    const struct account_attribute *a, uint32_t n)
{
    char hex[33];
    struct digest_attribute system = {"AWSTraceHeader", "String", trace.at, 14, 6, trace.n};
    if (trace.at != NULL) {
        digest_attributes(&system, 1, hex);
        result_append(r, "md5_system", hex);
    }
    digest_md5(body.at, body.n, hex);
    result_append(r, "md5", hex);
    if (n == 0 || n > ACCOUNT_ATTRIBUTES_MAX)
        return;
    struct digest_attribute d[ACCOUNT_ATTRIBUTES_MAX];
    for (uint32_t i = 0; i < n; i++)
        d[i] = (struct digest_attribute){a[i].name.at, a[i].type.at, a[i].value.at,
                                         a[i].name.n,  a[i].type.n,  a[i].value.n};
    digest_attributes(d, n, hex);
    result_append(r, "md5_attributes", hex);
}

void sent_result(struct script *s, const char *name, const struct account_sent *sent,
                 struct result *r)
{
    char number[32];
    struct label *known = label_by_id(s, sent->id);
    result_append(r, "same", known == NULL ? "new" : known->name);
    snprintf(number, sizeof(number), "%" PRIu64, sent->sequence);
    result_append(r, "sequence", sent->sequence == 0 ? "none" : number);
    if (known == NULL)
        label_add(s, name, sent->id);
}

/* --- receives --- */

static const char *label_of(struct script *s, const struct account_message *m, char own[48])
{
    struct label *l = label_by_id(s, m->id);
    if (l == NULL) {
        snprintf(own, 48, "%.*s", (int)(m->body.n < 40 ? m->body.n : 40), m->body.at);
        l = label_add(s, own, m->id);
    }
    if (l == NULL)
        return own;
    if (l->first[0] == '\0')
        snprintf(l->first, sizeof(l->first), "%s", m->receipt);
    snprintf(l->last, sizeof(l->last), "%s", m->receipt);
    return l->name;
}

static void text_field(struct result *r, const char *key, struct text t)
{
    char copy[160];
    snprintf(copy, sizeof(copy), "%.*s", t.at == NULL ? 6 : (int)(t.n < 150 ? t.n : 150),
             t.at == NULL ? "absent" : t.at);
    result_append(r, key, copy);
}

/* System attributes are listed when they are asked for. */
static bool asked(const struct wishes *w, const char *name)
{
    return select_system(w->system, w->n_system, name);
}

static void system_fields(const struct account_message *m, const struct wishes *w, struct result *r)
{
    char number[32];
    if (asked(w, "ApproximateReceiveCount"))
        result_int(r, "count", m->receives);
    if (asked(w, "ApproximateFirstReceiveTimestamp"))
        result_int(r, "first", m->first_ms);
    if (asked(w, "SentTimestamp"))
        result_int(r, "sent", m->sent_ms);
    if (asked(w, "MessageGroupId"))
        text_field(r, "group", m->group);
    if (asked(w, "MessageDeduplicationId"))
        text_field(r, "dedup", m->dedup);
    if (asked(w, "AWSTraceHeader"))
        text_field(r, "trace", m->trace);
    snprintf(number, sizeof(number), "%" PRIu64, m->sequence);
    if (asked(w, "SequenceNumber"))
        result_append(r, "sequence", m->sequence == 0 ? "none" : number);
    const char *source = m->source_arn == NULL ? NULL : strrchr(m->source_arn, ':');
    if (asked(w, "DeadLetterQueueSourceArn"))
        result_append(r, "source", source == NULL ? "none" : source + 1);
}

/* Their names, and the digest over those that came (SQS-29). */
static void attribute_fields(const struct account_message *m, const struct wishes *w,
                             struct result *r)
{
    struct account_attribute came[ACCOUNT_ATTRIBUTES_MAX];
    char names[300] = "none";
    size_t at = 0;
    uint32_t n = select_attributes(m, w->attribute, w->n_attribute, came);
    for (uint32_t i = 0; i < n && at < sizeof(names); i++)
        at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%.*s", i == 0 ? "" : "+",
                               (int)came[i].name.n, came[i].name.at);
    result_append(r, "attributes", names);
    struct text trace = asked(w, "AWSTraceHeader") ? m->trace : (struct text){NULL, 0};
    result_digests(r, m->body, trace, came, n);
}

static void message_fields(struct script *s, const struct account_message *m,
                           const struct wishes *w, struct result *r)
{
    const struct label *l = label_by_id(s, m->id);
    result_append(r, "handle", l != NULL && strcmp(l->last, m->receipt) == 0 ? "same" : "new");
    text_field(r, "body", m->body);
    system_fields(m, w, r);
    attribute_fields(m, w, r);
}

/* attributes=a,order.* system=SentTimestamp; without them everything is asked for; "-" is nothing. */
static uint32_t read_wishes(struct text *wish, char *copy, size_t size, const struct arg *a)
{
    uint32_t n = 0;
    snprintf(copy, size, "%s", a == NULL ? "All" : strcmp(a->value, "-") == 0 ? "" : a->value);
    for (char *at = copy; at != NULL && *at != '\0' && n < WISHES_MAX;) {
        char *comma = strchr(at, ',');
        if (comma != NULL)
            *comma = '\0';
        wish[n++] = text_of(at);
        at = comma == NULL ? NULL : comma + 1;
    }
    return n;
}

void wishes_of(struct wishes *w, const struct line *l)
{
    w->n_attribute =
        read_wishes(w->attribute, w->copy[0], sizeof(w->copy[0]), line_key(l, "attributes"));
    w->n_system = read_wishes(w->system, w->copy[1], sizeof(w->copy[1]), line_key(l, "system"));
}

void answer_result(struct script *s, const struct account_answer *a, const struct wishes *w,
                   struct result *r)
{
    char own[48];
    size_t at = 1;
    r->n_field = 0;
    if (a->outcome != SQS_OK) {
        result_outcome(r, a->outcome);
        return;
    }
    result_text(r, "[");
    for (uint32_t i = 0; i < a->n && at < sizeof(r->text); i++) {
        if (!s->repeating)
            message_fields(s, &a->message[i], w, r);
        at += (size_t)snprintf(r->text + at, sizeof(r->text) - at, "%s%s", i == 0 ? "" : ",",
                               label_of(s, &a->message[i], own));
    }
    snprintf(r->text + at, sizeof(r->text) - at, "]");
    result_field(r, "n", "%u", a->n);
}
