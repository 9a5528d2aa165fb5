/* script_kinesis_admin.c - streams and their shards: made, split, merged, kept, counted. */
#include <inttypes.h>
#include <string.h>

#include "script_kinesis.h"

static bool run_account(struct script *s, const struct line *l, struct result *r)
{
    struct script_kin *t = s->streams;
    const struct arg *region = line_key(l, "region");
    if (kin_account_stream(t->account, 0) != NULL)
        return false;
    kin_account_config(&t->config, region == NULL ? s->config.region : region->value);
    t->config.shards = (uint32_t)line_int(l, "shards", t->config.shards);
    t->config.on_demand = (uint32_t)line_int(l, "on_demand", t->config.on_demand);
    kin_account_close(t->account);
    result_text(r, "ok");
    result_field(r, "shards", "%u", t->config.shards);
    result_field(r, "on_demand", "%u", t->config.on_demand);
    result_field(r, "on_demand_shards", "%u", t->config.on_demand_max);
    return kin_account_open(&t->account, &t->config, NULL);
}

static bool is(const struct line *l, const char *key, const char *value)
{
    const struct arg *a = line_key(l, key);
    return a != NULL && strcmp(a->value, value) == 0;
}

static void stream_config(const struct line *l, struct kin_config *c)
{
    kin_config_default(c);
    c->shards = (uint32_t)line_int(l, "shards", 1);
    c->mode = is(l, "mode", "on-demand") ? KIN_MODE_ON_DEMAND : KIN_MODE_PROVISIONED;
    c->throttle = is(l, "throttle", "bucket") ? KIN_BUCKET : KIN_WINDOW;
    c->retention_h = (uint32_t)line_int(l, "retention", 24);
    c->max_record = (uint32_t)line_int(l, "max_record", 1024) * 1024;
    c->peak_mb = (uint32_t)line_int(l, "peak", 0);
    c->read_records = (uint32_t)line_int(l, "read_records", 0);
    c->ignore_keys = line_int(l, "ignore_keys", 0) != 0;
    c->create_time = seconds_key(l, "create_time", 0);
    c->grow_delay = seconds_key(l, "grow_delay", c->grow_delay);
}

static bool run_stream(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    struct kin_config c;
    struct kin_stream *stream;
    char numbered[160];
    if (name == NULL)
        return false;
    snprintf(numbered, sizeof(numbered), "%.140s", name->value);
    if (l->repeat > 1)
        snprintf(numbered, sizeof(numbered), "%.100s%" PRIu64, name->value, ++s->n_unique);
    stream_config(l, &c);
    enum kin_outcome o =
        kin_account_call(s->streams->account, streams_call(s), KIN_CREATE_STREAM, NULL);
    if (o == KIN_OK)
        o = kin_account_create(s->streams->account, streams_call(s), numbered, &c, &stream);
    kin_result(r, o);
    return true;
}

static bool run_delete(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    bool used;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    enum kin_outcome o =
        kin_account_call(s->streams->account, streams_call(s), KIN_DELETE_STREAM, NULL);
    if (stream != NULL)
        kin_result(r, o == KIN_OK ? kin_delete(stream->core, streams_call(s)) : o);
    return used;
}

static bool run_status(struct script *s, const struct line *l, struct result *r)
{
    static const char *const name[] = {"CREATING", "ACTIVE", "UPDATING", "DELETING", "GONE"};
    uint32_t i = 0;
    bool used;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    if (stream == NULL)
        return used;
    const struct kin_config *c = kin_config(stream->core);
    result_text(r, "%s", name[kin_status(stream->core)]);
    result_field(r, "mode", "%s", c->mode == KIN_MODE_ON_DEMAND ? "on-demand" : "provisioned");
    result_field(r, "open", "%u", kin_open_shards(stream->core));
    result_field(r, "shards", "%u", kin_shards(stream->core));
    result_field(r, "retention", "%u", c->retention_h);
    result_field(r, "max_record", "%u", c->max_record / 1024);
    return true;
}

static bool run_shards(struct script *s, const struct line *l, struct result *r)
{
    static const char state[] = "oce";
    uint32_t i = 0;
    bool used;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    if (stream == NULL)
        return used;
    r->text[0] = '\0';
    for (uint32_t k = 0; k < kin_shards(stream->core); k++) {
        struct kin_shard_view v;
        size_t at = strlen(r->text);
        kin_shard_view(stream->core, account_now(s->account), k, &v);
        snprintf(r->text + at, sizeof(r->text) - at, "%s%u%c", k == 0 ? "" : ",", k,
                 state[v.status]);
    }
    result_field(r, "open", "%u", kin_open_shards(stream->core));
    return true;
}

static bool run_shard(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0, shard;
    bool used;
    char text[40];
    struct kin_shard_view v;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    if (!used || !number_word(l, &i, &shard))
        return false;
    if (stream == NULL || shard >= kin_shards(stream->core)) {
        kin_result(r, stream == NULL ? KIN_NO_STREAM : KIN_NO_SHARD);
        return true;
    }
    kin_shard_view(stream->core, account_now(s->account), shard, &v);
    kin_shard_id(shard, text);
    result_text(r, "%s", text);
    kin_hash_print(v.first, text);
    result_field(r, "first", "%s", text);
    kin_hash_print(v.last, text);
    result_field(r, "last", "%s", text);
    result_field(r, "state", "%s",
                 v.status == KIN_OPEN     ? "open"
                 : v.status == KIN_CLOSED ? "closed"
                                          : "expired");
    result_field(r, "parents", "%d,%d", (int)v.parent[0], (int)v.parent[1]);
    result_field(r, "children", "%d,%d", (int)v.child[0], (int)v.child[1]);
    result_field(r, "horizon", "%" PRIu64, v.horizon);
    if (v.status != KIN_OPEN)
        result_field(r, "ending", "%" PRIu64, v.next - 1);
    return true;
}

