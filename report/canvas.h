/* canvas.h - draws a sheet with Cairo, its text with Pango. The same sheet gives the same bytes wherever the same fonts and
 * libraries are installed: no clock, no random names. chart_write and chart_svg (charts.h) are its outside. */
#ifndef CANVAS_H
#define CANVAS_H

#include "charts.h"
#include "plot.h"

struct bytes {
    char  *data;
    size_t n, room;
    bool   failed; /* memory was short */
};
/* Adds n bytes; a final 0 beyond them is always there. */
void bytes_add(struct bytes *, const void *, size_t n);
void bytes_text(struct bytes *, const char *text);
/* Text with &, <, > and quotes escaped, for XML and HTML. */
void bytes_escaped(struct bytes *, const char *text);
void bytes_free(struct bytes *);

/* The sheet in that format, appended. */
bool canvas_draw(const struct sheet *, enum chart_format, struct bytes *, struct err *);

/* Writes a whole file: under a temporary name beside it, then renamed, so that nobody ever sees half of it. What is no
 * ordinary file (a pipe, a device) is written in place. */
bool file_write(const char *path, const void *data, size_t n, struct err *);

#endif
