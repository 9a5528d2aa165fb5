/* meter.c - names of metrics found in the scenario's table, and their observers read on a period. */
#include "meter.h"

#include <string.h>

#include "check_codes.h"
#include "meter_window.h"
#include "world_metrics.h"

#define NAME_MAX_LENGTH 300

/* --- names --- */

struct found {
    uint32_t index; /* in the table */
    struct cw_stat statistic;
};
enum finding { FOUND, NO_METRIC, NO_STATISTIC, NO_SPREAD, TOO_LATE };

/* The length of "kind.id" or "kind.id[part]" that the name begins with; 0: it does not. */
static size_t entity_length(const char *name)
{
    const char *dot = strchr(name, '.');
    dot = dot == NULL ? NULL : strpbrk(dot + 1, ".[");
    if (dot != NULL && *dot == '[')
        dot = strstr(dot, "].");
    return dot == NULL ? 0 : (size_t)(dot - name) + (*dot == ']');
}

static bool is_named(const struct metric_id *m, const char *entity, size_t length, const char *name)
{
    if (strncmp(m->entity, entity, length) != 0 || m->entity[length] != '\0')
        return false;
    return strcmp(m->name, name) == 0 || (m->cloudwatch != NULL && strcmp(m->cloudwatch, name) == 0);
}

static enum finding find(const struct metric_id *table, uint32_t n, const char *text, struct found *f)
{
    size_t length = entity_length(text);
    char name[NAME_MAX_LENGTH];
    if (length == 0)
        return NO_METRIC;
    snprintf(name, sizeof(name), "%s", text + length + 1);
    char *dot = strchr(name, '.');
    if (dot != NULL)
        *dot = '\0';
    for (f->index = metrics_scenario(); f->index < n; f->index++)
        if (is_named(&table[f->index], text, length, name))
            break;
    if (f->index == n)
        return NO_METRIC;
    if (table[f->index].at_end)
        return TOO_LATE;
    f->statistic = (struct cw_stat){.kind = table[f->index].kind == OBS_COUNTER ? CW_SUM : CW_AVERAGE};
    if (dot != NULL && !cw_stat_parse(dot + 1, &f->statistic))
        return NO_STATISTIC;
    return cw_stat_spreads(&f->statistic) && table[f->index].kind != OBS_TALLY ? NO_SPREAD : FOUND;
}

static bool name_text(const struct cw_math *m, uint32_t i, char out[NAME_MAX_LENGTH])
{
    snprintf(out, NAME_MAX_LENGTH, "%.*s", (int)m->name[i].length, m->name[i].at);
    return m->name[i].length < NAME_MAX_LENGTH;
}

/* The metrics of the entity that have a distribution, or none. */
static void list_tallies(const struct metric_id *table, uint32_t n, const char *entity, char *out, size_t size)
{
    size_t length = 0;
    out[0] = '\0';
    for (uint32_t i = metrics_scenario(); i < n && length < size; i++)
        if (table[i].kind == OBS_TALLY && strcmp(table[i].entity, entity) == 0)
            length += (size_t)snprintf(out + length, size - length, "%s%s", length > 0 ? ", " : "", table[i].name);
}

static void refuse_spread(const struct spec_entity *e, const struct value *v, const struct metric_id *table, uint32_t n,
                          const char *name, const struct metric_id *m, struct problems *p)
{
    char tallies[200];
    struct problem *x = problem_add(p, SEVERITY_ERROR, CHECK_METER, &v->place, "%s: '%.100s': %s has one %s a minute and no distribution",
                                    e->path, name, m->name, m->kind == OBS_COUNTER ? "sum" : "value");
    list_tallies(table, n, m->entity, tallies, sizeof(tallies));
    problem_note(x, "take average, sum, min or max of it%s%s%s%s", tallies[0] == '\0' ? "" : "; percentiles are for metrics with many values a minute: ",
                 tallies, tallies[0] == '\0' ? "" : " of ", tallies[0] == '\0' ? "" : m->entity);
}

