/* canonical.c - the merged scenario as one file again: sorted, each value in one spelling, defaults
 * left out. Two scenarios that mean the same have the same text, and the text can be loaded. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"
#include "typed.h"

struct writer {
    struct scenario *s;
    char *text;
    size_t n, cap;
    int depth;
};

static void put(struct writer *w, const char *text)
{
    size_t more = strlen(text);
    if (w->n + more + 1 > w->cap) {
        size_t cap = (w->n + more + 1) * 2;
        char *moved = pool_get(&w->s->pool, cap);
        if (w->n > 0)
            memcpy(moved, w->text, w->n);
        w->text = moved;
        w->cap = cap;
    }
    memcpy(w->text + w->n, text, more + 1);
    w->n += more;
}

static void indent(struct writer *w)
{
    for (int i = 0; i < w->depth; i++)
        put(w, "  ");
}

static void put_quoted(struct writer *w, const char *text)
{
    put(w, "\"");
    for (; *text != '\0'; text++) {
        char piece[8];
        unsigned char c = (unsigned char)*text;
        const char *escape = c == '"'    ? "\\\""
                             : c == '\\' ? "\\\\"
                             : c == '\n' ? "\\n"
                             : c == '\t' ? "\\t"
                                         : NULL;
        if (escape == NULL)
            snprintf(piece, sizeof(piece), c < 32 ? "\\x%02x" : "%c", c);
        put(w, escape != NULL ? escape : piece);
    }
    put(w, "\"");
}

static void open_group(struct writer *w, const char *name)
{
    indent(w);
    put(w, name);
    put(w, " = {\n");
    w->depth++;
}

static void close_group(struct writer *w)
{
    w->depth--;
    indent(w);
    put(w, "};\n");
}

/* --- typed values --- */

/* Which file it was, as a comment: the same name with another content is another scenario. */
static void put_identity(struct writer *w, const struct value *v)
{
    uint64_t bytes;
    char hex[65];
    if (replay_digest(v->path, &bytes, hex))
        put(w, pool_format(&w->s->pool, " /* %llu bytes, sha256 %s */", (unsigned long long)bytes,
                           hex));
}

static void put_scalar(struct writer *w, const struct key *k, const struct value *v)
{
    const char *text = typed_text(&w->s->pool, k, v);
    bool word = k->type == VALUE_COUNT && strcmp(text, "unlimited") == 0;
    if ((k->type == VALUE_COUNT && !word) || k->type == VALUE_FLAG || k->type == VALUE_NUMBER)
        put(w, text);
    else
        put_quoted(w, text);
    if (k->flags & KEY_FILE)
        put_identity(w, v);
}

static void put_span(struct writer *w, const struct key *k, const struct value *v)
{
    put(w, "{ low = ");
    put_scalar(w, k, &v->span[0]);
    put(w, "; mid = ");
    put_scalar(w, k, v);
    put(w, "; high = ");
    put_scalar(w, k, &v->span[1]);
    put(w, "; }");
}

static void put_fields(struct writer *, const struct key *, uint32_t n, const struct value *);

static void put_list(struct writer *w, const struct key *k, const struct value *v)
{
    struct key element = *k;
    element.type = k->element;
    put(w, "(");
    for (uint32_t i = 0; i < v->list.n; i++) {
        const struct value *item = &v->list.item[i];
        put(w, i > 0 ? ", " : " ");
        if (k->element == VALUE_GROUP) {
            put(w, "{\n");
            w->depth++;
            put_fields(w, k->sub, k->n_sub, item->list.item);
            w->depth--;
            indent(w);
            put(w, "}");
        } else if (item->span != NULL) {
            put_span(w, &element, item);
        } else {
            put_scalar(w, &element, item);
        }
    }
    put(w, " )");
}

static bool is_default(struct writer *w, const struct key *k, const struct value *v)
{
    struct value fallback = {0};
    struct where here = {NULL, k->name, 0};
    if (!v->given)
        return true;
    if (k->fallback == NULL || v->span != NULL || k->type == VALUE_GROUP || k->type == VALUE_LIST)
        return false;
    struct node word = {.name = k->name, .type = NODE_WORD, .text = k->fallback};
    return typed_scalar(w->s, &here, k, &word, &fallback) &&
           strcmp(typed_text(&w->s->pool, k, v), typed_text(&w->s->pool, k, &fallback)) == 0;
}

static void put_key(struct writer *w, const struct key *k, const struct value *v)
{
    if (is_default(w, k, v))
        return;
    if (k->type == VALUE_GROUP) {
        open_group(w, k->name);
        put_fields(w, k->sub, k->n_sub, v->list.item);
        close_group(w);
        return;
    }
    indent(w);
    put(w, k->name);
    put(w, " = ");
    if (k->type == VALUE_LIST)
        put_list(w, k, v);
    else if (v->span != NULL)
        put_span(w, k, v);
    else
        put_scalar(w, k, v);
    put(w, ";\n");
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const struct key *const *)a)->name, (*(const struct key *const *)b)->name);
}

static void put_fields(struct writer *w, const struct key *key, uint32_t n, const struct value *v)
{
    const struct key **sorted = pool_array(&w->s->pool, n, sizeof(*sorted));
    for (uint32_t i = 0; i < n; i++)
        sorted[i] = &key[i];
    qsort(sorted, n, sizeof(*sorted), by_name);
    for (uint32_t i = 0; i < n; i++)
        put_key(w, sorted[i], &v[sorted[i] - key]);
}

/* --- what is kept as it was written --- */

static void put_node(struct writer *w, const struct node *n)
{
    if (n->type == NODE_STRING || n->type == NODE_WORD) {
        put_quoted(w, n->text);
        return;
    }
    if (node_is_scalar(n)) {
        put(w, n->text);
        return;
    }
    put(w, n->type == NODE_GROUP ? "{" : "(");
    for (size_t i = 0; i < n->n; i++) {
        put(w, i > 0 && n->type != NODE_GROUP ? ", " : " ");
        if (n->type == NODE_GROUP) {
            put(w, n->child[i]->name);
            put(w, " = ");
        }
        put_node(w, n->child[i]);
        put(w, n->type == NODE_GROUP ? ";" : "");
    }
    put(w, n->type == NODE_GROUP ? " }" : " )");
}

static void put_raw(struct writer *w, const char *name)
{
    const struct node *n = node_child(w->s->root, name);
    if (n == NULL)
        return;
    put(w, name);
    put(w, " = ");
    put_node(w, n);
    put(w, ";\n");
}

static void put_entities(struct writer *w)
{
    const char *kind = NULL;
    for (uint32_t i = 0; i < w->s->spec.n_entity; i++) {
        const struct spec_entity *e = &w->s->spec.entity[i];
        if (kind == NULL || strcmp(kind, e->kind) != 0) {
            if (kind != NULL)
                close_group(w);
            open_group(w, kind = e->kind);
        }
        open_group(w, e->id);
        put_fields(w, e->room->key, e->room->n_key, e->value);
        close_group(w);
    }
    if (kind != NULL)
        close_group(w);
}

const char *walk_canonical(struct scenario *s)
{
    struct writer w = {.s = s};
    put_raw(&w, "title");
    open_group(&w, "run");
    put_fields(&w, run_keys, n_run_keys, s->spec.run);
    close_group(&w);
    put_entities(&w);
    put_raw(&w, "expect");
    put_raw(&w, "price");
    put_raw(&w, "sweep");
    return w.text;
}
