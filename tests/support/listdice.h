/* listdice.h - dice with written answers, for scripts and worked examples. It fails when the
 * answers run out or when one does not fit the question. */
#ifndef LISTDICE_H
#define LISTDICE_H

#include <stddef.h>
#include <stdint.h>

#include "check.h"
#include "dice.h"

struct listdice {
    struct dice dice;
    const uint64_t *answer; /* borrowed */
    size_t n, at;
};

static inline uint64_t listdice_roll(struct dice *dice, uint64_t sides)
{
    struct listdice *l = CONTAINER_OF(dice, struct listdice, dice);
    CHECK(l->at < l->n);
    CHECK(l->answer[l->at] < sides);
    return l->answer[l->at++];
}

static inline void listdice_init(struct listdice *l, const uint64_t *answer, size_t n)
{
    *l = (struct listdice){.dice = {listdice_roll}, .answer = answer, .n = n};
}

/* Whether every answer was asked for. */
static inline bool listdice_used_up(const struct listdice *l)
{
    return l->at == l->n;
}

#endif