/* Its value would be 0 all along. */
static void refuse_late(const struct spec_entity *e, const struct value *v, const char *name, struct problems *p)
{
    struct problem *x = problem_add(p, SEVERITY_ERROR, CHECK_METER, &v->place, "%s: '%.100s' is known when the run has ended, and not before",
                                    e->path, name);
    problem_note(x, "watch what is counted as it happens; of a producer: done, told_no, timeouts, latency");
}

static bool check_name(const struct spec_entity *e, const struct value *v, const struct metric_id *table, uint32_t n,
                       const char *name, struct problems *p)
{
    struct found f;
    struct problem *x;
    switch (find(table, n, name, &f)) {
    case FOUND:
        return true;
    case NO_SPREAD:
        refuse_spread(e, v, table, n, name, &table[f.index], p);
        return false;
    case TOO_LATE:
        refuse_late(e, v, name, p);
        return false;
    case NO_STATISTIC:
        x = problem_add(p, SEVERITY_ERROR, CHECK_METER, &v->place, "%s: no statistic at the end of '%.100s'", e->path, name);
        break;
    default:
        x = problem_add(p, SEVERITY_ERROR, CHECK_METER, &v->place, "%s: no metric '%.100s'", e->path, name);
    }
    problem_note(x, "an entity's metric with average, sum, min, max, count or a percentile (p99), such as \"queue.orders.depth.max\"");
    return false;
}

bool meter_check(const struct spec *spec, const struct spec_entity *e, const struct value *v, struct problems *p)
{
    struct cw_math math;
    struct cw_math_error error;
    struct arena arena;
    char name[NAME_MAX_LENGTH];
    uint32_t n, bad = 0;
    if (!cw_math_parse(&math, v->text, &error)) {
        problem_add(p, SEVERITY_ERROR, CHECK_METER, &v->place, "%s: at character %zu of '%.80s': %s", e->path,
                    error.column + 1, v->text, error.text);
        return false;
    }
    arena_init(&arena);
    const struct metric_id *table = world_metrics(spec, &arena, &n);
    for (uint32_t i = 0; table != NULL && i < math.n_name; i++) {
        name_text(&math, i, name);
        bad += !check_name(e, v, table, n, name, p);
    }
    p->failed |= table == NULL;
    arena_free(&arena);
    return bad == 0;
}

/* The only metric of the text, if it is one. */
static bool only_metric(const struct spec *spec, const char *text, struct cw_stat *s, enum metric_unit *unit)
{
    struct cw_math math;
    struct cw_math_error error;
    struct arena arena;
    struct found f;
    uint32_t n;
    if (!cw_math_parse(&math, text, &error) || math.n_node != 1 || math.n_name != 1)
        return false;
    arena_init(&arena);
    const struct metric_id *table = world_metrics(spec, &arena, &n);
    bool is = table != NULL && find(table, n, text, &f) == FOUND;
    if (is) {
        *s = f.statistic;
        *unit = s->kind == CW_SAMPLES || s->kind == CW_TRIMMED_COUNT ? UNIT_ONE : table[f.index].unit;
    }
    arena_free(&arena);
    return is;
}

enum metric_unit meter_unit(const struct spec *spec, const char *text)
{
    struct cw_stat s;
    enum metric_unit unit;
    return only_metric(spec, text, &s, &unit) ? unit : UNIT_ONE;
}

bool meter_statistic(const struct spec *spec, const char *text, struct cw_stat *s)
{
    enum metric_unit unit;
    return only_metric(spec, text, s, &unit);
}

/* --- observers --- */

/* ns in seconds, shares in percent. */
static struct ratio in_unit(const struct metric_slot *m, int128 num, int128 den)
{
    if (m->def->unit == UNIT_NS)
        return ratio_of(num, den * SIM_S);
    return ratio_of(m->def->unit == UNIT_SHARE ? num * 100 : num, den);
}

