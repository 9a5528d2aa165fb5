/* cmd_warmup.c - afterbay warmup SCENARIO: how much of the start to leave out, from the mean of many replications. */
#include "cli.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "format.h"
#include "quantity.h"
#include "runner.h"
#include "steady.h"
#include "summary.h"
#include "table.h"
#include "warmup.h"

/* How many replications it takes is not for --precision to say, and what --warmup leaves out is what it is to find. */
static const struct option options[] = {
    RUNNER_OUTPUT,
    {'r', "replications", OPTION_COUNT, "N", "number of replications (default: 50)", NULL, 1, RUNNER_MAX_REPLICATIONS},
    RUNNER_COURSE,
    RUNNER_REST,
    {0},
};

struct proposal { /* for one metric */
    const struct metric_id *id;
    struct warmup           cut;
    double                  whole, rest; /* mean with the start and without */
};

static double mean_from(const double *x, size_t n, size_t from)
{
    double sum = 0, count = 0;
    for (size_t i = from; i < n; i++)
        if (!isnan(x[i])) {
            sum += x[i];
            count++;
        }
    return count > 0 ? sum / count : NAN;
}

/* What drains at the end is no equilibrium: only the time of arrivals is looked at. False: memory is short. */
static bool propose(const struct traces *t, size_t item, struct proposal *p)
{
    double *x = calloc(t->n + 1, sizeof *x), *value = traces_values(t, item);
    bool    ok = x != NULL && value != NULL;
    if (ok) {
        warmup_ensemble(value, t->replications, t->n, x);
        *p = (struct proposal){.id = &t->id[t->item[item].metric], .cut = warmup_mser5(x, t->to)};
        p->whole = mean_from(x, t->to, 0);
        p->rest = mean_from(x, t->to, p->cut.cut);
    }
    free(value);
    free(x);
    return ok;
}

static bool counts(const struct proposal *p)
{
    return !isnan(p->cut.statistic) && !(p->whole == 0 && p->rest == 0);
}

static sim_time cut_time(const struct traces *t, const struct proposal *p)
{
    return (sim_time)p->cut.cut * t->width;
}

static void row(struct table *table, const struct traces *t, const struct proposal *p)
{
    char cut[40], whole[FORMAT_SIZE], rest[FORMAT_SIZE];
    quantity_duration_text(cut_time(t, p), cut, sizeof cut);
    format_value(whole, p->whole, p->id->unit);
    format_value(rest, p->rest, p->id->unit);
    table_cell(table, "%s%s%s", p->id->entity, *p->id->entity == 0 ? "" : ".", p->id->name);
    table_cell(table, "%s", p->cut.too_short ? "not in the first half" : cut);
    table_cell(table, "%s", whole);
    table_cell(table, "%s", p->cut.too_short ? "" : rest);
}

static void print_text(const struct runner_scenario *s, const struct proposal *list, size_t n, sim_time cut, bool too_short)
{
    struct table t;
    char         text[40], twice[40];
    const struct spec *spec = scenario_spec(s->scenario);
    printf("%s%s%s\n%s, seed %" PRIu64 "; MSER-5 on the mean of %" PRIu32 " replications, searched in the first half\n\n",
           term_colour(stdout, COLOUR_BOLD), term_plain(scenario_title(s->scenario)), term_colour(stdout, COLOUR_OFF), s->path, spec->seed,
           s->traces.replications);
    table_open(&t, "lrrr");
    table_cell(&t, "metric");
    table_cell(&t, "leave out");
    table_cell(&t, "mean of all");
    table_cell(&t, "mean of the rest");
    for (size_t i = 0; i < n; i++)
        if (counts(&list[i]))
            row(&t, &s->traces, &list[i]);
    table_print(stdout, &t, 0, true);
    table_close(&t);
    quantity_duration_text(cut, text, sizeof text);
    quantity_duration_text(2 * spec->duration, twice, sizeof twice);
    if (steady_terminates(spec))
        puts("\nThis scenario is a course of events (a fault, a profile, or a time to drain): everything in it counts.\n"
             "proposal: run.warmup = \"0s\"");
    else if (too_short)
        printf("\nThe run has not settled within its first half: make it longer, and look again.\n"
               "proposal: run.duration = \"%s\"\n", twice);
    else
        printf("\nproposal: run.warmup = \"%s\"\n", text);
}

