/* filter_match.c - an alternative against an event (EB-35).
 *
 * Each field needs an occurrence of its path that satisfies one of its conditions. One that lies in
 * no array of objects is free for the taking; fields that have none of these are chosen together by
 * backtracking, such that no array is used with two different elements. When a field finds nothing,
 * the search goes back to the latest choice that was in its way, not just to the one before:
 * choices that have nothing to do with each other are not multiplied. */
#include <string.h>

#include "check.h"
#include "filter_int.h"

static bool field_takes(const struct filter_field *f, const struct filter_value *v)
{
    for (uint32_t i = 0; i < f->n_condition; i++)
        if (filter_condition_holds(&f->condition[i], v))
            return true;
    return false;
}

struct wanted { /* a field that is still to be chosen for */
    const struct filter_field *field;
    const struct filter_path *path;
};
struct search {
    const struct filter_event *event;
    struct wanted wanted[FILTER_FIELDS_MAX];
    const struct filter_occurrence *chosen[FILTER_FIELDS_MAX];
    uint32_t n;
};
struct levels { /* a set */
    uint64_t word[FILTER_FIELDS_MAX / 64];
};

/* Arrays lie in each other: as long as two chains go the same way, their arrays are the same. */
static bool agree(const struct filter_occurrence *a, const struct filter_occurrence *b)
{
    for (uint32_t i = 0; i < a->n_chain && i < b->n_chain; i++) {
        if (a->chain[i].array != b->chain[i].array)
            return true;
        if (a->chain[i].index != b->chain[i].index)
            return false;
    }
    return true;
}

static uint32_t first_in_the_way(const struct search *s, uint32_t level,
                                 const struct filter_occurrence *o)
{
    uint32_t i = 0;
    while (i < level && agree(s->chosen[i], o))
        i++;
    return i;
}

static const struct filter_occurrence *at(const struct filter_event *e, uint32_t number)
{
    return number == FILTER_NONE ? NULL : &e->occurrence[number];
}

/* Chooses for this level and those after it. false: no choice here helps while the levels in *blame
 * stay as they are. */
static bool choose(struct search *s, uint32_t level, struct levels *blame)
{
    if (level == s->n)
        return true;
    const struct wanted *w = &s->wanted[level];
    uint64_t own = UINT64_C(1) << level % 64;
    for (const struct filter_occurrence *o = at(s->event, w->path->first); o != NULL;
         o = at(s->event, o->next)) {
        if (!field_takes(w->field, &o->value))
            continue;
        uint32_t clash = first_in_the_way(s, level, o);
        if (clash < level) {
            blame->word[clash / 64] |= UINT64_C(1) << clash % 64;
            continue;
        }
        struct levels below = {{0}};
        s->chosen[level] = o;
        if (choose(s, level + 1, &below))
            return true;
        if ((below.word[level / 64] & own) == 0) {
            *blame = below;
            return false;
        }
        below.word[level / 64] &= ~own;
        for (size_t i = 0; i < ARRAY_LEN(below.word); i++)
            blame->word[i] |= below.word[i];
    }
    return false;
}

enum found { NOWHERE, IN_ARRAYS, ANYWHERE };

static enum found find(const struct filter_field *f, const struct filter_event *e,
                       const struct filter_path *p)
{
    enum found found = NOWHERE;
    for (const struct filter_occurrence *o = at(e, p->first); o != NULL; o = at(e, o->next))
        if (field_takes(f, &o->value)) {
            if (o->n_chain == 0)
                return ANYWHERE;
            found = IN_ARRAYS;
        }
    return found;
}

bool filter_alternative_matches(const struct filter *f, const struct filter_alternative *a,
                                const struct filter_event *e)
{
    struct search s;
    s.n = 0;
    for (uint32_t i = 0; i < a->n_field; i++) {
        const struct filter_field *field = &f->field[a->field[i]];
        const struct filter_path *path = filter_event_find(e, &field->path);
        if (path == NULL) {
            if (!field->absent_ok || e->empty)
                return false;
            continue;
        }
        enum found found = find(field, e, path);
        if (found == NOWHERE)
            return false;
        if (found == IN_ARRAYS)
            s.wanted[s.n++] = (struct wanted){field, path};
    }
    if (s.n < 2)
        return true;
    s.event = e;
    struct levels blame = {{0}};
    return choose(&s, 0, &blame);
}

static enum filter_verdict nothing(enum filter_dialect d)
{
    return d == FILTER_SNS_ATTRIBUTES ? FILTER_ATTRIBUTES_NONE
           : d == FILTER_SNS_BODY     ? FILTER_BODY_INVALID
                                      : FILTER_EVENT_DIFFERS;
}

static enum filter_verdict differs(enum filter_dialect d, const struct filter_event *e)
{
    if (d == FILTER_SNS_ATTRIBUTES)
        return e->empty ? FILTER_ATTRIBUTES_NONE : FILTER_ATTRIBUTES_DIFFER;
    return d == FILTER_SNS_BODY ? FILTER_BODY_DIFFERS : FILTER_EVENT_DIFFERS;
}

enum filter_verdict filter_judge(const struct filter *f, const struct filter_event *e)
{
    if (f == NULL || (f->n_field == 0 && f->n_alternative > 0))
        return FILTER_MATCH;
    if (e == NULL)
        return nothing(f->dialect);
    CHECK(f->dialect == e->dialect);
    if (e->fault != FILTER_MATCH)
        return e->fault;
    for (uint32_t i = 0; i < f->n_alternative; i++)
        if (filter_alternative_matches(f, &f->alternative[i], e))
            return FILTER_MATCH;
    return differs(f->dialect, e);
}

bool filter_matches(const struct filter *f, const struct filter_event *e)
{
    return filter_judge(f, e) == FILTER_MATCH;
}
