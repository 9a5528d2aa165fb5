/* script_publish.c - publishing, what endpoints answer, and what became of it. */
#include "script_sns.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"

#define ATTRIBUTES 64

struct letter_space { /* what a letter's texts stand in */
    char *body;
    char numbered[64], group[64], dedup[64], hex[65];
    struct sns_attribute attribute[ATTRIBUTES];
};

static struct sns_text text_for(const struct arg *arg, uint32_t n, const char *key)
{
    for (uint32_t i = 0; i < n; i++)
        if (arg[i].key != NULL && strcmp(arg[i].key, key) == 0)
            return (struct sns_text){arg[i].value, arg[i].n};
    return (struct sns_text){NULL, 0};
}

/* A '#' in a repeated call's text is the number of the call. */
static struct sns_text numbered(const struct script *s, struct sns_text t, bool repeated,
                                char space[64])
{
    const char *mark = repeated && t.at != NULL ? memchr(t.at, '#', t.n) : NULL;
    if (mark == NULL)
        return t;
    snprintf(space, 64, "%.*s%" PRIu64 "%.20s", (int)(mark - t.at), t.at, s->n_unique, mark + 1);
    return sns_text_of(space);
}

static struct sns_text body_of(struct script *s, const struct arg *a, bool repeated,
                               struct letter_space *space)
{
    int64_t n;
    space->body = NULL;
    s->n_unique++;
    if (a->value[0] != '*' || !text_integer(text_of(a->value + 1), &n) || n <= 0)
        return numbered(s, (struct sns_text){a->value, a->n}, repeated, space->numbered);
    space->body = malloc((size_t)n);
    if (space->body != NULL)
        memset(space->body, 'a', (size_t)n);
    return (struct sns_text){space->body, (size_t)n};
}

/* attr:NAME=Type:value; Binary values are given as such. */
static bool read_attributes(const struct arg *arg, uint32_t n, struct sns_letter *l,
                            struct letter_space *space)
{
    for (uint32_t i = 0; i < n; i++) {
        const struct arg *a = &arg[i];
        if (a->key == NULL || strncmp(a->key, "attr:", 5) != 0)
            continue;
        const char *colon = memchr(a->value, ':', a->n);
        if (colon == NULL || l->n_attribute == ATTRIBUTES)
            return false;
        size_t type = (size_t)(colon - a->value);
        bool wrong = a->value[0] == '!'; /* the value stands in the other field */
        space->attribute[l->n_attribute++] =
            (struct sns_attribute){sns_text_of(a->key + 5),
                                   {a->value + wrong, type - wrong},
                                   {colon + 1, a->n - type - 1},
                                   (strncmp(a->value + wrong, "Binary", 6) == 0) != wrong};
    }
    l->attribute = space->attribute;
    return true;
}

static bool read_letter(struct script *s, struct sns_topic *t, const struct arg *body,
                        const struct arg *arg, uint32_t n, bool repeated, struct sns_letter *l,
                        struct letter_space *space)
{
    const char *content = sns_account_get(t, "ContentBasedDeduplication");
    *l = (struct sns_letter){.body = body_of(s, body, repeated, space)};
    l->subject = text_for(arg, n, "subject");
    l->structure = text_for(arg, n, "structure");
    l->group = numbered(s, text_for(arg, n, "group"), repeated, space->group);
    l->dedup = text_for(arg, n, "dedup");
    bool by_content = content != NULL && strcmp(content, "true") == 0;
    if (by_content) {
        digest_sha256(l->body.at, l->body.n, space->hex);
        l->content = sns_text_of(space->hex);
    }
    if (l->dedup.n == 1 && l->dedup.at[0] == '-') {
        l->dedup = (struct sns_text){NULL, 0};
    } else if (l->dedup.at == NULL && sns_config(sns_account_core(t))->fifo && !by_content) {
        snprintf(space->dedup, sizeof(space->dedup), "unique-%" PRIu64, ++s->n_unique);
        l->dedup = sns_text_of(space->dedup);
    }
    return read_attributes(arg, n, l, space);
}

static void note_sent(struct script *s, const char *name, const struct sns_sent *sent,
                      struct result *r)
{
    const struct label *known = label_by_id(s, sent->id);
    result_field(r, "same", "%s", known == NULL ? "new" : known->name);
    if (known == NULL)
        label_known(s, name, sent->id);
    result_field(r, "id", "%s", sent->id);
    result_field(r, "sequence", "%" PRIu64, sent->sequence);
}

/* The name must be known before the queues get the message: ids are those that will be given. */
static bool run_publish(struct script *s, const struct line *l, struct result *r)
{
    static struct letter_space space;
    struct sns_letter letter;
    struct sns_sent sent;
    char label[48];
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i), *body = line_word(l, &i), *as = line_key(l, "as");
    if (body == NULL)
        return false;
    struct sns_topic *t = script_topic(s->topics, name->value, r);
    if (t == NULL)
        return true;
    bool ok = read_letter(s, t, body, l->arg, l->n_arg, l->repeat > 1, &letter, &space);
    snprintf(label, sizeof(label), "%.40s", as != NULL ? as->value : body->value);
    snprintf(s->publishing, sizeof(s->publishing), "%s", label);
    enum sns_outcome o = ok ? sns_account_publish(s->topics->account, t, &letter, &sent) : SNS_OK;
    s->publishing[0] = '\0';
    sns_result(s->topics, r, o);
    if (ok && !sns_refused(o))
        note_sent(s, label, &sent, r);
    free(space.body);
    return ok;
}

