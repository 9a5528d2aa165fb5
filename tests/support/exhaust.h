/* exhaust.h - dice that try every world. In the manner of TigerBeetle's exhaustigen: the answers of
 * one world are digits of a number whose bases are asked for on the way; between worlds the last
 * digit that can still grow is raised and all digits after it are forgotten. The world must be a
 * function of its answers: a question asked again at the same place must be the same question.
 *
 *     struct exhaust worlds;
 *     exhaust_init(&worlds);
 *     while (!exhaust_done(&worlds))
 *         play(&worlds.dice);
 *
 * A chance of 1 in 1,000 has 1,000 worlds: proofs use small denominators. */
#ifndef EXHAUST_H
#define EXHAUST_H

#include <stddef.h>
#include <stdint.h>

#include "check.h"
#include "dice.h"

#define EXHAUST_MAX 256 /* questions in one world */

struct exhaust {
    struct dice dice;
    bool started;
    size_t at, n; /* questions asked in this world; answers known */
    uint64_t worlds;
    struct {
        uint64_t value, sides;
    } answer[EXHAUST_MAX];
};

static inline uint64_t exhaust_roll(struct dice *dice, uint64_t sides)
{
    struct exhaust *e = CONTAINER_OF(dice, struct exhaust, dice);
    CHECK(sides >= 1);
    if (e->at == e->n) {
        CHECK(e->n < EXHAUST_MAX);
        e->answer[e->n].value = 0;
        e->answer[e->n++].sides = sides;
    }
    CHECK(e->answer[e->at].sides == sides);
    return e->answer[e->at++].value;
}

static inline void exhaust_init(struct exhaust *e)
{
    e->dice.roll = exhaust_roll;
    e->started = false;
    e->at = e->n = 0;
    e->worlds = 0;
}

/* Turns to the next world; true when there is none. */
static inline bool exhaust_done(struct exhaust *e)
{
    if (e->started) {
        CHECK(e->at == e->n); /* a world that asks less than before is no function of its answers */
        while (e->n > 0 && e->answer[e->n - 1].value + 1 == e->answer[e->n - 1].sides)
            e->n--;
        if (e->n == 0)
            return true;
        e->answer[e->n - 1].value++;
    }
    e->started = true;
    e->at = 0;
    e->worlds++;
    return false;
}

/* For tests outside a dice: a number from low to high, both included. */
static inline uint64_t exhaust_range(struct exhaust *e, uint64_t low, uint64_t high)
{
    return low + exhaust_roll(&e->dice, high - low + 1);
}

#endif
