/* query.c - opening for reading, and the lists: runs, metrics, faults. */
#include "query_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mem.h"
#include "schema.h"

static bool file_there(const char *path, struct err *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return err_set(err, ERR_NOINPUT, "cannot read '%s': %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return err_set(err, ERR_NOINPUT, "cannot read '%s': it is a folder", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_NOINPUT, "cannot read '%s': it is no ordinary file", path);
    return true;
}

/* To a reader, a file that cannot be opened is missing input, not output that cannot be made. */
static bool open_file(struct db *db, struct err *err)
{
    struct err why = {0};
    if (db_open_read(db, &why))
        return true;
    return err_set(err, why.class == ERR_CANTCREAT ? ERR_NOINPUT : why.class, "%s", why.text);
}

static bool schema_ready(struct db *db, struct err *err)
{
    bool empty;
    if (!schema_check(db, &empty, err))
        return false;
    return !empty ? schema_whole(db, err) : err_set(err, ERR_DATA, "'%s' is empty: no run was stored in it", db->path);
}

bool query_open(struct query **out, const char *path, struct err *err)
{
    *out = NULL;
    struct query *q = mem_get_zero(1, sizeof(*q));
    if (q == NULL)
        return err_set(err, ERR_OS, "cannot open '%s': memory is short", path);
    if (!file_there(path, err) || !db_name(&q->db, path, err) || !open_file(&q->db, err) ||
        !schema_ready(&q->db, err)) {
        query_close(q);
        return false;
    }
    *out = q;
    return true;
}

void query_close(struct query *q)
{
    if (q == NULL)
        return;
    db_close(&q->db);
    mem_release(q);
}

bool memory_short(struct query *q, struct err *err)
{
    return err_set(err, ERR_OS, "cannot read '%s': memory is short", q->db.path);
}

bool damaged(struct query *q, const char *what, struct err *err)
{
    return err_set(err, ERR_DATA, "'%s' is damaged: %s", q->db.path, what);
}

void *array_new(struct query *q, size_t n, size_t bytes, struct err *err)
{
    void *array = mem_get_zero(n > 0 ? n : 1, bytes);
    if (array == NULL)
        memory_short(q, err);
    return array;
}

bool array_grow(struct query *q, void **array, size_t n, size_t bytes, struct err *err)
{
    if ((n & (n - 1)) == 0) { /* full at 0, 1, 2, 4, 8 … */
        void *more = mem_resize(*array, (n == 0 ? 1 : 2 * n) * bytes);
        if (more == NULL)
            return memory_short(q, err);
        *array = more;
    }
    memset((char *)*array + n * bytes, 0, bytes);
    return true;
}

bool column_copy(struct query *q, sqlite3_stmt *stmt, int column, char **text, struct err *err)
{
    const void *from = sqlite3_column_text(stmt, column);
    size_t n = (size_t)sqlite3_column_bytes(stmt, column);
    *text = NULL;
    if (from == NULL)
        return sqlite3_column_type(stmt, column) == SQLITE_NULL || memory_short(q, err);
    *text = mem_get(n + 1);
    if (*text == NULL)
        return memory_short(q, err);
    memcpy(*text, from, n);
    (*text)[n] = '\0';
    return true;
}

bool ask(struct query *q, sqlite3_stmt **stmt, struct err *err, const char *sql, size_t n,
         const int64_t *bind)
{
    *stmt = NULL;
    if (!db_prepare(&q->db, sql, stmt, err))
        return false;
    for (size_t i = 0; i < n; i++)
        sqlite3_bind_int64(*stmt, (int)i + 1, bind[i]);
    return true;
}

static bool read_run(struct query *q, sqlite3_stmt *stmt, struct query_run *run, struct err *err)
{
    const char *seed = (const char *)sqlite3_column_text(stmt, 5);
    run->id = sqlite3_column_int64(stmt, 0);
    run->seed = seed == NULL ? 0 : strtoull(seed, NULL, 10);
    run->duration_ns = sqlite3_column_int64(stmt, 6);
    run->drain_ns = sqlite3_column_int64(stmt, 7);
    run->warmup_ns = sqlite3_column_int64(stmt, 8);
    run->deadline_ns =
        sqlite3_column_type(stmt, 9) == SQLITE_NULL ? -1 : sqlite3_column_int64(stmt, 9);
    run->n_replication = (uint32_t)sqlite3_column_int64(stmt, 10);
    return column_copy(q, stmt, 1, &run->title, err) &&
           column_copy(q, stmt, 2, &run->scenario, err) &&
           column_copy(q, stmt, 3, &run->command, err) &&
           column_copy(q, stmt, 4, &run->version, err);
}

bool query_runs(struct query *q, struct query_run **runs, size_t *n, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = true,
         ok = ask(
             q, &stmt, err,
             "SELECT id, title, scenario, command, version, seed, duration_ns, drain_ns, warmup_ns,"
             " deadline_ns, replications FROM run ORDER BY id",
             0, NULL);
    *runs = NULL;
    *n = 0;
    while (ok && (ok = db_step(&q->db, stmt, &more, err)) && more) {
        ok = array_grow(q, (void **)runs, *n, sizeof(**runs), err);
        ok = ok && read_run(q, stmt, &(*runs)[(*n)++], err);
    }
    sqlite3_finalize(stmt);
    if (!ok) {
        query_runs_free(*runs, *n);
        *runs = NULL;
        *n = 0;
    }
    return ok;
}

void query_runs_free(struct query_run *runs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        mem_release(runs[i].title);
        mem_release(runs[i].scenario);
        mem_release(runs[i].command);
        mem_release(runs[i].version);
    }
    mem_release(runs);
}

