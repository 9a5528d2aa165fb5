/* codes.h - every diagnostic of this program by number: AB0203 is AB_UNKNOWN_KEY. One table
 * (codes.c) holds title and explanation of each; `afterbay explain` and
 * docs/reference/diagnostics.md come from it. */
#ifndef CODES_H
#define CODES_H

#include <stddef.h>

enum {
    AB_NO_FILE = 101,
    AB_FOLDER = 102,
    AB_UNREADABLE = 103,
    AB_EMPTY = 104,
    AB_BOM = 105,
    AB_NUL = 106,
    AB_UTF8 = 107,
    AB_TOO_LARGE = 108,
    AB_EXTENDS_LOOP = 110,
    AB_EXTENDS_DEPTH = 111,
    AB_EXTENDS_FORM = 112,
    AB_UNSET = 113,
    AB_INCLUDE_LOOP = 115,
    AB_INCLUDE_DEPTH = 116,
    AB_MEMORY = 190,
    AB_SYNTAX = 200,
    AB_DEEP = 201,
    AB_UNKNOWN_KIND = 202,
    AB_UNKNOWN_KEY = 203,
    AB_MISSING_KEY = 204,
    AB_TYPE = 205,
    AB_NAME = 206,
    AB_TOO_MANY = 207,
    AB_QUANTITY = 210,
    AB_UNIT = 211,
    AB_RANGE = 212,
    AB_WHOLE_SECONDS = 213,
    AB_CHOICE = 214,
    AB_INTERVAL = 215,
    AB_NO_ENTITY = 220,
    AB_REF_KIND = 221,
    AB_REF_FORM = 222,
    AB_TWICE = 230,
    AB_LAW = 240,
    AB_BACKOFF = 241,
    AB_INTEGER = 250,
    AB_NOT_FINITE = 251,
    AB_NOT_WHOLE = 252,
    AB_SET_FORM = 260,
    AB_SET_PATH = 261,
    AB_SET_INDEX = 262,
    AB_METRIC = 301,
    AB_STAT = 302,
    AB_EXPRESSION = 303,
    AB_EXPRESSION_UNIT = 304,
    AB_SWEEP = 310
};

struct code {
    int number;
    const char *title; /* what it says, without names */
    const char *text;  /* what it means */
    const char *mend;  /* what to do */
};

extern const struct code codes[];
extern const size_t n_codes;
const struct code *code_find(int number); /* NULL: none */

#endif
