/* eventbridge.c - an account: its clock, its buses, its quotas. */
#include "eb_int.h"

#include <stdio.h>
#include <string.h>

#include "mem.h"

const char *const eb_metric_names[EB_METRICS] = {
    [EB_PUT_ENTRIES] = "PutEventsEntriesCount",
    [EB_PUT_FAILED] = "PutEventsFailedEntriesCount",
    [EB_MATCHED] = "MatchedEvents",
    [EB_TRIGGERED] = "TriggeredRules",
    [EB_INVOCATIONS] = "Invocations",
    [EB_FAILED] = "FailedInvocations",
    [EB_THROTTLED_RULES] = "ThrottledRules",
    [EB_ATTEMPTS] = "InvocationAttempts",
    [EB_RETRIES] = "RetryInvocationAttempts",
    [EB_TO_DLQ] = "InvocationsSentToDlq",
    [EB_NOT_TO_DLQ] = "InvocationsFailedToBeSentToDlq",
};

void eb_config_default(struct eb_config *c)
{
    *c = (struct eb_config){
        .region = "us-east-1",
        .account = "123456789012",
        .put_rate = 10000,
        .invoke_rate = 18750,
        .control_rate = 50,
        .buses = 100,
        .rules = 300,
        .replays = 10,
        .max_request = 1048576,
        .pattern_length = 2048,
        .wildcard_rules = 30,
    };
}

static bool add_bus(struct eb *e, const char *name)
{
    struct bus *b = arena_get(&e->arena, sizeof(*b)), **end = &e->bus;
    if (b == NULL || (b->name = arena_text(&e->arena, name)) == NULL)
        return false;
    while (*end != NULL)
        end = &(*end)->next;
    *end = b;
    e->n_bus++;
    return true;
}

static bool set_up(struct eb *e, struct err *err)
{
    struct delivery_config d = {.per_second = e->config.invoke_rate, .duplicates = e->config.duplicates};
    eb_bucket_init(&e->put, e->config.put_rate, 0);
    for (unsigned i = 0; i < N_CONTROL; i++)
        eb_bucket_init(&e->control[i], e->config.control_rate, 0);
    return delivery_open(&e->delivery, &d, err) && (add_bus(e, "default") || err_set(err, ERR_OS, "memory is short"));
}

bool eb_open(struct eb **out, const struct eb_config *config, struct err *err)
{
    struct eb *e = mem_get_zero(1, sizeof(*e));
    *out = NULL;
    if (e == NULL)
        return err_set(err, ERR_OS, "memory is short");
    e->config = *config;
    arena_init(&e->arena);
    map64_init(&e->last_answer);
    map64_init(&e->under_way);
    if (!set_up(e, err)) {
        eb_close(e);
        return false;
    }
    *out = e;
    return true;
}

void eb_close(struct eb *e)
{
    if (e == NULL)
        return;
    eb_rules_close(e);
    eb_archives_close(e);
    for (uint32_t i = 0; i < e->n_event; i++) {
        filter_event_free(e->event[i]->parsed);
        mem_release(e->event[i]->lines);
    }
    delivery_close(e->delivery);
    map64_free(&e->last_answer);
    map64_free(&e->under_way);
    mem_release(e->event);
    mem_release(e->letter);
    mem_release(e->by_line);
    mem_release(e->text);
    arena_free(&e->arena);
    mem_release(e);
}

/* --- time --- */

sim_time eb_now(const struct eb *e)
{
    return e->now;
}

int64_t eb_clock_s(const struct eb *e)
{
    return e->config.start_s + e->now / SIM_S;
}

static sim_time schedules_deadline(const struct eb *e)
{
    sim_time first = SIM_NEVER;
    for (const struct bus *b = e->bus; b != NULL; b = b->next)
        for (const struct rule *r = b->rule; r != NULL; r = r->next)
            if (r->scheduled && r->fires_s != INT64_MAX && (r->fires_s - e->config.start_s) * SIM_S < first)
                first = (r->fires_s - e->config.start_s) * SIM_S;
    return first;
}

