/* advice.c - the pieces of advice in one row, and the walk along it. Each piece looks for itself;
 * what it says is kept unless the scenario has said in run.quiet that it knows. */
#include "advice.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advisor.h"
#include "check_codes.h"
#include "run_keys.h"

static const struct advice_set *const sets[] = {
    &advice_queues,    &advice_letters,  &advice_fifo,   &advice_calls,
    &advice_load,      &advice_pools,    &advice_fan_out, &advice_runs,
    &advice_streams,   &advice_functions, &advice_mappings, &advice_scaling,
    &advice_readers,   &advice_health};

const struct advice *advice_at(size_t i)
{
    for (size_t s = 0; s < sizeof sets / sizeof sets[0]; s++) {
        if (i < sets[s]->n)
            return &sets[s]->item[i];
        i -= sets[s]->n;
    }
    return NULL;
}

const struct advice *advice_find(int code)
{
    const struct advice *x;
    for (size_t i = 0; (x = advice_at(i)) != NULL; i++) {
        if (x->code == code)
            return x;
    }
    return NULL;
}

/* --- run.quiet: "AB0507" everywhere, "AB0507 queue.orders" of that entity --- */

/* The number of "AB0507 …"; -1: it is none. *rest: what follows. */
static int quiet_code(const char *text, const char **rest)
{
    char *end;
    if (strncmp(text, "AB", 2) != 0 || !isdigit((unsigned char)text[2]))
        return -1;
    long code = strtol(text + 2, &end, 10);
    *rest = end + strspn(end, " ");
    return *end == 0 || *end == ' ' ? (int)code : -1;
}

static const struct value *quiet_list(const struct spec *spec)
{
    const struct value *v = spec->run == NULL ? NULL : &spec->run[RUN_QUIET];
    return v == NULL || v->absent ? NULL : v;
}

static bool is_quiet(const struct adviser *a, const struct spec_entity *e)
{
    const struct value *list = quiet_list(a->spec);
    for (uint32_t i = 0; list != NULL && i < list->list.n; i++) {
        const char *rest = "";
        if (quiet_code(list->list.item[i].text, &rest) == a->now->code &&
            (*rest == 0 || (e != NULL && strcmp(rest, e->path) == 0)))
            return true;
    }
    return false;
}

/* What silences nothing that exists was meant otherwise. */
static void check_quiet(const struct spec *spec, struct problems *p)
{
    const struct value *list = quiet_list(spec);
    for (uint32_t i = 0; list != NULL && i < list->list.n; i++) {
        const struct value *v = &list->list.item[i];
        const char *rest = "";
        int code = quiet_code(v->text, &rest);
        if (code < 0 || advice_find(code) == NULL)
            problem_add(
                p, SEVERITY_WARNING, CHECK_QUIET, &v->place,
                "run.quiet: \"%s\" is no piece of advice: \"AB0501\", or \"AB0501 queue.orders\"",
                v->text);
        else if (*rest != 0 && spec_find(spec, rest) == NULL)
            problem_add(p, SEVERITY_WARNING, CHECK_QUIET, &v->place,
                        "run.quiet: there is no entity '%s'", rest);
    }
}

/* --- the walk --- */

static void tell(struct adviser *a, const struct place *place, const char *about,
                 const char *format, va_list args)
{
    char text[600];
    vsnprintf(text, sizeof text, format, args);
    struct problem *p =
        problem_add(a->problems, SEVERITY_WARNING, a->now->code, place, "%s: %s", about, text);
    problem_note(p, "%s; 'afterbay explain AB%04d' tells why, how to see it and how to mend it",
                 a->now->rule, a->now->code);
}

void advise_about(struct adviser *a, const struct spec_entity *e, const struct value *where,
                  const char *format, ...)
{
    va_list args;
    if (is_quiet(a, e))
        return;
    va_start(args, format);
    tell(a, where != NULL && where->place.file != NULL ? &where->place : &e->place, e->path, format,
         args);
    va_end(args);
}

void advise_run(struct adviser *a, const struct value *where, const char *format, ...)
{
    va_list args;
    if (is_quiet(a, NULL))
        return;
    va_start(args, format);
    tell(a, where->place.file != NULL ? &where->place : &a->spec->run[RUN_DURATION].place, "run",
         format, args);
    va_end(args);
}

const struct spec_entity *next_of(const struct adviser *a, const char *kind,
                                  const struct spec_entity *e)
{
    for (uint32_t i = e == NULL ? 0 : e->index + 1; i < a->spec->n_entity; i++) {
        if (kind_is(&a->spec->entity[i], kind))
            return &a->spec->entity[i];
    }
    return NULL;
}

#define ENTITIES_MAX                                                                               \
    5000 /* above this the table of who comes to whom takes more memory than a run */

bool advise(const struct spec *spec, struct problems *problems)
{
    uint32_t steps = 0;
    if (spec->n_entity > ENTITIES_MAX)
        return true;
    struct adviser a = {.spec = spec, .problems = problems, .steps = &steps};
    findings_open(&a.findings);
    bool ok = flows_count(&a.flows, &a.findings, spec) && edges_find(&a);
    for (size_t i = 0; ok && (a.now = advice_at(i)) != NULL; i++)
        a.now->look(&a);
    ok = ok && !a.findings.failed;
    findings_close(&a.findings);
    check_quiet(spec, problems);
    problems_sort(problems);
    return ok && !problems->failed;
}
