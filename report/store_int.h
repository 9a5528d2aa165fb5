/* store_int.h - private to the store: what is open while a run is written. */
#ifndef STORE_INT_H
#define STORE_INT_H

#include "db.h"
#include "pack.h"
#include "store.h"

enum insert {
    INSERT_RUN,
    INSERT_FILE,
    INSERT_OVERRIDE,
    INSERT_ENTITY,
    INSERT_FAULT,
    INSERT_METRIC,
    INSERT_POINT,
    INSERT_SETTING,
    INSERT_REPLICATION,
    INSERT_PRINT,
    INSERT_VALUE,
    INSERT_HISTOGRAM,
    INSERT_POOLED,
    INSERT_SERIES,
    INSERT_FATE,
    INSERT_BIRTH,
    INSERT_LIFE,
    INSERT_SEAL,
    N_INSERT
};
extern const char *const insert_sql[N_INSERT];

/* Rows of one table, MANY_ROWS or fewer, that go in together (store_many.c). They hold numbers only: nothing is borrowed. */
struct many {
    sqlite3_stmt *stmt;
    unsigned      rows, filled;
    int           columns; /* of a row */
};
#define MANY_ROWS 32

struct pool_span { /* of the cells that are not 0 */
    unsigned from, to;
};

struct store {
    struct db      db;
    bool           made;    /* the file, by this store: taken away again when nothing was stored */
    int            wait_ms;
    bool           writing; /* between begin and commit or abort */
    sqlite3_stmt  *insert[N_INSERT];
    int64_t        run, point, replication, entity, metric; /* ids: of this run, the last point, the last replication,
                                                               the first entity, the first metric */
    bool           has_point;
    uint32_t       point_number;
    size_t         n_entity, n_metric;
    enum obs_kind *kind;    /* of each metric */
    uint64_t         *pool; /* POOL_CELLS of each metric, over the point's replications so far */
    struct pool_span *span; /* of each metric */
    struct many       many_pooled, many_value, last_value; /* last_value: what is left of a replication's values */
    int64_t           pooled[MANY_ROWS][5]; /* rows that wait for others */
    unsigned          n_pooled;
    uint64_t       fingerprint; /* of the replications so far, in order */
    struct pack    pack;
    struct buckets buckets;
};

static inline struct row store_row(struct store *s, enum insert which)
{
    return row_begin(s->insert[which]);
}

/* A statement of so many rows. Rows are bound from left to right and executed when all are there. */
bool       many_open(struct store *, struct many *, enum insert, unsigned rows, struct err *);
void       many_close(struct many *);
struct row many_row(const struct many *);
bool       many_end(struct store *, struct many *, struct row *, struct err *);

/* store_write.c: rows of a run's head and of one result; store_life.c: the lives of recorded requests; store_pool.c: the
 * pooled histograms of the point. */
bool write_run(struct store *, const struct store_run *, struct err *);
bool write_result(struct store *, uint32_t replication, const struct result *, struct err *);
bool write_life(struct store *, const struct life *, struct err *);
#define POOL_CELLS (64 + 57 * 32)
void pool_add(struct store *, size_t metric, const struct buckets *);
bool pool_flush(struct store *, struct err *); /* writes, then empties */

#endif
