/* world_metrics.c - the metric table of a scenario and the observers behind it: scenario metrics first, summed over the
 * producers, then each entity's own in the order of its room's table. */
#include "world_metrics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"

enum { OFFERED, IN_TIME, LATE, WAITING, LOST, REPEATED, GAVE_UP_DONE, GOODPUT, LATENCY, ANSWER, DONE, N_SCENARIO };

static const struct metric_def scenario_metric[N_SCENARIO] = {
    [OFFERED] = {"offered", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "Requests born."},
    [IN_TIME] = {"in_time", NULL, OBS_COUNTER, UNIT_ONE, 0,
                 "Requests whose first effect came within the deadline."},
    [LATE] = {"late", NULL, OBS_COUNTER, UNIT_ONE, 0,
              "Requests whose first effect came after the deadline."},
    [WAITING] = {"waiting", NULL, OBS_COUNTER, UNIT_ONE, 0,
                 "Requests without effect of which a copy is alive at the end."},
    [LOST] = {"lost", NULL, OBS_COUNTER, UNIT_ONE, 0,
              "Requests without effect of which no copy is left."},
    [REPEATED] = {"repeated", NULL, OBS_COUNTER, UNIT_ONE, 0, "Effects beyond a request's first."},
    [GAVE_UP_DONE] = {"gave_up_done", NULL, OBS_COUNTER, UNIT_ONE, 0,
                      "Requests that had their effect though the client was told no."},
    [GOODPUT] = {"goodput", NULL, OBS_LEVEL, UNIT_PER_SECOND, 0,
                 "Requests in time per second of the measured arrivals."},
    [LATENCY] = {"latency", NULL, OBS_TALLY, UNIT_NS, METRIC_HIST | METRIC_SERIES,
                 "Time from birth to the first effect."},
    [ANSWER] = {"answer", NULL, OBS_TALLY, UNIT_NS, METRIC_HIST | METRIC_SERIES,
                "Time from birth to what the client was told."},
    [DONE] = {"done", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES,
              "Requests with an effect: in time or late."},
};

static struct metric_id id_of(const char *entity, const struct metric_def *d)
{
    return (struct metric_id){entity, d->name, d->cloudwatch, d->doc, d->kind, d->unit, (d->flags & METRIC_AT_END) != 0};
}

static uint32_t parts_of(const struct spec_entity *e)
{
    return e->room->parts == NULL ? 0 : e->room->parts(e);
}

static uint32_t metrics_of(const struct spec_entity *e)
{
    return e->room->n_metric + parts_of(e) * e->room->n_part_metric;
}

/* "topic.orders[seoul]"; NULL: memory is short. */
static const char *part_path(const struct spec_entity *e, uint32_t part, struct arena *arena)
{
    const char *name = e->room->part_name(e, part, arena);
    size_t size = name == NULL ? 0 : strlen(e->path) + strlen(name) + 3;
    char *path = name == NULL ? NULL : arena_get(arena, size);
    if (path != NULL)
        snprintf(path, size, "%s[%s]", e->path, name);
    return path;
}

/* The parts' metrics of one entity, from *id on; false: memory is short. */
static bool list_parts(const struct spec_entity *e, struct arena *arena, struct metric_id *id, uint32_t *at)
{
    for (uint32_t p = 0; p < parts_of(e); p++) {
        const char *path = part_path(e, p, arena);
        if (path == NULL)
            return false;
        for (uint32_t m = 0; m < e->room->n_part_metric; m++)
            id[(*at)++] = id_of(path, &e->room->part_metric[m]);
    }
    return true;
}

const struct metric_id *world_metrics(const struct spec *spec, struct arena *arena, uint32_t *n)
{
    uint32_t total = N_SCENARIO, at = 0;
    for (uint32_t i = 0; i < spec->n_entity; i++)
        total += metrics_of(&spec->entity[i]);
    struct metric_id *id = arena_get(arena, total * sizeof(*id));
    if (id == NULL)
        return NULL;
    for (uint32_t m = 0; m < N_SCENARIO; m++)
        id[at++] = id_of("", &scenario_metric[m]);
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct spec_entity *e = &spec->entity[i];
        for (uint32_t m = 0; m < e->room->n_metric; m++)
            id[at++] = id_of(e->path, &e->room->metric[m]);
        if (!list_parts(e, arena, id, &at))
            return NULL;
    }
    *n = total;
    return id;
}

bool metrics_open(struct world *w)
{
    uint32_t n = 1;
    for (uint32_t i = 0; i < w->spec->n_entity; i++)
        n += metrics_of(&w->spec->entity[i]);
    w->metric = arena_get(&w->arena, n * sizeof(*w->metric));
    w->n_metric = 0;
    return w->metric != NULL;
}

