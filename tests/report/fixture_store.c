#include "fixture_store.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <dirent.h>
#include <fcntl.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "check.h"
#include "mem.h"

static const struct store_text files[] = {{"common.cfg", "run = { };\n"},
                                          {"decoupled.cfg", "title = \"x\";\n"}};
static const char *const overrides[] = {"queue.orders.visibility_timeout=45s"};
static const struct store_entity entities[] = {{"database", "orders"}, {"queue", "orders"}};
static const struct store_fault faults[] = {{"database.orders", "down", 5 * SIM_S, 12 * SIM_S}};
static const struct metric_id metrics[] = {
    {"queue.orders", "sent", "NumberOfMessagesSent", "messages accepted", OBS_COUNTER, UNIT_ONE, false},
    {"queue.orders", "depth", NULL, "messages that can be received", OBS_LEVEL, UNIT_ONE, false},
    {"", "latency", NULL, "birth to first effect", OBS_TALLY, UNIT_NS, false},
};
const struct store_run fixture_run = {
    .command = "run",
    .title = FIXTURE_TITLE,
    .scenario = "scenarios/order-intake/decoupled.cfg",
    .canonical = "queue.orders = { };\n",
    .version = "0.1.0",
    .quotas = "aws-2026",
    .seed = UINT64_C(18446744073709551615),
    .duration_ns = 30 * SIM_S,
    .deadline_ns = 10 * SIM_S,
    .replications = 3,
    .file = files,
    .n_file = ARRAY_LEN(files),
    .override = overrides,
    .n_override = ARRAY_LEN(overrides),
    .entity = entities,
    .n_entity = ARRAY_LEN(entities),
    .metric = metrics,
    .n_metric = ARRAY_LEN(metrics),
    .fault = faults,
    .n_fault = ARRAY_LEN(faults),
};

static struct series *series(enum obs_kind kind)
{
    struct series *s;
    assert_true(series_open(&s, kind, 3, 10 * SIM_S));
    return s;
}

static struct hist *histogram(void)
{
    struct hist *h = mem_get(sizeof(*h));
    assert_non_null(h);
    hist_init(h);
    return h;
}

static void fill_sent(struct metric_value *m, unsigned r)
{
    *m = (struct metric_value){
        .n = 100 + r, .mean = NAN, .sd = NAN, .min = NAN, .max = NAN, .last = NAN};
    m->sum = 100 + r;
    m->series = series(OBS_COUNTER);
    m->series->sum[0] = 50;
    m->series->sum[1] = 50;
    m->series->sum[2] = r;
}

static void fill_depth(struct metric_value *m, unsigned r)
{
    *m = (struct metric_value){
        .mean = (70 + 5.0 * r) / 30, .sd = 1.5, .min = 0, .max = 4, .last = 2 + r, .sum = NAN, .max_at = 10 * SIM_S};
    m->hist = histogram();
    hist_add_weighted(m->hist, 0, 10 * SIM_S);
    hist_add_weighted(m->hist, 4, 15 * SIM_S);
    hist_add_weighted(m->hist, 2 + r, 5 * SIM_S);
    m->series = series(OBS_LEVEL);
    m->series->max[0] = 0;
    m->series->sum[1] = 4 * 10 * SIM_S;
    m->series->max[1] = 4;
    m->series->sum[2] = (int128)(4 * 5 + (2 + r) * 5) * SIM_S;
    m->series->max[2] = 2 + r > 4 ? 2 + r : 4;
}

