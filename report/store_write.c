/* store_write.c - from structs to rows, one function a table. */
#include "store_int.h"

#include <math.h>

#include "check.h"

const char *const insert_sql[N_INSERT] = {
    [INSERT_RUN] = "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
    [INSERT_FILE] = "INSERT INTO file VALUES (?, ?, ?, ?)",
    [INSERT_OVERRIDE] = "INSERT INTO override VALUES (?, ?, ?)",
    [INSERT_ENTITY] = "INSERT INTO entity VALUES (?, ?, ?, ?, ?)",
    [INSERT_FAULT] = "INSERT INTO fault VALUES (?, ?, ?, ?, ?, ?)",
    [INSERT_METRIC] = "INSERT INTO metric VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [INSERT_POINT] = "INSERT INTO point VALUES (?, ?, ?)",
    [INSERT_SETTING] = "INSERT INTO setting VALUES (?, ?, ?)",
    [INSERT_REPLICATION] = "INSERT INTO replication VALUES (?, ?, ?, ?, ?, ?)",
    [INSERT_PRINT] = "INSERT INTO entity_fingerprint VALUES (?, ?, ?)",
    [INSERT_VALUE] =
        "INSERT INTO metric_value VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [INSERT_HISTOGRAM] = "INSERT INTO histogram VALUES (?, ?, ?)",
    [INSERT_POOLED] = "INSERT INTO pooled VALUES (?, ?, ?, ?, ?)",
    [INSERT_SERIES] = "INSERT INTO series VALUES (?, ?, ?, ?, ?)",
    [INSERT_FATE] = "INSERT INTO fate VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [INSERT_BIRTH] = "INSERT INTO fate_by_birth VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [INSERT_LIFE] = "INSERT INTO life VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [INSERT_SEAL] = "UPDATE run SET fingerprint = ? WHERE id = ?",
};

static const char *kind_text(enum obs_kind kind)
{
    static const char *const text[] = {
        [OBS_COUNTER] = "counter", [OBS_LEVEL] = "level", [OBS_TALLY] = "tally"};
    return text[kind];
}

static const char *unit_text(enum metric_unit unit)
{
    static const char *const text[] = {
        [UNIT_ONE] = "1",       [UNIT_NS] = "ns",          [UNIT_BYTES] = "B",
        [UNIT_SHARE] = "share", [UNIT_PER_SECOND] = "1/s", [UNIT_USD] = "USD",
    };
    return text[unit];
}

static bool write_head(struct store *s, const struct store_run *run, struct err *err)
{
    char seed[24];
    sqlite3_snprintf(sizeof(seed), seed, "%llu", (unsigned long long)run->seed);
    struct row r = store_row(s, INSERT_RUN);
    row_int(&r, s->run);
    row_text(&r, run->command);
    row_text(&r, run->title);
    row_text(&r, run->scenario);
    row_text(&r, run->canonical);
    row_text(&r, run->version);
    row_text(&r, run->quotas);
    row_text(&r, seed);
    row_int(&r, run->replications);
    row_int(&r, run->duration_ns);
    row_int(&r, run->drain_ns);
    row_int(&r, run->warmup_ns);
    if (run->deadline_ns < 0)
        row_null(&r);
    else
        row_int(&r, run->deadline_ns);
    return row_end(&r, &s->db, err);
}

static bool write_file(struct store *s, size_t number, const struct store_text *file,
                       struct err *err)
{
    struct row r = store_row(s, INSERT_FILE);
    row_int(&r, s->run);
    row_int(&r, (int64_t)number);
    row_text(&r, file->name);
    row_text(&r, file->text);
    return row_end(&r, &s->db, err);
}

static bool write_override(struct store *s, size_t number, const char *text, struct err *err)
{
    struct row r = store_row(s, INSERT_OVERRIDE);
    row_int(&r, s->run);
    row_int(&r, (int64_t)number);
    row_text(&r, text);
    return row_end(&r, &s->db, err);
}

