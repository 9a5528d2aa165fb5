/* filter_compile.c - a policy's tree into alternatives, each a list of paths with their conditions
 * (EB-35).
 *
 * The tree is walked once. What is known so far is a list of alternatives; a field is put into all
 * of them, and `$or` takes a copy of the list for each of its objects and goes on with all copies.
 * A path that comes again replaces what was there: as with equal keys, the last one counts (EB-31).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "filter_text.h"
#include "mem.h"

struct draft { /* an alternative that still grows */
    uint32_t *field;
    uint32_t n, cap;
};
struct drafts {
    struct draft *draft;
    uint32_t n;
};
struct walk { /* where in the tree */
    const char *path;
    size_t n_path;
    bool root;
    const struct json_place *place;
};

/* --- alternatives --- */

static bool copy_drafts(struct compile *c, const struct drafts *from, struct drafts *to)
{
    to->n = from->n;
    to->draft = arena_get(&c->arena, from->n * sizeof(*to->draft));
    if (to->draft == NULL)
        return compile_no_memory(c);
    for (uint32_t i = 0; i < from->n; i++) {
        const struct draft *d = &from->draft[i];
        uint32_t *field = arena_get(&c->arena, d->n * sizeof(*field));
        if (field == NULL)
            return compile_no_memory(c);
        if (d->n > 0)
            memcpy(field, d->field, d->n * sizeof(*field));
        to->draft[i] = (struct draft){field, d->n, d->n};
    }
    return true;
}

static bool append_drafts(struct compile *c, struct drafts *to, const struct drafts *more)
{
    struct draft *all = arena_get(&c->arena, (to->n + more->n) * sizeof(*all));
    if (all == NULL)
        return compile_no_memory(c);
    if (to->n > 0)
        memcpy(all, to->draft, to->n * sizeof(*all));
    if (more->n > 0)
        memcpy(all + to->n, more->draft, more->n * sizeof(*all));
    *to = (struct drafts){all, to->n + more->n};
    return true;
}

static bool put_draft(struct compile *c, struct draft *d, uint32_t field)
{
    for (uint32_t i = 0; i < d->n; i++)
        if (filter_text_equal(&c->field[d->field[i]].path, &c->field[field].path)) {
            d->field[i] = field;
            return true;
        }
    if (d->n == d->cap) {
        uint32_t cap = d->cap < 4 ? 4 : d->cap * 2;
        uint32_t *more = arena_get(&c->arena, cap * sizeof(*more));
        if (more == NULL)
            return compile_no_memory(c);
        if (d->n > 0)
            memcpy(more, d->field, d->n * sizeof(*more));
        *d = (struct draft){more, d->n, cap};
    }
    d->field[d->n++] = field;
    return true;
}

static bool put_all(struct compile *c, struct drafts *drafts, uint32_t field)
{
    for (uint32_t i = 0; c->expand && i < drafts->n; i++)
        if (!put_draft(c, &drafts->draft[i], field))
            return false;
    return true;
}

/* --- the tree --- */

static bool step_into(struct compile *c, const struct walk *w, const char *key, struct walk *out,
                      struct json_place *place)
{
    size_t n = strlen(key), n_path = w->root ? n : w->n_path + 1 + n;
    char *path = arena_get(&c->arena, n_path + 1);
    if (path == NULL)
        return compile_no_memory(c);
    if (w->root)
        snprintf(path, n_path + 1, "%s", key);
    else
        snprintf(path, n_path + 1, "%s.%s", w->path, key);
    *place = (struct json_place){w->place, key, 0};
    *out = (struct walk){path, n_path, false, place};
    return true;
}

static bool new_field(struct compile *c, const struct filter_field *f, uint32_t *number)
{
    if (c->n_field == c->cap_field) {
        uint32_t cap = c->cap_field == 0 ? 16 : c->cap_field * 2;
        struct filter_field *more = mem_resize(c->field, cap * sizeof(*more));
        if (more == NULL)
            return compile_no_memory(c);
        c->field = more;
        c->cap_field = cap;
    }
    *number = c->n_field;
    c->field[c->n_field++] = *f;
    return true;
}

