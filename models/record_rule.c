/* record_rule.c - run.record, from text to numbers of requests. */
#include <string.h>

#include "check_codes.h"
#include "record.h"
#include "spec.h"

#define NUMBER_MAX (UINT64_C(1) << 40)

struct reading {
    struct spec *spec;
    const char *at;
    const struct place *place;
    struct problems *problems;
};

static bool wrong(const struct reading *r, const char *what)
{
    struct problem *p = problem_add(r->problems, SEVERITY_ERROR, CHECK_RECORD, r->place,
                                    "run.record: %s at '%.40s'", what, r->at);
    problem_note(p, "such as \"producer.orders: 1-100, 4711, every 1000; producer.web: 5\"");
    return false;
}

static void skip_blanks(struct reading *r)
{
    while (*r->at == ' ')
        r->at++;
}

static bool take(struct reading *r, char c)
{
    skip_blanks(r);
    if (*r->at != c)
        return false;
    r->at++;
    skip_blanks(r);
    return true;
}

static bool number(struct reading *r, uint64_t *n)
{
    const char *begin = r->at;
    *n = 0;
    for (; *r->at >= '0' && *r->at <= '9' && *n < NUMBER_MAX; r->at++)
        *n = *n * 10 + (uint64_t)(*r->at - '0');
    return (r->at > begin && *n > 0 && *n < NUMBER_MAX) || wrong(r, "a number from 1 on is wanted");
}

/* "4711", "1-100", "every 1000". */
static bool range(struct reading *r, struct record_rule *rule)
{
    if (strncmp(r->at, "every ", 6) == 0) {
        r->at += 6;
        skip_blanks(r);
        if (!number(r, &rule->step))
            return false;
        rule->first = rule->step;
        rule->last = NUMBER_MAX;
        return true;
    }
    rule->step = 1;
    if (!number(r, &rule->first))
        return false;
    rule->last = rule->first;
    if (!take(r, '-'))
        return true;
    return number(r, &rule->last) &&
           (rule->first <= rule->last || wrong(r, "a range goes upwards; it ends"));
}

static bool producer(struct reading *r, const struct spec_entity **e)
{
    char path[200];
    size_t n = strcspn(r->at, ": ;,");
    if (n >= sizeof(path))
        return wrong(r, "no producer");
    memcpy(path, r->at, n);
    path[n] = '\0';
    *e = spec_find(r->spec, path);
    if (*e == NULL || strcmp((*e)->kind, "producer") != 0)
        return wrong(r, "there is no such producer");
    uint32_t rules;
    if (record_rules(r->spec, *e, &rules) != NULL)
        return wrong(r, "this producer has its numbers already");
    r->at += n;
    return take(r, ':') || wrong(r, "':' and numbers are wanted");
}

static bool read_all(struct reading *r, struct record_rule *rule)
{
    const struct spec_entity *e;
    do {
        if (!producer(r, &e))
            return false;
        do {
            struct record_rule *next = &rule[r->spec->n_record];
            next->producer = e;
            if (!range(r, next))
                return false;
            r->spec->n_record++;
        } while (take(r, ','));
    } while (take(r, ';') && *r->at != '\0');
    return *r->at == '\0' || wrong(r, "',' or ';' is wanted");
}

/* Each rule takes at least one comma, semicolon or the end. */
void record_parse(struct spec *spec, const char *text, const struct place *place,
                  struct problems *problems)
{
    struct reading r = {spec, text, place, problems};
    size_t most = strlen(text) + 1;
    struct record_rule *rule = arena_get(&spec->arena, most * sizeof(*rule));
    spec->n_record = 0;
    spec->record = rule;
    if (rule == NULL) {
        problems->failed = true;
        return;
    }
    skip_blanks(&r);
    if (!read_all(&r, rule))
        spec->n_record = 0;
}

const struct record_rule *record_rules(const struct spec *spec, const struct spec_entity *producer,
                                       uint32_t *n)
{
    const struct record_rule *first = NULL;
    *n = 0;
    for (uint32_t i = 0; i < spec->n_record; i++) {
        if (spec->record[i].producer != producer)
            continue;
        if (first == NULL)
            first = &spec->record[i];
        ++*n;
    }
    return first;
}

bool record_wants(const struct record_rule *rule, uint32_t n, uint64_t item)
{
    uint64_t number = item + 1;
    for (uint32_t i = 0; i < n; i++)
        if (number >= rule[i].first && number <= rule[i].last &&
            (number - rule[i].first) % rule[i].step == 0)
            return true;
    return false;
}
