/* schema.c - the layout of a result file. Rows are numbered by the writer, in order, so that the
 * same results always make the same rows. STRICT tables refuse a value of a wrong type, and CHECKs
 * what no run may say. */
#include "schema.h"

#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "store.h"

const char schema_sql[] =
    "CREATE TABLE run ("
    "  id INTEGER PRIMARY KEY, command TEXT NOT NULL, title TEXT NOT NULL, scenario TEXT NOT NULL,"
    "  canonical TEXT NOT NULL, version TEXT NOT NULL, quotas TEXT NOT NULL, seed TEXT NOT NULL,"
    "  replications INTEGER NOT NULL, duration_ns INTEGER NOT NULL, drain_ns INTEGER NOT NULL,"
    "  warmup_ns INTEGER NOT NULL, deadline_ns INTEGER, fingerprint TEXT) STRICT;"
    "CREATE TABLE file ("
    "  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, number INTEGER NOT NULL,"
    "  name TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (run, number)) STRICT;"
    "CREATE TABLE override ("
    "  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, number INTEGER NOT NULL,"
    "  text TEXT NOT NULL, PRIMARY KEY (run, number)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE entity ("
    "  id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
    "  number INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (run, number)) "
    "STRICT;"
    "CREATE TABLE fault ("
    "  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, number INTEGER NOT NULL,"
    "  target TEXT NOT NULL, effect TEXT NOT NULL, from_ns INTEGER NOT NULL, to_ns INTEGER NOT "
    "NULL,"
    "  PRIMARY KEY (run, number)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE metric ("
    "  id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
    "  number INTEGER NOT NULL, entity TEXT NOT NULL, name TEXT NOT NULL, cloudwatch TEXT,"
    "  kind TEXT NOT NULL CHECK (kind IN ('counter', 'level', 'tally')), unit TEXT NOT NULL,"
    "  doc TEXT NOT NULL, UNIQUE (run, number), UNIQUE (run, entity, name)) STRICT;"
    "CREATE TABLE point ("
    "  id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
    "  number INTEGER NOT NULL, UNIQUE (run, number)) STRICT;"
    "CREATE TABLE setting ("
    "  point INTEGER NOT NULL REFERENCES point ON DELETE CASCADE, path TEXT NOT NULL,"
    "  value TEXT NOT NULL, PRIMARY KEY (point, path)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE replication ("
    "  id INTEGER PRIMARY KEY, point INTEGER NOT NULL REFERENCES point ON DELETE CASCADE,"
    "  number INTEGER NOT NULL, events INTEGER NOT NULL, observed_ns INTEGER NOT NULL,"
    "  fingerprint TEXT NOT NULL, UNIQUE (point, number)) STRICT;"
    "CREATE TABLE entity_fingerprint ("
    "  replication INTEGER NOT NULL REFERENCES replication ON DELETE CASCADE,"
    "  entity INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE, fingerprint TEXT NOT NULL,"
    "  PRIMARY KEY (replication, entity)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE metric_value ("
    "  replication INTEGER NOT NULL REFERENCES replication ON DELETE CASCADE,"
    "  metric INTEGER NOT NULL REFERENCES metric ON DELETE CASCADE,"
    "  count INTEGER, sum REAL, mean REAL, sd REAL, min REAL, max REAL, last REAL, rate REAL,"
    "  min_at REAL, max_at REAL,"
    "  p50 REAL, p90 REAL, p95 REAL, p99 REAL, p999 REAL,"
    "  PRIMARY KEY (replication, metric)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE histogram ("
    "  replication INTEGER NOT NULL REFERENCES replication ON DELETE CASCADE,"
    "  metric INTEGER NOT NULL REFERENCES metric ON DELETE CASCADE,"
    "  buckets BLOB NOT NULL, PRIMARY KEY (replication, metric)) STRICT;"
    "CREATE TABLE pooled ("
    "  point INTEGER NOT NULL REFERENCES point ON DELETE CASCADE,"
    "  metric INTEGER NOT NULL REFERENCES metric ON DELETE CASCADE,"
    "  low INTEGER NOT NULL, high INTEGER NOT NULL CHECK (high > low),"
    "  count INTEGER NOT NULL CHECK (count > 0), PRIMARY KEY (point, metric, low)) STRICT, WITHOUT "
    "ROWID;"
    "CREATE TABLE series ("
    "  replication INTEGER NOT NULL REFERENCES replication ON DELETE CASCADE,"
    "  metric INTEGER NOT NULL REFERENCES metric ON DELETE CASCADE,"
    "  width_ns INTEGER NOT NULL CHECK (width_ns > 0), n INTEGER NOT NULL CHECK (n > 0),"
    "  data TEXT NOT NULL, PRIMARY KEY (replication, metric)) STRICT;"
    "CREATE TABLE fate ("
    "  replication INTEGER PRIMARY KEY REFERENCES replication ON DELETE CASCADE,"
    "  offered INTEGER NOT NULL, in_time INTEGER NOT NULL, late INTEGER NOT NULL,"
    "  waiting INTEGER NOT NULL, lost INTEGER NOT NULL, repeated INTEGER NOT NULL,"
    "  gave_up_done INTEGER NOT NULL, birth_width_ns INTEGER,"
    "  CHECK (offered = in_time + late + waiting + lost)) STRICT;"
    "CREATE TABLE fate_by_birth ("
    "  replication INTEGER NOT NULL REFERENCES replication ON DELETE CASCADE,"
    "  bucket INTEGER NOT NULL, offered INTEGER NOT NULL, in_time INTEGER NOT NULL,"
    "  late INTEGER NOT NULL, waiting INTEGER NOT NULL, lost INTEGER NOT NULL,"
    "  repeated INTEGER NOT NULL, gave_up_done INTEGER NOT NULL, PRIMARY KEY (replication, bucket),"
    "  CHECK (offered = in_time + late + waiting + lost)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE life ("
    "  replication INTEGER NOT NULL REFERENCES replication ON DELETE CASCADE,"
    "  number INTEGER NOT NULL, at_ns INTEGER NOT NULL,"
    "  producer INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE, request INTEGER NOT NULL,"
    "  copy INTEGER NOT NULL, entity INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE,"
    "  what TEXT NOT NULL, message INTEGER, receives INTEGER,"
    "  other INTEGER REFERENCES entity ON DELETE CASCADE, worker INTEGER, until_ns INTEGER,"
    "  value INTEGER, message_group INTEGER,"
    "  cause_producer INTEGER REFERENCES entity ON DELETE CASCADE, cause INTEGER, why TEXT,"
    "  PRIMARY KEY (replication, number)) STRICT, WITHOUT ROWID;"

    "CREATE VIEW v_run AS"
    "  SELECT id AS run, title, scenario, command, version, quotas, seed, replications,"
    "    duration_ns / 1e9 AS duration_s, drain_ns / 1e9 AS drain_s, warmup_ns / 1e9 AS warmup_s,"
    "    deadline_ns / 1e9 AS deadline_s, fingerprint FROM run;"
    "CREATE VIEW v_setting AS"
    "  SELECT p.run, p.number AS point, s.path, s.value FROM setting s JOIN point p ON p.id = "
    "s.point;"
    "CREATE VIEW v_metric AS"
    "  WITH stat(stat) AS (VALUES ('count'), ('sum'), ('rate'), ('mean'), ('sd'), ('min'), ('max'),"
    "    ('last'), ('min_at'), ('max_at'), ('p50'), ('p90'), ('p95'), ('p99'), ('p99.9')),"
    "  long AS (SELECT p.run, p.number AS point, r.number AS replication, m.entity, m.name AS "
    "metric,"
    "    stat.stat, CASE stat.stat WHEN 'count' THEN 1.0 * v.count WHEN 'sum' THEN v.sum"
    "      WHEN 'rate' THEN v.rate WHEN 'mean' THEN v.mean WHEN 'sd' THEN v.sd"
    "      WHEN 'min' THEN v.min WHEN 'max' THEN v.max WHEN 'last' THEN v.last"
    "      WHEN 'min_at' THEN v.min_at WHEN 'max_at' THEN v.max_at WHEN 'p50' THEN "
    "v.p50"
    "      WHEN 'p90' THEN v.p90 WHEN 'p95' THEN v.p95 WHEN 'p99' THEN v.p99 ELSE v.p999 END AS "
    "value,"
    "    CASE stat.stat WHEN 'count' THEN '1' WHEN 'min_at' THEN 'ns' WHEN 'max_at' THEN 'ns'"
    "      WHEN 'rate' THEN CASE WHEN m.kind = 'tally' OR m.unit = '1' THEN '1/s' ELSE m.unit || "
    "'/s' END"
    "      ELSE m.unit END AS unit"
    "    FROM metric m JOIN point p ON p.run = m.run JOIN replication r ON r.point = p.id"
    "    JOIN metric_value v ON v.replication = r.id AND v.metric = m.id CROSS JOIN stat)"
    "  SELECT * FROM long WHERE value IS NOT NULL;"
    "CREATE VIEW v_summary AS"
    "  SELECT run, point, entity, metric, stat, avg(value) AS mean, min(value) AS min, max(value) "
    "AS max,"
    "    count(*) AS replications, unit FROM v_metric GROUP BY run, point, entity, metric, stat;"
    "CREATE VIEW v_series AS"
    "  WITH cell AS (SELECT p.run, p.number AS point, r.number AS replication, m.entity, m.name AS "
    "metric,"
    "    m.kind, m.unit, s.width_ns, s.n, c.key AS bucket, c.value AS cell,"
    "    u.duration_ns + u.drain_ns AS end_ns"
    "    FROM metric m JOIN run u ON u.id = m.run JOIN point p ON p.run = m.run"
    "    JOIN replication r ON r.point = p.id"
    "    JOIN series s ON s.replication = r.id AND s.metric = m.id, json_each(s.data) c),"
    "  span AS (SELECT *, bucket * width_ns AS from_ns,"
    "    CASE WHEN bucket = n - 1 THEN max(end_ns, bucket * width_ns + 1)"
    "      ELSE min(end_ns, (bucket + 1) * width_ns) END AS to_ns FROM cell)"
    "  SELECT run, point, replication, entity, metric, bucket, from_ns / 1e9 AS from_s, to_ns / "
    "1e9 AS to_s,"
    "    CASE kind WHEN 'counter' THEN 1.0 * cell"
    "      WHEN 'level' THEN CASE WHEN json_extract(cell, '$[1]') IS NOT NULL"
    "        THEN 1.0 * json_extract(cell, '$[0]') / (to_ns - from_ns) END"
    "      ELSE 1.0 * json_extract(cell, '$[0]') / nullif(json_extract(cell, '$[2]'), 0) END AS "
    "value,"
    "    CASE WHEN kind <> 'counter' THEN 1.0 * json_extract(cell, '$[1]') END AS max, unit"
    "  FROM span;"
    "CREATE VIEW v_histogram AS"
    "  SELECT p.run, p.number AS point, m.entity, m.name AS metric, h.low, h.high, h.count,"
    "    m.unit, CASE m.kind WHEN 'level' THEN 'ns' ELSE '1' END AS count_unit"
    "  FROM metric m JOIN point p ON p.run = m.run JOIN pooled h ON h.point = p.id AND h.metric = "
    "m.id;"
    "CREATE VIEW v_fates AS"
    "  SELECT p.run, p.number AS point, r.number AS replication, f.offered, f.in_time, f.late, "
    "f.waiting,"
    "    f.lost, f.repeated, f.gave_up_done, 1.0 * f.in_time / nullif(f.offered, 0) AS "
    "in_time_share"
    "  FROM point p JOIN replication r ON r.point = p.id JOIN fate f ON f.replication = r.id;"
    "CREATE VIEW v_fates_by_birth AS"
    "  SELECT p.run, p.number AS point, r.number AS replication, b.bucket,"
    "    b.bucket * f.birth_width_ns / 1e9 AS from_s, (b.bucket + 1) * f.birth_width_ns / 1e9 AS "
    "to_s,"
    "    b.offered, b.in_time, b.late, b.waiting, b.lost, b.repeated, b.gave_up_done"
    "  FROM point p JOIN replication r ON r.point = p.id JOIN fate f ON f.replication = r.id"
    "  JOIN fate_by_birth b ON b.replication = r.id;"
    "CREATE VIEW v_life AS"
    "  WITH name(id, path) AS (SELECT id, kind || '.' || name FROM entity)"
    "  SELECT p.run, p.number AS point, r.number AS replication, l.number, l.at_ns / 1e9 AS at_s,"
    "    f.path AS producer, l.request, l.copy, e.path AS entity, l.what, l.message, l.receives,"
    "    o.path AS other, l.worker, l.until_ns / 1e9 AS until_s, l.value, l.message_group,"
    "    c.path AS cause_producer, l.cause, l.why"
    "  FROM point p JOIN replication r ON r.point = p.id JOIN life l ON l.replication = r.id"
    "  JOIN name f ON f.id = l.producer JOIN name e ON e.id = l.entity"
    "  LEFT JOIN name o ON o.id = l.other LEFT JOIN name c ON c.id = l.cause_producer;";

