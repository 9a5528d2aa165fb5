/* store_many.c - several rows with one statement. Half of what SQLite does for a row of a few
 * numbers is to begin and end a statement, and to find the place in the table anew; a statement of
 * 32 rows does it once. It must not leave some of its rows behind when one is refused, and what
 * would undo them costs more than it saves: so all of the transaction goes, as it would anyway. */
#include "store_int.h"

#include <string.h>

#include "check.h"
#include "mem.h"

#define INTO "INSERT INTO"

/* "INSERT INTO t VALUES (?, ?)" for so many rows. */
static char *many_sql(const char *one, unsigned rows)
{
    const char *tuple = strchr(one, '('), *rest = one + strlen(INTO);
    size_t tail = strlen(tuple) + 1, n = strlen(one) + sizeof(" OR ROLLBACK") + rows * tail;
    CHECK(strncmp(one, INTO, strlen(INTO)) == 0);
    char *sql = mem_get(n);
    if (sql == NULL)
        return NULL;
    sqlite3_snprintf((int)n, sql, "INSERT OR ROLLBACK INTO%s", rest);
    char *at = sql + strlen(sql);
    for (unsigned i = 1; i < rows; i++, at += tail) {
        *at = ',';
        memcpy(at + 1, tuple, tail);
    }
    return sql;
}

bool many_open(struct store *s, struct many *m, enum insert which, unsigned rows, struct err *err)
{
    char *sql = many_sql(insert_sql[which], rows);
    *m = (struct many){.rows = rows};
    bool ok = sql != NULL || err_set(err, ERR_OS, "cannot write to '%s': memory is short", s->db.path);
    ok = ok && db_prepare(&s->db, sql, &m->stmt, err);
    m->columns = ok ? sqlite3_bind_parameter_count(m->stmt) / (int)rows : 0;
    mem_release(sql);
    return ok;
}

void many_close(struct many *m)
{
    sqlite3_finalize(m->stmt);
    *m = (struct many){0};
}

struct row many_row(const struct many *m)
{
    struct row r = row_begin(m->stmt);
    r.column = m->columns * (int)m->filled;
    return r;
}

bool many_end(struct store *s, struct many *m, struct row *r, struct err *err)
{
    CHECK(r->column == m->columns * (int)(m->filled + 1));
    if (++m->filled < m->rows && r->code == SQLITE_OK)
        return true;
    r->column = m->columns * (int)m->rows;
    m->filled = 0;
    return row_end(r, &s->db, err);
}
