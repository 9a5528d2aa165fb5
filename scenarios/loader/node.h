/* node.h - settings as a tree that remembers where each was written. Trees are never changed:
 * merging, removing and overriding make a new root and share what stays the same. */
#ifndef NODE_H
#define NODE_H

#include "scan.h"

enum node_type {
    NODE_GROUP,
    NODE_LIST,  /* ( … ) */
    NODE_ARRAY, /* [ … ] */
    NODE_STRING,
    NODE_INT,
    NODE_FLOAT,
    NODE_BOOL,
    NODE_WORD /* from the command line or a table: written without quotes, may be any scalar */
};

struct node {
    const char *name; /* NULL in lists */
    enum node_type type;
    bool wide; /* NODE_INT: written with L */
    bool bad;  /* a problem was reported for it: say no more */
    struct place name_place, place;
    const char *text;          /* STRING, WORD: decoded; numbers and flags: as written */
    const struct token *token; /* of the value; NULL: no file */
    struct node **child;
    size_t n, cap;
};

const struct node *node_child(const struct node *group,
                              const char *name); /* NULL: none (group may be NULL) */
/* Place of the byte `offset` of a text value: exact for plain strings, else the value's own place.
 */
struct place node_place_at(const struct node *, size_t offset);
/* "a group", "a list", "a text", … */
const char *node_type_name(const struct node *);
static inline bool node_is_scalar(const struct node *n)
{
    return n->type >= NODE_STRING;
}
static inline bool node_is_number(const struct node *n)
{
    return n->type == NODE_INT || n->type == NODE_FLOAT;
}

struct node *node_new(struct pool *, enum node_type, const char *name);
void node_add(struct pool *, struct node *parent, struct node *child);

/* base with over laid on it: groups merge, everything else replaces. Either may be NULL. */
struct node *node_merge(struct pool *, struct node *base, struct node *over);

/* One step of a path: `profile[0]` is two. */
struct step {
    const char *name; /* NULL: an index */
    size_t index;
    size_t at, length;  /* in the text */
    struct place place; /* of what it sets, for node_with; may be empty */
};
#define STEPS_MAX 24
/* Number of steps; 0: the text is no path. */
size_t path_parse(struct pool *, const char *text, size_t length, struct step *steps);

/* The node at the end of the steps. When it is not there: NULL, *missing is the number of the first
 * step that fails. */
const struct node *node_at(const struct node *root, const struct step *, size_t n, size_t *missing);
/* root without / with what stands at the path. All but the last step must exist for without; `with`
 * adds groups. */
struct node *node_without(struct pool *, const struct node *root, const struct step *, size_t n);
struct node *node_with(struct pool *, const struct node *root, const struct step *, size_t n,
                       struct node *value);

#endif
