/* bus_rules.c - a bus's rules from the scenario, and what each event template sets off: worked out once, when the world is
 * wired, so that an event costs one look at a table. */
#include "bus_actor.h"
#include "event.h"
#include "filter_json.h"
#include "mem.h"

#include <stdio.h>
#include <string.h>

#define FILE_MAX 65536

static const char no_template[] =
    "{\"version\":\"0\",\"id\":\"0\",\"detail-type\":\"event\",\"source\":\"afterbay\",\"account\":\"123456789012\","
    "\"time\":\"2026-01-01T00:00:00Z\",\"region\":\"us-east-1\",\"resources\":[],\"detail\":{}}";

/* --- patterns --- */

static const char *file_text(const char *path, struct arena *arena)
{
    FILE *f = fopen(path, "rb");
    char *text = f == NULL ? NULL : arena_get(arena, FILE_MAX + 1);
    size_t n = text == NULL ? 0 : fread(text, 1, FILE_MAX, f);
    if (f != NULL)
        fclose(f);
    if (text != NULL)
        text[n] = '\0';
    return text;
}

struct filter *bus_pattern(const struct value *text, const struct value *file, struct arena *arena, struct filter_error *error,
                           bool *given)
{
    *given = !text->absent || !file->absent;
    *error = (struct filter_error){.code = NULL};
    if (!*given)
        return NULL;
    const char *json = text->absent ? file_text(file->path, arena) : text->text;
    if (json == NULL) {
        *error = (struct filter_error){.code = "ResourceNotFoundException"};
        snprintf(error->reason, sizeof(error->reason), "there is no file '%.120s'", file->text);
        return NULL;
    }
    return filter_compile(FILTER_EVENTBRIDGE, json, strlen(json), FILTER_APOSTROPHES, NULL, error);
}

/* --- make --- */

static bool make_target(struct bus *b, struct bus_rule *r, uint32_t i, const struct value *v)
{
    struct bus_target *t = &r->target[i];
    const struct value *size = value_field(v, TARGET_INPUT_SIZE), *group = value_field(v, TARGET_GROUP),
                       *jitter = spec_value(b->e.spec, BUS_RETRY_JITTER);
    char use[80];
    *t = (struct bus_target){.rule = r,
                             .input_size = size->absent ? -1 : size->i,
                             .group = group->absent ? -1 : (int)group->i,
                             .latency = value_field(v, TARGET_LATENCY)->dist};
    sim_lane_init(&t->timeouts, value_field(v, TARGET_TIMEOUT)->i);
    const struct value *attempts = value_field(v, TARGET_ATTEMPTS), *age = value_field(v, TARGET_AGE);
    bool v2 = b->v2 != NULL;
    t->law = retry_law_eventbridge(v2 && !attempts->given ? 5 : (uint32_t)attempts->i, v2 && !age->given ? 300 * SIM_S : age->i);
    t->law.jitter = jitter->absent ? b->e.world->spec->realistic : jitter->i == 1;
    if (t->latency != NULL) {
        snprintf(use, sizeof(use), "latency/%u/%u", (unsigned)(r - b->rule), i);
        t->latency_stream = entity_stream(&b->e, use);
    }
    struct delivery_line line = {.law = &t->law,
                                 .ordered = b->fifo,
                                 .dead_letter = value_field(v, TARGET_DEAD_LETTER)->ref != NULL,
                                 .user = (uint64_t)(uintptr_t)t};
    t->line = delivery_line_open(b->delivery, &line);
    return t->line != UINT32_MAX;
}

static bool make_rule(struct bus *b, struct bus_rule *r, const struct value *v)
{
    struct filter_error error;
    bool given;
    const struct value *schedule = value_field(v, RULE_SCHEDULE), *targets = value_field(v, RULE_TARGETS);
    r->bus = b;
    r->name = value_field(v, RULE_NAME)->text;
    r->enabled = value_field(v, RULE_ENABLED)->i != 0;
    r->filter = bus_pattern(value_field(v, RULE_PATTERN), value_field(v, RULE_PATTERN_FILE), &b->e.world->arena, &error, &given);
    r->scheduled = !schedule->absent;
    if (r->scheduled && !eb_schedule_parse(&r->schedule, schedule->text, NULL))
        return false;
    r->n_target = targets->list.n;
    r->target = arena_get(&b->e.world->arena, (r->n_target + 1) * sizeof(*r->target));
    r->line = arena_get(&b->e.world->arena, (r->n_target + 1) * sizeof(*r->line));
    bool ok = r->target != NULL && r->line != NULL && (!given || r->filter != NULL);
    for (uint32_t i = 0; ok && i < r->n_target; i++)
        ok = make_target(b, r, i, &targets->list.item[i]);
    b->schedules |= r->scheduled;
    return ok;
}

bool bus_rules_make(struct bus *b)
{
    const struct value *rules = spec_value(b->e.spec, BUS_RULES);
    b->rule = arena_get(&b->e.world->arena, (rules->list.n + 1) * sizeof(*b->rule));
    for (uint32_t i = 0; b->rule != NULL && i < rules->list.n; i++) {
        b->n_rule++;
        if (!make_rule(b, &b->rule[i], &rules->list.item[i]))
            return false;
    }
    return b->rule != NULL;
}

void bus_rules_close(struct bus *b)
{
    for (uint32_t i = 0; i < b->n_rule; i++)
        filter_free(b->rule[i].filter);
    filter_free(b->archive_filter);
}

