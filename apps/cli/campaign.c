/* campaign.c - points, trials, columns. */
#include "campaign.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "cli.h"
#include "complain.h"
#include "progress.h"
#include "reproduce.h"
#include "trials.h"
#include "world.h"

#define BAD_POINTS 3 /* told in full */

struct task {
    uint32_t point, replication;
};
struct outcome { /* the result itself has gone where it was made: another thread's memory is slow to free */
    bool               good, stopped;
    struct scenario   *scenario; /* kept when something went wrong, to say which */
    double            *x;
    struct spool_bytes bytes; /* for the spool, when there is one */
    struct err         err;
};
struct batch {
    struct campaign     *c;
    struct task         *task;
    size_t               n;
    struct progress      progress;
    struct err           err;
    int                  code;
    atomic_uint_fast64_t events;
};

static struct runner_scenario *base_of(const struct campaign *c)
{
    return &c->runner.item[0];
}

int campaign_open(struct campaign *c, const char *command, const struct args *a, const char *path)
{
    *c = (struct campaign){0};
    static const char *const lean[] = {"run.series=false", NULL};
    const char *const        one[] = {path};
    return runner_open_with(&c->runner, command, a, one, 1, option_flag(a, "series") ? lean + 1 : lean);
}

static void free_point(struct campaign_point *p)
{
    for (size_t i = 0; i < p->n_set; i++)
        free((char *)p->set[i]);
    free(p->set);
    free(p->x);
}

void campaign_close(struct campaign *c)
{
    for (size_t i = 0; i < c->n_point; i++)
        free_point(&c->point[i]);
    free(c->point);
    spool_close(c->spool, true);
    free(c->part);
    runner_close(&c->runner);
    *c = (struct campaign){0};
}

bool campaign_point(struct campaign *c, const char *const *set, size_t n)
{
    if (c->n_point == c->cap_point) {
        size_t                 cap = c->cap_point == 0 ? 64 : 2 * c->cap_point;
        struct campaign_point *more = realloc(c->point, cap * sizeof *more);
        if (more == NULL)
            return false;
        c->point = more;
        c->cap_point = cap;
    }
    struct campaign_point *p = &c->point[c->n_point];
    *p = (struct campaign_point){.set = calloc(n + 1, sizeof *p->set)};
    bool ok = p->set != NULL;
    for (; ok && p->n_set < n; p->n_set += ok) {
        p->set[p->n_set] = strdup(set[p->n_set]);
        ok = p->set[p->n_set] != NULL;
    }
    if (!ok)
        free_point(p);
    c->n_point += ok;
    return ok;
}

static bool variant(struct scenario **s, const struct campaign *c, const struct campaign_point *p, struct problems *problems)
{
    const struct scenario_options options = {p->set, p->n_set};
    return scenario_variant(s, base_of(c)->scenario, &options, "setting", problems);
}

static int check_point(struct campaign *c, size_t number)
{
    struct scenario *s = NULL;
    struct problems  problems;
    problems_init(&problems);
    int code = 0;
    if (!variant(&s, c, &c->point[number], &problems)) {
        fprintf(stderr, "point %zu:\n", number);
        code = complain(&problems, s);
    } else if (c->runner.database != NULL && !c->parted && !columns_fit(&base_of(c)->columns, s)) {
        cli_note("note: at point %zu (%s) other parts have metrics, such as shards, than in %s; stored are those of the parts that it has",
                 number, c->point[number].set[0], base_of(c)->path);
        c->parted = true;
    }
    problems_free(&problems);
    scenario_free(s);
    return code;
}

int campaign_check(struct campaign *c, size_t from)
{
    int    code = 0;
    size_t bad = 0;
    for (size_t i = from; i < c->n_point && bad < BAD_POINTS; i++) {
        int wrong = check_point(c, i);
        bad += wrong != 0;
        code = code == 0 ? wrong : code;
    }
    return code;
}

/* --- on any thread --- */

