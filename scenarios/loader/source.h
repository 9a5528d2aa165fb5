/* source.h - the files of a scenario as text: read once, looked over before anything parses them,
 * and kept, so that a message can show the line it speaks of. An override ("--set 1") is a source
 * of one line. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool.h"
#include "problem.h"

#define SOURCE_BYTES_MAX (8u << 20)

struct node;

struct source {
    const char *name; /* as messages show it */
    const char
        *folder; /* of the file, as written, without the last slash; NULL: the working folder */
    const char *text; /* ends with NUL */
    size_t bytes;
    uint32_t *line; /* offset of each line's start */
    size_t n_line;
    uint64_t device, inode; /* who it is, however it was spelled */
    bool override;
    bool good;   /* false: a problem was reported for it */
    bool parsed; /* files.c: root holds its tree, NULL when it is wrong */
    struct node *root;
};

struct sources {
    struct source **item;
    size_t n, cap;
};

/* The file, read now or before. NULL when it is not there (reported at `asked`, or without a
 * place). */
struct source *source_open(struct sources *, struct pool *, struct problems *, const char *name,
                           const struct place *asked);
/* A one-line source that is not a file. */
struct source *source_text(struct sources *, struct pool *, const char *name, const char *text);
/* By the name that places carry (compared as text); NULL: none. */
const struct source *source_find(const struct sources *, const char *name);
/* `name` as seen from the file `from`. */
const char *source_beside(struct pool *, const struct source *from, const char *name);

/* Place of text->[at, at + width) bytes; columns and width count characters. line is the 1-based
 * line of `at`. */
struct place source_place(const struct source *, size_t at, size_t width, uint32_t line);
/* A line without its end; NULL: no such line. */
const char *source_line(const struct source *, int line, size_t *length);

/* Bytes of the character at text (1 … 4), 0 when it is no valid UTF-8. */
unsigned utf8_length(const char *text, size_t bytes);

#endif
