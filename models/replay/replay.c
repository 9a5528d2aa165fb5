/* replay.c - reading line by line through one buffer, and making rows of lines. */
#include "replay.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hash.h"
#include "mem.h"
#include "replay_int.h"

#define BUFFER (4 * REPLAY_LINE_MAX)

struct replay {
    struct replay_config config;
    const char          *name[N_COLUMNS];
    struct replay_csv    csv;
    int                  file;
    bool                 ended;    /* no more bytes come */
    size_t               from, to; /* what is in the buffer */
    uint64_t             position, line, rows;
    bool                 opened;   /* the first line was looked at */
    int64_t              last, until;           /* time of the last row; end of the last wanted row's interval */
    uint64_t             last_line, until_line; /* their lines */
    char                 buffer[BUFFER + 1], scratch[REPLAY_LINE_MAX + 1];
};

static bool wrong(struct replay_error *e, enum err_class class, uint64_t line, int column, const char *format, va_list list)
{
    e->class = class;
    e->line = line;
    e->column = column;
    vsnprintf(e->text, sizeof(e->text), format, list);
    return false;
}

bool replay_refuse(struct replay_line *l, int column, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    wrong(l->error, ERR_DATA, l->error->line, column, format, list);
    va_end(list);
    return false;
}

__attribute__((format(printf, 3, 4))) static bool fail(struct replay_error *e, enum err_class class, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    wrong(e, class, 0, 0, format, list);
    va_end(list);
    return false;
}

/* --- the file --- */

static int open_file(const char *path, struct replay_error *e)
{
    struct stat st;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        fail(e, errno == ENOENT || errno == ENOTDIR ? ERR_NOINPUT : ERR_IO, "%s",
             errno == ENOENT || errno == ENOTDIR ? "no such file" : strerror(errno));
        return -1;
    }
    if (fstat(file, &st) != 0 || !S_ISREG(st.st_mode)) { /* it is read more than once, which a pipe does not allow */
        fail(e, ERR_NOINPUT, "not a plain file");
        close(file);
        return -1;
    }
    return file;
}

struct replay *replay_open(const struct replay_config *config, struct replay_error *e)
{
    int file = open_file(config->path, e);
    if (file < 0)
        return NULL;
    struct replay *r = mem_get(sizeof(*r));
    if (r == NULL) {
        close(file);
        fail(e, ERR_OS, "memory is short");
        return NULL;
    }
    memset(r, 0, offsetof(struct replay, buffer));
    r->config = *config;
    r->file = file;
    r->name[COLUMN_TIME] = config->time;
    r->name[COLUMN_COUNT] = config->count;
    r->name[COLUMN_SIZE] = config->size;
    r->name[COLUMN_KEY] = config->key;
    r->name[COLUMN_TYPE] = config->type;
    return r;
}

void replay_close(struct replay *r)
{
    if (r == NULL)
        return;
    close(r->file);
    mem_release(r);
}

bool replay_rewind(struct replay *r, struct replay_error *e)
{
    if (lseek(r->file, 0, SEEK_SET) != 0)
        return fail(e, ERR_IO, "%s", strerror(errno));
    r->ended = r->opened = false;
    r->from = r->to = 0;
    r->position = r->line = r->rows = r->last_line = r->until_line = 0;
    r->last = r->until = 0;
    return true;
}

uint64_t replay_position(const struct replay *r)
{
    return r->position;
}

/* Moves what is left to the front and reads on behind it. */
static bool fill(struct replay *r, struct replay_error *e)
{
    memmove(r->buffer, r->buffer + r->from, r->to - r->from);
    r->to -= r->from;
    r->from = 0;
    while (!r->ended && r->to < BUFFER) {
        ssize_t n = read(r->file, r->buffer + r->to, BUFFER - r->to);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(e, ERR_IO, "%s", strerror(errno));
        r->ended = n == 0;
        r->to += (size_t)n;
    }
    return true;
}

