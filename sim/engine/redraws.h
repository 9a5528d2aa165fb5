/* redraws.h - samples of cells that are asked for only when something went wrong: of later attempts, of pauses between attempts.
 *
 * While all goes well there are none. When all goes wrong nearly every item asks for them, hundreds of items at a time and out
 * of order, for each had another pause. So there are more lines than draws.h has, and a line is one of an attempt. What comes
 * seldom is drawn one by one: a line costs credit, which answers from lines earn. */
#ifndef REDRAWS_H
#define REDRAWS_H

#include "arena.h"
#include "dist_lines.h"

#define REDRAWS_LINES (512 / DIST_LINE)

struct redraws_line {
    uint64_t first; /* item; REDRAWS_NONE: none */
    uint32_t origin, attempt;
};
#define REDRAWS_NONE UINT64_MAX

struct redraws {
    struct rng_stream       stream;
    const struct dist      *dist; /* NULL: a cell's first word */
    const struct dist_line *fast;
    uint32_t                hits, credit;
    struct redraws_line     line[REDRAWS_LINES], wanted[REDRAWS_LINES]; /* wanted: last asked for in vain */
    union draw              value[REDRAWS_LINES][DIST_LINE];
};

/* Of a law, or with NULL of words. *made is NULL where samples are not made by the line. false: memory is short. */
bool redraws_open(struct redraws **made, struct arena *, const struct rng_stream *, const struct dist *);
/* What dist_sample at rng_at(stream, origin, item, attempt) answers, or as `whole` what rng_u64 does. */
union draw redraws_value(struct redraws *, uint32_t origin, uint64_t item, uint32_t attempt);

#endif
