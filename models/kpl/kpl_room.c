/* kpl_room.c - the kind `kpl`: the producer library as an entity that takes messages at once, as addUserRecord returns at once, and
 * puts them into its stream. The shard of a record is looked up in the stream's map as it is when the record comes; after a
 * split or merge what waits goes where its hash key belongs, whatever was predicted. */
#include <inttypes.h>

#include "check_codes.h"
#include "kpl.h"
#include "kpl_keys.h"
#include "mem.h"
#include "record.h"
#include "stream_port.h"
#include "world.h"

#define USER_RECORD_MAX 1048576

struct kpl_flight { /* a call under way */
    struct kpl_entity *kpl;
    struct sim_timer timer;
    bool active;
    uint32_t put, n, n_job, cap, cap_job;
    struct stream_entry *entry;
    struct push_answer *answer;
    enum kpl_result *result;
    struct job *job;
    sim_time began;
};
struct kpl_entity {
    struct entity e; /* first */
    struct entity *stream;
    struct kpl *core;
    struct kpl_config config;
    struct sim_timer timer;
    struct slab jobs; /* struct job: of the users' records */
    struct kpl_flight *flight;
    bool pumping;
    struct obs_level pending;
    struct obs_counter count[KPL_COUNTERS];
    struct obs_tally buffering, request_time, retries, per_record, per_call;
};

static struct kpl_entity *kpl_of(struct entity *e)
{
    return (struct kpl_entity *)e;
}

static sim_time now_of(const struct kpl_entity *k)
{
    return world_now(k->e.world);
}

static void count(struct kpl_entity *k, enum kpl_metric m, uint64_t by)
{
    obs_count(&k->count[m - KM_RECEIVED], now_of(k), by);
}

static struct job *job_at(const struct kpl_entity *k, uint64_t user)
{
    return slab_at(&k->jobs, (uint32_t)user);
}

/* --- what became of records --- */

static void ended(struct kpl_entity *k, const struct kpl_end *x)
{
    const struct job *j = job_at(k, x->user);
    sim_time now = now_of(k);
    obs_level_add(&k->pending, now, -1);
    if (x->outcome == KPL_PUT) {
        count(k, KM_USER_PUT, 1);
        count(k, KM_USER_BYTES, j->size);
        obs_tally_add(&k->buffering, now, x->sent - x->added);
        obs_tally_add(&k->retries, now, x->attempts - 1);
    } else {
        count(k, x->outcome == KPL_EXPIRED ? KM_EXPIRED : KM_FAILED, 1);
        if (job_recorded(j))
            life_why(record_job(k->e.world, j, LIFE_FAILED, &k->e), x->outcome == KPL_EXPIRED ? "expired" : "throttled");
    }
    entity_trace(&k->e, 2 + x->outcome, request_item(request_at(&k->e.world->requests, j->request)) << 16 ^ j->attempt);
    request_drop(k->e.world, j->request);
    slab_give(&k->jobs, (uint32_t)x->user);
}

static void collect(struct kpl_entity *k)
{
    struct kpl_end x;
    while (kpl_ended(k->core, &x))
        ended(k, &x);
}

/* --- calls --- */

static void pump(struct kpl_entity *);

static enum kpl_result result_of(const struct push_answer *a)
{
    return a->verdict == PUSH_ACCEPTED ? KPL_OK : a->verdict == PUSH_THROTTLED ? KPL_THROTTLED : KPL_ERROR;
}

static void answered(struct kpl_flight *f)
{
    struct kpl_entity *k = f->kpl;
    struct call c;
    sim_time now = now_of(k);
    for (uint32_t i = 0; i < f->n; i++) {
        bool ok = f->answer[i].verdict == PUSH_ACCEPTED;
        f->result[i] = result_of(&f->answer[i]);
        count(k, KM_RECORDS_PUT, ok);
        count(k, KM_RECORD_BYTES, ok ? f->entry[i].size : 0);
        count(k, KM_THROTTLED, f->result[i] == KPL_THROTTLED);
        count(k, KM_ERRORS, !ok);
        if (ok)
            obs_tally_add(&k->per_record, now, f->entry[i].n);
    }
    obs_tally_add(&k->request_time, now, now - f->began);
    f->active = false;
    call_begin(&c, now, NULL);
    kpl_settle(k->core, &c, f->put, f->result);
}

static void arrive(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct kpl_flight *f = CONTAINER_OF(t, struct kpl_flight, timer);
    stream_put(f->kpl->stream, f->entry, f->n, f->answer);
    answered(f);
    pump(f->kpl);
}

static bool grow_entries(struct kpl_flight *f, uint32_t n)
{
    if (n <= f->cap)
        return true;
    struct stream_entry *entry = mem_resize(f->entry, n * sizeof(*entry));
    f->entry = entry == NULL ? f->entry : entry;
    struct push_answer *answer = mem_resize(f->answer, n * sizeof(*answer));
    f->answer = answer == NULL ? f->answer : answer;
    enum kpl_result *result = mem_resize(f->result, n * sizeof(*result));
    f->result = result == NULL ? f->result : result;
    f->cap = n;
    return entry != NULL && answer != NULL && result != NULL;
}