/* --- changes --- */

static bool run_split(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0, shard;
    bool used;
    kin_hash at;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    if (!used || !number_word(l, &i, &shard))
        return false;
    const struct arg *key = line_word(l, &i);
    if (key == NULL || !kin_hash_parse(key->value, strlen(key->value), &at))
        return false;
    enum kin_outcome o =
        kin_account_call(s->streams->account, streams_call(s), KIN_SPLIT_SHARD, NULL);
    if (stream != NULL)
        kin_result(r, o == KIN_OK ? kin_split(stream->core, streams_call(s), shard, at) : o);
    return true;
}

static bool run_merge(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0, shard, other;
    bool used;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    if (!used || !number_word(l, &i, &shard) || !number_word(l, &i, &other))
        return false;
    enum kin_outcome o =
        kin_account_call(s->streams->account, streams_call(s), KIN_MERGE_SHARDS, NULL);
    if (stream != NULL)
        kin_result(r, o == KIN_OK ? kin_merge(stream->core, streams_call(s), shard, other) : o);
    return true;
}

/* One number: the new shard count, retention, record size, warm throughput. */
static bool run_change(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0, n;
    bool used;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    if (!used || !number_word(l, &i, &n))
        return false;
    if (stream == NULL)
        return true;
    struct call *c = streams_call(s);
    if (strcmp(l->verb, "update_shard_count") == 0)
        kin_result(r, kin_update_count(stream->core, c, n));
    else if (strcmp(l->verb, "update_max_record") == 0)
        kin_result(r, kin_set_max_record(stream->core, c, n));
    else if (strcmp(l->verb, "update_warm") == 0)
        kin_result(r, kin_set_warm(stream->core, c, n));
    else
        kin_result(
            r, kin_set_retention(stream->core, c, n, strcmp(l->verb, "retention_increase") == 0));
    return true;
}

static bool run_mode(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    bool used;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    const struct arg *mode = line_word(l, &i);
    if (mode == NULL)
        return false;
    enum kin_mode m =
        strcmp(mode->value, "on-demand") == 0 ? KIN_MODE_ON_DEMAND : KIN_MODE_PROVISIONED;
    if (stream != NULL)
        kin_result(r, kin_set_mode(stream->core, streams_call(s), m));
    return true;
}

static bool run_advantage(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *a = line_word(l, &i);
    if (a == NULL)
        return false;
    kin_result(r, kin_account_advantage(s->streams->account, streams_call(s),
                                        strcmp(a->value, "on") == 0));
    return true;
}

/* A call that only its rate matters of. */
static bool run_admin(struct script *s, const struct line *l, struct result *r)
{
    static const char *const name[KIN_ACTIONS] = {"CreateStream",
                                                  "DeleteStream",
                                                  "SplitShard",
                                                  "MergeShards",
                                                  "UpdateShardCount",
                                                  "UpdateStreamWarmThroughput",
                                                  "RegisterStreamConsumer",
                                                  "DescribeStream",
                                                  "DescribeStreamSummary",
                                                  "ListShards"};
    uint32_t i = 0;
    bool used;
    const struct arg *action = line_word(l, &i);
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    for (unsigned k = 0; used && action != NULL && k < KIN_ACTIONS; k++)
        if (strcmp(name[k], action->value) == 0) {
            kin_result(r, kin_account_call(s->streams->account, streams_call(s), (enum kin_action)k,
                                           stream));
            return true;
        }
    return false;
}

static bool run_metric(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0, shard = 0;
    bool used, one = strcmp(l->verb, "shard_metric") == 0;
    int64_t n;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    if (!used || (one && !number_word(l, &i, &shard)))
        return false;
    const struct arg *name = line_word(l, &i);
    if (name == NULL || stream == NULL)
        return name != NULL;
    if (!(one ? kin_shard_metric(kin_shard_counts(stream->core, shard), name->value, &n)
              : kin_metric(kin_counts(stream->core), name->value, &n)))
        return false;
    result_text(r, "%" PRId64, n);
    return true;
}

const struct verb verbs_stream_admin[] = {
    {"streams_account", run_account, "streams_account [region=R] [shards=N] [on_demand=N]"},
    {"stream", run_stream, "stream NAME [shards=N] [mode=on-demand] [key=value…]"},
    {"delete_stream", run_delete, "delete_stream STREAM"},
    {"stream_status", run_status, "stream_status STREAM"},
    {"shards", run_shards, "shards STREAM"},
    {"shard", run_shard, "shard STREAM SHARD"},
    {"split_shard", run_split, "split_shard STREAM SHARD HASH"},
    {"merge_shards", run_merge, "merge_shards STREAM SHARD SHARD"},
    {"update_shard_count", run_change, "update_shard_count STREAM N"},
    {"update_max_record", run_change, "update_max_record STREAM KIB"},
    {"update_warm", run_change, "update_warm STREAM MIB"},
    {"retention_increase", run_change, "retention_increase STREAM HOURS"},
    {"retention_decrease", run_change, "retention_decrease STREAM HOURS"},
    {"stream_mode", run_mode, "stream_mode STREAM provisioned|on-demand"},
    {"advantage", run_advantage, "advantage on|off"},
    {"stream_call", run_admin, "stream_call ACTION STREAM"},
    {"stream_metric", run_metric, "stream_metric STREAM NAME"},
    {"shard_metric", run_metric, "shard_metric STREAM SHARD NAME"},
    {NULL, NULL, NULL},
};
