/* request.c - lives and fates of requests.
 *
 * An effect is counted when it happens, a loss when the last copy goes, and only what is left at the end is looked at
 * then: so nothing is kept of a request that is gone. */
#include "record.h"

#include "world.h"

bool request_table_open(struct world *w)
{
    struct request_table *t = &w->requests;
    const struct spec *spec = w->spec;
    t->source = arena_get(&w->arena, (spec->n_entity + 1) * sizeof(struct request_source *));
    t->warmup = spec->warmup;
    if (spec->series) {
        t->birth_width = t->birth_end = spec->interval;
        t->n_birth = (uint32_t)((spec->duration - 1) / spec->interval + 1);
        CHECK(t->n_birth <= UINT16_MAX);
    }
    return t->source != NULL;
}

void request_table_close(struct world *w)
{
    slab_free(&w->requests.slab);
}

uint32_t request_source_add(struct world *w, struct request_source *s)
{
    struct request_table *t = &w->requests;
    CHECK(t->n_source < w->spec->n_entity && t->n_source < UINT16_MAX);
    s->by_birth = NULL;
    s->record = record_rules(w->spec, s->maker->spec, &s->n_record);
    if (t->n_birth > 0) {
        s->by_birth = arena_get(&w->arena, t->n_birth * sizeof(struct fates));
        if (s->by_birth == NULL)
            t->failed = true;
    }
    t->source[t->n_source] = s;
    return t->n_source++;
}

static void record_birth(struct world *w, struct request_source *s, uint32_t slot, struct request *r)
{
    if (!record_wants(s->record, s->n_record, request_item(r)))
        return;
    r->flags |= REQUEST_RECORDED;
    struct life_event *e = record_add(w, slot, LIFE_BORN, s->maker);
    e->value = r->size;
    e->group = r->key;
    e->until = s->deadline == SIM_NEVER ? SIM_NEVER : r->birth + s->deadline;
}

/* Adds one to a field of the source's fates and of those of the request's time of birth. */
#define FATE(source, r, field)                                                                     \
    do {                                                                                           \
        (source)->fates.field++;                                                                   \
        if ((source)->by_birth != NULL)                                                            \
            (source)->by_birth[(r)->bucket].field++;                                               \
    } while (0)

/* Of now / birth_width, without the division. */
static inline uint16_t bucket_now(struct request_table *t, sim_time now)
{
    while (__builtin_expect(now >= t->birth_end && t->n_birth > 0, 0)) {
        t->birth++;
        t->birth_end += t->birth_width;
    }
    return t->birth;
}

uint32_t request_open(struct world *w, uint32_t source, uint64_t item, uint32_t size, uint32_t key)
{
    struct request_table *t = &w->requests;
    struct request_source *s = t->source[source];
    sim_time now = world_now(w);
    uint32_t slot = slab_take(&t->slab);
    if (slot == SLAB_NONE) {
        t->failed = true;
        return slot;
    }
    bool counted = now >= t->warmup;
    struct request *r = request_at(t, slot);
    *r = (struct request){
        .birth = now,
        .item_low = (uint32_t)item,
        .item_high = (uint8_t)(item >> 32),
        .source = (uint16_t)source,
        .flags = REQUEST_LIVE | (counted ? REQUEST_COUNTED : 0),
        .size = size,
        .key = key,
        .alive = 1,
        .bucket = bucket_now(t, now),
    };
    obs_count(&s->offered, now, 1);
    if (counted)
        FATE(s, r, offered);
    if (s->n_record > 0)
        record_birth(w, s, slot, r);
    return slot;
}

static void settle(struct world *w, uint32_t slot, struct request *r)
{
    struct request_table *t = &w->requests;
    if ((r->flags & (REQUEST_EFFECT | REQUEST_COUNTED)) == REQUEST_COUNTED)
        FATE(t->source[r->source], r, lost);
    if ((r->flags & (REQUEST_EFFECT | REQUEST_RECORDED)) == REQUEST_RECORDED)
        record_add(w, slot, LIFE_LOST, t->source[r->source]->maker);
    r->flags = 0;
    slab_give(&t->slab, slot);
}

