/* producer_check.c - what is wrong between a producer's settings. */
#include "check_codes.h"
#include "reach.h"
#include "producer_int.h"

#define WITH(arrivals) (1u << ARRIVALS_##arrivals)
#define RATED          (WITH(POISSON) | WITH(CONSTANT))
#define STREAMS        (RATED | WITH(RENEWAL) | WITH(MMPP))

/* Which arrivals a setting is for, and which of them cannot do without it. */
static const struct {
    unsigned key, for_, needed;
} meanings[] = {
    {PRODUCER_RATE, RATED, RATED},
    {PRODUCER_PROFILE, RATED, 0},
    {PRODUCER_SINE, RATED, 0},
    {PRODUCER_WEEK, RATED, 0},
    {PRODUCER_CLOCK, RATED, 0},
    {PRODUCER_INTERVAL, WITH(RENEWAL), WITH(RENEWAL)},
    {PRODUCER_STATES, WITH(MMPP), WITH(MMPP)},
    {PRODUCER_TRACE, WITH(TRACE), WITH(TRACE)},
    {PRODUCER_BATCH_SIZE, STREAMS | WITH(CLOSED), 0},
    {PRODUCER_SEND_BATCH, STREAMS | WITH(CLOSED), 0},
    {PRODUCER_USERS, WITH(CLOSED), WITH(CLOSED)},
    {PRODUCER_THINK, WITH(CLOSED), WITH(CLOSED)},
    {PRODUCER_RAMP_UP, WITH(CLOSED), 0},
};

static const char *const arrivals_names[N_ARRIVALS] = {"poisson", "constant", "renewal", "mmpp", "trace", "closed"};

static void check_meanings(const struct spec_entity *e, struct problems *p)
{
    int64_t arrivals = spec_int(e, PRODUCER_ARRIVALS);
    for (unsigned i = 0; i < ARRAY_LEN(meanings); i++) {
        const struct value *v = spec_value(e, meanings[i].key);
        const char *name = producer_keys[meanings[i].key].name;
        if (v->given && !(meanings[i].for_ >> arrivals & 1))
            problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &v->place, "%s: '%s' has no meaning with arrivals = \"%s\"",
                        e->path, name, arrivals_names[arrivals]);
        if (!v->given && (meanings[i].needed >> arrivals & 1))
            problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &e->place, "%s needs '%s' (arrivals = \"%s\")", e->path, name,
                        arrivals_names[arrivals]);
    }
}

static void useless(const struct spec_entity *e, const struct value *v, const char *name, const char *without,
                    struct problems *p)
{
    problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &v->place, "%s: '%s' has no meaning without '%s'", e->path, name,
                without);
}

/* --- profile --- */

static void check_span(const struct spec_entity *e, uint32_t i, const struct value *span, struct problems *p)
{
    const struct value *rate = value_field(span, SPAN_RATE), *factor = value_field(span, SPAN_FACTOR),
                       *ramp = value_field(span, SPAN_RAMP_TO), *every = value_field(span, SPAN_EVERY);
    const struct value *length = value_field(span, SPAN_FOR);
    if (rate->given == factor->given)
        problem_add(p, SEVERITY_ERROR, rate->given ? CHECK_USELESS : CHECK_NEEDS, &span->place,
                    "%s.profile[%u] needs 'rate' or 'factor'%s", e->path, i, rate->given ? ", not both" : "");
    if (ramp->given && !rate->given)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &ramp->place, "%s.profile[%u] needs a 'rate' to ramp from", e->path, i);
    if (every->given && every->i < length->i) {
        struct problem *x = problem_add(p, SEVERITY_ERROR, CHECK_OVERLAP, &every->place,
                                        "%s.profile[%u] comes back before it has ended", e->path, i);
        x->second = length->place;
    }
}

static struct profile_span span_times(const struct value *span)
{
    const struct value *every = value_field(span, SPAN_EVERY);
    return (struct profile_span){.at = value_field(span, SPAN_AT)->i,
                                 .length = value_field(span, SPAN_FOR)->i,
                                 .every = every->absent ? 0 : every->i};
}

