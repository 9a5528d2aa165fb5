/* bus_check.c - what the service would refuse, and what a scenario can get wrong, told with its place. */
#include "bus_actor.h"
#include "check_codes.h"
#include "eb_region.h"
#include "eb_text.h"
#include "filter_json.h"

#include <stdio.h>
#include <string.h>

#define RULES_MAX    300
#define RULES_MAX_V2 10000 /* EB-54 */
#define WILDCARD_MAX 30

static const char *name_of(const struct spec_entity *e)
{
    const struct value *v = spec_value(e, BUS_NAME);
    return v->absent ? e->id : v->text;
}

static bool is_fifo(const struct spec_entity *queue)
{
    const struct value *type = spec_named(queue, "type");
    return type != NULL && type->type == VALUE_CHOICE && type->i == 1;
}

static bool is_v2(const struct spec_entity *e)
{
    return spec_int(e, BUS_GENERATION) == 1;
}

/* --- patterns --- */

static uint32_t check_pattern(const struct spec_entity *e, const char *whose, const struct value *text, const struct value *file,
                              struct problems *p)
{
    struct arena arena;
    struct filter_error error;
    bool given;
    uint32_t wildcards = 0;
    const struct value *place = text->absent ? file : text;
    if (!text->absent && !file->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &file->place, "%s: %s has a pattern and a pattern file", e->path, whose);
    arena_init(&arena);
    struct filter *f = bus_pattern(text, file, &arena, &error, &given);
    if (f != NULL)
        wildcards = filter_wildcards(f);
    else if (given)
        problem_add(p, SEVERITY_ERROR, CHECK_PATTERN, &place->place,
                    error.line == 0 ? "%s: the pattern of %s: %s" : "%s: the pattern of %s: %s, line %u, column %u of it (EB-34)",
                    e->path, whose, error.reason, error.line, error.column);
    filter_free(f);
    arena_free(&arena);
    return wildcards;
}

/* --- targets --- */

static void check_queue(const struct spec_entity *e, const struct value *v, const struct spec_entity *queue, struct problems *p)
{
    const struct value *group = value_field(v, TARGET_GROUP), *target = value_field(v, TARGET_TARGET);
    const struct value *dedup = spec_named(queue, "deduplication");
    bool fifo = strcmp(queue->kind, "queue") == 0 && is_fifo(queue);
    if (fifo && group->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &target->place, "%s: %s is a FIFO queue: the target needs 'message_group' (EB-7)",
                    e->path, queue->path);
    if (fifo && dedup != NULL && dedup->i != 1)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &target->place,
                    "%s: %s needs deduplication = \"content\": EventBridge sends no deduplication id (EB-7)", e->path, queue->path);
    if (!fifo && !group->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &group->place, "%s: only a FIFO queue has message groups (EB-7)", e->path);
}

static void check_target(const struct spec_entity *e, const struct value *v, struct problems *p)
{
    const struct value *target = value_field(v, TARGET_TARGET), *letters = value_field(v, TARGET_DEAD_LETTER),
                       *id = value_field(v, TARGET_ID), *timeout = value_field(v, TARGET_TIMEOUT);
    if (target->ref == NULL)
        return;
    check_queue(e, v, target->ref, p);
    if (target->ref == e)
        problem_add(p, SEVERITY_ERROR, CHECK_TARGET, &target->place, "%s is a target of itself", e->path);
    if (timeout->given && (target->ref->room->call == NULL || target->ref->room->push != NULL))
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &timeout->place, "%s: a %s is not called: 'timeout' has no meaning", e->path,
                    target->ref->kind);
    bool fifo_bus = is_v2(e) && spec_int(e, BUS_TYPE) == 1;
    if (fifo_bus && letters->ref != NULL && !is_fifo(letters->ref))
        problem_add(p, SEVERITY_ERROR, CHECK_DLQ_TYPE, &letters->place, "%s: a FIFO subscriber has a FIFO dead-letter queue (EB-57)", e->path);
    if (!fifo_bus && letters->ref != NULL && is_fifo(letters->ref))
        problem_add(p, SEVERITY_ERROR, CHECK_DLQ_TYPE, &letters->place, "%s: the dead-letter queue of a target is a standard one (EB-40)",
                    e->path);
    if (!id->absent && !eb_text_name(id->text, EB_RULE_NAME))
        problem_add(p, SEVERITY_ERROR, CHECK_BUS_NAME, &id->place,
                    "'%s' is no id of a target: 1 to 64 letters, digits, '.', '-' and '_' (EB-3)", id->text);
}

