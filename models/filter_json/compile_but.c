/* compile_but.c - {"anything-but": …}: a list of conditions, none of which may hold. */
#include <string.h>

#include "compile.h"

#define MUST_BE "Value of anything-but must be an array or single string/number value."

struct inner {
    const char *name;
    enum filter_condition_kind kind;
    const char *must_be;
};
static const struct inner inners[] = {
    {"prefix", COND_PREFIX, "prefix/suffix match pattern must be a string"},
    {"suffix", COND_SUFFIX, "prefix/suffix match pattern must be a string"},
    {"wildcard", COND_WILDCARD, "wildcard match pattern must be a string"},
    /* EventBridge only */
    {"equals-ignore-case", COND_SAME,
     "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."},
};

static bool read_plain(struct compile *c, const json_t *j, const struct json_place *p,
                       struct filter_condition *out)
{
    if (json_is_string(j)) {
        out->kind = COND_STRING;
        out->text = compile_text(j);
        return true;
    }
    if (!json_is_number(j))
        return compile_refuse(c, p, false,
                              "Inside anything but list, start|null|boolean is not supported.");
    out->kind = COND_NUMBER;
    return compile_number(c, j, p, &out->number);
}

static bool read_inner(struct compile *c, const struct inner *in, const json_t *j,
                       const struct json_place *p, struct filter_condition *out)
{
    if (!json_is_string(j))
        return compile_refuse(c, p, false, "%s", in->must_be);
    if ((in->kind == COND_PREFIX || in->kind == COND_SUFFIX) && json_string_length(j) == 0)
        return compile_refuse(c, p, false, "Null prefix/suffix not allowed");
    if (in->kind == COND_WILDCARD)
        return compile_wildcard(c, j, p, out);
    out->kind = (uint8_t)in->kind;
    out->text = compile_text(j);
    return true;
}

static bool all_of_one_type(const struct filter_condition *list, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        if (list[i].kind != list[0].kind)
            return false;
    return n > 0;
}

/* One value or a list of them; in NULL: plain strings or numbers. */
static bool read_values(struct compile *c, const struct inner *in, const json_t *j,
                        const struct json_place *p, struct filter_condition *out)
{
    bool many = json_is_array(j);
    uint32_t n = many ? (uint32_t)json_array_size(j) : 1;
    struct filter_condition *list = arena_get(&c->arena, n * sizeof(*list));
    if (!many && !json_is_string(j) && !json_is_number(j))
        return compile_refuse(c, p, false, MUST_BE);
    if (list == NULL)
        return compile_no_memory(c);
    for (uint32_t i = 0; i < n; i++) {
        struct json_place at = {p, NULL, i};
        const json_t *one = many ? json_array_get(j, i) : j;
        const struct json_place *where = many ? &at : p;
        if (in == NULL ? !read_plain(c, one, where, &list[i])
                       : !read_inner(c, in, one, where, &list[i]))
            return false;
    }
    if (in == NULL && !all_of_one_type(list, n))
        return compile_refuse(
            c, p, false,
            "Inside anything but list, either all values are number or string, mixed type is not "
            "supported");
    if (n == 0)
        return compile_refuse(c, p, false, "Empty arrays are not allowed");
    out->but = list;
    out->n_list = n;
    return true;
}

static const struct inner *find_inner(enum filter_dialect d, const char *name)
{
    size_t n = sizeof(inners) / sizeof(inners[0]) - (d != FILTER_EVENTBRIDGE);
    for (size_t i = 0; i < n; i++)
        if (strcmp(inners[i].name, name) == 0)
            return &inners[i];
    return NULL;
}

bool compile_but(struct compile *c, const json_t *j, const struct json_place *p,
                 struct filter_condition *out)
{
    *out = (struct filter_condition){.kind = COND_BUT};
    if (!json_is_object(j))
        return read_values(c, NULL, j, p, out);
    void *first = json_object_iter((json_t *)j);
    if (first == NULL)
        return compile_refuse(c, p, false, "Anything-But expression name not found");
    const char *name = json_object_iter_key(first);
    const struct inner *in = find_inner(c->dialect, name);
    struct json_place at = {p, name, 0};
    if (in == NULL)
        return compile_refuse(c, &at, true, "Unsupported anything-but pattern: %.100s", name);
    if (!read_values(c, in, json_object_iter_value(first), &at, out))
        return false;
    return json_object_size(j) == 1 ||
           compile_refuse(c, p, false, "Too many elements in numeric expression");
}
