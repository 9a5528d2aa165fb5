/* runs.c - which runs of a database a command speaks of. */
#include "page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

static bool there(const struct query_run *run, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (run[i].id == id)
            return true;
    return false;
}

static bool one(const struct query_run *all, size_t n_all, const char *text, int64_t *id, struct err *err)
{
    char *end;
    errno = 0;
    *id = strtoll(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != 0 || errno != 0)
        return err_set(err, ERR_USAGE, "--run needs the number of a run, not '%s'", text);
    if (!there(all, n_all, *id))
        return err_set(err, ERR_USAGE, "there is no run %s; the database holds %zu (%" PRId64 " is the last)", text,
                       n_all, all[n_all - 1].id);
    return true;
}

static bool given(const struct args *a, const struct query_run *all, size_t n_all, int64_t *run, size_t *n,
                  struct err *err)
{
    const char *text;
    for (*n = 0; (text = option_many(a, "run", *n)) != NULL; (*n)++) {
        if (*n == RUNS_MAX)
            return err_set(err, ERR_USAGE, "--run can be given %d times at most", RUNS_MAX);
        if (!one(all, n_all, text, &run[*n], err))
            return false;
    }
    return true;
}

bool runs_choose(struct query *q, const struct args *a, size_t max, int64_t run[RUNS_MAX], size_t *n, struct err *err)
{
    struct query_run *all;
    size_t            n_all;
    if (!query_runs(q, &all, &n_all, err))
        return false;
    bool ok = n_all > 0 || err_set(err, ERR_DATA, "the database holds no run");
    ok = ok && given(a, all, n_all, run, n, err);
    if (ok && *n == 0) {
        bool pair = max >= 2 && n_all >= 2 && strcmp(all[n_all - 1].command, "compare") == 0 &&
                    strcmp(all[n_all - 2].command, "compare") == 0;
        *n = pair ? 2 : 1;
        for (size_t i = 0; i < *n; i++)
            run[i] = all[n_all - *n + i].id;
    }
    query_runs_free(all, n_all);
    return ok;
}
