/* oracle_rows.h - the tables of known values as tests read them: rows of a CSV file, parameters by
 * name, laws by text. */
#ifndef ORACLE_ROWS_H
#define ORACLE_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "timelaw.h"

struct oracle_row {
    char id[40], model[160], params[240], metric[80], kind[24];
    double value;
};
/* Calls `each` for every row of tests/oracles/<file>.csv; the number of rows. Fails the test when
 * it cannot be read. */
size_t oracle_read(const char *file, void (*each)(void *ctx, const struct oracle_row *), void *ctx);

bool oracle_has(const struct oracle_row *, const char *name);
double oracle_number(const struct oracle_row *,
                     const char *name); /* fails the test when it is not there */
/* The i-th of "a/b/c". False: there are fewer. */
bool oracle_item(const struct oracle_row *, const char *name, size_t i, double *x);
struct timelaw oracle_law(const struct oracle_row *, const char *name);
/* The number after the prefix: metric "Wq_quantile_0.99" and "Wq_quantile_" give 0.99. */
double oracle_suffix(const struct oracle_row *, const char *prefix);

void oracle_open(void); /* memory for laws */
void oracle_close(void);

#endif
