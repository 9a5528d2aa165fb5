/* request.c - lives and fates of requests.
 *
 * An effect is counted when it happens, a loss when the last copy goes, and only what is left at the end is looked at
 * then: so nothing is kept of a request that is gone. */
#include "requests.h"

#include <inttypes.h>

bool request_table_open(struct world *w)
{
    struct request_table *t = &w->requests;
    const struct spec *spec = w->spec;
    t->source = arena_get(&w->arena, (spec->n_entity + 1) * sizeof(struct request_source *));
    t->origin = arena_get(&w->arena, (spec->n_entity + 1) * sizeof(uint32_t));
    t->warmup = spec->warmup;
    t->birth_end = SIM_NEVER;
    if (spec->series) {
        t->birth_width = t->birth_end = spec->interval;
        t->n_birth = (uint32_t)((spec->duration - 1) / spec->interval + 1);
        CHECK(t->n_birth <= UINT16_MAX);
    }
    return t->source != NULL && t->origin != NULL;
}

void request_table_close(struct world *w)
{
    slab_free(&w->requests.slab);
}

/* Of times of birth; without series all are one. */
static uint32_t buckets(const struct request_table *t)
{
    return t->n_birth > 0 ? t->n_birth : 1;
}

uint32_t request_source_add(struct world *w, struct request_source *s)
{
    struct request_table *t = &w->requests;
    CHECK(t->n_source < w->spec->n_entity && t->n_source < UINT16_MAX);
    s->by_birth = arena_get(&w->arena, buckets(t) * sizeof(struct fates));
    s->record = record_rules(w->spec, s->maker->spec, &s->n_record);
    if (s->by_birth == NULL)
        t->failed = true;
    t->source[t->n_source] = s;
    t->origin[t->n_source] = s->origin;
    return t->n_source++;
}

void requests_record_birth(struct world *w, uint32_t slot)
{
    struct request *r = request_at(&w->requests, slot);
    struct request_source *s = w->requests.source[r->source];
    if (!record_wants(s->record, s->n_record, request_item(r)))
        return;
    r->flags |= REQUEST_RECORDED;
    struct life_event *e = record_add(w, slot, LIFE_BORN, s->maker);
    e->value = r->size;
    e->group = r->key;
    e->until = s->deadline == SIM_NEVER ? SIM_NEVER : r->birth + s->deadline;
}

uint32_t request_open(struct world *w, uint32_t source, uint64_t item, uint32_t size, uint32_t key)
{
    uint32_t slot;
    requests_open(w, world_now(w), w->requests.source[source], source, item, size, key, &slot);
    return slot;
}

void request_drop(struct world *w, uint32_t slot)
{
    requests_drop(w, slot, request_at(&w->requests, slot));
}

static __attribute__((noinline)) void break_of_copies(struct world *w, const struct request *r, unsigned most, const char *what)
{
    world_break(w, ERR_DATA, "request %" PRIu64 " of %s has %u %s at %" PRId64 " ns: what it sends on multiplies, or comes back to where it was",
                request_item(r), w->requests.source[r->source]->maker->spec->path, most, what, world_now(w));
}

void request_hold(struct world *w, uint32_t slot)
{
    struct request *r = request_at(&w->requests, slot);
    if (__builtin_expect(r->alive == REQUEST_ALIVE_MAX, 0))
        break_of_copies(w, r, REQUEST_ALIVE_MAX, "copies");
    else
        r->alive++;
}

void request_park(struct world *w, uint32_t slot)
{
    struct request *r = request_at(&w->requests, slot);
    CHECK(r->alive > 0);
    if (r->parked == REQUEST_PARKED_MAX) {
        break_of_copies(w, r, REQUEST_PARKED_MAX, "dead letters");
        return;
    }
    r->alive--;
    r->parked++;
}

void request_unpark(struct world *w, uint32_t slot)
{
    struct request *r = request_at(&w->requests, slot);
    CHECK(r->parked > 0);
    r->parked--;
    request_hold(w, slot);
}

void request_drop_parked(struct world *w, uint32_t slot)
{
    struct request *r = request_at(&w->requests, slot);
    CHECK(r->parked > 0);
    if (--r->parked == 0 && r->alive == 0)
        requests_settle(w, slot, r);
}

void request_effect(struct world *w, uint32_t slot, const struct entity *where)
{
    requests_effect(w, world_now(w), slot, request_at(&w->requests, slot), where);
}

void request_told(struct world *w, uint32_t slot, bool ok)
{
    struct request *r = request_at(&w->requests, slot);
    requests_told(w, world_now(w), w->requests.source[r->source], slot, r, ok);
}

void fates_add(struct fates *into, const struct fates *f)
{
    into->offered += f->offered;
    into->in_time += f->in_time;
    into->late += f->late;
    into->waiting += f->waiting;
    into->lost += f->lost;
    into->repeated += f->repeated;
    into->gave_up_done += f->gave_up_done;
}

static void settle_observers(struct request_source *s)
{
    obs_tally_settle(&s->latency);
    obs_tally_settle(&s->answer);
    obs_counter_settle(&s->offered);
    obs_counter_settle(&s->done);
}

/* Of those that are still there. */
static void settle_rest(struct request_table *t)
{
    for (uint32_t slot = 0; slot < t->slab.n_touched; slot++) {
        struct request *r = request_at(t, slot);
        if ((r->flags & REQUEST_LIVE) == 0 || (r->flags & (REQUEST_EFFECT | REQUEST_COUNTED)) != REQUEST_COUNTED)
            continue;
        if (r->alive > 0)
            REQUEST_FATE(t->source[r->source], r, waiting);
        else
            REQUEST_FATE(t->source[r->source], r, lost);
    }
}

void request_finish(struct world *w)
{
    struct request_table *t = &w->requests;
    settle_rest(t);
    for (uint32_t i = 0; i < t->n_source; i++) {
        struct request_source *s = t->source[i];
        settle_observers(s);
        s->fates = (struct fates){0};
        for (uint32_t b = 0; b < buckets(t); b++)
            fates_add(&s->fates, &s->by_birth[b]);
    }
}
