/* tree.c - every reference of an entity is a branch, named by the setting that holds it ("calls", "source"). Roots are
 * entities that nobody refers to, producers first, for there a request's way begins; an entity that was shown before is
 * only named. */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "room.h"

#define MAX_DEPTH 40

struct tree {
    const struct spec *spec;
    bool              *shown, *referred;
    char               indent[MAX_DEPTH * 4 + 1];
};

typedef void visit_ref(void *ctx, const char *key, const struct spec_entity *);

/* name: of the setting at the top, whatever lies in it. */
static void walk_value(const struct value *v, const char *name, visit_ref *visit, void *ctx)
{
    if (v->absent)
        return;
    if (v->type == VALUE_REF && v->ref != NULL)
        visit(ctx, name, v->ref);
    for (uint32_t i = 0; (v->type == VALUE_GROUP || v->type == VALUE_LIST) && i < v->list.n; i++)
        walk_value(&v->list.item[i], name, visit, ctx);
}

static void walk_entity(const struct spec_entity *e, visit_ref *visit, void *ctx)
{
    for (uint32_t i = 0; i < e->room->n_key; i++)
        walk_value(&e->value[i], e->room->key[i].name, visit, ctx);
}

static void mark(void *ctx, const char *key, const struct spec_entity *to)
{
    (void)key;
    ((struct tree *)ctx)->referred[to->index] = true;
}

/* Branches of one entity are gathered first: the last one is drawn differently. */
struct branches {
    struct {
        const char               *key;
        const struct spec_entity *to;
    } list[64];
    size_t n;
};

static void gather(void *ctx, const char *key, const struct spec_entity *to)
{
    struct branches *b = ctx;
    if (b->n == sizeof b->list / sizeof *b->list)
        return;
    b->list[b->n].key = key;
    b->list[b->n++].to = to;
}

static void print_below(struct tree *t, const struct spec_entity *e);

static void print_entity(struct tree *t, const struct spec_entity *e)
{
    bool again = t->shown[e->index];
    t->shown[e->index] = true;
    printf("%s%s%s%s\n", term_colour(stdout, COLOUR_BOLD), e->path, term_colour(stdout, COLOUR_OFF),
           again ? " (above)" : "");
    if (!again)
        print_below(t, e);
}

static void print_below(struct tree *t, const struct spec_entity *e)
{
    struct branches b = {.n = 0};
    size_t          depth = strlen(t->indent);
    walk_entity(e, gather, &b);
    for (size_t i = 0; i < b.n; i++) {
        bool last = i + 1 == b.n;
        printf("%s%s %s: ", t->indent, last ? "`--" : "|--", b.list[i].key);
        if (depth + 5 < sizeof t->indent)
            memcpy(t->indent + depth, last ? "    " : "|   ", 5);
        print_entity(t, b.list[i].to);
        t->indent[depth] = 0;
    }
}

void tree_print(const struct spec *s)
{
    struct tree t = {.spec = s};
    t.shown = calloc((size_t)s->n_entity + 1, sizeof *t.shown);
    t.referred = calloc((size_t)s->n_entity + 1, sizeof *t.referred);
    for (uint32_t i = 0; t.shown != NULL && t.referred != NULL && i < s->n_entity; i++)
        walk_entity(&s->entity[i], mark, &t);
    enum { PRODUCERS, OTHER_ROOTS, ON_LOOPS_ONLY, PASSES };
    for (int pass = PRODUCERS; pass < PASSES; pass++)
        for (uint32_t i = 0; t.shown != NULL && t.referred != NULL && i < s->n_entity; i++) {
            bool producer = strcmp(s->entity[i].kind, "producer") == 0;
            bool now = pass == PRODUCERS ? producer : pass == ON_LOOPS_ONLY || !t.referred[i];
            if (now && !t.shown[i])
                print_entity(&t, &s->entity[i]);
        }
    free(t.shown);
    free(t.referred);
}
