/* store_pool.c - histograms of a point over all its replications, as rows for people: values below
 * 64 each by itself, above in 32 buckets an octave (3.1 % wide at most). What needs more precision
 * reads the replications' own. */
#include "store_int.h"

#include <string.h>

#include "check.h"

/* Cells 0 … 63 hold the values 0 … 63; octave k has the 32 cells from 32 (k + 1), each 2^k wide. A
 * bucket of a histogram is narrower and never crosses a border of these. */
static unsigned cell_of(int64_t low)
{
    unsigned k = low < 64 ? 0 : 58 - (unsigned)__builtin_clzll((uint64_t)low);
    return 32 * k + (unsigned)(low >> k);
}

static unsigned octave_of(unsigned cell)
{
    return cell < 64 ? 0 : cell / 32 - 1;
}

static uint64_t low_of(unsigned cell)
{
    return cell < 64 ? cell : (uint64_t)(cell % 32 + 32) << octave_of(cell);
}

void pool_add(struct store *s, size_t metric, const struct buckets *b)
{
    uint64_t *cell = s->pool + metric * POOL_CELLS;
    for (size_t i = 0; i < b->n; i++)
        cell[cell_of(b->at[i].low)] += b->at[i].count;
    struct pool_span *span = &s->span[metric];
    unsigned from = cell_of(b->at[0].low), to = cell_of(b->at[b->n - 1].low) + 1;
    span->from = span->to == 0 || from < span->from ? from : span->from;
    span->to = to > span->to ? to : span->to;
}

static int64_t bounded(uint64_t x)
{
    return x > INT64_MAX ? INT64_MAX : (int64_t)x;
}

static void bind_row(struct row *r, const int64_t *x)
{
    for (unsigned i = 0; i < ARRAY_LEN(((struct store *)0)->pooled[0]); i++)
        row_int(r, x[i]);
}

static bool write_full(struct store *s, struct err *err)
{
    bool ok = true;
    for (unsigned i = 0; ok && i < MANY_ROWS; i++) {
        struct row r = many_row(&s->many_pooled);
        bind_row(&r, s->pooled[i]);
        ok = many_end(s, &s->many_pooled, &r, err);
    }
    s->n_pooled = 0;
    return ok;
}

/* The last ones of a point. */
static bool write_rest(struct store *s, struct err *err)
{
    bool ok = true;
    for (unsigned i = 0; ok && i < s->n_pooled; i++) {
        struct row r = store_row(s, INSERT_POOLED);
        bind_row(&r, s->pooled[i]);
        ok = row_end(&r, &s->db, err);
    }
    s->n_pooled = 0;
    return ok;
}

static bool write_cell(struct store *s, size_t metric, unsigned cell, uint64_t count,
                       struct err *err)
{
    int64_t *x = s->pooled[s->n_pooled++];
    x[0] = s->point;
    x[1] = s->metric + (int64_t)metric;
    x[2] = (int64_t)low_of(cell);
    x[3] = bounded(low_of(cell) + (UINT64_C(1) << octave_of(cell)));
    x[4] = bounded(count);
    return s->n_pooled < MANY_ROWS || write_full(s, err);
}

bool pool_flush(struct store *s, struct err *err)
{
    for (size_t m = 0; m < s->n_metric; m++) {
        uint64_t *cell = s->pool + m * POOL_CELLS;
        struct pool_span span = s->span[m];
        for (unsigned i = span.from; i < span.to; i++)
            if (cell[i] > 0 && !write_cell(s, m, i, cell[i], err))
                return false;
        memset(cell + span.from, 0, (span.to - span.from) * sizeof(*cell));
        s->span[m] = (struct pool_span){0};
    }
    return write_rest(s, err);
}