/* Metrics come in the order of the room's table: that order is the identity of a result's column. */
static const struct metric_def *enter(struct entity *e, unsigned metric, enum obs_kind kind, void *observer)
{
    struct world *w = e->world;
    const struct metric_def *def = &e->room->metric[metric];
    uint32_t n = w->n_metric;
    CHECK(metric < e->room->n_metric && def->kind == kind);
    CHECK(metric == 0 ? n == 0 || w->metric[n - 1].entity != e
                      : n > 0 && w->metric[n - 1].entity == e && w->metric[n - 1].def == def - 1);
    w->metric[w->n_metric++] = (struct metric_slot){def, e, observer};
    return def;
}

static uint32_t buckets(const struct world *w, const struct metric_def *def)
{
    if (!w->spec->series || (def->flags & METRIC_SERIES) == 0)
        return 0;
    return (uint32_t)((w->end - 1) / w->spec->interval + 1);
}

/* Of the metric that has been entered last. What goes into the scenario's own is asked for with that. */
static bool wants_hist(const struct world *w, const struct metric_def *def)
{
    const bool *asked = w->spec->asked;
    bool is_asked = asked == NULL || (def->flags & METRIC_SUMMED) != 0 || asked[N_SCENARIO + w->n_metric - 1];
    return w->spec->hist && (def->flags & METRIC_HIST) != 0 && is_asked;
}

/* The first of a part comes after the last of the part, or of the entity, before it. */
static const struct metric_def *enter_part(struct entity *e, uint32_t part, unsigned metric, enum obs_kind kind, void *observer)
{
    struct world *w = e->world;
    const struct room *room = e->room;
    const struct metric_def *def = &room->part_metric[metric];
    uint32_t n = w->n_metric, before = room->n_metric + part * room->n_part_metric + metric;
    CHECK(metric < room->n_part_metric && part < parts_of(e->spec) && def->kind == kind);
    CHECK(n >= before && (before == 0 || w->metric[n - before].entity == e) && (n == before || w->metric[n - before - 1].entity != e));
    w->metric[w->n_metric++] = (struct metric_slot){def, e, observer};
    return def;
}

static bool extend_counter(struct world *w, const struct metric_def *def, struct obs_counter *c)
{
    return obs_counter_extend(c, buckets(w, def), w->spec->interval);
}

static bool extend_level(struct world *w, const struct metric_def *def, struct obs_level *l)
{
    return obs_level_extend(l, wants_hist(w, def), buckets(w, def), w->spec->interval);
}

static bool extend_tally(struct world *w, const struct metric_def *def, struct obs_tally *t)
{
    return obs_tally_extend(t, wants_hist(w, def), buckets(w, def), w->spec->interval);
}

bool entity_counter(struct entity *e, unsigned metric, struct obs_counter *c)
{
    obs_counter_init(c);
    return extend_counter(e->world, enter(e, metric, OBS_COUNTER, c), c);
}

bool entity_level(struct entity *e, unsigned metric, struct obs_level *l, int64_t value)
{
    obs_level_init(l, world_now(e->world), value);
    return extend_level(e->world, enter(e, metric, OBS_LEVEL, l), l);
}

bool entity_tally(struct entity *e, unsigned metric, struct obs_tally *t)
{
    obs_tally_init(t);
    return extend_tally(e->world, enter(e, metric, OBS_TALLY, t), t);
}

bool part_counter(struct entity *e, uint32_t part, unsigned metric, struct obs_counter *c)
{
    obs_counter_init(c);
    return extend_counter(e->world, enter_part(e, part, metric, OBS_COUNTER, c), c);
}

bool part_level(struct entity *e, uint32_t part, unsigned metric, struct obs_level *l, int64_t value)
{
    obs_level_init(l, world_now(e->world), value);
    return extend_level(e->world, enter_part(e, part, metric, OBS_LEVEL, l), l);
}

bool part_tally(struct entity *e, uint32_t part, unsigned metric, struct obs_tally *t)
{
    obs_tally_init(t);
    return extend_tally(e->world, enter_part(e, part, metric, OBS_TALLY, t), t);
}

bool entity_share(struct entity *e, unsigned metric, struct obs_share *s, const struct obs_level *part,
                  const struct obs_level *whole)
{
    *s = (struct obs_share){part, whole};
    const struct metric_def *def = enter(e, metric, OBS_LEVEL, s);
    CHECK(def->flags & METRIC_SHARE);
    return true;
}

void metrics_made(const struct entity *e)
{
    const struct world *w = e->world;
    uint32_t n = metrics_of(e->spec);
    CHECK(n <= w->n_metric && (n == 0 || w->metric[w->n_metric - n].entity == e) &&
          (n == w->n_metric || w->metric[w->n_metric - n - 1].entity != e));
}

static struct metric_value only_mean(double mean)
{
    return (struct metric_value){
        .mean = mean, .sd = NAN, .min = NAN, .max = NAN, .last = NAN, .sum = NAN, .min_at = NAN, .max_at = NAN};
}

/* The integral of a level up to now; its histogram and series may have moved over already. */
static double area(const struct obs_level *l, sim_time now)
{
    return (double)(obs_level_integral(l, now) - l->forgotten);
}

