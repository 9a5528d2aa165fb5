/* scenario.c - loading from start to end. Every step reports what it finds and goes on as far as it
 * makes sense; memory that runs short leaves the load from wherever it is. */
#include "scenario.h"

#include <libconfig.h>
#include <stdio.h>
#include <string.h>

#include "codes.h"
#include "mem.h"
#include "scenario_int.h"
#include "world.h"

static const char *plain_name(struct pool *pool, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');
    return pool_text(pool, name, dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name));
}

static void list_files(struct scenario *s)
{
    s->file = pool_array(&s->pool, s->sources.n, sizeof(*s->file));
    for (size_t i = 0; i < s->sources.n; i++) {
        const struct source *from = s->sources.item[i];
        if (!from->override && from->good)
            s->file[s->n_file++] = (struct scenario_file){from->name, from->text, from->bytes};
    }
}

static void load(struct scenario *s, const struct scenario_options *options)
{
    s->root = files_read(s, s->path);
    list_files(s);
    if (s->root == NULL)
        s->root = node_new(&s->pool, NODE_GROUP, NULL);
    override_apply(s, options, "--set");
    build_spec(s);
    s->title = s->spec.title != NULL ? s->spec.title : plain_name(&s->pool, s->path);
    s->spec.title = s->title;
    s->metric = world_metrics(&s->spec, &s->spec.arena, &s->n_metric);
    if (s->metric == NULL)
        longjmp(s->pool.out, 1);
    expect_read(s);
    sweep_check(s);
    if (s->problems->n_errors == 0)
        s->canonical = walk_canonical(s);
}

static void forget_config(struct scenario *s)
{
    if (s->config != NULL) {
        config_destroy(s->config);
        mem_release(s->config);
    }
    s->config = NULL;
}

/* Alone in a function, so that no local variable lives across the jump. */
static bool load_or_leave(struct scenario *s, const char *path,
                          const struct scenario_options *options)
{
    if (setjmp(s->pool.out) != 0)
        return false;
    s->path = pool_text(&s->pool, path, strlen(path));
    load(s, options);
    return true;
}

bool scenario_load(struct scenario **out, const char *path, const struct scenario_options *options,
                   struct problems *problems)
{
    struct scenario *s = mem_get_zero(1, sizeof(*s));
    *out = s;
    bool whole = s != NULL;
    if (whole) {
        s->problems = problems;
        whole = load_or_leave(s, path, options);
        forget_config(s);
        s->problems = NULL;
    }
    if (!whole) {
        struct problem *p =
            problem_add(problems, SEVERITY_ERROR, AB_MEMORY, NULL, "memory is short");
        p->class = ERR_OS;
    }
    problems_sort(problems);
    return problems->n_errors == 0;
}

void scenario_free(struct scenario *s)
{
    if (s == NULL)
        return;
    forget_config(s);
    arena_free(&s->spec.arena);
    arena_free(&s->pool.arena);
    mem_release(s);
}

const struct spec *scenario_spec(const struct scenario *s)
{
    return &s->spec;
}

void scenario_ask(struct scenario *s, const bool *asked)
{
    s->spec.asked = asked;
}

const struct metric_id *scenario_metrics(const struct scenario *s, size_t *n)
{
    *n = s->n_metric;
    return s->metric;
}

const char *scenario_title(const struct scenario *s)
{
    return s->title;
}

const struct scenario_file *scenario_files(const struct scenario *s, size_t *n)
{
    *n = s->n_file;
    return s->file;
}

const char *scenario_line(const char *file, int line, size_t *length, const struct scenario *s)
{
    const struct source *from = s == NULL ? NULL : source_find(&s->sources, file);
    return from == NULL ? NULL : source_line(from, line, length);
}

const char *scenario_canonical(const struct scenario *s)
{
    return s->canonical;
}
