/* stream_check.c - what the service would refuse, and what a scenario can get wrong, told with its place. */
#include <string.h>

#include "check_codes.h"
#include "kin_text.h"
#include "stream_actor.h"

static bool is_on_demand(const struct spec_entity *e)
{
    return spec_int(e, STREAM_MODE) == KIN_MODE_ON_DEMAND;
}

static void check_hours(const struct spec_entity *e, const struct value *v, struct problems *p)
{
    if (!v->absent && v->i % SIM_H != 0)
        problem_add(p, SEVERITY_ERROR, CHECK_STREAM, &v->place, "%s: a retention is of whole hours (KIN-44)", e->path);
}

static void check_mode(const struct spec_entity *e, struct problems *p)
{
    static const enum stream_key provisioned[] = {STREAM_SHARDS, STREAM_AUTOSCALE},
                                 on_demand[] = {STREAM_PEAK, STREAM_IGNORE_KEYS, STREAM_SCALE_DELAY};
    bool changes = false; /* then both may be meant */
    const struct value *actions = spec_value(e, STREAM_ACTIONS);
    for (uint32_t i = 0; i < actions->list.n; i++)
        changes |= !value_field(&actions->list.item[i], ACTION_MODE)->absent;
    const enum stream_key *not = is_on_demand(e) ? provisioned : on_demand;
    unsigned n = is_on_demand(e) ? ARRAY_LEN(provisioned) : ARRAY_LEN(on_demand);
    for (unsigned i = 0; i < n && !changes; i++) {
        const struct value *v = spec_value(e, not[i]);
        if (v->given)
            problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &v->place, "%s: '%s' has no meaning with mode = \"%s\" (KIN-58)",
                        e->path, stream_keys[not[i]].name, is_on_demand(e) ? "on_demand" : "provisioned");
    }
}

static void check_scale(const struct spec_entity *e, struct problems *p)
{
    const struct value *v = spec_value(e, STREAM_AUTOSCALE);
    if (v->list.n == 0)
        return;
    const struct value *min = value_field(v, SCALE_MIN), *max = value_field(v, SCALE_MAX),
                       *target = value_field(v, SCALE_TARGET), *down = value_field(v, SCALE_DOWN_AT);
    if (min->i > max->i)
        problem_add(p, SEVERITY_ERROR, CHECK_STREAM, &max->place, "%s: autoscale.min is more than autoscale.max", e->path);
    if (down->i >= target->i)
        problem_add(p, SEVERITY_ERROR, CHECK_STREAM, down->given ? &down->place : &target->place,
                    "%s: autoscale.down_at is below target_utilisation, or the stream would shrink and grow in turns", e->path);
}

static void check_action(const struct spec_entity *e, const struct value *a, struct problems *p)
{
    uint32_t n = 0;
    const struct value *merge = value_field(a, ACTION_MERGE), *at_key = value_field(a, ACTION_AT_KEY);
    kin_hash key;
    for (unsigned k = ACTION_SPLIT; k < N_ACTION_KEYS; k++)
        n += k != ACTION_AT_KEY && !value_field(a, k)->absent;
    if (n != 1)
        problem_add(p, SEVERITY_ERROR, n == 0 ? CHECK_NEEDS : CHECK_USELESS, &a->place,
                    "%s: an action does one thing: split, merge, update_shard_count, mode, warm_throughput, retention or "
                    "max_record_size", e->path);
    if (!merge->absent && merge->list.n != 2)
        problem_add(p, SEVERITY_ERROR, CHECK_STREAM, &merge->place, "%s: two shards are merged, not %u (KIN-48)", e->path,
                    merge->list.n);
    if (!at_key->absent && value_field(a, ACTION_SPLIT)->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &at_key->place, "%s: 'at_key' has no meaning without 'split'", e->path);
    if (!at_key->absent && !kin_hash_parse(at_key->text, strlen(at_key->text), &key))
        problem_add(p, SEVERITY_ERROR, CHECK_STREAM, &at_key->place,
                    "%s: '%s' is no hash key: a decimal number below 2^128 (KIN-3)", e->path, at_key->text);
    check_hours(e, value_field(a, ACTION_RETENTION), p);
}

static void check_prefix(const struct spec_entity *e, struct problems *p)
{
    const struct value *v = spec_value(e, STREAM_KEY_PREFIX);
    if (strlen(v->text) > STREAM_PREFIX_MAX)
        problem_add(p, SEVERITY_ERROR, CHECK_STREAM, &v->place, "%s: a key_prefix has at most %d bytes", e->path,
                    STREAM_PREFIX_MAX);
}

/* Readers are of several kinds; what matters here is named alike: `fan_out`, or `transport`, which the library has by default. */
static bool fans_out(const struct spec_entity *reader)
{
    const struct value *fan_out = spec_named(reader, "fan_out"), *transport = spec_named(reader, "transport"),
                       *library = spec_named(reader, "library");
    if (fan_out != NULL)
        return fan_out->i == 1;
    if (transport != NULL && !transport->absent)
        return transport->i == 1;
    return transport != NULL && library != NULL && library->i == 0;
}

static void check_readers(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    uint32_t n = 0, most = (uint32_t)spec_int(e, STREAM_CONSUMERS);
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct spec_entity *x = &spec->entity[i];
        const struct value *source = spec_named(x, "source");
        if (source == NULL || source->type != VALUE_REF || source->absent || source->ref != e || !fans_out(x) || ++n != most + 1)
            continue;
        struct problem *found = problem_add(p, SEVERITY_ERROR, CHECK_STREAM, &x->place,
                                            "%s is one reader with enhanced fan-out too many for %s, which takes %u (KIN-68)",
                                            x->path, e->path, most);
        problem_note(found, "let it poll, or raise 'consumers' of %s: on-demand Advantage has 50", e->path);
    }
}

void stream_check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    check_readers(spec, e, p);
    const struct value *actions = spec_value(e, STREAM_ACTIONS);
    check_hours(e, spec_value(e, STREAM_RETENTION), p);
    check_mode(e, p);
    check_scale(e, p);
    check_prefix(e, p);
    for (uint32_t i = 0; i < actions->list.n; i++)
        check_action(e, &actions->list.item[i], p);
}
