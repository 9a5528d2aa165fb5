/* runner.h - scenarios to numbers: loads, runs all replications on all cores, keeps samples, fills the database.
 * Each scenario becomes one run in the database, whole or not at all. */
#ifndef RUNNER_H
#define RUNNER_H

#include "columns.h"
#include "judge.h"
#include "options.h"
#include "precision.h"
#include "samples.h"
#include "scenario.h"
#include "traces.h"

struct runner_scenario {
    const char      *path;
    const char     **set; /* overrides of the command, those given, then those that other options stand for (--seed …) */
    size_t           n_set, n_given, n_extra; /* n_given: also the command's own, which are the first n_extra */
    struct scenario *scenario;
    uint32_t         replications, first; /* replication numbers first … first + replications - 1 */
    struct samples   samples;
    struct judge     judge;
    struct traces    traces;
    struct columns   columns; /* what the command asks beyond the samples */
    bool            *asked;   /* by number of the metric: a column asks a quantile; NULL: all are wanted */
    double          *value;   /* [column * capacity + number of the replication among them] */
    uint32_t         capacity;
    int64_t          run; /* number in the database; 0: not stored */
};

#define RUNNER_TEXTS 4
#define RUNNER_EXTRA 4
struct runner {
    const char             *command; /* "run", "compare" */
    struct runner_scenario *item;
    size_t                  n;
    int                     threads;
    const char             *database; /* NULL: results are not stored */
    const char             *until;    /* as given; NULL: not given */
    struct precision        precision;
    char                    text[RUNNER_TEXTS][96];
};

/* The options that running commands share, for their tables, in this order: RUNNER_OPTIONS; where one of them would do nothing, the
 * others by their parts. */
#define RUNNER_OUTPUT {'o', "output", OPTION_TEXT, "DB", "add the results to this database (made when it is not there)", NULL, 0, 0}
#define RUNNER_REPLICATIONS                                                                                             \
    {'r', "replications", OPTION_COUNT, "N", "number of replications (default: run.replications); auto: as many\n"      \
     "as --precision needs", "auto", 1, RUNNER_MAX_REPLICATIONS},                                                       \
        PRECISION_OPTIONS
#define RUNNER_COURSE                                                                                                   \
    {'j', "jobs", OPTION_COUNT, "N", "threads (default: all processors); results do not depend on it", NULL, 1, 1024},  \
        {0, "seed", OPTION_COUNT, "N", "master seed (default: run.seed)", NULL, 0, INT64_MAX},                          \
        {0, "until", OPTION_TEXT, "TIME", "length of the run instead of run.duration, e.g. 30min", NULL, 0, 0}
#define RUNNER_WARMUP \
    {0, "warmup", OPTION_TEXT, "TIME", "leave out this much at the start, instead of run.warmup", NULL, 0, 0}
#define RUNNER_REST                                                                                                     \
    {0, "set", OPTION_MANY, "PATH=VALUE", "override a setting; may be given again", NULL, 0, 0},                        \
        {0, "json", OPTION_FLAG, NULL, "print one JSON object for machines", NULL, 0, 0}
#define RUNNER_OPTIONS RUNNER_OUTPUT, RUNNER_REPLICATIONS, RUNNER_COURSE, RUNNER_WARMUP, RUNNER_REST
#define RUNNER_MAX_REPLICATIONS 1000000

/* Loads n scenarios with the options' overrides; prints problems. Returns 0 or the exit code. Close in any case. */
int  runner_open(struct runner *, const char *command, const struct args *, const char *const *path, size_t n);
/* The same, with overrides of the command's own, which what the user gives outweighs; ended by NULL. */
int  runner_open_with(struct runner *, const char *command, const struct args *, const char *const *path, size_t n,
                      const char *const *extra);
/* Between open and run: one more number to ask of every replication, of all scenarios alike. 0 or the exit code. */
int  runner_ask(struct runner *, const char *metric, size_t *column);
/* Nothing is kept, and nobody looks at quantiles but those of the columns, which are all known, and of the scenario's own metrics:
 * no other metric gets a histogram. 0 or the exit code. */
int  runner_ask_no_more(struct runner *);
const double *runner_values(const struct runner_scenario *, size_t column);
/* Runs everything. Returns 0, or the exit code after saying why: nothing of an interrupted scenario is stored. */
int  runner_run(struct runner *);
void runner_close(struct runner *);

#endif
