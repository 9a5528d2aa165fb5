/* script_bus.c - the clock of a script's buses, how targets answer, what is written down. */
#include "script_bus.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "delivery.h"
#include "eb_json.h"
#include "eb_schedule.h"
#include "hash.h"
#include "script.h"

/* --- chance --- */

#define ROLL(kind)                                                                                                      \
    static uint64_t roll_##kind(struct dice *d, uint64_t n)                                                             \
    {                                                                                                                   \
        struct script_bus *b = CONTAINER_OF(d, struct script_bus, dice[kind]);                                          \
        return hash_mix(b->chance[kind] += UINT64_C(0x9e3779b97f4a7c15)) % n;                                           \
    }
ROLL(0)
ROLL(1)

/* --- life --- */

static void set_up(struct script_bus *b)
{
    static uint64_t (*const roll[EB_DICE_KINDS])(struct dice *, uint64_t) = {roll_0, roll_1};
    eb_config_default(&b->config);
    b->config.dice = b->dice;
    b->config.json = eb_json();
    for (unsigned i = 0; i < EB_DICE_KINDS; i++) {
        b->dice[i].roll = roll[i];
        b->chance[i] = 100 + i;
    }
}

bool script_bus_open(struct script *s)
{
    s->bus = calloc(1, sizeof(*s->bus));
    if (s->bus == NULL)
        return false;
    arena_init(&s->bus->scratch);
    set_up(s->bus);
    return true;
}

void script_bus_clear(struct script *s)
{
    struct script_bus *b = s->bus;
    if (b == NULL)
        return;
    eb_close(b->eb);
    b->eb = NULL;
    b->n_behaviour = b->n_target = b->n_log = b->n_letter = 0;
    b->n_refused_letters = 0;
    set_up(b);
}

void script_bus_close(struct script *s)
{
    script_bus_clear(s);
    if (s->bus == NULL)
        return;
    arena_free(&s->bus->scratch);
    free(s->bus->log);
    free(s->bus);
    s->bus = NULL;
}

struct eb *script_bus(struct script *s)
{
    struct script_bus *b = s->bus;
    if (b->eb == NULL) {
        if (!eb_open(&b->eb, &b->config, NULL))
            exit(71);
        script_bus_to(s, account_now(s->account));
    }
    return b->eb;
}

bool script_bus_knob(struct script *s, const char *key, const char *value)
{
    struct eb_config *c = &s->bus->config;
    const struct {
        const char *name;
        uint32_t *to;
    } counts[] = {{"put_rate", &c->put_rate},       {"invoke_rate", &c->invoke_rate},
                  {"control_rate", &c->control_rate}, {"buses", &c->buses},
                  {"rules", &c->rules},             {"replays", &c->replays},
                  {"max_request", &c->max_request}, {"pattern_length", &c->pattern_length},
                  {"wildcard_rules", &c->wildcard_rules}};
    int64_t n = 0;
    if (strcmp(key, "start") == 0)
        return eb_date_parse(value, &c->start_s);
    if (!text_integer(text_of(value), &n) || n < 0)
        return false;
    if (strcmp(key, "propagation") == 0)
        c->propagation = n * SIM_S;
    else if (strcmp(key, "archive_lag") == 0)
        c->archive_lag = n * SIM_S;
    else if (strcmp(key, "duplicates") == 0)
        c->duplicates = n;
    else if (strcmp(key, "jitter") == 0)
        c->jitter = n != 0;
    else
        for (size_t i = 0; i < ARRAY_LEN(counts); i++)
            if (strcmp(counts[i].name, key) == 0) {
                *counts[i].to = (uint32_t)n;
                return true;
            }
    return strcmp(key, "propagation") == 0 || strcmp(key, "archive_lag") == 0 || strcmp(key, "duplicates") == 0 ||
           strcmp(key, "jitter") == 0;
}

/* --- what targets do --- */

static enum eb_answer answer_of(const struct script_bus *b, const char *name)
{
    for (uint32_t i = 0; i < b->n_behaviour; i++)
        if (strcmp(b->behaviour[i].name, name) == 0)
            return b->behaviour[i].answer;
    return EB_ACCEPTED;
}

static uint32_t target_number(struct script_bus *b, const char *name)
{
    uint32_t i = 0;
    while (i < b->n_target && strcmp(b->target[i], name) != 0)
        i++;
    if (i == b->n_target && i < BUS_NAMES_MAX)
        snprintf(b->target[b->n_target++], sizeof(b->target[0]), "%s", name);
    return i;
}

