/* pipe_room.c - the kind `pipe`: what its filters let through, worked out once per event template, and its life. */
#include <inttypes.h>
#include <string.h>

#include "check_codes.h"
#include "event.h"
#include "filter_json.h"
#include "mem.h"
#include "pipe.h"

#define FILTERS_MAX 5

static const char no_template[] = "{\"body\":\"\",\"eventSource\":\"aws:sqs\"}";

static struct filter *compile(const char *text, struct filter_error *error)
{
    return filter_compile(FILTER_EVENTBRIDGE, text, strlen(text), FILTER_APOSTROPHES, NULL, error);
}

/* --- what passes --- */

static bool passes(const struct pipe *p, const struct filter_event *record)
{
    bool any = p->n_filter == 0;
    for (uint32_t i = 0; i < p->n_filter; i++)
        any |= record != NULL && filter_matches(p->filter[i], record);
    return any;
}

static bool sort_templates(struct pipe *p)
{
    struct world *w = p->e.world;
    bool event = spec_int(p->e.spec, PIPE_RECORD) == 1;
    uint32_t n = event_count(w->spec);
    struct filter_event *plain =
        filter_event_json(FILTER_EVENTBRIDGE, no_template, sizeof(no_template) - 1, 0, &(struct filter_error){.code = NULL});
    p->passes = arena_get(&w->arena, n + 1);
    if (plain == NULL || p->passes == NULL) {
        filter_event_free(plain);
        return false;
    }
    p->passes[EVENT_NONE] = passes(p, plain);
    for (uint32_t i = 1; i <= n; i++) {
        const struct event_views *v = event_views(w, i);
        p->passes[i] = passes(p, event ? v->record_event : v->record);
    }
    filter_event_free(plain);
    return true;
}

/* --- life --- */

static bool register_metrics(struct pipe *p)
{
    struct entity *e = &p->e;
    bool ok = entity_level(e, PM_BUSY, &p->busy, 0);
    for (unsigned i = 0; ok && i < PIPE_COUNTERS; i++)
        ok = entity_counter(e, PM_RECEIVES + i, &p->count[i]);
    return ok && entity_tally(e, PM_DURATION, &p->duration) && entity_tally(e, PM_ENRICHMENT_DURATION, &p->enriching) &&
           entity_tally(e, PM_TARGET_DURATION, &p->delivering);
}

static bool read_settings(struct pipe *p)
{
    const struct spec_entity *e = p->e.spec;
    const struct value *timeout = spec_value(e, PIPE_TIMEOUT), *size = spec_value(e, PIPE_INPUT_SIZE),
                       *group = spec_value(e, PIPE_GROUP), *filters = spec_value(e, PIPE_FILTERS);
    struct filter_error error;
    p->batch = (uint32_t)spec_int(e, PIPE_BATCH);
    p->n_runner = (uint32_t)spec_int(e, PIPE_CONCURRENCY);
    p->window = spec_int(e, PIPE_WINDOW);
    p->wait_time = spec_int(e, PIPE_WAIT_TIME);
    p->timeout = timeout->absent ? SIM_NEVER : timeout->i;
    p->partial = spec_int(e, PIPE_PARTIAL) != 0;
    p->input_size = size->absent ? -1 : size->i;
    p->group = group->absent ? -1 : (int)group->i;
    for (uint32_t i = 0; i < filters->list.n; i++)
        if ((p->filter[p->n_filter++] = compile(filters->list.item[i].text, &error)) == NULL)
            return false;
    return true;
}

static void close_pipe(struct entity *e)
{
    struct pipe *p = (struct pipe *)e;
    for (uint32_t i = 0; i < p->n_filter; i++)
        filter_free(p->filter[i]);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct pipe *p = arena_get(&w->arena, sizeof(*p));
    if (p == NULL)
        return NULL;
    entity_init(&p->e, w, spec);
    bool ok = read_settings(p) && register_metrics(p);
    p->runner = ok ? arena_get(&w->arena, p->n_runner * sizeof(*p->runner)) : NULL;
    for (uint32_t i = 0; p->runner != NULL && i < p->n_runner; i++)
        if ((p->runner[i].item = arena_get(&w->arena, p->batch * sizeof(struct pipe_item))) == NULL)
            p->runner = NULL;
    if (p->runner != NULL)
        return &p->e;
    close_pipe(&p->e);
    return NULL;
}

