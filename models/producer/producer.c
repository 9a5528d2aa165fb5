/* producer.c - births of requests, and what their clients are told. */
#include "producer.h"

#include <inttypes.h>

enum { TRACE_BORN = 1, TRACE_TOLD, TRACE_SKIPPED, TRACE_FAULT };

/* One request's client. */
struct activity {
    struct caller    caller;
    struct producer *producer;
    uint32_t         number; /* in the slab; of the user when closed */
    uint64_t         round;  /* closed: requests this user has made */
    struct sim_timer think;
    struct world_spin spin;
};

static struct world *world_of(const struct producer *p)
{
    return p->e.world;
}

static uint32_t size_of(const struct producer *p, uint64_t item)
{
    if (p->size_constant >= 0)
        return (uint32_t)p->size_constant;
    struct rng cell = rng_at(&p->size_stream, 0, item, 0);
    int64_t size = dist_sample(p->size, &cell);
    return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

static uint32_t key_of(const struct producer *p, uint64_t item)
{
    if (p->key == NULL)
        return JOB_NO_KEY;
    struct rng cell = rng_at(&p->key_stream, 0, item, 0);
    return (uint32_t)(dist_sample_item(p->key, &cell, item) % JOB_NO_KEY);
}

static void think(struct activity *);

static void told(struct caller *c, enum call_verdict verdict)
{
    struct activity *a = CONTAINER_OF(c, struct activity, caller);
    struct producer *p = a->producer;
    struct world *w = world_of(p);
    uint32_t slot = c->job.request;
    bool ok = verdict == CALL_OK;
    obs_count(ok ? &p->told_ok : &p->told_no, world_now(w), 1);
    entity_trace(&p->e, TRACE_TOLD, request_item(request_at(&w->requests, slot)) << 4 | verdict);
    p->n_told++;
    p->n_active--;
    request_told(w, slot, ok);
    if (p->arrivals == ARRIVALS_CLOSED)
        think(a);
    else
        slab_give(&p->activities, a->number);
    request_drop(w, slot);
}

static void bear(struct producer *p, struct activity *a, uint64_t item)
{
    struct world *w = world_of(p);
    struct job job = {.size = size_of(p, item), .key = key_of(p, item)};
    job.request = request_open(w, p->source_number, item, job.size, job.key);
    if (job.request == SLAB_NONE)
        return;
    p->n_offered++;
    p->n_active++;
    entity_trace(&p->e, TRACE_BORN, item);
    caller_start(&a->caller, &p->policy, &job, told);
}

/* --- open: a stream of arrivals --- */

static void schedule(struct producer *p)
{
    sim_time at = SIM_NEVER;
    if (p->item >= p->limit)
        return;
    if (p->arrivals == ARRIVALS_POISSON) {
        struct rng cell = rng_at(&p->arrival_stream, 0, p->item, 0);
        at = profile_next_poisson(&p->walk, rng_exponential(&cell));
    } else {
        at = profile_next_constant(&p->walk);
    }
    if (at < world_of(p)->spec->duration)
        sim_at(world_of(p)->sim, &p->next, at);
}

static void arrive(struct producer *p, uint64_t item)
{
    uint32_t number = slab_take(&p->activities);
    if (number == SLAB_NONE) {
        world_of(p)->failed = true;
        return;
    }
    struct activity *a = slab_at(&p->activities, number);
    a->caller.state = 0;
    a->producer = p;
    a->number = number;
    bear(p, a, item);
}

static void on_arrival(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct producer *p = CONTAINER_OF(t, struct producer, next);
    uint64_t item = p->item++;
    if (p->down)
        entity_trace(&p->e, TRACE_SKIPPED, item);
    else
        arrive(p, item);
    schedule(p);
}

/* --- closed: users who think --- */

static uint64_t user_item(const struct activity *a)
{
    return a->round * (uint64_t)a->producer->users + a->number;
}

static void on_thought(struct sim *s, struct sim_timer *t)
{
    struct activity *a = CONTAINER_OF(t, struct activity, think);
    struct producer *p = a->producer;
    if (sim_now(s) >= world_of(p)->spec->duration || p->item >= p->limit || world_spins(&p->e, &a->spin))
        return;
    if (p->down) { /* comes again after another thought */
        entity_trace(&p->e, TRACE_SKIPPED, user_item(a));
        a->round++;
        think(a);
        return;
    }
    p->item++;
    uint64_t item = user_item(a);
    a->round++;
    bear(p, a, item);
}

static void think(struct activity *a)
{
    struct producer *p = a->producer;
    struct rng cell = rng_at(&p->think_stream, 0, user_item(a), 0);
    sim_after(world_of(p)->sim, &a->think, dist_sample(p->think, &cell));
}

static void start_users(struct producer *p)
{
    struct world *w = world_of(p);
    for (int64_t i = 0; i < p->users; i++) {
        struct activity *a = &p->user[i];
        a->producer = p;
        a->number = (uint32_t)i;
        sim_timer_init(&a->think, SIM_MESSAGE, on_thought);
        struct rng cell = rng_at(&p->think_stream, 0, user_item(a), 0);
        sim_time first = spec_int(p->e.spec, PRODUCER_START) + dist_sample(p->think, &cell);
        sim_at(w->sim, &a->think, first);
    }
}

void producer_start(struct entity *e)
{
    struct producer *p = (struct producer *)e;
    if (p->arrivals == ARRIVALS_CLOSED) {
        start_users(p);
        return;
    }
    sim_timer_init(&p->next, SIM_MESSAGE, on_arrival);
    profile_start(&p->walk, &p->profile, spec_int(e->spec, PRODUCER_START));
    schedule(p);
}

void producer_fault(struct entity *e, const struct fault_state *f)
{
    struct producer *p = (struct producer *)e;
    p->down = (f->active & FAULT_DOWN) != 0;
    entity_trace(e, TRACE_FAULT, f->active);
}

void producer_finish(struct entity *e, sim_time now)
{
    (void)now;
    struct producer *p = (struct producer *)e;
    const struct fates *f = &p->source.fates;
    p->in_time.n = f->in_time;
    p->late.n = f->late;
    p->waiting.n = f->waiting;
    p->lost.n = f->lost;
    p->repeated.n = f->repeated;
    p->gave_up_done.n = f->gave_up_done;
    p->source.offered.n = f->offered;
    p->source.done.n = f->in_time + f->late;
}

bool producer_conserve(struct entity *e, sim_time now, struct err *err)
{
    (void)now;
    const struct producer *p = (const struct producer *)e;
    if (p->n_offered == p->n_told + (uint64_t)p->n_active)
        return true;
    return err_set(err, ERR_INTERNAL, "offered %" PRIu64 ", but told %" PRIu64 " and %" PRId64 " under way", p->n_offered,
                   p->n_told, p->n_active);
}

void producer_close(struct entity *e)
{
    slab_free(&((struct producer *)e)->activities);
}

bool producer_users(struct producer *p)
{
    p->user = arena_get(&world_of(p)->arena, (size_t)p->users * sizeof(struct activity));
    return p->user != NULL;
}

void producer_open(struct producer *p)
{
    slab_init(&p->activities, sizeof(struct activity));
}
