/* html_svg.c - Cairo names glyphs, clips and patterns the same way in every drawing; here each name gets the drawing's number
 * in front. Only inside tags: what stands between them is text. */
#include <string.h>

#include "html_int.h"
#include "mem.h"

static const char *const before_name[] = {" id=\"", "href=\"#", "url(#"};

/* Length of what stands before a name at p, 0: no name follows. */
static size_t name_follows(const char *p)
{
    for (size_t i = 0; i < sizeof(before_name) / sizeof(before_name[0]); i++)
        if (strncmp(p, before_name[i], strlen(before_name[i])) == 0)
            return strlen(before_name[i]);
    return 0;
}

static void put_body(struct page *page, const char *p, size_t number)
{
    bool tag = false;
    const char *from = p;
    while (*p != 0) {
        tag = *p == '<' || (tag && *p != '>');
        size_t n = tag ? name_follows(p) : 0;
        p += n > 0 ? n : 1;
        if (n > 0) {
            bytes_add(&page->out, from, (size_t)(p - from));
            html_put(page, "c%zu-", number);
            from = p;
        }
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
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 %d %d\""
            " role=\"img\" aria-labelledby=\"c%zu-title c%zu-desc\">",
            (int)(sheet->width + 0.5), (int)(sheet->height + 0.5), number, number);
        put_body(page, body + 1, number);
    }
    mem_release(svg);
    return ok;
}
