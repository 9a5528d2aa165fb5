/* scan.c - tokens as libconfig 1.5 has them, less what it lets pass by mistake: `*` in names, a
 * lone `.` as a number, an unclosed comment at the end. Whatever this scanner accepts, libconfig
 * reads the same way (tests compare both). */
#include "scan.h"

#include <string.h>

#include "codes.h"

#define INCLUDE_DEPTH_MAX 10
#define INCLUDES_MAX      1000
#define TEXT_BYTES_MAX    (32u << 20)

struct scanner {
    struct scan *out;
    struct sources *sources;
    struct pool *pool;
    struct problems *problems;
    const struct source *source;
    size_t at, copied; /* copied: how far the text went out */
    uint32_t line;
    int depth;
    const struct scanner *outer;
};

static bool scan_source(struct scanner *);

static struct place place_at(const struct scanner *s, size_t at, size_t width, uint32_t line)
{
    return source_place(s->source, at, width, line);
}

static struct problem *complain(struct scanner *s, int code, size_t at, size_t width,
                                const char *text)
{
    struct place place = place_at(s, at, width, s->line);
    return problem_add(s->problems, SEVERITY_ERROR, code, &place, "%s", text);
}

struct place token_place(const struct token *t)
{
    return source_place(t->source, t->at, t->length, t->line);
}

