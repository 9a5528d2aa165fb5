/* metriceval.c - what an expression says of a result. */
#include <math.h>

#include "metricexpr_int.h"

double metricsum_value(const struct sum *s, metricexpr_value *value, void *ctx)
{
    switch (s->kind) {
    case SUM_VALUE:
        return s->value;
    case SUM_METRIC:
        return value(ctx, s->ref);
    case SUM_ADD:
        return metricsum_value(s->left, value, ctx) + metricsum_value(s->right, value, ctx);
    case SUM_SUBTRACT:
        return metricsum_value(s->left, value, ctx) - metricsum_value(s->right, value, ctx);
    case SUM_MULTIPLY:
        return metricsum_value(s->left, value, ctx) * metricsum_value(s->right, value, ctx);
    default:
        return metricsum_value(s->left, value, ctx) / metricsum_value(s->right, value, ctx);
    }
}

static bool holds(enum compare_op op, double a, double b)
{
    switch (op) {
    case OP_LESS:
        return a < b;
    case OP_LESS_EQUAL:
        return a <= b;
    case OP_MORE:
        return a > b;
    case OP_MORE_EQUAL:
        return a >= b;
    case OP_EQUAL:
        return a == b;
    default:
        return a != b;
    }
}

uint32_t metricexpr_count(const struct metricexpr *e)
{
    return (uint32_t)e->n;
}

struct comparison metricexpr_compare(const struct metricexpr *e, uint32_t number,
                                     metricexpr_value *value, void *ctx)
{
    const struct compare_node *c = &e->item[number];
    struct comparison out = {.text = c->text,
                             .left = metricsum_value(c->left, value, ctx),
                             .right = metricsum_value(c->right, value, ctx),
                             .unit = c->unit >= SUM_BARE ? UNIT_ONE : (enum metric_unit)c->unit};
    if (isnan(out.left) || isnan(out.right))
        out.verdict = VERDICT_NO_VALUE;
    else
        out.verdict = holds(c->op, out.left, out.right) ? VERDICT_HOLDS : VERDICT_FAILS;
    return out;
}

enum verdict metricexpr_eval(const struct metricexpr *e, metricexpr_value *value, void *ctx)
{
    enum verdict all = VERDICT_HOLDS;
    for (uint32_t i = 0; i < e->n; i++) {
        enum verdict one = metricexpr_compare(e, i, value, ctx).verdict;
        if (one == VERDICT_FAILS)
            return VERDICT_FAILS;
        if (one == VERDICT_NO_VALUE)
            all = VERDICT_NO_VALUE;
    }
    return all;
}
