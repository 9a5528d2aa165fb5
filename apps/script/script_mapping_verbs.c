/* script_mapping_verbs.c - calls that make mappings, give them records, and ask what came of it. */
#include "script_mapping.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "script_kinesis.h"

static void config_of(const struct line *l, struct esm_config *c)
{
    esm_config_init(c);
    c->batch = (uint32_t)line_int(l, "batch", c->batch);
    c->factor = (uint32_t)line_int(l, "factor", c->factor);
    c->window = seconds_key(l, "window", c->window);
    c->tumbling = seconds_key(l, "tumbling", c->tumbling);
    c->bisect = line_int(l, "bisect", 0) != 0;
    c->report = line_int(l, "report", 0) != 0;
    c->retries = line_int(l, "retries", c->retries);
    c->max_age = seconds_key(l, "max_age", c->max_age);
    c->retention = seconds_key(l, "retention", c->retention);
}

static bool run_mapping(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    struct err err = {0};
    struct esm_config c;
    if (name == NULL)
        return false;
    config_of(l, &c);
    if (!esm_config_check(&c, &err)) {
        result_text(r, "InvalidParameterValueException");
        result_field(r, "why", "%s", err.text);
        return true;
    }
    if (s->mappings == NULL)
        s->mappings = calloc(1, sizeof(*s->mappings));
    struct script_mapping *m = s->mappings == NULL || s->mappings->n == MAPPINGS_MAX ? NULL : calloc(1, sizeof(*m));
    if (m == NULL || !esm_open(&m->core, &c, NULL))
        exit(71);
    m->config = c;
    m->expired_at = m->invoked_at = -1;
    snprintf(m->name, sizeof(m->name), "%s", name->value);
    s->mappings->mapping[s->mappings->n++] = m;
    result_text(r, "ok");
    result_field(r, "batch", "%u", c.batch);
    result_field(r, "factor", "%u", c.factor);
    result_field(r, "retries", "%" PRId64, c.retries);
    result_field(r, "window", "%" PRId64, c.window / SIM_S);
    return true;
}

static bool run_function(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct script_mapping *m = mapping_word(s, l, &i);
    const struct arg *poison = line_key(l, "poison");
    if (m == NULL)
        return false;
    m->time = seconds_key(l, "time", m->time);
    m->throttled = seconds_key(l, "throttled_until", m->throttled);
    m->n_poison = poison == NULL ? m->n_poison : 0;
    for (char *at = poison == NULL ? NULL : poison->value; at != NULL && *at != '\0' && m->n_poison < POISON_MAX; at += *at == ',')
        m->poison[m->n_poison++] = strtoull(at, &at, 10);
    result_text(r, "ok");
    return true;
}

/* n records for each of so many shards, from this one on. */
static bool run_records(struct script *s, const struct line *l, struct result *r)
{
    struct call c;
    uint32_t i = 0;
    struct script_mapping *m = mapping_word(s, l, &i);
    sim_time now = account_now(s->account);
    uint32_t first = (uint32_t)line_int(l, "shard", 0), shards = (uint32_t)line_int(l, "shards", 1);
    uint64_t keys = (uint64_t)line_int(l, "keys", 1);
    if (m == NULL || first + shards > ARRAY_LEN(m->next) || keys == 0)
        return false;
    for (uint32_t shard = first; shard < first + shards; shard++)
        for (int64_t k = 0; k < line_int(l, "n", 1); k++) {
            uint64_t number = ++m->next[shard];
            struct esm_record x = {.seq = number,
                                   .hash = number % keys,
                                   .arrival = now - seconds_key(l, "age", 0),
                                   .size = (uint32_t)line_int(l, "size", 1000)};
            call_begin(&c, now, NULL);
            if (!esm_add(m->core, &c, shard, &x))
                exit(71);
        }
    mapping_settle(m, now);
    result_text(r, "ok");
    return true;
}

