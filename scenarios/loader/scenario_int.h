/* scenario_int.h - what a loaded scenario is made of; for the files of this folder and their tests
 * only. */
#ifndef SCENARIO_INT_H
#define SCENARIO_INT_H

#include "metricexpr.h"
#include "node.h"
#include "room.h"
#include "scenario.h"

struct quota_profile;

struct scenario {
    struct pool pool;       /* everything but the spec's arena */
    struct sources sources; /* files and overrides */
    struct spec spec;
    struct problems *problems; /* of the load under way */
    void *config;              /* config_t, while a file is read */
    const char *path;          /* as given */
    struct node *root;         /* all files and overrides merged */
    bool partial;              /* a file could not be read: what is not there may stand in it */
    unsigned n_extends;        /* files read so far, with repeats */
    const struct metric_id *metric;
    uint32_t n_metric;
    struct scenario_expect *expect;
    size_t n_expect;
    struct scenario_file *file;
    size_t n_file;
    const char *title, *canonical;
};

/* files.c: reads a file with all that it extends. NULL: reported. */
struct node *files_read(struct scenario *, const char *path);
/* override.c: lays the overrides over s->root; origin: "--set", for messages. */
void override_apply(struct scenario *, const struct scenario_options *, const char *origin);
/* build.c: s->root to s->spec. */
void build_spec(struct scenario *);
/* expect.c */
void expect_read(struct scenario *);
/* sweep.c */
void sweep_check(struct scenario *);
/* walk.c */
const char *walk_canonical(struct scenario *);

#define ADD_ERROR(s, code, place, ...)                                                             \
    problem_add((s)->problems, SEVERITY_ERROR, code, place, __VA_ARGS__)

#endif
