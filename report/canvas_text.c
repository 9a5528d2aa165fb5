/* canvas_text.c - Pango finds fonts for every script in a text (Cairo alone would draw boxes for Hangul). The layout
 * reserved a width by its own table; a fallback font that is wider is squeezed into it. */
#include "canvas_text.h"

/* The first is in Debian's fonts-nanum and has Latin and Hangul of one hand; the others are likely elsewhere. */
#define FAMILIES "NanumBarunGothic, Noto Sans CJK KR, Noto Sans, Helvetica Neue, Arial, DejaVu Sans, Sans"

PangoLayout *canvas_text_open(cairo_t *cr)
{
    PangoLayout *layout = pango_cairo_create_layout(cr);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    PangoContext *context = pango_layout_get_context(layout);
    pango_cairo_context_set_font_options(context, options);
    pango_cairo_context_set_resolution(context, 72);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
    /* Which variant of a Han character is drawn must not depend on the locale. */
    pango_context_set_language(context, pango_language_from_string("ko"));
    pango_layout_context_changed(layout);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    cairo_font_options_destroy(options);
    return layout;
}

static void set_text(PangoLayout *layout, const struct mark *m)
{
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, FAMILIES);
    pango_font_description_set_absolute_size(font, m->type.size * PANGO_SCALE);
    pango_font_description_set_weight(font, m->type.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, m->text, -1);
}

bool canvas_text(cairo_t *cr, PangoLayout *layout, const struct mark *m)
{
    set_text(layout, m);
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    double width = (double)logical.width / PANGO_SCALE;
    double base = (double)pango_layout_get_baseline(layout) / PANGO_SCALE;
    double squeeze = width > m->width ? m->width / width : 1;
    double before = m->type.align == ALIGN_LEFT ? 0 : m->type.align == ALIGN_RIGHT ? width : width / 2;
    cairo_save(cr);
    cairo_translate(cr, m->at->x, m->at->y);
    if (m->type.upright)
        cairo_rotate(cr, -1.57079632679489661923);
    cairo_scale(cr, squeeze, 1);
    cairo_move_to(cr, -before, -base);
    pango_cairo_update_layout(cr, layout);
    pango_cairo_show_layout(cr, layout);
    cairo_restore(cr);
    return pango_layout_get_unknown_glyphs_count(layout) == 0;
}
