/* facts.h - a scenario told to the database: files, overrides, entities, metrics, windows of faults. */
#ifndef FACTS_H
#define FACTS_H

#include <stdbool.h>

#include "scenario.h"
#include "store.h"

struct facts {
    struct store_run     run;
    struct store_text   *file;
    struct store_entity *entity;
    struct store_fault  *fault;
};

/* set: the overrides in force. False: memory is short. The scenario and set outlive the facts. */
bool facts_open(struct facts *, const struct scenario *, const char *path, const char *command,
                const char *const *set, size_t n_set);
void facts_close(struct facts *);

/* An entity's value by the name of its key; NULL when its kind has no such key or nothing is set. */
const struct value *facts_value(const struct spec_entity *, const char *key);
/* The text of a choice: number `index` of "a|b|c"; borrowed into out. */
const char *facts_choice(const struct spec_entity *, const char *key, char *out, size_t size);

#endif
