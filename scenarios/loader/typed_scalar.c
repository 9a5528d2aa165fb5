/* typed_scalar.c - one setting of one plain type. */
#include <math.h>
#include <string.h>

#include "backoff.h"
#include "codes.h"
#include "number.h"
#include "quantity.h"
#include "typed.h"

const char *typed_name(const struct key *k)
{
    static const char *const names[] = {"a duration such as \"30s\"",
                                        "a size such as \"64KiB\"",
                                        "a whole number",
                                        "a share such as 0.01 or \"1%\"",
                                        "true or false",
                                        "a choice",
                                        "a rate such as \"80/s\"",
                                        "a number",
                                        "a text",
                                        "a reference such as \"queue.orders\"",
                                        "a value or law such as \"exponential(100ms)\"",
                                        "a backoff such as \"full_jitter(base=100ms, cap=2s)\"",
                                        "a group { }",
                                        "a list ( )"};
    return names[k->type];
}

static bool wrong_type(struct scenario *s, const struct where *w, const struct key *k,
                       const struct node *n)
{
    struct problem *p = ADD_ERROR(s, AB_TYPE, &n->place, "%s is %s, not %s",
                                  where_text(&s->pool, w), typed_name(k), node_type_name(n));
    if (n->type == NODE_STRING &&
        (k->type == VALUE_COUNT || k->type == VALUE_NUMBER || k->type == VALUE_FLAG))
        problem_label(p, "without quotes");
    if (k->type == VALUE_CHOICE)
        problem_note(p, "one of %s", k->choices);
    return false;
}

/* --- quantities --- */

/* Exact for everything a count can be; a decimal number counts when it is whole ("1e3"). */
static bool read_count(const char *text, int64_t *value)
{
    if (number_int(text, value))
        return true;
    double v = number_double(text);
    if (!(fabs(v) <= 9007199254740992.0) || v != floor(v))
        return false;
    *value = (int64_t)v;
    return true;
}

bool typed_quantity(enum value_type type, const char *text, struct value *v,
                    struct quantity_error *e)
{
    switch (type) {
    case VALUE_DURATION:
        return quantity_duration(text, &v->i, e);
    case VALUE_SIZE:
        return quantity_size(text, &v->i, e);
    case VALUE_RATE:
        return quantity_rate(text, &v->rate, e);
    case VALUE_SHARE:
        return quantity_share(text, &v->i, e);
    case VALUE_COUNT:
        return read_count(text, &v->i);
    case VALUE_NUMBER:
        v->number = number_double(text);
        return isfinite(v->number);
    default:
        return false;
    }
}

/* The unit that the table itself uses for this setting. */
static const char *likely_unit(const struct key *k)
{
    if (k->type == VALUE_RATE)
        return "/s";
    bool size = k->type == VALUE_SIZE || (k->type == VALUE_DIST && k->unit == DIST_SIZE);
    const char *samples[] = {k->fallback, k->low, k->high};
    for (int i = 0; i < 3; i++) {
        const char *unit = samples[i] == NULL ? "" : samples[i] + strspn(samples[i], "0123456789.");
        if (unit != samples[i] && *unit != '\0' && strspn(unit, "nusmhdBKMGi") == strlen(unit))
            return unit;
    }
    return size ? "KiB" : "s";
}

static bool needs_unit(struct scenario *s, const struct where *w, const struct key *k,
                       const struct node *n)
{
    struct problem *p = ADD_ERROR(s, AB_UNIT, &n->place, "%s needs a unit: %s could be \"%s%s\"",
                                  where_text(&s->pool, w), n->text, n->text, likely_unit(k));
    if (k->flags & KEY_WHOLE_SECONDS)
        problem_note(p, "whole seconds (%s)",
                     k->rule != NULL ? k->rule : "as the service keeps it");
    return false;
}

static bool refuse_quantity(struct scenario *s, const struct where *w, const struct node *n,
                            const struct quantity_error *e)
{
    struct place place = node_place_at(n, (size_t)e->column);
    ADD_ERROR(s, AB_QUANTITY, &place, "%s: %s", where_text(&s->pool, w), e->text);
    return false;
}

