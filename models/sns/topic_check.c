/* topic_check.c - what the service would refuse, and what a scenario can get wrong, told with its
 * place. */
#include <string.h>

#include "check_codes.h"
#include "sns_text.h"
#include "topic_actor.h"

/* --- the topic --- */

static void check_name(const struct spec_entity *e, struct problems *p)
{
    const struct value *v = spec_value(e, TOPIC_NAME);
    bool fifo = spec_int(e, TOPIC_TYPE) == 1;
    if (v->absent) /* an id is always a name, but for its length */
        return;
    struct sns_text name = sns_text_of(v->text);
    if (sns_text_ends(name, ".fifo") != fifo)
        problem_add(p, SEVERITY_ERROR, CHECK_TOPIC_NAME, &v->place,
                    fifo ? "the name of a FIFO topic ends in '.fifo', '%s' does not (SNS-1)"
                         : "'%s' is the name of a FIFO topic, but %s.type is standard (SNS-1)",
                    v->text, e->path);
    else if (!sns_text_topic(name, fifo))
        problem_add(p, SEVERITY_ERROR, CHECK_TOPIC_NAME, &v->place,
                    "'%s' is no topic name: 1 to 256 letters, digits, '-' and '_' (SNS-1)",
                    v->text);
}

static void check_fifo_only(const struct spec_entity *e, struct problems *p)
{
    static const enum topic_key only[] = {TOPIC_DEDUPLICATION, TOPIC_THROUGHPUT_SCOPE,
                                          TOPIC_ARCHIVE, TOPIC_REPLAY};
    if (spec_int(e, TOPIC_TYPE) == 1)
        return;
    for (unsigned i = 0; i < ARRAY_LEN(only); i++)
        if (spec_value(e, only[i])->given)
            problem_add(p, SEVERITY_ERROR, CHECK_FIFO_ONLY, &spec_value(e, only[i])->place,
                        "only FIFO topics have '%s' (%s)", topic_keys[only[i]].name,
                        topic_keys[only[i]].rule);
}

static void check_policy(const struct spec_entity *e, const struct value *group, struct problems *p)
{
    struct sns_policy policy;
    struct err err = {.class = ERR_NONE};
    if (!topic_policy(group, &policy, &err))
        problem_add(p, SEVERITY_ERROR, CHECK_DELIVERY_POLICY, &group->place,
                    "%s: delivery_policy: %s", e->path, err.text);
}

/* --- subscriptions --- */

static void check_filter(const struct spec_entity *e, const struct value *v, struct problems *p)
{
    const struct value *text = value_field(v, SUB_FILTER), *file = value_field(v, SUB_FILTER_FILE);
    struct filter_error error;
    bool given;
    if (!text->absent && !file->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &file->place,
                    "%s: a subscription has a filter and a filter file", e->path);
    struct filter *f = topic_filter(v, &error, &given);
    if (f == NULL && given)
        problem_add(p, SEVERITY_ERROR, CHECK_FILTER, text->absent ? &file->place : &text->place,
                    error.line == 0 ? "%s: FilterPolicy: %s" : "%s: FilterPolicy: %s, line %u, column %u of it (SNS-75)",
                    e->path, error.reason, error.line, error.column);
    filter_free(f);
    const struct value *scope = value_field(v, SUB_FILTER_SCOPE);
    if (!given && scope->given)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &scope->place,
                    "%s: 'filter_scope' has no meaning without a filter", e->path);
}

