/* facts.c - keys are found by name here, because this file knows no room's enum of keys; a kind without the key
 * simply has no such fact. */
#include "facts.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "quota.h"
#include "room.h"

#define MAX_WINDOWS 100000 /* of all faults together; what is shaded beyond that is paper anyway */

static const struct key *find_key(const struct spec_entity *e, const char *name, uint32_t *number)
{
    for (*number = 0; *number < e->room->n_key; (*number)++)
        if (strcmp(e->room->key[*number].name, name) == 0)
            return &e->room->key[*number];
    return NULL;
}

const struct value *facts_value(const struct spec_entity *e, const char *key)
{
    uint32_t number;
    if (find_key(e, key, &number) == NULL || e->value[number].absent)
        return NULL;
    return &e->value[number];
}

const char *facts_choice(const struct spec_entity *e, const char *key, char *out, size_t size)
{
    uint32_t          number;
    const struct key *k = find_key(e, key, &number);
    if (k == NULL || k->choices == NULL || e->value[number].absent || size == 0)
        return NULL;
    const char *c = k->choices;
    for (int64_t i = e->value[number].i; i > 0 && c != NULL; i--) {
        c = strchr(c, '|');
        c = c == NULL ? NULL : c + 1;
    }
    if (c == NULL)
        return NULL;
    size_t length = strcspn(c, "|");
    if (length >= size)
        length = size - 1;
    memcpy(out, c, length);
    out[length] = 0;
    return out;
}

static int64_t time_of(const struct spec_entity *e, const char *key, int64_t otherwise)
{
    const struct value *v = facts_value(e, key);
    return v == NULL || v->type != VALUE_DURATION ? otherwise : v->i;
}

/* The first producer that promises anything; charts look at what each promises (report/load_deadline.c). */
static int64_t deadline(const struct spec *s)
{
    for (uint32_t i = 0; i < s->n_entity; i++) {
        int64_t ns = strcmp(s->entity[i].kind, "producer") == 0 ? time_of(&s->entity[i], "deadline", -1) : -1;
        if (ns >= 0)
            return ns;
    }
    return -1;
}

static bool add_window(struct facts *f, const char *target, const char *effect, int64_t from, int64_t to)
{
    size_t n = f->run.n_fault;
    if ((n & (n - 1)) == 0) { /* full at each power of two */
        struct store_fault *more = realloc(f->fault, (n == 0 ? 1 : 2 * n) * sizeof *more);
        if (more == NULL)
            return false;
        f->fault = more;
    }
    f->fault[f->run.n_fault++] = (struct store_fault){target, effect, from, to};
    f->run.fault = f->fault;
    return true;
}

/* The kinds of effect are few and known; static texts outlive everything. */
static const char *effect_text(const struct spec_entity *e)
{
    static const char *const known[] = {"down", "hang", "slow", "fail"};
    char                     buffer[16];
    const char              *text = facts_choice(e, "effect", buffer, sizeof buffer);
    for (size_t i = 0; text != NULL && i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], text) == 0)
            return known[i];
    return "fault";
}

static bool add_fault(struct facts *f, const struct spec *s, const struct spec_entity *e)
{
    const struct value *target = facts_value(e, "target");
    const char         *path = target != NULL && target->type == VALUE_REF && target->ref != NULL ? target->ref->path : "";
    int64_t             end = s->duration + s->drain, every = time_of(e, "every", 0);
    int64_t             length = time_of(e, "for", end);
    for (int64_t at = time_of(e, "at", 0); at < end && f->run.n_fault < MAX_WINDOWS; at += every) {
        int64_t to = length > end - at ? end : at + length;
        if (!add_window(f, path, effect_text(e), at, to))
            return false;
        if (every <= 0 || every > end - at)
            break;
    }
    return true;
}

static bool copy_lists(struct facts *f, const struct scenario *scenario, const struct spec *s)
{
    const struct scenario_file *file = scenario_files(scenario, &f->run.n_file);
    f->file = calloc(f->run.n_file + 1, sizeof *f->file);
    f->entity = calloc((size_t)s->n_entity + 1, sizeof *f->entity);
    if (f->file == NULL || f->entity == NULL)
        return false;
    for (size_t i = 0; i < f->run.n_file; i++)
        f->file[i] = (struct store_text){file[i].name, file[i].text};
    for (uint32_t i = 0; i < s->n_entity; i++) {
        f->entity[i] = (struct store_entity){s->entity[i].kind, s->entity[i].id};
        if (strcmp(s->entity[i].kind, "fault") == 0 && !add_fault(f, s, &s->entity[i]))
            return false;
    }
    f->run.file = f->file;
    f->run.entity = f->entity;
    f->run.n_entity = s->n_entity;
    return true;
}

bool facts_open(struct facts *f, const struct scenario *scenario, const char *path, const char *command,
                const char *const *set, size_t n_set)
{
    const struct spec *s = scenario_spec(scenario);
    *f = (struct facts){0};
    f->run = (struct store_run){
        .command = command,
        .title = scenario_title(scenario),
        .scenario = path,
        .canonical = scenario_canonical(scenario),
        .version = AFTERBAY_VERSION,
        .quotas = s->quotas->name,
        .seed = s->seed,
        .duration_ns = s->duration,
        .drain_ns = s->drain,
        .warmup_ns = s->warmup,
        .deadline_ns = deadline(s),
        .replications = s->replications,
        .override = set,
        .n_override = n_set,
    };
    f->run.metric = scenario_metrics(scenario, &f->run.n_metric);
    return copy_lists(f, scenario, s);
}

void facts_close(struct facts *f)
{
    free(f->file);
    free(f->entity);
    free(f->fault);
    *f = (struct facts){0};
}
