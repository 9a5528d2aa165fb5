/* producer_open.c - streams of arrivals that do not wait for answers.
 *
 * Arrival number k (a batch is one arrival) has a random cell of its own for its time and one for its size of batch; the
 * requests are numbered through. A producer that is down skips its arrivals but uses up their numbers, so what comes
 * afterwards is what would have come anyway. */
#include "producer_life.h"

static sim_time next_renewal(struct producer *p)
{
    sim_time wait = draws_sample(&p->gaps, 0, p->epoch);
    p->clock = wait < SIM_NEVER - p->clock ? p->clock + wait : SIM_NEVER;
    return p->clock;
}

static sim_time next_arrival(struct producer *p)
{
    switch (p->arrivals) {
    case ARRIVALS_POISSON:
        return profile_next_poisson(&p->walk, draws_exponential(&p->gaps, 0, p->epoch));
    case ARRIVALS_CONSTANT:
        return profile_next_constant(&p->walk);
    case ARRIVALS_RENEWAL:
        return next_renewal(p);
    default:
        return modulation_next(&p->states, draws_exponential(&p->gaps, 0, p->epoch));
    }
}

static void schedule(struct producer *p)
{
    struct world *w = producer_world(p);
    if (p->item >= p->limit || p->epoch >= RNG_ITEM_MAX)
        return;
    sim_time at = next_arrival(p);
    if (at < w->spec->duration)
        sim_again(w->sim, &p->next, at);
}

/* Of a plain producer: it makes as many requests as there are arrivals, and they have a limit. */
ALWAYS_INLINE sim_time next_poisson(struct producer *p)
{
    if (p->item >= p->limit)
        return SIM_NEVER;
    return profile_next_poisson(&p->walk, draws_exponential(&p->gaps, 0, p->epoch));
}

ALWAYS_INLINE void answered(struct caller *c, enum call_verdict verdict)
{
    struct activity *a = CONTAINER_OF(c, struct activity, caller);
    struct producer *p = a->producer;
    uint32_t request = c->job.request;
    struct request *r = c->request;
    stock_give(&p->activities, a);
    producer_tell(p, request, r, verdict);
}

EVERY_WAY static void replied(struct wire_call *call, enum call_verdict verdict)
{
    caller_replied(call, verdict, answered);
}

void producer_ask(struct producer *p, struct activity *a, uint64_t item, struct job job)
{
    producer_bear(p, a, world_now(producer_world(p)), item, job, false, answered, replied);
}

/* Of a plain producer, or of any. */
ALWAYS_INLINE void arrive_one(struct producer *p, sim_time now, uint64_t item, bool plain)
{
    struct job job = {.size = (uint32_t)p->size_constant, .key = JOB_NO_KEY};
    struct activity *a = producer_activity(p);
    if (a == NULL)
        return;
    if (!plain)
        job = (struct job){.size = producer_size_of(p, item), .key = producer_key_of(p, item)};
    producer_bear(p, a, now, item, job, plain, answered, replied);
}

static uint64_t batch_size(const struct producer *p, uint64_t epoch)
{
    struct rng cell = rng_at(&p->batch_stream, 0, epoch, 0);
    uint64_t n = (uint64_t)dist_sample(p->batch, &cell), left = p->limit - p->item;
    return n < left ? n : left;
}

static void arrive(struct producer *p, uint64_t first, uint64_t n)
{
    sim_time now = world_now(producer_world(p));
    uint64_t step = p->send_batch ? p->parcel_max : 1;
    for (uint64_t i = 0; i < n && !producer_world(p)->failed; i += step) {
        if (p->send_batch)
            producer_send(p, NULL, first + i, 1, (uint32_t)(n - i < step ? n - i : step));
        else
            arrive_one(p, now, first + i, false);
    }
}

static __attribute__((noinline)) void arrive_together(struct producer *p)
{
    uint64_t first = p->item, n = batch_size(p, p->epoch++);
    p->item += n;
    if (p->down)
        entity_trace(&p->e, TRACE_SKIPPED, first);
    else
        arrive(p, first, n);
    schedule(p);
}

static __attribute__((noinline)) void arrive_anyhow(struct producer *p, sim_time now)
{
    if (p->batch != NULL) {
        arrive_together(p);
        return;
    }
    p->epoch++;
    uint64_t item = p->item++;
    if (p->down)
        entity_trace(&p->e, TRACE_SKIPPED, item);
    else
        arrive_one(p, now, item, false);
    schedule(p);
}

EVERY_WAY static void on_arrival(struct sim *s, struct sim_timer *t)
{
    struct producer *p = CONTAINER_OF(t, struct producer, next);
    if (__builtin_expect(!p->plain, 0)) {
        arrive_anyhow(p, sim_now(s));
        return;
    }
    p->epoch++;
    uint64_t item = p->item++;
    sim_time next = next_poisson(p); /* a long chain with a division in it: worked out while the request is born */
    arrive_one(p, sim_now(s), item, true);
    if (next < p->walk.end)
        sim_again(s, &p->next, next);
}

