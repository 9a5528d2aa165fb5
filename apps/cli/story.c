/* story.c - where a story comes from: the scenario or the database. */
#include "story.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "page.h"
#include "query.h"

bool story_ref(struct story_ref *r, const char *text)
{
    const char *hash = strchr(text, '#'), *dot = strchr(text, '.');
    char       *end;
    if (hash == NULL || dot == NULL || dot > hash || (size_t)(hash - text) >= sizeof r->entity)
        return false;
    memcpy(r->entity, text, (size_t)(hash - text));
    r->entity[hash - text] = 0;
    r->number = strtoull(hash + 1, &end, 10);
    return hash[1] >= '0' && hash[1] <= '9' && *end == 0 && r->number > 0 && r->number < UINT64_C(1) << 40;
}

int story_run(struct story *s, const char *scenario, const struct story_ref *ref, const struct args *a)
{
    size_t       n = (size_t)option_times(a, "set");
    const char **set = calloc(n + 1, sizeof *set);
    if (set == NULL)
        return cli_failf(ERR_OS, "memory is short");
    for (size_t i = 0; i < n; i++)
        set[i] = option_many(a, "set", i);
    struct story_rerun again = {scenario, set, n, (uint32_t)option_count(a, "replication", 0), 0};
    snprintf(s->source, sizeof s->source, "%s", scenario);
    int code = story_again(s, &again, ref);
    free(set);
    return code;
}

void story_close(struct story *s)
{
    life_free(&s->life);
    query_entities_free(s->path, s->n_path);
    *s = (struct story){0};
}

/* --- from a database --- */

static bool is_asked(const struct story *s, const struct life_event *e, const struct story_ref *ref)
{
    const char *entity = s->path[e->entity];
    if (e->what == LIFE_BORN)
        return strcmp(entity, ref->entity) == 0 && e->item + 1 == ref->number;
    return e->message == ref->number && strcmp(entity, ref->entity) == 0;
}

/* Keeps the events of the one that is asked for; false: it was not recorded. */
static bool pick(struct story *s, const struct story_ref *ref)
{
    struct life *l = &s->life;
    uint32_t     kept = 0, at = 0;
    while (at < l->n && !is_asked(s, &l->event[at], ref))
        at++;
    if (at == l->n)
        return false;
    s->producer = l->event[at].producer;
    s->item = l->event[at].item;
    s->queue = l->event[at].what == LIFE_BORN ? LIFE_NONE : l->event[at].entity;
    for (uint32_t i = 0; i < l->n; i++)
        if (l->event[i].producer == s->producer && l->event[i].item == s->item)
            l->event[kept++] = l->event[i];
    l->n = kept;
    return true;
}

static int rerun_stored(struct story *s, struct query *q, int64_t run, const struct query_run *row,
                        const struct story_ref *ref)
{
    struct query_text *text;
    size_t             n;
    struct err         err = {0};
    struct story_rerun again = {.scenario = row->scenario, .replication = s->replication};
    if (!query_print(q, run, 0, s->replication, &again.print, &err) || !query_overrides(q, run, &text, &n, &err))
        return cli_fail(&err);
    const char **set = calloc(n + 1, sizeof *set);
    for (size_t i = 0; set != NULL && i < n; i++)
        set[i] = text[i].text;
    again.set = set;
    again.n_set = n;
    cli_note("run %" PRId64 " did not record it: running %s again", run, row->scenario);
    int code = set == NULL ? cli_failf(ERR_OS, "memory is short") : story_again(s, &again, ref);
    free(set);
    query_texts_free(text, n);
    return code;
}

static int read_story(struct story *s, struct query *q, int64_t run, const struct query_run *row,
                      const struct story_ref *ref)
{
    struct err err = {0};
    s->seed = row->seed;
    s->end = row->duration_ns + row->drain_ns;
    if (s->replication >= row->n_replication)
        return cli_failf(ERR_USAGE, "run %" PRId64 " has replications 0 to %" PRIu32, run, row->n_replication - 1);
    if (!query_life(q, run, 0, s->replication, &s->life, &err) ||
        !query_entities(q, run, &s->path, &s->n_path, &err))
        return cli_fail(&err);
    if (pick(s, ref))
        return 0;
    life_free(&s->life);
    query_entities_free(s->path, s->n_path);
    s->path = NULL;
    s->n_path = 0;
    return rerun_stored(s, q, run, row, ref);
}

int story_stored(struct story *s, const char *database, const struct story_ref *ref, const struct args *a)
{
    struct query     *q;
    struct query_run *row;
    int64_t           run[RUNS_MAX];
    size_t            n, n_row, at = 0;
    struct err        err = {0};
    if (option_times(a, "set") > 0)
        return cli_failf(ERR_USAGE, "--set changes a scenario, not what a database holds");
    s->replication = (uint32_t)option_count(a, "replication", 0);
    s->number = ref->number;
    if (!query_open(&q, database, &err))
        return cli_fail(&err);
    if (!runs_choose(q, a, 1, run, &n, &err) || !query_runs(q, &row, &n_row, &err)) {
        query_close(q);
        return cli_fail(&err);
    }
    while (at + 1 < n_row && row[at].id != run[0])
        at++;
    snprintf(s->source, sizeof s->source, "run %" PRId64 " of %.150s", run[0], database);
    int code = read_story(s, q, run[0], &row[at], ref);
    query_runs_free(row, n_row);
    query_close(q);
    return code;
}
