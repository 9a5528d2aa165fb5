/* database_room.c - a database as its clients feel it: it does so many writes at a time; who comes then waits for a turn. A write that succeeds is an effect.
 *
 * Records have versions. A read tells the version of the record of its request's key; a conditional write brings that
 * version and succeeds when nobody has written since. A record without a key is one and the same for all. */
#include "check_codes.h"
#include "database.h"
#include "stay.h"

/* --- versions --- */

static uint64_t version(const struct database *d, uint32_t key)
{
    uint64_t v = 0;
    return map64_get(&d->versions, key, &v) ? v : 0;
}

static void written(struct database *d, uint32_t key)
{
    if (!map64_put(&d->versions, key, version(d, key) + 1))
        d->s.e.world->failed = true;
}

static void do_read(struct database *d, struct wire_call *c, sim_time now)
{
    d->versioned = true;
    c->token = version(d, c->job.key);
    obs_count(&d->count[0], now, 1);
}

static enum call_verdict do_write(struct database *d, const struct wire_call *c, sim_time now)
{
    if ((c->job.flags & JOB_CONDITIONAL) != 0 && c->token != version(d, c->job.key)) {
        obs_count(&d->count[DM_CONFLICTS - DM_READS], now, 1);
        return CALL_CONFLICT;
    }
    if (__builtin_expect(d->versioned, 0) && !station_fails(&d->s, c))
        written(d, c->job.key);
    return CALL_OK;
}

EVERY_WAY static void on_worked(struct sim *sim, struct sim_timer *t)
{
    sim_time now = sim_now(sim);
    struct wire_call *c = CONTAINER_OF(t, struct wire_call, timer);
    struct database *d = (struct database *)c->server;
    enum call_verdict verdict = CALL_OK;
    if ((c->job.flags & JOB_READ) != 0)
        do_read(d, c, now);
    else
        verdict = do_write(d, c, now);
    stay_end(&d->s, c, now, verdict);
}

static void worked(struct station *s, struct wire_call *c)
{
    on_worked(s->e.world->sim, &c->timer);
}

static const struct station_ops ops = {.worked = worked, .hung_up = links_hung_up};

/* --- life --- */

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *engine = spec_value(e, DATABASE_ENGINE), *memory = spec_value(e, DATABASE_MEMORY);
    (void)spec;
    if (!memory->absent && engine->i == RDS_NONE)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &memory->place, "%s: 'memory' needs 'engine': how many connections it is good for", e->path);
    if (!memory->absent && spec_value(e, DATABASE_MAX_CONNECTIONS)->given)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &memory->place, "%s: 'memory' says how many connections there may be, and so does 'max_connections'",
                    e->path);
    station_keys_check(e, DATABASE_STATION, spec_value(e, DATABASE_CONNECTIONS), spec_value(e, DATABASE_WAITING), false, p);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct database *d = arena_get(&w->arena, sizeof(*d));
    if (d == NULL)
        return NULL;
    struct entity *e = &d->s.e;
    entity_init(e, w, spec);
    map64_init(&d->versions);
    const struct value *waiting = spec_value(spec, DATABASE_WAITING), *read_time = spec_value(spec, DATABASE_READ_TIME);
    struct station_config config = {
        .servers = spec_int(spec, DATABASE_CONNECTIONS),
        .places = waiting->absent ? INT64_MAX : waiting->i,
        .time = spec_value(spec, DATABASE_WRITE_TIME)->dist,
        .read_time = read_time->absent ? NULL : read_time->dist,
        .ops = &ops,
        .fire = on_worked,
        .first_key = DATABASE_STATION,
    };
    links_init(d, spec);
    bool ok = station_init(&d->s, &config);
    for (unsigned m = DM_READS; ok && m <= DM_REFUSED; m++)
        ok = entity_counter(e, m, &d->count[m - DM_READS]);
    ok = ok && entity_level(e, DM_OPEN, &d->open, 0);
    return ok ? e : NULL;
}

static void set(struct entity *e, unsigned key, const struct value *v)
{
    struct station *s = (struct station *)e;
    if (key == DATABASE_CONNECTIONS)
        station_set_servers(s, v->i);
    else
        station_set_places(s, v->i);
}

static void close_database(struct entity *e)
{
    station_close(e);
    map64_free(&((struct database *)e)->versions);
}

static bool conserve(struct entity *e, sim_time now, struct err *err)
{
    return station_conserve(e, now, err) && links_conserve((struct database *)e, err);
}

static const struct call_ops call = {.accept = links_accept, .turns_away = links_turn_away, .cancel = station_cancel, .load = station_load};

const struct room room_database = {
    .kind = "database",
    .title = "Database",
    .doc = "Writes and reads, so many at a time, and clients that wait for their turn. "
           "Every write that succeeds is an effect for its request. With max_connections it also has a maximum of connections "
           "that are open, which pools hold without using them.",
    .key = database_keys,
    .n_key = N_DATABASE_KEYS,
    .metric = database_metrics,
    .n_metric = N_DATABASE_METRICS,
    .effects = FAULT_DOWN | FAULT_HANG | FAULT_SLOW | FAULT_FAIL | FAULT_STOP,
    .call = &call,
    .link = &database_link,
    .check = check,
    .make = make,
    .start = station_start,
    .conserve = conserve,
    .fault = links_fault,
    .set = set,
    .close = close_database,
};
