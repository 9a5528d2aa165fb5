/* filter_event.c - an event taken apart: its occurrences in the order in which they stood, strung
 * together by path. */
#include <string.h>

#include "check.h"
#include "filter_text.h"
#include "mem.h"

struct filter_event *filter_event_new(enum filter_dialect dialect)
{
    struct filter_event *e = mem_get_zero(1, sizeof(*e));
    if (e == NULL)
        return NULL;
    e->dialect = dialect;
    arena_init(&e->arena);
    return e;
}

void filter_event_free(struct filter_event *e)
{
    if (e == NULL)
        return;
    arena_free(&e->arena);
    mem_release(e->path);
    mem_release(e->occurrence);
    mem_release(e->slot);
    mem_release(e);
}

const struct filter_path *filter_event_find(const struct filter_event *e,
                                            const struct filter_text *path)
{
    if (e->slots == 0)
        return NULL;
    for (uint32_t i = (uint32_t)path->hash & (e->slots - 1); e->slot[i] != FILTER_NONE;
         i = (i + 1) & (e->slots - 1))
        if (filter_text_equal(&e->path[e->slot[i]].text, path))
            return &e->path[e->slot[i]];
    return NULL;
}

/* --- growth --- */

static bool grow(void **at, uint32_t *cap, uint32_t n, size_t bytes)
{
    if (n < *cap)
        return true;
    uint32_t more = *cap == 0 ? 8 : *cap * 2;
    void *p = mem_resize(*at, more * bytes);
    if (p == NULL)
        return false;
    *at = p;
    *cap = more;
    return true;
}

static void enter(struct filter_event *e, uint32_t number)
{
    uint32_t i = (uint32_t)e->path[number].text.hash & (e->slots - 1);
    while (e->slot[i] != FILTER_NONE)
        i = (i + 1) & (e->slots - 1);
    e->slot[i] = number;
}

/* At most half of the slots are taken. */
static bool grow_slots(struct filter_event *e)
{
    if (2 * (e->n_path + 1) <= e->slots)
        return true;
    uint32_t more = e->slots == 0 ? 16 : e->slots * 2;
    uint32_t *p = mem_resize(e->slot, more * sizeof(*p));
    if (p == NULL)
        return false;
    e->slot = p;
    e->slots = more;
    memset(p, 0xff, more * sizeof(*p));
    for (uint32_t i = 0; i < e->n_path; i++)
        enter(e, i);
    return true;
}

static bool copy_text(struct filter_event *e, struct filter_text *t)
{
    char *copy = arena_get(&e->arena, t->n);
    if (copy == NULL)
        return false;
    if (t->n > 0)
        memcpy(copy, t->at, t->n);
    t->at = copy;
    return true;
}

/* The path's number, a new one if need be; FILTER_NONE: memory is short. */
static uint32_t path_number(struct filter_event *e, const char *path, uint32_t n)
{
    struct filter_text t = filter_text_of(path, n);
    const struct filter_path *known = filter_event_find(e, &t);
    if (known != NULL)
        return (uint32_t)(known - e->path);
    if (!grow((void **)&e->path, &e->cap_path, e->n_path, sizeof(*e->path)) || !grow_slots(e) ||
        !copy_text(e, &t))
        return FILTER_NONE;
    e->path[e->n_path] = (struct filter_path){t, FILTER_NONE, FILTER_NONE};
    enter(e, e->n_path);
    return e->n_path++;
}

bool filter_event_touch(struct filter_event *e, const char *path, uint32_t n_path)
{
    return path_number(e, path, n_path) != FILTER_NONE;
}

bool filter_event_add(struct filter_event *e, const char *path, uint32_t n_path,
                      const struct filter_value *v, const struct filter_step *chain,
                      uint32_t n_chain)
{
    uint32_t number = path_number(e, path, n_path), at = e->n_occurrence;
    if (number == FILTER_NONE ||
        !grow((void **)&e->occurrence, &e->cap_occurrence, at, sizeof(*e->occurrence)))
        return false;
    struct filter_occurrence *o = &e->occurrence[at];
    *o = (struct filter_occurrence){*v, chain, n_chain, FILTER_NONE};
    if (v->kind == VALUE_STRING) {
        o->value.text = filter_text_of(v->text.at, v->text.n);
        o->value.n_ip = filter_text_ip(v->text.at, v->text.n, o->value.ip);
        if (!copy_text(e, &o->value.text))
            return false;
    } else if (v->kind == VALUE_NUMBER && e->dialect != FILTER_EVENTBRIDGE) {
        o->value.number = filter_number_sns(v->number);
    }
    struct filter_path *p = &e->path[number];
    if (p->first == FILTER_NONE)
        p->first = at;
    else
        e->occurrence[p->last].next = at;
    p->last = at;
    e->n_occurrence++;
    return true;
}
