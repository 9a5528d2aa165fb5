/* reading.h - settings of a scenario by their names, so that kinds stay strangers to theory: a kind
 * that has no such setting, and a setting that is not set, answer alike. */
#ifndef READING_H
#define READING_H

#include "findings.h"
#include "spec.h"
#include "timelaw.h"

/* NULL: the kind has no such key, or it has no value. */
const struct value *setting(const struct spec_entity *, const char *key);
bool setting_given(const struct spec_entity *, const char *key);
bool setting_is(const struct spec_entity *, const char *key, const char *choice);
int64_t setting_int(const struct spec_entity *, const char *key, int64_t otherwise);
double setting_seconds(const struct spec_entity *, const char *key, double otherwise);
struct timelaw setting_law(const struct spec_entity *,
                           const char *key); /* 0 s when there is none */
const struct spec_entity *setting_ref(const struct spec_entity *, const char *key);
/* The field of a group, or of an item of a list of groups, by name; NULL: none, or no value. */
const struct value *setting_field(const struct spec_entity *, const char *key,
                                  const struct value *group, const char *field);
/* Number of steps in `calls` or `sends`, and the i-th one. */
uint32_t steps_n(const struct spec_entity *, const char *list);
const struct value *steps_item(const struct spec_entity *, const char *list, uint32_t i);
const struct spec_entity *steps_target(const struct spec_entity *, const char *list, uint32_t i);

bool kind_is(const struct spec_entity *, const char *kind);
/* It lends connections: a pool or a proxy, whose calls go on to its target. */
bool lends(const struct spec_entity *);
/* Somebody lends connections to it. */
bool is_lent(const struct spec *, const struct spec_entity *);
/* Itself; what is behind it, where it lends. */
const struct spec_entity *store_behind(const struct spec_entity *);
/* A group or a policy says how many workers or servers it has, now and then: no formula here knows how many. */
bool size_is_driven(const struct spec *, const struct spec_entity *);
/* Names of settings that were written and are not among `known` (ended by NULL), as "heartbeat,
 * poison"; NULL: none. Such a setting is not in any formula here. */
const char *settings_beyond(struct findings *, const struct spec_entity *,
                            const char *const *known);
/* A law as notes show it: the text in the scenario. */
const char *law_text(const struct spec_entity *, const char *key);

/* Numbers in notes, with four digits: "12.5", "8/s", "1.5 s"; in the findings' arena. */
const char *number_note(struct findings *, double, const char *unit);
const char *rate_note(struct findings *, double per_second);
const char *time_note(struct findings *, double seconds);
const char *share_note(struct findings *, double share);

#endif
