/* event_mix.c - which template a request is: by lot, each with its weight. */
#include "check_codes.h"
#include "event.h"
#include "world.h"

#define WHOLE 4294967296.0

static double weights(const struct value *list)
{
    double sum = 0;
    for (uint32_t i = 0; i < list->list.n; i++)
        sum += value_field(&list->list.item[i], EVENT_MIX_WEIGHT)->number;
    return sum;
}

void event_mix_check(const struct spec_entity *e, const struct value *list, struct problems *p)
{
    if (list->list.n > 0 && !(weights(list) > 0))
        problem_add(p, SEVERITY_ERROR, CHECK_CHANCES, &list->place, "%s: no event has a weight above 0", e->path);
}

bool event_mix_open(struct event_mix *m, struct world *w, const struct value *list)
{
    *m = (struct event_mix){.n = list->list.n};
    if (m->n == 0)
        return true;
    m->number = arena_get(&w->arena, m->n * sizeof(*m->number));
    m->until = arena_get(&w->arena, m->n * sizeof(*m->until));
    if (m->number == NULL || m->until == NULL)
        return false;
    double sum = weights(list), so_far = 0;
    for (uint32_t i = 0; i < m->n; i++) {
        const struct value *item = &list->list.item[i];
        so_far += value_field(item, EVENT_MIX_WEIGHT)->number;
        m->number[i] = event_number(w->spec, value_field(item, EVENT_MIX_EVENT)->ref);
        m->until[i] = so_far >= sum ? UINT64_C(1) << 32 : (uint64_t)(so_far / sum * WHOLE);
    }
    return true;
}
