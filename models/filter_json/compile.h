/* compile.h - what the files that compile a policy share. Memory of the work is an arena; texts
 * that need no change stay those of the parsed JSON until the filter is packed. */
#ifndef COMPILE_H
#define COMPILE_H

#include "filter_int.h"
#include "filter_json.h"
#include "json_text.h"

struct compile {
    enum filter_dialect dialect;
    const struct json_text *text;
    const struct filter_limits *limits;
    struct filter_error *error;
    struct arena arena;
    struct filter_field *field; /* by mem_resize */
    uint32_t n_field, cap_field;
    uint32_t wildcards;
    bool expand; /* false: read on, to find what is wrong, but keep nothing */
    size_t
        nested; /* where the first key in a key stands, if that is wrong in this scope; SIZE_MAX */
};

/* filter_error.c. All return false. */
bool compile_refuse(struct compile *, const struct json_place *, bool key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool compile_refuse_nested(struct compile *);
bool compile_no_memory(struct compile *);
const char *filter_error_code(enum filter_dialect);

/* compile_condition.c: one member of a field's array. */
bool compile_condition(struct compile *, const json_t *, const struct json_place *,
                       struct filter_condition *);
/* compile_but.c */
bool compile_but(struct compile *, const json_t *, const struct json_place *,
                 struct filter_condition *);
/* compile_text.c */
bool compile_wildcard(struct compile *, const json_t *, const struct json_place *,
                      struct filter_condition *);
bool compile_cidr(struct compile *, const json_t *, const struct json_place *,
                  struct filter_condition *);
bool compile_number(struct compile *, const json_t *, const struct json_place *, double *);
struct filter_text compile_text(const json_t *);
/* compile_numeric.c */
bool compile_numeric(struct compile *, const json_t *, const struct json_place *,
                     struct filter_condition *);

/* compile_count.c: of a policy's tree, before it is expanded; both stop at UINT64_MAX. */
bool compile_is_or(const char *key, const json_t *);
uint64_t compile_combinations(enum filter_dialect, const json_t *policy, unsigned depth);
uint64_t compile_alternatives(const json_t *policy);
/* UINT32_MAX: memory is short. */
uint32_t compile_keys(const json_t *policy);

#endif
