/* store_pool.c - histograms of a point over all its replications, as rows for people: values below
 * 64 each by itself, above in 32 buckets an octave (3.1 % wide at most). What needs more precision
 * reads the replications' own. */
#include "store_int.h"

#include <string.h>

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
}

static int64_t bounded(uint64_t x)
{
    return x > INT64_MAX ? INT64_MAX : (int64_t)x;
}

static bool write_cell(struct store *s, size_t metric, unsigned cell, uint64_t count,
                       struct err *err)
{
    struct row r = store_row(s, INSERT_POOLED);
    row_int(&r, s->point);
    row_int(&r, s->metric + (int64_t)metric);
    row_int(&r, (int64_t)low_of(cell));
    row_int(&r, bounded(low_of(cell) + (UINT64_C(1) << octave_of(cell))));
    row_int(&r, bounded(count));
    return row_end(&r, &s->db, err);
}

bool pool_flush(struct store *s, struct err *err)
{
    for (size_t m = 0; m < s->n_metric; m++) {
        uint64_t *cell = s->pool + m * POOL_CELLS;
        for (unsigned i = 0; i < POOL_CELLS; i++)
            if (cell[i] > 0 && !write_cell(s, m, i, cell[i], err))
                return false;
        memset(cell, 0, POOL_CELLS * sizeof(*cell));
    }
    return true;
}