enum obs_kind kind_of(const char *text)
{
    return text == NULL || text[0] == 'c' ? OBS_COUNTER : text[0] == 'l' ? OBS_LEVEL : OBS_TALLY;
}

static bool read_metric(struct query *q, sqlite3_stmt *stmt, struct query_metric *m,
                        struct err *err)
{
    m->kind = (int)kind_of((const char *)sqlite3_column_text(stmt, 5));
    return column_copy(q, stmt, 0, &m->entity, err) && column_copy(q, stmt, 1, &m->name, err) &&
           column_copy(q, stmt, 2, &m->cloudwatch, err) && column_copy(q, stmt, 3, &m->unit, err) &&
           column_copy(q, stmt, 4, &m->doc, err);
}

bool query_metrics(struct query *q, int64_t run, struct query_metric **metrics, size_t *n,
                   struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    *metrics = NULL;
    *n = 0;
    bool more = true;
    bool ok = find_run(q, run, err) && ASK(q, &stmt, err,
                                           "SELECT entity, name, cloudwatch, unit, doc, kind FROM "
                                           "metric WHERE run = ? ORDER BY number",
                                           run);
    while (ok && (ok = db_step(&q->db, stmt, &more, err)) && more) {
        ok = array_grow(q, (void **)metrics, *n, sizeof(**metrics), err);
        ok = ok && read_metric(q, stmt, &(*metrics)[(*n)++], err);
    }
    sqlite3_finalize(stmt);
    if (!ok) {
        query_metrics_free(*metrics, *n);
        *metrics = NULL;
        *n = 0;
    }
    return ok;
}

void query_metrics_free(struct query_metric *metrics, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        mem_release(metrics[i].entity);
        mem_release(metrics[i].name);
        mem_release(metrics[i].cloudwatch);
        mem_release(metrics[i].unit);
        mem_release(metrics[i].doc);
    }
    mem_release(metrics);
}

static bool read_fault(struct query *q, sqlite3_stmt *stmt, struct query_fault *f, struct err *err)
{
    f->from_ns = sqlite3_column_int64(stmt, 2);
    f->to_ns = sqlite3_column_int64(stmt, 3);
    return column_copy(q, stmt, 0, &f->target, err) && column_copy(q, stmt, 1, &f->effect, err);
}

bool query_faults(struct query *q, int64_t run, struct query_fault **faults, size_t *n,
                  struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    *faults = NULL;
    *n = 0;
    bool more = true;
    bool ok =
        find_run(q, run, err) &&
        ASK(q, &stmt, err,
            "SELECT target, effect, from_ns, to_ns FROM fault WHERE run = ? ORDER BY number", run);
    while (ok && (ok = db_step(&q->db, stmt, &more, err)) && more) {
        ok = array_grow(q, (void **)faults, *n, sizeof(**faults), err);
        ok = ok && read_fault(q, stmt, &(*faults)[(*n)++], err);
    }
    sqlite3_finalize(stmt);
    if (!ok) {
        query_faults_free(*faults, *n);
        *faults = NULL;
        *n = 0;
    }
    return ok;
}

void query_faults_free(struct query_fault *faults, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        mem_release(faults[i].target);
        mem_release(faults[i].effect);
    }
    mem_release(faults);
}
