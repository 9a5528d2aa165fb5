/* query_texts.c - the words of a run: its files as they were read, and the overrides laid over them. */
#include "query_int.h"

#include "mem.h"

static bool read_texts(struct query *q, int64_t run, const char *sql, struct query_text **text, size_t *n, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = true;
    *text = NULL;
    *n = 0;
    bool ok = find_run(q, run, err) && ASK(q, &stmt, err, sql, run);
    while (ok && (ok = db_step(&q->db, stmt, &more, err)) && more) {
        ok = array_grow(q, (void **)text, *n, sizeof(**text), err);
        if (ok) {
            struct query_text *t = &(*text)[(*n)++];
            ok = column_copy(q, stmt, 0, &t->name, err) && column_copy(q, stmt, 1, &t->text, err);
        }
    }
    sqlite3_finalize(stmt);
    if (!ok) {
        query_texts_free(*text, *n);
        *text = NULL;
        *n = 0;
    }
    return ok;
}

bool query_files(struct query *q, int64_t run, struct query_text **text, size_t *n, struct err *err)
{
    return read_texts(q, run, "SELECT name, text FROM file WHERE run = ? ORDER BY number", text, n, err);
}

bool query_overrides(struct query *q, int64_t run, struct query_text **text, size_t *n, struct err *err)
{
    return read_texts(q, run, "SELECT '', text FROM override WHERE run = ? ORDER BY number", text, n, err);
}

bool query_canonical(struct query *q, int64_t run, struct query_text **text, size_t *n, struct err *err)
{
    return read_texts(q, run, "SELECT scenario, canonical FROM run WHERE id = ?", text, n, err);
}

void query_texts_free(struct query_text *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        mem_release(text[i].name);
        mem_release(text[i].text);
    }
    mem_release(text);
}
