/* redraws.c - lines of an attempt each, in places by item and attempt. */
#include "redraws.h"

#define COST       4u /* answers that a line must bring to be worth its making */
#define CREDIT_MAX (8 * COST)
/* Places between the lines of one attempt and those of the next: each attempt needs more of them, from here backwards. */
#define APART (REDRAWS_LINES * 2 / 3 + 1)

bool redraws_open(struct redraws **made, struct arena *arena, const struct rng_stream *stream)
{
    *made = NULL;
    if (!rng_line_fast())
        return true;
    struct redraws *d = *made = arena_get(arena, sizeof(*d));
    if (d == NULL)
        return false;
    d->stream = *stream;
    d->credit = CREDIT_MAX;
    for (unsigned i = 0; i < REDRAWS_LINES; i++)
        d->line[i].first = d->wanted[i].first = REDRAWS_NONE;
    return true;
}

static __attribute__((noinline)) uint64_t draw_one(const struct redraws *d, const struct redraws_line *l, uint64_t item)
{
    struct rng cell = rng_at(&d->stream, l->origin, item, l->attempt);
    return rng_u64(&cell);
}

static inline bool same(const struct redraws_line *a, const struct redraws_line *b)
{
    return a->first == b->first && a->origin == b->origin && a->attempt == b->attempt;
}

static __attribute__((noinline)) uint64_t not_there(struct redraws *d, const struct redraws_line *asked, unsigned place, uint64_t item)
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
    const struct rng cell = rng_at(&d->stream, l->origin, l->first, l->attempt);
    rng_line_words(&cell, d->word[place]);
    return d->word[place][item % RNG_LINE];
}

uint64_t redraws_word(struct redraws *d, uint32_t origin, uint64_t item, uint32_t attempt)
{
    const struct redraws_line asked = {item - item % RNG_LINE, origin, attempt};
    unsigned place = (unsigned)(item / RNG_LINE + APART * attempt) % REDRAWS_LINES;
    if (!same(&d->line[place], &asked))
        return not_there(d, &asked, place, item);
    d->hits++;
    return d->word[place][item % RNG_LINE];
}
