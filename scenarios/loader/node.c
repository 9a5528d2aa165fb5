/* node.c */
#include "node.h"

#include <string.h>

#include "check.h"

const struct node *node_child(const struct node *group, const char *name)
{
    for (size_t i = 0; group != NULL && i < group->n; i++)
        if (group->child[i]->name != NULL && strcmp(group->child[i]->name, name) == 0)
            return group->child[i];
    return NULL;
}

/* The offset is good as long as every byte before it stands in the source as itself. */
struct place node_place_at(const struct node *n, size_t offset)
{
    struct place place = n->place;
    size_t quote = n->type == NODE_STRING && n->token != NULL;
    if (n->token == NULL) {
        place.column += n->type == NODE_WORD && place.column > 0 ? (int)offset : 0;
        place.width = place.width > (int)offset ? place.width - (int)offset : 1;
        return n->place.file == NULL ? n->place : place;
    }
    const struct token *t = n->token;
    const char *source = token_text(t);
    if (t->kind == TOKEN_STRING && n->type == NODE_WORD)
        return n->place;
    if (offset + 2 * quote >= t->length || strncmp(source + quote, n->text, offset) != 0 ||
        memchr(source, '\n', offset + quote) != NULL)
        return n->place;
    return source_place(t->source, t->at + quote + offset, 1, t->line);
}

const char *node_type_name(const struct node *n)
{
    static const char *const names[] = {
        "a group { }", "a list ( )",       "an array [ ]",        "a text",
        "a number",    "a decimal number", "a flag (true/false)", "a value"};
    return names[n->type];
}

struct node *node_new(struct pool *pool, enum node_type type, const char *name)
{
    struct node *n = pool_get(pool, sizeof(*n));
    n->type = type;
    n->name = name;
    return n;
}

void node_add(struct pool *pool, struct node *parent, struct node *child)
{
    parent->child = pool_grow(pool, parent->child, parent->n, &parent->cap, sizeof(struct node *));
    parent->child[parent->n++] = child;
}

static struct node *shallow_copy(struct pool *pool, const struct node *n)
{
    struct node *copy = pool_get(pool, sizeof(*copy));
    *copy = *n;
    copy->child = pool_array(pool, n->n, sizeof(struct node *));
    if (n->n > 0)
        memcpy(copy->child, n->child, n->n * sizeof(struct node *));
    copy->cap = n->n;
    return copy;
}

static size_t find(const struct node *group, const char *name)
{
    size_t i = 0;
    while (i < group->n &&
           (group->child[i]->name == NULL || strcmp(group->child[i]->name, name) != 0))
        i++;
    return i;
}

struct node *node_merge(struct pool *pool, struct node *base, struct node *over)
{
    if (base == NULL || over == NULL)
        return over == NULL ? base : over;
    if (base->type != NODE_GROUP || over->type != NODE_GROUP)
        return over;
    struct node *both = shallow_copy(pool, base);
    both->place = over->place;
    both->name_place = over->name_place;
    for (size_t i = 0; i < over->n; i++) {
        size_t at = find(base, over->child[i]->name);
        if (at < base->n)
            both->child[at] = node_merge(pool, base->child[at], over->child[i]);
        else
            node_add(pool, both, over->child[i]);
    }
    return both;
}

/* --- paths --- */

static bool is_name_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

static bool parse_index(const char *text, size_t length, size_t *at, struct step *step)
{
    size_t from = *at, value = 0;
    for (++*at; *at < length && text[*at] >= '0' && text[*at] <= '9' && value < 100000000; ++*at)
        value = value * 10 + (size_t)(text[*at] - '0');
    if (*at >= length || text[*at] != ']' || *at == from + 1)
        return false;
    ++*at;
    *step = (struct step){.index = value, .at = from, .length = *at - from};
    return true;
}

size_t path_parse(struct pool *pool, const char *text, size_t length, struct step *steps)
{
    size_t n = 0, at = 0;
    for (;;) {
        size_t from = at;
        while (at < length && is_name_char(text[at]))
            at++;
        if (at == from || n == STEPS_MAX)
            return 0;
        steps[n++] = (struct step){
            .name = pool_text(pool, text + from, at - from), .at = from, .length = at - from};
        while (at < length && text[at] == '[')
            if (n == STEPS_MAX || !parse_index(text, length, &at, &steps[n++]))
                return 0;
        if (at == length)
            return n;
        if (text[at++] != '.')
            return 0;
    }
}

/* Index of the step's child, or n when there is none. */
static size_t step_child(const struct node *n, const struct step *s)
{
    if (s->name != NULL)
        return n->type == NODE_GROUP ? find(n, s->name) : n->n;
    return n->type == NODE_GROUP || s->index > n->n ? n->n : s->index;
}

const struct node *node_at(const struct node *root, const struct step *step, size_t n,
                           size_t *missing)
{
    for (size_t i = 0; i < n; i++) {
        size_t child = step_child(root, &step[i]);
        if (child >= root->n) {
            *missing = i;
            return NULL;
        }
        root = root->child[child];
    }
    return root;
}

struct node *node_without(struct pool *pool, const struct node *root, const struct step *step,
                          size_t n)
{
    struct node *copy = shallow_copy(pool, root);
    size_t at = step_child(root, step);
    CHECK(at < root->n);
    if (n > 1) {
        copy->child[at] = node_without(pool, root->child[at], step + 1, n - 1);
        return copy;
    }
    memmove(copy->child + at, copy->child + at + 1, (root->n - at - 1) * sizeof(struct node *));
    copy->n--;
    return copy;
}

struct node *node_with(struct pool *pool, const struct node *root, const struct step *step,
                       size_t n, struct node *value)
{
    struct node *copy = shallow_copy(pool, root);
    size_t at = step_child(root, step);
    if (n == 1) {
        value->name = step->name;
        value->name_place = step->place;
    }
    if (at < root->n) {
        copy->child[at] = n == 1 ? value : node_with(pool, root->child[at], step + 1, n - 1, value);
        return copy;
    }
    CHECK(root->type == NODE_GROUP && step->name != NULL);
    struct node *child = value;
    if (n > 1) {
        struct node *group = node_new(pool, NODE_GROUP, step->name);
        group->name_place = group->place = step->place;
        child = node_with(pool, group, step + 1, n - 1, value);
    }
    node_add(pool, copy, child);
    return copy;
}
