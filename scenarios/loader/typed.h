/* typed.h - settings as typed values, by the tables of the registry. Everything that is wrong is
 * reported with its place; what could not be read stays absent. */
#ifndef TYPED_H
#define TYPED_H

#include "scenario_int.h"

/* Where a value stands, as a chain that lives on the stack. */
struct where {
    const struct where *up;
    const char *name; /* NULL: an index */
    size_t index;
};
const char *where_text(struct pool *, const struct where *);

/* One value per key, in the table's order, defaults filled in. group may be NULL (all defaults).
 * in: "queue 'orders'", for messages; NULL: where's text. at: what to point to when a required
 * setting is missing. */
bool typed_fields(struct scenario *, const struct where *, const char *in, const struct place *at,
                  const struct key *, uint32_t n, const struct node *group, struct value *fields);

/* Values without units, groups or quotas: the scalar part of typed_value (typed_scalar.c). */
bool typed_scalar(struct scenario *, const struct where *, const struct key *, const struct node *,
                  struct value *);
/* low, high and quota of the key (typed_range.c). */
bool typed_range(struct scenario *, const struct where *, const struct key *, const struct node *,
                 const struct value *);
/* <0, 0, >0; both of one quantity type. */
int typed_compare(enum value_type, const struct value *, const struct value *);
/* Reads a limit or default of a table; false: the text is no such value. */
bool typed_quantity(enum value_type, const char *text, struct value *, struct quantity_error *);
bool typed_ref(struct scenario *, const struct where *, const struct key *, const struct node *,
               struct value *);

/* "a duration", "a rate" … */
const char *typed_name(const struct key *);
/* Writes a value as it would stand in a file, without quotes; NULL for groups and lists. */
const char *typed_text(struct pool *, const struct key *, const struct value *);

#endif
