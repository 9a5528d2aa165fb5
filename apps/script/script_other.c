/* script_other.c - move tasks, and the pure functions beside the queues: digests, prices, access.
 */
#include "script.h"

#include <inttypes.h>
#include <string.h>

#include "digest.h"
#include "sqs_access.h"
#include "sqs_price.h"

static void arn_of(const struct script *s, const char *name, char out[192])
{
    snprintf(out, 192, "arn:aws:sqs:%s:%s:%.100s", s->config.region, s->config.id, name);
}

static bool run_move(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i), *to = line_key(l, "to"), *as = line_key(l, "as");
    char source[192], destination[192], handle[64] = "";
    if (name == NULL || s->n_task == ARRAY_LEN(s->task))
        return false;
    arn_of(s, name->value, source);
    arn_of(s, to == NULL ? "" : to->value, destination);
    enum sqs_outcome out = account_move_start(s->account, source, to == NULL ? NULL : destination,
                                              line_int(l, "rate", -1), handle);
    result_outcome(r, out);
    if (out == SQS_OK) {
        snprintf(s->task[s->n_task][0], 64, "%s", as == NULL ? "task" : as->value);
        snprintf(s->task[s->n_task++][1], 64, "%s", handle);
    }
    return true;
}

static bool run_cancel(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    if (name == NULL)
        return false;
    const char *handle = name->value;
    for (uint32_t k = 0; k < s->n_task; k++)
        if (strcmp(s->task[k][0], name->value) == 0)
            handle = s->task[k][1];
    uint64_t moved = 0;
    result_outcome(r, account_move_cancel(s->account, handle, &moved));
    result_field(r, "moved", "%" PRIu64, moved);
    return true;
}

/* The newest task, or the one so many before it. */
static bool run_task(struct script *s, const struct line *l, struct result *r)
{
    static const char *const state[] = {"RUNNING", "COMPLETED", "CANCELLING", "CANCELLED",
                                        "FAILED"};
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    char source[192];
    struct account_task t;
    if (name == NULL)
        return false;
    arn_of(s, name->value, source);
    if (!account_move_at(s->account, source, (uint32_t)line_int(l, "back", 0), &t)) {
        result_text(r, "absent");
        return true;
    }
    result_text(r, "%s", state[t.state]);
    result_field(r, "moved", "%" PRIu64, t.moved);
    result_field(r, "to_move", "%" PRIu64, t.to_move);
    result_field(r, "handle", "%s", t.handle[0] == '\0' ? "absent" : "present");
    result_field(r, "failure", "%s", t.failure == NULL ? "none" : t.failure);
    return true;
}

/* --- digests --- */

static bool run_digest(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *text = line_word(l, &i);
    char hex[65];
    (void)s;
    if (text == NULL)
        return false;
    if (l->verb[0] == 'm')
        digest_md5(text->value, text->n, hex);
    else
        digest_sha256(text->value, text->n, hex);
    result_text(r, "%s", hex);
    return true;
}

/* --- money --- */

static bool run_requests(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *a = line_word(l, &i);
    int64_t bytes;
    (void)s;
    if (a == NULL || !text_integer((struct text){a->value, a->n}, &bytes))
        return false;
    result_text(r, "%" PRIu64, price_requests((uint64_t)bytes));
    return true;
}

/* Dollars with all their digits, without trailing zeros below the cents. */
static void print_dollars(struct result *r, __int128 nano)
{
    char text[40];
    int n = snprintf(text, sizeof(text), "%" PRId64 ".%09d", (int64_t)(nano / 1000000000),
                     (int)(nano % 1000000000));
    while (text[n - 1] == '0' && text[n - 3] != '.')
        text[--n] = '\0';
    result_text(r, "%s", text);
}

static bool run_bill(struct script *s, const struct line *l, struct result *r)
{
    (void)s;
    struct price_use use = {
        .standard = (uint64_t)line_int(l, "standard", 0),
        .fifo = (uint64_t)line_int(l, "fifo", 0),
        .fair = (uint64_t)line_int(l, "fair", 0),
        .free_tier = (int)line_int(l, "free_tier", 1),
    };
    print_dollars(r, price_month(&use));
    return true;
}

static bool run_kms(struct script *s, const struct line *l, struct result *r)
{
    (void)s;
    int64_t b = line_int(l, "B", -1), d = line_int(l, "D", 300), p = line_int(l, "P", 0),
            c = line_int(l, "C", 0);
    if (b < 0 || d < 1 || p < 0 || c < 0)
        return false;
    result_text(r, "%" PRIu64, price_kms((uint64_t)b, (uint64_t)d, (uint64_t)p, (uint64_t)c));
    return true;
}

/* --- access: statements as effect[:principal][:condition] --- */

#define OWN   "111122223333"
#define OTHER "444455556666"

struct statement_space {
    struct access_statement statement[4];
    const char *principal[4];
    struct access_condition condition[4];
    char text[4][2][96];
    struct access_policy policy;
};

static bool read_condition(const char *word, struct access_condition *c, char value[96])
{
    static const struct {
        const char *name;
        enum access_condition_kind kind;
    } row[] = {{"source-arn=", CONDITION_SOURCE_ARN},
               {"source-account=", CONDITION_SOURCE_ACCOUNT},
               {"ip=", CONDITION_SOURCE_IP},
               {"secure=", CONDITION_SECURE}};
    *c = (struct access_condition){.negate = word[0] == '!'};
    word += c->negate;
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        size_t n = strlen(row[i].name);
        if (strncmp(word, row[i].name, n) != 0)
            continue;
        c->kind = row[i].kind;
        snprintf(value, 96, "%s", word + n);
        c->value = value;
        return true;
    }
    return false;
}