static json_t *proposal_json(const struct traces *t, const struct proposal *p)
{
    json_t *o = json_object();
    json_object_set_new(o, "entity", json_string(p->id->entity));
    json_object_set_new(o, "metric", json_string(p->id->name));
    json_object_set_new(o, "cut_ns", json_integer(cut_time(t, p)));
    json_object_set_new(o, "too_short", json_boolean(p->cut.too_short));
    json_object_set_new(o, "mean", summary_number_json(p->whole));
    json_object_set_new(o, "mean_after", summary_number_json(p->rest));
    return o;
}

static int print_json(const struct runner_scenario *s, const struct proposal *list, size_t n, sim_time cut, bool too_short)
{
    json_t *o = json_object(), *metrics = json_array();
    bool    course = steady_terminates(scenario_spec(s->scenario));
    json_object_set_new(o, "json_schema", json_integer(CLI_JSON_SCHEMA));
    json_object_set_new(o, "version", json_string(AFTERBAY_VERSION));
    json_object_set_new(o, "command", json_string("warmup"));
    json_object_set_new(o, "scenario", json_string(s->path));
    json_object_set_new(o, "replications", json_integer(s->traces.replications));
    json_object_set_new(o, "terminating", json_boolean(course));
    json_object_set_new(o, "too_short", json_boolean(too_short && !course));
    json_object_set_new(o, "warmup_ns", course ? json_integer(0) : too_short ? json_null() : json_integer(cut));
    for (size_t i = 0; i < n; i++)
        if (counts(&list[i]))
            json_array_append_new(metrics, proposal_json(&s->traces, &list[i]));
    json_object_set_new(o, "metrics", metrics);
    return summary_dump(o);
}

/* The longest that any metric asks for. */
static int answer(const struct runner *r, const struct args *a)
{
    const struct runner_scenario *s = &r->item[0];
    struct proposal              *list = calloc(s->traces.n_item + 1, sizeof *list);
    sim_time                      cut = 0;
    bool                          too_short = false, ok = list != NULL;
    for (size_t i = 0; ok && i < s->traces.n_item; i++) {
        ok = propose(&s->traces, i, &list[i]);
        if (!ok || !counts(&list[i]))
            continue;
        too_short |= list[i].cut.too_short;
        if (cut_time(&s->traces, &list[i]) > cut)
            cut = cut_time(&s->traces, &list[i]);
    }
    int code = ok ? 0 : cli_failf(ERR_OS, "memory is short");
    if (code == 0 && option_flag(a, "json"))
        code = print_json(s, list, s->traces.n_item, cut, too_short);
    else if (code == 0)
        print_text(s, list, s->traces.n_item, cut, too_short);
    free(list);
    return code;
}

static int check(const struct runner *r)
{
    if (r->item[0].replications < WARMUP_REPLICATIONS)
        return cli_failf(ERR_USAGE, "a proposal needs the mean of at least %d replications, not %" PRIu32, WARMUP_REPLICATIONS,
                         r->item[0].replications);
    if (!scenario_spec(r->item[0].scenario)->series)
        return cli_failf(ERR_USAGE, "run.series is off: there is nothing to look at");
    return 0;
}

static int run(const struct args *a)
{
    static const char *const whole[] = {"run.warmup=0s", "run.replications=50", NULL};
    struct runner            r;
    int                      code = runner_open_with(&r, "warmup", a, a->operand, 1, whole);
    if (code == 0)
        code = check(&r);
    if (code == 0)
        code = runner_run(&r);
    if (code == 0)
        code = answer(&r, a);
    if (code == 0 && r.database != NULL)
        cli_note("next: afterbay plot %s welch -o welch.svg", r.database);
    runner_close(&r);
    return code;
}

const struct command cmd_warmup = {
    .name = "warmup",
    .doc = "propose how much of a run's start to leave out",
    .examples = "  afterbay warmup shop.cfg\n"
                "  afterbay warmup shop.cfg -o warmup.db && afterbay plot warmup.db welch -o welch.svg\n",
    .usage = "SCENARIO",
    .more = "50 replications, measured from the start; then `run.warmup = \"10min\";` in the scenario, or --warmup 10min.\n",
    .option = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
