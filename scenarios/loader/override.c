/* override.c - `--set queue.orders.visibility_timeout=45s`: a value laid over the merged files,
 * checked like the rest. A path may add a setting to an entity that exists, never a new entity. */
#include <libconfig.h>
#include <string.h>

#include "codes.h"
#include "mem.h"
#include "parse.h"
#include "scenario_int.h"

struct override {
    struct source *source;
    struct step step[STEPS_MAX];
    size_t n;        /* steps */
    size_t from, to; /* of the value in the text */
};

static struct place place_of(const struct override *o, size_t at, size_t width)
{
    return source_place(o->source, at, width, 1);
}

static struct problem *refuse(struct scenario *s, const struct override *o, int code, size_t at,
                              size_t width, const char *text, const char *name)
{
    struct place place = place_of(o, at, width);
    return ADD_ERROR(s, code, &place, "%s%s", text, name);
}

/* --- the value --- */

static struct node *parse_written(struct scenario *s, const struct override *o)
{
    struct scan scan;
    struct node *root = node_new(&s->pool, NODE_GROUP, NULL);
    if (!scan_part(&scan, &s->sources, &s->pool, s->problems, o->source, o->from))
        return NULL;
    struct node *value = parse_single(&s->pool, s->problems, &scan);
    if (value == NULL)
        return NULL;
    value->name = "value";
    node_add(&s->pool, root, value);
    scan.text = pool_format(&s->pool, "value = %s", scan.text);
    s->config = mem_get(sizeof(config_t));
    if (s->config == NULL)
        longjmp(s->pool.out, 1);
    config_init(s->config);
    bool good = parse_decode(&s->pool, s->problems, &scan, s->config, root);
    config_destroy(s->config);
    mem_release(s->config);
    s->config = NULL;
    return good ? value : NULL;
}

/* Brackets and quotes make it a value as in a file; anything else is a plain word of whatever type
 * is wanted. */
static struct node *read_value(struct scenario *s, const struct override *o)
{
    const char *text = o->source->text + o->from;
    if (*text != '\0' && strchr("\"([{", *text) != NULL)
        return parse_written(s, o);
    struct node *word = node_new(&s->pool, NODE_WORD, NULL);
    word->text = pool_text(&s->pool, text, o->to - o->from);
    word->place = place_of(o, o->from, o->to - o->from);
    return word;
}

/* --- the path --- */

static bool split(struct scenario *s, struct override *o)
{
    const char *text = o->source->text, *equals = strchr(text, '=');
    if (equals == NULL) {
        struct problem *p = refuse(s, o, AB_SET_FORM, 0, o->source->bytes,
                                   "--set takes PATH=VALUE, and there is no '='", "");
        p->class = ERR_USAGE;
        return false;
    }
    size_t from = strspn(text, " "), to = (size_t)(equals - text);
    while (to > from && text[to - 1] == ' ')
        to--;
    o->n = path_parse(&s->pool, text + from, to - from, o->step);
    for (size_t i = 0; i < o->n; i++)
        o->step[i].place = place_of(o, o->step[i].at + from, o->step[i].length);
    o->from = (size_t)(equals - text) + 1;
    o->from += strspn(text + o->from, " ");
    o->to = o->source->bytes;
    while (o->to > o->from && strchr(" \n", text[o->to - 1]) != NULL)
        o->to--;
    if (o->n == 0)
        refuse(s, o, AB_SET_PATH, from, to - from,
               "this is no path such as queue.orders.visibility_timeout", "");
    return o->n > 0;
}

static bool suggest_path(struct scenario *s, const struct override *o, size_t step,
                         const char *const *names, size_t n, const char *format)
{
    const char *better = suggest(o->step[step].name, names, n);
    struct problem *p =
        ADD_ERROR(s, AB_SET_PATH, &o->step[step].place, "%s '%s'", format, o->step[step].name);
    if (better != NULL)
        problem_label(p, "did you mean '%s'?", better);
    return false;
}

static bool check_kind(struct scenario *s, const struct override *o)
{
    static const char *const groups[] = {"run", "title", "expect", "sweep", "price"};
    const char *names[5 + 64];
    size_t n = 5;
    memcpy(names, groups, sizeof(groups));
    for (size_t i = 0; i < 5; i++)
        if (strcmp(o->step[0].name, groups[i]) == 0)
            return true;
    for (const struct room *const *r = rooms; *r != NULL && n < 69; r++)
        names[n++] = (*r)->kind;
    return room_find(o->step[0].name) != NULL ||
           suggest_path(s, o, 0, names, n, "no kind of entity is called");
}

static bool check_entity(struct scenario *s, const struct override *o)
{
    const struct node *kind = node_child(s->root, o->step[0].name);
    if (room_find(o->step[0].name) == NULL)
        return true;
    if (o->n < 3 || o->step[1].name == NULL) {
        refuse(s, o, AB_SET_PATH, 0, strlen(o->source->text),
               "--set sets one setting of an entity: KIND.ID.SETTING=VALUE", "");
        return false;
    }
    if (kind != NULL && node_child(kind, o->step[1].name) != NULL)
        return true;
    if (s->partial)
        return false;
    size_t n = kind == NULL || kind->type != NODE_GROUP ? 0 : kind->n;
    const char **names = pool_array(&s->pool, n, sizeof(*names));
    for (size_t i = 0; i < n; i++)
        names[i] = kind->child[i]->name;
    return suggest_path(s, o, 1, names, n,
                        pool_format(&s->pool, "there is no %s", o->step[0].name));
}

static bool refuse_index(struct scenario *s, const struct override *o, size_t i,
                         const struct node *list)
{
    const char *text = pool_format(&s->pool, "there is no element [%zu]", o->step[i].index);
    struct problem *p = refuse(s, o, AB_SET_INDEX, o->step[i].at, o->step[i].length, text, "");
    if (list == NULL || (list->type != NODE_LIST && list->type != NODE_ARRAY))
        problem_label(p, "this is no list");
    else
        problem_label(p, list->n == 1 ? "the list has 1 element" : "the list has %zu elements",
                      list->n);
    return false;
}

/* What is on the way must be a group where a name follows, a list where an index does. */
static bool check_way(struct scenario *s, const struct override *o)
{
    const struct node *at = s->root;
    for (size_t i = 0; i < o->n; i++) {
        const struct step *step = &o->step[i];
        if (step->name == NULL) {
            if (at == NULL || (at->type != NODE_LIST && at->type != NODE_ARRAY) ||
                step->index >= at->n)
                return refuse_index(s, o, i, at);
            at = at->child[step->index];
        } else if (at != NULL && at->type != NODE_GROUP) {
            struct problem *p =
                ADD_ERROR(s, AB_SET_PATH, &step->place, "there is no '%s' here", step->name);
            problem_label(p, "before it stands %s", node_type_name(at));
            return false;
        } else {
            at = node_child(at, step->name);
        }
    }
    return true;
}

static void apply(struct scenario *s, const char *text, const char *origin, size_t number)
{
    struct override o = {0};
    o.source =
        source_text(&s->sources, &s->pool, pool_format(&s->pool, "%s %zu", origin, number), text);
    if (!split(s, &o) || !check_kind(s, &o) || !check_entity(s, &o) || !check_way(s, &o))
        return;
    struct node *value = read_value(s, &o);
    if (value != NULL)
        s->root = node_with(&s->pool, s->root, o.step, o.n, value);
}

void override_apply(struct scenario *s, const struct scenario_options *options, const char *origin)
{
    for (size_t i = 0; options != NULL && i < options->n_set; i++)
        apply(s, options->set[i], origin, i + 1);
}
