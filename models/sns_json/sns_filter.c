/* sns_filter.c - filter policies and what they see of a message, by filter_json. */
#include <stdio.h>
#include <string.h>

#include "filter_json.h"
#include "sns_json.h"

#define ATTRIBUTES_MAX 64

static bool compile(struct sns_text json, enum sns_scope scope, struct filter **out,
                    char reason[SNS_REASON])
{
    struct filter_error e;
    *out = filter_compile(scope == SNS_BODY ? FILTER_SNS_BODY : FILTER_SNS_ATTRIBUTES, json.at,
                          json.n, FILTER_APOSTROPHES, NULL, &e);
    if (*out != NULL)
        return true;
    snprintf(reason, SNS_REASON, "%.*s", SNS_REASON - 1, e.reason);
    return false;
}

static enum sns_reason judge(const struct filter *f, const struct filter_event *e)
{
    switch (filter_judge(f, e)) {
    case FILTER_ATTRIBUTES_DIFFER:
        return SNS_BY_ATTRIBUTES;
    case FILTER_ATTRIBUTES_NONE:
        return SNS_BY_NO_ATTRIBUTES;
    case FILTER_ATTRIBUTES_INVALID:
        return SNS_BY_INVALID_ATTRIBUTES;
    case FILTER_BODY_DIFFERS:
        return SNS_BY_BODY;
    case FILTER_BODY_INVALID:
        return SNS_BY_INVALID_BODY;
    case FILTER_MATCH:
    case FILTER_EVENT_DIFFERS:
        break;
    }
    return SNS_MATCHES;
}

static bool events(struct sns_text body, const struct sns_attribute *a, uint32_t n,
                   struct filter_event **attributes, struct filter_event **json)
{
    struct filter_attribute list[ATTRIBUTES_MAX];
    char name[ATTRIBUTES_MAX][256], type[64];
    if (n > ATTRIBUTES_MAX)
        n = ATTRIBUTES_MAX;
    for (uint32_t i = 0; i < n; i++) {
        snprintf(name[i], sizeof(name[i]), "%.*s", (int)a[i].name.n, a[i].name.at);
        snprintf(type, sizeof(type), "%.*s", (int)(a[i].type.n < 63 ? a[i].type.n : 63),
                 a[i].type.at);
        list[i] = (struct filter_attribute){name[i], FILTER_STRING, a[i].value.at, a[i].value.n};
        filter_type_read(type, &list[i].type);
    }
    struct filter_error e;
    *attributes = filter_event_attributes(list, n, 0);
    *json = filter_event_json(FILTER_SNS_BODY, body.at, body.n, 0, &e);
    return *attributes != NULL && *json != NULL;
}

void sns_json_parsers(struct sns_parsers *p)
{
    *p = (struct sns_parsers){.filter = compile,
                              .filter_free = filter_free,
                              .judge = judge,
                              .events = events,
                              .event_free = filter_event_free,
                              .redrive = sns_json_redrive,
                              .policy = sns_json_policy,
                              .archive = sns_json_archive,
                              .replay = sns_json_replay,
                              .structure = sns_json_structure};
}
