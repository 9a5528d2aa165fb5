/* eb_rules.c - rules and their targets. A change is felt by events after the propagation delay (EB-4): until then they meet
 * the rule as it was. */
#include "eb_int.h"

#include <stdio.h>
#include <string.h>

#include "mem.h"

struct rule *eb_rule(const struct bus *b, const char *name)
{
    for (struct rule *r = b == NULL ? NULL : b->rule; r != NULL; r = r->next)
        if (strcmp(r->name, name) == 0)
            return r;
    return NULL;
}

/* What is coming has come. */
void eb_rule_settle(const struct eb *e, struct rule *r)
{
    if (r->coming_at > e->now)
        return;
    if (r->now.filter != r->coming.filter)
        filter_free(r->now.filter);
    r->now = r->coming;
    r->coming_at = SIM_NEVER;
}

static void change(const struct eb *e, struct rule *r, struct version v)
{
    eb_rule_settle(e, r);
    if (r->coming_at != SIM_NEVER && r->coming.filter != r->now.filter && r->coming.filter != v.filter)
        filter_free(r->coming.filter);
    r->coming = v;
    r->coming_at = e->now + e->config.propagation;
    eb_rule_settle(e, r);
}

static struct version latest(const struct rule *r)
{
    return r->coming_at == SIM_NEVER ? r->now : r->coming;
}

static void close_rule(struct rule *r)
{
    if (r->coming_at != SIM_NEVER && r->coming.filter != r->now.filter)
        filter_free(r->coming.filter);
    filter_free(r->now.filter);
    r->now.filter = r->coming.filter = NULL;
}

void eb_rules_close(struct eb *e)
{
    for (struct bus *b = e->bus; b != NULL; b = b->next)
        for (struct rule *r = b->rule; r != NULL; r = r->next)
            close_rule(r);
}

/* --- PutRule --- */

static uint32_t wildcard_rules(const struct bus *b, const struct rule *but)
{
    uint32_t n = 0;
    for (const struct rule *r = b->rule; r != NULL; r = r->next)
        if (r != but && latest(r).filter != NULL)
            n += filter_wildcards(latest(r).filter) > 0;
    return n;
}

static struct rule *new_rule(struct eb *e, struct bus *b, const char *name)
{
    struct rule *r = arena_get(&e->arena, sizeof(*r)), **end = &b->rule;
    if (r == NULL || (r->name = arena_text(&e->arena, name)) == NULL)
        return NULL;
    r->bus = b;
    r->coming_at = SIM_NEVER;
    r->fires_s = INT64_MAX;
    while (*end != NULL)
        end = &(*end)->next;
    *end = r;
    b->n_rule++;
    return r;
}

static enum eb_outcome judge_schedule(struct eb *e, const struct eb_rule_put *p, const struct bus *b, struct eb_schedule *s)
{
    struct err err = {0};
    if (p->schedule == NULL)
        return p->pattern == NULL ? EB_NOTHING_TO_MATCH : EB_OK;
    if (b != e->bus)
        return EB_SCHEDULE_ELSEWHERE;
    if (eb_schedule_parse(s, p->schedule, &err))
        return EB_OK;
    snprintf(e->reason, sizeof(e->reason), "%s", err.text);
    return EB_BAD_SCHEDULE;
}

static void set_schedule(struct eb *e, struct rule *r, const struct eb_rule_put *p, const struct eb_schedule *s)
{
    r->scheduled = p->schedule != NULL;
    r->schedule = *s;
    r->since_s = eb_clock_s(e);
    r->fires_s = r->scheduled && !p->disabled ? eb_schedule_next(s, r->since_s, r->since_s) : INT64_MAX;
}

