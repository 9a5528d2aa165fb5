/* spool.h - results on their way to the database: a file that only grows, so that a long study
 * keeps what it has when it is killed, and memory stays small. A result is found by design point
 * and replication; what goes in comes out the same, bit by bit. Each record carries a checksum: of
 * a file that was cut off anywhere, the whole records before the cut remain. The file is this
 * machine's own (byte order, sizes) and this version's: it is no format to exchange. */
#ifndef SPOOL_H
#define SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "result.h"

struct spool;

enum spool_mode {
    SPOOL_FRESH,   /* begins anew; refuses a file that is there already (ERR_STOPPED: there is
                      something to resume) */
    SPOOL_RESUME,  /* goes on with the file when it is there; refuses one of another experiment
                      (ERR_DATA) */
    SPOOL_DISCARD, /* begins anew, whatever is there */
    SPOOL_HIDDEN   /* a file beside `path` that has no name and goes with the process: nothing to
                      resume */
};

/* experiment: digest of all that decides the results. Another process
 * at work on the same file is refused (ERR_CANTCREAT). */
bool spool_open(struct spool **, const char *path, uint64_t experiment, enum spool_mode,
                struct err *);
/* keep: leave the file for a later resume; else it is removed. */
void spool_close(struct spool *, bool keep);

bool spool_has(const struct spool *, uint32_t point, uint32_t replication);
size_t spool_count(const struct spool *);
bool spool_add(struct spool *, uint32_t point, uint32_t replication, const struct result *,
               struct err *);
/* The same for a result that spool_pack has packed, on any thread. */
struct spool_bytes;
bool spool_put(struct spool *, uint32_t point, uint32_t replication, const struct spool_bytes *,
               struct err *);
/* The caller frees it. NULL: *err says why. */
struct result *spool_get(struct spool *, uint32_t point, uint32_t replication, struct err *);

/* A result as bytes; begin with all 0. */
struct spool_bytes {
    char *at;
    size_t n, cap, read; /* read: how far unpacking has come */
    bool failed;         /* memory is short, or too few bytes */
};
void spool_bytes_free(struct spool_bytes *);
void spool_pack(struct spool_bytes *, const struct result *);
/* --- private: spool_pack.c --- */
struct result *spool_unpack(struct spool_bytes *); /* NULL: damaged, or memory is short */

#endif
