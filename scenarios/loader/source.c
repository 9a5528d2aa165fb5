/* source.c - reading files, with a word for everything that libconfig would only call "syntax
 * error" or "file I/O error". */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codes.h"

unsigned utf8_length(const char *text, size_t bytes)
{
    const unsigned char *c = (const unsigned char *)text;
    if (bytes == 0)
        return 0;
    if (c[0] < 0x80)
        return 1;
    unsigned n = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
    if (c[0] < 0xc2 || c[0] > 0xf4 || n > bytes)
        return 0;
    for (unsigned i = 1; i < n; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    /* overlong forms, surrogates, beyond U+10FFFF */
    if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) ||
        (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f))
        return 0;
    return n;
}

/* Bytes that are no UTF-8 count as one character each. */
static int characters(const char *from, const char *to)
{
    int n = 0;
    for (; from < to; n++) {
        unsigned length = utf8_length(from, (size_t)(to - from));
        from += length == 0 ? 1 : length;
    }
    return n;
}

struct place source_place(const struct source *s, size_t at, size_t width, uint32_t line)
{
    const char *start = s->text + s->line[line - 1];
    const char *from = s->text + at, *to = from + width;
    const char *end = memchr(from, '\n', width);
    return (struct place){.file = s->name,
                          .line = (int)line,
                          .column = characters(start, from) + 1,
                          .width = characters(from, end != NULL ? end : to)};
}

const char *source_line(const struct source *s, int line, size_t *length)
{
    if (line < 1 || (size_t)line > s->n_line)
        return NULL;
    const char *start = s->text + s->line[line - 1];
    const char *end = memchr(start, '\n', s->bytes - s->line[line - 1]);
    *length = end != NULL ? (size_t)(end - start) : s->bytes - s->line[line - 1];
    if (*length > 0 && start[*length - 1] == '\r')
        --*length;
    return start;
}

static void index_lines(struct source *s, struct pool *pool)
{
    size_t cap = 0;
    s->line = NULL;
    for (size_t at = 0;;) {
        s->line = pool_grow(pool, s->line, s->n_line, &cap, sizeof(*s->line));
        s->line[s->n_line++] = (uint32_t)at;
        const char *end = memchr(s->text + at, '\n', s->bytes - at);
        if (end == NULL)
            return;
        at = (size_t)(end - s->text) + 1;
    }
}

static struct source *source_new(struct sources *all, struct pool *pool, const char *name)
{
    struct source *s = pool_get(pool, sizeof(*s));
    s->name = pool_text(pool, name, strlen(name));
    const char *slash = strrchr(name, '/');
    if (slash != NULL)
        s->folder = slash == name ? "/" : pool_text(pool, name, (size_t)(slash - name));
    s->text = "";
    s->good = true;
    all->item = pool_grow(pool, all->item, all->n, &all->cap, sizeof(struct source *));
    all->item[all->n++] = s;
    return s;
}

struct source *source_text(struct sources *all, struct pool *pool, const char *name,
                           const char *text)
{
    struct source *s = source_new(all, pool, name);
    s->folder = NULL;
    s->bytes = strlen(text);
    s->text = pool_text(pool, text, s->bytes);
    s->override = true;
    index_lines(s, pool);
    return s;
}

const struct source *source_find(const struct sources *all, const char *name)
{
    for (size_t i = 0; name != NULL && i < all->n; i++)
        if (strcmp(all->item[i]->name, name) == 0)
            return all->item[i];
    return NULL;
}

const char *source_beside(struct pool *pool, const struct source *from, const char *name)
{
    if (name[0] == '/' || from->folder == NULL)
        return name;
    if (strcmp(from->folder, "/") == 0)
        return pool_format(pool, "/%s", name);
    return pool_format(pool, "%s/%s", from->folder, name);
}

/* --- looking over --- */

static uint32_t line_of(const struct source *s, size_t at)
{
    size_t low = 0, high = s->n_line;
    while (high - low > 1) {
        size_t mid = (low + high) / 2;
        if (s->line[mid] <= at)
            low = mid;
        else
            high = mid;
    }
    return (uint32_t)low + 1;
}

static struct problem *complain(struct source *s, struct problems *problems, int code, size_t at,
                                size_t width, const char *text)
{
    struct place place = source_place(s, at, width, line_of(s, at));
    s->good = false;
    return problem_add(problems, SEVERITY_ERROR, code, &place, "%s", text);
}

