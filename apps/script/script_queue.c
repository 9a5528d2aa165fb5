/* script_queue.c - calls about queues: create, set, get, list, tags, permissions, counts. */
#include "script.h"

#include <inttypes.h>
#include <string.h>

static const char *const short_name[][2] = {
    {"delay", "DelaySeconds"},
    {"max_size", "MaximumMessageSize"},
    {"retention", "MessageRetentionPeriod"},
    {"wait", "ReceiveMessageWaitTimeSeconds"},
    {"visibility", "VisibilityTimeout"},
    {"fifo", "FifoQueue"},
    {"content", "ContentBasedDeduplication"},
    {"scope", "DeduplicationScope"},
    {"throughput", "FifoThroughputLimit"},
    {"redrive", "RedrivePolicy"},
    {"allow", "RedriveAllowPolicy"},
};

static const char *full_name(const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(short_name); i++)
        if (strcmp(short_name[i][0], key) == 0)
            return short_name[i][1];
    return key;
}

/* redrive=X:2 and allow=none|all|A,B are short for their JSON. */
struct json_space {
    char text[2048];
};

static const char *redrive_json(struct script *s, const char *value, struct json_space *space)
{
    const char *colon = strrchr(value, ':');
    if (value[0] == '{' || value[0] == '\0' || colon == NULL)
        return value;
    snprintf(space->text, sizeof(space->text),
             "{\"deadLetterTargetArn\":\"arn:aws:sqs:%s:%s:%.*s\",\"maxReceiveCount\":%s}",
             s->config.region, s->config.id, (int)(colon - value), value, colon + 1);
    return space->text;
}

static const char *allow_json(struct script *s, const char *value, struct json_space *space)
{
    size_t n = 0, size = sizeof(space->text);
    if (value[0] == '{' || value[0] == '\0')
        return value;
    if (strcmp(value, "all") == 0 || strcmp(value, "none") == 0) {
        snprintf(space->text, size, "{\"redrivePermission\":\"%s\"}",
                 value[0] == 'a' ? "allowAll" : "denyAll");
        return space->text;
    }
    n = (size_t)snprintf(space->text, size,
                         "{\"redrivePermission\":\"byQueue\",\"sourceQueueArns\":[");
    for (const char *p = value; *p != '\0' && n < size;) {
        size_t length = strcspn(p, ",");
        n +=
            (size_t)snprintf(space->text + n, size - n, "%s\"arn:aws:sqs:%s:%s:%.*s\"",
                             p == value ? "" : ",", s->config.region, s->config.id, (int)length, p);
        p += length + (p[length] == ',');
    }
    snprintf(space->text + n, n < size ? size - n : 0, "]}");
    return space->text;
}

static uint32_t read_pairs(struct script *s, const struct line *l, struct account_pair *pair,
                           struct json_space *space)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->n_arg; i++) {
        const struct arg *a = &l->arg[i];
        if (a->key == NULL)
            continue;
        const char *value = a->value;
        if (strcmp(a->key, "redrive") == 0)
            value = redrive_json(s, a->value, &space[0]);
        else if (strcmp(a->key, "allow") == 0)
            value = allow_json(s, a->value, &space[1]);
        pair[n++] = (struct account_pair){text_of(full_name(a->key)), text_of(value)};
    }
    return n;
}

static const struct arg *one_word(const struct line *l)
{
    uint32_t i = 0;
    return line_word(l, &i);
}

static bool run_create(struct script *s, const struct line *l, struct result *r)
{
    struct account_pair pair[ARGS_MAX];
    static struct json_space space[2];
    struct account_queue *q = NULL;
    const struct arg *name = one_word(l);
    if (name == NULL)
        return false;
    result_outcome(
        r, account_create(s->account, name->value, pair, read_pairs(s, l, pair, space), &q));
    if (q != NULL) {
        result_field(r, "url", "%s", account_url(q));
        result_field(r, "arn", "%s", account_arn(q));
    }
    return true;
}

static bool run_set(struct script *s, const struct line *l, struct result *r)
{
    struct account_pair pair[ARGS_MAX];
    static struct json_space space[2];
    const struct arg *name = one_word(l);
    struct account_queue *q = name == NULL ? NULL : script_queue(s, name->value, r);
    if (q != NULL)
        result_outcome(r, account_set(s->account, q, pair, read_pairs(s, l, pair, space)));
    return name != NULL;
}

static bool run_get(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i), *key = line_word(l, &i);
    if (name == NULL || key == NULL)
        return false;
    struct account_queue *q = script_queue(s, name->value, r);
    if (q == NULL)
        return true;
    const char *value = account_get(s->account, q, full_name(key->value));
    result_text(r, "%s", value == NULL ? "absent" : value);
    return true;
}

