/* script_message.c - calls about messages, and their batches. */
#include "script_message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"

/* --- what a line sends --- */

/* A '#' in a repeated call's text is the number of the call. */
static struct text numbered(const struct script *s, struct text t, bool repeated, char space[64])
{
    const char *mark = repeated && t.at != NULL ? memchr(t.at, '#', t.n) : NULL;
    if (mark == NULL)
        return t;
    snprintf(space, 64, "%.*s%" PRIu64 "%.20s", (int)(mark - t.at), t.at, s->n_unique, mark + 1);
    return text_of(space);
}

/* "*1024" is 1,024 times 'a'. */
static struct text body_of(struct script *s, const struct arg *a, bool repeated,
                           struct parcel_text *space)
{
    int64_t n;
    space->body = NULL;
    if (a->value[0] == '*' && text_integer((struct text){a->value + 1, a->n - 1}, &n) && n > 0) {
        space->body = malloc((size_t)n);
        if (space->body != NULL)
            memset(space->body, 'a', (size_t)n);
        return (struct text){space->body, (size_t)n};
    }
    ++s->n_unique;
    return numbered(s, (struct text){a->value, a->n}, repeated, space->numbered);
}

/* attr:NAME=Type:value */
static bool read_attributes(const struct arg *arg, uint32_t n, struct account_send *m,
                            struct parcel_text *space)
{
    for (uint32_t i = 0; i < n; i++) {
        const struct arg *a = &arg[i];
        if (a->key == NULL || strncmp(a->key, "attr:", 5) != 0)
            continue;
        const char *colon = memchr(a->value, ':', a->n);
        if (colon == NULL || m->n_attribute == ATTRIBUTES)
            return false;
        size_t type = (size_t)(colon - a->value);
        space->attribute[m->n_attribute++] = (struct account_attribute){
            text_of(a->key + 5), {a->value, type}, {colon + 1, a->n - type - 1}};
    }
    m->attribute = space->attribute;
    return true;
}

static const struct arg *key_in(const struct arg *arg, uint32_t n, const char *key)
{
    for (uint32_t i = 0; i < n; i++)
        if (arg[i].key != NULL && strcmp(arg[i].key, key) == 0)
            return &arg[i];
    return NULL;
}

static struct text text_in(const struct arg *arg, uint32_t n, const char *key)
{
    const struct arg *a = key_in(arg, n, key);
    return a == NULL ? (struct text){NULL, 0} : (struct text){a->value, a->n};
}

/* A send to a FIFO queue gets an id of its own, unless the line gives one, or dedup=- for none, or
 * the queue makes one of the content. */
static struct text dedup_of(struct script *s, struct account_queue *q, const struct arg *arg,
                            uint32_t n, struct parcel_text *space)
{
    struct text given = text_in(arg, n, "dedup");
    if (given.at != NULL)
        return given.n == 1 && given.at[0] == '-' ? (struct text){NULL, 0} : given;
    const char *by_content = account_get(s->account, q, "ContentBasedDeduplication");
    if (by_content == NULL || strcmp(by_content, "true") == 0)
        return (struct text){NULL, 0};
    snprintf(space->dedup, sizeof(space->dedup), "unique-%" PRIu64, ++s->n_unique);
    return text_of(space->dedup);
}

bool read_send(struct script *s, struct account_queue *q, const struct arg *body,
               const struct arg *arg, uint32_t n, bool repeated, struct account_send *m,
               struct parcel_text *space)
{
    int64_t delay = -1;
    struct text given = text_in(arg, n, "delay");
    *m = (struct account_send){.body = body_of(s, body, repeated, space)};
    if (given.at != NULL && !text_integer(given, &delay))
        return false;
    m->delay = given.at != NULL && delay < 0
                   ? 1000000
                   : delay; /* "not given" is -1: any other is out of range */
    m->group = numbered(s, text_in(arg, n, "group"), repeated, space->group);
    m->trace = text_in(arg, n, "trace");
    m->dedup = dedup_of(s, q, arg, n, space);
    const char *by_content = account_get(s->account, q, "ContentBasedDeduplication");
    if (by_content != NULL && strcmp(by_content, "true") == 0) {
        digest_sha256(m->body.at, m->body.n, space->content);
        m->content = text_of(space->content);
    }
    return read_attributes(arg, n, m, space);
}

/* --- calls --- */