/* --- wire --- */

static bool to_bus(const struct bus_target *t)
{
    return t->to->room == &room_bus;
}

static void wire_targets(struct bus *b, struct bus_rule *r, const struct value *targets)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->n_target; i++) {
        const struct value *v = &targets->list.item[i];
        r->target[i].to = world_entity(b->e.world, value_field(v, TARGET_TARGET)->ref);
        r->target[i].letters = world_entity(b->e.world, value_field(v, TARGET_DEAD_LETTER)->ref);
    }
    for (uint32_t i = 0; i < r->n_target; i++)
        if (!to_bus(&r->target[i]))
            r->line[n++] = r->target[i].line;
    r->n_first = n;
    for (uint32_t i = 0; i < r->n_target; i++)
        if (to_bus(&r->target[i]))
            r->line[n++] = r->target[i].line;
}

/* Targets that share an entity have digits of their own, so that their attempts are different work there. */
static void number_attempts(struct bus *b, struct bus_target *t)
{
    uint32_t before = 0, all = 0;
    for (uint32_t r = 0; r < b->n_rule; r++)
        for (uint32_t i = 0; i < b->rule[r].n_target; i++) {
            struct bus_target *x = &b->rule[r].target[i];
            if (x->to != t->to)
                continue;
            if (x == t)
                before = all;
            all += retry_count(&x->law) + 2;
        }
    t->first = before;
    t->radix = all;
}

static bool is_named(const struct value *names, const struct bus_rule *r)
{
    for (uint32_t i = 0; names != NULL && i < names->list.n; i++)
        if (strcmp(names->list.item[i].text, r->name) == 0)
            return true;
    return names == NULL || names->list.n == 0;
}

static void add_lines(struct bus_route *to, const struct bus_rule *r, bool buses)
{
    uint32_t from = buses ? r->n_first : 0, end = buses ? r->n_target : r->n_first;
    for (uint32_t i = from; i < end; i++)
        to->line[to->n++] = r->line[i];
}

static bool route_event(struct bus *b, struct bus_route *to, const struct filter_event *event, const struct value *names)
{
    to->line = arena_get(&b->e.world->arena, (b->n_rule * 5 + 1) * sizeof(*to->line));
    bool *matched = mem_get_zero(b->n_rule + 1, sizeof(*matched));
    if (to->line == NULL || matched == NULL) {
        mem_release(matched);
        return false;
    }
    for (uint32_t i = 0; i < b->n_rule; i++) {
        const struct bus_rule *r = &b->rule[i];
        matched[i] = r->enabled && r->filter != NULL && is_named(names, r) && event != NULL && filter_matches(r->filter, event);
        to->n_rules += matched[i];
        if (matched[i])
            add_lines(to, r, false);
    }
    to->n_first = to->n;
    for (uint32_t i = 0; i < b->n_rule; i++)
        if (matched[i])
            add_lines(to, &b->rule[i], true);
    to->archived = b->keeps && event != NULL && (b->archive_filter == NULL || filter_matches(b->archive_filter, event));
    mem_release(matched);
    return true;
}

bool bus_route_rules(struct bus *b, struct bus_route *route, const struct value *names)
{
    struct world *w = b->e.world;
    uint32_t n = event_count(w->spec);
    struct filter_event *plain =
        filter_event_json(FILTER_EVENTBRIDGE, no_template, sizeof(no_template) - 1, 0, &(struct filter_error){.code = NULL});
    bool ok = plain != NULL && route_event(b, &route[EVENT_NONE], plain, names);
    for (uint32_t i = 1; ok && i <= n; i++)
        ok = route_event(b, &route[i], event_views(w, i)->envelope, names);
    filter_event_free(plain);
    return ok;
}

/* What an entry of the template weighs, and whether it is one. */
static void weigh(struct bus *b, uint32_t n)
{
    b->route[EVENT_NONE].is_entry = true;
    b->route[EVENT_NONE].size = -1;
    for (uint32_t i = 1; i <= n; i++) {
        const struct event_views *v = event_views(b->e.world, i);
        b->route[i].is_entry = v->envelope != NULL;
        b->route[i].size = v->size < 0 ? -1 : v->size + v->envelope_bytes;
    }
}

bool bus_rules_wire(struct bus *b)
{
    struct world *w = b->e.world;
    const struct value *rules = spec_value(b->e.spec, BUS_RULES);
    for (uint32_t i = 0; i < b->n_rule; i++)
        wire_targets(b, &b->rule[i], value_field(&rules->list.item[i], RULE_TARGETS));
    for (uint32_t i = 0; i < b->n_rule; i++)
        for (uint32_t k = 0; k < b->rule[i].n_target; k++)
            number_attempts(b, &b->rule[i].target[k]);
    uint32_t n = event_count(w->spec) + 1;
    b->route = arena_get(&w->arena, n * sizeof(*b->route));
    if (b->route == NULL || !bus_route_rules(b, b->route, NULL))
        return false;
    weigh(b, n - 1);
    for (uint32_t i = 0; i < b->n_replay; i++) {
        struct bus_replay *p = &b->replay[i];
        const struct value *names = value_field(p->value, REPLAY_RULES);
        if (names->list.n == 0)
            continue;
        p->route = arena_get(&w->arena, n * sizeof(*p->route));
        if (p->route == NULL || !bus_route_rules(b, p->route, names))
            return false;
    }
    return true;
}
