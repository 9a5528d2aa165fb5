/* summary.c - one screen: what became of the requests, how long they took, what each entity did. Every number is a mean
 * over replications; intervals are Student t intervals of that mean. */
#include "summary.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "format.h"
#include "quantity.h"
#include "room.h"
#include "steady.h"
#include "table.h"

#define LINE 100
#define MAX_ENTITIES 14 /* more fill more than a screen; --verbose shows all */

void summary_interval(char out[SUMMARY_TEXT], const struct estimate *e, enum metric_unit unit)
{
    char mean[FORMAT_SIZE], low[FORMAT_SIZE], high[FORMAT_SIZE];
    format_value(mean, e->mean, unit);
    if (e->low != e->low) { /* NAN: too few replications */
        snprintf(out, SUMMARY_TEXT, "%s", mean);
        return;
    }
    format_value(low, e->low, unit);
    format_value(high, e->high, unit);
    snprintf(out, SUMMARY_TEXT, "%s  [%s, %s]", mean, low, high);
}

static void head(const struct runner_scenario *s)
{
    const struct spec *spec = scenario_spec(s->scenario);
    char               length[40], drain[40], warmup[40], events[FORMAT_SIZE];
    quantity_duration_text(spec->duration, length, sizeof length);
    quantity_duration_text(spec->drain, drain, sizeof drain);
    quantity_duration_text(spec->warmup, warmup, sizeof warmup);
    format_round(events, (double)s->samples.events);
    printf("%s%s%s\n%s, seed %" PRIu64 ", %" PRIu32 " replication%s of %s", term_colour(stdout, COLOUR_BOLD),
           term_plain(scenario_title(s->scenario)), term_colour(stdout, COLOUR_OFF), s->path, spec->seed, s->replications,
           s->replications == 1 ? "" : "s", length);
    if (spec->drain > 0)
        printf(" and %s to drain", drain);
    if (spec->warmup > 0)
        printf(" (the first %s of it not measured)", warmup);
    else
        printf(" (measured from the start)");
    printf(", %s events\n", events);
    if (s->first > 0)
        printf("replication %" PRIu32 " alone\n", s->first);
    putchar('\n');
}

static void fate_row(struct table *t, const struct samples *s, enum fate fate, const char *doc, double *x)
{
    struct estimate e;
    char            mean[FORMAT_SIZE], share[FORMAT_SIZE], low[FORMAT_SIZE], high[FORMAT_SIZE];
    samples_fates(s, fate, false, x);
    e = samples_estimate(s, x);
    format_number(mean, e.mean);
    samples_fates(s, fate, true, x);
    e = samples_estimate(s, x);
    format_share(share, e.mean);
    format_share(low, e.low);
    format_share(high, e.high);
    table_cell(t, "%s", doc);
    table_cell(t, "%s", mean);
    table_cell(t, "%s", share);
    if (e.low == e.low && fate != FATE_OFFERED)
        table_cell(t, "[%s, %s]", low, high);
    else
        table_cell(t, "%s", "");
}

static void fates(const struct samples *s)
{
    static const struct {
        enum fate   fate;
        const char *doc;
    } row[] = {{FATE_OFFERED, "offered"},
               {FATE_IN_TIME, "done in time"},
               {FATE_LATE, "done late"},
               {FATE_WAITING, "still waiting"},
               {FATE_LOST, "lost"},
               {FATE_REPEATED, "repeated effects"},
               {FATE_GAVE_UP_DONE, "done, client told no"}};
    double      *x = calloc((size_t)s->n + 1, sizeof *x);
    struct table t;
    if (x == NULL)
        return;
    table_open(&t, "lrrl");
    table_cell(&t, "requests");
    table_cell(&t, "a replication");
    table_cell(&t, "share");
    table_cell(&t, s->n < ESTIMATE_MIN ? "(intervals need 10 replications)" : "95 %% interval");
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        fate_row(&t, s, row[i].fate, row[i].doc, x);
    table_print(stdout, &t, 0, true);
    table_close(&t);
    free(x);
    putchar('\n');
}

