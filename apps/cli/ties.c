/* ties.c - every reference of an entity is a tie; what kind of tie it is follows from the setting that holds it and the kind
 * of entity that has the setting. Alarms and policies name metrics in a text: the entities in it are what they watch. */
#include "ties.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "room.h"

struct walk {
    struct ties              *out;
    const struct spec        *spec;
    const struct spec_entity *from;
    const char               *top; /* the setting of the entity in which the reference lies */
    bool                      dead, failed;
};

static bool one_of(const char *word, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static bool steers(const struct spec_entity *e)
{
    static const char *const kinds[] = {"alarm", "fault", "group", "scaling", NULL};
    return one_of(e->kind, kinds);
}

static bool is_dead(const char *key)
{
    static const char *const keys[] = {"dead_letter", "on_failure", "backup", NULL};
    return one_of(key, keys);
}

/* Alarms set policies off, and tell topics, functions and a bus. */
static bool is_told(const struct spec_entity *from, const struct spec_entity *to)
{
    static const char *const kinds[] = {"bus", "function", "topic", NULL};
    return strcmp(from->kind, "alarm") == 0 && one_of(to->kind, kinds);
}

static enum tie_kind kind_of(const struct walk *w, const char *key, const struct spec_entity *to)
{
    if (strcmp(to->kind, "event") == 0 || strcmp(key, "done_at") == 0)
        return TIE_NAMES;
    if (strcmp(key, "source") == 0)
        return TIE_READS;
    if (steers(w->from) && !is_told(w->from, to))
        return strcmp(key, "queue") == 0 ? TIE_WATCHES : TIE_STEERS;
    return w->dead ? TIE_DEAD : TIE_SENDS;
}

static void add(struct walk *w, enum tie_kind kind, const char *key, const struct spec_entity *to)
{
    static const char *const plain[] = {"target", "targets", "queue", "to", NULL};
    struct ties             *t = w->out;
    if ((t->n & (t->n - 1)) == 0) { /* full at each power of two */
        struct tie *more = realloc(t->tie, (t->n == 0 ? 1 : 2 * t->n) * sizeof *more);
        w->failed |= more == NULL;
        if (more == NULL)
            return;
        t->tie = more;
    }
    struct tie *tie = &t->tie[t->n++];
    *tie = (struct tie){.from = w->from, .to = to, .kind = kind};
    if (strcmp(key, w->top) == 0 || one_of(key, plain) || strcmp(w->top, "events") == 0)
        snprintf(tie->key, sizeof tie->key, "%s", w->top);
    else
        snprintf(tie->key, sizeof tie->key, "%s.%s", w->top, key);
}

static void walk_value(struct walk *w, const struct key *k, const struct value *v)
{
    bool groups = v->type == VALUE_GROUP || (v->type == VALUE_LIST && k->element == VALUE_GROUP), dead = w->dead;
    if (v->absent || w->failed)
        return;
    w->dead |= is_dead(k->name);
    if (v->type == VALUE_REF && v->ref != NULL)
        add(w, kind_of(w, k->name, v->ref), k->name, v->ref);
    for (uint32_t i = 0; v->type == VALUE_GROUP && i < v->list.n; i++)
        walk_value(w, &k->sub[i], &v->list.item[i]);
    for (uint32_t i = 0; v->type == VALUE_LIST && i < v->list.n; i++) {
        const struct value *item = &v->list.item[i];
        if (!groups && item->type == VALUE_REF && item->ref != NULL)
            add(w, kind_of(w, k->name, item->ref), k->name, item->ref);
        for (uint32_t f = 0; groups && f < item->list.n; f++)
            walk_value(w, &k->sub[f], &item->list.item[f]);
    }
    w->dead = dead;
}

/* --- metrics in a text --- */

static bool is_known(const struct walk *w, const struct spec_entity *to)
{
    for (size_t i = 0; i < w->out->n; i++)
        if (w->out->tie[i].from == w->from && w->out->tie[i].to == to && w->out->tie[i].kind == TIE_WATCHES)
            return true;
    return false;
}

/* "queue.jobs.depth": the first two of its parts. */
static void watch(struct walk *w, const char *word, size_t length)
{
    char   path[200];
    size_t kind = strcspn(word, "."), id = kind < length ? strcspn(word + kind + 1, ".[ ") : 0, n = kind + 1 + id;
    if (id == 0 || n > length || n >= sizeof path)
        return;
    memcpy(path, word, n);
    path[n] = 0;
    const struct spec_entity *to = spec_find(w->spec, path);
    if (to != NULL && !is_known(w, to))
        add(w, TIE_WATCHES, w->top, to);
}

static void walk_metrics(struct walk *w, const char *key)
{
    const struct value *v = spec_named(w->from, key);
    if (v == NULL || v->absent || v->type != VALUE_TEXT || v->text == NULL)
        return;
    w->top = key;
    for (const char *at = v->text; *at != 0 && !w->failed;) {
        size_t n = strcspn(at, " (),");
        watch(w, at, n);
        at += n;
        at += strspn(at, " (),");
    }
}

bool ties_open(struct ties *t, const struct spec *s)
{
    struct walk w = {.out = t, .spec = s};
    *t = (struct ties){0};
    for (uint32_t i = 0; i < s->n_entity && !w.failed; i++) {
        w.from = &s->entity[i];
        if (steers(w.from)) {
            walk_metrics(&w, "metric");
            walk_metrics(&w, "desired");
        }
        for (uint32_t k = 0; k < w.from->room->n_key; k++) {
            w.top = w.from->room->key[k].name;
            walk_value(&w, &w.from->room->key[k], &w.from->value[k]);
        }
    }
    if (w.failed)
        ties_close(t);
    return !w.failed;
}

void ties_close(struct ties *t)
{
    free(t->tie);
    *t = (struct ties){0};
}
