/* db.c - see db.h. Every message says which file, what was tried, why it failed, and how to mend it
 * where that is known. */
#include "db.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "mem.h"

static const char *reason_system(const struct db *db)
{
    int code = db->sql != NULL ? sqlite3_system_errno(db->sql) : 0;
    return code != 0 ? strerror(code) : "the file system refuses";
}

static bool fail_system(const struct db *db, enum err_class class, const char *doing,
                        struct err *err)
{
    return err_set(err, class, "cannot %s '%s': %s", doing, db->path, reason_system(db));
}

bool db_moved(const struct db *db, struct err *err)
{
    return err_set(err, ERR_IO, "cannot write to '%s': the file was moved or deleted meanwhile",
                   db->path);
}

bool db_fail(const struct db *db, int code, const char *doing, struct err *err)
{
    if (code == SQLITE_READONLY_DBMOVED)
        return db_moved(db, err);
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(
            err, ERR_IO,
            "cannot %s '%s': another program is writing to it; try again when it is done", doing,
            db->path);
    case SQLITE_FULL:
        return err_set(err, ERR_IO,
                       "cannot %s '%s': the disk is full; what the file held before is unchanged",
                       doing, db->path);
    case SQLITE_NOTADB:
        return err_set(err, ERR_DATA, "cannot %s '%s': it is no SQLite database", doing, db->path);
    case SQLITE_CORRUPT:
        return err_set(err, ERR_DATA,
                       "cannot %s '%s': the file is damaged (%s); restore it from a copy, or save "
                       "what can be read "
                       "with: sqlite3 '%s' .recover",
                       doing, db->path, db->sql != NULL ? sqlite3_errmsg(db->sql) : "", db->path);
    case SQLITE_NOMEM:
        return err_set(err, ERR_OS, "cannot %s '%s': memory is short", doing, db->path);
    case SQLITE_IOERR:
        return fail_system(db, ERR_IO, doing, err);
    case SQLITE_READONLY: /* a file without the right to write was refused when it was opened */
        return err_set(
            err, ERR_DATA,
            "cannot %s '%s': its header says that it needs a newer SQLite (or the file is damaged)",
            doing, db->path);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return fail_system(db, ERR_CANTCREAT, doing, err);
    default:
        return err_set(err, ERR_INTERNAL, "cannot %s '%s': %s", doing, db->path,
                       db->sql != NULL ? sqlite3_errmsg(db->sql) : sqlite3_errstr(code));
    }
}

static char *join(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    char *text = mem_get(n + m + 1);
    if (text != NULL) {
        memcpy(text, a, n);
        memcpy(text + n, b, m + 1);
    }
    return text;
}

static bool open_with(struct db *db, int flags, struct err *err)
{
    /* SQLite gives names such as ":memory:" and "file:…" a meaning of their own; a path is always a
     * path here. */
    char *path = join(db->path[0] == '/' ? "" : "./", db->path);
    if (path == NULL)
        return db_fail(db, SQLITE_NOMEM, "open", err);
    int code = sqlite3_open_v2(path, &db->sql, flags | SQLITE_OPEN_NOMUTEX, NULL);
    mem_release(path);
    if (code != SQLITE_OK)
        return db_fail(db, code, "open", err);
    sqlite3_extended_result_codes(db->sql, 1);
    sqlite3_busy_timeout(db->sql, DB_WAIT_MS);
    return db_run(db, "PRAGMA cell_size_check = ON", err);
}

void db_shut(struct db *db)
{
    int code = sqlite3_close(db->sql);
    CHECK(code == SQLITE_OK); /* a statement was not finalized */
    db->sql = NULL;
}

bool db_name(struct db *db, const char *path, struct err *err)
{
    *db = (struct db){.path = join("", path)};
    return db->path != NULL || err_set(err, ERR_OS, "cannot open '%s': memory is short", path);
}

/* The first read undoes what a killed writer left, for which a read-only connection has no right.
 */
