/* find_fluid.c - spikes and outages: rates and capacities that change at known times, as a fluid. A
 * queue keeps what it cannot work off; a station with a bounded room refuses it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "crew.h"
#include "fluid.h"
#include "reading.h"

#define PIECES 256
#define WAVES  8

struct timeline {
    size_t n;
    struct fluid_piece piece[PIECES + 1];
    double room[PIECES + 1];
    bool refuses[PIECES + 1]; /* someone on the way is down */
    double end; /* as far as the rates are known */
};

/* What is served: by the reader of a queue, or by a station itself. */
struct basin {
    const struct spec_entity *at, *server; /* queue and fleet, or the station twice */
    unsigned servers;
    struct timelaw own;
    double room; /* INFINITY: unbounded */
};

static double fault_end(const struct spec_entity *fault)
{
    const struct value *length = setting(fault, "for");
    return length == NULL ? INFINITY
                          : sim_seconds(setting_int(fault, "at", 0)) + sim_seconds(length->i);
}

/* In force at t, counting its returns. */
static bool in_force(const struct spec_entity *fault, double t)
{
    double at = setting_seconds(fault, "at", 0), length = fault_end(fault) - at,
           every = setting_seconds(fault, "every", 0);
    if (t < at)
        return false;
    return (every > 0 ? fmod(t - at, every) : t - at) < length;
}

/* The time that a job takes at an entity is multiplied by this; INFINITY: it is not done. */
static double slowness(const struct spec *spec, const struct spec_entity *e, double t, bool *down)
{
    double factor = 1;
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct spec_entity *fault = &spec->entity[i];
        if (!kind_is(fault, "fault") || setting_ref(fault, "target") != e || !in_force(fault, t))
            continue;
        if (setting_is(fault, "effect", "down") || setting_is(fault, "effect", "hang"))
            factor = INFINITY;
        *down |= setting_is(fault, "effect", "down");
        const struct value *slow = setting(fault, "factor");
        if (setting_is(fault, "effect", "slow") && slow != NULL)
            factor *= slow->number;
    }
    return factor;
}

static double capacity(const struct spec *spec, const struct basin *b, double t, bool *down)
{
    double time = b->own.mean > 0 ? b->own.mean * slowness(spec, b->server, t, down) : 0;
    if (b->own.mean == 0 && isinf(slowness(spec, b->server, t, down)))
        return 0;
    for (uint32_t i = 0; i < steps_n(b->server, "calls"); i++) {
        const struct spec_entity *to = steps_target(b->server, "calls", i);
        bool called_down = false;
        if (to != NULL)
            time += setting_law(to, kind_is(to, "database") ? "write_time" : "time").mean *
                    slowness(spec, to, t, &called_down);
    }
    return isinf(time) ? 0 : b->servers / time;
}

/* --- the times at which something changes --- */

static void add(double *at, size_t *n, double t, double end)
{
    if (t > 0 && t < end && *n < PIECES)
        at[(*n)++] = t;
}

static int by_time(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static size_t changes(const struct spec *spec, double *at)
{
    size_t n = 0;
    double end = sim_seconds(spec->duration + spec->drain);
    add(at, &n, sim_seconds(spec->duration), end);
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct spec_entity *e = &spec->entity[i];
        const struct value *profile = setting(e, "profile");
        for (uint32_t k = 0; profile != NULL && k < profile->list.n; k++) {
            const struct value *from = setting_field(e, "profile", &profile->list.item[k], "at"),
                               *length = setting_field(e, "profile", &profile->list.item[k], "for");
            if (from == NULL || length == NULL)
                continue;
            add(at, &n, sim_seconds(from->i), end);
            add(at, &n, sim_seconds(from->i) + sim_seconds(length->i), end);
        }
        if (kind_is(e, "producer"))
            add(at, &n, setting_seconds(e, "start", 0), end);
        if (!kind_is(e, "fault"))
            continue;
        double every = setting_seconds(e, "every", INFINITY), from = setting_seconds(e, "at", 0),
               length = fault_end(e) - from;
        for (; from < end && n < PIECES; from += every) {
            add(at, &n, from, end);
            add(at, &n, from + length, end);
        }
    }
    qsort(at, n, sizeof *at, by_time);
    return n;
}

static void draw(struct look *l, const struct basin *b, struct timeline *t)
{
    double at[PIECES + 1] = {0};
    size_t n = changes(l->spec, at + 1) + 1;
    *t = (struct timeline){.end = sim_seconds(l->spec->duration + l->spec->drain)};
    for (size_t i = 0; i < n && at[i] < t->end; i++) {
        if (i > 0 && at[i] == at[i - 1])
            continue;
        bool down = false;
        double rate = flow_rate_at(&l->flows, b->at, at[i]);
        if (isnan(rate)) {
            t->end = at[i];
            return;
        }
        struct fluid_piece *p = &t->piece[t->n];
        *p = (struct fluid_piece){at[i], rate, capacity(l->spec, b, at[i], &down)};
        t->refuses[t->n] = down;
        t->room[t->n++] = down && b->at == b->server ? 0 : b->room;
    }
}

