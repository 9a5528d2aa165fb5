/* scenario.h - from files to a checked spec. Loading reports everything that is wrong in one pass (problem.h) and
 * never prints. A loaded scenario is immutable; trials on any number of threads share it. */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "problem.h"
#include "result.h"
#include "spec.h"

struct scenario;

struct scenario_options {
    const char *const *set; /* overrides "queue.orders.visibility_timeout=45s", last wins */
    size_t             n_set;
};

/* False when there are errors (problems->n_errors > 0); warnings alone leave it true. The problems' class tells the exit
 * code: ERR_DATA for what is in a file or override value, ERR_NOINPUT for a missing file, ERR_USAGE for an override
 * without '='. Texts in problems stay valid after a failed load (they are owned by the list or are static). */
bool scenario_load(struct scenario **, const char *path, const struct scenario_options *, struct problems *);
void scenario_free(struct scenario *);

const struct spec *scenario_spec(const struct scenario *);
const struct metric_id *scenario_metrics(const struct scenario *, size_t *n);
const char *scenario_title(const struct scenario *); /* title, or the file's name without folder and ending */

/* Every file read, in order of reading: its name as messages show it, and its text. */
struct scenario_file {
    const char *name, *text;
    size_t      bytes;
};
const struct scenario_file *scenario_files(const struct scenario *, size_t *n);
/* A line of a file that was read (also after a failed load, through the problems' owner): for the caret. NULL: unknown.
 * *length without line end. */
const char *scenario_line(const char *file, int line, size_t *length, const struct scenario *);

/* The merged scenario with every value's origin, one line per value, sorted by path: for `show`.
 * visit is called per value: path, value as written, origin place (file NULL: default), doc of the key. */
void scenario_walk(const struct scenario *,
                   void (*visit)(void *ctx, const char *path, const char *text, const struct place *, const struct key *),
                   void *ctx);
/* The canonical text of the merged scenario (sorted, defaults left out): stored with a run, input of its digest. */
const char *scenario_canonical(const struct scenario *);

#endif