static void take(struct metric_value *v, const struct metric_slot *m, sim_time now)
{
    if (m->def->flags & METRIC_SHARE) {
        const struct obs_share *s = m->observer;
        double whole = area(s->whole, now);
        *v = only_mean(whole > 0 ? area(s->part, now) / whole : NAN);
    } else if (m->def->kind == OBS_COUNTER) {
        metric_take_counter(v, m->observer);
    } else if (m->def->kind == OBS_LEVEL) {
        metric_take_level(v, m->observer, now);
    } else {
        metric_take_tally(v, m->observer);
    }
}

/* --- sums over the producers --- */

static bool add_series(struct series **into, const struct series *s, enum obs_kind kind)
{
    if (s == NULL)
        return true;
    if (*into == NULL && !series_open(into, kind, s->n, s->width))
        return false;
    for (uint32_t i = 0; i < s->n; i++) {
        (*into)->sum[i] += s->sum[i];
        if (s->count != NULL)
            (*into)->count[i] += s->count[i];
        if (s->max != NULL && s->max[i] > (*into)->max[i])
            (*into)->max[i] = s->max[i];
    }
    return true;
}

/* Two samples together, without their series. */
static void add_moments(struct obs_tally *a, const struct obs_tally *b)
{
    a->n += b->n;
    a->sum += b->sum;
    a->settled += b->n;
    a->settled_sum += b->sum;
    a->overflowed = __builtin_add_overflow(a->sum2, b->sum2, &a->sum2) || a->overflowed || b->overflowed;
    a->min = b->min < a->min ? b->min : a->min;
    a->max = b->max > a->max ? b->max : a->max;
}

static bool add_tally(struct obs_tally *into, const struct obs_tally *t)
{
    if (t->n > 0)
        add_moments(into, t);
    if (t->hist != NULL) {
        if (!obs_tally_extend(into, true, 0, 1))
            return false;
        hist_merge(into->hist, t->hist);
    }
    return add_series(&into->series, t->series, OBS_TALLY);
}

static bool sum_births(const struct world *w, struct result *r)
{
    const struct request_table *t = &w->requests;
    if (t->n_birth == 0)
        return true;
    r->by_birth = mem_get_zero(t->n_birth, sizeof(*r->by_birth));
    if (r->by_birth == NULL)
        return false;
    r->n_birth = t->n_birth;
    r->birth_width = t->birth_width;
    for (uint32_t i = 0; i < t->n_source; i++) {
        for (uint32_t b = 0; b < t->n_birth; b++)
            fates_add(&r->by_birth[b], &t->source[i]->by_birth[b]);
    }
    return true;
}

static void set_count(struct metric_value *v, uint64_t n)
{
    struct series *series = v->series;
    *v = only_mean(NAN);
    v->n = n;
    v->sum = (double)n;
    v->series = series;
}

static void fill_fates(struct result *r)
{
    const struct fates *f = &r->fates;
    set_count(&r->metric[OFFERED], f->offered);
    set_count(&r->metric[IN_TIME], f->in_time);
    set_count(&r->metric[LATE], f->late);
    set_count(&r->metric[WAITING], f->waiting);
    set_count(&r->metric[LOST], f->lost);
    set_count(&r->metric[REPEATED], f->repeated);
    set_count(&r->metric[GAVE_UP_DONE], f->gave_up_done);
    set_count(&r->metric[DONE], f->in_time + f->late);
    r->metric[GOODPUT] =
        only_mean(r->observed > 0 ? (double)f->in_time / sim_seconds(r->observed) : NAN);
}

/* Its room has marked it as what it is (METRIC_SUMMED). */
static bool can_be_summed(const struct world *w, const struct obs_tally *t)
{
    return t->n == 0 || t->hist != NULL || !w->spec->hist;
}

static bool sum_sources(struct world *w, struct result *r)
{
    struct obs_tally latency, answer;
    bool ok = sum_births(w, r);
    obs_tally_init(&latency);
    obs_tally_init(&answer);
    for (uint32_t i = 0; i < w->requests.n_source && ok; i++) {
        const struct request_source *s = w->requests.source[i];
        fates_add(&r->fates, &s->fates);
        CHECK(can_be_summed(w, &s->latency) && can_be_summed(w, &s->answer));
        ok = add_tally(&latency, &s->latency) && add_tally(&answer, &s->answer) &&
             add_series(&r->metric[OFFERED].series, s->offered.series, OBS_COUNTER) &&
             add_series(&r->metric[DONE].series, s->done.series, OBS_COUNTER);
    }
    metric_take_tally(&r->metric[LATENCY], &latency);
    metric_take_tally(&r->metric[ANSWER], &answer);
    fill_fates(r);
    return ok;
}

bool metrics_take(struct world *w, struct result *r)
{
    sim_time now = world_now(w);
    CHECK(r->n_metric == N_SCENARIO + w->n_metric);
    if (!sum_sources(w, r))
        return false;
    for (uint32_t i = 0; i < w->n_metric; i++)
        take(&r->metric[N_SCENARIO + i], &w->metric[i], now);
    return true;
}

uint32_t metrics_scenario(void)
{
    return N_SCENARIO;
}
