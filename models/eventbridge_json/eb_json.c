/* eb_json.c - patterns, events and details. A detail is an object of at most 1,000 levels whose whole numbers fit 64 bits
 * (EB-12): the reader refuses larger numbers itself. */
#include "eb_json.h"

#include <jansson.h>
#include <string.h>

#include "filter_json.h"

#define DEPTH_MAX 1000

static struct filter *pattern(const char *text, size_t n, struct err *err)
{
    struct filter_limits limits;
    struct filter_error error;
    char whole[1000];
    filter_limits_default(FILTER_EVENTBRIDGE, &limits);
    limits.length = limits.length_max; /* the quota is the account's */
    struct filter *f = filter_compile(FILTER_EVENTBRIDGE, text, n, 0, &limits, &error);
    if (f != NULL)
        return f;
    filter_error_text(&error, FILTER_PUT_RULE, whole, sizeof(whole));
    err_set(err, ERR_DATA, "%.900s", whole);
    return NULL;
}

static struct filter_event *event(const char *text, size_t n)
{
    struct filter_error error;
    if (!filter_event_whole(text, n, 0, &error))
        return NULL;
    return filter_event_json(FILTER_EVENTBRIDGE, text, n, 0, &error);
}

/* Levels of objects and arrays, counted in the text: strings are passed over. */
static bool too_deep(const char *text, size_t n)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (quoted) {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                quoted = false;
        } else if (text[i] == '"') {
            quoted = true;
        } else if (text[i] == '{' || text[i] == '[') {
            if (++depth > DEPTH_MAX)
                return true;
        } else if (text[i] == '}' || text[i] == ']') {
            depth -= depth > 0;
        }
    }
    return false;
}

static bool detail(const char *text, size_t n)
{
    json_error_t error;
    if (too_deep(text, n))
        return false;
    json_t *j = json_loadb(text, n, 0, &error);
    bool object = json_is_object(j);
    json_decref(j);
    return object;
}

struct eb_json eb_json(void)
{
    return (struct eb_json){pattern, event, detail};
}