static bool read_field(struct compile *c, const json_t *list, const struct walk *w,
                       struct drafts *drafts)
{
    uint32_t n = (uint32_t)json_array_size(list), number = 0;
    struct filter_field f = {
        .path = filter_text_of(w->path, w->n_path), .n_condition = n, .exact = true};
    struct filter_condition *condition = arena_get(&c->arena, n * sizeof(*condition));
    if (n == 0)
        return compile_refuse(c, w->place, false, "Empty arrays are not allowed");
    if (condition == NULL)
        return compile_no_memory(c);
    for (uint32_t i = 0; i < n; i++) {
        struct json_place at = {w->place, NULL, i};
        if (!compile_condition(c, json_array_get(list, i), &at, &condition[i]))
            return false;
        f.absent_ok |= condition[i].kind == COND_ABSENT;
        f.exact &= condition[i].kind == COND_STRING;
    }
    f.condition = condition;
    return new_field(c, &f, &number) && put_all(c, drafts, number);
}

static bool read_object(struct compile *c, const json_t *object, const struct walk *w,
                        struct drafts *drafts);

static bool read_or(struct compile *c, const json_t *list, const struct walk *w,
                    struct drafts *drafts)
{
    struct drafts all = {NULL, 0};
    struct json_place place = {w->place, "$or", 0};
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct drafts one = {NULL, 0};
        struct json_place at = {&place, NULL, i};
        struct walk inside = {w->path, w->n_path, w->root, &at};
        if (c->expand && !copy_drafts(c, drafts, &one))
            return false;
        if (!read_object(c, json_array_get(list, i), &inside, &one) ||
            !append_drafts(c, &all, &one))
            return false;
    }
    *drafts = all;
    return true;
}

static bool read_member(struct compile *c, const char *key, const json_t *value,
                        const struct walk *w, struct drafts *drafts)
{
    struct walk inside;
    struct json_place place;
    if (compile_is_or(key, value))
        return read_or(c, value, w, drafts);
    if (!step_into(c, w, key, &inside, &place))
        return false;
    if (json_is_array(value))
        return read_field(c, value, &inside, drafts);
    if (!json_is_object(value))
        return compile_refuse(c, &place, false, "\"%.100s\" must be an object or an array", key);
    if (c->dialect == FILTER_SNS_ATTRIBUTES && c->nested == SIZE_MAX)
        c->nested = json_text_find(c->text, &place, false);
    return read_object(c, value, &inside, drafts);
}

static bool read_object(struct compile *c, const json_t *object, const struct walk *w,
                        struct drafts *drafts)
{
    const char *key;
    json_t *value;
    if (json_object_size(object) == 0)
        return compile_refuse(c, w->place, false, "Empty objects are not allowed");
    json_object_foreach((json_t *)object, key, value)
    {
        if (!read_member(c, key, value, w, drafts))
            return false;
    }
    return true;
}

/* --- limits --- */

static bool check_size(struct compile *c, const json_t *policy, const struct json_place *root,
                       struct filter *f)
{
    f->combinations = compile_combinations(c->dialect, policy, 1);
    f->keys = compile_keys(policy);
    if (f->keys == UINT32_MAX)
        return compile_no_memory(c);
    if (f->keys > c->limits->keys)
        return compile_refuse(c, root, false, "Filter policy can not have more than %u keys",
                              c->limits->keys);
    if (f->combinations > c->limits->combinations)
        return compile_refuse(c, root, false, "Filter policy is too complex");
    if (!c->expand)
        return compile_refuse(c, root, false,
                              "Rule is too complex - more than %u combinations of $or",
                              c->limits->alternatives);
    return true;
}

static bool check_fields(struct compile *c, const struct drafts *all, const struct json_place *root)
{
    for (uint32_t i = 0; i < all->n; i++)
        if (all->draft[i].n > FILTER_FIELDS_MAX)
            return compile_refuse(c, root, false, "Rule is too complex - more than %u fields",
                                  FILTER_FIELDS_MAX);
    return true;
}

static struct filter *pack(struct compile *c, const struct drafts *all, struct filter *f)
{
    struct filter_alternative *alternative = arena_get(&c->arena, all->n * sizeof(*alternative));
    for (uint32_t i = 0; alternative != NULL && i < all->n; i++)
        alternative[i] = (struct filter_alternative){all->draft[i].field, all->draft[i].n};
    f->dialect = c->dialect;
    f->field = c->field;
    f->n_field = c->n_field;
    f->alternative = alternative;
    f->n_alternative = all->n;
    f->wildcards = c->wildcards;
    struct filter *packed = alternative == NULL ? NULL : filter_pack(f);
    if (packed == NULL)
        compile_no_memory(c);
    return packed;
}