enum eb_outcome eb_rule_put(struct eb *e, const struct eb_rule_put *p)
{
    struct eb_schedule schedule = {0};
    struct filter *f = NULL;
    struct bus *b = eb_bus(e, p->bus);
    enum eb_outcome out = EB_OK;
    if (!eb_admitted(e, CONTROL_PUT_RULE))
        return EB_THROTTLED;
    if (!eb_text_name(p->name, EB_RULE_NAME))
        return EB_BAD_NAME;
    if (b == NULL)
        return EB_NO_BUS;
    struct rule *r = eb_rule(b, p->name);
    if ((out = judge_schedule(e, p, b, &schedule)) != EB_OK)
        return out;
    if (p->pattern != NULL && (f = eb_pattern(e, p->pattern, &out)) == NULL)
        return out;
    bool full = r == NULL && b->n_rule == e->config.rules;
    if (full || (f != NULL && filter_wildcards(f) > 0 && wildcard_rules(b, r) == e->config.wildcard_rules)) {
        filter_free(f);
        return EB_TOO_MANY_RULES;
    }
    if (r == NULL && (r = new_rule(e, b, p->name)) == NULL) {
        filter_free(f);
        return EB_NO_MEMORY;
    }
    change(e, r, (struct version){f, !p->disabled});
    set_schedule(e, r, p, &schedule);
    return EB_OK;
}

enum eb_outcome eb_rule_delete(struct eb *e, const char *bus, const char *name)
{
    struct bus *b = eb_bus(e, bus);
    if (!eb_admitted(e, CONTROL_DELETE_RULE))
        return EB_THROTTLED;
    if (b == NULL)
        return EB_NO_BUS;
    struct rule *r = eb_rule(b, name), **at = &b->rule;
    if (r == NULL)
        return EB_OK; /* the service does not mind */
    if (r->n_target > 0)
        return EB_RULE_HAS_TARGETS;
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    b->n_rule--;
    close_rule(r);
    return EB_OK;
}

enum eb_outcome eb_rule_enable(struct eb *e, const char *bus, const char *name, bool enabled)
{
    struct bus *b = eb_bus(e, bus);
    if (!eb_admitted(e, CONTROL_ENABLE_RULE))
        return EB_THROTTLED;
    if (b == NULL)
        return EB_NO_BUS;
    struct rule *r = eb_rule(b, name);
    if (r == NULL)
        return EB_NO_RULE;
    change(e, r, (struct version){latest(r).filter, enabled});
    if (r->scheduled)
        r->fires_s = enabled ? eb_schedule_next(&r->schedule, r->since_s, eb_clock_s(e)) : INT64_MAX;
    return EB_OK;
}

/* --- targets --- */

static uint32_t find_target(const struct rule *r, const char *id)
{
    uint32_t i = 0;
    while (i < r->n_target && strcmp(r->target[i]->id, id) != 0)
        i++;
    return i;
}

static enum eb_outcome judge_targets(const struct rule *r, const struct eb_target *t, uint32_t n)
{
    uint32_t more = 0;
    if (n > 10)
        return EB_TOO_MANY_IN_CALL;
    for (uint32_t i = 0; i < n; i++) {
        enum eb_outcome out = eb_text_retry(t[i].attempts, t[i].age_s);
        if (!eb_text_name(t[i].id, EB_RULE_NAME))
            return EB_BAD_TARGET_ID;
        if (out != EB_OK)
            return out;
        bool seen = false;
        for (uint32_t k = 0; k < i; k++)
            seen |= strcmp(t[k].id, t[i].id) == 0;
        more += !seen && find_target(r, t[i].id) == r->n_target;
    }
    return r->n_target + more > EB_TARGETS_MAX ? EB_TOO_MANY_TARGETS : EB_OK;
}

static bool open_line(struct eb *e, struct target *t)
{
    struct delivery_line l = {.law = &t->law, .dead_letter = t->dead_letter != NULL, .user = (uint64_t)e->n_by_line};
    t->line = delivery_line_open(e->delivery, &l);
    if (t->line == UINT32_MAX)
        return false;
    if (t->line >= e->n_by_line) {
        uint32_t n = t->line + 64;
        struct target **more = mem_resize(e->by_line, n * sizeof(struct target *));
        if (more == NULL)
            return false;
        e->by_line = more;
        e->n_by_line = n;
    }
    e->by_line[t->line] = t;
    return true;
}

