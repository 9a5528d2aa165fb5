/* reach.c - where requests can come to. */
#include "reach.h"

#include <string.h>

#include "mem.h"
#include "room.h"

struct reach {
    const struct spec_entity **todo; /* a chain of calls can be as long as the scenario: no recursion */
    uint32_t                   n;
    bool                      *seen; /* by the entity's index */
};

static void visit(struct reach *r, const struct spec_entity *e)
{
    if (!r->seen[e->index])
        r->todo[r->n++] = e;
    r->seen[e->index] = true;
}

static void follow(struct reach *r, const struct key *key, const struct value *v)
{
    if (v->absent)
        return;
    if (v->type == VALUE_REF && v->ref != NULL)
        visit(r, v->ref);
    bool list = v->type == VALUE_LIST;
    if (!list && v->type != VALUE_GROUP)
        return;
    for (uint32_t i = 0; i < v->list.n; i++) {
        const struct value *item = &v->list.item[i];
        if (list && item->type == VALUE_GROUP)
            for (uint32_t k = 0; k < item->list.n; k++)
                follow(r, &key->sub[k], &item->list.item[k]);
        else
            follow(r, list ? key : &key->sub[i], item);
    }
}

/* Whoever names it as `source` takes from it. */
static void visit_readers(struct reach *r, const struct spec *spec, const struct spec_entity *e)
{
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct value *source = spec_named(&spec->entity[i], "source");
        if (source != NULL && source->type == VALUE_REF && !source->absent && source->ref == e)
            visit(r, &spec->entity[i]);
    }
}

/* Nothing comes from an entity to its `source`, nor by it to the other readers there. */
static void walk(struct reach *r, const struct spec *spec)
{
    while (r->n > 0) {
        const struct spec_entity *e = r->todo[--r->n];
        for (uint32_t i = 0; i < e->room->n_key; i++)
            if (strcmp(e->room->key[i].name, "source") != 0)
                follow(r, &e->room->key[i], &e->value[i]);
        if (e->room->pull != NULL || e->room->log != NULL)
            visit_readers(r, spec, e);
    }
}

bool reach_leads(const struct spec *spec, const struct spec_entity *from, const struct spec_entity *to)
{
    struct reach r = {.todo = mem_get_zero(spec->n_entity, sizeof(*r.todo)), .seen = mem_get_zero(spec->n_entity, sizeof(*r.seen))};
    bool found = true; /* memory that is short will be so elsewhere, too */
    if (r.todo != NULL && r.seen != NULL) {
        visit(&r, from);
        walk(&r, spec);
        found = r.seen[to->index];
    }
    mem_release(r.todo);
    mem_release(r.seen);
    return found;
}
