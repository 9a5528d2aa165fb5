/* query_points.c - the design points of a run: which settings each of them has. */
#include "query_int.h"

#include <string.h>

#include "mem.h"

static bool add_point(struct query *q, struct query_point **point, size_t *n, int64_t number,
                      struct err *err)
{
    if (*n > 0 && (*point)[*n - 1].number == (uint32_t)number)
        return true;
    if (!array_grow(q, (void **)point, *n, sizeof(**point), err))
        return false;
    (*point)[*n] = (struct query_point){.number = (uint32_t)number};
    ++*n;
    return true;
}

static bool add_setting(struct query *q, sqlite3_stmt *stmt, struct query_point *p, struct err *err)
{
    if (sqlite3_column_type(stmt, 1) == SQLITE_NULL)
        return true;
    if (!array_grow(q, (void **)&p->setting, p->n, sizeof(*p->setting), err))
        return false;
    struct query_text *t = &p->setting[p->n];
    *t = (struct query_text){0};
    p->n++;
    return column_copy(q, stmt, 1, &t->name, err) && column_copy(q, stmt, 2, &t->text, err);
}

bool query_points(struct query *q, int64_t run, struct query_point **point, size_t *n,
                  struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = true;
    *point = NULL;
    *n = 0;
    bool ok =
        find_run(q, run, err) &&
        ASK(q, &stmt, err,
            "SELECT p.number, s.path, s.value FROM point p LEFT JOIN setting s ON s.point = p.id"
            " WHERE p.run = ? ORDER BY p.number, s.path",
            run);
    while (ok && (ok = db_step(&q->db, stmt, &more, err)) && more)
        ok = add_point(q, point, n, sqlite3_column_int64(stmt, 0), err) &&
             add_setting(q, stmt, &(*point)[*n - 1], err);
    sqlite3_finalize(stmt);
    if (!ok) {
        query_points_free(*point, *n);
        *point = NULL;
        *n = 0;
    }
    return ok;
}

void query_points_free(struct query_point *point, size_t n)
{
    for (size_t i = 0; i < n; i++)
        query_texts_free(point[i].setting, point[i].n);
    mem_release(point);
}
