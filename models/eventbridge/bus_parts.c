/* bus_parts.c - the targets of a bus as parts with metrics of their own: "bus.shop[created-inventory]", by the names of rule and
 * target. */
#include <stdio.h>
#include <string.h>

#include "bus_actor.h"

static const struct value *rules_of(const struct spec_entity *e)
{
    return spec_value(e, BUS_RULES);
}

static const struct value *targets_of(const struct value *rule)
{
    return value_field(rule, RULE_TARGETS);
}

uint32_t bus_parts(const struct spec_entity *e)
{
    const struct value *rules = rules_of(e);
    uint32_t n = 0;
    for (uint32_t i = 0; i < rules->list.n; i++)
        n += targets_of(&rules->list.item[i])->list.n;
    return n;
}

static const char *target_name(const struct value *v)
{
    const struct value *id = value_field(v, TARGET_ID);
    return id->absent ? value_field(v, TARGET_TARGET)->ref->id : id->text;
}

/* Dots stand between the words of a metric. Rules whose names are then alike are told apart by their numbers, and so are targets. */
static void write_name(char *out, size_t size, const struct value *rule, const struct value *target)
{
    snprintf(out, size, "%s-%s", value_field(rule, RULE_NAME)->text, target_name(target));
    for (char *c = out; *c != '\0'; c++)
        if (*c == '.')
            *c = '_';
}

const char *bus_part_name(const struct spec_entity *e, uint32_t part, struct arena *arena)
{
    const struct value *rules = rules_of(e);
    char name[160], other[160];
    uint32_t before = 0, n = 0, r = 0;
    for (; part - n >= targets_of(&rules->list.item[r])->list.n; r++)
        n += targets_of(&rules->list.item[r])->list.n;
    write_name(name, sizeof(name), &rules->list.item[r], &targets_of(&rules->list.item[r])->list.item[part - n]);
    for (uint32_t i = 0; i <= r; i++) {
        const struct value *targets = targets_of(&rules->list.item[i]);
        for (uint32_t k = 0; k < (i < r ? targets->list.n : part - n); k++) {
            write_name(other, sizeof(other), &rules->list.item[i], &targets->list.item[k]);
            before += strcmp(name, other) == 0;
        }
    }
    return before == 0 ? arena_text(arena, name) : arena_format(arena, "%s-%u", name, before + 1);
}

bool bus_parts_open(struct bus *b)
{
    uint32_t part = 0, lines = bus_parts(b->e.spec);
    b->by_line = arena_get(&b->e.world->arena, (lines + 1) * sizeof(struct bus_target *));
    bool ok = b->by_line != NULL;
    for (uint32_t r = 0; r < b->n_rule; r++)
        for (uint32_t i = 0; ok && i < b->rule[r].n_target; i++, part++) {
            struct bus_target *t = &b->rule[r].target[i];
            CHECK(t->line < lines);
            b->by_line[t->line] = t;
            for (unsigned m = 0; ok && m < BP_DELAY; m++)
                ok = part_counter(&b->e, part, m, &t->count[m]);
            ok = ok && part_tally(&b->e, part, BP_DELAY, &t->delay);
        }
    return ok;
}
