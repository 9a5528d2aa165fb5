/* bare_bus.c - the plain way: rules and events stay parsed JSON, and each rule is walked through
 * side by side with the event. It knows just what the bus of the bench needs. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "bus.h"

static bool range_holds(const json_t *list, double x)
{
    for (size_t i = 0; i + 1 < json_array_size(list); i += 2) {
        const char *op = json_string_value(json_array_get(list, i));
        double y = json_number_value(json_array_get(list, i + 1));
        bool holds = strcmp(op, "=") == 0    ? x == y
                     : strcmp(op, "<") == 0  ? x < y
                     : strcmp(op, "<=") == 0 ? x <= y
                     : strcmp(op, ">") == 0  ? x > y
                                             : x >= y;
        if (!holds)
            return false;
    }
    return true;
}

static bool in_list(const json_t *list, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_equal(json_array_get(list, i), value))
            return true;
    return false;
}

static bool operator_holds(const json_t *condition, const json_t *value)
{
    const json_t *with;
    const char *s = json_string_value(value);
    if ((with = json_object_get(condition, "prefix")) != NULL)
        return s != NULL && strncmp(s, json_string_value(with), json_string_length(with)) == 0;
    if ((with = json_object_get(condition, "suffix")) != NULL)
        return s != NULL && json_string_length(value) >= json_string_length(with) &&
               strcmp(s + json_string_length(value) - json_string_length(with),
                      json_string_value(with)) == 0;
    if ((with = json_object_get(condition, "numeric")) != NULL)
        return json_is_number(value) && range_holds(with, json_number_value(value));
    if ((with = json_object_get(condition, "anything-but")) != NULL)
        return !in_list(with, value);
    if ((with = json_object_get(condition, "equals-ignore-case")) != NULL)
        return s != NULL && strcasecmp(s, json_string_value(with)) == 0;
    return true; /* exists */
}

static bool field_holds(const json_t *conditions, const json_t *value)
{
    for (size_t i = 0; value != NULL && i < json_array_size(conditions); i++) {
        const json_t *c = json_array_get(conditions, i);
        if (json_is_object(c) ? operator_holds(c, value) : json_equal(c, value))
            return true;
    }
    return false;
}

static bool rule_holds(json_t *rule, const json_t *event)
{
    const char *key;
    json_t *node;
    json_object_foreach(rule, key, node)
    {
        const json_t *value = json_object_get(event, key);
        bool holds = false;
        if (strcmp(key, "$or") == 0)
            for (size_t i = 0; i < json_array_size(node) && !holds; i++)
                holds = rule_holds(json_array_get(node, i), event);
        else
            holds = json_is_object(node) ? value != NULL && rule_holds(node, value)
                                         : field_holds(node, value);
        if (!holds)
            return false;
    }
    return true;
}

struct walk {
    json_t *rule[32], *event[32];
};

static json_t *load(const char *text)
{
    char copy[1000];
    snprintf(copy, sizeof(copy), "%s", text);
    for (char *c = copy; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    return json_loads(copy, JSON_DECODE_INT_AS_REAL, NULL);
}

static bool walk_open(struct walk *w)
{
    bool good = true;
    for (uint32_t i = 0; i < n_bus_rules; i++)
        good &= (w->rule[i] = load(bus_rules[i])) != NULL;
    for (uint32_t i = 0; i < n_bus_events; i++)
        good &= (w->event[i] = load(bus_events[i])) != NULL;
    return good;
}

static void walk_close(struct walk *w)
{
    for (uint32_t i = 0; i < n_bus_rules; i++)
        json_decref(w->rule[i]);
    for (uint32_t i = 0; i < n_bus_events; i++)
        json_decref(w->event[i]);
}

static uint64_t judge_all(const struct walk *w)
{
    uint64_t n = 0;
    for (uint32_t k = 0; k < n_bus_events; k++)
        for (uint32_t i = 0; i < n_bus_rules; i++)
            n += rule_holds(w->rule[i], w->event[k]);
    return n;
}

static uint64_t rounds_of(uint64_t rounds, double *ns, struct err *err)
{
    struct walk w = {{NULL}, {NULL}};
    uint64_t found = 0;
    bool good = walk_open(&w);
    double start = bench_clock();
    for (uint64_t i = 0; good && i < rounds; i++)
        found += judge_all(&w);
    *ns = bench_clock() - start;
    walk_close(&w);
    if (!good)
        err_set(err, ERR_OS, "out of memory");
    return found;
}

uint64_t bare_bus_matches(struct err *err)
{
    double ns;
    return rounds_of(1, &ns, err);
}

bool bare_bus(double scale, struct bench_sample *s, struct err *err)
{
    uint64_t rounds = (uint64_t)(BUS_EVENTS / 100 * scale / n_bus_events) + 1;
    s->items = (double)rounds * n_bus_events;
    return rounds_of(rounds, &s->ns, err) > 0;
}
