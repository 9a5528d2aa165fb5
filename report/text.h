/* text.h - how wide a text will be, known without a font: layouts must be the same on every machine, and a test must be
 * able to examine them without drawing. The widths are those of Nanum Barun Gothic plus a margin; the canvas squeezes a
 * text whose real font turns out wider, so a text never leaves the box that the layout gave it. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

/* Parts of the font size: how far a line of text reaches above and below its baseline. */
#define TEXT_ASCENT  0.80
#define TEXT_DESCENT 0.26

/* The character at *text, which moves on. A byte that is no UTF-8 reads as U+FFFD; 0 at the end. */
uint32_t text_next(const char **text);
double text_width(const char *text, double size);
/* A clean copy: valid UTF-8, control characters become blanks. NULL: memory is short. */
char *text_clean(struct arena *, const char *text);
/* The text itself when it fits into width, else cut with "…" at its end (or in its middle: file names and paths carry
 * their meaning at both ends). */
char *text_fit(struct arena *, const char *text, double size, double width);
char *text_fit_middle(struct arena *, const char *text, double size, double width);
/* Lines no wider than width, at most max of them, the last one cut when the text is longer. Breaks at blanks, and
 * between Hangul or Han characters when there is no blank. Returns the number of lines; 0: memory is short. */
size_t text_wrap(struct arena *, const char *text, double size, double width, char **line, size_t max);

#endif
