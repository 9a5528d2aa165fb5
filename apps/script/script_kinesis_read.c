/* script_kinesis_read.c - iterators, GetRecords, pollers, consumers that are pushed to, and a
 * reader that follows parent before child. */
#include <inttypes.h>
#include <string.h>

#include "script_kinesis.h"

static struct kin_place *place_named(struct script_kin *t, const char *name)
{
    for (uint32_t i = 0; i < t->n_place; i++)
        if (strcmp(t->place[i].name, name) == 0)
            return &t->place[i];
    return NULL;
}

static bool run_iterator(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0, shard;
    bool used;
    struct kin_from from;
    struct kin_iterator it;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    const struct arg *as = line_key(l, "as");
    const char *name = as == NULL ? "it" : as->value;
    if (!used || !number_word(l, &i, &shard) || !from_words(l, &i, &from))
        return false;
    if (stream == NULL)
        return true;
    enum kin_outcome o = kin_iterator(stream->core, streams_call(s), shard, &from, &it);
    kin_result(r, o);
    struct kin_place *p = place_named(s->streams, name);
    if (o != KIN_OK || (p == NULL && s->streams->n_place == ITERATORS_MAX))
        return true;
    if (p == NULL)
        p = &s->streams->place[s->streams->n_place++];
    *p = (struct kin_place){.stream = stream, .it = it};
    snprintf(p->name, sizeof(p->name), "%s", name);
    return true;
}

static void show(struct result *r, const struct kin_records *got)
{
    if (got->n == 0)
        result_text(r, "[]");
    else
        result_text(r, "[%" PRIu64 "-%" PRIu64 "]", got->first, got->first + got->n - 1);
    result_field(r, "n", "%u", got->n);
    result_field(r, "bytes", "%" PRIu64, got->bytes);
    result_field(r, "behind", "%" PRId64, got->behind_ms);
    result_field(r, "end", "%s", got->end ? "yes" : "no");
    for (uint32_t k = 0; k < 2 && got->end; k++)
        if (got->child[k] != KIN_NONE) {
            char number[16];
            snprintf(number, sizeof(number), "%u", got->child[k]);
            result_append(r, "children", number);
        }
}

static bool run_get(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    struct kin_place *p = name == NULL ? NULL : place_named(s->streams, name->value);
    struct kin_records got;
    if (p == NULL)
        return false;
    uint32_t limit = (uint32_t)line_int(l, "limit", KIN_READ_RECORDS);
    enum kin_outcome o = kin_read(p->stream->core, streams_call(s), &p->it, limit, &got);
    kin_result(r, o);
    if (o != KIN_OK)
        return true;
    show(r, &got);
    if (line_key(l, "keep") == NULL)
        p->it = got.next;
    if (got.n > 0) {
        const struct kin_record *last =
            kin_record(p->stream->core, p->it.shard, got.first + got.n - 1);
        result_field(r, "arrival_ms", "%" PRId64, kin_arrival_ms(last));
        result_field(r, "key", "%u", last->key);
    }
    return true;
}

/* --- pollers --- */

static uint64_t poll_once(struct script *s, struct kin_stream *stream, uint32_t shard)
{
    struct kin_records got;
    struct kin_iterator it = {shard, 1, account_now(s->account)};
    return kin_read(stream->core, streams_call(s), &it, KIN_READ_RECORDS, &got) == KIN_OK;
}

/* KIN-42: fair pollers wait for one another, others all come at once. */
static bool run_poll(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0, shard;
    bool used;
    uint64_t calls = 0, ok = 0;
    char text[32];
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    if (!used || !number_word(l, &i, &shard))
        return false;
    if (stream == NULL)
        return true;
    int64_t apps = line_int(l, "apps", 1);
    bool fair = line_int(l, "fair", 0) != 0;
    sim_time every = seconds_key(l, "every", SIM_S), start = account_now(s->account);
    sim_time least = apps * 200 * SIM_MS;
    every = fair && every < least ? least : every;
    for (sim_time t = start; t < seconds_key(l, "until", 0); t += every)
        for (int64_t app = 0; app < apps; app++, calls++) {
            script_to(s, t + (fair ? app * 200 * SIM_MS : 0));
            ok += poll_once(s, stream, shard);
        }
    result_text(r, "ok");
    result_field(r, "calls", "%" PRIu64, calls);
    result_field(r, "good", "%" PRIu64, ok);
    result_field(r, "throttled", "%" PRIu64, calls - ok);
    streams_seconds(text, every);
    result_field(r, "every", "%s", text);
    return true;
}

/* --- parent before child --- */

/* Reads a shard to its end, once its parents are; false: it still waits. */
static bool follow_one(struct script *s, struct kin_stream *stream, uint32_t shard,
                       const bool *done, uint64_t *n)
{
    struct kin_shard_view v;
    struct kin_iterator it = {.shard = shard, .issued = account_now(s->account)};
    struct kin_records got = {.end = false};
    kin_shard_view(stream->core, account_now(s->account), shard, &v);
    for (uint32_t p = 0; p < 2; p++)
        if (v.parent[p] != KIN_NONE && !done[v.parent[p]])
            return false;
    while (kin_read(stream->core, streams_call(s), &it, KIN_READ_RECORDS, &got) == KIN_OK &&
           got.n > 0) {
        *n += got.n;
        it = got.next;
    }
    return true;
}

