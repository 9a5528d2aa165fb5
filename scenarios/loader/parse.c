/* parse.c - libconfig's grammar once more, for what libconfig does not tell: the sign where it
 * breaks off, what was expected there, and where a name stood the first time.
 *
 *   group members: name ('=' | ':') value [';' | ',']      value: scalar | text text … | { members
 * } | [ … ] | ( … )
 */
#include "parse.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codes.h"
#include "number.h"

#define DEPTH_MAX   64
#define MEMBERS_MAX 10000

struct parser {
    struct pool *pool;
    struct problems *problems;
    const struct token *at;
    int depth;
    bool twice; /* not the end, but the tree is void */
};

static struct node *parse_value(struct parser *, const char *name);

__attribute__((format(printf, 4, 5))) static struct problem *
refuse(struct parser *p, const struct token *t, int code, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    struct place place = token_place(t);
    return problem_add(p->problems, SEVERITY_ERROR, code, &place, "%s", text);
}

static bool is_mark(const struct token *t, char mark)
{
    return t->kind == TOKEN_MARK && t->mark == mark;
}

static char closing(char open)
{
    return open == '{' ? '}' : open == '[' ? ']' : ')';
}

/* What stands there, for a message. */
static const char *shown(struct parser *p, const struct token *t)
{
    if (t->kind == TOKEN_END)
        return "the end of the file";
    if (t->kind == TOKEN_STRING)
        return "a text";
    return pool_format(p->pool, "'%.*s'", t->length > 40 ? 40 : (int)t->length, token_text(t));
}

static struct problem *refuse_end(struct parser *p, const struct token *open)
{
    struct problem *problem =
        refuse(p, p->at, AB_SYNTAX, "the file ends before '%c' is closed with '%c'", open->mark,
               closing(open->mark));
    problem->second = token_place(open);
    return problem;
}

/* --- members --- */

static int by_name(const void *a, const void *b)
{
    const struct node *x = *(struct node *const *)a, *y = *(struct node *const *)b;
    int order = strcmp(x->name, y->name);
    if (order != 0)
        return order;
    return x->token < y->token ? -1 : x->token > y->token; /* of one array */
}

static void report_twice(struct parser *p, const struct node *first, const struct node *again)
{
    struct problem *problem =
        problem_add(p->problems, SEVERITY_ERROR, AB_TWICE, &again->name_place,
                    "'%s' is set at %s:%d and again at line %d", again->name,
                    first->name_place.file, first->name_place.line, again->name_place.line);
    problem->second = first->name_place;
    if (again->type == NODE_GROUP)
        problem_note(problem, "put both into one group '%s'", again->name);
    p->twice = true;
}

static void check_twice(struct parser *p, const struct node *group)
{
    if (group->n < 2)
        return;
    struct node **sorted = pool_array(p->pool, group->n, sizeof(*sorted));
    memcpy(sorted, group->child, group->n * sizeof(*sorted));
    qsort(sorted, group->n, sizeof(*sorted), by_name);
    for (size_t i = 1, first = 0; i < group->n; i++) {
        if (strcmp(sorted[i]->name, sorted[first]->name) == 0)
            report_twice(p, sorted[first], sorted[i]);
        else
            first = i;
    }
}

static bool refuse_member(struct parser *p)
{
    const struct token *t = p->at;
    struct problem *problem =
        refuse(p, t, AB_SYNTAX, "a setting's name is expected, not %s", shown(p, t));
    if (t->kind == TOKEN_BOOL)
        problem_note(problem, "'%.*s' is a value and cannot be a name", (int)t->length,
                     token_text(t));
    else if (is_mark(t, '}') || is_mark(t, ')') || is_mark(t, ']'))
        problem_note(problem, "nothing is open that this could close");
    else if (is_mark(t, ';'))
        problem_note(problem, "one ';' is enough");
    return false;
}

static bool parse_member(struct parser *p, struct node *group)
{
    const struct token *name = p->at;
    if (name->kind != TOKEN_NAME)
        return refuse_member(p);
    p->at++;
    if (!is_mark(p->at, '=')) {
        refuse(p, p->at, AB_SYNTAX, "'=' is expected after '%.*s', not %s", (int)name->length,
               token_text(name), shown(p, p->at));
        return false;
    }
    p->at++;
    struct node *value = parse_value(p, pool_text(p->pool, token_text(name), name->length));
    if (value == NULL)
        return false;
    value->name_place = token_place(name);
    node_add(p->pool, group, value);
    if (is_mark(p->at, ';') || is_mark(p->at, ','))
        p->at++;
    return true;
}

/* Up to `open`'s closing sign, or to the end of the file when open is NULL. */
static bool parse_members(struct parser *p, struct node *group, const struct token *open)
{
    while (open == NULL ? p->at->kind != TOKEN_END : !is_mark(p->at, '}')) {
        if (p->at->kind == TOKEN_END)
            return refuse_end(p, open), false;
        if (!parse_member(p, group))
            return false;
        if (group->n > MEMBERS_MAX) {
            struct problem *problem = problem_add(p->problems, SEVERITY_ERROR, AB_TOO_MANY,
                                                  &group->child[MEMBERS_MAX]->name_place,
                                                  "more than %d names in one group", MEMBERS_MAX);
            problem_note(problem, "many equal ones are one entity with a count: a fleet's 'size', "
                                  "a service's 'servers'");
            return false;
        }
    }
    check_twice(p, group);
    return true;
}

/* --- values --- */

