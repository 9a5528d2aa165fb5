/* screen.c - what a mapping's filters let through: a stream's records and a queue's messages have the same templates, seen in two ways. */
#include "screen.h"

#include <string.h>

#include "check_codes.h"
#include "event.h"
#include "filter_json.h"
#include "mapping_keys.h"

static struct filter *compile(const char *text, struct filter_error *error)
{
    return filter_compile(FILTER_EVENTBRIDGE, text, strlen(text), FILTER_APOSTROPHES, NULL, error);
}

bool screen_open(struct screen *x, const struct spec_entity *e)
{
    const struct value *filters = spec_value(e, MAPPING_FILTERS);
    struct filter_error error;
    *x = (struct screen){.n = 0};
    for (uint32_t i = 0; i < filters->list.n && i < SCREEN_MAX; i++)
        if ((x->filter[x->n++] = compile(filters->list.item[i].text, &error)) == NULL)
            return false;
    return true;
}

static bool passes(const struct screen *x, const struct filter_event *record)
{
    bool any = x->n == 0;
    for (uint32_t i = 0; i < x->n; i++)
        any |= record != NULL && filter_matches(x->filter[i], record);
    return any;
}

bool screen_wire(struct screen *x, struct world *w, bool streamed)
{
    const char *text = streamed ? "{\"data\":\"\",\"eventSource\":\"aws:kinesis\"}" : "{\"body\":\"\",\"eventSource\":\"aws:sqs\"}";
    uint32_t n = event_count(w->spec);
    struct filter_event *plain = filter_event_json(FILTER_EVENTBRIDGE, text, strlen(text), 0, &(struct filter_error){.code = NULL});
    x->passes = arena_get(&w->arena, n + 1);
    bool ok = plain != NULL && x->passes != NULL;
    for (uint32_t i = 1; ok && i <= n; i++)
        x->passes[i] = passes(x, streamed ? event_views(w, i)->streamed : event_views(w, i)->record);
    if (ok)
        x->passes[EVENT_NONE] = passes(x, plain);
    filter_event_free(plain);
    return ok;
}

void screen_close(struct screen *x)
{
    for (uint32_t i = 0; i < x->n; i++)
        filter_free(x->filter[i]);
}

void screen_check(const struct spec_entity *e, struct problems *p)
{
    const struct value *filters = spec_value(e, MAPPING_FILTERS);
    if (filters->list.n > SCREEN_MAX)
        problem_add(p, SEVERITY_ERROR, CHECK_FUNCTION, &filters->place, "%s has %u filters, five are possible (LAM-55)", e->path,
                    filters->list.n);
    for (uint32_t i = 0; i < filters->list.n; i++) {
        struct filter_error error;
        struct filter *f = compile(filters->list.item[i].text, &error);
        if (f == NULL)
            problem_add(p, SEVERITY_ERROR, CHECK_PATTERN, &filters->list.item[i].place, "%s: %s, line %u, column %u of the filter (EB-34)",
                        e->path, error.reason, error.line, error.column);
        filter_free(f);
    }
}
