/* poison.h - requests over which whoever works on them fails, each time: a share of all, chosen once and for all by the request, so
 * that the same ones are poison in every configuration and for every copy. The setting is the same wherever there is work. */
#ifndef POISON_H
#define POISON_H

#include "rng.h"
#include "spec.h"
#include "world.h"

enum poison_key { POISON_SHARE, POISON_UNTIL, N_POISON_KEYS };
extern const struct key poison_keys[N_POISON_KEYS];

struct poison {
    int64_t           share; /* ppb; 0: none are */
    sim_time          until; /* mended then; SIM_NEVER */
    struct rng_stream stream;
};
/* group: of poison_keys; an absent one: none are. In `make`. */
void poison_init(struct poison *, const struct entity *, const struct value *group);
/* Whether the job's request is one of them, be it mended or not. */
bool poison_is(const struct poison *, const struct world *, const struct job *);
/* The same, as long as it is not mended. */
static inline bool poison_hits(const struct poison *p, const struct world *w, const struct job *j)
{
    return p->share > 0 && world_now(w) < p->until && poison_is(p, w, j);
}

#endif