static bool undo_half(struct db *db, struct err *err)
{
    int64_t none;
    db_shut(db);
    if (!open_with(db, SQLITE_OPEN_READWRITE, err))
        return false;
    if (sqlite3_db_readonly(db->sql, "main") == 1)
        return err_set(err, ERR_IO,
                       "cannot read '%s': a program that wrote to it was ended half-way, and "
                       "undoing that needs the "
                       "right to write to the file and its folder",
                       db->path);
    if (!db_number(db, "SELECT count(*) FROM sqlite_schema", &none, err))
        return false;
    db_shut(db);
    return open_with(db, SQLITE_OPEN_READONLY, err);
}

bool db_open_read(struct db *db, struct err *err)
{
    if (!open_with(db, SQLITE_OPEN_READONLY, err))
        return false;
    int code = sqlite3_exec(db->sql, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    if (code == SQLITE_READONLY_ROLLBACK || code == SQLITE_READONLY_RECOVERY)
        return undo_half(db, err);
    return code == SQLITE_OK || db_fail(db, code, "read", err);
}

bool db_open_write(struct db *db, struct err *err)
{
    if (!open_with(db, SQLITE_OPEN_READWRITE, err))
        return false;
    if (sqlite3_db_readonly(db->sql, "main") == 1)
        return err_set(err, ERR_CANTCREAT, "cannot write to '%s': the file is read-only", db->path);
    return true;
}

void db_close(struct db *db)
{
    if (db->sql != NULL)
        db_shut(db);
    mem_release(db->path);
    *db = (struct db){0};
}

bool db_run(struct db *db, const char *sql, struct err *err)
{
    int code = sqlite3_exec(db->sql, sql, NULL, NULL, NULL);
    return code == SQLITE_OK || db_fail(db, code, "use", err);
}

bool db_prepare(struct db *db, const char *sql, sqlite3_stmt **stmt, struct err *err)
{
    int code = sqlite3_prepare_v2(db->sql, sql, -1, stmt, NULL);
    return code == SQLITE_OK || db_fail(db, code, "use", err);
}

bool db_step(struct db *db, sqlite3_stmt *stmt, bool *more, struct err *err)
{
    int code = sqlite3_step(stmt);
    *more = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE || db_fail(db, code, "read", err);
}

bool db_number(struct db *db, const char *sql, int64_t *value, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    bool ok = db_prepare(db, sql, &stmt, err) && db_step(db, stmt, &more, err);
    if (ok && more)
        *value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return ok;
}

struct row row_begin(sqlite3_stmt *stmt)
{
    return (struct row){.stmt = stmt, .code = SQLITE_OK};
}

static void bound(struct row *r, int code)
{
    if (r->code == SQLITE_OK)
        r->code = code;
}

void row_int(struct row *r, int64_t value)
{
    bound(r, sqlite3_bind_int64(r->stmt, ++r->column, value));
}

void row_real(struct row *r, double value)
{
    r->column++;
    bound(r, isnan(value) ? sqlite3_bind_null(r->stmt, r->column)
                          : sqlite3_bind_double(r->stmt, r->column, value));
}

void row_text(struct row *r, const char *text)
{
    if (text == NULL)
        row_null(r);
    else
        row_text_of(r, text, strlen(text));
}

void row_text_of(struct row *r, const char *text, size_t bytes)
{
    bound(r, sqlite3_bind_text64(r->stmt, ++r->column, text, bytes, SQLITE_STATIC, SQLITE_UTF8));
}

void row_blob(struct row *r, const void *bytes, size_t n)
{
    bound(r, sqlite3_bind_blob64(r->stmt, ++r->column, bytes, n, SQLITE_STATIC));
}

void row_hex(struct row *r, uint64_t value)
{
    char text[17];
    snprintf(text, sizeof(text), "%016llx", (unsigned long long)value);
    bound(r, sqlite3_bind_text(r->stmt, ++r->column, text, 16, SQLITE_TRANSIENT));
}

void row_null(struct row *r)
{
    bound(r, sqlite3_bind_null(r->stmt, ++r->column));
}

bool row_end(struct row *r, struct db *db, struct err *err)
{
    CHECK(r->column == sqlite3_bind_parameter_count(r->stmt));
    if (r->code != SQLITE_OK)
        return db_fail(db, r->code, "write to", err);
    int code = sqlite3_step(r->stmt);
    if (code != SQLITE_DONE)
        db_fail(db, code, "write to", err);
    sqlite3_reset(r->stmt);
    return code == SQLITE_DONE;
}
