/* script_result.c - results, and what is expected of them.
 *
 * The words of an expectation are the result's text; each key=value is one of its fields. A number
 * may stand with a tolerance: 60000+-1000. An error may be named without its prefix. */
#include "script.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define PREFIX "AWS.SimpleQueueService."

void result_text(struct result *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->text, sizeof(r->text), format, args);
    va_end(args);
}

static struct field *field_of(struct result *r, const char *key)
{
    for (uint32_t i = 0; i < r->n_field; i++)
        if (strcmp(r->field[i].key, key) == 0)
            return &r->field[i];
    if (r->n_field == FIELDS_MAX)
        return NULL;
    struct field *f = &r->field[r->n_field++];
    snprintf(f->key, sizeof(f->key), "%s", key);
    f->value[0] = '\0';
    return f;
}

void result_field(struct result *r, const char *key, const char *format, ...)
{
    struct field *f = field_of(r, key);
    if (f == NULL)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(f->value, sizeof(f->value), format, args);
    va_end(args);
}

void result_append(struct result *r, const char *key, const char *text)
{
    bool first = true;
    for (uint32_t i = 0; i < r->n_field; i++)
        first &= strcmp(r->field[i].key, key) != 0;
    struct field *f = field_of(r, key);
    if (f == NULL)
        return;
    size_t n = strlen(f->value);
    snprintf(f->value + n, sizeof(f->value) - n, "%s%s", first ? "" : ",", text);
}

void result_outcome(struct result *r, enum sqs_outcome out)
{
    const struct sqs_outcome_row *row = sqs_outcome_row(out);
    result_text(r, "%s", row->code == NULL ? "ok" : row->code);
    result_field(r, "why", "%s", row->name);
    result_field(r, "http", "%d", row->http);
}

/* "60000+-1000": the middle and how far it may be off, exactly, in the digits given. */
static bool near(const char *expected, const char *got)
{
    const char *sign = strstr(expected, "+-");
    if (sign == NULL)
        return false;
    int64_t middle, off, value;
    struct text m = {expected, (size_t)(sign - expected)};
    return text_integer(m, &middle) && text_integer(text_of(sign + 2), &off) &&
           text_integer(text_of(got), &value) && value >= middle - off && value <= middle + off;
}

static bool same(const char *expected, const char *got)
{
    size_t n = strlen(PREFIX);
    if (strcmp(expected, got) == 0 || near(expected, got))
        return true;
    return strncmp(got, PREFIX, n) == 0 && strcmp(expected, got + n) == 0;
}

static void join(const struct line *l, char out[512])
{
    size_t n = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < l->n_expect; i++)
        if (l->expect[i].key == NULL && n < 512)
            n += (size_t)snprintf(out + n, 512 - n, "%s%s", n == 0 ? "" : " ", l->expect[i].value);
}

bool result_matches(const struct result *r, const struct line *l, char expected[512], char got[512])
{
    join(l, expected);
    snprintf(got, 512, "%.500s", r->text);
    if (expected[0] != '\0' && !same(expected, r->text))
        return false;
    for (uint32_t i = 0; i < l->n_expect; i++) {
        const struct arg *a = &l->expect[i];
        if (a->key == NULL)
            continue;
        const char *value = "(nothing)";
        for (uint32_t k = 0; k < r->n_field; k++)
            if (strcmp(r->field[k].key, a->key) == 0)
                value = r->field[k].value;
        snprintf(expected, 512, "%s=%.400s", a->key, a->value);
        snprintf(got, 512, "%s=%.400s", a->key, value);
        if (!same(a->value, value))
            return false;
    }
    return true;
}