/* ID BODY [key=value…] [; …] */
static bool run_publish_batch(struct script *s, const struct line *l, struct result *r)
{
    static struct letter_space space[16];
    static struct sns_entry entry[16];
    uint32_t n = 0, i = 0;
    const struct arg *name = line_word(l, &i);
    if (name == NULL)
        return false;
    struct sns_topic *t = script_topic(s->topics, name->value, r);
    if (t == NULL)
        return true;
    memset(space, 0, sizeof(space));
    for (uint32_t k = 1; k + 1 < l->n_arg && n < 16; n++) {
        uint32_t end = k;
        while (end < l->n_arg && (l->arg[end].key != NULL || strcmp(l->arg[end].value, ";") != 0))
            end++;
        if (end < k + 2 || !read_letter(s, t, &l->arg[k + 1], l->arg + k, end - k, false,
                                        &entry[n].letter, &space[n]))
            return false;
        entry[n].id = (struct sns_text){l->arg[k].value, l->arg[k].n};
        k = end + 1;
    }
    enum sns_outcome o = sns_account_publish_batch(s->topics->account, t, entry, n);
    sns_result(s->topics, r, o);
    if (o == SNS_OK)
        result_text(r, "%s", "");
    for (uint32_t k = 0; o == SNS_OK && k < n; k++) {
        size_t at = strlen(r->text);
        const char *code = sns_outcome_row(entry[k].outcome)->code;
        snprintf(r->text + at, sizeof(r->text) - at, "%s%.*s:%s", k == 0 ? "" : " ",
                 (int)entry[k].id.n, entry[k].id.at, code == NULL ? "ok" : code);
        if (!sns_refused(entry[k].outcome) && label_by_id(s, entry[k].sent.id) == NULL)
            label_known(s, "?", entry[k].sent.id);
    }
    for (uint32_t k = 0; k < 16; k++)
        free(space[k].body);
    return true;
}

/* --- endpoints --- */

static struct member_note *member_word(struct script *s, const struct line *l, uint32_t *i)
{
    const struct arg *a = line_word(l, i);
    return a == NULL ? NULL : member_by_name(s->topics, a->value);
}

static bool run_endpoint(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct member_note *n = member_word(s, l, &i);
    if (n == NULL)
        return false;
    n->n_answer = n->next = 0;
    for (const struct arg *a = line_word(l, &i); a != NULL && n->n_answer < ANSWERS_MAX;
         a = line_word(l, &i))
        snprintf(n->answer[n->n_answer++], sizeof(n->answer[0]), "%.11s", a->value);
    result_text(r, "ok");
    return true;
}

static bool run_attempts(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct member_note *n = member_word(s, l, &i);
    char text[32];
    size_t at = 1;
    if (n == NULL)
        return false;
    result_text(r, "[");
    for (uint64_t k = 0; k < n->n_attempt && k < TIMES_MAX; k++) {
        print_seconds(text, n->at[k]);
        at += (size_t)snprintf(r->text + at, sizeof(r->text) - at, "%s%s", k == 0 ? "" : ",", text);
    }
    snprintf(r->text + at, sizeof(r->text) - at, "]");
    result_field(r, "n", "%" PRIu64, n->n_attempt);
    print_seconds(text, n->last);
    result_field(r, "last", "%s", n->n_attempt == 0 ? "-" : text);
    return true;
}

static bool run_fate(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct member_note *n = member_word(s, l, &i);
    struct sns_line_counts c;
    char text[32];
    if (n == NULL)
        return false;
    struct sns *t = sns_account_core(sns_account_member_topic(n->member));
    sns_line_counts(t, sns_account_member_number(n->member), &c);
    uint64_t waiting = c.deliveries.waiting + c.deliveries.under_way;
    result_text(r, "%s", waiting > 0 ? "waiting" : "settled");
    result_field(r, "delivered", "%" PRIu64, c.deliveries.delivered);
    result_field(r, "dead", "%" PRIu64, c.deliveries.dead);
    result_field(r, "dropped", "%" PRIu64, c.deliveries.dropped);
    result_field(r, "retries", "%" PRIu64, c.deliveries.retries);
    result_field(r, "waiting", "%" PRIu64, waiting);
    result_field(r, "filtered", "%" PRIu64, c.filtered);
    print_seconds(text, n->delivered_at);
    result_field(r, "at", "%s", n->delivered == 0 ? "-" : text);
    return true;
}

static bool run_sent(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct member_note *n = member_word(s, l, &i);
    if (n == NULL)
        return false;
    char keys[512];
    bool json =
        n->body != NULL && sns_json_keys((struct sns_text){n->body, n->bytes}, keys, sizeof(keys));
    result_text(r, "%s", n->body == NULL ? "nothing" : json ? keys : "raw");
    result_field(r, "bytes", "%zu", n->bytes);
    result_field(r, "group", "%s", n->group[0] == '\0' ? "none" : n->group);
    return true;
}

const struct verb verbs_publish[] = {
    {"publish", run_publish,
     "publish TOPIC BODY [subject=S] [structure=json] [group=G] [dedup=D] [attr:NAME=Type:value…] "
     "[as=NAME]"},
    {"publish_batch", run_publish_batch, "publish_batch TOPIC ID BODY [key=value…] [; ID BODY …]"},
    {"endpoint", run_endpoint, "endpoint SUBSCRIPTION ANSWER…"},
    {"tries", run_attempts, "tries SUBSCRIPTION"},
    {"fate", run_fate, "fate SUBSCRIPTION"},
    {"sent", run_sent, "sent SUBSCRIPTION"},
    {NULL, NULL, NULL},
};
