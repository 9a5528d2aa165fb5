/* steady.c - see steady.h; the statistics are those of batch.h, quantile.h and warmup.h. */
#include "steady.h"

#include <math.h>
#include <string.h>

#include "cli.h"
#include "facts.h"
#include "format.h"
#include "quantile.h"
#include "summary.h"
#include "table.h"

#define MAX_METRICS 40 /* more fill more than a screen; a stream of 256 shards has hundreds */

bool steady_terminates(const struct spec *s)
{
    bool course = s->drain > 0;
    for (uint32_t i = 0; i < s->n_entity; i++) {
        const struct value *profile = facts_value(&s->entity[i], "profile");
        course |= strcmp(s->entity[i].kind, "fault") == 0 || strcmp(s->entity[i].kind, "scaling") == 0 || (profile != NULL && profile->list.n > 0);
    }
    return course;
}

static bool is_long_run(const struct runner_scenario *s)
{
    return s->samples.n == 1 && s->traces.replications == 1 && !steady_terminates(scenario_spec(s->scenario));
}

/* --- one long run --- */

struct one { /* a metric of it */
    const struct metric_id *id;
    struct batched          batch;
    double                  sd, n; /* of single values; n NAN: a level */
};

static struct one look(const struct runner_scenario *s, size_t item)
{
    const struct trace_metric *t = &s->traces.item[item];
    struct one                 one = {&s->traces.id[t->metric], traces_batches(&s->traces, item, SAMPLES_LEVEL), NAN, NAN};
    const double *sd = samples_find(&s->samples, one.id->entity, one.id->name, "sd"),
                 *n = samples_find(&s->samples, one.id->entity, one.id->name, "count");
    if (sd != NULL && n != NULL) {
        one.sd = sd[0];
        one.n = n[0];
    }
    return one;
}

/* Ranks for as many independent values as the batches say the dependent ones are worth. False: too few. */
static bool ordered(const struct runner_scenario *s, const struct one *o, double p, double *low, double *high)
{
    const struct hist *h = *o->id->entity == 0 ? &s->samples.pooled[o->id - s->traces.id] : NULL;
    size_t             from, to;
    if (h == NULL || h->n == 0 || h->failed || isnan(o->batch.mean.half) || !(o->n > 1) || !(o->sd > 0))
        return false;
    double worth = o->n / batch_inflation(&o->batch, o->sd, o->n);
    if (!quantile_ranks((size_t)worth, p, SAMPLES_LEVEL, &from, &to))
        return false;
    *low = hist_quantile(h, (double)from / floor(worth));
    *high = hist_quantile(h, fmin((double)to / floor(worth), 1));
    return true;
}

static const double      quantile_p[] = {0.5, 0.9, 0.99};
static const char *const quantile_name[] = {"p50", "p90", "p99"};

static void row(struct table *t, const struct one *o, const char *stat, double x, double low, double high)
{
    char value[FORMAT_SIZE], from[FORMAT_SIZE], to[FORMAT_SIZE];
    format_value(value, x, o->id->unit);
    format_value(from, low, o->id->unit);
    format_value(to, high, o->id->unit);
    table_cell(t, "%s%s%s %s", o->id->entity, *o->id->entity == 0 ? "" : ".", o->id->name, stat);
    table_cell(t, "%s", value);
    if (low == low)
        table_cell(t, "[%s, %s]", from, to);
    else if (o->batch.too_short)
        table_cell(t, "run too short: neighbouring batches still agree (%.2f)", o->batch.lag1);
    else
        table_cell(t, "%s", "too few values for an interval");
}

