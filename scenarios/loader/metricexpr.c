/* metricexpr.c - reading comparisons, and seeing to it that both sides mean the same kind of thing.
 */
#include "metricexpr.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "codes.h"
#include "metricexpr_int.h"

bool metricexpr_refuse(struct metricexpr_error *e, int code, size_t at, size_t width,
                       const char *format, ...)
{
    va_list args;
    e->code = code;
    e->column = (int)at;
    e->width = width < 1 ? 1 : (int)width;
    e->label[0] = '\0';
    va_start(args, format);
    vsnprintf(e->text, sizeof(e->text), format, args);
    va_end(args);
    return false;
}

static bool parse_op(struct metric_parser *p, enum compare_op *op)
{
    static const struct {
        const char *sign;
        enum compare_op op;
    } ops[] = {{"<=", OP_LESS_EQUAL}, {">=", OP_MORE_EQUAL}, {"==", OP_EQUAL},
               {"!=", OP_NOT_EQUAL},  {"<", OP_LESS},        {">", OP_MORE}};
    metricsum_skip(p);
    for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
        size_t n = strlen(ops[i].sign);
        if (strncmp(p->text + p->at, ops[i].sign, n) == 0) {
            p->at += n;
            *op = ops[i].op;
            return true;
        }
    }
    char c = p->text[p->at];
    metricexpr_refuse(p->e, AB_EXPRESSION, c == '\0' && p->at > 0 ? p->at - 1 : p->at, 1,
                      "a comparison is expected: one of < <= > >= == !=");
    if (c == '=')
        snprintf(p->e->label, sizeof(p->e->label), "did you mean '=='?");
    else if (c != '\0' && strchr("+-*/", c) != NULL)
        snprintf(p->e->label, sizeof(p->e->label), "'%c' needs blanks around it", c);
    return false;
}

static bool join_sides(struct metric_parser *p, struct compare_node *c)
{
    c->unit = metricsum_join(c->left->unit, c->right->unit);
    if (c->unit < 0)
        return metricsum_refuse(p, c->left, c->right), false;
    if (c->unit != UNIT_ONE)
        return true;
    if (c->left->unit == SUM_PERCENT)
        c->left = metricsum_of_offered(p, c->left);
    if (c->right->unit == SUM_PERCENT)
        c->right = metricsum_of_offered(p, c->right);
    return c->left != NULL && c->right != NULL;
}

static bool parse_comparison(struct metric_parser *p, struct compare_node *c)
{
    metricsum_skip(p);
    size_t from = p->at;
    c->left = metricsum_parse(p);
    if (c->left == NULL || !parse_op(p, &c->op))
        return false;
    c->right = metricsum_parse(p);
    if (c->right == NULL || !join_sides(p, c))
        return false;
    c->text = pool_text(p->pool, p->text + from, p->at - from);
    return true;
}

static bool refuse_rest(struct metric_parser *p)
{
    char c = p->text[p->at];
    size_t n = metricsum_name(p->text + p->at);
    metricexpr_refuse(p->e, AB_EXPRESSION, p->at, n, "'and' or the end is expected here");
    if (strchr("+-*/", c) != NULL)
        snprintf(p->e->label, sizeof(p->e->label), "'%c' needs blanks around it", c);
    else if (c == '&' || metricsum_at_word(p, "AND"))
        snprintf(p->e->label, sizeof(p->e->label), "did you mean 'and'?");
    return false;
}

const struct metricexpr *metricexpr_parse(struct pool *pool, const char *text,
                                          const struct metricnames *names,
                                          struct metricexpr_error *e)
{
    struct metric_parser p = {pool, text, 0, 0, names, e};
    struct metricexpr *expr = pool_get(pool, sizeof(*expr));
    *e = (struct metricexpr_error){0};
    for (;;) {
        expr->item = pool_grow(pool, expr->item, expr->n, &expr->cap, sizeof(*expr->item));
        if (!parse_comparison(&p, &expr->item[expr->n]))
            return NULL;
        expr->n++;
        metricsum_skip(&p);
        if (text[p.at] == '\0')
            return expr;
        if (!metricsum_at_word(&p, "and"))
            return refuse_rest(&p) ? expr : NULL;
        p.at += 3;
    }
}