/* Cheap reads that walk to the end of the tables. Pages further in are checked when they are read.
 */
static const char *const probes[] = {
    "SELECT id FROM run ORDER BY id DESC LIMIT 1",
    "SELECT max(id) FROM metric",
    "SELECT max(id) FROM point",
    "SELECT max(id) FROM replication",
    "SELECT max(replication) FROM fate",
};

bool schema_make(struct db *db, struct err *err)
{
    char sql[100];
    sqlite3_snprintf(sizeof(sql), sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
                     SCHEMA_APPLICATION, STORE_SCHEMA);
    return db_run(db, schema_sql, err) && db_run(db, sql, err);
}

static bool bad_tables(const struct db *db, struct err *err)
{
    return err_set(err, ERR_DATA, "'%s' is damaged: its tables are not those of schema %d",
                   db->path, STORE_SCHEMA);
}

/* SQLite keeps each statement as it was written. Tables and views of your own may stand beside
 * ours. */
static bool check_tables(struct db *db, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = true, ok = db_prepare(db, "SELECT 1 FROM sqlite_schema WHERE sql = ?", &stmt, err);
    for (const char *from = schema_sql, *to; ok && more && (to = strchr(from, ';')) != NULL;
         from = to + 1) {
        sqlite3_reset(stmt);
        sqlite3_bind_text(stmt, 1, from, (int)(to - from), SQLITE_STATIC);
        ok = db_step(db, stmt, &more, err);
    }
    sqlite3_finalize(stmt);
    return ok && (more || bad_tables(db, err));
}

