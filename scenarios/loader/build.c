/* build.c - from the merged tree to the spec: which entities there are, then what each of them is
 * set to. */
#include <stdlib.h>
#include <string.h>

#include "codes.h"
#include "quota.h"
#include "run_keys.h"
#include "typed.h"

static const char *const reserved[] = {"extends", "unset", "title", "run",
                                       "expect",  "sweep", "price"};
#define N_RESERVED (sizeof(reserved) / sizeof(reserved[0]))

static void *spec_get(struct scenario *s, size_t bytes)
{
    void *m = arena_get(&s->spec.arena, bytes == 0 ? 1 : bytes);
    if (m == NULL)
        longjmp(s->pool.out, 1);
    return m;
}

/* --- which entities --- */

static bool is_reserved(const char *name)
{
    for (size_t i = 0; i < N_RESERVED; i++)
        if (strcmp(reserved[i], name) == 0)
            return true;
    return false;
}

static void unknown_kind(struct scenario *s, const struct node *n)
{
    const char *names[N_RESERVED + 64];
    size_t count = 0;
    for (const struct room *const *r = rooms; *r != NULL && count < 64; r++)
        names[count++] = (*r)->kind;
    memcpy(names + count, reserved, sizeof(reserved));
    const char *better = suggest(n->name, names, count + N_RESERVED);
    struct problem *p =
        ADD_ERROR(s, AB_UNKNOWN_KIND, &n->name_place, "no kind of entity is called '%s'", n->name);
    if (better != NULL)
        problem_label(p, "did you mean '%s'?", better);
    const char *list = "";
    for (const struct room *const *r = rooms; *r != NULL; r++)
        list = pool_format(&s->pool, "%s%s%s", list, *list == '\0' ? "" : ", ", (*r)->kind);
    problem_note(p, "kinds: %s", list);
}

/* An entity whose tree is no group is reported and left out. */
static bool entity_shape(struct scenario *s, const struct room *room, const struct node *n)
{
    if (n->type == NODE_GROUP)
        return true;
    struct problem *p = ADD_ERROR(s, AB_TYPE, &n->place, "%s '%s' is a group { }, not %s",
                                  room->kind, n->name, node_type_name(n));
    problem_note(p, "entities stand by name in the group of their kind: %s = { name = { }; };",
                 room->kind);
    return false;
}

struct found {
    const struct room *room;
    const struct node *node;
};

static int by_path(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    int kind = strcmp(x->room->kind, y->room->kind);
    return kind != 0 ? kind : strcmp(x->node->name, y->node->name);
}

static void find_in_kind(struct scenario *s, const struct room *room, const struct node *kind,
                         struct found **found, size_t *n, size_t *cap)
{
    if (kind->type != NODE_GROUP) {
        ADD_ERROR(s, AB_TYPE, &kind->place, "'%s' is a group of entities { }, not %s", room->kind,
                  node_type_name(kind));
        return;
    }
    for (size_t i = 0; i < kind->n; i++) {
        if (!entity_shape(s, room, kind->child[i]))
            continue;
        *found = pool_grow(&s->pool, *found, *n, cap, sizeof(**found));
        (*found)[(*n)++] = (struct found){room, kind->child[i]};
    }
}

static struct found *find_entities(struct scenario *s, size_t *n)
{
    struct found *found = NULL;
    size_t cap = 0;
    *n = 0;
    for (size_t i = 0; i < s->root->n; i++) {
        const struct node *kind = s->root->child[i];
        const struct room *room = room_find(kind->name);
        if (room != NULL)
            find_in_kind(s, room, kind, &found, n, &cap);
        else if (!is_reserved(kind->name))
            unknown_kind(s, kind);
    }
    if (*n > 1)
        qsort(found, *n, sizeof(*found), by_path);
    return found;
}

static const char *entity_path(struct scenario *s, const struct found *f)
{
    const char *path = arena_format(&s->spec.arena, "%s.%s", f->room->kind, f->node->name);
    if (path == NULL)
        longjmp(s->pool.out, 1);
    return path;
}

