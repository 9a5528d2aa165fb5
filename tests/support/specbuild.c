/* specbuild.c - "path = value" lines to typed values, by the key tables of the rooms. */
#include "specbuild.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "quota.h"
#include "room.h"
#include "run_keys.h"

#define LINES_MAX 4000

struct line {
    char *path, *text;
};
struct specbuild {
    struct spec spec;
    struct line line[LINES_MAX];
    uint32_t    n;
};

static _Noreturn void __attribute__((format(printf, 1, 2))) die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("specbuild: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    abort();
}

static char *trim(char *s)
{
    while (*s == ' ' || *s == '\t')
        s++;
    char *end = s + strlen(s);
    while (end > s && (end[-1] == ' ' || end[-1] == '\t'))
        *--end = '\0';
    return s;
}

static void add_line(struct specbuild *b, char *line)
{
    line = trim(line);
    if (*line == '\0')
        return;
    char *equals = strchr(line, '=');
    if (equals == NULL || b->n == LINES_MAX)
        die("no '=' in '%s', or too many lines", line);
    *equals = '\0';
    b->line[b->n++] = (struct line){trim(line), trim(equals + 1)};
}

void specbuild_add(struct specbuild *b, const char *lines)
{
    char *copy = arena_text(&b->spec.arena, lines);
    for (char *end; copy != NULL; copy = end == NULL ? NULL : end + 1) {
        end = strchr(copy, '\n');
        if (end != NULL)
            *end = '\0';
        add_line(b, copy);
    }
}

struct specbuild *specbuild_open(const char *lines)
{
    struct specbuild *b = calloc(1, sizeof(*b));
    if (b == NULL)
        die("memory");
    arena_init(&b->spec.arena);
    specbuild_add(b, lines);
    return b;
}

void specbuild_close(struct specbuild *b)
{
    arena_free(&b->spec.arena);
    free(b);
}

/* --- values --- */

static int64_t choice(const char *choices, const char *text)
{
    size_t n = strlen(text);
    for (int64_t i = 0; choices != NULL; i++) {
        if (strncmp(choices, text, n) == 0 && (choices[n] == '|' || choices[n] == '\0'))
            return i;
        choices = strchr(choices, '|');
        choices = choices == NULL ? NULL : choices + 1;
    }
    return -1;
}

static bool parse_int(const char *text, int64_t *i)
{
    char *end;
    *i = strtoll(text, &end, 10);
    return end != text && *end == '\0';
}

static bool parse(struct specbuild *b, const struct key *k, struct value *v, const char *text)
{
    struct arena *a = &b->spec.arena;
    struct dist_error de;
    switch (k->type) {
    case VALUE_DURATION:
        return quantity_duration(text, &v->i, NULL);
    case VALUE_SIZE:
        return quantity_size(text, &v->i, NULL);
    case VALUE_COUNT:
        if ((k->flags & KEY_UNLIMITED) != 0 && strcmp(text, "unlimited") == 0) {
            v->i = INT64_MAX;
            return true;
        }
        return parse_int(text, &v->i);
    case VALUE_SHARE:
        return quantity_share(text, &v->i, NULL);
    case VALUE_FLAG:
        v->i = strcmp(text, "true") == 0;
        return v->i != 0 || strcmp(text, "false") == 0;
    case VALUE_CHOICE:
        v->i = choice(k->choices, text);
        return v->i >= 0;
    case VALUE_RATE:
        return quantity_rate(text, &v->rate, NULL);
    case VALUE_NUMBER:
        v->number = atof(text);
        return true;
    case VALUE_TEXT:
        v->text = v->path = text;
        return true;
    case VALUE_REF:
        v->ref = spec_find(&b->spec, text);
        return v->ref != NULL;
    case VALUE_DIST:
        v->dist = dist_parse(a, text, k->unit, NULL, &de);
        return v->dist != NULL;
    case VALUE_BACKOFF:
        v->backoff = backoff_parse(a, text, &de);
        return v->backoff != NULL;
    case VALUE_GROUP:
    case VALUE_LIST:
        break;
    }
    return false;
}

static void set_text(struct specbuild *b, const struct key *k, struct value *v, const char *text, const char *path)
{
    if (!parse(b, k, v, text))
        die("%s: '%s' is no value", path, text);
    v->absent = false;
}

static struct value *values_new(struct specbuild *b, const struct key *key, uint32_t n)
{
    struct value *v = arena_get(&b->spec.arena, (n + 1) * sizeof(*v));
    for (uint32_t i = 0; i < n; i++) {
        v[i].type = key[i].type;
        v[i].absent = key[i].fallback == NULL;
        if (key[i].fallback != NULL)
            set_text(b, &key[i], &v[i], key[i].fallback, key[i].name);
    }
    return v;
}

/* A list of plain values: "30s, 60s". */
static void set_list(struct specbuild *b, const struct key *k, struct value *v, const char *text, const char *path)
{
    struct key element = *k;
    element.type = k->element;
    char *rest = arena_text(&b->spec.arena, text);
    v->list.n = 0;
    v->list.item = arena_get(&b->spec.arena, (strlen(text) + 1) * sizeof(*v));
    for (char *end; rest != NULL; rest = end == NULL ? NULL : end + 1) {
        end = strchr(rest, ',');
        if (end != NULL)
            *end = '\0';
        struct value *item = &v->list.item[v->list.n++];
        item->type = element.type;
        item->given = true;
        set_text(b, &element, item, trim(rest), path);
    }
}

