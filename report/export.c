/* export.c - a table is a query on a ready-made view; its columns are the columns. */
#include "export.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "check.h"
#include "digits.h"
#include "query_int.h"

const struct export_table export_tables[] = {
    {"metrics", "every statistic of every metric in every replication",
     "SELECT point, replication, entity, metric, stat, value, unit FROM v_metric WHERE run = ?1"
     " ORDER BY point, replication, entity, metric, stat"},
    {"settings", "what the design points of a sweep set, a row a setting",
     "SELECT point, path, value FROM v_setting WHERE run = ?1 ORDER BY point, path"},
    {"series", "metrics over time, a row a bucket",
     "SELECT point, replication, entity, metric, from_s, to_s, value, max, unit FROM v_series "
     "WHERE run = ?1"
     " ORDER BY point, replication, entity, metric, bucket"},
    {"histograms", "how often values in [low, high) were seen, over all replications",
     "SELECT point, entity, metric, low, high, unit, count, count_unit FROM v_histogram WHERE run "
     "= ?1"
     " ORDER BY point, entity, metric, low"},
    {"fates", "what became of the requests, a row a replication",
     "SELECT point, replication, offered, in_time, late, waiting, lost, repeated, gave_up_done, "
     "'1' AS unit"
     " FROM v_fates WHERE run = ?1 ORDER BY point, replication"},
    {"fates-by-birth", "the same by time of birth",
     "SELECT point, replication, from_s, to_s, offered, in_time, late, waiting, lost, repeated, "
     "gave_up_done,"
     " '1' AS unit FROM v_fates_by_birth WHERE run = ?1 ORDER BY point, replication, bucket"},
    {"life", "what happened to the requests that were recorded, in its order",
     "SELECT point, replication, at_s, producer, request, copy, entity, what, message, receives, "
     "other, worker, until_s, value, message_group, cause_producer, cause, why"
     " FROM v_life WHERE run = ?1 ORDER BY point, replication, number"},
};
const size_t n_export_tables = ARRAY_LEN(export_tables);

const struct export_table *export_find(const char *name)
{
    for (size_t i = 0; i < n_export_tables; i++)
        if (strcmp(export_tables[i].name, name) == 0)
            return &export_tables[i];
    return NULL;
}

static void put_json_text(const char *text, FILE *out)
{
    putc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7f)
            fprintf(out, "\\u%04x", *c);
        else
            putc(*c, out);
    }
    putc('"', out);
}

static void put_csv_text(const char *text, FILE *out)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

void export_text(const char *text, enum export_format format, FILE *out)
{
    if (format == EXPORT_CSV)
        put_csv_text(text, out);
    else
        put_json_text(text, out);
}

void export_real(double x, enum export_format format, FILE *out)
{
    char text[DIGITS_SIZE];
    digits_text(x, text);
    if (isfinite(x))
        fputs(text, out);
    else if (format == EXPORT_JSONL)
        fputs("null", out);
}

static void put_cell(sqlite3_stmt *stmt, int column, enum export_format format, FILE *out)
{
    const char *text;
    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_INTEGER:
        fprintf(out, "%lld", (long long)sqlite3_column_int64(stmt, column));
        break;
    case SQLITE_FLOAT:
        export_real(sqlite3_column_double(stmt, column), format, out);
        break;
    case SQLITE_NULL:
        export_real(NAN, format, out);
        break;
    default:
        text = (const char *)sqlite3_column_text(stmt, column);
        export_text(text != NULL ? text : "", format, out);
    }
}

static void put_row(sqlite3_stmt *stmt, enum export_format format, FILE *out)
{
    int n = sqlite3_column_count(stmt);
    for (int c = 0; c < n; c++) {
        if (c > 0)
            putc(',', out);
        if (format == EXPORT_JSONL)
            fprintf(out, "%s\"%s\":", c == 0 ? "{" : "", sqlite3_column_name(stmt, c));
        put_cell(stmt, c, format, out);
    }
    fputs(format == EXPORT_JSONL ? "}\n" : "\n", out);
}

static void put_names(sqlite3_stmt *stmt, FILE *out)
{
    int n = sqlite3_column_count(stmt);
    for (int c = 0; c < n; c++)
        fprintf(out, "%s%s", c > 0 ? "," : "", sqlite3_column_name(stmt, c));
    putc('\n', out);
}

/* A comment is one line, whatever the text holds. */
static void put_comment(const char *name, const char *text, FILE *out)
{
    fprintf(out, "# %s: ", name);
    for (; *text != '\0'; text++)
        putc((unsigned char)*text < 0x20 ? ' ' : *text, out);
    putc('\n', out);
}

