/* database_links.c - the connections that are open to a database, and the maximum of them (RDS-1, RDS-5).
 *
 * A pool holds connections whether it uses them or not. A call that comes without one opens its own, for as long as it is
 * inside. Whoever asks for one too many is refused at once, though every server may be idle. */
#include <inttypes.h>

#include "database.h"
#include "station_more.h"

enum { TRACE_FULL = 20 };

static void count(struct database *d, enum database_metric m, sim_time now)
{
    obs_count(&d->count[m - DM_READS], now, 1);
}

static void opened(struct database *d, int64_t *n, sim_time now)
{
    ++*n;
    d->n_opened++;
    count(d, DM_OPENED, now);
    obs_level_set(&d->open, now, d->n_link + d->n_own);
}

static void closed(struct database *d, int64_t *n, sim_time now)
{
    --*n;
    d->n_closed++;
    count(d, DM_CLOSED, now);
    obs_level_set(&d->open, now, d->n_link + d->n_own);
}

/* RDS-5 */
static bool full(struct database *d, sim_time now)
{
    if (d->n_link + d->n_own < d->limits.max)
        return false;
    count(d, DM_REFUSED, now);
    return true;
}

/* --- calls --- */

static __attribute__((noinline)) void accept_on_own(struct database *d, struct wire_call *c)
{
    sim_time now = world_now(d->s.e.world);
    if ((d->s.fault.active & FAULT_DOWN) == 0) {
        if (full(d, now)) {
            obs_count(&d->s.count[STATION_ARRIVED], now, 1);
            obs_count(&d->s.count[STATION_REFUSED], now, 1);
            entity_trace(&d->s.e, TRACE_FULL, request_item(request_at(&d->s.e.world->requests, c->job.request)));
            wire_reply(c, CALL_REFUSED);
            return;
        }
        c->on = CALL_ON_OWN;
        opened(d, &d->n_own, now);
    }
    station_accept(&d->s.e, c);
}

void links_accept(struct entity *e, struct wire_call *c)
{
    struct database *d = (struct database *)e;
    if (__builtin_expect(d->counts && c->on == CALL_ON_NONE, 0))
        accept_on_own(d, c);
    else
        station_accept(e, c);
}

/* A call that comes without a connection may be refused for want of one: that is counted by itself. */
bool links_turn_away(struct entity *e, const struct job *job, uint32_t n, enum call_verdict *verdict)
{
    return !((struct database *)e)->counts && station_turns_away(e, job, n, verdict);
}

void links_hung_up(struct station *s, sim_time now)
{
    struct database *d = (struct database *)s;
    closed(d, &d->n_own, now);
}

/* --- links --- */

static enum call_verdict open_link(struct entity *e, struct wire_link *l)
{
    struct database *d = (struct database *)e;
    sim_time now = world_now(e->world);
    if (d->s.fault.active & FAULT_DOWN)
        return CALL_DOWN;
    if (full(d, now))
        return CALL_REFUSED;
    l->next = NULL;
    l->prev = d->last_link;
    *(d->last_link != NULL ? &d->last_link->next : &d->link) = l;
    d->last_link = l;
    opened(d, &d->n_link, now);
    l->number = d->n_opened;
    return CALL_OK;
}

static void close_link(struct entity *e, struct wire_link *l)
{
    struct database *d = (struct database *)e;
    *(l->prev != NULL ? &l->prev->next : &d->link) = l->next;
    *(l->next != NULL ? &l->next->prev : &d->last_link) = l->prev;
    closed(d, &d->n_link, world_now(e->world));
}

static void limits(const struct entity *e, struct link_limits *to)
{
    *to = ((const struct database *)e)->limits;
}

const struct link_ops database_link = {.open = open_link, .close = close_link, .limits = limits};

/* --- faults --- */

/* Each is closed before its holder hears of it, who may close others, and open new ones. */
static void break_all(struct database *d)
{
    uint64_t newest = d->n_opened;
    while (d->link != NULL && d->link->number <= newest) {
        struct wire_link *l = d->link;
        close_link(&d->s.e, l);
        l->broken(l);
    }
}

/* A database that goes down, and one that has hung and is started again, closes all connections. */
void links_fault(struct entity *e, const struct fault_state *state)
{
    struct database *d = (struct database *)e;
    unsigned before = d->s.fault.active, after = state->active;
    bool down = (after & ~before & FAULT_DOWN) != 0, restarted = (before & ~after & FAULT_HANG) != 0;
    if (down) {
        d->s.fault.active |= FAULT_DOWN; /* nobody comes back at once */
        station_judge(&d->s);
        break_all(d);
        d->s.fault.active = before;
        station_judge(&d->s);
    }
    station_fault(e, state);
    if (restarted && !down)
        break_all(d);
}

/* --- life --- */

int64_t links_max(const struct spec_entity *e)
{
    const struct value *max = spec_value(e, DATABASE_MAX_CONNECTIONS), *memory = spec_value(e, DATABASE_MEMORY);
    if (!max->absent)
        return max->i;
    return memory->absent ? INT64_MAX : rds_max_connections((enum rds_engine)spec_int(e, DATABASE_ENGINE), memory->i);
}

/* MySQL and MariaDB: wait_timeout (RDS-11). */
static sim_time idle_timeout(const struct spec_entity *e)
{
    const struct value *idle = spec_value(e, DATABASE_IDLE_TIMEOUT);
    int64_t engine = spec_int(e, DATABASE_ENGINE);
    if (!idle->absent)
        return idle->i;
    return engine == RDS_MYSQL || engine == RDS_MARIADB ? 8 * 3600 * SIM_S : SIM_NEVER;
}

void links_init(struct database *d, const struct spec_entity *e)
{
    d->limits = (struct link_limits){.max = links_max(e), .idle = idle_timeout(e), .notice = spec_int(e, DATABASE_NOTICE)};
    d->counts = d->limits.max != INT64_MAX;
}

bool links_conserve(const struct database *d, struct err *err)
{
    int64_t n = 0;
    for (const struct wire_link *l = d->link; l != NULL; l = l->next)
        n++;
    if (n != d->n_link || d->n_own > station_load(&d->s.e))
        return err_set(err, ERR_INTERNAL, "%" PRId64 " connections are held, %" PRId64 " counted; %" PRId64 " calls have one of their own", n,
                       d->n_link, d->n_own);
    return d->n_opened == d->n_closed + (uint64_t)(d->n_link + d->n_own) ||
           err_set(err, ERR_INTERNAL, "%" PRIu64 " connections opened are not %" PRIu64 " closed and %" PRId64 " open", d->n_opened,
                   d->n_closed, d->n_link + d->n_own);
}