static char peek(const struct scanner *s, size_t ahead)
{
    return s->at + ahead < s->source->bytes ? s->source->text[s->at + ahead] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static void emit(struct scanner *s, enum token_kind kind, size_t from, uint32_t line)
{
    struct scan *o = s->out;
    o->token = pool_grow(s->pool, o->token, o->n, &o->cap, sizeof(*o->token));
    o->token[o->n++] = (struct token){.source = s->source,
                                      .at = (uint32_t)from,
                                      .length = (uint32_t)(s->at - from),
                                      .line = line,
                                      .kind = (uint8_t)kind,
                                      .mark = kind == TOKEN_MARK ? s->source->text[from] : '\0'};
}

/* --- the text for libconfig --- */

static void copy_out(struct scanner *s, size_t to)
{
    struct scan *o = s->out;
    size_t n = to - s->copied;
    if (o->bytes + n + 2 > o->room) {
        size_t room = (o->bytes + n + 2) * 2;
        char *text = pool_get(s->pool, room);
        if (o->bytes > 0)
            memcpy(text, o->text, o->bytes);
        o->text = text;
        o->room = room;
    }
    memcpy(o->text + o->bytes, s->source->text + s->copied, n);
    o->bytes += n;
    s->copied = to;
}

/* A comment that ends with the file and not with a line is a syntax error to libconfig. */
static void end_line(struct scanner *s)
{
    copy_out(s, s->source->bytes);
    s->out->text[s->out->bytes++] = '\n';
    s->out->text[s->out->bytes] = '\0';
}

/* --- blanks, comments, includes --- */

static bool skip_block(struct scanner *s)
{
    size_t from = s->at;
    uint32_t line = s->line;
    for (s->at += 2; s->at < s->source->bytes; s->at++) {
        if (peek(s, 0) == '*' && peek(s, 1) == '/') {
            s->at += 2;
            return true;
        }
        s->line += peek(s, 0) == '\n';
    }
    s->line = line;
    complain(s, AB_SYNTAX, from, 2, "this comment is never closed");
    return false;
}

static void skip_line(struct scanner *s)
{
    while (s->at < s->source->bytes && peek(s, 0) != '\n')
        s->at++;
}

static bool includes_itself(const struct scanner *s, const struct source *file)
{
    for (; s != NULL; s = s->outer)
        if (s->source == file)
            return true;
    return false;
}

static bool include_file(struct scanner *s, const char *name, struct place *place)
{
    const char *path = source_beside(s->pool, s->source, name);
    struct source *file = source_open(s->sources, s->pool, s->problems, path, place);
    if (file == NULL || !file->good)
        return false;
    if (includes_itself(s, file)) {
        problem_add(s->problems, SEVERITY_ERROR, AB_INCLUDE_LOOP, place, "'%s' includes itself",
                    file->name);
        return false;
    }
    const char *limit =
        s->depth >= INCLUDE_DEPTH_MAX                  ? "is nested more than 10 deep"
        : s->out->n_includes++ >= INCLUDES_MAX         ? "stands more than 1000 times in all"
        : s->out->bytes + file->bytes > TEXT_BYTES_MAX ? "makes the text larger than 32 MiB"
                                                       : NULL;
    if (limit != NULL) {
        problem_add(s->problems, SEVERITY_ERROR, AB_INCLUDE_DEPTH, place, "@include %s", limit);
        return false;
    }
    struct scanner inner = {s->out, s->sources, s->pool, s->problems,  file,
                            0,      0,          1,       s->depth + 1, s};
    return scan_source(&inner);
}

/* At `@`. libconfig takes the word only at the start of a line. */
static bool scan_include(struct scanner *s)
{
    static const char word[] = "@include";
    size_t from = s->at, start = s->source->line[s->line - 1];
    if (strncmp(s->source->text + from, word, sizeof(word) - 1) != 0)
        return complain(s, AB_SYNTAX, from, 1,
                        "'@' does not belong here; there is only @include \"file\""),
               false;
    if (strspn(s->source->text + start, " \t") < from - start)
        return complain(s, AB_SYNTAX, from, sizeof(word) - 1,
                        "@include stands at the start of a line"),
               false;
    s->at += sizeof(word) - 1;
    size_t blanks = strspn(s->source->text + s->at, " \t");
    s->at += blanks;
    size_t length = strcspn(s->source->text + s->at + (peek(s, 0) == '"'), "\"\n");
    if (blanks == 0 || peek(s, 0) != '"' || length == 0 || peek(s, length + 1) != '"')
        return complain(s, AB_SYNTAX, from, sizeof(word) - 1, "write @include \"file\""), false;
    const char *name = pool_text(s->pool, s->source->text + s->at + 1, length);
    struct place place = place_at(s, s->at, length + 2, s->line);
    copy_out(s, from);
    s->at += length + 2;
    s->copied = s->at;
    return include_file(s, name, &place);
}

/* --- tokens --- */

static bool scan_string(struct scanner *s)
{
    size_t from = s->at;
    uint32_t line = s->line;
    for (s->at++; s->at < s->source->bytes; s->at++) {
        char c = peek(s, 0);
        if (c == '"') {
            s->at++;
            emit(s, TOKEN_STRING, from, line);
            return true;
        }
        s->line += c == '\n';
        if (c == '\\' && s->at + 1 < s->source->bytes) {
            s->at++;
            s->line += peek(s, 0) == '\n';
        }
    }
    s->line = line;
    complain(s, AB_SYNTAX, from, 1, "this text is never closed with \"");
    return false;
}

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

static size_t after_long(const char *text, size_t n)
{
    return text[n] != 'L' ? n : text[n + 1] == 'L' ? n + 2 : n + 1;
}

/* Length of the number at text and its kind; 0: none. */
static size_t number_length(const char *text, enum token_kind *kind)
{
    size_t n = 0;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        n = 2 + strspn(text + 2, "0123456789abcdefABCDEF");
        size_t end = after_long(text, n);
        *kind = end > n ? TOKEN_INT64 : TOKEN_INT;
        return n == 2 ? 0 : end;
    }
    n = text[0] == '+' || text[0] == '-';
    size_t whole = digits(text + n), part = 0;
    n += whole;
    bool is_float = text[n] == '.';
    if (is_float) {
        part = digits(text + n + 1);
        n += 1 + part;
    }
    if (whole + part == 0)
        return 0;
    if (text[n] == 'e' || text[n] == 'E') {
        size_t sign = text[n + 1] == '+' || text[n + 1] == '-', power = digits(text + n + 1 + sign);
        n += power > 0 ? 1 + sign + power : 0;
        is_float |= power > 0;
    }
    size_t end = is_float ? n : after_long(text, n);
    *kind = is_float ? TOKEN_FLOAT : end > n ? TOKEN_INT64 : TOKEN_INT;
    return end;
}

