/* setting_sweep.c - the `sweep` of a scenario as axes. sweep.c has checked its form and its paths;
 * what is left to refuse here are values that --set could not take. */
#include <string.h>

#include "number.h"
#include "scenario_int.h"
#include "setting.h"

struct reader {
    struct pool *pool;
    struct err *err;
};

static bool refuse(struct reader *r, const struct node *n, const char *what)
{
    return err_set(r->err, ERR_DATA, "%s:%d: %s", n->place.file != NULL ? n->place.file : "sweep",
                   n->place.line, what);
}

static bool scalar(struct reader *r, const struct node *n, const char **text)
{
    if (n == NULL || !node_is_scalar(n))
        return n != NULL && refuse(r, n, "a value of a sweep is a plain one, as --set takes it");
    *text = n->text;
    return true;
}

/* The scalars of a list, or the one scalar. */
static bool scalars(struct reader *r, const struct node *n, const char **into)
{
    if (node_is_scalar(n))
        return scalar(r, n, into);
    for (size_t i = 0; i < n->n; i++)
        if (!scalar(r, n->child[i], &into[i]))
            return false;
    return true;
}

static bool read_paths(struct reader *r, const struct node *set, struct setting_axis *axis)
{
    axis->n_set = node_is_scalar(set) ? 1 : set->n;
    const char **path = pool_array(r->pool, axis->n_set, sizeof(*path));
    axis->set = path;
    return scalars(r, set, path);
}

static bool read_values(struct reader *r, const struct node *list, struct setting_axis *axis)
{
    const char **value = pool_array(r->pool, list->n * axis->n_set, sizeof(*value));
    axis->value = value;
    axis->n_value = list->n;
    for (size_t i = 0; i < list->n; i++)
        if (!scalars(r, list->child[i], value + i * axis->n_set))
            return false;
    return true;
}

static bool whole(struct reader *r, const struct node *n, int64_t *out)
{
    double x = n != NULL && n->type == NODE_INT ? number_double(n->text) : -1;
    if (!(x >= 0) || x > 1e9)
        return refuse(r, n, "a whole number is expected here");
    *out = (int64_t)x;
    return true;
}

static bool read_range(struct reader *r, const struct node *n, struct setting_axis *axis)
{
    const char *scale = "lin";
    const struct node *said = node_child(n, "scale");
    if (said != NULL && !scalar(r, said, &scale))
        return false;
    axis->log = strcmp(scale, "log") == 0;
    return scalar(r, node_child(n, "from"), &axis->from) &&
           scalar(r, node_child(n, "to"), &axis->to) &&
           whole(r, node_child(n, "steps"), &axis->steps);
}

static bool read_axis(struct reader *r, const struct node *n, struct setting_axis *axis)
{
    const struct node *set = node_child(n, "set"), *values = node_child(n, "values"),
                      *points = node_child(n, "points");
    if (!read_paths(r, set, axis))
        return false;
    if (!node_is_scalar(set))
        return read_values(r, points, axis);
    return values != NULL ? read_values(r, values, axis) : read_range(r, n, axis);
}

static bool read_design(struct reader *r, const struct node *sweep, struct setting_sweep *out)
{
    const struct node *design = node_child(sweep, "design"), *runs = node_child(sweep, "runs"),
                      *seed = node_child(sweep, "seed");
    const char *name = "factorial";
    if (design != NULL && !scalar(r, design, &name))
        return false;
    out->lhs = strcmp(name, "lhs") == 0;
    if (!out->lhs && strcmp(name, "factorial") != 0)
        return refuse(r, design, "'design' is \"factorial\" or \"lhs\"");
    return (runs == NULL || whole(r, runs, &out->runs)) &&
           (seed == NULL || whole(r, seed, &out->seed));
}

bool setting_sweep(const struct scenario *s, struct pool *pool, struct setting_sweep *out,
                   struct err *err)
{
    struct reader r = {pool, err};
    const struct node *sweep = node_child(s->root, "sweep"), *axes = sweep;
    *out = (struct setting_sweep){.seed = -1};
    if (sweep == NULL)
        return true;
    if (sweep->type == NODE_GROUP) {
        axes = node_child(sweep, "axes");
        if (!read_design(&r, sweep, out))
            return false;
    }
    out->axis = pool_array(pool, axes->n, sizeof(*out->axis));
    for (out->n_axis = 0; out->n_axis < axes->n; out->n_axis++)
        if (!read_axis(&r, axes->child[out->n_axis], &out->axis[out->n_axis]))
            return false;
    return true;
}
