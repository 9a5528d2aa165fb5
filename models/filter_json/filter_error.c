/* filter_error.c - refusals: AWS's code and reason, and the place in the text. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compile.h"

const char *filter_error_code(enum filter_dialect d)
{
    return d == FILTER_EVENTBRIDGE ? "InvalidEventPatternException" : "InvalidParameter";
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
    e->offset = json_text_written(c->text, json_text_find(c->text, p, key), &e->line, &e->column);
    return false;
}

bool compile_no_memory(struct compile *c)
{
    if (c->error->code == NULL)
        snprintf(c->error->reason, sizeof(c->error->reason), "out of memory");
    return false;
}

void filter_error_text(const struct filter_error *e, enum filter_call call, char *text, size_t size)
{
    static const char *const before[] = {
        [FILTER_SUBSCRIBE] = "Invalid parameter: Attributes Reason: FilterPolicy: ",
        [FILTER_SET_ATTRIBUTES] = "Invalid parameter: FilterPolicy: ",
        [FILTER_PUT_RULE] = "Event pattern is not valid. Reason: ",
    };
    bool framed = e->code != NULL && (strcmp(e->code, "InvalidParameter") == 0 ||
                                      strcmp(e->code, "InvalidEventPatternException") == 0);
    snprintf(text, size, "%s%s", framed ? before[call] : "", e->reason);
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
