/* eb_put.c - PutEvents, and what a bus does with an event: it meets all enabled rules, and each that matches invokes all its
 * targets independently (EB-5). */
#include "eb_int.h"

#include <string.h>

#include "mem.h"

#define ENTRIES_MAX 10

static size_t length(const char *s)
{
    return s == NULL ? 0 : strlen(s);
}

uint64_t eb_entry_size(const struct eb_entry *x)
{
    size_t resources = 0;
    for (uint32_t i = 0; i < x->n_resource; i++)
        resources += strlen(x->resource[i]);
    return eb_text_entry(x->time_s >= 0, length(x->source), length(x->detail_type), length(x->detail), resources);
}

/* --- events --- */

static const char *resources_json(struct eb *e, const struct eb_entry *x)
{
    size_t n = 3;
    for (uint32_t i = 0; i < x->n_resource; i++)
        n += strlen(x->resource[i]) + 3;
    char *out = arena_get(&e->arena, n), *at = out;
    if (out == NULL)
        return NULL;
    *at++ = '[';
    for (uint32_t i = 0; i < x->n_resource; i++) {
        size_t length_i = strlen(x->resource[i]);
        if (i > 0)
            *at++ = ',';
        *at++ = '"';
        memcpy(at, x->resource[i], length_i);
        at += length_i;
        *at++ = '"';
    }
    *at = ']';
    return out;
}

static bool room_for_event(struct eb *e)
{
    if (e->n_event < e->cap_event)
        return true;
    uint32_t cap = e->cap_event == 0 ? 64 : e->cap_event * 2;
    struct event **more = mem_resize(e->event, cap * sizeof(struct event *));
    if (more == NULL)
        return false;
    e->event = more;
    e->cap_event = cap;
    return true;
}

struct event *eb_event_new(struct eb *e, const struct eb_entry *x)
{
    struct event *v = arena_get(&e->arena, sizeof(*v));
    if (v == NULL || !room_for_event(e))
        return NULL;
    v->source = arena_text(&e->arena, x->source);
    v->detail_type = arena_text(&e->arena, x->detail_type);
    v->detail = arena_text(&e->arena, x->detail);
    v->resources = resources_json(e, x);
    v->time_s = x->time_s >= 0 ? x->time_s : eb_clock_s(e);
    v->bytes = eb_entry_size(x);
    v->id = e->n_event;
    if (v->source == NULL || v->detail_type == NULL || v->detail == NULL || v->resources == NULL)
        return NULL;
    e->event[e->n_event++] = v;
    return v;
}

/* --- matching --- */

static bool named(const struct replay *only, const struct rule *r)
{
    for (uint32_t i = 0; only != NULL && i < only->n_rule; i++)
        if (strcmp(only->rule[i], r->name) == 0)
            return true;
    return only == NULL || only->n_rule == 0;
}

static bool matches(struct eb *e, const struct rule *r, struct event *v)
{
    if (!r->now.enabled || r->now.filter == NULL)
        return false;
    if (v->parsed == NULL) {
        const char *json = eb_event_json(e, v->id);
        v->parsed = e->config.json.event(json, strlen(json));
    }
    return v->parsed != NULL && filter_matches(r->now.filter, v->parsed);
}

/* A target takes part from its time on, and an event is forwarded to another bus at most once (EB-4, EB-8). */
static uint32_t lines_of(const struct eb *e, const struct rule *r, const struct event *v, uint32_t *lines)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->n_target; i++) {
        const struct target *t = r->target[i];
        if (t->since <= e->now && !(t->kind == EB_TARGET_BUS && v->hops > 0))
            lines[n++] = t->line;
    }
    return n;
}

static void fan(struct eb *e, struct event *v, uint32_t n)
{
    struct delivery_message m = {v->id, DELIVERY_NO_GROUP};
    if (!delivery_fan(e->delivery, eb_begin(e), &m, v->lines, n))
        e->failed = true;
}

void eb_publish(struct eb *e, struct bus *b, struct event *v, const struct replay *only, bool archived)
{
    uint32_t n = 0, triggered = 0;
    v->lines = mem_get((b->n_rule * EB_TARGETS_MAX + 1) * sizeof(*v->lines));
    if (v->lines == NULL) {
        e->failed = true;
        return;
    }
    for (struct rule *r = b->rule; r != NULL; r = r->next) {
        eb_rule_settle(e, r);
        if (!named(only, r) || !matches(e, r, v))
            continue;
        triggered++;
        n += lines_of(e, r, v, v->lines + n);
    }
    e->metric[EB_MATCHED] += triggered > 0;
    e->metric[EB_TRIGGERED] += triggered;
    fan(e, v, n);
    if (archived)
        eb_archive_event(e, b, v);
}

void eb_publish_to(struct eb *e, struct rule *r, struct event *v)
{
    v->lines = mem_get(EB_TARGETS_MAX * sizeof(*v->lines));
    if (v->lines == NULL) {
        e->failed = true;
        return;
    }
    e->metric[EB_TRIGGERED]++;
    fan(e, v, lines_of(e, r, v, v->lines));
}

/* --- PutEvents --- */

static enum eb_outcome judge(const struct eb *e, const struct eb_entry *x)
{
    if (x->source == NULL || x->source[0] == '\0')
        return EB_NO_SOURCE;
    if (x->detail_type == NULL || x->detail_type[0] == '\0')
        return EB_NO_DETAIL_TYPE;
    if (x->detail == NULL || x->detail[0] == '\0')
        return EB_NO_DETAIL;
    if (eb_text_characters(x->detail_type) > 128)
        return EB_LONG_DETAIL_TYPE;
    if (eb_text_aws_source(x->source))
        return EB_AWS_SOURCE;
    return e->config.json.detail(x->detail, strlen(x->detail)) ? EB_OK : EB_MALFORMED_DETAIL;
}

static struct eb_result put_one(struct eb *e, const struct eb_entry *x)
{
    struct eb_result r = {judge(e, x), UINT64_MAX};
    if (r.outcome != EB_OK)
        return r;
    struct event *v = eb_event_new(e, x);
    if (v == NULL)
        return (struct eb_result){EB_NO_MEMORY, UINT64_MAX};
    r.event = v->id;
    struct bus *b = eb_bus(e, x->bus);
    if (b != NULL) /* without a bus it is lost silently (EB-15) */
        eb_publish(e, b, v, NULL, true);
    return r;
}

enum eb_outcome eb_put(struct eb *e, const struct eb_entry *x, uint32_t n, struct eb_result *r, uint32_t *failed)
{
    uint64_t bytes = 0;
    *failed = 0;
    if (n < 1 || n > ENTRIES_MAX)
        return n < 1 ? EB_TOO_FEW_ENTRIES : EB_TOO_MANY_ENTRIES;
    for (uint32_t i = 0; i < n; i++)
        bytes += eb_entry_size(&x[i]);
    if (bytes > e->config.max_request)
        return EB_REQUEST_TOO_LARGE;
    if (!eb_bucket_take(&e->put, e->now))
        return EB_THROTTLED;
    for (uint32_t i = 0; i < n; i++) {
        r[i] = put_one(e, &x[i]);
        *failed += r[i].outcome != EB_OK;
    }
    e->metric[EB_PUT_ENTRIES] += n;
    e->metric[EB_PUT_FAILED] += *failed;
    return EB_OK;
}

enum eb_outcome eb_put_aws(struct eb *e, const struct eb_entry *x)
{
    struct event *v = eb_event_new(e, x);
    if (v == NULL)
        return EB_NO_MEMORY;
    eb_publish(e, e->bus, v, NULL, true);
    return EB_OK;
}
