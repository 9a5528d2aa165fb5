/* findings.c - see findings.h. */
#include "findings.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

const char *const finding_kinds[] = {
    [FINDING_EXACT] = "exact", [FINDING_APPROXIMATE] = "approximation", [FINDING_FLUID] = "fluid",
    [FINDING_BOUND] = "bound", [FINDING_NONE] = "no formula",
};

static struct finding lost_finding;
static struct finding_value lost_value;

void findings_open(struct findings *f)
{
    *f = (struct findings){0};
    arena_init(&f->arena);
    f->end = &f->first;
}

void findings_close(struct findings *f)
{
    arena_free(&f->arena);
    f->first = NULL;
}

struct finding *finding_add(struct findings *f, enum finding_kind kind, const char *subject,
                            const char *model)
{
    struct finding *x = arena_get(&f->arena, sizeof *x);
    if (x == NULL) {
        f->failed = true;
        lost_finding = (struct finding){.kind = kind};
        lost_finding.note_end = &lost_finding.note;
        lost_finding.value_end = &lost_finding.value;
        return &lost_finding;
    }
    *x = (struct finding){.kind = kind, .subject = subject, .model = model};
    x->note_end = &x->note;
    x->value_end = &x->value;
    *f->end = x;
    f->end = &x->next;
    return x;
}

void finding_source(struct finding *x, const char *source)
{
    x->source = source;
}

static const char *text_of(struct findings *f, const char *format, va_list list)
{
    char line[600];
    vsnprintf(line, sizeof line, format, list);
    const char *text = arena_text(&f->arena, line);
    f->failed |= text == NULL;
    return text == NULL ? "" : text;
}

static void add_note(struct findings *f, struct finding *x, const char *text)
{
    struct finding_note *n = arena_get(&f->arena, sizeof *n);
    if (n == NULL) {
        f->failed = true;
        return;
    }
    n->text = text;
    *x->note_end = n;
    x->note_end = &n->next;
}

void finding_note(struct findings *f, struct finding *x, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    add_note(f, x, text_of(f, format, list));
    va_end(list);
}

void finding_doubt(struct findings *f, struct finding *x, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    add_note(f, x, text_of(f, format, list));
    va_end(list);
    if (x->kind != FINDING_EXACT)
        return;
    x->kind = FINDING_APPROXIMATE;
    for (struct finding_value *v = x->value; v != NULL; v = v->next)
        v->kind = v->kind == FINDING_EXACT ? FINDING_APPROXIMATE : v->kind;
}

struct finding_value *finding_value(struct findings *f, struct finding *x, const char *name,
                                    double value, enum metric_unit unit)
{
    struct finding_value *v = isnan(value) ? NULL : arena_get(&f->arena, sizeof *v);
    if (v == NULL) {
        f->failed |= !isnan(value);
        return &lost_value;
    }
    *v = (struct finding_value){.name = name, .x = value, .unit = unit, .kind = x->kind};
    *x->value_end = v;
    x->value_end = &v->next;
    return v;
}

struct finding_value *finding_seconds(struct findings *f, struct finding *x, const char *name,
                                      double seconds)
{
    return finding_value(f, x, name, seconds * 1e9, UNIT_NS);
}

struct finding_value *value_probe(struct finding_value *v, const char *entity, const char *metric,
                                  const char *stat)
{
    v->probe = (struct finding_probe){entity, metric, stat};
    return v;
}

struct finding_value *value_over(struct finding_value *v, const char *entity, const char *metric,
                                 const char *stat)
{
    v->over = (struct finding_probe){entity, metric, stat};
    return v;
}

struct finding_value *value_kind(struct finding_value *v, enum finding_kind kind)
{
    v->kind = kind;
    return v;
}

const char *findings_text(struct findings *f, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *text = text_of(f, format, list);
    va_end(list);
    return text;
}
