/* compile_condition.c - one member of a field's array: a value, or an object with one operator. */
#include <string.h>

#include "compile.h"

typedef bool (*reader)(struct compile *, const json_t *, const struct json_place *,
                       struct filter_condition *);

static bool must_be_string(struct compile *c, const char *name, const struct json_place *p)
{
    return compile_refuse(c, p, false, "%s match pattern must be a string", name);
}

/* "s", and in EventBridge {"equals-ignore-case": "s"} (EB-22). */
static bool read_end(struct compile *c, const json_t *j, const struct json_place *p,
                     const char *name, struct filter_condition *out)
{
    bool prefix = name[0] == 'p', same = json_is_object(j) && c->dialect == FILTER_EVENTBRIDGE;
    struct json_place at = *p;
    if (same) {
        void *first = json_object_iter((json_t *)j);
        const char *key = first == NULL ? NULL : json_object_iter_key(first);
        at = (struct json_place){p, key, 0};
        if (key == NULL)
            return compile_refuse(c, p, false, "%s expression name not found",
                                  prefix ? "Prefix" : "Suffix");
        if (strcmp(key, "equals-ignore-case") != 0)
            return compile_refuse(c, &at, true, "Unsupported %s pattern: %.100s", name, key);
        if (json_object_size(j) > 1)
            return compile_refuse(c, p, false, "Only one key allowed in match expression");
        j = json_object_iter_value(first);
    }
    if (!json_is_string(j))
        return must_be_string(c, same ? "equals-ignore-case" : name, &at);
    out->kind =
        prefix ? (same ? COND_PREFIX_SAME : COND_PREFIX) : (same ? COND_SUFFIX_SAME : COND_SUFFIX);
    out->text = compile_text(j);
    return true;
}

static bool read_prefix(struct compile *c, const json_t *j, const struct json_place *p,
                        struct filter_condition *out)
{
    return read_end(c, j, p, "prefix", out);
}

static bool read_suffix(struct compile *c, const json_t *j, const struct json_place *p,
                        struct filter_condition *out)
{
    return read_end(c, j, p, "suffix", out);
}

static bool read_same(struct compile *c, const json_t *j, const struct json_place *p,
                      struct filter_condition *out)
{
    if (!json_is_string(j))
        return must_be_string(c, "equals-ignore-case", p);
    out->kind = COND_SAME;
    out->text = compile_text(j);
    return true;
}

static bool read_wildcard(struct compile *c, const json_t *j, const struct json_place *p,
                          struct filter_condition *out)
{
    return json_is_string(j) ? compile_wildcard(c, j, p, out) : must_be_string(c, "wildcard", p);
}

static bool read_cidr(struct compile *c, const json_t *j, const struct json_place *p,
                      struct filter_condition *out)
{
    return json_is_string(j) ? compile_cidr(c, j, p, out)
                             : must_be_string(c, "prefix", p); /* so says AWS */
}

static bool read_exists(struct compile *c, const json_t *j, const struct json_place *p,
                        struct filter_condition *out)
{
    if (!json_is_boolean(j))
        return compile_refuse(c, p, false, "exists match pattern must be either true or false.");
    out->kind = json_is_false(j)                   ? COND_ABSENT
                : c->dialect == FILTER_EVENTBRIDGE ? COND_PRESENT
                                                   : COND_FILLED;
    return true;
}

static const struct {
    const char *name;
    reader read;
} operators[] = {
    {"prefix", read_prefix},     {"suffix", read_suffix},      {"equals-ignore-case", read_same},
    {"wildcard", read_wildcard}, {"cidr", read_cidr},          {"numeric", compile_numeric},
    {"exists", read_exists},     {"anything-but", compile_but}};

static bool read_operator(struct compile *c, const json_t *j, const struct json_place *p,
                          struct filter_condition *out)
{
    void *first = json_object_iter((json_t *)j);
    if (first == NULL)
        return compile_refuse(c, p, false, "Match expression name not found");
    const char *name = json_object_iter_key(first);
    struct json_place at = {p, name, 0};
    reader read = NULL;
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
        if (strcmp(name, operators[i].name) == 0)
            read = operators[i].read;
    if (read == NULL)
        return compile_refuse(c, &at, true, "Unrecognized match type %.100s", name);
    if (!read(c, json_object_iter_value(first), &at, out))
        return false;
    return json_object_size(j) == 1 ||
           compile_refuse(c, p, false, "Only one key allowed in match expression");
}

bool compile_condition(struct compile *c, const json_t *j, const struct json_place *p,
                       struct filter_condition *out)
{
    *out = (struct filter_condition){.kind = COND_NULL};
    switch (json_typeof(j)) {
    case JSON_STRING:
        out->kind = COND_STRING;
        out->text = compile_text(j);
        return true;
    case JSON_INTEGER:
    case JSON_REAL:
        out->kind = COND_NUMBER;
        return compile_number(c, j, p, &out->number);
    case JSON_TRUE:
        out->kind = COND_TRUE;
        return true;
    case JSON_FALSE:
        out->kind = COND_FALSE;
        return true;
    case JSON_NULL:
        return true;
    case JSON_OBJECT:
        return read_operator(c, j, p, out);
    default:
        return compile_refuse(c, p, false,
                              "Match value must be String, number, true, false, or null");
    }
}
