/* bus_time.c - what a bus does by itself: schedules that make requests, an archive that holds copies of events, replays.
 *
 * A copy in the archive is remembered and not alive (request.h), as a dead letter is: a request whose only copies lie there is
 * lost, unless a replay brings it back. */
#include "bus_actor.h"
#include "filter_json.h"
#include "record.h"

#define SCHEDULED_SIZE 320 /* bytes of a scheduled event */
#define REPLAYS_MAX    10  /* at a time (EB-47) */

/* --- schedules (EB-48) --- */

/* Into the minute, where the service is not exact. */
static sim_time shift(struct bus *b)
{
    return b->e.world->spec->realistic ? (sim_time)rng_below(&b->order, (uint64_t)SIM_MIN) : 0;
}

static void arm(struct bus_rule *r, int64_t after_s)
{
    struct bus *b = r->bus;
    r->fires_s = eb_schedule_next(&r->schedule, b->clock_s, after_s);
    if (r->fires_s == INT64_MAX || r->fires_s - b->clock_s > b->e.world->end / SIM_S)
        return;
    sim_time at = (r->fires_s - b->clock_s) * SIM_S + shift(b);
    sim_at(b->e.world->sim, &r->timer, at > world_now(b->e.world) ? at : world_now(b->e.world));
}

static void fire(struct sim *sim, struct sim_timer *t)
{
    struct bus_rule *r = CONTAINER_OF(t, struct bus_rule, timer);
    struct bus *b = r->bus;
    struct world *w = b->e.world;
    sim_time now = sim_now(sim);
    arm(r, r->fires_s);
    if (now >= w->spec->duration)
        return; /* the run only drains now */
    uint32_t request = request_open(w, b->source_number, b->n_scheduled++, SCHEDULED_SIZE, JOB_NO_KEY);
    if (request == SLAB_NONE)
        return;
    struct bus_message m = {.job = {.request = request, .size = SCHEDULED_SIZE, .key = JOB_NO_KEY}, .only = r, .put = now};
    m.job.flags = record_flag(request_at(&w->requests, request));
    entity_trace(&b->e, BUS_TRACE_FIRED, b->n_scheduled);
    bus_publish(b, &m);
    bus_pump(b);
}

/* --- the archive (EB-46) --- */

static uint64_t pack(const struct job *j)
{
    return (uint64_t)j->request << 32 | (uint64_t)j->attempt << 16 | j->flags;
}

static struct job unpack(const struct bus *b, uint64_t user)
{
    uint32_t slot = (uint32_t)(user >> 32);
    const struct request *r = request_at(&b->e.world->requests, slot);
    return (struct job){slot, r->size, r->key, (uint16_t)(user >> 16), (uint16_t)user};
}

static void expire(struct sim *sim, struct sim_timer *t)
{
    struct bus *b = CONTAINER_OF(t, struct bus, shelf_timer);
    struct eb_shelved x;
    while (eb_shelf_expired(&b->shelf, sim_now(sim), &x))
        request_drop_parked(b->e.world, (uint32_t)(x.user >> 32));
    sim_at(sim, t, eb_shelf_deadline(&b->shelf));
}

void bus_archive(struct bus *b, const struct job *j, sim_time put)
{
    struct world *w = b->e.world;
    const struct eb_shelved x = {put, put + b->archive_delay, pack(j), j->size};
    bus_count(b, BM_ARCHIVED, 1);
    request_hold(w, j->request);
    request_park(w, j->request);
    if (!eb_shelf_put(&b->shelf, &x))
        w->failed = true;
    else if (!sim_pending(&b->shelf_timer))
        sim_at(w->sim, &b->shelf_timer, eb_shelf_deadline(&b->shelf));
}

/* --- replays (EB-47) --- */

static uint32_t running(const struct bus *b)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->n_replay; i++)
        n += eb_playback_deadline(&b->replay[i].play) != SIM_NEVER;
    return n;
}

static void begin(struct bus_replay *p)
{
    struct bus *b = p->bus;
    struct world *w = b->e.world;
    if (running(b) == REPLAYS_MAX)
        return;
    if (!eb_playback_open(&p->play, &b->shelf, value_field(p->value, REPLAY_FROM)->i, value_field(p->value, REPLAY_TO)->i,
                          world_now(w), b->put_rate, w->spec->realistic ? &b->shuffle : NULL)) {
        w->failed = true;
        return;
    }
    for (uint32_t i = 0; i < p->play.n; i++) { /* the archive may let go of it before its turn */
        request_hold(w, (uint32_t)(p->play.user[i] >> 32));
        request_park(w, (uint32_t)(p->play.user[i] >> 32));
    }
}

