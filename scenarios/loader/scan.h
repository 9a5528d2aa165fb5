/* scan.h - a file as tokens, each with its place. libconfig gives neither columns nor the text of a
 * number; the tokens do.
 * @include is carried out here, so that messages name the right file and an included file is found
 * beside the one that includes it; libconfig then reads the text as it stands after that. */
#ifndef SCAN_H
#define SCAN_H

#include "source.h"

enum token_kind {
    TOKEN_END,
    TOKEN_NAME,
    TOKEN_STRING,
    TOKEN_INT,
    TOKEN_INT64,
    TOKEN_FLOAT,
    TOKEN_BOOL,
    TOKEN_MARK
};

struct token {
    const struct source *source;
    uint32_t at, length, line;
    uint8_t kind;
    char mark; /* TOKEN_MARK: one of = { } [ ] ( ) ; , */
};

struct scan {
    struct token *token; /* the last one is TOKEN_END */
    size_t n, cap;
    char *text; /* for libconfig: the file with what it includes */
    size_t bytes, room;
    unsigned n_includes;
};

/* False: a problem was reported (one, the first). */
bool scan_file(struct scan *, struct sources *, struct pool *, struct problems *,
               const struct source *);

/* The same for the rest of a one-line source, from the byte `at`. */
bool scan_part(struct scan *, struct sources *, struct pool *, struct problems *,
               const struct source *, size_t at);

struct place token_place(const struct token *);
static inline const char *token_text(const struct token *t)
{
    return t->source->text + t->at;
}

#endif
