/* function_room.c - the kind `function`: how one is made, and what a scenario can get wrong. */
#include <inttypes.h>
#include <string.h>

#include "check_codes.h"
#include "function_actor.h"
#include "mem.h"
#include "quota.h"
#include "run_keys.h"

#define MIB 1048576

extern const struct room room_function;

/* --- the account --- */

static uint32_t account_limit(const struct spec *spec)
{
    const struct value *own = &spec->run[RUN_LAMBDA_CONCURRENCY];
    const struct quota *q = spec->quotas == NULL ? NULL : quota_find(spec->quotas, "lambda.concurrency");
    return own->given ? (uint32_t)own->i : q == NULL ? LAM_LIMIT : (uint32_t)q->value;
}

/* Entities are made in order: the first function of a trial has the account. */
static struct lam_account *account_of(struct function *f)
{
    struct world *w = f->e.world;
    for (uint32_t i = 0; i < f->e.index; i++)
        if (w->spec->entity[i].room == &room_function)
            return ((struct function *)w->entity[i])->account;
    lam_account_open(&f->own, account_limit(w->spec));
    return &f->own;
}

/* --- make --- */

static const struct value *async_field(const struct spec_entity *e, enum async_key key)
{
    const struct value *group = spec_value(e, FUNCTION_ASYNC);
    return group->list.n == 0 ? NULL : value_field(group, key);
}

static void environment_gone(void *whom, uint32_t env)
{
    const struct function *f = whom;
    pools_lost(&f->pools, env, 1);
}

static void configure(struct lam_config *c, struct function *f)
{
    const struct spec_entity *e = f->e.spec;
    const struct value *reserved = spec_value(e, FUNCTION_RESERVED);
    lam_config_default(c, f->account);
    c->memory_mb = f->memory_mb;
    c->timeout = spec_int(e, FUNCTION_TIMEOUT);
    c->reserved = reserved->absent ? LAM_UNRESERVED : (uint32_t)reserved->i;
    c->provisioned = (uint32_t)spec_int(e, FUNCTION_PROVISIONED);
    c->snapstart = spec_int(e, FUNCTION_RUNTIME) == LAM_JAVA_SNAPSTART;
    c->reuse = (enum lam_reuse)spec_int(e, FUNCTION_REUSE);
    c->growth = (enum lam_growth)spec_int(e, FUNCTION_SCALING);
    c->idle_life = spec_int(e, FUNCTION_IDLE_LIFE);
    c->max_age = spec_int(e, FUNCTION_MAX_AGE);
    c->gone = environment_gone;
    c->whom = f;
}

static void configure_async(struct lam_async_config *c, const struct spec_entity *e)
{
    lam_async_config_default(c);
    if (async_field(e, ASYNC_RETRIES) == NULL)
        return;
    c->retries = (uint32_t)async_field(e, ASYNC_RETRIES)->i;
    c->max_age = async_field(e, ASYNC_MAX_AGE)->i;
    c->latency = async_field(e, ASYNC_LATENCY)->i;
}

static void read_settings(struct function *f)
{
    const struct spec_entity *e = f->e.spec;
    const struct value *cold = spec_value(e, FUNCTION_COLD_START);
    f->memory_mb = (uint32_t)(spec_int(e, FUNCTION_MEMORY) / MIB);
    f->duration = spec_value(e, FUNCTION_DURATION)->dist;
    f->record_time = spec_value(e, FUNCTION_RECORD_TIME)->dist;
    f->cold = cold->absent ? NULL : cold->dist;
    f->cold_constant = lam_cold_start((enum lam_runtime)spec_int(e, FUNCTION_RUNTIME), spec_int(e, FUNCTION_PACKAGE) == 1);
    f->cpu = spec_int(e, FUNCTION_CPU);
    f->errors = spec_int(e, FUNCTION_ERRORS);
    f->crash = spec_int(e, FUNCTION_CRASH);
    f->use.arch = (enum lam_arch)spec_int(e, FUNCTION_ARCHITECTURE);
}

static void make_chance(struct function *f)
{
    struct rng_stream duration = entity_stream(&f->e, "duration");
    draws_init(&f->duration_draws, &duration, f->duration);
    f->record_stream = entity_stream(&f->e, "record");
    f->cold_stream = entity_stream(&f->e, "cold");
    f->error_stream = entity_stream(&f->e, "error");
    poison_init(&f->poison, &f->e, spec_value(f->e.spec, FUNCTION_POISON));
    f->crash_stream = entity_stream(&f->e, "crash");
    f->fault_stream = entity_stream(&f->e, "fault");
}

