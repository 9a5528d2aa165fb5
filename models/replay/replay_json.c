/* replay_json.c - one line that holds a JSON object (RFC 8259): checked whole, and the wanted keys of its top level cut
 * out. Numbers stay the text that they are, because a double has no room for the nanoseconds of a date; nothing is
 * allocated. Texts are unescaped where they stand. */
#include <string.h>

#include "replay_int.h"

#define DEPTH_MAX 64

struct scan {
    struct replay_line *line;
    char               *at, *end;
    int                 depth;
};

static bool refuse(struct scan *s, const char *what)
{
    return replay_refuse(s->line, (int)(s->at - s->line->text) + 1, "no JSON: %s", what);
}

static void blanks(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\r'))
        s->at++;
}

static bool is(const struct scan *s, char c)
{
    return s->at < s->end && *s->at == c;
}

static bool take(struct scan *s, char c)
{
    bool there = is(s, c);
    s->at += there;
    return there;
}

/* --- texts --- */

static bool hex4(struct scan *s, uint32_t *value)
{
    *value = 0;
    for (int i = 0; i < 4; i++, s->at++) {
        char c = s->at < s->end ? *s->at : 'x', low = (char)(c | 0x20);
        bool digit = c >= '0' && c <= '9', letter = low >= 'a' && low <= 'f';
        if (!digit && !letter)
            return refuse(s, "\\u takes four hexadecimal digits");
        *value = *value << 4 | (uint32_t)(digit ? c - '0' : low - 'a' + 10);
    }
    return true;
}

/* Behind \u: a code point, perhaps of two escapes. */
static bool code_point(struct scan *s, uint32_t *code)
{
    uint32_t low;
    if (!hex4(s, code))
        return false;
    if (*code == 0)
        return refuse(s, "\\u0000 in a text");
    if (*code < 0xd800 || *code > 0xdfff)
        return true;
    if (*code > 0xdbff || !take(s, '\\') || !take(s, 'u') || !hex4(s, &low) || low < 0xdc00 || low > 0xdfff)
        return refuse(s, "half of a surrogate pair");
    *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

static char *put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
        return out;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    *out++ = (char)((0xff00 >> (more + 1) & 0xff) | c >> 6 * more);
    while (more-- > 0)
        *out++ = (char)(0x80 | (c >> 6 * more & 0x3f));
    return out;
}

static bool escape(struct scan *s, char **out)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    uint32_t code;
    if (take(s, 'u')) {
        if (!code_point(s, &code))
            return false;
        *out = put_utf8(*out, code);
        return true;
    }
    const char *letter = s->at < s->end && *s->at != '\0' ? strchr(letters, *s->at) : NULL;
    if (letter == NULL)
        return refuse(s, "an escape that does not exist");
    *(*out)++ = meanings[letter - letters];
    s->at++;
    return true;
}

/* Length of the UTF-8 character at s->at, 0 when it is none (overlong forms, surrogates and beyond U+10FFFF too). */
static int utf8(const struct scan *s)
{
    const unsigned char *b = (const unsigned char *)s->at;
    int n = b[0] < 0x80 ? 1 : b[0] < 0xc2 ? 0 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : b[0] < 0xf5 ? 4 : 0;
    if (n > s->end - s->at)
        return 0;
    for (int i = 1; i < n; i++) {
        if ((b[i] & 0xc0) != 0x80)
            return 0;
    }
    bool bad = (b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) || (b[0] == 0xf0 && b[1] < 0x90) ||
               (b[0] == 0xf4 && b[1] > 0x8f);
    return n > 1 && bad ? 0 : n;
}

static bool text(struct scan *s, struct replay_field *f)
{
    char *out = ++s->at;
    f->text = out;
    while (!is(s, '"')) {
        if (s->at == s->end || (unsigned char)*s->at < 0x20)
            return refuse(s, "a text that is not closed");
        if (take(s, '\\')) {
            if (!escape(s, &out))
                return false;
            continue;
        }
        int n = utf8(s);
        if (n == 0)
            return refuse(s, "a text that is not UTF-8");
        while (n-- > 0)
            *out++ = *s->at++;
    }
    f->n = (size_t)(out - f->text);
    s->at++;
    return true;
}

