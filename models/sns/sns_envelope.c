/* sns_envelope.c - the JSON in which a message arrives that is not delivered raw (SNS-35), and the
 * event of a function (SNS-33). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "sns.h"
#include "sns_text.h"

void sns_string_add(struct sns_string *s, const char *text, size_t n)
{
    if (s->n + n + 1 > s->cap) {
        size_t cap = (s->n + n + 1) * 2;
        char *more = mem_resize(s->at, cap);
        if (more == NULL) {
            s->failed = true;
            return;
        }
        s->at = more;
        s->cap = cap;
    }
    memcpy(s->at + s->n, text, n);
    s->n += n;
    s->at[s->n] = '\0';
}

void sns_string_free(struct sns_string *s)
{
    mem_release(s->at);
    *s = (struct sns_string){0};
}

static void add(struct sns_string *s, const char *text)
{
    sns_string_add(s, text, strlen(text));
}

/* --- JSON --- */

static bool is_plain(char c)
{
    return (unsigned char)c >= ' ' && c != '"' && c != '\\';
}

static void add_escaped(struct sns_string *s, struct sns_text t)
{
    add(s, "\"");
    for (size_t i = 0, n; i < t.n; i += n) {
        char escape[8] = {'\\', t.at[i], '\0'};
        for (n = 0; i + n < t.n && is_plain(t.at[i + n]);)
            n++;
        sns_string_add(s, t.at + i, n);
        if (i + n == t.n)
            break;
        escape[1] = t.at[i + n];
        if ((unsigned char)escape[1] < ' ')
            snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)(unsigned char)t.at[i + n]);
        add(s, escape);
        n++;
    }
    add(s, "\"");
}

static void add_base64(struct sns_string *s, struct sns_text t)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    add(s, "\"");
    for (size_t i = 0; i < t.n; i += 3) {
        uint32_t x = 0;
        for (size_t k = i; k < i + 3; k++)
            x = x << 8 | (k < t.n ? (unsigned char)t.at[k] : 0);
        char four[4] = {digit[x >> 18], digit[x >> 12 & 63], i + 1 < t.n ? digit[x >> 6 & 63] : '=',
                        i + 2 < t.n ? digit[x & 63] : '='};
        sns_string_add(s, four, 4);
    }
    add(s, "\"");
}

static void pair(struct sns_string *s, const char *key, struct sns_text value)
{
    if (s->at[s->n - 1] != '{')
        add(s, ",");
    add_escaped(s, sns_text_of(key));
    add(s, ":");
    add_escaped(s, value);
}

static void add_attributes(struct sns_string *s, const struct sns_envelope *e)
{
    add(s, ",\"MessageAttributes\":{");
    for (uint32_t i = 0; i < e->n_attribute; i++) {
        const struct sns_attribute *a = &e->attribute[i];
        add(s, i == 0 ? "" : ",");
        add_escaped(s, a->name);
        add(s, ":{");
        pair(s, "Type", a->type);
        add(s, ",\"Value\":");
        if (a->binary)
            add_base64(s, a->value);
        else
            add_escaped(s, a->value);
        add(s, "}");
    }
    add(s, "}");
}

/* --- envelopes --- */

static void add_signature(struct sns_string *s, const struct sns_envelope *e, const char *url_key)
{
    char url[200];
    char signature[345]; /* of 256 bytes, in base64 */
    memset(signature, 'S', 344);
    signature[344] = '\0';
    snprintf(url, sizeof(url),
             "https://sns.%s.amazonaws.com/SimpleNotificationService-"
             "00000000000000000000000000000000.pem",
             e->region);
    pair(s, "SignatureVersion", sns_text_of("1"));
    pair(s, "Signature", sns_text_of(signature));
    pair(s, url_key, sns_text_of(url));
}

static void add_unsubscribe(struct sns_string *s, const struct sns_envelope *e, const char *key)
{
    char url[600];
    snprintf(url, sizeof(url),
             "https://sns.%s.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=%s", e->region,
             e->subscription_arn);
    pair(s, key, sns_text_of(url));
}

static void write(struct sns_string *s, const struct sns_envelope *e, bool lambda)
{
    char text[64];
    add(s, "{");
    pair(s, "Type", sns_text_of("Notification"));
    pair(s, "MessageId", sns_text_of(e->id));
    if (e->sequence > 0) {
        snprintf(text, sizeof(text), "%" PRIu64, SNS_SEQUENCE_START + e->sequence);
        pair(s, "SequenceNumber", sns_text_of(text));
    }
    pair(s, "TopicArn", sns_text_of(e->topic_arn));
    if (e->subject.at != NULL)
        pair(s, "Subject", e->subject);
    pair(s, "Message", e->message);
    sns_text_time(text, e->published);
    pair(s, "Timestamp", sns_text_of(text));
    if (e->sequence == 0)
        add_signature(s, e, lambda ? "SigningCertUrl" : "SigningCertURL");
    add_unsubscribe(s, e, lambda ? "UnsubscribeUrl" : "UnsubscribeURL");
    if (e->n_attribute > 0)
        add_attributes(s, e);
    if (e->replayed)
        pair(s, "Replayed", sns_text_of("true"));
    add(s, "}");
}

void sns_envelope_write(struct sns_string *s, const struct sns_envelope *e)
{
    write(s, e, false);
}

void sns_envelope_lambda(struct sns_string *s, const struct sns_envelope *e)
{
    add(s, "{\"Records\":[{");
    pair(s, "EventSource", sns_text_of("aws:sns"));
    pair(s, "EventVersion", sns_text_of("1.0"));
    pair(s, "EventSubscriptionArn", sns_text_of(e->subscription_arn));
    add(s, ",\"Sns\":");
    write(s, e, true);
    add(s, "}]}");
}