static void refuse(const struct spec_entity *e, const struct value *v, enum sns_outcome o,
                   struct problems *p)
{
    const struct value *target = value_field(v, SUB_TARGET),
                       *letters = value_field(v, SUB_DEAD_LETTER),
                       *policy = value_field(v, SUB_DELIVERY_POLICY);
    switch (o) {
    case SNS_FIFO_TO_STANDARD:
        problem_add(p, SEVERITY_ERROR, CHECK_SUBSCRIPTION, &target->place,
                    "%s is a FIFO queue: it cannot subscribe to the standard topic %s (SNS-5)",
                    target->ref->path, e->path);
        break;
    case SNS_FIFO_ENDPOINT:
        problem_add(p, SEVERITY_ERROR, CHECK_SUBSCRIPTION, &target->place,
                    "%s is a FIFO topic: only queues can subscribe to it, not %s (SNS-5)",
                    e->path, target->ref->path);
        break;
    case SNS_DLQ_TYPE:
    case SNS_BAD_REDRIVE:
        problem_add(p, SEVERITY_ERROR, CHECK_SUBSCRIPTION, &letters->place,
                    o == SNS_DLQ_TYPE ? "%s: the dead letters of a FIFO queue's subscription need "
                                        "a FIFO queue, %s is none (SNS-53)"
                                      : "%s: a standard topic's dead letters need a standard "
                                        "queue, %s is a FIFO queue (SNS-53)",
                    e->path, letters->ref->path);
        break;
    case SNS_BAD_DELIVERY_POLICY:
        problem_add(p, SEVERITY_ERROR, CHECK_DELIVERY_POLICY, &policy->place,
                    "%s: only HTTP/S subscriptions have a delivery policy (SNS-8)", e->path);
        break;
    default:
        break;
    }
}

static void check_sub(const struct spec_entity *e, const struct value *v, struct problems *p)
{
    const struct spec_entity *to = value_field(v, SUB_TARGET)->ref;
    const struct value *protocol = value_field(v, SUB_PROTOCOL),
                       *letters = value_field(v, SUB_DEAD_LETTER);
    check_filter(e, v, p);
    const struct value *policy = value_field(v, SUB_DELIVERY_POLICY), *rate = value_field(v, SUB_PER_SECOND);
    check_policy(e, policy, p);
    if (policy->list.n > 0 && !value_field(policy, POLICY_PER_SECOND)->absent && !rate->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &rate->place,
                    "%s: 'max_receives_per_second' is set here and in the delivery policy (SNS-47)", e->path);
    if (to == NULL)
        return;
    if (protocol->given && strcmp(to->kind, "service") != 0)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &protocol->place,
                    "%s: 'protocol' is for services; %s has its own", e->path, to->path);
    struct sns_config c;
    sns_config_default(&c, spec_int(e, TOPIC_TYPE) == 1);
    struct sns_subscription s = {.endpoint = topic_endpoint(v)};
    s.policy.given = value_field(v, SUB_DELIVERY_POLICY)->list.n > 0;
    const struct value *type = letters->ref == NULL ? NULL : spec_named(letters->ref, "type");
    if (type != NULL)
        s.dead_letter = type->i == 1 ? SNS_DLQ_FIFO : SNS_DLQ_STANDARD;
    refuse(e, v, sns_judge(&c, &s), p);
}

static void check_limits(const struct spec_entity *e, struct problems *p)
{
    const struct value *v = spec_value(e, TOPIC_SUBSCRIPTIONS);
    bool fifo = spec_int(e, TOPIC_TYPE) == 1;
    int64_t n = 0, filters = 0, most = fifo ? 100 : 12500000;
    for (uint32_t i = 0; i < v->list.n; i++) {
        const struct value *s = &v->list.item[i];
        int64_t count = value_field(s, SUB_COUNT)->i;
        n += count;
        filters += value_field(s, SUB_FILTER)->absent && value_field(s, SUB_FILTER_FILE)->absent
                       ? 0
                       : count;
    }
    if (n > most)
        problem_add(p, SEVERITY_ERROR, CHECK_SUBSCRIPTION, &v->place,
                    "%s has %lld subscriptions, a %s topic at most %lld (SNS-3)", e->path,
                    (long long)n, fifo ? "FIFO" : "standard", (long long)most);
    if (filters > 200)
        problem_add(p, SEVERITY_ERROR, CHECK_SUBSCRIPTION, &v->place,
                    "%s has %lld filter policies, at most 200 (SNS-3)", e->path,
                    (long long)filters);
}

