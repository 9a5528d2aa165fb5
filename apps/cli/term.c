/* term.c - colour only where a person looks: on a terminal, unless NO_COLOR is set, TERM is dumb, or --color says
 * otherwise. Meaning is never carried by colour alone. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum colour_when when = COLOUR_AUTO;

void term_setup(enum colour_when w)
{
    when = w;
}

bool term_colours(FILE *f)
{
    if (when != COLOUR_AUTO)
        return when == COLOUR_ALWAYS;
    const char *no = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    if ((no != NULL && *no != 0) || term == NULL || strcmp(term, "dumb") == 0)
        return false;
    return isatty(fileno(f)) != 0;
}

const char *term_colour(FILE *f, enum colour c)
{
    static const char *const code[] = {
        [COLOUR_OFF] = "\x1b[0m",  [COLOUR_BOLD] = "\x1b[1m",   [COLOUR_DIM] = "\x1b[2m",
        [COLOUR_RED] = "\x1b[31m", [COLOUR_GREEN] = "\x1b[32m", [COLOUR_YELLOW] = "\x1b[33m",
    };
    return term_colours(f) ? code[c] : "";
}

/* Length of a control character at `at` (C0, DEL, or C1 in UTF-8); 0: it is none. */
static size_t control(const char *at)
{
    unsigned char c = (unsigned char)at[0], next = c != 0 ? (unsigned char)at[1] : 0;
    if (c == 0xC2 && next >= 0x80 && next < 0xA0)
        return 2;
    return c != 0 && (c < 0x20 || c == 0x7F);
}

static bool has_control(const char *text)
{
    while (*text != 0 && control(text) == 0)
        text++;
    return *text != 0;
}

const char *term_plain(const char *text)
{
    static char     copy[4][1000];
    static unsigned turn;
    if (text == NULL || !has_control(text))
        return text;
    char  *out = copy[turn++ % 4];
    size_t n = 0;
    while (*text != 0 && n + 4 < sizeof copy[0]) {
        size_t      bytes = control(text);
        const char *instead = *text == '\n' || *text == '\t' ? " " : "\xEF\xBF\xBD";
        if (bytes == 0)
            out[n++] = *text++;
        for (const char *c = instead; bytes > 0 && *c != 0; c++)
            out[n++] = *c;
        text += bytes;
    }
    out[n] = 0;
    return out;
}
