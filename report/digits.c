/* digits.c - 15 digits where they suffice, else 17, which always do. */
#include "digits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int digit_or_sign(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == 'e';
}

/* A locale's decimal sign may be any character, even of several bytes. */
static size_t with_point(const char *from, char *out)
{
    size_t n = 0;
    for (; *from != '\0'; from++) {
        if (digit_or_sign(*from))
            out[n++] = *from;
        else if (n > 0 && out[n - 1] != '.')
            out[n++] = '.';
    }
    out[n] = '\0';
    return n;
}

size_t digits_text(double x, char *out)
{
    char text[DIGITS_SIZE + 8];
    if (!isfinite(x)) {
        return (size_t)snprintf(out, DIGITS_SIZE, "%s", isnan(x) ? "nan" : x > 0 ? "inf" : "-inf");
    }
    snprintf(text, sizeof(text), "%.15g", x);
    double back;
    if (sscanf(text, "%lf", &back) != 1 || back != x) /* both in the same locale */
        snprintf(text, sizeof(text), "%.17g", x);
    return with_point(text, out);
}
