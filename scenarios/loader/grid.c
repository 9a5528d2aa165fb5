/* grid.c - axes to points. */
#include "grid.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "rng.h"

#define TABLE_BYTES_MAX (64u << 20)

void grid_init(struct grid *g)
{
    *g = (struct grid){0};
    arena_init(&g->pool.arena);
}

void grid_free(struct grid *g)
{
    arena_free(&g->pool.arena);
    *g = (struct grid){0};
}

static bool short_of_memory(struct err *err)
{
    return err_set(err, ERR_OS, "memory is short");
}

/* Each setting has one value at a point. */
static bool each_once(const char *const *path, size_t n, enum err_class kind, struct err *err)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(path[i], path[k]) == 0)
                return err_set(err, kind, "'%s' is varied twice", path[i]);
    return true;
}

static bool take_paths(struct grid *g, struct err *err)
{
    g->n_path = 0;
    for (size_t i = 0; i < g->n_axis; i++)
        g->n_path += g->axis[i].n_path;
    const char **path = pool_array(&g->pool, g->n_path, sizeof(*path));
    size_t n = 0;
    for (size_t i = 0; i < g->n_axis; i++)
        for (size_t k = 0; k < g->axis[i].n_path; k++)
            path[n++] = g->axis[i].path[k];
    if (!each_once(path, n, ERR_USAGE, err))
        return false;
    g->path = path;
    return n > 0 ||
           err_set(
               err, ERR_USAGE,
               "nothing is varied: say what with --vary PATH=VALUES, or in the scenario's 'sweep'");
}

static bool count(struct grid *g, struct err *err)
{
    g->n_point = 1;
    for (size_t i = 0; i < g->n_axis; i++) {
        if (g->n_point * g->axis[i].n_value > GRID_POINTS_MAX)
            return err_set(err, ERR_USAGE, "the axes cross in more than %d points",
                           GRID_POINTS_MAX);
        g->n_point *= g->axis[i].n_value;
    }
    return true;
}

/* The last axis moves fastest. */
static bool cross(struct grid *g, struct err *err)
{
    if (!take_paths(g, err) || !count(g, err))
        return false;
    g->value = pool_array(&g->pool, g->n_point * g->n_path, sizeof(*g->value));
    for (size_t p = 0; p < g->n_point; p++) {
        size_t rest = p, end = g->n_path;
        for (size_t i = g->n_axis; i-- > 0;) {
            const struct grid_axis *a = &g->axis[i];
            end -= a->n_path;
            memcpy(&g->value[p * g->n_path + end], &a->value[rest % a->n_value * a->n_path],
                   a->n_path * sizeof(*g->value));
            rest /= a->n_value;
        }
    }
    return true;
}

bool grid_cross(struct grid *g, struct err *err)
{
    return setjmp(g->pool.out) == 0 ? cross(g, err) : short_of_memory(err);
}

/* --- Latin hypercube --- */

/* Fisher and Yates. */
static void shuffle(size_t *order, size_t n, struct rng *r)
{
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t i = n; i > 1; i--) {
        size_t k = rng_below(r, i), kept = order[i - 1];
        order[i - 1] = order[k];
        order[k] = kept;
    }
}

static bool fill_axis(struct grid *g, size_t axis, size_t column, size_t runs, uint64_t seed,
                      struct err *err)
{
    const struct grid_axis *a = &g->axis[axis];
    struct rng_stream stream = rng_stream(seed, "sweep/hypercube", 0);
    struct rng r = rng_at(&stream, (uint32_t)axis, 0, 0);
    size_t *order = pool_array(&g->pool, runs, sizeof(*order));
    shuffle(order, runs, &r);
    for (size_t p = 0; p < runs; p++) {
        double u = ((double)order[p] + rng_uniform(&r)) / (double)runs;
        const char **to = &g->value[p * g->n_path + column];
        if (a->from != NULL) {
            if ((*to = grid_between(&g->pool, a, u, err)) == NULL)
                return false;
        } else {
            size_t i = (size_t)(u * (double)a->n_value);
            memcpy(to, &a->value[i * a->n_path], a->n_path * sizeof(*to));
        }
    }
    return true;
}

static bool hypercube(struct grid *g, size_t runs, uint64_t seed, struct err *err)
{
    if (runs < 1 || runs > GRID_POINTS_MAX)
        return err_set(err, ERR_USAGE, "a hypercube has 1 to %d points: say how many with --runs",
                       GRID_POINTS_MAX);
    if (!take_paths(g, err))
        return false;
    g->n_point = runs;
    g->value = pool_array(&g->pool, runs * g->n_path, sizeof(*g->value));
    for (size_t i = 0, column = 0; i < g->n_axis; column += g->axis[i++].n_path)
        if (!fill_axis(g, i, column, runs, seed, err))
            return false;
    return true;
}

bool grid_hypercube(struct grid *g, size_t runs, uint64_t seed, struct err *err)
{
    return setjmp(g->pool.out) == 0 ? hypercube(g, runs, seed, err) : short_of_memory(err);
}

/* --- a table of points --- */

static char *read_whole(const char *file, struct err *err)
{
    FILE *f = fopen(file, "rb");
    if (f == NULL)
        return err_set(err, ERR_NOINPUT, "cannot read '%s': %s", file, strerror(errno)), NULL;
    char *text = mem_get(TABLE_BYTES_MAX + 1);
    size_t n = text == NULL ? 0 : fread(text, 1, TABLE_BYTES_MAX + 1, f);
    bool good = text != NULL && !ferror(f) && n <= TABLE_BYTES_MAX && memchr(text, '\0', n) == NULL;
    fclose(f);
    if (!good) {
        mem_release(text);
        return err_set(err, text == NULL ? ERR_OS : ERR_DATA, "cannot read '%s' as a table", file),
               NULL;
    }
    text[n] = '\0';
    return text;
}

static bool take_table(struct grid *g, const struct scenario *s, const char *file, const char *text,
                       struct err *err)
{
    size_t n_row;
    struct err wrong = {0};
    struct setting setting;
    const char **cell = grid_csv(&g->pool, text, &n_row, &g->n_path, &wrong);
    if (cell == NULL || n_row < 2)
        return err_set(err, ERR_DATA, "'%s': %s", file,
                       cell == NULL ? wrong.text : "the table has no rows");
    for (size_t i = 0; i < g->n_path; i++)
        if (!setting_find(s, cell[i], &setting, &wrong))
            return err_set(err, ERR_DATA, "'%s': %s", file, wrong.text);
    if (!each_once(cell, g->n_path, ERR_DATA, &wrong))
        return err_set(err, ERR_DATA, "'%s': %s", file, wrong.text);
    g->path = cell;
    g->value = cell + g->n_path;
    g->n_point = n_row - 1;
    return true;
}

/* The text is volatile: it is freed on both ways out. */
bool grid_table(struct grid *g, const struct scenario *s, const char *file, struct err *err)
{
    char *volatile text = read_whole(file, err);
    volatile bool ok = false;
    if (text == NULL)
        return false;
    if (setjmp(g->pool.out) == 0)
        ok = take_table(g, s, file, text, err);
    else
        short_of_memory(err);
    mem_release(text);
    return ok;
}

bool grid_overrides(struct grid *g, size_t point, const char **out, struct err *err)
{
    if (setjmp(g->pool.out) != 0)
        return short_of_memory(err);
    for (size_t k = 0; k < g->n_path; k++)
        out[k] = pool_format(&g->pool, "%s=%s", g->path[k], g->value[point * g->n_path + k]);
    return true;
}
