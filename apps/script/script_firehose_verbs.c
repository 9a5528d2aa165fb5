/* script_firehose_verbs.c - making delivery streams, putting records, and what came of them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "script_firehose.h"
#include "script_kinesis.h"

static const char *const destinations[FH_DESTINATIONS] = {"s3",     "redshift",  "opensearch", "http",
                                                          "splunk", "snowflake", "iceberg"};

static bool destination_key(const struct line *l, enum fh_destination *d)
{
    const struct arg *a = line_key(l, "dest");
    *d = FH_S3;
    for (unsigned i = 0; a != NULL && i < FH_DESTINATIONS; i++)
        if (strcmp(destinations[i], a->value) == 0) {
            *d = (enum fh_destination)i;
            return true;
        }
    return a == NULL;
}

static enum fh_source source_key(const struct line *l)
{
    const struct arg *a = line_key(l, "source");
    return a == NULL ? FH_DIRECT_PUT : strcmp(a->value, "stream") == 0 ? FH_STREAM : strcmp(a->value, "kafka") == 0 ? FH_KAFKA : FH_DIRECT_PUT;
}

/* Of each hundred records the first are well, then come those that are dropped, then those that fail. */
static enum fh_result judge(void *from, enum fh_stage stage, const struct fh_record *r, uint32_t *size)
{
    const struct script_stream *f = from;
    uint64_t place = r->user % 100;
    if (stage == FH_AT_CONVERSION)
        return place < f->mangles ? FH_RESULT_FAILED : FH_RESULT_OK;
    *size = (uint32_t)((uint64_t)r->size * f->grows / 100);
    return place < f->drops ? FH_RESULT_DROPPED : place < f->drops + f->spoils ? FH_RESULT_FAILED : FH_RESULT_OK;
}

static void read_config(const struct line *l, struct fh_config *c)
{
    c->source = source_key(l);
    c->size = (uint64_t)line_int(l, "size", (int64_t)(c->size / FH_MIB)) * FH_MIB;
    c->interval = seconds_key(l, "interval", c->interval);
    c->shards = (uint32_t)line_int(l, "shards", 0);
    c->partitions = (uint32_t)line_int(l, "partitions", 0);
    c->parse_time = seconds_key(l, "parse", 0);
    c->transform = line_int(l, "transform", 0) == 1;
    c->lambda_size = (uint64_t)line_int(l, "lambda_size", (int64_t)(c->lambda_size / 1024)) * 1024;
    c->lambda_interval = seconds_key(l, "lambda_interval", c->lambda_interval);
    c->lambda_retries = (uint32_t)line_int(l, "retries", c->lambda_retries);
    c->retry = seconds_key(l, "retry", c->retry);
    c->keep = seconds_key(l, "keep", c->keep);
    c->backup_all = line_int(l, "backup_all", 0) == 1;
    c->records_per_s = (uint64_t)line_int(l, "records", (int64_t)c->records_per_s);
    c->requests_per_s = (uint64_t)line_int(l, "requests", (int64_t)c->requests_per_s);
    c->bytes_per_s = (uint64_t)line_int(l, "bytes", (int64_t)c->bytes_per_s);
    c->jitter = line_int(l, "jitter", 1) == 1;
}

static bool run_open(struct script *s, const struct line *l, struct result *r)
{
    struct script_fh *t = s->deliveries;
    uint32_t i = 0;
    enum fh_destination d;
    struct fh_config c;
    const struct arg *name = line_word(l, &i);
    if (name == NULL || !destination_key(l, &d) || t->n == FIREHOSES_MAX)
        return false;
    struct script_stream *f = &t->stream[t->n];
    for (uint32_t k = 0; k < t->n; k++)
        if (strcmp(t->stream[k].name, name->value) == 0) {
            firehose_result(r, FH_STREAM_EXISTS);
            return true;
        }
    fh_config_default(&c, d, line_int(l, "convert", 0) == 1);
    read_config(l, &c);
    c.quota = &t->quota;
    c.judge = judge;
    c.from = f;
    enum fh_outcome o = fh_open(&f->core, &c);
    firehose_result(r, o);
    if (o == FH_OK) {
        snprintf(f->name, sizeof(f->name), "%.40s", name->value);
        f->grows = 100;
        t->n++;
    }
    return true;
}

static void up_or_down(const struct line *l, const char *key, bool *down)
{
    const struct arg *a = line_key(l, key);
    if (a != NULL)
        *down = strcmp(a->value, "down") == 0;
}

