/* query_life.c - the lives of recorded requests, as the run had them. */
#include "query_int.h"

#include <inttypes.h>
#include <stdio.h>

#include "mem.h"

bool query_entities(struct query *q, int64_t run, char ***path, size_t *n, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = true;
    *path = NULL;
    *n = 0;
    bool ok = find_run(q, run, err) &&
              ASK(q, &stmt, err,
                  "SELECT kind || '.' || name FROM entity WHERE run = ? ORDER BY number", run);
    while (ok && (ok = db_step(&q->db, stmt, &more, err)) && more) {
        ok = array_grow(q, (void **)path, *n, sizeof(**path), err);
        if (ok)
            ok = column_copy(q, stmt, 0, &(*path)[(*n)++], err);
    }
    sqlite3_finalize(stmt);
    if (!ok) {
        query_entities_free(*path, *n);
        *path = NULL;
        *n = 0;
    }
    return ok;
}

void query_entities_free(char **path, size_t n)
{
    for (size_t i = 0; i < n; i++)
        mem_release(path[i]);
    mem_release(path);
}

static int64_t column_or(sqlite3_stmt *stmt, int column, int64_t none)
{
    return sqlite3_column_type(stmt, column) == SQLITE_NULL ? none
                                                            : sqlite3_column_int64(stmt, column);
}

static bool read_event(struct query *q, sqlite3_stmt *stmt, struct life_event *e, struct err *err)
{
    const char *what = (const char *)sqlite3_column_text(stmt, 5);
    e->at = sqlite3_column_int64(stmt, 0);
    e->producer = (uint32_t)sqlite3_column_int64(stmt, 1);
    e->item = (uint64_t)sqlite3_column_int64(stmt, 2) - 1;
    e->attempt = (uint16_t)sqlite3_column_int(stmt, 3);
    e->entity = (uint32_t)sqlite3_column_int64(stmt, 4);
    e->what = (uint16_t)(what == NULL ? LIFE_KINDS : life_what(what));
    e->message = (uint32_t)column_or(stmt, 6, 0);
    e->receives = (uint32_t)column_or(stmt, 7, 0);
    e->other = (uint32_t)column_or(stmt, 8, LIFE_NONE);
    e->worker = (uint32_t)column_or(stmt, 9, LIFE_NONE);
    e->until = column_or(stmt, 10, SIM_NEVER);
    e->value = column_or(stmt, 11, -1);
    e->group = (uint32_t)column_or(stmt, 12, LIFE_NONE);
    e->cause_producer = (uint32_t)column_or(stmt, 13, LIFE_NONE);
    e->cause = (uint64_t)column_or(stmt, 14, 1) - 1;
    life_why(e, (const char *)sqlite3_column_text(stmt, 15));
    return e->what < LIFE_KINDS || damaged(q, "an event of a life has no known name", err);
}

static const char events[] =
    "SELECT l.at_ns, f.number, l.request, l.copy, e.number, l.what, l.message, l.receives,"
    " o.number, l.worker, l.until_ns, l.value, l.message_group, c.number, l.cause, l.why"
    " FROM point p JOIN replication r ON r.point = p.id JOIN life l ON l.replication = r.id"
    " JOIN entity f ON f.id = l.producer JOIN entity e ON e.id = l.entity"
    " LEFT JOIN entity o ON o.id = l.other LEFT JOIN entity c ON c.id = l.cause_producer"
    " WHERE p.run = ? AND p.number = ? AND r.number = ? ORDER BY l.number";

bool query_life(struct query *q, int64_t run, uint32_t point, uint32_t replication, struct life *l,
                struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    struct life_event spare;
    bool more = true;
    *l = (struct life){0};
    bool ok = find_run(q, run, err) && ASK(q, &stmt, err, events, run, point, replication);
    while (ok && (ok = db_step(&q->db, stmt, &more, err)) && more) {
        struct life_event *e = life_add(l, &spare);
        ok = !l->failed ? read_event(q, stmt, e, err) : memory_short(q, err);
    }
    sqlite3_finalize(stmt);
    if (!ok)
        life_free(l);
    return ok;
}

bool query_print(struct query *q, int64_t run, uint32_t point, uint32_t replication,
                 uint64_t *print, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    bool ok = find_run(q, run, err) &&
              ASK(q, &stmt, err,
                  "SELECT r.fingerprint FROM point p JOIN replication r ON r.point = p.id"
                  " WHERE p.run = ? AND p.number = ? AND r.number = ?",
                  run, point, replication) &&
              db_step(&q->db, stmt, &more, err);
    const char *text = ok && more ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    ok = ok && ((text != NULL && sscanf(text, "%16" SCNx64, print) == 1) ||
                damaged(q, "a replication has no fingerprint", err));
    sqlite3_finalize(stmt);
    return ok;
}