static void print_batches(const struct runner_scenario *s)
{
    struct table t;
    size_t       shown = 0, hidden = 0;
    table_open(&t, "lrl");
    for (size_t i = 0; i < s->traces.n_item; i++) {
        struct one o = look(s, i);
        if (isnan(o.batch.mean.mean) || o.batch.mean.mean == 0 || (summary_passes_over(o.id) && !cli_verbose()))
            continue;
        if (shown++ >= MAX_METRICS && !cli_verbose()) {
            hidden++;
            continue;
        }
        row(&t, &o, "mean", o.batch.mean.mean, o.batch.mean.low, o.batch.mean.high);
        for (size_t q = 0; q < 3 && *o.id->entity == 0 && o.id->kind == OBS_TALLY; q++) {
            double        low = NAN, high = NAN;
            const double *x = samples_find(&s->samples, "", o.id->name, quantile_name[q]);
            ordered(s, &o, quantile_p[q], &low, &high);
            row(&t, &o, quantile_name[q], x == NULL ? NAN : x[0], low, high);
        }
    }
    if (t.n_cell > 0) {
        printf("%sone long run: 95 %% intervals from 30 batches; percentiles from order statistics, counting dependent values "
               "for what they are worth%s\n",
               term_colour(stdout, COLOUR_DIM), term_colour(stdout, COLOUR_OFF));
        table_print(stdout, &t, 0, false);
        if (hidden > 0)
            printf("… and %zu more metrics (--verbose shows all)\n", hidden);
        putchar('\n');
    }
    table_close(&t);
}

/* --- relaxation --- */

struct relaxation {
    const struct metric_id *id;
    double                  time_ns, lengths;
};

static struct relaxation relax(const struct runner_scenario *s)
{
    const struct spec *spec = scenario_spec(s->scenario);
    size_t             item = 0;
    double             time = traces_memory(&s->traces, &item);
    return (struct relaxation){time > 0 ? &s->traces.id[s->traces.item[item].metric] : NULL, time,
                               (double)(spec->duration - spec->warmup) / time};
}

static void print_warning(const struct runner_scenario *s)
{
    struct relaxation r = steady_terminates(scenario_spec(s->scenario)) ? (struct relaxation){0} : relax(s);
    char              time[FORMAT_SIZE];
    if (r.id == NULL || r.lengths >= STEADY_TAILS)
        return;
    format_duration(time, r.time_ns / 1e9);
    if (r.lengths >= STEADY_LENGTHS) {
        if (s->samples.n >= ESTIMATE_MIN)
            printf("%sp99 needs longer runs:%s %s%s%s forgets in about %s, and %.0f times that are measured; from about %d on the\n"
                   "interval of p99 is as wide as it should be. Lengthen run.duration\n",
                   term_colour(stdout, COLOUR_YELLOW), term_colour(stdout, COLOUR_OFF), r.id->entity, *r.id->entity == 0 ? "" : ".",
                   r.id->name, time, r.lengths, STEADY_TAILS);
        return;
    }
    printf("%srun too short:%s %s%s%s forgets in about %s, and only %.1f of that is measured; means still show how the run began.\n"
           "Lengthen run.duration, or see what to leave out: afterbay warmup\n",
           term_colour(stdout, COLOUR_YELLOW), term_colour(stdout, COLOUR_OFF), r.id->entity, *r.id->entity == 0 ? "" : ".",
           r.id->name, time, r.lengths);
}

void steady_print(const struct runner_scenario *s)
{
    if (is_long_run(s))
        print_batches(s);
    else
        print_warning(s);
}

static json_t *one_json(const struct one *o)
{
    json_t *j = json_object();
    json_object_set_new(j, "entity", json_string(o->id->entity));
    json_object_set_new(j, "metric", json_string(o->id->name));
    json_object_set_new(j, "mean", summary_estimate_json(&o->batch.mean));
    json_object_set_new(j, "lag1", summary_number_json(o->batch.lag1));
    json_object_set_new(j, "too_short", json_boolean(o->batch.too_short));
    return j;
}

void steady_json(json_t *o, const struct runner_scenario *s)
{
    json_object_set_new(o, "terminating", json_boolean(steady_terminates(scenario_spec(s->scenario))));
    if (is_long_run(s)) {
        json_t *list = json_array();
        for (size_t i = 0; i < s->traces.n_item; i++) {
            struct one one = look(s, i);
            json_array_append_new(list, one_json(&one));
        }
        json_object_set_new(o, "batches", list);
        return;
    }
    struct relaxation r = relax(s);
    if (r.id == NULL)
        return;
    json_t *j = json_object();
    json_object_set_new(j, "entity", json_string(r.id->entity));
    json_object_set_new(j, "metric", json_string(r.id->name));
    json_object_set_new(j, "time_ns", summary_number_json(floor(r.time_ns)));
    json_object_set_new(j, "lengths", summary_number_json(r.lengths));
    json_object_set_new(o, "relaxation", j);
}