static bool run_world(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct script_stream *f = firehose_word(s, l, &i, r);
    if (f == NULL)
        return false;
    firehose_begin(s, f);
    up_or_down(l, "destination", &f->down);
    up_or_down(l, "backup", &f->backup_down);
    up_or_down(l, "function", &f->fails);
    f->silent = line_int(l, "silent", f->silent) == 1;
    f->takes = seconds_key(l, "takes", f->takes);
    f->works = seconds_key(l, "works", f->works);
    f->drops = (uint32_t)line_int(l, "drops", f->drops);
    f->spoils = (uint32_t)line_int(l, "spoils", f->spoils);
    f->mangles = (uint32_t)line_int(l, "mangles", f->mangles);
    f->grows = (uint32_t)line_int(l, "grows", f->grows);
    result_text(r, "ok");
    return true;
}

static struct fh_put next_put(struct script_stream *f, const struct line *l)
{
    const struct arg *key = line_key(l, "key");
    uint64_t user = f->n_put++;
    bool each = key != NULL && strcmp(key->value, "each") == 0;
    return (struct fh_put){.user = user,
                           .size = (uint32_t)line_int(l, "size", 1000),
                           .key = each ? (uint32_t)user : (uint32_t)line_int(l, "key", 0)};
}

static bool run_put(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct script_stream *f = firehose_word(s, l, &i, r);
    if (f == NULL)
        return true;
    struct fh_put p = next_put(f, l);
    enum fh_outcome o = fh_put(f->core, firehose_begin(s, f), &p);
    firehose_pump(s, f, account_now(s->account));
    firehose_result(r, o);
    return true;
}

static void batch_result(struct result *r, enum fh_outcome o, const enum fh_outcome *each, uint32_t n, uint32_t failed)
{
    firehose_result(r, o);
    if (o != FH_OK)
        return;
    result_field(r, "failed", "%u", failed);
    for (uint32_t k = 0; k < n && n <= 30; k++)
        result_append(r, "entries", each[k] == FH_OK ? "ok" : fh_outcome_row(each[k])->name);
}

/* n= of size=, or sizes= one each. */
static bool run_batch(struct script *s, const struct line *l, struct result *r)
{
    static struct fh_put put[1000];
    static enum fh_outcome each[1000];
    uint32_t i = 0, n = 0, failed, most = (uint32_t)line_int(l, "n", 0);
    const struct arg *sizes = line_key(l, "sizes");
    struct script_stream *f = firehose_word(s, l, &i, r);
    if (f == NULL || most > 1000)
        return f == NULL;
    for (const char *at = sizes == NULL ? "" : sizes->value; *at != '\0' && n < 1000;) {
        char *rest;
        put[n] = next_put(f, l);
        put[n++].size = (uint32_t)strtoul(at, &rest, 10);
        at = *rest == ',' ? rest + 1 : rest;
    }
    while (n < most)
        put[n++] = next_put(f, l);
    enum fh_outcome o = fh_put_batch(f->core, firehose_begin(s, f), put, n, each, &failed);
    firehose_pump(s, f, account_now(s->account));
    batch_result(r, o, each, n, failed);
    return true;
}

/* count records every so often until then, each in a call of its own; or, source=…, taken from there. */
static bool run_source(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    uint64_t stored = 0, throttled = 0;
    struct script_stream *f = firehose_word(s, l, &i, r);
    sim_time every = seconds_key(l, "every", SIM_S), until = seconds_key(l, "until", 0);
    if (f == NULL || every <= 0)
        return false;
    for (sim_time t = account_now(s->account); t < until; t += every) {
        script_to(s, t);
        for (int64_t n = line_int(l, "count", 1); n > 0; n--) {
            struct fh_put p = next_put(f, l);
            bool direct = fh_config(f->core)->source == FH_DIRECT_PUT;
            struct call *call = firehose_begin(s, f);
            enum fh_outcome o = direct ? fh_put(f->core, call, &p) : fh_take(f->core, call, &p, 1);
            stored += o == FH_OK;
            throttled += o == FH_THROTTLED;
            firehose_pump(s, f, t);
        }
    }
    result_text(r, "ok");
    result_field(r, "stored", "%" PRIu64, stored);
    result_field(r, "throttled", "%" PRIu64, throttled);
    return true;
}

/* --- a Kinesis stream as source: each shard once a second, from LATEST (FH-7) --- */

static void read_shard(struct script *s, struct script_stream *f, struct kin_stream *stream, struct kin_iterator *it)
{
    static struct fh_put put[10000];
    struct kin_records got;
    if (kin_read(stream->core, streams_call(s), it, 10000, &got) != KIN_OK)
        return;
    for (uint32_t k = 0; k < got.n; k++)
        put[k] = (struct fh_put){.user = got.first + k, .size = kin_record(stream->core, it->shard, got.first + k)->size};
    *it = got.next;
    fh_take(f->core, firehose_begin(s, f), put, got.n);
    firehose_pump(s, f, account_now(s->account));
}