static void widen(struct specbuild *b, const struct key *k, struct value *list, uint32_t n)
{
    if (list->list.n >= n)
        return;
    struct value *item = arena_get(&b->spec.arena, n * sizeof(*item));
    if (list->list.n > 0)
        memcpy(item, list->list.item, list->list.n * sizeof(*item));
    for (uint32_t i = list->list.n; i < n; i++) {
        item[i].type = k->element;
        item[i].given = true;
        if (k->element != VALUE_GROUP)
            continue;
        item[i].list.item = values_new(b, k->sub, k->n_sub);
        item[i].list.n = k->n_sub;
    }
    list->list.item = item;
    list->list.n = n;
}

/* rest: "key", "key.sub", "key[2].sub". */
static void set(struct specbuild *b, const struct key *key, uint32_t n_key, struct value *value, const char *rest,
                const char *text)
{
    size_t n = strcspn(rest, ".[");
    uint32_t i = 0;
    while (i < n_key && (strlen(key[i].name) != n || strncmp(key[i].name, rest, n) != 0))
        i++;
    if (i == n_key)
        die("no key '%s'", rest);
    struct value *v = &value[i];
    const struct key *k = &key[i];
    v->given = true;
    v->absent = false;
    rest += n;
    if (*rest == '\0' && k->type == VALUE_LIST) {
        set_list(b, k, v, text, k->name);
    } else if (*rest == '\0') {
        set_text(b, k, v, text, k->name);
    } else if (*rest == '.') {
        if (v->list.n == 0) {
            v->list.item = values_new(b, k->sub, k->n_sub);
            v->list.n = k->n_sub;
        }
        set(b, k->sub, k->n_sub, v->list.item, rest + 1, text);
    } else {
        uint32_t index = (uint32_t)strtoul(rest + 1, NULL, 10);
        widen(b, k, v, index + 1);
        struct key element = *k;
        element.type = k->element;
        if (k->element != VALUE_GROUP) {
            set_text(b, &element, &v->list.item[index], text, k->name);
            return;
        }
        set(b, k->sub, k->n_sub, v->list.item[index].list.item, strchr(rest, ']') + 2, text);
    }
}

/* --- entities --- */

static int by_kind_and_id(const void *a, const void *b)
{
    const struct spec_entity *x = a, *y = b;
    int order = strcmp(x->kind, y->kind);
    return order != 0 ? order : strcmp(x->id, y->id);
}

/* "queue.orders.wait_time" belongs to queue.orders; a line "queue.orders = {}" makes an entity with defaults. */
static void enter_entity(struct specbuild *b, const struct line *l)
{
    struct spec *s = &b->spec;
    char *path = arena_text(&s->arena, l->path);
    char *dot = strchr(path, '.');
    if (dot == NULL)
        die("no '.' in '%s'", l->path);
    char *end = dot + 1 + strcspn(dot + 1, ".");
    *end = '\0';
    for (uint32_t i = 0; i < s->n_entity; i++) {
        if (strcmp(s->entity[i].path, path) == 0)
            return;
    }
    struct spec_entity *e = &s->entity[s->n_entity++];
    e->path = arena_text(&s->arena, path);
    e->id = arena_text(&s->arena, dot + 1);
    *dot = '\0';
    e->kind = path;
    e->room = room_find(path);
    if (e->room == NULL)
        die("no kind '%s'", path);
}

static bool is_run(const struct line *l)
{
    return strncmp(l->path, "run.", 4) == 0;
}

static void apply(struct specbuild *b, const struct line *l)
{
    struct spec *s = &b->spec;
    if (is_run(l)) {
        set(b, run_keys, n_run_keys, s->run, l->path + 4, l->text);
        return;
    }
    for (uint32_t i = 0; i < s->n_entity; i++) {
        struct spec_entity *e = &s->entity[i];
        size_t n = strlen(e->path);
        if (strncmp(l->path, e->path, n) == 0 && l->path[n] == '.')
            set(b, e->room->key, e->room->n_key, e->value, l->path + n + 1, l->text);
    }
}

const struct spec *specbuild_check(struct specbuild *b, struct problems *p)
{
    struct spec *s = &b->spec;
    s->entity = arena_get(&s->arena, (b->n + 1) * sizeof(*s->entity));
    for (uint32_t i = 0; i < b->n; i++) {
        if (!is_run(&b->line[i]))
            enter_entity(b, &b->line[i]);
    }
    qsort(s->entity, s->n_entity, sizeof(*s->entity), by_kind_and_id);
    for (uint32_t i = 0; i < s->n_entity; i++) {
        struct spec_entity *e = &s->entity[i];
        e->index = i;
        e->value = values_new(b, e->room->key, e->room->n_key);
    }
    s->run = values_new(b, run_keys, n_run_keys);
    for (uint32_t i = 0; i < b->n; i++)
        apply(b, &b->line[i]);
    s->quotas = quota_profile_find(s->run[RUN_QUOTAS].text);
    run_apply(s, p);
    for (uint32_t i = 0; i < s->n_entity; i++) {
        if (s->entity[i].room->check != NULL)
            s->entity[i].room->check(s, &s->entity[i], p);
    }
    return s;
}

const struct spec *specbuild_done(struct specbuild *b)
{
    struct problems p;
    problems_init(&p);
    const struct spec *s = specbuild_check(b, &p);
    for (size_t i = 0; i < p.n; i++) {
        if (p.item[i].severity == SEVERITY_ERROR)
            die("%s", p.item[i].text);
    }
    problems_free(&p);
    return s;
}