static bool put_target(struct eb *e, struct rule *r, const struct eb_target *x)
{
    struct target *t = arena_get(&e->arena, sizeof(*t));
    uint32_t at = find_target(r, x->id);
    if (t == NULL)
        return false;
    *t = (struct target){.rule = r, .kind = x->kind, .since = e->now + e->config.propagation};
    t->id = arena_text(&e->arena, x->id);
    t->arn = arena_text(&e->arena, x->arn);
    t->dead_letter = x->dead_letter == NULL ? NULL : arena_text(&e->arena, x->dead_letter);
    t->law = retry_law_eventbridge(x->attempts == -1 ? EB_ATTEMPTS_MAX : (uint32_t)x->attempts,
                                   (x->age_s == -1 ? EB_AGE_MAX_S : x->age_s) * SIM_S);
    t->law.jitter = e->config.jitter;
    if (t->id == NULL || t->arn == NULL || (x->dead_letter != NULL && t->dead_letter == NULL) || !open_line(e, t))
        return false;
    if (at < r->n_target)
        t->since = r->target[at]->since; /* what waits for the old one is still tried there */
    r->target[at] = t;
    r->n_target += at == r->n_target;
    return true;
}

static enum eb_outcome rule_of(struct eb *e, const char *bus, const char *name, struct rule **r)
{
    struct bus *b = eb_bus(e, bus);
    if (b == NULL)
        return EB_NO_BUS;
    *r = eb_rule(b, name);
    return *r == NULL ? EB_NO_RULE : EB_OK;
}

enum eb_outcome eb_targets_put(struct eb *e, const char *bus, const char *rule, const struct eb_target *t, uint32_t n)
{
    struct rule *r;
    if (!eb_admitted(e, CONTROL_PUT_TARGETS))
        return EB_THROTTLED;
    enum eb_outcome out = rule_of(e, bus, rule, &r);
    if (out != EB_OK || (out = judge_targets(r, t, n)) != EB_OK)
        return out;
    for (uint32_t i = 0; i < n; i++)
        if (!put_target(e, r, &t[i]))
            return EB_NO_MEMORY;
    return EB_OK;
}

enum eb_outcome eb_target_remove(struct eb *e, const char *bus, const char *rule, const char *id)
{
    struct rule *r;
    if (!eb_admitted(e, CONTROL_REMOVE_TARGETS))
        return EB_THROTTLED;
    enum eb_outcome out = rule_of(e, bus, rule, &r);
    if (out != EB_OK)
        return out;
    uint32_t at = find_target(r, id);
    if (at == r->n_target)
        return EB_OK;
    for (r->n_target--; at < r->n_target; at++)
        r->target[at] = r->target[at + 1];
    return EB_OK;
}

uint32_t eb_targets(struct eb *e, const char *bus, const char *rule, const char *id[EB_TARGETS_MAX])
{
    struct rule *r;
    if (rule_of(e, bus, rule, &r) != EB_OK)
        return 0;
    for (uint32_t i = 0; i < r->n_target; i++)
        id[i] = r->target[i]->id;
    return r->n_target;
}

enum eb_outcome eb_pattern_test(struct eb *e, const char *pattern, const char *event, bool *matches)
{
    enum eb_outcome out;
    if (!eb_admitted(e, CONTROL_TEST_PATTERN))
        return EB_THROTTLED;
    struct filter_event *x = e->config.json.event(event, strlen(event));
    if (x == NULL)
        return EB_NOT_AN_EVENT;
    struct filter *f = eb_pattern(e, pattern, &out);
    *matches = f != NULL && filter_matches(f, x);
    filter_free(f);
    filter_event_free(x);
    return out;
}
