/* files.c - one file and all that it extends, laid over each other. A file that is wrong
 * contributes nothing; the rest is still checked, but what is missing then is not complained about.
 */
#include <libconfig.h>
#include <string.h>

#include "codes.h"
#include "mem.h"
#include "parse.h"
#include "scenario_int.h"

#define EXTENDS_DEPTH_MAX 16
#define EXTENDS_MAX       1000 /* in all: lists of lists of files grow fast */

struct reader {
    const struct reader *outer;
    struct source *source;
    int depth;
};

static struct node *read_file(struct scenario *, const char *name, const struct place *asked,
                              const struct reader *outer);

static struct node *decode_file(struct scenario *s, const struct scan *scan, struct node *root)
{
    config_t *config = mem_get(sizeof(*config));
    if (config == NULL)
        longjmp(s->pool.out, 1);
    config_init(config);
    s->config = config; /* freed with the scenario when memory runs short in between */
    bool good = parse_decode(&s->pool, s->problems, scan, config, root);
    s->config = NULL;
    config_destroy(config);
    mem_release(config);
    return good ? root : NULL;
}

static struct node *parse_file(struct scenario *s, struct source *file)
{
    struct scan scan;
    if (!scan_file(&scan, &s->sources, &s->pool, s->problems, file))
        return NULL;
    struct node *root = parse_tokens(&s->pool, s->problems, &scan);
    return root == NULL ? NULL : decode_file(s, &scan, root);
}

/* --- extends --- */

static const char *chain(struct scenario *s, const struct reader *r, const struct source *end)
{
    const char *text = end->name;
    for (; r != NULL; r = r->outer) {
        text = pool_format(&s->pool, "%s -> %s", r->source->name, text);
        if (r->source == end)
            break;
    }
    return text;
}

static bool may_extend(struct scenario *s, const struct source *file, const struct place *asked,
                       const struct reader *outer)
{
    for (const struct reader *r = outer; r != NULL; r = r->outer) {
        if (r->source == file) {
            ADD_ERROR(s, AB_EXTENDS_LOOP, asked, "'%s' extends itself: %s", file->name,
                      chain(s, outer, file));
            return false;
        }
    }
    if (++s->n_extends > EXTENDS_MAX) {
        if (s->n_extends == EXTENDS_MAX + 1)
            ADD_ERROR(s, AB_EXTENDS_DEPTH, asked, "'extends' leads to more than %d files in all",
                      EXTENDS_MAX);
        return false;
    }
    if (outer != NULL && outer->depth >= EXTENDS_DEPTH_MAX) {
        ADD_ERROR(s, AB_EXTENDS_DEPTH, asked, "'extends' is more than %d files deep",
                  EXTENDS_DEPTH_MAX);
        return false;
    }
    return true;
}

static struct node *extend_one(struct scenario *s, const struct reader *r, const struct node *name,
                               struct node *base)
{
    if (name->type != NODE_STRING || name->text[0] == '\0') {
        ADD_ERROR(s, AB_EXTENDS_FORM, &name->place,
                  "'extends' names a file or a list of files, not %s",
                  name->type == NODE_STRING ? "an empty text" : node_type_name(name));
        s->partial = true;
        return base;
    }
    const char *path = source_beside(&s->pool, r->source, name->text);
    return node_merge(&s->pool, base, read_file(s, path, &name->place, r));
}

static struct node *extend(struct scenario *s, const struct reader *r, const struct node *extends)
{
    if (extends == NULL || extends->type == NODE_GROUP || (node_is_scalar(extends)))
        return extends == NULL ? NULL : extend_one(s, r, extends, NULL);
    struct node *base = NULL;
    for (size_t i = 0; i < extends->n; i++)
        base = extend_one(s, r, extends->child[i], base);
    return base;
}

/* --- unset --- */

static const char *near_path(struct scenario *s, const struct node *base, const struct step *step,
                             size_t missing)
{
    size_t there;
    const struct node *group = missing == 0 ? base : node_at(base, step, missing, &there);
    if (group == NULL || group->type != NODE_GROUP || step[missing].name == NULL)
        return NULL;
    const char **names = pool_array(&s->pool, group->n, sizeof(*names));
    for (size_t i = 0; i < group->n; i++)
        names[i] = group->child[i]->name;
    return suggest(step[missing].name, names, group->n);
}

static struct node *unset_one(struct scenario *s, struct node *base, const struct node *path)
{
    struct step step[STEPS_MAX];
    size_t missing, n = 0;
    if (path->type == NODE_STRING)
        n = path_parse(&s->pool, path->text, strlen(path->text), step);
    if (n == 0) {
        ADD_ERROR(s, AB_UNSET, &path->place, "'unset' lists paths such as \"fault.outage\"");
        return base;
    }
    if (node_at(base, step, n, &missing) != NULL)
        return node_without(&s->pool, base, step, n);
    if (s->partial)
        return base;
    struct place place = node_place_at(path, step[missing].at);
    place.width = (int)step[missing].length;
    struct problem *p =
        ADD_ERROR(s, AB_UNSET, &place, "nothing to unset: there is no '%.*s' in the files below",
                  (int)(step[missing].at + step[missing].length), path->text);
    const char *better = near_path(s, base, step, missing);
    if (better != NULL)
        problem_label(p, "did you mean '%s'?", better);
    return base;
}

static struct node *unset(struct scenario *s, struct node *base, const struct node *unset)
{
    if (unset == NULL)
        return base;
    if (base == NULL)
        base = node_new(&s->pool, NODE_GROUP, NULL);
    if (unset->type == NODE_GROUP || node_is_scalar(unset))
        return unset_one(s, base, unset);
    for (size_t i = 0; i < unset->n; i++)
        base = unset_one(s, base, unset->child[i]);
    return base;
}

/* --- a file --- */

static struct node *drop(struct scenario *s, struct node *root, const char *name)
{
    struct step step = {.name = name};
    return node_child(root, name) == NULL ? root : node_without(&s->pool, root, &step, 1);
}

static struct node *read_file(struct scenario *s, const char *name, const struct place *asked,
                              const struct reader *outer)
{
    struct source *file = source_open(&s->sources, &s->pool, s->problems, name, asked);
    if (file == NULL || !file->good || !may_extend(s, file, asked, outer)) {
        s->partial = true;
        return NULL;
    }
    if (!file->parsed)
        file->root = parse_file(s, file);
    file->parsed = true;
    if (file->root == NULL) {
        s->partial = true;
        return NULL;
    }
    struct reader here = {outer, file, outer == NULL ? 1 : outer->depth + 1};
    struct node *base = extend(s, &here, node_child(file->root, "extends"));
    base = unset(s, base, node_child(file->root, "unset"));
    struct node *own = drop(s, drop(s, file->root, "extends"), "unset");
    return node_merge(&s->pool, base, own);
}

struct node *files_read(struct scenario *s, const char *path)
{
    return read_file(s, path, NULL, NULL);
}