/* The next line, without its end. */
static enum replay_got next_line(struct replay *r, struct replay_line *l)
{
    char *start = r->buffer + r->from, *stop = memchr(start, '\n', r->to - r->from);
    if (stop == NULL && !r->ended) {
        if (!fill(r, l->error))
            return REPLAY_WRONG;
        start = r->buffer;
        stop = memchr(start, '\n', r->to);
    }
    if (stop == NULL && r->from == r->to)
        return REPLAY_END;
    l->error->line = ++r->line;
    l->text = start;
    l->n = stop != NULL ? (size_t)(stop - start) : r->to - r->from;
    size_t taken = l->n + (stop != NULL);
    r->from += taken;
    r->position += taken;
    if (l->n > REPLAY_LINE_MAX)
        return replay_refuse(l, 0, "a line of more than %d bytes", REPLAY_LINE_MAX), REPLAY_WRONG;
    if (memchr(l->text, '\0', l->n) != NULL)
        return replay_refuse(l, 0, "a NUL byte: this is not text"), REPLAY_WRONG;
    if (r->line == 1 && l->n >= 3 && memcmp(l->text, "\xef\xbb\xbf", 3) == 0)
        l->text += 3, l->n -= 3;
    if (l->n > 0 && l->text[l->n - 1] == '\r')
        l->n--;
    l->text[l->n] = '\0';
    return REPLAY_ROW;
}

static bool is_blank(const struct replay_line *l)
{
    return strspn(l->text, " \t") == l->n;
}

/* --- values --- */

static const char *shown(const struct replay_field *f, char out[44])
{
    snprintf(out, 44, "%.*s", f->n < 40 ? (int)f->n : 40, f->text);
    return out;
}

static bool read_whole(struct replay_line *l, const struct replay_field *f, const char *what, int64_t *value)
{
    static const char *const why[] = {"", "no number", "negative", "too large", "no whole number"};
    char text[44];
    enum replay_number got = replay_decimal(f->text, f->n, 1, true, value);
    return got == NUMBER_GOOD || replay_refuse(l, f->column, "%s '%s': %s", what, shown(f, text), why[got]);
}

static bool time_of(const struct replay_config *c, const char *text, size_t n, int64_t *at, const char **why)
{
    if (c->unit_ns == 0) {
        *why = "no time such as 2024-11-29T12:34:56Z";
        return replay_iso(text, n, at);
    }
    enum replay_number got = replay_decimal(text, n, c->unit_ns, false, at);
    *why = got == NUMBER_NONE ? "no number" : got == NUMBER_NEGATIVE ? "negative" : "beyond 146 years";
    return got == NUMBER_GOOD;
}

bool replay_time(const struct replay_config *c, const char *text, int64_t *at)
{
    const char *why;
    return time_of(c, text, strlen(text), at, &why);
}

/* Rows are in order of time; intervals that are replayed do not overlap. */
static bool check_order(struct replay *r, struct replay_line *l, int64_t at, bool wanted)
{
    const struct replay_field *f = &l->field[COLUMN_TIME];
    char text[44];
    if (at < r->last)
        return replay_refuse(l, f->column, "time '%s' is before the time of line %" PRIu64, shown(f, text), r->last_line);
    if (wanted && at < r->until)
        return replay_refuse(l, f->column, "time '%s' is before the end of the interval of line %" PRIu64, shown(f, text),
                             r->until_line);
    return true;
}

static bool read_time(struct replay *r, struct replay_line *l, struct replay_row *row, bool wanted)
{
    const struct replay_field *f = &l->field[COLUMN_TIME];
    const char *why;
    char text[44];
    if (r->name[COLUMN_TIME] == NULL) {
        row->at = (int64_t)r->rows * r->config.interval;
        return r->rows < (uint64_t)(INT64_MAX / 4 / r->config.interval) || replay_refuse(l, 0, "beyond 146 years");
    }
    if (f->text == NULL)
        return replay_refuse(l, f->column, "no time");
    if (!time_of(&r->config, f->text, f->n, &row->at, &why))
        return replay_refuse(l, f->column, "time '%s': %s", shown(f, text), why);
    return check_order(r, l, row->at, wanted);
}

