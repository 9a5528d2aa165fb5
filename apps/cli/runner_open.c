/* runner_open.c - options to overrides, files to scenarios. */
#include "runner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "complain.h"
#include "quantity.h"
#include "trials.h"

/* --seed, -r and --until are overrides with another name: checked and recorded as those are. */
static void option_overrides(struct runner *r, const struct args *a)
{
    int64_t seed = option_count(a, "seed", -1), replications = option_count(a, "replications", 0);
    const char *warmup = option_text(a, "warmup");
    if (r->until != NULL)
        snprintf(r->text[0], sizeof r->text[0], "run.duration=%s", r->until);
    if (warmup != NULL)
        snprintf(r->text[3], sizeof r->text[3], "run.warmup=%s", warmup);
    if (seed >= 0)
        snprintf(r->text[1], sizeof r->text[1], "run.seed=%" PRId64, seed);
    if (replications > 0)
        snprintf(r->text[2], sizeof r->text[2], "run.replications=%" PRId64, replications);
}

static void add_given(struct runner_scenario *s, const struct args *a, const char *option)
{
    const char *text;
    for (size_t i = 0; (text = option_many(a, option, i)) != NULL; i++)
        s->set[s->n_set++] = text;
}

/* own: the option whose overrides are for this scenario alone; NULL: none. */
static bool gather_overrides(struct runner_scenario *s, const struct runner *r, const struct args *a, const char *own,
                             const char *const *extra)
{
    size_t most = (size_t)option_times(a, "set") + (own == NULL ? 0 : (size_t)option_times(a, own)) + RUNNER_TEXTS + RUNNER_EXTRA;
    s->set = calloc(most, sizeof *s->set);
    if (s->set == NULL)
        return false;
    for (; *extra != NULL && s->n_set < RUNNER_EXTRA; extra++)
        s->set[s->n_set++] = *extra;
    s->n_extra = s->n_set;
    add_given(s, a, "set");
    if (own != NULL)
        add_given(s, a, own);
    s->n_given = s->n_set;
    for (size_t i = 0; i < RUNNER_TEXTS; i++)
        if (r->text[i][0] != 0)
            s->set[s->n_set++] = r->text[i];
    return true;
}

static int check_time(const struct args *a, const char *option)
{
    struct quantity_error wrong;
    int64_t               ns;
    const char           *text = option_text(a, option);
    if (text != NULL && (strlen(text) > 64 || !quantity_duration(text, &ns, &wrong)))
        return cli_failf(ERR_USAGE, "--%s: '%s' is no length of time such as 90s or 1h30min", option, text);
    return 0;
}

static int read_options(struct runner *r, const struct args *a)
{
    r->until = option_text(a, "until");
    int code = check_time(a, "until");
    if (code == 0)
        code = check_time(a, "warmup");
    if (code == 0 && strcmp(r->command, "goal") != 0) /* its rounds, and --max-replications with them, are its own */
        code = precision_options(&r->precision, a);
    if (code != 0)
        return code;
    if (option_text(a, "replication") != NULL && r->precision.on)
        return cli_failf(ERR_USAGE, "--replication looks at one replication, and --precision wants many");
    if (option_text(a, "replication") != NULL && option_text(a, "output") != NULL)
        return cli_failf(ERR_USAGE, "--replication looks at one replication; it cannot be stored with --output");
    option_overrides(r, a);
    r->database = option_text(a, "output");
    r->threads = (int)option_count(a, "jobs", trials_processors());
    return 0;
}

/* Targets are known once the scenario is. */
static int open_columns(struct runner *r, struct runner_scenario *s)
{
    struct err err = {0};
    columns_open(&s->columns, s->scenario);
    return precision_columns(&r->precision, &s->columns, &err) ? 0 : cli_fail(&err);
}

static int load(struct runner *r, struct runner_scenario *s, const struct args *a)
{
    const struct scenario_options options = {s->set, s->n_set};
    struct problems               problems;
    problems_init(&problems);
    bool ok = scenario_load(&s->scenario, s->path, &options, &problems);
    int  code = complain(&problems, s->scenario);
    problems_free(&problems);
    if (!ok)
        return code != 0 ? code : ERR_OS;
    int64_t only = option_count(a, "replication", -1);
    s->replications = only >= 0 ? 1 : scenario_spec(s->scenario)->replications;
    s->first = only >= 0 ? (uint32_t)only : 0;
    if (r->precision.on)
        s->replications = r->precision.most;
    s->capacity = s->replications;
    if (!traces_open(&s->traces, s->scenario, s->replications) || !samples_open(&s->samples, s->scenario, s->replications) ||
        !judge_open(&s->judge, s->scenario, s->replications))
        return cli_failf(ERR_OS, "memory is short");
    return open_columns(r, s);
}

/* Every scenario is read before the verdict, so that one go shows what is wrong with all of them. */
int runner_open(struct runner *r, const char *command, const struct args *a, const char *const *path, size_t n)
{
    static const char *const nothing[] = {NULL};
    return runner_open_with(r, command, a, path, n, nothing);
}

int runner_open_with(struct runner *r, const char *command, const struct args *a, const char *const *path, size_t n,
                     const char *const *extra)
{
    *r = (struct runner){.command = command, .n = n};
    int code = read_options(r, a);
    if (code != 0)
        return code;
    r->item = calloc(n, sizeof *r->item);
    if (r->item == NULL)
        return cli_failf(ERR_OS, "memory is short");
    for (size_t i = 0; i < n; i++) {
        static const char *const own[] = {"set-a", "set-b", "set-c", "set-d"};
        r->item[i].path = path[i];
        if (!gather_overrides(&r->item[i], r, a, i < 4 ? own[i] : NULL, extra))
            return cli_failf(ERR_OS, "memory is short");
        int wrong = load(r, &r->item[i], a);
        if (code == 0)
            code = wrong;
    }
    return code;
}

int runner_ask(struct runner *r, const char *metric, size_t *column)
{
    for (size_t i = 0; i < r->n; i++) {
        struct err err = {0};
        if (!columns_term(&r->item[i].columns, metric, ERR_DATA, column, &err))
            return r->n == 1 ? cli_fail(&err) : cli_failf(err.class, "%s: %s", r->item[i].path, err.text);
    }
    return 0;
}

int runner_ask_no_more(struct runner *r)
{
    for (size_t i = 0; i < r->n; i++) {
        struct runner_scenario *s = &r->item[i];
        if (s->asked == NULL)
            s->asked = calloc(s->columns.n_metric + 1, sizeof *s->asked);
        if (s->asked == NULL)
            return cli_failf(ERR_OS, "memory is short");
        columns_asked(&s->columns, s->asked);
        scenario_ask(s->scenario, s->asked);
    }
    return 0;
}

const double *runner_values(const struct runner_scenario *s, size_t column)
{
    return s->value + column * s->capacity;
}

void runner_close(struct runner *r)
{
    for (size_t i = 0; r->item != NULL && i < r->n; i++) {
        samples_close(&r->item[i].samples);
        judge_close(&r->item[i].judge);
        traces_close(&r->item[i].traces);
        if (r->item[i].columns.metric != NULL)
            columns_close(&r->item[i].columns);
        free(r->item[i].asked);
        free(r->item[i].value);
        free(r->item[i].set);
        if (r->item[i].scenario != NULL)
            scenario_free(r->item[i].scenario);
    }
    free(r->item);
    *r = (struct runner){0};
}
