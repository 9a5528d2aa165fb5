/* setting.h - a setting of a stored run, read from the scenario's text in its canonical form: charts draw limits and periods
 * that no metric tells. What is not written there has the default of its kind, which a chart must know itself. */
#ifndef SETTING_H
#define SETTING_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "query.h"

/* The value of kind.id.key… in a text, without quotes: "24h". false: it is not set, or it is a list or a group. */
bool setting_find(const char *canonical, const char *path, char *value, size_t size);

struct settings {
    struct query_text *text;
    size_t             n;
};
bool settings_open(struct settings *, struct query *, int64_t run, struct err *);
void settings_close(struct settings *);
bool settings_find(const struct settings *, const char *path, char *value, size_t size);
/* As a number in its unit: seconds, bytes … ; `otherwise` when it is not set or no number. */
double settings_number(const struct settings *, const char *path, double otherwise);

#endif
