/* cw_math.c - an expression read by descent into an array in which operands come first, so that evaluating is one pass. */
#include "cw_math.h"

#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 16
#define NOWHERE   UINT32_MAX

struct reading {
    struct cw_math *m;
    const char *text, *at;
    int depth;
    struct cw_math_error *e;
};

static uint32_t refuse(struct reading *r, const char *what)
{
    if (r->e->text[0] == '\0') {
        r->e->column = (size_t)(r->at - r->text);
        snprintf(r->e->text, sizeof(r->e->text), "%s", what);
    }
    return NOWHERE;
}

static void skip(struct reading *r)
{
    while (*r->at == ' ' || *r->at == '\t' || *r->at == '\n')
        r->at++;
}

static uint32_t add(struct reading *r, struct cw_node node)
{
    if (r->m->n_node == CW_MATH_NODES)
        return refuse(r, "the expression is too long");
    r->m->node[r->m->n_node] = node;
    return r->m->n_node++;
}

static uint32_t join(struct reading *r, enum cw_math_op op, uint32_t left, uint32_t right)
{
    if (left == NOWHERE || right == NOWHERE)
        return NOWHERE;
    return add(r, (struct cw_node){.op = op, .left = left, .right = right});
}

static uint32_t sum(struct reading *);

static uint32_t number(struct reading *r)
{
    char digits[24];
    size_t n = strspn(r->at, "0123456789.");
    struct cw_node node = {.op = CW_NUMBER};
    snprintf(digits, sizeof(digits), "%.*s", (int)(n < 23 ? n : 23), r->at);
    if (n > 22 || !ratio_parse(digits, &node.number))
        return refuse(r, "a number of up to 18 digits is wanted");
    r->at += n;
    return add(r, node);
}

static size_t name_length(const char *s)
{
    size_t n = 0, depth = 0;
    for (; s[n] != '\0'; n++) {
        bool word = (s[n] >= 'a' && s[n] <= 'z') || (s[n] >= 'A' && s[n] <= 'Z') || (s[n] >= '0' && s[n] <= '9');
        depth += s[n] == '[';
        if (!word && strchr("._-[]", s[n]) == NULL && (depth == 0 || s[n] == ' '))
            break;
        depth -= s[n] == ']' && depth > 0;
    }
    return n;
}

static uint32_t name(struct reading *r, size_t n)
{
    uint32_t i = 0;
    struct cw_math *m = r->m;
    while (i < m->n_name && (m->name[i].length != n || memcmp(m->name[i].at, r->at, n) != 0))
        i++;
    if (i == CW_MATH_NAMES)
        return refuse(r, "more than eight different metrics");
    if (i == m->n_name) {
        m->name[i].at = r->at;
        m->name[m->n_name++].length = n;
    }
    r->at += n;
    return add(r, (struct cw_node){.op = CW_NAME, .name = i});
}

/* After the opening parenthesis. min and max of one operand are that operand. */
static uint32_t function(struct reading *r, enum cw_math_op op)
{
    uint32_t all = sum(r);
    for (skip(r); all != NOWHERE && (op == CW_MIN || op == CW_MAX) && *r->at == ','; skip(r)) {
        r->at++;
        all = join(r, op, all, sum(r));
    }
    if (all == NOWHERE || *r->at != ')')
        return refuse(r, "')' is wanted");
    r->at++;
    return op == CW_CEIL || op == CW_FLOOR ? join(r, op, all, all) : all;
}

static uint32_t word(struct reading *r)
{
    static const char *const known[] = {"min", "max", "ceil", "floor"};
    size_t n = name_length(r->at);
    for (unsigned i = 0; i < 4; i++)
        if (n == strlen(known[i]) && memcmp(r->at, known[i], n) == 0 && r->at[n] == '(') {
            r->at += n + 1;
            return function(r, (enum cw_math_op)(CW_MIN + i));
        }
    return n == 0 ? refuse(r, "a metric, a number or '(' is wanted") : name(r, n);
}

static uint32_t atom(struct reading *r)
{
    uint32_t node;
    skip(r);
    if (++r->depth > DEPTH_MAX)
        return refuse(r, "parentheses are nested too deeply");
    if (*r->at == '(') {
        r->at++;
        node = function(r, CW_NUMBER); /* no list */
    } else {
        node = (*r->at >= '0' && *r->at <= '9') ? number(r) : word(r);
    }
    r->depth--;
    return node;
}

static uint32_t chain(struct reading *r, const char *signs, enum cw_math_op first, uint32_t (*operand)(struct reading *))
{
    uint32_t left = operand(r);
    for (skip(r); left != NOWHERE && *r->at != '\0' && strchr(signs, *r->at) != NULL; skip(r)) {
        enum cw_math_op op = *r->at == signs[0] ? first : first + 1;
        r->at++;
        left = join(r, op, left, operand(r));
    }
    return left;
}

static uint32_t product(struct reading *r)
{
    return chain(r, "*/", CW_MUL, atom);
}

static uint32_t sum(struct reading *r)
{
    return chain(r, "+-", CW_ADD, product);
}

bool cw_math_parse(struct cw_math *m, const char *text, struct cw_math_error *e)
{
    struct reading r = {m, text, text, 0, e};
    *e = (struct cw_math_error){0};
    m->n_node = m->n_name = 0;
    if (sum(&r) == NOWHERE)
        return false;
    if (*r.at != '\0')
        refuse(&r, "'+', '-', '*', '/' or the end is wanted");
    return e->text[0] == '\0';
}

/* --- evaluation --- */

static bool combine(enum cw_math_op op, struct ratio a, struct ratio b, struct ratio *out)
{
    switch (op) {
    case CW_ADD:
        *out = ratio_add(a, b);
        break;
    case CW_SUB:
        *out = ratio_sub(a, b);
        break;
    case CW_MUL:
        *out = ratio_mul(a, b);
        break;
    case CW_DIV:
        if (b.num == 0)
            return false;
        *out = ratio_div(a, b);
        break;
    case CW_MIN:
        *out = ratio_cmp(a, b) <= 0 ? a : b;
        break;
    case CW_MAX:
        *out = ratio_cmp(a, b) >= 0 ? a : b;
        break;
    case CW_CEIL:
        *out = ratio_int(ratio_ceil(a));
        break;
    default:
        *out = ratio_int(ratio_floor(a));
    }
    return true;
}

bool cw_math_evaluate(const struct cw_math *m, cw_math_value *value, void *ctx, struct ratio *out)
{
    struct ratio v[CW_MATH_NODES];
    for (uint32_t i = 0; i < m->n_node; i++) {
        const struct cw_node *n = &m->node[i];
        if (n->op == CW_NUMBER)
            v[i] = n->number;
        else if (n->op == CW_NAME ? !value(ctx, n->name, &v[i]) : !combine(n->op, v[n->left], v[n->right], &v[i]))
            return false;
    }
    *out = v[m->n_node - 1];
    return true;
}
