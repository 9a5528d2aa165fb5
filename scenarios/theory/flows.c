/* flows.c - see flows.h. */
#include "flows.h"

#include <math.h>

#include "reading.h"

enum { UNKNOWN, BEING_FOUND, KNOWN };

const struct flow *flow_into(const struct flows *f, const struct spec_entity *e)
{
    return &f->into[e->index];
}

const struct spec_entity *queue_reader(const struct spec *spec, const struct spec_entity *queue,
                                       uint32_t *n)
{
    const struct spec_entity *reader = NULL;
    *n = 0;
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        if (setting_ref(&spec->entity[i], "source") != queue)
            continue;
        reader = &spec->entity[i];
        (*n)++;
    }
    return reader;
}

/* --- visits --- */

struct tour {
    struct flows *flows;
    double *visits;                   /* [entity], of one producer */
    const struct spec_entity **order; /* those that it leads to, each after all that it leads to itself */
    uint8_t *seen;
    uint32_t n;
    bool ring;
};

typedef void tour_step(struct tour *, const struct spec_entity *to, double weight);

/* Who comes next for each time that somebody comes to e. */
static void each_step(struct tour *t, const struct spec_entity *e, double weight, tour_step *step)
{
    static const char *const lists[] = {"calls", "sends"};
    for (int k = 0; k < 2; k++) {
        for (uint32_t i = 0; i < steps_n(e, lists[k]); i++)
            step(t, steps_target(e, lists[k], i), weight);
    }
    if (lends(e))
        step(t, setting_ref(e, "target"), weight);
    uint32_t readers;
    const struct spec_entity *reader =
        kind_is(e, "queue") ? queue_reader(t->flows->spec, e, &readers) : NULL;
    if (reader != NULL)
        step(t, reader, readers == 1 ? weight : NAN);
}

static void go_down(struct tour *t, const struct spec_entity *e, double weight)
{
    (void)weight;
    if (e == NULL || t->seen[e->index] == KNOWN)
        return;
    if (t->seen[e->index] == BEING_FOUND) {
        t->ring = true;
        return;
    }
    t->seen[e->index] = BEING_FOUND;
    each_step(t, e, 1, go_down);
    t->seen[e->index] = KNOWN;
    t->order[t->n++] = e;
}

static void come(struct tour *t, const struct spec_entity *to, double weight)
{
    if (to != NULL)
        t->visits[to->index] += weight;
}

/* Each entity is looked at once, after all from which something comes to it: through a few layers of services there are more
 * ways than anybody can walk. */
static void count_visits(struct flows *f, const struct spec_entity *producer)
{
    uint32_t n = f->spec->n_entity;
    struct tour t = {.flows = f,
                     .visits = &f->visits[producer->index * n],
                     .order = arena_get(&f->findings->arena, (n + 1) * sizeof *t.order),
                     .seen = arena_get(&f->findings->arena, n + 1)};
    if (t.order == NULL || t.seen == NULL) {
        f->findings->failed = true;
        return;
    }
    go_down(&t, setting_ref(producer, "target"), 1);
    come(&t, setting_ref(producer, "target"), 1);
    for (uint32_t i = t.n; i-- > 0;) {
        if (t.ring)
            t.visits[t.order[i]->index] = NAN;
        else
            each_step(&t, t.order[i], t.visits[t.order[i]->index], come);
    }
}

static bool is_closed(const struct spec_entity *e)
{
    return setting_is(e, "arrivals", "closed");
}

static double base_rate(const struct spec_entity *producer)
{
    const struct value *rate = setting(producer, "rate");
    return rate == NULL || rate->type != VALUE_RATE ? NAN : rate_per_second(rate->rate);
}

static bool is_latecomer(const struct spec_entity *producer)
{
    return !is_closed(producer) && isnan(base_rate(producer)) && setting_seconds(producer, "start", 0) > 0;
}

static void add_producer(struct flows *f, const struct spec_entity *p)
{
    uint32_t n = f->spec->n_entity;
    count_visits(f, p);
    for (uint32_t i = 0; i < n; i++) {
        double visits = f->visits[p->index * n + i];
        struct flow *into = &f->into[i];
        if (visits == 0 || is_latecomer(p))
            continue;
        if (is_closed(p))
            into->closed = p;
        into->rate += is_closed(p) ? NAN : visits * base_rate(p);
        if (isnan(visits))
            into->doubt = "several fleets share a queue on the way, or the way is a ring";
        else if (isnan(into->rate) && into->doubt == NULL)
            into->doubt = is_closed(p)
                              ? "its users wait for their answers: the rate depends on the delay"
                              : "its producer has no fixed rate";
    }
}

