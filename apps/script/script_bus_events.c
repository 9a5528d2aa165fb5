/* script_bus_events.c - PutEvents, what targets were sent, dead letters, metrics, money. */
#include <inttypes.h>
#include <string.h>

#include "eb_price.h"
#include "script.h"
#include "script_bus.h"

#define ENTRIES 16

/* --- PutEvents: source=S type=T detail=D [time=S] [resources=A,…] [bus=B] ; … --- */

static void read_resources(struct script *s, const char *text, struct eb_entry *x)
{
    const char **list = arena_get(&s->bus->scratch, 16 * sizeof(*list));
    char *copy = arena_text(&s->bus->scratch, text), *end;
    for (char *at = strtok_r(copy, ",", &end); at != NULL && x->n_resource < 16; at = strtok_r(NULL, ",", &end))
        list[x->n_resource++] = at;
    x->resource = list;
}

static bool read_entry_key(struct script *s, const struct arg *a, struct eb_entry *x)
{
    int64_t n;
    if (strcmp(a->key, "source") == 0)
        x->source = a->value;
    else if (strcmp(a->key, "type") == 0)
        x->detail_type = a->value;
    else if (strcmp(a->key, "detail") == 0)
        x->detail = bus_text(s, a->value);
    else if (strcmp(a->key, "bus") == 0)
        x->bus = a->value;
    else if (strcmp(a->key, "resources") == 0)
        read_resources(s, a->value, x);
    else if (strcmp(a->key, "time") == 0 && text_integer((struct text){a->value, a->n}, &n))
        x->time_s = s->bus->config.start_s + n;
    else
        return false;
    return true;
}

static bool read_entries(struct script *s, const struct line *l, struct eb_entry *x, uint32_t *n)
{
    int64_t copies = line_int(l, "n", 1);
    bool fresh = true;
    *n = 0;
    for (uint32_t i = 0; i < l->n_arg; i++) {
        const struct arg *a = &l->arg[i];
        if (a->key == NULL && strcmp(a->value, ";") == 0) {
            fresh = true;
            continue;
        }
        if (a->key == NULL)
            return false;
        if (strcmp(a->key, "n") == 0)
            continue;
        if (fresh && *n < ENTRIES)
            x[(*n)++] = (struct eb_entry){.time_s = -1};
        fresh = false;
        if (!read_entry_key(s, a, &x[*n - 1]))
            return false;
    }
    for (; *n > 0 && copies > 1 && *n < ENTRIES; copies--, ++*n)
        x[*n] = x[*n - 1];
    return true;
}

static bool run_put_events(struct script *s, const struct line *l, struct result *r)
{
    struct eb_entry x[ENTRIES];
    struct eb_result result[ENTRIES];
    uint32_t n, failed;
    struct eb *e = script_bus(s);
    if (!read_entries(s, l, x, &n))
        return false;
    enum eb_outcome out = eb_put(e, x, n, result, &failed);
    bus_result(s, r, out);
    if (out == EB_OK) {
        result_field(r, "http", "200");
        result_field(r, "failed", "%u", failed);
        for (uint32_t i = 0; i < n; i++) {
            const struct eb_outcome_row *row = eb_outcome_row(result[i].outcome);
            result_append(r, "results", row->code == NULL ? "ok" : row->code);
            result_append(r, "entry", row->name);
            if (row->code != NULL)
                result_field(r, "text", "%s", row->text);
        }
    }
    script_bus_drain(s);
    return true;
}

static bool run_aws_event(struct script *s, const struct line *l, struct result *r)
{
    struct eb_entry x[ENTRIES];
    uint32_t n;
    struct eb *e = script_bus(s);
    if (!read_entries(s, l, x, &n) || n != 1 || x->source == NULL || x->detail_type == NULL || x->detail == NULL)
        return false;
    bus_result(s, r, eb_put_aws(e, x));
    script_bus_drain(s);
    return true;
}

static bool run_entry_size(struct script *s, const struct line *l, struct result *r)
{
    struct eb_entry x[ENTRIES];
    uint32_t n;
    script_bus(s);
    if (!read_entries(s, l, x, &n) || n != 1)
        return false;
    result_text(r, "%" PRIu64, eb_entry_size(x));
    return true;
}

/* --- targets --- */

static bool run_behave(struct script *s, const struct line *l, struct result *r)
{
    static const char *const name[EB_ANSWERS] = {"accept", "throttle", "timeout", "error", "denied", "gone"};
    struct script_bus *b = s->bus;
    uint32_t i = 0, at = 0;
    const struct arg *who = line_word(l, &i), *how = line_word(l, &i);
    if (how == NULL)
        return false;
    while (at < b->n_behaviour && strcmp(b->behaviour[at].name, who->value) != 0)
        at++;
    if (at == BUS_NAMES_MAX)
        return false;
    for (unsigned k = 0; k < EB_ANSWERS; k++)
        if (strcmp(name[k], how->value) == 0) {
            snprintf(b->behaviour[at].name, sizeof(b->behaviour[at].name), "%s", who->value);
            b->behaviour[at].answer = (enum eb_answer)k;
            b->n_behaviour += at == b->n_behaviour;
            result_text(r, "ok");
            return true;
        }
    return false;
}

static void print_seconds(char *out, size_t size, sim_time t)
{
    int n = snprintf(out, size, "%" PRId64 ".%09d", t / SIM_S, (int)(t % SIM_S));
    while (out[n - 1] == '0')
        out[--n] = '\0';
    if (out[n - 1] == '.')
        out[n - 1] = '\0';
}