void request_drop(struct world *w, uint32_t slot)
{
    struct request *r = request_at(&w->requests, slot);
    CHECK(r->alive > 0);
    if (--r->alive == 0 && r->parked == 0)
        settle(w, slot, r);
}

void request_park(struct world *w, uint32_t slot)
{
    struct request *r = request_at(&w->requests, slot);
    CHECK(r->alive > 0 && r->parked < UINT16_MAX);
    r->alive--;
    r->parked++;
}

void request_unpark(struct world *w, uint32_t slot)
{
    struct request *r = request_at(&w->requests, slot);
    CHECK(r->parked > 0);
    r->parked--;
    r->alive++;
}

void request_drop_parked(struct world *w, uint32_t slot)
{
    struct request *r = request_at(&w->requests, slot);
    CHECK(r->parked > 0);
    if (--r->parked == 0 && r->alive == 0)
        settle(w, slot, r);
}

/* Before the end of warm-up everything is observed, for the series; what it adds up to is forgotten then. */
static bool is_observed(const struct request_table *t, const struct request *r, sim_time now)
{
    return (r->flags & REQUEST_COUNTED) != 0 || now < t->warmup;
}

static void first_effect(struct request_source *s, struct request *r, sim_time now)
{
    if ((r->flags & REQUEST_COUNTED) == 0)
        return;
    if (s->deadline == SIM_NEVER || now - r->birth <= s->deadline)
        FATE(s, r, in_time);
    else
        FATE(s, r, late);
    if (r->flags & REQUEST_TOLD_NO)
        FATE(s, r, gave_up_done);
}

void request_effect(struct world *w, uint32_t slot, const struct entity *where)
{
    struct request_table *t = &w->requests;
    struct request *r = request_at(t, slot);
    struct request_source *s = t->source[r->source];
    if (where != s->done_at)
        return;
    if (r->flags & REQUEST_RECORDED)
        record_add(w, slot, LIFE_EFFECT, where)->value = r->flags & REQUEST_EFFECT ? 2 : 1;
    if (r->flags & REQUEST_EFFECT) {
        if (r->flags & REQUEST_COUNTED)
            FATE(s, r, repeated);
        return;
    }
    sim_time now = world_now(w);
    r->flags |= REQUEST_EFFECT;
    obs_count(&s->done, now, 1);
    if (is_observed(t, r, now))
        obs_tally_add(&s->latency, now, now - r->birth);
    first_effect(s, r, now);
}

void request_told(struct world *w, uint32_t slot, bool ok)
{
    struct request_table *t = &w->requests;
    struct request *r = request_at(t, slot);
    struct request_source *s = t->source[r->source];
    sim_time now = world_now(w);
    CHECK((r->flags & (REQUEST_TOLD_OK | REQUEST_TOLD_NO)) == 0);
    r->flags |= ok ? REQUEST_TOLD_OK : REQUEST_TOLD_NO;
    if (r->flags & REQUEST_RECORDED)
        record_add(w, slot, ok ? LIFE_TOLD_OK : LIFE_TOLD_NO, s->maker);
    if (is_observed(t, r, now))
        obs_tally_add(&s->answer, now, now - r->birth);
    if (!ok && (r->flags & REQUEST_EFFECT) != 0 && (r->flags & REQUEST_COUNTED) != 0)
        FATE(s, r, gave_up_done);
}

void request_finish(struct world *w)
{
    struct request_table *t = &w->requests;
    for (uint32_t i = 0; i < t->n_source; i++) {
        obs_tally_settle(&t->source[i]->latency);
        obs_tally_settle(&t->source[i]->answer);
        obs_counter_settle(&t->source[i]->offered);
        obs_counter_settle(&t->source[i]->done);
    }
    for (uint32_t slot = 0; slot < t->slab.n_touched; slot++) {
        struct request *r = request_at(t, slot);
        if ((r->flags & REQUEST_LIVE) == 0 ||
            (r->flags & (REQUEST_EFFECT | REQUEST_COUNTED)) != REQUEST_COUNTED)
            continue;
        if (r->alive > 0)
            FATE(t->source[r->source], r, waiting);
        else
            FATE(t->source[r->source], r, lost);
    }
}
