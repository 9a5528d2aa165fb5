/* service_crew.c - a service's servers on the instances of a group. */
#include "roster.h"
#include "service.h"

static struct station *station_of(struct entity *e)
{
    return (struct station *)e;
}

static bool take(struct entity *e)
{
    station_set_servers(station_of(e), 0);
    return roster_begin(station_of(e));
}

static void change(struct entity *e, int64_t by)
{
    struct station *s = station_of(e);
    sim_time now = world_now(e->world);
    station_set_servers(s, s->servers + by);
    if (now == 0)
        obs_level_reset(&s->size, now);
}

static bool open(struct entity *e, uint32_t first, uint32_t n)
{
    struct station *s = station_of(e);
    if (s->roster != NULL && !roster_open(s, first, n))
        return false;
    pools_arrive(service_pools(e), first, n, s->roster != NULL ? POOL_INSTANCE : POOL_CROWD);
    change(e, n);
    return true;
}

static void drain(struct entity *e, uint32_t first, uint32_t n)
{
    struct station *s = station_of(e);
    if (s->roster != NULL)
        roster_drain(s, first, n);
    change(e, -(int64_t)n);
    if (s->roster == NULL) /* connections in use are closed at their calls' ends */
        pools_leave(service_pools(e), first, n);
}

/* Where servers are not told apart, calls under way are on nobody's: they end as they would. */
static void kill_crew(struct entity *e, uint32_t first, uint32_t n)
{
    struct station *s = station_of(e);
    if (s->roster == NULL)
        return;
    bool lost = roster_busy(s, first, n) > 0;
    roster_kill(s, first, n);
    (lost ? pools_lost : pools_leave)(service_pools(e), first, n);
}

static uint32_t busy(const struct entity *e, uint32_t first, uint32_t n)
{
    const struct station *s = (const struct station *)e;
    int64_t over = s->busy.value - s->servers;
    if (s->roster != NULL)
        return roster_busy(s, first, n);
    return over <= 0 ? 0 : over < n ? (uint32_t)over : n;
}

static void ail(struct entity *e, uint32_t first, uint32_t n, const struct fault_state *state)
{
    roster_ail(station_of(e), first, n, state);
}

static void look(const struct entity *e, uint32_t first, uint32_t n, sim_time since, struct crew_look *l)
{
    roster_look((const struct station *)e, first, n, since, l);
}

const struct crew_ops service_crew = {
    .take = take, .open = open, .drain = drain, .kill = kill_crew, .busy = busy, .ail = ail, .look = look};