/* --- kinds of streams --- */

static void other(struct flow *into, const char *doubt)
{
    into->stream = STREAM_OTHER;
    if (into->doubt == NULL)
        into->doubt = doubt;
}

static void find_stream(struct flows *f, const struct spec_entity *e);

static enum stream producer_stream(struct flows *f, const struct spec_entity *p, const char **doubt)
{
    static const char *const known[] = {"arrivals", "rate",     "profile", "start", "limit",
                                        "users",    "think",    "target",  "call",  "size",
                                        "key",      "deadline", "done_at", NULL};
    const char *beyond = settings_beyond(f->findings, p, known);
    *doubt = NULL;
    if (beyond == NULL && setting_is(p, "arrivals", "poisson"))
        return STREAM_POISSON;
    if (beyond == NULL && setting_is(p, "arrivals", "constant"))
        return STREAM_EVEN;
    *doubt = beyond != NULL
                 ? findings_text(f->findings, "%s is shaped by %s", p->path, beyond)
                 : findings_text(f->findings, "%s makes arrivals of another kind", p->path);
    return STREAM_OTHER;
}

/* What leaves an entity for its step number `step` (calls first), given what comes in. */
static enum stream output(struct flows *f, const struct spec_entity *e, uint32_t step,
                          const char **doubt)
{
    const struct flow *in = flow_into(f, e);
    struct timelaw own = setting_law(e, "time");
    *doubt = in->doubt;
    if (in->stream == STREAM_OTHER)
        return STREAM_OTHER;
    *doubt = findings_text(f->findings, "they come from %s after another call", e->path);
    if (step > 0 && steps_n(e, "calls") > 0)
        return STREAM_OTHER;
    /* Independent delays leave a Poisson stream Poisson (displacement), a constant one leaves any
     * as it is. */
    if (hold_never_binds(f, e) && (in->stream == STREAM_POISSON || own.shape == TIMELAW_CONSTANT))
        return in->stream;
    /* Burke: what leaves M/M/c is Poisson. */
    bool burke = in->stream == STREAM_POISSON && own.shape == TIMELAW_EXPONENTIAL &&
                 steps_n(e, "calls") == 0;
    if (burke && setting(e, "waiting") == NULL)
        return STREAM_POISSON;
    *doubt = findings_text(f->findings, "what leaves %s is not Poisson", e->path);
    return STREAM_OTHER;
}

static void join(struct flows *f, struct flow *into, uint32_t *n, enum stream stream,
                 const char *doubt)
{
    if ((*n)++ == 0)
        into->stream = stream;
    if (stream == STREAM_OTHER)
        other(into, doubt);
    else if (*n > 1 && (stream != STREAM_POISSON || into->stream != STREAM_POISSON))
        other(into, findings_text(f->findings, "several streams meet that are not all Poisson"));
}

static void join_steps(struct flows *f, const struct spec_entity *from, const struct spec_entity *e,
                       struct flow *into, uint32_t *n)
{
    static const char *const lists[] = {"calls", "sends"};
    uint32_t step = 0, own = 0;
    for (int k = 0; k < 2; k++) {
        for (uint32_t i = 0; i < steps_n(from, lists[k]); i++, step++) {
            if (steps_target(from, lists[k], i) != e || flow_into(f, from)->rate == 0)
                continue;
            const char *doubt;
            find_stream(f, from);
            enum stream out = output(f, from, step, &doubt);
            join(f, into, n, out, doubt);
            if (own++ > 0)
                other(into,
                      findings_text(f->findings, "%s comes twice for one request", from->path));
        }
    }
}

