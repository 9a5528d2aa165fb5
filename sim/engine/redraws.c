/* redraws.c - lines of an attempt each, in places by item and attempt. */
#include "redraws.h"

#define COST       4u /* answers that a line must bring to be worth its making */
#define CREDIT_MAX (8 * COST)
/* Places between the lines of one attempt and those of the next: each attempt needs more of them, from here backwards. */
#define APART (REDRAWS_LINES * 2 / 3 + 1)

bool redraws_open(struct redraws **made, struct arena *arena, const struct rng_stream *stream, const struct dist *dist)
{
    const struct dist_line *fast = dist == NULL ? NULL : dist_line(dist);
    *made = NULL;
    if (!rng_line_fast() || (dist != NULL && fast == NULL))
        return true;
    struct redraws *d = *made = arena_get(arena, sizeof(*d));
    if (d == NULL)
        return false;
    d->stream = *stream;
    d->dist = dist;
    d->fast = fast;
    d->credit = CREDIT_MAX;
    for (unsigned i = 0; i < REDRAWS_LINES; i++)
        d->line[i].first = d->wanted[i].first = REDRAWS_NONE;
    return true;
}

static __attribute__((noinline)) union draw draw_one(const struct redraws *d, const struct redraws_line *l, uint64_t item)
{
    struct rng cell = rng_at(&d->stream, l->origin, item, l->attempt);
    return (union draw){.whole = d->dist != NULL ? dist_sample(d->dist, &cell) : (int64_t)rng_u64(&cell)};
}

static void fill(const struct redraws *d, const struct redraws_line *l, union draw *value)
{
    const struct rng cell = rng_at(&d->stream, l->origin, l->first, l->attempt);
    uint64_t word[DIST_LINE];
    rng_line_words(&cell, word);
    if (d->dist == NULL) {
        memcpy(value, word, sizeof(word));
        return;
    }
    for (unsigned missing = d->fast->make(d->dist, word, value); missing != 0; missing &= missing - 1) {
        unsigned i = (unsigned)__builtin_ctz(missing);
        value[i] = draw_one(d, l, l->first + i);
    }
}

static inline bool same(const struct redraws_line *a, const struct redraws_line *b)
{
    return a->first == b->first && a->origin == b->origin && a->attempt == b->attempt;
}

static __attribute__((noinline)) union draw not_there(struct redraws *d, const struct redraws_line *asked, unsigned place, uint64_t item)
{
    struct redraws_line *l = &d->line[place], *wanted = &d->wanted[place];
    if (l->origin == asked->origin && l->attempt == asked->attempt && asked->first < l->first && l->first != REDRAWS_NONE)
        return draw_one(d, asked, item); /* late and alone: the others go on */
    d->hits += same(wanted, asked);
    d->credit = d->credit + d->hits < CREDIT_MAX ? d->credit + d->hits : CREDIT_MAX;
    d->hits = 0;
    *wanted = *asked;
    if (d->credit < COST)
        return draw_one(d, asked, item);
    d->credit -= COST;
    *l = *asked;
    fill(d, l, d->value[place]);
    return d->value[place][item % DIST_LINE];
}

union draw redraws_value(struct redraws *d, uint32_t origin, uint64_t item, uint32_t attempt)
{
    const struct redraws_line asked = {item - item % DIST_LINE, origin, attempt};
    unsigned place = (unsigned)(item / DIST_LINE + APART * attempt) % REDRAWS_LINES;
    if (!same(&d->line[place], &asked))
        return not_there(d, &asked, place, item);
    d->hits++;
    return d->value[place][item % DIST_LINE];
}
