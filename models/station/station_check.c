/* station_check.c - what must hold in a station at any instant: every call that entered has left or is inside, the levels say
 * what the lists hold, and Little's law, exactly, in whole nanoseconds (of
 * which the last 64 bits are compared). */
#include <inttypes.h>

#include "roster.h"
#include "station_more.h"

/* In the warm-up, too. */
static uint64_t ever(const struct station *s, enum station_metric m)
{
    return s->count[m].forgotten + s->count[m].n;
}

static uint64_t ended(const struct station *s)
{
    return ever(s, STATION_COMPLETED) + ever(s, STATION_FAILED);
}

static uint64_t departed(const struct station *s)
{
    return ended(s) + s->n_broken + s->n_cancelled + (s->more == NULL ? 0 : s->more->n_expired);
}

static bool check_levels(const struct station *s, struct err *err)
{
    int64_t n = s->waiting.n + s->running.n;
    int64_t busy = s->more == NULL ? s->running.n : s->more->way->busy(s);
    if (s->in_system.value == n && s->busy.value == busy && s->queue.value == s->waiting.n)
        return true;
    return err_set(err, ERR_INTERNAL,
                   "levels say %" PRId64 "/%" PRId64 "/%" PRId64 " but %" PRId64 " calls run on %" PRId64
                   " servers and %" PRId64 " wait",
                   s->in_system.value, s->busy.value, s->queue.value, s->running.n, busy, s->waiting.n);
}

bool station_conserve(struct entity *e, sim_time now, struct err *err)
{
    const struct station *s = (const struct station *)e;
    int64_t n = s->waiting.n + s->running.n;
    if (ever(s, STATION_ACCEPTED) != departed(s) + (uint64_t)n)
        return err_set(err, ERR_INTERNAL,
                       "accepted %" PRIu64 " calls, but ended %" PRIu64 ", broke %" PRIu64 ", cancelled %" PRIu64
                       ", dropped %" PRIu64 " and holds %" PRId64,
                       ever(s, STATION_ACCEPTED), ended(s), s->n_broken, s->n_cancelled,
                       s->more == NULL ? 0 : s->more->n_expired, n);
    if (!check_levels(s, err) || !roster_check(s, err))
        return false;
    uint64_t area = (uint64_t)obs_level_integral(&s->in_system, now), stays = s->stays + (uint64_t)n * (uint64_t)now;
    if (area != stays)
        return err_set(err, ERR_INTERNAL,
                       "Little's law: the number inside integrates to %" PRIu64 " ns but the stays sum to %" PRIu64 " ns, modulo 2^64",
                       area, stays);
    return true;
}
