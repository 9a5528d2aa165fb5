/* tree.c - branches follow the messages: below an entity stand those to whom it sends, whom it calls, and those who read
 * from it. Roots are entities to which nothing flows, producers first, for there a request's way begins, and what only
 * steers or breaks others last; an entity that was shown before is only named. */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "cli.h"
#include "ties.h"

#define MAX_DEPTH 40

struct tree {
    struct ties ties;
    bool       *shown, *reached;
    char        indent[MAX_DEPTH * 4 + 1];
};

/* What a branch says between the setting and the entity. */
static const char *const arrows[] = {
    [TIE_SENDS] = " ->", [TIE_READS] = " ->", [TIE_DEAD] = " x>", [TIE_STEERS] = " ~>", [TIE_WATCHES] = " <~", [TIE_NAMES] = ":"};

/* The one below whom a tie is a branch, and the one at its end. */
static const struct spec_entity *above(const struct tie *t)
{
    return t->kind == TIE_READS ? t->to : t->from;
}

static const struct spec_entity *below(const struct tie *t)
{
    return t->kind == TIE_READS ? t->from : t->to;
}

static bool is_mention(const struct tie *t)
{
    return t->kind == TIE_WATCHES || t->kind == TIE_NAMES;
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

static void print_branch(struct tree *t, const struct tie *tie, bool last)
{
    size_t depth = strlen(t->indent);
    printf("%s%s %s%s ", t->indent, last ? "`--" : "|--", tie->kind == TIE_READS ? "read by" : tie->key, arrows[tie->kind]);
    if (is_mention(tie)) {
        printf("%s\n", tie->to->path);
        return;
    }
    if (depth + 5 < sizeof t->indent)
        memcpy(t->indent + depth, last ? "    " : "|   ", 5);
    print_entity(t, below(tie));
    t->indent[depth] = 0;
}

/* The last one is drawn differently. */
static void print_below(struct tree *t, const struct spec_entity *e)
{
    size_t left = 0;
    for (size_t i = 0; i < t->ties.n; i++)
        left += above(&t->ties.tie[i]) == e;
    for (size_t i = 0; i < t->ties.n; i++)
        if (above(&t->ties.tie[i]) == e)
            print_branch(t, &t->ties.tie[i], --left == 0);
}

enum { PRODUCERS, OTHER_ROOTS, STEERING, ON_LOOPS_ONLY, PASSES };

static bool is_now(const struct tree *t, const struct spec_entity *e, int pass)
{
    static const char *const late[] = {"alarm", "fault", "group", "scaling"};
    bool                     steers = false;
    for (size_t i = 0; i < ARRAY_LEN(late); i++)
        steers |= strcmp(e->kind, late[i]) == 0;
    if (pass == PRODUCERS)
        return strcmp(e->kind, "producer") == 0;
    return pass == ON_LOOPS_ONLY || (!t->reached[e->index] && steers == (pass == STEERING));
}

/* A template of an event is a leaf of those who name it; what is merely watched or counts as success is reached otherwise. */
static void mark_reached(struct tree *t)
{
    for (size_t i = 0; i < t->ties.n; i++) {
        const struct tie *tie = &t->ties.tie[i];
        if (strcmp(tie->to->kind, "event") == 0)
            t->shown[tie->to->index] = true;
        if (!is_mention(tie))
            t->reached[below(tie)->index] = true;
    }
}

bool tree_print(const struct spec *s)
{
    struct tree t = {.indent = ""};
    t.shown = calloc((size_t)s->n_entity + 1, sizeof *t.shown);
    t.reached = calloc((size_t)s->n_entity + 1, sizeof *t.reached);
    bool ok = t.shown != NULL && t.reached != NULL && ties_open(&t.ties, s);
    if (ok)
        mark_reached(&t);
    for (int pass = PRODUCERS; ok && pass < PASSES; pass++)
        for (uint32_t i = 0; i < s->n_entity; i++)
            if (!t.shown[i] && is_now(&t, &s->entity[i], pass))
                print_entity(&t, &s->entity[i]);
    ties_close(&t.ties);
    free(t.shown);
    free(t.reached);
    return ok;
}
