/* poison.c - the setting `poison` and its draw. */
#include "poison.h"

#define PPB 1000000000

const struct key poison_keys[N_POISON_KEYS] = {
    [POISON_SHARE] = {.name = "share",
                      .type = VALUE_SHARE,
                      .flags = KEY_REQUIRED,
                      .doc = "Of the requests: chosen once and for all, the same in every configuration."},
    [POISON_UNTIL] = {.name = "until",
                      .type = VALUE_DURATION,
                      .doc = "When the fault is mended: from then on they succeed. Default: never."},
};

void poison_init(struct poison *p, const struct entity *e, const struct value *group)
{
    const struct value *until = group->list.n > 0 ? value_field(group, POISON_UNTIL) : NULL;
    p->share = group->list.n > 0 ? value_field(group, POISON_SHARE)->i : 0;
    p->until = until == NULL || until->absent ? SIM_NEVER : until->i;
    p->stream = entity_stream(e, "poison");
}

bool poison_is(const struct poison *p, const struct world *w, const struct job *j)
{
    struct job first = *j;
    first.attempt = 0;
    struct rng cell = job_cell(w, &p->stream, &first);
    return (int64_t)rng_below(&cell, PPB) < p->share;
}
