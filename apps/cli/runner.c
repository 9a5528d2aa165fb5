/* runner.c - running and storing. Simulations run on all threads; samples and the database are fed by one thread in
 * the order of replications, so that the number of threads changes nothing. */
#include "runner.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "check.h"
#include "cli.h"
#include "keep.h"
#include "progress.h"
#include "reproduce.h"
#include "trials.h"
#include "world.h"

struct outcome { /* what a trial hands to the sink */
    struct result *result; /* NULL: err says why */
    struct err     err;
};

struct work {
    struct runner                *runner;
    struct keep                   keep;
    struct progress               progress;
    struct err                    err;
    const struct runner_scenario *broken; /* where an invariant did not hold */
    uint32_t                      broken_replication;
    size_t                        n;
    atomic_uint_fast64_t          events;
};

/* Trials of all scenarios in a row: the scenario and replication of trial `number`. */
static struct runner_scenario *locate(const struct runner *r, size_t number, uint32_t *replication)
{
    struct runner_scenario *s = r->item;
    while (number >= s->replications) {
        number -= s->replications;
        s++;
    }
    *replication = s->first + (uint32_t)number;
    return s;
}

/* On any thread. */
static void *simulate(void *context, size_t number)
{
    struct work            *w = context;
    uint32_t                replication;
    struct runner_scenario *s = locate(w->runner, number, &replication);
    struct outcome         *o = calloc(1, sizeof *o);
    if (o == NULL)
        return NULL;
    reproduce_enter(w->runner, s, replication);
    o->result = world_run(scenario_spec(s->scenario), replication, signals_flag(), &o->err);
    reproduce_leave();
    if (o->result != NULL)
        atomic_fetch_add_explicit(&w->events, o->result->events, memory_order_relaxed);
    return o;
}

static void drop(void *context, void *slot)
{
    struct outcome *o = slot;
    (void)context;
    if (o != NULL && o->result != NULL)
        result_free(o->result);
    free(o);
}

static bool refuse(struct work *w, const struct outcome *o, const struct runner_scenario *s, uint32_t replication)
{
    if (o == NULL)
        return err_set(&w->err, ERR_OS, "memory is short");
    if (o->err.class == ERR_INTERNAL) {
        w->broken = s;
        w->broken_replication = replication;
    }
    return err_set(&w->err, o->err.class == ERR_NONE ? ERR_OS : o->err.class, "%s", o->err.text);
}

static bool take(struct work *w, struct runner_scenario *s, struct result *r)
{
    if (s->samples.n == 0 &&
        !keep_begin(&w->keep, s->scenario, s->path, w->runner->command, s->set, s->n_set, &w->err)) {
        result_free(r);
        return false;
    }
    samples_add(&s->samples, r);
    judge_add(&s->judge, r);
    if (!keep_add(&w->keep, r, &w->err))
        return false;
    return s->samples.n < s->replications || keep_end(&w->keep, &s->run, &w->err);
}

/* On the caller's thread, in order. */
static bool sink(void *context, size_t number, void *slot)
{
    struct work            *w = context;
    struct outcome         *o = slot;
    uint32_t                replication;
    struct runner_scenario *s = locate(w->runner, number, &replication);
    bool                    ok = false;
    if (o == NULL || o->result == NULL) {
        refuse(w, o, s, replication);
    } else if (o->result->stopped) {
        result_free(o->result);
    } else {
        ok = take(w, s, o->result);
    }
    free(o);
    return ok;
}

static void tick(void *context, size_t started, size_t finished)
{
    struct work *w = context;
    (void)started;
    progress_show(&w->progress, finished, w->n, atomic_load_explicit(&w->events, memory_order_relaxed));
}

static int verdict(const struct work *w, size_t done)
{
    if (w->broken != NULL) {
        int code = cli_fail(&w->err);
        reproduce_print(w->runner, w->broken, w->broken_replication);
        return code;
    }
    if (w->err.class != ERR_NONE)
        return cli_fail(&w->err);
    if (done == w->n)
        return 0;
    CHECK(signals_exit_code() != 0);
    cli_note("interrupted after %zu of %zu replications; nothing of an unfinished run was stored", done, w->n);
    return signals_exit_code();
}

int runner_run(struct runner *r)
{
    struct work w = {.runner = r};
    if (!keep_open(&w.keep, r->database, &w.err))
        return cli_fail(&w.err);
    for (size_t i = 0; i < r->n; i++)
        w.n += r->item[i].replications;
    signals_catch();
    reproduce_install();
    progress_begin(&w.progress);
    const struct trials trials = {.n = w.n,
                                  .threads = r->threads,
                                  .context = &w,
                                  .work = simulate,
                                  .sink = sink,
                                  .drop = drop,
                                  .tick = tick,
                                  .stop = signals_flag()};
    size_t              done = trials_run(&trials);
    progress_end(&w.progress);
    keep_close(&w.keep);
    return verdict(&w, done);
}