static void note_attempt(struct script_bus *b, const char *target, uint64_t event)
{
    if (b->n_log == b->cap_log && b->cap_log < BUS_LOG_MAX) {
        uint32_t cap = b->cap_log == 0 ? 1024 : b->cap_log * 2;
        struct bus_log *more = realloc(b->log, cap * sizeof(*more));
        if (more == NULL)
            return;
        b->log = more;
        b->cap_log = cap;
    }
    if (b->n_log < b->cap_log)
        b->log[b->n_log++] = (struct bus_log){target_number(b, target), eb_now(b->eb), event};
}

enum eb_answer script_bus_call(struct script *s, const char *target)
{
    note_attempt(s->bus, target, 0);
    return answer_of(s->bus, target);
}

static void note_letter(struct script_bus *b, const struct eb_letter *l)
{
    if (b->n_letter == BUS_NAMES_MAX)
        return;
    struct bus_letter_log *x = &b->letter[b->n_letter++];
    snprintf(x->queue, sizeof(x->queue), "%s", l->queue);
    snprintf(x->rule, sizeof(x->rule), "%s", l->rule_arn);
    snprintf(x->target, sizeof(x->target), "%s", l->target_arn);
    x->code = l->error_code;
    x->exhausted = l->exhausted;
    x->retries = l->retries;
    x->at = eb_now(b->eb);
    x->event = l->event;
}

void script_bus_drain(struct script *s)
{
    struct script_bus *b = s->bus;
    struct eb_attempt a;
    struct eb_letter l;
    while (eb_next(b->eb, &a)) {
        note_attempt(b, a.target, a.event);
        eb_settle(b->eb, a.id, answer_of(b, a.target));
    }
    while (eb_letter(b->eb, &l)) {
        bool taken = answer_of(b, l.queue) == EB_ACCEPTED;
        if (taken)
            note_letter(b, &l);
        b->n_refused_letters += !taken;
        eb_letter_sent(b->eb, taken);
    }
}

void script_bus_to(struct script *s, sim_time to)
{
    struct script_bus *b = s->bus;
    if (b->eb == NULL)
        return;
    while (eb_deadline(b->eb) <= to) {
        eb_to(b->eb, eb_deadline(b->eb));
        script_bus_drain(s);
    }
    eb_to(b->eb, to);
}

void script_bus_end_line(struct script *s)
{
    if (s->bus->eb != NULL)
        eb_check(s->bus->eb);
    arena_free(&s->bus->scratch);
    arena_init(&s->bus->scratch);
}

/* --- texts --- */

void bus_result(struct script *s, struct result *r, enum eb_outcome out)
{
    const struct eb_outcome_row *row = eb_outcome_row(out);
    result_text(r, "%s", row->code == NULL ? "ok" : row->code);
    if (out == EB_OK)
        return;
    result_field(r, "why", "%s", row->name);
    result_field(r, "http", "%d", row->http);
    result_field(r, "text", "%s", row->text);
    if (out == EB_BAD_PATTERN || out == EB_BAD_SCHEDULE)
        result_field(r, "reason", "%.400s", eb_reason(s->bus->eb));
}

static const char *object_of(struct script *s, int64_t n)
{
    static const char head[] = "{\"p\":\"", tail[] = "\"}";
    if (n < (int64_t)(sizeof(head) + sizeof(tail) - 2))
        return "{}";
    char *out = arena_get(&s->bus->scratch, (size_t)n + 1);
    if (out == NULL)
        exit(71);
    memset(out, 'a', (size_t)n);
    memcpy(out, head, sizeof(head) - 1);
    memcpy(out + n - (sizeof(tail) - 1), tail, sizeof(tail));
    return out;
}

const char *bus_text(struct script *s, const char *text)
{
    int64_t n;
    if (text[0] == '*' && text_integer(text_of(text + 1), &n))
        return object_of(s, n);
    char *out = arena_text(&s->bus->scratch, text);
    if (out == NULL)
        exit(71);
    if (strchr(out, '"') == NULL)
        for (char *c = out; *c != '\0'; c++)
            if (*c == '\'')
                *c = '"';
    return out;
}

const char *bus_key(struct script *s, const struct line *l, const char *key)
{
    const struct arg *a = line_key(l, key);
    return a == NULL ? NULL : bus_text(s, a->value);
}
