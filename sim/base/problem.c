/* problem.c - the list of what is wrong with an input, and did-you-mean.
 *
 * Texts are owned by the list, so that they outlive what they speak of. When memory runs short the
 * report itself must not be the next victim: later problems then go into a dummy that holds
 * nothing, and `failed` tells that the list is incomplete. */
#include "problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define WORD_MAX 80 /* longer words are not compared letter by letter */

static struct problem dummy;

void problems_init(struct problems *p)
{
    memset(p, 0, sizeof(*p));
}

void problems_free(struct problems *p)
{
    for (size_t i = 0; i < p->n; i++) {
        mem_release(p->item[i].text);
        mem_release(p->item[i].label);
        mem_release(p->item[i].note);
    }
    mem_release(p->item);
    problems_init(p);
}

static char *text_format(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = length < 0 ? NULL : mem_get((size_t)length + 1);
    if (text != NULL)
        vsnprintf(text, (size_t)length + 1, format, args);
    return text;
}

static bool problems_grow(struct problems *p)
{
    if (p->n < p->cap)
        return true;
    size_t cap = p->cap == 0 ? 16 : p->cap * 2;
    struct problem *item = mem_resize(p->item, cap * sizeof(*item));
    if (item == NULL)
        return false;
    p->item = item;
    p->cap = cap;
    return true;
}

static struct problem *problems_short(struct problems *p, enum severity severity)
{
    p->failed = true;
    p->n_errors += severity == SEVERITY_ERROR;
    memset(&dummy, 0, sizeof(dummy));
    return &dummy;
}

struct problem *problem_add(struct problems *p, enum severity severity, int code,
                            const struct place *place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = text_format(format, args);
    va_end(args);
    if (text == NULL || !problems_grow(p)) {
        mem_release(text);
        return problems_short(p, severity);
    }
    struct problem *item = &p->item[p->n++];
    memset(item, 0, sizeof(*item));
    item->severity = severity;
    item->code = code;
    item->class = severity == SEVERITY_ERROR ? ERR_DATA : ERR_NONE;
    if (place != NULL)
        item->place = *place;
    item->text = text;
    p->n_errors += severity == SEVERITY_ERROR;
    return item;
}

static void problem_set(struct problem *p, char **field, const char *format, va_list args)
{
    if (p == &dummy)
        return;
    mem_release(*field);
    *field = text_format(format, args);
}

void problem_label(struct problem *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    problem_set(p, &p->label, format, args);
    va_end(args);
}

void problem_note(struct problem *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    problem_set(p, &p->note, format, args);
    va_end(args);
}

/* --- order --- */

struct sort_item {
    struct problem problem;
    size_t file, number; /* first appearance of its file; own place in the list */
};

static bool file_same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static int sort_compare(const void *a, const void *b)
{
    const struct sort_item *x = a, *y = b;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (x->problem.place.line != y->problem.place.line)
        return x->problem.place.line < y->problem.place.line ? -1 : 1;
    if (x->problem.place.column != y->problem.place.column)
        return x->problem.place.column < y->problem.place.column ? -1 : 1;
    if (x->problem.code != y->problem.code)
        return x->problem.code < y->problem.code ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

void problems_sort(struct problems *p)
{
    struct sort_item *sorted = p->n < 2 ? NULL : mem_get(p->n * sizeof(*sorted));
    if (sorted == NULL)
        return;
    for (size_t i = 0; i < p->n; i++) {
        size_t file = 0;
        while (!file_same(p->item[file].place.file, p->item[i].place.file))
            file++;
        sorted[i] = (struct sort_item){p->item[i], file, i};
    }
    qsort(sorted, p->n, sizeof(*sorted), sort_compare);
    for (size_t i = 0; i < p->n; i++)
        p->item[i] = sorted[i].problem;
    mem_release(sorted);
}

/* --- did you mean --- */

static unsigned min2(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned suggest_distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > WORD_MAX || m > WORD_MAX)
        return strcmp(a, b) == 0 ? 0 : (unsigned)(n > m ? n : m);
    unsigned row[3][WORD_MAX + 1]; /* of letters i-2, i-1, i of a, by turns */
    for (size_t j = 0; j <= m; j++)
        row[0][j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned *now = row[i % 3];
        const unsigned *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            now[j] = min2(min2(last[j], now[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = min2(now[j], before[j - 2] + 1);
        }
    }
    return row[n % 3][m];
}

const char *suggest(const char *word, const char *const *candidates, size_t n)
{
    unsigned limit = (unsigned)(strlen(word) / 3);
    limit = limit < 1 ? 1 : limit > 3 ? 3 : limit;
    const char *best = NULL;
    for (size_t i = 0; i < n; i++) {
        unsigned distance = suggest_distance(word, candidates[i]);
        if (distance > limit)
            continue;
        best = candidates[i];
        if (distance == 0)
            break;
        limit = distance - 1;
    }
    return best;
}