/* As a run of its own, for the line that brings it back. */
static struct runner_scenario as_run(const struct campaign *c, uint32_t point, struct scenario *s, const char **set)
{
    const struct runner_scenario *base = base_of(c);
    const struct campaign_point  *p = &c->point[point];
    size_t                        n = 0;
    for (size_t i = 0; i < base->n_given; i++)
        set[n++] = base->set[i];
    for (size_t i = 0; i < p->n_set; i++)
        set[n++] = p->set[i];
    return (struct runner_scenario){.path = base->path, .set = set, .n_set = n, .n_given = n, .scenario = s};
}

/* What is left of a result. */
static void take_down(struct batch *b, const struct result *r, struct outcome *o)
{
    const struct campaign *c = b->c;
    atomic_fetch_add_explicit(&b->events, r->events, memory_order_relaxed);
    columns_values(&base_of(c)->columns, r, o->x);
    o->stopped = r->stopped;
    if (c->spool != NULL && !r->stopped)
        spool_pack(&o->bytes, r);
    o->good = !o->bytes.failed;
}

static void run_variant(struct batch *b, const struct task *t, struct outcome *o)
{
    const struct campaign *c = b->c;
    const char **set = calloc(base_of(c)->n_given + c->point[t->point].n_set + 1, sizeof *set);
    o->x = calloc(base_of(c)->columns.n + 1, sizeof *o->x);
    if (set == NULL || o->x == NULL) {
        free(set);
        return;
    }
    struct runner_scenario as = as_run(c, t->point, o->scenario, set);
    if (!columns_fit(&base_of(c)->columns, o->scenario))
        scenario_ask(o->scenario, NULL); /* what is asked stands in the order of the columns' metrics */
    reproduce_enter(&c->runner, &as, t->replication);
    struct result *r = world_run(scenario_spec(o->scenario), t->replication, signals_flag(), &o->err);
    reproduce_leave();
    if (r != NULL && columns_align(&base_of(c)->columns, o->scenario, r))
        take_down(b, r, o);
    result_free(r);
    free(set);
}

static void *simulate(void *context, size_t number)
{
    struct batch      *b = context;
    const struct task *t = &b->task[number];
    struct problems    problems;
    struct outcome    *o = calloc(1, sizeof *o);
    if (o == NULL)
        return NULL;
    problems_init(&problems);
    if (variant(&o->scenario, b->c, &b->c->point[t->point], &problems))
        run_variant(b, t, o);
    else
        err_set(&o->err, ERR_DATA, "point %u cannot be loaded", t->point);
    problems_free(&problems);
    if (o->good) {
        scenario_free(o->scenario);
        o->scenario = NULL;
    }
    return o;
}

static void drop(void *context, void *slot)
{
    struct outcome *o = slot;
    (void)context;
    if (o == NULL)
        return;
    spool_bytes_free(&o->bytes);
    scenario_free(o->scenario);
    free(o->x);
    free(o);
}

/* --- one at a time, in order --- */

static bool make_room(struct campaign *c, struct campaign_point *p, uint32_t n)
{
    size_t columns = base_of(c)->columns.n;
    if (n <= p->cap)
        return true;
    double *x = calloc(columns * n + 1, sizeof *x);
    if (x == NULL)
        return false;
    for (size_t i = 0; p->x != NULL && i < columns; i++)
        memcpy(x + i * n, p->x + i * p->cap, p->n * sizeof *x);
    free(p->x);
    p->x = x;
    p->cap = n;
    return true;
}

static void take_values(struct campaign *c, const struct task *t, const double *x)
{
    struct campaign_point *p = &c->point[t->point];
    CHECK(p->n == t->replication && p->n < p->cap);
    for (size_t i = 0; i < base_of(c)->columns.n; i++)
        p->x[i * p->cap + p->n] = x[i];
    p->n++;
}