static void expand_principal(const char *word, char out[96])
{
    if (strcmp(word, "root") == 0)
        snprintf(out, 96, "arn:aws:iam::" OWN ":root");
    else if (strncmp(word, "role@", 5) == 0)
        snprintf(out, 96, "arn:aws:iam::%s:role/R", word[5] == 's' ? OWN : OTHER);
    else
        snprintf(out, 96, "%s", word);
}

/* "allow/root", "deny/role@same/!secure=true"; several with '+'. "none" is no policy at all. */
static bool read_policy(const char *word, struct statement_space *p)
{
    static const char *const any[] = {"sqs:*"};
    char copy[256], *end;
    *p = (struct statement_space){.policy.n = 0};
    snprintf(copy, sizeof(copy), "%s", word);
    for (char *at = strtok_r(copy, "+", &end); at != NULL; at = strtok_r(NULL, "+", &end)) {
        uint32_t i = p->policy.n;
        if (strcmp(at, "none") == 0)
            break;
        if (i == 4)
            return false;
        struct access_statement *x = &p->statement[i];
        char *part_end, *effect = strtok_r(at, "/", &part_end),
                        *who = strtok_r(NULL, "/", &part_end),
                        *when = strtok_r(NULL, "", &part_end);
        *x = (struct access_statement){.allow = effect[0] == 'a', .action = any, .n_action = 1};
        if (who != NULL && who[0] != '\0' && strcmp(who, "-") != 0) {
            expand_principal(who, p->text[i][0]);
            p->principal[i] = p->text[i][0];
            x->principal = &p->principal[i];
            x->n_principal = 1;
        }
        if (when != NULL) {
            if (!read_condition(when, &p->condition[i], p->text[i][1]))
                return false;
            x->condition = &p->condition[i];
            x->n_condition = 1;
        }
        p->policy.n++;
    }
    p->policy.statement = p->statement;
    return true;
}

static bool policy_of(const struct line *l, const char *key, struct statement_space *space)
{
    const struct arg *a = line_key(l, key);
    return read_policy(a == NULL ? "none" : a->value, space);
}

static const char *value_of(const struct line *l, const char *key, const char *otherwise)
{
    const struct arg *a = line_key(l, key);
    return a == NULL ? otherwise : a->value;
}

static bool run_access(struct script *s, const struct line *l, struct result *r)
{
    struct statement_space identity, resource, guard;
    const char *caller = value_of(l, "caller", "same");
    bool same = strcmp(caller, "same") == 0, other = strcmp(caller, "other") == 0,
         nobody = strcmp(caller, "anonymous") == 0;
    char role[96];
    (void)s;
    expand_principal(same ? "role@same" : "role@other", role);
    if (!policy_of(l, "identity", &identity) || !policy_of(l, "queue", &resource) ||
        !policy_of(l, "guard", &guard))
        return false;
    struct access_request q = {
        .action = value_of(l, "action", "sqs:SendMessage"),
        .principal = same || other ? role
                     : nobody      ? NULL
                                   : caller,
        .account = same    ? OWN
                   : other ? OTHER
                           : NULL,
        .owner = OWN,
        .is_service = !same && !other && !nobody,
        .source_arn = value_of(l, "source_arn", NULL),
        .source_account = value_of(l, "source_account", NULL),
        .source_ip = value_of(l, "ip", NULL),
        .secure = line_int(l, "secure", 1) != 0,
    };
    const struct access_policy *limit = line_key(l, "guard") == NULL ? NULL : &guard.policy;
    result_text(r, "%s",
                access_allowed(&q, &identity.policy, &resource.policy, limit) ? "allowed"
                                                                              : "denied");
    return true;
}

/* --- the rest --- */

static bool run_rolls(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *a;
    s->n_forced = s->next_forced = 0;
    while ((a = line_word(l, &i)) != NULL) {
        int64_t n;
        if (s->n_forced == ARRAY_LEN(s->forced) || !text_integer((struct text){a->value, a->n}, &n))
            return false;
        s->forced[s->n_forced++] = (uint64_t)n;
    }
    result_text(r, "ok");
    return true;
}

static bool run_pass(struct script *s, const struct line *l, struct result *r)
{
    (void)s;
    (void)l;
    result_text(r, "ok");
    return true;
}

const struct verb verbs_other[] = {
    {"move", run_move, "move DEAD_LETTER_QUEUE [to=QUEUE] [rate=N] [as=TASK]"},
    {"cancel", run_cancel, "cancel TASK"},
    {"task", run_task, "task DEAD_LETTER_QUEUE [back=N]"},
    {"md5", run_digest, "md5 TEXT"},
    {"sha256", run_digest, "sha256 TEXT"},
    {"requests", run_requests, "requests BYTES"},
    {"bill", run_bill, "bill [standard=N] [fifo=N] [fair=N] [free_tier=0]"},
    {"kms", run_kms, "kms B=SECONDS D=SECONDS P=PRODUCERS C=CONSUMERS"},
    {"access", run_access,
     "access caller=same|other|anonymous|SERVICE [identity=P] [queue=P] [guard=P] [action=A] …"},
    {"rolls", run_rolls, "rolls N…"},
    {"pass", run_pass, "pass"},
    {NULL, NULL, NULL},
};
