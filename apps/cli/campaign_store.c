/* campaign_store.c - from points to a spool file, and from there to the database in one transaction: nobody ever sees half a
 * study, and an interrupted one stores the same rows in the end as one that was left alone. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"
#include "cli.h"
#include "facts.h"
#include "hash.h"

/* Everything that decides a result, and so may not change between interruption and resumption. */
static uint64_t digest(const struct campaign *c)
{
    uint64_t h = hash_text(AFTERBAY_VERSION);
    h = hash_mix(h ^ hash_text(c->runner.command));
    h = hash_mix(h ^ hash_text(scenario_canonical(c->runner.item[0].scenario)));
    for (size_t i = 0; i < c->n_point; i++)
        for (size_t k = 0; k < c->point[i].n_set; k++)
            h = hash_mix(h ^ hash_text(c->point[i].set[k]) ^ hash_mix(i * 64 + k));
    return h;
}

int campaign_keep(struct campaign *c, bool resumable, bool resume, bool fresh)
{
    struct err err = {0};
    if (c->runner.database == NULL)
        return 0;
    struct store *store; /* a database that cannot be written to is told now */
    if (!store_open(&store, c->runner.database, &err))
        return cli_fail(&err);
    store_close(store);
    if (!resumable)
        return spool_open(&c->spool, c->runner.database, 0, SPOOL_HIDDEN, &err) ? 0 : cli_fail(&err);
    size_t   size = strlen(c->runner.database) + 64;
    uint64_t experiment = digest(c);
    c->part = malloc(size);
    if (c->part == NULL)
        return cli_failf(ERR_OS, "memory is short");
    snprintf(c->part, size, "%s.%s-%016" PRIx64 ".part", c->runner.database, c->runner.command, experiment);
    enum spool_mode mode = fresh ? SPOOL_DISCARD : resume ? SPOOL_RESUME : SPOOL_FRESH;
    if (!spool_open(&c->spool, c->part, experiment, mode, &err))
        return cli_fail(&err);
    if (spool_count(c->spool) > 0)
        cli_note("going on: %zu runs are done", spool_count(c->spool));
    return 0;
}

static bool store_settings(struct store *s, const struct campaign_point *p, uint32_t number, struct err *err)
{
    struct store_setting *setting = calloc(p->n_set + 1, sizeof *setting);
    bool                  ok = setting != NULL || err_set(err, ERR_OS, "memory is short");
    size_t                n = 0;
    for (; ok && n < p->n_set; n++) {
        const char *equals = strchr(p->set[n], '=');
        char       *path = strndup(p->set[n], (size_t)(equals - p->set[n]));
        ok = path != NULL || err_set(err, ERR_OS, "memory is short");
        setting[n] = (struct store_setting){path, equals + 1};
    }
    ok = ok && store_point(s, number, setting, n, err);
    for (size_t i = 0; i < n; i++)
        free((char *)setting[i].path);
    free(setting);
    return ok;
}

static bool store_all(struct campaign *c, struct store *s, const struct store_run *run, struct err *err)
{
    bool ok = store_begin(s, run, &c->run, err);
    for (uint32_t i = 0; ok && i < c->n_point; i++) {
        ok = store_settings(s, &c->point[i], i, err);
        for (uint32_t r = 0; ok && r < c->point[i].n; r++) {
            struct result *result = spool_get(c->spool, i, r, err);
            ok = result != NULL && store_result(s, i, r, result, err);
            result_free(result);
        }
    }
    return ok && store_commit(s, err);
}

int campaign_store(struct campaign *c)
{
    const struct runner_scenario *base = &c->runner.item[0];
    struct facts                  facts;
    struct store                 *store = NULL;
    struct err                    err = {0};
    if (c->spool == NULL)
        return 0;
    bool ok = facts_open(&facts, base->scenario, base->path, c->runner.command, base->set, base->n_set) ||
              err_set(&err, ERR_OS, "memory is short");
    facts.run.replications = 0;
    for (size_t i = 0; i < c->n_point; i++)
        if (c->point[i].n > facts.run.replications)
            facts.run.replications = c->point[i].n;
    ok = ok && store_open(&store, c->runner.database, &err) && store_all(c, store, &facts.run, &err);
    store_close(store);
    facts_close(&facts);
    if (!ok)
        return cli_fail(&err);
    spool_close(c->spool, false);
    c->spool = NULL;
    return 0;
}
