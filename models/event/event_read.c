/* event_read.c - a template's texts into what filters see. Each text is read alone, so that an error has its place; the envelope of
 * EventBridge is put together from them as the bus would do it (EB-14). */
#include <stdio.h>
#include <string.h>

#include "check_codes.h"
#include "event_int.h"
#include "event_presets.h"
#include "filter_json.h"
#include "json_text.h"
#include "mem.h"

struct reader {
    const struct spec_entity *e;
    struct problems *problems;
    const struct event_preset *preset;
    bool ok;
};

/* A text that lives as long as the reading; NULL: there is none. */
struct source {
    char *text; /* owned */
    size_t n;
    const struct value *key; /* where it was set; NULL: by the preset */
};

static void wrong(struct reader *r, const struct value *at, const char *what, const char *why)
{
    r->ok = false;
    if (r->problems != NULL)
        problem_add(r->problems, SEVERITY_ERROR, CHECK_EVENT, at == NULL ? &r->e->place : &at->place, "%s: %s: %s", r->e->path,
                    what, why);
}

/* --- texts --- */

static char *copy_of(const char *text, size_t n)
{
    char *copy = mem_get(n + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

/* Every `from` in *text becomes `to`. */
static bool replace(char **text, const char *from, const char *to)
{
    size_t n_from = strlen(from), n_to = strlen(to), count = 0;
    for (const char *at = *text; n_from > 0 && (at = strstr(at, from)) != NULL; at += n_from)
        count++;
    if (count == 0)
        return true;
    char *out = mem_get(strlen(*text) + count * n_to + 1), *end = out;
    if (out == NULL)
        return false;
    const char *at = *text;
    for (const char *next; (next = strstr(at, from)) != NULL; at = next + n_from) {
        memcpy(end, at, (size_t)(next - at));
        end += next - at;
        memcpy(end, to, n_to);
        end += n_to;
    }
    memcpy(end, at, strlen(at) + 1);
    mem_release(*text);
    *text = out;
    return true;
}

static char *of_preset(const struct reader *r, const char *text)
{
    const struct value *list = spec_value(r->e, EVENT_REPLACE);
    char *copy = text == NULL ? NULL : copy_of(text, strlen(text));
    for (uint32_t i = 0; copy != NULL && i < list->list.n; i++) {
        const struct value *item = &list->list.item[i];
        if (!replace(&copy, value_field(item, REPLACE_FROM)->text, value_field(item, REPLACE_TO)->text)) {
            mem_release(copy);
            return NULL;
        }
    }
    return copy;
}

static char *of_file(struct reader *r, const struct value *v, size_t *n)
{
    enum { MAX = 4 << 20 };
    FILE *in = fopen(v->path, "rb");
    char *text = in == NULL ? NULL : mem_get(MAX);
    *n = text == NULL ? 0 : fread(text, 1, MAX - 1, in);
    if (in == NULL || (text != NULL && (ferror(in) || *n == MAX - 1)))
        wrong(r, v, v->text, in == NULL ? "cannot be read" : "is no file of at most 4 MiB");
    if (in != NULL)
        fclose(in);
    if (text != NULL)
        text[*n] = '\0';
    return text;
}

static struct source find(struct reader *r, unsigned key, unsigned file, const char *preset)
{
    const struct value *v = spec_value(r->e, key), *f = spec_value(r->e, file);
    struct source s = {.key = NULL};
    if (!v->absent) {
        s.key = v;
        s.n = strlen(v->text);
        s.text = copy_of(v->text, s.n);
    } else if (!f->absent) {
        s.key = f;
        s.text = of_file(r, f, &s.n);
    } else if (preset != NULL) {
        s.text = of_preset(r, preset);
        s.n = s.text == NULL ? 0 : strlen(s.text);
    }
    return s;
}

/* --- JSON --- */

static json_t *load(struct reader *r, const struct source *s, const char *what)
{
    struct json_text t;
    struct json_trouble trouble;
    if (s->text == NULL || !json_text_open(&t, s->text, s->n, true))
        return NULL;
    json_t *json = json_text_load(&t, &trouble);
    if (json == NULL && !trouble.memory) {
        uint32_t line, column;
        char why[sizeof(trouble.text) + 60];
        json_text_written(&t, trouble.offset, &line, &column);
        snprintf(why, sizeof(why), "line %u, column %u: %s", line, column, trouble.text);
        wrong(r, s->key, what, why);
    }
    json_text_close(&t);
    return json;
}

/* --- attributes --- */

/* Numbers are read as doubles; a whole one is written as one: its digits count in the size. */
static json_t *written(json_t *value)
{
    double x = json_number_value(value);
    if (json_is_number(value) && x > -9e15 && x < 9e15 && x == (double)(int64_t)x)
        return json_integer((int64_t)x);
    if (!json_is_array(value))
        return json_incref(value);
    json_t *array = json_array(), *one;
    size_t i;
    json_array_foreach(value, i, one)
        json_array_append_new(array, written(one));
    return array;
}

static struct filter_attribute attribute(const char *name, json_t *value, char **owned)
{
    struct filter_attribute a = {.name = name, .type = FILTER_STRING};
    *owned = NULL;
    if (json_is_string(value)) {
        a.value = json_string_value(value);
        a.n = json_string_length(value);
        return a;
    }
    json_t *binary = json_object_get(value, "Binary");
    if (json_is_string(binary)) {
        a.type = FILTER_BINARY;
        a.value = json_string_value(binary);
        a.n = json_string_length(binary) / 4 * 3;
        return a;
    }
    a.type = json_is_number(value) ? FILTER_NUMBER : FILTER_STRING_ARRAY;
    json_t *whole = written(value);
    a.value = *owned = json_dumps(whole, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(whole);
    a.n = *owned == NULL ? 0 : strlen(*owned);
    return a;
}

static const char *type_name(enum filter_type t)
{
    static const char *const name[] = {
        [FILTER_STRING] = "String", [FILTER_STRING_ARRAY] = "String.Array", [FILTER_NUMBER] = "Number", [FILTER_BINARY] = "Binary"};
    return name[t];
}

static bool fits(json_t *value)
{
    return json_is_string(value) || json_is_number(value) || json_is_array(value) ||
           json_is_string(json_object_get(value, "Binary"));
}

static void read_attributes(struct reader *r, struct event_views *v)
{
    enum { MAX = 64 };
    struct filter_attribute a[MAX];
    char *owned[MAX];
    const struct value *key = spec_value(r->e, EVENT_ATTRIBUTES);
    struct source s = {.key = key, .text = key->absent ? NULL : copy_of(key->text, strlen(key->text))};
    s.n = s.text == NULL ? 0 : strlen(s.text);
    json_t *json = load(r, &s, "attributes"), *value;
    const char *name;
    if (json != NULL && (!json_is_object(json) || json_object_size(json) > MAX))
        wrong(r, key, "attributes", "a JSON object of at most 64 names is needed");
    json_object_foreach(json, name, value)
    {
        if (!fits(value)) {
            wrong(r, key, name, "an attribute is a string, a number, a list or { 'Binary': '…' }");
        } else if (v->n_attributes < MAX) {
            uint32_t i = v->n_attributes++;
            a[i] = attribute(name, value, &owned[i]);
            v->attribute_bytes += (uint32_t)(strlen(name) + strlen(type_name(a[i].type)) + a[i].n);
        }
    }
    v->attributes = filter_event_attributes(a, v->n_attributes, 0);
    for (uint32_t i = 0; i < v->n_attributes; i++)
        free(owned[i]);
    json_decref(json);
    mem_release(s.text);
}

/* --- the envelope --- */

/* Takes the body over. */
static struct filter_event *record_of(const char *source, const char *key, json_t *body)
{
    json_t *all = json_pack("{s:s, s:o}", "eventSource", source, key, body);
    char *text = all == NULL ? NULL : json_dumps(all, JSON_COMPACT);
    struct filter_event *record =
        text == NULL ? NULL : filter_event_json(FILTER_EVENTBRIDGE, text, strlen(text), 0, NULL);
    free(text);
    json_decref(all);
    return record;
}

static json_t *resources(struct reader *r, uint32_t *bytes)
{
    const struct value *list = spec_value(r->e, EVENT_RESOURCES);
    struct source s = {.text = NULL};
    if (list->list.n == 0 && r->preset != NULL) {
        s.text = of_preset(r, r->preset->resources);
        s.n = s.text == NULL ? 0 : strlen(s.text);
    }
    json_t *array = s.text == NULL ? json_array() : load(r, &s, "resources");
    for (uint32_t i = 0; i < list->list.n; i++)
        json_array_append_new(array, json_string(list->list.item[i].text));
    size_t i;
    json_t *one;
    json_array_foreach(array, i, one)
        *bytes += (uint32_t)json_string_length(one);
    mem_release(s.text);
    return array;
}

static const char *text_or(const struct spec_entity *e, unsigned key, const char *preset)
{
    const struct value *v = spec_value(e, key);
    return v->absent ? preset : v->text;
}

static void read_envelope(struct reader *r, struct event_views *v, const struct source *detail)
{
    const char *source = text_or(r->e, EVENT_SOURCE, r->preset == NULL ? NULL : r->preset->source);
    const char *type = text_or(r->e, EVENT_DETAIL_TYPE, r->preset == NULL ? NULL : r->preset->detail_type);
    if (source == NULL || type == NULL || detail->text == NULL)
        return;
    json_t *json = load(r, detail, "detail");
    if (json == NULL)
        return;
    if (!json_is_object(json))
        wrong(r, detail->key, "detail", "it must be a JSON object (EB-12: MalformedDetail)");
    v->envelope_bytes = (uint32_t)(strlen(source) + strlen(type));
    json_t *all = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "version", "0", "id",
                            "00000000-0000-0000-0000-000000000000", "detail-type", type, "source", source, "account",
                            "123456789012", "time", "1970-01-01T00:00:00Z", "region", "us-east-1", "resources",
                            resources(r, &v->envelope_bytes), "detail", json);
    char *text = all == NULL ? NULL : json_dumps(all, JSON_COMPACT);
    if (text != NULL)
        v->envelope = filter_event_json(FILTER_EVENTBRIDGE, text, strlen(text), 0, NULL);
    free(text);
    v->record_event = record_of("aws:sqs", "body", all);
}

/* The body is looked into when it is JSON; else it is a string (EB-50). */
static void read_record(struct event_views *v, const struct source *message)
{
    struct json_text t;
    struct json_trouble trouble;
    const char *text = message->text == NULL ? "" : message->text;
    if (!json_text_open(&t, text, message->n, true))
        return;
    json_t *body = json_text_load(&t, &trouble);
    json_text_close(&t);
    body = body != NULL ? body : json_string(text);
    v->streamed = record_of("aws:kinesis", "data", json_incref(body));
    v->record = record_of("aws:sqs", "body", body);
}

static void no_preset(struct reader *r, const struct value *v)
{
    char why[900];
    size_t n = (size_t)snprintf(why, sizeof(why), "there is no such preset, but");
    for (const struct event_preset *p = event_presets; p->name != NULL && n < sizeof(why); p++)
        n += (size_t)snprintf(why + n, sizeof(why) - n, "%s %s", p == event_presets ? "" : ",", p->name);
    wrong(r, v, v->text, why);
}

bool event_read(struct event_views *v, const struct spec_entity *e, struct problems *problems)
{
    const struct value *preset = spec_value(e, EVENT_PRESET), *size = spec_value(e, EVENT_SIZE);
    struct reader r = {.e = e, .problems = problems, .ok = true};
    *v = (struct event_views){.size = -1};
    if (!preset->absent && (r.preset = event_preset_find(preset->text)) == NULL)
        no_preset(&r, preset);
    struct source body = find(&r, EVENT_BODY, EVENT_BODY_FILE, r.preset == NULL ? NULL : r.preset->body);
    struct source detail = find(&r, EVENT_DETAIL, EVENT_DETAIL_FILE, r.preset == NULL ? NULL : r.preset->detail);
    const struct source *message = body.text != NULL ? &body : &detail;
    const char *text = message->text == NULL ? "" : message->text;
    v->body = filter_event_json(FILTER_SNS_BODY, text, message->n, FILTER_APOSTROPHES, NULL);
    if (message->text != NULL)
        v->size = (int64_t)message->n;
    if (!size->absent)
        v->size = size->i;
    read_attributes(&r, v);
    read_record(v, message);
    read_envelope(&r, v, detail.text != NULL ? &detail : &body);
    mem_release(body.text);
    mem_release(detail.text);
    if (!r.ok)
        event_views_clear(v);
    return r.ok;
}

bool event_views_read(struct event_views *v, const struct spec_entity *e)
{
    return event_read(v, e, NULL);
}

void event_views_clear(struct event_views *v)
{
    filter_event_free(v->attributes);
    filter_event_free(v->body);
    filter_event_free(v->envelope);
    filter_event_free(v->record);
    filter_event_free(v->streamed);
    filter_event_free(v->record_event);
    *v = (struct event_views){.size = -1};
}
