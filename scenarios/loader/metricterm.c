/* metricterm.c - sums on their own. */
#include "metricterm.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "codes.h"
#include "metricexpr_int.h"

struct metricterm {
    const struct sum *sum;
};

const struct metricterm *metricterm_parse(struct pool *pool, const char *text,
                                          const struct metricnames *names,
                                          struct metricexpr_error *e)
{
    struct metric_parser p = {pool, text, 0, 0, names, e};
    struct metricterm *term = pool_get(pool, sizeof(*term));
    *e = (struct metricexpr_error){0};
    term->sum = metricsum_parse(&p);
    if (term->sum == NULL)
        return NULL;
    metricsum_skip(&p);
    if (text[p.at] == '\0')
        return term;
    metricexpr_refuse(e, AB_EXPRESSION, p.at, strlen(text) - p.at, "'%s' is not expected here",
                      text + p.at);
    if (strchr("+-*/", text[p.at]) != NULL)
        snprintf(e->label, sizeof(e->label), "'%c' needs blanks around it", text[p.at]);
    return NULL;
}

double metricterm_value(const struct metricterm *t, metricexpr_value *value, void *ctx)
{
    return metricsum_value(t->sum, value, ctx);
}

enum metric_unit metricterm_unit(const struct metricterm *t)
{
    if (t->sum->unit == SUM_PERCENT)
        return UNIT_SHARE;
    return t->sum->unit >= SUM_BARE ? UNIT_ONE : (enum metric_unit)t->sum->unit;
}

bool metricexpr_say(const struct metricexpr_error *e, const char *text, struct err *err)
{
    if (e->label[0] != '\0')
        return err_set(err, ERR_DATA, "'%s': %s (%s)", text, e->text, e->label);
    return err_set(err, ERR_DATA, "'%s': %s", text, e->text);
}

struct metricside metricexpr_side(const struct metricexpr *e, uint32_t number)
{
    static const struct metricside side[] = {
        [OP_LESS] = {"<", -1},       [OP_LESS_EQUAL] = {"<=", -1}, [OP_MORE] = {">", 1},
        [OP_MORE_EQUAL] = {">=", 1}, [OP_EQUAL] = {"==", 0},       [OP_NOT_EQUAL] = {"!=", 0},
    };
    return side[e->item[number].op];
}