static void latency_row(struct table *t, const struct samples *s, const char *metric, const char *stat)
{
    const double *x = samples_find(s, "", metric, stat);
    char          text[SUMMARY_TEXT];
    if (x == NULL)
        return;
    struct estimate e = samples_quantile(s, metric, stat);
    if (e.n == 0)
        e = samples_estimate(s, x);
    summary_interval(text, &e, UNIT_NS);
    table_cell(t, "%s %s", metric, stat);
    table_cell(t, "%s", text);
}

static void latencies(const struct samples *s)
{
    static const char *const stat[] = {"p50", "p90", "p99"};
    struct table             t;
    table_open(&t, "ll");
    for (size_t i = 0; i < 3; i++)
        latency_row(&t, s, "latency", stat[i]);
    latency_row(&t, s, "answer", "p99");
    if (t.n_cell > 0) {
        printf("%slatency: birth to first effect; answer: birth to what the client was told; percentiles of all requests of "
               "all replications, intervals by sections%s\n",
               term_colour(stdout, COLOUR_DIM), term_colour(stdout, COLOUR_OFF));
        table_print(stdout, &t, 0, false);
        putchar('\n');
    }
    table_close(&t);
}

/* Short: of a level the mean and the maximum, of a tally the mean and the 99th percentile, of a counter the count. */
static const char *const *short_stats(enum obs_kind kind)
{
    static const char *const counter[] = {"sum", NULL}, *const level[] = {"mean", "max", NULL},
                             *const tally[] = {"mean", "p99", NULL};
    return kind == OBS_COUNTER ? counter : kind == OBS_LEVEL ? level : tally;
}

static const struct metric_def *def_of(const struct metric_def *def, uint32_t n, const char *name)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(def[i].name, name) == 0)
            return &def[i];
    return NULL;
}

bool summary_passes_over(const struct metric_id *m)
{
    char kind[32];
    snprintf(kind, sizeof kind, "%.*s", (int)strcspn(m->entity, "."), m->entity);
    const struct room *r = room_find(kind);
    if (r == NULL)
        return false;
    bool part = strchr(m->entity, '[') != NULL;
    const struct metric_def *def = part ? def_of(r->part_metric, r->n_part_metric, m->name)
                                        : def_of(r->metric, r->n_metric, m->name);
    return def != NULL && (def->flags & METRIC_QUIET) != 0;
}

static bool interesting(const struct samples *s, const struct metric_id *m)
{
    if (summary_passes_over(m))
        return false;
    bool          money = m->unit == UNIT_USD; /* has a mean only */
    const double *x = samples_find(s, m->entity, m->name, money ? "mean" : m->kind == OBS_LEVEL ? "max" : "sum");
    for (uint32_t r = 0; x != NULL && r < s->n; r++)
        if (x[r] != 0 && x[r] == x[r])
            return true;
    return false;
}

static void metric_text(char *out, size_t size, const struct samples *s, const struct metric_id *m)
{
    size_t used = (size_t)snprintf(out, size, "%s", m->name);
    for (const char *const *stat = short_stats(m->kind); *stat != NULL; stat++) {
        char            value[FORMAT_SIZE];
        struct estimate e = samples_estimate(s, samples_find(s, m->entity, m->name, *stat));
        if (e.mean != e.mean) /* NAN: no histogram, or nothing happened */
            continue;
        format_value(value, e.mean, m->unit);
        bool plain = m->kind == OBS_COUNTER;
        used += (size_t)snprintf(out + used, size - used, " %s%s%s", plain ? "" : *stat, plain ? "" : " ", value);
    }
}

