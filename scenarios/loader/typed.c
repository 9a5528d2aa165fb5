/* typed.c - groups, lists, intervals and defaults; the plain types are in typed_scalar.c. */
#include "typed.h"

#include <string.h>

#include "codes.h"

const char *where_text(struct pool *pool, const struct where *w)
{
    if (w->up == NULL)
        return w->name;
    const char *up = where_text(pool, w->up);
    return w->name == NULL ? pool_format(pool, "%s[%zu]", up, w->index)
                           : pool_format(pool, "%s.%s", up, w->name);
}

static struct value *values_get(struct scenario *s, size_t n)
{
    struct value *v = arena_get(&s->spec.arena, n == 0 ? 1 : n * sizeof(*v));
    if (v == NULL)
        longjmp(s->pool.out, 1);
    return v;
}

/* --- one value --- */

static bool is_quantity(const struct key *k)
{
    switch (k->type) {
    case VALUE_DURATION:
    case VALUE_SIZE:
    case VALUE_COUNT:
    case VALUE_SHARE:
    case VALUE_RATE:
    case VALUE_NUMBER:
    case VALUE_DIST:
        return true;
    default:
        return false;
    }
}

static bool read_plain(struct scenario *s, const struct where *w, const struct key *k,
                       const struct node *n, struct value *v)
{
    v->type = k->type;
    v->given = true;
    v->place = n->place;
    return typed_scalar(s, w, k, n, v) && typed_range(s, w, k, n, v);
}

static bool check_span(struct scenario *s, const struct where *w, const struct key *k,
                       const struct node *n, const struct value *low, const struct value *mid,
                       const struct value *high)
{
    if (k->type == VALUE_DIST ||
        (typed_compare(k->type, low, mid) <= 0 && typed_compare(k->type, mid, high) <= 0))
        return true;
    ADD_ERROR(s, AB_INTERVAL, &n->place, "%s: low <= mid <= high does not hold",
              where_text(&s->pool, w));
    return false;
}

static bool strange_part(struct scenario *s, const struct where *w, const struct node *n)
{
    static const char *const parts[] = {"low", "mid", "high"};
    const char *better = suggest(n->name, parts, 3);
    struct problem *p =
        ADD_ERROR(s, AB_INTERVAL, &n->name_place, "an interval has low, mid and high, no '%s' (%s)",
                  n->name, where_text(&s->pool, w));
    if (better != NULL)
        problem_label(p, "did you mean '%s'?", better);
    return false;
}

/* { low; mid; high }: a run uses mid, and keeps the others for those who ask how much it matters.
 */
static bool read_interval(struct scenario *s, const struct where *w, const struct key *k,
                          const struct node *n, struct value *v)
{
    static const char *const parts[] = {"low", "mid", "high"};
    struct value *part[3];
    struct value *span = values_get(s, 2);
    bool good = true;
    for (size_t i = 0; i < n->n; i++)
        if (strcmp(n->child[i]->name, "low") != 0 && strcmp(n->child[i]->name, "mid") != 0 &&
            strcmp(n->child[i]->name, "high") != 0)
            good = strange_part(s, w, n->child[i]);
    for (int i = 0; i < 3; i++) {
        struct where here = {w, parts[i], 0};
        const struct node *child = node_child(n, parts[i]);
        part[i] = i == 1 ? v : &span[i / 2];
        if (child == NULL && good)
            ADD_ERROR(s, AB_INTERVAL, &n->place,
                      "%s is %s; an interval needs low, mid and high: '%s' is missing",
                      where_text(&s->pool, w), typed_name(k), parts[i]);
        good &= child != NULL && read_plain(s, &here, k, child, part[i]);
    }
    v->span = span;
    return good && check_span(s, w, k, n, part[0], part[1], part[2]);
}

static bool wrong_shape(struct scenario *s, const struct where *w, const struct key *k,
                        const struct node *n)
{
    const char *want = k->type == VALUE_GROUP      ? "a group { }"
                       : k->element == VALUE_GROUP ? "a list of groups ( { }, { } )"
                                                   : "a list of values [ ]";
    ADD_ERROR(s, AB_TYPE, &n->place, "%s is %s, not %s", where_text(&s->pool, w), want,
              node_type_name(n));
    return false;
}

static bool read_group(struct scenario *s, const struct where *w, const struct key *k,
                       const struct node *n, struct value *v)
{
    const struct place *at = n->name_place.file != NULL ? &n->name_place : &n->place;
    if (n->type != NODE_GROUP)
        return wrong_shape(s, w, k, n);
    v->type = VALUE_GROUP;
    v->given = true;
    v->place = n->place;
    v->list.n = k->n_sub;
    v->list.item = values_get(s, k->n_sub);
    return typed_fields(s, w, NULL, at, k->sub, k->n_sub, n, v->list.item);
}

