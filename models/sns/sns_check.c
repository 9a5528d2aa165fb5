/* sns_check.c - what must hold of a topic at every instant, and what it takes in memory. */
#include "sns_int.h"

static void check_notes(const struct sns *t)
{
    uint64_t copies = 0;
    uint32_t archived = 0, live = 0;
    for (uint32_t i = 0; i < t->notes.n_touched; i++) {
        const struct note *n = note_at(t, i);
        if (!n->live)
            continue;
        live++;
        copies += n->copies;
        archived += n->archived;
        CHECK(n->copies > 0 || n->archived || n->loose);
    }
    const struct delivery_counts *d = sns_deliveries(t);
    uint64_t pending = d->waiting + d->under_way;
    CHECK(live == t->notes.n_live && archived == t->n_archived);
    CHECK(copies >= pending && (d->twice > 0 || copies == pending));
}

static void check_subscriptions(const struct sns *t)
{
    uint32_t live = 0, filters = 0;
    for (uint32_t i = 0; i < t->n_lines; i++) {
        const struct subscription *s = sub_at(t, i);
        if (!s->live)
            continue;
        live++;
        filters += s->filter != NULL;
    }
    CHECK(live == t->n_subs && filters == t->n_filters);
}

void sns_check(const struct sns *t, sim_time now)
{
    const struct delivery_counts *d = sns_deliveries(t);
    delivery_check(t->delivery);
    CHECK(t->counts.matched == d->delivered + d->dead + d->dropped + d->waiting + d->under_way);
    check_notes(t);
    check_subscriptions(t);
    sns_dedup_check(t, now);
}

uint64_t sns_bytes(const struct sns *t)
{
    uint64_t lines = 72, n = (uint64_t)t->subs.n_chunk << SLAB_CHUNK_BITS;
    uint64_t bytes = n * (sizeof(struct subscription) + lines);
    return bytes + match_bytes(t);
}