static bool read_count(struct replay *r, struct replay_line *l, struct replay_row *row)
{
    int64_t count = 1;
    const struct replay_field *f = &l->field[COLUMN_COUNT];
    if (r->name[COLUMN_COUNT] != NULL) {
        if (f->text == NULL)
            return replay_refuse(l, f->column, "no count");
        if (!read_whole(l, f, "count", &count))
            return false;
    }
    row->count = (uint64_t)count;
    return true;
}

static bool read_size(struct replay_line *l, struct replay_row *row)
{
    const struct replay_field *f = &l->field[COLUMN_SIZE];
    row->size = -1;
    return f->n == 0 || read_whole(l, f, "size", &row->size);
}

static void read_key(struct replay_line *l, struct replay_row *row)
{
    const struct replay_field *f = &l->field[COLUMN_KEY];
    int64_t number;
    bool plain = f->n > 0 && f->text[0] != '+' && replay_decimal(f->text, f->n, 1, true, &number) == NUMBER_GOOD;
    row->key = REPLAY_NO_KEY;
    if (plain && number < REPLAY_NO_KEY)
        row->key = (uint32_t)number;
    else if (f->n > 0)
        row->key = (uint32_t)(hash_bytes(f->text, f->n) % REPLAY_NO_KEY);
}

static bool is_wanted(const struct replay *r, const struct replay_line *l)
{
    const struct replay_field *f = &l->field[COLUMN_TYPE];
    const char *only = r->config.only;
    if (only == NULL)
        return true;
    return f->text != NULL && strlen(only) == f->n && memcmp(only, f->text, f->n) == 0;
}

static bool read_row(struct replay *r, struct replay_line *l, struct replay_row *row, bool wanted)
{
    row->line = r->line;
    if (!read_time(r, l, row, wanted) || !read_count(r, l, row) || !read_size(l, row))
        return false;
    read_key(l, row);
    r->last = row->at;
    r->last_line = r->line;
    if (wanted) {
        r->rows++;
        r->until = row->at + (r->name[COLUMN_COUNT] != NULL ? r->config.interval : 0);
        r->until_line = r->line;
    }
    return true;
}

/* --- lines --- */

static struct replay_line scratch_of(struct replay *r, const struct replay_line *l)
{
    memcpy(r->scratch, l->text, l->n + 1);
    return (struct replay_line){.text = r->scratch, .n = l->n, .error = l->error};
}

/* The first line of a CSV file. */
static bool look_at_first(struct replay *r, struct replay_line *l, bool *heading)
{
    struct replay_line copy = scratch_of(r, l);
    r->opened = true;
    if (!replay_csv_open(&r->csv, &r->config, &copy, heading))
        return false;
    if (!*heading) {
        copy = scratch_of(r, l);
        *heading = !replay_csv_is_row(&r->csv, &r->config, &copy);
    }
    return true;
}

static bool split(struct replay *r, struct replay_line *l, bool *heading)
{
    *heading = false;
    if (r->config.format == REPLAY_JSONL)
        return replay_json_split(r->name, l);
    if (!r->opened && !look_at_first(r, l, heading))
        return false;
    return *heading || replay_csv_split(&r->csv, l);
}

enum replay_got replay_next(struct replay *r, struct replay_row *row, struct replay_error *e)
{
    struct replay_line l = {.error = e};
    bool heading;
    for (;;) {
        e->line = r->line;
        enum replay_got got = next_line(r, &l);
        if (got != REPLAY_ROW)
            return got;
        if (is_blank(&l))
            continue;
        if (!split(r, &l, &heading))
            return REPLAY_WRONG;
        bool wanted = !heading && is_wanted(r, &l);
        if (!heading && !read_row(r, &l, row, wanted))
            return REPLAY_WRONG;
        if (wanted)
            return REPLAY_ROW;
    }
}
