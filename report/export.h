/* export.h - a run's numbers as tidy tables, one observation a row, for other programs. Every row
 * carries its unit; the head carries where the numbers come from. UTF-8, a point for decimals,
 * lines end with \n. */
#ifndef EXPORT_H
#define EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "query.h"

enum export_format {
    EXPORT_CSV, /* RFC 4180 quoting; nothing for what does not exist; head: lines "# scenario: …" */
    EXPORT_JSONL /* one object a line; null for what does not exist; head: a first object {"export":
                    …} */
};

struct export_table {
    const char *name; /* "metrics", "settings", "series", … */
    const char *doc;
    const char *sql; /* of one run, ?1 */
};
extern const struct export_table export_tables[];
extern const size_t n_export_tables;
const struct export_table *export_find(const char *name); /* NULL: there is none */

/* ERR_IO when the stream refuses; flushes it, so that a full disk is noticed. head: write where it
 * comes from. */
bool export_run(struct query *, int64_t run, const struct export_table *, enum export_format,
                bool head, FILE *, struct err *);

/* Where the numbers come from: what stands above a table, and a JSON object of its own beside
 * several. */
struct export_file {
    const char *name, *doc;
};
bool export_head(struct query *, int64_t run, const char *table, enum export_format, FILE *,
                 struct err *);
bool export_manifest(struct query *, int64_t run, const struct export_file *, size_t n, FILE *,
                     struct err *);

/* Cells, for tables that are no query. */
void export_text(const char *, enum export_format, FILE *);
void export_real(double, enum export_format, FILE *);

#endif
