/* typed_range.c - limits: those of the table, and those that AWS sets and changes over the years
 * (the quota profile). */
#include <string.h>

#include "check.h"
#include "codes.h"
#include "number.h"
#include "quota.h"
#include "typed.h"

int typed_compare(enum value_type type, const struct value *a, const struct value *b)
{
    if (type == VALUE_RATE) {
        __int128 x = (__int128)a->rate.events * b->rate.ns,
                 y = (__int128)b->rate.events * a->rate.ns;
        return (x > y) - (x < y);
    }
    if (type == VALUE_NUMBER)
        return (a->number > b->number) - (a->number < b->number);
    return (a->i > b->i) - (a->i < b->i);
}

static const char *rule_text(struct scenario *s, const char *rule,
                             const struct quota_profile *profile)
{
    if (rule == NULL)
        return profile == NULL ? "" : pool_format(&s->pool, " (quotas %s)", profile->name);
    return profile == NULL ? pool_format(&s->pool, " (%s)", rule)
                           : pool_format(&s->pool, " (%s, quotas %s)", rule, profile->name);
}

static bool refuse(struct scenario *s, const struct where *w, const struct node *n,
                   const char *side, const char *limit, const char *rule)
{
    ADD_ERROR(s, AB_RANGE, &n->place, "%s: %s is %s the limit %s%s", where_text(&s->pool, w),
              n->text, side, limit, rule);
    return false;
}

static bool check_side(struct scenario *s, const struct where *w, const struct key *k,
                       const struct node *n, const struct value *v, bool high)
{
    struct value limit = {0};
    const char *text = high ? k->high : k->low;
    if (text == NULL)
        return true;
    CHECK(typed_quantity(k->type, text, &limit, NULL));
    int order = typed_compare(k->type, v, &limit);
    if (high ? order <= 0 : order >= 0)
        return true;
    return refuse(s, w, n, high ? "above" : "below", text, rule_text(s, k->rule, NULL));
}

static const char *quota_text(struct scenario *s, const struct quota *q)
{
    char text[40];
    if (q->unit == QUOTA_NS)
        quantity_duration_text(q->value, text, sizeof(text));
    else if (q->unit == QUOTA_BYTES)
        quantity_size_text(q->value, text, sizeof(text));
    else
        return pool_format(&s->pool, "%lld%s", (long long)q->value,
                           q->unit == QUOTA_PER_SECOND ? "/s" : "");
    return pool_text(&s->pool, text, strlen(text));
}

static bool check_quota(struct scenario *s, const struct where *w, const struct key *k,
                        const struct node *n, const struct value *v)
{
    const struct quota *q =
        k->quota == NULL || s->spec.quotas == NULL ? NULL : quota_find(s->spec.quotas, k->quota);
    if (q == NULL)
        return true;
    struct value limit = {.i = q->value};
    if (k->type == VALUE_RATE)
        limit.rate = (struct rate){q->value, SIM_S};
    if (k->type == VALUE_NUMBER)
        limit.number = (double)q->value;
    if (typed_compare(k->type, v, &limit) <= 0)
        return true;
    const char *rule = q->rule != NULL ? q->rule : k->rule;
    return refuse(s, w, n, "above", quota_text(s, q), rule_text(s, rule, s->spec.quotas));
}

/* A law is checked where it is a constant: what a law of chance may do at most is no setting. */
static bool check_law(struct scenario *s, const struct where *w, const struct key *k,
                      const struct node *n, const struct value *v)
{
    static const enum value_type types[] = {VALUE_DURATION, VALUE_SIZE, VALUE_COUNT, VALUE_NUMBER};
    struct key plain = *k;
    struct value constant = {0};
    if (!dist_is_constant(v->dist, &constant.i))
        return true;
    plain.type = types[k->unit];
    if (k->unit == DIST_NUMBER)
        constant.number = (double)constant.i;
    return typed_range(s, w, &plain, n, &constant);
}

bool typed_range(struct scenario *s, const struct where *w, const struct key *k,
                 const struct node *n, const struct value *v)
{
    if ((k->flags & KEY_UNLIMITED) != 0 && v->i == INT64_MAX)
        return true;
    switch (k->type) {
    case VALUE_DURATION:
    case VALUE_SIZE:
    case VALUE_COUNT:
    case VALUE_SHARE:
    case VALUE_RATE:
    case VALUE_NUMBER:
        return check_side(s, w, k, n, v, false) && check_quota(s, w, k, n, v) &&
               check_side(s, w, k, n, v, true);
    case VALUE_DIST:
        return check_law(s, w, k, n, v);
    default:
        return true;
    }
}