static bool probe(struct db *db, struct err *err)
{
    int64_t none;
    for (size_t i = 0; i < ARRAY_LEN(probes); i++)
        if (!db_number(db, probes[i], &none, err))
            return false;
    return true;
}

static int64_t file_bytes(const struct db *db)
{
    struct stat st;
    return stat(db->path, &st) == 0 ? st.st_size : 0;
}

/* SQLite takes a file of less than a page for an empty database, whatever it holds, and writes over
 * it. */
static bool check_magic(struct db *db, struct err *err)
{
    char magic[16] = {0};
    sqlite3_file *file = NULL;
    sqlite3_file_control(db->sql, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (file == NULL || file->pMethods == NULL ||
        file->pMethods->xRead(file, magic, sizeof(magic), 0) != SQLITE_OK ||
        memcmp(magic, "SQLite format 3", 16) != 0)
        return db_fail(db, SQLITE_NOTADB, "use", err);
    return true;
}

/* Nor does it miss the end of the last page. */
static bool check_length(struct db *db, struct err *err)
{
    int64_t pages = 0, bytes = 0;
    if (!db_number(db, "PRAGMA page_count", &pages, err) ||
        !db_number(db, "PRAGMA page_size", &bytes, err))
        return false;
    if (pages > 0 && file_bytes(db) >= pages * bytes)
        return true;
    return err_set(err, ERR_DATA, "'%s' is damaged: its end is missing", db->path);
}

static bool check_version(struct db *db, struct err *err)
{
    int64_t application = 0, version = 0;
    if (!db_number(db, "PRAGMA application_id", &application, err) ||
        !db_number(db, "PRAGMA user_version", &version, err))
        return false;
    if (application != SCHEMA_APPLICATION)
        return err_set(err, ERR_DATA, "'%s' is a database of another program; choose another file",
                       db->path);
    if (version > STORE_SCHEMA)
        return err_set(err, ERR_DATA,
                       "'%s' was made by a newer afterbay (schema %lld; this one knows %d): use "
                       "that version, or "
                       "another file",
                       db->path, (long long)version, STORE_SCHEMA);
    if (version > 0 && version < STORE_SCHEMA)
        return err_set(err, ERR_DATA,
                       "'%s' was made by an older afterbay (schema %lld; this one writes %d): read it with that version, "
                       "or run again into another file",
                       db->path, (long long)version, STORE_SCHEMA);
    return version == STORE_SCHEMA ||
           err_set(err, ERR_DATA, "'%s' is damaged: no afterbay ever made a schema %lld", db->path,
                   (long long)version);
}

bool schema_check(struct db *db, bool *empty, struct err *err)
{
    int64_t objects;
    *empty = false;
    if (!db_number(db, "SELECT count(*) FROM sqlite_schema", &objects,
                   err)) /* also undoes a killed writer's half */
        return false;
    *empty = file_bytes(db) == 0; /* inside a transaction, page_count says 1 */
    return *empty || (check_magic(db, err) && check_length(db, err) && check_version(db, err) &&
                      check_tables(db, err) && probe(db, err));
}

/* SQLite notices a page that is no page of its table any more only when it reads it. */
bool schema_whole(struct db *db, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false, ok = db_prepare(db, "PRAGMA quick_check(1)", &stmt, err) && db_step(db, stmt, &more, err);
    const char *says = ok && more ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    if (ok && (says == NULL || strcmp(says, "ok") != 0))
        ok = err_set(err, ERR_DATA,
                     "'%s' is damaged (%.200s); restore it from a copy, or save what can be read with: "
                     "sqlite3 '%s' .recover",
                     db->path, says != NULL ? says : "no answer", db->path);
    sqlite3_finalize(stmt);
    return ok;
}
