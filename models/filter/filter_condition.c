/* filter_condition.c - does a value satisfy a condition? And numbers as SNS compares them. */
#include <math.h>

#include "filter_text.h"

static bool in_range(const struct filter_condition *c, double x)
{
    return (c->open_low ? x > c->range.low : x >= c->range.low) &&
           (c->open_high ? x < c->range.high : x <= c->range.high);
}

static bool in_network(const struct filter_condition *c, const struct filter_value *v)
{
    if (v->n_ip != c->n_ip)
        return false;
    unsigned whole = c->bits / 8, rest = c->bits % 8;
    for (unsigned i = 0; i < whole; i++)
        if (v->ip[i] != c->ip[i])
            return false;
    return rest == 0 || (v->ip[whole] ^ c->ip[whole]) >> (8 - rest) == 0;
}

/* Conditions on strings never hold for another type (SNS-61, EB-22, EB-26). */
static bool text_holds(const struct filter_condition *c, const struct filter_value *v)
{
    switch (c->kind) {
    case COND_STRING:
        return filter_text_equal(&v->text, &c->text);
    case COND_PREFIX:
        return filter_text_starts(&v->text, &c->text);
    case COND_SUFFIX:
        return filter_text_ends(&v->text, &c->text);
    case COND_SAME:
        return filter_text_same(&v->text, &c->text);
    case COND_PREFIX_SAME:
        return filter_text_starts_same(&v->text, &c->text);
    case COND_SUFFIX_SAME:
        return filter_text_ends_same(&v->text, &c->text);
    case COND_WILDCARD:
        return filter_text_wild(&v->text, c->piece, c->n_list);
    case COND_CIDR:
        return in_network(c, v);
    default:
        return false;
    }
}

static bool none_holds(const struct filter_condition *c, const struct filter_value *v)
{
    for (uint32_t i = 0; i < c->n_list; i++)
        if (filter_condition_holds(&c->but[i], v))
            return false;
    return true;
}

bool filter_condition_holds(const struct filter_condition *c, const struct filter_value *v)
{
    switch (c->kind) {
    case COND_NUMBER:
        return v->kind == VALUE_NUMBER && v->number == c->number;
    case COND_TRUE:
        return v->kind == VALUE_TRUE;
    case COND_FALSE:
        return v->kind == VALUE_FALSE;
    case COND_NULL:
        return v->kind == VALUE_NULL;
    case COND_RANGE:
        return v->kind == VALUE_NUMBER && in_range(c, v->number);
    case COND_PRESENT:
        return true;
    case COND_FILLED:
        return v->kind != VALUE_NULL && (v->kind != VALUE_STRING || v->text.n > 0);
    case COND_ABSENT: /* there is a value */
        return false;
    case COND_BUT:
        return none_holds(c, v);
    default:
        return v->kind == VALUE_STRING && text_holds(c, v);
    }
}

/* Rounded to five decimals, in units of the last one: below 2^53, so exact (SNS-69). */
double filter_number_sns(double x)
{
    if (!(x >= -1e9 && x <= 1e9))
        return NAN;
    return (double)(int64_t)(x * 1e5 + (x < 0 ? -0.5 : 0.5));
}
