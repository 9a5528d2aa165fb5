/* typed_text.c - values back into text, in one spelling for each value: "60s" and "1min" become the
 * same. */
#include <stdio.h>
#include <string.h>

#include "backoff.h"
#include "number.h"
#include "typed.h"

static const char *choice_text(struct pool *pool, const struct key *k, int64_t i)
{
    const char *at = k->choices;
    while (i-- > 0)
        at = strchr(at, '|') + 1;
    return pool_text(pool, at, strcspn(at, "|"));
}

const char *typed_text(struct pool *pool, const struct key *k, const struct value *v)
{
    char text[64] = "";
    switch (k->type) {
    case VALUE_DURATION:
        quantity_duration_text(v->i, text, sizeof(text));
        break;
    case VALUE_SIZE:
        quantity_size_text(v->i, text, sizeof(text));
        break;
    case VALUE_SHARE:
        quantity_share_text(v->i, text, sizeof(text));
        break;
    case VALUE_RATE:
        quantity_rate_text(v->rate, text, sizeof(text));
        break;
    case VALUE_COUNT:
        if ((k->flags & KEY_UNLIMITED) != 0 && v->i == INT64_MAX)
            return "unlimited";
        snprintf(text, sizeof(text), "%lld%s", (long long)v->i, v->i == (int32_t)v->i ? "" : "L");
        break;
    case VALUE_FLAG:
        return v->i != 0 ? "true" : "false";
    case VALUE_NUMBER:
        number_text(v->number, text);
        break;
    case VALUE_CHOICE:
        return choice_text(pool, k, v->i);
    case VALUE_TEXT:
        return v->text;
    case VALUE_REF:
        return v->ref->path;
    case VALUE_DIST:
        return dist_text(v->dist);
    case VALUE_BACKOFF:
        return v->backoff->text;
    default:
        return NULL;
    }
    return pool_text(pool, text, strlen(text));
}
