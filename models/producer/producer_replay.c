/* producer_replay.c - arrivals replayed from a trace.
 *
 * A row makes one arrival, or as many as it counts, spread over its interval; `scale` makes more or fewer of them, a lot
 * of the row's own deciding over the fraction. Only the next arrival is ever known, so a trace takes the same memory
 * whatever its length. With jitter each arrival waits a little before it is born; then those who wait are in memory. */
#include <inttypes.h>

#include "check_codes.h"
#include "dmath.h"
#include "mem.h"
#include "producer_life.h"
#include "replay.h"

#define LOOK_BYTES (UINT64_C(32) << 20) /* of a trace, before the run; the rest is looked at as it is replayed */

enum { SPREAD_RANDOM, SPREAD_EVEN };

struct producer_replay {
    struct replay     *reader;
    struct replay_row  row;
    uint64_t           n, done;    /* arrivals of the row; those that were made */
    double             rest;       /* random: share of the interval behind the last arrival */
    uint64_t           ordinal;    /* rows so far, over all turns of a loop */
    bool               rows_seen;  /* this turn had some */
    bool               begun;
    int64_t            from;       /* time of the trace at which the run's stream starts */
    bool               from_given;
    sim_time           turn;       /* a loop's beginning, by the trace's clock */
    sim_time           loop, interval, start;
    double             speed, scale;
    bool               even;
    const struct dist *jitter;
    sim_time           at;
    struct rng_stream  copies, jitters;
};

static const struct value *field(const struct spec_entity *e, enum producer_trace key)
{
    return value_field(spec_value(e, PRODUCER_TRACE), key);
}

static const char *text_or_null(const struct spec_entity *e, enum producer_trace key)
{
    const struct value *v = field(e, key);
    return v->absent ? NULL : v->text;
}

static struct replay_config config_of(const struct spec_entity *e)
{
    static const int64_t units[] = {SIM_NS, SIM_US, SIM_MS, SIM_S, SIM_MIN, SIM_H, SIM_DAY, 0};
    const struct value *interval = field(e, REPLAYED_INTERVAL);
    return (struct replay_config){
        .path = field(e, REPLAYED_FILE)->path,
        .format = (enum replay_format)field(e, REPLAYED_FORMAT)->i,
        .unit_ns = units[field(e, REPLAYED_UNIT)->i],
        .time = text_or_null(e, REPLAYED_TIME),
        .count = text_or_null(e, REPLAYED_COUNT),
        .size = text_or_null(e, REPLAYED_SIZE),
        .key = text_or_null(e, REPLAYED_KEY),
        .type = text_or_null(e, REPLAYED_TYPE),
        .only = text_or_null(e, REPLAYED_ONLY),
        .interval = interval->absent ? 0 : interval->i,
    };
}

/* --- the next arrival --- */

/* A trace that turns out wrong in the middle makes the trial void. */
static bool give_up(struct producer *p, const struct replay_error *e)
{
    struct err *broken = &producer_world(p)->broken;
    const char *path = field(p->e.spec, REPLAYED_FILE)->path;
    if (e->line > 0)
        err_set(broken, e->class, "AB%04d: %s:%" PRIu64 ": %s", CHECK_TRACE, path, e->line, e->text);
    else
        err_set(broken, e->class, "AB%04d: %s: %s", CHECK_TRACE, path, e->text);
    return false;
}

/* From a time of the trace to one of the run. */
static sim_time run_time(const struct producer_replay *r, int64_t offset)
{
    double x = (double)r->turn + (double)(r->row.at - r->from) + (double)offset;
    if (x / r->speed >= 9e18 - (double)r->start)
        return SIM_NEVER;
    if (r->speed == 1)
        return r->start + r->turn + (r->row.at - r->from) + offset;
    return r->start + (sim_time)(x / r->speed);
}