/* The entity's metrics side by side, as many a line as fit. */
static void entity_lines(const struct samples *s, const char *entity)
{
    printf("%s%s%s\n", term_colour(stdout, COLOUR_BOLD), entity, term_colour(stdout, COLOUR_OFF));
    size_t column = 0;
    for (size_t i = 0; i < s->n_metric; i++) {
        const struct metric_id *m = &s->metric[i];
        char                    text[200];
        if (strcmp(m->entity, entity) != 0 || !interesting(s, m))
            continue;
        metric_text(text, sizeof text, s, m);
        size_t width = table_width(text);
        if (column > 0 && column + 3 + width > LINE) {
            putchar('\n');
            column = 0;
        }
        printf("%s%s", column == 0 ? "  " : " · ", text);
        column += width + (column == 0 ? 2 : 3);
    }
    printf(column == 0 ? "  nothing happened here\n" : "\n");
}

/* A shard or another part that nothing came to, as one that was never made, is not worth a line. */
static bool is_empty_part(const struct samples *s, size_t first)
{
    const char *entity = s->metric[first].entity;
    if (strchr(entity, '[') == NULL)
        return false;
    for (size_t i = first; i < s->n_metric && strcmp(s->metric[i].entity, entity) == 0; i++)
        if (interesting(s, &s->metric[i]))
            return false;
    return true;
}

static void entities(const struct samples *s)
{
    const char *last = "";
    size_t      shown = 0, hidden = 0;
    if (s->n > 1)
        printf("%seach part: means over replications, of percentiles and maxima too%s\n", term_colour(stdout, COLOUR_DIM),
               term_colour(stdout, COLOUR_OFF));
    for (size_t i = 0; i < s->n_metric; i++) {
        if (strcmp(s->metric[i].entity, last) == 0)
            continue;
        last = s->metric[i].entity;
        if (is_empty_part(s, i))
            continue;
        if (shown < MAX_ENTITIES)
            entity_lines(s, last);
        else
            hidden++;
        shown++;
    }
    if (hidden > 0)
        printf("… and %zu more entities (--verbose shows all)\n", hidden);
    putchar('\n');
}

static void every_metric(const struct samples *s)
{
    struct table t;
    table_open(&t, "lllrl");
    static const char *const heading[] = {"entity", "metric", "stat", "mean", "95 % interval"};
    for (size_t i = 0; i < 5; i++)
        table_cell(&t, "%s", heading[i]);
    for (size_t i = 0; i < s->n_metric * n_sample_stats; i++) {
        const struct metric_id *m = &s->metric[i / n_sample_stats];
        const double           *x = samples_at(s, i / n_sample_stats, i % n_sample_stats);
        if (x == NULL)
            continue;
        struct estimate e = samples_estimate(s, x);
        char            mean[FORMAT_SIZE], low[FORMAT_SIZE], high[FORMAT_SIZE];
        enum metric_unit unit = sample_unit(m, sample_stats[i % n_sample_stats]);
        format_value(mean, e.mean, unit);
        format_value(low, e.low, unit);
        format_value(high, e.high, unit);
        table_cell(&t, "%s", *m->entity == 0 ? "(scenario)" : m->entity);
        table_cell(&t, "%s", m->name);
        table_cell(&t, "%s", sample_stats[i % n_sample_stats]);
        table_cell(&t, "%s", mean);
        if (e.low == e.low)
            table_cell(&t, "[%s, %s]", low, high);
        else
            table_cell(&t, "%s", "");
    }
    table_print(stdout, &t, 0, true);
    table_close(&t);
    putchar('\n');
}

void summary_print(const struct runner_scenario *s)
{
    head(s);
    if (s->samples.n > 0 && s->samples.fates[0].offered > 0) {
        fates(&s->samples);
        latencies(&s->samples);
    }
    if (cli_verbose())
        every_metric(&s->samples);
    else
        entities(&s->samples);
    steady_print(s);
    printf("conservation ok in every replication, fingerprint %016" PRIx64 "\n", s->samples.print);
}