static void look_for_bad_bytes(struct source *s, struct problems *problems)
{
    for (size_t at = 0; at < s->bytes;) {
        unsigned n = utf8_length(s->text + at, s->bytes - at);
        if (s->text[at] == '\0') {
            complain(s, problems, AB_NUL, at, 1, "a NUL byte: this is no text file");
            return;
        }
        if (n == 0) {
            struct problem *p = complain(s, problems, AB_UTF8, at, 1, "the file is not UTF-8");
            problem_label(p, "byte 0x%02x", (unsigned char)s->text[at]);
            problem_note(p, "save the file as UTF-8");
            return;
        }
        at += n;
    }
}

static bool holds_nothing(const struct source *s)
{
    return strspn(s->text, " \t\r\n\f\v") == s->bytes;
}

static void look_over(struct source *s, struct problems *problems)
{
    if (s->bytes >= 2 &&
        (memcmp(s->text, "\xff\xfe", 2) == 0 || memcmp(s->text, "\xfe\xff", 2) == 0)) {
        complain(s, problems, AB_UTF8, 0, 1, "the file is UTF-16; save it as UTF-8");
    } else if (s->bytes >= 3 && memcmp(s->text, "\xef\xbb\xbf", 3) == 0) {
        struct problem *p =
            complain(s, problems, AB_BOM, 0, 3, "the file starts with a byte-order mark");
        problem_note(p, "save the file as \"UTF-8 without BOM\"");
    } else {
        look_for_bad_bytes(s, problems);
        if (s->good && holds_nothing(s))
            complain(s, problems, AB_EMPTY, 0, 0, "the file is empty");
    }
}

/* --- opening --- */

static struct source *missing(struct problems *problems, const struct place *asked, int code,
                              const char *format, const char *name)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    struct problem *p = problem_add(problems, SEVERITY_ERROR, code, asked, format, name);
#pragma GCC diagnostic pop
    p->class = ERR_NOINPUT;
    return NULL;
}

static struct source *known(const struct sources *all, const struct stat *st)
{
    for (size_t i = 0; i < all->n; i++) {
        struct source *s = all->item[i];
        if (!s->override && s->device == (uint64_t)st->st_dev && s->inode == (uint64_t)st->st_ino)
            return s;
    }
    return NULL;
}

/* Up to cap bytes; -1: errno says why. */
static ssize_t read_all(const char *name, char *text, size_t cap)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    size_t n = 0;
    ssize_t got = 0;
    while (n < cap && ((got = read(fd, text + n, cap - n)) > 0 || (got < 0 && errno == EINTR)))
        n += got > 0 ? (size_t)got : 0;
    close(fd);
    return got < 0 ? -1 : (ssize_t)n;
}

static struct source *fill(struct source *s, struct pool *pool, struct problems *problems,
                           const struct place *asked, size_t cap)
{
    char *text = pool_get(pool, cap + 1);
    ssize_t n = read_all(s->name, text, cap);
    if (n < 0) {
        s->good = false;
        struct problem *p = problem_add(problems, SEVERITY_ERROR, AB_UNREADABLE, asked,
                                        "cannot read '%s': %s", s->name, strerror(errno));
        p->class = ERR_NOINPUT;
        return NULL;
    }
    if ((size_t)n > SOURCE_BYTES_MAX) {
        s->good = false;
        problem_add(problems, SEVERITY_ERROR, AB_TOO_LARGE, asked, "'%s' is larger than %u MiB",
                    s->name, SOURCE_BYTES_MAX >> 20);
        return s;
    }
    s->text = text;
    s->bytes = (size_t)n;
    index_lines(s, pool);
    look_over(s, problems);
    return s;
}

struct source *source_open(struct sources *all, struct pool *pool, struct problems *problems,
                           const char *name, const struct place *asked)
{
    struct stat st;
    if (stat(name, &st) != 0)
        return missing(problems, asked, AB_NO_FILE,
                       errno == ENOENT || errno == ENOTDIR ? "no file '%s'" : "cannot open '%s'",
                       name);
    if (S_ISDIR(st.st_mode))
        return missing(problems, asked, AB_FOLDER, "'%s' is a folder, not a scenario file", name);
    struct source *s = known(all, &st);
    if (s != NULL)
        return s;
    s = source_new(all, pool, name);
    s->device = (uint64_t)st.st_dev;
    s->inode = (uint64_t)st.st_ino;
    /* One byte more than allowed, so that a file too large is seen; a pipe has no size to ask for.
     */
    size_t cap = S_ISREG(st.st_mode) && st.st_size <= SOURCE_BYTES_MAX ? (size_t)st.st_size
                                                                       : SOURCE_BYTES_MAX + 1;
    return fill(s, pool, problems, asked, cap);
}
