/* options.c - the parser of command lines. getopt_long is not used: it reorders argv, accepts shortened names, and
 * prints its own messages. */
#include "options.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "problem.h"

#define MAX_CANDIDATES 64

struct parse {
    struct args               *args;
    const struct option_table *table;
    char *const               *argv;
    int                        n, next;
    bool                       lenient;
    struct err                *err;
};

static const struct option *find_in(const struct option *o, const char *name, size_t length, char letter)
{
    for (; o->name != NULL; o++) {
        if (name != NULL && strlen(o->name) == length && memcmp(o->name, name, length) == 0)
            return o;
        if (name == NULL && letter != 0 && o->letter == letter)
            return o;
    }
    return NULL;
}

static const struct option *find(const struct option_table *t, const char *name, size_t length, char letter)
{
    const struct option *o = find_in(t->own, name, length, letter);
    return o != NULL ? o : find_in(t->common, name, length, letter);
}

static size_t candidates(const struct option *o, const char **into, size_t n)
{
    for (; o->name != NULL && n < MAX_CANDIDATES; o++)
        into[n++] = o->name;
    return n;
}

static bool unknown_long(const struct parse *p, const char *name, size_t length)
{
    const char *all[MAX_CANDIDATES];
    size_t      n = candidates(p->table->common, all, candidates(p->table->own, all, 0));
    char        word[80];
    if (length >= sizeof word)
        length = sizeof word - 1;
    memcpy(word, name, length);
    word[length] = 0;
    const char *near = suggest(word, all, n);
    if (near != NULL)
        return err_set(p->err, ERR_USAGE, "unknown option '--%s' (did you mean '--%s'?)", word, near);
    return err_set(p->err, ERR_USAGE, "unknown option '--%s'", word);
}

static bool read_count(const struct parse *p, struct arg *a)
{
    const char *s = a->text;
    char       *end;
    const char *word = a->option->choices;
    errno = 0;
    long long n = strtoll(s, &end, 10);
    bool      digits = *s >= '0' && *s <= '9';
    if (word != NULL && strcmp(s, word) == 0) {
        a->n = OPTION_AUTO;
        return true;
    }
    if (!digits || *end != 0)
        return err_set(p->err, ERR_USAGE, "--%s needs a whole number%s%s, not '%s'", a->option->name,
                       word != NULL ? " or " : "", word != NULL ? word : "", s);
    if (errno == ERANGE || n < a->option->low || n > a->option->high)
        return err_set(p->err, ERR_USAGE, "--%s: %s is not between %lld and %lld", a->option->name, s,
                       (long long)a->option->low, (long long)a->option->high);
    a->n = n;
    return true;
}

static bool read_choice(const struct parse *p, struct arg *a)
{
    const char *c = a->option->choices;
    for (a->n = 0; c != NULL; a->n++) {
        size_t length = strcspn(c, "|");
        if (strlen(a->text) == length && memcmp(c, a->text, length) == 0)
            return true;
        c = c[length] == '|' ? c + length + 1 : NULL;
    }
    return err_set(p->err, ERR_USAGE, "--%s is one of %s, not '%s'", a->option->name, a->option->choices, a->text);
}

static bool add(const struct parse *p, const struct option *o, const char *text)
{
    struct arg *a = &p->args->given[p->args->n_given++];
    *a = (struct arg){.option = o, .text = text};
    if (o->kind == OPTION_COUNT)
        return read_count(p, a);
    if (o->kind == OPTION_CHOICE)
        return read_choice(p, a);
    return true;
}

/* The value in the same word, or the next word. */
static bool take(struct parse *p, const struct option *o, const char *same_word)
{
    if (o->kind == OPTION_FLAG) {
        if (same_word != NULL)
            return err_set(p->err, ERR_USAGE, "--%s takes no value", o->name);
        return add(p, o, NULL);
    }
    if (same_word == NULL) {
        if (p->next >= p->n)
            return err_set(p->err, ERR_USAGE, "--%s needs a value (%s)", o->name, o->value);
        same_word = p->argv[p->next++];
    }
    return add(p, o, same_word);
}

static bool long_option(struct parse *p, const char *word)
{
    size_t               length = strcspn(word, "=");
    const struct option *o = find(p->table, word, length, 0);
    if (o == NULL)
        return p->lenient || unknown_long(p, word, length);
    return take(p, o, word[length] == '=' ? word + length + 1 : NULL);
}