bool eb_failed(const struct eb *e)
{
    return e->failed || delivery_failed(e->delivery);
}

sim_time eb_deadline(const struct eb *e)
{
    if (eb_failed(e))
        return SIM_NEVER;
    sim_time a = delivery_deadline(e->delivery), b = schedules_deadline(e), c = eb_replays_deadline(e);
    sim_time first = a < b ? a : b;
    return first < c ? first : c;
}

void eb_to(struct eb *e, sim_time now)
{
    CHECK(now >= e->now && now <= eb_deadline(e));
    e->now = now;
}

struct call *eb_begin(struct eb *e)
{
    call_begin(&e->call, e->now, e->config.dice);
    return &e->call;
}

/* --- what all calls have in common --- */

const char *eb_reason(const struct eb *e)
{
    return e->reason;
}

bool eb_admitted(struct eb *e, enum control c)
{
    return eb_bucket_take(&e->control[c], e->now);
}

struct bus *eb_bus(struct eb *e, const char *name)
{
    struct bus *b = e->bus;
    while (name != NULL && b != NULL && strcmp(b->name, name) != 0)
        b = b->next;
    return b;
}

/* EB-33, EB-34 */
struct filter *eb_pattern(struct eb *e, const char *text, enum eb_outcome *out)
{
    struct err err = {0};
    size_t n = strlen(text);
    *out = EB_OK;
    if (eb_text_characters(text) > e->config.pattern_length) {
        *out = EB_PATTERN_TOO_LONG;
        return NULL;
    }
    struct filter *f = e->config.json.pattern(text, n, &err);
    if (f == NULL) {
        snprintf(e->reason, sizeof(e->reason), "%s", err.text);
        *out = EB_BAD_PATTERN;
    }
    return f;
}

/* --- buses --- */

enum eb_outcome eb_bus_create(struct eb *e, const char *name)
{
    if (!eb_admitted(e, CONTROL_CREATE_BUS))
        return EB_THROTTLED;
    if (!eb_text_name(name, EB_BUS_NAME))
        return EB_BAD_NAME;
    if (eb_bus(e, name) != NULL)
        return EB_BUS_EXISTS;
    if (e->n_bus == e->config.buses)
        return EB_TOO_MANY_BUSES;
    return add_bus(e, name) ? EB_OK : EB_NO_MEMORY;
}

enum eb_outcome eb_bus_delete(struct eb *e, const char *name)
{
    struct bus *b = eb_bus(e, name), **at = &e->bus;
    if (!eb_admitted(e, CONTROL_DELETE_BUS))
        return EB_THROTTLED;
    if (b == e->bus)
        return EB_DEFAULT_BUS;
    if (b == NULL)
        return EB_OK; /* the service does not mind */
    if (b->rule != NULL)
        return EB_RULE_HAS_TARGETS;
    while (*at != b)
        at = &(*at)->next;
    *at = b->next;
    e->n_bus--;
    return EB_OK;
}

/* --- what must hold --- */

uint64_t eb_metric(const struct eb *e, enum eb_metric m)
{
    return e->metric[m];
}

const struct delivery_counts *eb_deliveries(const struct eb *e)
{
    return delivery_counts(e->delivery);
}

void eb_check(const struct eb *e)
{
    const struct delivery_counts *c = delivery_counts(e->delivery);
    delivery_check(e->delivery);
    CHECK(e->metric[EB_INVOCATIONS] == c->delivered + c->dead + c->dropped);
    CHECK(e->metric[EB_FAILED] == c->dead + c->dropped);
    CHECK(e->metric[EB_RETRIES] <= e->metric[EB_ATTEMPTS]);
    CHECK(e->metric[EB_TO_DLQ] + e->metric[EB_NOT_TO_DLQ] + (e->n_letter - e->first_letter) == c->dead);
}
