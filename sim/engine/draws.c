/* draws.c - lines of samples. */
#include "draws.h"

#include <stddef.h>
#include <string.h>

/* Answers that a line must bring to be worth its making: with vectors, and without. */
#define COST_FAST  5u
#define COST       8u
#define CREDIT_MAX (8 * COST)

void draws_init(struct draws *d, const struct rng_stream *stream, const struct dist *dist)
{
    memset(d, 0, offsetof(struct draws, value));
    d->stream = *stream;
    d->dist = dist;
    d->fast = dist_line(dist);
    d->purse.credit = d->again_purse.credit = CREDIT_MAX;
    for (unsigned i = 0; i < DRAWS_LINES; i++)
        d->line[i].first = d->wanted[i].first = DRAWS_NONE;
    for (unsigned i = 0; i < DRAWS_AGAIN; i++)
        d->again[i].first = d->again_wanted[i].first = DRAWS_NONE;
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

static __attribute__((noinline)) union draw draw_one(const struct draws *d, struct draws_line line, unsigned i)
{
    struct rng cell = rng_at(&d->stream, line.origin, line.first + i, line.attempt);
    return draw(d, &cell);
}

EVERY_WAY static __attribute__((noinline)) void fill_fast(struct draws *d, struct draws_line line, union draw *value)
{
    const struct rng cell = rng_at(&d->stream, line.origin, line.first, line.attempt);
    uint64_t word[DRAWS_AT_ONCE];
    rng_line_words(&cell, word);
    for (unsigned missing = d->fast->make(d->dist, word, value); missing != 0; missing &= missing - 1) {
        unsigned i = (unsigned)__builtin_ctz(missing);
        value[i] = draw_one(d, line, i);
    }
}

static __attribute__((noinline)) void fill(struct draws *d, struct draws_line line, union draw *value)
{
    const struct rng at = rng_at(&d->stream, line.origin, line.first, line.attempt);
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

/* Of one origin and attempt; lines of first attempts and of later ones never meet. */
ALWAYS_INLINE bool same_cells(const struct draws_line *a, const struct draws_line *b)
{
    return a->origin == b->origin && (b->attempt == 0 || a->attempt == b->attempt);
}

/* Where a line lies, and who pays for it. */
struct place {
    struct draws_line  *line, *wanted;
    union draw         *value;
    struct draws_purse *purse;
};

/* Item i of a line that is not there. */
ALWAYS_INLINE union draw missed(struct draws *d, struct draws_line asked, unsigned i, struct place at)
{
    struct draws_line *l = at.line;
    if (same_cells(l, &asked) && asked.first < l->first && l->first != DRAWS_NONE) /* late and alone: the others go on */
        return draw_one(d, asked, i);
    uint32_t earned = at.purse->hits + (at.wanted->first == asked.first && same_cells(at.wanted, &asked));
    uint32_t credit = at.purse->credit + earned < CREDIT_MAX ? at.purse->credit + earned : CREDIT_MAX;
    uint32_t cost = d->fast != NULL ? COST_FAST : COST;
    *at.wanted = asked;
    *at.purse = (struct draws_purse){0, credit < cost ? credit : credit - cost};
    if (credit < cost)
        return draw_one(d, asked, i);
    *l = asked;
    if (d->fast != NULL)
        fill_fast(d, asked, at.value);
    else
        fill(d, asked, at.value);
    return at.value[i];
}

EVERY_WAY union draw draws_slow(struct draws *d, uint32_t origin, uint64_t item)
{
    unsigned n = item / DRAWS_AT_ONCE % DRAWS_LINES, i = item % DRAWS_AT_ONCE;
    struct place at = {&d->line[n], &d->wanted[n], d->value + DRAWS_AT_ONCE * n, &d->purse};
    return missed(d, (struct draws_line){item - i, origin, 0}, i, at);
}

static unsigned again_number(uint64_t item, uint32_t attempt)
{
    return (item / DRAWS_AT_ONCE + attempt * (DRAWS_AGAIN / 2)) % DRAWS_AGAIN;
}

static __attribute__((noinline)) union draw again_slow(struct draws *d, uint32_t origin, uint64_t item, uint32_t attempt)
{
    unsigned n = again_number(item, attempt), i = item % DRAWS_AT_ONCE;
    struct place at = {&d->again[n], &d->again_wanted[n], d->again_value[n], &d->again_purse};
    return missed(d, (struct draws_line){item - i, origin, attempt}, i, at);
}

int64_t draws_again(struct draws *d, uint32_t origin, uint64_t item, uint32_t attempt)
{
    unsigned number = again_number(item, attempt), i = item % DRAWS_AT_ONCE;
    const struct draws_line *l = &d->again[number];
    if (__builtin_expect(l->first != item - i || l->origin != origin || l->attempt != attempt, 0))
        return again_slow(d, origin, item, attempt).whole;
    d->again_purse.hits++;
    return d->again_value[number][i].whole;
}
