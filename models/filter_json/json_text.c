/* json_text.c - loading JSON, and finding one's way back into its text. */
#include "json_text.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif

#include "mem.h"

/* jansson does not report every allocation that failed - it may return a text with a character
 * missing - so they are noted here. */
static _Thread_local bool memory_short;

static void *get(size_t bytes)
{
    void *p = mem_get(bytes);
    memory_short |= p == NULL;
    return p;
}

__attribute__((constructor)) static void use_mem(void)
{
    json_set_alloc_funcs(get, mem_release);
}

/* --- ' for " --- */

/* Each ' becomes ", and \' an apostrophe, which needs no escape then. */
static size_t convert(const char *from, size_t n, char *to)
{
    size_t out = 0;
    for (size_t i = 0; i < n; i++) {
        if (from[i] == '\\' && i + 1 < n && from[i + 1] == '\'') {
            to[out++] = '\'';
            i++;
        } else if (from[i] == '\\' && i + 1 < n) {
            to[out++] = from[i++];
            to[out++] = from[i];
        } else {
            to[out++] = from[i] == '\'' ? '"' : from[i];
        }
    }
    return out;
}

bool json_text_open(struct json_text *t, const char *text, size_t n, bool apostrophes)
{
    *t = (struct json_text){text, n, text, n, NULL};
    if (!apostrophes || memchr(text, '"', n) != NULL)
        return true;
    t->copy = mem_get(n);
    if (t->copy == NULL)
        return false;
    t->n = convert(text, n, t->copy);
    t->at = t->copy;
    return true;
}

void json_text_close(struct json_text *t)
{
    mem_release(t->copy);
    t->copy = NULL;
}

/* --- loading --- */

/* The decimal point that jansson looks for and strtod reads is the locale's: in the plain one it is
 * a point. */
static json_t *load(const struct json_text *t, json_error_t *e)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0) {
        memory_short = true;
        return NULL;
    }
    locale_t before = uselocale(plain);
    json_t *j =
        json_loadb(t->at, t->n, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, e);
    uselocale(before);
    freelocale(plain);
    return j;
}

json_t *json_text_load(const struct json_text *t, struct json_trouble *trouble)
{
    json_error_t e = {.position = 0};
    memory_short = false;
    json_t *j = load(t, &e);
    if (j != NULL && !memory_short)
        return j;
    json_decref(j);
    *trouble = (struct json_trouble){.memory = memory_short};
    trouble->offset = e.position > 0 && (size_t)e.position <= t->n ? (size_t)e.position : t->n;
    if (!memory_short)
        snprintf(trouble->text, sizeof(trouble->text), "%s", e.text);
    return NULL;
}

/* --- places: the text is known to be JSON --- */

static size_t blanks(const struct json_text *t, size_t i)
{
    while (i < t->n && strchr(" \t\r\n", t->at[i]) != NULL && t->at[i] != '\0')
        i++;
    return i;
}

static size_t after_string(const struct json_text *t, size_t i)
{
    for (i++; i < t->n && t->at[i] != '"'; i++)
        i += t->at[i] == '\\';
    return i + 1;
}

static size_t after_value(const struct json_text *t, size_t i)
{
    unsigned depth = 0;
    do {
        i = blanks(t, i);
        if (i >= t->n)
            return t->n;
        char c = t->at[i];
        if (c == '"') {
            i = after_string(t, i);
        } else if (strchr("{[]},:", c) != NULL) {
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
            i++;
        } else {
            while (i < t->n && strchr("{[]},:\" \t\r\n", t->at[i]) == NULL)
                i++;
        }
    } while (depth > 0);
    return i;
}

static bool is_key(const struct json_text *t, size_t from, size_t to, const char *key)
{
    json_t *j = json_loadb(t->at + from, to - from, JSON_DECODE_ANY, NULL);
    const char *s = json_string_value(j);
    bool same = s != NULL && strcmp(s, key) == 0;
    json_decref(j);
    return same;
}

/* The last member of that name. */
static size_t member(const struct json_text *t, size_t object, const char *name, bool key)
{
    size_t found = object;
    for (size_t i = blanks(t, object + 1); i < t->n && t->at[i] != '}';) {
        size_t end = after_string(t, i), value = blanks(t, blanks(t, end) + 1);
        if (is_key(t, i, end, name))
            found = key ? i : value;
        i = blanks(t, after_value(t, value));
        if (i < t->n && t->at[i] == ',')
            i = blanks(t, i + 1);
    }
    return found;
}

static size_t element(const struct json_text *t, size_t array, size_t index)
{
    size_t i = blanks(t, array + 1);
    while (index-- > 0)
        i = blanks(t, blanks(t, after_value(t, i)) + 1);
    return i;
}

size_t json_text_find(const struct json_text *t, const struct json_place *p, bool key)
{
    if (p->up == NULL)
        return blanks(t, 0);
    size_t above = json_text_find(t, p->up, false);
    return p->key == NULL ? element(t, above, p->index) : member(t, above, p->key, key);
}

size_t json_text_written(const struct json_text *t, size_t offset, uint32_t *line, uint32_t *column)
{
    size_t i = 0;
    *line = *column = 1;
    for (size_t out = 0; i < t->n_written && out < offset; i++, out++) {
        if (t->copy != NULL && t->written[i] == '\\' && i + 1 < t->n_written &&
            t->written[i + 1] == '\'') {
            i++;
            ++*column;
        }
        if (t->written[i] == '\n') {
            ++*line;
            *column = 1;
        } else {
            *column += ((unsigned char)t->written[i] & 0xc0) != 0x80;
        }
    }
    return i;
}

void json_text_token(const struct json_text *t, size_t offset, char *out, size_t size)
{
    size_t n = 0;
    while (offset + n < t->n && strchr("{[]},:\" \t\r\n", t->at[offset + n]) == NULL)
        n++;
    n = n == 0 && offset < t->n ? 1 : n;
    snprintf(out, size, "%.*s", (int)(n < size ? n : size - 1), t->at + offset);
}