static void check_spans(const struct spec_entity *e, struct problems *p)
{
    const struct value *profile = spec_value(e, PRODUCER_PROFILE);
    for (uint32_t i = 0; i < profile->list.n; i++)
        check_span(e, i, &profile->list.item[i], p);
    for (uint32_t i = 0; i < profile->list.n; i++) {
        struct profile_span a = span_times(&profile->list.item[i]);
        for (uint32_t k = 0; k < i; k++) {
            struct profile_span b = span_times(&profile->list.item[k]);
            if (!profile_overlap(&a, &b))
                continue;
            struct problem *x =
                problem_add(p, SEVERITY_ERROR, CHECK_OVERLAP, &value_field(&profile->list.item[i], SPAN_AT)->place,
                            "spans %u and %u of %s.profile overlap", k, i, e->path);
            x->second = value_field(&profile->list.item[k], SPAN_AT)->place;
            return;
        }
    }
}

static void check_rated(const struct spec_entity *e, struct problems *p)
{
    const struct value *week = spec_value(e, PRODUCER_WEEK), *clock = spec_value(e, PRODUCER_CLOCK);
    if (week->given && week->list.n != 7 && week->list.n != 168)
        problem_add(p, SEVERITY_ERROR, CHECK_WEEK, &week->place,
                    "%s.week has %u factors; a week has 7 days or 168 hours", e->path, week->list.n);
    if (clock->given && !week->given && !spec_value(e, PRODUCER_SINE)->given)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &clock->place, "%s: 'clock' has no meaning without 'sine' or 'week'",
                    e->path);
    check_spans(e, p);
}

/* --- laws --- */

/* A time that is always zero would never let time pass. */
static void check_passes(const struct spec_entity *e, const struct value *v, const char *what, struct problems *p)
{
    if (v->dist != NULL && dist_mean(v->dist) <= 0)
        problem_add(p, SEVERITY_ERROR, CHECK_NO_TIME, &v->place, "%s: %s is always 0", e->path, what);
}

static void check_states(const struct spec_entity *e, struct problems *p)
{
    const struct value *states = spec_value(e, PRODUCER_STATES);
    if (states->list.n == 0)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &states->place, "%s.states is empty", e->path);
    for (uint32_t i = 0; i < states->list.n; i++) {
        const struct value *state = &states->list.item[i], *next = value_field(state, STATE_NEXT);
        int64_t sum = 0;
        check_passes(e, value_field(state, STATE_DURATION), "the duration of a state", p);
        if (!next->given)
            continue;
        for (uint32_t k = 0; k < next->list.n; k++)
            sum += next->list.item[k].i;
        if (next->list.n != states->list.n)
            problem_add(p, SEVERITY_ERROR, CHECK_CHANCES, &next->place,
                        "%s.states[%u].next has %u chances; there are %u states", e->path, i, next->list.n, states->list.n);
        else if (sum != 1000000000)
            problem_add(p, SEVERITY_ERROR, CHECK_CHANCES, &next->place,
                        "%s.states[%u].next: the chances do not add up to 100%%", e->path, i);
    }
}

static void check_closed(const struct spec_entity *e, struct problems *p)
{
    int64_t think = 0;
    const struct value *v = spec_value(e, PRODUCER_THINK);
    if (!v->absent && v->dist != NULL && dist_is_constant(v->dist, &think) && think == 0)
        problem_add(p, SEVERITY_WARNING, CHECK_NO_TIME, &v->place,
                    "%s: users who do not think ask again at once when the answer takes no time", e->path);
}

