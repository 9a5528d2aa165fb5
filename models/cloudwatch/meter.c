/* meter.c - names of metrics found in the scenario's table, and their observers read on a period. */
#include "meter.h"

#include <string.h>

#include "check_codes.h"
#include "world_metrics.h"

#define NAME_MAX_LENGTH 300

/* --- names --- */

struct found {
    uint32_t index; /* in the table */
    enum cw_statistic statistic;
};

static bool statistic_of(const char *word, enum cw_statistic *out)
{
    static const struct {
        const char *word;
        enum cw_statistic statistic;
    } known[] = {{"average", CW_AVERAGE}, {"mean", CW_AVERAGE}, {"sum", CW_SUM},
                 {"min", CW_MINIMUM},     {"max", CW_MAXIMUM},  {"count", CW_SAMPLES}};
    for (unsigned i = 0; i < ARRAY_LEN(known); i++)
        if (strcmp(known[i].word, word) == 0) {
            *out = known[i].statistic;
            return true;
        }
    return false;
}

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

static bool find(const struct metric_id *table, uint32_t n, const char *text, struct found *f)
{
    size_t length = entity_length(text);
    char name[NAME_MAX_LENGTH];
    if (length == 0)
        return false;
    snprintf(name, sizeof(name), "%s", text + length + 1);
    char *dot = strchr(name, '.');
    if (dot != NULL)
        *dot = '\0';
    for (f->index = metrics_scenario(); f->index < n; f->index++)
        if (is_named(&table[f->index], text, length, name))
            break;
    if (f->index == n)
        return false;
    f->statistic = table[f->index].kind == OBS_COUNTER ? CW_SUM : CW_AVERAGE;
    return dot == NULL || statistic_of(dot + 1, &f->statistic);
}

static bool name_text(const struct cw_math *m, uint32_t i, char out[NAME_MAX_LENGTH])
{
    snprintf(out, NAME_MAX_LENGTH, "%.*s", (int)m->name[i].length, m->name[i].at);
    return m->name[i].length < NAME_MAX_LENGTH;
}

bool meter_check(const struct spec *spec, const struct spec_entity *e, const struct value *v, struct problems *p)
{
    struct cw_math math;
    struct cw_math_error error;
    struct arena arena;
    char name[NAME_MAX_LENGTH];
    struct found f;
    uint32_t n, bad = 0;
    if (!cw_math_parse(&math, v->text, &error)) {
        problem_add(p, SEVERITY_ERROR, CHECK_METER, &v->place, "%s: at character %zu of '%.80s': %s", e->path,
                    error.column + 1, v->text, error.text);
        return false;
    }
    arena_init(&arena);
    const struct metric_id *table = world_metrics(spec, &arena, &n);
    for (uint32_t i = 0; table != NULL && i < math.n_name; i++)
        if (!name_text(&math, i, name) || !find(table, n, name, &f)) {
            struct problem *x = problem_add(p, SEVERITY_ERROR, CHECK_METER, &v->place, "%s: no metric '%.100s'", e->path, name);
            problem_note(x, "an entity's metric with average, sum, min, max or count, such as \"queue.orders.depth.max\"");
            bad++;
        }
    p->failed |= table == NULL;
    arena_free(&arena);
    return bad == 0;
}

enum metric_unit meter_unit(const struct spec *spec, const char *text)
{
    struct cw_math math;
    struct cw_math_error error;
    struct arena arena;
    struct found f;
    uint32_t n;
    enum metric_unit unit = UNIT_ONE;
    if (!cw_math_parse(&math, text, &error) || math.n_node != 1 || math.n_name != 1)
        return UNIT_ONE;
    arena_init(&arena);
    const struct metric_id *table = world_metrics(spec, &arena, &n);
    if (table != NULL && find(table, n, text, &f))
        unit = table[f.index].unit;
    arena_free(&arena);
    return unit;
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

/* The mean of the minute's values, weighted by their number. */
static struct cw_point of_tally(const struct metric_slot *m, struct meter_probe *p)
{
    struct obs_tally *t = m->observer;
    obs_tally_settle(t);
    int128 n = (int128)t->forgotten + t->n, sum = t->forgotten_sum + t->sum;
    int128 count = n - p->before[0], by = sum - p->before[1];
    p->before[0] = n;
    p->before[1] = sum;
    if (count == 0)
        return (struct cw_point){.n = 0};
    struct ratio mean = in_unit(m, by, count);
    return (struct cw_point){(uint64_t)count, in_unit(m, by, 1), mean, mean};
}

static struct cw_point observe(const struct metric_slot *m, struct meter_probe *p, sim_time now)
{
    if (m->def->flags & METRIC_SHARE)
        return of_share(m, p, now);
    if (m->def->kind == OBS_COUNTER)
        return of_counter(m, p);
    if (m->def->kind == OBS_TALLY)
        return of_tally(m, p);
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
        cw_metric_put(&p->points, now / m->granularity - 1, observe(&w->metric[p->slot], p, now));
    }
    if (now + m->granularity <= w->end)
        sim_after(s, t, m->granularity);
}

bool meter_open(struct meter *m, struct entity *owner, const char *text, sim_time granularity, sim_time delay, sim_time keep)
{
    struct world *w = owner->world;
    struct cw_math_error error;
    struct arena arena;
    char name[NAME_MAX_LENGTH];
    uint32_t n;
    *m = (struct meter){.owner = owner, .granularity = granularity, .open = true};
    sim_timer_init(&m->timer, SIM_SAMPLE, sample);
    bool ok = cw_math_parse(&m->math, text, &error);
    arena_init(&arena);
    const struct metric_id *table = world_metrics(w->spec, &arena, &n);
    ok = ok && table != NULL;
    for (uint32_t i = 0; ok && i < m->math.n_name; i++) {
        struct found f = {0, CW_AVERAGE};
        ok = name_text(&m->math, i, name) && find(table, n, name, &f);
        m->probe[i].slot = ok ? f.index - metrics_scenario() : 0;
        m->probe[i].statistic = f.statistic;
        ok = ok && cw_metric_open(&m->probe[i].points, granularity, delay, keep);
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
    for (uint32_t i = 0; i < CW_MATH_NAMES; i++)
        cw_metric_close(&m->probe[i].points);
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
    return cw_metric_read(&p->points, w->from, w->to, p->statistic, out);
}

bool meter_read(void *meter, sim_time from, sim_time to, struct ratio *out)
{
    struct window w = {meter, from, to};
    return cw_math_evaluate(&w.m->math, over_window, &w, out);
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
