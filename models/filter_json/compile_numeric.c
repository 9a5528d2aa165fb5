/* compile_numeric.c - {"numeric": [operator, number, …]}. */
#include <math.h>
#include <string.h>

#include "compile.h"

/* An element as AWS quotes it; behind the end stands the bracket. */
static const char *quoted(struct compile *c, const json_t *list, const struct json_place *p,
                          size_t i, char out[100])
{
    const json_t *j = json_array_get(list, i);
    struct json_place at = {p, NULL, i};
    if (j == NULL)
        return "]";
    if (json_is_string(j))
        return json_string_value(j);
    json_text_token(c->text, json_text_find(c->text, &at, false), out, 100);
    return out;
}

static bool refuse(struct compile *c, const json_t *list, const struct json_place *p, size_t i,
                   const char *what)
{
    struct json_place at = {p, NULL, i};
    char token[100];
    return compile_refuse(c, i < json_array_size(list) ? &at : p, false, "%s: %.100s", what,
                          quoted(c, list, p, i, token));
}

static bool number_at(struct compile *c, const json_t *list, const struct json_place *p, size_t i,
                      const char *name, double *out)
{
    const json_t *j = json_array_get(list, i);
    struct json_place at = {p, NULL, i};
    if (!json_is_number(j))
        return compile_refuse(c, j == NULL ? p : &at, false, "Value of %s must be numeric", name);
    return compile_number(c, j, &at, out);
}

/* The second half of a range. */
static bool upper(struct compile *c, const json_t *list, const struct json_place *p,
                  struct filter_condition *out)
{
    const char *op = json_string_value(json_array_get(list, 2));
    struct json_place fifth = {p, NULL, 4};
    if (op == NULL)
        return refuse(c, list, p, 2, "Bad value in numeric range");
    if (strcmp(op, "<") != 0 && strcmp(op, "<=") != 0)
        return refuse(c, list, p, 2, "Bad numeric range operator");
    out->open_high = op[1] == '\0';
    if (!number_at(c, list, p, 3, op, &out->range.high))
        return false;
    if (json_array_size(list) > 4)
        return compile_refuse(c, &fifth, false, "Too many terms in numeric range expression");
    if (!(out->range.low < out->range.high))
        return compile_refuse(c, p, false, "Bottom must be less than top");
    return true;
}

static bool lower(struct compile *c, const json_t *list, const struct json_place *p, const char *op,
                  struct filter_condition *out)
{
    out->open_low = op[1] == '\0';
    out->range.high = INFINITY;
    if (!number_at(c, list, p, 1, op, &out->range.low))
        return false;
    return json_array_size(list) == 2 || upper(c, list, p, out);
}

bool compile_numeric(struct compile *c, const json_t *list, const struct json_place *p,
                     struct filter_condition *out)
{
    const char *op = json_string_value(json_array_get(list, 0));
    struct json_place third = {p, NULL, 2};
    if (!json_is_array(list))
        return compile_refuse(c, p, false, "Value of numeric must be an array.");
    if (op == NULL)
        return refuse(c, list, p, 0, "Invalid member in numeric match");
    *out = (struct filter_condition){.kind = COND_RANGE};
    if (strcmp(op, ">") == 0 || strcmp(op, ">=") == 0)
        return lower(c, list, p, op, out);
    bool equals = strcmp(op, "=") == 0;
    if (!equals && strcmp(op, "<") != 0 && strcmp(op, "<=") != 0)
        return refuse(c, list, p, 0, "Unrecognized numeric range operator");
    if (!number_at(c, list, p, 1, equals ? "equals" : op, &out->range.high))
        return false;
    if (json_array_size(list) > 2)
        return compile_refuse(c, &third, false, "Too many elements in numeric expression");
    out->range.low = equals ? out->range.high : -INFINITY;
    out->open_high = !equals && op[1] == '\0';
    return true;
}
