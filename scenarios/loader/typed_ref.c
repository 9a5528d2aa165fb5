/* typed_ref.c - references between entities. */
#include <string.h>

#include "codes.h"
#include "typed.h"

/* With that many problems nobody reads on, and comparing every word with every name takes minutes.
 */
#define HINTS_MAX 200

static bool kind_fits(const struct key *k, const struct room *room)
{
    if (k->refs == NULL || strcmp(k->refs, "*") == 0)
        return !room->internal;
    size_t length = strlen(room->kind);
    for (const char *at = k->refs; at != NULL;
         at = strchr(at, '|') == NULL ? NULL : strchr(at, '|') + 1)
        if (strncmp(at, room->kind, length) == 0 && (at[length] == '|' || at[length] == '\0'))
            return true;
    return false;
}

static const char *article(const char *word)
{
    return strchr("aeiou", word[0]) != NULL ? "an" : "a";
}

/* "queue|stream|topic": "a queue, a stream or a topic". */
static const char *kinds_text(struct pool *pool, const char *refs)
{
    const char *text = "";
    while (refs != NULL && *refs != '\0') {
        size_t n = strcspn(refs, "|");
        bool last = refs[n] == '\0';
        text = pool_format(pool, "%s%s%s %.*s", text,
                           *text == '\0' ? ""
                           : last        ? " or "
                                         : ", ",
                           article(refs), (int)n, refs);
        refs += n + !last;
    }
    return text;
}

static const char *whose(struct pool *pool, const struct where *w)
{
    const struct where *top = w;
    while (top->up != NULL)
        top = top->up;
    const char *full = where_text(pool, w);
    const char *rest = strchr(full, '.'); /* kind.id.setting */
    rest = rest == NULL ? NULL : strchr(rest + 1, '.');
    return rest == NULL ? full
                        : pool_format(pool, "%s %s's %s", article(top->name), top->name, rest + 1);
}

static const char *near_entity(struct scenario *s, const struct key *k, const char *text)
{
    const char **paths = pool_array(&s->pool, s->spec.n_entity, sizeof(*paths));
    size_t n = 0;
    const char *same_id = NULL;
    if (s->problems->n > HINTS_MAX)
        return NULL;
    for (uint32_t i = 0; i < s->spec.n_entity; i++) {
        const struct spec_entity *e = &s->spec.entity[i];
        if (!kind_fits(k, e->room))
            continue;
        paths[n++] = e->path;
        if (strcmp(e->id, text) == 0)
            same_id = e->path;
    }
    return same_id != NULL ? same_id : suggest(text, paths, n);
}

static bool no_entity(struct scenario *s, const struct where *w, const struct key *k,
                      const struct node *n)
{
    if (s->partial)
        return false;
    const char *better = near_entity(s, k, n->text);
    bool path = strchr(n->text, '.') != NULL;
    struct problem *p;
    if (!path)
        p = ADD_ERROR(s, AB_REF_FORM, &n->place, "%s: a reference is \"kind.id\", not \"%s\"",
                      where_text(&s->pool, w), n->text);
    else
        p = ADD_ERROR(s, AB_NO_ENTITY, &n->place, "no entity '%s'", n->text);
    if (better != NULL)
        problem_label(p, "did you mean '%s'?", better);
    return false;
}

bool typed_ref(struct scenario *s, const struct where *w, const struct key *k, const struct node *n,
               struct value *v)
{
    v->ref = NULL;
    if (n->type != NODE_STRING && n->type != NODE_WORD) {
        ADD_ERROR(s, AB_TYPE, &n->place, "%s is %s, not %s", where_text(&s->pool, w), typed_name(k),
                  node_type_name(n));
        return false;
    }
    const struct spec_entity *e = spec_find(&s->spec, n->text);
    if (e == NULL)
        return no_entity(s, w, k, n);
    if (!kind_fits(k, e->room)) {
        struct problem *p =
            ADD_ERROR(s, AB_REF_KIND, &n->place, "%s is %s; '%s' is %s %s", whose(&s->pool, w),
                      k->refs == NULL ? "no such thing" : kinds_text(&s->pool, k->refs), n->text,
                      article(e->kind), e->kind);
        const char *better = near_entity(s, k, e->id);
        if (better != NULL)
            problem_label(p, "did you mean '%s'?", better);
        return false;
    }
    v->ref = e;
    return true;
}