/* --- findings --- */

static void show(struct look *l, const struct basin *b, const struct fluid_wave *w,
                 const char *name, bool largest, bool failing)
{
    struct findings *f = l->findings;
    struct finding *x =
        finding_add(f, FINDING_FLUID,
                    findings_text(f, "%s, from %s", name, time_note(f, w->begins)), "backlog");
    bool queue = b->at != b->server;
    finding_source(x, "Newell, Applications of Queueing Theory, ch. 2");
    finding_note(f, x,
                 "rates and capacity without chance; first attempts only, and every message needs "
                 "one receive");
    if (failing)
        finding_note(f, x,
                     "what is received meanwhile fails and comes back after its visibility "
                     "timeout: the drain may lag by as much, "
                     "and each receive counts towards a dead-letter queue");
    struct finding_value *peak = finding_value(f, x, "peak backlog", w->peak, UNIT_ONE), *wait;
    finding_seconds(f, x, "peak at", w->peak_at);
    finding_seconds(f, x, "empty again at", w->empty_at);
    finding_seconds(f, x, "time to drain after the peak", w->empty_at - w->peak_at);
    finding_value(f, x, "messages delayed", w->delayed, UNIT_ONE);
    wait = finding_seconds(f, x, "longest wait", w->max_wait);
    finding_seconds(f, x, "mean wait of the delayed", w->mean_wait);
    if (largest && isfinite(w->peak)) {
        value_probe(peak, b->at->path, queue ? "depth" : "waiting", "max");
        value_probe(wait, b->at->path, "wait", "max");
    }
}

static void refused(struct look *l, const struct basin *b, const struct timeline *t)
{
    struct findings *f = l->findings;
    double lost = fluid_refused(t->piece, t->room, t->n, t->end);
    if (lost < 1)
        return;
    struct finding *x = finding_add(
        f, FINDING_FLUID, findings_text(f, "%s, overload and outage", b->at->path), "refusals");
    finding_source(x, "Newell, Applications of Queueing Theory, ch. 2");
    finding_note(f, x,
                 "%s are inside at most; more are refused, and so is everything while it is down",
                 number_note(f, b->room, ""));
    finding_note(f, x,
                 "first attempts only: each that is refused and tried again adds to what comes");
    finding_value(f, x, "calls refused", lost, UNIT_ONE);
}

static void look_at(struct look *l, const struct basin *b, const char *name)
{
    struct timeline t;
    struct fluid_wave wave[WAVES];
    size_t largest = 0;
    if (!(b->own.mean > 0) && steps_n(b->server, "calls") == 0)
        return;
    draw(l, b, &t);
    if (t.n < 2)
        return;
    if (isfinite(b->room)) {
        refused(l, b, &t);
        return;
    }
    size_t n = fluid_waves(t.piece, t.n, wave, WAVES);
    n = n < WAVES ? n : WAVES;
    if (t.end < sim_seconds(l->spec->duration) && n > 0 && wave[n - 1].empty_at > t.end)
        n--; /* it goes on into what is not known */
    for (size_t i = 1; i < n; i++)
        largest = wave[i].peak > wave[largest].peak ? i : largest;
    for (size_t i = 0; i < n; i++) {
        bool failing = false;
        for (uint32_t k = 0; k < steps_n(b->server, "calls") && b->at != b->server; k++) {
            const struct spec_entity *to = steps_target(b->server, "calls", k);
            if (to != NULL)
                slowness(l->spec, to, wave[i].begins, &failing);
        }
        show(l, b, &wave[i], name, i == largest, failing);
    }
}

static void one(struct look *l, const struct spec_entity *queue, const struct spec_entity *fleet)
{
    if (fleet == NULL)
        return;
    struct crew c = crew_of(l, queue, fleet);
    if (c.why_not != NULL)
        return;
    struct basin b = {queue, fleet, c.servers, setting_law(fleet, "time"), INFINITY};
    look_at(l, &b, crew_name(l, &c));
}

void find_fluid(struct look *l)
{
    crew_each(l, one);
    for (uint32_t i = 0; i < l->spec->n_entity; i++) {
        const struct spec_entity *e = &l->spec->entity[i];
        if (!station_is(e) || size_is_driven(l->spec, e) || flow_into(&l->flows, e)->closed != NULL ||
            flow_into(&l->flows, e)->rate == 0 || steps_n(e, "calls") > 0 || is_lent(l->spec, e))
            continue;
        struct station_question q = station_question(&l->flows, e);
        bool called_by_fleet = false;
        for (uint32_t k = 0; k < l->spec->n_entity; k++) {
            for (uint32_t s = 0; s < steps_n(&l->spec->entity[k], "calls"); s++)
                called_by_fleet |= kind_is(&l->spec->entity[k], "fleet") &&
                                   steps_target(&l->spec->entity[k], "calls", s) == e;
        }
        struct basin b = {e, e, q.servers, q.service, q.places + q.servers};
        if (!called_by_fleet &&
            isfinite(
                q.service.mean)) /* workers take no more than they can: find the queue's own wave */
            look_at(l, &b, e->path);
    }
}
