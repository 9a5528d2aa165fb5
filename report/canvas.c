/* canvas.c - marks to Cairo calls, and the surfaces of the three formats. Everything is drawn into memory first. */
#include "canvas.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "canvas_text.h"
#include "text.h"

#define PNG_SCALE 2.0

static void set_ink(cairo_t *cr, struct ink ink)
{
    cairo_set_source_rgba(cr, (ink.rgb >> 16 & 0xFF) / 255.0, (ink.rgb >> 8 & 0xFF) / 255.0, (ink.rgb & 0xFF) / 255.0,
                          ink.alpha);
}

static void set_dash(cairo_t *cr, enum dash dash)
{
    static const double pattern[][2] = {{0, 0}, {6, 3}, {3, 2}, {0.8, 2.2}};
    cairo_set_dash(cr, pattern[dash], dash == DASH_SOLID ? 0 : 2, 0);
}

static void trace(cairo_t *cr, const struct mark *m)
{
    cairo_new_path(cr);
    for (size_t i = 0; i < m->n; i++)
        cairo_line_to(cr, m->at[i].x, m->at[i].y);
}

static void draw_line(cairo_t *cr, const struct mark *m)
{
    trace(cr, m);
    set_dash(cr, m->dash);
    cairo_set_line_width(cr, m->width);
    cairo_stroke(cr);
}

static void polygon(cairo_t *cr, double x, double y, double r, int corners, double turn)
{
    for (int i = 0; i < corners; i++) {
        double a = turn + 6.283185307179586 * i / corners;
        cairo_line_to(cr, x + r * sin(a), y - r * cos(a));
    }
    cairo_close_path(cr);
}

static void draw_dot(cairo_t *cr, const struct mark *m)
{
    double x = m->at->x, y = m->at->y, r = m->width / 2;
    cairo_new_path(cr);
    cairo_set_line_width(cr, m->width * 0.25);
    set_dash(cr, DASH_SOLID);
    switch (m->shape) {
    case SHAPE_DISC:
    case SHAPE_RING:
        cairo_arc(cr, x, y, m->shape == SHAPE_RING ? r * 0.85 : r, 0, 6.283185307179586);
        break;
    case SHAPE_SQUARE:
        polygon(cr, x, y, r * 1.25, 4, 0.785398163397448);
        break;
    case SHAPE_DIAMOND:
        polygon(cr, x, y, r * 1.3, 4, 0);
        break;
    case SHAPE_TRIANGLE:
        polygon(cr, x, y, r * 1.3, 3, 0);
        break;
    case SHAPE_CROSS:
        cairo_move_to(cr, x - r, y - r);
        cairo_line_to(cr, x + r, y + r);
        cairo_move_to(cr, x - r, y + r);
        cairo_line_to(cr, x + r, y - r);
        break;
    }
    if (m->shape == SHAPE_RING || m->shape == SHAPE_CROSS)
        cairo_stroke(cr);
    else
        cairo_fill(cr);
}

/* The first text that no font can show, or NULL. */
static const char *draw_marks(cairo_t *cr, const struct sheet *s)
{
    const char *unknown = NULL;
    PangoLayout *layout = canvas_text_open(cr);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    for (size_t i = 0; i < s->n; i++) {
        const struct mark *m = &s->mark[i];
        set_ink(cr, m->ink);
        if (m->kind == MARK_LINE) {
            draw_line(cr, m);
        } else if (m->kind == MARK_AREA) {
            trace(cr, m);
            cairo_fill(cr);
        } else if (m->kind == MARK_DOT) {
            draw_dot(cr, m);
        } else if (!canvas_text(cr, layout, m) && unknown == NULL) {
            unknown = m->text;
        }
    }
    g_object_unref(layout);
    return unknown;
}

static cairo_status_t write_bytes(void *closure, const unsigned char *data, unsigned int n)
{
    struct bytes *b = closure;
    bytes_add(b, data, n);
    return b->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

static void set_pdf(cairo_surface_t *surface, const struct sheet *s)
{
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, sheet_title(s));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, sheet_alt(s));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "afterbay");
    /* Without a date Cairo writes today's, and no two files were the same. */
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
}

