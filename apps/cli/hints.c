/* hints.c - see hints.h. */
#include "hints.h"

#include <inttypes.h>
#include <string.h>

#include "advice.h"
#include "check.h"
#include "cli.h"
#include "facts.h"
#include "quantity.h"

static bool is(const struct spec_entity *e, const char *kind)
{
    return strcmp(e->kind, kind) == 0;
}

/* Nothing but kinds that only answer to others. */
static bool nobody_asks(const struct spec *s)
{
    static const char *const passive[] = {"alarm",   "consumer", "database", "destination", "endpoint", "event",
                                          "fault",   "firehose", "fleet",    "function",    "group",    "kpl",
                                          "mapping", "pipe",     "pool",     "proxy",       "queue",    "scaling",
                                          "service", "stream",
                                          "topic"};
    for (uint32_t i = 0; i < s->n_entity; i++) {
        bool known = false;
        for (size_t k = 0; k < ARRAY_LEN(passive); k++)
            known |= is(&s->entity[i], passive[k]);
        if (!known)
            return false;
    }
    return true;
}

static void begins_late(const struct spec_entity *e, const char *key, sim_time end)
{
    const struct value *at = facts_value(e, key);
    char                begins[40], ends[40];
    if (at == NULL || at->type != VALUE_DURATION || at->i < end)
        return;
    quantity_duration_text(at->i, begins, sizeof begins);
    quantity_duration_text(end, ends, sizeof ends);
    cli_note("note: %s begins at %s, and %s at %s: it never happens", e->path, begins,
             is(e, "fault") ? "the run ends" : "the last requests come", ends);
}

/* What is done to a stream at times of its own: `at` is the first key of an action. */
static void comes_late(const struct spec_entity *e, sim_time end)
{
    const struct value *actions = facts_value(e, "actions");
    for (uint32_t i = 0; actions != NULL && i < actions->list.n; i++) {
        const struct value *at = value_field(&actions->list.item[i], 0);
        char                comes[40], ends[40];
        if (at->i <= end)
            continue;
        quantity_duration_text(at->i, comes, sizeof comes);
        quantity_duration_text(end, ends, sizeof ends);
        cli_note("note: %s.actions[%" PRIu32 "] comes at %s, and the run ends at %s: it never happens", e->path, i, comes, ends);
    }
}

static void no_rate(const struct spec_entity *e)
{
    const struct value *rate = facts_value(e, "rate"), *profile = facts_value(e, "profile");
    bool                varies = profile != NULL && profile->list.n > 0;
    if (rate != NULL && rate->type == VALUE_RATE && rate->rate.events == 0 && !varies)
        cli_note("note: %s makes no requests: its rate is 0", e->path);
}

void hints_print(const struct scenario *scenario)
{
    const struct spec *s = scenario_spec(scenario);
    if (nobody_asks(s))
        cli_note("note: there is no producer, and nobody makes requests");
    for (uint32_t i = 0; i < s->n_entity; i++) {
        const struct spec_entity *e = &s->entity[i];
        if (is(e, "fault"))
            begins_late(e, "at", s->duration + s->drain);
        if (is(e, "stream"))
            comes_late(e, s->duration + s->drain);
        if (is(e, "producer")) {
            begins_late(e, "start", s->duration);
            no_rate(e);
        }
    }
}

/* "AB0501, AB0506": each number once. */
void hints_advice(const struct scenario *scenario, const char *path)
{
    struct problems advice;
    char            list[400] = "";
    size_t          n = 0;
    problems_init(&advice);
    if (!advise(scenario_spec(scenario), &advice))
        advice.n = 0;
    for (size_t i = 0; i < advice.n; i++) {
        char code[16];
        snprintf(code, sizeof code, "AB%04d", advice.item[i].code);
        if (strstr(list, code) == NULL && n + sizeof code < sizeof list)
            n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", n > 0 ? ", " : "", code);
    }
    if (n > 0)
        cli_note("note: there is advice on this scenario (%s): afterbay check %s", list, path);
    problems_free(&advice);
}
