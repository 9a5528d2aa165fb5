/* script_kpl.c - calls to producer libraries: what users add, the calls that are made of it, and how they end. */
#include "script_kpl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "script_kinesis.h"

void script_kpls_close(struct script *s)
{
    for (uint32_t i = 0; s->kpls != NULL && i < s->kpls->n; i++) {
        kpl_close(s->kpls->kpl[i]->core);
        free(s->kpls->kpl[i]);
    }
    free(s->kpls);
    s->kpls = NULL;
}

/* --- calls --- */

/* "10@0.1", "50+50@0.1": users' records in each entry. */
static void note_call(struct script_kpl *k, const struct kpl_call *c, const uint32_t *n, sim_time now)
{
    char at[32];
    size_t used = strlen(k->calls), room = sizeof(k->calls);
    streams_seconds(at, now);
    for (uint32_t i = 0; i < c->n && used + 50 < room; i++)
        used += (size_t)snprintf(k->calls + used, room - used, "%s%u", i > 0 ? "+" : used > 0 ? "," : "", n[i]);
    if (used + 50 < room)
        snprintf(k->calls + used, room - used, "@%s", at);
    k->n_calls++;
}

static void begin_call(struct script_kpl *k, uint32_t put, sim_time now)
{
    struct kpl_call *c = &k->call[k->n_call++];
    struct kpl_entry e;
    uint32_t n[500], i = 0, at = kpl_entries(k->core, put, &c->n);
    for (; at != KPL_LAST; i++) {
        at = kpl_entry(k->core, at, &e);
        c->shard[i] = e.shard;
        n[i] = e.n;
    }
    c->put = put;
    c->end = now + k->latency;
    k->peak = k->n_call > k->peak ? k->n_call : k->peak;
    note_call(k, c, n, now);
}

static void collect(struct script_kpl *k, sim_time now)
{
    struct kpl_end e;
    while (kpl_ended(k->core, &e)) {
        k->ended_at = now;
        k->waited = now - e.added;
    }
}

static void end_call(struct script_kpl *k, uint32_t i, sim_time now)
{
    enum kpl_result result[500];
    struct call call;
    struct kpl_call c = k->call[i];
    for (uint32_t x = 0; x < c.n; x++)
        result[x] = now < k->until && (k->only == UINT32_MAX || k->only == c.shard[x]) ? k->answer : KPL_OK;
    for (; i + 1 < k->n_call; i++)
        k->call[i] = k->call[i + 1];
    k->n_call--;
    call_begin(&call, now, NULL);
    kpl_settle(k->core, &call, c.put, result);
    collect(k, now);
}

static void settle(struct script_kpl *k, sim_time now)
{
    struct call c;
    uint32_t put;
    call_begin(&c, now, NULL);
    while (kpl_next(k->core, &c, &put))
        begin_call(k, put, now);
    collect(k, now);
}

static void to(struct script_kpl *k, sim_time to)
{
    for (;;) {
        sim_time due = kpl_deadline(k->core), end = k->n_call > 0 ? k->call[0].end : SIM_NEVER;
        sim_time at = due < end ? due : end;
        if (at > to || at == SIM_NEVER)
            return;
        if (end <= due)
            end_call(k, 0, at);
        settle(k, at);
    }
}

void script_kpls_to(struct script *s, sim_time t)
{
    for (uint32_t i = 0; s->kpls != NULL && i < s->kpls->n; i++)
        to(s->kpls->kpl[i], t);
}

void script_kpls_check(struct script *s)
{
    for (uint32_t i = 0; s->kpls != NULL && i < s->kpls->n; i++)
        kpl_check(s->kpls->kpl[i]->core, account_now(s->account));
}

/* --- words --- */

static struct script_kpl *kpl_word(struct script *s, const struct line *l)
{
    uint32_t i = 0;
    const struct arg *a = line_word(l, &i);
    for (uint32_t k = 0; a != NULL && s->kpls != NULL && k < s->kpls->n; k++)
        if (strcmp(s->kpls->kpl[k]->name, a->value) == 0)
            return s->kpls->kpl[k];
    return NULL;
}

static void config_of(const struct line *l, struct kpl_config *c)
{
    kpl_config_init(c);
    c->aggregation = line_int(l, "aggregation", 1) != 0;
    c->aggregation_size = (uint32_t)line_int(l, "aggregation_size", c->aggregation_size);
    c->aggregation_count = (uint32_t)line_int(l, "aggregation_count", c->aggregation_count);
    c->collection_count = (uint32_t)line_int(l, "collection_count", c->collection_count);
    c->collection_size = (uint32_t)line_int(l, "collection_size", c->collection_size);
    c->max_buffered = seconds_key(l, "max_buffered", c->max_buffered);
    c->ttl = seconds_key(l, "ttl", c->ttl);
    c->rate_limit = (uint32_t)line_int(l, "rate_limit", c->rate_limit);
    c->connections = (uint32_t)line_int(l, "connections", c->connections);
    c->fail_if_throttled = line_int(l, "fail_if_throttled", 0) != 0;
}