static bool make_observers(struct function *f)
{
    struct entity *e = &f->e;
    bool ok = true;
    for (unsigned i = 0; ok && i < FUNCTION_COUNTERS; i++)
        ok = entity_counter(e, i, &f->count[i]);
    obs_level_init(&f->cost_part, 0, 0);
    obs_level_init(&f->cost_whole, 0, 0);
    return ok && entity_tally(e, FX_DURATION, &f->duration_seen) && entity_tally(e, FX_INIT_DURATION, &f->init_seen) &&
           entity_tally(e, FX_BATCH, &f->batch_seen) && entity_tally(e, FX_EVENT_AGE, &f->age_seen) &&
           entity_level(e, FX_CONCURRENT, &f->concurrent, 0) &&
           entity_level(e, FX_PROVISIONED_CONCURRENT, &f->provisioned, 0) &&
           entity_level(e, FX_PROVISIONED, &f->units, lam_config(f->core)->provisioned) &&
           entity_share(e, FX_PROVISIONED_UTILISATION, &f->utilisation, &f->provisioned, &f->units) &&
           entity_level(e, FX_ENVIRONMENTS, &f->environments, 0) && entity_level(e, FX_EVENTS_WAITING, &f->waiting, 0) &&
           entity_share(e, FX_COST, &f->cost, &f->cost_part, &f->cost_whole) &&
           caller_metrics_open(&f->caller, e, FX_CALLER);
}

static void close_function(struct entity *e)
{
    struct function *f = function_of(e);
    lam_close(f->core);
    lam_async_close(f->async);
    function_forget_orphans(f);
    slab_free(&f->runs);
    slab_free(&f->events);
}

static bool set_up(struct function *f)
{
    struct lam_config config;
    struct lam_async_config async;
    struct err err = {.class = ERR_NONE};
    slab_init(&f->runs, sizeof(struct run));
    slab_init(&f->events, sizeof(struct event));
    f->account = account_of(f);
    read_settings(f);
    make_chance(f);
    configure(&config, f);
    configure_async(&async, f->e.spec);
    sim_timer_init(&f->timer, SIM_MESSAGE, function_on_timer);
    sim_timer_init(&f->reaper, SIM_STATE, function_reap);
    return lam_open(&f->core, &config, &err) && lam_async_open(&f->async, &async, &err) && make_observers(f);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct function *f = arena_get(&w->arena, sizeof(*f));
    if (f == NULL)
        return NULL;
    entity_init(&f->e, w, spec);
    if (set_up(f))
        return &f->e;
    close_function(&f->e);
    return NULL;
}

static struct entity *destination(const struct function *f, enum async_key key)
{
    const struct value *v = async_field(f->e.spec, key);
    return v == NULL || v->absent ? NULL : world_entity(f->e.world, v->ref);
}

static bool wire(struct entity *e)
{
    struct function *f = function_of(e);
    struct steps_counters counters = {&f->count[FX_TRIES], &f->count[FX_RETRIES], &f->count[FX_CALL_TIMEOUTS], &f->caller};
    f->on_failure = destination(f, ASYNC_ON_FAILURE);
    f->on_success = destination(f, ASYNC_ON_SUCCESS);
    f->dead_letter = destination(f, ASYNC_DEAD_LETTER);
    return steps_init(&f->steps, e, spec_value(e->spec, FUNCTION_CALLS), spec_value(e->spec, FUNCTION_SENDS), counters) &&
           pools_find(&f->pools, e, &f->steps, NULL);
}

/* Provisioned environments have run their init code, and the connections that it opens are there: the core made them first. */
static void start(struct entity *e)
{
    const struct function *f = function_of(e);
    for (uint32_t i = 0; f->pools.n > 0 && i < lam_config(f->core)->provisioned; i++)
        pools_arrive(&f->pools, i, 1, POOL_ENVIRONMENT);
}

static void finish(struct entity *e, sim_time now)
{
    function_finish_costs(function_of(e), now);
}

static bool conserve(struct entity *e, sim_time now, struct err *err)
{
    const struct function *f = function_of(e);
    uint32_t busy = lam_busy(f->core), events = lam_async_waiting(f->async) + lam_async_under_way(f->async);
    (void)now;
    if (busy != f->runs.n_live)
        return err_set(err, ERR_INTERNAL, "environments that are busy and invocations under way: %u is not %u", busy, f->runs.n_live);
    return events == f->events.n_live ||
           err_set(err, ERR_INTERNAL, "events in the queue and events held: %u is not %u", events, f->events.n_live);
}

static void fault(struct entity *e, const struct fault_state *state)
{
    function_of(e)->fault = *state;
}