static bool read_value(struct scenario *, const struct where *, const struct key *,
                       const struct node *, struct value *);

/* A plain value is a list of one. */
static bool read_one(struct scenario *s, const struct where *w, const struct key *element,
                     const struct node *n, struct value *list)
{
    list->list.n = 1;
    list->list.item = values_get(s, 1);
    return read_plain(s, w, element, n, list->list.item);
}

static bool read_list(struct scenario *s, const struct where *w, const struct key *k,
                      const struct node *n, struct value *v)
{
    bool one = k->element != VALUE_GROUP && node_is_scalar(n);
    if (n->type != NODE_LIST && n->type != NODE_ARRAY && !one)
        return wrong_shape(s, w, k, n);
    struct key element = *k;
    element.type = k->element;
    v->type = VALUE_LIST;
    v->given = true;
    v->place = n->place;
    if (one)
        return read_one(s, w, &element, n, v);
    v->list.n = (uint32_t)n->n;
    v->list.item = values_get(s, n->n);
    bool good = true;
    for (size_t i = 0; i < n->n; i++) {
        struct where here = {w, NULL, i};
        good &= read_value(s, &here, &element, n->child[i], &v->list.item[i]);
    }
    return good;
}

static bool read_value(struct scenario *s, const struct where *w, const struct key *k,
                       const struct node *n, struct value *v)
{
    if (k->type == VALUE_GROUP)
        return read_group(s, w, k, n, v);
    if (k->type == VALUE_LIST)
        return read_list(s, w, k, n, v);
    if (n->type == NODE_GROUP && is_quantity(k))
        return read_interval(s, w, k, n, v);
    return read_plain(s, w, k, n, v);
}

/* --- groups of settings --- */

static void read_default(struct scenario *s, const struct where *w, const struct key *k,
                         struct value *v)
{
    v->type = k->type;
    v->absent = true;
    if (k->fallback == NULL || k->type == VALUE_GROUP || k->type == VALUE_LIST)
        return;
    struct node word = {.name = k->name, .type = NODE_WORD, .text = k->fallback};
    v->absent = !typed_scalar(s, w, k, &word, v);
}

static void unknown_key(struct scenario *s, const struct where *w, const char *in,
                        const struct key *key, uint32_t n, const struct node *child)
{
    const char **names = pool_array(&s->pool, n, sizeof(*names));
    for (uint32_t i = 0; i < n; i++)
        names[i] = key[i].name;
    struct problem *p =
        ADD_ERROR(s, AB_UNKNOWN_KEY, &child->name_place, "unknown setting '%s' in %s", child->name,
                  in != NULL ? in : where_text(&s->pool, w));
    const char *better = suggest(child->name, names, n);
    if (better != NULL)
        problem_label(p, "did you mean '%s'?", better);
}

static const struct key *key_named(const struct key *key, uint32_t n, const char *name)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(key[i].name, name) == 0)
            return &key[i];
    return NULL;
}

static bool missing_key(struct scenario *s, const struct where *w, const char *in,
                        const struct place *at, const struct key *k)
{
    if (s->partial)
        return false; /* it may stand in the file that could not be read */
    struct problem *p = ADD_ERROR(s, AB_MISSING_KEY, at, "%s needs '%s'",
                                  in != NULL ? in : where_text(&s->pool, w), k->name);
    problem_note(p, "%s: %s", k->name, k->doc);
    return false;
}

bool typed_fields(struct scenario *s, const struct where *w, const char *in, const struct place *at,
                  const struct key *key, uint32_t n, const struct node *group, struct value *fields)
{
    bool good = true;
    for (size_t i = 0; group != NULL && i < group->n; i++) {
        if (key_named(key, n, group->child[i]->name) == NULL) {
            unknown_key(s, w, in, key, n, group->child[i]);
            good = false;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        struct where here = {w, key[i].name, 0};
        const struct node *child = node_child(group, key[i].name);
        if (child != NULL) {
            bool read = read_value(s, &here, &key[i], child, &fields[i]);
            fields[i].absent = !read;
            good &= read;
        } else {
            read_default(s, &here, &key[i], &fields[i]);
            good &= !(key[i].flags & KEY_REQUIRED) || missing_key(s, w, in, at, &key[i]);
        }
    }
    return good;
}
