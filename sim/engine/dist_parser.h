/* dist_parser.h - private to dist_parse.c and dist_args.c: what all nested laws of one text share. */
#ifndef DIST_PARSER_H
#define DIST_PARSER_H

#include "dist.h"

struct dist_parser {
    struct arena      *arena;
    struct dist_error *e; /* may be NULL */
    bool               failed;
    enum dist_unit     unit;
    const char        *folder;
    int                depth;
};

#endif