static bool read_unit(struct scenario *s, const struct where *w, const struct key *k,
                      const struct node *n, struct value *v)
{
    struct quantity_error e = {0, ""};
    if (n->type == NODE_BOOL)
        return wrong_type(s, w, k, n);
    if (k->type != VALUE_SHARE && (node_is_number(n) || number_is(n->text)))
        return needs_unit(s, w, k, n);
    if (!typed_quantity(k->type, n->text, v, &e))
        return refuse_quantity(s, w, n, &e);
    if ((k->flags & KEY_WHOLE_SECONDS) && v->i % SIM_S != 0) {
        struct problem *p = ADD_ERROR(s, AB_WHOLE_SECONDS, &n->place,
                                      "%s: the service keeps whole seconds, and %s is none%s%s%s",
                                      where_text(&s->pool, w), n->text, k->rule ? " (" : "",
                                      k->rule ? k->rule : "", k->rule ? ")" : "");
        problem_label(p, "\"%lds\" or \"%lds\"", (long)(v->i / SIM_S), (long)(v->i / SIM_S + 1));
        return false;
    }
    return true;
}

static bool read_number(struct scenario *s, const struct where *w, const struct key *k,
                        const struct node *n, struct value *v)
{
    if ((k->flags & KEY_UNLIMITED) != 0 && !node_is_number(n) && strcmp(n->text, "unlimited") == 0) {
        v->i = INT64_MAX;
        return true;
    }
    if (!node_is_number(n) && n->type != NODE_WORD)
        return wrong_type(s, w, k, n);
    if (typed_quantity(k->type, n->text, v, NULL))
        return true;
    double number = number_double(n->text);
    if (k->type == VALUE_COUNT && isfinite(number))
        ADD_ERROR(s, number == floor(number) ? AB_INTEGER : AB_NOT_WHOLE, &n->place,
                  "%s is a whole number; %s is none%s", where_text(&s->pool, w), n->text,
                  number == floor(number) ? " that fits in 64 bits" : "");
    else
        return wrong_type(s, w, k, n);
    return false;
}

/* --- the rest --- */

static bool read_flag(struct scenario *s, const struct where *w, const struct key *k,
                      const struct node *n, struct value *v)
{
    bool word = n->type == NODE_BOOL || n->type == NODE_WORD;
    bool yes = word && strlen(n->text) == 4 && (n->text[0] | 0x20) == 't';
    bool no = word && strlen(n->text) == 5 && (n->text[0] | 0x20) == 'f';
    if (n->type == NODE_WORD) {
        yes = strcmp(n->text, "true") == 0;
        no = strcmp(n->text, "false") == 0;
    }
    v->i = yes;
    return yes || no || wrong_type(s, w, k, n);
}

#define CHOICES_MAX 32

static bool read_choice(struct scenario *s, const struct where *w, const struct key *k,
                        const struct node *n, struct value *v)
{
    const char *names[CHOICES_MAX];
    size_t count = 0;
    if (n->type != NODE_STRING && n->type != NODE_WORD)
        return wrong_type(s, w, k, n);
    for (const char *at = k->choices; count < CHOICES_MAX; at = strchr(at, '|') + 1) {
        names[count++] = pool_text(&s->pool, at, strcspn(at, "|"));
        if (strcmp(names[count - 1], n->text) == 0) {
            v->i = (int64_t)count - 1;
            return true;
        }
        if (strchr(at, '|') == NULL)
            break;
    }
    struct problem *p =
        ADD_ERROR(s, AB_CHOICE, &n->place, "%s cannot be \"%s\"", where_text(&s->pool, w), n->text);
    const char *better = suggest(n->text, names, count);
    if (better != NULL)
        problem_label(p, "did you mean \"%s\"?", better);
    const char *list = names[0];
    for (size_t i = 1; i < count; i++)
        list = pool_format(&s->pool, "%s, %s", list, names[i]);
    problem_note(p, "one of: %s", list);
    return false;
}

