/* dot.c - the wiring as a graph in Graphviz's language. Arrows point where messages go: from a stream to its readers. What
 * failed is dashed; steering and watching are dotted and do not pull boxes into their ranks. */
#include "tree.h"

#include <stdio.h>
#include <string.h>

#include "check.h"
#include "ties.h"

static const struct {
    const char *kinds, *look;
} looks[] = {
    {"|producer|", "shape=ellipse"},
    {"|queue|stream|kpl|firehose|", "shape=cds"},
    {"|topic|bus|", "shape=hexagon"},
    {"|database|destination|", "shape=cylinder"},
    {"|pool|proxy|", "shape=parallelogram"},
    {"|alarm|scaling|group|fault|", "shape=note, style=dotted"},
};

static const char *look_of(const char *kind)
{
    char word[64];
    snprintf(word, sizeof word, "|%s|", kind);
    for (size_t i = 0; i < ARRAY_LEN(looks); i++)
        if (strstr(looks[i].kinds, word) != NULL)
            return looks[i].look;
    return "shape=box";
}

static void print_quoted(const char *text)
{
    putchar('"');
    for (; *text != 0; text++) {
        if (*text == '"' || *text == '\\')
            putchar('\\');
        putchar(*text == '\n' ? ' ' : *text);
    }
    putchar('"');
}

static void print_tie(const struct tie *t)
{
    static const char *const style[] = {
        [TIE_DEAD] = ", style=dashed",
        [TIE_STEERS] = ", style=dotted, arrowhead=diamond, constraint=false",
        [TIE_WATCHES] = ", style=dotted, arrowhead=open, constraint=false",
        [TIE_NAMES] = NULL,
    };
    bool back = t->kind == TIE_READS || t->kind == TIE_WATCHES; /* what is read or seen comes from `to` */
    if (t->kind == TIE_NAMES)
        return;
    printf("  \"%s\" -> \"%s\" [label=\"%s\"%s];\n", back ? t->to->path : t->from->path, back ? t->from->path : t->to->path,
           t->kind == TIE_READS ? "read by" : t->kind == TIE_WATCHES ? "watched by" : t->key,
           style[t->kind] == NULL ? "" : style[t->kind]);
}

bool dot_print(const struct spec *s)
{
    struct ties t;
    if (!ties_open(&t, s))
        return false;
    printf("digraph ");
    print_quoted(s->title != NULL && *s->title != 0 ? s->title : "scenario");
    printf(" {\n  rankdir=LR;\n  node [fontname=\"Helvetica\"];\n  edge [fontname=\"Helvetica\", fontsize=10];\n");
    for (uint32_t i = 0; i < s->n_entity; i++)
        if (strcmp(s->entity[i].kind, "event") != 0)
            printf("  \"%s\" [%s];\n", s->entity[i].path, look_of(s->entity[i].kind));
    for (size_t i = 0; i < t.n; i++)
        print_tie(&t.tie[i]);
    printf("}\n");
    ties_close(&t);
    return true;
}
