/* number.h - plain numbers from text, whatever the locale. */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* "20", "-3", "0x1F", with or without L: false when it is none or does not fit. */
bool number_int(const char *text, int64_t *value);
/* A decimal number ("1.5", "2e3"); infinity when it is too large. Anything else: NAN. */
double number_double(const char *text);
/* The same for the start of a text; *end is behind it (at text: none). */
double number_prefix(const char *text, const char **end);
/* The shortest decimal text that reads back as the same double. out: at least 32 bytes. */
void number_text(double, char *out);
/* The whole text is a number, so a unit is missing. */
bool number_is(const char *text);

#endif
