/* script_read.c - lines into words. A word may be quoted; \n \t \" \\ \xHH and \uHHHH stand for
 * characters in quotes. */
#include "script.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    const char *at;
    char *out; /* into line.space */
};

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(struct reader *r, int n, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < n; i++) {
        int d = digit(*r->at);
        if (d < 0)
            return false;
        *code = *code << 4 | (uint32_t)d;
        r->at++;
    }
    return true;
}

static void put_utf8(struct reader *r, uint32_t c)
{
    if (c < 0x80) {
        *r->out++ = (char)c;
    } else if (c < 0x800) {
        *r->out++ = (char)(0xc0 | c >> 6);
        *r->out++ = (char)(0x80 | (c & 0x3f));
    } else {
        *r->out++ = (char)(0xe0 | c >> 12);
        *r->out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *r->out++ = (char)(0x80 | (c & 0x3f));
    }
}

static bool read_escape(struct reader *r)
{
    char c = *r->at++;
    uint32_t code;
    switch (c) {
    case 'n':
        *r->out++ = '\n';
        return true;
    case 't':
        *r->out++ = '\t';
        return true;
    case '"':
    case '\\':
        *r->out++ = c;
        return true;
    case 'x':
        if (!read_hex(r, 2, &code))
            return false;
        *r->out++ = (char)code;
        return true;
    case 'u':
        if (!read_hex(r, 4, &code))
            return false;
        put_utf8(r, code);
        return true;
    default:
        return false;
    }
}

static bool read_quoted(struct reader *r)
{
    for (r->at++; *r->at != '"';) {
        if (*r->at == '\0')
            return false;
        if (*r->at != '\\') {
            *r->out++ = *r->at++;
            continue;
        }
        r->at++;
        if (!read_escape(r))
            return false;
    }
    r->at++;
    return true;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* word, or key=value; either side of '=' may be quoted, but a quoted word has no key. */
static bool read_arg(struct reader *r, struct arg *a)
{
    char *start = r->out;
    bool quoted = false;
    *a = (struct arg){NULL, start, 0};
    while (*r->at != '\0' && !is_space(*r->at)) {
        if (*r->at == '"') {
            quoted = true;
            if (!read_quoted(r))
                return false;
        } else if (*r->at == '=' && a->key == NULL && !quoted && r->out > start && *start != '[') {
            a->key = start;
            *r->out++ = '\0';
            a->value = r->out;
            r->at++;
        } else {
            *r->out++ = *r->at++;
        }
    }
    a->n = (size_t)(r->out - a->value);
    *r->out++ = '\0';
    return true;
}

static bool read_time(const char *s, sim_time *at)
{
    sim_time whole = 0, part = 0, unit = SIM_S;
    const char *p = s;
    for (; *p >= '0' && *p <= '9'; p++)
        whole = whole * 10 + (*p - '0');
    if (p == s)
        return false;
    if (*p == '.')
        for (p++; *p >= '0' && *p <= '9' && unit > 1; p++) {
            unit /= 10;
            part += (*p - '0') * unit;
        }
    *at = whole * SIM_S + part;
    return *p == '\0';
}

static bool read_repeat(const char *s, uint64_t *n)
{
    uint64_t value = 0;
    const char *p = s;
    for (; *p >= '0' && *p <= '9'; p++)
        value = value * 10 + (uint64_t)(*p - '0');
    if (p == s || p[0] != '*' || p[1] != '\0')
        return false;
    *n = value;
    return true;
}

/* Moves a leading time, repeat count and verb out of the arguments. */
static const char *take_head(struct line *l)
{
    uint32_t i = 0;
    l->timed = i < l->n_arg && l->arg[i].key == NULL && read_time(l->arg[i].value, &l->at);
    i += l->timed;
    l->repeat = 1;
    if (i < l->n_arg && l->arg[i].key == NULL && read_repeat(l->arg[i].value, &l->repeat))
        i++;
    if (i == l->n_arg || l->arg[i].key != NULL)
        return "a verb is missing";
    l->verb = l->arg[i++].value;
    for (uint32_t k = i; k < l->n_arg; k++)
        l->arg[k - i] = l->arg[k];
    l->n_arg -= i;
    return NULL;
}

static const char *read_all(struct line *l, struct reader *r)
{
    for (;;) {
        while (is_space(*r->at))
            r->at++;
        if (*r->at == '\0' || *r->at == '#')
            return NULL;
        if (!l->judged && strncmp(r->at, "->", 2) == 0) {
            l->judged = true;
            r->at += 2;
            continue;
        }
        uint32_t *n = l->judged ? &l->n_expect : &l->n_arg;
        if (*n == ARGS_MAX)
            return "too many words";
        if (!read_arg(r, (l->judged ? l->expect : l->arg) + *n))
            return "a quoted text does not end, or has an unknown escape";
        ++*n;
    }
}

bool line_read(struct line *l, const char *text, const char **mistake)
{
    *l = (struct line){.space = malloc(4 * strlen(text) + 16)};
    *mistake = l->space == NULL ? "out of memory" : NULL;
    if (l->space == NULL)
        return false;
    struct reader r = {text, l->space};
    *mistake = read_all(l, &r);
    if (*mistake == NULL && l->n_arg == 0 && !l->judged)
        return false;
    if (*mistake == NULL)
        *mistake = take_head(l);
    return true;
}

void line_free(struct line *l)
{
    free(l->space);
    l->space = NULL;
}

const struct arg *line_word(const struct line *l, uint32_t *i)
{
    while (*i < l->n_arg && l->arg[*i].key != NULL)
        ++*i;
    return *i < l->n_arg ? &l->arg[(*i)++] : NULL;
}

const struct arg *line_key(const struct line *l, const char *key)
{
    for (uint32_t i = 0; i < l->n_arg; i++)
        if (l->arg[i].key != NULL && strcmp(l->arg[i].key, key) == 0)
            return &l->arg[i];
    return NULL;
}

int64_t line_int(const struct line *l, const char *key, int64_t otherwise)
{
    const struct arg *a = line_key(l, key);
    int64_t value;
    return a != NULL && text_integer((struct text){a->value, a->n}, &value) ? value : otherwise;
}
