/* event_room.c - the kind `event`: templates of what is published. They do nothing; topics and buses look at them. */
#include "check_codes.h"
#include "event_int.h"
#include "filter_json.h"
#include "world.h"

#include <string.h>

struct event {
    struct entity e; /* first */
    struct event_views views;
};

/* The first entity of the kind: they stand together. spec->n_entity: there is none. */
static uint32_t first_event(const struct spec *spec)
{
    uint32_t i = 0;
    while (i < spec->n_entity && strcmp(spec->entity[i].kind, "event") != 0)
        i++;
    return i;
}

uint32_t event_count(const struct spec *spec)
{
    uint32_t first = first_event(spec), i = first;
    while (i < spec->n_entity && strcmp(spec->entity[i].kind, "event") == 0)
        i++;
    return i - first;
}

uint32_t event_number(const struct spec *spec, const struct spec_entity *e)
{
    return e == NULL ? EVENT_NONE : e->index - first_event(spec) + 1;
}

const struct spec_entity *event_entity(const struct spec *spec, uint32_t number)
{
    return number == EVENT_NONE ? NULL : &spec->entity[first_event(spec) + number - 1];
}

const struct event_views *event_views(const struct world *w, uint32_t number)
{
    static const struct event_views none = {.size = -1};
    if (number == EVENT_NONE)
        return &none;
    return &((const struct event *)w->entity[w->first_event + number - 1])->views;
}

/* --- the room --- */

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *replace = spec_value(e, EVENT_REPLACE), *detail = spec_value(e, EVENT_DETAIL),
                       *body = spec_value(e, EVENT_BODY);
    struct event_views views;
    if (event_read(&views, e, p))
        event_views_clear(&views);
    if (replace->list.n > 0 && spec_value(e, EVENT_PRESET)->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &replace->place, "%s: 'replace' is about a preset, and there is none", e->path);
    if (!detail->absent && !spec_value(e, EVENT_DETAIL_FILE)->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &detail->place, "%s: 'detail' and 'detail_file' are the same thing", e->path);
    if (!body->absent && !spec_value(e, EVENT_BODY_FILE)->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &body->place, "%s: 'body' and 'body_file' are the same thing", e->path);
    if (event_number(spec, e) == EVENTS_MAX + 1)
        problem_add(p, SEVERITY_ERROR, CHECK_EVENT, &e->place, "more than %d events", EVENTS_MAX);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct event *v = arena_get(&w->arena, sizeof(*v));
    if (v == NULL)
        return NULL;
    entity_init(&v->e, w, spec);
    w->first_event = first_event(w->spec);
    return event_views_read(&v->views, spec) ? &v->e : NULL;
}

static void close_event(struct entity *e)
{
    event_views_clear(&((struct event *)e)->views);
}

const struct room room_event = {
    .kind = "event",
    .title = "Event template",
    .doc = "What a message is about: its attributes and body for the filter policies of topics, its source, detail-type and detail for "
           "the patterns of buses. A producer's `events` says which of them its requests are.",
    .key = event_keys,
    .n_key = N_EVENT_KEYS,
    .check = check,
    .make = make,
    .close = close_event,
};
