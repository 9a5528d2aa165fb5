/* samples.c - replications as columns of numbers. */
#include "samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "quantile.h"

const char *const sample_stats[] = {"mean", "sd", "min", "max", "last", "min_at", "max_at", "sum", "count",
                                    "rate", "p50", "p90", "p99", "p99.9"};
const size_t      n_sample_stats = sizeof sample_stats / sizeof *sample_stats;

const char *const fate_names[N_FATE] = {"offered", "in_time", "late",        "waiting",
                                        "lost",    "repeated", "gave_up_done"};

static bool fits(const struct metric_id *m, const char *stat, struct obs_stat *s)
{
    return obs_stat_parse(stat, s) && obs_stat_fits(m->kind, *s);
}

static uint64_t key_of(const char *entity, const char *name)
{
    return hash_mix(hash_text(entity) ^ hash_mix(hash_text(name) + 1));
}

static bool number_metrics(struct samples *s)
{
    map64_init(&s->number_of);
    for (size_t m = s->n_metric; m-- > 0;)
        if (!map64_put(&s->number_of, key_of(s->metric[m].entity, s->metric[m].name), m))
            return false;
    return true;
}

bool samples_open(struct samples *s, const struct scenario *scenario, uint32_t replications)
{
    *s = (struct samples){.replications = replications, .n_entity = scenario_spec(scenario)->n_entity};
    s->metric = scenario_metrics(scenario, &s->n_metric);
    s->value = calloc(s->n_metric * n_sample_stats + 1, sizeof *s->value);
    s->fates = calloc((size_t)replications + 1, sizeof *s->fates);
    s->entity_print = calloc((size_t)s->n_entity + 1, sizeof *s->entity_print);
    s->pooled = calloc(s->n_metric + 1, sizeof *s->pooled);
    if (s->value == NULL || s->fates == NULL || s->entity_print == NULL || s->pooled == NULL || !number_metrics(s))
        return false;
    for (size_t i = 0; i < s->n_metric; i++)
        hist_init(&s->pooled[i]);
    for (size_t i = 0; i < s->n_metric * n_sample_stats; i++) {
        struct obs_stat stat;
        if (!fits(&s->metric[i / n_sample_stats], sample_stats[i % n_sample_stats], &stat))
            continue;
        s->value[i] = calloc(replications, sizeof **s->value);
        if (s->value[i] == NULL)
            return false;
    }
    return true;
}

void samples_close(struct samples *s)
{
    if (s->value != NULL)
        for (size_t i = 0; i < s->n_metric * n_sample_stats; i++)
            free(s->value[i]);
    for (size_t i = 0; s->pooled != NULL && i < s->n_metric; i++)
        hist_free(&s->pooled[i]);
    free(s->pooled);
    free(s->value);
    free(s->fates);
    free(s->entity_print);
    map64_free(&s->number_of);
    *s = (struct samples){0};
}

void samples_add(struct samples *s, const struct result *r)
{
    for (size_t i = 0; i < s->n_metric * n_sample_stats; i++) {
        size_t          m = i / n_sample_stats;
        struct obs_stat stat;
        if (s->value[i] == NULL || !fits(&s->metric[m], sample_stats[i % n_sample_stats], &stat))
            continue;
        s->value[i][s->n] = metric_stat(&r->metric[m], s->metric[m].kind, stat, r->observed);
    }
    for (size_t m = 0; m < s->n_metric; m++)
        if (*s->metric[m].entity == 0 && r->metric[m].hist != NULL)
            hist_merge(&s->pooled[m], r->metric[m].hist);
    s->fates[s->n++] = r->fates;
    for (uint32_t e = 0; e < s->n_entity && e < r->n_entity; e++)
        s->entity_print[e] = result_print(s->entity_print[e], r->fingerprint[e]);
    s->print = result_print(s->print, r->run_fingerprint);
    s->events += r->events;
}

const double *samples_at(const struct samples *s, size_t metric, size_t stat)
{
    return s->value[metric * n_sample_stats + stat];
}

static bool is_metric(const struct metric_id *m, const char *entity, const char *name)
{
    return strcmp(m->name, name) == 0 && strcmp(m->entity, entity) == 0;
}

/* Two that share a key are looked for the long way. */
static size_t find_metric(const struct samples *s, const char *entity, const char *name)
{
    uint64_t m;
    if (!map64_get(&s->number_of, key_of(entity, name), &m))
        return s->n_metric;
    if (!is_metric(&s->metric[m], entity, name))
        for (m = 0; m < s->n_metric && !is_metric(&s->metric[m], entity, name);)
            m++;
    return m;
}

const double *samples_find(const struct samples *s, const char *entity, const char *metric, const char *stat)
{
    size_t m = find_metric(s, entity, metric);
    for (size_t i = 0; m < s->n_metric && i < n_sample_stats; i++)
        if (strcmp(sample_stats[i], stat) == 0)
            return samples_at(s, m, i);
    return NULL;
}

enum metric_unit sample_unit(const struct metric_id *m, const char *stat)
{
    if (strcmp(stat, "rate") == 0)
        return UNIT_PER_SECOND;
    if (strcmp(stat, "min_at") == 0 || strcmp(stat, "max_at") == 0)
        return UNIT_NS;
    return strcmp(stat, "count") == 0 ? UNIT_ONE : m->unit;
}

struct estimate samples_estimate(const struct samples *s, const double *x)
{
    return estimate_mean(x, s->n, SAMPLES_LEVEL);
}

struct estimate samples_quantile(const struct samples *s, const char *metric, const char *stat)
{
    const double   *x = samples_find(s, "", metric, stat);
    struct obs_stat parsed;
    for (size_t m = 0; x != NULL && m < s->n_metric; m++)
        if (*s->metric[m].entity == 0 && strcmp(s->metric[m].name, metric) == 0 && s->pooled[m].n > 0 &&
            !s->pooled[m].failed && obs_stat_parse(stat, &parsed) && parsed.kind == STAT_QUANTILE)
            return quantile_sections(x, s->n, hist_quantile(&s->pooled[m], parsed.p), SAMPLES_LEVEL);
    return (struct estimate){.mean = NAN, .half = NAN, .low = NAN, .high = NAN};
}

uint64_t fate_count(const struct fates *f, enum fate which)
{
    const uint64_t count[N_FATE] = {f->offered, f->in_time,  f->late,        f->waiting,
                                    f->lost,    f->repeated, f->gave_up_done};
    return count[which];
}

void samples_fates(const struct samples *s, enum fate which, bool share, double *x)
{
    for (uint32_t r = 0; r < s->n; r++) {
        const struct fates *f = &s->fates[r];
        double              count = (double)fate_count(f, which);
        if (!share)
            x[r] = count;
        else
            x[r] = f->offered == 0 ? NAN : count / (double)f->offered;
    }
}
