/* store_pool.c - histograms of a point over all its replications, as rows for people: values below 128 each by
 * itself, above in 64 buckets an octave (1.6 % wide). What needs more precision reads the replications' own. */
#include "store_int.h"

bool pool_add(struct store *s, const struct result *result, struct err *err)
{
    for (size_t i = 0; i < s->n_metric; i++) {
        const struct hist *h = result->metric[i].hist;
        if (h == NULL || h->failed)
            continue;
        hist_merge(&s->pool[i], h);
        if (s->pool[i].failed)
            return err_set(err, ERR_OS, "cannot write to '%s': memory is short", s->db.path);
    }
    return true;
}

/* A bucket of the histogram never crosses a border of these, which are 16 of its own wide. */
static uint64_t width_at(int64_t low)
{
    return low < 128 ? 1 : UINT64_C(1) << (57 - __builtin_clzll((uint64_t)low));
}

static bool write_bucket(struct store *s, size_t number, int64_t low, uint64_t width, uint64_t count, struct err *err)
{
    struct row r = store_row(s, INSERT_POOLED);
    uint64_t high = (uint64_t)low + width;
    row_int(&r, s->point);
    row_int(&r, s->metric + (int64_t)number);
    row_int(&r, low);
    row_int(&r, high > INT64_MAX ? INT64_MAX : (int64_t)high);
    row_int(&r, count > INT64_MAX ? INT64_MAX : (int64_t)count);
    return row_end(&r, &s->db, err);
}

static bool flush_one(struct store *s, size_t number, struct err *err)
{
    int64_t low, high, start = 0;
    uint64_t count, sum = 0, width = 1;
    uint32_t cursor = 0;
    bool ok = true;
    while (ok && hist_next(&s->pool[number], &cursor, &low, &high, &count)) {
        if (sum > 0 && (uint64_t)low >= (uint64_t)start + width) {
            ok = write_bucket(s, number, start, width, sum, err);
            sum = 0;
        }
        if (sum == 0) {
            width = width_at(low);
            start = (int64_t)((uint64_t)low & ~(width - 1));
        }
        sum += count;
    }
    return ok && (sum == 0 || write_bucket(s, number, start, width, sum, err));
}

bool pool_flush(struct store *s, struct err *err)
{
    for (size_t i = 0; i < s->n_metric; i++) {
        if (!flush_one(s, i, err))
            return false;
        hist_reset(&s->pool[i]);
    }
    return true;
}
