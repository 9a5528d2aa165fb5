/* summary_json.c - results for machines. Nothing that changes between two runs of the same seed is in it: no time of
 * day, no number of threads. Doubles have 15 digits; counts are integers. */
#include "summary.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "steady.h"

json_t *summary_number_json(double x)
{
    if (!isfinite(x))
        return json_null();
    if (x == floor(x) && fabs(x) < 9007199254740992.0)
        return json_integer((json_int_t)x);
    return json_real(x);
}

static json_t *print_json(uint64_t print)
{
    char text[20];
    snprintf(text, sizeof text, "%016" PRIx64, print);
    return json_string(text);
}

json_t *summary_estimate_json(const struct estimate *e)
{
    json_t *o = json_object();
    json_object_set_new(o, "mean", summary_number_json(e->mean));
    json_object_set_new(o, "low", summary_number_json(e->low));
    json_object_set_new(o, "high", summary_number_json(e->high));
    json_object_set_new(o, "sd", summary_number_json(e->sd));
    json_object_set_new(o, "n", json_integer((json_int_t)e->n));
    return o;
}

static const char *unit_name(enum metric_unit u)
{
    static const char *const name[] = {[UNIT_ONE] = "1",         [UNIT_NS] = "ns",  [UNIT_BYTES] = "bytes",
                                       [UNIT_SHARE] = "share",   [UNIT_PER_SECOND] = "per_second",
                                       [UNIT_USD] = "usd"};
    return name[u];
}

static json_t *metric_json(const struct samples *s, size_t metric)
{
    static const char *const kind[] = {[OBS_COUNTER] = "counter", [OBS_LEVEL] = "level", [OBS_TALLY] = "tally"};
    const struct metric_id  *m = &s->metric[metric];
    json_t                  *o = json_object(), *stats = json_object();
    json_object_set_new(o, "entity", json_string(m->entity));
    json_object_set_new(o, "metric", json_string(m->name));
    json_object_set_new(o, "kind", json_string(kind[m->kind]));
    json_object_set_new(o, "unit", json_string(unit_name(m->unit)));
    for (size_t i = 0; i < n_sample_stats; i++) {
        const double *x = samples_at(s, metric, i);
        if (x == NULL)
            continue;
        struct estimate e = samples_estimate(s, x);
        json_object_set_new(stats, sample_stats[i], summary_estimate_json(&e));
    }
    json_object_set_new(o, "stats", stats);
    return o;
}

static json_t *fates_json(const struct samples *s)
{
    json_t *list = json_array();
    for (uint32_t r = 0; r < s->n; r++) {
        json_t *o = json_object();
        for (int f = 0; f < N_FATE; f++)
            json_object_set_new(o, fate_names[f], json_integer((json_int_t)fate_count(&s->fates[r], (enum fate)f)));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *entities_json(const struct runner_scenario *s)
{
    const struct spec *spec = scenario_spec(s->scenario);
    json_t            *o = json_object();
    for (uint32_t i = 0; i < spec->n_entity; i++)
        json_object_set_new(o, spec->entity[i].path, print_json(s->samples.entity_print[i]));
    return o;
}

json_t *summary_overrides_json(const struct runner_scenario *s, size_t from)
{
    json_t *list = json_array();
    for (size_t i = from; i < s->n_set; i++)
        json_array_append_new(list, json_string(s->set[i]));
    return list;
}

/* Percentiles of all requests together. */
static json_t *pooled_json(const struct samples *s)
{
    static const char *const metric[] = {"latency", "answer"}, *const stat[] = {"p50", "p90", "p99", "p99.9"};
    json_t                  *o = json_object();
    for (size_t m = 0; m < 2; m++) {
        json_t *stats = json_object();
        for (size_t i = 0; i < 4; i++) {
            struct estimate e = samples_quantile(s, metric[m], stat[i]);
            if (e.n > 0)
                json_object_set_new(stats, stat[i], summary_estimate_json(&e));
        }
        json_object_set_new(o, metric[m], stats);
    }
    return o;
}

json_t *summary_json(const struct runner_scenario *s)
{
    const struct spec *spec = scenario_spec(s->scenario);
    json_t            *o = json_object(), *metrics = json_array();
    json_object_set_new(o, "title", json_string(scenario_title(s->scenario)));
    json_object_set_new(o, "scenario", json_string(s->path));
    json_object_set_new(o, "overrides", summary_overrides_json(s, 0));
    json_object_set_new(o, "seed", json_integer((json_int_t)spec->seed));
    json_object_set_new(o, "replications", json_integer(s->replications));
    json_object_set_new(o, "first_replication", json_integer(s->first));
    json_object_set_new(o, "duration_ns", json_integer(spec->duration));
    json_object_set_new(o, "drain_ns", json_integer(spec->drain));
    json_object_set_new(o, "warmup_ns", json_integer(spec->warmup));
    json_object_set_new(o, "interval_level", json_real(SAMPLES_LEVEL));
    json_object_set_new(o, "events", json_integer((json_int_t)s->samples.events));
    json_object_set_new(o, "conservation", json_string("ok"));
    json_object_set_new(o, "fingerprint", print_json(s->samples.print));
    json_object_set_new(o, "entity_fingerprints", entities_json(s));
    json_object_set_new(o, "fates", fates_json(&s->samples));
    json_object_set_new(o, "pooled", pooled_json(&s->samples));
    steady_json(o, s);
    for (size_t m = 0; m < s->samples.n_metric; m++)
        json_array_append_new(metrics, metric_json(&s->samples, m));
    json_object_set_new(o, "metrics", metrics);
    return o;
}

int summary_dump(json_t *o)
{
    bool ok = o != NULL && json_dumpf(o, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) == 0;
    putchar('\n');
    json_decref(o);
    return ok || ferror(stdout) ? 0 : cli_failf(ERR_OS, "memory is short");
}
