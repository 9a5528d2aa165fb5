/* dist_args.c - arguments: matching them with a law's parameters, and reading values, numbers,
 * counts and shares. */
#define _GNU_SOURCE /* strtod_l */
#include "dist_int.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "problem.h"
#include "quantity.h"

static size_t name_count(const char *const *name)
{
    size_t n = 0;
    while (name[n] != NULL)
        n++;
    return n;
}

static bool refuse_name(struct dist_args *a, const struct dist_arg *arg)
{
    const char *near = suggest(arg->name, a->name, name_count(a->name));
    if (near != NULL)
        return dist_refuse(a, arg->name_column, "unknown argument '%.40s': did you mean '%s'?",
                           arg->name, near);
    return dist_refuse(a, arg->name_column, "unknown argument '%.40s': %s", arg->name,
                       a->law->usage);
}

static bool match_name(struct dist_args *a, const struct dist_arg *arg)
{
    size_t i = 0;
    while (a->name[i] != NULL && strcmp(a->name[i], arg->name) != 0)
        i++;
    if (a->name[i] == NULL)
        return refuse_name(a, arg);
    if (a->slot[i] != NULL)
        return dist_refuse(a, arg->name_column, "'%s' is given twice", arg->name);
    a->slot[i] = arg;
    return true;
}

bool args_match(struct dist_args *a, const char *const *name, const struct dist_arg **slot,
                size_t positional)
{
    size_t names = name_count(name);
    a->name = name;
    a->slot = slot;
    for (size_t i = 0; i < names; i++)
        slot[i] = NULL;
    bool named = false;
    for (size_t i = 0; i < a->n; i++) {
        const struct dist_arg *arg = &a->arg[i];
        if (*arg->name != '\0') {
            named = true;
            if (!match_name(a, arg))
                return false;
        } else if (named) {
            return dist_refuse(a, arg->column,
                               "an argument by position may not follow a named one");
        } else if (i >= positional) {
            return dist_refuse(a, arg->column, "%s: %s",
                               i < names ? "this argument needs a name" : "too many arguments",
                               a->law->usage);
        } else {
            slot[i] = arg;
        }
    }
    return true;
}

bool args_given(const struct dist_args *a, size_t i)
{
    return a->slot[i] != NULL;
}

int args_column(const struct dist_args *a, size_t i)
{
    return a->slot[i]->column;
}

static const struct dist_arg *need(struct dist_args *a, size_t i)
{
    if (a->slot[i] == NULL)
        dist_refuse(a, a->end, "'%s' is missing: %s", a->name[i], a->law->usage);
    return a->slot[i];
}

/* Only the shape is checked here; strtod_l in the C locale rounds correctly and asks no setting of
 * the process. */
static size_t decimal_length(const char *t)
{
    size_t n = strspn(t, "0123456789");
    if (n == 0)
        return 0;
    if (t[n] == '.' && t[n + 1] >= '0' && t[n + 1] <= '9')
        n += 1 + strspn(t + n + 1, "0123456789");
    if (t[n] == 'e' || t[n] == 'E') {
        size_t sign = t[n + 1] == '-' || t[n + 1] == '+';
        size_t digits = strspn(t + n + 1 + sign, "0123456789");
        if (digits > 0)
            n += 1 + sign + digits;
    }
    return n;
}

bool dist_decimal(const char *text, const char **end, double *value)
{
    size_t n = decimal_length(text);
    char copy[64];
    *end = text + n;
    if (n == 0 || n >= sizeof copy)
        return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c == (locale_t)0)
        return false;
    *value = strtod_l(copy, NULL, c);
    freelocale(c);
    return *value <= 1.7976931348623157e308; /* no infinity */
}

static bool in_range(struct dist_args *a, size_t i, enum args_range range, double value)
{
    if (range == ABOVE_0 && !(value > 0))
        return dist_refuse(a, args_column(a, i), "'%s' must be above 0", a->name[i]);
    return true;
}

bool args_text_number(struct dist_args *a, const struct dist_arg *arg, double *value)
{
    const char *end;
    if (*arg->text == '-')
        return dist_refuse(a, arg->column, "%.40s is negative", arg->text);
    if (!dist_decimal(arg->text, &end, value))
        return dist_refuse(a, arg->column, "'%.40s' is no number", arg->text);
    if (*end != '\0')
        return dist_refuse(a, arg->column + (int)(end - arg->text),
                           "'%.40s' is no plain number: what follows the digits is not known here",
                           arg->text);
    return true;
}