static bool run_follow(struct script *s, const struct line *l, struct result *r)
{
    static bool done[1000];
    uint32_t i = 0;
    bool used, more = true;
    uint64_t n = 0;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    if (!used)
        return false;
    if (stream == NULL)
        return true;
    memset(done, 0, sizeof(done));
    char *out = r->text;
    out[0] = '\0';
    while (more) {
        more = false;
        for (uint32_t k = kin_shards(stream->core);
             k-- > 0;) { /* the youngest are asked first: they have to wait */
            if (done[k] || !follow_one(s, stream, k, done, &n))
                continue;
            size_t at = strlen(out);
            snprintf(out + at, sizeof(r->text) - at, "%s%u", at == 0 ? "" : ",", k);
            done[k] = more = true;
            break;
        }
    }
    result_field(r, "n", "%" PRIu64, n);
    return true;
}

/* --- enhanced fan-out --- */

static struct kin_pipe *pipe_named(struct script_kin *t, const struct kin_stream *stream,
                                   const char *name)
{
    for (uint32_t i = 0; i < t->n_pipe; i++)
        if (t->pipe[i].stream == stream && strcmp(t->pipe[i].name, name) == 0)
            return &t->pipe[i];
    return NULL;
}

static bool run_register(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0, consumer;
    bool used;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    const struct arg *name = line_word(l, &i);
    char numbered[48];
    if (name == NULL)
        return false;
    if (stream == NULL)
        return true;
    snprintf(numbered, sizeof(numbered), "%.30s", name->value);
    if (l->repeat > 1)
        snprintf(numbered, sizeof(numbered), "%.20s%" PRIu64, name->value, ++s->n_unique);
    enum kin_outcome o =
        pipe_named(s->streams, stream, numbered) != NULL ? KIN_CONSUMER_EXISTS : KIN_OK;
    if (o == KIN_OK)
        o = kin_account_call(s->streams->account, streams_call(s), KIN_REGISTER_CONSUMER, NULL);
    if (o == KIN_OK)
        o = kin_register(stream->core, streams_call(s), &consumer);
    kin_result(r, o);
    if (o != KIN_OK || s->streams->n_pipe == PIPES_MAX)
        return true;
    struct kin_pipe *p = &s->streams->pipe[s->streams->n_pipe++];
    *p = (struct kin_pipe){.stream = stream, .consumer = consumer};
    snprintf(p->name, sizeof(p->name), "%s", numbered);
    return true;
}

static bool run_deregister(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    bool used;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    const struct arg *name = line_word(l, &i);
    if (name == NULL)
        return false;
    struct kin_pipe *p = stream == NULL ? NULL : pipe_named(s->streams, stream, name->value);
    if (stream != NULL)
        kin_result(r, p == NULL ? KIN_NO_CONSUMER
                                : kin_deregister(stream->core, streams_call(s), p->consumer));
    if (p != NULL)
        p->stream = NULL;
    return true;
}

static bool run_subscribe(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0, shard;
    bool used;
    struct kin_from from;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    const struct arg *name = line_word(l, &i);
    if (name == NULL || !number_word(l, &i, &shard) || !from_words(l, &i, &from))
        return false;
    if (stream == NULL)
        return true;
    struct kin_pipe *p = pipe_named(s->streams, stream, name->value);
    uint32_t consumer = p == NULL ? KIN_NONE : p->consumer;
    enum kin_outcome o = kin_subscribe(stream->core, streams_call(s), consumer, shard, &from);
    kin_result(r, o);
    if (o == KIN_OK)
        p->ended[0] = '\0';
    return true;
}

static bool run_pushed(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    bool used;
    char at[32];
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    const struct arg *name = line_word(l, &i);
    struct kin_pipe *p =
        name == NULL || stream == NULL ? NULL : pipe_named(s->streams, stream, name->value);
    if (p == NULL)
        return false;
    streams_call(s);
    result_text(r, "%" PRIu64, p->n);
    result_field(r, "last", "%" PRIu64, p->last);
    result_field(r, "next", "%" PRIu64, p->next);
    streams_seconds(at, p->at);
    result_field(r, "at", "%s", at);
    result_field(r, "behind", "%" PRId64, p->behind_ms);
    result_field(r, "ended", "%s", p->ended[0] == '\0' ? "no" : p->ended);
    streams_seconds(at, p->ended_at);
    result_field(r, "ended_at", "%s", at);
    return true;
}

const struct verb verbs_stream_read[] = {
    {"iterator", run_iterator, "iterator STREAM SHARD TYPE [seq=N] [at=S] [as=NAME]"},
    {"get_records", run_get, "get_records ITERATOR [limit=N] [keep=1]"},
    {"poll", run_poll, "poll STREAM SHARD apps=N every=S until=S [fair=1]"},
    {"follow", run_follow, "follow STREAM"},
    {"register", run_register, "register STREAM CONSUMER"},
    {"deregister", run_deregister, "deregister STREAM CONSUMER"},
    {"subscribe_shard", run_subscribe, "subscribe_shard STREAM CONSUMER SHARD TYPE [seq=N] [at=S]"},
    {"pushed", run_pushed, "pushed STREAM CONSUMER"},
    {NULL, NULL, NULL},
};
