/* store.c - the life of a result file: opening it with every check that costs little, and one
 * transaction a run. */
#include "store_int.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "mem.h"
#include "schema.h"

/* The journal stands beside the file, so the folder must be writable as well. Better to know before
 * a long run. */
static bool folder_ready(const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    char *folder = mem_get(n + 2);
    if (folder == NULL)
        return err_set(err, ERR_OS, "cannot open '%s': memory is short", path);
    memcpy(folder, path, n);
    memcpy(folder + n, ".", 2);
    int code = access(folder, W_OK | X_OK) == 0 ? 0 : errno;
    mem_release(folder);
    return code == 0 || err_set(err, ERR_CANTCREAT, "cannot write to '%s': its folder: %s", path,
                                strerror(code));
}

static bool file_made(const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return err_set(err, ERR_CANTCREAT, "cannot create '%s': %s", path, strerror(errno));
    close(fd);
    return true;
}

/* An existing file is only looked at: a descriptor of our own, once closed, would drop the locks
 * that another connection of this process holds on it. */
static bool file_ready(const char *path, bool *made, struct err *err)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        if (errno != ENOENT)
            return err_set(err, ERR_CANTCREAT, "cannot create '%s': %s", path, strerror(errno));
        *made = folder_ready(path, err) && file_made(path, err);
        return *made;
    }
    if (S_ISDIR(st.st_mode))
        return err_set(err, ERR_CANTCREAT, "cannot write to '%s': it is a folder", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_CANTCREAT, "cannot write to '%s': it is no ordinary file", path);
    return folder_ready(path, err);
}

static bool tuned(struct db *db, struct err *err)
{
    bool empty;
    /* Ids are right by construction, so looking parents up for each row would only cost time. The
     * cache may grow to 256 MB before a page is written early: until the commit, readers are not
     * shut out. */
    return schema_check(db, &empty, err) && schema_whole(db, err) &&
           db_run(
               db,
               "PRAGMA foreign_keys = OFF; PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE;"
               "PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY",
               err);
}

static bool open_file(struct store *s, struct err *err)
{
    return file_ready(s->db.path, &s->made, err) && db_open_write(&s->db, err) &&
           tuned(&s->db, err);
}

bool store_open(struct store **out, const char *path, struct err *err)
{
    *out = NULL;
    struct store *s = mem_get_zero(1, sizeof(*s));
    if (s == NULL)
        return err_set(err, ERR_OS, "cannot open '%s': memory is short", path);
    s->wait_ms = DB_WAIT_MS;
    if (!db_name(&s->db, path, err) || !open_file(s, err)) {
        store_close(s);
        return false;
    }
    *out = s;
    return true;
}

void store_wait(struct store *s, int ms)
{
    s->wait_ms = ms;
    if (s->db.sql != NULL)
        sqlite3_busy_timeout(s->db.sql, ms);
}

/* A file that we made and that still holds nothing is no use to anybody. */
static void take_away(const char *path)
{
    struct stat st;
    if (path != NULL && stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0)
        unlink(path);
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    store_abort(s);
    if (s->made)
        take_away(s->db.path);
    db_close(&s->db);
    pack_free(&s->pack);
    buckets_free(&s->buckets);
    mem_release(s);
}

/* After a rollback the tables may be gone (they were made in this transaction), so statements do
 * not outlive a run. */
static void end(struct store *s)
{
    for (size_t i = 0; i < N_INSERT; i++) {
        sqlite3_finalize(s->insert[i]);
        s->insert[i] = NULL;
    }
    many_close(&s->many_pooled);
    many_close(&s->many_value);
    many_close(&s->last_value);
    mem_release(s->pool);
    mem_release(s->span);
    mem_release(s->kind);
    s->pool = NULL;
    s->span = NULL;
    s->kind = NULL;
    s->n_pooled = 0;
    s->writing = false;
}

void store_abort(struct store *s)
{
    end(s);
    if (s->db.sql != NULL && sqlite3_get_autocommit(s->db.sql) == 0)
        sqlite3_exec(s->db.sql, "ROLLBACK", NULL, NULL, NULL);
}

static bool aborted(struct store *s)
{
    store_abort(s);
    return false;
}

static bool moved(struct store *s)
{
    int yes = 0;
    sqlite3_file_control(s->db.sql, "main", SQLITE_FCNTL_HAS_MOVED, &yes);
    return yes != 0;
}

/* Between opening and the first result lies a long run. When the file was deleted in that time (by
 * another writer, say, who had made it and stored nothing), a new one is better than no results. */
static bool find_again(struct store *s, struct err *err)
{
    if (s->db.sql != NULL && !moved(s))
        return true;
    if (s->db.sql != NULL)
        db_shut(&s->db);
    if (!open_file(s, err))
        return false;
    store_wait(s, s->wait_ms);
    return true;
}

/* Another program may have written since the file was opened: look again, now that nobody else can.
 */
