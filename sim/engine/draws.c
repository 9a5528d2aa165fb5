/* draws.c - lines of samples. */
#include "draws.h"

/* Answers that a line must bring to be worth its making: with vectors, and without. */
#define COST_FAST  5u
#define COST       8u
#define CREDIT_MAX (8 * COST)

void draws_init(struct draws *d, const struct rng_stream *stream, const struct dist *dist)
{
    *d = (struct draws){.stream = *stream, .dist = dist, .fast = dist_line(dist), .credit = CREDIT_MAX};
    for (unsigned i = 0; i < DRAWS_LINES; i++)
        d->line[i].first = d->wanted[i].first = DRAWS_NONE;
}

static union draw draw(const struct draws *d, struct rng *cell)
{
    union draw v;
    if (d->dist == NULL)
        v.unit = rng_exponential(cell);
    else
        v.whole = dist_sample(d->dist, cell);
    return v;
}

static __attribute__((noinline)) union draw draw_one(const struct draws *d, uint32_t origin, uint64_t item)
{
    struct rng cell = rng_at(&d->stream, origin, item, 0);
    return draw(d, &cell);
}

static __attribute__((noinline)) void fill_fast(struct draws *d, struct draws_line line, union draw *value)
{
    const struct rng cell = rng_at(&d->stream, line.origin, line.first, 0);
    uint64_t word[DRAWS_AT_ONCE];
    rng_line_words(&cell, word);
    for (unsigned missing = d->fast->make(d->dist, word, value); missing != 0; missing &= missing - 1) {
        unsigned i = (unsigned)__builtin_ctz(missing);
        value[i] = draw_one(d, line.origin, line.first + i);
    }
}

static __attribute__((noinline)) void fill(struct draws *d, struct draws_line line, union draw *value)
{
    const struct rng at = rng_at(&d->stream, line.origin, line.first, 0);
    struct rng cell = at;
    uint32_t block[DRAWS_AT_ONCE][4];
    rng_line_blocks(&at, block);
    for (uint32_t i = 0; i < DRAWS_AT_ONCE; i++) {
        cell.counter[0] = at.counter[0] + 1;
        cell.counter[1] = at.counter[1];
        cell.counter[2] = at.counter[2] + i;
        memcpy(cell.block, block[i], sizeof(cell.block));
        cell.left = 4;
        value[i] = draw(d, &cell);
    }
}

union draw draws_slow(struct draws *d, uint32_t origin, uint64_t item)
{
    const struct draws_line asked = {item - item % DRAWS_AT_ONCE, origin};
    unsigned number = item / DRAWS_AT_ONCE % DRAWS_LINES;
    struct draws_line *l = &d->line[number], *wanted = &d->wanted[number];
    if (l->origin == origin && asked.first < l->first && l->first != DRAWS_NONE) /* late and alone: the others go on */
        return draw_one(d, origin, item);
    d->hits += wanted->first == asked.first && wanted->origin == origin;
    d->credit = d->credit + d->hits < CREDIT_MAX ? d->credit + d->hits : CREDIT_MAX;
    d->hits = 0;
    *wanted = asked;
    uint32_t cost = d->fast != NULL ? COST_FAST : COST;
    if (d->credit < cost)
        return draw_one(d, origin, item);
    d->credit -= cost;
    *l = asked;
    if (d->fast != NULL)
        fill_fast(d, asked, d->value + DRAWS_AT_ONCE * number);
    else
        fill(d, asked, d->value + DRAWS_AT_ONCE * number);
    return d->value[item % DRAWS_KEPT];
}