static void fill_latency(struct metric_value *m, unsigned r)
{
    double sum = 0;
    *m = (struct metric_value){.n = r + 2, .sd = 0.25, .min = 1e7, .max = 1e9, .last = NAN};
    m->hist = histogram();
    m->series = series(OBS_TALLY);
    for (unsigned i = 1; i <= r + 1; i++) {
        hist_add(m->hist, i * 10 * SIM_MS);
        m->series->sum[0] += i * 10 * SIM_MS;
        sum += i * 1e7;
    }
    hist_add(m->hist, SIM_S);
    m->series->count[0] = r + 1;
    m->series->max[0] = (r + 1) * 10 * SIM_MS;
    m->series->count[2] = 1;
    m->series->sum[2] = m->series->max[2] = SIM_S;
    m->sum = sum + 1e9;
    m->mean = m->sum / m->n;
}

struct result *fixture_result(unsigned r)
{
    struct result *result = result_new(3, 2);
    assert_non_null(result);
    fill_sent(&result->metric[0], r);
    fill_depth(&result->metric[1], r);
    fill_latency(&result->metric[2], r);
    result->fingerprint[0] = UINT64_C(0xfedcba9876543210);
    result->fingerprint[1] = r;
    result->run_fingerprint = 0xabc + r;
    result->events = 1000 + r;
    result->observed = 30 * SIM_S;
    result->fates = (struct fates){10, 6, 2, 1, 1, 3, 1};
    result->n_birth = 2;
    result->birth_width = 15 * SIM_S;
    result->by_birth = mem_get_zero(2, sizeof(struct fates));
    assert_non_null(result->by_birth);
    result->by_birth[0] = (struct fates){6, 4, 1, 0, 1, 3, 1};
    result->by_birth[1] = (struct fates){4, 2, 1, 1, 0, 0, 0};
    return result;
}

bool fixture_try(struct store *s, unsigned n, int64_t *run, struct err *err)
{
    bool ok = store_begin(s, &fixture_run, run, err) && store_point(s, 0, NULL, 0, err);
    for (unsigned r = 0; ok && r < n; r++) {
        struct result *result = fixture_result(r);
        ok = store_result(s, 0, r, result, err);
        result_free(result);
    }
    return ok && store_commit(s, err);
}

int64_t fixture_store(struct store *s, unsigned n)
{
    struct err err = {0};
    int64_t run = -1;
    if (!fixture_try(s, n, &run, &err))
        fail_msg("%s", err.text);
    return run;
}

static const char *folder(void)
{
    static char path[400];
    snprintf(path, sizeof(path), "%s/store-%ld", BUILD_DIR, (long)getpid());
    return path;
}

const char *fixture_path(const char *name)
{
    static char path[4][800];
    static unsigned turn;
    char *out = path[turn++ % 4];
    mkdir(folder(), 0777);
    snprintf(out, sizeof(path[0]), "%s/%s", folder(), name);
    return out;
}

void fixture_clean(void)
{
    DIR *d = opendir(folder());
    if (d == NULL)
        return;
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            unlinkat(dirfd(d), e->d_name, 0) != 0)
            unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
    closedir(d);
    rmdir(folder());
}

static void dump_table(sqlite3 *db, const char *table, FILE *out)
{
    char sql[200];
    sqlite3_stmt *stmt = NULL;
    snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY 1, 2, 3", table);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    fprintf(out, "== %s\n", table);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        for (int c = 0; c < sqlite3_column_count(stmt); c++) {
            const unsigned char *bytes = sqlite3_column_blob(stmt, c);
            for (int i = 0; i < sqlite3_column_bytes(stmt, c); i++)
                fprintf(out, bytes[i] >= 32 && bytes[i] < 127 ? "%c" : "\\%02x", bytes[i]);
            fputc('|', out);
        }
        fputc('\n', out);
    }
    sqlite3_finalize(stmt);
}

char *fixture_dump(const char *path)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    char *text = NULL;
    size_t n;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
                           -1, &stmt, NULL) == SQLITE_OK) {
        FILE *out = open_memstream(&text, &n);
        assert_non_null(out);
        while (sqlite3_step(stmt) == SQLITE_ROW)
            dump_table(db, (const char *)sqlite3_column_text(stmt, 0), out);
        fclose(out);
    }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return text;
}
