/* story_rerun.c - the run made again, as often as it takes: a first time to find out which request the message belongs
 * to, a second time with that request recorded. Both take the same course, because recording changes nothing. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "complain.h"
#include "mem.h"
#include "scenario.h"
#include "story.h"
#include "world.h"

/* Curves and distributions are not needed, and cost time. */
static int load(struct scenario **s, const struct story_rerun *again, const char *record)
{
    const char **set = calloc(again->n_set + 3, sizeof *set);
    size_t       n = again->n_set;
    if (set == NULL)
        return cli_failf(ERR_OS, "memory is short");
    memcpy(set, again->set, n * sizeof *set);
    set[n++] = "run.series=false";
    set[n++] = "run.histograms=false";
    if (record != NULL)
        set[n++] = record;
    const struct scenario_options options = {set, n};
    struct problems               problems;
    problems_init(&problems);
    bool ok = scenario_load(s, again->scenario, &options, &problems);
    int  code = complain(&problems, *s);
    problems_free(&problems);
    free(set);
    return ok ? 0 : code != 0 ? code : ERR_OS;
}

/* The request whose message is the n-th that comes to the queue. */
static int find_message(const struct spec *spec, uint32_t replication, const struct spec_entity *queue, uint64_t number,
                        struct world_quest *found)
{
    struct err    err = {0};
    struct world *w = world_open(spec, replication, &err);
    if (w == NULL)
        return cli_fail(&err);
    w->quest.where = w->entity[queue->index];
    w->quest.number = number;
    sim_run(w->sim, w->end, &w->quest.found);
    *found = w->quest;
    world_close(w);
    if (found->found)
        return 0;
    return cli_failf(ERR_DATA, "fewer than %" PRIu64 " messages come to %s in replication %" PRIu32, number, queue->path,
                     replication);
}

static bool keeps_messages(const struct spec_entity *e)
{
    return strcmp(e->kind, "queue") == 0 || strcmp(e->kind, "stream") == 0;
}

static int no_entity(const struct spec *spec, const char *path)
{
    const char *all[64];
    size_t      n = 0;
    for (uint32_t i = 0; i < spec->n_entity && n < 64; i++)
        if (strcmp(spec->entity[i].kind, "producer") == 0 || keeps_messages(&spec->entity[i]))
            all[n++] = spec->entity[i].path;
    const char *near = suggest(path, all, n);
    if (near != NULL)
        return cli_failf(ERR_USAGE, "there is no '%s' (did you mean '%s'?)", path, near);
    return cli_failf(ERR_USAGE, "'%s' is no producer, queue or stream of this scenario", path);
}

static int find_request(struct story *s, const struct story_rerun *again, const struct story_ref *ref, char record[160])
{
    struct scenario *scenario = NULL;
    int              code = load(&scenario, again, NULL);
    if (code == 0) {
        const struct spec        *spec = scenario_spec(scenario);
        const struct spec_entity *e = spec_find(spec, ref->entity);
        struct world_quest        found = {0};
        if (e != NULL && strcmp(e->kind, "producer") == 0) {
            s->queue = LIFE_NONE;
            s->producer = e->index;
            s->item = ref->number - 1;
        } else if (e != NULL && keeps_messages(e)) {
            code = find_message(spec, again->replication, e, ref->number, &found);
            s->queue = e->index;
            s->producer = found.producer;
            s->item = found.item;
        } else {
            code = no_entity(spec, ref->entity);
        }
        if (code == 0)
            snprintf(record, 160, "run.record=%.120s: %" PRIu64, spec->entity[s->producer].path, s->item + 1);
    }
    if (scenario != NULL)
        scenario_free(scenario);
    return code;
}

static int take_names(struct story *s, const struct spec *spec)
{
    s->path = mem_get_zero(spec->n_entity + 1, sizeof *s->path);
    for (uint32_t i = 0; s->path != NULL && i < spec->n_entity; i++) {
        size_t n = strlen(spec->entity[i].path) + 1;
        s->path[i] = mem_get(n);
        if (s->path[i] == NULL)
            return cli_failf(ERR_OS, "memory is short");
        memcpy(s->path[i], spec->entity[i].path, n);
        s->n_path++;
    }
    return s->path != NULL ? 0 : cli_failf(ERR_OS, "memory is short");
}

/* A stored run is the same run only when every event of it was. */
static int take_life(struct story *s, const struct story_rerun *again, struct result *r)
{
    s->life = r->life;
    r->life = (struct life){0};
    if (again->print != 0 && again->print != r->run_fingerprint)
        return cli_failf(ERR_DATA,
                         "%s does not run as it did: it, or the program, has changed since; "
                         "set run.record and run it again",
                         again->scenario);
    if (s->life.n == 0)
        return cli_failf(ERR_DATA, "%s makes fewer than %" PRIu64 " requests in replication %" PRIu32, s->path[s->producer],
                         s->item + 1, again->replication);
    return 0;
}

int story_again(struct story *s, struct story_rerun *again, const struct story_ref *ref)
{
    char             record[160];
    struct scenario *scenario = NULL;
    struct err       err = {0};
    s->number = ref->number;
    s->replication = again->replication;
    int code = find_request(s, again, ref, record);
    if (code == 0)
        code = load(&scenario, again, record);
    if (code == 0) {
        const struct spec *spec = scenario_spec(scenario);
        s->seed = spec->seed;
        s->end = spec->duration + spec->drain;
        code = take_names(s, spec);
        struct result *r = code == 0 ? world_run(spec, again->replication, NULL, &err) : NULL;
        if (code == 0)
            code = r == NULL ? cli_fail(&err) : take_life(s, again, r);
        if (r != NULL)
            result_free(r);
    }
    if (scenario != NULL)
        scenario_free(scenario);
    return code;
}