static uint64_t copies_of(struct producer_replay *r)
{
    if (r->scale == 1)
        return r->row.count;
    double wanted = (double)r->row.count * r->scale;
    uint64_t whole = wanted < 1e18 ? (uint64_t)wanted : UINT64_C(1000000000000000000);
    struct rng cell = rng_at(&r->copies, 0, r->ordinal, 0);
    return whole + (rng_uniform(&cell) < wanted - (double)whole);
}

/* Of arrival number r->done of the row. The times of n arrivals at random are made in order: each cuts off the first of
 * what is left of its interval, as the smallest of those who are left does. */
static int64_t offset_of(struct producer *p, struct producer_replay *r)
{
    if (r->interval == 0)
        return 0;
    if (r->even)
        return (int64_t)((int128)r->interval * r->done / r->n);
    struct rng cell = rng_at(&p->arrival_stream, 0, p->item, 0);
    r->rest *= d_exp(-rng_exponential(&cell) / (double)(r->n - r->done));
    int64_t offset = (int64_t)((1 - r->rest) * (double)r->interval);
    return offset < r->interval ? offset : r->interval - 1;
}

static bool next_turn(struct producer *p, struct producer_replay *r)
{
    struct replay_error error = {0};
    if (r->loop == 0 || !r->rows_seen)
        return false;
    r->turn += r->loop;
    r->rows_seen = false;
    if ((double)r->turn / r->speed > (double)producer_world(p)->spec->duration)
        return false;
    return replay_rewind(r->reader, &error) || give_up(p, &error);
}

/* Whether the row belongs to the stream; *over: nothing behind it does. */
static bool is_inside(struct producer_replay *r, bool *over)
{
    if (!r->begun && !r->from_given)
        r->from = r->row.at;
    r->begun = true;
    *over = r->loop > 0 && r->row.at - r->from >= r->loop;
    bool inside = r->row.at >= r->from && !*over;
    r->rows_seen |= inside;
    return inside;
}

/* The next row that makes arrivals. */
static bool next_row(struct producer *p, struct producer_replay *r)
{
    for (;;) {
        struct replay_error error = {0};
        bool over = false;
        enum replay_got got = replay_next(r->reader, &r->row, &error);
        if (got == REPLAY_WRONG)
            return give_up(p, &error);
        if (got == REPLAY_ROW && is_inside(r, &over)) {
            r->n = copies_of(r);
            r->ordinal++;
            r->done = 0;
            r->rest = 1;
            if (run_time(r, 0) >= producer_world(p)->spec->duration)
                return false;
            if (r->n > 0)
                return true;
        }
        if ((got == REPLAY_END || over) && !next_turn(p, r))
            return false;
    }
}

static void schedule(struct producer *p)
{
    struct producer_replay *r = p->replay;
    struct world *w = producer_world(p);
    if (p->item >= p->limit || p->item >= RNG_ITEM_MAX || (r->done == r->n && !next_row(p, r)))
        return;
    r->at = run_time(r, offset_of(p, r));
    r->done++;
    if (r->at < w->spec->duration)
        sim_again(w->sim, &p->next, r->at);
}

/* --- births --- */

static void on_jittered(struct sim *s, struct sim_timer *t)
{
    struct activity *a = CONTAINER_OF(t, struct activity, think);
    struct producer *p = a->producer;
    if (p->down || sim_now(s) >= producer_world(p)->spec->duration) {
        entity_trace(&p->e, TRACE_SKIPPED, a->round);
        stock_give(&p->activities, a);
        return;
    }
    producer_ask(p, a, a->round, a->job);
}

static void arrive(struct producer *p, uint64_t item, struct job job)
{
    struct producer_replay *r = p->replay;
    struct activity *a = producer_activity(p);
    if (a == NULL)
        return;
    if (r->jitter == NULL) {
        producer_ask(p, a, item, job);
        return;
    }
    struct rng cell = rng_at(&r->jitters, 0, item, 0);
    a->round = item;
    a->job = job;
    sim_timer_init(&a->think, SIM_MESSAGE, on_jittered);
    sim_after(producer_world(p)->sim, &a->think, dist_sample(r->jitter, &cell));
}