/* A duration or a size as a whole number. */
static bool read_quantity(struct dist_args *a, const struct dist_arg *arg, int64_t *value)
{
    struct quantity_error qe;
    bool read = args_unit(a) == DIST_DURATION ? quantity_duration(arg->text, value, &qe)
                                              : quantity_size(arg->text, value, &qe);
    if (!read)
        return dist_refuse(a, arg->column + qe.column, "%s", qe.text);
    if (*value > DIST_MAX)
        return dist_refuse(a, arg->column, "%.40s does not fit: the limit is 2^62", arg->text);
    return true;
}

static bool has_quantities(const struct dist_args *a)
{
    return args_unit(a) == DIST_DURATION || args_unit(a) == DIST_SIZE;
}

bool args_text_value(struct dist_args *a, const struct dist_arg *arg, double *value)
{
    if (!has_quantities(a)) {
        if (!args_text_number(a, arg, value))
            return false;
        return *value <= (double)DIST_MAX ||
               dist_refuse(a, arg->column, "%.40s does not fit: the limit is 2^62", arg->text);
    }
    int64_t whole = 0;
    if (!read_quantity(a, arg, &whole))
        return false;
    *value = (double)whole;
    return true;
}

bool args_value(struct dist_args *a, size_t i, enum args_range range, double *value)
{
    const struct dist_arg *arg = need(a, i);
    return arg != NULL && args_text_value(a, arg, value) && in_range(a, i, range, *value);
}

static bool whole_number(struct dist_args *a, const struct dist_arg *arg, int64_t *value)
{
    double x;
    if (!args_text_number(a, arg, &x))
        return false;
    if (x > 0x1p53)
        return dist_refuse(a, arg->column, "%.40s does not fit: the limit is 2^53", arg->text);
    *value = (int64_t)x;
    return (double)*value == x ||
           dist_refuse(a, arg->column, "%.40s is no whole number", arg->text);
}

bool args_whole(struct dist_args *a, size_t i, int64_t *value)
{
    const struct dist_arg *arg = need(a, i);
    if (arg == NULL)
        return false;
    return has_quantities(a) ? read_quantity(a, arg, value) : whole_number(a, arg, value);
}

bool args_number(struct dist_args *a, size_t i, enum args_range range, double *value)
{
    const struct dist_arg *arg = need(a, i);
    return arg != NULL && args_text_number(a, arg, value) && in_range(a, i, range, *value);
}

bool args_count(struct dist_args *a, size_t i, int64_t max, int64_t *value)
{
    const struct dist_arg *arg = need(a, i);
    if (arg == NULL || !whole_number(a, arg, value))
        return false;
    if (*value >= 1 && *value <= max)
        return true;
    return dist_refuse(a, arg->column, "'%s' must be between 1 and %lld", a->name[i],
                       (long long)max);
}

bool args_text_share(struct dist_args *a, const struct dist_arg *arg, uint32_t *ppb)
{
    struct quantity_error qe;
    int64_t share;
    if (!quantity_share(arg->text, &share, &qe))
        return dist_refuse(a, arg->column + qe.column, "%s", qe.text);
    *ppb = (uint32_t)share;
    return true;
}

bool args_share(struct dist_args *a, size_t i, uint32_t *ppb)
{
    const struct dist_arg *arg = need(a, i);
    return arg != NULL && args_text_share(a, arg, ppb);
}

bool args_flag(struct dist_args *a, size_t i, bool *value)
{
    const struct dist_arg *arg = need(a, i);
    if (arg == NULL)
        return false;
    *value = strcmp(arg->text, "true") == 0;
    return *value || strcmp(arg->text, "false") == 0 ||
           dist_refuse(a, arg->column, "'%s' is true or false", a->name[i]);
}

bool args_is_quoted(const struct dist_args *a, size_t i)
{
    return a->slot[i]->text[0] == '\'';
}

const char *args_text(struct dist_args *a, size_t i, bool bare)
{
    const struct dist_arg *arg = need(a, i);
    if (arg == NULL)
        return NULL;
    size_t n = strlen(arg->text);
    if (*arg->text != '\'') {
        if (!bare)
            dist_refuse(a, arg->column, "'%s' is a text: write %s='…'", a->name[i], a->name[i]);
        return bare ? arg->text : NULL;
    }
    if (strchr(arg->text + 1, '\'') != arg->text + n - 1) {
        dist_refuse(a, arg->column, "nothing may follow the closing quote");
        return NULL;
    }
    char *inside = args_memory(a, n);
    if (inside == NULL)
        return NULL;
    memcpy(inside, arg->text + 1, n - 2);
    if (*inside == '\0')
        dist_refuse(a, arg->column, "'%s' is empty", a->name[i]);
    return *inside == '\0' ? NULL : inside;
}
