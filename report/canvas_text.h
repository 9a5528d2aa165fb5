/* canvas_text.h - private to the canvas: one text mark, set by Pango. */
#ifndef CANVAS_TEXT_H
#define CANVAS_TEXT_H

#include <pango/pangocairo.h>

#include "plot.h"

PangoLayout *canvas_text_open(cairo_t *);
/* Draws the text; false when no installed font has one of its characters. */
bool canvas_text(cairo_t *, PangoLayout *, const struct mark *);

#endif
