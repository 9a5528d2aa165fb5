/* walk.c - every value of the merged scenario with its origin, sorted by path. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "typed.h"

struct walker {
    const struct scenario *s;
    void (*visit)(void *ctx, const char *path, const char *text, const struct place *,
                  const struct key *);
    void *ctx;
    char *path, *text;
    size_t n, cap, text_n, text_cap; /* n: length of the path now */
    bool failed;
};

static bool append(char **buffer, size_t *n, size_t *cap, const char *text)
{
    size_t more = strlen(text);
    if (*n + more + 1 > *cap) {
        size_t size = (*n + more + 1) * 2;
        char *moved = mem_resize(*buffer, size);
        if (moved == NULL)
            return false;
        *buffer = moved;
        *cap = size;
    }
    memcpy(*buffer + *n, text, more + 1);
    *n += more;
    return true;
}

static size_t push(struct walker *w, const char *text)
{
    size_t before = w->n;
    w->failed |= !append(&w->path, &w->n, &w->cap, text);
    return before;
}

static void pop(struct walker *w, size_t before)
{
    w->n = before;
    if (w->path != NULL)
        w->path[before] = '\0';
}

static void say(struct walker *w, const char *text)
{
    w->failed |= !append(&w->text, &w->text_n, &w->text_cap, text);
}

/* A scalar or a list of scalars, as written. */
static void write_node(struct walker *w, const struct node *n)
{
    if (node_is_scalar(n)) {
        say(w, n->text);
        return;
    }
    say(w, n->type == NODE_ARRAY ? "[" : n->type == NODE_LIST ? "(" : "{");
    for (size_t i = 0; i < n->n; i++) {
        say(w, i > 0 ? ", " : " ");
        if (n->child[i]->name != NULL) {
            say(w, n->child[i]->name);
            say(w, " = ");
        }
        write_node(w, n->child[i]);
    }
    say(w, n->type == NODE_ARRAY ? " ]" : n->type == NODE_LIST ? " )" : " }");
}

static void visit(struct walker *w, const char *text, const struct place *place,
                  const struct key *k)
{
    if (!w->failed)
        w->visit(w->ctx, w->path, text, place, k);
}

static void visit_node(struct walker *w, const struct node *n, const struct key *k)
{
    w->text_n = 0;
    write_node(w, n);
    if (!w->failed)
        visit(w, w->text, &n->place, k);
}

static void walk_keys(struct walker *, const struct node *group, const struct key *, uint32_t n,
                      const char *dot);

static void walk_groups(struct walker *w, const struct node *n, const struct key *k)
{
    for (size_t i = 0; i < n->n; i++) {
        char index[32];
        snprintf(index, sizeof(index), "[%zu]", i);
        size_t before = push(w, index);
        walk_keys(w, n->child[i], k->sub, k->n_sub, ".");
        pop(w, before);
    }
}

static void walk_key(struct walker *w, const struct node *n, const struct key *k)
{
    static const struct place nowhere;
    if (n == NULL) {
        if (k->fallback != NULL)
            visit(w, k->fallback, &nowhere, k);
    } else if (n->type == NODE_GROUP && k->type == VALUE_GROUP) {
        walk_keys(w, n, k->sub, k->n_sub, ".");
    } else if (k->type == VALUE_LIST && k->element == VALUE_GROUP && !node_is_scalar(n)) {
        walk_groups(w, n, k);
    } else {
        visit_node(w, n, k);
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const struct key *const *)a)->name, (*(const struct key *const *)b)->name);
}

/* NULL: memory is short. */
static const struct key **sorted_keys(const struct key *key, uint32_t n)
{
    const struct key **sorted = mem_get((n + 1) * sizeof(*sorted));
    for (uint32_t i = 0; sorted != NULL && i < n; i++)
        sorted[i] = &key[i];
    if (sorted != NULL)
        qsort(sorted, n, sizeof(*sorted), by_name);
    return sorted;
}

static void walk_keys(struct walker *w, const struct node *group, const struct key *key, uint32_t n,
                      const char *dot)
{
    const struct key **sorted = sorted_keys(key, n);
    w->failed |= sorted == NULL;
    for (uint32_t i = 0; i < n && !w->failed; i++) {
        size_t before = push(w, dot);
        push(w, sorted[i]->name);
        walk_key(w, node_child(group, sorted[i]->name), sorted[i]);
        pop(w, before);
    }
    mem_release(sorted);
}

static void walk_kind(struct walker *w, const char *kind)
{
    for (uint32_t i = 0; i < w->s->spec.n_entity; i++) {
        const struct spec_entity *e = &w->s->spec.entity[i];
        if (strcmp(e->kind, kind) != 0)
            continue;
        size_t before = push(w, e->path);
        walk_keys(w, node_child(node_child(w->s->root, kind), e->id), e->room->key, e->room->n_key,
                  ".");
        pop(w, before);
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void walk_top(struct walker *w, const char *name)
{
    const struct node *n = node_child(w->s->root, name);
    if (strcmp(name, "run") == 0) {
        size_t before = push(w, name);
        walk_keys(w, n, run_keys, n_run_keys, ".");
        pop(w, before);
    } else if (room_find(name) != NULL) {
        walk_kind(w, name);
    } else {
        size_t before = push(w, name);
        visit_node(w, n, NULL);
        pop(w, before);
    }
}

void scenario_walk(const struct scenario *s,
                   void (*visitor)(void *ctx, const char *path, const char *text,
                                   const struct place *, const struct key *),
                   void *ctx)
{
    struct walker w = {.s = s, .visit = visitor, .ctx = ctx};
    size_t n = 0;
    const char **name = mem_get((s->root->n + 1) * sizeof(*name));
    if (name == NULL)
        return;
    for (size_t i = 0; i < s->root->n; i++)
        if (strcmp(s->root->child[i]->name, "run") != 0)
            name[n++] = s->root->child[i]->name;
    name[n++] = "run"; /* has defaults even where nothing is written */
    qsort(name, n, sizeof(*name), by_text);
    for (size_t i = 0; i < n; i++)
        walk_top(&w, name[i]);
    mem_release(name);
    mem_release(w.path);
    mem_release(w.text);
}