static enum node_type scalar_type(const struct token *t)
{
    switch (t->kind) {
    case TOKEN_STRING:
        return NODE_STRING;
    case TOKEN_FLOAT:
        return NODE_FLOAT;
    case TOKEN_BOOL:
        return NODE_BOOL;
    default:
        return NODE_INT;
    }
}

/* libconfig would wrap the integer and take the decimal for infinite. */
static void check_number(struct parser *p, struct node *n)
{
    int64_t value;
    struct problem *problem = NULL;
    if (n->type == NODE_FLOAT && !isfinite(number_double(n->text)))
        problem = refuse(p, n->token, AB_NOT_FINITE, "%s is larger than any number", n->text);
    if (n->type == NODE_INT && !number_int(n->text, &value)) {
        problem = refuse(p, n->token, AB_INTEGER, "%s does not fit in 64 bits", n->text);
    } else if (n->type == NODE_INT && !n->wide && value != (int32_t)value) {
        problem = refuse(p, n->token, AB_INTEGER, "%s does not fit; write %sL", n->text, n->text);
        problem_note(problem, "a number above 2147483647 ends with L");
    }
    n->bad = problem != NULL;
}

static struct node *parse_scalar(struct parser *p, const char *name)
{
    const struct token *t = p->at++;
    struct node *n = node_new(p->pool, scalar_type(t), name);
    n->token = t;
    n->place = token_place(t);
    n->wide = t->kind == TOKEN_INT64;
    n->text = t->kind == TOKEN_STRING ? "" : pool_text(p->pool, token_text(t), t->length);
    check_number(p, n);
    while (t->kind == TOKEN_STRING && p->at->kind == TOKEN_STRING)
        p->at++;
    return n;
}

/* libconfig's arrays hold scalars of one type; 10 and 10L are two. */
static bool fits_array(struct parser *p, const struct node *array, const struct node *value,
                       const struct token *t)
{
    if (!node_is_scalar(value)) {
        refuse(p, t, AB_SYNTAX, "an array [ ] holds plain values; a list ( ) holds anything");
        return false;
    }
    if (array->n > 0 &&
        (array->child[0]->type != value->type || array->child[0]->wide != value->wide)) {
        refuse(p, t, AB_SYNTAX, "an array [ ] holds values of one type; a list ( ) holds anything");
        return false;
    }
    return true;
}

static bool parse_elements(struct parser *p, struct node *list, const struct token *open)
{
    if (is_mark(p->at, closing(open->mark)))
        return true;
    for (;;) {
        const struct token *t = p->at;
        struct node *value = parse_value(p, NULL);
        if (value == NULL || (list->type == NODE_ARRAY && !fits_array(p, list, value, t)))
            return false;
        node_add(p->pool, list, value);
        if (is_mark(p->at, closing(open->mark)))
            return true;
        if (p->at->kind == TOKEN_END)
            return refuse_end(p, open), false;
        if (!is_mark(p->at, ',')) {
            refuse(p, p->at, AB_SYNTAX, "',' or '%c' is expected, not %s", closing(open->mark),
                   shown(p, p->at));
            return false;
        }
        if (is_mark(++p->at, closing(open->mark))) {
            struct problem *problem =
                refuse(p, p->at - 1, AB_SYNTAX, "a comma before '%c'", closing(open->mark));
            problem_label(problem, "remove it");
            return false;
        }
    }
}

static struct node *parse_compound(struct parser *p, const char *name)
{
    const struct token *open = p->at++;
    struct node *n = node_new(p->pool,
                              open->mark == '{'   ? NODE_GROUP
                              : open->mark == '[' ? NODE_ARRAY
                                                  : NODE_LIST,
                              name);
    n->token = open;
    n->place = token_place(open);
    if (++p->depth > DEPTH_MAX) {
        refuse(p, open, AB_DEEP, "nested more than %d deep", DEPTH_MAX);
        return NULL;
    }
    bool good = n->type == NODE_GROUP ? parse_members(p, n, open) : parse_elements(p, n, open);
    p->depth--;
    p->at++;
    return good ? n : NULL;
}

static struct node *refuse_value(struct parser *p)
{
    const struct token *t = p->at;
    struct problem *problem = refuse(p, t, AB_SYNTAX, "a value is expected, not %s", shown(p, t));
    if (t->kind == TOKEN_NAME)
        problem_label(problem, "text stands in quotes: \"%.*s\"",
                      t->length > 40 ? 40 : (int)t->length, token_text(t));
    return NULL;
}

static struct node *parse_value(struct parser *p, const char *name)
{
    const struct token *t = p->at;
    if (t->kind == TOKEN_MARK && strchr("{[(", t->mark) != NULL)
        return parse_compound(p, name);
    if (t->kind == TOKEN_MARK || t->kind == TOKEN_NAME || t->kind == TOKEN_END)
        return refuse_value(p);
    return parse_scalar(p, name);
}

struct node *parse_tokens(struct pool *pool, struct problems *problems, const struct scan *scan)
{
    struct parser p = {pool, problems, scan->token, 0, false};
    struct node *root = node_new(pool, NODE_GROUP, NULL);
    return parse_members(&p, root, NULL) && !p.twice ? root : NULL;
}

struct node *parse_single(struct pool *pool, struct problems *problems, const struct scan *scan)
{
    struct parser p = {pool, problems, scan->token, 0, false};
    struct node *value = parse_value(&p, NULL);
    if (value != NULL && p.at->kind != TOKEN_END) {
        refuse(&p, p.at, AB_SYNTAX, "nothing may follow the value");
        return NULL;
    }
    return p.twice ? NULL : value;
}
