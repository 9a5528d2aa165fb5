/* loading.c - load, complain. */
#include "loading.h"

#include <stdlib.h>

#include "cli.h"
#include "complain.h"

int loading_open(struct loading *l, const char *path, const struct args *a)
{
    size_t n = (size_t)option_times(a, "set");
    *l = (struct loading){.set = calloc(n + 1, sizeof *l->set)};
    problems_init(&l->problems);
    if (l->set == NULL)
        return cli_failf(ERR_OS, "memory is short");
    for (size_t i = 0; i < n; i++)
        l->set[i] = option_many(a, "set", i);
    const struct scenario_options options = {l->set, n};
    bool                          ok = scenario_load(&l->scenario, path, &options, &l->problems);
    int code = complain(&l->problems, l->scenario);
    return ok ? 0 : code != 0 ? code : ERR_OS;
}

void loading_close(struct loading *l)
{
    problems_free(&l->problems);
    if (l->scenario != NULL)
        scenario_free(l->scenario);
    free(l->set);
    *l = (struct loading){0};
}
