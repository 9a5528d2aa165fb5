/* plot.h - the display list: a page as a list of marks, in points (1/72 inch) from the top left corner. A layout fills it
 * without drawing anything, so a test can walk it; the canvas draws it mark by mark, in order.
 *
 * Memory: everything lives in the sheet's arena. When memory is short, `failed` is set, further marks do nothing, and
 * sheet_close tells: a layout checks once, at its end. */
#ifndef PLOT_H
#define PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "err.h"

struct point {
    double x, y;
};
struct box {
    double x0, y0, x1, y1;
};
struct ink {
    uint32_t rgb;
    double   alpha;
};

enum mark_kind {
    MARK_LINE, /* a polyline */
    MARK_AREA, /* a filled polygon */
    MARK_DOT,
    MARK_TEXT
};
enum dash { DASH_SOLID, DASH_LONG, DASH_SHORT, DASH_DOT };
enum shape { SHAPE_DISC, SHAPE_SQUARE, SHAPE_DIAMOND, SHAPE_TRIANGLE, SHAPE_CROSS, SHAPE_RING };
enum align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT };

struct type { /* how a text is set */
    double     size;
    bool       bold;
    uint32_t   rgb;
    enum align align;
    bool       upright; /* false: level; true: turned to read from bottom to top, anchored at its middle or ends */
};

struct mark {
    enum mark_kind      kind;
    struct ink          ink;
    const struct point *at; /* LINE, AREA: n points; DOT, TEXT (baseline): one */
    size_t              n;
    double              width; /* LINE: of the stroke; DOT: its size; TEXT: the room it may take along its baseline */
    enum dash           dash;
    enum shape          shape;
    struct type         type;
    const char         *text;
};

struct sheet {
    struct arena  arena;
    double        width, height;
    struct mark  *mark;
    size_t        n, room;
    const char   *title, *alt;
    const char  **cell;
    size_t        n_row, n_col, n_cell;
    bool          failed;
};

struct sheet *sheet_open(double width, double height); /* NULL: memory is short */
/* The end of a layout: hands the sheet over, or frees it and says that memory is short. */
bool sheet_close(struct sheet *, struct sheet **out, struct err *);

/* Memory in the sheet for the layout's own use; NULL after a failure. */
void         *sheet_get(struct sheet *, size_t count, size_t bytes);
struct point *sheet_points(struct sheet *, size_t n);
const char   *sheet_format(struct sheet *, const char *format, ...) __attribute__((format(printf, 2, 3))); /* "" then */

/* Points are borrowed from the sheet (sheet_points), text is copied. */
void sheet_line(struct sheet *, const struct point *, size_t n, struct ink, double width, enum dash);
void sheet_segment(struct sheet *, double x0, double y0, double x1, double y1, struct ink, double width, enum dash);
void sheet_area(struct sheet *, const struct point *, size_t n, struct ink);
void sheet_rect(struct sheet *, struct box, struct ink);
void sheet_dot(struct sheet *, double x, double y, struct ink, double size, enum shape);
void sheet_text(struct sheet *, double x, double y, const char *text, struct type);
/* As sheet_text, cut to at most `width`. */
void sheet_text_within(struct sheet *, double x, double y, const char *text, struct type, double width);

/* The room of a text at that place, and of a text mark. */
struct box text_box(double x, double y, const char *text, struct type);
struct box mark_text_box(const struct mark *);
bool       box_meets(struct box, struct box); /* overlap by more than a hair */
/* Whether a box is free of all texts drawn so far and lies on the page. */
bool sheet_is_free(const struct sheet *, struct box);

void sheet_title_set(struct sheet *, const char *title);
void sheet_alt_set(struct sheet *, const char *alt);
/* The companion table: headings first, then the cells row by row. */
void sheet_table_head(struct sheet *, const char *const *heading, size_t n_col);
void sheet_cell(struct sheet *, const char *text);

#endif
