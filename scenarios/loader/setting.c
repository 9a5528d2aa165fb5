/* setting.c - from a path to the typed value behind it, step by step along the tables of the
 * registry. */
#include "setting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_int.h"

struct cursor { /* where a path has come to */
    const struct key *key;
    uint32_t n_key;
    const struct value *value; /* of the keys; NULL: an absent group */
};

static bool unknown(struct err *err, const char *path, const struct step *step,
                    const struct cursor *c)
{
    const char *name[256];
    size_t n = 0;
    for (; c != NULL && n < c->n_key && n < 256; n++)
        name[n] = c->key[n].name;
    const char *near = step->name == NULL ? NULL : suggest(step->name, name, n);
    if (near != NULL)
        return err_set(
            err, ERR_DATA,
            "'%s' is no setting of this scenario: there is no '%.*s' (did you mean '%s'?)", path,
            (int)step->length, path + step->at, near);
    return err_set(err, ERR_DATA, "'%s' is no setting of this scenario: there is no '%.*s'", path,
                   (int)step->length, path + step->at);
}

static const struct value absent = {.absent = true};

/* The number of a value in the unit of metrics. */
static void measure(struct setting *s)
{
    const struct value *v = s->value;
    s->number = NAN;
    s->numeric = true;
    switch (s->key->type == VALUE_LIST ? s->key->element : s->key->type) {
    case VALUE_DURATION:
        s->unit = UNIT_NS;
        s->number = (double)v->i;
        break;
    case VALUE_SIZE:
        s->unit = UNIT_BYTES;
        s->number = (double)v->i;
        break;
    case VALUE_SHARE:
        s->unit = UNIT_SHARE;
        s->number = (double)v->i / 1e9;
        break;
    case VALUE_COUNT:
        s->unit = UNIT_ONE;
        s->number = (double)v->i;
        break;
    case VALUE_NUMBER:
        s->unit = UNIT_ONE;
        s->number = v->number;
        break;
    case VALUE_RATE:
        s->unit = UNIT_PER_SECOND;
        s->number = v->absent ? NAN : rate_per_second(v->rate);
        break;
    default:
        s->numeric = false;
    }
    if (v->absent || !s->numeric)
        s->number = NAN;
}

static bool follow(const char *path, const struct step *step, size_t n, struct cursor c,
                   struct setting *out, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t k = 0;
        while (k < c.n_key && (step[i].name == NULL || strcmp(c.key[k].name, step[i].name) != 0))
            k++;
        if (k == c.n_key)
            return unknown(err, path, &step[i], &c);
        const struct value *v = c.value == NULL ? &absent : &c.value[k];
        *out = (struct setting){.key = &c.key[k], .value = v};
        if (c.key[k].type == VALUE_LIST && i + 1 < n && step[i + 1].name == NULL) {
            i++;
            if (v->absent || step[i].index >= v->list.n)
                return unknown(err, path, &step[i], NULL);
            out->value = v = &v->list.item[step[i].index];
        }
        bool group = v->type == VALUE_GROUP && !v->absent && v->list.n > 0;
        c = (struct cursor){c.key[k].sub, c.key[k].n_sub, group ? v->list.item : NULL};
    }
    measure(out);
    return true;
}

static bool find_entity(const struct scenario *s, const char *path, const struct step *step,
                        size_t n, struct setting *out, struct err *err)
{
    char name[400];
    const char *near[256];
    size_t n_near = 0;
    if (n < 3 || step[1].name == NULL)
        return err_set(
            err, ERR_DATA,
            "'%s' is no setting: a setting is KIND.ID.SETTING, such as fleet.writers.size", path);
    snprintf(name, sizeof(name), "%s.%s", step[0].name, step[1].name);
    const struct spec_entity *e = spec_find(&s->spec, name);
    if (e != NULL)
        return follow(path, step + 2, n - 2,
                      (struct cursor){e->room->key, e->room->n_key, e->value}, out, err);
    for (uint32_t i = 0; i < s->spec.n_entity && n_near < 256; i++)
        near[n_near++] = s->spec.entity[i].path;
    const char *better = suggest(name, near, n_near);
    return better == NULL
               ? err_set(err, ERR_DATA, "'%s': there is no entity '%s'", path, name)
               : err_set(err, ERR_DATA, "'%s': there is no entity '%s' (did you mean '%s'?)", path,
                         name, better);
}

static bool find(const struct scenario *s, struct pool *pool, const char *path, struct setting *out,
                 struct err *err)
{
    struct step step[STEPS_MAX];
    size_t n = path_parse(pool, path, strlen(path), step);
    if (n < 2)
        return err_set(
            err, ERR_DATA,
            "'%s' is no setting: a setting is KIND.ID.SETTING, such as fleet.writers.size", path);
    if (strcmp(step[0].name, "run") == 0)
        return follow(path, step + 1, n - 1, (struct cursor){run_keys, n_run_keys, s->spec.run},
                      out, err);
    return find_entity(s, path, step, n, out, err);
}

bool setting_find(const struct scenario *s, const char *path, struct setting *out, struct err *err)
{
    struct pool pool;
    bool ok;
    arena_init(&pool.arena);
    if (setjmp(pool.out) == 0)
        ok = find(s, &pool, path, out, err);
    else
        ok = err_set(err, ERR_OS, "memory is short");
    arena_free(&pool.arena);
    return ok;
}

/* --- intervals --- */

struct gather {
    const struct scenario *s;
    struct pool *pool;
    struct setting_interval *item;
    size_t n, cap;
};

static const char *text_of(const struct node *n, const char *name)
{
    const struct node *child = node_child(n, name);
    return child != NULL && node_is_scalar(child) ? child->text : NULL;
}

/* Written as an interval, and no override stands in its place: the tree has the last word. */
static void gather_node(struct gather *g, const struct node *n, const char *path)
{
    struct setting_interval one = {path, text_of(n, "low"), text_of(n, "mid"), text_of(n, "high")};
    if (n->type == NODE_GROUP && one.low != NULL && one.mid != NULL && one.high != NULL) {
        g->item = pool_grow(g->pool, g->item, g->n, &g->cap, sizeof(*g->item));
        g->item[g->n++] = one;
        return;
    }
    for (size_t i = 0; !node_is_scalar(n) && i < n->n; i++) {
        const struct node *child = n->child[i];
        gather_node(g, child,
                    child->name == NULL ? pool_format(g->pool, "%s[%zu]", path, i)
                    : *path == 0        ? child->name
                                        : pool_format(g->pool, "%s.%s", path, child->name));
    }
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct setting_interval *)a)->path,
                  ((const struct setting_interval *)b)->path);
}

struct setting_interval *setting_intervals(const struct scenario *s, struct pool *pool, size_t *n)
{
    struct gather g = {s, pool, NULL, 0, 0};
    gather_node(&g, s->root, "");
    if (g.n > 1)
        qsort(g.item, g.n, sizeof(*g.item), by_path);
    *n = g.n;
    return g.item;
}