static bool write_entity(struct store *s, size_t number, const struct store_entity *entity,
                         struct err *err)
{
    struct row r = store_row(s, INSERT_ENTITY);
    row_int(&r, s->entity + (int64_t)number);
    row_int(&r, s->run);
    row_int(&r, (int64_t)number);
    row_text(&r, entity->kind);
    row_text(&r, entity->id);
    return row_end(&r, &s->db, err);
}

static bool write_fault(struct store *s, size_t number, const struct store_fault *fault,
                        struct err *err)
{
    struct row r = store_row(s, INSERT_FAULT);
    row_int(&r, s->run);
    row_int(&r, (int64_t)number);
    row_text(&r, fault->target);
    row_text(&r, fault->effect);
    row_int(&r, fault->from_ns);
    row_int(&r, fault->to_ns);
    return row_end(&r, &s->db, err);
}

static bool write_metric(struct store *s, size_t number, const struct metric_id *metric,
                         struct err *err)
{
    struct row r = store_row(s, INSERT_METRIC);
    row_int(&r, s->metric + (int64_t)number);
    row_int(&r, s->run);
    row_int(&r, (int64_t)number);
    row_text(&r, metric->entity);
    row_text(&r, metric->name);
    row_text(&r, metric->cloudwatch);
    row_text(&r, kind_text(metric->kind));
    row_text(&r, unit_text(metric->unit));
    row_text(&r, metric->doc != NULL ? metric->doc : "");
    return row_end(&r, &s->db, err);
}

bool write_run(struct store *s, const struct store_run *run, struct err *err)
{
    bool ok = write_head(s, run, err);
    for (size_t i = 0; ok && i < run->n_file; i++)
        ok = write_file(s, i, &run->file[i], err);
    for (size_t i = 0; ok && i < run->n_override; i++)
        ok = write_override(s, i, run->override[i], err);
    for (size_t i = 0; ok && i < run->n_entity; i++)
        ok = write_entity(s, i, &run->entity[i], err);
    for (size_t i = 0; ok && i < run->n_fault; i++)
        ok = write_fault(s, i, &run->fault[i], err);
    for (size_t i = 0; ok && i < run->n_metric; i++)
        ok = write_metric(s, i, &run->metric[i], err);
    return ok;
}

static bool write_replication(struct store *s, uint32_t number, const struct result *result,
                              struct err *err)
{
    struct row r = store_row(s, INSERT_REPLICATION);
    row_int(&r, s->replication);
    row_int(&r, s->point);
    row_int(&r, number);
    row_int(&r, (int64_t)result->events);
    row_int(&r, result->observed);
    row_hex(&r, result->run_fingerprint);
    return row_end(&r, &s->db, err);
}

static bool write_print(struct store *s, uint32_t entity, uint64_t fingerprint, struct err *err)
{
    struct row r = store_row(s, INSERT_PRINT);
    row_int(&r, s->replication);
    row_int(&r, s->entity + entity);
    row_hex(&r, fingerprint);
    return row_end(&r, &s->db, err);
}

static void row_fates(struct row *r, const struct fates *f)
{
    row_int(r, (int64_t)f->offered);
    row_int(r, (int64_t)f->in_time);
    row_int(r, (int64_t)f->late);
    row_int(r, (int64_t)f->waiting);
    row_int(r, (int64_t)f->lost);
    row_int(r, (int64_t)f->repeated);
    row_int(r, (int64_t)f->gave_up_done);
}

static bool write_fate(struct store *s, const struct result *result, struct err *err)
{
    struct row r = store_row(s, INSERT_FATE);
    row_int(&r, s->replication);
    row_fates(&r, &result->fates);
    if (result->by_birth == NULL)
        row_null(&r);
    else
        row_int(&r, result->birth_width);
    return row_end(&r, &s->db, err);
}

static bool write_birth(struct store *s, uint32_t bucket, const struct fates *fates,
                        struct err *err)
{
    struct row r = store_row(s, INSERT_BIRTH);
    row_int(&r, s->replication);
    row_int(&r, bucket);
    row_fates(&r, fates);
    return row_end(&r, &s->db, err);
}

