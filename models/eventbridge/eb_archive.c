/* eb_archive.c - archives of a bus and their replays. A replayed event is a new one that carries the replay's name; it goes to
 * the rules and into no archive (EB-47). */
#include "eb_int.h"

#include <string.h>

#define DAY_S 86400

static struct archive *find_archive(const struct eb *e, const char *name)
{
    struct archive *a = e->archive;
    while (a != NULL && strcmp(a->name, name) != 0)
        a = a->next;
    return a;
}

enum eb_outcome eb_archive_create(struct eb *e, const char *name, const char *bus, const char *pattern, int64_t days)
{
    struct bus *b = eb_bus(e, bus);
    enum eb_outcome out = EB_OK;
    if (!eb_admitted(e, CONTROL_CREATE_ARCHIVE))
        return EB_THROTTLED;
    if (!eb_text_name(name, 48))
        return EB_BAD_NAME;
    if (b == NULL)
        return EB_NO_BUS;
    if (find_archive(e, name) != NULL)
        return EB_ARCHIVE_EXISTS;
    struct filter *f = pattern == NULL ? NULL : eb_pattern(e, pattern, &out);
    struct archive *a = out == EB_OK ? arena_get(&e->arena, sizeof(*a)) : NULL;
    if (out != EB_OK)
        return out;
    if (a == NULL || (a->name = arena_text(&e->arena, name)) == NULL) {
        filter_free(f);
        return EB_NO_MEMORY;
    }
    a->bus = b;
    a->filter = f;
    eb_shelf_init(&a->shelf, days == 0 ? SIM_NEVER : days * DAY_S * SIM_S);
    a->next = e->archive;
    e->archive = a;
    return EB_OK;
}

static void expire(struct eb *e, struct archive *a)
{
    struct eb_shelved x;
    while (eb_shelf_expired(&a->shelf, e->now, &x)) {
    }
}

bool eb_archive_state(struct eb *e, const char *name, uint64_t *events, uint64_t *bytes)
{
    struct archive *a = find_archive(e, name);
    if (a == NULL)
        return false;
    expire(e, a);
    *events = a->shelf.n - a->shelf.first;
    *bytes = a->shelf.bytes;
    return true;
}

void eb_archive_event(struct eb *e, struct bus *b, struct event *v)
{
    for (struct archive *a = e->archive; a != NULL; a = a->next) {
        if (a->bus != b)
            continue;
        if (a->filter != NULL && v->parsed == NULL) {
            const char *json = eb_event_json(e, v->id);
            v->parsed = e->config.json.event(json, strlen(json));
        }
        if (a->filter != NULL && (v->parsed == NULL || !filter_matches(a->filter, v->parsed)))
            continue;
        const struct eb_shelved x = {(v->time_s - e->config.start_s) * SIM_S, e->now + e->config.archive_lag, v->id, v->bytes};
        expire(e, a);
        if (!eb_shelf_put(&a->shelf, &x))
            e->failed = true;
    }
}

void eb_archives_close(struct eb *e)
{
    for (struct archive *a = e->archive; a != NULL; a = a->next) {
        filter_free(a->filter);
        eb_shelf_free(&a->shelf);
    }
    for (struct replay *r = e->replay; r != NULL; r = r->next)
        eb_playback_close(&r->play);
}

/* --- replays --- */

static struct replay *find_replay(const struct eb *e, const char *name)
{
    struct replay *r = e->replay;
    while (r != NULL && strcmp(r->name, name) != 0)
        r = r->next;
    return r;
}

static uint32_t running(const struct eb *e)
{
    uint32_t n = 0;
    for (const struct replay *r = e->replay; r != NULL; r = r->next)
        n += eb_playback_deadline(&r->play) != SIM_NEVER;
    return n;
}

static bool copy_rules(struct eb *e, struct replay *r, const struct eb_replay *from)
{
    r->n_rule = from->n_rule;
    r->rule = arena_get(&e->arena, (from->n_rule + 1) * sizeof(*r->rule));
    for (uint32_t i = 0; r->rule != NULL && i < r->n_rule; i++)
        if ((r->rule[i] = arena_text(&e->arena, from->rule[i])) == NULL)
            return false;
    return r->rule != NULL;
}

enum eb_outcome eb_replay_start(struct eb *e, const struct eb_replay *with)
{
    struct archive *a = find_archive(e, with->archive);
    if (!eb_admitted(e, CONTROL_START_REPLAY))
        return EB_THROTTLED;
    if (!eb_text_name(with->name, 64))
        return EB_BAD_NAME;
    if (a == NULL)
        return EB_NO_ARCHIVE;
    if (find_replay(e, with->name) != NULL)
        return EB_REPLAY_EXISTS;
    if (with->from_s >= with->to_s)
        return EB_BAD_RANGE;
    if (running(e) == e->config.replays)
        return EB_TOO_MANY_REPLAYS;
    struct replay *r = arena_get(&e->arena, sizeof(*r));
    sim_time start = e->config.start_s * SIM_S;
    expire(e, a);
    if (r == NULL || (r->name = arena_text(&e->arena, with->name)) == NULL || !copy_rules(e, r, with) ||
        !eb_playback_open(&r->play, &a->shelf, with->from_s * SIM_S - start, with->to_s * SIM_S - start, e->now,
                          e->config.put_rate, NULL))
        return EB_NO_MEMORY;
    r->bus = a->bus;
    r->next = e->replay;
    e->replay = r;
    return EB_OK;
}

bool eb_replay_state(struct eb *e, const char *name, uint64_t *sent, bool *over)
{
    const struct replay *r = find_replay(e, name);
    if (r == NULL)
        return false;
    *sent = r->play.sent;
    *over = eb_playback_deadline(&r->play) == SIM_NEVER;
    return true;
}

sim_time eb_replays_deadline(const struct eb *e)
{
    sim_time first = SIM_NEVER;
    for (const struct replay *r = e->replay; r != NULL; r = r->next)
        if (eb_playback_deadline(&r->play) < first)
            first = eb_playback_deadline(&r->play);
    return first;
}

bool eb_replays_next(struct eb *e)
{
    uint64_t number;
    for (struct replay *r = e->replay; r != NULL; r = r->next) {
        if (!eb_playback_next(&r->play, e->now, &number))
            continue;
        const struct eb_entry none = {.source = "", .detail_type = "", .detail = "", .time_s = 0};
        struct event *v = eb_event_new(e, &none);
        if (v == NULL) {
            e->failed = true;
            return false;
        }
        uint64_t id = v->id;
        *v = *e->event[number];
        v->id = id;
        v->replay = r->name;
        v->hops = 0;
        v->lines = NULL;
        v->parsed = NULL;
        eb_publish(e, r->bus, v, r, false);
        return true;
    }
    return false;
}
