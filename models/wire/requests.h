/* requests.h - private to request.c and to those by whose hands every request goes (producers, stations, queues, fleets): what
 * happens to each of them, inline. Who has found a request in the table hands on where it is, and who knows what time it is, the time. */
#ifndef REQUESTS_H
#define REQUESTS_H

#include "record.h"
#include "world.h"

/* Private: request.c's, of those that are recorded. */
void requests_record_birth(struct world *, uint32_t slot);

/* Adds one to a field of the fates of the request's time of birth; they are added up at the end. */
#define REQUEST_FATE(source, r, field) ((source)->by_birth[(r)->bucket].field++)

/* Of now / birth_width, without the division. */
ALWAYS_INLINE uint16_t requests_bucket(struct request_table *t, sim_time now)
{
    while (__builtin_expect(now >= t->birth_end, 0)) {
        t->birth++;
        t->birth_end += t->birth_width;
    }
    return t->birth;
}

/* request_open; s: its source, of that number. NULL: memory is short. */
ALWAYS_INLINE struct request *requests_open(struct world *w, sim_time now, struct request_source *s, uint32_t source, uint64_t item,
                                            uint32_t size, uint32_t key, uint32_t *number)
{
    struct request_table *t = &w->requests;
    uint32_t slot = *number = slab_take_of(&t->slab, sizeof(struct request));
    if (__builtin_expect(slot == SLAB_NONE, 0)) {
        t->failed = true;
        return NULL;
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
        .bucket = requests_bucket(t, now),
    };
    obs_count(&s->offered, now, 1);
    if (counted)
        REQUEST_FATE(s, r, offered);
    if (__builtin_expect(s->n_record > 0, 0))
        requests_record_birth(w, slot);
    return r;
}

/* No copy is left. */
ALWAYS_INLINE void requests_settle(struct world *w, uint32_t slot, struct request *r)
{
    struct request_table *t = &w->requests;
    if ((r->flags & (REQUEST_EFFECT | REQUEST_COUNTED)) == REQUEST_COUNTED)
        REQUEST_FATE(t->source[r->source], r, lost);
    if (__builtin_expect((r->flags & (REQUEST_EFFECT | REQUEST_RECORDED)) == REQUEST_RECORDED, 0))
        record_add(w, slot, LIFE_LOST, t->source[r->source]->maker);
    r->flags = 0;
    slab_give_at(&t->slab, slot, r);
}

/* request_drop */
ALWAYS_INLINE void requests_drop(struct world *w, uint32_t slot, struct request *r)
{
    if (__builtin_expect(r->alive == 1 && r->parked == 0, 1)) {
        r->alive = r->served = 0;
        requests_settle(w, slot, r);
        return;
    }
    CHECK(r->alive > 0);
    r->alive--;
}

/* Before the end of warm-up everything is observed, for the series; what it adds up to is forgotten then. */
ALWAYS_INLINE bool requests_observed(const struct request_table *t, unsigned flags, sim_time now)
{
    return (flags & REQUEST_COUNTED) != 0 || now < t->warmup;
}

ALWAYS_INLINE void requests_first_effect(struct request_source *s, struct request *r, unsigned flags, sim_time took)
{
    if ((flags & REQUEST_COUNTED) == 0)
        return;
    if (took <= s->deadline)
        REQUEST_FATE(s, r, in_time);
    else
        REQUEST_FATE(s, r, late);
    if (flags & REQUEST_TOLD_NO)
        REQUEST_FATE(s, r, gave_up_done);
}

/* request_effect */
ALWAYS_INLINE void requests_effect(struct world *w, sim_time now, uint32_t slot, struct request *r, const struct entity *where)
{
    struct request_table *t = &w->requests;
    struct request_source *s = t->source[r->source];
    if (where != s->done_at)
        return;
    unsigned flags = r->flags;
    if (__builtin_expect((flags & (REQUEST_RECORDED | REQUEST_EFFECT)) != 0, 0)) {
        if (flags & REQUEST_RECORDED)
            record_add(w, slot, LIFE_EFFECT, where)->value = flags & REQUEST_EFFECT ? 2 : 1;
        if ((flags & (REQUEST_EFFECT | REQUEST_COUNTED)) == (REQUEST_EFFECT | REQUEST_COUNTED))
            REQUEST_FATE(s, r, repeated);
        if (flags & REQUEST_EFFECT)
            return;
    }
    sim_time took = now - r->birth;
    r->flags = (uint8_t)(flags | REQUEST_EFFECT);
    obs_count(&s->done, now, 1);
    if (requests_observed(t, flags, now))
        obs_tally_add(&s->latency, now, took);
    requests_first_effect(s, r, flags, took);
}

/* request_told */
ALWAYS_INLINE void requests_told(struct world *w, sim_time now, struct request_source *s, uint32_t slot, struct request *r, bool ok)
{
    struct request_table *t = &w->requests;
    unsigned flags = r->flags;
    CHECK((flags & (REQUEST_TOLD_OK | REQUEST_TOLD_NO)) == 0);
    r->flags = (uint8_t)(flags | (ok ? REQUEST_TOLD_OK : REQUEST_TOLD_NO));
    if (__builtin_expect((flags & REQUEST_RECORDED) != 0, 0))
        record_add(w, slot, ok ? LIFE_TOLD_OK : LIFE_TOLD_NO, s->maker);
    if (requests_observed(t, flags, now))
        obs_tally_add(&s->answer, now, now - r->birth);
    if (!ok && (flags & REQUEST_EFFECT) != 0 && (flags & REQUEST_COUNTED) != 0)
        REQUEST_FATE(s, r, gave_up_done);
}

#endif