static bool run_send(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i), *body = line_word(l, &i), *as = line_key(l, "as");
    struct parcel_text space;
    struct account_send m;
    struct account_sent sent = {.sequence = 0};
    if (name == NULL || body == NULL)
        return false;
    struct account_queue *q = script_queue(s, name->value, r);
    if (q == NULL)
        return true;
    bool ok = read_send(s, q, body, l->arg, l->n_arg, l->repeat > 1, &m, &space);
    enum sqs_outcome out = ok ? account_send(s->account, q, &m, &sent) : SQS_OK;
    result_outcome(r, out);
    if (ok && out == SQS_OK) {
        char label[48];
        snprintf(label, sizeof(label), "%.*s", (int)(m.body.n < 40 ? m.body.n : 40), m.body.at);
        sent_result(s, as != NULL ? as->value : space.body != NULL ? body->value : label, &sent, r);
        if (!s->repeating)
            result_digests(r, m.body, m.trace, m.attribute, m.n_attribute);
        result_int(r, "size", (int64_t)account_size(&m));
    }
    free(space.body);
    return ok;
}

static struct poll_note *note_poll(struct script *s, const struct line *l)
{
    const struct arg *as = line_key(l, "as");
    if (s->n_poll == POLLS_MAX)
        return NULL;
    struct poll_note *p = &s->poll[s->n_poll++];
    *p = (struct poll_note){.at = -1};
    snprintf(p->name, sizeof(p->name), "%s", as == NULL ? "" : as->value);
    wishes_of(&p->wishes, l);
    return p;
}

static bool run_recv(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i), *attempt = line_key(l, "attempt");
    static struct account_answer answer;
    if (name == NULL)
        return false;
    struct account_queue *q = script_queue(s, name->value, r);
    if (q == NULL)
        return true;
    struct account_receive call = {
        .max = line_int(l, "max", -1),
        .wait = line_int(l, "wait", -1),
        .visibility = line_int(l, "vt", -1),
        .attempt =
            attempt == NULL ? (struct text){NULL, 0} : (struct text){attempt->value, attempt->n},
        .tag = s->n_poll,
    };
    enum sqs_outcome out = account_receive(s->account, q, &call, &answer);
    if (out == SQS_WAITING) {
        result_text(r, "pending");
        return note_poll(s, l) != NULL;
    }
    struct wishes wishes;
    wishes_of(&wishes, l);
    answer_result(s, &answer, &wishes, r);
    return true;
}

static bool run_answer(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    if (name == NULL)
        return false;
    for (uint32_t k = 0; k < s->n_poll; k++) {
        const struct poll_note *p = &s->poll[k];
        if (strcmp(p->name, name->value) != 0)
            continue;
        if (!p->answered) {
            result_text(r, "pending");
            return true;
        }
        *r = p->result;
        int64_t ms = p->at / SIM_MS;
        if (ms % 1000 == 0)
            result_field(r, "at", "%" PRId64, ms / 1000);
        else
            result_field(r, "at", "%" PRId64 ".%03d", ms / 1000, (int)(ms % 1000));
        return true;
    }
    return false;
}

/* h(a): from the latest receive; h1(a): from the first; anything else is itself. */
const char *receipt_of(struct script *s, const char *word)
{
    bool first = strncmp(word, "h1(", 3) == 0;
    size_t head = first ? 3 : 2, n = strlen(word);
    char name[48];
    if ((!first && strncmp(word, "h(", 2) != 0) || word[n - 1] != ')')
        return word;
    snprintf(name, sizeof(name), "%.*s", (int)(n - head - 1), word + head);
    struct label *l = label_by_name(s, name);
    return l == NULL ? word : first ? l->first : l->last;
}

static bool run_delete(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i), *handle = line_word(l, &i);
    if (name == NULL || handle == NULL)
        return false;
    struct account_queue *q = script_queue(s, name->value, r);
    if (q != NULL)
        result_outcome(r, account_delete_message(s->account, q, receipt_of(s, handle->value)));
    return true;
}

static bool run_change(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i), *handle = line_word(l, &i), *v = line_word(l, &i);
    int64_t seconds;
    if (name == NULL || handle == NULL || v == NULL ||
        !text_integer((struct text){v->value, v->n}, &seconds))
        return false;
    struct account_queue *q = script_queue(s, name->value, r);
    if (q != NULL)
        result_outcome(r, account_change(s->account, q, receipt_of(s, handle->value), seconds));
    return true;
}

const struct verb verbs_message[] = {
    {"send", run_send,
     "send QUEUE BODY [delay=S] [group=G] [dedup=D] [trace=T] [attr:NAME=Type:value…] [as=NAME]"},
    {"recv", run_recv,
     "recv QUEUE [max=N] [wait=S] [vt=S] [attempt=ID] [attributes=A,…] [system=A,…] [as=POLL]"},
    {"answer", run_answer, "answer POLL"},
    {"delete", run_delete, "delete QUEUE HANDLE"},
    {"change", run_change, "change QUEUE HANDLE SECONDS"},
    {NULL, NULL, NULL},
};