static cairo_surface_t *open_surface(const struct sheet *s, enum chart_format format, struct bytes *out)
{
    cairo_surface_t *surface;
    switch (format) {
    case CHART_PNG:
        return cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(s->width * PNG_SCALE), (int)ceil(s->height * PNG_SCALE));
    case CHART_SVG:
        surface = cairo_svg_surface_create_for_stream(write_bytes, out, s->width, s->height);
        cairo_svg_surface_restrict_to_version(surface, CAIRO_SVG_VERSION_1_1);
        return surface;
    default:
        surface = cairo_pdf_surface_create_for_stream(write_bytes, out, s->width, s->height);
        set_pdf(surface, s);
        return surface;
    }
}

/* Cairo numbers its surfaces through the life of a process; a file must not depend on what was drawn before it. */
static void add_body(const char *body, struct bytes *out)
{
    static const char name[] = "id=\"surface";
    for (const char *at; (at = strstr(body, name)) != NULL;) {
        at += strlen(name);
        bytes_add(out, body, (size_t)(at - body));
        body = at + strspn(at, "0123456789");
    }
    bytes_text(out, body);
}

/* Title and description right after the opening tag, where screen readers look for them. */
static bool add_title(const struct sheet *s, const struct bytes *svg, struct bytes *out)
{
    const char *tag = strstr(svg->data, "<svg "), *end = tag != NULL ? strchr(tag, '>') : NULL;
    if (end == NULL)
        return false;
    bytes_add(out, svg->data, (size_t)(end - svg->data));
    bytes_text(out, " role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">");
    bytes_escaped(out, sheet_title(s));
    bytes_text(out, "</title>\n<desc id=\"desc\">");
    bytes_escaped(out, sheet_alt(s));
    bytes_text(out, "</desc>");
    add_body(end + 1, out);
    return true;
}

static bool finish(cairo_t *cr, cairo_surface_t *surface, enum chart_format format, struct bytes *out, struct err *err)
{
    cairo_destroy(cr);
    cairo_status_t status = cairo_surface_status(surface);
    if (format == CHART_PNG && status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_write_to_png_stream(surface, write_bytes, out);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (status == CAIRO_STATUS_SUCCESS && !out->failed)
        return true;
    return err_set(err, ERR_OS, "the chart could not be drawn: %s", cairo_status_to_string(status));
}

bool canvas_draw(const struct sheet *s, enum chart_format format, struct bytes *out, struct err *err)
{
    struct bytes raw = {0}, *to = format == CHART_SVG ? &raw : out;
    cairo_surface_t *surface = open_surface(s, format, to);
    cairo_t *cr = cairo_create(surface);
    if (format == CHART_PNG)
        cairo_scale(cr, PNG_SCALE, PNG_SCALE);
    const char *unknown = draw_marks(cr, s);
    bool ok = finish(cr, surface, format, to, err);
    if (ok && unknown != NULL)
        ok = err_set(err, ERR_UNAVAILABLE, "no installed font can show all of \"%.80s\"; on Debian: apt-get install fonts-nanum",
                     unknown);
    if (ok && format == CHART_SVG && !add_title(s, &raw, out))
        ok = err_set(err, ERR_INTERNAL, "Cairo's SVG has no <svg> tag");
    bytes_free(&raw);
    return ok;
}

bool chart_svg(const struct sheet *s, char **svg, size_t *bytes, struct err *err)
{
    struct bytes out = {0};
    if (!canvas_draw(s, CHART_SVG, &out, err)) {
        bytes_free(&out);
        return false;
    }
    *svg = out.data;
    *bytes = out.n;
    return true;
}

bool chart_write(const struct sheet *s, const char *path, enum chart_format format, struct err *err)
{
    struct bytes out = {0};
    bool ok = canvas_draw(s, format, &out, err) && file_write(path, out.data, out.n, err);
    bytes_free(&out);
    return ok;
}