static bool run_from(struct script *s, const struct line *l, struct result *r)
{
    struct kin_iterator it[64];
    struct kin_from latest = {.type = KIN_LATEST};
    uint32_t i = 0, calls = 0;
    bool used;
    struct script_stream *f = firehose_word(s, l, &i, r);
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    sim_time until = seconds_key(l, "until", 0), put = seconds_key(l, "put_every", 0);
    if (f == NULL || stream == NULL || kin_shards(stream->core) > 64)
        return false;
    uint32_t n = kin_shards(stream->core);
    for (uint32_t k = 0; k < n; k++)
        kin_iterator(stream->core, streams_call(s), k, &latest, &it[k]);
    for (sim_time t = account_now(s->account); t < until; t += SIM_S) {
        script_to(s, t);
        for (uint32_t k = 0; k < n; k++, calls++)
            read_shard(s, f, stream, &it[k]);
        if (put > 0 && t % put == 0) {
            struct kin_placed placed;
            struct kin_put p = {.size = 1000, .key_chars = 1, .hash = kin_even((uint32_t)(t / put % n), n)};
            kin_put(stream->core, streams_call(s), &p, &placed);
        }
    }
    result_text(r, "ok");
    result_field(r, "calls", "%u", calls);
    return true;
}

/* --- what came of them --- */

static bool run_notes(struct script *s, const struct line *l, struct result *r, bool invocations)
{
    uint32_t i = 0, n = 0;
    struct script_stream *f = firehose_word(s, l, &i, r);
    const struct arg *to = line_key(l, "to");
    bool backup = to != NULL && strcmp(to->value, "backup") == 0;
    if (f == NULL)
        return false;
    firehose_begin(s, f);
    for (uint32_t k = 0; k < f->n_note; k++) {
        const struct fh_note *x = &f->note[k];
        char at[32], text[100];
        if (x->invocation != invocations || (!invocations && x->backup != backup))
            continue;
        streams_seconds(at, x->at);
        snprintf(text, sizeof(text), "%s/%u/%" PRIu64, at, x->n, x->bytes);
        if (n++ < 12) {
            result_append(r, "list", text);
            if (backup)
                result_append(r, "reasons", x->copy ? "copy" : fh_why_name(x->why));
        }
    }
    result_text(r, "%u", n);
    return true;
}

static bool run_objects(struct script *s, const struct line *l, struct result *r)
{
    return run_notes(s, l, r, false);
}

static bool run_invocations(struct script *s, const struct line *l, struct result *r)
{
    return run_notes(s, l, r, true);
}

static bool run_metric(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    int64_t value;
    struct script_stream *f = firehose_word(s, l, &i, r);
    const struct arg *name = line_word(l, &i);
    if (f == NULL || name == NULL)
        return false;
    firehose_begin(s, f);
    if (fh_metric(fh_counts(f->core), name->value, &value))
        result_text(r, "%" PRId64, value);
    else
        result_text(r, "none");
    return true;
}

static bool run_state(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    char at[32];
    struct script_stream *f = firehose_word(s, l, &i, r);
    if (f == NULL)
        return false;
    firehose_begin(s, f);
    result_text(r, "%s", fh_paused(f->core) ? "paused" : "runs");
    streams_seconds(at, fh_freshness(f->core, account_now(s->account)));
    result_field(r, "age", "%s", at);
    result_field(r, "inside", "%" PRIu64, fh_inside(f->core));
    result_field(r, "waiting", "%u", fh_waiting(f->core, FH_TO_DESTINATION));
    result_field(r, "under_way", "%u", fh_under_way(f->core, FH_TO_DESTINATION));
    result_field(r, "partitions", "%u", fh_active_partitions(f->core));
    result_field(r, "wants", "%s", fh_wants(f->core) ? "yes" : "no");
    streams_seconds(at, f->lost_at);
    result_field(r, "lost_at", "%s", at);
    return true;
}

const struct verb verbs_firehose[] = {
    {"firehose", run_open, "firehose NAME [dest=s3] [size=MIB] [interval=S] [transform=1] [convert=1] [partitions=N] …"},
    {"firehose_world", run_world, "firehose_world NAME [destination=up|down] [backup=up|down] [function=up|down] [takes=S] …"},
    {"firehose_put", run_put, "firehose_put NAME [size=N] [key=N]"},
    {"firehose_batch", run_batch, "firehose_batch NAME n=N|sizes=N,… [size=N] [key=N|each]"},
    {"firehose_source", run_source, "firehose_source NAME count=N every=S until=S [size=N] [key=N|each]"},
    {"firehose_from", run_from, "firehose_from NAME STREAM until=S [put_every=S]"},
    {"firehose_objects", run_objects, "firehose_objects NAME [to=backup]"},
    {"firehose_invocations", run_invocations, "firehose_invocations NAME"},
    {"firehose_metric", run_metric, "firehose_metric NAME METRIC"},
    {"firehose_state", run_state, "firehose_state NAME"},
    {NULL, NULL, NULL},
};