static bool wire(struct entity *e)
{
    struct pipe *p = (struct pipe *)e;
    p->source = world_entity(e->world, spec_value(e->spec, PIPE_SOURCE)->ref);
    p->target = world_entity(e->world, spec_value(e->spec, PIPE_TARGET)->ref);
    p->enrichment = world_entity(e->world, spec_value(e->spec, PIPE_ENRICHMENT)->ref);
    p->pull = p->source->room->pull;
    p->fifo = spec_named(p->source->spec, "type")->i == 1;
    for (uint32_t i = 0; i < p->n_runner; i++)
        runner_init(&p->runner[i], p);
    return sort_templates(p);
}

static void start(struct entity *e)
{
    struct pipe *p = (struct pipe *)e;
    for (uint32_t i = 0; i < p->n_runner; i++)
        runner_start(&p->runner[i]);
}

static bool conserve(struct entity *e, sim_time now, struct err *err)
{
    const struct pipe *p = (const struct pipe *)e;
    uint64_t in_hand = 0;
    (void)now;
    for (uint32_t i = 0; i < p->n_runner; i++)
        in_hand += p->runner[i].n;
    return p->n_taken == p->n_let_go + in_hand ||
           err_set(err, ERR_INTERNAL, "messages taken = let go + in hand: %" PRIu64 " is not %" PRIu64, p->n_taken, p->n_let_go + in_hand);
}

/* --- what a scenario can get wrong --- */

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *filters = spec_value(e, PIPE_FILTERS), *target = spec_value(e, PIPE_TARGET), *group = spec_value(e, PIPE_GROUP);
    const struct value *type = target->ref == NULL ? NULL : spec_named(target->ref, "type");
    bool fifo = type != NULL && target->ref->room->pull != NULL && type->type == VALUE_CHOICE && type->i == 1;
    (void)spec;
    if (filters->list.n > FILTERS_MAX)
        problem_add(p, SEVERITY_ERROR, CHECK_BUS_LIMIT, &filters->place, "%s has %u filters, five are possible (EB-50)", e->path,
                    filters->list.n);
    for (uint32_t i = 0; i < filters->list.n; i++) {
        struct filter_error error;
        struct filter *f = compile(filters->list.item[i].text, &error);
        if (f == NULL)
            problem_add(p, SEVERITY_ERROR, CHECK_PATTERN, &filters->list.item[i].place, "%s: %s, line %u, column %u of the filter (EB-34)",
                        e->path, error.reason, error.line, error.column);
        filter_free(f);
    }
    if (target->ref != NULL && target->ref == spec_value(e, PIPE_SOURCE)->ref)
        problem_add(p, SEVERITY_ERROR, CHECK_TARGET, &target->place, "%s gives messages back to the queue that it takes them from", e->path);
    if (fifo && group->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &target->place, "%s: %s is a FIFO queue: 'message_group' is needed (EB-7)", e->path,
                    target->ref->path);
    if (!fifo && !group->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &group->place, "%s: only a FIFO queue has message groups (EB-7)", e->path);
    if (spec_int(e, PIPE_BATCH) > 10 && spec_int(e, PIPE_WINDOW) == 0)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &spec_value(e, PIPE_BATCH)->place,
                    "%s: a poll brings ten messages at most: a larger batch needs a 'window' (EB-50)", e->path);
}

const struct room room_pipe = {
    .kind = "pipe",
    .title = "Amazon EventBridge pipe",
    .doc = "Takes messages from a queue in batches, deletes those that none of its filters matches, has the others enriched by somebody "
           "who is called, and gives them to a target. When enrichment or target fail, the batch is left in the queue and comes back.",
    .key = pipe_keys,
    .n_key = N_PIPE_KEYS,
    .metric = pipe_metrics,
    .n_metric = N_PIPE_METRICS,
    .check = check,
    .make = make,
    .wire = wire,
    .start = start,
    .conserve = conserve,
    .close = close_pipe,
};
