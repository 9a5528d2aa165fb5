/* text.c - a table of advance widths in thousandths of the font size. Over-estimating by a few per cent is the point:
 * what is laid out without overlap stays so under any font that is not much wider, and the canvas takes care of the rest. */
#include "text.h"

#include <string.h>

#define MARGIN 1.03

/* Nanum Barun Gothic, from U+0020 to U+007E; regular and bold agree. */
static const uint16_t ascii[95] = {
    224, 446, 297, 583, 583, 892, 892, 297, 446, 446, 446, 583, 297, 583, 297, 446,
    583, 583, 583, 583, 583, 583, 583, 583, 583, 583, 297, 297, 446, 583, 446, 669,
    1052, 644, 627, 639, 721, 596, 554, 710, 718, 247, 410, 626, 529, 884, 710, 752,
    586, 752, 610, 592, 621, 696, 635, 961, 617, 611, 594, 446, 961, 446, 434, 446,
    297, 560, 588, 490, 588, 559, 340, 588, 592, 244, 301, 530, 244, 892, 592, 577,
    588, 588, 383, 475, 357, 592, 530, 788, 528, 530, 473, 446, 446, 446, 669,
};

/* The bits of a character of n + 1 bytes; 0 when a byte is missing, the form overlong or the number no character. */
static uint32_t long_form(const unsigned char *s, int n)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    uint32_t c = s[0] & (0x3Fu >> n);
    for (int i = 1; i <= n; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3F);
    }
    return c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF) ? 0 : c;
}

uint32_t text_next(const char **text)
{
    const unsigned char *s = (const unsigned char *)*text;
    if (s[0] < 0x80) {
        *text += s[0] != 0;
        return s[0];
    }
    int n = s[0] >= 0xF8 ? 0 : s[0] >= 0xF0 ? 3 : s[0] >= 0xE0 ? 2 : s[0] >= 0xC0 ? 1 : 0;
    uint32_t c = n > 0 ? long_form(s, n) : 0;
    *text += c != 0 ? n + 1 : 1;
    return c != 0 ? c : 0xFFFD;
}

static double advance(uint32_t c)
{
    if (c >= 0x20 && c < 0x7F)
        return ascii[c - 0x20];
    if (c == 0xA0)
        return 224;
    if (c == 0xB7)
        return 446;
    if (c < 0x0500)
        return 740;
    return c < 0x1F000 ? 960 : 1300;
}

double text_width(const char *text, double size)
{
    double sum = 0;
    for (uint32_t c; (c = text_next(&text)) != 0;)
        sum += advance(c);
    return sum * MARGIN * size / 1000;
}

static size_t put_char(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(lead[n] | c);
    return n;
}

char *text_clean(struct arena *arena, const char *text)
{
    char *out = arena_get(arena, strlen(text) * 3 + 1); /* a bad byte becomes three */
    if (out == NULL)
        return NULL;
    size_t n = 0;
    for (uint32_t c; (c = text_next(&text)) != 0;)
        n += put_char(out + n, c < 0x20 || (c >= 0x7F && c < 0xA0) ? ' ' : c);
    out[n] = 0;
    return out;
}

/* Bytes at the start of text that fit into width. */
static size_t head_bytes(const char *text, double size, double width)
{
    double sum = 0;
    const char *end = text;
    for (const char *p = text; sum <= width; end = p) {
        uint32_t c = text_next(&p);
        sum += advance(c) * MARGIN * size / 1000;
        if (c == 0 || sum > width)
            break;
    }
    return (size_t)(end - text);
}

/* Bytes at the end of text that fit into width. */
static size_t tail_bytes(const char *text, double size, double width)
{
    const char *p = text;
    while (*p != 0 && text_width(p, size) > width) /* width may be less than nothing */
        text_next(&p);
    return strlen(p);
}

static char *cut(struct arena *arena, const char *text, size_t head, size_t tail)
{
    return arena_format(arena, "%.*s…%s", (int)head, text, text + strlen(text) - tail);
}

char *text_fit(struct arena *arena, const char *text, double size, double width)
{
    if (text_width(text, size) <= width)
        return arena_text(arena, text);
    return cut(arena, text, head_bytes(text, size, width - text_width("…", size)), 0);
}

char *text_fit_middle(struct arena *arena, const char *text, double size, double width)
{
    if (text_width(text, size) <= width)
        return arena_text(arena, text);
    double side = (width - text_width("…", size)) / 2;
    return cut(arena, text, head_bytes(text, size, side), tail_bytes(text, size, side));
}

static bool breaks_anywhere(uint32_t c)
{
    return c >= 0x1100 && c != 0xFFFD && (c < 0x2000 || c > 0x2BFF);
}

/* A number stays with its unit, and a dot that separates does not begin a line. */
static bool may_break(const char *text, const char *blank)
{
    bool digit = blank > text && blank[-1] >= '0' && blank[-1] <= '9';
    bool unit = (blank[1] >= 'a' && blank[1] <= 'z') || blank[1] == '%';
    return !(digit && unit) && strncmp(blank + 1, "·", strlen("·")) != 0;
}

/* Where a line that may be `bytes` long had best end: after the last blank, else between two East Asian characters,
 * else between the parts of a long name or path, else where it is full. */
static size_t line_end(const char *text, size_t bytes)
{
    size_t blank = 0, east = 0, joint = 0;
    const char *p = text;
    while ((size_t)(p - text) < bytes) {
        uint32_t c = text_next(&p);
        if (c == ' ' && may_break(text, p - 1))
            blank = (size_t)(p - text);
        if (breaks_anywhere(c))
            east = (size_t)(p - text);
        if (c != 0 && c < 0x80 && strchr("./-_:,", (int)c) != NULL)
            joint = (size_t)(p - text);
    }
    if (blank == 0 && east == 0 && joint > 0)
        east = joint;
    if (text[bytes] == 0 || (text[bytes] == ' ' && may_break(text, text + bytes)))
        return bytes;
    return blank > 0 && blank * 2 > east ? blank : east > 0 ? east : bytes;
}

static size_t first_char(const char *text)
{
    const char *p = text;
    text_next(&p);
    return (size_t)(p - text);
}

size_t text_wrap(struct arena *arena, const char *text, double size, double width, char **line, size_t max)
{
    for (size_t n = 0; n < max; n++) {
        size_t bytes = head_bytes(text, size, width);
        if (n + 1 == max || text[bytes] == 0) {
            line[n] = text_fit(arena, text, size, width);
            return line[n] != NULL ? n + 1 : 0;
        }
        bytes = line_end(text, bytes);
        if (bytes == 0)
            bytes = first_char(text);
        line[n] = arena_format(arena, "%.*s", (int)bytes, text);
        if (line[n] == NULL)
            return 0;
        text += bytes + strspn(text + bytes, " ");
    }
    return max;
}