void producer_start(struct entity *e)
{
    struct producer *p = (struct producer *)e;
    const struct spec *spec = e->world->spec;
    sim_time start = spec_int(e->spec, PRODUCER_START);
    producer_judge(p);
    if (p->arrivals == ARRIVALS_CLOSED) {
        producer_closed_start(p);
        return;
    }
    if (p->arrivals == ARRIVALS_TRACE) {
        producer_replay_start(p);
        return;
    }
    sim_timer_init(&p->next, SIM_MESSAGE, on_arrival);
    p->clock = start;
    if (p->arrivals == ARRIVALS_MMPP)
        modulation_start(&p->states, &p->modulation, &p->state_stream, start, spec->duration);
    else if (p->arrivals != ARRIVALS_RENEWAL)
        profile_start(&p->walk, &p->profile, start, spec->duration);
    schedule(p);
}

/* --- from the spec --- */

static struct profile_span span_of(const struct value *group)
{
    const struct value *rate = value_field(group, SPAN_RATE), *ramp_to = value_field(group, SPAN_RAMP_TO),
                       *factor = value_field(group, SPAN_FACTOR), *every = value_field(group, SPAN_EVERY);
    struct profile_span s = {
        .at = value_field(group, SPAN_AT)->i,
        .length = value_field(group, SPAN_FOR)->i,
        .every = every->absent ? 0 : every->i,
        .kind = !factor->absent ? SPAN_IS_FACTOR : !ramp_to->absent ? SPAN_IS_RAMP : SPAN_IS_RATE,
    };
    if (!rate->absent)
        s.rate = rate->rate;
    if (!ramp_to->absent)
        s.ramp_to = ramp_to->rate;
    if (!factor->absent)
        s.factor = factor->number;
    return s;
}

static bool open_week(struct producer *p, struct arena *arena, const struct value *week)
{
    double *factor = arena_get(arena, (week->list.n + 1) * sizeof(*factor));
    if (factor == NULL)
        return false;
    for (uint32_t i = 0; i < week->list.n; i++)
        factor[i] = week->list.item[i].number;
    p->profile.n_week = week->list.n;
    p->profile.week = factor;
    return true;
}

static bool open_profile(struct producer *p, struct arena *arena, const struct spec_entity *e)
{
    const struct value *list = spec_value(e, PRODUCER_PROFILE), *sine = spec_value(e, PRODUCER_SINE);
    struct profile_span *span = arena_get(arena, (list->list.n + 1) * sizeof(*span));
    if (span == NULL)
        return false;
    for (uint32_t i = 0; i < list->list.n; i++)
        span[i] = span_of(&list->list.item[i]);
    p->profile.base = spec_value(e, PRODUCER_RATE)->rate;
    p->profile.clock = spec_int(e, PRODUCER_CLOCK);
    if (sine->list.n > 0) {
        p->profile.period = value_field(sine, SINE_PERIOD)->i;
        p->profile.amplitude = (double)value_field(sine, SINE_AMPLITUDE)->i * 1e-9;
        p->profile.peak = value_field(sine, SINE_PEAK)->i;
    }
    return open_week(p, arena, spec_value(e, PRODUCER_WEEK)) &&
           profile_build(&p->profile, arena, span, list->list.n);
}

static bool open_state(struct modulation_state *s, struct arena *arena, const struct value *group)
{
    const struct value *next = value_field(group, STATE_NEXT);
    int64_t *chance = NULL;
    if (next->list.n > 0) {
        chance = arena_get(arena, next->list.n * sizeof(*chance));
        if (chance == NULL)
            return false;
        for (uint32_t i = 0; i < next->list.n; i++)
            chance[i] = next->list.item[i].i;
    }
    *s = modulation_state_of(value_field(group, STATE_RATE)->rate, value_field(group, STATE_DURATION)->dist, chance);
    return true;
}

static bool open_states(struct producer *p, struct arena *arena, const struct value *list)
{
    struct modulation_state *state = arena_get(arena, (list->list.n + 1) * sizeof(*state));
    if (state == NULL)
        return false;
    for (uint32_t i = 0; i < list->list.n; i++) {
        if (!open_state(&state[i], arena, &list->list.item[i]))
            return false;
    }
    p->modulation = (struct modulation){list->list.n, state};
    return true;
}

bool producer_open_arrivals(struct producer *p)
{
    struct arena *arena = &producer_world(p)->arena;
    const struct spec_entity *e = p->e.spec;
    const struct value *batch = spec_value(e, PRODUCER_BATCH_SIZE);
    p->arrivals = (enum producer_arrivals)spec_int(e, PRODUCER_ARRIVALS);
    p->batch = batch->absent ? NULL : batch->dist;
    p->send_batch = spec_int(e, PRODUCER_SEND_BATCH) != 0;
    draws_init(&p->gaps, &p->arrival_stream, NULL);
    switch (p->arrivals) {
    case ARRIVALS_CLOSED:
        p->users = spec_int(e, PRODUCER_USERS);
        p->think = spec_value(e, PRODUCER_THINK)->dist;
        return producer_users(p);
    case ARRIVALS_TRACE:
        return producer_replay_open(p);
    case ARRIVALS_MMPP:
        return open_states(p, arena, spec_value(e, PRODUCER_STATES));
    case ARRIVALS_RENEWAL:
        p->interval = spec_value(e, PRODUCER_INTERVAL)->dist;
        draws_init(&p->gaps, &p->arrival_stream, p->interval);
        return true;
    default:
        return open_profile(p, arena, e);
    }
}
