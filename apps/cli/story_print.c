/* story_print.c - a story on the terminal, and for machines. */
#include <inttypes.h>
#include <stdio.h>

#include "cli.h"
#include "story.h"
#include "table.h"

static void print_head(const struct story *s)
{
    const char *producer = s->path[s->producer];
    printf("%s", term_colour(stdout, COLOUR_BOLD));
    if (s->queue == LIFE_NONE)
        printf("%s#%" PRIu64, producer, s->item + 1);
    else
        printf("%s#%" PRIu64 " is request %" PRIu64 " of %s", s->path[s->queue], s->number, s->item + 1, producer);
    printf("%s   %s, replication %" PRIu32 ", seed %" PRIu64 "\n\n", term_colour(stdout, COLOUR_OFF), s->source,
           s->replication, s->seed);
}

static void print_events(const struct story *s)
{
    struct table t;
    char         text[STORY_TEXT], at[40];
    table_open(&t, "rll");
    table_cell(&t, "time");
    table_cell(&t, "rule");
    table_cell(&t, "what happened");
    for (size_t i = 0; i < s->life.n; i++) {
        if (!story_is_told(s, i))
            continue;
        const char *rule = story_tell(s, i, text);
        table_cell(&t, "%s", story_time(s->life.event[i].at, at));
        table_cell(&t, "%s", rule == NULL ? "" : rule);
        table_cell(&t, "%s", text);
    }
    table_print(stdout, &t, 2, true);
    table_close(&t);
}

void story_print(const struct story *s)
{
    struct story_verdict v[VERDICTS_MAX];
    size_t         n = story_judge(s, v);
    print_head(s);
    print_events(s);
    putchar('\n');
    for (size_t i = 0; i < n; i++) {
        printf("%s%s%s: %s", term_colour(stdout, COLOUR_BOLD), v[i].about, term_colour(stdout, COLOUR_OFF), v[i].text);
        if (v[i].rule != NULL)
            printf(" (%s)", v[i].rule);
        printf(".\n");
    }
    if (s->life.full)
        cli_note("more happened than is kept of one replication; the end is missing");
}

/* --- JSON --- */

static void put_number(json_t *o, const char *key, bool there, int64_t value)
{
    json_object_set_new(o, key, there ? json_integer((json_int_t)value) : json_null());
}

static json_t *entity(const struct story *s, uint32_t number)
{
    return number < s->n_path ? json_string(s->path[number]) : json_null();
}

static json_t *event_json(const struct story *s, size_t i)
{
    const struct life_event *e = &s->life.event[i];
    json_t                  *o = json_object();
    char                     text[STORY_TEXT];
    const char              *rule = story_tell(s, i, text);
    put_number(o, "at_ns", true, e->at);
    json_object_set_new(o, "what", json_string(life_word((enum life_what)e->what)));
    json_object_set_new(o, "entity", entity(s, e->entity));
    json_object_set_new(o, "other", entity(s, e->other));
    put_number(o, "worker", e->worker != LIFE_NONE, e->worker);
    put_number(o, "copy", true, e->attempt);
    put_number(o, "message", e->message > 0, e->message);
    put_number(o, "receives", e->receives > 0, e->receives);
    put_number(o, "until_ns", e->until != SIM_NEVER, e->until);
    put_number(o, "value", e->value >= 0, e->value);
    put_number(o, "group", e->group != LIFE_NONE, e->group);
    json_object_set_new(o, "why", e->why[0] == 0 ? json_null() : json_string(e->why));
    json_object_set_new(o, "text", json_string(text));
    json_object_set_new(o, "rule", rule == NULL ? json_null() : json_string(rule));
    return o;
}

json_t *story_json(const struct story *s)
{
    json_t        *o = json_object(), *events = json_array(), *verdicts = json_array();
    struct story_verdict v[VERDICTS_MAX];
    size_t         n = story_judge(s, v);
    json_object_set_new(o, "json_schema", json_integer(CLI_JSON_SCHEMA));
    json_object_set_new(o, "version", json_string(AFTERBAY_VERSION));
    json_object_set_new(o, "command", json_string("explain"));
    json_object_set_new(o, "source", json_string(s->source));
    json_object_set_new(o, "seed", json_integer((json_int_t)s->seed));
    json_object_set_new(o, "replication", json_integer(s->replication));
    json_object_set_new(o, "producer", entity(s, s->producer));
    json_object_set_new(o, "request", json_integer((json_int_t)(s->item + 1)));
    for (size_t i = 0; i < s->life.n; i++)
        json_array_append_new(events, event_json(s, i));
    for (size_t i = 0; i < n; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "about", json_string(v[i].about));
        json_object_set_new(one, "text", json_string(v[i].text));
        json_object_set_new(one, "rule", v[i].rule == NULL ? json_null() : json_string(v[i].rule));
        json_array_append_new(verdicts, one);
    }
    json_object_set_new(o, "events", events);
    json_object_set_new(o, "verdicts", verdicts);
    return o;
}