static struct cw_point of_counter(const struct metric_slot *m, struct meter_probe *p)
{
    const struct obs_counter *c = m->observer;
    int128 total = (int128)c->forgotten + c->n, sum = total - p->before[0];
    p->before[0] = total;
    return cw_point_of(in_unit(m, sum, 1));
}

static struct cw_point of_share(const struct metric_slot *m, struct meter_probe *p, sim_time now)
{
    const struct obs_share *s = m->observer;
    int128 part = obs_level_integral(s->part, now), whole = obs_level_integral(s->whole, now);
    int128 num = part - p->before[0], den = whole - p->before[1];
    p->before[0] = part;
    p->before[1] = whole;
    return den <= 0 ? (struct cw_point){.n = 0} : cw_point_of(in_unit(m, num, den));
}

static struct ratio scaled(const struct metric_slot *m, const struct meter_window *w, struct ratio x)
{
    if (w->statistic.kind == CW_TRIMMED_COUNT)
        return x;
    return in_unit(m, x.num, (int128)x.den * METER_WINDOW_SCALE);
}

static void look_closer(const struct metric_slot *m, struct meter_window *w, struct world *world, struct cw_point *point)
{
    struct ratio low, high, spread;
    if (!meter_window_take(w, &low, &high, &spread))
        world->failed = true;
    point->low = in_unit(m, low.num, (int128)low.den * METER_WINDOW_SCALE);
    point->high = in_unit(m, high.num, (int128)high.den * METER_WINDOW_SCALE);
    point->spread = scaled(m, w, spread);
}

/* The mean of the minute's values, weighted by their number; more where the values themselves are asked for. */
static struct cw_point of_tally(const struct metric_slot *m, struct meter_probe *p, struct world *w)
{
    struct obs_tally *t = m->observer;
    obs_tally_roll(t, world_now(w)); /* its histogram is not looked at */
    int128 n = (int128)t->forgotten + t->n, sum = t->forgotten_sum + t->sum;
    int128 count = n - p->before[0], by = sum - p->before[1];
    p->before[0] = n;
    p->before[1] = sum;
    struct cw_point point = {.n = (uint64_t)count, .sum = in_unit(m, by, 1)};
    if (p->window != NULL)
        look_closer(m, p->window, w, &point);
    return point;
}

static struct cw_point observe(const struct metric_slot *m, struct meter_probe *p, struct world *w)
{
    if (m->def->flags & METRIC_SHARE)
        return of_share(m, p, world_now(w));
    if (m->def->kind == OBS_COUNTER)
        return of_counter(m, p);
    if (m->def->kind == OBS_TALLY)
        return of_tally(m, p, w);
    return cw_point_of(in_unit(m, ((const struct obs_level *)m->observer)->value, 1));
}

/* --- life --- */

/* Gauges that are read now and then (a queue's age) are read at full minutes too: it comes to the end of that line. */
static void sample(struct sim *s, struct sim_timer *t)
{
    struct meter *m = CONTAINER_OF(t, struct meter, timer);
    struct world *w = m->owner->world;
    sim_time now = sim_now(s);
    m->last = !m->last;
    if (m->last) {
        sim_at(s, t, now);
        return;
    }
    for (uint32_t i = 0; i < m->math.n_name; i++) {
        struct meter_probe *p = &m->probe[i];
        cw_metric_put(&p->points, now / m->granularity - 1, observe(&w->metric[p->slot], p, w));
    }
    if (now + m->granularity <= w->end)
        sim_after(s, t, m->granularity);
}

