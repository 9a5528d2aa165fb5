/* scenario.h - from files to a checked spec. Loading reports everything that is wrong in one pass (problem.h) and
 * never prints. A loaded scenario is immutable; trials on any number of threads share it. */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "problem.h"
#include "result.h"
#include "spec.h"

struct metricexpr;
struct scenario;

struct scenario_options {
    const char *const *set; /* overrides "queue.orders.visibility_timeout=45s", last wins */
    size_t             n_set;
};

/* False when there are errors (problems->n_errors > 0); warnings alone leave it true. The problems' class tells the exit
 * code: ERR_DATA for what is in a file or override value, ERR_NOINPUT for a missing file, ERR_USAGE for an override
 * without '='. The scenario is set after a failed load too (NULL only when memory is short), so that scenario_line shows the
 * lines that problems speak of; places of problems borrow file names from it: free it last. */
bool scenario_load(struct scenario **, const char *path, const struct scenario_options *, struct problems *);
void scenario_free(struct scenario *);

/* The same files with further overrides, as a design point or a question needs them: a fraction of the cost of a load,
 * since the files' trees are shared. base outlives the variant; any number of threads may make variants of one base.
 * It has no files and no canonical text of its own; its metrics and expectations are numbered as the base's. origin names
 * the overrides in messages ("--vary" makes "--vary 1"). Only of a base without errors. */
bool scenario_variant(struct scenario **, const struct scenario *base, const struct scenario_options *, const char *origin,
                      struct problems *);

const struct spec *scenario_spec(const struct scenario *);
/* Before its trials and variants: only the metrics whose number is true in asked[n_metric] get a histogram, and those behind the
 * scenario's own; the quantiles of others are NAN, all else is the same. NULL: all. The array outlives trials and variants. */
void scenario_ask(struct scenario *, const bool *asked);
const struct metric_id *scenario_metrics(const struct scenario *, size_t *n);
const char *scenario_title(const struct scenario *); /* title, or the file's name without folder and ending */

/* Every file read, in order of reading: its name as messages show it, and its text. */
struct scenario_file {
    const char *name, *text;
    size_t      bytes;
};
const struct scenario_file *scenario_files(const struct scenario *, size_t *n);
/* A line of a file that was read, or of an override ("--set 1"): for the caret. NULL: unknown. *length without line end. */
const char *scenario_line(const char *file, int line, size_t *length, const struct scenario *);

/* The `expect` list: text as written, place, and the checked expression (metricexpr.h). */
struct scenario_expect {
    const char              *text;
    struct place             place;
    const struct metricexpr *expr;
};
const struct scenario_expect *scenario_expects(const struct scenario *, size_t *n);

/* The merged scenario with every value's origin, one line per value, sorted by path: for `show`.
 * visit is called per value: path, value as written, origin place (file NULL: default), doc of the key. */
void scenario_walk(const struct scenario *,
                   void (*visit)(void *ctx, const char *path, const char *text, const struct place *, const struct key *),
                   void *ctx);
/* The canonical text of the merged scenario (sorted, defaults left out): stored with a run, input of its digest. */
const char *scenario_canonical(const struct scenario *);

#endif
