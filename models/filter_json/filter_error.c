/* filter_error.c - refusals: AWS's code and reason, and the place in the text. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compile.h"

const char *filter_error_code(enum filter_dialect d)
{
    return d == FILTER_EVENTBRIDGE ? "InvalidEventPatternException" : "InvalidParameter";
}

static size_t character_at(const unsigned char *s)
{
    size_t n = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (s[0] >= 0x80 && s[0] < 0xc2)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return n;
}

/* Reasons quote what was written: what could steer a terminal, and characters that were cut, become
 * '?'. */
static void clean(char *text)
{
    unsigned char *s = (unsigned char *)text;
    while (*s != '\0') {
        size_t n = character_at(s);
        bool control = s[0] < 0x20 || s[0] == 0x7f || (s[0] == 0xc2 && n == 2 && s[1] < 0xa0);
        if (n == 0 || control)
            *s = '?';
        s += n == 0 || control ? 1 : n;
    }
}

bool compile_refuse(struct compile *c, const struct json_place *p, bool key, const char *format,
                    ...)
{
    struct filter_error *e = c->error;
    va_list args;
    if (e->code != NULL)
        return false;
    e->code = filter_error_code(c->dialect);
    va_start(args, format);
    vsnprintf(e->reason, sizeof(e->reason), format, args);
    va_end(args);
    clean(e->reason);
    e->offset = json_text_written(c->text, json_text_find(c->text, p, key), &e->line, &e->column);
    return false;
}

/* What else is wrong is said first (SNS-60). */
bool compile_refuse_nested(struct compile *c)
{
    struct filter_error *e = c->error;
    e->code = filter_error_code(c->dialect);
    snprintf(e->reason, sizeof(e->reason), "%s",
             "Filter policy scope MessageAttributes does not support nested filter policy");
    e->offset = json_text_written(c->text, c->nested, &e->line, &e->column);
    return false;
}

bool compile_no_memory(struct compile *c)
{
    if (c->error->code == NULL)
        snprintf(c->error->reason, sizeof(c->error->reason), "out of memory");
    return false;
}

static bool starts(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

void filter_error_text(const struct filter_error *e, enum filter_call call, char *text, size_t size)
{
    static const char *const before[] = {
        [FILTER_SUBSCRIBE] = "Invalid parameter: Attributes Reason: ",
        [FILTER_SET_ATTRIBUTES] = "Invalid parameter: ",
        [FILTER_PUT_RULE] = "Event pattern is not valid. Reason: ",
    };
    bool sns = e->code != NULL && strcmp(e->code, "InvalidParameter") == 0;
    bool pattern = e->code != NULL && strcmp(e->code, "InvalidEventPatternException") == 0;
    bool scope =
        starts(e->reason, "Filter policy scope ") || starts(e->reason, "FilterPolicyScope: ");
    snprintf(text, size, "%s%s%s", sns || pattern ? before[call] : "",
             sns && !scope ? "FilterPolicy: " : "", e->reason);
}

bool filter_scope(const char *text, enum filter_dialect *d, struct filter_error *e)
{
    struct filter_error unused;
    bool attributes = strcmp(text, "MessageAttributes") == 0;
    if (attributes || strcmp(text, "MessageBody") == 0) {
        *d = attributes ? FILTER_SNS_ATTRIBUTES : FILTER_SNS_BODY;
        return true;
    }
    e = e == NULL ? &unused : e;
    *e = (struct filter_error){.code = "InvalidParameter", .line = 1, .column = 1};
    snprintf(e->reason, sizeof(e->reason),
             "FilterPolicyScope: Invalid value [%.80s]. Please use either MessageBody or "
             "MessageAttributes",
             text);
    return false;
}
