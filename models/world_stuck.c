/* world_stuck.c - time has stopped: so many events at one instant that there will be no other. Who is in the ring is seen by
 * going round a little longer: those whose fingerprints change. */
#include "world.h"

#include <inttypes.h>
#include <stdio.h>

#define ROUNDS 4096 /* events that are watched */
#define NAMED  4    /* members of the ring that the message names */

static void copy_prints(const struct world *w, uint64_t *print)
{
    for (uint32_t i = 0; i < w->spec->n_entity; i++)
        print[i] = w->entity[i]->print;
}

/* "queue.q, fleet.f and 2 more"; nothing when nobody tells of what it does. */
static void name_ring(const struct world *w, const uint64_t *before, char *text, size_t size)
{
    uint32_t n = 0;
    size_t at = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < w->spec->n_entity; i++) {
        if (w->entity[i]->print == before[i] || n++ >= NAMED)
            continue;
        int wrote = snprintf(text + at, size - at, "%s%.60s", n > 1 ? ", " : "", w->spec->entity[i].path);
        at += (size_t)wrote;
    }
    if (n > NAMED)
        snprintf(text + at, size - at, " and %" PRIu32 " more", n - NAMED);
}

static void tell(struct world *w)
{
    char ring[320];
    uint64_t *before = arena_get(&w->arena, (w->spec->n_entity + 1) * sizeof(*before));
    if (before == NULL) {
        w->failed = true;
        return;
    }
    copy_prints(w, before);
    for (int i = 0; i < ROUNDS && sim_peek(w->sim) == world_now(w); i++)
        sim_step(w->sim);
    name_ring(w, before, ring, sizeof(ring));
    world_break(w, ERR_DATA, "no progress at %" PRId64 " ns: events without end and without any time passing%s%s: give one of them a time, "
                "or a limit", world_now(w), ring[0] != '\0' ? ", of " : "", ring);
}

bool world_go(struct world *w, const volatile int *stop)
{
    bool whole = sim_run(w->sim, w->end, stop);
    if (sim_stuck(w->sim) && !err_is_set(&w->broken))
        tell(w);
    return whole;
}
