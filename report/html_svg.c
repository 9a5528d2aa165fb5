/* html_svg.c - Cairo names glyphs, clips and patterns the same way in every drawing; here each name gets the drawing's number
 * in front. Only inside tags: what stands between them is text. */
#include <string.h>

#include "html_int.h"
#include "mem.h"

/* What stands before a name in Cairo's SVG 1.1, and what is written: a page needs no XLink (SVG 2). */
static const struct {
    const char *from, *to;
} before_name[] = {{" id=\"", " id=\""}, {" xlink:href=\"#", " href=\"#"}, {" href=\"#", " href=\"#"}, {"url(#", "url(#"}};
#define N_BEFORE (sizeof(before_name) / sizeof(before_name[0]))

static size_t what_follows(const char *p)
{
    size_t i = 0;
    while (i < N_BEFORE && strncmp(p, before_name[i].from, strlen(before_name[i].from)) != 0)
        i++;
    return i;
}

static void put_body(struct page *page, const char *p, size_t number)
{
    bool tag = false;
    const char *from = p;
    while (*p != 0) {
        tag = *p == '<' || (tag && *p != '>');
        size_t i = tag ? what_follows(p) : N_BEFORE;
        if (i == N_BEFORE) {
            p++;
            continue;
        }
        bytes_add(&page->out, from, (size_t)(p - from));
        html_put(page, "%sc%zu-", before_name[i].to, number);
        from = p += strlen(before_name[i].from);
    }
    bytes_text(&page->out, from);
}

/* The opening tag anew: its size comes from the page, its names from here. */
bool html_svg(struct page *page, const struct sheet *sheet, size_t number, struct err *err)
{
    char *svg;
    size_t n;
    if (!chart_svg(sheet, &svg, &n, err))
        return false;
    const char *tag = strstr(svg, "<svg "), *body = tag != NULL ? strchr(tag, '>') : NULL;
    bool ok = body != NULL || err_set(err, ERR_INTERNAL, "Cairo's SVG has no <svg> tag");
    if (ok) {
        html_put(page,
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"c%zu-title c%zu-desc\">",
            (int)(sheet->width + 0.5), (int)(sheet->height + 0.5), number, number);
        put_body(page, body + 1, number);
    }
    mem_release(svg);
    return ok;
}
