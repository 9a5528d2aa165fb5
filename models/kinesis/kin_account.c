/* kin_account.c - streams by name, in the order in which they were made. */
#include "kin_account.h"

#include <stdio.h>
#include <string.h>

#include "kin_int.h"
#include "mem.h"

struct kin_account {
    struct kin_account_config config;
    struct kin_quota quota;
    struct kin_stream **stream;
    uint32_t n, cap;
    sim_time call_end[KIN_ACTIONS];
    uint32_t calls[KIN_ACTIONS];
    bool advantage;
    sim_time advantage_since;
};

void kin_account_config(struct kin_account_config *c, const char *region)
{
    static const char *const large[] = {"us-east-1", "us-west-2", "eu-west-1"};
    *c = (struct kin_account_config){
        .shards = 6000, .on_demand = 50, .on_demand_max = 200, .creating = 5};
    for (size_t i = 0; i < ARRAY_LEN(large); i++)
        if (strcmp(region, large[i]) == 0) {
            c->shards = 20000;
            c->on_demand_max = 10000;
        }
}

bool kin_account_open(struct kin_account **out, const struct kin_account_config *c, struct err *err)
{
    struct kin_account *a = *out = mem_get_zero(1, sizeof(*a));
    if (a == NULL)
        return err_set(err, ERR_OS, "out of memory");
    a->config = *c;
    a->quota.max = c->shards;
    return true;
}

static void drop(struct kin_account *a, uint32_t i)
{
    kin_close(a->stream[i]->core);
    mem_release(a->stream[i]);
    a->n--;
    memmove(a->stream + i, a->stream + i + 1, (a->n - i) * sizeof(*a->stream));
}

void kin_account_close(struct kin_account *a)
{
    if (a == NULL)
        return;
    while (a->n > 0)
        drop(a, a->n - 1);
    mem_release(a->stream);
    mem_release(a);
}

static uint32_t next_of(const struct kin_account *a)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < a->n; i++)
        if (kin_deadline(a->stream[i]->core) < kin_deadline(a->stream[best]->core))
            best = i;
    return best;
}

sim_time kin_account_deadline(const struct kin_account *a)
{
    return a->n == 0 ? SIM_NEVER : kin_deadline(a->stream[next_of(a)]->core);
}

void kin_account_advance(struct kin_account *a, struct call *c, struct kin_stream **of)
{
    uint32_t i = next_of(a);
    CHECK(a->n > 0);
    *of = a->stream[i];
    kin_advance((*of)->core, c);
    if (kin_status((*of)->core) == KIN_GONE) {
        drop(a, i);
        *of = NULL;
    }
}

enum kin_outcome kin_account_call(struct kin_account *a, struct call *c, enum kin_action action,
                                  struct kin_stream *stream)
{
    static const uint32_t rate[KIN_ACTIONS] = {
        [KIN_CREATE_STREAM] = 5,     [KIN_DELETE_STREAM] = 5,       [KIN_SPLIT_SHARD] = 5,
        [KIN_MERGE_SHARDS] = 5,      [KIN_UPDATE_SHARD_COUNT] = 10, [KIN_UPDATE_WARM] = 5,
        [KIN_REGISTER_CONSUMER] = 5, [KIN_DESCRIBE_STREAM] = 10,    [KIN_DESCRIBE_SUMMARY] = 20,
        [KIN_LIST_SHARDS] = 1000};
    bool own = action == KIN_LIST_SHARDS && stream != NULL;
    sim_time *end = own ? &stream->list_end : &a->call_end[action];
    uint32_t *calls = own ? &stream->lists : &a->calls[action];
    return kin_window(end, calls, rate[action], c->now) ? KIN_OK : KIN_RATE;
}

static bool name_good(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
    return n >= 1 && n <= 128 && name[n] == '\0';
}

struct kin_stream *kin_account_find(const struct kin_account *a, const char *name)
{
    for (uint32_t i = 0; i < a->n; i++)
        if (strcmp(a->stream[i]->name, name) == 0)
            return a->stream[i];
    return NULL;
}

static enum kin_outcome allowed(const struct kin_account *a, const char *name,
                                const struct kin_config *config)
{
    uint32_t on_demand = 0, creating = 0;
    if (!name_good(name))
        return KIN_BAD_NAME;
    if (kin_account_find(a, name) != NULL)
        return KIN_STREAM_EXISTS;
    for (uint32_t i = 0; i < a->n; i++) {
        on_demand += kin_config(a->stream[i]->core)->mode == KIN_MODE_ON_DEMAND;
        creating += kin_status(a->stream[i]->core) == KIN_CREATING;
    }
    if (creating >= a->config.creating)
        return KIN_CREATING_QUOTA;
    if (config->mode == KIN_MODE_ON_DEMAND)
        return on_demand >= a->config.on_demand ? KIN_STREAM_QUOTA : KIN_OK;
    if (config->shards < 1)
        return KIN_BAD_COUNT;
    return a->quota.open + config->shards > a->quota.max ? KIN_SHARD_QUOTA
           : config->shards > KIN_SHARDS_MAX             ? KIN_TOO_MANY_SHARDS
                                                         : KIN_OK;
}

static bool room(struct kin_account *a)
{
    if (a->n < a->cap)
        return true;
    uint32_t cap = a->cap == 0 ? 8 : a->cap * 2;
    struct kin_stream **stream = mem_resize(a->stream, cap * sizeof(*stream));
    if (stream == NULL)
        return false;
    a->stream = stream;
    a->cap = cap;
    return true;
}

/* KIN-68 */
static void limit_consumers(const struct kin_account *a, struct kinesis *k)
{
    bool more = a->advantage && k->config.mode == KIN_MODE_ON_DEMAND;
    k->config.consumers = more ? KIN_CONSUMERS_MAX : 20;
}

enum kin_outcome kin_account_create(struct kin_account *a, struct call *c, const char *name,
                                    const struct kin_config *given, struct kin_stream **out)
{
    struct kin_config config = *given;
    enum kin_outcome o = allowed(a, name, given);
    if (o != KIN_OK)
        return o;
    config.now = c->now;
    config.quota = &a->quota;
    if (config.on_demand_max > a->config.on_demand_max)
        config.on_demand_max = a->config.on_demand_max;
    struct kin_stream *s = room(a) ? mem_get_zero(1, sizeof(*s)) : NULL;
    if (s == NULL || !kin_open(&s->core, &config, NULL)) {
        mem_release(s);
        return KIN_NO_MEMORY;
    }
    snprintf(s->name, sizeof(s->name), "%s", name);
    limit_consumers(a, s->core);
    a->stream[a->n++] = *out = s;
    return KIN_OK;
}

struct kin_stream *kin_account_stream(const struct kin_account *a, uint32_t i)
{
    return i < a->n ? a->stream[i] : NULL;
}

enum kin_outcome kin_account_advantage(struct kin_account *a, struct call *c, bool on)
{
    if (a->advantage && !on && c->now - a->advantage_since < SIM_DAY)
        return KIN_TOO_EARLY;
    if (on && !a->advantage)
        a->advantage_since = c->now;
    a->advantage = on;
    for (uint32_t i = 0; i < a->n; i++)
        limit_consumers(a, a->stream[i]->core);
    return KIN_OK;
}
