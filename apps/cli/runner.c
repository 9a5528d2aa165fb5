/* runner.c - running and storing. Simulations run on all threads; samples and the database are fed by one thread in
 * the order of replications, so that the number of threads changes nothing. */
#include "runner.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "check.h"
#include "cli.h"
#include "keep.h"
#include "progress.h"
#include "reproduce.h"
#include "spool.h"
#include "stopping.h"
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
    struct spool                 *spool; /* of rounds: how many replications there will be is known at the end */
    uint32_t                      from, to; /* replications of the round, of every scenario */
    atomic_uint_fast64_t          events;
};

/* Trials of all scenarios in a row: the scenario and replication of trial `number`. */
static struct runner_scenario *locate(const struct work *w, size_t number, uint32_t *replication)
{
    struct runner_scenario *s = w->runner->item;
    if (w->runner->precision.on) {
        uint32_t each = w->to - w->from;
        *replication = w->from + (uint32_t)(number % each);
        return s + number / each;
    }
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
    struct runner_scenario *s = locate(w, number, &replication);
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

static bool note(struct work *w, struct runner_scenario *s, const struct result *r)
{
    double *x = calloc(s->columns.n + 1, sizeof *x);
    bool    ok = x != NULL && traces_add(&s->traces, r);
    if (ok) {
        columns_values(&s->columns, r, x);
        for (size_t i = 0; i < s->columns.n; i++)
            s->value[i * s->capacity + s->samples.n] = x[i];
        samples_add(&s->samples, r);
        judge_add(&s->judge, r);
    }
    free(x);
    return ok || err_set(&w->err, ERR_OS, "memory is short");
}

/* Of a round: kept aside until it is known how many there are. */
static bool take_aside(struct work *w, struct runner_scenario *s, uint32_t replication, struct result *r)
{
    bool ok = note(w, s, r);
    if (ok && w->spool != NULL)
        ok = spool_add(w->spool, (uint32_t)(s - w->runner->item), replication, r, &w->err);
    result_free(r);
    return ok;
}

static bool take(struct work *w, struct runner_scenario *s, struct result *r)
{
    if (s->samples.n == 0 &&
        !keep_begin(&w->keep, s->scenario, s->path, w->runner->command, s->set, s->n_set, &w->err)) {
        result_free(r);
        return false;
    }
    if (!note(w, s, r)) {
        result_free(r);
        return false;
    }
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
    struct runner_scenario *s = locate(w, number, &replication);
    bool                    ok = false;
    if (o == NULL || o->result == NULL) {
        refuse(w, o, s, replication);
    } else if (o->result->stopped) {
        result_free(o->result);
    } else if (w->runner->precision.on) {
        ok = take_aside(w, s, replication, o->result);
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

/* What is left of it. Replications are numbered, so that as many as were done are what -r of that number does. */
static void tell_interrupted(const struct work *w, size_t done)
{
    const struct runner *r = w->runner;
    cli_note("interrupted after %zu of %zu replications%s", done, w->n, r->database == NULL ? "; nothing was to be kept (no -o)" : "");
    for (size_t i = 0; i < r->n && r->database != NULL; i++) {
        const struct runner_scenario *s = &r->item[i];
        if (s->run != 0)
            cli_note("kept: %s, complete, as run %lld in %s", s->path, (long long)s->run, r->database);
        else
            cli_note("not kept: %s, %" PRIu32 " of its replications were done", s->path, s->samples.n);
    }
    for (size_t i = 0; i < r->n; i++)
        if (r->item[i].run == 0 && r->item[i].samples.n > 0) {
            cli_note("run does not go on where it stopped; with -r %" PRIu32 " the same command ends after those, and sweep has --resume",
                     r->item[i].samples.n);
            return;
        }
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
    tell_interrupted(w, done);
    return signals_exit_code();
}

static size_t run_trials(struct work *w)
{
    const struct trials trials = {.n = w->n,
                                  .threads = w->runner->threads,
                                  .context = w,
                                  .work = simulate,
                                  .sink = sink,
                                  .drop = drop,
                                  .tick = tick,
                                  .stop = signals_flag()};
    return trials_run(&trials);
}

/* --- rounds: -r auto --- */

static bool precise_enough(const struct runner *r)
{
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < r->precision.n; k++) {
            const struct precision_target *t = &r->precision.target[k];
            if (!precision_look(t, runner_values(&r->item[i], t->column), r->item[i].samples.n).met)
                return false;
        }
    return true;
}

static bool store_aside(struct work *w, uint32_t number)
{
    struct runner_scenario *s = &w->runner->item[number];
    bool ok = keep_begin(&w->keep, s->scenario, s->path, w->runner->command, s->set, s->n_set, &w->err);
    w->keep.facts.run.replications = s->replications;
    for (uint32_t r = 0; ok && r < s->replications; r++) {
        struct result *result = spool_get(w->spool, number, r, &w->err);
        ok = result != NULL && keep_add(&w->keep, result, &w->err);
    }
    return ok && keep_end(&w->keep, &s->run, &w->err);
}

/* Number of trials done; w->n of them were wanted. */
static size_t run_rounds(struct work *w)
{
    struct runner *r = w->runner;
    size_t         all = 0, done = 0;
    for (w->to = 0; w->to < r->precision.most && !precise_enough(r);) {
        w->from = w->to;
        w->to = stopping_next(w->from, r->precision.most);
        w->n = (w->to - w->from) * r->n;
        done = run_trials(w);
        all += done;
        if (done < w->n) {
            w->n += all - done;
            return all;
        }
    }
    for (size_t i = 0; i < r->n; i++)
        r->item[i].replications = w->to;
    w->n = all;
    for (uint32_t i = 0; w->spool != NULL && i < r->n; i++)
        if (!store_aside(w, i))
            return 0;
    return all;
}

static bool prepare(struct work *w)
{
    struct runner *r = w->runner;
    for (size_t i = 0; i < r->n; i++) {
        struct runner_scenario *s = &r->item[i];
        w->n += s->replications;
        s->value = calloc(s->columns.n * s->capacity + 1, sizeof *s->value);
        if (s->value == NULL)
            return err_set(&w->err, ERR_OS, "memory is short");
    }
    if (!keep_open(&w->keep, r->database, &w->err))
        return false;
    return !r->precision.on || r->database == NULL || spool_open(&w->spool, r->database, 0, SPOOL_HIDDEN, &w->err);
}

int runner_run(struct runner *r)
{
    struct work w = {.runner = r};
    size_t      done = 0;
    if (prepare(&w)) {
        signals_catch();
        reproduce_install();
        progress_begin(&w.progress);
        done = r->precision.on ? run_rounds(&w) : run_trials(&w);
        progress_end(&w.progress);
    }
    keep_close(&w.keep);
    spool_close(w.spool, false);
    return verdict(&w, done);
}
