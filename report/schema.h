/* schema.h - the tables and views of a result file, and the check that a file has them.
 * What they mean: docs/reference/schema.md. */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <stdbool.h>

#include "db.h"

#define SCHEMA_APPLICATION 0x41464259 /* "AFBY", in the file's header (PRAGMA application_id) */

extern const char schema_sql[];

/* Makes tables and views in an empty file, inside the caller's transaction. */
bool schema_make(struct db *, struct err *);
/* Refuses a file that is no database, damaged, another program's or of a newer schema; changes nothing.
 * *empty: nothing was ever written to it. */
bool schema_check(struct db *, bool *empty, struct err *);
/* Reads every page (PRAGMA quick_check), so that nothing is added to a ruin and no number taken from one: once when a file is
 * opened, not for each run that is stored. */
bool schema_whole(struct db *, struct err *);

#endif
