/* bench.h - how fast is it, and against what? Each case is a model run twice: by afterbay (scenario file, loader, actors,
 * all default observers) and, where that makes sense, by a bare C loop written for that model alone. Both figures are
 * printed; the ratio is of the minima over alternating pairs, so that neither noise nor a slow loop can flatter.
 * A figure is information, never a verdict: no test depends on it. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* One timed execution: how many items (customers, messages, events) it handled, and the time it took. */
struct bench_sample {
    double items, ns;
};

struct bench_case {
    const char *name, *item, *doc;
    /* false: *err. scale: 1.0 as published; smaller for a quick look. */
    bool (*full)(double scale, struct bench_sample *, struct err *);
    bool (*bare)(double scale, struct bench_sample *, struct err *); /* NULL: nothing to compare with */
    unsigned flags;
};
#define BENCH_SPEED_UP 1u /* the ratio says how many times faster than `bare` it is, not how many times slower */

extern const struct bench_case bench_cases[];
extern const size_t            n_bench_cases;
const struct bench_case *bench_find(const char *name);

struct bench_result {
    double ns_per_item, items_per_s, max_rss_mib;
    double bare_ns_per_item, ratio_to_bare; /* NAN without a bare loop */
};
/* The minima over `pairs` alternating executions; memory from the operating system's account of this process. */
bool bench_run(const struct bench_case *, unsigned pairs, double scale, struct bench_result *, struct err *);

/* Monotonic clock, ns. */
double bench_clock(void);

/* ---- for the cases ---- */
struct scenario;
bool bench_load(const char *text, struct scenario **, struct err *);
/* A new file under /tmp with this text; path takes BENCH_PATH bytes. */
#define BENCH_PATH 64
bool bench_file(const char *text, char *path, struct err *);
/* Runs one replication of a scenario given as text; *ns is the time of the run alone, without loading. */
bool bench_scenario(const char *text, double *ns, struct err *);

#endif