static void put_head(sqlite3_stmt *stmt, const char *table, enum export_format format, FILE *out)
{
    int n = sqlite3_column_count(stmt);
    if (format == EXPORT_CSV)
        put_comment("afterbay export", table, out);
    else
        fprintf(out, "{\"export\":\"%s\"", table);
    for (int c = 0; c < n; c++) {
        const char *name = sqlite3_column_name(stmt, c),
                   *text = (const char *)sqlite3_column_text(stmt, c);
        if (format == EXPORT_CSV) {
            put_comment(name, text != NULL ? text : "", out);
            continue;
        }
        fprintf(out, ",\"%s\":", name);
        put_json_text(text != NULL ? text : "", out);
    }
    if (format == EXPORT_JSONL)
        fputs("}\n", out);
}

bool export_head(struct query *q, int64_t run, const char *table, enum export_format format,
                 FILE *out, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    bool ok =
        ASK(q, &stmt, err,
            "SELECT CAST(id AS TEXT) AS run, title, scenario, seed, version, quotas, fingerprint"
            " FROM run WHERE id = ?1",
            run) &&
        db_step(&q->db, stmt, &more, err);
    if (ok && more)
        put_head(stmt, table, format, out);
    sqlite3_finalize(stmt);
    return ok;
}

static bool write_rows(struct query *q, int64_t run, const char *sql, enum export_format format,
                       FILE *out, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = true, ok = ASK(q, &stmt, err, sql, run);
    if (ok && format == EXPORT_CSV)
        put_names(stmt, out);
    while (ok && !ferror(out) && (ok = db_step(&q->db, stmt, &more, err)) && more)
        put_row(stmt, format, out);
    sqlite3_finalize(stmt);
    return ok;
}

static bool write_manifest_run(struct query *q, int64_t run, FILE *out, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    bool ok = ASK(q, &stmt, err,
                  "SELECT 'afterbay ' || version AS program, id AS run, command, title, scenario, "
                  "seed, replications,"
                  " duration_ns, drain_ns, warmup_ns, deadline_ns, quotas, fingerprint FROM run "
                  "WHERE id = ?1",
                  run) &&
              db_step(&q->db, stmt, &more, err);
    for (int c = 0; ok && more && c < sqlite3_column_count(stmt); c++) {
        fprintf(out, "%s  \"%s\": ", c > 0 ? ",\n" : "", sqlite3_column_name(stmt, c));
        put_cell(stmt, c, EXPORT_JSONL, out);
    }
    sqlite3_finalize(stmt);
    return ok;
}

static bool write_manifest_overrides(struct query *q, int64_t run, FILE *out, struct err *err)
{
    struct query_text *set;
    size_t n;
    if (!query_overrides(q, run, &set, &n, err))
        return false;
    fputs(",\n  \"overrides\": [", out);
    for (size_t i = 0; i < n; i++) {
        fputs(i > 0 ? ", " : "", out);
        put_json_text(set[i].text, out);
    }
    fputs("]", out);
    query_texts_free(set, n);
    return true;
}

bool export_manifest(struct query *q, int64_t run, const struct export_file *file, size_t n,
                     FILE *out, struct err *err)
{
    fputs("{\n", out);
    if (!find_run(q, run, err) || !write_manifest_run(q, run, out, err) ||
        !write_manifest_overrides(q, run, out, err))
        return false;
    fputs(",\n  \"files\": [", out);
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "%s\n    {\"file\": ", i > 0 ? "," : "");
        put_json_text(file[i].name, out);
        fputs(", \"holds\": ", out);
        put_json_text(file[i].doc, out);
        fputs("}", out);
    }
    fputs("\n  ]\n}\n", out);
    errno = 0;
    if (fflush(out) != 0 || ferror(out))
        return err_set(err, ERR_IO, "cannot write the manifest: %s",
                       errno != 0 ? strerror(errno) : "write error");
    return true;
}

bool export_run(struct query *q, int64_t run, const struct export_table *table,
                enum export_format format, bool head, FILE *out, struct err *err)
{
    if (!find_run(q, run, err) || (head && !export_head(q, run, table->name, format, out, err)) ||
        !write_rows(q, run, table->sql, format, out, err))
        return false;
    errno = 0;
    if (fflush(out) != 0 || ferror(out))
        return err_set(err, ERR_IO, "cannot write the export: %s",
                       errno != 0 ? strerror(errno) : "write error");
    return true;
}