static void play(struct sim *sim, struct sim_timer *t)
{
    struct bus_replay *p = CONTAINER_OF(t, struct bus_replay, timer);
    struct bus *b = p->bus;
    sim_time now = sim_now(sim);
    uint64_t user;
    if (p->play.user == NULL)
        begin(p);
    while (eb_playback_next(&p->play, now, &user)) {
        struct bus_message m = {.job = unpack(b, user), .replay = p, .put = now};
        m.job.attempt = (uint16_t)(m.job.attempt + 1 + (p - b->replay)); /* new work, wherever it comes to */
        request_unpark(b->e.world, m.job.request);
        bus_count(b, BM_REPLAYED, 1);
        entity_trace(&b->e, BUS_TRACE_REPLAYED, request_item(request_at(&b->e.world->requests, m.job.request)));
        bus_publish(b, &m);
    }
    sim_at(sim, t, eb_playback_deadline(&p->play));
    bus_pump(b);
}

/* --- life --- */

static uint64_t roll_order(struct dice *d, uint64_t n)
{
    return rng_below(&CONTAINER_OF(d, struct bus, shuffle)->order, n);
}

static bool read_archive(struct bus *b, const struct value *archive)
{
    struct filter_error error;
    bool given;
    const struct value *retention = value_field(archive, ARCHIVE_RETENTION), *delay = value_field(archive, ARCHIVE_DELAY);
    if (!retention->absent)
        eb_shelf_init(&b->shelf, retention->i);
    b->archive_delay = !delay->absent ? delay->i : b->e.world->spec->realistic ? 10 * SIM_MIN : 0;
    b->archive_filter = bus_pattern(value_field(archive, ARCHIVE_PATTERN), value_field(archive, ARCHIVE_PATTERN_FILE),
                                    &b->e.world->arena, &error, &given);
    return !given || b->archive_filter != NULL;
}

static bool make_archive(struct bus *b)
{
    const struct value *archive = spec_value(b->e.spec, BUS_ARCHIVE), *replay = spec_value(b->e.spec, BUS_REPLAY);
    bool given_archive = archive->list.n > 0;
    b->keeps = given_archive || (b->v2 != NULL && replay->list.n > 0);
    eb_shelf_init(&b->shelf, b->v2 != NULL ? SIM_DAY : SIM_NEVER); /* v2 is a log, of a day by default (EB-54) */
    sim_timer_init(&b->shelf_timer, SIM_STATE, expire);
    if (!b->keeps)
        return true;
    if (given_archive && !read_archive(b, archive))
        return false;
    b->n_replay = replay->list.n;
    b->replay = arena_get(&b->e.world->arena, (b->n_replay + 1) * sizeof(*b->replay));
    for (uint32_t i = 0; b->replay != NULL && i < b->n_replay; i++) {
        b->replay[i].bus = b;
        b->replay[i].value = &replay->list.item[i];
        sim_timer_init(&b->replay[i].timer, SIM_MESSAGE, play);
    }
    return b->replay != NULL;
}

bool bus_time_make(struct bus *b)
{
    const struct value *deadline = spec_value(b->e.spec, BUS_DEADLINE);
    struct rng_stream order = entity_stream(&b->e, "order");
    b->order = rng_at(&order, 0, 0, 0);
    b->shuffle.roll = roll_order;
    eb_date_parse(spec_value(b->e.spec, BUS_CLOCK)->text, &b->clock_s);
    for (uint32_t i = 0; i < b->n_rule; i++)
        sim_timer_init(&b->rule[i].timer, SIM_MESSAGE, fire);
    if (b->schedules) {
        b->source.deadline = deadline->absent ? SIM_NEVER : deadline->i;
        b->source_number = request_source_add(b->e.world, &b->source);
    }
    return make_archive(b);
}

void bus_time_start(struct bus *b)
{
    for (uint32_t i = 0; i < b->n_rule; i++)
        if (b->rule[i].scheduled && b->rule[i].enabled)
            arm(&b->rule[i], b->clock_s - (b->rule[i].schedule.every_s == 0));
    for (uint32_t i = 0; i < b->n_replay; i++)
        sim_at(b->e.world->sim, &b->replay[i].timer, value_field(b->replay[i].value, REPLAY_AT)->i);
}

void bus_time_close(struct bus *b)
{
    eb_shelf_free(&b->shelf);
    for (uint32_t i = 0; i < b->n_replay; i++)
        eb_playback_close(&b->replay[i].play);
}
