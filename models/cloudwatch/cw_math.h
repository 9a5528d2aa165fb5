/* cw_math.h - metric math: numbers and metrics with + - * /, parentheses, min, max, ceil and floor.
 *
 *   sum      product { (+ | -) product }         + - * / stand between blanks: names may hold '-' and '/'
 *   product  atom { (* | /) atom }
 *   atom     number | name | ( sum ) | function( sum { , sum } )
 *
 * What has no value - a metric without datapoint, a quotient with 0 below - makes the whole have none (ASG-20). */
#ifndef CW_MATH_H
#define CW_MATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ratio.h"

#define CW_MATH_NODES 64
#define CW_MATH_NAMES 8

struct cw_math_error {
    size_t column;
    char text[160];
};
enum cw_math_op { CW_NUMBER, CW_NAME, CW_ADD, CW_SUB, CW_MUL, CW_DIV, CW_MIN, CW_MAX, CW_CEIL, CW_FLOOR };
struct cw_math {
    struct cw_node { /* operands come before what they belong to */
        enum cw_math_op op;
        uint32_t left, right;
        uint32_t name; /* CW_NAME */
        struct ratio number;
    } node[CW_MATH_NODES];
    uint32_t n_node;
    struct {
        const char *at; /* in the text that was parsed, which must live on */
        size_t length;
    } name[CW_MATH_NAMES]; /* each different one once */
    uint32_t n_name;
};

/* false: *e says where and what. */
bool cw_math_parse(struct cw_math *, const char *text, struct cw_math_error *e);
/* The value of name number i; false: it has none. */
typedef bool cw_math_value(void *ctx, uint32_t name, struct ratio *);
bool cw_math_evaluate(const struct cw_math *, cw_math_value *, void *ctx, struct ratio *);

#endif