/* Entities stand in the spec before any value is read, so that references find them. */
static void make_entities(struct scenario *s, const struct found *found, size_t n)
{
    s->spec.entity = spec_get(s, n * sizeof(*s->spec.entity));
    s->spec.n_entity = (uint32_t)n;
    for (size_t i = 0; i < n; i++) {
        struct spec_entity *e = &s->spec.entity[i];
        e->kind = found[i].room->kind;
        e->path = entity_path(s, &found[i]);
        e->id = e->path + strlen(e->kind) + 1;
        e->room = found[i].room;
        e->index = (uint32_t)i;
        e->place = found[i].node->name_place.file != NULL ? found[i].node->name_place
                                                          : found[i].node->place;
        e->value = spec_get(s, e->room->n_key * sizeof(*e->value));
    }
}

/* --- what they are set to --- */

static void read_entity(struct scenario *s, struct spec_entity *e, const struct node *n)
{
    struct where kind = {NULL, e->kind, 0}, id = {&kind, e->id, 0};
    const char *in = pool_format(&s->pool, "%s '%s'", e->kind, e->id);
    typed_fields(s, &id, in, &e->place, e->room->key, e->room->n_key, n, e->value);
}

static void unknown_profile(struct scenario *s, const struct value *v)
{
    const char *names[32];
    size_t n = 0;
    for (; n < 32 && quota_profiles[n] != NULL; n++)
        names[n] = quota_profiles[n]->name;
    struct problem *p =
        ADD_ERROR(s, AB_CHOICE, &v->place, "run.quotas: there is no profile \"%s\"", v->text);
    const char *better = suggest(v->text, names, n);
    if (better != NULL)
        problem_label(p, "did you mean \"%s\"?", better);
    const char *list = names[0];
    for (size_t i = 1; i < n; i++)
        list = pool_format(&s->pool, "%s, %s", list, names[i]);
    problem_note(p, "one of: %s", list);
}

/* The profile comes first: it bounds the settings of everything else. */
static void read_run(struct scenario *s)
{
    struct where run = {NULL, "run", 0};
    const struct node *n = node_child(s->root, "run");
    struct place start = {.file = s->path, .line = 1, .column = 1};
    if (n != NULL && n->type != NODE_GROUP) {
        ADD_ERROR(s, AB_TYPE, &n->place, "'run' is a group { }, not %s", node_type_name(n));
        return;
    }
    const struct place *at = n == NULL                    ? &start
                             : n->name_place.file != NULL ? &n->name_place
                                                          : &n->place;
    s->spec.run = spec_get(s, n_run_keys * sizeof(*s->spec.run));
    bool good = typed_fields(s, &run, "'run'", at, run_keys, n_run_keys, n, s->spec.run);
    const struct value *quotas = &s->spec.run[RUN_QUOTAS];
    if (!quotas->absent) {
        s->spec.quotas = quota_profile_find(quotas->text);
        if (s->spec.quotas == NULL)
            unknown_profile(s, quotas);
    }
    if (good && !s->partial)
        run_apply(&s->spec, s->problems);
}

static void read_title(struct scenario *s)
{
    const struct node *n = node_child(s->root, "title");
    if (n == NULL)
        return;
    if (n->type != NODE_STRING && n->type != NODE_WORD)
        ADD_ERROR(s, AB_TYPE, &n->place, "'title' is a text, not %s", node_type_name(n));
    else
        s->spec.title = n->text;
}

/* The rooms' own checks look across settings, so all of them must be right. */
static void check_entities(struct scenario *s)
{
    if (s->problems->n_errors > 0 || s->partial)
        return;
    for (uint32_t i = 0; i < s->spec.n_entity; i++) {
        const struct spec_entity *e = &s->spec.entity[i];
        if (e->room->check != NULL)
            e->room->check(&s->spec, e, s->problems);
    }
}

void build_spec(struct scenario *s)
{
    size_t n;
    struct found *found = find_entities(s, &n);
    make_entities(s, found, n);
    read_title(s);
    read_run(s);
    for (size_t i = 0; i < n; i++)
        read_entity(s, &s->spec.entity[i], found[i].node);
    check_entities(s);
}