static void set(struct entity *e, unsigned key, const struct value *v)
{
    struct function *f = function_of(e);
    enum lam_outcome o = key == FUNCTION_RESERVED ? lam_set_reserved(f->core, function_call(f), (uint32_t)v->i)
                                                  : lam_set_provisioned(f->core, function_call(f), (uint32_t)v->i);
    obs_level_set(&f->units, world_now(e->world), lam_config(f->core)->provisioned);
    obs_level_set(&f->provisioned, world_now(e->world), lam_busy_provisioned(f->core));
    if (o != LAM_OK)
        world_break(e->world, ERR_CONFIG, "%s: %s: %s", e->spec->path, lam_outcome_row(o)->code, lam_outcome_row(o)->text);
}

/* --- what a scenario can get wrong --- */

/* What is provisioned, or may be: a policy that scales it has a limit, 10 unless it says otherwise. */
static const struct value *most_provisioned(const struct spec *spec, const struct spec_entity *e, int64_t *n)
{
    const struct value *most = spec_value(e, FUNCTION_PROVISIONED);
    *n = most->i;
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct spec_entity *s = &spec->entity[i];
        const struct value *target = strcmp(s->kind, "scaling") == 0 ? spec_named(s, "target") : NULL;
        const struct value *max = target != NULL && target->ref == e ? spec_named(s, "max") : NULL;
        if (max != NULL && (max->absent ? 10 : max->i) > *n) {
            *n = max->absent ? 10 : max->i;
            most = max->given ? max : target;
        }
    }
    return most;
}

static uint64_t taken_by(const struct spec *spec, const struct spec_entity *e)
{
    const struct value *reserved = spec_value(e, FUNCTION_RESERVED);
    int64_t n = reserved->i;
    if (reserved->absent)
        most_provisioned(spec, e, &n);
    return (uint64_t)n;
}

static void check_concurrency(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *reserved = spec_value(e, FUNCTION_RESERVED);
    int64_t most;
    const struct value *provisioned = most_provisioned(spec, e, &most);
    uint64_t sum = 0, limit = account_limit(spec);
    for (uint32_t i = 0; i <= e->index; i++)
        if (spec->entity[i].room == &room_function)
            sum += taken_by(spec, &spec->entity[i]);
    if (!reserved->absent && most > reserved->i)
        problem_add(p, SEVERITY_ERROR, CHECK_FUNCTION, &provisioned->place,
                    "InvalidParameterValueException: %s: %s is %" PRId64 ", above its reserved concurrency of %" PRId64 " (LAM-12)", e->path,
                    provisioned == spec_value(e, FUNCTION_PROVISIONED) ? "'provisioned'" : "what a policy may provision", most,
                    reserved->i);
    else if (taken_by(spec, e) > 0 && sum + LAM_KEPT > limit)
        problem_add(p, SEVERITY_ERROR, CHECK_FUNCTION, reserved->absent ? &provisioned->place : &reserved->place,
                    "InvalidParameterValueException: with %s, %" PRIu64 " of the account's %" PRIu64
                    " are reserved or provisioned; 100 must be left (LAM-11): reserve less, or raise run.lambda_concurrency",
                    e->path, sum, limit);
}

/* From function to function, and back to this one. */
static bool goes_round(const struct spec *spec, const struct spec_entity *e, enum async_key key)
{
    const struct spec_entity *at = e;
    for (uint32_t n = 0; n < spec->n_entity; n++) {
        const struct value *v = async_field(at, key);
        at = v == NULL || v->absent ? NULL : v->ref;
        if (at == NULL || at->room != &room_function || at == e)
            return at == e;
    }
    return false;
}

/* The same by way of topics and buses. */
struct ring {
    const struct spec_entity *of;
    enum async_key key;
    bool *seen; /* by the entity's index */
};

static bool leads_back(struct ring *r, const struct spec_entity *at);

/* Groups with a `target`, or with a list of such groups as `targets`. */
static bool targets_lead_back(struct ring *r, const struct key *key, const struct value *v)
{
    for (uint32_t i = 0; v->type == VALUE_LIST && !v->absent && i < v->list.n; i++) {
        const struct value *item = &v->list.item[i];
        for (uint32_t k = 0; item->type == VALUE_GROUP && k < item->list.n; k++) {
            const struct value *x = &item->list.item[k];
            const char *name = key->sub[k].name;
            if (strcmp(name, "target") == 0 && x->type == VALUE_REF && !x->absent && leads_back(r, x->ref))
                return true;
            if (strcmp(name, "targets") == 0 && targets_lead_back(r, &key->sub[k], x))
                return true;
        }
    }
    return false;
}

