/* query_find.c - from names to rows; a name that is not there brings up the nearest that is. */
#include "query_int.h"

#include <string.h>

#include "mem.h"
#include "problem.h"

bool find_run(struct query *q, int64_t run, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    bool ok = ASK(q, &stmt, err, "SELECT 1 FROM run WHERE id = ?", run) &&
              db_step(&q->db, stmt, &more, err);
    sqlite3_finalize(stmt);
    if (ok && !more)
        return err_set(err, ERR_DATA, "'%s' holds no run %lld", q->db.path, (long long)run);
    return ok;
}

bool find_point(struct query *q, int64_t run, uint32_t point, int64_t *id, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    bool ok = find_run(q, run, err) &&
              ASK(q, &stmt, err, "SELECT id FROM point WHERE run = ? AND number = ?", run, point) &&
              db_step(&q->db, stmt, &more, err);
    if (ok && more)
        *id = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    if (ok && !more)
        return err_set(err, ERR_DATA, "run %lld of '%s' has no design point %u", (long long)run,
                       q->db.path, point);
    return ok;
}

static void label(const struct query_metric *m, const char *name, char *out, size_t size)
{
    sqlite3_snprintf((int)size, out, "%s%s%s", m->entity, m->entity[0] != '\0' ? "." : "", name);
}

/* Every name of every metric, as a person would write it, to choose the nearest from. */
static bool refuse(struct query *q, int64_t run, const char *wanted, struct err *err)
{
    struct query_metric *m;
    size_t n, k = 0;
    if (!query_metrics(q, run, &m, &n, err))
        return false;
    char(*names)[160] = array_new(q, 2 * n, sizeof(*names), err);
    const char **list = array_new(q, 2 * n, sizeof(*list), err);
    for (size_t i = 0; i < n && names != NULL && list != NULL; i++) {
        label(&m[i], m[i].name, names[k++], sizeof(*names));
        if (m[i].cloudwatch != NULL)
            label(&m[i], m[i].cloudwatch, names[k++], sizeof(*names));
    }
    for (size_t i = 0; i < k; i++)
        list[i] = names[i];
    const char *near = k > 0 ? suggest(wanted, list, k) : NULL;
    if (near != NULL)
        err_set(err, ERR_DATA, "no metric '%s' (did you mean '%s'?)", wanted, near);
    else
        err_set(err, ERR_DATA, "no metric '%s' in run %lld of '%s'", wanted, (long long)run,
                q->db.path);
    mem_release(names);
    mem_release(list);
    query_metrics_free(m, n);
    return false;
}

bool find_metric(struct query *q, int64_t run, const char *entity, const char *metric,
                 struct found *found, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    if (!find_run(q, run, err) || !ASK(q, &stmt, err,
                                       "SELECT id, kind FROM metric WHERE run = ?1 AND entity = ?2 "
                                       "AND (name = ?3 OR cloudwatch = ?3)"
                                       " ORDER BY name <> ?3, number LIMIT 1",
                                       run))
        return false;
    sqlite3_bind_text(stmt, 2, entity, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 3, metric, -1, SQLITE_STATIC);
    bool ok = db_step(&q->db, stmt, &more, err);
    if (ok && more) {
        found->id = sqlite3_column_int64(stmt, 0);
        found->kind = kind_of((const char *)sqlite3_column_text(stmt, 1));
    }
    sqlite3_finalize(stmt);
    if (!ok || more)
        return ok;
    char wanted[160];
    sqlite3_snprintf(sizeof(wanted), wanted, "%s%s%s", entity, entity[0] != '\0' ? "." : "",
                     metric);
    return refuse(q, run, wanted, err);
}
