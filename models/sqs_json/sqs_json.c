/* sqs_json.c - nothing is guessed: what has the wrong type is missing. */
#include "sqs_json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static json_t *load(struct text t)
{
    json_t *j = json_loadb(t.at, t.n, 0, NULL);
    if (j != NULL && !json_is_object(j)) {
        json_decref(j);
        return NULL;
    }
    return j;
}

static bool copy_arn(const json_t *j, char out[128])
{
    const char *s = json_string_value(j);
    if (s == NULL || strlen(s) >= 128)
        return false;
    snprintf(out, 128, "%s", s);
    return true;
}

static int64_t count_of(const json_t *j)
{
    int64_t n;
    if (json_is_integer(j))
        return json_integer_value(j);
    return json_is_string(j) && text_integer(text_of(json_string_value(j)), &n) ? n : -1;
}

bool sqs_json_redrive(struct text t, struct redrive *out)
{
    json_t *j = load(t);
    if (j == NULL)
        return false;
    *out = (struct redrive){.max_receive = count_of(json_object_get(j, "maxReceiveCount"))};
    copy_arn(json_object_get(j, "deadLetterTargetArn"), out->target);
    json_decref(j);
    return true;
}

static bool read_sources(const json_t *list, struct redrive_allow *out)
{
    size_t n = json_array_size(list);
    if (n < 1 || n > ALLOW_SOURCES_MAX)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!copy_arn(json_array_get(list, i), out->source[i]))
            return false;
    out->n = (uint32_t)n;
    return true;
}

bool sqs_json_redrive_allow(struct text t, struct redrive_allow *out)
{
    json_t *j = load(t);
    const char *mode = json_string_value(json_object_get(j, "redrivePermission"));
    const json_t *sources = json_object_get(j, "sourceQueueArns");
    *out = (struct redrive_allow){0};
    bool ok = mode != NULL;
    if (ok && strcmp(mode, "denyAll") == 0)
        out->mode = ALLOW_NONE;
    else if (ok && strcmp(mode, "byQueue") == 0)
        out->mode = ALLOW_BY_QUEUE;
    else
        ok = ok && strcmp(mode, "allowAll") == 0;
    ok = ok && (out->mode == ALLOW_BY_QUEUE ? read_sources(sources, out) : sources == NULL);
    json_decref(j);
    return ok;
}
