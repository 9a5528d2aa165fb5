/* study.c - scenarios written to a temporary file, loaded as a user's would be, and run on all
 * cores. A study may go on where it stopped: replications are numbered, and number n is the same
 * whenever it is run. */
#include "study.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "estimate.h"
#include "trials.h"
#include "world.h"

const struct metric_value *view_metric(const struct view *v, const char *entity, const char *name)
{
    for (size_t i = 0; i < v->n; i++) {
        if (strcmp(v->id[i].entity, entity) == 0 && strcmp(v->id[i].name, name) == 0)
            return &v->result->metric[i];
    }
    fprintf(stderr, "no metric %s.%s\n", entity, name);
    CHECK(!"a mapping asks for a metric that no entity has");
}

double view_stat(const struct view *v, const char *entity, const char *name, const char *stat)
{
    struct obs_stat s;
    const struct metric_value *m = view_metric(v, entity, name);
    CHECK(obs_stat_parse(stat, &s));
    return metric_stat(m, v->id[m - v->result->metric].kind, s, v->result->observed);
}

static bool write_scenario(const struct row *row, const struct mapping *map, double customers, char *path,
                           struct err *err)
{
    int fd = mkstemp(path);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (out == NULL)
        return err_set(err, ERR_CANTCREAT, "%s: cannot be written", path);
    bool good = mapping_scenario(map, row, customers, out);
    return (fclose(out) == 0 && good) ||
           err_set(err, ERR_INTERNAL, "%s: no scenario can be written from its parameters", row->id);
}

static bool load(struct study *s, double customers, unsigned seed, struct err *err)
{
    const struct row *row = &s->group->rows->item[s->group->member[0]];
    char path[] = "/tmp/afterbay-oracle-XXXXXX", text[32];
    const char *set[] = {text};
    snprintf(text, sizeof text, "run.seed=%u", seed);
    struct scenario_options options = {set, 1};
    struct problems problems;
    problems_init(&problems);
    bool good = write_scenario(row, s->group->map, customers, path, err);
    if (good && !scenario_load(&s->scenario, path, &options, &problems))
        good = err_set(err, ERR_INTERNAL, "%s: the scenario of model '%s' (%s): %s", row->id, row->model, row->params,
                       problems.n > 0 ? problems.item[0].text : "it cannot be loaded");
    unlink(path);
    problems_free(&problems);
    return good;
}

bool study_open(struct study *s, const struct group *g, double customers, unsigned seed, struct err *err)
{
    *s = (struct study){.group = g};
    if (!load(s, customers, seed, err))
        return false;
    s->id = scenario_metrics(s->scenario, &s->n_id);
    return true;
}

void study_close(struct study *s)
{
    free(s->sample);
    free(s->column);
    scenario_free(s->scenario);
    *s = (struct study){0};
}

static void *work(void *context, size_t number)
{
    struct study *s = context;
    struct err err = {0};
    struct result *r = world_run(scenario_spec(s->scenario), (uint32_t)(s->base + number), NULL, &err);
    if (r == NULL)
        fprintf(stderr, "replication %zu: %s\n", s->base + number, err.text);
    return r;
}

static bool sink(void *context, size_t number, void *slot)
{
    struct study *s = context;
    struct result *r = slot;
    if (r == NULL)
        return err_set(&s->err, ERR_INTERNAL, "a replication failed");
    struct view v = {r, s->id, s->n_id};
    for (size_t k = 0; k < s->group->n; k++) {
        const struct row *row = &s->group->rows->item[s->group->member[k]];
        s->sample[(s->base + number) * s->group->n + k] = mapping_sample(s->group->map, row, &v);
    }
    result_free(r);
    return true;
}

static void drop(void *context, void *slot)
{
    (void)context;
    result_free(slot);
}

static bool reserve(struct study *s, size_t n)
{
    double *sample = realloc(s->sample, n * s->group->n * sizeof *sample);
    if (sample != NULL)
        s->sample = sample;
    double *column = realloc(s->column, n * sizeof *column);
    if (column != NULL)
        s->column = column;
    return sample != NULL && column != NULL;
}

bool study_grow(struct study *s, size_t n, int threads, struct err *err)
{
    if (n <= s->n)
        return true;
    if (!reserve(s, n))
        return err_set(err, ERR_OS, "out of memory");
    struct trials t = {.n = n - s->n, .threads = threads, .context = s, .work = work, .sink = sink, .drop = drop};
    s->base = s->n;
    if (trials_run(&t) != t.n) {
        *err = s->err;
        return false;
    }
    s->n = n;
    return true;
}

struct estimate study_estimate(const struct study *s, size_t member)
{
    for (size_t i = 0; i < s->n; i++)
        s->column[i] = s->sample[i * s->group->n + member];
    return estimate_mean(s->column, s->n, 0.95);
}
