/* loading.h - scenarios for tests: text to file to scenario. */
#ifndef LOADING_H
#define LOADING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "render.h"
#include "scenario.h"

#ifndef BUILD_DIR /* the build says where; alone, the working folder will do */
#define BUILD_DIR "."
#endif

struct loaded {
    struct scenario *scenario;
    struct problems problems;
    bool ok;
};

static inline const char *loading_folder(void)
{
    static char folder[300];
    if (folder[0] == '\0') {
        snprintf(folder, sizeof(folder), "%s/tests/loading-XXXXXX", BUILD_DIR);
        if (mkdtemp(folder) == NULL)
            abort();
    }
    return folder;
}

/* Writes a file into this program's own folder, which becomes the working folder. */
static inline void loading_write(const char *name, const char *text)
{
    char path[600];
    snprintf(path, sizeof(path), "%s/%s", loading_folder(), name);
    remove(path); /* writing over a file waits for the disk */
    FILE *f = fopen(path, "wb");
    if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
        abort();
}

/* set: NULL-terminated list of overrides, or NULL. The name is relative to the folder of
 * loading_write. */
static inline struct loaded loading_file(const char *name, const char *const *set)
{
    struct loaded l = {0};
    struct scenario_options options = {set, 0};
    char path[600];
    while (set != NULL && set[options.n_set] != NULL)
        options.n_set++;
    snprintf(path, sizeof(path), "%s/%s", loading_folder(), name);
    problems_init(&l.problems);
    l.ok = scenario_load(&l.scenario, path, &options, &l.problems);
    return l;
}

static inline struct loaded loading_text(const char *text, const char *const *set)
{
    loading_write("test.cfg", text);
    return loading_file("test.cfg", set);
}

static inline void loading_close(struct loaded *l)
{
    scenario_free(l->scenario);
    problems_free(&l->problems);
}

/* All problems on stderr, when a test did not expect any. */
static inline void loading_show(const struct loaded *l)
{
    render_problems(stderr, &l->problems, l->scenario, false, 0);
}

static inline void loading_remove(void)
{
    char command[700];
    snprintf(command, sizeof(command), "rm -rf '%s'", loading_folder());
    if (system(command) != 0)
        abort();
}

#endif
