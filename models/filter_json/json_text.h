/* json_text.h - JSON as it was written: loaded with jansson, and asked where in it something
 * stands.
 *
 * jansson keeps no places, so a place is found when an error needs it, by following the keys and
 * numbers that lead there through the text. It keeps the last of several equal keys (EB-31), and so
 * does the way back. */
#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_text {
    const char *written;
    size_t n_written;
    const char *at; /* with " for ', where that was asked for */
    size_t n;
    char *copy;
};
/* false: memory is short. */
bool json_text_open(struct json_text *, const char *text, size_t n, bool apostrophes);
void json_text_close(struct json_text *);

struct json_trouble {
    bool memory;
    size_t offset;
    char text[JSON_ERROR_TEXT_LENGTH];
};
/* Any value; all numbers are doubles, read in no locale. NULL: *trouble says why. */
json_t *json_text_load(const struct json_text *, struct json_trouble *);

struct json_place {              /* one step on the way from the root */
    const struct json_place *up; /* NULL: the root itself */
    const char *key;             /* NULL: an element of an array */
    size_t index;
};
/* Offset in .at of the value, or of its key. */
size_t json_text_find(const struct json_text *, const struct json_place *, bool key);
/* The offset in what was written, and its line and column. */
size_t json_text_written(const struct json_text *, size_t offset, uint32_t *line, uint32_t *column);
/* The token at an offset as it stands: a number, a word, a bracket. */
void json_text_token(const struct json_text *, size_t offset, char *out, size_t size);

#endif