/* The columns of metric_value after count, in the table's order. */
static const struct obs_stat columns[] = {
    {STAT_SUM, 0}, {STAT_MEAN, 0}, {STAT_SD, 0},   {STAT_MIN, 0},
    {STAT_MAX, 0}, {STAT_LAST, 0}, {STAT_RATE, 0},
    {STAT_MIN_AT, 0}, {STAT_MAX_AT, 0},
};
static const double quantiles[] = {0.5, 0.9, 0.95, 0.99, 0.999};

static bool write_value(struct store *s, uint32_t number, const struct metric_value *m,
                        int64_t observed, struct err *err)
{
    struct many *many =
        number < s->n_metric - s->last_value.rows ? &s->many_value : &s->last_value;
    struct row r = many_row(many);
    row_int(&r, s->replication);
    row_int(&r, s->metric + number);
    if (s->kind[number] == OBS_TALLY && m->n != METRIC_ABSENT)
        row_int(&r, (int64_t)m->n);
    else
        row_null(&r);
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        row_real(&r, metric_stat(m, s->kind[number], columns[i], observed));
    for (size_t i = 0; i < ARRAY_LEN(quantiles); i++)
        row_real(&r, buckets_quantile(&s->buckets, quantiles[i]));
    return many_end(s, many, &r, err);
}

static bool memory_held(struct store *s, bool failed, struct err *err)
{
    return !failed || err_set(err, ERR_OS, "cannot write to '%s': memory is short", s->db.path);
}

static bool write_hist(struct store *s, uint32_t number, struct err *err)
{
    if (s->buckets.n == 0)
        return true;
    pack_hist(&s->pack, &s->buckets);
    struct row r = store_row(s, INSERT_HISTOGRAM);
    row_int(&r, s->replication);
    row_int(&r, s->metric + number);
    row_blob(&r, s->pack.at, s->pack.n);
    pool_add(s, number, &s->buckets);
    return memory_held(s, s->pack.failed, err) && row_end(&r, &s->db, err);
}

static bool write_series(struct store *s, uint32_t number, const struct series *series,
                         struct err *err)
{
    pack_series(&s->pack, s->kind[number], series);
    struct row r = store_row(s, INSERT_SERIES);
    row_int(&r, s->replication);
    row_int(&r, s->metric + number);
    row_int(&r, series->width);
    row_int(&r, series->n);
    row_text_of(&r, s->pack.at, s->pack.n);
    return memory_held(s, s->pack.failed, err) && row_end(&r, &s->db, err);
}

/* A histogram that is incomplete is none. */
static bool gather(struct store *s, const struct hist *h, struct err *err)
{
    s->buckets.n = 0;
    if (h != NULL && !h->failed)
        buckets_of(&s->buckets, h);
    return memory_held(s, s->buckets.failed, err);
}

static bool write_values(struct store *s, const struct result *result, struct err *err)
{
    for (uint32_t i = 0; i < result->n_metric; i++) {
        const struct metric_value *m = &result->metric[i];
        if (!gather(s, m->hist, err) || !write_value(s, i, m, result->observed, err) ||
            !write_hist(s, i, err))
            return false;
        if (m->series != NULL && !write_series(s, i, m->series, err))
            return false;
    }
    return true;
}

bool write_result(struct store *s, uint32_t number, const struct result *result, struct err *err)
{
    bool ok = write_replication(s, number, result, err);
    for (uint32_t i = 0; ok && i < result->n_entity; i++)
        ok = write_print(s, i, result->fingerprint[i], err);
    ok = ok && write_values(s, result, err) && write_fate(s, result, err);
    for (uint32_t i = 0; ok && result->by_birth != NULL && i < result->n_birth; i++)
        ok = write_birth(s, i, &result->by_birth[i], err);
    return ok && write_life(s, &result->life, err);
}
