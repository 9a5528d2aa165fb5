/* frame.h - what all charts share: the head (title = the finding, subtitle = units and how it was measured), axes,
 * shaded fault windows, labels beside line ends, notes at points. */
#ifndef FRAME_H
#define FRAME_H

#include "palette.h"
#include "plot.h"
#include "scale.h"

#define PAGE_WIDTH 720.0
#define PAGE_EDGE  20.0 /* free on all sides */
#define TYPE_SMALL 9.5

extern const struct type type_label, type_soft, type_head;

struct fault_span {
    const char *label; /* "database.orders down" */
    double      from_s, to_s; /* to_s INFINITY: until the end of the run */
};

/* Title and subtitle across the page; returns the y below them. Also sets sheet_title. */
double frame_head(struct sheet *, const char *title, const char *subtitle);
/* Below it: the scenarios' titles beside the runs' short names, in at most two lines; NULL, "" or the name itself: left out.
 * Returns the y below. */
double frame_titles(struct sheet *, double y, const char *const *name, const char *const *title, size_t n);
/* A line of small text whose first baseline is at y; wraps; returns the y below it. */
double frame_text(struct sheet *, double x, double y, const char *text, double width);

/* Horizontal grid lines over x0 … x1 with labels left of x0; the line at zero is darker. */
void axis_y(struct sheet *, const struct scale *, enum tick_style, size_t want, double x0, double x1);
/* Ticks under y with labels and the axis' name below them; grid: also vertical lines up to y_top. */
void axis_x(struct sheet *, const struct scale *, enum tick_style, double y_top, double y, bool grid, const char *name);
#define AXIS_X_ROOM 34.0 /* height that labels and name need below y */
/* Room that axis_y's labels need left of x0. */
double axis_y_room(const struct scale *, enum tick_style, size_t want);

/* Shades the windows over a panel; names them in the rows of faults_room points above y0 (when `named`): each has its own
 * name, and those for which there is no place are counted ("+2 more"). Windows that touch are parted by a line. */
void faults_draw(struct sheet *, const struct fault_span *, size_t n, const struct scale *x, double y0, double y1,
                 bool named);
double faults_room(size_t n);
/* "5 min", "until the end" */
const char *fault_lasts(struct sheet *, const struct fault_span *);

/* Labels to the right of line ends, moved apart where they would overlap, with a leader where one was moved far.
 * Each may have a second line. All stay within top … bottom and `width`. */
struct side_label {
    double      y; /* of the line's end */
    const char *name, *detail;
    uint32_t    rgb;
};
void side_labels(struct sheet *, struct side_label *, size_t n, double x, double width, double top, double bottom);

/* A note at a point: finds a place near it, inside `within`, free of texts and as free of lines as can be; draws a leader
 * when the place is not next to the point. false: no place, nothing drawn. */
bool note_put(struct sheet *, struct box within, double x, double y, const char *text, struct type);
/* A note on a level line: just above or below it, where the fewest lines are in the way. */
bool note_on_line(struct sheet *, struct box within, double y, const char *text, struct type);
/* For a subtitle, where producers' deadlines differ; else "". */
const char *deadlines_told(struct sheet *, const char *deadlines, const char *before);
/* The deadline as a dashed line across the panel with its name; nothing when it lies outside the scale. */
void deadline_draw(struct sheet *, double deadline_s, const struct scale *x, const struct scale *y);

#endif
