/* filter_events.c - events taken apart: JSON by its paths, message attributes by their names.
 *
 * An element of an array that is itself an object or an array adds a step (array, element) to the
 * chain of what lies in it; a plain value in an array adds none (EB-35). Empty arrays and objects
 * leave nothing. */
#include <stdio.h>
#include <string.h>

#include "compile.h"
#include "mem.h"

/* --- JSON --- */

struct flatten {
    struct filter_event *event;
    char *path; /* by mem_resize */
    size_t cap;
    uint32_t arrays;
};
struct here {
    size_t n_path;
    bool root;
    const struct filter_step *chain;
    uint32_t n_chain;
};

static struct filter_value value_of(const json_t *j)
{
    struct filter_value v = {.kind = VALUE_NULL};
    switch (json_typeof(j)) {
    case JSON_STRING:
        v.kind = VALUE_STRING;
        v.text.at = json_string_value(j);
        v.text.n = (uint32_t)json_string_length(j);
        break;
    case JSON_TRUE:
        v.kind = VALUE_TRUE;
        break;
    case JSON_FALSE:
        v.kind = VALUE_FALSE;
        break;
    case JSON_NULL:
        break;
    default:
        v.kind = VALUE_NUMBER;
        v.number = json_number_value(j);
    }
    return v;
}

static bool is_scalar(const json_t *j)
{
    return !json_is_object(j) && !json_is_array(j);
}

static bool add_scalar(struct flatten *f, const json_t *j, const struct here *h)
{
    struct filter_value v = value_of(j);
    return filter_event_add(f->event, f->path, (uint32_t)h->n_path, &v, h->chain, h->n_chain);
}

static bool add(struct flatten *f, const json_t *j, const struct here *h);

static bool extend(struct flatten *f, const char *key, const struct here *h, struct here *inside)
{
    size_t n = strlen(key), dot = h->root ? 0 : 1, need = h->n_path + dot + n;
    if (need >= f->cap) {
        char *more = mem_resize(f->path, 2 * need + 64);
        if (more == NULL)
            return false;
        f->path = more;
        f->cap = 2 * need + 64;
    }
    if (dot > 0)
        f->path[h->n_path] = '.';
    if (n > 0)
        memcpy(f->path + h->n_path + dot, key, n);
    *inside = (struct here){need, false, h->chain, h->n_chain};
    return true;
}

static bool add_object(struct flatten *f, const json_t *j, const struct here *h)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)j, key, value)
    {
        struct here inside;
        if (!extend(f, key, h, &inside) || !add(f, value, &inside))
            return false;
    }
    return true;
}

static bool add_element(struct flatten *f, const json_t *j, const struct here *h, uint32_t array,
                        uint32_t index)
{
    struct filter_step *chain = arena_get(&f->event->arena, (h->n_chain + 1) * sizeof(*chain));
    if (chain == NULL)
        return false;
    if (h->n_chain > 0)
        memcpy(chain, h->chain, h->n_chain * sizeof(*chain));
    chain[h->n_chain] = (struct filter_step){array, index};
    return add(f, j, &(struct here){h->n_path, h->root, chain, h->n_chain + 1});
}

static bool add_array(struct flatten *f, const json_t *j, const struct here *h)
{
    uint32_t array = f->arrays++;
    for (size_t i = 0; i < json_array_size(j); i++) {
        const json_t *one = json_array_get(j, i);
        if (is_scalar(one) ? !add_scalar(f, one, h) : !add_element(f, one, h, array, (uint32_t)i))
            return false;
    }
    return true;
}

static bool add(struct flatten *f, const json_t *j, const struct here *h)
{
    if (json_is_object(j))
        return add_object(f, j, h);
    return json_is_array(j) ? add_array(f, j, h) : add_scalar(f, j, h);
}

static bool flatten(struct filter_event *e, const json_t *j)
{
    struct flatten f = {.event = e};
    bool good = add(&f, j, &(struct here){0, true, NULL, 0});
    mem_release(f.path);
    return good;
}

static bool refuse(struct filter_error *e, const struct json_text *t, size_t offset,
                   const char *what)
{
    *e = (struct filter_error){.code = "ValidationException"};
    snprintf(e->reason, sizeof(e->reason), "Parameter Event is not valid.%s%s",
             *what == '\0' ? "" : " ", what);
    e->offset = json_text_written(t, offset, &e->line, &e->column);
    return false;
}

static bool no_memory(struct filter_error *e)
{
    *e = (struct filter_error){.code = NULL};
    snprintf(e->reason, sizeof(e->reason), "out of memory");
    return false;
}

/* NULL and *memory false: no JSON object; *error says why. */
static json_t *load_object(const struct json_text *t, struct filter_error *e, bool *memory)
{
    struct json_trouble trouble;
    json_t *j = json_text_load(t, &trouble);
    *memory = j == NULL && trouble.memory;
    if (json_is_object(j))
        return j;
    if (*memory)
        no_memory(e);
    else
        refuse(e, t, j == NULL ? trouble.offset : 0,
               j == NULL ? trouble.text : "It must be an object.");
    json_decref(j);
    return NULL;
}

static struct filter_event *event_of(enum filter_dialect d, const struct json_text *t,
                                     struct filter_error *error)
{
    bool memory;
    json_t *j = load_object(t, error, &memory);
    bool wanted = j != NULL || (!memory && d == FILTER_SNS_BODY);
    struct filter_event *e = wanted ? filter_event_new(d) : NULL;
    if (e != NULL && j == NULL)
        e->fault = FILTER_BODY_INVALID;
    if (wanted && (e == NULL || (j != NULL && !flatten(e, j)))) {
        no_memory(error);
        filter_event_free(e);
        e = NULL;
    }
    json_decref(j);
    return e;
}