static void check_batch(const struct spec_entity *e, struct problems *p)
{
    const struct value *send = spec_value(e, PRODUCER_SEND_BATCH);
    const struct spec_entity *target = spec_value(e, PRODUCER_TARGET)->ref;
    const struct value *size = spec_value(e, PRODUCER_BATCH_SIZE);
    if (spec_int(e, PRODUCER_ARRIVALS) == ARRIVALS_CLOSED && !size->absent && send->i == 0)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &size->place, "%s: users ask for one thing at a time, unless they send batches: "
                    "set send_batch = true", e->path);
    if (!send->given || send->i == 0)
        return;
    if (spec_value(e, PRODUCER_BATCH_SIZE)->absent)
        useless(e, send, "send_batch", "batch_size", p);
    if (target != NULL && target->room->push == NULL)
        problem_add(p, SEVERITY_ERROR, CHECK_TARGET, &send->place, "%s: a %s takes no messages in batches", e->path,
                    target->kind);
}

/* --- traces --- */

static void check_trace(const struct spec_entity *e, struct problems *p)
{
    const struct value *trace = spec_value(e, PRODUCER_TRACE);
    const struct value *time = value_field(trace, REPLAYED_TIME), *count = value_field(trace, REPLAYED_COUNT),
                       *interval = value_field(trace, REPLAYED_INTERVAL), *type = value_field(trace, REPLAYED_TYPE),
                       *only = value_field(trace, REPLAYED_ONLY), *spread = value_field(trace, REPLAYED_SPREAD);
    size_t before = p->n_errors;
    if (!time->given && !count->given)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &trace->place, "%s.trace needs 'time' or 'count'", e->path);
    if (count->given && !interval->given)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &count->place, "%s.trace: 'count' needs 'interval'", e->path);
    if (interval->given && !count->given)
        useless(e, interval, "interval", "count", p);
    if (spread->given && !count->given)
        useless(e, spread, "spread", "count", p);
    if (only->given && !type->given)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &only->place, "%s.trace: 'only' needs 'type'", e->path);
    if (type->given && !only->given)
        useless(e, type, "type", "only", p);
    if (p->n_errors == before)
        producer_replay_check(e, p);
}

/* --- all --- */

static void check_done_at(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct spec_entity *target = spec_value(e, PRODUCER_TARGET)->ref, *done = producer_done_at(spec, e);
    if (target == NULL)
        return;
    if (done != NULL) {
        if (!reach_leads(spec, target, done))
            problem_note(problem_add(p, SEVERITY_WARNING, CHECK_DONE_AT, &spec_value(e, PRODUCER_DONE_AT)->place,
                                     "no request of %s can come to %s", e->path, done->path),
                         "nothing on the way from %s calls it or sends to it; all would be lost", target->path);
        return;
    }
    struct problem *x =
        problem_add(p, SEVERITY_ERROR, CHECK_DONE_AT, &e->place, "where is a request of %s done?", e->path);
    problem_note(x, "set done_at to the entity whose success is the effect, as in done_at = \"fleet.workers\"");
}

static void check_call(const struct spec_entity *e, struct problems *p)
{
    const struct value *call = spec_value(e, PRODUCER_CALL);
    caller_check(e, call, p);
    if (spec_int(e, PRODUCER_SEND_BATCH) != 0 && !caller_is_plain(call))
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &call->place,
                    "%s: send_batch knows timeout, attempts and backoff, no latency, hedge, budget or breaker", e->path);
}

void producer_check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    int64_t arrivals = spec_int(e, PRODUCER_ARRIVALS);
    size_t before = p->n_errors;
    check_meanings(e, p);
    event_mix_check(e, spec_value(e, PRODUCER_EVENTS), p);
    check_done_at(spec, e, p);
    if (p->n_errors > before)
        return;
    check_batch(e, p);
    check_call(e, p);
    if (RATED >> arrivals & 1)
        check_rated(e, p);
    else if (arrivals == ARRIVALS_RENEWAL)
        check_passes(e, spec_value(e, PRODUCER_INTERVAL), "the interval", p);
    else if (arrivals == ARRIVALS_MMPP)
        check_states(e, p);
    else if (arrivals == ARRIVALS_TRACE)
        check_trace(e, p);
    else
        check_closed(e, p);
}
