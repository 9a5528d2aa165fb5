/* coverage.c - how often the intervals hold what they should: experiments on the waiting time of
 * M/M/1, whose truth is known (mean rho / (1 - rho) service times, P(W > t) = rho exp(-(1 - rho)
 * t)). Not a test, since it takes minutes: the build target `coverage` runs it, and
 * docs/statistics.md quotes what it prints. One argument: experiments (default 1000). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "batch.h"
#include "hist.h"
#include "quantile.h"
#include "rng.h"
#include "stopping.h"
#include "trials.h"
#include "warmup.h"

#define LEVEL 0.95
#define TICKS 1e6 /* of the histogram, per mean service time */

enum method {
    REPLICATIONS,
    BATCHES,
    P99_MEAN,
    P99_SECTIONS,
    P99_ORDER,
    STOPPING,
    SINGLE_MSER,
    N_METHOD
};

struct study {
    enum method method;
    const char *name;
    double rho;
    size_t replications, customers, deleted;
};

struct outcome {
    bool answered, covered; /* answered: an interval was given */
    double width, mean, replications;
};

struct shared {
    const struct study *study;
    struct outcome *outcome;
};

static double true_mean(double rho)
{
    return rho / (1 - rho);
}

static double true_p99(double rho)
{
    return log(rho / 0.01) / (1 - rho);
}

/* Lindley: the waits of a run that starts empty, service mean 1. Each goes to `each`. */
struct run {
    double *value;     /* NULL: not kept */
    struct hist *hist; /* NULL: none */
    double sum, squares;
};

static void simulate(struct run *run, const struct study *s, uint32_t experiment,
                     uint32_t replication)
{
    struct rng_stream stream = rng_stream(experiment, s->name, replication);
    struct rng r = rng_at(&stream, (uint32_t)(s->rho * 1000), 0, 0);
    double wait = 0;
    run->sum = run->squares = 0;
    for (size_t i = 0; i < s->deleted + s->customers; i++) {
        if (i >= s->deleted) {
            run->sum += wait;
            run->squares += wait * wait;
            if (run->value != NULL)
                run->value[i - s->deleted] = wait;
            if (run->hist != NULL)
                hist_add(run->hist, (int64_t)(wait * TICKS));
        }
        wait = fmax(0, wait + rng_exponential(&r) - rng_exponential(&r) / s->rho);
    }
}

static struct outcome judge(const struct estimate *e, double truth)
{
    struct outcome o = {.mean = e->mean, .width = e->half / truth, .replications = (double)e->n};
    o.answered = !isnan(e->half);
    o.covered = o.answered && fabs(e->mean - truth) <= e->half;
    return o;
}

static struct outcome replications(const struct study *s, uint32_t experiment)
{
    double mean[1000];
    struct run run = {0};
    for (uint32_t r = 0; r < s->replications; r++) {
        simulate(&run, s, experiment, r);
        mean[r] = run.sum / (double)s->customers;
    }
    struct estimate e = estimate_mean(mean, s->replications, LEVEL);
    return judge(&e, true_mean(s->rho));
}

static struct outcome stopping(const struct study *s, uint32_t experiment)
{
    double mean[1000];
    struct run run = {0};
    struct estimate e = {.half = NAN};
    uint32_t n = 0;
    while (n < 1000 && !stopping_met(&e, 0.05)) {
        for (uint32_t to = stopping_next(n, 1000); n < to; n++) {
            simulate(&run, s, experiment, n);
            mean[n] = run.sum / (double)s->customers;
        }
        e = estimate_mean(mean, n, LEVEL);
    }
    return judge(&e, true_mean(s->rho));
}

static struct outcome percentiles(const struct study *s, uint32_t experiment)
{
    double each[1000];
    struct hist all, one;
    struct run run = {.hist = &one};
    hist_init(&all);
    hist_init(&one);
    for (uint32_t r = 0; r < s->replications; r++) {
        hist_reset(&one);
        simulate(&run, s, experiment, r);
        each[r] = hist_quantile(&one, 0.99) / TICKS;
        hist_merge(&all, &one);
    }
    struct estimate e =
        s->method == P99_MEAN
            ? estimate_mean(each, s->replications, LEVEL)
            : quantile_sections(each, s->replications, hist_quantile(&all, 0.99) / TICKS, LEVEL);
    hist_free(&all);
    hist_free(&one);
    return judge(&e, true_p99(s->rho));
}

/* One run: the binomial interval for as many independent values as the batch means say there are.
 */
static struct outcome order(const struct study *s, const struct run *run, const struct batched *b)
{
    double n = (double)s->customers, mean = run->sum / n, sd = sqrt(run->squares / n - mean * mean);
    size_t low, high, worth = (size_t)(n / batch_inflation(b, sd, n));
    if (b->too_short || !quantile_ranks(worth, 0.99, LEVEL, &low, &high))
        return (struct outcome){0};
    double from = hist_quantile(run->hist, (double)low / (double)worth) / TICKS,
           to = high == worth ? hist_quantile(run->hist, 1) / TICKS
                              : hist_quantile(run->hist, (double)high / (double)worth) / TICKS;
    double truth = true_p99(s->rho);
    return (struct outcome){true, from <= truth && truth <= to, (to - from) / 2 / truth,
                            hist_quantile(run->hist, 0.99) / TICKS, 1};
}

