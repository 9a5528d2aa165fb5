/* life.c - a list that grows, and the words. */
#include "life.h"

#include <stdio.h>
#include <string.h>

#include "mem.h"

#define LIFE_WORD(name, text) text,
static const char *const words[] = {LIFE_MAP(LIFE_WORD)};

const char *life_word(enum life_what what)
{
    return words[what];
}

enum life_what life_what(const char *word)
{
    int what = 0;
    while (what < LIFE_KINDS && strcmp(words[what], word) != 0)
        what++;
    return (enum life_what)what;
}

static bool room(struct life *l)
{
    if (l->n < l->cap)
        return true;
    if (l->n == LIFE_MAX) {
        l->full = true;
        return false;
    }
    uint32_t cap = l->cap == 0 ? 64 : 2 * l->cap;
    struct life_event *wider = mem_resize(l->event, cap * sizeof(*wider));
    if (wider == NULL) {
        l->failed = true;
        return false;
    }
    l->event = wider;
    l->cap = cap;
    return true;
}

struct life_event *life_add(struct life *l, struct life_event *spare)
{
    struct life_event *e = room(l) ? &l->event[l->n++] : spare;
    *e = (struct life_event){
        .until = SIM_NEVER,
        .value = -1,
        .other = LIFE_NONE,
        .worker = LIFE_NONE,
        .group = LIFE_NONE,
        .cause_producer = LIFE_NONE,
    };
    return e;
}

void life_why(struct life_event *e, const char *text)
{
    snprintf(e->why, sizeof(e->why), "%s", text == NULL ? "" : text);
}

void life_free(struct life *l)
{
    mem_release(l->event);
    *l = (struct life){0};
}