static void find_stream(struct flows *f, const struct spec_entity *e)
{
    struct flow *into = &f->into[e->index];
    uint32_t n = 0;
    if (f->state[e->index] != UNKNOWN)
        return;
    f->state[e->index] = BEING_FOUND; /* a ring ends here, with a rate that is NAN */
    for (uint32_t i = 0; i < f->spec->n_entity; i++) {
        const struct spec_entity *from = &f->spec->entity[i];
        if (kind_is(from, "producer") && is_latecomer(from))
            continue;
        if (setting_ref(from, "target") == e && kind_is(from, "producer")) {
            const char *doubt;
            enum stream stream = producer_stream(f, from, &doubt);
            join(f, into, &n, stream, doubt);
        } else if (lends(from) && setting_ref(from, "target") == e) {
            join(f, into, &n, STREAM_OTHER,
                 findings_text(f->findings, "calls wait for connections of %s first", from->path));
        } else {
            join_steps(f, from, e, into, &n);
        }
    }
    const struct spec_entity *source = setting_ref(e, "source");
    if (source != NULL) {
        find_stream(f, source);
        join(f, into, &n, flow_into(f, source)->stream, flow_into(f, source)->doubt);
    }
    f->state[e->index] = KNOWN;
}

bool flows_count(struct flows *f, struct findings *findings, const struct spec *spec)
{
    size_t n = spec->n_entity;
    *f = (struct flows){.spec = spec, .findings = findings};
    f->into = arena_get(&findings->arena, (n + 1) * sizeof *f->into);
    f->visits = arena_get(&findings->arena, (n * n + 1) * sizeof *f->visits);
    f->state = arena_get(&findings->arena, n + 1);
    f->hold = arena_get(&findings->arena, (n + 1) * sizeof *f->hold);
    f->held = arena_get(&findings->arena, n + 1);
    if (f->into == NULL || f->visits == NULL || f->state == NULL || f->hold == NULL || f->held == NULL) {
        findings->failed = true;
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (kind_is(&spec->entity[i], "producer"))
            add_producer(f, &spec->entity[i]);
    }
    return true;
}

bool flows_trace(struct flows *f, struct findings *findings, const struct spec *spec)
{
    if (!flows_count(f, findings, spec))
        return false;
    for (uint32_t i = 0; i < spec->n_entity; i++)
        find_stream(f, &spec->entity[i]);
    return true;
}

/* --- rates over time --- */

static double producer_rate_at(const struct spec_entity *p, double t)
{
    const struct value *profile = setting(p, "profile");
    for (uint32_t i = 0; profile != NULL && i < profile->list.n; i++) {
        const struct value *span = &profile->list.item[i],
                           *at = setting_field(p, "profile", span, "at"),
                           *length = setting_field(p, "profile", span, "for"),
                           *rate = setting_field(p, "profile", span, "rate");
        if (at == NULL || length == NULL || rate == NULL)
            return NAN;
        if (t >= sim_seconds(at->i) && t < sim_seconds(at->i) + sim_seconds(length->i))
            return rate_per_second(rate->rate);
    }
    return base_rate(p);
}

double flow_rate_at(const struct flows *f, const struct spec_entity *e, double t)
{
    double sum = 0;
    uint32_t n = f->spec->n_entity;
    for (uint32_t i = 0; i < n; i++) {
        const struct spec_entity *p = &f->spec->entity[i];
        double visits = f->visits[i * n + e->index];
        if (kind_is(p, "producer") && visits != 0 && t >= setting_seconds(p, "start", 0) &&
            t < sim_seconds(f->spec->duration))
            sum += visits * (is_closed(p) ? NAN : producer_rate_at(p, t));
    }
    return sum;
}

bool flow_varies(const struct flows *f, const struct spec_entity *e)
{
    uint32_t n = f->spec->n_entity;
    for (uint32_t i = 0; i < n; i++) {
        const struct value *profile = setting(&f->spec->entity[i], "profile");
        if (f->visits[i * n + e->index] != 0 && profile != NULL && profile->list.n > 0)
            return true;
    }
    return false;
}

const struct spec_entity *flow_latecomer(const struct flows *f, const struct spec_entity *e)
{
    uint32_t n = f->spec->n_entity;
    for (uint32_t i = 0; i < n; i++) {
        const struct spec_entity *p = &f->spec->entity[i];
        if (kind_is(p, "producer") && f->visits[i * n + e->index] != 0 && is_latecomer(p))
            return p;
    }
    return NULL;
}

const struct spec_entity *flow_only_producer(const struct flows *f, const struct spec_entity *e)
{
    const struct spec_entity *only = NULL;
    uint32_t n = f->spec->n_entity;
    for (uint32_t i = 0; i < n; i++) {
        double visits = f->visits[i * n + e->index];
        if (visits == 0)
            continue;
        if (only != NULL || visits != 1 || is_closed(&f->spec->entity[i]))
            return NULL;
        only = &f->spec->entity[i];
    }
    return only;
}
