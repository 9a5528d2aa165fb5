/* written.c - walks over kind = { id = { key = value; … }; … } with the path of where it is, until that is the one asked for. */
#include "written.h"

#include <stdio.h>
#include <string.h>

#include "load.h"

#define DEPTH 16

struct walk {
    const char *at;
    char        path[400];
    size_t      end[DEPTH]; /* of the path without the name at this depth */
    size_t      depth, lists;
};

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '*';
}

static void take_name(struct walk *w)
{
    size_t n = 0, base = w->end[w->depth];
    while (is_name(w->at[n]))
        n++;
    if (w->lists == 0)
        snprintf(w->path + base, sizeof(w->path) - base, "%s%.*s", base > 0 ? "." : "", (int)n, w->at);
    w->at += n;
}

/* Past a value in quotes or a bare one. */
static size_t value_length(const char *at)
{
    if (*at != '"')
        return strcspn(at, ";,{}()[]\n");
    size_t n = 1;
    while (at[n] != 0 && at[n] != '"')
        n += at[n] == '\\' && at[n + 1] != 0 ? 2 : 1;
    return at[n] == '"' ? n + 1 : n;
}

static void copy_value(const char *at, size_t n, char *value, size_t size)
{
    if (n >= 2 && at[0] == '"') {
        at++;
        n -= 2;
    }
    while (n > 0 && at[n - 1] == ' ')
        n--;
    snprintf(value, size, "%.*s", (int)n, at);
}

static void open_group(struct walk *w)
{
    if (w->lists > 0 || w->depth + 1 >= DEPTH) {
        w->lists++;
        return;
    }
    w->depth++;
    w->end[w->depth] = strlen(w->path);
}

static void close_group(struct walk *w)
{
    if (w->lists > 0) {
        w->lists--;
        return;
    }
    w->path[w->end[w->depth]] = 0;
    w->depth -= w->depth > 0;
}

bool written_in(const char *canonical, const char *path, char *value, size_t size)
{
    struct walk w = {.at = canonical};
    while (*w.at != 0) {
        char c = *w.at;
        if (is_name(c)) {
            take_name(&w);
            if (value == NULL && w.lists == 0 && strcmp(w.path, path) == 0)
                return true;
        } else if (c == '=') {
            w.at++;
            w.at += strspn(w.at, " \n\t");
            if (strchr("{([", *w.at) != NULL)
                continue;
            size_t n = value_length(w.at);
            if (value != NULL && w.lists == 0 && strcmp(w.path, path) == 0) {
                copy_value(w.at, n, value, size);
                return true;
            }
            w.at += n;
        } else {
            size_t n = c == '"' ? value_length(w.at) : 1;
            if (c == '{')
                open_group(&w);
            else if (c == '}')
                close_group(&w);
            w.lists += c == '(' || c == '[';
            w.lists -= (c == ')' || c == ']') && w.lists > 0;
            w.at += n;
        }
    }
    return false;
}

bool written_open(struct written *s, struct query *q, int64_t run, struct err *err)
{
    *s = (struct written){0};
    return query_canonical(q, run, &s->text, &s->n, err);
}

void written_close(struct written *s)
{
    query_texts_free(s->text, s->n);
    *s = (struct written){0};
}

bool written_find(const struct written *s, const char *path, char *value, size_t size)
{
    return s->n > 0 && s->text[0].text != NULL && written_in(s->text[0].text, path, value, size);
}

double written_number(const struct written *s, const char *path, double otherwise)
{
    char text[120];
    double x;
    enum setting_kind kind;
    return written_find(s, path, text, sizeof(text)) && load_setting(text, &x, &kind) ? x : otherwise;
}