static bool run_delete_queue(struct script *s, const struct line *l, struct result *r)
{
    const struct arg *name = one_word(l);
    struct account_queue *q = name == NULL ? NULL : script_queue(s, name->value, r);
    if (q != NULL)
        result_outcome(r, account_delete(s->account, q));
    return name != NULL;
}

static bool run_purge(struct script *s, const struct line *l, struct result *r)
{
    const struct arg *name = one_word(l);
    struct account_queue *q = name == NULL ? NULL : script_queue(s, name->value, r);
    if (q != NULL)
        result_outcome(r, account_purge(s->account, q));
    return name != NULL;
}

/* Name, URL or ARN. */
static bool run_find(struct script *s, const struct line *l, struct result *r)
{
    const struct arg *name = one_word(l);
    struct account_queue *q = name == NULL ? NULL : script_queue(s, name->value, r);
    if (q != NULL)
        result_text(r, "%s", account_name(q));
    return name != NULL;
}

static bool run_list(struct script *s, const struct line *l, struct result *r)
{
    const struct arg *prefix = line_key(l, "prefix"), *from = line_key(l, "from");
    int64_t max = line_int(l, "max", 0), n = 0;
    if (line_key(l, "max") != NULL && (max < 1 || max > 1000)) {
        result_outcome(r, SQS_BAD_PARAMETER);
        return true;
    }
    char names[4096] = "", after[100];
    size_t at = 0;
    const char *start = prefix == NULL ? "" : prefix->value;
    struct account_queue *q = account_next(s->account, start, from == NULL ? "" : from->value);
    for (; q != NULL && (max == 0 ? n < 1000 : n < max) && at < sizeof(names); n++) {
        at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s", n == 0 ? "" : ",",
                               account_name(q));
        snprintf(after, sizeof(after), "%s ", account_name(q));
        q = account_next(s->account, start, after);
    }
    result_text(r, n == 0 ? "absent" : "[%s]", names);
    if (max != 0 && q != NULL)
        result_field(r, "next", "%s", account_name(q));
    return true;
}

static bool run_sources(struct script *s, const struct line *l, struct result *r)
{
    const struct arg *name = one_word(l);
    struct account_queue *q = name == NULL ? NULL : script_queue(s, name->value, r);
    if (q == NULL)
        return name != NULL;
    char names[2048] = "";
    size_t at = 0;
    for (struct account_queue *x = NULL;
         (x = account_source(s->account, q, x)) != NULL && at < sizeof(names);)
        at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s", at == 0 ? "" : ",",
                               account_name(x));
    result_text(r, "[%s]", names);
    return true;
}

static bool run_counters(struct script *s, const struct line *l, struct result *r)
{
    const struct arg *name = one_word(l);
    struct account_queue *q = name == NULL ? NULL : script_queue(s, name->value, r);
    if (q == NULL)
        return name != NULL;
    char part[3][32];
    static const char *const key[] = {"ApproximateNumberOfMessages",
                                      "ApproximateNumberOfMessagesNotVisible",
                                      "ApproximateNumberOfMessagesDelayed"};
    for (int i = 0; i < 3; i++)
        snprintf(part[i], sizeof(part[i]), "%s", account_get(s->account, q, key[i]));
    result_text(r, "%s/%s/%s", part[0], part[1], part[2]);
    return true;
}

static bool counter_of(const struct sqs *core, const char *name, uint64_t *n)
{
    const struct sqs_counts *k = sqs_counts(core);
    const struct {
        const char *name;
        uint64_t n;
    } row[] = {{"NumberOfMessagesSent", k->sent},
               {"NumberOfMessagesReceived", k->received},
               {"NumberOfMessagesDeleted", k->deletes},
               {"NumberOfEmptyReceives", k->empty_receives},
               {"NumberOfDeduplicatedSentMessages", k->deduplicated},
               {"expired", k->expired},
               {"moved_in", k->moved_in},
               {"moved_out", k->moved_out},
               {"purged", k->purged},
               {"removed", k->removed},
               {"ghosts", k->ghosts},
               {"throttled", k->throttled}};
    for (size_t i = 0; i < ARRAY_LEN(row); i++)
        if (strcmp(row[i].name, name) == 0) {
            *n = row[i].n;
            return true;
        }
    return false;
}