static bool begin_transaction(struct store *s, struct err *err)
{
    bool empty;
    if (!find_again(s, err))
        return false;
    int code = sqlite3_exec(s->db.sql, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return db_fail(&s->db, code, "write to", err);
    if (moved(s))
        return db_moved(&s->db, err);
    return schema_check(&s->db, &empty, err) && (!empty || schema_make(&s->db, err));
}

static bool prepare_all(struct store *s, struct err *err)
{
    for (size_t i = 0; i < N_INSERT; i++)
        if (!db_prepare(&s->db, insert_sql[i], &s->insert[i], err))
            return false;
    unsigned left = (unsigned)(s->n_metric % MANY_ROWS);
    return many_open(s, &s->many_pooled, INSERT_POOLED, MANY_ROWS, err) &&
           many_open(s, &s->many_value, INSERT_VALUE, MANY_ROWS, err) &&
           (left == 0 || many_open(s, &s->last_value, INSERT_VALUE, left, err));
}

/* Ids go up without gaps in the order of writing. */
static bool number_from(struct store *s, struct err *err)
{
    return db_number(&s->db, "SELECT coalesce(max(id), 0) + 1 FROM run", &s->run, err) &&
           db_number(&s->db, "SELECT coalesce(max(id), 0) FROM point", &s->point, err) &&
           db_number(&s->db, "SELECT coalesce(max(id), 0) FROM replication", &s->replication,
                     err) &&
           db_number(&s->db, "SELECT coalesce(max(id), 0) + 1 FROM entity", &s->entity, err) &&
           db_number(&s->db, "SELECT coalesce(max(id), 0) + 1 FROM metric", &s->metric, err);
}

static bool remember_metrics(struct store *s, const struct store_run *run, struct err *err)
{
    s->n_entity = run->n_entity;
    s->n_metric = run->n_metric;
    s->kind = mem_get_zero(run->n_metric, sizeof(*s->kind));
    s->pool = mem_get_zero(run->n_metric, POOL_CELLS * sizeof(*s->pool));
    s->span = mem_get_zero(run->n_metric, sizeof(*s->span));
    if (s->kind == NULL || s->pool == NULL || s->span == NULL)
        return err_set(err, ERR_OS, "cannot write to '%s': memory is short", s->db.path);
    for (size_t i = 0; i < run->n_metric; i++)
        s->kind[i] = run->metric[i].kind;
    return true;
}

bool store_begin(struct store *s, const struct store_run *run, int64_t *id, struct err *err)
{
    CHECK(!s->writing);
    s->writing = true;
    s->has_point = false;
    s->fingerprint = 0;
    if (!remember_metrics(s, run, err) || !begin_transaction(s, err) || !prepare_all(s, err) ||
        !number_from(s, err) || !write_run(s, run, err))
        return aborted(s);
    *id = s->run;
    return true;
}

static bool write_setting(struct store *s, const struct store_setting *setting, struct err *err)
{
    struct row r = store_row(s, INSERT_SETTING);
    row_int(&r, s->point);
    row_text(&r, setting->path);
    row_text(&r, setting->value);
    return row_end(&r, &s->db, err);
}

static bool write_point(struct store *s, uint32_t number, struct err *err)
{
    struct row r = store_row(s, INSERT_POINT);
    row_int(&r, s->point);
    row_int(&r, s->run);
    row_int(&r, number);
    return row_end(&r, &s->db, err);
}

bool store_point(struct store *s, uint32_t number, const struct store_setting *setting, size_t n,
                 struct err *err)
{
    CHECK(s->writing);
    if (s->has_point && !pool_flush(s, err))
        return aborted(s);
    s->point++;
    s->point_number = number;
    s->has_point = true;
    bool ok = write_point(s, number, err);
    for (size_t i = 0; ok && i < n; i++)
        ok = write_setting(s, &setting[i], err);
    return ok || aborted(s);
}

bool store_result(struct store *s, uint32_t point, uint32_t replication,
                  const struct result *result, struct err *err)
{
    CHECK(s->writing && s->has_point && s->point_number == point);
    CHECK(result->n_metric == s->n_metric && result->n_entity == s->n_entity && !result->stopped);
    s->replication++;
    s->fingerprint = result_print(s->fingerprint, result->run_fingerprint);
    return write_result(s, replication, result, err) || aborted(s);
}

/* The run's fingerprint is known when all its replications are. */
static bool seal(struct store *s, struct err *err)
{
    struct row r = store_row(s, INSERT_SEAL);
    row_hex(&r, s->fingerprint);
    row_int(&r, s->run);
    return row_end(&r, &s->db, err);
}

bool store_commit(struct store *s, struct err *err)
{
    CHECK(s->writing);
    if ((s->has_point && !pool_flush(s, err)) || !seal(s, err))
        return aborted(s);
    if (moved(s)) {
        db_moved(&s->db, err);
        return aborted(s);
    }
    int code = sqlite3_exec(s->db.sql, "COMMIT", NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        db_fail(&s->db, code, "write to", err);
        return aborted(s);
    }
    end(s);
    return true;
}