static const char *target_id(const struct value *v)
{
    const struct value *id = value_field(v, TARGET_ID), *target = value_field(v, TARGET_TARGET);
    return !id->absent ? id->text : target->ref != NULL ? target->ref->path : NULL;
}

static void check_targets(const struct spec_entity *e, const char *rule, const struct place *where, const struct value *list,
                          struct problems *p)
{
    if (list->list.n > 5)
        problem_add(p, SEVERITY_ERROR, CHECK_BUS_LIMIT, &list->list.item[5].place, "%s: rule '%s' has %u targets, five are possible (EB-3)",
                    e->path, rule, list->list.n);
    if (list->list.n == 0)
        problem_add(p, SEVERITY_WARNING, CHECK_NEEDS, list->absent ? where : &list->place, "%s: rule '%s' has no targets", e->path, rule);
    for (uint32_t i = 0; i < list->list.n; i++) {
        check_target(e, &list->list.item[i], p);
        for (uint32_t k = 0; k < i; k++) {
            const char *a = target_id(&list->list.item[i]), *b = target_id(&list->list.item[k]);
            if (a != NULL && b != NULL && strcmp(a, b) == 0)
                problem_add(p, SEVERITY_ERROR, CHECK_BUS_NAME, &list->list.item[i].place,
                            "%s: rule '%s' has the target '%s' twice: give one an 'id' of its own (EB-3)", e->path, rule, a);
        }
    }
}

/* --- rules --- */

static void check_schedule(const struct spec_entity *e, const char *rule, const struct value *schedule, struct problems *p)
{
    struct eb_schedule s;
    struct err err = {0};
    if (schedule->absent)
        return;
    if (!eb_schedule_parse(&s, schedule->text, &err))
        problem_add(p, SEVERITY_ERROR, CHECK_SCHEDULE, &schedule->place, "%s: the schedule of rule '%s': %s (EB-48)", e->path, rule,
                    err.text);
    if (strcmp(name_of(e), "default") != 0)
        problem_note(problem_add(p, SEVERITY_ERROR, CHECK_SCHEDULE, &schedule->place,
                                 "%s: only the default bus has schedules (EB-2)", e->path),
                     "set name = \"default\"");
    if (spec_value(e, BUS_DONE_AT)->absent)
        problem_note(problem_add(p, SEVERITY_ERROR, CHECK_DONE_AT, &schedule->place,
                                 "%s: where are the requests of a schedule done?", e->path),
                     "set done_at of the bus to the entity whose success is the effect, as in done_at = \"fleet.workers\"");
}

static uint32_t check_rule(const struct spec_entity *e, const struct value *v, struct problems *p)
{
    const struct value *name = value_field(v, RULE_NAME), *pattern = value_field(v, RULE_PATTERN),
                       *file = value_field(v, RULE_PATTERN_FILE), *schedule = value_field(v, RULE_SCHEDULE);
    const char *text = name->absent ? "?" : name->text;
    if (!name->absent && !eb_text_name(text, EB_RULE_NAME))
        problem_add(p, SEVERITY_ERROR, CHECK_BUS_NAME, &name->place,
                    "'%s' is no name of a rule: 1 to 64 letters, digits, '.', '-' and '_' (EB-2)", text);
    if (pattern->absent && file->absent && schedule->absent)
        problem_note(problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &v->place, "%s: rule '%s' has neither pattern nor schedule (EB-2)",
                                 e->path, text),
                     "every event matches pattern = \"{'source':[{'prefix':''}]}\"");
    check_schedule(e, text, schedule, p);
    check_targets(e, text, &v->place, value_field(v, RULE_TARGETS), p);
    char whose[100];
    snprintf(whose, sizeof(whose), "rule '%.80s'", text);
    return check_pattern(e, whose, pattern, file, p);
}