struct filter_event *filter_event_json(enum filter_dialect d, const char *text, size_t n,
                                       unsigned flags, struct filter_error *error)
{
    struct filter_error unused;
    struct json_text t;
    error = error == NULL ? &unused : error;
    if (!json_text_open(&t, text, n, (flags & FILTER_APOSTROPHES) != 0)) {
        no_memory(error);
        return NULL;
    }
    struct filter_event *e = event_of(d, &t, error);
    json_text_close(&t);
    return e;
}

/* --- message attributes --- */

bool filter_type_read(const char *text, enum filter_type *type)
{
    static const char *const name[] = {[FILTER_STRING] = "String",
                                       [FILTER_STRING_ARRAY] = "String.Array",
                                       [FILTER_NUMBER] = "Number",
                                       [FILTER_BINARY] = "Binary"};
    if (strcmp(text, name[FILTER_STRING_ARRAY]) == 0) {
        *type = FILTER_STRING_ARRAY;
        return true;
    }
    for (int i = 0; i <= FILTER_BINARY; i++) {
        size_t n = strlen(name[i]);
        if (i != FILTER_STRING_ARRAY && strncmp(text, name[i], n) == 0 &&
            (text[n] == '\0' || text[n] == '.')) {
            *type = (enum filter_type)i;
            return true;
        }
    }
    return false;
}

/* A number as SNS takes it, "+007.50" say, written as JSON does; its length, or 0. */
static size_t plain_number(const char *s, size_t n, char out[80])
{
    size_t i = 0, k = 0;
    if (n == 0 || n > 70)
        return 0;
    if (s[i] == '+' || s[i] == '-') {
        if (s[i] == '-')
            out[k++] = '-';
        i++;
    }
    while (i + 1 < n && s[i] == '0' && s[i + 1] >= '0' && s[i + 1] <= '9')
        i++;
    if (i < n && s[i] == '.' && i + 1 < n)
        out[k++] = '0';
    for (; i < n; i++)
        if (s[i] != '.' || (i + 1 < n && s[i + 1] >= '0' && s[i + 1] <= '9'))
            out[k++] = s[i];
    return k;
}

/* 1: good; 0: no number, or no array of scalars; -1: memory is short. */
static int add_loaded(struct filter_event *e, const struct filter_attribute *a, const json_t *j)
{
    uint32_t n = (uint32_t)strlen(a->name);
    if (a->type == FILTER_NUMBER ? !json_is_number(j) : !json_is_array(j))
        return 0;
    bool good = filter_event_touch(e, a->name, n);
    size_t count = a->type == FILTER_NUMBER ? 1 : json_array_size(j);
    for (size_t i = 0; good && i < count; i++) {
        const json_t *one = a->type == FILTER_NUMBER ? j : json_array_get(j, i);
        struct filter_value v = {.kind = VALUE_NULL};
        if (!is_scalar(one))
            return 0;
        v = value_of(one);
        good = filter_event_add(e, a->name, n, &v, NULL, 0);
    }
    return good ? 1 : -1;
}

static int add_parsed(struct filter_event *e, const struct filter_attribute *a, unsigned flags)
{
    struct json_text t;
    struct json_trouble trouble;
    char number[80];
    size_t n = a->type == FILTER_NUMBER ? plain_number(a->value, a->n, number) : a->n;
    if (!json_text_open(&t, a->type == FILTER_NUMBER ? number : a->value, n,
                        (flags & FILTER_APOSTROPHES) != 0))
        return -1;
    json_t *j = json_text_load(&t, &trouble);
    int result = j != NULL ? add_loaded(e, a, j) : trouble.memory ? -1 : 0;
    json_decref(j);
    json_text_close(&t);
    return result;
}

static int add_attribute(struct filter_event *e, const struct filter_attribute *a, unsigned flags)
{
    struct filter_value v = {.kind = VALUE_STRING, .text = {.at = a->value, .n = (uint32_t)a->n}};
    if (a->type == FILTER_BINARY)
        return 1;
    e->empty = false;
    if (a->type != FILTER_STRING)
        return add_parsed(e, a, flags);
    return filter_event_add(e, a->name, (uint32_t)strlen(a->name), &v, NULL, 0) ? 1 : -1;
}

struct filter_event *filter_event_attributes(const struct filter_attribute *a, uint32_t n,
                                             unsigned flags)
{
    struct filter_event *e = filter_event_new(FILTER_SNS_ATTRIBUTES);
    if (e != NULL)
        e->empty = true;
    for (uint32_t i = 0; e != NULL && i < n; i++) {
        int result = add_attribute(e, &a[i], flags);
        if (result == 0)
            e->fault = FILTER_ATTRIBUTES_INVALID;
        if (result < 0) {
            filter_event_free(e);
            e = NULL;
        }
    }
    return e;
}

/* --- TestEventPattern --- */

bool filter_event_whole(const char *text, size_t n, unsigned flags, struct filter_error *error)
{
    static const char *const needed[] = {"id",   "account", "source",
                                         "time", "region",  "detail-type"};
    struct filter_error unused;
    struct json_text t;
    bool memory, good;
    error = error == NULL ? &unused : error;
    if (!json_text_open(&t, text, n, (flags & FILTER_APOSTROPHES) != 0))
        return no_memory(error);
    json_t *j = load_object(&t, error, &memory);
    good = j != NULL;
    for (size_t i = 0; good && i < sizeof(needed) / sizeof(needed[0]); i++)
        if (json_object_get(j, needed[i]) == NULL)
            good = refuse(error, &t, 0, "");
    json_decref(j);
    json_text_close(&t);
    return good;
}
