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
