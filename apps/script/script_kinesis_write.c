/* script_kinesis_write.c - PutRecord, PutRecords, and a source that puts on and on. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "hash.h"
#include "script_kinesis.h"

/* The hash of a key, or hash=; the number of a key is a hash of its text. */
static bool read_put(const struct line *l, const char *key, struct kin_put *p)
{
    const struct arg *hash = line_key(l, "hash");
    uint8_t md5[16];
    size_t n = strlen(key);
    digest_md5_raw(key, n, md5);
    *p = (struct kin_put){.hash = kin_hash_of(md5),
                          .size = (uint32_t)line_int(l, "size", 100),
                          .key = (uint32_t)hash_text(key),
                          .key_chars = kin_chars(key, n)};
    if (line_key(l, "key_chars") != NULL)
        p->key_chars = (uint32_t)line_int(l, "key_chars", 0);
    return hash == NULL || kin_hash_parse(hash->value, strlen(hash->value), &p->hash);
}

static bool run_put(struct script *s, const struct line *l, struct result *r)
{
    struct kin_placed placed;
    struct kin_put p;
    uint32_t i = 0;
    bool used;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    const struct arg *key = line_word(l, &i);
    if (!used || key == NULL)
        return false;
    if (stream == NULL)
        return true;
    if (!read_put(l, key->value, &p)) {
        kin_result(r, KIN_BAD_HASH);
        return true;
    }
    enum kin_outcome o = kin_put(stream->core, streams_call(s), &p, &placed);
    kin_result(r, o);
    if (o == KIN_OK) {
        result_field(r, "shard", "%u", placed.shard);
        result_field(r, "seq", "%" PRIu64, placed.seq);
    }
    return true;
}

static void append_entry(struct result *r, const struct kin_placed *p)
{
    char number[16];
    snprintf(number, sizeof(number), "%u", p->shard);
    result_append(r, "entries", p->outcome == KIN_OK ? number : kin_outcome_row(p->outcome)->name);
}

static void batch_result(struct result *r, enum kin_outcome o, const struct kin_placed *placed,
                         uint32_t n, uint32_t failed)
{
    kin_result(r, o);
    if (o != KIN_OK)
        return;
    result_field(r, "failed", "%u", failed);
    for (uint32_t k = 0; k < n; k++) {
        if (n <= 30)
            append_entry(r, &placed[k]);
        if (placed[k].outcome != KIN_OK)
            result_field(r, "error", "%s", kin_outcome_row(placed[k].outcome)->code);
    }
}

/* Keys as words, or n= of key=; sizes= one each, or size= of all. */
static bool run_puts(struct script *s, const struct line *l, struct result *r)
{
    static struct kin_put put[1000];
    static struct kin_placed placed[1000];
    uint32_t i = 0, n = 0, failed;
    bool used;
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    const struct arg *same = line_key(l, "key"), *sizes = line_key(l, "sizes");
    const char *size = sizes == NULL ? NULL : sizes->value;
    if (!used)
        return false;
    for (const struct arg *a = line_word(l, &i); a != NULL; a = line_word(l, &i))
        if (!read_put(l, a->value, &put[n++]))
            return false;
    for (uint32_t more = (uint32_t)line_int(l, "n", 0); n < more && n < 1000;)
        if (!read_put(l, same == NULL ? "a" : same->value, &put[n++]))
            return false;
    for (uint32_t k = 0; k < n && size != NULL; k++) {
        char *rest;
        put[k].size = (uint32_t)strtoul(size, &rest, 10);
        size = *rest == ',' ? rest + 1 : NULL;
    }
    if (stream == NULL)
        return true;
    enum kin_outcome o = kin_put_many(stream->core, streams_call(s), put, n, placed, &failed);
    batch_result(r, o, placed, n, failed);
    return true;
}

/* --- a source: count records every so often, until then --- */

struct source {
    struct kin_put put;
    uint32_t spread; /* keys even over the space, so many; 0: one key */
    uint64_t n, stored, throttled;
    sim_time first;
};

static void put_one(struct script *s, struct kin_stream *stream, struct source *x)
{
    struct kin_placed placed;
    if (x->spread > 0)
        x->put.hash =
            kin_even((uint32_t)(x->n % x->spread), x->spread) + kin_even(1, 2 * x->spread);
    x->put.user = ++x->n;
    enum kin_outcome o = kin_put(stream->core, streams_call(s), &x->put, &placed);
    x->stored += o == KIN_OK;
    if (o == KIN_THROTTLED && x->throttled++ == 0)
        x->first = account_now(s->account);
}

static bool run_source(struct script *s, const struct line *l, struct result *r)
{
    struct source x = {.spread = (uint32_t)line_int(l, "spread", 0), .first = -1};
    uint32_t i = 0;
    bool used;
    char at[32];
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    const struct arg *key = line_key(l, "key");
    sim_time every = seconds_key(l, "every", SIM_S), until = seconds_key(l, "until", 0);
    if (!used || every <= 0 || !read_put(l, key == NULL ? "a" : key->value, &x.put))
        return false;
    if (stream == NULL)
        return true;
    for (sim_time t = account_now(s->account); t < until; t += every) {
        script_to(s, t);
        for (int64_t n = line_int(l, "count", 1); n > 0; n--)
            put_one(s, stream, &x);
    }
    result_text(r, "ok");
    result_field(r, "stored", "%" PRIu64, x.stored);
    result_field(r, "throttled", "%" PRIu64, x.throttled);
    streams_seconds(at, x.first);
    if (x.first >= 0)
        result_field(r, "first_throttled", "%s", at);
    return true;
}

const struct verb verbs_stream_write[] = {
    {"put_record", run_put, "put_record STREAM KEY [size=N] [hash=H]"},
    {"put_records", run_puts, "put_records STREAM [KEY…] [n=N key=K] [size=N] [sizes=N,…]"},
    {"source", run_source, "source STREAM count=N every=S until=S [size=N] [key=K] [spread=N]"},
    {NULL, NULL, NULL},
};