static void refuse_number(struct scanner *s, size_t length, bool starts_well)
{
    const struct scan *o = s->out;
    const struct token *last = o->n > 0 ? &o->token[o->n - 1] : NULL;
    bool value = last != NULL && last->kind == TOKEN_MARK && strchr("=([,", last->mark) != NULL;
    if (last != NULL && last->kind == TOKEN_NAME && last->at + last->length == s->at) {
        struct problem *p = complain(s, AB_NAME, s->at, length,
                                     "a name holds letters, digits, '-' and '_', no dot");
        problem_note(p, "the name that the service knows is the setting 'name'; a FIFO queue's "
                        "gets its '.fifo' by itself");
    } else if (!value && starts_well) {
        complain(s, AB_NAME, s->at, length, "a name starts with a letter");
    } else if (!starts_well) {
        complain(s, AB_SYNTAX, s->at, length, "this is no number");
    } else {
        struct problem *p =
            complain(s, AB_SYNTAX, s->at, length, "a number with a unit stands in quotes");
        problem_label(p, "write \"%.*s\"", (int)length, s->source->text + s->at);
    }
}

static bool scan_number(struct scanner *s)
{
    enum token_kind kind = TOKEN_INT;
    size_t from = s->at;
    const char *text = s->source->text + from;
    size_t n = number_length(text, &kind);
    size_t tail = n;
    while (is_letter(text[tail]) || is_digit(text[tail]) || text[tail] == '_' ||
           text[tail] == '.' || text[tail] == '%' ||
           (text[tail] == '/' && is_letter(text[tail + 1])))
        tail++;
    if (n > 0 && tail == n) {
        s->at += n;
        emit(s, kind, from, s->line);
        return true;
    }
    return refuse_number(s, tail == 0 ? 1 : tail, n > 0), false;
}

static bool same_word(const char *text, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (word[i] == '\0' || (text[i] | 0x20) != word[i])
            return false;
    return word[n] == '\0';
}

static bool scan_name(struct scanner *s)
{
    size_t from = s->at;
    const char *text = s->source->text + from;
    size_t n = 0;
    bool star = false;
    while (is_letter(text[n]) || is_digit(text[n]) || text[n] == '-' || text[n] == '_' ||
           text[n] == '*')
        star |= text[n++] == '*';
    if (star)
        return complain(s, AB_NAME, from, n, "a name holds letters, digits, '-' and '_', no '*'"),
               false;
    s->at += n;
    bool word = same_word(text, n, "true") || same_word(text, n, "false");
    emit(s, word ? TOKEN_BOOL : TOKEN_NAME, from, s->line);
    return true;
}

static bool scan_strange(struct scanner *s)
{
    unsigned n = utf8_length(s->source->text + s->at, s->source->bytes - s->at);
    const char *why = n > 1 ? "only text in quotes and comments may hold letters beyond ASCII"
                      : peek(s, 0) == '\'' ? "text stands in double quotes"
                                           : "this sign does not belong here";
    complain(s, AB_SYNTAX, s->at, n == 0 ? 1 : n, why);
    return false;
}

static bool scan_token(struct scanner *s)
{
    char c = peek(s, 0);
    if (c == '"')
        return scan_string(s);
    if (is_letter(c) || c == '*')
        return scan_name(s);
    if (is_digit(c) || c == '.' || c == '-' || c == '+')
        return scan_number(s);
    if (c == '@')
        return scan_include(s);
    if (strchr("={}[]();,:", c) == NULL)
        return scan_strange(s);
    s->at++;
    emit(s, TOKEN_MARK, s->at - 1, s->line);
    if (c == ':')
        s->out->token[s->out->n - 1].mark = '=';
    return true;
}

static bool scan_source(struct scanner *s)
{
    while (s->at < s->source->bytes) {
        char c = peek(s, 0);
        if (c == '\n' || c == ' ' || c == '\t' || c == '\r' || c == '\f') {
            s->line += c == '\n';
            s->at++;
        } else if (c == '#' || (c == '/' && peek(s, 1) == '/')) {
            skip_line(s);
        } else if (c == '/' && peek(s, 1) == '*') {
            if (!skip_block(s))
                return false;
        } else if (!scan_token(s)) {
            return false;
        }
    }
    end_line(s);
    return true;
}

bool scan_part(struct scan *out, struct sources *sources, struct pool *pool,
               struct problems *problems, const struct source *source, size_t at)
{
    memset(out, 0, sizeof(*out));
    struct scanner s = {out, sources, pool, problems, source, at, at, 1, 0, NULL};
    if (!scan_source(&s))
        return false;
    emit(&s, TOKEN_END, s.at, s.line);
    return true;
}

bool scan_file(struct scan *out, struct sources *sources, struct pool *pool,
               struct problems *problems, const struct source *file)
{
    return scan_part(out, sources, pool, problems, file, 0);
}