static bool grow_jobs(struct kpl_flight *f, uint32_t n)
{
    if (n <= f->cap_job)
        return true;
    struct job *job = mem_resize(f->job, 2 * n * sizeof(*job));
    if (job == NULL)
        return false;
    f->job = job;
    f->cap_job = 2 * n;
    return true;
}

/* The jobs first: an entry points to its own when all are there. */
static bool load(struct kpl_flight *f, uint32_t put)
{
    struct kpl_entity *k = f->kpl;
    struct kpl_entry x;
    uint64_t user;
    uint32_t at = kpl_entries(k->core, put, &f->n), i = 0, first = 0;
    f->n_job = 0;
    if (!grow_entries(f, f->n))
        return false;
    for (; at != KPL_LAST; i++) {
        at = kpl_entry(k->core, at, &x);
        f->entry[i] = (struct stream_entry){.n = x.n, .size = x.size};
        if (!grow_jobs(f, f->n_job + x.n))
            return false;
        for (uint32_t u = x.first; kpl_user(k->core, &u, &user);)
            f->job[f->n_job++] = *job_at(k, user);
    }
    for (i = 0; i < f->n; first += f->entry[i++].n) {
        struct stream_entry *e = &f->entry[i];
        e->job = &f->job[first];
        e->key = e->n == 1 ? e->job->key : JOB_NO_KEY;
        e->hash = stream_hash(k->stream, e->job);
    }
    return true;
}

static void send(struct kpl_entity *k, uint32_t put)
{
    struct kpl_flight *f = k->flight;
    while (f->active)
        f++;
    f->active = true;
    f->put = put;
    f->began = now_of(k);
    if (!load(f, put)) {
        k->e.world->failed = true;
        return;
    }
    count(k, KM_CALLS, 1);
    obs_tally_add(&k->per_call, f->began, f->n);
    sim_after(k->e.world->sim, &f->timer, stream_batch_latency(k->stream, f->job, f->n));
}

static void pump(struct kpl_entity *k)
{
    struct call c;
    uint32_t put;
    call_begin(&c, now_of(k), NULL);
    while (kpl_next(k->core, &c, &put))
        send(k, put);
    collect(k);
    k->e.world->failed |= kpl_failed(k->core);
    sim_time due = kpl_deadline(k->core);
    if (due == SIM_NEVER || k->e.world->failed)
        sim_cancel(k->e.world->sim, &k->timer);
    else
        sim_at(k->e.world->sim, &k->timer, due > c.now ? due : c.now);
}

static void on_timer(struct sim *s, struct sim_timer *t)
{
    (void)s;
    pump(CONTAINER_OF(t, struct kpl_entity, timer));
}

/* --- PUSH --- */

static bool add(struct kpl_entity *k, struct call *c, const struct job *j)
{
    uint32_t number = slab_take(&k->jobs);
    if (number == SLAB_NONE)
        return false;
    struct job *own = slab_at(&k->jobs, number);
    *own = *j;
    struct kpl_record r = {.shard = stream_route(k->stream, stream_hash(k->stream, j)),
                           .size = j->size + stream_key_bytes(k->stream, j->key),
                           .user = number};
    request_hold(k->e.world, j->request);
    obs_level_add(&k->pending, c->now, 1);
    count(k, KM_RECEIVED, 1);
    entity_trace(&k->e, 1, request_item(request_at(&k->e.world->requests, j->request)) << 16 ^ j->attempt);
    return kpl_add(k->core, c, &r);
}

static void offer(struct entity *e, const struct job *jobs, uint32_t n, struct push_answer *answers)
{
    struct kpl_entity *k = kpl_of(e);
    struct call c;
    call_begin(&c, now_of(k), NULL);
    for (uint32_t i = 0; i < n; i++) {
        if (jobs[i].size > USER_RECORD_MAX) {
            answers[i] = (struct push_answer){PUSH_REFUSED, "IllegalArgument", SIM_NEVER};
            count(k, KM_REFUSED, 1);
            continue;
        }
        answers[i] = (struct push_answer){PUSH_ACCEPTED, NULL, SIM_NEVER};
        e->world->failed |= !add(k, &c, &jobs[i]);
    }
    pump(k);
}

static const struct push_ops push = {.offer = offer};

/* --- life --- */

static void configure(struct kpl_config *c, const struct spec_entity *e)
{
    kpl_config_init(c);
    c->aggregation = spec_int(e, KPL_AGGREGATION) != 0;
    c->aggregation_size = (uint32_t)spec_int(e, KPL_AGGREGATION_SIZE);
    c->aggregation_count = (uint32_t)spec_int(e, KPL_AGGREGATION_COUNT);
    c->collection_count = (uint32_t)spec_int(e, KPL_COLLECTION_COUNT);
    c->collection_size = (uint32_t)spec_int(e, KPL_COLLECTION_SIZE);
    c->max_buffered = spec_int(e, KPL_MAX_BUFFERED);
    c->ttl = spec_int(e, KPL_TTL);
    c->rate_limit = (uint32_t)spec_int(e, KPL_RATE_LIMIT);
    c->fail_if_throttled = spec_int(e, KPL_FAIL_IF_THROTTLED) != 0;
    c->connections = (uint32_t)spec_int(e, KPL_CONNECTIONS);
    c->overhead = (uint32_t)spec_int(e, KPL_OVERHEAD);
    c->per_record = (uint32_t)spec_int(e, KPL_PER_RECORD);
}