static bool run_seen(struct script *s, const struct line *l, struct result *r)
{
    struct call c;
    uint32_t i = 0;
    struct script_mapping *m = mapping_word(s, l, &i);
    if (m == NULL)
        return false;
    call_begin(&c, account_now(s->account), NULL);
    esm_seen(m->core, &c, 0, account_now(s->account));
    mapping_settle(m, account_now(s->account));
    result_text(r, "ok");
    return true;
}

static bool run_end(struct script *s, const struct line *l, struct result *r)
{
    struct call c;
    uint32_t i = 0, shard;
    struct script_mapping *m = mapping_word(s, l, &i);
    if (m == NULL || !number_word(l, &i, &shard) || !esm_shard(m->core, shard))
        return false;
    call_begin(&c, account_now(s->account), NULL);
    esm_end(m->core, &c, shard);
    m->n_finished += c.n_fx;
    mapping_settle(m, account_now(s->account));
    result_text(r, "ok");
    return true;
}

/* --- what came of it --- */

static void seconds_field(struct result *r, const char *key, sim_time t)
{
    char text[32];
    streams_seconds(text, t);
    result_field(r, key, "%s", t < 0 ? "never" : text);
}

static bool run_invocations(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct script_mapping *m = mapping_word(s, l, &i);
    if (m == NULL)
        return false;
    result_text(r, "%s", m->invoked[0] == '\0' ? "none" : m->invoked);
    result_field(r, "n", "%" PRIu64, m->n_invoked);
    result_field(r, "peak", "%u", m->peak);
    result_field(r, "errors", "%" PRIu64, m->n_errors);
    result_field(r, "throttled", "%" PRIu64, m->n_throttled);
    result_field(r, "splits", "%" PRIu64, m->n_split);
    result_field(r, "age_ms", "%" PRId64, m->age_ms);
    seconds_field(r, "last", m->invoked_at);
    return true;
}

static bool run_discarded(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct script_mapping *m = mapping_word(s, l, &i);
    if (m == NULL)
        return false;
    result_text(r, "%s", m->discarded[0] == '\0' ? "none" : m->discarded);
    result_field(r, "n", "%" PRIu64, m->n_discarded);
    result_field(r, "expired", "%" PRIu64, m->n_expired);
    seconds_field(r, "expired_at", m->expired_at);
    return true;
}

static bool run_checkpoint(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0, shard = (uint32_t)line_int(l, "shard", 0);
    struct script_mapping *m = mapping_word(s, l, &i);
    if (m == NULL)
        return false;
    result_text(r, "%" PRIu64, esm_checkpoint(m->core, shard));
    result_field(r, "done", "%" PRIu64, m->n_done);
    result_field(r, "pending", "%" PRIu64, esm_pending(m->core, shard));
    result_field(r, "flying", "%u", esm_flying(m->core));
    result_field(r, "blocked", "%u", esm_blocked(m->core));
    result_field(r, "wants", "%s", esm_wants(m->core, shard) ? "yes" : "no");
    result_field(r, "finished", "%" PRIu64, m->n_finished);
    return true;
}

const struct verb verbs_mapping[] = {
    {"mapping", run_mapping,
     "mapping NAME [batch=N] [window=S] [factor=N] [bisect=1] [report=1] [retries=N] [max_age=S] [retention=S] [tumbling=S]"},
    {"function", run_function, "function MAPPING [time=S] [poison=N,…] [throttled_until=S]"},
    {"records", run_records, "records MAPPING [n=N] [shard=N] [shards=N] [keys=N] [size=N] [age=S]"},
    {"seen", run_seen, "seen MAPPING"},
    {"end_shard", run_end, "end_shard MAPPING SHARD"},
    {"invocations", run_invocations, "invocations MAPPING"},
    {"discarded", run_discarded, "discarded MAPPING"},
    {"checkpoint", run_checkpoint, "checkpoint MAPPING [shard=N]"},
    {NULL, NULL, NULL},
};
