/* sns_json.c - nothing is guessed: what has the wrong type is refused. */
#include "sns_json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static json_t *load(struct sns_text t)
{
    json_t *j = t.at == NULL ? NULL : json_loadb(t.at, t.n, 0, NULL);
    if (j != NULL && !json_is_object(j)) {
        json_decref(j);
        return NULL;
    }
    return j;
}

bool sns_json_redrive(struct sns_text t, char arn[256])
{
    json_t *j = load(t);
    const char *s = json_string_value(json_object_get(j, "deadLetterTargetArn"));
    bool ok = s != NULL && strlen(s) < 256;
    if (ok)
        snprintf(arn, 256, "%s", s);
    json_decref(j);
    return ok;
}

/* --- delivery policies --- */

static bool count(const json_t *j, const char *key, int64_t otherwise, int64_t *out)
{
    const json_t *v = json_object_get(j, key);
    *out = otherwise;
    if (v == NULL || json_is_null(v))
        return true;
    if (!json_is_integer(v))
        return false;
    *out = json_integer_value(v);
    return true;
}

static bool curve_of(const json_t *j, enum retry_curve *c)
{
    static const char *const name[] = {"linear", "arithmetic", "geometric", "exponential"};
    const char *s = j == NULL ? "linear" : json_string_value(j);
    for (unsigned i = 0; s != NULL && i < 4; i++)
        if (strcmp(s, name[i]) == 0) {
            *c = (enum retry_curve)i;
            return true;
        }
    return false;
}

/* What is left out is as SNS-43 has it. */
static bool retries(const json_t *j, struct sns_policy *p)
{
    int64_t min, max, n, no, pre, post;
    enum retry_curve curve;
    if (!count(j, "minDelayTarget", 20, &min) || !count(j, "maxDelayTarget", 20, &max) ||
        !count(j, "numRetries", 3, &n) || !count(j, "numNoDelayRetries", 0, &no) ||
        !count(j, "numMinDelayRetries", 0, &pre) || !count(j, "numMaxDelayRetries", 0, &post) ||
        !curve_of(json_object_get(j, "backoffFunction"), &curve))
        return false;
    return retry_law_policy(&p->law, min, max, n, no, pre, post, curve, NULL);
}

static bool policy_of(const json_t *j, const char *retry, const char *throttle,
                      struct sns_policy *p)
{
    int64_t rate;
    const json_t *r = json_object_get(j, retry);
    p->given = true;
    p->law = retry_law_http();
    if (r != NULL && !json_is_null(r) && (!json_is_object(r) || !retries(r, p)))
        return false;
    if (!count(json_object_get(j, throttle), "maxReceivesPerSecond", 0, &rate) || rate < 0 ||
        rate > UINT32_MAX)
        return false;
    p->per_second = (uint32_t)rate;
    return true;
}

bool sns_json_policy(struct sns_text t, struct sns_policy *p, bool *disable_overrides)
{
    json_t *j = load(t);
    const json_t *http = json_object_get(j, "http");
    *p = (struct sns_policy){0};
    *disable_overrides = json_is_true(json_object_get(http, "disableSubscriptionOverrides"));
    bool ok = j != NULL && (http == NULL ? policy_of(j, "healthyRetryPolicy", "throttlePolicy", p)
                                         : policy_of(http, "defaultHealthyRetryPolicy",
                                                     "defaultThrottlePolicy", p));
    json_decref(j);
    return ok;
}

/* --- archive and replay --- */

bool sns_json_archive(struct sns_text t, int64_t *days)
{
    json_t *j = load(t);
    const json_t *v = json_object_get(j, "MessageRetentionPeriod");
    const char *s = json_string_value(v);
    *days = json_is_integer(v) ? json_integer_value(v) : 0;
    bool ok = j != NULL && (v == NULL || s != NULL || json_is_integer(v));
    for (; ok && s != NULL && *s != '\0'; s++) {
        ok = *s >= '0' && *s <= '9' && *days < 1000;
        *days = *days * 10 + (*s - '0');
    }
    json_decref(j);
    return ok && (v == NULL || *days >= 1);
}

static bool digits(const char **s, int n, int64_t *out)
{
    *out = 0;
    for (; n > 0; n--, ++*s) {
        if (**s < '0' || **s > '9')
            return false;
        *out = *out * 10 + (**s - '0');
    }
    return true;
}

static bool mark(const char **s, char c)
{
    return *(*s)++ == c;
}

static int64_t days_from(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = y / 400, yoe = y - era * 400,
            doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static bool time_of(const json_t *j, sim_time otherwise, sim_time *t)
{
    const char *s = json_string_value(j);
    int64_t y, mo, d, h, mi, sec, ms = 0;
    *t = otherwise;
    if (j == NULL)
        return true;
    if (s == NULL || !digits(&s, 4, &y) || !mark(&s, '-') || !digits(&s, 2, &mo) ||
        !mark(&s, '-') || !digits(&s, 2, &d) || !mark(&s, 'T') || !digits(&s, 2, &h) ||
        !mark(&s, ':') || !digits(&s, 2, &mi) || !mark(&s, ':') || !digits(&s, 2, &sec))
        return false;
    if (*s == '.' && (s++, !digits(&s, 3, &ms)))
        return false;
    *t = ((days_from(y, mo, d) * 24 + h) * 60 + mi) * 60 * SIM_S + sec * SIM_S + ms * SIM_MS;
    return strcmp(s, "Z") == 0;
}

bool sns_json_replay(struct sns_text t, sim_time *from, sim_time *to)
{
    json_t *j = load(t);
    const char *type = json_string_value(json_object_get(j, "PointType"));
    const json_t *start = json_object_get(j, "StartingPoint");
    bool ok = type != NULL && strcmp(type, "Timestamp") == 0 && start != NULL &&
              time_of(start, 0, from) && time_of(json_object_get(j, "EndingPoint"), SIM_NEVER, to);
    json_decref(j);
    return ok;
}

/* --- messages --- */

enum sns_outcome sns_json_structure(struct sns_text t, const char *protocol, struct sns_string *out)
{
    json_t *j = load(t);
    const json_t *fallback = json_object_get(j, "default"), *own = json_object_get(j, protocol);
    enum sns_outcome o = j == NULL                   ? SNS_BAD_JSON
                         : !json_is_string(fallback) ? SNS_NO_DEFAULT
                                                     : SNS_OK;
    if (o == SNS_OK) {
        const json_t *text = json_is_string(own) ? own : fallback;
        sns_string_add(out, json_string_value(text), json_string_length(text));
    }
    json_decref(j);
    return o;
}

bool sns_json_keys(struct sns_text t, char *out, size_t size)
{
    json_t *j = load(t);
    size_t n = 0;
    out[0] = '\0';
    for (void *at = json_object_iter(j); at != NULL && n < size; at = json_object_iter_next(j, at))
        n += (size_t)snprintf(out + n, size - n, "%s%s", n == 0 ? "" : "+",
                              json_object_iter_key(at));
    bool ok = j != NULL;
    json_decref(j);
    return ok;
}