static void check_rules(const struct spec_entity *e, struct problems *p)
{
    const struct value *rules = spec_value(e, BUS_RULES);
    uint32_t wildcards = 0;
    bool v2 = is_v2(e);
    if (rules->list.n > (v2 ? RULES_MAX_V2 : RULES_MAX))
        problem_add(p, SEVERITY_ERROR, CHECK_BUS_LIMIT, &rules->place, "%s has %u rules, %d are possible (EB-2)", e->path, rules->list.n,
                    v2 ? RULES_MAX_V2 : RULES_MAX);
    for (uint32_t i = 0; i < rules->list.n; i++) {
        const struct value *v = &rules->list.item[i], *name = value_field(v, RULE_NAME);
        wildcards += check_rule(e, v, p) > 0;
        for (uint32_t k = 0; k < i; k++) {
            const struct value *other = value_field(&rules->list.item[k], RULE_NAME);
            if (!name->absent && !other->absent && strcmp(name->text, other->text) == 0)
                problem_add(p, SEVERITY_ERROR, CHECK_BUS_NAME, &name->place, "%s has two rules '%s': the second would replace the first (EB-2)",
                            e->path, name->text);
        }
    }
    if (wildcards > 0 && v2)
        problem_add(p, SEVERITY_ERROR, CHECK_PATTERN, &rules->place, "%s: patterns of the custom event bus of 2026 have no wildcards (EB-59)",
                    e->path);
    if (wildcards > WILDCARD_MAX)
        problem_add(p, SEVERITY_ERROR, CHECK_BUS_LIMIT, &rules->place, "%s has %u rules with wildcards, 30 are possible (EB-24)", e->path,
                    wildcards);
}

/* --- archive and replays --- */

static void check_replay(const struct spec_entity *e, const struct value *v, struct problems *p)
{
    const struct value *from = value_field(v, REPLAY_FROM), *to = value_field(v, REPLAY_TO), *names = value_field(v, REPLAY_RULES),
                       *rules = spec_value(e, BUS_RULES);
    if (!to->absent && from->i >= to->i)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &to->place, "%s: a replay goes from an earlier to a later time (EB-47)", e->path);
    for (uint32_t i = 0; i < names->list.n; i++) {
        bool found = false;
        for (uint32_t k = 0; k < rules->list.n; k++) {
            const struct value *name = value_field(&rules->list.item[k], RULE_NAME);
            found |= !name->absent && strcmp(name->text, names->list.item[i].text) == 0;
        }
        if (!found)
            problem_add(p, SEVERITY_ERROR, CHECK_BUS_NAME, &names->list.item[i].place, "%s has no rule '%s'", e->path,
                        names->list.item[i].text);
    }
}

static void check_archive(const struct spec_entity *e, struct problems *p)
{
    const struct value *archive = spec_value(e, BUS_ARCHIVE), *replay = spec_value(e, BUS_REPLAY);
    if (archive->list.n > 0) {
        const struct value *retention = value_field(archive, ARCHIVE_RETENTION);
        check_pattern(e, "the archive", value_field(archive, ARCHIVE_PATTERN), value_field(archive, ARCHIVE_PATTERN_FILE), p);
        if (!retention->absent && retention->i % SIM_DAY != 0)
            problem_add(p, SEVERITY_ERROR, CHECK_BUS_LIMIT, &retention->place, "%s: an archive keeps events for whole days (EB-46)", e->path);
    } else if (replay->list.n > 0 && !is_v2(e)) {
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &replay->place, "%s: a replay needs an archive: archive = { }; (EB-46)", e->path);
    }
    for (uint32_t i = 0; i < replay->list.n; i++)
        check_replay(e, &replay->list.item[i], p);
}

