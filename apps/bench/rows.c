/* rows.c - the same result stored many times as the replications of one run, in a new database. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "db.h"
#include "parts.h"
#include "scenario.h"
#include "store.h"
#include "world.h"

#define RESULTS 500

static const char text[] =
    "run = { duration = \"10min\"; };\n"
    "producer = { clients = { arrivals = \"poisson\"; rate = \"80/s\"; target = \"queue.line\"; }; };\n"
    "queue = { line = { wait_time = \"20s\"; }; };\n"
    "fleet = { workers = { size = 10; source = \"queue.line\"; time = \"exponential(100ms)\"; }; };\n";

static const char count[] = "SELECT (SELECT count(*) FROM replication) + (SELECT count(*) FROM entity_fingerprint)"
                            " + (SELECT count(*) FROM metric_value) + (SELECT count(*) FROM histogram)"
                            " + (SELECT count(*) FROM series) + (SELECT count(*) FROM fate)"
                            " + (SELECT count(*) FROM fate_by_birth)";

static bool count_rows(const char *path, int64_t *rows, struct err *err)
{
    struct db db = {0};
    bool      good = db_name(&db, path, err) && db_open_read(&db, err) && db_number(&db, count, rows, err);
    db_close(&db);
    return good;
}

static bool write_all(struct store *store, const struct store_run *run, const struct result *r, uint32_t n, struct err *err)
{
    int64_t number;
    bool    good = store_begin(store, run, &number, err) && store_point(store, 0, NULL, 0, err);
    for (uint32_t i = 0; good && i < n; i++)
        good = store_result(store, 0, i, r, err);
    return good && store_commit(store, err);
}

/* Opening, writing, committing and closing are timed; the simulation is not. */
static bool write_file(const char *path, const struct store_run *run, const struct result *r, struct bench_sample *s,
                       struct err *err)
{
    struct store *store = NULL;
    int64_t       rows = 0;
    double        start = bench_clock();
    bool          good = store_open(&store, path, err) && write_all(store, run, r, run->replications, err);
    if (store != NULL)
        store_close(store);
    *s = (struct bench_sample){1, bench_clock() - start};
    good = good && count_rows(path, &rows, err);
    s->items = (double)rows;
    return good;
}

static bool write_result(const struct scenario *scenario, const struct result *r, uint32_t n, struct bench_sample *s,
                         struct err *err)
{
    const struct spec   *spec = scenario_spec(scenario);
    struct store_entity *entity = calloc(spec->n_entity + 1, sizeof *entity);
    struct store_run     run = {.command = "bench", .title = "bench", .scenario = "bench", .version = "", .quotas = ""};
    char                 path[BENCH_PATH];
    bool                 good = entity != NULL && bench_file("", path, err);
    if (good) {
        for (uint32_t i = 0; i < spec->n_entity; i++)
            entity[i] = (struct store_entity){spec->entity[i].kind, spec->entity[i].id};
        run.canonical = scenario_canonical(scenario);
        run.duration_ns = spec->duration;
        run.drain_ns = spec->drain;
        run.deadline_ns = -1;
        run.replications = n;
        run.entity = entity;
        run.n_entity = spec->n_entity;
        run.metric = scenario_metrics(scenario, &run.n_metric);
        good = write_file(path, &run, r, s, err);
        unlink(path);
    }
    free(entity);
    return good;
}

bool store_rows(double scale, struct bench_sample *s, struct err *err)
{
    struct scenario *scenario;
    if (!bench_load(text, &scenario, err))
        return false;
    struct result *r = world_run(scenario_spec(scenario), 0, NULL, err);
    bool           good = r != NULL && write_result(scenario, r, (uint32_t)(RESULTS * scale) + 1, s, err);
    result_free(r);
    scenario_free(scenario);
    return good;
}
