/* wiring.c - one pass over a canonical scenario. Its form is plain: names, "=", braces, brackets and values, entities as
 * kind = { id = { … } }. A value in quotes that names a kind of entity and an id is a wire. */
#include "wiring.h"

#include <stdio.h>
#include <string.h>

#include "check.h"
#include "mem.h"

#define DEPTH  16
#define NAME   48
#define KIND   0
#define ENTITY 1

static const char *const kinds[] = {"queue",    "topic",    "bus",      "service", "database",    "fleet",    "producer", "endpoint",
                                    "stream",   "consumer", "firehose", "mapping", "destination", "function", "kpl",      "pipe",
                                    "group",    "scaling",  "pool",     "proxy"};

struct reader {
    struct wiring *out;
    const char    *at;
    char           key[DEPTH][NAME]; /* the name before each open brace, and the latest at this depth */
    size_t         group[DEPTH];
    size_t         depth, groups;
};

bool wiring_is(const char *entity, const char *kind)
{
    size_t n = strlen(kind);
    return strncmp(entity, kind, n) == 0 && entity[n] == '.' && entity[n + 1] != 0;
}

static bool names_entity(const char *text)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (wiring_is(text, kinds[i])) /* "queue.a", not its metric "queue.a.depth" */
            return strpbrk(text + strlen(kinds[i]) + 1, " =(/.[") == NULL;
    return false;
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '*';
}

/* Some settings name an entity to which nothing flows; what an alarm sets off is fed if it is told. */
static bool feeds(const struct reader *r, const char *key, const char *to, bool dead)
{
    static const char *const others[] = {"source", "done_at", "to"};
    static const char *const senders[] = {"producer", "service",  "fleet",   "topic", "bus", "pipe",
                                          "consumer", "firehose", "mapping", "function", "kpl", "pool", "proxy"};
    bool sends = false;
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        if (strcmp(key, others[i]) == 0)
            return false;
    for (size_t i = 0; i < ARRAY_LEN(senders); i++)
        sends |= strcmp(r->key[KIND], senders[i]) == 0;
    sends |= strcmp(r->key[KIND], "alarm") == 0 && (wiring_is(to, "topic") || wiring_is(to, "function") || wiring_is(to, "bus"));
    return sends && !dead;
}

static bool is_dead(const struct reader *r)
{
    for (size_t i = ENTITY + 1; i <= r->depth && i < DEPTH; i++)
        if (strncmp(r->key[i], "dead_letter", 11) == 0 || strstr(r->key[i], "dlq") != NULL || strcmp(r->key[i], "on_failure") == 0 ||
            strcmp(r->key[i], "backup") == 0)
            return true;
    return false;
}

static bool add_wire(struct reader *r, const char *to, struct err *err)
{
    struct wiring *w = r->out;
    if ((w->n & (w->n - 1)) == 0) {
        struct wire *more = mem_resize(w->wire, (w->n == 0 ? 1 : 2 * w->n) * sizeof(*more));
        if (more == NULL)
            return err_set(err, ERR_OS, "memory is short");
        w->wire = more;
    }
    struct wire *wire = &w->wire[w->n++];
    *wire = (struct wire){.group = r->group[r->depth], .dead = is_dead(r)};
    snprintf(wire->from, sizeof(wire->from), "%s.%s", r->key[KIND], r->key[ENTITY]);
    snprintf(wire->to, sizeof(wire->to), "%s", to);
    snprintf(wire->key, sizeof(wire->key), "%s", r->key[r->depth]);
    wire->feeds = feeds(r, wire->key, to, wire->dead);
    return true;
}

/* A text in quotes; the reader stands on the first. */
static bool read_quoted(struct reader *r, struct err *err)
{
    char text[120];
    size_t n = 0;
    for (r->at++; *r->at != 0 && *r->at != '"'; r->at++) {
        if (*r->at == '\\' && r->at[1] != 0)
            r->at++;
        if (n < sizeof(text) - 1)
            text[n++] = *r->at;
    }
    r->at += *r->at == '"';
    text[n] = 0;
    return r->depth <= ENTITY || !names_entity(text) || add_wire(r, text, err);
}

static void read_name(struct reader *r)
{
    char *key = r->key[r->depth];
    size_t n = 0;
    for (; is_name(*r->at); r->at++)
        if (n < NAME - 1)
            key[n++] = *r->at;
    key[n] = 0;
}

/* A value that is no text: up to what ends it. */
static void skip_value(struct reader *r)
{
    while (*r->at != 0 && strchr(";,{}()[]\"\n", *r->at) == NULL)
        r->at++;
}

static void open_brace(struct reader *r)
{
    if (r->depth + 1 < DEPTH)
        r->depth++;
    r->key[r->depth][0] = 0;
    r->group[r->depth] = ++r->groups;
}

static bool read_one(struct reader *r, struct err *err)
{
    char c = *r->at;
    if (c == '"')
        return read_quoted(r, err);
    if (is_name(c)) {
        read_name(r);
        return true;
    }
    r->at++;
    if (c == '{')
        open_brace(r);
    else if (c == '}')
        r->depth -= r->depth > 0;
    else if (c == '=' && strspn(r->at, " ") < strlen(r->at) && strchr("{([\"", r->at[strspn(r->at, " ")]) == NULL)
        skip_value(r);
    return true;
}

bool wiring_read(struct wiring *w, const char *canonical, struct err *err)
{
    struct reader r = {.out = w, .at = canonical};
    *w = (struct wiring){0};
    while (*r.at != 0)
        if (!read_one(&r, err)) {
            wiring_free(w);
            return false;
        }
    return true;
}

bool wiring_of_run(struct wiring *w, struct query *q, int64_t run, struct err *err)
{
    struct query_text *text;
    size_t n;
    *w = (struct wiring){0};
    if (!query_canonical(q, run, &text, &n, err))
        return false;
    bool ok = n == 0 || text[0].text == NULL || wiring_read(w, text[0].text, err);
    query_texts_free(text, n);
    return ok;
}

void wiring_free(struct wiring *w)
{
    mem_release(w->wire);
    *w = (struct wiring){0};
}