/* --- values --- */

static bool digits(struct scan *s)
{
    char *start = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    return s->at > start;
}

static bool number(struct scan *s)
{
    take(s, '-');
    if (!take(s, '0') && !digits(s))
        return refuse(s, "a value is missing");
    if (take(s, '.') && !digits(s))
        return refuse(s, "a digit must follow the point");
    if (take(s, 'e') || take(s, 'E')) {
        if (!take(s, '+'))
            take(s, '-');
        if (!digits(s))
            return refuse(s, "an exponent without digits");
    }
    return true;
}

static bool word(struct scan *s, const char *w)
{
    size_t n = strlen(w);
    if ((size_t)(s->end - s->at) < n || memcmp(s->at, w, n) != 0)
        return refuse(s, "a value is missing");
    s->at += n;
    return true;
}

static bool members(struct scan *, const char *const *name);

static bool elements(struct scan *s);

/* *f: the value's text, when it is a text or number; else without. null and what is nested say nothing. */
static bool value(struct scan *s, struct replay_field *f)
{
    blanks(s);
    *f = (struct replay_field){.column = (int)(s->at - s->line->text) + 1};
    char *start = s->at;
    switch (s->at < s->end ? *s->at : '\0') {
    case '"':
        return text(s, f);
    case '{':
        return members(s, NULL);
    case '[':
        return elements(s);
    case 't':
        return word(s, "true");
    case 'f':
        return word(s, "false");
    case 'n':
        return word(s, "null");
    default:
        if (!number(s))
            return false;
        f->text = start;
        f->n = (size_t)(s->at - start);
        return true;
    }
}

static bool nest(struct scan *s)
{
    s->at++;
    return ++s->depth <= DEPTH_MAX || refuse(s, "nested too deeply");
}

static bool elements(struct scan *s)
{
    struct replay_field ignored;
    if (!nest(s))
        return false;
    blanks(s);
    if (take(s, ']')) {
        s->depth--;
        return true;
    }
    do {
        if (!value(s, &ignored))
            return false;
        blanks(s);
    } while (take(s, ','));
    s->depth--;
    return take(s, ']') || refuse(s, "',' or ']' is missing");
}

static void keep(struct scan *s, const char *const *name, const struct replay_field *key, const struct replay_field *f)
{
    for (int k = 0; name != NULL && k < N_COLUMNS; k++) {
        if (name[k] != NULL && strlen(name[k]) == key->n && memcmp(name[k], key->text, key->n) == 0)
            s->line->field[k] = *f;
    }
}

static bool member(struct scan *s, const char *const *name)
{
    struct replay_field key, f;
    blanks(s);
    if (!is(s, '"'))
        return refuse(s, "a key in quotes is missing");
    if (!text(s, &key))
        return false;
    blanks(s);
    if (!take(s, ':'))
        return refuse(s, "':' is missing");
    if (!value(s, &f))
        return false;
    keep(s, name, &key, &f);
    blanks(s);
    return true;
}

/* name: the wanted keys; NULL: none here. */
static bool members(struct scan *s, const char *const *name)
{
    if (!nest(s))
        return false;
    blanks(s);
    if (take(s, '}')) {
        s->depth--;
        return true;
    }
    do {
        if (!member(s, name))
            return false;
    } while (take(s, ','));
    s->depth--;
    return take(s, '}') || refuse(s, "',' or '}' is missing");
}

bool replay_json_split(const char *const name[N_COLUMNS], struct replay_line *l)
{
    struct scan s = {l, l->text, l->text + l->n, 0};
    memset(l->field, 0, sizeof(l->field));
    blanks(&s);
    if (!is(&s, '{'))
        return refuse(&s, "a line holds one object { }");
    if (!members(&s, name))
        return false;
    blanks(&s);
    return s.at == s.end || refuse(&s, "something follows the object");
}