/* Done before an interruption. */
static bool take_up(struct batch *b, const struct task *t)
{
    struct campaign *c = b->c;
    double          *x = calloc(base_of(c)->columns.n + 1, sizeof *x);
    struct result   *r = x == NULL ? NULL : spool_get(c->spool, t->point, t->replication, &b->err);
    if (r != NULL) {
        columns_values(&base_of(c)->columns, r, x);
        take_values(c, t, x);
    }
    bool ok = r != NULL || err_set(&b->err, ERR_OS, "memory is short");
    result_free(r);
    free(x);
    return ok;
}

static bool refuse(struct batch *b, const struct task *t, struct outcome *o)
{
    if (o == NULL || o->err.class == ERR_NONE)
        return err_set(&b->err, ERR_OS, "memory is short");
    err_set(&b->err, o->err.class, "%s", o->err.text);
    const char **set = calloc(base_of(b->c)->n_given + b->c->point[t->point].n_set + 1, sizeof *set);
    if (o->err.class == ERR_INTERNAL && set != NULL) {
        b->code = cli_fail(&b->err);
        struct runner_scenario as = as_run(b->c, t->point, o->scenario, set);
        reproduce_print(&b->c->runner, &as, t->replication);
    }
    free(set);
    return false;
}

static bool sink(void *context, size_t number, void *slot)
{
    struct batch      *b = context;
    struct outcome    *o = slot;
    const struct task *t = &b->task[number];
    bool               ok = o != NULL && o->good;
    if (!ok)
        refuse(b, t, o);
    else if (o->stopped)
        ok = false;
    else if (b->c->spool == NULL || (ok = spool_put(b->c->spool, t->point, t->replication, &o->bytes, &b->err)))
        take_values(b->c, t, o->x);
    drop(NULL, o);
    return ok;
}

static void tick(void *context, size_t started, size_t finished)
{
    struct batch *b = context;
    (void)started;
    if (progress_due(&b->progress))
        progress_study(&b->progress, finished, b->n, b->c->n_point, campaign_width(b->c));
}

static int verdict(struct batch *b, size_t done)
{
    if (b->code != 0)
        return b->code;
    if (b->err.class != ERR_NONE)
        return cli_fail(&b->err);
    if (done == b->n)
        return 0;
    CHECK(signals_exit_code() != 0);
    if (b->c->part != NULL)
        cli_note("interrupted; what was done is kept: the same command with --resume goes on");
    else
        cli_note("interrupted after %zu of %zu runs; nothing was stored", done, b->n);
    return signals_exit_code();
}

/* Tasks that are still to be done; those in the spool are taken up at once. Point by point, so that the values of a point
 * come in order. */
static bool list_tasks(struct batch *b, const size_t *point, size_t n_point, uint32_t n)
{
    struct campaign *c = b->c;
    b->task = calloc(n_point * n + 1, sizeof *b->task);
    if (b->task == NULL)
        return err_set(&b->err, ERR_OS, "memory is short");
    for (size_t i = 0; i < n_point; i++) {
        struct campaign_point *p = &c->point[point[i]];
        if (!make_room(c, p, n))
            return err_set(&b->err, ERR_OS, "memory is short");
        for (uint32_t r = p->n; r < n; r++) {
            struct task t = {(uint32_t)point[i], r};
            if (c->spool == NULL || !spool_has(c->spool, t.point, r))
                b->task[b->n++] = t;
            else if (!take_up(b, &t))
                return false;
        }
    }
    return true;
}

int campaign_run(struct campaign *c, const size_t *point, size_t n_point, uint32_t n)
{
    struct batch b = {.c = c};
    size_t       done = 0;
    if (c->spool == NULL)
        b.code = runner_ask_no_more(&c->runner);
    if (b.code == 0 && list_tasks(&b, point, n_point, n)) {
        signals_catch();
        reproduce_install();
        progress_begin(&b.progress);
        const struct trials trials = {b.n, c->runner.threads, &b, simulate, sink, drop, tick, signals_flag()};
        done = trials_run(&trials);
        progress_end(&b.progress);
    }
    c->events += atomic_load(&b.events);
    free(b.task);
    return verdict(&b, done);
}
