/* written.h - a setting of a stored run, read from the scenario's text in its canonical form: charts draw limits and periods
 * that no metric tells. What is not written there has the default of its kind, which a chart must know itself. */
#ifndef WRITTEN_H
#define WRITTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "query.h"

/* The value of kind.id.key… in a text, without quotes: "24h". false: it is not set, or it is a list or a group. value NULL:
 * whether it is there at all, as a list or group too. */
bool written_in(const char *canonical, const char *path, char *value, size_t size);

struct written {
    struct query_text *text;
    size_t             n;
};
bool written_open(struct written *, struct query *, int64_t run, struct err *);
void written_close(struct written *);
bool written_find(const struct written *, const char *path, char *value, size_t size);
/* As a number in its unit: seconds, bytes … ; `otherwise` when it is not set or no number. */
double written_number(const struct written *, const char *path, double otherwise);

#endif