/* --- the bus --- */

static bool has_schedule(const struct spec_entity *e)
{
    const struct value *rules = spec_value(e, BUS_RULES);
    for (uint32_t i = 0; i < rules->list.n; i++)
        if (!value_field(&rules->list.item[i], RULE_SCHEDULE)->absent)
            return true;
    return false;
}

static void check_useless(const struct spec_entity *e, struct problems *p)
{
    static const enum bus_key only[] = {BUS_CLOCK, BUS_DONE_AT, BUS_DEADLINE};
    if (has_schedule(e))
        return;
    for (unsigned i = 0; i < ARRAY_LEN(only); i++)
        if (spec_value(e, only[i])->given)
            problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &spec_value(e, only[i])->place, "%s: '%s' has no meaning without a schedule",
                        e->path, bus_keys[only[i]].name);
}

/* Where it is offered, and what it has otherwise (EB-54). */
static void check_v2(const struct spec_entity *e, struct problems *p)
{
    static const char *const regions[] = {"us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1", "eu-north-1", "eu-south-2",
                                          "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-5", "ap-southeast-7",
                                          "ap-south-1", "ap-east-1"};
    const struct value *region = spec_value(e, BUS_REGION), *rules = spec_value(e, BUS_RULES);
    bool found = false;
    for (unsigned i = 0; i < ARRAY_LEN(regions); i++)
        found |= strcmp(regions[i], region->text) == 0;
    if (!found)
        problem_add(p, SEVERITY_ERROR, CHECK_NOT_YET, &region->place, "%s: the custom event bus of 2026 is not offered in %s (EB-54)", e->path,
                    region->text);
    for (uint32_t i = 0; i < rules->list.n; i++) {
        const struct value *v = &rules->list.item[i], *targets = value_field(v, RULE_TARGETS), *schedule = value_field(v, RULE_SCHEDULE);
        if (targets->list.n > 1)
            problem_add(p, SEVERITY_ERROR, CHECK_BUS_LIMIT, &targets->list.item[1].place, "%s: a subscriber has one target (EB-54)", e->path);
        if (!schedule->absent)
            problem_add(p, SEVERITY_ERROR, CHECK_SCHEDULE, &schedule->place, "%s: the custom event bus of 2026 has no schedules (EB-54)",
                        e->path);
    }
}

static void check_classic(const struct spec_entity *e, struct problems *p)
{
    static const enum bus_key only[] = {BUS_TYPE, BUS_DEDUPLICATION};
    for (unsigned i = 0; i < ARRAY_LEN(only); i++)
        if (spec_value(e, only[i])->given)
            problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &spec_value(e, only[i])->place, "%s: '%s' needs generation = \"v2\" (EB-54)", e->path,
                        bus_keys[only[i]].name);
}

void bus_check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *region = spec_value(e, BUS_REGION), *clock = spec_value(e, BUS_CLOCK), *name = spec_value(e, BUS_NAME),
                       *generation = spec_value(e, BUS_GENERATION);
    uint32_t puts, invocations;
    int64_t seconds;
    (void)spec;
    if (!eb_text_name(name_of(e), EB_BUS_NAME))
        problem_add(p, SEVERITY_ERROR, CHECK_BUS_NAME, name->absent ? &e->place : &name->place,
                    "'%s' is no name of a bus: letters, digits, '.', '-' and '_' (EB-1)", name_of(e));
    if (!eb_region(region->text, &puts, &invocations))
        problem_add(p, SEVERITY_ERROR, CHECK_BUS_NAME, &region->place, "'%s' is no region", region->text);
    if (!eb_date_parse(clock->text, &seconds))
        problem_add(p, SEVERITY_ERROR, CHECK_SCHEDULE, &clock->place, "'%s' is no date: 2026-11-21T19:42:00Z", clock->text);
    if (generation->i == 1)
        check_v2(e, p);
    else
        check_classic(e, p);
    check_rules(e, p);
    check_archive(e, p);
    check_useless(e, p);
}