/* --- names and replays --- */

static bool is_part_name(const char *s)
{
    return *s != '\0' && strpbrk(s, "[]. \t") == NULL;
}

static void check_part_names(const struct spec_entity *e, struct problems *p)
{
    const struct value *v = spec_value(e, TOPIC_SUBSCRIPTIONS);
    for (uint32_t i = 0; i < v->list.n; i++) {
        const struct value *name = value_field(&v->list.item[i], SUB_NAME);
        if (name->absent)
            continue;
        bool twice = false;
        for (uint32_t k = 0; k < v->list.n; k++) {
            const struct value *other = value_field(&v->list.item[k], SUB_NAME);
            const struct spec_entity *to = value_field(&v->list.item[k], SUB_TARGET)->ref;
            const char *its = !other->absent ? other->text : to != NULL ? to->id : "";
            twice |= k != i && strcmp(its, name->text) == 0;
        }
        if (twice || !is_part_name(name->text))
            problem_add(p, SEVERITY_ERROR, CHECK_TOPIC_NAME, &name->place,
                        twice ? "%s has two subscriptions '%s'"
                              : "%s: '%s' is no name: letters, digits, '-' and '_'",
                        e->path, name->text);
    }
}

static bool has_sub(const struct spec_entity *e, const char *name)
{
    struct arena arena;
    bool found = false;
    arena_init(&arena);
    for (uint32_t i = 0; i < topic_parts(e); i++) {
        if (value_field(&spec_value(e, TOPIC_SUBSCRIPTIONS)->list.item[i], SUB_TARGET)->ref == NULL)
            continue;
        const char *part = topic_part_name(e, i, &arena);
        found |= part != NULL && strcmp(part, name) == 0;
    }
    arena_free(&arena);
    return found;
}

static void check_span(const struct spec_entity *e, const struct value *sub, struct problems *p)
{
    const struct value *until = value_field(sub, SUB_UNTIL);
    if (!until->absent && until->i <= value_field(sub, SUB_FROM)->i)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &until->place,
                    "%s: the subscription ends before it begins; 'until' is a time of the run, after 'from'", e->path);
}

static void check_replays(const struct spec_entity *e, struct problems *p)
{
    const struct value *v = spec_value(e, TOPIC_REPLAY);
    if (v->list.n > 0 && spec_value(e, TOPIC_ARCHIVE)->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &v->place,
                    "%s: a replay needs an archive (SNS-78)", e->path);
    for (uint32_t i = 0; i < v->list.n; i++) {
        const struct value *sub = value_field(&v->list.item[i], REPLAY_SUBSCRIPTION),
                           *from = value_field(&v->list.item[i], REPLAY_FROM),
                           *to = value_field(&v->list.item[i], REPLAY_TO);
        if (!sub->absent && !has_sub(e, sub->text))
            problem_add(p, SEVERITY_ERROR, CHECK_SUBSCRIPTION, &sub->place,
                        "%s has no subscription '%s'", e->path, sub->text);
        if (!to->absent && to->i < from->i)
            problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &to->place,
                        "%s: the replay ends before it begins", e->path);
    }
}

/* A name of a target that another subscription has as its own, in the same list, is found by
 * check_part_names. */
void topic_check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    (void)spec;
    const struct value *v = spec_value(e, TOPIC_SUBSCRIPTIONS);
    check_name(e, p);
    check_fifo_only(e, p);
    check_policy(e, spec_value(e, TOPIC_DELIVERY_POLICY), p);
    for (uint32_t i = 0; i < v->list.n; i++) {
        check_sub(e, &v->list.item[i], p);
        check_span(e, &v->list.item[i], p);
    }
    check_limits(e, p);
    check_part_names(e, p);
    check_replays(e, p);
}