/* "-qr5": flags until one takes the rest as its value. */
static bool short_options(struct parse *p, const char *word)
{
    for (; *word != 0; word++) {
        const struct option *o = find(p->table, NULL, 0, *word);
        if (o == NULL && p->lenient)
            continue;
        if (o == NULL)
            return err_set(p->err, ERR_USAGE, "unknown option '-%c'", *word);
        if (o->kind != OPTION_FLAG)
            return take(p, o, word[1] != 0 ? word + 1 : NULL);
        if (!take(p, o, NULL))
            return false;
    }
    return true;
}

static bool parse_word(struct parse *p, const char *word, bool *only_operands)
{
    bool dashed = word[0] == '-' && word[1] != 0 && !*only_operands; /* "-" alone is a file name */
    if (!dashed) {
        p->args->operand[p->args->n_operand++] = word;
        return true;
    }
    if (word[1] != '-')
        return short_options(p, word + 1);
    if (word[2] != 0)
        return long_option(p, word + 2);
    *only_operands = true;
    return true;
}

/* A word holds at most as many options as it has letters. */
static bool allocate(struct args *a, int n, char *const *argv)
{
    size_t letters = 1;
    for (int i = 0; i < n; i++)
        letters += strlen(argv[i]) + 1;
    a->given = calloc(letters, sizeof *a->given);
    a->operand = calloc((size_t)n + 1, sizeof *a->operand);
    return a->given != NULL && a->operand != NULL;
}

bool options_parse(struct args *a, int n, char *const *argv, const struct option_table *table, bool lenient,
                struct err *err)
{
    *a = (struct args){0};
    struct parse p = {.args = a, .table = table, .argv = argv, .n = n, .lenient = lenient, .err = err};
    if (!allocate(a, n, argv))
        return err_set(err, ERR_OS, "memory is short");
    bool only_operands = false;
    while (p.next < n) {
        const char *word = argv[p.next++];
        if (!parse_word(&p, word, &only_operands))
            return false;
    }
    return true;
}

void options_free(struct args *a)
{
    free(a->given);
    free(a->operand);
    *a = (struct args){0};
}

static const struct arg *last(const struct args *a, const char *name)
{
    for (size_t i = a->n_given; i-- > 0;)
        if (strcmp(a->given[i].option->name, name) == 0)
            return &a->given[i];
    return NULL;
}

bool option_flag(const struct args *a, const char *name)
{
    return last(a, name) != NULL;
}

int option_times(const struct args *a, const char *name)
{
    int n = 0;
    for (size_t i = 0; i < a->n_given; i++)
        n += strcmp(a->given[i].option->name, name) == 0;
    return n;
}

const char *option_text(const struct args *a, const char *name)
{
    const struct arg *g = last(a, name);
    return g == NULL ? NULL : g->text;
}

int64_t option_count(const struct args *a, const char *name, int64_t otherwise)
{
    const struct arg *g = last(a, name);
    return g == NULL ? otherwise : g->n;
}

const char *option_many(const struct args *a, const char *name, size_t i)
{
    for (size_t k = 0; k < a->n_given; k++)
        if (strcmp(a->given[k].option->name, name) == 0 && i-- == 0)
            return a->given[k].text;
    return NULL;
}

static void print_one(FILE *f, const struct option *o)
{
    char left[64];
    char letter[5] = "    ";
    if (o->letter != 0)
        snprintf(letter, sizeof letter, "-%c, ", o->letter);
    snprintf(left, sizeof left, "  %s--%s%s%s", letter, o->name, o->value == NULL ? "" : " ",
             o->value == NULL ? "" : o->value);
    const char *doc = o->doc;
    fprintf(f, "%-28s", left);
    if (strlen(left) > 27)
        fprintf(f, "\n%-28s", "");
    for (;;) { /* a line break in doc goes on under its first line */
        size_t line = strcspn(doc, "\n");
        fprintf(f, "%.*s\n", (int)line, doc);
        if (doc[line] == 0)
            return;
        doc += line + 1;
        fprintf(f, "%-28s", "");
    }
}

void options_print(FILE *f, const struct option *o)
{
    for (; o->name != NULL; o++)
        print_one(f, o);
}
