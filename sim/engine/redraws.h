/* redraws.h - first words of cells that are asked for only when something went wrong: of the pause before the next attempt.
 *
 * While all goes well there are none. When all goes wrong nearly every item asks for them, hundreds of items at a time and out
 * of order, for each had another pause. So there are as many lines as draws.h has for later attempts, and a line is one of an
 * attempt. What comes seldom is drawn one by one: a line costs credit, which answers from lines earn. */
#ifndef REDRAWS_H
#define REDRAWS_H

#include "arena.h"
#include "rng_lines.h"

#define REDRAWS_LINES (512 / RNG_LINE)

struct redraws_line {
    uint64_t first; /* item; REDRAWS_NONE: none */
    uint32_t origin, attempt;
};
#define REDRAWS_NONE UINT64_MAX

struct redraws {
    struct rng_stream   stream;
    uint32_t            hits, credit;
    struct redraws_line line[REDRAWS_LINES], wanted[REDRAWS_LINES]; /* wanted: last asked for in vain */
    uint64_t            word[REDRAWS_LINES][RNG_LINE];
};

/* *made is NULL where words are not made by the line. false: memory is short. */
bool redraws_open(struct redraws **made, struct arena *, const struct rng_stream *);
/* What rng_u64 at rng_at(stream, origin, item, attempt) answers. */
uint64_t redraws_word(struct redraws *, uint32_t origin, uint64_t item, uint32_t attempt);

#endif
