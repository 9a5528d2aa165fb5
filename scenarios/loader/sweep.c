/* sweep.c - the `sweep` of a scenario is kept as written for whoever makes design points of it;
 * here its form is checked, and that its paths lead to settings, so that `check` finds a slip
 * before a sweep has run for an hour. */
#include <string.h>

#include "codes.h"
#include "typed.h"

static const char *const axis_words[] = {"set", "values", "points", "from", "to", "steps", "scale"};
static const char *const design_words[] = {"design", "runs", "axes", "seed"};

struct words {
    const char *const *word;
    size_t n;
    const char *what;
};
static const struct words axis = {axis_words, 7, "an axis of 'sweep'"};
static const struct words design = {design_words, 4, "'sweep'"};

static void check_words(struct scenario *s, const struct node *group, const struct words *allowed)
{
    for (size_t i = 0; i < group->n; i++) {
        const char *name = group->child[i]->name, *better;
        size_t w = 0;
        while (w < allowed->n && strcmp(allowed->word[w], name) != 0)
            w++;
        if (w < allowed->n)
            continue;
        struct problem *p = ADD_ERROR(s, AB_SWEEP, &group->child[i]->name_place, "%s has no '%s'",
                                      allowed->what, name);
        if ((better = suggest(name, allowed->word, allowed->n)) != NULL)
            problem_label(p, "did you mean '%s'?", better);
    }
}

/* --- paths --- */

static const struct key *key_of(const struct key *key, uint32_t n, const char *name)
{
    for (uint32_t i = 0; name != NULL && i < n; i++)
        if (strcmp(key[i].name, name) == 0)
            return &key[i];
    return NULL;
}

static const char *near_key(struct scenario *s, const struct key *key, uint32_t n, const char *name)
{
    const char **names = pool_array(&s->pool, n, sizeof(*names));
    for (uint32_t i = 0; i < n; i++)
        names[i] = key[i].name;
    return name == NULL ? NULL : suggest(name, names, n);
}

/* Number of steps that lead to settings; *better: what the next one may have meant. */
static size_t follow(struct scenario *s, const struct key *key, uint32_t n_key,
                     const struct step *step, size_t n, const char **better)
{
    for (size_t i = 0; i < n; i++) {
        const struct key *k = key_of(key, n_key, step[i].name);
        if (k == NULL) {
            *better = near_key(s, key, n_key, step[i].name);
            return i;
        }
        key = k->sub;
        n_key = k->n_sub;
        i += k->type == VALUE_LIST && i + 1 < n && step[i + 1].name == NULL;
    }
    return n;
}

/* Number of good steps. */
static size_t good_steps(struct scenario *s, const struct step *step, size_t n, const char **better)
{
    if (strcmp(step[0].name, "run") == 0)
        return 1 + follow(s, run_keys, n_run_keys, step + 1, n - 1, better);
    const struct node *kind = node_child(s->root, step[0].name);
    if (room_find(step[0].name) == NULL || kind == NULL)
        return 0;
    if (n < 3 || step[1].name == NULL || node_child(kind, step[1].name) == NULL)
        return n < 3 ? n - 1 : 1;
    const struct room *room = room_find(step[0].name);
    return 2 + follow(s, room->key, room->n_key, step + 2, n - 2, better);
}

static void check_path(struct scenario *s, const struct node *n)
{
    struct step step[STEPS_MAX];
    const char *better = NULL;
    size_t steps =
        n->type == NODE_STRING ? path_parse(&s->pool, n->text, strlen(n->text), step) : 0;
    if (steps == 0) {
        ADD_ERROR(s, AB_SWEEP, &n->place, "'set' names a setting, such as \"fleet.writers.size\"");
        return;
    }
    size_t good = good_steps(s, step, steps, &better);
    if (good >= steps || s->partial)
        return;
    struct place place = node_place_at(n, step[good].at);
    place.width = place.column == n->place.column ? n->place.width : (int)step[good].length;
    struct problem *p =
        ADD_ERROR(s, AB_SWEEP, &place, "'%s' is no setting of this scenario", n->text);
    if (better != NULL)
        problem_label(p, "did you mean '%s'?", better);
}

/* --- axes --- */

static void check_range(struct scenario *s, const struct node *n)
{
    static const char *const needed[] = {"from", "to", "steps"};
    for (size_t i = 0; i < 3; i++)
        if (node_child(n, needed[i]) == NULL)
            ADD_ERROR(s, AB_SWEEP, &n->place,
                      "an axis needs 'values', or 'from', 'to' and 'steps': '%s' is missing",
                      needed[i]);
    const struct node *steps = node_child(n, "steps"), *scale = node_child(n, "scale");
    if (steps != NULL && !steps->bad && (steps->type != NODE_INT || strcmp(steps->text, "1") == 0))
        ADD_ERROR(s, AB_SWEEP, &steps->place, "'steps' is the number of points, at least 2");
    if (scale != NULL && (scale->type != NODE_STRING ||
                          (strcmp(scale->text, "lin") != 0 && strcmp(scale->text, "log") != 0)))
        ADD_ERROR(s, AB_SWEEP, &scale->place, "'scale' is \"lin\" or \"log\"");
}

static void check_points(struct scenario *s, const struct node *n, const struct node *set)
{
    const struct node *points = node_child(n, "points");
    if (points == NULL || points->type != NODE_LIST || points->n == 0) {
        ADD_ERROR(s, AB_SWEEP, points == NULL ? &n->place : &points->place,
                  "settings that move together need 'points': ( [ 10, 20 ], [ 20, 40 ] )");
        return;
    }
    for (size_t i = 0; i < points->n; i++)
        if (node_is_scalar(points->child[i]) || points->child[i]->n != set->n)
            ADD_ERROR(s, AB_SWEEP, &points->child[i]->place,
                      "a point has %zu values, one for each setting", set->n);
}

static void check_axis(struct scenario *s, const struct node *n)
{
    if (n->type != NODE_GROUP) {
        ADD_ERROR(s, AB_SWEEP, &n->place, "an axis is a group { set = …; }, not %s",
                  node_type_name(n));
        return;
    }
    check_words(s, n, &axis);
    const struct node *set = node_child(n, "set"), *values = node_child(n, "values");
    if (set == NULL) {
        ADD_ERROR(s, AB_SWEEP, &n->place, "an axis needs 'set', the path of a setting");
        return;
    }
    if (set->type == NODE_ARRAY || set->type == NODE_LIST) {
        for (size_t i = 0; i < set->n; i++)
            check_path(s, set->child[i]);
        check_points(s, n, set);
        return;
    }
    check_path(s, set);
    if (values == NULL)
        check_range(s, n);
    else if ((values->type != NODE_ARRAY && values->type != NODE_LIST) || values->n == 0)
        ADD_ERROR(s, AB_SWEEP, &values->place, "'values' is a list of at least one value");
}

void sweep_check(struct scenario *s)
{
    const struct node *sweep = node_child(s->root, "sweep");
    const struct node *axes = sweep;
    if (sweep == NULL)
        return;
    if (sweep->type == NODE_GROUP) {
        check_words(s, sweep, &design);
        axes = node_child(sweep, "axes");
    }
    if (axes == NULL || axes->type != NODE_LIST) {
        ADD_ERROR(s, AB_SWEEP, axes == NULL ? &sweep->place : &axes->place,
                  "'sweep' is a list of axes ( { set = …; values = …; } )");
        return;
    }
    for (size_t i = 0; i < axes->n; i++)
        check_axis(s, axes->child[i]);
}