static struct filter *compile_policy(struct compile *c, const json_t *policy)
{
    struct json_place root = {NULL, NULL, 0};
    struct walk w = {"", 0, true, &root};
    struct draft first = {NULL, 0, 0};
    struct drafts all = {&first, 1};
    struct filter f = {0};
    if (!json_is_object(policy)) {
        compile_refuse(c, &root, false, "Filter is not an object");
        return NULL;
    }
    bool open = json_object_size(policy) == 0 && c->dialect != FILTER_EVENTBRIDGE;
    c->expand = compile_alternatives(policy) <= c->limits->alternatives &&
                compile_combinations(c->dialect, policy, 1) <= c->limits->combinations;
    if ((!open && !read_object(c, policy, &w, &all)) ||
        (c->nested != SIZE_MAX && !compile_refuse_nested(c)) || !check_size(c, policy, &root, &f) ||
        !check_fields(c, &all, &root))
        return NULL;
    return pack(c, &all, &f);
}

/* --- the whole text --- */

void filter_limits_default(enum filter_dialect d, struct filter_limits *l)
{
    if (d == FILTER_EVENTBRIDGE)
        *l = (struct filter_limits){UINT64_MAX, UINT32_MAX - 1, 1000, 2048, 4096};
    else
        *l = (struct filter_limits){150, 5, 1000, 256 * 1024, 256 * 1024};
}

static size_t characters(const struct json_text *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        n += ((unsigned char)t->at[i] & 0xc0) != 0x80;
    return n;
}

static bool too_long(const struct compile *c, const char *code, const char *format, size_t limit)
{
    *c->error = (struct filter_error){.code = code, .line = 1, .column = 1};
    snprintf(c->error->reason, sizeof(c->error->reason), format, limit);
    return false;
}

static bool check_length(const struct compile *c)
{
    const struct filter_limits *l = c->limits;
    if (c->dialect != FILTER_EVENTBRIDGE)
        return c->text->n <= l->length ||
               too_long(c, "InvalidParameter", "Filter policy is longer than %zu bytes", l->length);
    size_t n = characters(c->text);
    if (n > l->length_max)
        return too_long(c, "ValidationException",
                        "1 validation error detected: Value at 'eventPattern' failed to satisfy "
                        "constraint: Member must "
                        "have length less than or equal to %zu",
                        l->length_max);
    return n <= l->length || too_long(c, "LimitExceededException",
                                      "Event pattern is longer than %zu characters", l->length);
}

static json_t *load(struct compile *c)
{
    struct json_trouble trouble;
    json_t *j = json_text_load(c->text, &trouble);
    if (j == NULL && trouble.memory) {
        compile_no_memory(c);
    } else if (j == NULL) {
        struct filter_error *e = c->error;
        e->code = filter_error_code(c->dialect);
        snprintf(e->reason, sizeof(e->reason), "%s%s",
                 c->dialect == FILTER_EVENTBRIDGE ? "" : "failed to parse JSON. ", trouble.text);
        e->offset = json_text_written(c->text, trouble.offset, &e->line, &e->column);
    }
    return j;
}

struct filter *filter_compile(enum filter_dialect dialect, const char *text, size_t n,
                              unsigned flags, const struct filter_limits *limits,
                              struct filter_error *error)
{
    struct filter_error unused;
    struct filter_limits usual;
    struct json_text t;
    struct compile c = {.dialect = dialect,
                        .text = &t,
                        .nested = SIZE_MAX,
                        .limits = limits == NULL ? &usual : limits,
                        .error = error == NULL ? &unused : error};
    *c.error = (struct filter_error){.code = NULL};
    filter_limits_default(dialect, &usual);
    arena_init(&c.arena);
    if (!json_text_open(&t, text, n, (flags & FILTER_APOSTROPHES) != 0)) {
        compile_no_memory(&c);
        return NULL;
    }
    json_t *policy = check_length(&c) ? load(&c) : NULL;
    struct filter *f = policy == NULL ? NULL : compile_policy(&c, policy);
    json_decref(policy);
    json_text_close(&t);
    arena_free(&c.arena);
    mem_release(c.field);
    return f;
}
