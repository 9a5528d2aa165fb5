/* script_filter.c - filter policies and patterns, and what they say of messages and events. */
#include "script.h"

#include <inttypes.h>
#include <string.h>

#include "filter_json.h"

void script_filter_clear(struct script_filter *f)
{
    filter_free(f->filter);
    for (uint32_t i = 0; i < f->n_rule; i++)
        filter_free((struct filter *)f->rule[i]);
    *f = (struct script_filter){.n_rule = 0};
}

static bool read_dialect(const char *word, enum filter_dialect *d)
{
    static const char *const name[] = {"attributes", "body", "event"};
    for (int i = 0; i < 3; i++)
        if (strcmp(word, name[i]) == 0) {
            *d = (enum filter_dialect)i;
            return true;
        }
    return false;
}

static void put_error(struct result *r, const struct filter_error *e)
{
    result_text(r, "%s", e->code == NULL ? "memory" : e->code);
    result_field(r, "reason", "%s", e->reason);
    result_field(r, "at", "%" PRIu32 ":%" PRIu32, e->line, e->column);
}

static struct filter *compile(enum filter_dialect d, const struct arg *text, int64_t length,
                              struct result *r)
{
    struct filter_error e;
    struct filter_limits limits;
    filter_limits_default(d, &limits);
    if (length > 0)
        limits.length = (size_t)length;
    struct filter *f = filter_compile(d, text->value, text->n, FILTER_APOSTROPHES, &limits, &e);
    if (f == NULL) {
        put_error(r, &e);
        return NULL;
    }
    result_text(r, "ok");
    result_field(r, "combinations", "%" PRIu64, filter_combinations(f));
    result_field(r, "keys", "%" PRIu32, filter_keys(f));
    result_field(r, "wildcards", "%" PRIu32, filter_wildcards(f));
    return f;
}

static bool run_filter(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *dialect = line_word(l, &i), *text = line_word(l, &i);
    if (dialect == NULL || text == NULL || !read_dialect(dialect->value, &s->filter.dialect))
        return false;
    filter_free(s->filter.filter);
    s->filter.filter = compile(s->filter.dialect, text, line_int(l, "length", 0), r);
    return true;
}

static bool run_scope(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    struct filter_error e;
    enum filter_dialect d;
    (void)s;
    if (name == NULL)
        return false;
    if (filter_scope(name->value, &d, &e))
        result_text(r, d == FILTER_SNS_ATTRIBUTES ? "attributes" : "body");
    else
        put_error(r, &e);
    return true;
}

/* --- messages and events --- */

static bool read_attribute(const struct arg *a, struct filter_attribute *out)
{
    static const char letter[] = {[FILTER_STRING] = 'S',
                                  [FILTER_STRING_ARRAY] = 'A',
                                  [FILTER_NUMBER] = 'N',
                                  [FILTER_BINARY] = 'B'};
    if (a->n < 2 || a->value[1] != ':')
        return false;
    *out = (struct filter_attribute){a->key, FILTER_STRING, a->value + 2, a->n - 2};
    for (int i = 0; i < 4; i++)
        if (a->value[0] == letter[i]) {
            out->type = (enum filter_type)i;
            return true;
        }
    return false;
}

static bool attributes_of(const struct line *l, struct filter_event **event)
{
    struct filter_attribute attribute[ARGS_MAX];
    for (uint32_t i = 0; i < l->n_arg; i++)
        if (l->arg[i].key == NULL || !read_attribute(&l->arg[i], &attribute[i]))
            return false;
    *event = filter_event_attributes(attribute, l->n_arg, FILTER_APOSTROPHES);
    return *event != NULL;
}

/* false: wrongly used; *event NULL: refused, the result says why. */
static bool event_of(enum filter_dialect d, const struct line *l, struct filter_event **event,
                     struct result *r)
{
    uint32_t i = 0;
    const struct arg *text = line_word(l, &i);
    struct filter_error e;
    if (d == FILTER_SNS_ATTRIBUTES)
        return attributes_of(l, event);
    if (text == NULL)
        return false;
    *event = filter_event_json(d, text->value, text->n, FILTER_APOSTROPHES, &e);
    if (*event == NULL)
        put_error(r, &e);
    return true;
}