static bool gauge_of(const struct sqs *core, sim_time now, const char *name, uint64_t *n)
{
    struct sqs_gauges g;
    sqs_gauges(core, now, &g);
    const struct {
        const char *name;
        uint64_t n;
    } row[] = {
        {"ApproximateNumberOfMessagesVisible", g.visible},
        {"ApproximateNumberOfMessagesNotVisible", g.in_flight},
        {"ApproximateNumberOfMessagesDelayed", g.delayed},
        {"ApproximateAgeOfOldestMessage", (uint64_t)(g.age / SIM_S)},
        {"ApproximateNumberOfGroupsWithInflightMessages", g.groups_in_flight},
        {"ApproximateNumberOfNoisyGroups", g.noisy_groups},
        {"ApproximateNumberOfMessagesVisibleInQuietGroups", g.visible - g.noisy_visible},
        {"ApproximateNumberOfMessagesNotVisibleInQuietGroups", g.in_flight - g.noisy_in_flight},
        {"ApproximateNumberOfMessagesDelayedInQuietGroups", g.delayed - g.noisy_delayed},
        {"ApproximateAgeOfOldestMessageInQuietGroups",
         (uint64_t)(sqs_quiet_age(core, now) / SIM_S)}};
    for (size_t i = 0; i < ARRAY_LEN(row); i++)
        if (strcmp(row[i].name, name) == 0) {
            *n = row[i].n;
            return true;
        }
    return false;
}

static bool run_metric(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i), *key = line_word(l, &i);
    if (name == NULL || key == NULL)
        return false;
    struct account_queue *q = script_queue(s, name->value, r);
    uint64_t n = 0;
    if (q == NULL)
        return true;
    if (!counter_of(account_core(q), key->value, &n) &&
        !gauge_of(account_core(q), account_now(s->account), key->value, &n))
        return false;
    result_text(r, "%" PRIu64, n);
    return true;
}

static bool run_tag(struct script *s, const struct line *l, struct result *r)
{
    const struct arg *name = one_word(l);
    struct account_queue *q = name == NULL ? NULL : script_queue(s, name->value, r);
    enum sqs_outcome out = SQS_OK;
    if (q == NULL)
        return name != NULL;
    for (uint32_t i = 0; i < l->n_arg && out == SQS_OK; i++)
        if (l->arg[i].key != NULL)
            out = account_tag(s->account, q, l->arg[i].key, l->arg[i].value);
    result_outcome(r, out);
    return true;
}

static bool run_untag(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i), *key;
    struct account_queue *q = name == NULL ? NULL : script_queue(s, name->value, r);
    if (q == NULL)
        return name != NULL;
    while ((key = line_word(l, &i)) != NULL)
        account_untag(s->account, q, key->value);
    result_outcome(r, SQS_OK);
    return true;
}

static bool run_tags(struct script *s, const struct line *l, struct result *r)
{
    const struct arg *name = one_word(l);
    struct account_queue *q = name == NULL ? NULL : script_queue(s, name->value, r);
    if (q == NULL)
        return name != NULL;
    char all[2048] = "";
    const char *key, *value;
    size_t at = 0;
    for (uint32_t i = 0; account_tag_at(q, i, &key, &value) && at < sizeof(all); i++)
        at +=
            (size_t)snprintf(all + at, sizeof(all) - at, "%s%s:%s", at == 0 ? "" : ",", key, value);
    result_text(r, "[%s]", all);
    return true;
}

static bool run_permit(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i), *label = line_word(l, &i);
    if (name == NULL || label == NULL)
        return false;
    struct account_queue *q = script_queue(s, name->value, r);
    if (q != NULL)
        result_outcome(
            r, account_permit(s->account, q, label->value, (uint32_t)line_int(l, "actions", 1)));
    return true;
}

static bool run_unpermit(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i), *label = line_word(l, &i);
    if (name == NULL || label == NULL)
        return false;
    struct account_queue *q = script_queue(s, name->value, r);
    if (q != NULL)
        result_outcome(r, account_unpermit(s->account, q, label->value));
    return true;
}

const struct verb verbs_queue[] = {
    {"create", run_create, "create NAME [ATTRIBUTE=VALUE…]"},
    {"set", run_set, "set QUEUE ATTRIBUTE=VALUE…"},
    {"get", run_get, "get QUEUE ATTRIBUTE"},
    {"delete_queue", run_delete_queue, "delete_queue QUEUE"},
    {"purge", run_purge, "purge QUEUE"},
    {"find", run_find, "find NAME|URL|ARN"},
    {"list", run_list, "list [prefix=P] [max=N] [from=NAME]"},
    {"sources", run_sources, "sources QUEUE"},
    {"counters", run_counters, "counters QUEUE"},
    {"metric", run_metric, "metric QUEUE NAME"},
    {"tag", run_tag, "tag QUEUE KEY=VALUE…"},
    {"untag", run_untag, "untag QUEUE KEY…"},
    {"tags", run_tags, "tags QUEUE"},
    {"permit", run_permit, "permit QUEUE LABEL [actions=N]"},
    {"unpermit", run_unpermit, "unpermit QUEUE LABEL"},
    {NULL, NULL, NULL},
};
