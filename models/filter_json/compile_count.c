/* compile_count.c - how large a policy is, by its tree alone. A sum over `$or`, a product over
 * keys: just what the expansion into alternatives would count one by one. */
#include <string.h>

#include "compile.h"

static bool is_operator(const char *key)
{
    static const char *const name[] = {"prefix",   "suffix",       "equals-ignore-case",
                                       "wildcard", "cidr",         "numeric",
                                       "exists",   "anything-but", "=",
                                       "<",        "<=",           ">",
                                       ">="};
    for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
        if (strcmp(key, name[i]) == 0)
            return true;
    return false;
}

static bool is_policy(const json_t *j)
{
    const char *key;
    json_t *value;
    if (!json_is_object(j))
        return false;
    json_object_foreach((json_t *)j, key, value)
    {
        if (is_operator(key))
            return false;
    }
    return true;
}

/* Two objects or more, without operators among their keys; else `$or` is a key like any other
 * (SNS-68, EB-29). */
bool compile_is_or(const char *key, const json_t *j)
{
    if (strcmp(key, "$or") != 0 || json_array_size(j) < 2)
        return false;
    for (size_t i = 0; i < json_array_size(j); i++)
        if (!is_policy(json_array_get(j, i)))
            return false;
    return true;
}

static uint64_t times(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* In the body each array counts as often as it is deep (SNS-73). */
uint64_t compile_combinations(enum filter_dialect d, const json_t *policy, unsigned depth)
{
    uint64_t product = 1;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)policy, key, value)
    {
        uint64_t here = 1;
        if (compile_is_or(key, value)) {
            here = 0;
            for (size_t i = 0; i < json_array_size(value); i++)
                here = plus(here, compile_combinations(d, json_array_get(value, i), depth));
        } else if (json_is_object(value)) {
            here = compile_combinations(d, value, depth + 1);
        } else if (json_is_array(value)) {
            here = json_array_size(value) * (d == FILTER_SNS_BODY ? depth : 1);
        }
        product = times(product, here);
    }
    return product;
}

uint64_t compile_alternatives(const json_t *policy)
{
    uint64_t product = 1;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)policy, key, value)
    {
        uint64_t here = 1;
        if (compile_is_or(key, value)) {
            here = 0;
            for (size_t i = 0; i < json_array_size(value); i++)
                here = plus(here, compile_alternatives(json_array_get(value, i)));
        } else if (json_is_object(value)) {
            here = compile_alternatives(value);
        }
        product = times(product, here);
    }
    return product;
}

static bool collect_keys(const json_t *policy, json_t *keys)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)policy, key, value)
    {
        if (!compile_is_or(key, value)) {
            if (json_object_set_new(keys, key, json_true()) != 0)
                return false;
            continue;
        }
        for (size_t i = 0; i < json_array_size(value); i++)
            if (!collect_keys(json_array_get(value, i), keys))
                return false;
    }
    return true;
}

/* Distinct ones on the top level, those of all alternatives together (SNS-72). */
uint32_t compile_keys(const json_t *policy)
{
    json_t *keys = json_object();
    bool good = keys != NULL && collect_keys(policy, keys);
    uint32_t n = good ? (uint32_t)json_object_size(keys) : UINT32_MAX;
    json_decref(keys);
    return n;
}