static bool leads_back(struct ring *r, const struct spec_entity *at)
{
    if (at == NULL || at == r->of || r->seen[at->index])
        return at != NULL && at == r->of;
    r->seen[at->index] = true;
    const struct value *next = at->room == &room_function ? async_field(at, r->key) : NULL;
    if (next != NULL && !next->absent && leads_back(r, next->ref))
        return true;
    bool spreads = strcmp(at->kind, "topic") == 0 || strcmp(at->kind, "bus") == 0;
    for (uint32_t k = 0; spreads && k < at->room->n_key; k++) {
        const char *name = at->room->key[k].name;
        if ((strcmp(name, "subscriptions") == 0 || strcmp(name, "rules") == 0) &&
            targets_lead_back(r, &at->room->key[k], &at->value[k]))
            return true;
    }
    return false;
}

/* Filters may end it, so it is no error. */
static void check_way_back(const struct spec *spec, const struct spec_entity *e, enum async_key key, struct problems *p)
{
    const struct value *v = async_field(e, key);
    if (v == NULL || v->absent || v->ref == NULL || key == ASYNC_DEAD_LETTER || goes_round(spec, e, key))
        return;
    struct ring r = {.of = e, .key = key, .seen = mem_get_zero(spec->n_entity, sizeof(*r.seen))};
    if (r.seen != NULL && leads_back(&r, v->ref))
        problem_add(p, SEVERITY_WARNING, CHECK_FUNCTION, &v->place,
                    "events of %s that %s come back to it by way of %s, again and again unless a filter or pattern there ends it", e->path,
                    key == ASYNC_ON_FAILURE ? "fail" : "succeed", v->ref->path);
    mem_release(r.seen);
}

static void check_destination(const struct spec *spec, const struct spec_entity *e, enum async_key key, struct problems *p)
{
    const struct value *v = async_field(e, key);
    const struct value *type = v == NULL || v->absent || v->ref == NULL ? NULL : spec_named(v->ref, "type");
    if (type != NULL && type->type == VALUE_CHOICE && type->i == 1 && strcmp(v->ref->kind, "bus") != 0)
        problem_add(p, SEVERITY_ERROR, CHECK_FUNCTION, &v->place,
                    "%s: %s is FIFO: destinations and dead-letter queues are standard ones (LAM-27)", e->path, v->ref->path);
    if (goes_round(spec, e, key))
        problem_add(p, SEVERITY_ERROR, CHECK_FUNCTION, &v->place, "%s is a destination of %s: its events would go round for ever",
                    e->path, v->ref == e ? "itself" : "its own destinations");
}

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *memory = spec_value(e, FUNCTION_MEMORY), *runtime = spec_value(e, FUNCTION_RUNTIME),
                       *package = spec_value(e, FUNCTION_PACKAGE);
    steps_check(spec, e, p);
    check_concurrency(spec, e, p);
    if (memory->i % MIB != 0)
        problem_add(p, SEVERITY_ERROR, CHECK_FUNCTION, &memory->place, "%s: 'memory' is in whole MiB (LAM-1)", e->path);
    if (package->i == 1 && runtime->i == LAM_JAVA_SNAPSTART)
        problem_add(p, SEVERITY_ERROR, CHECK_FUNCTION, &package->place, "%s: SnapStart is not for container images", e->path);
    for (enum async_key key = ASYNC_ON_FAILURE; key <= ASYNC_DEAD_LETTER; key++) {
        check_destination(spec, e, key, p);
        check_way_back(spec, e, key, p);
    }
}

const struct room room_function = {
    .kind = "function",
    .title = "AWS Lambda function",
    .doc = "A function, rule by rule as docs/semantics/lambda.md tells it: environments that are reused or start cold, the account's "
           "concurrency that all functions share, reserved and provisioned concurrency, scaling rate, timeout, billing. Who calls it "
           "waits for the answer; topics, buses and sends hand it events, which are tried again and go to destinations.",
    .key = function_keys,
    .n_key = N_FUNCTION_KEYS,
    .metric = function_metrics,
    .n_metric = N_FUNCTION_METRICS,
    .quotas = "lambda.",
    .effects = FAULT_DOWN | FAULT_SLOW | FAULT_FAIL,
    .push = &function_push_ops,
    .call = &function_call_ops,
    .invoke = &function_invoke_ops,
    .check = check,
    .make = make,
    .wire = wire,
    .start = start,
    .finish = finish,
    .conserve = conserve,
    .fault = fault,
    .set = set,
    .close = close_function,
};
