/* fixture_store.h - a small scenario and hand-made results of it, whose statistics can be worked out on paper.
 *
 * Metrics: 0 counter "sent" of queue.orders (NumberOfMessagesSent), 1 level "depth" of it, 2 tally "latency" (ns) of the
 * scenario. Run of 30 s, no drain, series of three buckets of 10 s. */
#ifndef FIXTURE_STORE_H
#define FIXTURE_STORE_H

#include "store.h"

#define FIXTURE_TITLE "주문 접수: decoupled"

extern const struct store_run fixture_run;

/* Replication r = 0, 1, 2 …:
 * sent    100 + r in all; 50, 50, r by bucket
 * depth   0 for 10 s, 4 for 15 s, 2 + r for 5 s: mean (60 + 10 + 5 r) / 30
 * latency r + 1 values 10 ms, 20 ms, 30 ms … all in the first bucket, and one of 1 s in the last
 * fates   10 offered: 6 in time, 2 late, 1 waiting, 1 lost; by birth (4+1+0+1) and (2+1+1+0); 3 repeated, 1 gave up */
struct result *fixture_result(unsigned r);

/* A whole run of n replications; asserts that every step works. Returns its id. */
int64_t fixture_store(struct store *, unsigned n);
/* The same, giving up at the first error. */
bool fixture_try(struct store *, unsigned n, int64_t *run, struct err *);

/* A fresh folder under the build folder, removed with all it holds by fixture_clean (also before use). */
const char *fixture_path(const char *name);
void        fixture_clean(void);

/* All rows of all tables as text, in a fixed order; free() it. NULL: cannot be read. */
char *fixture_dump(const char *path);

#endif