static bool read_text(struct scenario *s, const struct where *w, const struct key *k,
                      const struct node *n, struct value *v)
{
    if (n->type != NODE_STRING && n->type != NODE_WORD)
        return wrong_type(s, w, k, n);
    const struct source *from = source_find(&s->sources, n->place.file);
    const char *path = (k->flags & KEY_FILE) == 0 || from == NULL
                           ? n->text
                           : source_beside(&s->pool, from, n->text);
    v->text = arena_text(&s->spec.arena, n->text);
    v->path = arena_text(&s->spec.arena, path);
    if (v->text == NULL || v->path == NULL)
        longjmp(s->pool.out, 1);
    return true;
}

static bool refuse_law(struct scenario *s, int code, const struct where *w, const struct node *n,
                       const struct dist_error *e)
{
    struct place place = node_place_at(n, (size_t)e->column);
    struct problem *p = ADD_ERROR(s, code, &place, "%s", e->text);
    problem_note(p, "in %s", where_text(&s->pool, w));
    return false;
}

/* "5m" is a slip in a duration, not in a law. */
static bool is_plain_quantity(const struct key *k, const struct node *n)
{
    return k->unit <= DIST_SIZE && strchr(n->text, '(') == NULL &&
           strcspn(n->text, "-0123456789") == 0;
}

/* Files named in a law are found beside the file that names them; overrides speak of the working
 * folder. */
static bool read_law(struct scenario *s, const struct where *w, const struct key *k,
                     const struct node *n, struct value *v)
{
    struct dist_error e = {0, ""};
    struct quantity_error plain = {0, ""};
    if (n->type == NODE_BOOL || (n->type != NODE_WORD && n->type != NODE_STRING &&
                                 k->unit <= DIST_SIZE && !node_is_number(n)))
        return wrong_type(s, w, k, n);
    if ((k->unit == DIST_DURATION || k->unit == DIST_SIZE) && number_is(n->text))
        return needs_unit(s, w, k, n);
    if (is_plain_quantity(k, n) &&
        !typed_quantity(k->unit == DIST_SIZE ? VALUE_SIZE : VALUE_DURATION, n->text, v, &plain))
        return refuse_quantity(s, w, n, &plain);
    const struct source *file = source_find(&s->sources, n->place.file);
    v->dist = dist_parse(&s->spec.arena, n->text, k->unit, file == NULL ? NULL : file->folder, &e);
    return v->dist != NULL || refuse_law(s, AB_LAW, w, n, &e);
}

static bool read_backoff(struct scenario *s, const struct where *w, const struct key *k,
                         const struct node *n, struct value *v)
{
    struct dist_error e = {0, ""};
    if (n->type != NODE_STRING && n->type != NODE_WORD)
        return wrong_type(s, w, k, n);
    v->backoff = backoff_parse(&s->spec.arena, n->text, &e);
    return v->backoff != NULL || refuse_law(s, AB_BACKOFF, w, n, &e);
}

bool typed_scalar(struct scenario *s, const struct where *w, const struct key *k,
                  const struct node *n, struct value *v)
{
    if (n->bad)
        return false;
    if (!node_is_scalar(n))
        return wrong_type(s, w, k, n);
    switch (k->type) {
    case VALUE_DURATION:
    case VALUE_SIZE:
    case VALUE_RATE:
    case VALUE_SHARE:
        return read_unit(s, w, k, n, v);
    case VALUE_COUNT:
    case VALUE_NUMBER:
        return read_number(s, w, k, n, v);
    case VALUE_FLAG:
        return read_flag(s, w, k, n, v);
    case VALUE_CHOICE:
        return read_choice(s, w, k, n, v);
    case VALUE_TEXT:
        return read_text(s, w, k, n, v);
    case VALUE_REF:
        return typed_ref(s, w, k, n, v);
    case VALUE_DIST:
        return read_law(s, w, k, n, v);
    case VALUE_BACKOFF:
        return read_backoff(s, w, k, n, v);
    default:
        return wrong_type(s, w, k, n);
    }
}
