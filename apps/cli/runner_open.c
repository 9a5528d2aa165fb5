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
    if (r->until != NULL)
        snprintf(r->text[0], sizeof r->text[0], "run.duration=%s", r->until);
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
static bool gather_overrides(struct runner_scenario *s, const struct runner *r, const struct args *a, const char *own)
{
    size_t most = (size_t)option_times(a, "set") + (own == NULL ? 0 : (size_t)option_times(a, own)) + 3;
    s->set = calloc(most, sizeof *s->set);
    if (s->set == NULL)
        return false;
    add_given(s, a, "set");
    if (own != NULL)
        add_given(s, a, own);
    s->n_given = s->n_set;
    for (size_t i = 0; i < 3; i++)
        if (r->text[i][0] != 0)
            s->set[s->n_set++] = r->text[i];
    return true;
}

static int read_options(struct runner *r, const struct args *a)
{
    struct quantity_error wrong;
    int64_t               ns;
    r->until = option_text(a, "until");
    if (r->until != NULL && (strlen(r->until) > 64 || !quantity_duration(r->until, &ns, &wrong)))
        return cli_failf(ERR_USAGE, "--until: '%s' is no length of time such as 90s or 1h30min", r->until);
    if (option_text(a, "replication") != NULL && option_text(a, "output") != NULL)
        return cli_failf(ERR_USAGE, "--replication looks at one replication; it cannot be stored with --output");
    option_overrides(r, a);
    r->database = option_text(a, "output");
    r->threads = (int)option_count(a, "jobs", trials_processors());
    return 0;
}

static int load(struct runner_scenario *s, const struct args *a)
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
    if (!samples_open(&s->samples, s->scenario, s->replications) ||
        !judge_open(&s->judge, s->scenario, s->replications))
        return cli_failf(ERR_OS, "memory is short");
    return 0;
}

/* Every scenario is read before the verdict, so that one go shows what is wrong with all of them. */
int runner_open(struct runner *r, const char *command, const struct args *a, const char *const *path, size_t n)
{
    *r = (struct runner){.command = command, .n = n};
    int code = read_options(r, a);
    if (code != 0)
        return code;
    r->item = calloc(n, sizeof *r->item);
    if (r->item == NULL)
        return cli_failf(ERR_OS, "memory is short");
    for (size_t i = 0; i < n; i++) {
        static const char *const own[] = {"set-a", "set-b"};
        r->item[i].path = path[i];
        if (!gather_overrides(&r->item[i], r, a, i < 2 ? own[i] : NULL))
            return cli_failf(ERR_OS, "memory is short");
        int wrong = load(&r->item[i], a);
        if (code == 0)
            code = wrong;
    }
    return code;
}

void runner_close(struct runner *r)
{
    for (size_t i = 0; r->item != NULL && i < r->n; i++) {
        samples_close(&r->item[i].samples);
        judge_close(&r->item[i].judge);
        free(r->item[i].set);
        if (r->item[i].scenario != NULL)
            scenario_free(r->item[i].scenario);
    }
    free(r->item);
    *r = (struct runner){0};
}