static bool make_observers(struct kpl_entity *k)
{
    struct entity *e = &k->e;
    bool ok = entity_level(e, KM_PENDING, &k->pending, 0);
    for (unsigned i = 0; ok && i < KPL_COUNTERS; i++)
        ok = entity_counter(e, KM_RECEIVED + i, &k->count[i]);
    return ok && entity_tally(e, KM_BUFFERING, &k->buffering) && entity_tally(e, KM_REQUEST_TIME, &k->request_time) &&
           entity_tally(e, KM_RETRIES, &k->retries) && entity_tally(e, KM_PER_RECORD, &k->per_record) &&
           entity_tally(e, KM_PER_CALL, &k->per_call);
}

static bool make_flights(struct kpl_entity *k)
{
    k->flight = arena_get(&k->e.world->arena, k->config.connections * sizeof(*k->flight));
    for (uint32_t i = 0; k->flight != NULL && i < k->config.connections; i++) {
        k->flight[i] = (struct kpl_flight){.kpl = k};
        sim_timer_init(&k->flight[i].timer, SIM_MESSAGE, arrive);
    }
    return k->flight != NULL;
}

static void close_kpl(struct entity *e)
{
    struct kpl_entity *k = kpl_of(e);
    for (uint32_t i = 0; k->flight != NULL && i < k->config.connections; i++) {
        mem_release(k->flight[i].entry);
        mem_release(k->flight[i].answer);
        mem_release(k->flight[i].result);
        mem_release(k->flight[i].job);
    }
    kpl_close(k->core);
    slab_free(&k->jobs);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct kpl_entity *k = arena_get(&w->arena, sizeof(*k));
    if (k == NULL)
        return NULL;
    entity_init(&k->e, w, spec);
    slab_init(&k->jobs, sizeof(struct job));
    sim_timer_init(&k->timer, SIM_LATE, on_timer);
    configure(&k->config, spec);
    if (kpl_open(&k->core, &k->config, NULL) && make_flights(k) && make_observers(k))
        return &k->e;
    close_kpl(&k->e);
    return NULL;
}

static bool wire(struct entity *e)
{
    kpl_of(e)->stream = world_entity(e->world, spec_value(e->spec, KPL_TARGET)->ref);
    return true;
}

static bool conserve(struct entity *e, sim_time now, struct err *err)
{
    const struct kpl_entity *k = kpl_of(e);
    const struct kpl_counts *c = kpl_counts(k->core);
    uint64_t there = c->gathering + c->limited + c->collected + c->under_way;
    (void)now;
    return (c->added == c->put + c->expired + c->failed + there && there == k->jobs.n_live) ||
           err_set(err, ERR_INTERNAL, "records added = put + expired + failed + there: %" PRIu64 " is not %" PRIu64 " + %" PRIu64 " + %" PRIu64 " + %" PRIu64,
                   c->added, c->put, c->expired, c->failed, there);
}

/* Each setting's own range is checked where it is read: what is left to find fault with is these two together, and at least one
 * of them is written, because the defaults agree. */
static const struct place *buffered_or_ttl(const struct spec_entity *e)
{
    const struct value *buffered = spec_value(e, KPL_MAX_BUFFERED);
    return buffered->given ? &buffered->place : &spec_value(e, KPL_TTL)->place;
}

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    struct kpl_config c;
    struct err err = {0};
    (void)spec;
    configure(&c, e);
    if (!kpl_config_check(&c, &err))
        problem_add(p, SEVERITY_ERROR, CHECK_STREAM, buffered_or_ttl(e), "%s: %s", e->path, err.text);
    if (!c.aggregation && spec_value(e, KPL_AGGREGATION_SIZE)->given)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &spec_value(e, KPL_AGGREGATION_SIZE)->place,
                    "%s: 'aggregation_max_size' has no meaning without aggregation", e->path);
    if (!c.aggregation && spec_value(e, KPL_AGGREGATION_COUNT)->given)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &spec_value(e, KPL_AGGREGATION_COUNT)->place,
                    "%s: 'aggregation_max_count' has no meaning without aggregation", e->path);
}

const struct room room_kpl = {
    .kind = "kpl",
    .title = "Amazon Kinesis Producer Library",
    .doc = "Between producers and a stream: takes records at once, packs small ones together, sends them in calls of many, and tries "
           "again what the stream refused until its time to live is over; what has expired then is lost.",
    .key = kpl_keys,
    .n_key = N_KPL_KEYS,
    .metric = kpl_metrics,
    .n_metric = N_KPL_METRICS,
    .push = &push,
    .check = check,
    .make = make,
    .wire = wire,
    .conserve = conserve,
    .close = close_kpl,
};