/* Values are looked at one by one where their sum and number are not enough. */
static bool open_window(struct meter *m, struct meter_probe *p, sim_time period)
{
    struct world *w = m->owner->world;
    const struct metric_slot *slot = &w->metric[p->slot];
    bool wanted = cw_stat_spreads(&p->statistic) || p->statistic.kind == CW_MINIMUM || p->statistic.kind == CW_MAXIMUM;
    if (!wanted || slot->def->kind != OBS_TALLY)
        return true;
    p->window = arena_get(&w->arena, sizeof(*p->window));
    return p->window != NULL && meter_window_open(p->window, slot->observer, &p->statistic, (uint32_t)(period / m->granularity));
}

static bool open_probe(struct meter *m, struct meter_probe *p, const struct found *f, sim_time period, sim_time delay, sim_time keep)
{
    p->slot = f->index - metrics_scenario();
    p->statistic = f->statistic;
    return cw_metric_open(&p->points, m->granularity, delay, keep) && open_window(m, p, period);
}

bool meter_open(struct meter *m, struct entity *owner, const char *text, sim_time period, sim_time delay, sim_time keep)
{
    struct world *w = owner->world;
    struct cw_math_error error;
    struct arena arena;
    char name[NAME_MAX_LENGTH];
    uint32_t n;
    *m = (struct meter){.owner = owner, .granularity = period < SIM_MIN ? 10 * SIM_S : SIM_MIN, .open = true};
    sim_timer_init(&m->timer, SIM_SAMPLE, sample);
    bool ok = cw_math_parse(&m->math, text, &error);
    arena_init(&arena);
    const struct metric_id *table = world_metrics(w->spec, &arena, &n);
    ok = ok && table != NULL;
    for (uint32_t i = 0; ok && i < m->math.n_name; i++) {
        struct found f;
        ok = name_text(&m->math, i, name) && find(table, n, name, &f) == FOUND && open_probe(m, &m->probe[i], &f, period, delay, keep);
    }
    arena_free(&arena);
    return ok;
}

void meter_start(struct meter *m)
{
    if (m->open && m->granularity <= m->owner->world->end)
        sim_at(m->owner->world->sim, &m->timer, m->granularity);
}

void meter_close(struct meter *m)
{
    for (uint32_t i = 0; i < CW_MATH_NAMES; i++) {
        cw_metric_close(&m->probe[i].points);
        if (m->probe[i].window != NULL)
            meter_window_close(m->probe[i].window);
    }
}

/* --- reading --- */

sim_time meter_horizon(const struct meter *m, sim_time now)
{
    return m->math.n_name == 0 ? now : cw_metric_horizon(&m->probe[0].points, now);
}

struct window {
    const struct meter *m;
    sim_time from, to;
};

static bool over_window(void *ctx, uint32_t name, struct ratio *out)
{
    const struct window *w = ctx;
    const struct meter_probe *p = &w->m->probe[name];
    return cw_metric_read(&p->points, w->from, w->to, p->statistic.kind, out);
}

bool meter_read(const struct meter *meter, sim_time from, sim_time to, struct ratio *out)
{
    struct window w = {meter, from, to};
    return cw_math_evaluate(&w.m->math, over_window, &w, out);
}

enum cw_seen meter_look(void *meter, sim_time from, sim_time to, struct ratio *out)
{
    const struct meter *m = meter;
    if (!meter_read(m, from, to, out))
        return CW_ABSENT;
    return m->fewest > 0 && cw_metric_samples(&m->probe[0].points, from, to) < m->fewest ? CW_FEW : CW_SEEN;
}

static bool right_now(void *ctx, uint32_t name, struct ratio *out)
{
    const struct meter *m = ctx;
    const struct metric_slot *slot = &m->owner->world->metric[m->probe[name].slot];
    if (slot->def->kind != OBS_LEVEL || (slot->def->flags & METRIC_SHARE) != 0)
        return false;
    *out = in_unit(slot, ((const struct obs_level *)slot->observer)->value, 1);
    return true;
}

bool meter_now(const struct meter *m, struct ratio *out)
{
    return cw_math_evaluate(&m->math, right_now, (void *)m, out);
}