static bool run_attempts(struct script *s, const struct line *l, struct result *r)
{
    const struct script_bus *b = s->bus;
    uint32_t i = 0, n = 0;
    const struct arg *who = line_word(l, &i);
    char text[4000] = "", at[40] = "never";
    script_bus(s);
    for (uint32_t k = 0; k < b->n_log; k++) {
        if (who != NULL && strcmp(b->target[b->log[k].target], who->value) != 0)
            continue;
        print_seconds(at, sizeof(at), b->log[k].at);
        size_t used = strlen(text);
        if (used + 50 < sizeof(text))
            snprintf(text + used, sizeof(text) - used, "%s%s", n > 0 ? "," : "", at);
        n++;
    }
    result_text(r, "[%s]", text);
    result_field(r, "n", "%u", n);
    result_field(r, "last", "%s", at);
    return true;
}

/* The latest event that a target was sent. */
static bool run_event(struct script *s, const struct line *l, struct result *r)
{
    const struct script_bus *b = s->bus;
    uint32_t i = 0;
    const struct arg *who = line_word(l, &i);
    if (who == NULL)
        return false;
    result_text(r, "none");
    for (uint32_t k = b->n_log; k-- > 0;)
        if (strcmp(b->target[b->log[k].target], who->value) == 0) {
            result_text(r, "%s", eb_event_json(script_bus(s), b->log[k].event));
            break;
        }
    return true;
}

/* How many came to a dead-letter queue, and what stands on the last. */
static bool run_letters(struct script *s, const struct line *l, struct result *r)
{
    const struct script_bus *b = s->bus;
    uint32_t i = 0, n = 0;
    const struct arg *queue = line_word(l, &i);
    char at[40];
    if (queue == NULL)
        return false;
    script_bus(s);
    for (uint32_t k = 0; k < b->n_letter; k++) {
        const struct bus_letter_log *x = &b->letter[k];
        if (strcmp(x->queue, queue->value) != 0)
            continue;
        n++;
        print_seconds(at, sizeof(at), x->at);
        result_field(r, "at", "%s", at);
        result_field(r, "RULE_ARN", "%s", x->rule);
        result_field(r, "TARGET_ARN", "%s", x->target);
        result_field(r, "ERROR_CODE", "%s", x->code);
        result_field(r, "EXHAUSTED_RETRY_CONDITION", "%s", x->exhausted == NULL ? "none" : x->exhausted);
        result_field(r, "RETRY_ATTEMPTS", "%u", x->retries);
        result_field(r, "body", "%.500s", eb_event_json(b->eb, x->event));
    }
    result_text(r, "%u", n);
    return true;
}

/* --- numbers --- */

static bool run_metric(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    struct eb *e = script_bus(s);
    for (unsigned m = 0; name != NULL && m < EB_METRICS; m++)
        if (strcmp(eb_metric_names[m], name->value) == 0) {
            result_text(r, "%" PRIu64, eb_metric(e, (enum eb_metric)m));
            return true;
        }
    return false;
}

static bool run_bill(struct script *s, const struct line *l, struct result *r)
{
    const uint64_t each = eb_price_chunks((uint64_t)line_int(l, "size", 0));
    struct eb_use use = {
        .custom = (uint64_t)line_int(l, "custom", 0) * each,
        .aws = (uint64_t)line_int(l, "aws", 0),
        .replayed = (uint64_t)line_int(l, "replayed", 0),
        .archived_bytes = (uint64_t)line_int(l, "archived", 0),
        .stored_byte_hours = (uint64_t)line_int(l, "stored", 0) * 730,
        .pipe_requests = (uint64_t)line_int(l, "pipe", 0) * each,
        .api_destinations = (uint64_t)line_int(l, "api_destinations", 0),
        .scheduler = (uint64_t)line_int(l, "scheduler", 0),
        .discovered = (uint64_t)line_int(l, "discovered", 0),
    };
    (void)s;
    __int128 nano = eb_price_month(&use);
    char text[40];
    int n = snprintf(text, sizeof(text), "%" PRId64 ".%09d", (int64_t)(nano / 1000000000), (int)(nano % 1000000000));
    while (text[n - 1] == '0' && text[n - 3] != '.')
        text[--n] = '\0';
    result_text(r, "%s", text);
    return true;
}

const struct verb verbs_bus_events[] = {
    {"put_events", run_put_events, "put_events source=S type=T detail=D [time=S] [resources=A,…] [bus=B] [; …] [n=N]"},
    {"aws_event", run_aws_event, "aws_event source=S type=T detail=D [time=S] [resources=A,…]"},
    {"entry_size", run_entry_size, "entry_size source=S type=T [detail=D] [time=S] [resources=A,…]"},
    {"behave", run_behave, "behave TARGET|QUEUE accept|throttle|timeout|error|denied|gone"},
    {"attempts", run_attempts, "attempts [TARGET]"},
    {"event", run_event, "event TARGET"},
    {"letters", run_letters, "letters QUEUE"},
    {"events_metric", run_metric, "events_metric NAME"},
    {"events_bill", run_bill, "events_bill [custom=N] [size=BYTES] [replayed=N] [archived=BYTES] [stored=BYTES] [pipe=N] …"},
    {NULL, NULL, NULL},
};
