/* store.h - results in one SQLite file: any number of runs, each added by one immediate transaction, so that SIGKILL,
 * a full disk or a second writer leave what was there, and never half a run. Schema: docs/reference/schema.md. */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "result.h"

#define STORE_SCHEMA 2 /* 2: min_at and max_at of levels */

struct store;

/* Opens for adding; makes the file when it is not there. Refuses, touching nothing: no database, damaged, another
 * program's (application_id), a newer schema. ERR_CANTCREAT / ERR_IO / ERR_DATA with a sentence on how to mend it. */
bool store_open(struct store **, const char *path, struct err *);
void store_close(struct store *);
/* How long to wait for another writer; 10 s unless set. */
void store_wait(struct store *, int ms);

struct store_entity {
    const char *kind, *id;
};
struct store_setting { /* of a design point: path = value, as text */
    const char *path, *value;
};
struct store_text { /* files as run, overrides */
    const char *name, *text;
};
struct store_run {
    const char                 *command;  /* "run", "compare", "sweep" */
    const char                 *title, *scenario; /* scenario: path as given */
    const char                 *canonical;        /* merged scenario */
    const char                 *version;          /* of the program */
    const char                 *quotas;           /* profile name */
    uint64_t                    seed;
    int64_t                     duration_ns, drain_ns, warmup_ns, deadline_ns; /* deadline -1: none */
    uint32_t                    replications;
    const struct store_text    *file;
    size_t                      n_file;
    const char *const          *override;
    size_t                      n_override;
    const struct store_entity  *entity;
    size_t                      n_entity;
    const struct metric_id     *metric;
    size_t                      n_metric;
    const struct store_fault   *fault;
    size_t                      n_fault;
};
struct store_fault { /* windows, for shading */
    const char *target, *effect;
    int64_t     from_ns, to_ns;
};

/* One run: begin, one point (number 0 for a plain run), its replications in order, commit. abort rolls back; so has
 * whatever returned false. From begin to commit no other program can begin; readers are not disturbed. */
bool store_begin(struct store *, const struct store_run *, int64_t *run, struct err *);
bool store_point(struct store *, uint32_t point, const struct store_setting *, size_t n, struct err *);
bool store_result(struct store *, uint32_t point, uint32_t replication, const struct result *, struct err *);
bool store_commit(struct store *, struct err *);
void store_abort(struct store *);

#endif
