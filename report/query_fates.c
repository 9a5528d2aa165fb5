/* query_fates.c - what became of the requests, as means over the replications of a point. */
#include "query_int.h"

#include <math.h>
#include <string.h>

#include "mem.h"

static bool read_totals(struct query *q, int64_t point, struct query_fates *f, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    bool ok = ASK(q, &stmt, err,
                  "SELECT avg(offered), avg(in_time), avg(late), avg(waiting), avg(lost), "
                  "max(birth_width_ns)"
                  " FROM replication r JOIN fate f ON f.replication = r.id WHERE r.point = ?",
                  point) &&
              db_step(&q->db, stmt, &more, err);
    if (ok && more) {
        f->total_offered = sqlite3_column_double(stmt, 0);
        f->total_in_time = sqlite3_column_double(stmt, 1);
        f->total_late = sqlite3_column_double(stmt, 2);
        f->total_waiting = sqlite3_column_double(stmt, 3);
        f->total_lost = sqlite3_column_double(stmt, 4);
        f->width_ns = sqlite3_column_int64(stmt, 5);
    }
    sqlite3_finalize(stmt);
    return ok;
}

static bool count_buckets(struct query *q, int64_t point, struct query_fates *f,
                          int64_t *replications, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    bool ok = ASK(q, &stmt, err,
                  "SELECT coalesce(max(bucket), -1) + 1, count(DISTINCT r.id) FROM replication r"
                  " JOIN fate_by_birth b ON b.replication = r.id WHERE r.point = ?",
                  point) &&
              db_step(&q->db, stmt, &more, err);
    int64_t n = ok && more ? sqlite3_column_int64(stmt, 0) : 0;
    *replications = ok && more ? sqlite3_column_int64(stmt, 1) : 0;
    sqlite3_finalize(stmt);
    if (ok && (n < 0 || n > 100000000))
        return damaged(q, "fates by birth cannot be read", err);
    f->n = (uint32_t)n;
    return ok;
}

/* The standard deviation of n counts from the sum of their squares: counts below 2^26 lose nothing. */
static double spread(double squares, double mean, double n)
{
    return n > 1 ? sqrt(fmax(squares - n * mean * mean, 0) / (n - 1)) : NAN;
}

static bool read_births(struct query *q, int64_t point, int64_t replications, struct query_fates *f,
                        struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = true;
    bool ok = ASK(
        q, &stmt, err,
        "SELECT bucket, in_time, late, waiting, lost FROM replication r"
        " JOIN fate_by_birth b ON b.replication = r.id WHERE r.point = ? ORDER BY r.number, bucket",
        point);
    while (ok && (ok = db_step(&q->db, stmt, &more, err)) && more) {
        int64_t b = sqlite3_column_int64(stmt, 0);
        if (b < 0 || b >= f->n)
            continue;
        double in_time = (double)sqlite3_column_int64(stmt, 1);
        f->in_time[b] += in_time;
        f->in_time_sd[b] += in_time * in_time;
        f->late[b] += (double)sqlite3_column_int64(stmt, 2);
        f->waiting[b] += (double)sqlite3_column_int64(stmt, 3);
        f->lost[b] += (double)sqlite3_column_int64(stmt, 4);
    }
    sqlite3_finalize(stmt);
    for (uint32_t b = 0; ok && b < f->n; b++) { /* sums are whole and exact: one rounding each */
        f->in_time[b] /= (double)replications;
        f->in_time_sd[b] = spread(f->in_time_sd[b], f->in_time[b], (double)replications);
        f->late[b] /= (double)replications;
        f->waiting[b] /= (double)replications;
        f->lost[b] /= (double)replications;
    }
    return ok;
}

static bool open_columns(struct query *q, struct query_fates *f, struct err *err)
{
    f->in_time = array_new(q, f->n, sizeof(double), err);
    f->in_time_sd = array_new(q, f->n, sizeof(double), err);
    f->late = array_new(q, f->n, sizeof(double), err);
    f->waiting = array_new(q, f->n, sizeof(double), err);
    f->lost = array_new(q, f->n, sizeof(double), err);
    return f->in_time != NULL && f->in_time_sd != NULL && f->late != NULL && f->waiting != NULL && f->lost != NULL;
}

bool query_fates(struct query *q, int64_t run, uint32_t point, struct query_fates *f,
                 struct err *err)
{
    int64_t point_id, replications;
    *f = (struct query_fates){0};
    bool ok = find_point(q, run, point, &point_id, err) && read_totals(q, point_id, f, err) &&
              count_buckets(q, point_id, f, &replications, err) && open_columns(q, f, err) &&
              read_births(q, point_id, replications, f, err);
    if (!ok)
        query_fates_free(f);
    return ok;
}

void query_fates_free(struct query_fates *f)
{
    mem_release(f->in_time);
    mem_release(f->in_time_sd);
    mem_release(f->late);
    mem_release(f->waiting);
    mem_release(f->lost);
    *f = (struct query_fates){0};
}