static void on_arrival(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct producer *p = CONTAINER_OF(t, struct producer, next);
    const struct replay_row *row = &p->replay->row;
    uint64_t item = p->item++;
    struct job job = {
        .size = row->size < 0 ? producer_size_of(p, item) : row->size < UINT32_MAX ? (uint32_t)row->size : UINT32_MAX,
        .key = row->key == REPLAY_NO_KEY ? producer_key_of(p, item) : row->key,
    };
    if (p->down && p->replay->jitter == NULL)
        entity_trace(&p->e, TRACE_SKIPPED, item);
    else
        arrive(p, item, job);
    schedule(p);
}

void producer_replay_start(struct producer *p)
{
    sim_timer_init(&p->next, SIM_MESSAGE, on_arrival);
    schedule(p);
}

/* --- life --- */

bool producer_replay_open(struct producer *p)
{
    const struct spec_entity *e = p->e.spec;
    struct producer_replay *r = arena_get(&producer_world(p)->arena, sizeof(*r));
    struct replay_config config = config_of(e);
    struct replay_error error = {0};
    const struct value *jitter = field(e, REPLAYED_JITTER), *loop = field(e, REPLAYED_LOOP);
    if (r == NULL)
        return false;
    p->replay = r;
    r->start = spec_int(e, PRODUCER_START);
    r->interval = config.count != NULL ? config.interval : 0;
    r->even = field(e, REPLAYED_SPREAD)->i == SPREAD_EVEN;
    r->speed = field(e, REPLAYED_SPEED)->number;
    r->scale = field(e, REPLAYED_SCALE)->number;
    r->loop = loop->absent ? 0 : loop->i;
    r->jitter = jitter->absent ? NULL : jitter->dist;
    r->from_given = !field(e, REPLAYED_FROM)->absent && replay_time(&config, field(e, REPLAYED_FROM)->text, &r->from);
    r->copies = entity_stream(&p->e, "copies");
    r->jitters = entity_stream(&p->e, "jitter");
    r->reader = replay_open(&config, &error);
    if (r->reader == NULL && error.class != ERR_OS)
        give_up(p, &error);
    return r->reader != NULL;
}

void producer_replay_close(struct producer *p)
{
    if (p->replay != NULL)
        replay_close(p->replay->reader);
}

/* --- before the run --- */

static void report(const struct spec_entity *e, const struct replay_error *error, struct problems *p)
{
    const struct value *file = field(e, REPLAYED_FILE);
    struct place place = {file->path, (int)error->line, error->column, 0};
    struct problem *x;
    if (error->line > 0)
        x = problem_add(p, SEVERITY_ERROR, CHECK_TRACE, &place, "%s", error->text);
    else
        x = problem_add(p, SEVERITY_ERROR, CHECK_TRACE, &file->place, "trace '%s': %s", file->path, error->text);
    x->class = error->class;
    if (error->line > 0)
        x->second = file->place;
}

/* Reads the beginning of the trace. */
void producer_replay_check(const struct spec_entity *e, struct problems *p)
{
    struct replay_config config = config_of(e);
    struct replay_error error = {0};
    struct replay_row row;
    struct replay *r = replay_open(&config, &error);
    enum replay_got got = r == NULL ? REPLAY_WRONG : replay_next(r, &row, &error);
    bool any = got == REPLAY_ROW;
    while (got == REPLAY_ROW && replay_position(r) < LOOK_BYTES)
        got = replay_next(r, &row, &error);
    if (got == REPLAY_WRONG)
        report(e, &error, p);
    else if (!any)
        problem_add(p, SEVERITY_ERROR, CHECK_TRACE_ROWS, &field(e, REPLAYED_FILE)->place,
                    "trace '%s' has no row%s%s", config.path, config.only != NULL ? " of type " : "",
                    config.only != NULL ? config.only : "");
    replay_close(r);
}
