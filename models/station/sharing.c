/* sharing.c - processor sharing: everybody is served at once, n calls on c servers each at the speed min(1, c/n).
 *
 * The virtual clock goes at that speed. A call that needs work w when the clock shows v ends when it shows v + w, however
 * many come and go meanwhile; so an arrival or a departure changes the clock's speed and nothing else. The clock counts in
 * units of 2^-32 ns and is rounded down at each change of speed; instants are whole nanoseconds, rounded up. What a call
 * does after its own time (calls to others) takes no share. */
#include "station_more.h"

#include "fault_state.h"

#define UNIT_BITS 32

static struct sim *sim_of(const struct station *s)
{
    return s->e.world->sim;
}

static void advance(struct station *s, sim_time now)
{
    struct sharing *p = &s->more->sharing;
    int64_t n = s->more->working.n;
    unsigned __int128 d = (unsigned __int128)(now - p->since) << UNIT_BITS;
    p->since = now;
    if (p->frozen || n == 0)
        return;
    p->clock += n <= p->servers ? d : d * (unsigned __int128)p->servers / (unsigned __int128)n;
}

static unsigned __int128 tag(const struct wire_call *c)
{
    return (unsigned __int128)c->rank[0] << 64 | c->rank[1];
}

/* How long it takes until the clock shows that, at its speed of now. */
static sim_time time_until(const struct station *s, unsigned __int128 when)
{
    const struct sharing *p = &s->more->sharing;
    unsigned __int128 left = when > p->clock ? when - p->clock : 0;
    int64_t n = s->more->working.n;
    if (n > p->servers)
        left = (left * (unsigned __int128)n + (unsigned __int128)p->servers - 1) / (unsigned __int128)p->servers;
    left = (left + ((UINT64_C(1) << UNIT_BITS) - 1)) >> UNIT_BITS;
    return left < (unsigned __int128)FAULT_TIME_MAX ? (sim_time)left : FAULT_TIME_MAX;
}

static void schedule(struct station *s)
{
    struct sharing *p = &s->more->sharing;
    if (p->ending)
        return;
    if (p->frozen || s->more->working.n == 0 || p->servers == 0)
        sim_cancel(sim_of(s), &p->timer);
    else
        sim_after(sim_of(s), &p->timer, time_until(s, tag(line_at(&s->more->working, 0))));
}

static void remove_share(struct station *s, struct wire_call *c, sim_time now)
{
    line_remove(&s->more->working, c);
    c->seat = NULL;
    station_busy(s, now);
}

static void on_first_ends(struct sim *sim, struct sim_timer *t)
{
    struct station_more *m = CONTAINER_OF(t, struct station_more, sharing.timer);
    struct station *s = m->station;
    sim_time now = sim_now(sim);
    advance(s, now);
    m->sharing.ending = true;
    while (m->working.n > 0 && tag(line_at(&m->working, 0)) <= m->sharing.clock) {
        struct wire_call *c = line_at(&m->working, 0);
        remove_share(s, c, now);
        s->ops->worked(s, c);
    }
    m->sharing.ending = false;
    schedule(s);
}

static bool sharing_ready(const struct station *s, int64_t waiting)
{
    (void)s;
    (void)waiting;
    return true;
}

static void add_share(struct station *s, struct wire_call *c, sim_time work, sim_time now)
{
    struct station_more *m = s->more;
    advance(s, now);
    unsigned __int128 when = m->sharing.clock + ((unsigned __int128)work << UNIT_BITS);
    c->rank[2] = c->rank[1]; /* who came first */
    c->rank[0] = (uint64_t)(when >> 64);
    c->rank[1] = (uint64_t)when;
    c->seat = m;
    if (!line_add(&m->working, c)) {
        s->e.world->failed = true;
        c->seat = NULL;
    }
    station_busy(s, now);
    schedule(s);
}

static void sharing_take(struct station *s, struct wire_call *c, sim_time now)
{
    c->state = STATE_RUNNING;
    c->begun = true;
    station_list_add(&s->running, c);
    sim_timer_init(&c->timer, SIM_MESSAGE, more_on_worked); /* never runs: the first to end has the timer */
    obs_tally_add(&s->wait, now, now - c->arrived);
    sim_time work = station_work_time(s, c);
    if (s->fault.active & FAULT_HANG)
        return;
    if (work > 0 || s->more->sharing.frozen)
        add_share(s, c, work, now);
    else
        s->ops->worked(s, c);
}

static void sharing_stop(struct station *s, struct wire_call *c, sim_time now)
{
    if (c->seat == NULL) {
        if (s->ops->halt != NULL)
            s->ops->halt(s, c);
        return;
    }
    advance(s, now);
    remove_share(s, c, now);
    schedule(s);
}

static void sharing_freeze(struct station *s, sim_time now)
{
    advance(s, now);
    s->more->sharing.frozen = true;
    schedule(s);
}

static void sharing_thaw(struct station *s, sim_time now)
{
    s->more->sharing.since = now;
    s->more->sharing.frozen = false;
    schedule(s);
}

static int64_t sharing_busy(const struct station *s)
{
    int64_t n = s->more->working.n, servers = s->more->sharing.servers;
    return n < servers ? n : servers;
}

const struct station_way way_sharing = {
    .ready = sharing_ready,
    .take = sharing_take,
    .stop = sharing_stop,
    .freeze = sharing_freeze,
    .thaw = sharing_thaw,
    .busy = sharing_busy,
};

void sharing_open(struct station *s)
{
    s->more->sharing.servers = s->servers;
    sim_timer_init(&s->more->sharing.timer, SIM_MESSAGE, on_first_ends);
}

void sharing_resized(struct station *s)
{
    advance(s, world_now(s->e.world));
    s->more->sharing.servers = s->servers;
    station_busy(s, world_now(s->e.world));
    schedule(s);
}