static bool run_match(struct script *s, const struct line *l, struct result *r)
{
    static const char *const why[FILTER_VERDICTS] = {
        [FILTER_MATCH] = "match",
        [FILTER_ATTRIBUTES_DIFFER] = "MessageAttributes",
        [FILTER_ATTRIBUTES_NONE] = "NoMessageAttributes",
        [FILTER_ATTRIBUTES_INVALID] = "InvalidAttributes",
        [FILTER_BODY_DIFFERS] = "MessageBody",
        [FILTER_BODY_INVALID] = "InvalidMessageBody",
        [FILTER_EVENT_DIFFERS] = "event",
    };
    struct filter_event *event = NULL;
    if (s->filter.filter == NULL || !event_of(s->filter.dialect, l, &event, r))
        return false;
    if (event == NULL)
        return true;
    enum filter_verdict v = filter_judge(s->filter.filter, event);
    result_text(r, v == FILTER_MATCH ? "yes" : "no");
    result_field(r, "why", "%s", why[v]);
    filter_event_free(event);
    return true;
}

/* --- a bus --- */

static bool run_rule(struct script *s, const struct line *l, struct result *r)
{
    struct script_filter *f = &s->filter;
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i), *text = line_word(l, &i);
    if (name == NULL || text == NULL || f->n_rule == SCRIPT_RULES_MAX)
        return false;
    struct filter *rule = compile(FILTER_EVENTBRIDGE, text, 0, r);
    if (rule == NULL)
        return true;
    snprintf(f->name[f->n_rule], sizeof(f->name[0]), "%s", name->value);
    f->rule[f->n_rule++] = rule;
    return true;
}

/* Through the set, and each rule by itself: both must say the same. */
static bool run_route(struct script *s, const struct line *l, struct result *r)
{
    const struct script_filter *f = &s->filter;
    uint64_t matched[FILTER_WORDS(SCRIPT_RULES_MAX)];
    struct filter_event *event = NULL;
    struct filter_set *set;
    if (!event_of(FILTER_EVENTBRIDGE, l, &event, r) || event == NULL)
        return event != NULL;
    set = filter_set_new(f->rule, f->n_rule);
    if (set != NULL) {
        uint32_t n = filter_set_match(set, event, matched);
        result_field(r, "n", "%" PRIu32, n);
        result_text(r, "[");
        for (uint32_t i = 0; i < f->n_rule; i++) {
            bool in = matched[i / 64] >> i % 64 & 1;
            size_t used = strlen(r->text);
            if (in != filter_matches(f->rule[i], event))
                result_field(r, "differs", "%s", f->name[i]);
            if (in)
                snprintf(r->text + used, sizeof(r->text) - used, "%s%s", used > 1 ? "," : "",
                         f->name[i]);
        }
        strncat(r->text, "]", sizeof(r->text) - strlen(r->text) - 1);
    }
    filter_set_free(set);
    filter_event_free(event);
    return set != NULL;
}

static bool run_whole(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *text = line_word(l, &i);
    struct filter_error e;
    (void)s;
    if (text == NULL)
        return false;
    if (filter_event_whole(text->value, text->n, FILTER_APOSTROPHES, &e))
        result_text(r, "ok");
    else
        put_error(r, &e);
    return true;
}

const struct verb verbs_filter[] = {
    {"filter", run_filter, "filter attributes|body|event POLICY [length=N]"},
    {"scope", run_scope, "scope NAME"},
    {"match", run_match,
     "match NAME=S:TEXT|N:NUMBER|A:LIST|B:BYTES…, or match JSON (a filter must be there)"},
    {"rule", run_rule, "rule NAME PATTERN"},
    {"route", run_route, "route EVENT"},
    {"whole", run_whole, "whole EVENT"},
    {NULL, NULL, NULL},
};