static struct outcome one_run(const struct study *s, uint32_t experiment)
{
    struct hist hist;
    double *value = malloc(s->customers * sizeof *value);
    struct run run = {.value = value, .hist = s->method == P99_ORDER ? &hist : NULL};
    struct outcome o = {0};
    if (value == NULL)
        abort();
    hist_init(&hist);
    simulate(&run, s, experiment, 0);
    size_t from = s->method == SINGLE_MSER ? warmup_mser5(value, s->customers).cut : 0;
    struct batched b = batch_mean(value + from, s->customers - from, LEVEL);
    if (s->method == P99_ORDER)
        o = order(s, &run, &b);
    else
        o = judge(&b.mean, true_mean(s->rho));
    hist_free(&hist);
    free(value);
    return o;
}

static void *work(void *context, size_t number)
{
    const struct shared *all = context;
    const struct study *s = all->study;
    struct outcome o;
    if (s->method == REPLICATIONS)
        o = replications(s, (uint32_t)number);
    else if (s->method == STOPPING)
        o = stopping(s, (uint32_t)number);
    else if (s->method == P99_MEAN || s->method == P99_SECTIONS)
        o = percentiles(s, (uint32_t)number);
    else
        o = one_run(s, (uint32_t)number);
    all->outcome[number] = o;
    return NULL;
}

static bool take(void *context, size_t number, void *slot)
{
    (void)context;
    (void)number;
    (void)slot;
    return true;
}

static void drop(void *context, void *slot)
{
    (void)context;
    (void)slot;
}

static void print(const struct study *s, const struct outcome *o, size_t n)
{
    double answered = 0, covered = 0, width = 0, bias = 0, runs = 0;
    double truth = s->method == P99_MEAN || s->method == P99_SECTIONS || s->method == P99_ORDER
                       ? true_p99(s->rho)
                       : true_mean(s->rho);
    for (size_t i = 0; i < n; i++) {
        answered += o[i].answered;
        covered += o[i].covered;
        width += o[i].answered ? o[i].width : 0;
        bias += o[i].answered ? o[i].mean / truth - 1 : 0;
        runs += o[i].replications;
    }
    double half =
        answered > 0 ? 3 * sqrt(covered / answered * (1 - covered / answered) / answered) : 0;
    printf("| %s | %.1f | %zu | %zu | %.1f | %.0f %% | %.3f \xC2\xB1 %.3f | %.3f | %+.3f |\n",
           s->name, s->rho, s->customers, s->deleted, runs / (double)n, 100 * answered / (double)n,
           covered / answered, half, width / answered, bias / answered);
    fflush(stdout);
}

static const struct study studies[] = {
    {REPLICATIONS, "replications, mean", 0.5, 20, 10000, 200},
    {REPLICATIONS, "replications, mean", 0.8, 20, 10000, 1000},
    {REPLICATIONS, "replications, mean", 0.9, 20, 20000, 2000},
    {REPLICATIONS, "replications, mean", 0.9, 20, 100000, 5000},
    {REPLICATIONS, "replications, mean, nothing deleted", 0.9, 10, 10000, 0},
    {BATCHES, "30 batches, mean", 0.5, 1, 100000, 200},
    {BATCHES, "30 batches, mean", 0.8, 1, 100000, 1000},
    {BATCHES, "30 batches, mean", 0.9, 1, 10000, 0},
    {BATCHES, "30 batches, mean", 0.9, 1, 100000, 2000},
    {BATCHES, "30 batches, mean", 0.9, 1, 200000, 2000},
    {BATCHES, "30 batches, mean", 0.9, 1, 400000, 2000},
    {BATCHES, "30 batches, mean", 0.9, 1, 1000000, 5000},
    {P99_SECTIONS, "sections, p99", 0.5, 20, 20000, 200},
    {P99_SECTIONS, "sections, p99", 0.8, 20, 20000, 1000},
    {P99_SECTIONS, "sections, p99", 0.9, 20, 100000, 5000},
    {P99_SECTIONS, "sections, p99", 0.9, 20, 50000, 2000},
    {P99_SECTIONS, "sections, p99", 0.9, 20, 20000, 2000},
    {P99_SECTIONS, "sections, p99", 0.9, 20, 5000, 2000},
    {P99_MEAN, "mean of percentiles, p99", 0.8, 20, 20000, 1000},
    {P99_MEAN, "mean of percentiles, p99", 0.9, 20, 5000, 2000},
    {P99_ORDER, "order statistics, p99", 0.5, 1, 100000, 200},
    {P99_ORDER, "order statistics, p99", 0.8, 1, 1000000, 1000},
    {P99_ORDER, "order statistics, p99", 0.9, 1, 1000000, 5000},
    {STOPPING, "until 5 %, mean", 0.8, 1, 10000, 1000},
    {SINGLE_MSER, "MSER-5 on one run, 30 batches", 0.9, 1, 5000, 0},
};

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
    struct outcome *outcome = calloc(n + 1, sizeof *outcome);
    if (outcome == NULL || n == 0)
        return 1;
    printf("| interval | rho | customers a run | deleted | runs | given | coverage of 95 %% | "
           "half-width | bias |\n"
           "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < sizeof studies / sizeof *studies; i++) {
        struct shared all = {&studies[i], outcome};
        const struct trials t = {.n = n,
                                 .threads = trials_processors(),
                                 .context = &all,
                                 .work = work,
                                 .sink = take,
                                 .drop = drop};
        trials_run(&t);
        print(&studies[i], outcome, n);
    }
    free(outcome);
    return 0;
}