static bool run_kpl(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    struct kpl_config c;
    struct err err = {0};
    if (name == NULL)
        return false;
    config_of(l, &c);
    if (!kpl_config_check(&c, &err)) {
        result_text(r, "invalid");
        result_field(r, "why", "%s", err.text);
        return true;
    }
    if (s->kpls == NULL)
        s->kpls = calloc(1, sizeof(*s->kpls));
    struct script_kpl *k = s->kpls == NULL || s->kpls->n == KPLS_MAX ? NULL : calloc(1, sizeof(*k));
    if (k == NULL || !kpl_open(&k->core, &c, NULL))
        exit(71);
    k->only = UINT32_MAX;
    k->ended_at = -1;
    snprintf(k->name, sizeof(k->name), "%s", name->value);
    s->kpls->kpl[s->kpls->n++] = k;
    result_text(r, "ok");
    return true;
}

static bool run_answers(struct script *s, const struct line *l, struct result *r)
{
    static const char *const word[] = {"ok", "throttled", "error"};
    uint32_t i = 0;
    struct script_kpl *k = kpl_word(s, l);
    line_word(l, &i);
    const struct arg *how = line_word(l, &i);
    if (k == NULL || how == NULL)
        return false;
    for (unsigned w = 0; w < ARRAY_LEN(word); w++)
        if (strcmp(word[w], how->value) == 0)
            k->answer = (enum kpl_result)w;
    k->until = seconds_key(l, "until", SIM_NEVER);
    k->latency = seconds_key(l, "latency", k->latency);
    k->only = (uint32_t)line_int(l, "shard", UINT32_MAX);
    result_text(r, "ok");
    return true;
}

static bool run_add(struct script *s, const struct line *l, struct result *r)
{
    struct script_kpl *k = kpl_word(s, l);
    sim_time every = seconds_key(l, "every", 0);
    uint32_t shards = (uint32_t)line_int(l, "shards", 1);
    if (k == NULL || shards == 0)
        return false;
    for (int64_t i = 0; i < line_int(l, "n", 1); i++) {
        struct call c;
        struct kpl_record x = {.shard = (uint32_t)line_int(l, "shard", 0) + (uint32_t)(k->n_user % shards),
                               .size = (uint32_t)line_int(l, "size", 1000),
                               .user = ++k->n_user};
        if (i > 0 && every > 0)
            script_to(s, account_now(s->account) + every);
        call_begin(&c, account_now(s->account), NULL);
        if (!kpl_add(k->core, &c, &x))
            exit(71);
        settle(k, c.now);
    }
    to(k, account_now(s->account));
    result_text(r, "ok");
    return true;
}

static bool run_flush(struct script *s, const struct line *l, struct result *r)
{
    struct script_kpl *k = kpl_word(s, l);
    struct call c;
    if (k == NULL)
        return false;
    call_begin(&c, account_now(s->account), NULL);
    kpl_flush(k->core, &c);
    settle(k, c.now);
    to(k, c.now);
    result_text(r, "ok");
    return true;
}

/* --- what came of it --- */

static bool run_calls(struct script *s, const struct line *l, struct result *r)
{
    struct script_kpl *k = kpl_word(s, l);
    if (k == NULL)
        return false;
    result_text(r, "%s", k->calls[0] == '\0' ? "none" : k->calls);
    result_field(r, "n", "%" PRIu64, k->n_calls);
    result_field(r, "peak", "%u", k->peak);
    result_field(r, "records", "%" PRIu64, kpl_counts(k->core)->records_put);
    result_field(r, "retried", "%" PRIu64, kpl_counts(k->core)->retried);
    return true;
}

static bool run_ends(struct script *s, const struct line *l, struct result *r)
{
    struct script_kpl *k = kpl_word(s, l);
    char at[32];
    if (k == NULL)
        return false;
    const struct kpl_counts *c = kpl_counts(k->core);
    result_text(r, "%" PRIu64, c->put);
    result_field(r, "expired", "%" PRIu64, c->expired);
    result_field(r, "failed", "%" PRIu64, c->failed);
    result_field(r, "gathering", "%" PRIu64, c->gathering);
    result_field(r, "limited", "%" PRIu64, c->limited);
    result_field(r, "collected", "%" PRIu64, c->collected);
    result_field(r, "under_way", "%" PRIu64, c->under_way);
    streams_seconds(at, k->ended_at);
    result_field(r, "at", "%s", k->ended_at < 0 ? "never" : at);
    streams_seconds(at, k->waited);
    result_field(r, "after", "%s", at);
    return true;
}

const struct verb verbs_kpl[] = {
    {"kpl", run_kpl, "kpl NAME [aggregation=0] [aggregation_size=N] [aggregation_count=N] [collection_count=N] [collection_size=N] "
                     "[max_buffered=S] [ttl=S] [rate_limit=N] [connections=N] [fail_if_throttled=1]"},
    {"kpl_answers", run_answers, "kpl_answers KPL ok|throttled|error [until=S] [shard=N] [latency=S]"},
    {"kpl_add", run_add, "kpl_add KPL [n=N] [size=N] [every=S] [shard=N] [shards=N]"},
    {"kpl_flush", run_flush, "kpl_flush KPL"},
    {"kpl_calls", run_calls, "kpl_calls KPL"},
    {"kpl_ends", run_ends, "kpl_ends KPL"},
    {NULL, NULL, NULL},
};
